"""Files out: exports, evidence, audit and seals. They read; nothing here changes data."""
