"""How far ahead, and how often, an account may be put off by hand: `[queue]` of rules.toml, beyond which a lead overrides.

What is set for later stands in no queue until then, whatever it is called: a snooze, a next action or a callback. So all are
judged by the same caps, and none is a way round another.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from collect_tui.common.words import plural
from collect_tui.domain.calendars import Calendar
from collect_tui.domain.dates import clock, format_day, local_time
from collect_tui.domain.facts import AccountFacts
from collect_tui.domain.rules import QueuePolicy
from collect_tui.policy.verdicts import Finding, Severity, Verdict

_FIELDS: Final = {"snooze": "until", "next": "on", "callback": "at"}
"""Field of the command that a finding is about."""


def judge_snooze(facts: AccountFacts, until: date, policy: QueuePolicy, calendar: Calendar) -> Verdict:
    """Putting off until a day: not too far, not too often since the account was last worked; and on a business day."""
    return Verdict.of(
        (
            *_far(facts, until, policy.max_snooze_days, policy, "snooze", "An account may be put off {days}"),
            *_often(facts, policy, "snooze"),
            *_moved(facts, until, calendar),
        )
    )


def judge_next(facts: AccountFacts, on: date, policy: QueuePolicy, calendar: Calendar) -> Verdict:
    """A next action set by hand: not too far; no later than it is after the account was put off as often as may be."""
    later = on > facts.business_date and (facts.next_action is None or on > facts.next_action.on)
    return Verdict.of(
        (
            *_far(facts, on, policy.max_next_action_days, policy, "next", "A next action may be set {days} ahead"),
            *(_often(facts, policy, "next") if later else ()),
            *_moved(facts, on, calendar),
        )
    )


def judge_callback(facts: AccountFacts, on: date, policy: QueuePolicy, calendar: Calendar) -> Verdict:
    """The day of a callback: not too far. One the customer named stays though nobody works on it, and the agent is told."""
    told = []
    if on != calendar.from_today(on, facts.business_date):
        day = format_day(on, facts.business_date)
        sentence = f"{day[:1].upper()}{day[1:]} is no business day; see that somebody is there to call."
        told = [Finding("callback.day", Severity.WARN, sentence, "at")]
    return Verdict.of(
        (*_far(facts, on, policy.max_next_action_days, policy, "callback", "A callback may be set {days} ahead"), *told)
    )


def before(facts: AccountFacts, until: date, zone: str, field: str) -> Verdict:
    """Callbacks that stand before the day to which an account is put off by hand: they stay, and the agent is told. `zone`: the desk's."""
    found = sorted(c.at for c in facts.callbacks if local_time(c.at, zone).date() < until)
    if not found:
        return Verdict()
    day = format_day(local_time(found[0], zone).date(), facts.business_date)
    stands = "A callback stands" if len(found) == 1 else f"{len(found)} callbacks stand"
    sentence = f"{stands} before that day, {'' if len(found) == 1 else 'the first '}{day} {clock(found[0], zone)}."
    return Verdict.of((Finding("next.callback", Severity.WARN, sentence, field),))


def _far(facts: AccountFacts, on: date, most: int, policy: QueuePolicy, act: str, may: str) -> Iterator[Finding]:
    last = facts.business_date + timedelta(days=most)
    if on > last:
        days = plural(most, "day")
        sentence = f"{may.format(days=days)}, until {format_day(last, facts.business_date)} at most."
        yield Finding(
            f"{act}.too_far", Severity.HOLD, sentence, _FIELDS[act], "House rule", override_role=policy.override_role
        )


def _often(facts: AccountFacts, policy: QueuePolicy, act: str) -> Iterator[Finding]:
    if facts.snoozes >= policy.max_snoozes:
        times = {0: "may not be put off", 1: "has been put off once since it was last worked"}.get(
            policy.max_snoozes, f"has been put off {policy.max_snoozes} times since it was last worked"
        )
        sentence = f"This account {times}; work it now."
        yield Finding(
            f"{act}.too_often", Severity.HOLD, sentence, _FIELDS[act], "House rule", override_role=policy.override_role
        )


def _moved(facts: AccountFacts, on: date, calendar: Calendar) -> Iterator[Finding]:
    return moved(facts, on, calendar.from_today(on, facts.business_date), "no business day", "next.day", "on")


def moved(facts: AccountFacts, asked: date, done: date, what: str, rule: str, field: str) -> Iterator[Finding]:
    """That something is done on another day than was asked for, which is `what`."""
    if done != asked:
        was, then = (format_day(day, facts.business_date) for day in (asked, done))
        yield Finding(rule, Severity.WARN, f"{was[:1].upper()}{was[1:]} is {what}: {then} instead.", field)
