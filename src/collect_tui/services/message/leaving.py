"""How a message leaves: at which hours, to which address as its port takes it, and how long it may be on its way."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from collect_tui.domain.contact.points import candidate_zones
from collect_tui.domain.contact.zones import intersect_window
from collect_tui.domain.facts import AccountFacts
from collect_tui.domain.message.template import Head
from collect_tui.policy.verdicts import Finding, Severity
from collect_tui.services.message import far_names
from collect_tui.services.unit_of_work import UnitOfWork
from collect_tui.store.names import point_key

QUIET: Final = ("sms", "chat", "social")
"""Channels that ring: they keep the hours of calls."""

IN_FLIGHT: Final = timedelta(minutes=10)
"""A message that was handed over so lately may be with another run, which knows better: longer than any port waits for an answer."""


def on_its_way(row: Any, now: datetime) -> bool:
    """Whether another run may be handing it over at this moment: it has said nothing yet."""
    return not row.detail and row.tried_at > now - IN_FLIGHT


def open_now(seen: AccountFacts, point: Any, work: UnitOfWork, *, answers: bool) -> bool:
    """Whether it is the hour of calls wherever the customer may be, and none that they excepted.

    Whoever wrote and may be anywhere is answered at our hours.
    """
    rules, zones = work.catalogue.rules.contact.of(seen.party_kind), candidate_zones(seen, point)
    if not zones and answers:
        zones = (work.zone,)
    return bool(zones) and intersect_window(zones, rules.start, rules.end, work.now, rules.times(seen.times)).open


def overtaken(head: Head, seen: AccountFacts, written_at: datetime) -> Finding | None:
    """Why a message does not leave as it was written: what it confirms has changed since."""
    if head.about not in ("the promise", "the plan"):
        return None
    turns = (at for promise in seen.promises for at in (promise.made_at, promise.closed_at) if at is not None)
    if all(at <= written_at for at in turns):
        return None
    told = "What was promised has changed since it was written."
    return Finding("message.overtaken", Severity.HOLD, told, "overtaken", "House rule")


def address(channel: str, kept: str, country: str) -> str:
    """An address as the port of a channel takes it: a telephone in E.164, however it was written down."""
    if channel == "letter":
        return kept.replace(", ", "\n", 1)
    return f"+{point_key('mobile', kept, country)}" if channel == "sms" else far_names.sent(kept)
