"""Card data in text: where it stands, and the text without it.

Card numbers and security codes must never reach the disk, the undo history or the scrollback (PCI DSS 3.3.1, 3.5.1;
policy D3), so every text passes here: at the door, where the field is named, and once more where it enters the store
(`store/tables/gate.py`). A social security number is reported too, as a warning and not a refusal.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Final, Literal

from collect_tui.domain.card_numbers import LONGEST, SHORTEST, is_card_number, is_sim_number
from collect_tui.domain.card_reading import STRONG, WEAK, Reading, plain, readings, thrice, veiled
from collect_tui.domain.errors import Invalid
from collect_tui.domain.other_numbers import FileNumbers, digits_of, figures, named_otherwise

Kind = Literal["card", "cvv", "ssn"]
Span = tuple[int, int]

_GRAVITY: Final[Mapping[Kind, int]] = {"card": 0, "cvv": 1, "ssn": 2}

_RUN: Final = re.compile(r"[0-9](?:[\W_]{0,40}[0-9]){12,}")
_GROUP: Final = re.compile(r"[0-9]+")
_SAME: Final = re.compile(
    r"(?<![0-9])[0-9]{1,8}(?P<mark>(?=[^\w]*[^\W\d_])\D{1,12})[0-9]{1,8}(?:(?P=mark)[0-9]{1,8})+(?![0-9])"
)
_PRINTED_GROUPS: Final = (
    (4, 4, 4, 4),  # most cards
    (4, 6, 5),  # American Express
    (4, 6, 4),  # Diners Club
    (4, 4, 4, 4, 3),  # 19 digits
    (6, 13),  # 19 digits, as UnionPay prints them
    (8, 8),
    (4, 4, 4, 1),  # 13 digits
    (4, 3, 3, 3),  # 13 digits, as Visa printed them
    (4, 4, 4, 3),  # American Express, by who writes down others
)
_SPLIT: Final = ((6, 10), (12, 4), (15, 1))
"""Groups that are a card's where words between them say so."""
_EXPIRY: Final = re.compile(r"(?<![0-9])(?:0?[1-9]|1[0-2])[ ]?[/.\- ]?[ ]?(?:20)?[2-4][0-9](?![0-9])")
_EXPIRY_DIGITS: Final = re.compile(r"(?:0[1-9]|1[0-2])(?:20)?[2-4][0-9]|[2-4][0-9](?:0[1-9]|1[0-2])")
_CODE_DIGITS: Final = re.compile(r"(?:[0-9]{3,4})?")
_TELEPHONE: Final = 14  # digits after a plus, more only in Amex's form

