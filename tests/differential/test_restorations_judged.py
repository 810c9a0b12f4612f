"""A restoration rests on money: what stops it when that is gone, and that its draft follows the money whoever posted it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import pytest

from collect_tui.desk.errors import DomainError
from collect_tui.policy.restore import may_restore
from collect_tui.store import scoring, service_signals
from collect_tui.store.account_signals import signals
from collect_tui.store.sql import Scope
from differential.test_orders_judged import ROSA, SERVICES, at_night, brings_credit, order, rosa, service
from support.book import TODAY, Book, day
from support.world import SITE, World

ON_INT: Final = [("INV-1", -63, 30000, {"service": "INT"}), ("INV-3", 7, 11000)]


def cut() -> dict[str, Any]:
    """INT is off for the 300.00 that are late on it; nothing else is owed but a bill that is not due."""
    return rosa(services=[{**SERVICES[0], "status": "SUSPENDED", "suspend_cause": "nonpay"}], items=ON_INT)


@pytest.mark.parametrize("back", ["retpay R1 bounced", "revpay R1 typing error"])
@pytest.mark.parametrize("asked", [True, False])
def test_money_that_bounced_stops_the_restoration(back: str, asked: bool) -> None:
    world = World(Book(cut()))
    world.roll(TODAY)
    world.type(ROSA, "pay 308 card R1")
    assert order(world).status == "DRAFT"
    if asked:
        world.type(ROSA, "res int")
        assert order(world).status == "REQUESTED"
    shown = [e.sentence for e in world.preview(ROSA, back).effects if e.kind == "OrderChanged"]
    assert any(order(world).number in sentence for sentence in shown)
    world.type(ROSA, back)
    assert order(world).status == "CANCELLED"
    assert (service(world).status, service(world).suspend_cause) == ("SUSPENDED", "nonpay")
    assert world.sync().sent == ()
    world.roll()
    assert world.view(ROSA).queue != "restore"


@pytest.mark.parametrize("back", ["retpay R2 bounced", "revpay R2 typing error"])
def test_a_fee_that_bounced_stops_the_restoration(back: str) -> None:
    """The debt was paid with one payment, the fee with another, and it is the fee that is gone."""
    world = World(Book(cut()))
    world.roll(TODAY)
    world.type(ROSA, "pay 300 card R1")
    world.type(ROSA, "pay 8 card R2")
    world.type(ROSA, "res int")
    world.type(ROSA, back)
    assert order(world).status == "CANCELLED"
    assert world.sync().sent == ()


def test_a_credit_pays_one_fee_and_not_two() -> None:
    """A credit of 5.00 and 3.00 in money pay what brings INT back; TV takes 8.00 of its own."""
    off = [{**service_, "status": "SUSPENDED", "suspend_cause": "nonpay"} for service_ in SERVICES]
    world = World(Book(rosa(services=off, items=[("INV-3", 7, 11000), ("CR-1", -3, -500, {"kind": "credit"})])))
    world.type(ROSA, "pay 3 card R1")
    world.type(ROSA, "res int")
    with pytest.raises(DomainError):
        world.type(ROSA, "res tv")
    world.type(ROSA, "pay 3 card R2")
    with pytest.raises(DomainError):
        world.type(ROSA, "res tv")
    world.type(ROSA, "pay 5 card R3")
    world.type(ROSA, "res tv")
    assert len(world.sync().sent) == 2


PAID: Final[dict[str, list[Callable[[World], None]]]] = {
    "desk": [lambda world: world.pay(ROSA, 30800, ref="R1", by="desk")],
    "api": [lambda world: world.pay(ROSA, 30800, ref="R1", by="api")],
    "night": [at_night(lambda world: world.pay(ROSA, 30800, ref="R1", by="night"))],
    "file, and the fee at the desk": [
        lambda world: world.settle("INV-1", ref="R1", by="csv"),
        lambda world: world.pay(ROSA, 800, ref="R2", by="desk"),
    ],
    "file, and the fee by API": [
        lambda world: world.settle("INV-1", ref="R1", by="csv"),
        lambda world: world.pay(ROSA, 800, ref="R2", by="api"),
    ],
    "a credit, and the fee by API": [brings_credit, lambda world: world.pay(ROSA, 800, ref="R2", by="api")],
}


@pytest.mark.parametrize("events", PAID.values(), ids=PAID)
def test_a_draft_follows_the_money_whoever_posted_it(events: list[Callable[[World], None]]) -> None:
    world = World(Book(cut()))
    world.roll(TODAY)
    for event in events:
        event(world)
    assert_drafted(world)


@pytest.mark.parametrize("events", PAID.values(), ids=PAID)
def test_paid_after_the_suspension_was_sent(events: list[Callable[[World], None]]) -> None:
    world = World(Book(rosa(services=SERVICES[:1], items=ON_INT[:1])))
    world.roll(TODAY)
    world.type(ROSA, "sus int tue")
    world.sync()
    (left,) = world.port.sent
    for event in events:
        event(world)
    assert order(world).status == "SENT"
    world.port.answer(left, "completed", world.clock())
    report = world.sync()
    assert (report.completed, report.refused_files) == ((left.order,), {})
    assert_drafted(world)


def assert_drafted(world: World) -> None:
    drafts = [o for o in world.rows("service_order") if o.kind == "restore"]
    assert [o.status for o in drafts] == ["DRAFT"]
    account = world.row("account", number=ROSA)
    assert (account.next_action_code, account.next_action_on) == ("order", world.today)
    assert world.view(ROSA).queue == "restore"
    world.type(ROSA, "res int")
    assert len(world.sync().sent) == 1


@pytest.mark.parametrize("by", ["desk", "api", "night"])
def test_no_fee_under_a_hold_that_forbids_it_whoever_posts_the_debt_and_again_when_it_has_ended(by: str) -> None:
    hold = {"kind": "MORATORIUM", "placed_on": day(0), "placed_by": "lee", "until": day(2), "reason": "winter"}
    world = World(Book({**cut(), "holds": [hold]}))
    world.roll(TODAY)
    world.pay(ROSA, 30000, ref="R1", by=by)
    if by == "night":
        world.roll()
    assert order(world).status == "DRAFT"
    while world.today.isoformat() <= day(2):
        assert world.view(ROSA).queue == "restore"
        assert order(world).status == "DRAFT"
        assert world.roll(check=True).found == ()
    assert order(world).status == "CANCELLED"
    assert world.view(ROSA).queue != "restore"


@pytest.mark.parametrize(
    ("spared", "money", "count"),
    [
        ((), 0, 0),
        ((), 800, 1),
        (("INT-1",), 0, 0),
        (("INT-1",), 800, 2),
        (("TV-1",), 0, 1),
        (("TV-1",), 800, 2),
        (("INT-1", "TV-1"), 0, 2),
        ((None,), 0, 2),
    ],
)
def test_the_queues_count_the_fees_that_the_rules_count(spared: tuple[str | None, ...], money: int, count: int) -> None:
    """TV's restoration is drafted, so its fee goes before INT's; a hold on a service spares the fee of that one alone."""
    off = [{**each, "status": "SUSPENDED", "suspend_cause": "nonpay"} for each in SERVICES]
    placed = {"kind": "MORATORIUM", "placed_on": day(-1), "placed_by": "mia"}
    holds = [{**placed, **({"scope": "service", "target": target} if target else {})} for target in spared]
    drafted = {"number": "R-1", "service": "TV-1", "kind": "restore", "status": "DRAFT", "reason": "paid"}
    drafted |= {"effective": day(1), "requested_on": day(0), "requested_by": "mia"}
    paid = [{"ref": "R1", "received_on": day(-1), "method": "card", "amount": money}] if money else []
    world = World(Book(rosa(services=off, items=[], holds=holds, orders=[drafted], payments=paid)))
    seen, site = world.facts(ROSA), SITE()
    with world.store.read() as db:
        scope = Scope.some([seen.id])
        values = {**scoring.params(db, 1, site, world.today), **scope.params, "capped": []}
        (row,) = db.execute(signals(scope.kind, service_signals.products(site.rules)), values)
    assert sum(may_restore(seen, each, site.rules, site.holds).allowed for each in seen.services) == count
    assert row.restorable == count
