"""What "owed" means, by example: each test is one sentence of the rules, with the figures that it was said with.

The account is Rosa's unless a test says otherwise; the business date is Monday 23 November 2026 and nothing else is on the book.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, Final

import pytest

from collect_tui.desk.errors import DomainError
from collect_tui.desk.views.account import AccountView
from collect_tui.domain.states import Stage
from collect_tui.policy.verdicts import Severity
from collect_tui.services.intake.billed import BilledItem
from support.book import TODAY, Book, account, day
from support.owed import suspension
from support.world import World

ROSA: Final = "4410-2231"
NOTICED: Final = [{"level": "pre-cut", "channel": "letter", "status": "DELIVERED", "sent_on": day(-20)}]
INT: Final = {"product": "INT", "billing_system": "north", "identifier": "INT-1", "monthly": 6000}
OFF: Final = {**INT, "status": "SUSPENDED", "suspend_cause": "nonpay"}
TV: Final = {"product": "TV", "billing_system": "north", "identifier": "TV-1", "monthly": 4000}
CREDIT: Final = {"kind": "credit"}


def desk(*items: Any, **more: Any) -> World:
    """Rosa's account with these items on Monday, after the day run."""
    more = {"services": [INT], "notices": NOTICED, "stage": "FINAL", **more}
    world = World(Book(account(ROSA, "Alvarez, Rosa", items=items, **more), business_date=TODAY - timedelta(days=3)))
    world.roll(TODAY)
    return world


def rolls(world: World, to: date) -> None:
    while world.today < to:
        world.roll()


def item(world: World, doc_no: str) -> Any:
    return world.row("item", doc_no=doc_no)


def promise(world: World) -> Any:
    return world.desk.pane(ROSA, "promises").promises[0]


# --------------------------------------------------------------------------------------------------- one definition of owed


def a_credit_covers_it() -> World:
    return desk(("INV-1", -63, 10000), ("CR-1", -3, -10000, CREDIT))


def test_an_invoice_and_a_credit_of_the_same_amount_leave_nothing_to_collect() -> None:
    view = a_credit_covers_it().view(ROSA)
    assert (view.collectable, view.total) == (0, 0)


def test_what_a_credit_covers_is_in_no_queue_and_may_not_be_cut() -> None:
    world = a_credit_covers_it()
    assert world.view(ROSA).queue is None
    (service,) = world.rows("service")
    assert not suspension(world, ROSA, service.id, date(2026, 11, 24)).allowed
    with pytest.raises(DomainError):
        world.type(ROSA, "sus int tue")


def test_the_stage_of_what_a_credit_covers_is_current_and_stays_so() -> None:
    world, stages = a_credit_covers_it(), []
    for _ in range(4):
        stages.append(world.view(ROSA).stage)
        world.roll()
    assert stages == ["CURRENT"] * 4


@pytest.mark.parametrize(
    ("items", "collectable"),
    [
        pytest.param([("I", -5, 10000), ("C", -1, -4000, CREDIT)], 6000, id="a credit lessens it"),
        pytest.param([("I", -5, 10000), ("C", 20, -4000, CREDIT)], 6000, id="a credit counts whenever it is dated"),
        pytest.param([("I", -5, 10000), ("C", -1, -14000, CREDIT)], 0, id="never below zero"),
        pytest.param(
            [("I", -5, 10000, {"disputed": 3000}), ("C", -1, -4000, CREDIT)], 3000, id="the disputed part is out"
        ),
        pytest.param([("I", -5, 10000), ("J", 5, 9000), ("C", -1, -4000, CREDIT)], 6000, id="what is not due is out"),
        pytest.param([("I", 0, 10000)], 0, id="what is due today is not late"),
    ],
)
def test_collectable_is_undisputed_late_debit_less_credits(items: list[Any], collectable: int) -> None:
    # Loaded for today and not run yet: the night would apply the credit.
    world = World(Book(account(ROSA, "Alvarez, Rosa", items=items)))
    view, (row,) = world.view(ROSA), world.rows("account_summary")
    assert (view.collectable, row.collectable) == (collectable, collectable)