_CODE_WORD: Final = (
    r"(?:card[ _-]?)?(?:c[\W_]{0,2}v[\W_]{0,2}[vcnde12]2?(?:c2?|(?:'?s))?|cav2?|csc2?|cid"
    r"|sec(?:urity|ure|ret|\.)?[ _-]{0,2}(?:code|number|no\b)|(?:safety|card) code|card (?:pin|id\b)"
    r"|(?:card verification|(?:verification|validation) (?:code|value|number|no\b))"
    r"|(?:code|digits?|number|(?:three|3|four|4)[ -]?digit code|last (?:three|3|four|4)(?: digits?)?) (?:on|at|from) (?:the )?"
    r"(?:back|reverse|front)|(?:three|3)[ -]digit code|back of (?:the )?card"
    r"|exp(?:iry|ires)?\W{1,3}[01]?[0-9]/(?:20)?[2-4][0-9]\W{1,3}(?:sec|code)|signature (?:strip|panel)(?: code)?"
    r"|(?:karten)?pr(?:ü|ue)f(?:ziffer|nummer)|sicherheitscode|c[oó]d(?:e|igo) de s(?:[eé]curit[eé]|eguridad)|cryptogramme)"
)
_CODE: Final = re.compile(rf"(?<![a-z]){_CODE_WORD}", re.IGNORECASE | re.ASCII)
_CVV: Final = re.compile(
    rf"(?<![a-z]){_CODE_WORD}(?:(?=number|code|digits)|(?![a-z]))"
    r"(?:[^a-z0-9*]|(?:is|was|are|no|nr|n|num|number|code|digits|the|on|in|card|back|of|has|been|given|as|then|taken|recorded"
    r"|here|below|above|it|reads|he|she|they|says?|said|gave)(?![a-z])){0,40}?"
    r"(?P<after>[0-9](?:[ .,\-/]{0,3}[0-9]){2,3})(?![0-9])"
    rf"|(?<![0-9.,/*\-])(?P<before>[0-9]{{3,4}})(?:[ (:=\-]{{1,3}}|\) ?| (?:is|as|for|=) (?:(?:the|her|his|their|a) )?){_CODE_WORD}"
    r"(?![a-z])(?!\W{0,8}[0-9*])",
    re.IGNORECASE | re.ASCII,
)
_SSN: Final = re.compile(
    r"(?<![0-9])(?<![0-9][.-])(?!000|666|9)[0-9]{3}(?P<mark>[ .-])(?!00)[0-9]{2}(?P=mark)(?!0000)[0-9]{4}"
    r"(?![0-9])(?![.-][0-9])"
)
_SSN_NAMED: Final = re.compile(
    r"(?<![a-z])(?:ssn|social security(?: number| no)?|social)[^a-z0-9]{0,3}(?:is |was )?"
    r"(?P<number>(?!000|666|9)[0-9]{3}(?!00)[0-9]{2}(?!0000)[0-9]{4})(?![0-9])",
    re.IGNORECASE | re.ASCII,
)

_DIGIT: Final = re.compile(r"\d")
_MANY: Final = re.compile(r"[\dOoIl](?:[^\dOoIl]*+[\dOoIl]){12}+")
_SPOKEN_CARD: Final = 26  # characters, at the least
_INSTANT: Final = re.compile(r"(?:19|20)\d\d-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:\d\d)?")


@dataclass(frozen=True, slots=True)
class CardFinding:
    """Where card data stands in a text: text[start:end]. It never holds the digits, so it is safe to log.

    "card" and "cvv" refuse the text; "ssn" warns.
    """

    kind: Kind
    start: int
    end: int


def find_card(text: str, known: Iterable[str] | FileNumbers = ()) -> CardFinding | None:
    """The gravest finding in a text: a card number, else a security code, else a social security number, else None.

    A card number is 13-19 digits in an issuer's range with a right check digit, whatever stands between its digits that
    is neither letter nor digit, and whatever way of reading the text (`card_reading.py`) makes it one; it may be run
    together with its expiry or its code. It is looked for in each whole run of
    digits, in what dates and amounts leave of one, in each unbroken group and in groups as cards print them: not at
    every offset, which would accuse one long number in five. `known` holds the numbers of the file (account, documents,
    services, telephones), which are never cards; nor are others of their series beside each other (`4410-0193 4410-0249`
    on account 4410-2231), a telephone with its plus, or a valid IBAN.
    """
    findings = find_cards(text, known)
    return min(findings, key=lambda found: (_GRAVITY[found.kind], found.start), default=None)


def forbidden(text: str, known: Iterable[str] | FileNumbers = ()) -> CardFinding | None:
    """The finding that keeps a text from being written down: a card number or a security code."""
    if not suspicious(text):
        return None
    found = find_card(text, known)
    return None if found is None or found.kind == "ssn" else found


def suspicious(text: str) -> bool:
    """Whether a text is worth looking at closely: true of all that `find_cards` would find a card or a code in, and cheap."""
    if len(text) < 6 or (len(text) < _SPOKEN_CARD and text.isalpha()):
        return False
    if veiled(text):
        return True
    if not text.isascii():
        text = plain(text)
    digits = _DIGIT.search(text) is not None
    if digits and len(text) >= SHORTEST and _MANY.search(text) and not _INSTANT.fullmatch(text):
        return True
    if digits and _CODE.search(text):
        return True
    return (len(text) >= _SPOKEN_CARD or _CODE.search(text) is not None) and thrice(text.lower())


