"""The trade, pure: values, states, effects and decisions, a folder per capability. No I/O, no clock, no framework; the standard
library and pendulum only.
"""
