"""A year of an account in the words of the trade, for each segment: from the reminder to the end of its ladder, and back by a payment.

The golden files hold a line for each day on which something happened. GOLDEN=write writes them, to be read before they are kept.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from collect_tui.channels.folders import FolderPort
from collect_tui.domain.errors import DomainError
from collect_tui.services.local import LocalDesk
from collect_tui.services.message.run import release
from collect_tui.services.order_dispatch import OrderDispatch
from collect_tui.services.order_port import Acknowledgement
from services.message.test_serving import POINTS, ROSA, Life
from support.book import NOW, SERVICES, TODAY, Book, Clock, account, day, do_line, local_desk

GOLDEN = Path(__file__).with_name("golden")
EVERY = 4
"""Days from one night that is run to the next: a year is long."""


class Year:
    """The account's days: the night, a run and a second person's run, what leaves, the post, and what the desk does about the service."""

    def __init__(self, desk: LocalDesk, clock: Clock, folder: Path) -> None:
        self.life, self.desk, self.clock = Life(desk, clock), desk, clock
        self.second = local_desk(desk.store, "ben", clock)
        self.orders = OrderDispatch(desk, FolderPort(folder))
        self.stage, self.step, self.since = str(self.life.seen.stage), 0, TODAY
        self.told: list[str] = []
        self.waits = ("", "")

    def pass_by(self, nights: int, *, cut: bool, pays: int = 0) -> str:
        """`pays`: the night after which all is paid that is owed."""
        for night in range(EVERY, nights + EVERY, EVERY):
            self.life.night(EVERY, check=False)
            words = [*self._messages(), *(self._service() if cut else ())]
            if night == pays:
                do_line(self.desk, ROSA, f"pay {self.life.seen.collectable / 100:.2f} check R9 y")
                words.append("all that is past due is paid")
            seen = self.life.seen
            if str(seen.stage) != self.stage:
                self.stage = str(seen.stage)
                words.append(f"the account stands at {self.stage}")
                if seen.next_action.on > self.life.today:
                    words.append(f"{seen.next_action.code} on {seen.next_action.on:%a %d %b %Y}")
            if words:
                self.told.append(f"{self.life.today:%a %d %b %Y}: {'; '.join(words)}")
        return "\n".join(self.told) + "\n"

    def _messages(self) -> Iterator[str]:
        life = self.life
        ports = (life.letter, life.email, life.sms)
        before = [len(far.left) for far in ports]
        release(self.desk)
        for left in release(self.second).excluded:
            if (left.reason, left.told) != self.waits:
                self.waits = left.reason, left.told
                yield f"a draft waits: {left.told}"
        life.dispatch().run()
        templates = {f"1-{m.id}": m.template for m in life.seen.messages}
        for far, count in zip(ports, before, strict=True):
            for left in far.left[count:]:
                yield f"{templates[left.key]} leaves by {left.channel}"
                if far is life.letter:
                    life.letter.report(left.key, "delivered", self.clock())

    def _service(self) -> Iterator[str]:
        """Cut as soon as it may be; ten days later all is paid, and it is restored."""
        if self.step == 0 and self.stage == "FINAL":
            try:
                do_line(self.desk, ROSA, "sus int +1 #2231")
            except DomainError:
                return
            yield "the suspension of INT is ordered for the next day"
        elif self.step in (1, 3):
            self.orders.run()
            kind = "suspend" if self.step == 1 else "restore"
            sent = next((o for o in self.life.seen.orders if (o.kind, o.status) == (kind, "SENT")), None)
            if sent is None:
                return
            self.orders.take("north", Acknowledgement(order=sent.number, outcome="completed", at=self.clock()))
            yield "INT is cut" if kind == "suspend" else "INT is on again"
            if kind == "restore":
                do_line(self.desk, ROSA, "send restored email")
        elif self.step == 2 and (self.life.today - self.since).days >= 10:
            do_line(self.desk, ROSA, f"pay {(self.life.seen.collectable + 800) / 100:.2f} card R9 y over=8.00")
            do_line(self.desk, ROSA, "res int #2231")
            yield "all is paid, and INT is to be restored"
        else:
            return
        self.step, self.since = self.step + 1, self.life.today


@pytest.mark.parametrize(
    ("segment", "items", "nights"),
    [
        ("default", [("INV-1", 12, 20000)], 164),
        ("business", [("INV-1", 3, 900000)], 120),
        ("cards", [("CARD-1", -2, 90000)], 120),
    ],
)
def test_a_life(tmp_path: Path, segment: str, items: list[tuple[str, int, int]], nights: int) -> None:
    clock = Clock(NOW)
    more = {
        "points": POINTS,
        "services": SERVICES,
        "segment": segment,
        "next_action": {"code": "monitor", "on": day(0)},
    }
    with Book(account(ROSA, "Alvarez, Rosa", items=items, **more)).store(tmp_path) as store:
        year = Year(local_desk(store, "lee", clock), clock, tmp_path / "orders")
        told = year.pass_by(nights, cut=segment == "default")
    golden(f"life-{segment}.txt", told)


MONTHLY = 20000


def home(paid: int) -> dict[str, Any]:
    """A buyer of a home: so many instalments of a month were paid, three more fall due from the twelfth day on, and a balloon."""
    before = [(f"AM-{n}", 12 - 30 * n, MONTHLY, {"kind": "instalment"}) for n in range(1, paid + 1)]
    items = [(f"AM+{n}", 12 + 30 * n, MONTHLY, {"kind": "instalment"}) for n in range(3)]
    payments = [
        {
            "ref": f"P{n}",
            "received_on": day(due),
            "method": "check",
            "amount": amount,
            "allocations": [{"item": no, "amount": amount}],
        }
        for n, (no, due, amount, _) in enumerate(before)
    ]
    balloon = ("BA-1", 75, 300000, {"kind": "balloon"})
    return account(
        ROSA,
        "Alvarez, Rosa",
        items=[*before, *items, balloon],
        payments=payments,
        points=POINTS,
        segment="real-estate",
        next_action={"code": "monitor", "on": day(0)},
    )


@pytest.mark.parametrize(("name", "paid", "nights", "pays"), [("cancelled", 14, 160, 0), ("paid", 48, 140, 120)])
def test_a_home_by_instalments(tmp_path: Path, name: str, paid: int, nights: int, pays: int) -> None:
    """With a year paid the grace is 60 days, and the contract is cancelled; with four it is four months, in which the buyer pays."""
    clock = Clock(NOW)
    with Book(home(paid)).store(tmp_path) as store:
        year = Year(local_desk(store, "lee", clock), clock, tmp_path / "orders")
        told = year.pass_by(nights, cut=False, pays=pays)
        if name == "paid":
            assert year.life.seen.collectable == 0
    golden(f"life-real-estate-{name}.txt", told)


def golden(name: str, told: str) -> None:
    path = GOLDEN / name
    if os.environ.get("GOLDEN") == "write":
        path.write_text(told, "utf-8")
    assert told == path.read_text("utf-8")
