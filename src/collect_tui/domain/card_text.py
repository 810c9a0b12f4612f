"""Card data in text: where it stands, and the text without it.

Card numbers and security codes must never reach the disk, the undo history or the scrollback (PCI DSS 3.3.1, 3.5.1;
policy D3), so every text passes here: at the door, where the field is named, and once more where it enters the store
(`store/tables/gate.py`). A social security number is reported too, as a warning and not a refusal.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import accumulate, count, pairwise
from typing import Final, Literal

from collect_tui.domain.card_codes import codes_in, speaks_of_a_code
from collect_tui.domain.card_groups import Span, around, cut, digits_in, known, printed, regular, without
from collect_tui.domain.card_numbers import LONGEST, PRINTED, SHORTEST, SPLIT, is_card_number, is_sim_number
from collect_tui.domain.card_reading import STRONG, WEAK, Reading, plain, readings, thrice, veiled
from collect_tui.domain.other_numbers import FileNumbers, digits_of, figures, named_otherwise, without_hexadecimal

Kind = Literal["card", "cvv", "ssn"]

_GRAVITY: Final[Mapping[Kind, int]] = {"card": 0, "cvv": 1, "ssn": 2}

_RUN: Final = re.compile(r"[0-9](?:[\W_]{0,40}[0-9]){12,}")
_GROUP: Final = re.compile(r"[0-9]+")
_SAME: Final = re.compile(
    r"(?<![0-9])[0-9]{1,8}(?P<mark>(?=[^\w]*[^\W\d_])\D{1,12})[0-9]{1,8}(?:(?P=mark)[0-9]{1,8})+(?![0-9])"
)
_SHAPES: Final = (*PRINTED, *SPLIT)
_NEAR: Final = re.compile(r"[ .\-]{1,3}")
_ONE_WORD: Final = re.compile(r"[ .\-]{0,3}(?:\(?[^\W\d_]{1,12}\)?)(?: [^\W\d_]{1,12}\)?){0,2}[ .\-]{0,3}")
_ONE_LETTER: Final = re.compile(r"[ .\-]{0,3}(?![aeiouy])[a-z][ .\-]{0,3}", re.IGNORECASE | re.ASCII)
_YEAR: Final = re.compile(r"(?:19|20)[0-9]{2}")
_EXPIRY: Final = re.compile(r"(?<![0-9])(?:0?[1-9]|1[0-2])[ ]?[/.\- ]?[ ]?(?:20)?[2-4][0-9](?![0-9])")
_EXPIRY_DIGITS: Final = re.compile(r"(?:0[1-9]|1[0-2])(?:20)?[2-4][0-9]|[2-4][0-9](?:0[1-9]|1[0-2])")
_CODE_DIGITS: Final = re.compile(r"(?:[0-9]{3,4})?")
_TURNS: Final = 6  # of masking, and no text that somebody wrote needs so many
_TELEPHONE: Final = 14  # digits after a plus, more only in Amex's form

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
    on account 4410-2231), a telephone with its plus, a valid IBAN, a UUID or a digest.
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
    if digits and speaks_of_a_code(text):
        return True
    return (len(text) >= _SPOKEN_CARD or speaks_of_a_code(text)) and thrice(text.lower())


def find_cards(text: str, known: Iterable[str] | FileNumbers = ()) -> list[CardFinding]:
    """Every finding in a text, as `find_card` defines them, in order and without overlaps."""
    numbers = FileNumbers.of(known)
    found: list[CardFinding] = []
    for reading in readings(without_hexadecimal(text)):
        beside = frozenset(map(digits_of, numbers.beside(reading.text)))
        skipped = numbers.digits | beside if beside else numbers.digits
        found += (CardFinding(kind, *reading.span(start, end)) for kind, start, end in _in_reading(reading, skipped))
    kept: list[CardFinding] = []  # in order, without overlaps
    for one in sorted(found, key=lambda found: (_GRAVITY[found.kind], found.start)):
        at = bisect_left(kept, one.start, key=lambda other: other.start)
        if (at == 0 or kept[at - 1].end <= one.start) and (at == len(kept) or one.end <= kept[at].start):
            kept.insert(at, one)
    return kept


def mask_card(text: str, known: Iterable[str] | FileNumbers = ()) -> str:
    """The text with card data masked: a card number as `**** 1111`, a security code as `***`, an SSN by its last four.

    The result holds nothing `find_card` would find. What a mask brings together may make another number, which is masked in
    turn; a text made to go on so for long loses more and more of what stands around.
    """
    if not suspicious(text) and not _SSN.search(plain(text)) and not _SSN_NAMED.search(plain(text)):
        return text
    numbers = FileNumbers.of(known)
    for turn in count():
        if not (findings := find_cards(text, numbers)):
            return text
        text = _masked(text, findings) if turn < _TURNS else _blotted(text, findings, 1 << turn)
    raise AssertionError("unreachable: each turn takes digits away")


def _masked(text: str, findings: Sequence[CardFinding]) -> str:
    parts: list[str] = []
    at = 0
    for found in findings:
        digits = digits_of(plain(text[found.start : found.end]))
        last = digits[-4:] if len(digits) <= LONGEST else ""  # encoded ones are longer
        mask = {"card": f"**** {last}", "cvv": "***", "ssn": f"***-**-{last}"}[found.kind]
        parts += [text[at : found.start], mask]
        at = found.end
    return "".join([*parts, text[at:]])


def _blotted(text: str, findings: Sequence[CardFinding], width: int) -> str:
    """The text without the findings and all that stands within `width` characters of one."""
    parts: list[str] = []
    at = 0
    for found in findings:
        start = max(at, found.start - width)
        parts += [text[at:start], "****"] if start > at or not parts else []
        at = found.end + width
    return "".join([*parts, text[at:]])


def _in_reading(reading: Reading, skipped: Set[str]) -> Iterator[tuple[Kind, int, int]]:
    read = reading.text
    for start, end in _joined(read) if reading.joined else _cards(read, skipped):
        if digits_of(read, start, end) not in skipped:
            yield "card", start, end
    for start, end in codes_in(read, skipped):
        yield "cvv", start, end
    for match, part in ((m, part) for rule, part in ((_SSN, 0), (_SSN_NAMED, "number")) for m in rule.finditer(read)):
        if digits_of(match[part]) not in skipped:
            yield "ssn", *match.span(part)


def _joined(read: str) -> Iterator[Span]:
    """Groups as cards print them, with words between them that make them one number."""
    for run in _RUN.finditer(read):
        groups = [match.span() for match in _GROUP.finditer(read, *run.span())]
        for parts in printed(groups, _SHAPES):
            start, end = around(parts)
            words = read.count(STRONG, start, end), read.count(WEAK, start, end)
            if (words[0] or words[1] > 1) and is_card_number(digits_in(read, parts)):
                yield start, end


def _cards(plain: str, skipped: Set[str]) -> Iterator[Span]:
    yield from (match.span() for match in _SAME.finditer(plain) if is_card_number(digits_of(match[0])))
    yield from _interrupted(plain, skipped)
    for run in _RUN.finditer(plain):
        foreign = list(named_otherwise(plain, *run.span()))
        groups = list(cut([match.span() for match in _GROUP.finditer(plain, *run.span())], foreign))
        foreign += known(plain, groups, skipped)
        for segment in without(groups, foreign):
            yield from _in_groups(plain, segment)


def _interrupted(plain: str, skipped: Set[str]) -> Iterator[Span]:
    """Groups as cards print them with something said once among them: `4111 1111 x 1111 1111`, `4111 please 1111 1111 1111`.

    Two numbers written alike with a word between are a list of two (`4410-0012 and 4410-0193`), unless the word is none
    (`x`) or the groups of both stand apart.
    """
    groups = [match.span() for match in _GROUP.finditer(plain)]
    if not any(is_card_number(digits_in(plain, parts)) for parts in printed(groups, _SHAPES)):
        return
    foreign = [*named_otherwise(plain, 0, len(plain)), *figures(plain, 0, len(plain)), *known(plain, groups, skipped)]
    for row in without(groups, foreign):
        for parts in printed(row, _SHAPES):
            gaps = [plain[left[1] : right[0]] for left, right in pairwise(parts)]
            said = [n for n, gap in enumerate(gaps) if not _NEAR.fullmatch(gap)]
            if len(said) != 1 or not is_card_number(digits_in(plain, parts)):
                continue
            at = said[0]
            listed = len(parts) == 2 or (gaps[:at] == gaps[at + 1 :] and gaps[0] != " ")
            year = at == len(gaps) - 1 and _YEAR.fullmatch(plain, *parts[-1])
            if _ONE_LETTER.fullmatch(gaps[at]) or (_ONE_WORD.fullmatch(gaps[at]) and not listed and not year):
                yield around(parts)


def _in_groups(plain: str, groups: list[Span]) -> Iterator[Span]:
    """Cards among groups of digits in a row."""
    dated = figures(plain, groups[0][0], groups[-1][1])
    candidates = {*groups, *map(around, printed(groups, PRINTED))}
    for row in without(groups, dated):
        candidates.add(around(row))
        candidates |= set(_before_expiry(plain, row))
        candidates |= set(regular(plain, row))
    for start, end in candidates:
        digits = digits_of(plain, start, end)
        if not len(digits) >= SHORTEST or (len(digits) <= _TELEPHONE and plain[start - 1 : start] == "+"):
            continue
        if is_card_number(digits) or _with_expiry(digits):
            yield start, end


def _before_expiry(plain: str, row: list[Span]) -> Iterator[Span]:
    """The groups of a row up to each expiry date in it, as far as they can be a card number with what may stand beside one."""
    ends = [end for _, end in row]
    digits = digits_in(plain, row)
    sizes = list(accumulate(end - start for start, end in row))
    zeros = len(digits) - len(digits.lstrip("0"))
    for match in _EXPIRY.finditer(plain, ends[0], ends[-1]):
        last = bisect_right(ends, match.start()) - 1
        size = sizes[last]
        if size <= 2 * LONGEST or zeros >= size - LONGEST or not digits[LONGEST:size].strip("0"):
            yield row[0][0], ends[last]


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


__all__ = ["CardFinding", "find_card", "find_cards", "forbidden", "mask_card", "plain", "suspicious"]
