"""After any result on any account what comes next is allowed, and what waits for somebody else is still there."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product

import pytest

from collect_tui.domain.effect import fold_all
from collect_tui.domain.errors import Invalid
from collect_tui.domain.facts import AccountFacts, Hold, NextAction
from collect_tui.domain.hold.decide import blocking
from collect_tui.domain.queue.rules import CALLS, DECISIONS
from domain.test_contact import A5, CODES, E4, H3, HOLDS, M1, log, rosa
from support.thin import EXPLORE
from support.trade import TODAY

WEDNESDAY = TODAY + timedelta(days=2)
KINDS = [None, *HOLDS, "GONE"]


def held(kind: str | None, old: NextAction | None) -> AccountFacts:
    """With a hold of a kind, also one that the site no longer knows."""
    holds = () if kind is None else (Hold(9, kind, TODAY - timedelta(days=10), None),)
    return rosa(holds=holds, next_action=old)


def after_each(facts: AccountFacts):
    """The facts after each result, of each point that it is a result of, and of one action; of each with `EXPLORE=1`."""
    for (code, result), point in product(CODES.results.items(), (M1, H3, E4, A5, None)):
        for action in ("TM", "IN", "VI", "RV"):
            try:
                effects = log(facts, code, point, action, reason="FORGOT", note="as they say")
            except Invalid:
                continue
            yield result, fold_all(facts, effects)
            if not EXPLORE:
                break


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("code", [None, *CODES.next_actions])
def test_no_result_sets_a_call_where_a_hold_forbids_it_or_takes_what_is_somebody_elses(
    code: str | None, kind: str | None
) -> None:
    old = None if code is None else NextAction(code, WEDNESDAY)
    tried = 0
    for result, after in after_each(held(kind, old)):
        tried += 1
        new = after.next_action
        if blocking(after, "call", HOLDS):
            assert new is None or new.code not in CALLS, result.code
        if old and old.code in DECISIONS and result.follow_up.action in CALLS:
            assert new == old, result.code
        if old and kind and old.code == "hold" and result.follow_up.action in CALLS and result.point is None:
            assert new == old, result.code
    assert tried > len(CODES.results)


@pytest.mark.parametrize(
    ("code", "kind", "on", "stays"),
    [
        ("supervisor", None, TODAY, True),  # it is still to be made
        ("dispute", "DISPUTE", WEDNESDAY, True),
        ("dispute", "DISPUTE", TODAY, False),  # what was awaited has come
        ("dispute", None, WEDNESDAY, False),  # nobody is at work on one
        ("hold", "MEDICAL", WEDNESDAY, True),
        ("hold", "MEDICAL", TODAY, False),
        ("hold", None, WEDNESDAY, False),
    ],
)
def test_what_somebody_else_has_to_do_stays_as_long_as_they_have(
    code: str, kind: str | None, on: date, stays: bool
) -> None:
    (*_, after) = (f for r, f in after_each(held(kind, NextAction(code, on))) if r.code == "NA")
    assert (after.next_action == NextAction(code, on)) is stays


def test_another_decision_that_comes_sooner_goes_before() -> None:
    later = NextAction("approval", TODAY + timedelta(days=30))
    (*_, after) = (f for r, f in after_each(held(None, later)) if r.code == "CD")
    assert after.next_action == NextAction("supervisor", TODAY + timedelta(days=1))


def test_a_call_set_before_the_hold_gives_way_to_its_review() -> None:
    (*_, after) = (f for r, f in after_each(held("CEASE", NextAction("call", TODAY))) if r.code == "NA")
    assert after.next_action.code == "hold"
    assert after.next_action.on > TODAY
