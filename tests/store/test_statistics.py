"""PostgreSQL counts what is brought in while it comes in, for whoever brings it: with the right of its own, by the owner's function."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import pytest
from sqlalchemy import Connection
from sqlmodel import SQLModel

from collect_tui.ingest import pipeline
from collect_tui.ingest.reading import PortfolioFile
from collect_tui.ingest.source import Options
from collect_tui.services.intake.batch import Batch, Notes
from collect_tui.services.intake.load import Book
from collect_tui.services.unit_of_work import unit_of_work
from collect_tui.store import migrate
from collect_tui.store.bulk import Bulk
from collect_tui.store.engine import Store
from collect_tui.store.tables import guards, statistics
from invented.portfolio import generate, header
from support import pg
from support.book import context
from support.shapes import owner

BY_TENANT = (
    "ix_item_account",
    "ix_payment_ref",
    "ix_payment_account",
    "ix_account_next",
    "ix_account_party",
    "ix_account_stage",
)
"""Indexes that find all rows of a tenant when an empty table made them look as good as its key."""


@pytest.fixture(params=["owner", "role: a right", "role: the function"])
def store(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """A fresh database, signed in to as its owner or as docs/scaling.md has servers do it, on a newer and an older PostgreSQL."""
    if "function" in request.param:
        monkeypatch.setattr(statistics, "MAINTAIN", 99)
    with pg.database() as url:
        migrate.run(url, role=True)
        if request.param == "owner":
            with owner(url) as db:  # one whom no role is kept for
                db.exec_driver_sql(f"DROP OWNED BY {guards.ROLE}")
            with Store.connect(url) as made:
                yield made
        else:
            with pg.member(url, guards.ROLE) as server, Store.connect(server) as made:
                yield made


def write(store: Store, tmp: Path, count: int, then: Callable[[Connection, int], None]) -> None:
    """Writes a generated book and calls `then` after each batch, with the connection and how many accounts are in."""
    path = tmp / "book.jsonl"
    path.write_text("\n".join(map(json.dumps, (header(), *generate(count)))) + "\n", "utf-8")
    with unit_of_work(context(store), every=True) as work:
        db, batch = work.db.connection(), Batch(work, "portfolio", path.name, "", 1, Notes())
        with PortfolioFile(path, Options()) as source:
            book, brought = Book(batch, source), 0
            rows = source.rows(book.day, batch.notes)
            while some := list(islice(rows, 500)):
                book.post(some)
                brought += len(some)
                then(db, brought)


def test_no_foreign_key_walks_all_rows_of_the_tenant(store: Store, tmp_path: Path) -> None:
    """What the checks of the first batch read by these indexes is all that they read: its plans were made on empty tables."""
    seen: dict[int, int] = {}

    def look(db: Connection, accounts: int) -> None:
        read = "SELECT sum(pg_stat_get_xact_tuples_returned(oid)) FROM pg_class WHERE relname = ANY(%s)"
        seen[accounts] = int(db.exec_driver_sql(read, (list(BY_TENANT),)).scalar_one())

    write(store, tmp_path, 1_500, look)
    assert seen[1_500] - seen[500] < 30_000, seen


def test_what_was_brought_in_is_counted_before_it_is_worked_on(store: Store, tmp_path: Path) -> None:
    def look(db: Connection, _: int) -> None:
        rows = dict(db.exec_driver_sql("SELECT relname, reltuples FROM pg_class WHERE relkind = 'r'").all())
        assert rows["account"] == 300
        assert rows["item"] > 300
        known = db.exec_driver_sql("SELECT count(*) FROM pg_stats WHERE tablename = 'item'").scalar_one()
        assert known > 5

    write(store, tmp_path, 300, look)


def test_the_tables_are_counted_after_the_first_batch_and_at_each_fourfold(monkeypatch: pytest.MonkeyPatch) -> None:
    at: list[int] = []
    with Store.memory() as store, store.write() as session:
        rows = Bulk(session.connection())
        monkeypatch.setattr(statistics, "count", lambda _: at.append(number))
        for number in range(1, 70):
            rows.insert(
                "party",
                (
                    {"tenant_id": 1, "id": number * 10 + n, "name": "x", "kind": "person", "lang": "en"}
                    for n in range(10)
                ),
            )
            rows.settle()
    assert at == [1, 4, 16, 64]


def test_a_load_counts_what_it_derives_too(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "book.json"

    path.write_text(json.dumps({**header(), "accounts": list(generate(60))}), "utf-8")
    pipeline.run("portfolio", context(store), path)
    with store.read() as session:
        counted = (
            session.connection().exec_driver_sql("SELECT relname FROM pg_class WHERE reltuples > 0").scalars().all()
        )
    assert {"account", "account_summary", "work_item"} <= set(counted)


def test_whoever_may_not_count_is_told_and_goes_on() -> None:
    with pg.database() as url:
        migrate.run(url, role=False)
        with owner(url) as db:
            db.exec_driver_sql("CREATE ROLE stranger NOLOGIN")
            db.exec_driver_sql("GRANT USAGE ON SCHEMA public TO stranger")
            db.exec_driver_sql("SET LOCAL ROLE stranger")
            assert not statistics.count(db)
            db.exec_driver_sql("RESET ROLE")
            db.exec_driver_sql("REVOKE USAGE ON SCHEMA public FROM stranger")
            db.exec_driver_sql("DROP ROLE stranger")


def test_the_function_takes_nothing_from_its_caller_and_is_the_roles_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statistics, "MAINTAIN", 99)
    with pg.database() as url:
        migrate.run(url, role=True)
        with owner(url) as db:
            definer, arguments, config, rights, body = db.exec_driver_sql(
                "SELECT prosecdef, pronargs, proconfig, proacl::text, prosrc FROM pg_proc WHERE proname = %s",
                (statistics.FUNCTION,),
            ).one()
    assert (definer, arguments, config) == (True, 0, ["search_path=pg_catalog, pg_temp"])
    assert "{=" not in rights
    assert ",=" not in rights
    assert f"{guards.ROLE}=X" in rights
    named = body.split(") ", 1)[1].split(";")[0].split(", ")
    assert named == [f"public.{name}" for name in sorted(SQLModel.metadata.tables)]
