"""Offers to all who qualify: who gets one, who does not and why, what is kept of it, and what the line and the figures make of answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from collect_tui.domain.errors import Invalid
from collect_tui.services import day_run
from collect_tui.services.local import LocalDesk
from collect_tui.services.message.dispatch import MessageDispatch
from collect_tui.services.message.offer import offer, uptake
from collect_tui.services.message.run import release
from collect_tui.store import facts
from services.message.far import Far
from support.book import NOW, SERVICES, TODAY, Book, Clock, account, catalogue, do_line, local_desk

EMAIL = [{"kind": "email", "value": "a@example.com"}]
OUT = [{"kind": "email", "value": "b@example.com", "consent": "out"}]
GOOD, LATE, STOPPED, HELD, CUT, AUTO = "4410-0001", "4410-0002", "4410-0003", "4410-0004", "4410-0005", "4410-0006"
BOOK = Book(
    account(GOOD, "Alvarez, Rosa", points=EMAIL, services=SERVICES, items=[("I-1", 9, 10000)]),
    account(LATE, "Berg, Anna", points=EMAIL, services=SERVICES, items=[("I-2", -9, 10000)]),
    account(STOPPED, "Chen, Li", points=OUT, services=SERVICES),
    account(HELD, "Dole, Max", points=EMAIL, services=SERVICES),
    account(CUT, "Eves, Tom", points=EMAIL, services=SERVICES, items=[("I-5", -99, 40000)], stage="SUSPENDED"),
    account(
        AUTO,
        "Fox, Ida",
        points=EMAIL,
        services=SERVICES,
        payments=[{"ref": "P1", "received_on": "2026-11-02", "method": "autopay", "amount": 500, "allocations": []}],
    ),
)


class Desk:
    def __init__(self, desk: LocalDesk, clock: Clock) -> None:
        self.desk, self.clock = desk, clock
        self.email = Far("email")

    def send(self) -> int:
        release(self.desk)
        return MessageDispatch(self.desk, {"email": self.email}).run().sent.get("email", 0)

    def later(self, days: int) -> None:
        self.clock.forward(days=days)
        assert (
            day_run.run(self.desk, TODAY + timedelta(days=(self.clock() - NOW).days), check=True, full=True).found == ()
        )

    def templates(self, number: str) -> list[tuple[str, str]]:
        with self.desk.store.read() as db:
            return [(m.template, str(m.status)) for m in facts.load(db, 1, number).messages if not m.level]


@pytest.fixture(params=["sqlite", "postgres"])
def at(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    clock = Clock()
    with BOOK.store(tmp_path) if request.param == "sqlite" else BOOK.pg_store() as store:
        desk = Desk(local_desk(store, "lee", clock), clock)
        do_line(desk.desk, HELD, "hold cease asked")
        yield desk


def told(found: Any) -> dict[str, tuple[int, tuple[str, ...]]]:
    return {each.reason: (each.count, each.accounts) for each in found.excluded}


def test_who_qualifies_gets_a_draft_and_who_does_not_a_reason(at: Desk) -> None:
    looked = offer(at.desk, "prepayment", dry_run=True)
    assert (looked.looked, looked.drafted, looked.accounts) == (4, 2, (GOOD, AUTO))
    assert told(looked) == {"point": (1, (STOPPED,)), "hold": (1, (HELD,))}
    assert at.templates(GOOD) == [], "a dry run writes nothing"
    assert offer(at.desk, "prepayment") == looked
    assert at.templates(GOOD) == at.templates(AUTO) == [("prepayment-offer", "DRAFT")]
    assert at.send() == 2
    assert "110,400" not in at.email.left[0].text
    assert "$1,104.00" in at.email.left[0].text, "twelve months for 8 % less"


def test_settlement_goes_by_the_stage_and_autopay_to_who_pays_by_hand(at: Desk) -> None:
    found = offer(at.desk, "settlement")
    assert (found.looked, found.accounts) == (1, (CUT,))
    assert offer(at.desk, "autopay").accounts == (GOOD,)
    assert told(offer(at.desk, "autopay"))["figures"] == (1, (AUTO,))
    assert at.send() == 2
    assert {"$340.00" in left.text for left in at.email.left} == {True, False}


def test_nobody_gets_the_same_offer_twice_within_the_interval(at: Desk) -> None:
    assert offer(at.desk, "prepayment", limit=1).accounts == (GOOD,)
    assert offer(at.desk, "prepayment", limit=1).accounts == (AUTO,), "it goes on with the next"
    found = offer(at.desk, "prepayment")
    assert (found.drafted, told(found)["recent"]) == (0, (2, (GOOD, AUTO)))
    assert offer(at.desk, "autopay").accounts == (GOOD,), "another offer is another matter"
    at.send()
    at.later(179)
    do_line(at.desk, GOOD, "pay 100 card R1 y")
    assert told(offer(at.desk, "prepayment", dry_run=True))["recent"] == (2, (GOOD, AUTO))
    at.later(1)
    assert offer(at.desk, "prepayment", dry_run=True).accounts == (GOOD, AUTO)


def test_an_offer_by_telephone_counts_as_one_and_its_answer_is_counted(at: Desk) -> None:
    do_line(at.desk, GOOD, "log in op")
    assert told(offer(at.desk, "prepayment", dry_run=True))["recent"] == (1, (GOOD,))
    do_line(at.desk, LATE, "log in op")  # the figures offer it nothing
    at.clock.forward(minutes=5)
    do_line(at.desk, GOOD, "log in oc")
    do_line(at.desk, LATE, "log in oa")
    at.clock.forward(minutes=5)
    do_line(at.desk, GOOD, "log in oa")
    do_line(at.desk, GOOD, "pay 1104 ach R7 over=1004")
    (row,) = uptake(at.desk)
    assert (row.offer, row.messages, row.contacts, row.accepted, row.considering) == ("prepayment", 0, 1, 1, 0)
    assert (row.paid, row.amount) == (1, 110400)
    assert uptake(at.desk, TODAY + timedelta(days=1)) == ()
    do_line(at.desk, GOOD, "undo")
    assert [(row.paid, row.amount) for row in uptake(at.desk)] == [(0, 0)]


def test_two_accounts_of_a_customer_get_one(tmp_path: Path) -> None:
    first = account("4410-1001", "Alvarez, Rosa", points=EMAIL, services=SERVICES)
    second = {name: value for name, value in first.items() if name != "party"}
    two = Book(first, {**second, "number": "4410-1002", "party_of": "4410-1001"})
    with two.store(tmp_path) as store:
        desk = local_desk(store, "lee", Clock())
        found = offer(desk, "prepayment")
    assert (found.drafted, told(found)) == (1, {"recent": (1, ("4410-1002",))})


def test_the_night_offers_when_the_site_says_so_and_no_more_than_it_says(at: Desk) -> None:
    rules = catalogue().rules
    nightly = {**rules.offers, "prepayment": replace(rules.offers["prepayment"], nightly=1)}
    site = catalogue().model_copy(update={"rules": replace(rules, offers=nightly)})
    desk = LocalDesk(at.desk.store, site, user="lee", clock=at.clock)
    for night in (1, 1, 2, 3):
        day_run.run(desk, TODAY + timedelta(days=night))
        offered = [number for number in (GOOD, AUTO) if ("prepayment-offer", "DRAFT") in at.templates(number)]
        assert offered == ([GOOD] if night == 1 else [GOOD, AUTO])


def test_an_offer_that_there_is_not(at: Desk) -> None:
    with pytest.raises(Invalid, match="did you mean prepayment"):
        offer(at.desk, "prepaiment")
