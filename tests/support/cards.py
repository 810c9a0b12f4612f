"""A payment card's number as people write it down: the spellings that must never be stored."""

from __future__ import annotations

import re
from pathlib import Path
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
    *(f" {word} ".join(_FOURS) for word in ("then", "and", "and then", "followed by", "hyphen", "dann", "next")),
    "4111 then 1111 and 1111 1111",
    "4111 then 1111, 1111 and 1111",
    "41111111 then 11111111",
    "411111 next 1111111111",
    "first four 4111, next four 1111, then 1111, last four 1111",
    "first: 4111 second: 1111 third: 1111 fourth: 1111",
    "1st 4111 2nd 1111 3rd 1111 4th 1111",
    "1) 4111 2) 1111 3) 1111 4) 1111",
    "4111(1)1111(2)1111(3)1111",
    "a=4111 b=1111 c=1111 d=1111",
    "p1=4111&p2=1111&p3=1111&p4=1111",
    '{"a":"4111","b":"1111","c":"1111","d":"1111"}',
    "4111 1111 1111, last 4 1111",
    "411111111111 ending in 1111",
    "4111 1111 visa 1111 1111",
    "4111 1111 exp 12/27 1111 1111",
    "4111A1111B1111C1111",
    "41x11x11x11x11x11x11x11",
    "x".join(NUMBER),
    *(
        (char * count).join(NUMBER)
        for char in "\u200b\u200d\u2060\ufeff\u0301\u034f\u20dd\u3164\uffa0"
        for count in (1, 9)
    ),
    *((" " * count).join(_FOURS) for count in (9, 12, 20)),
    "\n" * 10 + ("\n" * 10).join(_FOURS),
    "&ZeroWidthSpace;".join(NUMBER),
    "".join(f"&amp;#{ord(d)};" for d in NUMBER),
    "".join(f"&#x{ord(d):X};" for d in NUMBER),
    "".join(f"&#000000000{ord(d)};" for d in NUMBER),
    "".join(f"&#{ord(d)}" for d in NUMBER),
    "%2520".join(_FOURS),
    "%E2%80%8B".join(NUMBER),
    "".join(f"%25{ord(d):02x}" for d in NUMBER),
    "".join(f"%EF%BC%{0x90 + int(d):X}" for d in NUMBER),
    "".join(f"\\u{ord(d):04x}" for d in NUMBER),
    "".join(f"\\x{ord(d):02x}" for d in NUMBER),
    "".join(f"={ord(d):02X}" for d in NUMBER),
    "".join(f"<td>{four}</td>" for four in _FOURS),
    "".join(f"<i>{d}</i>" for d in NUMBER),
    "\x1b[0m".join(_FOURS),
    "".join(_WORDS[int(d)] for d in NUMBER),
    "four111 1111 1111 1111",
    "4111 one one one one 1111 1111",
    "four one 1 1 " + " ".join("1" * 12),
    " and then ".join(["four one one one", *["one one one one"] * 3]),
    "four triple one quadruple one quad one quadruple one",
    "forty-one eleven eleven eleven eleven eleven eleven eleven",
    "vier " + "eins " * 15,
    "quatre " + "un " * 15,
    "cuatro " + "uno " * 15,
    f"1227123{NUMBER}",
    f"123{NUMBER}",
    f"exp 12/27 cvv 123 {NUMBER}",
    f"0000000{NUMBER}",
    f"{NUMBER}{NUMBER}",
    f"{NUMBER}378282246310005",
    f"DE89370400440532013000{NUMBER}",
    f"DE89 3704 0044 0532 0130 00 / {' '.join(_FOURS)}",
    f"\u202e{NUMBER[::-1]}",
    f"{NUMBER[::-1]} (written backwards)",
    *(
        f"4111 1111 {word} 1111 1111"
        for word in ("x", "X", "a", "and", "uh", "paid", "ähm", "sowie", "card", "go on", "(rest of it)")
    ),
    *(f"{word} ".join(("4111 ", "1111 1111 1111")) for word in ("x", "er", "again", "and uh", "repeat")),
    *(f"{word} ".join(("4111-1111-1111 ", "1111")) for word in ("x", "plus", "noch", "please")),
    "4111-1111 x 1111-1111",
    "4111-1111-1111 (card) 1111",
    "41111111x11111111",
    "41111111 x 11111111",
    "411111 k 1111111111",
    "411111111111 x 1111",
)

#: A security code, with the word that says so.
CODES: Final = (
    "cvv 123", "CVV:123", "cvc 123", "cvn 123", "csc 123", "cid 1234", "cvv2=123", "cvc2 123", "CVN - 123", "cvd 123", "cav 123",
    "security code 123", "security code: 1 2 3", "card code 123", "security no. 123", "verification value 123", "c.v.v. 123",
    "123 cvv", "1234 (cid)", "code on the back 123", "cvv\n123", "cvv/123", "cvv_123", "cvv is one two three", "ｃｖｖ １２３",
    "c v v 123", "c-v-v 123", "cv2 123", "c\u200bv\u200bv 123", "сvс 123", "cvv one23", "cvv 1,2,3", "security-code 123",
    "security_code=123", "secret code 123", "card verification 123", "card id 1234", "3-digit code: 123",
    "last three on the back 123", "back of the card: 123", "signature strip 123", "card pin 1234", "123 is the cvv", "(123) cvv",
    "123 as cvv", "cvv then 123", "cvv given as 123", "cvv she said 123", "cvv recorded here: 123", "Prüfziffer 123",
    "Sicherheitscode 123", "code de sécurité 123", "código de seguridad 123", "cardcvv=123", "cvvCode: 123", "cvv_code=123",
    "CVVs 123", "cvv's 123", "cvv nr. 123", "cvv n° 123", "cvv.............123", "exp 12/27 code 123", '{"cvv": 123}',
    "cvv&#58; &#49;&#50;&#51;", "cvv=%31%32%33", "<cvv>123</cvv>", "secu\u200brity code 123", "&#99;&#118;&#118; 123",
    "code 123 on the back", "the three digits on the back are 123", "123 on the back", "123 on the reverse", "123 from the back",
    "123 on back of card", "digits 123 on the back", "1234 on the front", "the three numbers on the back are 123", "ccv 123",
    "CCV2: 123", "cv code 123", "card's code 123", "security digits 123", "safety number 123", "code from the card 123",
    "three-digit number 123", "the cvv would be 123", "cvv for it 123", "cvv ist 123", "cvv est 123", "prüfziffer lautet 123",
    "prüfnr. 123", "drei Ziffern hinten 123", "123 auf der Rückseite", "die drei Ziffern auf der Rückseite sind 123",
    "le code au dos est 123", "trois chiffres au dos: 123", "123 au dos", "cryptogramme visuel 123", "123 al reverso",
    "tres dígitos del reverso 123", "código de verificación 123", "number on back is 123", "four digits on the front 1234",
)  # fmt: skip

#: The digits with up to four bytes between each and the next: further apart they are not one number. (Most pages of a new file of
#: SQLite are empty, and what the write-ahead log puts before each of them is random and may be a digit.)
_IN_BYTES: Final = re.compile(b"[^0-9]{0,4}".join(digit.encode() for digit in NUMBER))


def has_number(data: bytes) -> bool:
    """Whether the number stands in what was written, whatever stands between its digits."""
    return _IN_BYTES.search(data) is not None


def files_with_number(folder: Path) -> list[str]:
    return [file.name for file in folder.rglob("*") if file.is_file() and has_number(file.read_bytes())]
