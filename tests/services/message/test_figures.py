"""Figures that messages print, from accounts in a database: a cancellation, a validation, what comes due, what is offered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest

from collect_tui.domain.calendars import add_months
from collect_tui.domain.errors import Refused
from collect_tui.domain.message.context import MessageContext
from collect_tui.services.local import LocalDesk
from collect_tui.services.message.filling import Addressee, completed, context_of
from collect_tui.services.message.lint import Library, load
from collect_tui.services.message.placeholders import examine
from collect_tui.services.message.preview import preview
from collect_tui.services.message.render import render
from collect_tui.store import facts
from support.book import SERVICES, TODAY, Book, Clock, account, day, local_desk

HOME, NEW_HOME, CARD, TENANT, SUSPENDED = "4410-2231", "4410-2232", "4410-2233", "4410-2234", "4410-2235"
FIRST, UNPAID, MONTHLY = date(2024, 1, 15), date(2026, 7, 15), 20_000_00


def due(on: date) -> int:
    return (on - TODAY).days


def home(number: str, unpaid: date, paid: int, down: int) -> dict:
    """A buyer of a home who paid something down and the first instalments; three and a balloon are open."""
    dates = [add_months(FIRST, n) for n in range(paid)]
    instalments = [(f"AM-{n}", due(on), MONTHLY, {"kind": "instalment"}) for n, on in enumerate(dates)]
    open_ = [(f"UN-{n}", due(add_months(unpaid, n)), MONTHLY, {"kind": "instalment"}) for n in range(3)]
    rest = [
        ("DP-1", due(FIRST) - 30, down),
        ("LF-1", due(unpaid), 500_00, {"kind": "fee"}),
        ("BA-1", 60, 300_000_00, {"kind": "balloon"}),
        ("BA-2", 400, 900_000_00, {"kind": "balloon"}),
        ("RE-1", 90, 50_000_00, {"kind": "retention"}),
    ]
    money = [("DP-1", FIRST, down), ("LF-1", TODAY, 500_00)]
    money += [(f"AM-{n}", on, MONTHLY) for n, on in enumerate(dates)]
    payments = [
        {
            "ref": f"P{number[-1]}-{n}",
            "received_on": on.isoformat(),
            "method": "check",
            "amount": amount,
            "allocations": [{"item": doc_no, "amount": amount}],
        }
        for n, (doc_no, on, amount) in enumerate(money)
    ]
    return account(
        number, "Reyes, Maria", items=[*instalments, *open_, *rest], payments=payments, opened_on="2023-12-15"
    )


BOOK = Book(
    home(HOME, UNPAID, 30, 120_000_00),  # 36 months' worth
    home(NEW_HOME, date(2026, 9, 22), 17, 100_000_00),  # 22; its 60 days of grace end on 21 November
    account(
        CARD,
        "Okafor, Chidi",
        items=[("ST-1", -90, 300_00), ("ST-2", -60, 500_00), ("LF-2", -30, 15_00, {"kind": "fee", "issued": day(-40)})],
        payments=[
            {"ref": "P9", "received_on": day(-55), "method": "card", "amount": 40_00, "allocations": []},
            {
                "ref": "P8",
                "received_on": day(-100),
                "method": "card",
                "amount": 300_00,
                "allocations": [{"item": "ST-1", "amount": 300_00}],
            },
        ],
    ),
    account(TENANT, "Berg, Anna", items=[("INV-1", 12, 100_00)], services=SERVICES),
    account(SUSPENDED, "Lund, Per", items=[("INV-9", -95, 412_15)], stage="SUSPENDED"),
)


@pytest.fixture(scope="module")
def library() -> Library:
    return load(None, "US", "USD")


@pytest.fixture(scope="module")
def desk(tmp_path_factory) -> Iterator[LocalDesk]:
    with BOOK.store(tmp_path_factory.mktemp("figures")) as store:
        yield local_desk(store, "mia", Clock())


def filled(desk: LocalDesk, library: Library, number: str, name: str) -> tuple[MessageContext, str]:
    """A template for an account by all that was ever paid on it: what it may print, and its English text."""
    head = library.every[name].head
    words = library.rules.languages["en"]
    with desk.reading() as db:
        seen = facts.load(db, desk.tenant_id, number)
        ledger = facts.ledger(db, desk.tenant_id, seen.id)
    to = Addressee("Reyes, Maria", "person", "Test book")
    plans = desk.catalogue().arrangement
    context = context_of(seen, to, head, library.rules, words, desk.house, plans, ledger)
    body = library.template(name).variants["en"].body(head.channels[0])
    context, examples = completed(context, {*examine(body.source).requires, *head.needs}, sampled=False)
    assert examples == ()
    formats = library.formats("en", head.channels[0], seen.currency)
    return context, render(body.source, head.channels[0], context, words, formats, seen.numbers).text


def test_a_notice_of_cancellation_has_the_figures_of_the_account(desk, library):
    context, text = filled(desk, library, HOME, "cancellation")
    found = context.cancellation
    assert found is not None
    assert (found.due, found.years_paid, found.paid_total) == (UNPAID, 3, 720_000_00)  # what went to the fee apart
    assert (found.grace_until, found.surrender_value) == (date(2026, 10, 15), 360_000_00)
    assert found.effective == TODAY + timedelta(days=31)
    assert "unpaid since July 15, 2026. $60,000.00 is past due" in text
    assert "ended on October 15, 2026. Full years of instalments paid: 3; paid in all: $720,000.00." in text
    assert "not before December 24, 2026" in text
    assert "value is $360,000.00." in text
    assert "does not end before this amount has been paid" in text


def test_there_is_no_cancellation_while_the_grace_runs(desk, library, tmp_path):
    context, text = filled(desk, library, NEW_HOME, "cancellation")
    assert context.cancellation is not None
    assert (context.cancellation.years_paid, context.cancellation.surrender_value) == (1, 0)
    assert context.cancellation.grace_until == TODAY - timedelta(days=2)
    assert "value is $0.00." in text
    assert "paid to you in full" not in text
    later = home(NEW_HOME, date(2026, 9, 24), 17, 100_000_00)  # the grace ends today
    with Book(later).store(tmp_path) as store, pytest.raises(Refused, match="has not: cancellation"):
        filled(local_desk(store, "mia", Clock()), library, NEW_HOME, "cancellation")


def test_without_instalments_there_is_nothing_to_cancel(desk, library):
    with pytest.raises(Refused, match="has not: cancellation"):
        filled(desk, library, CARD, "cancellation")


def test_a_validation_notice_itemises_the_debt(desk, library):
    context, text = filled(desk, library, CARD, "validation")
    found = context.validation
    assert found is not None
    assert (found.creditor, found.on) == (
        "Test book",
        TODAY - timedelta(days=90),
    )  # ST-2, thirty days before it was due
    assert (found.amount, found.fees, found.payments, found.credits, found.now) == (500_00, 15_00, 40_00, 0, 475_00)
    assert [line.split()[-1] for line in text.splitlines() if line.startswith(("You owe", "Fees", "Paid"))] == [
        "$500.00",
        "$15.00",
        "$40.00",
        "$475.00",
    ]
    assert text.count("by December 31, 2026") == 3  # five business days over Thanksgiving, and thirty


def test_what_comes_due_is_named(desk, library):
    balloon, retention = (preview(desk, library, HOME, f"{kind}-due") for kind in ("balloon", "retention"))
    assert "a balloon payment of $300,000.00 falls due on January 22, 2027." in balloon.body
    assert "BA-2" in balloon.body
    assert "RE-1" not in balloon.body
    assert "$50,000.00 falls due on February 21, 2027." in retention.body
    with pytest.raises(Refused, match="has not: coming, the balloon or the retention"):
        preview(desk, library, CARD, "balloon-due")


def test_offers_need_no_sample(desk, library):
    made = preview(desk, library, TENANT, "prepayment-offer")
    assert made.sampled == ()
    assert "pay 12 months in advance, they cost $1,104.00" in made.body
    assert "you save $96.00" in made.body
    assert "until December 14, 2026" in made.body
    made = preview(desk, library, SUSPENDED, "settlement-offer")
    assert "if $350.32 reaches us by December 7, 2026" in made.body  # 85 % of 412.15, rounded down
    assert "remaining $61.83" in made.body
    with pytest.raises(Refused, match="has not: offer"):
        preview(desk, library, TENANT, "settlement-offer")
    with pytest.raises(Refused, match="has not: prepayment"):
        preview(desk, library, SUSPENDED, "prepayment-offer")


def test_a_ledger_is_all_that_was_ever_paid(desk):
    with desk.reading() as db:
        tenant = desk.tenant_id
        seen = facts.load(db, tenant, HOME)
        found = facts.ledger(db, tenant, seen.id)
        assert facts.ledger(db, tenant, 0).items == ()
    assert len(found.items) == 30 + 3 + 5
    assert len(found.payments) == 32 > len(seen.payments)
    assert {i.id for i in seen.items} == {i.id for i in found.items if i.open}
    assert found.paid == 720_000_00
    assert replace(found, payments=()).paid == 0
