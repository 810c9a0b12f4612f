"""What is wrong with a kind of case: states that nobody reaches or leaves, fields that nobody asks for, names of nothing. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from collect_tui.common.words import expected
from collect_tui.domain.case.definition import BEFORE, READABLE, WAKES, WHO, About, Field, FieldType, Kind, Move, State

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


@dataclass(frozen=True, slots=True)
class Shape:
    """How a consequence is written: what its own name stands for, and what may or must stand beside it. A value in brackets is one of the
    site's; `field` a field of the case."""

    head: str | tuple[str, ...] = ""
    given: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)
    needs: tuple[str, ...] = ()


ADJUSTMENTS: Final = ("credit", "waiver", "write-off", "fee", "interest")
_ON: Final = ("account", "item", "service", "party")

VOCABULARY: Final[Mapping[str, Shape]] = {
    "collect_again": Shape(),
    "adjust": Shape(ADJUSTMENTS, {"amount": "money", "on": ("item", "account")}, ("amount",)),
    "refund": Shape("money"),
    "hold": Shape("[holds]", {"on": _ON, "in": "span"}),
    "release": Shape("[holds]"),
    "next_action": Shape("[next_actions]", {"in": "span"}),
    "message": Shape("[templates]"),
    "cancel_promise": Shape(),
    "document": Shape("[templates]", {"as": "document"}, ("as",)),
}
"""The consequences that there are, each a pure decider of that name (`consequences.py`)."""


def problems(kind: Kind, site: Site) -> Iterator[Problem]:
    yield from _fields(kind, site)
    for place, move in enumerate(kind.moves.values(), 1):
        yield from _move(kind, f"moves.{place}", move, site)
    yield from _keys(kind)
    yield from _clocks(kind, site)
    yield from _routes(kind, site)
    yield from _states(kind, site)  # last: a name that is wrong tears a way


def _states(kind: Kind, site: Site) -> Iterator[Problem]:
    names, reached = kind.states, {kind.initial.name}
    while new := {to for name in reached for to in kind.reached_from(name) if to in names} - reached:
        reached |= new
    ends = {name for name, state in names.items() if state.final}
    if not ends:
        yield "states", "expected one that is final."
    if kind.initial.final:
        yield f"states.{kind.initial.name}", "the first state is the one a case is opened in; it cannot be final."
    leads = set(ends)
    while new := {name for name in names if name not in leads and kind.reached_from(name) & leads}:
        leads |= new
    for name, state in names.items():
        path = f"states.{name}"
        if name not in reached:
            yield path, "no move leads to this state."
        elif name not in leads:
            yield path, "no way leads from this state to a final one."
        if state.final and state.clock:
            yield f"{path}.clock", "a final state has no clock."
        if state.final and kind.moves_from(name):
            yield path, "a final state has no moves; say to which state it reopens."
        if state.reopens and not state.final:
            yield f"{path}.reopens", "only a final state is opened again."
        for key, value in (("to_after", state.then), ("to_on_wake", state.woken), ("reopens", state.reopens)):
            if value:
                yield from _known(f"{path}.{key}", value, names)
        if bool(state.after) != bool(state.then):
            yield path, "after and to_after stand together."
        if bool(state.wakes) != bool(state.woken):
            yield path, "wakes and to_on_wake stand together."
        if state.wakes:
            yield from _known(f"{path}.wakes", state.wakes, WAKES)
        if state.queue:
            yield from _known(f"{path}.queue", state.queue, site.queues)
        yield from _standing(kind, path, state, site)


def _standing(kind: Kind, path: str, state: State, site: Site) -> Iterator[Problem]:
    standing = state.standing
    if standing.exclude:
        if kind.about is not About.ITEM:
            yield f"{path}.while.exclude", 'only of an item is an amount excluded; expected about = "item".'
        yield from _of_type(kind, f"{path}.while.exclude", standing.exclude, FieldType.MONEY)
    if standing.split:
        if kind.about not in (About.ACCOUNT, About.PARTY):
            yield f"{path}.while.split", 'the ledger is split of an account; expected about = "account".'
        yield from _of_type(kind, f"{path}.while.split", standing.split, FieldType.DATE)
    if standing.set_off:
        yield from _of_type(kind, f"{path}.while.set_off", standing.set_off, FieldType.MONEY)
    if standing.hold:
        yield from _known(f"{path}.while.hold.kind", standing.hold, site.holds)
        if standing.on in ("item", "service") and kind.about.value != standing.on:
            yield f"{path}.while.hold.on", f"a case about {kind.about} knows no {standing.on} to hold."


def _fields(kind: Kind, site: Site) -> Iterator[Problem]:
    about = kind.about.value
    if about in ("item", "service", "payment") and about not in {each.type.value for each in kind.asked}:
        yield "fields", f"a case about {about} asks for one at opening; expected a field of that type."
    for name, each in kind.fields.items():
        path = f"fields.{name}"
        if each.since:
            yield from _known(f"{path}.from", each.since, kind.states)
        yield from _readable(kind, f"{path}.most", each.most, each)
        if each.default.startswith(("field:", BEFORE)) or each.default in READABLE:
            yield from _readable(kind, f"{path}.default", each.default, each)
        if each.type is FieldType.CODE and not each.choices:
            yield path, "expected codes to choose from: list = a list of the site, or the codes themselves."
        if each.default and each.type is FieldType.CODE and each.default not in each.choices:
            yield f"{path}.default", f"no such code; {expected(each.default, list(each.choices))}"
        if each.formula:
            yield from _known(f"{path}.formula", each.formula, site.formulas)
        for role in each.private:
            yield from _known(f"{path}.private", role, site.roles)
        for summed in each.sums:
            yield from _known(f"{path}.sum", summed, [column.name for column in each.columns])


