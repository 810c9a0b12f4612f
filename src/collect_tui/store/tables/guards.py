"""Evidence is only ever added to: triggers, made with the tables, refuse to change or delete it."""

from __future__ import annotations

from typing import Final

from sqlalchemy import DDL, event
from sqlmodel import SQLModel

APPEND_ONLY: Final = ("audit", "contact_event", "audit_seal", "sealed_head")


def _guard(table: str) -> None:
    for act in ("UPDATE", "DELETE"):
        ddl = DDL(  # type: ignore[no-untyped-call]
            f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )
        event.listen(SQLModel.metadata.tables[table], "after_create", ddl.execute_if(dialect="sqlite"))


for _table in APPEND_ONLY:
    _guard(_table)
