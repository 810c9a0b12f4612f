"""The line that says a plan with the down payment it asks for: one that is refused for too little down is told how it would pass."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from collect_tui.domain.dates import MONTHS
from collect_tui.domain.facts import AccountFacts, Instalment
from collect_tui.domain.money import format_minor

_LETTERS: Final = {"weekly": "w", "fortnightly": "f", "monthly": "m"}


def line(schedule: Sequence[Instalment], down: int, least: int, frequency: str | None, facts: AccountFacts) -> str:
    """`pa TOTAL dnAMOUNT COUNT FIRST` of a plan of even instalments; of unequal parts `pp AMOUNT t + AMOUNT DATE …`, in which the
    earliest give what is paid today. No more are left than are of the `least` (minor units)."""
    today = facts.business_date

    def amount(minor: int) -> str:
        return format_minor(minor, facts.currency).replace(",", "").removesuffix(".00")

    if frequency is not None:
        regular = [i for i in schedule if i.seq]
        total, first = sum(i.amount for i in schedule), min(i.due for i in regular)
        count = max(1, min(len(regular), (total - down) // max(1, least)))
        return f"pa {amount(total)} dn{amount(down)} {count}{_LETTERS[frequency]} {_day(first, today)}"
    later = sorted((i for i in schedule if i.due > today), key=lambda i: i.due)
    missing = down - sum(i.amount for i in schedule if i.due <= today)
    left: list[tuple[int, date]] = []
    for at, part in enumerate(later):
        stays = part.amount - missing
        if stays >= least or at == len(later) - 1:
            left.append((stays, part.due))
            missing = 0
        else:
            missing = -stays  # what stays of it goes to the next one
    return " + ".join((f"pp {amount(down)} t", *(f"{amount(stays)} {_day(due, today)}" for stays, due in left)))


def _day(when: date, today: date) -> str:
    """As it is typed."""
    near = 0 < (when - today).days < 330
    return f"{when.day}{MONTHS[when.month - 1][:3].lower()}" if near else when.isoformat()
