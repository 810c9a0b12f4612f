"""Whatever is known of an account, once it is settled it is in line with itself, and settling it again changes nothing."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import example, given
from hypothesis import strategies as st

from collect_tui.domain.account import ladder
from collect_tui.domain.effects import Effect, HoldPlaced
from collect_tui.domain.facts import AccountFacts, Hold, NextAction, Payment
from collect_tui.domain.order import decide as order
from collect_tui.domain.order import required
from collect_tui.domain.payment import appropriation
from collect_tui.domain.payment import decide as payment
from collect_tui.domain.states import OPEN_INSTALMENT, AccountState, PaymentState
from collect_tui.policy.orders import refusal
from collect_tui.policy.settling import settle
from support.accounts import accounts, cutting, with_fee
from support.trade import (
    CALENDAR,
    HOUSE,
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
    promise,
    service,
)
from support.trade import order as order_of

DOORS = st.sampled_from([{}, {"night": True}, {"moved": True}, {"billed": True}, {"billed": True, "moved": True}])


def forgotten() -> AccountFacts:
    """Nobody has seen to what the bank took back, a promise breaks, nothing is owed, and an order waits."""
    return account(
        items=(credit(11, 9000),),
        services=(service(status="SUSPENDED", cause="nonpay"),),
        orders=(order_of(71, 1, "restore", "DRAFT"),),
        promises=(promise(81, (-5, 4300, 0)),),
        next_action=NextAction(payment.RETURNED, days(-8)),
    )


@example(forgotten(), {"night": True})
@given(accounts(), DOORS)
def test_settling_what_is_settled_changes_nothing(facts: AccountFacts, door: dict) -> None:
    once = act(facts, (), **door)
    assert settle(once, (), HOUSE, numbers(9000), night="night" in door) == ()
    assert settle(once, (), HOUSE, numbers(9000)) == ()


def test_a_fee_that_pays_the_last_debt_when_its_order_goes_makes_the_account_current() -> None:
    restoring = order_of(71, 1, "restore", "REQUESTED")
    facts = account(
        stage="PAST_DUE",
        items=(item(11, 100, -1),),
        services=(service(status="PENDING_RESTORE", cause="nonpay"),),
        orders=(restoring,),
    )
    assert act(with_fee(facts, restoring, 2500, 0), ()).stage == "CURRENT"


@given(accounts().map(cutting), DOORS)
def test_every_order_rests_on_something(facts: AccountFacts, door: dict) -> None:
    after = act(facts, (), **door)
    for one in after.orders:
        if one.status == "REQUESTED" or (one.kind, one.status) == ("restore", "DRAFT"):
            assert refusal(after, one, RULES, KINDS, CALENDAR) is None
    for cut in after.services:
        if (cut.status, cut.suspend_cause) == ("SUSPENDED", order.NONPAY):
            paid = required.covered(required.required_to_restore(after, cut, RULES, KINDS), RULES)
            drafted = [o for o in after.orders if o.service_id == cut.id and o.status == "DRAFT"]
            assert bool(drafted) == paid or any(o.override_by for o in drafted)
    if any(o.status == "DRAFT" for o in after.orders):
        assert after.next_action is not None
        assert after.next_action.code in ("order", "returned")  # what came back and nobody has seen to goes before it
        assert after.next_action.on <= TODAY


WHAT_HAPPENS = st.lists(
    st.sampled_from(["pay", "pay all, held", "hold", "night", "back", "cancel"]), min_size=2, max_size=5
)


def fraud() -> AccountFacts:
    """A service of a customer who owes nothing is to be cut for fraud."""
    cut = replace(order_of(72, 2, "suspend", "REQUESTED"), reason="FRAUD")
    return account(items=(), services=(service(2, status="PENDING_SUSPEND", cause="fraud"),), orders=(cut,))


@example(fraud(), ["pay all, held", "back"])
@given(accounts(promised=False).map(cutting), WHAT_HAPPENS)
def test_nobody_waits_for_an_order_that_is_no_more(facts: AccountFacts, happens: list[str]) -> None:
    """Whatever withdraws it, and whatever comes back of what money had put off."""
    ids = numbers(100)
    facts = act(replace(facts, next_action=NextAction("call", TODAY)), (), ids)
    for one in facts.orders:
        if one.status != "COMPLETED":
            facts = replace(facts, next_action=NextAction("order", TODAY))
    refs: list[str] = []
    for n, what in enumerate(happens):
        effects: list[Effect] = []
        free = not any(h.kind == "MEDICAL" and h.scope == "account" for h in facts.holds)
        if what in ("hold", "pay all, held") and free:
            effects.append(HoldPlaced(Hold(ids(), "MEDICAL", TODAY, None)))
        if what.startswith("pay"):
            amount = 5000 if what == "pay" else facts.collectable + 2500
            received = {"method": "card", "received_on": facts.business_date, "directed": ()}
            effects += payment.record(facts, amount=amount, ref=f"N-{n}", ids=ids, **received)
            refs.append(f"N-{n}")
        elif what == "back" and refs:
            more = {"ids": ids, "calendar": CALENDAR, "rules": RULES, "holds": KINDS}
            effects += payment.reverse(facts, refs.pop(), "entered in error", False, **more)
        elif what == "cancel":
            waiting = (o for o in facts.orders if o.status in ("REQUESTED", "DRAFT"))
            effects += next((order.cancel(facts, o, "not wanted") for o in waiting), ())
        facts = nightfall(facts, ids=ids) if what == "night" else act(facts, effects, ids)
        if facts.next_action and facts.next_action.code == "order":
            assert any(o.open for o in facts.orders)


@given(accounts(), DOORS)
def test_stage_and_promises_are_what_the_money_says(facts: AccountFacts, door: dict) -> None:
    after = act(facts, (), **door)
    assert not ladder.cured(after, RULES)
    assert ladder.given_back(after, RULES) is None
    held = after.open_promise
    if held is not None:
        money = appropriation.counting(after)[held.id]
        base = max(0, held.paid - sum(amount for _, amount in money))
        judged = appropriation.judge(held, money, TODAY, RULES.tolerance, CALENDAR, base)
        assert (judged.status, judged.instalments) == ("ACTIVE", held.instalments)
        assert any(i.status in OPEN_INSTALMENT for i in held.instalments)
    if after.next_action and after.next_action.code == "promise" and facts.open_promise:
        assert held is not None, "nobody waits for a promise that is over"


@given(accounts())
def test_nothing_is_settled_on_a_closed_account(facts: AccountFacts) -> None:
    closed = replace(facts, status=AccountState.CLOSED, next_action=None)
    assert settle(closed, (), HOUSE, numbers(), night=True) == ()


def half_paid_fee() -> AccountFacts:
    """Of a restoration that nothing is to be restored by; a receipt that has waited for long has just what is open of it."""
    waiting = Payment(31, "T-31", days(-100), "card", 550, PaymentState.UNAPPLIED)
    facts = account(
        items=(item(11, 20000, -63, disputed=20000), item(12, 500, -3)),
        services=(service(status="PENDING_RESTORE", cause="fraud"),),
        orders=(order_of(71, 1, "restore", "REQUESTED"),),
    )
    facts = with_fee(facts, facts.orders[0], 2450, 0)
    return replace(facts, payments=(*facts.payments, waiting))


@example(half_paid_fee(), False)
@given(accounts(), st.booleans())
def test_money_is_moved_by_settling_and_never_made(facts: AccountFacts, old: bool) -> None:
    if old:
        long_ago = (replace(p, received_on=days(-100)) if p.unapplied else p for p in facts.payments)
        facts = replace(facts, payments=tuple(long_ago))
    after = act(facts, (), night=True)
    known = {i.id: i for i in (*facts.items, *facts.settled)}
    kept = {i.id for i in (*after.items, *after.settled)}
    voided = sum(i.amount for i in known.values() if i.id not in kept)
    assert after.total == facts.total - voided
    assert after.collectable <= facts.collectable
    assert after.collectable == facts.collectable or voided
    assert after.past_due <= facts.past_due


def test_what_had_paid_the_fee_of_a_restoration_that_is_withdrawn_pays_what_is_owed() -> None:
    """In the same breath, so that another order is not judged by money that is about to go elsewhere."""
    facts = account(
        items=(item(11, 20000, -63, service=1), item(12, 4000, -40, service=2)),
        services=(service(1, "INT", "PENDING_RESTORE", "nonpay"), service(2, "TV", "PENDING_SUSPEND", "nonpay")),
        orders=(order_of(7, 1, "restore", "REQUESTED"), order_of(8, 2, "suspend", "REQUESTED")),
    )
    facts = cutting(with_fee(facts, facts.orders[0], 2500, 0))
    after = act(facts, (), night=True)
    assert [(o.id, o.status) for o in after.orders] == [(8, "REQUESTED")]
    assert ({i.id: i.open for i in after.items}, after.unapplied) == ({11: 17500, 12: 4000}, 0)
    assert settle(after, (), HOUSE, numbers(9000), night=True) == ()


def test_the_account_of_the_samples_is_settled() -> None:
    assert act(account(), (), night=True) == account()
