"""One screen per file: what a key does there and what is shown. No rule and no SQL; drawing is in render/, typing in widgets/."""
