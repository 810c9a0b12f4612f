"""The steps of the day run, each a few set-based statements in one transaction; `services/day_run.py` runs them in order."""
