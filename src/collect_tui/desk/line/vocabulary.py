"""Fixed words of the line that stand for amounts and for the ways of messages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

CHANNELS: Final[Mapping[str, str]] = {"letter": "by post", "email": "by e-mail", "sms": "as a text to a mobile"}
"""Ways by which messages leave."""

BALANCES: Final[Mapping[str, str]] = {
    "b": "balance",
    "p": "past due",
    "c": "collectable",
    "rest": "what is left of the collectable",
    "half": "half of the collectable",
}
"""Words for amounts of the account."""

BEFORE_FIGURES: Final = frozenset(
    ("pp", "bp", "pa", "cb", "call", "t", "ptp", "arr", "pay", "snooze", "reage", "settle", "rescue")
)
"""Codes and verbs that an amount or a date follows."""
