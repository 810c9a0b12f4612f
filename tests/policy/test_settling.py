"""What follows from money and from its return: promises, ladder, orders and the next action, act by act and at night."""

from __future__ import annotations

from dataclasses import replace

import pytest

from collect_tui.domain.facts import AccountFacts, Hold, Holder, NextAction, Payment
from collect_tui.domain.payment import decide as payment
from collect_tui.domain.promise import decide as pp
from collect_tui.domain.states import AccountState, PaymentState
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
    numbers,
    order,
    promise,
    service,
)

CUT = {"status": "SUSPENDED", "cause": "nonpay"}


def paid(facts: AccountFacts, amount: int, ref: str = "T-77", first: int = 36, **more: object) -> AccountFacts:
    options = {"method": "card", "received_on": facts.business_date, "directed": (), **more}
    ids = numbers(first)
    return act(facts, payment.record(facts, amount=amount, ref=ref, ids=ids, **options), ids)


def back(facts: AccountFacts, ref: str = "T-77", returned: bool = True, **more: object) -> AccountFacts:
    ids = numbers(900)
    effects = payment.reverse(
        facts, ref, "R01 no funds", returned, ids=ids, calendar=CALENDAR, rules=RULES, holds=KINDS, **more
    )
    return act(facts, effects, ids)


def promised(*parts: tuple[int, int, int], kind: str = "single", **more: object) -> AccountFacts:
    return account(
        promises=(promise(9, *parts, kind=kind),),
        ladder_paused_by=Holder.read("promise 9"),
        next_action=NextAction("promise", days(7)),
        **more,
    )


# -------------------------------------------------------------------------------------------------------- money in


def test_a_promise_is_kept_and_the_ladder_goes_on() -> None:
    after = paid(promised((4, 15000, 0)), 15000)
    assert (after.promises[0].status, after.promises[0].closed_on) == ("KEPT", TODAY)
    assert (after.ladder_paused_by, after.stage) == (None, "NOTICE_2")
    assert after.next_action == NextAction("call", TODAY)


def test_a_call_after_a_kept_promise_falls_on_a_business_day() -> None:
    friday = replace(promised((4, 15000, 0)), business_date=days(5))
    assert paid(friday, 15000).next_action == NextAction("call", days(7))


@pytest.mark.parametrize(("amount", "status"), [(15000, "KEPT"), (14901, "KEPT"), (14900, "ACTIVE"), (1, "ACTIVE")])
def test_a_few_cents_short_keep_a_promise(amount: int, status: str) -> None:
    after = paid(promised((4, 15000, 0)), amount)
    (one,) = after.promises
    assert (one.status, one.paid) == (status, amount)
    assert one.instalments[0].status == ("PAID" if status == "KEPT" else "PART_PAID")
    assert after.next_action == (NextAction("call", TODAY) if status == "KEPT" else NextAction("promise", days(7)))


def test_the_next_instalment_is_followed_up() -> None:
    after = paid(promised((2, 5000, 0), (9, 5000, 0), kind="plan"), 6000)
    assert after.open_promise is not None
    assert [i.paid for i in after.open_promise.instalments] == [5000, 1000]
    assert after.next_action == NextAction("promise", days(14))  # Wed 3 Dec + 2 is Friday, so Monday 8 Dec


def test_an_instalment_that_is_a_few_cents_short_is_paid() -> None:
    after = paid(promised((2, 5000, 0), (9, 5000, 0), kind="plan"), 4950)
    assert after.open_promise is not None
    assert [(i.paid, i.status) for i in after.open_promise.instalments] == [(4950, "PAID"), (0, "OPEN")]
    assert after.next_action == NextAction("promise", days(14))


def test_money_from_before_the_promise_does_not_keep_it() -> None:
    after = paid(promised((4, 15000, 0)), 15000, received_on=days(-8))
    assert after.open_promise is not None
    assert after.open_promise.paid == 0


def test_paying_all_that_is_past_due_cures() -> None:
    after = paid(promised((4, 15000, 0)), 41210)
    assert (after.stage, after.ladder_paused_by) == ("CURRENT", None)
    assert after.next_action == NextAction("monitor", days(10))
    assert paid(account(items=(item(11, 500, -3),)), 500).next_action == NextAction("monitor", days(30))


