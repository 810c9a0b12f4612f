"""How often a customer was called: counted by the days of every zone they may be in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from collect_tui.domain.contact import conversation
from collect_tui.domain.dates import as_utc, local_time, zone_info
from collect_tui.domain.errors import Invalid
from collect_tui.domain.facts import AccountFacts, Attempt
from collect_tui.domain.rules import ContactRules


def attempts(facts: AccountFacts, now: datetime, rules: ContactRules, zone: str | None) -> int:
    """Counted calls whose local date lies in the last `window_days` days, today's included; in UTC without a zone.

    All numbers and all accounts of the customer add up. The next call is within the presumption while this is below `max_attempts`.
    """
    today = local_date(as_utc(now), zone)
    return counted(of_customer(facts), today, rules.of(facts.party_kind), zone)


def of_customer(facts: AccountFacts) -> tuple[Attempt, ...]:
    """The attempts on all accounts of the customer: one call about several of them is one."""
    return facts.attempts + facts.elsewhere


def most_attempts(facts: AccountFacts, now: datetime, rules: ContactRules, zones: Sequence[str]) -> int:
    """The count of the strictest of the zones."""
    return max(attempts(facts, now, rules, zone) for zone in judged_in(zones))


def calls(made: Sequence[Attempt], rules: ContactRules) -> list[Attempt]:
    """Those that count, by `conversation.calls`."""
    return conversation.calls(made, rules.conversation_minutes)


def counted(made: Sequence[Attempt], today: date, rules: ContactRules, zone: str | None) -> int:
    since = today - timedelta(days=rules.window_days - 1)
    return sum(1 for a in calls(made, rules) if since <= local_date(a.at, zone) <= today)


def known_zones(zones: Sequence[str]) -> list[str]:
    """Those of the zones that the tz database has."""
    found = []
    for zone in zones:
        try:
            zone_info(zone)
        except Invalid:
            continue
        found.append(zone)
    return found


def judged_in(zones: Sequence[str]) -> Sequence[str | None]:
    """The zones whose local dates count; UTC (None) when none is known."""
    return known_zones(zones) or [None]


def local_date(instant: datetime, zone: str | None) -> date:
    return instant.date() if zone is None else local_time(instant, zone).date()