def refusal(found: CardFinding, field: str) -> Invalid:
    """What is said of a text with card data: it names the field and never the text."""
    what = "A card number" if found.kind == "card" else "A card security code"
    return Invalid(
        "text.card", f"{what} stands in the {field}; it may not be written down. Take it out and try again.", field
    )


def find_cards(text: str, known: Iterable[str] | FileNumbers = ()) -> list[CardFinding]:
    """Every finding in a text, as `find_card` defines them, in order and without overlaps."""
    numbers = FileNumbers.of(known)
    found: list[CardFinding] = []
    for reading in readings(text):
        beside = frozenset(map(digits_of, numbers.beside(reading.text)))
        skipped = numbers.digits | beside if beside else numbers.digits
        found += (CardFinding(kind, *reading.span(start, end)) for kind, start, end in _in_reading(reading, skipped))
    kept: list[CardFinding] = []
    for one in sorted(found, key=lambda found: (_GRAVITY[found.kind], found.start)):
        if all(one.end <= other.start or one.start >= other.end for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda found: found.start)


def mask_card(text: str, known: Iterable[str] | FileNumbers = ()) -> str:
    """The text with card data masked: a card number as `**** 1111`, a security code as `***`, an SSN by its last four.

    The result holds nothing `find_card` would find.
    """
    if not suspicious(text) and not _SSN.search(plain(text)) and not _SSN_NAMED.search(plain(text)):
        return text
    numbers = FileNumbers.of(known)
    while findings := find_cards(text, numbers):
        for found in reversed(findings):
            digits = digits_of(plain(text[found.start : found.end]))
            last = digits[-4:] if len(digits) <= LONGEST else ""  # encoded ones are longer
            mask = {"card": f"**** {last}", "cvv": "***", "ssn": f"***-**-{last}"}[found.kind]
            text = text[: found.start] + mask + text[found.end :]
    return text


def _in_reading(reading: Reading, skipped: Set[str]) -> Iterator[tuple[Kind, int, int]]:
    read = reading.text
    for start, end in _joined(read) if reading.joined else _cards(read, skipped):
        if digits_of(read, start, end) not in skipped:
            yield "card", start, end
    for match in _CVV.finditer(read):
        # `CID 4410` is a circuit of the file, and no other word for a code names one.
        if match[0][:3].lower() != "cid" or digits_of(match[0]) not in skipped:
            yield "cvv", *match.span("after" if match["after"] else "before")
    for match, part in ((m, part) for rule, part in ((_SSN, 0), (_SSN_NAMED, "number")) for m in rule.finditer(read)):
        if digits_of(match[part]) not in skipped:
            yield "ssn", *match.span(part)


def _joined(read: str) -> Iterator[Span]:
    """Groups as cards print them, with words between them that make them one number."""
    for run in _RUN.finditer(read):
        groups = [match.span() for match in _GROUP.finditer(read, *run.span())]
        for start, end in _printed(groups, (*_PRINTED_GROUPS, *_SPLIT)):
            words = read.count(STRONG, start, end), read.count(WEAK, start, end)
            if (words[0] or words[1] > 1) and is_card_number(digits_of(read, start, end)):
                yield start, end


def _cards(plain: str, skipped: Set[str]) -> Iterator[Span]:
    yield from (match.span() for match in _SAME.finditer(plain) if is_card_number(digits_of(match[0])))
    for run in _RUN.finditer(plain):
        foreign = list(named_otherwise(plain, *run.span()))
        groups = list(_cut([match.span() for match in _GROUP.finditer(plain, *run.span())], foreign))
        foreign += _known(plain, groups, skipped)
        for segment in _without(groups, foreign):
            yield from _in_groups(plain, segment)


