"""The steps from one format of the tables to the next, for SQLite and PostgreSQL alike; run by `store/migrate.py`."""
