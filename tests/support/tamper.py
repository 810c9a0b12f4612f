"""What the owner of a database can do to the evidence: drop the guards, then write."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from collect_tui.desk.errors import Unavailable
from collect_tui.store.engine import Store
from collect_tui.store.tables.guards import APPEND_ONLY


def tamper(store: Store, *statements: str, **values: Any) -> None:
    with store.write() as db:
        sqlite = db.get_bind().dialect.name == "sqlite"
        if not sqlite:
            db.execute(text("RESET ROLE"))  # the desk's own may not
        for table in APPEND_ONLY:
            guards = (f"{table}_no_update", f"{table}_no_delete") if sqlite else (f"{table}_append_only ON {table}",)
            for guard in guards:
                db.execute(text(f"DROP TRIGGER IF EXISTS {guard}"))
        for statement in statements:
            db.execute(text(statement), values)


def refused(store: Store, statement: str) -> None:
    """A statement that the guards refuse: on PostgreSQL the desk's role has no right to it, and its owner meets the trigger."""
    if store.engine.dialect.name != "sqlite":
        with pytest.raises(Unavailable, match="cannot be written to"), store.write() as db:
            db.execute(text(statement))
    with pytest.raises(IntegrityError, match="append-only"):
        _as_owner(store, statement)


def _as_owner(store: Store, statement: str) -> None:
    with store.write() as db:
        if store.engine.dialect.name != "sqlite":
            db.execute(text("RESET ROLE"))
        db.execute(text(statement))
