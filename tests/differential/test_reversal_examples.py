"""What a reversal gives back, by example; random histories are in `test_reversal.py`."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

import pytest

from support.book import TODAY, Book, account, day
from support.world import World, file_line

ROSA: Final = "4410-2231"


def rosa(**more: Any) -> World:
    """412.10 late on Monday 23 November, stage FINAL; INT may be cut tomorrow."""
    services = [{"product": "INT", "billing_system": "north", "identifier": "INT-1", "monthly": 6000}]
    notices = [{"level": "pre-cut", "channel": "letter", "status": "DELIVERED", "sent_on": day(-20)}]
    made = {"items": [("INV-1", -63, 30000), ("INV-2", -33, 11210)], "stage": "FINAL", "services": services}
    entry = account(ROSA, "Alvarez, Rosa", **(made | {"notices": notices} | more))
    world = World(Book(entry, business_date=TODAY - timedelta(days=3)))
    world.roll(TODAY)
    return world


def typed(world: World, *acts: str) -> World:
    """Types lines; `day` runs the next day, `day N` that many."""
    for line in acts:
        if line.startswith("day"):
            for _ in range(int(line[4:] or 1)):
                world.roll()
        else:
            world.type(ROSA, line)
    return world


def upcoming(world: World) -> tuple[str, date]:
    row = world.row("account", number=ROSA)
    return row.next_action_code, row.next_action_on


def promised(world: World) -> tuple[str, int]:
    (made, *_) = world.desk.pane(ROSA, "promises").promises
    return made.status, made.paid


@pytest.mark.parametrize("verb", ["retpay", "revpay"])
def test_pay_50_ptp_100_fri_pay_60_take_the_50_back_the_promise_holds_60(verb: str) -> None:
    world = typed(rosa(), "pay 50 card A1", "ptp 100 fri", "pay 60 card B1", f"{verb} A1 bounced")
    assert promised(world) == ("ACTIVE", 6000)
    typed(world, "day")
    assert promised(world) == ("ACTIVE", 6000)


def test_a_reversed_entry_error_gives_the_stage_final_back() -> None:
    world = typed(rosa(), "pay 412.10 card A1")
    assert world.view(ROSA).stage == "CURRENT"
    typed(world, "revpay A1 wrong account")
    assert world.view(ROSA).stage == "FINAL"
    typed(world, "day")
    assert world.view(ROSA).stage == "FINAL"


def test_a_reversed_entry_error_gives_the_stage_back_days_later_too() -> None:
    world = typed(rosa(), "pay 412.10 card A1", "day 4", "revpay A1 wrong account")
    assert world.view(ROSA).stage == "FINAL"


def test_a_promise_that_the_payment_kept_is_open_again() -> None:
    world = typed(rosa(), "ptp 100 fri", "pay 100 card A1")
    assert promised(world) == ("KEPT", 10000)
    typed(world, "revpay A1 wrong account")
    assert promised(world) == ("ACTIVE", 0)
    assert world.view(ROSA).kept_12m == 0


def test_a_promise_that_the_payment_kept_is_broken_when_its_day_is_over() -> None:
    world = typed(rosa(), "ptp 100 tue", "pay 100 card A1", "day 5", "revpay A1 wrong account")
    assert promised(world) == ("BROKEN", 0)
    assert (world.view(ROSA).kept_12m, world.view(ROSA).broken_12m) == (0, 1)


def test_a_suspension_that_the_payment_cancelled_stands_again() -> None:
    world = typed(rosa(), "sus int tue", "pay 412.10 card A1")
    assert world.row("service_order").status == "CANCELLED"
    typed(world, "revpay A1 wrong account")
    assert (world.row("service_order").status, world.row("service").status) == ("REQUESTED", "PENDING_SUSPEND")
    assert world.row("account", number=ROSA).next_action_code == "order"


@pytest.mark.parametrize("before", ["t fri", "na m1", "hold cease", "ptp 100 fri"])
def test_the_next_action_is_what_it_was(before: str) -> None:
    world = typed(rosa(), before)
    was = world.view(ROSA).next_action, world.view(ROSA).next_action_on
    typed(world, "pay 412.10 card A1", "revpay A1 wrong account")
    assert (world.view(ROSA).next_action, world.view(ROSA).next_action_on) == was


def test_what_was_paid_after_it_takes_its_place() -> None:
    """A1 had paid INV-1 and B1 had gone to INV-2: without A1 it is B1 that goes to the oldest."""
    world = typed(rosa(), "pay 300 card A1", "pay 112.10 card B1", "revpay A1 wrong account")
    opened = {i.doc_no: i.open for i in world.rows("item")}
    assert opened == {"INV-1": 30000 - 11210, "INV-2": 11210}


def test_money_left_over_pays_what_the_returned_money_had_paid() -> None:
    world = typed(rosa(), "pay 412.10 card A1", "pay 50 card B1")
    assert world.view(ROSA).unapplied == 5000
    typed(world, "retpay A1 bounced")
    view = world.view(ROSA)
    assert (view.unapplied, view.collectable) == (0, 41210 - 5000)


def test_a_return_is_for_somebody_today_and_its_history_stays() -> None:
    world = typed(rosa(), "ptp 100 fri", "pay 100 card A1", "day", "retpay A1 insufficient funds")
    account_row = world.row("account", number=ROSA)
    assert (account_row.next_action_code, account_row.next_action_on) == ("returned", world.today)
    assert world.view(ROSA).queue == "returned"
    told = [f"{e.title} {e.text}" for e in world.desk.pane(ROSA, "timeline").timeline]
    assert any("A1 returned" in line for line in told)
    assert promised(world) == ("ACTIVE", 0)


@pytest.mark.parametrize("verb", ["retpay", "revpay"])
def test_a_restoration_that_the_money_had_drafted_is_off(verb: str) -> None:
    off = {"product": "INT", "billing_system": "north", "identifier": "INT-1", "status": "SUSPENDED"}
    world = typed(rosa(services=[{**off, "suspend_cause": "nonpay"}]), "pay 420.10 card A1")
    assert world.row("service_order").status == "DRAFT"
    typed(world, f"{verb} A1 bounced")
    assert world.row("service_order").status == "CANCELLED"
    assert world.view(ROSA).queue != "restore"


# ------------------------------------------------------------------------------------------------------------ by others


def test_other_money_that_covers_the_account_keeps_it_in_peace_from_its_own_day_on() -> None:
    """A1 covers the account on Monday, B1 would have on Wednesday: without A1 it is looked at 30 days after that."""
    world = typed(rosa(), "pay 412.10 card A1", "day 2", "pay 412.10 card B1", "revpay A1 wrong account")
    assert upcoming(world) == ("monitor", world.desk.calendar.on_or_after(TODAY + timedelta(days=2 + 30)))


def test_money_that_covers_it_only_together_with_what_is_taken_back_leaves_what_was_to_be_done() -> None:
    world = typed(rosa(), "t thu", "pay 300 card A1", "pay 112.10 card B1", "revpay A1 wrong account")
    assert world.view(ROSA).collectable == 30000
    assert upcoming(world) == ("call", world.desk.calendar.on_or_after(TODAY + timedelta(days=3)))


def test_an_action_chosen_since_stays() -> None:
    world = typed(rosa(), "pay 412.10 card A1", "t tue", "revpay A1 wrong account")
    assert upcoming(world) == ("call", TODAY + timedelta(days=1))


def test_a_promise_kept_by_other_money_was_kept_on_its_day() -> None:
    world = typed(rosa(), "ptp 100 fri", "pay 100 card A1", "day", "pay 100 card B1", "revpay A1 wrong account")
    (made, *_) = world.facts(ROSA).promises
    assert (made.status, made.closed_on) == ("KEPT", TODAY + timedelta(days=1))


def test_an_imported_credit_taken_back_leaves_later_money_where_it_would_be() -> None:
    """The credit had paid 100.00 of INV-1 and B1 the rest of it and of INV-2."""
    world = rosa()
    text = world.file(file_line(ROSA, "CR-1", TODAY, TODAY, -10000, name="Alvarez, Rosa"))
    was = {i.doc_no: i.open for i in world.rows("item")}
    assert was == {"INV-1": 20000, "INV-2": 11210, "CR-1": 0}
    typed(world, "pay 312.10 card B1")
    assert world.view(ROSA).collectable == 0
    world.unfile(text)
    assert {i.doc_no: i.open for i in world.rows("item") if i.open} == {"INV-2": 10000}
    assert (upcoming(world), world.view(ROSA).stage) == (("call", TODAY), "FINAL")


def test_an_imported_bill_taken_back_gives_what_paid_it_to_the_others() -> None:
    """A1 had gone to the bill, as it is due longest, and B1 to INV-1."""
    world = rosa()
    due = TODAY - timedelta(days=80)
    text = world.file(file_line(ROSA, "NEW-1", due, due, 10000, name="Alvarez, Rosa"))
    typed(world, "pay 100 card A1", "pay 50 card B1")
    world.unfile(text)
    given = {(p.ref, i.doc_no): a.amount for a, p, i in world.given()}
    assert given == {("A1", "INV-1"): 10000, ("B1", "INV-1"): 5000}
    assert not world.rows("item", doc_no="NEW-1")


def test_an_account_reminded_of_a_bill_that_never_was_is_current_again() -> None:
    world = typed(rosa(items=[], stage="CURRENT"))
    text = world.file(file_line(ROSA, "NEW-1", TODAY, TODAY + timedelta(days=3), 5000, name="Alvarez, Rosa"))
    typed(world, "day")
    assert world.view(ROSA).stage == "PRE_DUE"
    world.unfile(text)
    assert world.view(ROSA).stage == "CURRENT"


def test_a_debt_in_dispute_holds_its_stage_again() -> None:
    """The file says that all is paid, the part in dispute too."""
    world = rosa(items=[("INV-1", -63, 30000, {"disputed": 30000})])
    assert world.view(ROSA).stage == "FINAL"
    text = world.file({**world.line_of("INV-1"), "settled": TODAY.isoformat(), "disputed": "yes"})
    assert world.view(ROSA).stage == "CURRENT"
    world.unfile(text)
    assert (world.view(ROSA).stage, world.row("item").open) == ("FINAL", 30000)


def test_a_cent_that_counts_as_paid_gives_no_stage_back() -> None:
    """INV-1 was dunned to FINAL and is paid but for a cent; another bill falls due: it is not FINAL."""
    world = rosa(items=[("INV-1", -63, 30000), ("INV-3", 1, 9000)])
    typed(world, "pay 299.99 card A1", "day 3")
    assert world.view(ROSA).collectable == 9001
    assert world.view(ROSA).stage != "FINAL"
    assert world.roll(check=True).differences == 0


def test_a_return_of_what_is_not_due_is_told_all_the_same() -> None:
    world = rosa(items=[("INV-3", 9, 9000)], stage="CURRENT")
    typed(world, "pay 90 card A1", "retpay A1 insufficient funds")
    assert (world.view(ROSA).collectable, world.view(ROSA).queue) == (0, "returned")


def test_a_return_is_not_forgotten_over_a_restoration_that_waits() -> None:
    """Nothing is late and the fee is covered, so that the restoration stands; that money came back is told first, also tomorrow."""
    off = {"product": "INT", "billing_system": "north", "identifier": "INT-1", "status": "SUSPENDED"}
    world = rosa(items=[("INV-3", 9, 9000)], stage="CURRENT", services=[{**off, "suspend_cause": "nonpay"}])
    typed(world, "pay 90 card A1", "pay 50 card B1", "retpay A1 insufficient funds")
    for _ in range(2):
        assert (world.view(ROSA).queue, world.row("service_order").status) == ("returned", "DRAFT")
        assert upcoming(world) == ("returned", TODAY)
        typed(world, "day")
    typed(world, "na m1")
    assert (world.view(ROSA).queue, upcoming(world)[0]) == ("restore", "order")


def test_the_history_of_a_payment_that_came_back_in_parts_is_kept() -> None:
    world = typed(rosa(), "pay 335.70 card A1")
    for line in ("retpay A1 200 nsf", "revpay A1 wrong account"):
        world.clock.forward(minutes=1)
        world.type(ROSA, line)
    (paid, *_) = world.desk.pane(ROSA, "payments").payments
    assert (paid.status, paid.applied_to) == ("REVERSED", ("INV-1 135.70",))
    told = [f"{e.title}: {e.text}" for e in world.desk.pane(ROSA, "timeline").timeline]
    assert any("A1 reversed: nsf; wrong account" in line for line in told)


def test_money_entered_at_the_instant_of_an_import_by_the_same_hand_is_not_the_imports() -> None:
    """A trainer's clock stands still."""
    world = rosa()
    text = world.file(file_line(ROSA, "NEW-1", TODAY, TODAY, 5000, name="Alvarez, Rosa"))
    of = {"account_id": world.account_id(ROSA), "recorded_by": "import", "recorded_at": world.clock()}
    world.add("payment", ref="A1", received_on=TODAY, method="cash", amount=6000, status="ON_ACCOUNT", **of)
    world.unfile(text)
    assert world.row("payment").status == "ON_ACCOUNT"
    assert not world.rows("item", doc_no="NEW-1")


def test_a_bill_that_never_was_takes_no_stage_with_it_that_stood_before() -> None:
    """What is owed is 33 days old, and the account was dunned further for what it owed besides."""
    world = rosa(items=[("INV-2", -33, 11210)])
    due = TODAY - timedelta(days=3)
    world.unfile(world.file(file_line(ROSA, "NEW-1", due, due, 5000, name="Alvarez, Rosa")))
    assert world.view(ROSA).stage == "FINAL"
