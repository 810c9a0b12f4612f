"""Passing an account over and putting it off: allowed, with a reason, and never for long."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from collect_tui.domain.dates import format_day
from collect_tui.domain.effects import Effect, NextActionSet, Skipped, Snoozed
from collect_tui.domain.errors import Invalid, Refused
from collect_tui.domain.facts import AccountFacts, NextAction
from collect_tui.domain.rules import QueuePolicy


def skip(facts: AccountFacts, reason: str, reasons: Mapping[str, str] | None = None) -> tuple[Effect, ...]:
    """Passes the account over for a reason among `reasons` (code to title; None: not checked). Its dates stay.

    Raises Invalid "skip.reason".
    """
    return (Skipped(_reason("skip", reason, reasons)),)


def snooze(
    facts: AccountFacts, until: date, reason: str, policy: QueuePolicy, reasons: Mapping[str, str] | None = None
) -> tuple[Effect, ...]:
    """Puts the account off until a business date; its next action moves there with it.

    Raises Invalid "snooze.reason", "snooze.past" (not after the business date), "snooze.too_far"; Refused
    "snooze.too_often" (counted since the account was last worked) and "account.closed".
    """
    if facts.status != "OPEN":
        raise Refused("account.closed", "This account is closed; there is nothing to put off.", None)
    code = _reason("snooze", reason, reasons)
    if until <= facts.business_date:
        raise Invalid("snooze.past", "Expected a date after today to put the account off to.", "until")
    last = facts.business_date + timedelta(days=policy.max_snooze_days)
    if until > last:
        latest = format_day(last, facts.business_date)
        sentence = f"An account may be put off {policy.max_snooze_days} days, until {latest} at most."
        raise Invalid("snooze.too_far", sentence, "until")
    if facts.snoozes >= policy.max_snoozes:
        times = "once" if policy.max_snoozes == 1 else f"{policy.max_snoozes} times"
        sentence = f"This account has been put off {times} since it was last worked; work it now."
        raise Refused("snooze.too_often", sentence, "until")
    old = facts.next_action
    return (
        Snoozed(until, code, facts.snoozes),
        NextActionSet(NextAction("call" if old is None else old.code, until), old),
    )


def _reason(act: str, reason: str, reasons: Mapping[str, str] | None) -> str:
    code = reason.strip().upper()
    if not code or (reasons is not None and code not in reasons):
        known = "" if reasons is None else f": {', '.join(reasons)}"
        raise Invalid(f"{act}.reason", f"Expected a reason{known}.", "reason")
    return code
