"""A case as a command sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

TAKEN_BACK = "TAKEN_BACK"
"""The state of a case whose opening was undone, whatever its kind."""

Cell = str | int | bool
"""What a column of a row holds: an amount in minor units, a date as ISO text, a code, the number of a document, a text, yes or no."""

Rows = tuple[Mapping[str, Cell], ...]
"""What a table holds: cells by the name of the column, row by row."""

Value = Cell | Rows
"""What a field holds."""


def found(values: Mapping[str, Value], name: str) -> Value | None:
    """What a name stands for: a field, or `FIELD.COLUMN`, the sum of a column of a table; None: nothing is there."""
    field, _, column = name.partition(".")
    value = values.get(field)
    if not column:
        return value
    return sum(amount(row, column) for row in value) if isinstance(value, tuple) else None


def amount(values: Mapping[str, Value] | Mapping[str, Cell], name: str) -> int:
    """An amount among values, named as `found` names it; nothing where there is none."""
    value = found(values, name)
    return value if isinstance(value, int) else 0


@dataclass(frozen=True, slots=True)
class Asked:
    """A move that waits for somebody else to agree: by whom and on which business date it was asked for, with what, and the amount that it
    is about."""

    move: str
    by: str
    on: date
    amount: int
    values: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Case:
    """A case of an account. `version`, `digest`: those of the definition that it was opened under. `since`: the business date on which it
    came to its state. `excluded`: what of its item is not collected now; `frozen`: ids of other items, each with what of it is not.
    `moved_by`: who made its last move; `ended`: it is in a final state. `first_due`, `resolve_due`: when its clocks end, as they were last
    worked out; None: they stand or have stopped."""

    id: int
    number: str
    kind: str
    version: int
    state: str
    since: date
    opened_at: datetime
    opened_by: str
    moved_by: str
    department: str = ""
    owner: str = ""
    item_id: int | None = None
    service_id: int | None = None
    payment_id: int | None = None
    values: Mapping[str, Value] = field(default_factory=dict)
    excluded: int = 0
    frozen: tuple[tuple[int, int], ...] = ()  # no mapping: written down, an id that is a key looks like a card's number
    asked: Asked | None = None
    links: tuple[str, ...] = ()
    ended: bool = False
    digest: str = ""
    first_due: datetime | None = field(default=None, compare=False)
    resolve_due: datetime | None = field(default=None, compare=False)

    def amount(self, name: str) -> int:
        """An amount among its values, or the sum of a column, `FIELD.COLUMN`; nothing where there is none."""
        return amount(self.values, name)

    @property
    def decided_by(self) -> str:
        """The lines that decide what waits in it, as a sentence ends."""
        return f"`agree {self.number} REASON` or `reject {self.number} REASON` decides it"
