"""A case as a command sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

TAKEN_BACK = "TAKEN_BACK"
"""The state of a case whose opening was undone, whatever its kind."""

Value = str | int | bool
"""What a field holds: an amount in minor units, a date as ISO text, a code, the number of a document, a text, yes or no."""


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
    """A case of an account. `version`: that of the definition that it was opened under. `since`: the business date on which it came to its
    state. `excluded`: what of its item is not collected now; `frozen`: ids of other items, each with what of it is
    not. `moved_by`: who made its last move; `ended`: it is in a final state. `first_due`, `resolve_due`: when its clocks end, as they were
    last worked out; None: they stand or have stopped."""

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
    first_due: datetime | None = field(default=None, compare=False)
    resolve_due: datetime | None = field(default=None, compare=False)

    def amount(self, name: str) -> int:
        """An amount among its values; nothing where there is none."""
        found = self.values.get(name, 0)
        return found if isinstance(found, int) else 0
