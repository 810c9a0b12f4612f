"""A pause that freezes the clock: of any length, from one business date to the next or over several, ended early or gone on with."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from collect_tui.domain.effects import ActUndone, Effect
from collect_tui.domain.errors import Refused
from collect_tui.domain.facts import AccountFacts
from collect_tui.domain.hold import decide as hold
from collect_tui.domain.rules import HoldKind
from collect_tui.domain.undo import inverse
from collect_tui.policy.settling import settle
from support.trade import (
    CALENDAR,
    HOUSE,
    KINDS,
    TODAY,
    account,
    act,
    days,
    fold,
    item,
    nightfall,
    numbers,
    promise,
)

PAUSE = HoldKind("PAUSE", "Pause", ("suspend",), None, True, freezes=True)
REST = replace(PAUSE, code="REST", title="Rest")
FREEZING = replace(HOUSE, holds={**KINDS, PAUSE.code: PAUSE, REST.code: REST})
LATE = (-60, -1, 0, 9)
"""When the items are due, in days from the first of the pause."""

LENGTHS = st.none() | st.integers(0, 20)
ROLLS = st.lists(st.integers(1, 4), max_size=6)


def paused(facts: AccountFacts, length: int | None, first_id: int = 3) -> AccountFacts:
    until = None if length is None else facts.business_date + timedelta(days=length)
    effects = hold.place(
        facts, PAUSE, until=until, reason="lost the job", by="mia", ids=numbers(first_id), calendar=CALENDAR
    )
    return act(facts, effects, house=FREEZING)


def released(facts: AccountFacts) -> AccountFacts:
    if not hold.active(facts):
        return facts
    return act(facts, hold.release(facts, PAUSE, "works again", FREEZING.holds), house=FREEZING)


def rolled(facts: AccountFacts, rolls: list[int]) -> AccountFacts:
    for apart in rolls:
        facts = nightfall(facts, house=FREEZING, apart=apart)
    return facts


def late(facts: AccountFacts) -> list[int]:
    return [max(0, (facts.business_date - i.due).days) for i in sorted(facts.items, key=lambda i: i.id)]


def promised(facts: AccountFacts) -> list[date]:
    assert facts.open_promise is not None
    return [each.due for each in facts.open_promise.instalments]


def whole() -> AccountFacts:
    items = tuple(item(11 + n, 10000, due) for n, due in enumerate(LATE))
    return account(items=items, promises=(promise(9, (60, 5000, 0), (90, 5000, 0), kind="plan"),))


def frozen(length: int | None, passed: int) -> int:
    return passed if length is None else min(length, passed)


@given(LENGTHS, ROLLS, ROLLS)
def test_what_is_late_stands_still_and_goes_on_from_there(
    length: int | None, held: list[int], after: list[int]
) -> None:
    facts = paused(whole(), length)
    began = late(facts)
    for apart in held:
        facts = rolled(facts, [apart])
        if hold.active(facts):
            assert late(facts) == began
    counted = frozen(length, sum(held))
    facts = rolled(released(facts), after)
    later = sum(held) + sum(after) - counted
    assert late(facts) == [max(0, later - due) if due < 1 else late(facts)[3] for due in LATE]
    assert late(facts)[3] <= max(0, later)
    assert promised(facts) == [days(60 + counted), days(90 + counted)], "what is promised moves by the same days"


@given(st.integers(0, 20), ROLLS, LENGTHS, ROLLS)
def test_a_pause_that_is_gone_on_with_counts_its_days_once(
    first: int, held: list[int], second: int | None, longer: list[int]
) -> None:
    facts = rolled(paused(whole(), first), held)
    facts = released(rolled(paused(released(facts), second, 4), longer))
    counted = frozen(first, sum(held)) + frozen(second, sum(longer))
    assert promised(facts) == [days(60 + counted), days(90 + counted)]
    assert late(facts)[0] == (facts.business_date - TODAY).days - counted + 60


def test_what_is_promised_within_a_pause_stays_on_its_day() -> None:
    facts = rolled(paused(account(), 20), [2])
    made = replace(facts, promises=(promise(9, (10, 5000, 0), made_on=days(2)),))
    assert promised(released(rolled(made, [3]))) == [days(10)]
    endless = rolled(paused(account(), None), [2])
    assert promised(rolled(replace(endless, promises=made.promises), [3])) == [days(10)]


def test_a_night_that_is_done_again_moves_nothing() -> None:
    facts = rolled(paused(whole(), 20), [3])
    assert act(facts, (), house=FREEZING, night=True, last=facts.business_date) == facts


Step = tuple[str, HoldKind, int | None]
STEPS = st.tuples(st.sampled_from(["place", "release", "roll", "undo"]), st.sampled_from([PAUSE, REST]), LENGTHS)


class Life:
    """What was done on an account, by acts and by nights, and the days that its pauses take out of it."""

    def __init__(self) -> None:
        self.facts, self.ids = whole(), numbers(100)
        self.done: list[tuple[Step, tuple[Effect, ...]]] = []
        self.overtaken = False

    def take(self, step: Step) -> None:
        what, kind, length = step
        if what == "undo":
            self.undo()
        elif what == "roll":
            before = self.facts
            self.facts = rolled(before, [1 + (length or 0) % 4])
            self.overtaken |= replace(self.facts, business_date=before.business_date) != before
            self.done.append((step, ()))
        else:
            try:
                effects = self.judged(kind, length) if what == "place" else self.released(kind)
            except Refused:
                return
            effects += settle(self.facts, effects, FREEZING, self.ids)
            self.facts, self.overtaken = fold(self.facts, effects), False
            self.done.append((step, effects))

    def judged(self, kind: HoldKind, length: int | None) -> tuple[Effect, ...]:
        until = None if length is None else self.facts.business_date + timedelta(days=length)
        more = {"reason": "ill", "by": "mia", "ids": self.ids, "calendar": CALENDAR, "kinds": FREEZING.holds}
        return hold.place(self.facts, kind, until=until, **more)

    def released(self, kind: HoldKind) -> tuple[Effect, ...]:
        return hold.release(self.facts, kind, "works again", FREEZING.holds)

    def undo(self) -> None:
        """What was done last, where the nights since have changed nothing."""
        last = next((n for n in reversed(range(len(self.done))) if self.done[n][1]), None)
        if last is None or self.overtaken:
            return
        _, effects = self.done.pop(last)
        back = (*inverse(effects, self.facts, self.ids, "undone"), ActUndone("a"))
        self.facts = act(self.facts, back, self.ids, house=FREEZING)
        self.overtaken = True  # what was done before it is another's test
        as_if = Life()
        for step, _ in self.done:
            as_if.take(step)
        for part in ("items", "promises", "stage", "next_action"):
            assert getattr(self.facts, part) == getattr(as_if.facts, part), "as if it had never been done"
        assert standing(self.facts) == standing(as_if.facts)

    def paused_days(self) -> int:
        """Of the steps that are left, day by day."""
        now, days_out, until = 0, 0, dict[str, float]()
        for (what, kind, length), _ in self.done:
            if what == "place":
                until[kind.code] = float("inf") if length is None else now + length
            elif what == "release":
                until.pop(kind.code)
            else:
                apart = 1 + (length or 0) % 4
                days_out += sum(any(day <= end for end in until.values()) for day in range(now + 1, now + apart + 1))
                now += apart
                until = {code: end for code, end in until.items() if end >= now}
        return days_out


def standing(facts: AccountFacts) -> tuple[object, ...]:
    held = [(h.kind, h.placed_on, h.until) for h in facts.holds]
    mine = next((h.kind for h in facts.holds if h.holder == facts.ladder_paused_by), None)
    return held, mine


@given(st.lists(STEPS, max_size=14))
def test_a_day_counts_for_nothing_once_however_many_pauses_it_lies_in(steps: list[Step]) -> None:
    life = Life()
    for step in steps:
        life.take(step)
    for kind in (PAUSE, REST):
        life.take(("release", kind, None))
    counted = life.paused_days()
    assert promised(life.facts) == [days(60 + counted), days(90 + counted)]
    assert late(life.facts)[0] == (life.facts.business_date - TODAY).days - counted + 60
