"""Numbers in text that are known to be something else than a card's: dates, times, amounts, IBANs, UUIDs, digests."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from collect_tui.domain.card_reading import plain

Span = tuple[int, int]

_MONTH, _DAY = r"(?:0?[1-9]|1[0-2])", r"(?:0?[1-9]|[12][0-9]|3[01])"
_FIGURE: Final = re.compile(
    rf"(?:19|20)[0-9]{{2}}([-/.]){_MONTH}\1{_DAY}"
    rf"|{_DAY}([-/.]){_DAY}\2(?:(?:19|20)[0-9]{{2}}|[0-9]{{2}})"
    r"|[012]?[0-9]:[0-5][0-9](?::[0-5][0-9])?(?:[.,][0-9]{1,9})?"
    r"|[0-9]{1,3}(?:[,.'][0-9]{3})*[.,][0-9]{2}|[0-9]{1,6}[.,][0-9]{2}"
)
_WORD: Final = re.compile(r"[^\s;|()]+")
_BARE: Final = re.compile(r"[0-9](?:.*[0-9])?", re.DOTALL)
#: UUIDs, and digests and ids of 32, 40 or 64 hexadecimal digits, also with two letters before them (`SM…`, of gateways). Digits
#: and letters change places in them, as they do not in a number that is typed with letters before or behind it.
_HEXADECIMAL: Final = re.compile(
    r"(?<![0-9a-z])(?:(?=[0-9-]{0,35}[a-f])[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"
    r"|(?:[a-z]{2})?(?=(?:[a-f]*+[0-9]++){3})(?:[0-9a-f]{64}|[0-9a-f]{40}|[0-9a-f]{32}))(?![0-9a-z])",
    re.IGNORECASE | re.ASCII,
)

#: Length of an IBAN by its country (ISO 13616 registry).
_IBAN_LENGTHS: Final = {
    country: int(length)
    for length, countries in {
        "15": "NO",
        "16": "BE",
        "18": "DK FI FO GL NL SD",
        "19": "MK SI",
        "20": "AT BA EE KZ LT LU XK",
        "21": "CH HR LI LV",
        "22": "BG BH CR DE GB GE IE ME RS VA",
        "23": "AE GI IL IQ OM SO TL",
        "24": "AD CZ ES MD PK RO SA SE SK TN VG",
        "25": "LY PT ST",
        "26": "IS TR",
        "27": "FR GR IT MC MR SM",
        "28": "AL AZ BY CY DO GT HU LB NI PL SV",
        "29": "BR EG PS QA UA",
        "30": "JO KW MU",
        "31": "MT SC",
    }.items()
    for country in countries.split()
}
_IBAN: Final = re.compile(r"(?<![A-Za-z0-9])(?P<country>[A-Z]{2})[0-9]{2}(?:[ -]?[A-Z0-9]){11,}")


_GROUP: Final = re.compile(r"[0-9]+")
_IN_SERIES: Final = re.compile(r"(?<![0-9])(?P<first>[0-9]{3,6})(?P<mark>[-./])(?P<rest>[0-9]{3,8})(?![0-9])")
Series = tuple[str, str, int]


def digits_of(plain: str, start: int = 0, end: int | None = None) -> str:
    """The digits of a plain text, or of a part of it."""
    return "".join(_GROUP.findall(plain, start, len(plain) if end is None else end))


@dataclass(frozen=True, slots=True)
class FileNumbers:
    """The numbers of a file, made ready once to be looked for in any number of texts."""

    digits: frozenset[str] = frozenset()
    series: frozenset[Series] = frozenset()
    """How those begin that are written as `4410-2231` is, with what stands behind, and how long they are."""

    @classmethod
    def of(cls, numbers: Iterable[str] | FileNumbers) -> FileNumbers:
        """From the numbers as they are written."""
        if isinstance(numbers, FileNumbers):
            return numbers
        texts = [plain(number) for number in numbers]
        made = (_IN_SERIES.fullmatch(text) for text in texts)
        return cls(
            frozenset(digits_of(text) for text in texts) - {""},
            frozenset(_series(one) for one in made if one is not None),
        )

    def __or__(self, other: FileNumbers) -> FileNumbers:
        return FileNumbers(self.digits | other.digits, self.series | other.series)

    def beside(self, text: str) -> Iterator[str]:
        """Two or more numbers beside each other that begin as one of the file does and are written alike, as one text."""
        for first, mark, rest in self.series & {_series(one) for one in _IN_SERIES.finditer(text)}:
            mark = re.escape(mark)
            one = rf"{first}{mark}[0-9]{{{rest}}}"
            for match in re.finditer(
                rf"(?<![0-9]){one}(?:(?!{mark}[0-9])[\W_]{{1,8}}{one})+(?![0-9]|{mark}[0-9])", text
            ):
                yield match[0]


def _series(match: re.Match[str]) -> Series:
    return match["first"], match["mark"], len(match["rest"])


def figures(plain: str, start: int, end: int) -> list[Span]:
    """Dates, times and amounts among plain[start:end]: whole words, what a currency's sign or a comma adds aside."""
    found = []
    for word in _WORD.finditer(plain, start, end):
        bare = _BARE.search(word[0])
        if bare is not None and _FIGURE.fullmatch(bare[0]):
            found.append(word.span())
    return found


def without_hexadecimal(text: str) -> str:
    """The text, as long, with letters in place of each UUID and digest, of whose digits one in some thousands seems a card."""
    return _HEXADECIMAL.sub(lambda match: "x" * len(match[0]), text)


def named_otherwise(plain: str, start: int, end: int) -> Iterator[Span]:
    """Valid IBANs that reach into plain[start:end]."""
    around = slice(max(0, start - 40), end + 40)
    for match in _IBAN.finditer(plain[around]):
        wanted = _IBAN_LENGTHS.get(match["country"], 0)
        places = [n for n, character in enumerate(match[0]) if character.isalnum()]
        if 0 < wanted <= len(places):
            length = places[wanted - 1] + 1
            bare = "".join(c for c in match[0][:length] if c.isalnum())
            if int("".join(str(int(c, 36)) for c in bare[4:] + bare[:4])) % 97 == 1:
                yield around.start + match.start(), around.start + match.start() + length


def is_telephone(text: str) -> bool:
    """Whether thirteen or fourteen digits, which may look like a card's, can be a telephone with its country's code."""
    digits = "".join(c for c in text if c.isdigit())
    if len(digits) not in (13, 14) or any(c.isalpha() for c in text):
        return False
    import phonenumbers  # a large package, and seldom asked

    try:
        return bool(phonenumbers.is_valid_number(phonenumbers.parse(f"+{digits}")))
    except phonenumbers.NumberParseException:
        return False
