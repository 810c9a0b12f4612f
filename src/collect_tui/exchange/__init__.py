"""Floor 4: files in and out."""
