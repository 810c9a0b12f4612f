"""Passing an account over, putting it off, holds and undo."""

from __future__ import annotations

import re
from typing import ClassVar, Final, Literal

from collect_tui.desk.commands.base import CommandBase, Short, Text
from collect_tui.desk.dated import Day

ACT_NAME: Final = re.compile(r"[1-9][0-9]{0,2}|[0-9a-f][0-9a-f-]{3,35}", re.IGNORECASE)
"""How an act that is to be undone is named."""
ACT_NAMES: Final = (
    "the number of an act, 1 to 999 (1 is your newest here), or 4 characters or more of its id (0-9, a-f)"
)


class SkipAccount(CommandBase):
    """Leaves the account unworked, with a reason; it goes to the end of its tier until the next day run."""

    noun: ClassVar[str] = "skips"
    kind: Literal["skip"] = "skip"
    reason: Short


class SnoozeAccount(CommandBase):
    """Puts the account off until a business date, with a reason; days and times are capped."""

    noun: ClassVar[str] = "snoozes"
    months_ahead: ClassVar[int] = 12
    dates: ClassVar[str | None] = "the account stays put off for all else"
    kind: Literal["snooze"] = "snooze"
    until: Day
    reason: Short


class PlaceHold(CommandBase):
    noun: ClassVar[str] = "holds"
    kind: Literal["hold"] = "hold"
    hold: Short  # a kind of defaults/holds.toml
    until: Day | None = None
    reason: Text = ""


class ReleaseHold(CommandBase):
    noun: ClassVar[str] = "hold-releases"
    chooses: ClassVar[bool] = True
    kind: Literal["release"] = "release"
    hold: Short
    reason: Text


class SetOwner(CommandBase):
    """Whose account it is: it stands in their own queue whoever works it. `owner`: a login; empty: nobody's."""

    noun: ClassVar[str] = "owners"
    bulk: ClassVar[bool] = True
    kind: Literal["owner"] = "owner"
    owner: Short


class HandOver(CommandBase):
    """What is one colleague's on the account becomes another's: the account itself, their open callbacks, the cases they answer."""

    noun: ClassVar[str] = "hand-overs"
    leased: ClassVar[bool] = False
    kind: Literal["hand-over"] = "hand-over"
    of: Short
    to: Short
    reason: Text = ""


class Undo(CommandBase):
    """Takes back the agent's last act on this account that can be, or the act named, while nothing of it has left the building.
    `act`: its number (1: the agent's newest on the account) or the beginning of its id."""

    noun: ClassVar[str] = "undos"
    chooses: ClassVar[bool] = True
    kind: Literal["undo"] = "undo"
    act: Short | None = None