def test_a_hold_stays_on_the_ladder_when_the_account_is_cured() -> None:
    facts = account(holds=(Hold(3, "CEASE", TODAY, None),), ladder_paused_by=Holder.read("hold 3"))
    after = paid(facts, 41210)
    assert (after.stage, after.ladder_paused_by) == ("CURRENT", Holder.read("hold 3"))


@pytest.mark.parametrize("stage", ["TERMINATED", "WRITTEN_OFF", "CURRENT", "PRE_DUE"])
def test_stages_that_a_payment_leaves_alone(stage: str) -> None:
    assert paid(account(stage=stage), 41210).stage == stage


def test_a_few_cents_short_counts_as_paid() -> None:
    after = paid(account(), 41210 - 99)
    assert (after.stage, after.next_action) == ("CURRENT", NextAction("monitor", days(10)))
    assert paid(account(), 41210 - 100).stage == "NOTICE_2"


def test_a_payment_changes_no_next_action_it_has_nothing_to_say_about() -> None:
    assert paid(account(next_action=NextAction("visit", days(2))), 100).next_action == NextAction("visit", days(2))


def test_a_closed_account_takes_money_and_has_no_next_action() -> None:
    after = paid(account(status=AccountState.CLOSED, next_action=None, items=()), 500)
    assert (after.unapplied, after.next_action) == (500, None)


# --------------------------------------------------------------------------------------------------------- and out


def test_a_returned_payment_is_for_somebody_today() -> None:
    facts = account()
    after = back(paid(facts, 30000))
    assert (after.items, after.payments[0].status) == (facts.items, "RETURNED")
    assert after.next_action == NextAction("returned", TODAY)
    cured = back(paid(facts, 41210))
    assert (cured.next_action, cured.stage) == (NextAction("returned", TODAY), "NOTICE_2")


def test_an_entry_error_leaves_no_trace() -> None:
    for facts, amount in [
        (account(), 30000),
        (account(), 41210),
        (promised((2, 5000, 0)), 3000),
        (promised((2, 5000, 0)), 5000),
        (promised((2, 5000, 0), (9, 5000, 0), kind="plan"), 5000),
        (promised((4, 15000, 0)), 41210),
    ]:
        after = back(paid(facts, amount), returned=False)
        assert (after.items, after.stage, after.ladder_paused_by) == (facts.items, facts.stage, facts.ladder_paused_by)
        assert after.promises == facts.promises
        assert after.next_action == facts.next_action


def test_a_returned_payment_takes_back_the_last_instalments_first() -> None:
    facts = paid(promised((2, 5000, 0), (9, 5000, 0), (16, 5000, 0), kind="plan"), 4000, "T-76", 60)
    after = back(paid(facts, 3000, first=70))
    assert after.open_promise is not None
    assert [(i.paid, i.status) for i in after.open_promise.instalments] == [
        (4000, "PART_PAID"),
        (0, "OPEN"),
        (0, "OPEN"),
    ]


def test_a_kept_promise_is_open_again_while_it_can_be_kept_and_then_broken() -> None:
    kept = paid(promised((4, 15000, 0)), 15000)
    after = back(kept)
    assert after.open_promise is not None
    assert (after.open_promise.status, after.open_promise.paid, after.ladder_paused_by) == (
        "ACTIVE",
        0,
        Holder.read("promise 9"),
    )
    assert back(replace(kept, business_date=days(6))).open_promise is not None  # due + grace
    late = back(replace(kept, business_date=days(9)))
    assert (late.open_promise, late.promises[0].status, late.promises[0].paid) == (None, "BROKEN", 0)
    assert late.promises[0].closed_on == days(9), "the money was here until then"
    wrong = back(replace(kept, business_date=days(9)), returned=False)
    assert (wrong.promises[0].status, wrong.promises[0].closed_on) == ("BROKEN", days(7))


