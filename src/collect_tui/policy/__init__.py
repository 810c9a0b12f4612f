"""Floor 1: rules as data. Verdicts, a dozen primitives and the packs of parameters they judge by; pure."""
