"""Cases: what somebody else must answer, opened, moved on, changed, written in, and decided by a second person.

A kind of case is a file of the site (`defaults/cases/`): its fields and moves are data. Values are by the name of the field: an amount in
minor units, a date as ISO text, a code, the number of a document, a text, true or false; of a table a list of rows, each with its cells by
the name of the column.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from collect_tui.desk.commands.base import CommandBase, Short, Text

Name = Annotated[str, Field(max_length=60)]
Row = Annotated[dict[Name, bool | int | Text], Field(max_length=20)]
Rows = Annotated[tuple[Row, ...], Field(max_length=200)]
Values = Annotated[dict[Name, bool | int | Text | Rows], Field(max_length=60)]


class OpenCase(CommandBase):
    """Opens a case. `case_kind`: the name of its kind; `values`: by field, what it is about and what is asked for at opening."""

    noun: ClassVar[str] = "cases"
    kind: Literal["open-case"] = "open-case"
    case_kind: Short
    values: Values = Field(default_factory=dict)
    owner: Short = ""


class MoveCase(CommandBase):
    """Makes a move of an open case. `case`: its number; `move`: the name of the move; `values`: what it asks for; `note`: what is to be
    said with it. One that takes a second person waits for a decision."""

    leased: ClassVar[bool] = False
    noun: ClassVar[str] = "case-moves"
    kind: Literal["move-case"] = "move-case"
    case: Short
    move: Short
    values: Values = Field(default_factory=dict)
    note: Text = ""


class ChangeCase(CommandBase):
    """Gives an open case other values, another owner or another department."""

    leased: ClassVar[bool] = False
    noun: ClassVar[str] = "case-changes"
    kind: Literal["change-case"] = "change-case"
    case: Short
    values: Values = Field(default_factory=dict)
    owner: Short | None = None
    department: Short | None = None


class WriteCaseNote(CommandBase):
    """Writes something in an open case."""

    offline: ClassVar[bool] = True
    leased: ClassVar[bool] = False
    noun: ClassVar[str] = "case-notes"
    kind: Literal["case-note"] = "case-note"
    case: Short
    text: Annotated[Text, Field(min_length=1)]


class LinkCase(CommandBase):
    """Names another case in an open one."""

    leased: ClassVar[bool] = False
    noun: ClassVar[str] = "case-links"
    kind: Literal["link-case"] = "link-case"
    case: Short
    other: Short


class DecideCase(CommandBase):
    """Decides the move that waits in a case. Whoever had a part in it never does."""

    leased: ClassVar[bool] = False
    noun: ClassVar[str] = "case-decisions"
    kind: Literal["decide-case"] = "decide-case"
    case: Short
    agreed: bool
    reason: Text
