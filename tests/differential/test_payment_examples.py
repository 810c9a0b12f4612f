"""What money does, by example: tolerance, the day it was received, payments of any age, and parts that come back.

Rosa's account on Monday 23 November 2026, as in `test_owed_examples.py`.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

import pytest

from collect_tui.desk.errors import DomainError
from differential.test_owed_examples import ROSA, desk, item, promise, rolls
from support.book import TODAY, day
from support.world import Misread, World

# ------------------------------------------------------------------------------------------------------- tolerance and dates

LATE: Final = ("INV-1", -40, 60000)
DOORS: Final = ("desk", "api", "night")


def paid(world: World, amount: int, by: str, on: date | None = None) -> None:
    world.pay(ROSA, amount, ref="P1", by=by, on=on)
    if by == "night":
        world.roll()


@pytest.mark.parametrize("by", DOORS)
@pytest.mark.parametrize(
    ("amount", "status"), [(29950, "KEPT"), (29901, "KEPT"), (29900, "ACTIVE"), (30000, "KEPT"), (15000, "ACTIVE")]
)
def test_299_50_of_300_is_kept_but_a_whole_dollar_less_is_not(amount: int, status: str, by: str) -> None:
    world = desk(LATE)
    world.type(ROSA, "ptp 300 fri")
    paid(world, amount, by)
    assert promise(world).status == status


def test_the_tolerance_holds_for_each_instalment() -> None:
    world = desk(LATE)
    world.type(ROSA, "arr 300 3w fri")
    world.type(ROSA, "pay 99.50 card P1")
    rolls(world, date(2026, 12, 1))
    assert promise(world).status == "ACTIVE"  # nothing of the first is missed
    assert world.view(ROSA).broken_12m == 0


@pytest.mark.parametrize("by", DOORS)
def test_received_on_the_24th_and_entered_on_the_27th_keeps_the_promise(by: str) -> None:
    world = desk(LATE)
    world.type(ROSA, "ptp 300 tue")
    rolls(world, date(2026, 11, 27))
    assert (promise(world).status, world.view(ROSA).broken_12m) == ("BROKEN", 1)
    paid(world, 30000, by, on=date(2026, 11, 24))
    assert (promise(world).status, world.view(ROSA).broken_12m, world.view(ROSA).kept_12m) == ("KEPT", 0, 1)


@pytest.mark.parametrize("by", DOORS)
def test_received_too_late_un_breaks_nothing(by: str) -> None:
    world = desk(LATE)
    world.type(ROSA, "ptp 300 tue")
    rolls(world, date(2026, 11, 28))
    paid(world, 30000, by, on=date(2026, 11, 28))
    assert (promise(world).status, world.view(ROSA).broken_12m) == ("BROKEN", 1)


@pytest.mark.parametrize("by", DOORS)
def test_money_from_before_a_promise_was_made_is_not_for_it(by: str) -> None:
    world = desk(LATE)
    world.type(ROSA, "ptp 300 fri")
    paid(world, 30000, by, on=TODAY - timedelta(days=1))
    assert (promise(world).status, promise(world).paid) == ("ACTIVE", 0)


@pytest.mark.parametrize("by", DOORS)
@pytest.mark.parametrize("given_up", [("xp nope",), ("ptp 300 fri", "xp nope")])
def test_money_of_the_day_counts_towards_nothing_that_was_given_up_before(given_up: tuple[str, ...], by: str) -> None:
    world = desk(LATE)
    world.type(ROSA, "arr 300 3w fri")
    for line in given_up:
        world.type(ROSA, line)
    shown = world.preview(ROSA, "pay 100 card P1")
    assert not [text for text in shown.meaning if "counts towards" in text]
    paid(world, 10000, by)
    world.roll()
    assert {(p.status, p.paid) for p in world.desk.pane(ROSA, "promises").promises} <= {
        ("CANCELLED", 0),
        ("SUPERSEDED", 0),
    }


def test_what_was_paid_before_a_plan_was_cancelled_stays_with_it_until_it_is_taken_back() -> None:
    world = desk(LATE)
    world.type(ROSA, "arr 300 3w fri")
    world.clock.now += timedelta(minutes=1)
    world.type(ROSA, "pay 100 card P1")
    world.clock.now += timedelta(minutes=1)
    world.type(ROSA, "xp nope")
    world.clock.now += timedelta(minutes=1)
    world.type(ROSA, "pay 50 card P2")
    assert (promise(world).status, promise(world).paid) == ("CANCELLED", 10000)
    world.type(ROSA, "revpay P1 entered in error")
    assert (promise(world).status, promise(world).paid) == ("CANCELLED", 0)


def test_more_than_is_owed_asks_once_more_with_the_figure() -> None:
    world = desk(("INV-1", -40, 10000))
    shown = world.preview(ROSA, "pay 150 card P1")
    told = [f.sentence for f in shown.verdict.findings if f.severity not in {"allow", "info"}]
    assert any("50.00" in sentence or "100.00" in sentence for sentence in (*told, shown.error or "")), told


# -------------------------------------------------------------------------------------------------------- payments of any age

OLD: Final = {
    "ref": "CHK-95",
    "received_on": day(-95),
    "method": "check",
    "amount": 4000,
    "allocations": [{"item": "INV-1", "amount": 4000}],
    "recorded_at": f"{day(-95)}T12:00:00-05:00",
}


def with_an_old_payment() -> World:
    return desk(("INV-1", -120, 10000), payments=[OLD])


@pytest.mark.parametrize("again", ["pay 40 check CHK-95", "pay 50 card chk-95"])
def test_a_reference_of_95_days_ago_is_not_taken_twice(again: str) -> None:
    shown = with_an_old_payment().preview(ROSA, again)
    assert (shown.ok, shown.error_code) == (False, "payment.duplicate_ref")


def test_the_billing_system_sending_it_again_changes_nothing() -> None:
    world = with_an_old_payment()
    before = item(world, "INV-1").open
    world.pay(ROSA, 4000, ref="CHK-95", by="api", on=TODAY - timedelta(days=95))
    assert item(world, "INV-1").open == before


@pytest.mark.parametrize("verb", ["revpay", "retpay"])
def test_a_payment_of_95_days_ago_can_be_taken_back(verb: str) -> None:
    world = with_an_old_payment()
    world.type(ROSA, f"{verb} CHK-95 bounced at last")
    assert (item(world, "INV-1").open, world.view(ROSA).collectable) == (10000, 10000)


def test_a_payment_of_95_days_ago_is_found() -> None:
    assert [hit.account for hit in with_an_old_payment().desk.find("CHK-95")] == [ROSA]


def test_a_part_of_a_payment_can_come_back() -> None:
    world = desk(("INV-1", -40, 10000))
    world.type(ROSA, "pay 60 card P1")
    world.type(ROSA, "retpay P1 20 bounced in part")
    view = world.view(ROSA)
    assert (item(world, "INV-1").open, view.collectable, view.unapplied) == (6000, 6000, 0)
    account_row = world.row("account", number=ROSA)
    assert (account_row.next_action_code, account_row.next_action_on) == ("returned", TODAY)


@pytest.mark.parametrize("amount", ["0", "60.01"])
def test_no_more_comes_back_than_was_paid(amount: str) -> None:
    world = desk(("INV-1", -40, 10000))
    world.type(ROSA, "pay 60 card P1")
    with pytest.raises((DomainError, Misread)):
        world.type(ROSA, f"retpay P1 {amount} bounced")
