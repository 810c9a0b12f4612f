"""Whatever happens to an account, a decision that it waits for is still there afterwards, unless it has been made."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collect_tui.domain.case.case import Asked, Case
from collect_tui.domain.case.effects import CaseChanged
from collect_tui.domain.contact.callbacks import callback
from collect_tui.domain.effect import fold_all
from collect_tui.domain.effects import ActUndone, Effect, NextActionSet
from collect_tui.domain.errors import DomainError
from collect_tui.domain.facts import AccountFacts, NextAction
from collect_tui.domain.hold import decide as hold
from collect_tui.domain.order import decide as order
from collect_tui.domain.payment import decide as payment
from collect_tui.domain.promise import decide as promise
from collect_tui.domain.queue.rules import DECISIONS
from collect_tui.domain.undo import inverse
from collect_tui.policy.awaited import left
from collect_tui.policy.settling import settle
from support.accounts import accounts
from support.trade import CALENDAR, CEASE, HOUSE, KINDS, MEDICAL, RULES, TODAY, account, numbers

WHEN = datetime(2025, 11, 26, 15, tzinfo=UTC)
SOON = st.integers(-3, 9).map(lambda n: TODAY + timedelta(days=n))


def made(facts: AccountFacts, which: str) -> tuple[Effect, ...]:
    """What an act of a kind does, with a next action of its own. Empty: it cannot be on this account."""
    ids, due = numbers(3000), TODAY + timedelta(days=4)
    common = {"ids": ids, "calendar": CALENDAR}
    try:
        if which == "promise":
            return promise.make(
                facts, promise.single(1_00, due), kind="single", method=None, grace_days=3, by="a", **common
            )
        if which == "callback":
            return callback(facts, at=WHEN, point=None, owner=None, note="", ids=ids, zone=RULES.zone)
        if which == "returned" and facts.payments:
            ref = facts.payments[0].ref
            return payment.reverse(
                facts, ref, returned=True, reason="nsf", calendar=CALENDAR, ids=ids, rules=RULES, holds=KINDS
            )
        if which == "cut" and facts.services:
            return order.cut(facts, facts.services[0], effective=due, reason="NONPAY", **common)
        if which == "cancel":
            return promise.cancel(facts, "over", CALENDAR)
        if which in {"cease", "medical"}:
            kind = CEASE if which == "cease" else MEDICAL
            return hold.place(facts, kind, until=None, reason="", by="a", **common)
    except DomainError:
        pass
    return ()


ACTS = ("promise", "callback", "returned", "cut", "cancel", "cease", "medical", "night", "moved", "billed")


@given(accounts(), st.sampled_from([*DECISIONS]), SOON, st.sampled_from(ACTS))
def test_a_decision_stays_until_it_is_made_and_an_undo_is_exact(facts: AccountFacts, code: str, on, which: str) -> None:
    decision = NextAction(code, on)
    before = replace(facts, next_action=decision, parked=None)
    effects = left(before, made(before, which), KINDS)
    door = {which: True} if which in {"night", "moved", "billed"} else {}
    whole = (*effects, *settle(before, effects, HOUSE, numbers(5000), **door))
    after = fold_all(before, whole)
    assert after.next_action is not None
    assert after.next_action == decision or (after.next_action.code == hold.HELD and after.next_action.on < on)
    if whole and after.next_action == decision:
        assert not any(isinstance(e, NextActionSet) and e.new != e.old for e in whole)
        try:
            back = inverse(whole, after, numbers(7000), "undone")
        except DomainError:
            return  # what a bank has taken back has no way back
        assert fold_all(after, back).next_action == decision


def a_case(kind: str, asked: Asked | None = None, *, ended: bool = False) -> Case:
    return Case(1, "C-1", kind, 1, "OPEN", TODAY, WHEN, "mia", "mia", asked=asked, ended=ended)


def moved(kind: str, what: str = "moved", *, ended: bool = False) -> CaseChanged:
    return CaseChanged(a_case(kind), a_case(kind, ended=ended), "Case", "goes on", 9, what=what)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("code", "beside", "taken"),
    [
        (
            "supervisor",
            moved("dispute", ended=True),
            False,
        ),  # a dispute that is over is no decision of the supervisor's
        ("insolvency", moved("insolvency"), True),
        ("approval", moved("write-off", "agreed"), True),
        ("approval", moved("write-off", "refused"), True),
        ("approval", moved("placement", ended=True), True),
        ("approval", moved("placement"), False),
        ("supervisor", ActUndone("a"), True),
    ],
)
def test_what_ends_the_waiting_lets_something_else_come_next(code: str, beside: Effect, taken: bool, facts) -> None:
    old, new = NextAction(code, TODAY), NextAction("call", TODAY + timedelta(days=1))
    effects = (beside, NextActionSet(new, old))
    assert (effects[1] in left(replace(facts, next_action=old), effects, KINDS)) is taken


@pytest.fixture
def facts() -> AccountFacts:
    return account()
