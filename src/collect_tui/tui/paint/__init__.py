"""Pure functions that make lines of views."""
