"""The steps of the day run, each a few set-based statements in one transaction; run in order by the day run. No row by row."""
