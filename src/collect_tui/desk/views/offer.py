"""Offers: a run that makes one to all who qualify, and what became of them."""

from __future__ import annotations

from typing import Final

from collect_tui.desk.columns import Column, grouped, money_column, number
from collect_tui.desk.views.base import View
from collect_tui.desk.views.message import Excluded


class OffersRun(View):
    """What a run of an offer found. `looked`: accounts that it looked at; `drafted`: those that get it, `accounts`: some of them."""

    offer: str
    template: str
    looked: int
    drafted: int
    accounts: tuple[str, ...]
    excluded: tuple[Excluded, ...]


class Uptake(View):
    """What became of an offer, in one currency. `messages`, `contacts`: how often it was made, by messages that left and did not come
    back and in contacts; `accepted`, `declined`, `considering`: the last answers; `paid`: paid in full while it stood, by `amount`."""

    offer: str
    currency: str
    messages: int
    contacts: int
    accepted: int
    declined: int
    considering: int
    paid: int
    amount: int


UPTAKE_COLUMNS: Final = (
    Column("offer", "Offer"),
    Column("currency", "Currency"),
    *(
        number(name, heading, write=grouped)
        for name, heading in (
            ("messages", "Messages"),
            ("contacts", "Contacts"),
            ("accepted", "Accepted"),
            ("declined", "Declined"),
            ("considering", "Considering"),
            ("paid", "Paid"),
        )
    ),
    money_column("amount", "Amount"),
)
