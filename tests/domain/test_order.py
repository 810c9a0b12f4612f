"""Orders: states of orders and services, causes, fees, what it takes to stop or restore."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collect_tui.domain.errors import DomainError, Invalid, Refused
from collect_tui.domain.facts import AccountFacts, NextAction, Payment
from collect_tui.domain.order import decide as orders
from collect_tui.domain.order import required
from collect_tui.domain.order.finding import find_order, find_service
from collect_tui.domain.order.stuck import is_stuck
from collect_tui.domain.states import AccountState, OrderState, PaymentState
from support.trade import CALENDAR, KINDS, RULES, TODAY, account, credit, days, fold, item, numbers, order, service

AT = datetime(2025, 11, 24, 17, 0, tzinfo=UTC)
CUT = {"status": "SUSPENDED", "cause": "nonpay"}


def suspended(**more: object) -> AccountFacts:
    return account(services=(service(**CUT),), **more)


def suspend(facts: AccountFacts, **more: object):
    options = {"effective": days(2), "reason": "NONPAY", "ids": numbers(36), **more}
    return orders.cut(facts, facts.services[0], **options)


def restore(facts: AccountFacts, **more: object):
    options = {"effective": TODAY, "reason": "PAID", "ids": numbers(72), **more}
    return orders.restore(facts, facts.services[0], **options)


def test_suspending_requests_an_order_and_looks_after_it() -> None:
    after = fold(account(), suspend(account()))
    assert (after.orders[0].number, after.orders[0].kind, after.orders[0].status) == ("S-10", "suspend", "REQUESTED")
    assert (after.service(1).status, after.service(1).suspend_cause) == ("PENDING_SUSPEND", "nonpay")
    assert after.next_action == NextAction("order", days(3))
    timely = fold(account(), suspend(account(), calendar=CALENDAR))
    assert timely.next_action == NextAction("order", days(4))  # the day after is a holiday


@pytest.mark.parametrize(
    ("reason", "cause"), [("NONPAY", "nonpay"), ("broken", "nonpay"), ("fraud", "fraud"), ("VOLUNTARY", "voluntary")]
)
def test_the_reason_gives_the_cause(reason: str, cause: str) -> None:
    assert fold(account(), suspend(account(), reason=reason)).service(1).suspend_cause == cause


def test_a_provisional_order_has_no_number_yet() -> None:
    effects = suspend(account(), ids=iter([-1]).__next__)
    assert effects[0].order.number == "S-NEW"


@pytest.mark.parametrize(
    ("facts", "more", "code", "field"),
    [
        (suspended(), {}, "service.state", "service"),
        (account(services=(service(status="TERMINATED", cause="nonpay"),)), {}, "service.state", "service"),
        (account(), {"effective": days(-1)}, "order.in_past", "effective"),
        (account(), {"effective": days(400)}, "order.effective", "effective"),
        (account(), {"reason": " "}, "order.reason", "reason"),
        (account(orders=(order(7, 1, "restore", "DRAFT"),)), {}, "order.open", "service"),
        (account(status=AccountState.CLOSED), {}, "account.closed", None),
    ],
)
def test_what_cannot_be_suspended(facts: AccountFacts, more: dict, code: str, field: str | None) -> None:
    with pytest.raises(DomainError) as caught:
        suspend(facts, **more)
    assert (caught.value.code, caught.value.field) == (code, field)


def test_restoring_orders_it_and_names_what_it_reverses() -> None:
    facts = suspended(orders=(order(7, 1, "suspend", "COMPLETED"),))
    after = fold(facts, restore(facts))
    assert after.service(1).status == "PENDING_RESTORE"
    assert (after.orders[-1].number, after.orders[-1].reversal_of) == ("R-20", 7)
    assert after.next_action == NextAction("order", days(1))


@pytest.mark.parametrize(
    ("cause", "words"), [("voluntary", "at the customer's own wish"), ("fraud", "for fraud"), (None, "unknown cause")]
)
def test_only_nonpayment_is_lifted(cause: str | None, words: str) -> None:
    facts = account(services=(service(status="SUSPENDED", cause=cause),))
    with pytest.raises(Refused, match=words) as caught:
        restore(facts)
    assert caught.value.code == "order.cause"


@pytest.mark.parametrize(
    ("drafted", "effective", "used"),
    [(0, 0, True), (-3, 0, True), (0, 4, False), (-3, 4, False), (4, 4, True)],
)
def test_a_draft_goes_out_unless_another_day_is_meant(drafted: int, effective: int, used: bool) -> None:
    facts = suspended(orders=(order(7, 1, "restore", "DRAFT", drafted),))
    after = fold(facts, restore(facts, effective=days(effective)))
    (open_order,) = [o for o in after.orders if o.open]
    assert open_order.status == "REQUESTED"
    assert (open_order.id == 7) == used


def test_what_cannot_be_restored() -> None:
    with pytest.raises(Refused, match="only a suspended service can be restored") as caught:
        restore(account())
    assert caught.value.code == "service.state"
    with pytest.raises(Refused, match="R-7") as caught:
        restore(suspended(orders=(order(7, 1, "restore", "SENT"),)))
    assert caught.value.code == "order.open"


@pytest.mark.parametrize(
    ("kind", "status", "before", "after"),
    [
        ("suspend", "REQUESTED", "PENDING_SUSPEND", "ACTIVE"),
        ("restore", "REQUESTED", "PENDING_RESTORE", "SUSPENDED"),
        ("restore", "DRAFT", "SUSPENDED", "SUSPENDED"),
    ],
)
def test_cancelling_puts_the_service_back(kind: str, status: str, before: str, after: str) -> None:
    one = order(7, 1, kind, status)
    facts = account(
        services=(service(status=before, cause="nonpay"),), orders=(one,), next_action=NextAction("order", days(3))
    )
    now = fold(facts, orders.cancel(facts, one, "customer called"))
    assert now.service(1).status == after
    assert not [o for o in now.orders if o.open]
    assert now.next_action == NextAction("call", TODAY)


@pytest.mark.parametrize(
    ("status", "code"), [("SENT", "order.left"), ("COMPLETED", "order.state"), ("CANCELLED", "order.state")]
)
def test_what_has_left_cannot_be_cancelled(status: str, code: str) -> None:
    one = order(7, 1, "suspend", status)
    facts = account(services=(service(status="PENDING_SUSPEND", cause="nonpay"),), orders=(one,))
    with pytest.raises(Refused) as caught:
        orders.cancel(facts, one, "late")
    assert caught.value.code == code
    if status == "SENT":
        assert "has left the building" in caught.value.message


@pytest.mark.parametrize(
    ("kind", "outcome", "before", "after", "cause"),
    [
        ("suspend", "completed", "PENDING_SUSPEND", "SUSPENDED", "nonpay"),
        ("suspend", "rejected", "PENDING_SUSPEND", "ACTIVE", None),
        ("restore", "Completed", "PENDING_RESTORE", "ACTIVE", None),
        ("restore", "rejected ", "PENDING_RESTORE", "SUSPENDED", "nonpay"),
    ],
)
def test_the_service_follows_the_answer(kind: str, outcome: str, before: str, after: str, cause: str | None) -> None:
    one = order(7, 1, kind, "SENT")
    facts = account(
        services=(service(status=before, cause="nonpay"),), orders=(one,), next_action=NextAction("order", days(3))
    )
    now = fold(facts, orders.acknowledge(facts, one, outcome, "port 7", AT))
    assert (now.service(1).status, now.service(1).suspend_cause) == (after, cause)
    assert now.next_action == NextAction("order", TODAY if "reject" in outcome else days(3))
    again = replace(one, status="REJECTED" if "reject" in outcome else "COMPLETED")
    assert orders.acknowledge(now, again, outcome, "port 7", AT) == ()


def test_answers_that_make_no_sense() -> None:
    one = order(7, 1, "suspend", "REQUESTED")
    facts = account(services=(service(status="PENDING_SUSPEND", cause="nonpay"),), orders=(one,))
    with pytest.raises(Invalid, match="completed, rejected"):
        orders.acknowledge(facts, one, "done", "", AT)
    with pytest.raises(Invalid, match="UTC offset"):
        orders.acknowledge(facts, one, "completed", "", AT.replace(tzinfo=None))
    with pytest.raises(Refused) as caught:
        orders.acknowledge(facts, one, "completed", "", AT)
    assert caught.value.code == "order.state"
    with pytest.raises(Refused):
        orders.send(replace(one, status=OrderState.SENT))


TWO = (service(1, "INT"), service(2, "INT"), service(3, "TV"))


@pytest.mark.parametrize(("text", "ident"), [("tv", 3), (" TV ", 3), ("int-0002", 2)])
def test_finding_a_service(text: str, ident: int) -> None:
    assert find_service(account(services=TWO), text).id == ident


@pytest.mark.parametrize(
    ("services", "text", "code", "words"),
    [
        (TWO, "int", "service.ambiguous", "INT-0001, INT-0002"),
        (TWO, "gas", "service.unknown", r"INT \(INT-0001\), INT \(INT-0002\), TV \(TV-0003\)"),
        ((), "gas", "service.unknown", "no services"),
    ],
)
def test_not_finding_a_service_lists_the_choices(services: tuple, text: str, code: str, words: str) -> None:
    with pytest.raises(Invalid, match=words) as caught:
        find_service(account(services=services), text)
    assert (caught.value.code, caught.value.field) == (code, "service")


def test_finding_an_order() -> None:
    facts = account(services=TWO, orders=(order(7, 3, "suspend", "COMPLETED"), order(8, 1, "suspend", "SENT")))
    assert find_order(facts, "s-7").id == 7
    assert find_order(facts, "INT-0001").id == 8
    with pytest.raises(Invalid, match="expected one of S-8"):
        find_order(facts, "tv")


@pytest.mark.parametrize(
    ("items", "unapplied", "stop", "restore"),
    [
        ((item(1, 5000, -9, service=1),), 0, 5000, 7500),
        ((item(1, 5000, -9, service=2),), 0, 0, 2500),  # another service's debt
        ((item(1, 5000, -9),), 0, 5000, 7500),  # nobody's in particular
        ((item(1, 5000, 0, service=1),), 0, 0, 2500),  # due today is not past due
        ((item(1, 5000, -9, disputed=4000, service=1),), 0, 1000, 3500),
        ((item(1, 5000, -9, service=1),), 6000, 0, 1500),
        ((), 9999, 0, 0),
        ((item(1, 5000, -9, service=1), credit(2, 3000)), 0, 2000, 4500),
        ((item(1, 5000, -9, service=1), credit(2, 3000)), 1000, 1000, 3500),
        ((item(1, 5000, -9, service=1), replace(credit(2, 9000), service_id=2)), 0, 0, 0),  # a credit of the account
    ],
)
def test_the_restore_calculator(items: tuple, unapplied: int, stop: int, restore: int) -> None:
    money = (Payment(5, "x", TODAY, "card", unapplied, PaymentState.UNAPPLIED),) if unapplied else ()
    facts = account(items=items, payments=money, services=(service(1), service(2, "TV")))
    assert required.required_to_stop(facts, facts.services[0]) == stop
    assert required.required_to_restore(facts, facts.services[0], RULES, KINDS) == restore


@given(
    st.lists(
        st.tuples(st.integers(1, 10**6), st.integers(-90, 30), st.integers(0, 10**6), st.sampled_from([None, 1, 2])),
        max_size=6,
    ),
    st.integers(0, 10**6),
)
def test_restoring_never_takes_less_than_stopping(rows: list, unapplied: int) -> None:
    items = tuple(
        item(n, amount, due, disputed=min(part, amount), service=of) for n, (amount, due, part, of) in enumerate(rows)
    )
    money = (Payment(5, "x", TODAY, "card", unapplied, PaymentState.UNAPPLIED),) if unapplied else ()
    facts = account(items=items, payments=money)
    stop = required.required_to_stop(facts, facts.services[0])
    back = required.required_to_restore(facts, facts.services[0], RULES, KINDS)
    assert 0 <= stop <= back <= stop + RULES.suspend.reconnect_fee
    assert stop <= facts.past_due


@pytest.mark.parametrize(
    ("status", "requested", "sent", "stuck"),
    [  # days from today; an order is stuck after 3 (`RULES`)
        ("REQUESTED", -3, None, True),
        ("REQUESTED", -2, None, False),
        ("REQUESTED", 0, None, False),
        ("EARLY", -9, None, False),  # it takes effect today, and may leave until then
        ("SENT", -9, -3, True),
        ("SENT", -9, -2, False),  # the billing system's time starts when the order reaches it
        ("SENT", -3, None, True),  # from before the instant was kept
        ("DRAFT", -9, None, False),
        ("COMPLETED", -9, -9, False),
        ("REJECTED", -9, -9, False),
        ("CANCELLED", -9, None, False),
    ],
)
def test_an_order_is_stuck_when_it_has_waited_so_many_days(
    status: str, requested: int, sent: int | None, stuck: bool
) -> None:
    at = None if sent is None else datetime.combine(days(sent), time(12), UTC)
    effective = TODAY if status == "EARLY" else days(-1)
    given = order(1, 1, "suspend", "REQUESTED" if status == "EARLY" else status)
    placed = replace(given, requested_on=days(requested), effective=effective, sent_at=at)
    assert is_stuck(placed, TODAY, RULES) is stuck
    assert is_stuck(replace(placed, status=str(placed.status.value)), TODAY, RULES) is stuck  # as a row has it


def test_the_day_an_order_was_sent_on_is_the_desks() -> None:
    """Four in the morning UTC is the evening before in New York."""
    early = replace(order(1, 1, "suspend", "SENT"), sent_at=datetime.combine(days(-2), time(4), UTC))
    assert is_stuck(early, TODAY, RULES)
    assert not is_stuck(replace(early, sent_at=early.sent_at + timedelta(hours=2)), TODAY, RULES)