def test_unapplied_money_lessens_it_too() -> None:
    world = World(Book(account(ROSA, "Alvarez, Rosa", items=[("I", -5, 10000), ("C", -1, -4000, CREDIT)])))
    world.pay(ROSA, 1500, ref="P1", by="night")
    assert world.view(ROSA).collectable == 4500


@pytest.mark.parametrize(("product", "allowed"), [("INT", True), ("TV", False)])
def test_a_service_is_judged_by_its_own_items_those_of_no_service_and_all_credits(product: str, allowed: bool) -> None:
    """INT: 300.00 + 10.00 − 20.00. TV: 20.00 + 10.00 − 20.00, too little to cut it for."""
    items = [
        ("INV-1", -63, 30000, {"service": "INT"}),
        ("INV-2", -63, 2000, {"service": "TV"}),
        ("INV-3", -63, 1000),
        ("CR-1", -3, -2000, CREDIT),
    ]
    entry = account(ROSA, "Alvarez, Rosa", items=items, services=[INT, TV], notices=NOTICED, stage=Stage.FINAL)
    world = World(Book(entry))
    (service,) = world.rows("service", product=product)
    assert suspension(world, ROSA, service.id, date(2026, 11, 24)).allowed is allowed


def test_credits_have_a_column_of_their_own_in_ageing() -> None:
    world = World(Book(account(ROSA, "Alvarez, Rosa", items=[("INV-1", -63, 10000), ("CR-1", -3, -4000, CREDIT)])))
    ageing = world.view(ROSA).ageing.model_dump()
    assert (ageing["credits"], ageing["b61_90"], ageing["total"]) == (-4000, 10000, 6000)


@pytest.mark.parametrize(
    ("line", "at_once", "next_day"),
    [
        pytest.param("apply CR-1", {"INV-1": 6000, "CR-1": 0}, {"INV-1": 6000, "INV-2": 5000}, id="oldest first"),
        pytest.param("apply CR-1 INV-2=10", {"INV-2": 4000}, {"INV-1": 7000, "INV-2": 4000}, id="a part directed"),
        pytest.param(
            "apply CR-1 INV-2=40", {"INV-2": 1000, "CR-1": 0}, {"INV-1": 10000, "INV-2": 1000}, id="all directed"
        ),
    ],
)
def test_a_credit_can_be_applied(line: str, at_once: dict[str, int], next_day: dict[str, int]) -> None:
    """What is not directed goes to what is due longest, at the latest at night."""
    items = [("INV-1", -63, 10000), ("INV-2", -33, 5000), ("CR-1", -3, -4000, CREDIT)]
    world = World(Book(account(ROSA, "Alvarez, Rosa", items=items)))
    world.type(ROSA, line)
    assert {doc: item(world, doc).open for doc in at_once} == at_once
    assert world.view(ROSA).collectable == 11000
    world.roll()
    assert {doc: item(world, doc).open for doc in next_day} == next_day


def test_the_day_run_applies_credits_oldest_first() -> None:
    world = desk(("INV-1", -63, 10000), ("INV-2", -33, 5000), ("CR-2", -2, -3000, CREDIT), ("CR-1", -9, -9000, CREDIT))
    assert [item(world, doc).open for doc in ("INV-1", "INV-2", "CR-1", "CR-2")] == [0, 3000, 0, 0]


def test_an_act_that_moves_money_applies_credits_first() -> None:
    items = [("INV-1", -63, 10000), ("INV-2", -33, 5000), ("CR-1", -3, -4000, CREDIT)]
    world = World(Book(account(ROSA, "Alvarez, Rosa", items=items)))
    world.type(ROSA, "pay 60 card P1")
    assert [item(world, doc).open for doc in ("INV-1", "INV-2", "CR-1")] == [0, 5000, 0]


def test_nobody_promises_what_a_credit_covers() -> None:
    """10 % of what is collectable is the least promise: of 100.00 less a credit of 90.00 that is all of the 10.00."""
    items = [("INV-1", -63, 10000), ("CR-1", -3, -9000, CREDIT)]
    world = World(Book(account(ROSA, "Alvarez, Rosa", items=items)))
    assert world.preview(ROSA, "ptp 10 fri").ok
    assert not world.preview(ROSA, "ptp 60 fri").ok


# --------------------------------------------------------------------------------------------------------- a fee is an item


