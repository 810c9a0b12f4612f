"""When the next call may be: the first instant, from the one asked for on, at which the policy allows one.

What an act chose as the next action is judged as the account is after that act: the call that was just logged counts. A callback is not
moved, since the customer named its time; nor is a day that somebody set by hand.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time
from typing import Final

from collect_tui.domain.account.follow_up import best_from, day_of
from collect_tui.domain.calendars import Calendar
from collect_tui.domain.contact.callbacks import CALLBACK_ACTION, at_callback
from collect_tui.domain.contact.points import candidate_zones
from collect_tui.domain.dates import as_utc, format_day, local_time, zone_info
from collect_tui.domain.facts import AccountFacts, NextAction
from collect_tui.domain.promise.decide import follow_up
from collect_tui.domain.queue.rules import CALLS
from collect_tui.domain.rules import ContactRules
from collect_tui.domain.states import CallbackState
from collect_tui.policy.contact import may_call
from collect_tui.policy.verdicts import Finding, Severity

MOVED: Final = frozenset(CALLS) - {CALLBACK_ACTION}
"""Next actions that are put off until a call is allowed."""

_TIMED: Final = frozenset({"window", "times", "cap", "cooldown"})
"""Checks that time alone will meet; a hold or a missing number is none."""

_TRIES: Final = 12


def put_off(
    facts: AccountFacts, now: datetime, rules: ContactRules, calendar: Calendar, zone: str
) -> tuple[NextAction, Finding] | None:
    """The next action when its call is not allowed yet: the same later, or the callback that comes before that; and why.

    `facts` are those after the act; `zone` is the desk's own. None: it may stay. Where no instant can be found it stays too.
    """
    asked = facts.next_action
    if asked is None or asked.code not in MOVED:
        return None
    found = _first(facts, asked, as_utc(now), rules, calendar, zone)
    if found is None:
        return None
    new, why = found
    day = format_day(new.on, facts.business_date)
    sentence = f"The next call is put off to {day}: {why.sentence[:1].lower()}{why.sentence[1:]}"
    waiting = [c for c in facts.callbacks if c.status == CallbackState.SCHEDULED and c.at > as_utc(now)]
    if waiting and (first := at_callback(min(waiting, key=lambda c: c.at), zone)).on <= new.on:
        new = first
    if (held := facts.open_promise) is not None and facts.business_date <= (
        check := follow_up(held, calendar)
    ) < new.on:
        new = NextAction("promise", check)
    return new, Finding("contact.next_call", Severity.INFO, sentence, why.check)


def too_soon(facts: AccountFacts, now: datetime, rules: ContactRules, calendar: Calendar, zone: str) -> Finding | None:
    """A warning where somebody set a call by hand for a day on which none will be allowed; the day stays."""
    asked = facts.next_action
    if (
        asked is None
        or asked.code not in MOVED
        or (found := _first(facts, asked, as_utc(now), rules, calendar, zone)) is None
    ):
        return None
    why = found[1]
    day = format_day(found[0].on, facts.business_date)
    sentence = f"No call is allowed before {day}: {why.sentence[:1].lower()}{why.sentence[1:]}"
    return Finding("contact.next_call", Severity.WARN, sentence, why.check, why.cite)


def _first(
    facts: AccountFacts, asked: NextAction, now: datetime, rules: ContactRules, calendar: Calendar, zone: str
) -> tuple[NextAction, Finding] | None:
    today = facts.business_date
    at = asked.at or (now if asked.on <= today else _morning(asked.on, today, now, zone))
    why: Finding | None = None
    for _ in range(_TRIES):
        late = _refused(facts, at, rules)
        if late is not None and late.next_ok is not None:
            at = late.next_ok
            if asked.at or day_of(at, today, now, zone) > asked.on:
                why = late
            continue
        day = day_of(at, today, now, zone)
        if day == (worked := calendar.from_today(day, today)) or day <= asked.on:
            break
        at = _morning(worked, today, now, zone)
    else:
        return None
    if why is None:
        return None
    on = day_of(at, today, now, zone)
    if asked.at is None:
        return replace(asked, on=on), why
    best = best_from(candidate_zones(facts), at, facts, rules.of(facts.party_kind)) or at
    return replace(asked, on=on, at=at if _refused(facts, best, rules) else best), why


def _refused(facts: AccountFacts, at: datetime, rules: ContactRules) -> Finding | None:
    """Which of the checks lasts longest at an instant; None: a call is allowed, or time will not help."""
    found = [
        f
        for f in may_call(replace(facts, holds=()), at, rules, {}, today=facts.business_date).findings
        if f.check in _TIMED and f.severity > Severity.WARN and f.next_ok is not None and f.next_ok > at
    ]
    return max(found, key=lambda f: f.next_ok or at, default=None)


def _morning(day: date, today: date, now: datetime, zone: str) -> datetime:
    """The instant at which a business date begins by the desk's clock."""
    return as_utc(datetime.combine(local_time(now, zone).date() + (day - today), time(), zone_info(zone)))
