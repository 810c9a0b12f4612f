"""Floor 0: the trade, pure. No I/O, no clock, no framework; the standard library and pendulum only."""
