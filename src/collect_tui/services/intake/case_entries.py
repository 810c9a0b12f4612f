"""Cases of an account in a portfolio file: how each was opened, and what was done in it since."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from collect_tui.desk.dated import Moment
from collect_tui.services.intake.entries import Entry, Key, Line, Prose, Word

_Name = Annotated[str, Field(max_length=60)]
_Row = Annotated[dict[_Name, bool | int | Prose], Field(max_length=20)]
_Rows = Annotated[tuple[_Row, ...], Field(max_length=200)]
CaseValues = Annotated[dict[_Name, bool | int | Prose | _Rows], Field(max_length=60)]
"""By field: an amount in minor units, a date as ISO text, a code, a natural key, a text, yes or no, rows of such."""


class CaseStepEntry(Entry):
    """What was done in a case: a `move` with what it asks for, or whether the move that waited was `agreed` to; else a note."""

    at: Moment
    by: Line
    move: Word | None = None
    values: CaseValues = Field(default_factory=dict)
    agreed: bool | None = None
    text: Prose = ""


class CaseEntry(Entry):
    """A case as it was opened, and what was done in it since, in order of time. Where it stands follows from that."""

    number: Key
    kind: Word
    opened_at: Moment
    opened_by: Line
    owner: Line = ""
    values: CaseValues = Field(default_factory=dict)
    steps: Annotated[tuple[CaseStepEntry, ...], Field(max_length=1000)] = ()
