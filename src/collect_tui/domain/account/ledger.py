"""All that was ever asked for on an account, and all that was ever paid on it: what no act needs, and some messages print."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from collect_tui.domain.parts import Item, Payment

PRICE: Final = ("instalment", "balloon", "retention")
"""Kinds of items that are parts of a price which is paid over time."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """Every item, paid or not, by due date; every payment with its live allocations, by id. Amounts are minor units.

    What a billing system never sent is not in it: an account that came with its open items only has no more history than these.
    """

    items: tuple[Item, ...] = ()
    payments: tuple[Payment, ...] = ()

    @property
    def paid(self) -> int:
        """What was paid and is still here, less what of it went to fees."""
        fees = {item.id for item in self.items if item.kind == "fee"}
        to_fees = sum(a.amount for p in self.payments for a in p.allocations if a.item_id in fees)
        return sum(p.stands for p in self.payments) - to_fees