def _known(plain: str, groups: list[Span], skipped: Set[str]) -> Iterator[Span]:
    """Where numbers of the file stand: whole groups that together are one. Very short ones are parts of anything."""
    for first, (start, _) in enumerate(groups):
        for _, end in groups[first : first + LONGEST]:
            if len(digits := digits_of(plain, start, end)) > 2 * LONGEST:
                break
            if len(digits) > 5 and digits in skipped:
                yield start, end


def _cut(groups: list[Span], foreign: list[Span]) -> Iterator[Span]:
    """The groups, cut where something else ends in one."""
    for start, end in groups:
        for place in sorted(stop for _, stop in foreign if start < stop < end):
            yield start, place
            start = place
        yield start, end


def _without(groups: list[Span], cut: list[Span]) -> list[list[Span]]:
    """The groups in a row that nothing of `cut` touches."""
    free = groupby(groups, lambda group: not any(group[0] < end and start < group[1] for start, end in cut))
    return [list(row) for fits, row in free if fits]


def _in_groups(plain: str, groups: list[Span]) -> Iterator[Span]:
    """Cards among groups of digits in a row."""
    dated = figures(plain, groups[0][0], groups[-1][1])
    candidates = {*groups, *_printed(groups)}
    for row in _without(groups, dated):
        start, end = row[0][0], row[-1][1]
        candidates.add((start, end))
        candidates |= {(start, _back(row, match.start())) for match in _EXPIRY.finditer(plain, row[0][1], end)}
        candidates |= set(_regular(plain, row))
    for start, end in candidates:
        digits = digits_of(plain, start, end)
        if not len(digits) >= SHORTEST or (len(digits) <= _TELEPHONE and plain[start - 1 : start] == "+"):
            continue
        if is_card_number(digits) or _with_expiry(digits):
            yield start, end


def _back(row: list[Span], place: int) -> int:
    """The end of the last group that ends before a place."""
    return max(end for _, end in row if end <= place)


def _regular(plain: str, row: list[Span]) -> Iterator[Span]:
    """Groups with the same between all of them, as many as there are."""
    first = 0
    for _, same in groupby(plain[left[1] : right[0]] for left, right in pairwise(row)):
        last = first + len(list(same))
        yield row[first][0], row[last][1]
        first = last


def _printed(groups: list[Span], shapes: Iterable[tuple[int, ...]] = _PRINTED_GROUPS) -> Iterator[Span]:
    sizes = [end - start for start, end in groups]
    for at in range(len(groups)):
        for shape in shapes:
            if tuple(sizes[at : at + len(shape)]) == shape:
                yield groups[at][0], groups[at + len(shape) - 1][1]


def _with_expiry(digits: str) -> bool:
    """Whether digits are a card number run together with another, with zeros before it, its expiry, or its security code too."""
    if is_sim_number(digits):
        return False
    for size in range(SHORTEST, LONGEST + 1):
        for card, rest in ((digits[:size], digits[size:]), (digits[-size:], digits[:-size])):
            if len(card) == size and _beside(rest) and is_card_number(card):
                return True
    # A code alone comes after the usual lengths only, or every nineteen digits would have many chances.
    return len(digits) == LONGEST and any(
        is_card_number(digits[:15]) or is_card_number(part) for part in (digits[:16], digits[3:])
    )


def _beside(rest: str) -> bool:
    expires = _EXPIRY_DIGITS.match(rest)
    return (
        (expires is not None and _CODE_DIGITS.fullmatch(rest[expires.end() :]) is not None)
        or (len(rest) > 2 and not rest.strip("0"))
        or is_card_number(rest)
    )


__all__ = ["CardFinding", "find_card", "find_cards", "forbidden", "mask_card", "plain", "refusal", "suspicious"]