def test_a_part_that_comes_back_leaves_a_kept_promise_partly_kept() -> None:
    kept = paid(promised((4, 15000, 0)), 15000)
    late = back(replace(kept, business_date=days(9)), amount=5000)
    assert (late.promises[0].status, late.promises[0].paid) == ("PARTIAL", 10000)
    again = back(kept, amount=50)
    assert again.promises[0].status == "KEPT", "within the tolerance it is still paid"


# --------------------------------------------------------------------------------------------------- promises at night


def test_a_promise_breaks_on_the_day_after_its_grace() -> None:
    facts = promised((4, 15000, 0))
    last = nightfall(facts, 6)
    assert last.open_promise is not None
    after = nightfall(last)
    assert (after.promises[0].status, after.promises[0].closed_on, after.ladder_paused_by) == ("BROKEN", days(7), None)
    assert after.next_action == NextAction("broken", days(7))


@pytest.mark.parametrize(
    ("amount", "received", "status"),
    [(15000, 6, "KEPT"), (14901, 4, "KEPT"), (14900, 4, "PARTIAL"), (15000, 7, "BROKEN"), (500, 6, "PARTIAL")],
)
def test_money_that_came_in_time_is_counted_when_it_is_entered_late(amount: int, received: int, status: str) -> None:
    broken = nightfall(promised((4, 15000, 0)), 9)
    assert broken.promises[0].status == "BROKEN"
    after = paid(broken, amount, received_on=days(received))
    assert after.promises[0].status == status
    assert sum(p.status == "BROKEN" for p in after.promises) == (status == "BROKEN")
    if status == "KEPT":
        assert after.promises[0].closed_on == days(received)
        assert after.next_action == NextAction("call", days(9))


def test_what_was_partly_kept_is_kept_by_the_rest_that_came_in_time() -> None:
    facts = nightfall(paid(promised((4, 15000, 0)), 9000, "T-1"), 9)
    assert facts.promises[0].status == "PARTIAL"
    after = paid(facts, 6000, "T-2", 60, received_on=days(5))
    assert (after.promises[0].status, after.promises[0].closed_on) == ("KEPT", days(5))


def test_an_instalment_missed_breaks_a_plan_and_money_entered_late_mends_it() -> None:
    facts = nightfall(promised((1, 5000, 0), (8, 5000, 0), kind="plan"), 4)
    assert (facts.promises[0].status, [i.status for i in facts.promises[0].instalments]) == (
        "BROKEN",
        ["MISSED", "OPEN"],
    )
    after = paid(facts, 5000, received_on=days(2))
    held = after.open_promise
    assert held is not None
    assert [(i.paid, i.status) for i in held.instalments] == [(5000, "PAID"), (0, "OPEN")]
    assert after.ladder_paused_by == Holder.read("promise 9")
    assert after.next_action == NextAction("promise", days(11))  # Tue 2 Dec + 2 is Thursday: Friday


def test_a_broken_promise_is_no_reason_to_call_where_calls_are_forbidden() -> None:
    facts = promised((1, 5000, 0), holds=(Hold(3, "CEASE", TODAY, None),))
    assert nightfall(facts, 5).next_action != NextAction("broken", days(4))


def test_a_hold_ends_after_its_last_day_and_hands_the_ladder_on() -> None:
    holds = (Hold(3, "MEDICAL", TODAY, days(1)), Hold(4, "CLAIM", TODAY, days(3)))
    facts = replace(promised((9, 5000, 0)), holds=holds, ladder_paused_by=Holder.read("hold 3"))
    seen = [(len(f.holds), f.ladder_paused_by) for f in (nightfall(facts, n) for n in range(1, 5))]
    assert seen == [
        (2, Holder.read("hold 3")),
        (1, Holder.read("hold 4")),
        (1, Holder.read("hold 4")),
        (0, Holder.read("promise 9")),
    ]


# ---------------------------------------------------------------------------------------------------- credits at night


def test_a_credit_is_set_against_the_oldest_at_night_unless_the_site_says_otherwise() -> None:
    facts = account(items=(item(11, 10000, -63), credit(12, 10000)))
    assert (facts.collectable, facts.total, facts.past_due) == (0, 0, 10000)
    after = nightfall(facts)
    assert (after.items, after.stage) == ((), "CURRENT")
    assert [(a.credit_id, a.item_id, a.amount) for a in after.applications] == [(12, 11, 10000)]
    assert nightfall(after, 3) == replace(after, business_date=days(4))


