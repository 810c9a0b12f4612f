"""What a move may bring about, as a file says it, and the names that a kind may refer to. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from collect_tui.common.words import expected
from collect_tui.domain.account.effects import SETTABLE
from collect_tui.domain.case.clocks import Span
from collect_tui.domain.case.definition import About, FieldType, Kind
from collect_tui.domain.errors import Invalid
from collect_tui.domain.message.template import LANGUAGES
from collect_tui.domain.order.kinds import PROPOSED

Problem = tuple[str, str]
"""Where it stands in the file, as a path of keys, and a sentence."""


@dataclass(frozen=True, slots=True)
class Site:
    """The names that a kind may refer to."""

    roles: Collection[str] = ()
    departments: Collection[str] = ()
    holds: Collection[str] = ()
    queues: Collection[str] = ()
    templates: Collection[str] = ()
    hours: Collection[str] = ()
    next_actions: Collection[str] = ()
    limits: Collection[str] = ()
    formulas: Collection[str] = ()
    order_reasons: Mapping[str, Collection[str]] = field(default_factory=dict)  # by the kind of order


@dataclass(frozen=True, slots=True)
class Shape:
    """How a consequence is written: what its own name stands for, and what may or must stand beside it. A value in brackets is one of the
    site's; `money` a field of that type, or the sum of such a column; with `each` a column of that table.
    `more`: how other keys begin that may stand there. Beside any may stand `if`: a field that must say yes."""

    head: str | tuple[str, ...] = ""
    given: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    more: tuple[str, ...] = ()


OPEN_CASE: Final = "open_case"
ADJUSTMENTS: Final = ("credit", "waiver", "write-off", "fee", "interest", "back-bill")
_ON: Final = ("account", "item", "service")

VOCABULARY: Final[Mapping[str, Shape]] = {
    "collect_again": Shape(),
    "adjust": Shape(ADJUSTMENTS, {"amount": "money", "on": ("item", "account"), "each": "table"}, ("amount",)),
    "refund": Shape("money"),
    "hold": Shape("[holds]", {"on": _ON, "in": "span"}),
    "release": Shape("[holds]"),
    "next_action": Shape("[next_actions]", {"in": "span"}),
    "message": Shape("[templates]", {"text": "text"}),
    "cancel_promise": Shape(),
    "order": Shape(PROPOSED, {"reason": "order reason"}, ("reason",)),
    "callback": Shape("span"),
    "document": Shape("[templates]", {"as": "document"}, ("as",)),
    "set": Shape(SETTABLE, {"to": "value"}, ("to",)),
    OPEN_CASE: Shape("kind", more=("with.", "on.")),
}
"""The consequences that there are, each a pure decider of that name (`consequences.py`)."""


def consequence(kind: Kind, path: str, name: str, given: Mapping[str, str], site: Site) -> Iterator[Problem]:
    shape = VOCABULARY.get(name)
    if shape is None:
        yield from known(path, name, VOCABULARY)
        return
    allowed = {**({name: shape.head} if shape.head else {}), **shape.given, "if": "yes/no"}
    for key in (*([name] if shape.head else []), *shape.needs):
        if key not in given:
            yield path, f"the key {key} is missing."
    if name == "order" and kind.about is not About.SERVICE:
        yield path, 'only of a service is an order proposed; expected about = "service".'
    rows = next((each for each in kind.fields.values() if each.name == given.get("each") and each.columns), None)
    for key, value in given.items():
        if key.startswith(shape.more or "."):
            continue
        if key not in allowed:
            yield from known(f"{path}.{key}", key, allowed)
            continue
        what = allowed[key]
        if isinstance(what, tuple):
            yield from known(f"{path}.{key}", value, what)
        elif what.startswith("["):
            yield from known(f"{path}.{key}", value, getattr(site, what.strip("[]")))
        elif what == "order reason":
            yield from known(f"{path}.{key}", value, site.order_reasons.get(given.get("order", ""), ()))
        elif what == "value":
            yield from _value(kind, f"{path}.{key}", value, given.get("set", ""))
        elif what == "yes/no":
            yield from adds_up(kind, f"{path}.{key}", value, FieldType.YES_NO)
        elif what == "span":
            yield from _span(f"{path}.{key}", value)
        elif what == "table":
            tables = [each.name for each in kind.fields.values() if each.type is FieldType.TABLE]
            yield from known(f"{path}.{key}", value, tables)
        elif what == "money" and rows is not None:
            columns = [each.name for each in rows.columns if each.type is FieldType.MONEY]
            yield from known(f"{path}.{key}", value, columns)
        elif what in ("money", "document", "text"):
            yield from adds_up(kind, f"{path}.{key}", value, FieldType(what))


_SETS: Final = {
    "account.credit_limit": FieldType.MONEY,
    "account.cash_only": FieldType.YES_NO,
    "party.language": FieldType.CODE,
    "party.support": FieldType.CODE,
}
"""Of what type the field must be that an attribute is set to."""


def _value(kind: Kind, path: str, value: str, attribute: str) -> Iterator[Problem]:
    """An attribute is set to what a field says, or to yes, no or none."""
    type_ = _SETS.get(attribute)
    if type_ is None:
        return
    if value.startswith("field:"):
        yield from adds_up(kind, path, value.removeprefix("field:"), type_)
        field = kind.fields.get(value.removeprefix("field:"))
        if attribute == "party.language" and field is not None:
            for code in field.choices:
                yield from known(path, code, LANGUAGES)
    elif value not in (
        ("yes", "no") if type_ is FieldType.YES_NO else ("none",) if attribute != "party.language" else ()
    ):
        yield path, f"expected field:NAME of type {type_}{', yes or no' if type_ is FieldType.YES_NO else ''}."


def _span(path: str, value: str) -> Iterator[Problem]:
    try:
        Span.parse(value)
    except Invalid as error:
        yield path, error.message


def adds_up(kind: Kind, path: str, name: str, type_: FieldType) -> Iterator[Problem]:
    if not kind.adds_up(name, type_):
        yield path, f"expected a field of type {type_}; {expected(name, kind.named(type_))}"


def known(path: str, value: str, among: Collection[str]) -> Iterator[Problem]:
    if value not in among:
        yield path, f"no such name; {expected(value, sorted(among))}"
