"""The folding of effects into facts: one function for each kind of effect, registered on `fold`, and what they share."""

from __future__ import annotations

from collections.abc import Callable
from functools import singledispatch
from typing import Final, Protocol, TypeVar

from collect_tui.domain.facts import AccountFacts

PAYMENT_DAYS: Final = 90
"""A payment stays in the facts while something of it is unapplied, and until this many days after its receipt."""

PROMISE_MONTHS: Final = 12
"""A promise stays in the facts while it is open, and until this many months after it was made."""

WAIVED_BY: Final = frozenset({"CANCELLED", "SUPERSEDED"})
"""States of a promise that waive its open instalments; KEPT, PARTIAL and BROKEN leave them as they were judged."""

OPEN_CALLBACK: Final = frozenset({"SCHEDULED", "MISSED"})


class _Row(Protocol):
    @property
    def id(self) -> int: ...


R = TypeVar("R", bound=_Row)


@singledispatch
def fold(effect: object, facts: AccountFacts) -> AccountFacts:
    """The facts after one effect. Raises TypeError for a value that is no effect."""
    raise TypeError(f"no effect: {type(effect).__name__}")


def changed(rows: tuple[R, ...], row_id: int, change: Callable[[R], R]) -> tuple[R, ...]:
    return tuple(change(row) if row.id == row_id else row for row in rows)


def payment_status(stands: int, allocated: int) -> str:
    """UNAPPLIED, PARTLY_APPLIED or APPLIED: the status of a live payment by the sum of its live allocations."""
    if allocated <= 0:
        return "UNAPPLIED"
    return "APPLIED" if allocated >= stands else "PARTLY_APPLIED"


def instalment_status(status: str, amount: int, paid: int) -> str:
    """Status of an instalment once `paid` of `amount` (minor units) is in; a missed or waived one stays so until it is paid."""
    if paid >= amount:
        return "PAID"
    if status in {"MISSED", "WAIVED"}:
        return status
    return "PART_PAID" if paid > 0 else "OPEN"
