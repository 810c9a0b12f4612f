"""No statement lacks its tenant: each table it names has `tenant_id = <constant>` of its own, so that a cluster distributed by
tenant sends it to one machine. The desk and the day run are driven over every method, and every statement is looked at."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any, get_args

import pytest

from collect_tui.desk.errors import DomainError
from collect_tui.desk.protocol import Desk
from collect_tui.desk.views.account import PaneName
from collect_tui.desk.views.case import CaseList
from collect_tui.services.local import LocalDesk
from collect_tui.store import audit_check, event_log
from collect_tui.store.engine import Store
from contract.conftest import BOOK, act, do
from support.book import NOW, Clock, catalogue
from support.lines import compose
from support.statements import TABLES, lacking, missing, watched

ROSA, IVAN, ADA = "4410-2231", "4410-0087", "4410-0099"

WITHOUT = {
    "SELECT tenant.tenant_id FROM tenant": "which tenants there are: asked once, by programs that serve them all",
    "SELECT tenant.tenant_id FROM tenant ORDER BY tenant.tenant_id": "the same, in order",
    "SELECT count(*) AS count_1 FROM tenant": "whether a portfolio is there",
}
"""Statements that go to every machine on purpose, and why."""


@pytest.fixture(params=["sqlite", "postgres"])
def seen(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Store, set[str]]]:
    """A loaded portfolio and the statements so far, those of the load included on SQLite."""
    with (
        watched() as statements,
        BOOK.store(tmp_path) if request.param == "sqlite" else BOOK.pg_store() as store,
    ):
        yield store, statements


class Noting:
    """A desk that notes which of its methods were called."""

    def __init__(self, desk: LocalDesk, called: set[str]) -> None:
        self._desk, self._called = desk, called

    def __getattr__(self, name: str) -> Any:
        self._called.add(name)
        return getattr(self._desk, name)


def test_no_statement_of_the_desk_lacks_its_tenant(seen: tuple[Store, set[str]]) -> None:
    store, statements = seen
    clock = Clock()
    called: set[str] = set()

    def desk_of(login: str) -> Any:
        return Noting(
            LocalDesk(store, catalogue(), user=login, clock=clock, send_orders=lambda *_: None),  # type: ignore[arg-type,return-value]
            called,
        )

    mia, ben, lee = map(desk_of, ("mia", "ben", "lee"))
    _look(mia)
    _work(mia, ben, lee, clock)
    _many_lines(mia, clock)
    for _ in range(3):
        clock.forward(days=1)
        lee.day()
        with suppress(DomainError):
            mia.next()
        _look(ben)
    lee.day(check=True)
    lee.messages()
    lee.messages(release=True)
    with store.read() as db:
        assert audit_check.verify(db, 1) == ()
        event_log.after(db, 1, 0)
    with store.write(tenant_id=1, alone=True) as db:
        event_log.number(db, 1)
        event_log.prune(db, 1, clock())
    mia.close()

    ours = {s for s in statements if " ".join(s.split()) not in WITHOUT}
    assert len(ours) > 100
    assert {t for t in TABLES if any(t in s for s in ours)} >= TABLES - NOT_DRIVEN
    assert called >= {name for name, _ in inspect.getmembers(Desk) if not name.startswith("_")} - {"outbox", "clock"}
    wrong = lacking(ours)
    assert not wrong, "\n\n".join(wrong)
    _the_check_is_awake(ours)


NOT_DRIVEN = {"access_token", "sign_in_try", "webhook", "import_batch", "audit_seal", "sealed_head", "outbox_head"}
"""Tables that the desk itself does not work with, or that only some days need."""


def _look(desk: Any) -> None:
    desk.session()
    desk.catalogue()
    desk.floor()
    desk.me()
    board = desk.queues()
    for queue in board.queues:
        page = desk.queue(queue.name, limit=1)
        if page.cursor:
            desk.queue(queue.name, limit=1, cursor=page.cursor)
    for number in (ROSA, IVAN, ADA, "4410-0100"):
        desk.account(number)
        desk.script(number)
        desk.why(number)
        for pane in get_args(PaneName):
            desk.pane(number, pane, limit=1)
        for message in desk.pane(number, "messages").messages:
            desk.message(number, message.id)
            desk.pane(number, "messages", cursor=f"{NOW.isoformat()}~{message.id}")
    for text in ("4410", "alv", "rosa alv", "0142", "+1 312 555 0142", "rosa@example.com", "INV-1", "ref1", "44102231"):
        desk.find(text)
    for row in (*desk.inbox(unknown=True), *desk.inbox()):
        desk.contact_file(row.message)
    with suppress(DomainError):
        desk.contact_file()
    for which in get_args(CaseList):
        for case in desk.cases(which, kind="dispute").rows:
            desk.case(case.number)
            with suppress(DomainError):  # for most
                desk.case_document(case.number)
        desk.cases(which, reason="PRICE", channel="letter", age="<7d", cursor=f"{NOW.isoformat()}~1")
    with suppress(DomainError):  # for leads
        desk.case_report()
        desk.forecast()
    desk.history()
    desk.history(act="0000", sets=True)
    desk.orders()


def _work(mia: Any, ben: Any, lee: Any, clock: Clock) -> None:
    claim = mia.next()
    mia.heartbeat(claim.account)
    mia.agent("pause", "break", 1)
    mia.claim(claim.account)
    with pytest.raises(DomainError):
        ben.claim(claim.account)
    with suppress(DomainError):
        mia.next()
    do(mia, claim.account, "lm")
    mia.next(mia.queues().queues[0].name)
    ben.claim("4410-0100")
    ben.release("4410-0100")
    lee.word("mia", "the 4410 first")
    lee.absent("ben", reason="")
    lee.absent("ben", NOW.date() + timedelta(days=3), "lee", "ill")
    lee.absent("ben")
    lee.lock_order("broken", True, "oldest first")
    lee.lock_order("broken", False)
    do(mia, ADA, "own mia")
    lee.hand_on("mia", ("ben",), "on leave", do=True)
    lee.reassign(IVAN, "ben", "speaks Russian")
    mia.preview(act(mia, ROSA, "pp 150 fri"))
    do(mia, ROSA, 'di INV-1 60 price "charged twice"')
    once = act(mia, ROSA, "pp 150 fri")
    assert mia.do(once) == mia.do(once).model_copy(update={"repeated": False})
    lee.reveal(ROSA, "m1", "wrote it down")
    for number, line in (
        (ROSA, "undo"),
        (ROSA, "sus int tue #2231"),
        (ROSA, "undo"),
        (ROSA, "pay 300 card ref1"),
        (ROSA, "pa 100 dn50 2m 15"),
        (ADA, "cb +1h"),
        (ADA, "hold assistance 5d"),
        (IVAN, "snooze +2 research"),
        (IVAN, "skip busy"),
        (IVAN, "n a note"),
    ):
        with suppress(DomainError, AssertionError):
            do(mia, number, line)
        clock.forward(minutes=1)


def _many_lines(desk: Any, clock: Clock) -> None:
    chance = Random(11)
    done = 0
    for _ in range(60):
        number = chance.choice((ROSA, IVAN, ADA, "4410-0100"))
        clock.forward(minutes=2)
        with suppress(DomainError, AssertionError):
            do(desk, number, compose(chance, desk.account(number)))
            done += 1
    assert done > 15


def _the_check_is_awake(statements: set[str]) -> None:
    """Each condition on a tenant, taken out of its statement, is missed."""
    tried = 0
    for statement in statements:
        for found in re.finditer(r"\b(\w+)\.tenant_id = (?:\?|%\(\w+\)s::BIGINT)", statement):
            if found[1] in TABLES and not statement.lstrip().startswith("CREATE"):
                tried += 1
                without = f"{statement[: found.start()]}1 = 1{statement[found.end() :]}"
                assert missing(without), f"{found[0]} is not missed in {statement}"
    assert tried > 100


@pytest.mark.parametrize(
    ("statement", "names"),
    [
        ("SELECT a.id FROM account AS a WHERE a.tenant_id = ? AND a.id = ?", []),
        ("SELECT id FROM account WHERE tenant_id = %(t)s::BIGINT", []),
        ("SELECT id FROM account WHERE CAST(? AS BIGINT) = 1 AND account.tenant_id = CAST(? AS BIGINT)", []),
        (
            "SELECT 1 FROM account JOIN party ON account.tenant_id = party.tenant_id WHERE account.tenant_id = ?",
            ["party"],
        ),
        ("SELECT 1 FROM account LEFT OUTER JOIN party AS p ON p.tenant_id = ? WHERE account.tenant_id = ?", []),
        (
            "SELECT 1 FROM (account AS a JOIN party AS p ON p.tenant_id = 1) JOIN item ON item.id = 2",
            ["item", "account AS a"],
        ),
        ("SELECT 1 FROM account, item AS i WHERE account.tenant_id = ?", ["item AS i"]),
        ("SELECT 1 FROM account WHERE account.tenant_id = ? OR account.id = ?", ["account"]),
        ("SELECT 1 FROM account WHERE (account.tenant_id = ? OR true) AND account.id = ?", ["account"]),
        ("SELECT 1 FROM account WHERE NOT account.tenant_id = ?", ["account"]),
        ("SELECT 1 FROM account WHERE account.tenant_id != ?", ["account"]),
        ("SELECT account.tenant_id = ? FROM account", ["account"]),
        ("UPDATE work_item SET tenant_id = ? WHERE account_id = ?", ["work_item"]),
        ("UPDATE item SET open = x.n FROM (SELECT 1 AS n) AS x WHERE item.tenant_id = ?", []),
        ("UPDATE item SET open = n.id FROM note AS n WHERE item.tenant_id = ?", ["note AS n"]),
        ("DELETE FROM day_mark", ["day_mark"]),
        (
            "SELECT w.tenant_id FROM work_item AS w WHERE w.tenant_id = ? AND EXISTS (SELECT 1 FROM callback)",
            ["callback"],
        ),
        ("SELECT 1 FROM item WHERE item.tenant_id = ? UNION ALL SELECT 1 FROM note", ["note"]),
        ("WITH x AS (SELECT 1 FROM hold) SELECT 1 FROM x JOIN item ON item.tenant_id = ?", ["hold"]),
        ("INSERT INTO note (id, account_id) VALUES (?, ?)", ["note"]),
        (
            "INSERT INTO note (tenant_id, id) SELECT ?, i.id FROM item AS i ON CONFLICT (tenant_id) DO NOTHING",
            ["item AS i"],
        ),
        (
            "INSERT INTO note (tenant_id) SELECT ? WHERE ? ON CONFLICT (tenant_id) DO UPDATE SET id = 1 WHERE note.id = 2",
            [],
        ),
        (
            "SELECT w.id FROM work_item AS w WHERE w.tenant_id = ? AND w.x IS NOT DISTINCT FROM ? FOR UPDATE OF w SKIP LOCKED",
            [],
        ),
        ("SELECT 1 FROM pg_class", []),
    ],
)
def test_what_the_check_finds(statement: str, names: list[str]) -> None:
    assert sorted(missing(statement)) == sorted(names)
