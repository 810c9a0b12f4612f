"""The acts of a set, such as one line done on many accounts: their ids are of version 8 (RFC 9562) and begin alike, which needs no
column and holds of acts that wait offline as well. They are one user's."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final
from uuid import UUID, uuid5

MOST: Final = 500
"""Acts of one set."""
NAME: Final = 18
"""Characters of an id that all acts of a set have, `1f3a9c02-77ab-8c01`: their set's name."""
BEGINNING: Final = re.compile(r"[0-9a-f][0-9a-f-]{3,35}", re.IGNORECASE)
"""How an act or a set is named: by so much of an id."""
PART: Final = " · "
"""Between the parts of what is said of an act."""
_SHORT: Final = 8
_OWN: Final = (1 << 62) - 1
"""Bits of an id behind its version and variant, which are of the act alone."""


def member(base: UUID, account: str) -> UUID:
    """The id of the act on an account in the set of this base: the same ones make the same again, so that a retry is done once."""
    shared = uuid5(base, "set").int & ~(0xF << 76) & ~(0x3 << 62) & ~_OWN
    return UUID(int=shared | 8 << 76 | 2 << 62 | uuid5(base, account).int & _OWN)


def set_of(act: UUID | str) -> str:
    """The name of the set that an act may be of; empty: it was done by itself."""
    text = str(act)
    return text[:NAME] if text[14] == "8" else ""


def alike(told: Sequence[str]) -> str:
    """The parts between dots that all of these have, in the order of the first: what is said of one account and not of another, such as a
    number, is left out."""
    first, *others = (text.split(PART) for text in told) if told else ([],)
    return PART.join(part for part in first if all(part in other for other in others))


def short(name: str) -> str:
    """As much of a set's name as people need."""
    return name[:_SHORT]


__all__ = ["BEGINNING", "MOST", "PART", "alike", "member", "set_of", "short"]
