"""The steps of the day run, each a few set-based statements in one transaction; `store/dayrun.py` runs them in order."""
