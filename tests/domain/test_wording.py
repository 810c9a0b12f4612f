"""Effects in words."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta

import pytest

from collect_tui.defaults import load
from collect_tui.domain import effects as fx
from collect_tui.domain.facts import Allocation, Callback, Hold, Holder, NextAction, Payment, Point
from collect_tui.domain.states import (
    CallbackState,
    HoldState,
    OrderState,
    PaymentState,
    PromiseState,
    ServiceState,
    Stage,
)
from collect_tui.domain.wording import next_action_words
from support.trade import TODAY, account, days, item, order, promise

CODES = load(today=TODAY).codes
NOW = datetime(2025, 11, 24, 16, 0, tzinfo=UTC)
M1 = Point(1, "mobile", "+1 312 555 0142", 1, zones=("America/Chicago",))
FULL = account(
    points=(M1,),
    next_action=NextAction("call", TODAY),
    callbacks=(Callback(6, NOW, None),),
    holds=(Hold(7, "CEASE", TODAY, None),),
    promises=(promise(8, (2, 5000, 0)), promise(9, (2, 5000, 0), (9, 5000, 0), kind="plan")),
    payments=(Payment(5, "P-5", TODAY, "bank", 12345, PaymentState.UNAPPLIED),),
    orders=(order(10, 1, "suspend", "REQUESTED"),),
    items=(item(11, 20000, -63),),
)


@pytest.mark.parametrize(
    ("effect", "sentence"),
    [
        (
            fx.ContactLogged(1, "TM", "RP", NOW, 1, True, True, True, True, True, "INCOME", "new job in May"),
            'logs right party, no commitment · call mobile · mobile …0142 · lost or late income "new job in May"',
        ),
        (fx.ContactVoided(1, 2, "typed twice"), "takes the contact back: typed twice"),
        (fx.NoteWritten(1, "x" * 99, ""), f'notes "{"x" * 59}…"'),
        (fx.NoteWritten(1, "dog", "", pinned=True), 'pins the note "dog"'),
        (fx.NoteUnpinned(1, "dog"), "a pinned note comes off the top"),
        (fx.NextActionSet(NextAction("call", days(7)), None), "next action: call Mon 1 Dec"),
        (fx.NextActionSet(None, None), "next action: none"),
        (
            fx.NextActionSet(NextAction("callback", TODAY, NOW), None),
            "next action: callback today 10:00 Chicago UTC-06:00",
        ),
        (fx.PointMarked(1, "wrong", "unknown", "unknown", "unknown"), "mobile …0142 is marked wrong"),
        (fx.PointMarked(1, "good", "out", "good", "unknown"), "mobile …0142 is not to be used: opted out"),
        (
            fx.CallbackScheduled(Callback(1, datetime(2025, 11, 26, 1, 30, tzinfo=UTC), None, 1)),
            "callback tomorrow 19:30 Chicago UTC-06:00 to mobile …0142, for anyone",
        ),
        (fx.CallbackChanged(6, CallbackState.DONE, CallbackState.SCHEDULED), "the callback of today is done"),
        (fx.HoldPlaced(Hold(1, "PAYMENT_CLAIM", TODAY, days(5))), "hold payment claim until Sat 29 Nov"),
        (fx.HoldChanged(7, HoldState.RELEASED, HoldState.ACTIVE), "hold cease is released"),
        (fx.PromiseMade(promise(1, (4, 15000, 0))), "promise 150.00 by Fri 28 Nov"),
        (
            fx.PromiseMade(dataclasses.replace(promise(1, (4, 15000, 0)), method="gcash")),
            "promise 150.00 by Fri 28 Nov, GCash",
        ),
        (
            fx.PromiseMade(promise(1, (0, 10000, 0), (21, 15605, 0), (52, 15605, 0), kind="plan")),
            "plan 412.10 in 3 parts: 100.00 today, 156.05 Mon 15 Dec, 156.05 Thu 15 Jan 2026",
        ),
        (fx.PromiseChanged(8, PromiseState.SUPERSEDED, PromiseState.ACTIVE), "the promise of 50.00 is replaced"),
        (fx.PromiseChanged(9, PromiseState.ACTIVE, PromiseState.KEPT), "the plan of 100.00 stands again"),
        (fx.InstalmentPaid(8, 1, 5000, 0), "50.00 counts towards the promise"),
        (fx.InstalmentPaid(9, 2, 0, 5000), "50.00 no longer counts towards instalment 2"),
        (fx.InstalmentPaid(9, 0, 5000, 0), "50.00 counts towards the down payment"),
        (
            fx.DateMoved("instalment", 9, days(9), days(2), 0),
            "the down payment is due Wed 3 Dec instead of Wed 26 Nov",
        ),
        (
            fx.PaymentRecorded(Payment(1, "P", TODAY, "bank", 123450, PaymentState.UNAPPLIED)),
            "payment 1,234.50 received today, bank, reference P",
        ),
        (fx.PaymentAllocated(1, 5, Allocation(11, 5000)), "50.00 to invoice INV-11, 150.00 left of it"),
        (
            fx.PaymentReversed(5, PaymentState.RETURNED, "R01"),
            "the payment of 123.45 is returned; what it had paid is open again",
        ),
        (fx.OrderRequested(order(1, 1, "restore", "DRAFT")), "drafts restore order R-1 for INT, effective Wed 26 Nov"),
        (fx.OrderChanged(10, OrderState.CANCELLED, OrderState.REQUESTED), "suspend order S-10 for INT is cancelled"),
        (
            fx.ServiceChanged(1, ServiceState.PENDING_SUSPEND, "nonpay", ServiceState.ACTIVE, None),
            "INT waits for suspension",
        ),
        (fx.ServiceChanged(1, ServiceState.ACTIVE, None, ServiceState.PENDING_SUSPEND, "nonpay"), "INT stays on"),
        (
            fx.LadderChanged(Stage.NOTICE_2, Holder.read("promise 3"), Stage.NOTICE_2, None),
            "the ladder is held by a promise",
        ),
        (
            fx.LadderChanged(Stage.NOTICE_2, None, Stage.NOTICE_2, Holder.read("hold 3")),
            "the ladder goes on at notice 2",
        ),
        (fx.LadderChanged(Stage.CURRENT, None, Stage.NOTICE_2, None), "stage current"),
        (fx.Snoozed(days(2), "RESEARCH", 0), "put off until Wed 26 Nov: must be looked into first"),
        (fx.Snoozed(days(0), "RESEARCH", 0), "no longer put off"),
        (fx.Skipped("HOURS"), "skipped until the next day run: outside the customer's hours"),
        (fx.ActUndone("a"), "the act is undone"),
    ],
)
def test_an_effect_in_words(effect: fx.Effect, sentence: str) -> None:
    assert effect.words(FULL, CODES, "America/Chicago") == sentence
    assert effect.words(account(points=(), items=(), services=()), CODES, "UTC"), (
        "a row that is not loaded has words too"
    )


def test_a_next_action_in_words() -> None:
    assert next_action_words(None, FULL, CODES) == "none"
    assert next_action_words(NextAction("nosuch", days(1), NOW), FULL, CODES) == "nosuch tomorrow 16:00 UTC"
    late = NextAction("nosuch", days(0), NOW)
    assert next_action_words(late, FULL, CODES, "UTC", NOW) == "nosuch today 16:00 UTC"
    assert next_action_words(late, FULL, CODES, "UTC", NOW + timedelta(minutes=1)) == "nosuch today 16:00 UTC, overdue"
    assert next_action_words(NextAction("nosuch", days(-1)), FULL, CODES).endswith(", overdue")
