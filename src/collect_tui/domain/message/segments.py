"""How many parts an SMS is sent in: 3GPP TS 23.038 (the seven-bit alphabet of GSM 03.38, UCS-2) and TS 23.040 (joined parts)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

_BASIC: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED: Final = frozenset("\f^{}\\[~]|€")  # an escape and a character: two septets

_ALONE: Final = {"GSM": 160, "UCS-2": 70}
_JOINED: Final = {"GSM": 153, "UCS-2": 67}  # less the header of six octets that joins the parts


@dataclass(frozen=True, slots=True)
class Segments:
    """`units`: septets in GSM, 16-bit units in UCS-2. `count`: parts it is sent and charged in; none for an empty text."""

    encoding: Literal["GSM", "UCS-2"]
    units: int
    count: int


def is_gsm(text: str) -> bool:
    """Whether a text is written in the alphabet of GSM 03.38 and its extension table."""
    return _BASIC.union(_EXTENDED).issuperset(text)


def segments(text: str) -> Segments:
    """The parts of an SMS. No character is split between two: neither an escaped one nor one outside the basic plane."""
    encoding: Literal["GSM", "UCS-2"] = "GSM" if is_gsm(text) else "UCS-2"
    sizes = [2 if (c in _EXTENDED if encoding == "GSM" else c > "\uffff") else 1 for c in text]
    units = sum(sizes)
    joined = units > _ALONE[encoding]
    return Segments(encoding, units, _filled(sizes, _JOINED[encoding]) if joined else min(units, 1))


def _filled(sizes: Iterable[int], room: int) -> int:
    count, left = 0, 0
    for size in sizes:
        if size > left:
            count, left = count + 1, room
        left -= size
    return count
