"""Callbacks: when somebody is called again, and what of them a call has answered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from collect_tui.domain import steps
from collect_tui.domain.codes import Result
from collect_tui.domain.contact.points import label
from collect_tui.domain.dates import as_utc, local_time
from collect_tui.domain.effects import (
    CallbackChanged,
    CallbackScheduled,
    Effect,
)
from collect_tui.domain.errors import Invalid, Refused
from collect_tui.domain.facts import PHONE_KINDS, AccountFacts, Callback, NextAction, Point
from collect_tui.domain.states import AccountState, CallbackState

EARLY: Final = timedelta(minutes=15)
"""A callback is kept when the account is worked this long before its time, or any time after."""

CALLBACK_ACTION: Final = "callback"


def callback(
    facts: AccountFacts,
    *,
    at: datetime,
    point: Point | None,
    owner: str | None,
    note: str,
    ids: Callable[[], int],
    zone: str,
) -> tuple[Effect, ...]:
    """A callback at an instant. The owner's own that is still to come gives way to it, and a missed one is thereby put off; those of
    others and of anybody stay. The next action is the earliest callback.

    `owner` None lets anybody take it; `zone` says on which day it falls. Raises Invalid "callback.in_past" or
    "contact.point_kind", Refused "callback.point" for a number that must not be called, "account.closed".
    """
    check_open(facts)
    instant = as_utc(at)
    if local_time(instant, zone).date() < facts.business_date:
        raise Invalid("callback.in_past", "Expected a time for the callback that is still to come.", "at")
    if point is not None and point.kind not in PHONE_KINDS:
        raise Invalid("contact.point_kind", f"Expected a telephone to call back; {label(point)} is none.", "point")
    if point is not None and not point.callable:
        raise Refused("callback.point", f"{label(point).capitalize()} is not to be called: {_why_not(point)}.", "point")
    new = Callback(ids(), instant, owner, None if point is None else point.id, CallbackState.SCHEDULED, note)
    mine = [c for c in facts.callbacks if c.status == CallbackState.MISSED or (owner is not None and c.owner == owner)]
    standing = (*(c for c in facts.callbacks if c.status == CallbackState.SCHEDULED and c not in mine), new)
    return (
        *(CallbackChanged(c.id, CallbackState.RESCHEDULED, c.status) for c in mine),
        CallbackScheduled(new),
        steps.set_action(facts, at_callback(min(standing, key=lambda c: c.at), zone)),
    )


def kept_by(facts: AccountFacts, result: Result, now: datetime, zone: str) -> list[Callback]:
    """Callbacks that a worked contact settles: those whose time has come, and with the right party all of the day."""
    if not result.worked:
        return []
    if result.right_party:
        return [c for c in facts.callbacks if local_time(c.at, zone).date() <= facts.business_date]
    return [c for c in facts.callbacks if c.at <= now + EARLY]


def at_callback(callback: Callback, zone: str) -> NextAction:
    return NextAction(CALLBACK_ACTION, local_time(callback.at, zone).date(), callback.at)


def check_open(facts: AccountFacts) -> None:
    if facts.status != AccountState.OPEN:
        raise Refused("account.closed", "This account is closed; nothing more is planned for it.", None)


def _why_not(point: Point) -> str:
    return "the customer opted out" if point.consent == "out" else f"it is marked {point.quality}"
