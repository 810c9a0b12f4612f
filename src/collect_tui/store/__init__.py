"""SQLModel tables, queries, the engine and what writes effects; SQLite and PostgreSQL. No rule of its own: what SQL must restate
comes from the domain's expressions.
"""
