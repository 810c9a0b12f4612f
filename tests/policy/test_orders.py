"""An order is judged whenever what it rests on changes, and once more as it leaves."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import assume, given

from collect_tui.defaults import load
from collect_tui.domain.facts import AccountFacts, Hold, NextAction, Payment
from collect_tui.domain.hold import decide as holds
from collect_tui.domain.order import decide as orders
from collect_tui.domain.payment import decide as payment
from collect_tui.domain.states import MessageState, OrderState
from collect_tui.policy.house import House
from collect_tui.policy.orders import cutting as may_be_cut
from collect_tui.policy.orders import refusal
from collect_tui.policy.verdicts import Severity
from support.accounts import accounts, cutting
from support.trade import (
    CALENDAR,
    KINDS,
    RULES,
    TODAY,
    account,
    act,
    credit,
    days,
    item,
    nightfall,
    notice,
    numbers,
    order,
    promise,
    service,
)

AT = datetime(2025, 11, 24, 17, 0, tzinfo=UTC)
SITE = load(today=TODAY).holds
STOPS = sorted(code for code, kind in SITE.items() if "suspend" in kind.blocks)
PASSES = sorted(code for code, kind in SITE.items() if "suspend" not in kind.blocks)
SERVED = notice(-12)
HERE = House(RULES, SITE, CALENDAR)


def cutting_tomorrow(**more: object) -> AccountFacts:
    """A suspension that was asked for: it leaves with the next run, for Monday."""
    base = {
        "services": (service(status="PENDING_SUSPEND", cause="nonpay"),),
        "orders": (replace(order(7, 1, "suspend", "REQUESTED"), effective=days(7)),),
        "messages": (SERVED,),
        "next_action": NextAction("order", days(8)),
    }
    return account(**{**base, **more})


def restoring(**more: object) -> AccountFacts:
    base = {
        "items": (),
        "services": (service(status="PENDING_RESTORE", cause="nonpay"),),
        "orders": (order(7, 1, "restore", "REQUESTED"),),
        "next_action": NextAction("order", days(1)),
    }
    return account(**{**base, **more})


def found(facts: AccountFacts, *, leaving: bool = False, kinds: object = SITE) -> str | None:
    one = refusal(facts, facts.orders[0], RULES, kinds, CALENDAR, leaving=leaving)  # type: ignore[arg-type]
    return one.check if one else None


# ----------------------------------------------------------------------------------------------------- what it rests on


def with_order(facts: AccountFacts, **more: object) -> AccountFacts:
    return replace(facts, orders=(replace(facts.orders[0], **more),))


@pytest.mark.parametrize(
    ("facts", "check"),
    [
        (cutting_tomorrow(), None),
        (cutting_tomorrow(items=()), "amount"),
        (cutting_tomorrow(items=(item(11, 20000, -63), credit(12, 20000))), "amount"),
        (cutting_tomorrow(items=(item(11, 1999, -63),)), "amount"),
        (cutting_tomorrow(items=(item(11, 9000, -63, service=2),)), "amount"),
        (cutting_tomorrow(items=(item(11, 9000, -63, disputed=9000),)), "amount"),
        (cutting_tomorrow(payments=(Payment(5, "x", TODAY, "card", 40000, "ON_ACCOUNT"),)), "amount"),
        (cutting_tomorrow(items=(item(11, 9000, -19),)), "age"),
        (cutting_tomorrow(promises=(promise(9, (4, 5000, 0)),)), "promise"),
        (cutting_tomorrow(messages=()), "notice"),
        (cutting_tomorrow(messages=(replace(SERVED, status=MessageState.RETURNED),)), "notice"),
        (
            cutting_tomorrow(services=(service(status="PENDING_SUSPEND", cause="nonpay", life_support=True),)),
            "life_support",
        ),
        (with_order(cutting_tomorrow(), reason="FRAUD"), None),
        (with_order(cutting_tomorrow(items=(), messages=()), reason="FRAUD"), None),
        (with_order(cutting_tomorrow(items=(), messages=()), reason="voluntary"), None),
        (with_order(cutting_tomorrow(promises=(promise(9, (4, 5000, 0)),)), reason="VOLUNTARY"), None),
        (with_order(cutting_tomorrow(items=(), messages=()), reason="BROKEN"), "amount"),
        (restoring(), None),
        (restoring(items=(item(11, 100, -1),)), "amount"),
        (restoring(items=(item(11, 99, -1),)), None),
        (restoring(items=(item(11, 5000, -1), credit(12, 5000))), None),
        (restoring(items=(item(11, 5000, -1, disputed=5000),)), None),
        (restoring(items=(item(11, 5000, 0),)), None),
        (restoring(items=(item(11, 5000, -1, service=2),)), None),
        (restoring(services=(service(status="PENDING_RESTORE", cause="fraud"),)), "cause"),
        (with_order(restoring(items=(item(11, 5000, -1),)), override_by="lee"), None),
        (
            with_order(restoring(services=(service(status="SUSPENDED", cause="nonpay"),)), status=OrderState.DRAFT),
            "amount",
        ),
    ],
)
def test_what_forbids_an_order(facts: AccountFacts, check: str | None) -> None:
    assert found(facts) == check


@pytest.mark.parametrize(
    ("effective", "sent", "now", "as_it_leaves"),
    [
        (7, -12, None, None),
        (4, -12, None, "day"),  # nothing is cut on a Friday
        (3, -12, None, "day"),
        (-5, -12, None, None),  # late: it would be carried out today
        (7, -2, "notice", "notice"),
    ],
)
def test_the_day_is_judged_as_it_leaves(effective: int, sent: int, now: str | None, as_it_leaves: str | None) -> None:
    facts = cutting_tomorrow(messages=(replace(SERVED, served_on=days(sent)),))
    facts = with_order(facts, effective=days(effective))
    assert (found(facts), found(facts, leaving=True)) == (now, as_it_leaves)


# ------------------------------------------------------------------------------------------------------------- holds


@pytest.mark.parametrize("code", STOPS)
def test_every_hold_that_forbids_cutting_withdraws_the_order(code: str) -> None:
    assert len(STOPS) >= 7
    facts, ids = cutting_tomorrow(), numbers(50)
    placed = holds.place(facts, SITE[code], until=None, reason="said so", by="mia", ids=ids, calendar=CALENDAR)
    after = act(facts, placed, ids, house=HERE)
    assert [o.status for o in after.orders] == []
    assert (after.service(1).status, after.service(1).suspend_cause) == ("ACTIVE", None)
    assert after.lifted == (), "no payment did that, and none that is taken back brings it back"


@pytest.mark.parametrize("code", PASSES)
def test_other_holds_let_it_go(code: str) -> None:
    facts, ids = cutting_tomorrow(), numbers(50)
    placed = holds.place(facts, SITE[code], until=None, reason="said so", by="mia", ids=ids, calendar=CALENDAR)
    assert [o.status for o in act(facts, placed, ids, house=HERE).orders] == ["REQUESTED"]


@pytest.mark.parametrize(
    ("scope", "target", "stays"), [("service", 1, False), ("service", 2, True), ("item", 11, True), ("point", 1, True)]
)
def test_a_hold_on_one_thing_stops_what_is_done_to_it(scope: str, target: int, stays: bool) -> None:
    facts = cutting_tomorrow(holds=(Hold(3, "MEDICAL", TODAY, None, scope=scope, target_id=target),))
    assert bool([o for o in act(facts, (), house=HERE).orders if o.status == "REQUESTED"]) == stays


def test_a_hold_that_nobody_knows_any_more_forbids_it() -> None:
    facts = cutting_tomorrow(holds=(Hold(3, "GONE", TODAY, None),))
    assert found(facts) == "hold"


@pytest.mark.parametrize(
    ("ident", "kind", "override_by", "status"),
    [
        (3, "PAYMENT_CLAIM", "lee", "REQUESTED"),  # it was there, and somebody let it go all the same
        (3, "PAYMENT_CLAIM", None, None),
        (9, "PAYMENT_CLAIM", "lee", "DRAFT"),  # it is new: for review
        (3, "MEDICAL", "lee", "DRAFT"),  # nobody may override that
        (9, "MEDICAL", "lee", "DRAFT"),
    ],
)
def test_what_a_lead_overrode_stands_and_what_came_since_is_for_review(
    ident: int, kind: str, override_by: str | None, status: str | None
) -> None:
    facts = with_order(cutting_tomorrow(holds=(Hold(ident, kind, TODAY, None),)), override_by=override_by)
    after = act(facts, (), house=HERE)
    assert [o.status for o in after.orders if o.open] == ([status] if status else [])
    if status == "DRAFT":
        assert (after.service(1).status, after.next_action) == ("ACTIVE", NextAction("order", TODAY))
        assert after.orders[0].detail
        assert act(after, (), house=HERE) == after


def test_an_overridden_order_that_is_paid_is_for_review_too() -> None:
    facts = with_order(cutting_tomorrow(items=()), override_by="lee")
    assert [o.status for o in act(facts, ()).orders] == ["DRAFT"]


# ------------------------------------------------------------------------------------------------------------- money


def pay(facts: AccountFacts, amount: int, ids: object, ref: str = "T-1") -> AccountFacts:
    more = {"method": "card", "received_on": facts.business_date, "directed": (), "ids": ids}
    return act(facts, payment.record(facts, amount=amount, ref=ref, **more), ids)  # type: ignore[arg-type]


def take_back(facts: AccountFacts, ids: object, *, returned: bool, ref: str = "T-1") -> AccountFacts:
    more = {"ids": ids, "calendar": CALENDAR, "rules": RULES, "holds": KINDS}
    return act(facts, payment.reverse(facts, ref, "R01", returned, **more), ids)  # type: ignore[arg-type]


@pytest.mark.parametrize("returned", [True, False])
def test_a_suspension_that_money_stopped_stands_again_when_it_is_taken_back(returned: bool) -> None:
    facts, ids = cutting_tomorrow(), numbers(50)
    stopped = pay(facts, 41210, ids)
    assert (stopped.orders, [o.status for o in stopped.lifted]) == ((), ["CANCELLED"])
    again = take_back(stopped, ids, returned=returned)
    assert ([(o.id, o.status) for o in again.orders], again.lifted) == ([(7, "REQUESTED")], ())
    assert again.service(1) == facts.service(1)
    if not returned:
        assert (again.next_action, again.stage) == (facts.next_action, facts.stage)


def test_what_money_stopped_stays_stopped_where_a_hold_forbids_it_now() -> None:
    ids = numbers(50)
    stopped = pay(cutting_tomorrow(), 41210, ids)
    held = replace(stopped, holds=(Hold(3, "MEDICAL", TODAY, None),))
    assert take_back(held, ids, returned=False).service(1).status == "ACTIVE"


def test_paid_after_it_was_sent_the_restoration_is_drafted_with_the_answer() -> None:
    """Whatever else is open, the fee is kept from when the order left; the draft stands with the next action today."""
    ids = numbers(50)
    facts = with_order(cutting_tomorrow(), status=OrderState.SENT)
    facts = pay(facts, 41210 + 2500, ids)
    assert facts.service(1).status == "PENDING_SUSPEND"
    answered = act(facts, orders.acknowledge(facts, facts.orders[0], "completed", "", AT), ids)
    assert [(o.kind, o.status, o.reversal_of) for o in answered.orders if o.open] == [("restore", "DRAFT", 7)]
    assert answered.next_action == NextAction("order", TODAY)
    back = take_back(answered, ids, returned=True)
    assert [o for o in back.orders if o.open] == []
    refused = act(facts, orders.acknowledge(facts, facts.orders[0], "rejected", "", AT), ids)
    assert refused.service(1).status == "ACTIVE"
    assert nightfall(refused).unapplied == 0, "it is not cut, and the money is free"


def test_a_restoration_whose_money_bounced_is_withdrawn_with_its_fee() -> None:
    ids = numbers(50)
    cut = account(services=(service(status="SUSPENDED", cause="nonpay"),), next_action=NextAction("call", TODAY))
    paid = pay(cut, 41210 + 2500, ids)
    asked = orders.restore(paid, paid.services[0], effective=TODAY, reason="PAID", ids=ids, fee=2500, calendar=CALENDAR)
    ordered = act(paid, asked, ids)
    assert ([o.status for o in ordered.orders], ordered.unapplied, ordered.total) == (["REQUESTED"], 0, 6000)
    assert ordered.next_action == NextAction("order", days(1))
    for returned in (True, False):
        bounced = take_back(ordered, ids, returned=returned)
        assert [o for o in bounced.orders if o.open] == []
        assert bounced.service(1).status == "SUSPENDED"
        assert {i.id: i.open for i in bounced.items} == {i.id: i.open for i in cut.items}
        assert bounced.total == cut.total


def test_the_fee_is_not_given_back_overnight() -> None:
    """A bill not yet due is not paid with it."""
    ids = numbers(50)
    facts = account(items=(item(13, 6000, 9),), services=(service(status="SUSPENDED", cause="nonpay"),))
    facts = pay(facts, 2500, ids)
    asked = orders.restore(facts, facts.services[0], effective=TODAY, reason="PAID", ids=ids, fee=2500)
    after = nightfall(act(facts, asked, ids), 3, ids)
    assert ({i.id: i.open for i in after.items}, after.unapplied) == ({13: 6000}, 0)
    assert [o.status for o in after.orders] == ["REQUESTED"]


@given(accounts(promised=False).map(cutting))
def test_what_may_be_ordered_stands_and_what_may_not_is_withdrawn(facts: AccountFacts) -> None:
    """The form, the order that waits and the order that leaves go by the same rule."""
    facts = act(replace(facts, orders=(), services=(service(1),)), ())
    assume(not any(o.open for o in facts.orders))
    verdict = may_be_cut("suspend", facts, facts.services[0], days(7), "NONPAY", RULES, KINDS, CALENDAR)
    asked = orders.cut(facts, facts.services[0], effective=days(7), reason="NONPAY", ids=numbers(500))
    after = act(facts, asked, numbers(600))
    assert [o.status for o in after.orders if o.open] == (["REQUESTED"] if verdict.severity < Severity.SCHEDULE else [])
    if after.orders:
        assert refusal(after, after.orders[0], RULES, KINDS, CALENDAR, leaving=True) is None
