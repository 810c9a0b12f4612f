"""Holds: placed once, released with a reason, and who holds the ladder when several do."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from collect_tui.domain import states
from collect_tui.domain.errors import DomainError
from collect_tui.domain.facts import AccountFacts, Hold, Holder, NextAction
from collect_tui.domain.hold import decide as hold
from collect_tui.domain.promise import decide as promises
from collect_tui.domain.rules import HoldKind
from collect_tui.domain.states import HoldState
from collect_tui.policy import next_action
from support.trade import (
    CALENDAR,
    CEASE,
    CLAIM,
    HOUSE,
    KINDS,
    MEDICAL,
    TODAY,
    WATCH,
    account,
    days,
    fold,
    numbers,
    promise,
)


def place(facts: AccountFacts, kind: HoldKind, until: date | None = None, first_id: int = 3, **more: object):
    options = {"reason": "form 12", "by": "mia", "ids": numbers(first_id), "calendar": CALENDAR, **more}
    return hold.place(facts, kind, until=until, **options)


@pytest.mark.parametrize(
    ("kind", "until", "ends", "paused", "next_action"),
    [
        (MEDICAL, None, days(30), Holder.read("hold 3"), NextAction("call", TODAY)),  # calls go on
        (MEDICAL, days(7), days(7), Holder.read("hold 3"), NextAction("call", TODAY)),
        (CEASE, None, None, Holder.read("hold 3"), NextAction("hold", days(30))),
        (
            CLAIM,
            None,
            days(5),
            Holder.read("hold 3"),
            NextAction("hold", days(7)),
        ),  # ends on a Saturday, reviewed on the Monday
        (CLAIM, TODAY, TODAY, Holder.read("hold 3"), NextAction("hold", days(1))),
        (CLAIM, days(2), days(2), Holder.read("hold 3"), NextAction("hold", days(4))),  # the day after is Thanksgiving
        (CLAIM, days(30), days(30), Holder.read("hold 3"), NextAction("hold", days(32))),  # Christmas Eve; then Friday
        (
            CLAIM,
            days(300),
            days(300),
            Holder.read("hold 3"),
            NextAction("hold", days(30)),
        ),  # looked at again before it ends
        (WATCH, None, None, None, NextAction("call", TODAY)),
    ],
)
def test_placing(
    kind: HoldKind, until: date | None, ends: date | None, paused: Holder | None, next_action: NextAction
) -> None:
    after = fold(account(), place(account(), kind, until))
    assert (after.holds[0].until, after.holds[0].kind, after.holds[0].placed_by) == (ends, kind.code, "mia")
    assert (after.ladder_paused_by, after.stage, after.next_action) == (paused, "NOTICE_2", next_action)


@pytest.mark.parametrize(
    ("holds", "until", "more", "code"),
    [
        ((), days(-1), {}, "hold.in_past"),
        ((), date(2040, 1, 1), {}, "date.out_of_range"),
        ((), None, {"scope": "service"}, "hold.scope"),
        ((), None, {"scope": "planet", "target_id": 1}, "hold.scope"),
        ((), None, {"target_id": 1}, "hold.scope"),
        ((Hold(1, "MEDICAL", TODAY, days(3)),), None, {}, "hold.overlap"),
        ((Hold(1, "MEDICAL", TODAY, TODAY),), None, {}, "hold.overlap"),
        ((Hold(1, "MEDICAL", TODAY, None),), None, {}, "hold.overlap"),
    ],
)
def test_what_cannot_be_placed(holds: tuple, until: date | None, more: dict, code: str) -> None:
    with pytest.raises(DomainError) as caught:
        place(account(holds=holds), MEDICAL, until, **more)
    assert caught.value.code == code


@pytest.mark.parametrize(
    "other",
    [
        Hold(1, "CEASE", TODAY, None),
        Hold(1, "MEDICAL", days(-9), days(-1)),
        Hold(1, "MEDICAL", TODAY, None, scope="service", target_id=1),
        Hold(1, "MEDICAL", TODAY, None, status=HoldState.RELEASED),
    ],
)
def test_what_does_not_overlap(other: Hold) -> None:
    assert place(account(holds=(other,)), MEDICAL)


def test_releasing() -> None:
    facts = fold(account(), place(account(), CEASE))
    after = fold(facts, hold.release(facts, CEASE, "withdrawn"))
    assert (after.holds, after.ladder_paused_by) == ((), None)
    (then,) = next_action.released(after, None, (), HOUSE)
    assert then.new == NextAction("call", TODAY)
    (then,) = next_action.released(replace(after, items=()), None, (), HOUSE)
    assert then.new == NextAction("monitor", days(30)), "nothing is owed"
    for reason, code in [("x", "hold.none"), (" ", "hold.reason")]:
        with pytest.raises(DomainError) as caught:
            hold.release(after, CEASE, reason)
        assert caught.value.code == code


@pytest.mark.parametrize(
    ("action", "kinds", "scope", "found"),
    [
        ("suspend", KINDS, ("account", None), [1]),
        ("suspend", KINDS, ("service", 7), [1, 2]),
        ("suspend", KINDS, ("service", 8), [1]),
        ("call", KINDS, ("account", None), [1, 3]),
        ("fee", KINDS, ("account", None), []),
        ("fee", {}, ("account", None), [1, 3]),  # a kind nobody knows any more forbids everything
    ],
)
def test_blocking(action: str, kinds: dict, scope: tuple, found: list[int]) -> None:
    holds = (
        Hold(1, "CLAIM", TODAY, days(3)),
        Hold(2, "MEDICAL", TODAY, None, scope="service", target_id=7),
        Hold(3, "CEASE", TODAY, TODAY),
        Hold(4, "CLAIM", days(-9), days(-1)),
        Hold(5, "CLAIM", days(-9), None, status=HoldState.RELEASED),
    )
    ids = [h.id for h in hold.blocking(account(holds=holds), action, kinds, scope=scope[0], target_id=scope[1])]
    assert ids == found


@pytest.mark.parametrize(
    ("blocks", "shown"),
    [
        (("call", "letter", "suspend", "fee", "place", "promise"), ("call", "letter", "suspend", "promise", "fee")),
        (("place",), ()),
        (("promise", "letter"), ("letter", "promise")),
        (None, tuple(hold.ENFORCED)),  # a kind nobody knows any more
    ],
)
def test_only_what_the_desk_does_is_shown_as_forbidden(blocks: tuple | None, shown: tuple) -> None:
    assert hold.forbids(None if blocks is None else HoldKind("X", "X", blocks, None, False)) == shown


class LadderPaths(RuleBasedStateMachine):
    """Whatever order holds and promises come and go in, the ladder runs when nothing holds it, and only then."""

    @initialize()
    def start(self) -> None:
        self.ids = numbers(100)
        self.facts = account()

    def attempt(self, decide, *allowed: str) -> None:
        try:
            effects = decide()
        except DomainError as error:
            if error.code not in allowed:
                raise
            return
        self.facts = fold(self.facts, effects)

    @rule(kind=st.sampled_from([*KINDS.values()]))
    def places(self, kind: HoldKind) -> None:
        allowed = ("hold.overlap",) if any(h.kind == kind.code for h in self.facts.holds) else ()
        options = {"until": None, "reason": "", "by": "mia", "ids": self.ids, "calendar": CALENDAR}
        self.attempt(lambda: hold.place(self.facts, kind, **options), *allowed)

    @rule(kind=st.sampled_from([*KINDS.values()]))
    def releases(self, kind: HoldKind) -> None:
        allowed = () if any(h.kind == kind.code for h in self.facts.holds) else ("hold.none",)
        self.attempt(lambda: hold.release(self.facts, kind, "over", KINDS), *allowed)

    @rule()
    def promises(self) -> None:
        more = {"method": None, "grace_days": 2, "by": "mia", "ids": self.ids, "calendar": CALENDAR}
        self.attempt(lambda: promises.make(self.facts, promises.single(100, TODAY), kind="single", **more))

    @rule()
    def cancels(self) -> None:
        allowed = () if self.facts.open_promise else ("promise.none",)
        self.attempt(lambda: promises.cancel(self.facts, "asked", CALENDAR), *allowed)

    @invariant()
    def the_ladder_is_held_by_what_is_there(self) -> None:
        facts = self.facts
        holds = {h.holder for h in facts.holds if KINDS[h.kind].pauses_ladder}
        held = {facts.open_promise.holder} if facts.open_promise else set()
        expected = holds or held
        assert facts.ladder_paused_by in expected if expected else facts.ladder_paused_by is None
        assert facts.stage == "NOTICE_2"


TestLadderPaths = LadderPaths.TestCase
TestLadderPaths.settings = settings(max_examples=60, stateful_step_count=20, deadline=None)


def test_a_hold_takes_the_ladder_over_from_a_promise_and_hands_it_back() -> None:
    facts = account(promises=(promise(9, (3, 5000, 0)),), ladder_paused_by=Holder.read("promise 9"))
    held = fold(facts, place(facts, CEASE))
    assert held.ladder_paused_by == Holder.read("hold 3")
    assert fold(held, hold.release(held, CEASE, "over")).ladder_paused_by == Holder.read("promise 9")


MACHINES = tuple(states.MACHINES.values())


@pytest.mark.parametrize("machine", MACHINES)
def test_a_machine_goes_nowhere_it_does_not_know(machine: states.Machine) -> None:
    for state, targets in machine.items():
        assert targets <= machine.keys()
        assert state not in targets


@pytest.mark.parametrize("machine", MACHINES)
def test_every_state_can_be_reached_from_the_first(machine: states.Machine) -> None:
    seen, todo = set(), [next(iter(machine))]
    while todo:
        state = todo.pop()
        if state not in seen:
            seen.add(state)
            todo += machine[state]
    assert seen == machine.keys()


@pytest.mark.parametrize("kind", states.MACHINES)
def test_the_check_agrees_with_the_table(kind: type[states.State]) -> None:
    for state, targets in states.MACHINES[kind].items():
        for new in kind:
            if new == state or new in targets:
                states.check(state, new)
            else:
                with pytest.raises(DomainError) as caught:
                    states.check(state, new)
                assert caught.value.code == f"{states.trade_name(state)}.state"
