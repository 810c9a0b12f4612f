"""One screen per file; a screen holds no rule."""
