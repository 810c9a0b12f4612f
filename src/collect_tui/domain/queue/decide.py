"""Passing an account over and putting it off: with a reason. How far and how often is judged by `policy/worklist.py`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from collect_tui.domain import steps
from collect_tui.domain.calendars import Calendar
from collect_tui.domain.effects import Effect, Skipped, Snoozed
from collect_tui.domain.errors import Invalid, Refused
from collect_tui.domain.facts import AccountFacts, NextAction
from collect_tui.domain.states import AccountState


def skip(facts: AccountFacts, reason: str, reasons: Mapping[str, str] | None = None) -> tuple[Effect, ...]:
    """Passes the account over for a reason among `reasons` (code to title; None: not checked). Its dates stay.

    Raises Invalid "skip.reason".
    """
    return (Skipped(_reason("skip", reason, reasons)),)


def snooze(
    facts: AccountFacts, until: date, reason: str, calendar: Calendar, reasons: Mapping[str, str] | None = None
) -> tuple[Effect, ...]:
    """Puts the account off until a day, the business day after it if nobody works on it; its next action moves there too.

    Raises Invalid "snooze.reason", "snooze.past" (not after the business date); Refused "account.closed".
    """
    if facts.status != AccountState.OPEN:
        raise Refused("account.closed", "This account is closed; there is nothing to put off.", None)
    code = _reason("snooze", reason, reasons)
    if until <= facts.business_date:
        raise Invalid("snooze.past", "Expected a date after today to put the account off to.", "until")
    until = calendar.on_or_after(until)
    was = facts.next_action
    what = NextAction("call" if was is None else was.code, until)
    parked = facts.parked and replace(facts.parked, action=NextAction(facts.parked.action.code, until))
    return Snoozed(until, code, facts.snoozes), steps.set_action(facts, what, parked)


def _reason(act: str, reason: str, reasons: Mapping[str, str] | None) -> str:
    code = reason.strip().upper()
    if not code or (reasons is not None and code not in reasons):
        known = "" if reasons is None else f": {', '.join(reasons)}"
        raise Invalid(f"{act}.reason", f"Expected a reason{known}.", "reason")
    return code
