"""Notes: abbreviations written out, and card data kept out.

Card numbers and security codes must never reach the disk, the undo history or the scrollback (PCI DSS 3.3.1, 3.5.1;
policy D3), so every text an agent types or pastes passes `find_card` first. A social security number is reported too,
as a warning and not a refusal.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from collect_tui.domain.card_numbers import LONGEST, SHORTEST, is_card_number

Kind = Literal["card", "cvv", "ssn"]

_GRAVITY: Final[Mapping[Kind, int]] = {"card": 0, "cvv": 1, "ssn": 2}

_WORD = re.compile(r"(?<![\w\\@'’-])(?<!\w\.)(?P<kept>\\?)(?P<word>[^\W_]\w*+)(?![\\@'’-]\w|@|\.\w)")

_SLOT = re.compile(r"\{\w+\}")
_CLOSE = re.compile(r"[,;](?=\s|$)|[;\r\n]")
_FILLING = re.compile(r"\S+")

_MONTHS: Final = frozenset({"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec"})

_RUN = re.compile(r"[0-9](?:[ .\-]{0,3}[0-9]){12,}")
_GROUP = re.compile(r"[0-9]+")
_PRINTED_GROUPS: Final = (
    (4, 4, 4, 4),  # most cards
    (4, 6, 5),  # American Express
    (4, 6, 4),  # Diners Club
    (4, 4, 4, 4, 3),  # 19 digits
    (6, 13),  # 19 digits, as UnionPay prints them
    (8, 8),
    (4, 4, 4, 1),  # 13 digits
    (4, 3, 3, 3),  # 13 digits, as Visa printed them
)
_CVV = re.compile(
    r"(?<![a-z])(?:cv[vc]2?|security code|card (?:verification|validation) (?:code|value|number))(?![a-z])"
    r"(?:[^a-z0-9]|\b(?:is|was|no|num|number|code|the|on|card|back)\b){0,8}?"
    r"(?P<code>[0-9](?:[ .-]?[0-9]){2,3})(?![0-9])",
    re.IGNORECASE | re.ASCII,
)
_SSN = re.compile(
    r"(?<![0-9])(?<![0-9][.-])(?!000|666|9)[0-9]{3}(?P<mark>[ .-])(?!00)[0-9]{2}(?P=mark)(?!0000)[0-9]{4}"
    r"(?![0-9])(?![.-][0-9])"
)
_SSN_NAMED = re.compile(
    r"(?<![a-z])(?:ssn|social security(?: number| no)?|social)[^a-z0-9]{0,3}(?:is |was )?"
    r"(?P<number>(?!000|666|9)[0-9]{3}(?!00)[0-9]{2}(?!0000)[0-9]{4})(?![0-9])",
    re.IGNORECASE | re.ASCII,
)


@dataclass(frozen=True, slots=True)
class CardFinding:
    """Where card data stands in a text: text[start:end]. It never holds the digits, so it is safe to log.

    "card" and "cvv" refuse the text; "ssn" warns.
    """

    kind: Kind
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class OpenSlot:
    """A slot of an abbreviation that nothing fills. text[start:end] is the abbreviation; `slot` as `{when}`."""

    start: int
    end: int
    slot: str


def expand(text: str, abbreviations: Mapping[str, str]) -> str:
    r"""Write out the abbreviations of a note: `lm w/ sp` becomes `left message w/ spouse`.

    Whole words only, in the case the abbreviation has, so `LM`, `film` and `sp@example.com` stay. A backslash keeps
    the word and goes: `\lm` is `lm`. A month beside a number stays, or `15 dec` would report a death. An abbreviation
    with an empty meaning is none. One pass: what an abbreviation stands for is not expanded again, so apply it once, to
    what was typed.

    What follows an abbreviation fills its slots: the one slot of `call back {when}` takes all up to the next comma,
    semicolon or line's end; several slots take one word each, in order, and a word that the meaning has before the slot
    may be typed along: `ptp 50 fri` and `ptp 50 on fri` are `promises 50 on fri`. What is typed into a slot is written
    out, too. A slot that nothing fills stays as it is; `open_slot` finds it.
    """
    return _Writer(text, abbreviations).write(0, len(text))


def open_slot(text: str, abbreviations: Mapping[str, str]) -> OpenSlot | None:
    """The first slot that nothing fills when the text is written out; a text that has one is not to be stored."""
    writer = _Writer(text, abbreviations)
    writer.write(0, len(text))
    return min(writer.unfilled, key=lambda found: found.start, default=None)


class _Writer:
    """Writes out one text, and remembers the slots that were left open."""

    def __init__(self, text: str, abbreviations: Mapping[str, str]) -> None:
        self.text = text
        self.abbreviations = abbreviations
        self.unfilled: list[OpenSlot] = []

    def write(self, start: int, end: int) -> str:
        """text[start:end] written out."""
        parts: list[str] = []
        at = start
        while match := _WORD.search(self.text, at, end):
            parts.append(self.text[at : match.start()])
            written, at = self._word(match, end)
            parts.append(written)
        return "".join([*parts, self.text[at:end]])

    def _word(self, match: re.Match[str], end: int) -> tuple[str, int]:
        """One word written out, and where the text after it goes on."""
        full = self.abbreviations.get(match["word"])
        if not full or (match["word"] in _MONTHS and _beside_a_number(self.text, *match.span())):
            return match[0], match.end()
        if match["kept"]:
            return match["word"], match.end()
        slots = list(_SLOT.finditer(full))
        if not slots:
            return full, match.end()
        close = _CLOSE.search(self.text, match.end(), end)
        return self._filled(match, full, slots, close.start() if close else end)

    def _filled(self, match: re.Match[str], full: str, slots: list[re.Match[str]], end: int) -> tuple[str, int]:
        parts: list[str] = []
        at, done = match.end(), 0
        for slot in slots:
            before = full[done : slot.start()]
            done = slot.end()
            typed = self._typed(at, end, whole=len(slots) == 1, link=before.split()[-1:])
            if typed is None:
                self.unfilled.append(OpenSlot(*match.span(), slot[0]))
                parts += [before, slot[0]]
            else:
                at = typed[1]
                parts += [before, self.write(*typed)]
        return "".join([*parts, full[done:]]), at

    def _typed(self, at: int, end: int, *, whole: bool, link: list[str]) -> tuple[int, int] | None:
        """Where the text that fills a slot stands: one word from `at` on, or all of it; None when there is none."""
        words = [found.span() for found in _FILLING.finditer(self.text, at, end)]
        if len(words) > 1 and link and self.text[slice(*words[0])].casefold() == link[0].casefold():
            del words[0]
        if not words:
            return None
        first, last = words[0], words[-1] if whole else words[0]
        return (first[0], last[1]) if any(c.isalnum() for c in self.text[first[0] : last[1]]) else None


def find_card(text: str, known: Iterable[str] = (), *, windows: bool = False) -> CardFinding | None:
    """The gravest finding in a text: a card number, else a security code, else a social security number, else None.

    A card number is 13-19 digits, with up to three spaces, dots or dashes between two of them, in an issuer's range
    and with a right check digit; digits of any script count. It is looked for in each whole run of digits, in each
    unbroken group and in groups as cards print them, not at every offset, which would accuse one long number in five;
    windows=True does that, for asking the agent. `known` holds account and invoice numbers that are never cards.
    """
    findings = find_cards(text, known, windows=windows)
    return min(findings, key=lambda found: (_GRAVITY[found.kind], found.start), default=None)


def find_cards(text: str, known: Iterable[str] = (), *, windows: bool = False) -> list[CardFinding]:
    """Every finding in a text, as `find_card` defines them, in order and without overlaps."""
    plain = _plain(text)
    skipped = {_digits(_plain(number)) for number in known}
    found = list(_cards(plain, skipped, windows))
    found += [CardFinding("cvv", *match.span("code")) for match in _CVV.finditer(plain)]
    numbered = [match.span() for match in _SSN.finditer(plain)]
    numbered += [match.span("number") for match in _SSN_NAMED.finditer(plain)]
    found += [CardFinding("ssn", *span) for span in numbered if _digits(plain, *span) not in skipped]
    kept: list[CardFinding] = []
    for one in sorted(found, key=lambda found: (_GRAVITY[found.kind], found.start)):
        if all(one.end <= other.start or one.start >= other.end for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda found: found.start)


def mask_card(text: str, known: Iterable[str] = ()) -> str:
    """The text with card data masked: a card number as `**** 1111`, a security code as `***`, an SSN by its last four.

    The result holds nothing `find_card` would find.
    """
    numbers = tuple(known)
    while findings := find_cards(text, numbers):
        for found in reversed(findings):
            last = _digits(_plain(text[found.start : found.end]))[-4:]
            mask = {"card": f"**** {last}", "cvv": "***", "ssn": f"***-**-{last}"}[found.kind]
            text = text[: found.start] + mask + text[found.end :]
    return text


def _beside_a_number(text: str, start: int, end: int) -> bool:
    return text[:start].rstrip()[-1:].isdigit() or text[end:].lstrip(" .")[:1].isdigit()


def _digits(plain: str, start: int = 0, end: int | None = None) -> str:
    return "".join(_GROUP.findall(plain, start, len(plain) if end is None else end))


def _plain(text: str) -> str:
    """The text with digits, dashes and spaces of any script as ASCII, character for character."""
    return text if text.isascii() else "".join(map(_plain_character, text))


def _plain_character(character: str) -> str:
    if character.isascii():
        return character
    folded = unicodedata.normalize("NFKC", character)
    if len(folded) == 1:
        character = folded
    digit = unicodedata.decimal(character, None)
    if digit is not None:
        return str(digit)
    category = unicodedata.category(character)
    if category == "Pd" or character == "\u2212":  # minus sign
        return "-"
    if category in ("Zs", "Cf", "Mn", "Me"):
        return " "
    return "." if character in "\u00b7\u2022\u2024\u3002" else character  # dots that are not full stops


def _cards(plain: str, skipped: set[str], windows: bool) -> Iterator[CardFinding]:
    for run in _RUN.finditer(plain):
        groups = [(match.start(), match.end()) for match in _GROUP.finditer(plain, run.start(), run.end())]
        spans = [(run.start(), run.end()), *groups, *_printed(groups)]
        # Digits of a number that is no card's make none with those beside it.
        named = [span for span in groups if span[1] - span[0] >= SHORTEST and _digits(plain, *span) in skipped]
        if windows:
            places = [match.start() for match in re.finditer("[0-9]", run[0])]
            for size in range(LONGEST, SHORTEST - 1, -1):
                ends = zip(places, places[size - 1 :], strict=False)
                spans += [(run.start() + first, run.start() + last + 1) for first, last in ends]
        for start, end in spans:
            digits = _digits(plain, start, end)
            if any(start < other_end and other < end for other, other_end in named) or digits in skipped:
                continue
            if not SHORTEST <= len(digits) <= LONGEST or not is_card_number(digits):
                continue
            if len(digits) == SHORTEST and plain[start - 1 : start] == "+":
                continue  # an international phone number
            yield CardFinding("card", start, end)


def _printed(groups: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    sizes = [end - start for start, end in groups]
    for at in range(len(groups)):
        for shape in _PRINTED_GROUPS:
            if tuple(sizes[at : at + len(shape)]) == shape:
                yield groups[at][0], groups[at + len(shape) - 1][1]
