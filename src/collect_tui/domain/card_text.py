"""Card data in text: where it stands, and the text without it.

Card numbers and security codes must never reach the disk, the undo history or the scrollback (PCI DSS 3.3.1, 3.5.1;
policy D3), so every text passes here: at the door, where the field is named, and once more where it enters the store
(`store/tables/gate.py`). A social security number is reported too, as a warning and not a refusal.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Final, Literal
from urllib.parse import unquote

from collect_tui.domain.card_numbers import LONGEST, SHORTEST, is_card_number
from collect_tui.domain.errors import Invalid
from collect_tui.domain.other_numbers import figures, in_series, named_otherwise

Kind = Literal["card", "cvv", "ssn"]
Span = tuple[int, int]

_GRAVITY: Final[Mapping[Kind, int]] = {"card": 0, "cvv": 1, "ssn": 2}

_RUN: Final = re.compile(r"[0-9](?:[\W_]{0,8}[0-9]){12,}")
_GROUP: Final = re.compile(r"[0-9]+")
_SAME: Final = re.compile(
    r"(?<![0-9])[0-9]{4}(?P<mark>(?=[^\w]*[^\W\d_])\D{1,7})[0-9]{4}(?P=mark)[0-9]{4}(?P=mark)[0-9]{4}(?![0-9])"
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
)
_EXPIRY: Final = re.compile(r"(?<![0-9])(?:0?[1-9]|1[0-2])[ ]?[/.\- ]?[ ]?(?:20)?[2-4][0-9](?![0-9])")
_EXPIRY_DIGITS: Final = re.compile(r"(?:0[1-9]|1[0-2])(?:20)?[2-4][0-9]|[2-4][0-9](?:0[1-9]|1[0-2])")
_CODE_DIGITS: Final = re.compile(r"(?:[0-9]{3,4})?")
_TELEPHONE: Final = 14  # digits after a plus, more only in Amex's form

_CODE_WORD: Final = (
    r"(?:cv[vcnde]2?|c\.v\.[vcn]|cav2?|csc2?|cid|sec(?:urity|\.)? ?(?:code|number|no\b)|card code"
    r"|(?:verification|validation) (?:code|value|number|no\b)|(?:code|digits?|number) (?:on|at|from) (?:the )?back)"
)
_CVV: Final = re.compile(
    rf"(?<![a-z]){_CODE_WORD}(?![a-z])(?:[^a-z0-9]|\b(?:is|was|no|num|number|code|the|on|card|back)\b){{0,8}}?"
    r"(?P<after>[0-9](?:[ .\-/]{0,3}[0-9]){2,3})(?![0-9])"
    rf"|(?<![0-9.,/*\-])(?P<before>[0-9]{{3,4}})[ (:=\-]{{1,3}}{_CODE_WORD}(?![a-z])(?!\W{{0,8}}[0-9*])",
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

_SEEMING: Final = re.compile(r"(?<![^\W_])[0-9OoIl]*[OoIl][0-9OoIl]*(?![^\W_])")  # 4OOO for 4000
_LOOKS_LIKE: Final = str.maketrans("OoIl", "0011")
_DIGIT_NAMES: Final = dict(
    zip(["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"], "0123456789", strict=True),
    oh="0",
    null="0",
)
_TIMES: Final = {"double": 2, "triple": 3, "treble": 3}
_SPOKEN: Final = re.compile(
    rf"(?<![a-z])(?:(?P<times>{'|'.join(_TIMES)})[ -])?(?P<digit>{'|'.join(_DIGIT_NAMES)}|(?<=[a-z][ -])[0-9])(?![a-z0-9])",
    re.IGNORECASE,
)
_ENCODED: Final = re.compile(r"%[0-9A-Fa-f]{2}|&#?\w{1,8};")

_DIGIT: Final = re.compile(r"\d")
_MANY: Final = re.compile(r"[\dOoIl](?:[^\dOoIl]{0,8}+[\dOoIl]){12}+")
_SPOKEN_THRICE: Final = re.compile(rf"(?:(?:{'|'.join((*_DIGIT_NAMES, *_TIMES))}|\d)[^a-z0-9]*){{3}}")
_SPOKEN_CARD: Final = 26  # characters, at the least
_INSTANT: Final = re.compile(r"(?:19|20)\d\d-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:\d\d)?")


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
    return "." if character in "\u00b7\u2022\u2024\u3002" else character  # dots that are not full stops


class _Plain(dict[int, str]):
    """Characters as `_plain_character` has them, each worked out once."""

    def __missing__(self, code: int) -> str:
        self[code] = _plain_character(chr(code))
        return self[code]


_PLAIN: Final = _Plain()


@dataclass(frozen=True, slots=True)
class CardFinding:
    """Where card data stands in a text: text[start:end]. It never holds the digits, so it is safe to log.

    "card" and "cvv" refuse the text; "ssn" warns.
    """

    kind: Kind
    start: int
    end: int


def find_card(text: str, known: Iterable[str] = ()) -> CardFinding | None:
    """The gravest finding in a text: a card number, else a security code, else a social security number, else None.

    A card number is 13-19 digits in an issuer's range with a right check digit, whatever stands between its digits that
    is neither letter nor digit (up to eight of them); digits of any script count, and such as are spelled out, encoded
    for an address (`%2D`), or run together with the month and year of expiry. It is looked for in each whole run of
    digits, in what dates and amounts leave of one, in each unbroken group and in groups as cards print them: not at
    every offset, which would accuse one long number in five. `known` holds the numbers of the file (account, documents,
    services, telephones), which are never cards; nor are others of their series beside each other (`4410-0193 4410-0249`
    on account 4410-2231), a telephone with its plus, or a valid IBAN.
    """
    findings = find_cards(text, known)
    return min(findings, key=lambda found: (_GRAVITY[found.kind], found.start), default=None)


def forbidden(text: str, known: Iterable[str] = ()) -> CardFinding | None:
    """The finding that keeps a text from being written down: a card number or a security code."""
    if not suspicious(text):
        return None
    found = find_card(text, known)
    return None if found is None or found.kind == "ssn" else found


def suspicious(text: str) -> bool:
    """Whether a text is worth looking at closely: true of all that `find_cards` would find a card or a code in, and cheap."""
    if len(text) < 6 or text.isalpha():
        return False
    if not text.isascii():
        text = text.translate(_PLAIN)
    digits = _DIGIT.search(text) is not None
    if digits and len(text) >= SHORTEST and _MANY.search(text) and not _INSTANT.fullmatch(text):
        return True
    low = text.lower()
    hinted = _hinted(low)
    if hinted and digits:
        return True
    if not hinted and len(text) < _SPOKEN_CARD:
        return False
    return _SPOKEN_THRICE.search(low) is not None


def _hinted(low: str) -> bool:
    """Whether any word for a security code may stand in a text in small letters; spelled out, as it runs for every text."""
    return (
        "cv" in low
        or "c.v" in low
        or "cav" in low
        or "csc" in low
        or "cid" in low
        or "sec" in low
        or "code" in low
        or "back" in low
        or "validation" in low
        or "verification" in low
    )


def refusal(found: CardFinding, field: str) -> Invalid:
    """What is said of a text with card data: it names the field and never the text."""
    what = "A card number" if found.kind == "card" else "A card security code"
    return Invalid(
        "text.card", f"{what} stands in the {field}; it may not be written down. Take it out and try again.", field
    )


def find_cards(text: str, known: Iterable[str] = ()) -> list[CardFinding]:
    """Every finding in a text, as `find_card` defines them, in order and without overlaps."""
    read = plain(text)
    numbers = [plain(number) for number in known]
    skipped = {_digits(number) for number in numbers} - {""}
    skipped |= {_digits(beside) for number in numbers for beside in in_series(read, number)}
    found = list(_in_reading(read, skipped))
    if _ENCODED.search(read):
        found += _elsewhere(read, _ENCODED, lambda match: _decoded(match[0]), skipped)
    if _SPOKEN.search(read):
        found += _elsewhere(read, _SPOKEN, _said, skipped)
    kept: list[CardFinding] = []
    for one in sorted(found, key=lambda found: (_GRAVITY[found.kind], found.start)):
        if all(one.end <= other.start or one.start >= other.end for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda found: found.start)


def mask_card(text: str, known: Iterable[str] = ()) -> str:
    """The text with card data masked: a card number as `**** 1111`, a security code as `***`, an SSN by its last four.

    The result holds nothing `find_card` would find.
    """
    if not suspicious(text) and not _SSN.search(plain(text)) and not _SSN_NAMED.search(plain(text)):
        return text
    numbers = tuple(known)
    while findings := find_cards(text, numbers):
        for found in reversed(findings):
            last = _digits(plain(text[found.start : found.end]))[-4:]
            mask = {"card": f"**** {last}", "cvv": "***", "ssn": f"***-**-{last}"}[found.kind]
            text = text[: found.start] + mask + text[found.end :]
    return text


def _in_reading(plain: str, skipped: set[str]) -> Iterator[CardFinding]:
    for start, end in _cards(plain, skipped):
        yield CardFinding("card", start, end)
    for match in _CVV.finditer(plain):
        # `CID 4410` is a circuit of the file, and no other word for a code names one.
        if match[0][:3].lower() != "cid" or _digits(match[0]) not in skipped:
            yield CardFinding("cvv", *match.span("after" if match["after"] else "before"))
    for match, part in ((m, part) for rule, part in ((_SSN, 0), (_SSN_NAMED, "number")) for m in rule.finditer(plain)):
        if _digits(match[part]) not in skipped:
            yield CardFinding("ssn", *match.span(part))


def _elsewhere(
    plain: str, pattern: re.Pattern[str], replace: Callable[[re.Match[str]], str], skipped: set[str]
) -> Iterator[CardFinding]:
    """Findings in the text as it reads with each match replaced, told as places in the text as it is."""
    read: list[str] = []
    places: list[Span] = []
    at = 0
    for match in (*pattern.finditer(plain), None):
        end = len(plain) if match is None else match.start()
        read += plain[at:end]
        places += ((n, n + 1) for n in range(at, end))
        if match is not None:
            made = replace(match)
            read += made
            places += [match.span()] * len(made)
            at = match.end()
    for found in _in_reading("".join(read), skipped):
        yield CardFinding(found.kind, places[found.start][0], places[found.end - 1][1])


def _decoded(text: str) -> str:
    return plain(html.unescape(text) if text[0] == "&" else unquote(text, "latin-1"))


def _said(match: re.Match[str]) -> str:
    digit = match["digit"].lower()
    return _DIGIT_NAMES.get(digit, digit) * _TIMES.get((match["times"] or "").lower(), 1)


def _digits(plain: str, start: int = 0, end: int | None = None) -> str:
    return "".join(_GROUP.findall(plain, start, len(plain) if end is None else end))


def plain(text: str) -> str:
    """The text with digits, dashes and spaces of any script as ASCII, and `O` for `0`, character for character."""
    if not text.isascii():
        text = text.translate(_PLAIN)
    return _SEEMING.sub(lambda match: match[0].translate(_LOOKS_LIKE), text)


def _cards(plain: str, skipped: set[str]) -> Iterator[Span]:
    same = (match.span() for match in _SAME.finditer(plain) if is_card_number(_digits(match[0])))
    yield from (span for span in same if _digits(plain, *span) not in skipped)
    for run in _RUN.finditer(plain):
        groups = [match.span() for match in _GROUP.finditer(plain, *run.span())]
        foreign = [*named_otherwise(plain, *run.span()), *_known(plain, groups, skipped)]
        for segment in _without(groups, foreign):
            yield from _in_groups(plain, segment)


def _known(plain: str, groups: list[Span], skipped: set[str]) -> Iterator[Span]:
    """Where numbers of the file stand: whole groups that together are one. Very short ones are parts of anything."""
    for first, (start, _) in enumerate(groups):
        for _, end in groups[first : first + LONGEST]:
            if len(digits := _digits(plain, start, end)) > 2 * LONGEST:
                break
            if len(digits) > 5 and digits in skipped:
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
        digits = _digits(plain, start, end)
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


def _printed(groups: list[Span]) -> Iterator[Span]:
    sizes = [end - start for start, end in groups]
    for at in range(len(groups)):
        for shape in _PRINTED_GROUPS:
            if tuple(sizes[at : at + len(shape)]) == shape:
                yield groups[at][0], groups[at + len(shape) - 1][1]


def _with_expiry(digits: str) -> bool:
    """Whether digits are a card number run together with its expiry, and its security code after that."""
    for size in range(SHORTEST, LONGEST + 1):
        head, tail = digits[:size], digits[size:]
        if (
            (match := _EXPIRY_DIGITS.match(tail))
            and _CODE_DIGITS.fullmatch(tail[match.end() :])
            and is_card_number(head)
        ):
            return True
        if _EXPIRY_DIGITS.fullmatch(digits[:-size]) and is_card_number(digits[-size:]):
            return True
    return len(digits) == LONGEST and any(is_card_number(digits[:size]) for size in (15, 16))


__all__ = ["CardFinding", "find_card", "find_cards", "forbidden", "mask_card", "plain", "refusal", "suspicious"]
