"""Contacts, callbacks, notes and contact points."""

from __future__ import annotations

from typing import ClassVar, Literal, Self

from pydantic import model_validator

from collect_tui.desk.commands.base import CommandBase, Short, Text
from collect_tui.desk.dated import Day, Moment

ConsentSource = Literal["call", "web", "letter", "form", "email", "text", "visit"]


class LogContact(CommandBase):
    """An action and its result. `point` is the short name (`m2`) of the point used; without it the first one that fits."""

    noun: ClassVar[str] = "contacts"
    bulk: ClassVar[bool] = True
    offline: ClassVar[bool] = True
    kind: Literal["contact"] = "contact"
    result: Short
    action: Short | None = None
    point: Short | None = None
    reason: Short | None = None  # reason for non-payment
    note: Text = ""
    typed: Text = ""  # the note as typed, before abbreviations were expanded


class WriteNote(CommandBase):
    noun: ClassVar[str] = "notes"
    bulk: ClassVar[bool] = True
    offline: ClassVar[bool] = True
    kind: Literal["note"] = "note"
    text: Text
    typed: Text = ""
    pinned: bool = False


class UnpinNote(CommandBase):
    noun: ClassVar[str] = "unpinned-notes"
    offline: ClassVar[bool] = True
    kind: Literal["unpin"] = "unpin"
    text: Text


class ScheduleCallback(CommandBase):
    """`at` is an instant (UTC on the wire); `anyone` lets any collector take it."""

    noun: ClassVar[str] = "callbacks"
    offline: ClassVar[bool] = True
    months_ahead: ClassVar[int] = 12
    dates: ClassVar[str | None] = "the callback stands"
    kind: Literal["callback"] = "callback"
    at: Moment
    point: Short | None = None
    anyone: bool = False
    note: Text = ""


class SetNextAction(CommandBase):
    """Moves the next action to a business date."""

    noun: ClassVar[str] = "next-actions"
    bulk: ClassVar[bool] = True
    offline: ClassVar[bool] = True
    months_ahead: ClassVar[int] = 12
    dates: ClassVar[str | None] = "set the date again after that"
    chooses: ClassVar[bool] = True
    kind: Literal["next"] = "next"
    on: Day
    code: Short = "call"
    note: Text = ""


class ReadScript(CommandBase):
    """A card of the script was read to the customer, in the words that the desk shows now."""

    noun: ClassVar[str] = "scripts-read"
    kind: Literal["script"] = "script"
    script: Short


class MarkPoint(CommandBase):
    noun: ClassVar[str] = "point-marks"
    offline: ClassVar[bool] = True
    kind: Literal["point"] = "point"
    point: Short
    quality: Literal["unknown", "good", "bad", "wrong"] | None = None
    consent: Literal["unknown", "in", "out"] | None = None
    source: ConsentSource | None = None  # how the consent was given or withdrawn
    on: Day | None = None  # when; None: today

    @model_validator(mode="after")
    def _of_consent(self) -> Self:
        if self.consent not in ("in", "out") and (self.source or self.on):
            raise ValueError("source and day belong to a consent that is given or withdrawn")
        return self


__all__ = ["LogContact", "MarkPoint", "ReadScript", "ScheduleCallback", "SetNextAction", "UnpinNote", "WriteNote"]
