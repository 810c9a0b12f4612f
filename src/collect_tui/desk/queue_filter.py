"""Which of a queue is listed and in which order, as words say it: `collect>500 dpd>30 product=INT flag=disputed zone=open sort dpd desc`.

A word is a name, how it compares and a value; all must hold, and of values with commas between any. A word without a comparison is
looked for in names and in the beginnings of account numbers. The shell, the API and the terminal read the same words.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from collect_tui.common.text import clean, fold
from collect_tui.common.words import expected, nearest
from collect_tui.domain.errors import Invalid
from collect_tui.domain.money import parse_minor
from collect_tui.domain.rules import HoldKind
from collect_tui.domain.states import Stage

NUMBERS: Final[Mapping[str, str]] = {
    "collect": "amount to collect, of each account in its own currency",
    "dpd": "days past due",
    "score": "score, 0 to 1000",
    "snoozes": "times put off",
}
CODES: Final[Mapping[str, str]] = {
    "product": "product of a service",
    "flag": "what stands out",
    "zone": "open: may be called at this hour",
    "owner": "whose account: a login, me, or none",
    "stage": "stage of the ladder",
    "queue": "queue in which it stands, of mine or my team's",
}
FLAGS: Final[Mapping[str, str]] = {
    "disputed": "something of it is disputed",
    "promised": "a promise is open",
    "broken": "a promise was broken within a year",
    "returned": "a payment came back within a year",
    "hold": "any hold stands",
    "claimed": "somebody has it",
    "skipped": "passed over today",
    "company": "the customer is a company",
}
"""Beside the kinds of hold of the site."""
SORTS: Final[Mapping[str, str]] = {
    "collect": "amount to collect",
    "dpd": "days past due",
    "score": "score",
    "number": "account number",
    "owner": "whose account",
}
CALLED: Final[Mapping[str, str]] = {
    "amount": "collect",
    "balance": "collect",
    "collectable": "collect",
    "due": "collect",
    "owed": "collect",
    "money": "collect",
    "age": "dpd",
    "days": "dpd",
    "late": "dpd",
    "overdue": "dpd",
    "priority": "score",
    "rank": "score",
    "skips": "snoozes",
    "service": "product",
    "chip": "flag",
    "hold": "flag",
    "local": "zone",
    "time": "zone",
    "agent": "owner",
    "collector": "owner",
    "level": "stage",
    "step": "stage",
    "account": "number",
}
"""What collectors say for a name of a condition, of a sort and of a column, by their own words."""
SEARCHED: Final[Mapping[str, tuple[str, str]]] = {
    **dict.fromkeys(("name", "customer", "company", "firm", "person", "who"), ("Names", "yarrow")),
    **dict.fromkeys(("number", "account", "no", "nr"), ("Account numbers", "4410")),
}
"""What is looked for by a word that stands alone, by what people write before it: what that is, and such a word."""
DOWN: Final[Mapping[str, bool]] = {
    "asc": False,
    "ascending": False,
    "up": False,
    "upwards": False,
    "lowest": False,
    "smallest": False,
    "desc": True,
    "descending": True,
    "down": True,
    "downwards": True,
    "highest": True,
    "largest": True,
}
"""Which way is sorted, by the words that may stand behind what is sorted by; whether it is downwards."""
_ALIKE: Final = 0.75
COMPARED: Final = ("=", "!=", "<", "<=", ">", ">=")
_COMPARES: Final = f"expected one of {', '.join(COMPARED)}."
_TERM: Final = re.compile(r"([A-Za-z][A-Za-z-]*)([=!<>~:≤≥≠≈]+)(.*)", re.DOTALL)
_COUNT: Final = re.compile(r"-?[0-9]{1,9}")
MOST: Final = 300
"""Characters."""
MOST_WORDS: Final = 20


@dataclass(frozen=True, slots=True)
class Term:
    """One condition. `values`: minor units or a count as one of text, or codes, any of which will do."""

    name: str
    how: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """`search`: words that a name or number must begin with. `sort`: one of `SORTS`; empty: the queue's own order."""

    terms: tuple[Term, ...] = ()
    search: tuple[str, ...] = ()
    sort: str = ""
    descending: bool = False
    said: str = ""
    """The words as they were typed, with single blanks and no card's number."""

    def __bool__(self) -> bool:
        return bool(self.terms or self.search or self.sort)


NOTHING: Final = QueueFilter()