def test_a_payment_and_a_credit_do_not_pay_the_same_debt_twice() -> None:
    facts = account(items=(item(11, 10000, -63), credit(12, 4000)))
    after = nightfall(paid(facts, 10000))
    assert (after.credits, after.unapplied, after.collectable, after.total) == (0, 4000, 0, -4000)


# -------------------------------------------------------------------------------------------------------------- orders


@pytest.mark.parametrize(
    ("status", "cause", "amount", "lifted"),
    [
        ("REQUESTED", "nonpay", 41210, True),
        ("REQUESTED", "nonpay", 41111, True),
        ("SENT", "nonpay", 41210, False),
    ],
)
def test_money_stops_a_suspension_that_has_not_left(status: str, cause: str, amount: int, lifted: bool) -> None:
    facts = account(
        services=(service(status="PENDING_SUSPEND", cause=cause),), orders=(order(7, 1, "suspend", status),)
    )
    after = paid(facts, amount)
    assert after.service(1).status == ("ACTIVE" if lifted else "PENDING_SUSPEND")


@pytest.mark.parametrize(
    ("cause", "amount", "drafted"),
    [("nonpay", 43710, True), ("nonpay", 43610, False), ("voluntary", 90000, False), ("fraud", 90000, False)],
)
def test_money_drafts_the_restoration_of_what_nonpayment_cut(cause: str, amount: int, drafted: bool) -> None:
    facts = account(services=(service(status="SUSPENDED", cause=cause),))
    after = paid(facts, amount)
    assert [o.status for o in after.orders] == (["DRAFT"] if drafted else [])
    assert after.service(1).status == "SUSPENDED"
    assert after.next_action == NextAction("order", TODAY) if drafted else NextAction("monitor", days(10))


def test_a_second_payment_drafts_no_second_restoration() -> None:
    once = paid(account(services=(service(**CUT),)), 43710)
    twice = paid(once, 6000, "T-78", 60)
    assert (twice.unapplied, twice.items, len(twice.orders)) == (2500, (), 1)


def test_a_returned_payment_cancels_the_draft_it_made() -> None:
    after = back(paid(account(services=(service(**CUT),)), 43710))
    assert [o for o in after.orders if o.open] == []
    assert after.service(1).status == "SUSPENDED"


def test_one_fee_does_not_restore_two_services() -> None:
    money = Payment(5, "x", TODAY, "card", 4900, PaymentState.UNAPPLIED)
    cut = (service(1, **CUT), service(2, "TV", **CUT), service(3, "EL", status="SUSPENDED", cause="fraud"))
    facts = account(items=(), payments=(money,), services=cut)
    once = act(facts, ())
    assert [o.service_id for o in once.orders] == [1]
    assert act(once, ()) == once
    more = act(replace(once, payments=(replace(money, amount=4901),)), ())
    assert [o.service_id for o in more.orders] == [1, 2]  # 99 is within the tolerance


def test_when_one_fee_is_taken_back_the_first_draft_stays() -> None:
    cut = (service(1, **CUT), service(2, "TV", **CUT))
    both = paid(paid(account(items=(), services=cut), 2500, "T-1"), 2500, "T-2", 60)
    assert [(o.service_id, o.status) for o in both.orders] == [(1, "DRAFT"), (2, "DRAFT")]
    for ref in ("T-1", "T-2"):
        assert [(o.service_id, o.status) for o in back(both, ref).orders] == [(1, "DRAFT")]


def test_a_promise_of_the_act_stops_a_suspension() -> None:
    facts = account(
        services=(service(status="PENDING_SUSPEND", cause="nonpay"),), orders=(order(7, 1, "suspend", "REQUESTED"),)
    )
    ids = numbers(50)
    schedule = pp.single(15000, days(4))
    made = pp.make(facts, schedule, kind="single", method=None, grace_days=2, by="mia", ids=ids, calendar=CALENDAR)
    after = act(facts, made, ids)
    assert (after.service(1).status, after.orders) == ("ACTIVE", ())
    assert after.next_action == NextAction("promise", days(7))
