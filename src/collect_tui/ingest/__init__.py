"""Files in: readers, mappings, the kinds of file there are. What becomes of a row in the store is for `services/intake/`."""
