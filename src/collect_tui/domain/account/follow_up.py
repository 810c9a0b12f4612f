"""When the next action falls that a result asks for: within the hours it will be judged by, and on a day the desk works.

A timed follow-up (no answer: in four hours) is put where `policy.contact.may_call` will say that the hours are open, in every zone the
customer may be in. What falls on another day falls on a business day.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from collect_tui.domain.calendars import Calendar
from collect_tui.domain.codes import FollowUp
from collect_tui.domain.contact.points import candidate_zones
from collect_tui.domain.contact.zones import opening
from collect_tui.domain.dates import as_utc, local_time, zone_info
from collect_tui.domain.facts import AccountFacts, NextAction, Point
from collect_tui.domain.hold import decide as hold
from collect_tui.domain.queue.rules import CALLS, DECISIONS
from collect_tui.domain.rules import ContactRules, HoldKind


def follow(
    asked: FollowUp,
    facts: AccountFacts,
    point: Point | None,
    now: datetime,
    calendar: Calendar,
    zone: str,
    rules: ContactRules,
) -> NextAction | None:
    """When a follow-up falls; None: the date stays.

    A timed one is on the business date, or as many days on as the desk's clock (`zone`) passes midnight until then. Where no
    time can be proposed (`untimed`), it is the next business day.
    """
    today, rules = facts.business_date, rules.of(facts.party_kind)
    if asked.minutes is not None:
        at = _working_hour(asked.minutes, facts, point, now, calendar, zone, rules)
        on = calendar.next_business_day(today) if at is None else day_of(at, today, now, zone)
        return NextAction(asked.action, on, at)
    if asked.days is not None:
        return NextAction(asked.action, calendar.from_today(today + timedelta(days=asked.days), today))
    if asked.business_days is not None:
        return NextAction(asked.action, calendar.add_business_days(today, asked.business_days))
    return None


def chosen(new: NextAction, facts: AccountFacts, holds: Mapping[str, HoldKind], calendar: Calendar) -> NextAction:
    """What comes next when a result asks for `new`, on the facts after it: what waits for somebody else stays, and where a hold forbids
    calls so does other work at the desk, or the hold is looked at again."""
    old, today = facts.next_action, facts.business_date
    if old is not None and goes_before(old, new, facts, holds):
        return old
    held = hold.blocking(facts, "call", holds) if new.code in CALLS else ()
    if not held:
        return new
    if old is not None and old.code not in CALLS:
        return old
    review = min(hold.review_on(each, calendar) for each in held)
    return NextAction(hold.HELD, review if review > today else calendar.next_business_day(today))


def goes_before(old: NextAction, new: NextAction, facts: AccountFacts, holds: Mapping[str, HoldKind]) -> bool:
    """A decision stays until it is made, or another comes sooner; what is awaited stays until its day unless other work comes sooner,
    which no call is."""
    if old.code == new.code or not is_awaited(old, facts, holds):
        return False
    sooner = old.on <= new.on
    if old.code in DECISIONS:
        return sooner or not (new.code in DECISIONS or _awaited(new.code, facts, holds))
    return sooner or new.code in CALLS


def is_awaited(action: NextAction, facts: AccountFacts, holds: Mapping[str, HoldKind]) -> bool:
    """Whether it waits for somebody else: who decides, however late, or who is at work on it until its day."""
    return action.code in DECISIONS or (action.on > facts.business_date and _awaited(action.code, facts, holds))


def _awaited(code: str, facts: AccountFacts, holds: Mapping[str, HoldKind]) -> bool:
    """Whether somebody else is at work: on an open case of that name, or on what a hold stands for."""
    kinds = [each.kind for each in hold.active(facts)]
    held = bool(kinds) if code == hold.HELD else any(kind in holds and holds[kind].comes_back == code for kind in kinds)
    return held or any(case.kind == code for case in facts.cases)


def untimed(
    asked: FollowUp, facts: AccountFacts, point: Point | None, now: datetime, rules: ContactRules
) -> str | None:
    """Why a timed follow-up has a day and no time, as a sentence without its full stop; None when it has a time or needs none."""
    rules = rules.of(facts.party_kind)
    if asked.minutes is None or _zones(facts, point, as_utc(now) + timedelta(minutes=asked.minutes), rules):
        return None
    hours = rules.hours
    if not candidate_zones(facts, point):
        return f"the customer's time zone is not known, so no time within {hours} can be proposed"
    return f"the customer's possible time zones share no hour within {hours}, so no time can be proposed"


def _working_hour(
    minutes: int,
    facts: AccountFacts,
    point: Point | None,
    now: datetime,
    calendar: Calendar,
    zone: str,
    rules: ContactRules,
) -> datetime | None:
    """The first instant so many minutes from now or later that is within the hours, and today or on a business day."""
    today = facts.business_date
    wanted = as_utc(now) + timedelta(minutes=minutes)
    zones = _zones(facts, point, wanted, rules)
    at = best_from(zones, wanted, facts, rules)
    while at is not None and (day := day_of(at, today, now, zone)) != calendar.from_today(day, today):
        morning = local_time(now, zone).date() + (calendar.on_or_after(day) - today)
        at = best_from(zones, datetime.combine(morning, time(), zone_info(zone)), facts, rules)
    return at


def best_from(zones: tuple[str, ...], wanted: datetime, facts: AccountFacts, rules: ContactRules) -> datetime | None:
    """The first instant from `wanted` on that is within the hours and not excepted; at the customer's best time where that comes on
    the same day."""
    said = rules.times(facts.times)
    first, best = (opening(zones, rules.start, rules.end, wanted, each) for each in (said, said.preferred()))
    same = (
        first is not None
        and best is not None
        and all(local_time(first, zone).date() == local_time(best, zone).date() for zone in zones)
    )
    return best if same else first


def _zones(facts: AccountFacts, point: Point | None, wanted: datetime, rules: ContactRules) -> tuple[str, ...]:
    """Zones whose hours bind the next try: of all numbers, since it may be on another; else of the one that was tried."""
    for zones in (candidate_zones(facts), candidate_zones(facts, point)):
        if opening(zones, rules.start, rules.end, wanted, rules.times(facts.times)) is not None:
            return zones
    return ()


def day_of(at: datetime, today: date, now: datetime, zone: str) -> date:
    """The business date of an instant to come, by how often the desk's clock passes midnight until then."""
    return today + (local_time(at, zone).date() - local_time(now, zone).date())
