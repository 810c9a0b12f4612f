"""Forms: what a line says, field by field, and the line they amount to. No rule: the desk's preview judges."""
