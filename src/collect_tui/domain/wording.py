"""Words that the sentences of several effects share."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from collect_tui.domain.codes import Codes
from collect_tui.domain.dates import clock, format_day, local_time
from collect_tui.domain.facts import AccountFacts, NextAction

NOTE_WIDTH: Final = 60
"""Characters of a note that a sentence shows."""


def next_action_words(
    action: NextAction | None, facts: AccountFacts, codes: Codes, zone: str = "UTC", now: datetime | None = None
) -> str:
    """A next action in words: `call Mon 1 Dec`, `callback today`; `none` when there is none. One of a day gone by, or of an
    instant before `now`, is overdue: `call Mon 1 Dec, overdue`."""
    if action is None:
        return "none"
    title = codes.next_actions.get(action.code, action.code)
    when = "" if action.at is None else f" {clock(action.at, zone)}"
    gone = action.on < facts.business_date or (action.at is not None and now is not None and action.at < now)
    return f"{title[:1].lower()}{title[1:]} {day_words(action.on, facts)}{when}{', overdue' if gone else ''}"


def numbered(seq: int) -> str:
    """The number of an instalment in a list, four cells: `  2.`; what is paid down has none."""
    return f"{seq:>3}." if seq else "down"


def instalment(seq: int) -> str:
    """An instalment in a sentence: what is paid down has no number."""
    return f"instalment {seq}" if seq else "the down payment"


def day_words(day: date, facts: AccountFacts) -> str:
    """A day as seen from the business date."""
    return format_day(day, facts.business_date)


def low(state: str) -> str:
    """A state or kind as a sentence has it: `PENDING_SUSPEND` is `pending suspend`."""
    return state.replace("_", " ").lower()


def holder(by: str, since: datetime | None, until: datetime, zone: str) -> str:
    """Who works an account, until when, and since when where it was handed to them; by the desk's clock, in `zone`."""
    began = f" (since {local_time(since, zone):%H:%M})" if since is not None else ""
    return f"{by} is working this account until {clock(until, zone)}{began}."


def quoted(note: str) -> str:
    """A note as a sentence shows it: in quotes, its beginning only."""
    return f'"{short(note)}"'


def short(text: str) -> str:
    """A text on one line, its beginning only."""
    line = " ".join(text.split())
    return line if len(line) <= NOTE_WIDTH else line[: NOTE_WIDTH - 1] + "…"


def because(reason: str) -> str:
    """A reason, as it ends a sentence."""
    return f": {short(reason)}" if reason else ""
