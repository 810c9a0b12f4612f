"""Card data that was written before texts had a gate: masked where it may be, counted where it may not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import DBAPIError

from collect_tui.store import audit_check, migrate, sqlite
from collect_tui.store.engine import Store
from collect_tui.store.tables import guards
from support.book import Book, account, at
from support.cards import NUMBER
from support.shapes import owner

ROSA = "4410-2231"
BOOK = Book(
    account(
        ROSA,
        "Alvarez, Rosa",
        items=[("INV-1", -10, 5000)],
        notes=[{"at": at(-1), "by": "mia", "text": "says hello"}],
        contacts=[{"at": at(-1), "by": "mia", "action": "TM", "result": "LM", "note": "rang", "typed": "lm"}],
    )
)
PLANT = (
    "UPDATE note SET text = 'pays with 4111 then 1111 then 1111 then 1111' WHERE tenant_id = 1",
    f"UPDATE account SET segment = 'card {NUMBER}' WHERE tenant_id = 1",
    "UPDATE item SET doc_no = '5555555555554444' WHERE tenant_id = 1",
    "UPDATE contact_event SET note = 'her cvv is 123, on account 4410-2231' WHERE tenant_id = 1",
)


@pytest.fixture(params=["sqlite", "postgresql"])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path | str]:
    """A portfolio with card data in it, as no program of today would have written it."""
    if request.param == "sqlite":
        with BOOK.store(tmp_path) as store:
            path = Path(store.place)
        engine = sqlite.make_engine(path, writes=True)
        with engine.begin() as connection:
            _plant(connection)
        engine.dispose()
        yield path
    else:
        with BOOK.pg_database() as url:
            with owner(url) as connection:
                _plant(connection)
            yield url


def _plant(connection: Connection) -> None:
    with guards.lifted(connection, "contact_event"):
        for statement in PLANT:
            connection.exec_driver_sql(statement)


def test_what_stands_there_already_is_masked_and_said(target: Path | str) -> None:
    told: list[tuple[str, int, int]] = []
    report = migrate.run(target, cleansing=True, told=lambda *step: told.append(step))
    assert report.cleansed.masked == {"note.text": 1, "account.segment": 1, "contact_event.note": 1}
    # An invoice's number is one of the file: it stays, and is named so that somebody looks at it.
    assert report.cleansed.left == {"item.doc_no": 1}
    assert told[-1][1] == told[-1][2] > 10
    assert {"1 of note.text", "1 of item.doc_no"} <= set(re.findall(r"1 of \w+\.\w+", report.cleansed.text()))
    opened = Store.open(target, create=False) if isinstance(target, Path) else Store.connect(target)
    with opened as store, store.read() as db:
        assert db.execute(text("SELECT text FROM note")).scalar_one() == "pays with **** 1111"
        assert db.execute(text("SELECT note FROM contact_event")).scalar_one() == "her cvv is ***, on account 4410-2231"
        assert not audit_check.verify(db, 1)
    if isinstance(target, Path):
        assert b"then 1111" not in target.read_bytes()
    with pytest.raises(DBAPIError, match="append-only"), store_of(target) as connection:
        connection.exec_driver_sql("DELETE FROM contact_event")
    assert migrate.run(target, cleansing=True).cleansed.masked == {}


@contextmanager
def store_of(target: Path | str) -> Iterator[Connection]:
    engine = (
        sqlite.make_engine(target, writes=True)
        if isinstance(target, Path)
        else create_engine(target.replace("postgresql:", "postgresql+psycopg:"))
    )
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()
