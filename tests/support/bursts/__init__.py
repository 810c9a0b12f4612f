"""Keys typed by chance, slowly and fast over late answers, which must come to the same: see `play`."""
