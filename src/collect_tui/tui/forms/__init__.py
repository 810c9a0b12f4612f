"""Forms: what a line says, field by field, and the line they amount to."""
