"""Floor 2: SQLModel tables, queries, the engine and what applies effects; SQLite and PostgreSQL."""