def read(text: str, currency: str, holds: Mapping[str, HoldKind]) -> QueueFilter:
    """What words ask for; amounts in the major units of `currency`, with which each account
    is compared in its own. Invalid "queue.filter" with the word and what it may have been."""
    if len(text) > MOST:
        raise _wrong(f"A filter has at most {MOST} characters.")
    words = clean(text).split()
    if len(words) > MOST_WORDS:
        raise _wrong(f"A filter has at most {MOST_WORDS} words.")
    sort, descending, words_left = _sorted(words)
    terms: list[Term] = []
    search: list[str] = []
    for word in words_left:
        if (found := _TERM.fullmatch(word)) is not None:
            if (plain := SEARCHED.get(found[1].lower())) is not None:
                told = found[3].strip("\"'*") or plain[1]
                raise _wrong(f"{plain[0]} are looked for by a plain word, without a name before it: {told[:40]}")
            if found[2] not in COMPARED:
                raise _wrong(f"{found[2][:40]!r} compares nothing; {_COMPARES}")
            terms.append(_term(called(found[1]), found[2], found[3], currency, holds))
        elif word.lower() in ("and", "or", "not"):
            raise _wrong(
                f"{word.lower()!r} is no word here: all conditions must hold; a comma is or, as in flag=broken,disputed."
            )
        elif re.search(r"[<>=]", word):
            raise _wrong(f"{word[:40]!r} is no condition; {expected(word[:40], [*NUMBERS, *CODES])}")
        elif parts := re.findall(r"[^\W_]+", fold(word)):
            search += parts
        else:
            raise _wrong(f"{word[:40]!r} has no letter or digit that could be looked for.")
    from collect_tui.domain.card_text import mask_card  # its expressions take a while to compile

    return QueueFilter(tuple(terms), tuple(search), sort, descending, mask_card(" ".join(words)))


def _sorted(words: list[str]) -> tuple[str, bool, list[str]]:
    """By what is sorted, whether downwards, and the words but for those that said so. Figures go downwards unless it is said."""
    at = next((place for place, word in enumerate(words) if word.lower() == "sort"), None)
    if at is None:
        return "", False, words
    name = called(words[at + 1]) if at + 1 < len(words) else ""
    if name not in SORTS:
        raise _wrong(
            f"{f'{name[:40]!r} sorts nothing' if name else 'Say what to sort by'}; {expected(name[:40], SORTS)}"
        )
    way = words[at + 2].lower() if at + 2 < len(words) else ""
    if way not in DOWN and (near := nearest(way, DOWN, _ALIKE)):
        raise _wrong(f"{way[:40]!r} is no way to sort; did you mean {near}? What is looked for stands before sort.")
    used = 3 if way in DOWN else 2
    down, rest = DOWN.get(way, name in NUMBERS), words[at + used :]
    if any(word.lower() == "sort" for word in rest):  # what was said last counts
        return _sorted([*words[:at], *rest])
    return name, down, [*words[:at], *rest]


def called(word: str) -> str:
    """The name that is meant by a word: itself, or what collectors say for it."""
    name = word.lower()
    return CALLED.get(name, name)


def unsorted(words: str) -> str:
    """The words but for those that say how is sorted."""
    kept = words.split()
    try:
        return " ".join(_sorted(kept)[2])
    except Invalid:
        return words


def with_sort(words: str, sort: str) -> str:
    """The words, sorted so; by nothing: in the queue's own order."""
    return f"{unsorted(words)}{f' sort {sort}' if sort else ''}".strip()


def _term(name: str, how: str, value: str, currency: str, holds: Mapping[str, HoldKind]) -> Term:
    if name in NUMBERS:
        return Term(name, how, (str(_number(name, value, currency)),))
    if name not in CODES:
        raise _wrong(f"{name[:40]!r} is not known of an account; {expected(name[:40], [*NUMBERS, *CODES])}")
    if how not in ("=", "!="):
        raise _wrong(f"{name} is compared by = or != only.")
    among = _known(name, holds)
    return Term(name, how, tuple(_code(name, each, among) for each in value.split(",")))


def _number(name: str, value: str, currency: str) -> int:
    if name == "collect":
        try:
            return parse_minor(value.lstrip("$€£"), currency)
        except Invalid as error:
            raise _wrong(f"collect is compared with an amount: {error.message}") from None
    if not _COUNT.fullmatch(value):
        raise _wrong(f"{name} is compared with a whole number, such as {name}>30; {value[:40]!r} is none.")
    return int(value)


def _known(name: str, holds: Mapping[str, HoldKind]) -> Collection[str] | None:
    """The values that there are; None: any."""
    return {
        "flag": [*FLAGS, *(code.lower() for code in holds)],
        "zone": ["open", "closed"],
        "stage": [stage.lower() for stage in Stage],
    }.get(name)


def _code(name: str, value: str, among: Collection[str] | None) -> str:
    wanted = value.strip().lower()
    if among is not None and wanted not in among:
        raise _wrong(f"{name} is never {wanted[:40]!r}; {expected(wanted[:40], among)}")
    if not wanted or len(wanted) > 60:
        raise _wrong(f"Say which {name}, such as {name}={'me' if name == 'owner' else 'INT'}.")
    return wanted


def _wrong(sentence: str) -> Invalid:
    return Invalid("queue.filter", sentence, "words")


def offers(holds: Mapping[str, HoldKind]) -> Iterator[tuple[str, str]]:
    """The words there are, and what they mean."""
    yield from ((f"{name}>", title) for name, title in NUMBERS.items())
    yield from ((f"{name}=", title) for name, title in CODES.items())
    yield from ((f"flag={name}", title) for name, title in FLAGS.items())
    yield from ((f"flag={code.lower()}", kind.title) for code, kind in holds.items())
    yield from ((f"sort {name}", title) for name, title in SORTS.items())
    yield from (
        (f"{word}{'>' if name in NUMBERS else '='}", f"{name}: {NUMBERS.get(name, CODES.get(name))}")
        for word, name in CALLED.items()
        if name in NUMBERS or name in CODES
    )
