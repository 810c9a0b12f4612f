"""Which open cases are listed, as words say it: `overdue dispute DAMAGED >7d`. A word is a list, a kind, a reason, a channel or an age; one
that could be several is read as the first of these, and `reason=legal` says which is meant."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Final, cast

from collect_tui.common.words import expected
from collect_tui.desk.views.case import CaseList
from collect_tui.domain.case.definition import FieldType, Kind
from collect_tui.domain.errors import Invalid

LISTS: Final[Mapping[CaseList, str]] = {
    "mine": "My cases",
    "department": "Cases of my department",
    "decide": "Waiting for my decision",
    "overdue": "Cases overdue",
    "unresolved": "Unresolved, from this week and before",
    "asked": "Opened by me",
    "open": "Open cases",
}
AGES: Final = {">7d": "opened more than 7 days ago", "<7d": "opened in the last 7 days"}
_AGE: Final = re.compile(r"([<>])(\d{1,4})d")
MOST_DAYS: Final = 3660


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """A list of open cases, and which of it. `age`: `>7d` of those opened more than so many days ago, `<7d` of all since."""

    which: CaseList = "open"
    kind: str = ""
    reason: str = ""
    channel: str = ""
    age: str = ""

    @property
    def asked(self) -> dict[str, str]:
        """What the desk is asked for it by, beside the list."""
        return {name: value for name, value in asdict(self).items() if name != "which"}

    @property
    def said(self) -> str:
        """What is left of the list, in words; empty: all of it."""
        return " ".join(filter(None, self.asked.values()))


def age_of(text: str) -> tuple[bool, int]:
    """Whether those that are older than so many days are meant, else those that are younger; and the days. Invalid "case.age"."""
    found = _AGE.fullmatch(text.strip().lower())
    if found is None or int(found[2]) > MOST_DAYS:
        raise Invalid("case.age", "Expected an age such as >7d, opened more than 7 days ago, or <7d.", "age")
    return found[1] == ">", int(found[2])


def read(text: str, kinds: Mapping[str, Kind], before: CaseFilter | None = None) -> CaseFilter:
    """The list that words ask for; words without a list are of that of `before`. Invalid "case.filter", "case.age"."""
    found = CaseFilter(before.which if before is not None else "open")
    for word in text.split():
        name, value = _meant(word, kinds)
        found = replace(found, **cast("dict[str, Any]", {name: value}))
    return found


def named(text: str, queues: Collection[str]) -> str | None:
    """The list of cases that is asked for as the board names it, by its name or how it begins, with what is wanted of it; None: a queue of
    these is asked for."""
    name, _, words = text.partition(" ")
    if not name or name == "cases":
        return words if name else None
    low = name.casefold()
    begun = [each for each in LISTS if each.startswith(low)]
    queue = low in queues or (low not in begun and any(each.startswith(low) for each in queues))
    found = low if low in begun else begun[0] if len(begun) == 1 else ""
    return None if queue or not found else f"{found} {words}".strip()


def _meant(word: str, kinds: Mapping[str, Kind]) -> tuple[str, str]:
    if word[0] in "<>":
        age_of(word)
        return "age", word.lower()
    named, equals, value = word.partition("=")
    names = {name: among for name, among in _names(kinds).items() if not equals or name == named.lower()}
    wanted = (value if equals else word).lower()
    if equals and "channel" in names and wanted:
        return "channel", wanted[:40]  # a site may have others
    for name, among in names.items():
        if wanted in among:
            return name, among[wanted]
    known = [each for among in names.values() for each in among] or [f"{name}=" for name in _names(kinds)]
    told = expected(wanted[:40], known)
    raise Invalid("case.filter", f"No list, kind, reason or channel of cases is called so; {told}", "words")


def _names(kinds: Mapping[str, Kind]) -> dict[str, dict[str, str]]:
    """By what a word may be: how it is typed, in small letters, and what that is."""
    verbs = {kind.verb.lower(): name for name, kind in kinds.items()}
    return {
        "which": {name: name for name in LISTS},
        "kind": verbs | {name.lower(): name for name in kinds},
        "reason": {code.lower(): code for kind in kinds.values() for code in reasons(kind)},
        "channel": {name.lower(): name for name in touchpoints(kinds)},
    }


def touchpoints(kinds: Mapping[str, Kind]) -> dict[str, str]:
    """Where cases may come from, by the codes of the site, and what those are called."""
    named = (kind.fields[name] for kind in kinds.values() if (name := kind.of_type(FieldType.CHANNEL)))
    return {code: title for field in named for code, title in field.choices.items()}


def reasons(kind: Kind) -> Mapping[str, str]:
    """The codes by which cases of a kind are told apart, and what they are called."""
    field = kind.fields.get(kind.sorted_by)
    return field.choices if field is not None else {}


def offers(kinds: Mapping[str, Kind]) -> Iterator[tuple[str, str]]:
    """The words there are, and what they mean."""
    yield from LISTS.items()
    yield from ((kind.name, kind.title) for kind in kinds.values())
    yield from AGES.items()
    seen = set[str]()
    for kind in kinds.values():
        for code, title in reasons(kind).items():
            if code.lower() not in seen:
                seen.add(code.lower())
                yield code.lower(), f"{kind.title}: {title}"
    yield from touchpoints(kinds).items()
