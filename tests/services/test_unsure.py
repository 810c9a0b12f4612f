"""A COMMIT that is not answered: nobody says that it failed or that it was done, and the same again comes to the same."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import text
from sqlmodel import SQLModel

from collect_tui.desk.errors import Refused, Unavailable
from collect_tui.domain.states import Stage
from collect_tui.ingest import pipeline
from collect_tui.services.intake.batch import Row
from collect_tui.services.intake.billed import BilledItem
from collect_tui.services.intake.upserts import deliver
from collect_tui.services.local import LocalDesk, new_act
from collect_tui.store import migrate
from collect_tui.store.engine import Store
from server.conftest import Api, app, code  # noqa: F401
from support import pg
from support.book import SERVICES, TODAY, Book, Clock, account, catalogue, day, local_desk, sync_orders
from support.server import bearer, server_context

ROSA = "4410-2231"
BOOK = Book(
    account(
        ROSA,
        "Alvarez, Rosa",
        items=[("INV-1", -63, 30000, {"service": "INT"}), ("INV-2", -33, 11210)],
        services=SERVICES,
        stage=Stage.FINAL,
        notices=[{"level": "pre-cut", "channel": "letter", "status": "DELIVERED", "sent_on": day(-20)}],
    ),
    account("4410-0087", "Petrov, Ivan", items=[("INV-9", -41, 22000)], phone="+1 312 555 0199"),
)


def broken_by(state: str | None) -> psycopg.Error:
    """An error of PostgreSQL: XX000 is what Citus says of a worker that went away, no state a line that was cut."""
    return psycopg.OperationalError("gone") if state is None else psycopg.errors.lookup(state)("gone")


def sqlite_broken() -> sqlite3.Error:
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode = sqlite3.SQLITE_IOERR_FSYNC
    return error


@contextmanager
def unanswered(store: Store, nth: int, error: Exception, *, written: bool) -> Iterator[None]:
    """The nth COMMIT from now on fails with the error: after it was done, or instead."""
    dialect: Any = store._writer.dialect
    real, left = dialect.do_commit, nth

    def commit(connection: Any) -> None:
        nonlocal left
        left -= 1
        if left or written:
            real(connection)
        if not left:
            raise error

    dialect.do_commit = commit
    try:
        yield
    finally:
        del dialect.do_commit


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    with BOOK.store(tmp_path) if request.param == "sqlite" else BOOK.pg_store() as made:
        yield made


def error_of(store: Store, state: str | None = "XX000") -> Exception:
    return sqlite_broken() if store.engine.dialect.name == "sqlite" else broken_by(state)


def rows(store: Store) -> dict[str, int]:
    with store.read() as db:
        return {
            name: db.connection().execute(text(f"SELECT count(*) FROM {name}")).scalar_one()
            for name in SQLModel.metadata.tables
        }


_MADE = re.compile(r"(?<=[SV]-)[0-9A-Z]{12}")
"""What the program makes of an id, in the numbers of orders and of documents that were taken back."""


def standing(store: Store) -> Any:
    """What there is to the book, but for its ids and instants."""
    told = {
        "account": "number, version, status, stage, next_action_code, next_action_on",
        "item": "doc_no, open, disputed",
        "payment": "ref, amount, status",
        "service_order": "number, status",
        "batch_step": "business_date, step",
    }
    with store.read() as db:
        return {
            name: sorted(
                _MADE.sub("", str(row)) for row in db.connection().execute(text(f"SELECT {columns} FROM {name}")).all()
            )
            for name, columns in told.items()
        }


# ------------------------------------------------------------------------------------------------------------- over HTTP


@pytest.mark.parametrize("written", [True, False])
@pytest.mark.parametrize("state", ["XX000", "08006", "40003", "57P01", None])
def test_an_act_is_answered_503_and_asked_again_it_is_done_once(
    app: Any,  # noqa: F811
    store: Store,
    tmp_path: Path,
    written: bool,
    state: str,
) -> None:
    if store.engine.dialect.name == "sqlite" and state != "XX000":
        pytest.skip("states are PostgreSQL's")
    context = server_context(store, Clock(), faults=tmp_path / "faults.log")
    api = Api(app, context, bearer(context, "mia"))
    body, key = {"commands": [{"kind": "note", "text": "asked"}]}, "11111111-1111-4111-8111-111111111111"
    with unanswered(store, 1, error_of(store, state), written=written):
        first = api.act(f"/accounts/{ROSA}/acts", body, seen='"1"', key=key)
    assert (first.status_code, code(first)) == (503, "store.unsure")
    again = api.act(f"/accounts/{ROSA}/acts", body, seen='"1"', key=key)
    assert (again.status_code, again.json()["repeated"]) == (200, written)
    assert (rows(store)["act_log"], rows(store)["note"]) == (1, 1)


def test_what_a_rule_of_the_database_forbids_at_the_end_is_no_question(store: Store) -> None:
    if store.engine.dialect.name == "sqlite":
        pytest.skip("SQLite asks before the end")
    with (
        pytest.raises(Exception, match="gone"),
        unanswered(store, 1, broken_by("23514"), written=False),
        store.write(1) as db,
    ):
        db.connection()
    done = []

    def work() -> None:
        done.append(1)
        with store.write(1) as db:
            db.connection()

    with unanswered(store, 1, broken_by("40001"), written=False):
        store.attempt(work)
    assert len(done) == 2, "done again by itself"


# ------------------------------------------------------------------------------------------------ whatever else writes


def _act(desk: LocalDesk, _: Path) -> None:
    made = new_act(ROSA, {"kind": "payment", "amount": 1200, "method": "card", "ref": "R1"})
    desk.do(made.model_copy(update={"id": UUID(int=7)}))


def _day(desk: LocalDesk, _: Path) -> None:
    desk.day(TODAY + timedelta(days=1))


def _orders(desk: LocalDesk, folder: Path) -> None:
    sync_orders(desk, folder / "orders")


def _import(desk: LocalDesk, folder: Path) -> None:
    pipeline.run("receivables", desk, folder / "in.csv", folder / "m.toml")


def _undo(desk: LocalDesk, folder: Path) -> None:
    pipeline.undo(desk, folder / "in.csv")


def _billing(desk: LocalDesk, _: Path) -> None:
    netbill = LocalDesk(desk.store, catalogue(), user="netbill", clock=Clock())
    item = BilledItem(doc_no="INV-77", account=ROSA, issued=TODAY, due=TODAY, amount=900)
    assert deliver(netbill, [Row(1, item)]) in (["added"], ["same"])


def _suspended(desk: LocalDesk, folder: Path) -> None:
    order = {"kind": "suspend", "service": "INT", "effective": day(1), "confirm": ROSA[-4:]}
    desk.do(new_act(ROSA, order))


WAYS: dict[str, tuple[int, Callable[[LocalDesk, Path], None], tuple[Callable[[LocalDesk, Path], None], ...]]] = {
    "an act": (1, _act, ()),
    "a day run": (7, _day, ()),
    "orders out": (1, _orders, (_suspended,)),
    "an import": (1, _import, ()),
    "its undoing": (1, _undo, (_import,)),
    "billing": (1, _billing, ()),
}
"""How many transactions it takes, the work itself, and what comes before it."""


KNOWN = {_undo: "undone already", _import: "all of it is in"}
"""What is said of work that was done."""


@pytest.mark.parametrize("written", [True, False])
@pytest.mark.parametrize(("way", "nth"), [(way, n) for way, (many, *_) in WAYS.items() for n in range(1, many + 1)])
def test_done_again_it_comes_to_what_it_would_have_come_to(tmp_path: Path, way: str, nth: int, written: bool) -> None:
    _, work, before = WAYS[way]
    found = []
    for place in ("smooth", "unsure"):
        folder = tmp_path / place
        folder.mkdir()
        (folder / "m.toml").write_text(MAP, "utf-8")
        (folder / "in.csv").write_text(
            f"account,doc,issued,due,amount\n{ROSA},INV-5,{day(-30)},{day(0)},25.00\n", "utf-8"
        )
        with BOOK.store(folder) as store:
            desk = local_desk(store, "mia", Clock())
            for step in before:
                step(desk, folder)
            if place == "unsure":
                with pytest.raises(Unavailable) as told, unanswered(store, nth, sqlite_broken(), written=written):
                    work(desk, folder)
                assert told.value.code == "store.unsure"
            if place == "unsure" and written and work in KNOWN:
                with pytest.raises(Refused, match=KNOWN[work]):
                    work(desk, folder)
            else:
                work(desk, folder)
            found.append((standing(store), {n: c for n, c in rows(store).items() if n not in REMEMBERED}))
    assert found[0] == found[1]


REMEMBERED = ("import_batch",)
"""That a file was brought twice is remembered; it changes nothing."""

MAP = """
format = 1
[file]
date_format = "%Y-%m-%d"
[columns]
account = "account"
doc_no = "doc"
issued = "issued"
due = "due"
amount = "amount"
[values]
currency = "USD"
"""


@pytest.mark.parametrize("written", [True, False])
def test_a_load_done_again_is_in_once_and_says_so(tmp_path: Path, written: bool) -> None:
    with Store.open(tmp_path / "desk.db", create=True) as store:
        with pytest.raises(Unavailable, match="did not say"), unanswered(store, 1, sqlite_broken(), written=written):
            BOOK.load(store, tmp_path)
        if written:
            with pytest.raises(Refused, match="all of it is in"):
                BOOK.load(store, tmp_path)
        else:
            BOOK.load(store, tmp_path)
        with pytest.raises(Refused, match="new book"):
            Book(account("1", "Other, One")).load(store, tmp_path)
        assert rows(store)["account"] == 2


def test_a_migration_that_is_not_answered_is_run_again(monkeypatch: pytest.MonkeyPatch) -> None:
    with pg.database() as url:
        real = psycopg.Connection.commit

        def commit(connection: Any) -> None:
            real(connection)
            raise broken_by("XX000")

        with monkeypatch.context() as broken:
            broken.setattr(psycopg.Connection, "commit", commit)
            with pytest.raises(Unavailable) as told:
                migrate.run(url)
        assert told.value.code == "store.unsure"
        assert migrate.run(url).after == migrate.run(url).before