def _readable(kind: Kind, path: str, value: str, own: Field) -> Iterator[Problem]:
    if not value:
        return
    if value.startswith("field:"):
        yield from _of_type(kind, path, value.removeprefix("field:"), own.type)
    elif value.startswith(BEFORE):
        yield from _of_type(kind, path, value.removeprefix(BEFORE), FieldType.DATE)
    elif value not in READABLE:
        yield path, f"expected field:NAME or {', '.join((f'{BEFORE}NAME', *READABLE))}."
    elif value.startswith("item.") and kind.about is not About.ITEM:
        yield path, "a case that is not about an item knows none."


def _move(kind: Kind, path: str, move: Move, site: Site) -> Iterator[Problem]:
    for origin in move.origins:
        yield from _known(f"{path}.from", origin, kind.states)
    yield from _known(f"{path}.to", move.to, kind.states)
    yield from _known(f"{path}.role", move.who, [*WHO, *site.roles])
    for name in move.needs:
        found = kind.fields.get(name)
        if found is None:
            yield from _known(f"{path}.needs", name, kind.fields)
    if (approval := move.approval) is not None:
        yield from _of_type(kind, f"{path}.approval.of", approval.of, FieldType.MONEY)
        if approval.above:
            yield from _known(f"{path}.approval.above", approval.above, site.limits)
        if approval.by:
            yield from _known(f"{path}.approval.by", approval.by, site.roles)
    for place, one in enumerate(move.does, 1):
        yield from _consequence(kind, f"{path}.does.{place}", one.name, one.given, site)
    moved = {name for name in _money_of(move) if name in kind.fields}
    asked = {each.name for each in kind.asked} | set(move.needs)
    for name in sorted(moved - asked):
        since = kind.fields[name].since
        if not since or not all(since in kind.before(origin) for origin in move.origins if origin in kind.states):
            yield path, f"{name} is neither asked before this move nor on it; add it to needs."


def _money_of(move: Move) -> Iterator[str]:
    if move.approval is not None:
        yield move.approval.of
    for one in move.does:
        yield from (one.given[key] for key in ("amount", "refund") if key in one.given)


def _consequence(kind: Kind, path: str, name: str, given: Mapping[str, str], site: Site) -> Iterator[Problem]:
    shape = VOCABULARY.get(name)
    if shape is None:
        yield from _known(path, name, VOCABULARY)
        return
    allowed = {**({name: shape.head} if shape.head else {}), **shape.given}
    for key in (*([name] if shape.head else []), *shape.needs):
        if key not in given:
            yield path, f"the key {key} is missing."
    for key, value in given.items():
        if key not in allowed:
            yield from _known(f"{path}.{key}", key, allowed)
            continue
        what = allowed[key]
        if isinstance(what, tuple):
            yield from _known(f"{path}.{key}", value, what)
        elif what.startswith("["):
            yield from _known(f"{path}.{key}", value, getattr(site, what.strip("[]")))
        elif what in ("money", "document"):
            yield from _of_type(kind, f"{path}.{key}", value, FieldType(what))


def _keys(kind: Kind) -> Iterator[Problem]:
    seen: dict[tuple[str, str], str] = {}
    for place, move in enumerate(kind.moves.values(), 1):
        for state in move.origins if move.key else ():
            if (other := seen.setdefault((state, move.key), move.name)) != move.name:
                yield f"moves.{place}.key", f"the same key as {other} in {state}."


def _clocks(kind: Kind, site: Site) -> Iterator[Problem]:
    yield from _known("clocks.calendar", kind.hours, site.hours)
    for name, rule in (("first", kind.first), ("resolve", kind.resolve)):
        if rule is not None and rule.by:
            yield from _by(kind, f"clocks.{name}", rule.by, rule.spans)
        if rule is None and any(state.clock == name for state in kind.states.values()):
            yield "clocks", f"a state runs the clock {name}; expected how long it has."


def _routes(kind: Kind, site: Site) -> Iterator[Problem]:
    routes = kind.routes
    for value in (routes.default, *routes.departments.values()):
        if value:
            yield from _known("routes", value, site.departments)
    if routes.by:
        yield from _by(kind, "routes", routes.by, routes.departments)
    for place, each in enumerate(routes.escalations, 1):
        yield from _known(f"routes.escalate.{place}.to", each.to, site.departments)


def _by(kind: Kind, path: str, name: str, among: Iterable[str]) -> Iterator[Problem]:
    found = kind.fields.get(name)
    if found is None or found.type is not FieldType.CODE:
        codes = [each.name for each in kind.fields.values() if each.type is FieldType.CODE]
        yield f"{path}.by", f"expected a field of codes; {expected(name, codes)}"
        return
    for value in among:
        yield from _known(f"{path}.{value}", value, found.choices)


def _of_type(kind: Kind, path: str, name: str, type_: FieldType) -> Iterator[Problem]:
    fitting = [each.name for each in kind.fields.values() if each.type is type_]
    if name not in fitting:
        yield path, f"expected a field of type {type_}; {expected(name, fitting)}"


def _known(path: str, value: str, among: Collection[str]) -> Iterator[Problem]:
    if value not in among:
        yield path, f"no such name; {expected(value, sorted(among))}"
