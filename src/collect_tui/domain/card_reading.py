"""The ways a text can be read by somebody who looks for a number in it: what nobody sees left out, decoded, digits that are
spelled out as digits, and groups with words between them side by side.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

Span = tuple[int, int]

STRONG, WEAK = "\x01", "\x02"
"""What stands for words between groups of one number: such as stand nowhere else, and such as stand between any two numbers."""

_UNSEEN_KINDS: Final = ("Mn", "Me", "Cf")
_FILLERS: Final = "\u115f\u1160\u3164\uffa0"  # letters by name that show nothing
_ALIKE: Final = dict(zip("ОоΟοІіΙιсССеЕаАрРхХуѕЅνѵν", "OoOoIiIicCCeEaApPxXysSvvv", strict=True))

_SEEMING: Final = re.compile(r"(?<![^\W_])(?=[0-9]*[OoIl])[0-9OoIl]++(?![^\W_])")  # 4OOO for 4000
_LOOKS_LIKE: Final = str.maketrans("OoIl", "0011")

_ENCODED: Final = re.compile(
    r"(?:%(?:25)*[0-9a-f]{2})+|&(?:amp;)*(?:#x?[0-9a-f]{1,12};?|[a-z]\w{1,30};)|\\(?:u[0-9a-f]{4}|x[0-9a-f]{2}|[nrtv])"
    r"|(?:=3[0-9]){6,}|<[a-z/!][^<>]{0,60}>|\x1b\[[0-9;]*[a-z]",
    re.IGNORECASE | re.ASCII,
)

_UNITS: Final = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TEENS: Final = (
    "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS: Final = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_LANGUAGES: Final = (
    _UNITS,
    ("oh", "eins", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun"),
    ("null", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve"),
    ("cero", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf"),
    ("zéro", "eine", "zwo", "drei", "vier", "fuenf", "sechs", "sieben", "acht", "neun"),
)
_NAMES: Final = {name: str(n) for names in (*_LANGUAGES, _UNITS + _TEENS) for n, name in enumerate(names)}
_TIMES: Final = {"double": 2, "triple": 3, "treble": 3, "quadruple": 4, "quad": 4}
_NAME: Final = (
    rf"(?:(?:{'|'.join(_TENS)})(?:[ -]?(?:{'|'.join(_UNITS[1:])})(?![a-z]))?|"
    rf"{'|'.join(sorted(_NAMES, key=len, reverse=True))})"
)
_PIECE: Final = re.compile(rf"(?:(?P<times>{'|'.join(_TIMES)})[ -])?(?P<digit>{_NAME}|[0-9])", re.IGNORECASE)
_WORD: Final = rf"(?:(?:{'|'.join(_TIMES)})[ -][0-9](?![0-9])|(?:(?:{'|'.join(_TIMES)})[ -])?(?=[0-9]*[a-z])(?>{_NAME}|[0-9])++)(?![a-z])"
#: Words of names of digits in a row, also run together and with digits (`fourone11`), and how often (`double one`); `other`: what
#: begins so and is no such word, which is passed over whole, as none begins in it either.
_SPOKEN: Final = re.compile(rf"(?<![a-z])(?:{_WORD}(?:[ -]{_WORD})*|(?P<other>(?>{_NAME}|[0-9])++))", re.IGNORECASE)
_THRICE: Final = re.compile(rf"(?:(?:{'|'.join((*_TENS, *_NAMES, *_TIMES))}|[0-9])[^a-z0-9]*){{3}}")

_SIZE: Final = r"(?:\W{1,3}(?:[1-9]|two|three|four|five|six|eight|ten)(?![0-9]))?"
_BETWEEN: Final = re.compile(
    rf"(?<![^\W0-9_])(?:(?P<weak>and|und|et|plus|to|or|[a-z](?![1-9]?[\"']?\s?[=:]))"
    rf"|(?:(?:and|and then|the|the) )?(?:first|second|third|fourth|next|then|last|final|ending|rest|dann|puis|luego){_SIZE}"
    r"(?: digits?)?(?: (?:in|are|is|with|by))?|followed by|dash|hyphen|minus|slash|stroke|dot|point|comma|space|group"
    r"|visa|mastercard|amex|(?:card )?exp(?:iry|ires)?\W{1,3}[01]?[0-9]/(?:20)?[2-4][0-9](?![0-9]))(?![^\W0-9_])"
    r"|(?<![^\W_])(?:\(?[1-9](?:[).\]]|st\b|nd\b|rd\b|th\b)|[a-z][1-9]?[\"']?\s?[=:])(?=[\W_]{0,3}[0-9])"
    r"|(?<=[0-9])\([1-9]\)(?=[0-9])",
    re.IGNORECASE | re.ASCII,
)
_ENOUGH: Final = re.compile(r"[0-9](?:[^0-9]*+[0-9]){8}+")  # digits that may become a card
_BACKWARDS: Final = re.compile(r"\u202e|\b(?:revers|backward|back to front|umgekehrt|rückwärts)", re.IGNORECASE)


def _plain_character(character: str) -> str:
    if character.isascii():
        return character
    folded = unicodedata.normalize("NFKC", character)
    if len(folded) == 1:
        character = folded
    digit = unicodedata.numeric(character, -1)  # of 四 and ❹ as well
    if digit in range(10):
        return str(int(digit))
    category = unicodedata.category(character)
    if category == "Pd" or character == "\u2212":  # minus sign
        return "-"
    if category[0] in "ZCM":
        return " "
    if character in "\u00b7\u2022\u2024\u3002":  # dots that are not full stops
        return "."
    return _ALIKE.get(character, character)


class _Plain(dict[int, str]):
    """Characters as `_plain_character` has them, each worked out once."""

    def __missing__(self, code: int) -> str:
        self[code] = _plain_character(chr(code))
        return self[code]


_PLAIN: Final = _Plain()


def plain(text: str) -> str:
    """The text with digits, dashes and spaces of any script as ASCII, and `O` for `0`, character for character."""
    if not text.isascii():
        text = text.translate(_PLAIN)
    return _SEEMING.sub(lambda match: match[0].translate(_LOOKS_LIKE), text)


def thrice(low: str) -> bool:
    """Whether three names of digits stand beside each other in a text in small letters."""
    return _THRICE.search(low) is not None


def veiled(text: str) -> bool:
    """Whether something in a text is encoded, or shows nothing: words may be hidden by it."""
    return _ENCODED.search(text) is not None or (not text.isascii() and any(map(_unseen, text)))


@dataclass(frozen=True, slots=True)
class Reading:
    """A text as it can be read. `places`: where in the text each of its characters stands."""

    text: str
    places: Sequence[Span]
    joined: bool = False

    def span(self, start: int, end: int) -> Span:
        """Where reading[start:end] stands in the text."""
        between = self.places[start:end]
        return min(place[0] for place in between), max(place[1] for place in between)


def readings(text: str) -> Iterator[Reading]:
    """Every way to read a text, each once. In one that is `joined`, STRONG and WEAK stand for the words between groups."""
    places = [(n, n + 1) for n in range(len(text))]
    if not text.isascii():
        places = [place for place in places if not _unseen(text[place[0]])]
    seen = Reading(plain("".join(text[start] for start, _ in places)), places)
    yield seen
    if _BACKWARDS.search(text):
        yield Reading(seen.text[::-1], seen.places[::-1])
    for _ in range(3):  # encoded more than once
        if (decoded := _replaced(seen, _ENCODED, _decoded)) is seen:
            break
        yield (seen := decoded)
    if (said := _replaced(seen, _SPOKEN, _said)) is not seen:
        yield said
    for each in (seen, said) if said is not seen else (seen,):
        if _ENOUGH.search(each.text) and (joined := _replaced(each, _BETWEEN, _joins)) is not each:
            yield Reading(joined.text, joined.places, joined=True)


def _unseen(character: str) -> bool:
    return unicodedata.category(character) in _UNSEEN_KINDS or character in _FILLERS


def _replaced(reading: Reading, pattern: re.Pattern[str], replace: Callable[[re.Match[str]], str]) -> Reading:
    """The reading with each match replaced, but what the pattern calls `other`; itself when there is none."""
    read: list[str] = []
    places: list[Span] = []
    at = 0
    for match in pattern.finditer(reading.text):
        if match.lastgroup == "other":
            continue
        read += reading.text[at : match.start()]
        places += reading.places[at : match.start()]
        made = replace(match)
        read += made
        places += [reading.span(*match.span())] * len(made)
        at = match.end()
    if at == 0:
        return reading
    return Reading("".join(read) + reading.text[at:], [*places, *reading.places[at:]])


def _decoded(match: re.Match[str]) -> str:
    text = match[0]
    match text[0], text[1:2]:
        case "%", _:
            text = re.sub(r"%(?:25)+(?=[0-9a-fA-F]{2})", "%", text)
            try:
                return plain(unquote(text, errors="strict"))
            except UnicodeDecodeError:
                return plain(unquote(text, "latin-1"))
        case "&", _:
            return plain(html.unescape(re.sub(r"(?i)^&(?:amp;)+", "&", text)))
        case "=", _:
            return text.replace("=3", "")
        case "\\", "u" | "U" | "x" | "X":
            return plain(chr(int(text[2:], 16)))
    return " "


def _said(match: re.Match[str]) -> str:
    return "".join(
        _digits_of(piece["digit"]) * _TIMES.get((piece["times"] or "").lower(), 1)
        for piece in _PIECE.finditer(match[0])
    )


def _digits_of(name: str) -> str:
    name = name.lower()
    for n, ten in enumerate(_TENS, 2):
        if name.startswith(ten):
            return f"{n}{_NAMES.get(name[len(ten) :].lstrip(' -'), '0')}"
    return _NAMES.get(name, name)


def _joins(match: re.Match[str]) -> str:
    return WEAK if match["weak"] else STRONG


__all__ = ["STRONG", "WEAK", "Reading", "plain", "readings", "thrice", "veiled"]
