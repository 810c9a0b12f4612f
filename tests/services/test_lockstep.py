"""The machine of `test_machine.py` on SQLite and on PostgreSQL at once: the same is typed to both, and both say the same.

Every answer of the desk is compared, and after every step what stands in every table. `COLLECT_TUI_HUNT=100 pytest
tests/services/test_lockstep.py` looks further than the everyday run does.
"""

from __future__ import annotations

import itertools
import os
import shutil
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import settings
from hypothesis.stateful import initialize, invariant, precondition
from pydantic import BaseModel
from sqlmodel import SQLModel, select

from collect_tui.desk.errors import DomainError
from collect_tui.desk.views.session import OrdersReport
from collect_tui.services.local import LocalDesk
from collect_tui.store.engine import Store
from services.test_machine import ACCOUNTS, DeskMachine, at_random
from support import pg
from support.book import Book, catalogue, sync_orders
from support.thin import few

HUNT = int(os.environ.get("COLLECT_TUI_HUNT", "0"))


def counting() -> Callable[[], int]:
    return itertools.count(1 << 40).__next__


BOOK = Book(*ACCOUNTS, ids=counting)

#: What is drawn at random or measured, and so differs between two runs on one database too.
LOOSE = {
    ("tenant", "audit_key"),
    ("agent_event", "id"),  # from a source of its own
    ("act_log", "fingerprint"),
    ("audit", "prev"),
    ("audit", "hash"),
    ("audit_head", "hash"),
    ("audit_seal", "digest"),
    ("audit_seal", "prev"),
    ("audit_seal", "hash"),
    ("sealed_head", "hash"),
    ("queue_delta", "id"),
    ("batch_step", "millis"),
}


class Both:
    """Two desks as one: what is asked of it is asked of both, and they must answer alike."""

    def __init__(self, one: LocalDesk, other: LocalDesk) -> None:
        self.one, self.other = one, other

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.one, name)
        if name not in OPERATIONS:
            return found

        def ask(*given: Any, **named: Any) -> Any:
            answers = [outcome(getattr(desk, name), *given, **named) for desk in (self.one, self.other)]
            assert comparable(answers[0]) == comparable(answers[1]), f"{name}{given}"
            if isinstance(answers[0], DomainError):
                raise answers[0]
            return answers[0]

        return ask


OPERATIONS = frozenset(
    {
        "account",
        "claim",
        "day",
        "do",
        "find",
        "heartbeat",
        "history",
        "message",
        "next",
        "pane",
        "preview",
        "queue",
        "queues",
    }
    | {"release", "session", "why"}
)


def outcome(operation: Callable[..., Any], *given: Any, **named: Any) -> Any:
    try:
        return operation(*given, **named)
    except DomainError as error:
        return error


def comparable(answer: Any) -> Any:
    if isinstance(answer, DomainError):
        return type(answer), {**vars(answer), "verdict": comparable(getattr(answer, "verdict", None))}
    if isinstance(answer, BaseModel):
        return leave_out_seconds(answer.model_dump(mode="json"))
    if isinstance(answer, tuple):
        return tuple(map(comparable, answer))
    return answer


def leave_out_seconds(value: Any) -> Any:
    """A day run tells how long its steps took."""
    if isinstance(value, dict):
        return {k: leave_out_seconds(v) for k, v in value.items() if k != "seconds"}
    return [leave_out_seconds(v) for v in value] if isinstance(value, list) else value


def rows(store: Store) -> dict[str, Counter[Any]]:
    """What stands in every table."""
    with store.read() as db:
        return {
            name: Counter(
                db.execute(select(*(c for c in table.columns if (name, c.name) not in LOOSE))).all()  # type: ignore[call-overload]
            )
            for name, table in SQLModel.metadata.tables.items()
        }


class Lockstep(DeskMachine):
    @initialize()
    def open(self) -> None:
        self.opened = ExitStack()
        self.other = self.opened.enter_context(BOOK.pg_store())
        self.ids = {"one": counting(), "other": counting()}
        for source in self.ids.values():
            for _ in range(10_000):  # those of the book
                source()
        super().open()

    def sit_down(self, user: str) -> Any:
        given: Any = {"user": user, "clock": self.clock}
        return Both(
            LocalDesk(self.store, catalogue(), ids=self.ids["one"], **given),
            LocalDesk(self.other, catalogue(), ids=self.ids["other"], **given),
        )

    def sync(self, folder: Path) -> OrdersReport:
        desk: Any = self.mia
        there = folder.with_name("orders-of-the-other")
        shutil.rmtree(there, ignore_errors=True)
        if folder.exists():
            shutil.copytree(folder, there)
        reports = [sync_orders(one, at) for one, at in ((desk.one, folder), (desk.other, there))]
        assert reports[0].model_dump() == reports[1].model_dump()
        assert files(folder) == files(there)
        return reports[0]

    @precondition(lambda self: hasattr(self, "store"))
    @invariant()
    def holds(self) -> None:
        one, other = rows(self.store), rows(self.other)
        for name in one:
            assert one[name] == other[name], name
        super().holds()

    def teardown(self) -> None:
        super().teardown()
        if hasattr(self, "opened"):
            self.opened.close()


def files(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.fixture(scope="module", autouse=True)
def book(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("lockstep")
    BOOK.store(folder).close()
    Lockstep.book = folder / "desk.db"
    pg.need()


Lockstep.TestCase.settings = settings(
    DeskMachine.TestCase.settings, max_examples=HUNT or few(1, of=2), stateful_step_count=10 if not HUNT else 20
)
TestLockstep = Lockstep.TestCase


@pytest.mark.parametrize("seed", range(100, 100 + (HUNT or few(1, of=2))))
def test_a_shift_at_random(seed: int) -> None:
    chance, machine = Random(seed), Lockstep()
    machine.open()
    try:
        for _ in range(60 if HUNT else 25):
            at_random(machine, chance)
            machine.holds()
    finally:
        machine.teardown()
