"""Rules as data: verdicts, a dozen primitives and what they judge by. Pure: no I/O, no clock, no tables; effects are the domain's."""
