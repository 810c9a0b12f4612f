"""A payment card's number as people write it down: the spellings that must never be stored."""

from __future__ import annotations

from typing import Final

NUMBER: Final = "4111111111111111"
_FOURS: Final = tuple(NUMBER[at : at + 4] for at in range(0, 16, 4))

#: What stands between groups of four.
_MARKS: Final = (
    " ", "  ", "   ", "-", ".", "/", "_", ",", "|", "\\", "*", "+", ":", ";", "=", "~", "#", "'", '"', "^", "&", "!", "?", "@",
    "\t", "\n", "\r\n", "\n\n", " - ", " / ", ", ", " . ", "--", "...", " | ", "__", ")(", "] [", "><", "x", "X",
    "\u00a0", "\u2007", "\u2009", "\u202f", "\u3000", "\u200b", "\u2060", "\ufeff", "\u00ad", "\u2010", "\u2011", "\u2012",
    "\u2013", "\u2014", "\u2212", "\u00b7", "\u2022", "\u2044", "\u2028", "\ufe63", "\uff0d", "\uff0e", "\uff0f", "\u30fb", "💳",
)  # fmt: skip


def _digits(zero: int) -> str:
    return "".join(chr(zero + int(digit)) for digit in NUMBER)


_WORDS: Final = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]

#: Spellings of the number, each in a text of its own.
SPELLINGS: Final = (
    NUMBER,
    *(mark.join(_FOURS) for mark in _MARKS),
    *(mark.join(NUMBER) for mark in (" ", "-", ".", ",", "/", "_", "\n", "  ")),
    " ".join(NUMBER[at : at + 2] for at in range(0, 16, 2)),
    "/".join(NUMBER[at : at + 2] for at in range(0, 16, 2)),
    "411111 1111111111",
    "4111 1111 11111111",
    "41111111-11111111",
    "4111-1111 1111.1111",
    "4111/1111_1111 1111",
    *(_digits(zero) for zero in (0x660, 0x6F0, 0x966, 0xE50, 0xFF10, 0x1D7CE, 0x1D7F6)),
    "".join("⁰¹²³⁴⁵⁶⁷⁸⁹"[int(d)] for d in NUMBER),
    " ".join("⓪①②③④⑤⑥⑦⑧⑨"[int(d)] for d in NUMBER),
    f"{NUMBER}1227",
    f"{NUMBER}12/27",
    f"{NUMBER}122027",
    f"{NUMBER}2712",
    f"{NUMBER}1227123",
    f"1227{NUMBER}",
    f"{NUMBER}123",
    f"{NUMBER}exp1227",
    f"{' '.join(_FOURS)}12/27",
    f"{' '.join(_FOURS)} 1227 123",
    f"{'-'.join(_FOURS)}/12/27",
    "41 11 11 11 11 11 11 11 12/27",
    f"12/27 {' '.join(_FOURS)}",
    f"visa{NUMBER}mc",
    f"card no.{NUMBER}.",
    f";{NUMBER}=12271010000012300000?",
    f"%B{NUMBER}^ALVAREZ/ROSA^1227101",
    "4lll-llll-llll-llll",
    "411l llll llll llll",
    "%20".join(_FOURS),
    "%2D".join(_FOURS),
    "&nbsp;".join(_FOURS),
    "".join(f"%{ord(d):02x}" for d in NUMBER),
    "".join(f"&#{ord(d)};" for d in NUMBER),
    " ".join(_WORDS[int(d)] for d in NUMBER),
    "four double one one " + " ".join(["one"] * 12),
    "  ".join(f"{d}\ufe0f\u20e3" for d in NUMBER),
)

#: A security code, with the word that says so.
CODES: Final = (
    "cvv 123", "CVV:123", "cvc 123", "cvn 123", "csc 123", "cid 1234", "cvv2=123", "cvc2 123", "CVN - 123", "cvd 123", "cav 123",
    "security code 123", "security code: 1 2 3", "card code 123", "security no. 123", "verification value 123", "c.v.v. 123",
    "123 cvv", "1234 (cid)", "code on the back 123", "cvv\n123", "cvv/123", "cvv_123", "cvv is one two three", "ｃｖｖ １２３",
)  # fmt: skip