def test_the_fee_is_not_given_back_the_next_day() -> None:
    """pay 8.00, restore: after the day run a bill that is not due has not shrunk by 8.00."""
    world = desk(("INV-3", 7, 11000), services=[OFF], stage=Stage.CURRENT)
    world.type(ROSA, "pay 8 card P1")
    world.type(ROSA, "res int")
    world.sync()
    world.port.answer(world.port.sent[0], "completed", world.clock())
    world.sync()
    for _ in range(3):
        world.roll()
        assert (item(world, "INV-3").open, world.row("service").status) == (11000, "ACTIVE")


def test_a_fee_is_an_item_that_the_restoration_makes() -> None:
    world = desk(("INV-3", 7, 11000), services=[OFF], stage=Stage.CURRENT)
    world.type(ROSA, "pay 8 card P1")
    assert not [i for i in world.rows("item") if i.kind == "fee"]
    world.type(ROSA, "res int")
    (order,) = [o for o in world.rows("service_order") if o.status == "REQUESTED"]
    world.roll()
    fee = item(world, f"FEE-{order.number}")
    assert (fee.kind, fee.amount, fee.open) == ("fee", 800, 0)
    assert world.row("payment", ref="P1").status == "APPLIED"


# ------------------------------------------------------------------------------------------------------------ stage and queues


@pytest.mark.parametrize(
    ("items", "pay", "stage"),
    [
        pytest.param([("I", -40, 10000)], "pay 100 card P1", "CURRENT", id="all is paid"),
        pytest.param([("I", -40, 10000)], "pay 99.50 card P1", "CURRENT", id="less than the tolerance is left"),
        pytest.param([("I", -40, 10000)], "pay 50 card P1", "NOTICE_2", id="half of it is paid"),
        pytest.param(
            [("I", -40, 10000), ("D", -39, 5000, {"disputed": 5000})],
            "pay 100 card P1",
            "NOTICE_2",
            id="a dispute is left",
        ),
    ],
)
def test_the_stage_is_current_when_nothing_late_is_left_and_nothing_disputed(items: Any, pay: str, stage: str) -> None:
    world = desk(*items, stage=Stage.NOTICE_2, services=[], notices=[])
    world.type(ROSA, pay)
    assert world.view(ROSA).stage == stage
    world.roll()
    assert world.view(ROSA).stage == stage


BROUGHT: Final[dict[str, Callable[[World], None]]] = {
    "desk": lambda world: world.settle("INV-1", ref="P1", by="desk"),
    "api": lambda world: world.settle("INV-1", ref="P1", by="api"),
    "csv": lambda world: world.settle("INV-1", ref="P1", by="csv"),
    "night": lambda world: world.pay(ROSA, 10000, ref="P1", by="night"),
    "credit by api": lambda world: world.bill(
        BilledItem(account=ROSA, doc_no="CR-1", kind="credit", issued=TODAY, due=TODAY, amount=-10000)
    ),
    "credit by night": lambda world: world.owe(ROSA, "CR-1", TODAY, -10000),
}


@pytest.mark.parametrize("brings", BROUGHT.values(), ids=BROUGHT)
def test_whoever_owes_nothing_any_more_is_left_in_peace(brings: Callable[[World], None]) -> None:
    world = desk(("INV-1", -63, 10000), notices=[])
    brings(world)
    world.roll()
    view: AccountView = world.view(ROSA)
    assert (view.stage, view.collectable, view.queue) == ("CURRENT", 0, None)
    assert world.row("account", number=ROSA).next_action_code == "monitor"


def test_a_cent_that_counts_as_paid_makes_a_new_bill_no_older() -> None:
    """INV-1 of 63 days ago is paid but for a cent; what is late is a bill of three days ago, and no notice was served for it."""
    world = desk(("INV-1", -63, 30000), ("INV-3", -3, 9000))
    service_id = world.row("service").id
    assert suspension(world, ROSA, service_id).allowed
    world.type(ROSA, "pay 299.99 card R1 INV-1=299.99")
    verdict = suspension(world, ROSA, service_id)
    assert {"age", "notice"} == {f.check for f in verdict.findings if f.severity > Severity.WARN}
    assert world.view(ROSA).queue != "suspend"
    assert world.roll(world.today, check=True, full=True).differences == 0
