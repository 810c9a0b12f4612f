"""What is wrong with a kind of case: states that nobody reaches or leaves, fields that nobody asks for, names of nothing. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from collect_tui.common.text import clean
from collect_tui.common.words import expected
from collect_tui.domain.case.definition import (
    BEFORE,
    CELLS,
    CONTEXT,
    READABLE,
    REOPEN,
    ROUTE,
    WAKES,
    WHO,
    About,
    Field,
    FieldType,
    Kind,
    Move,
    State,
)
from collect_tui.domain.case.formulas import INPUTS
from collect_tui.domain.case.values import is_read
from collect_tui.domain.case.vocabulary import Problem, Site, adds_up, consequence, known


def problems(kind: Kind, site: Site) -> Iterator[Problem]:
    yield from _titles(kind)
    for role in kind.private:
        yield from known("private", role, site.roles)
    yield from _fields(kind, site)
    for place, move in enumerate(kind.moves.values(), 1):
        yield from _move(kind, f"moves.{place}", move, site)
    if kind.opened_on:
        yield from _opened_on(kind)
    yield from _keys(kind)
    yield from _clocks(kind, site)
    yield from _routes(kind, site)
    yield from _states(kind, site)  # last: a name that is wrong tears a way


def _opened_on(kind: Kind) -> Iterator[Problem]:
    """What is opened by itself is told its service and nothing else."""
    if kind.about is not About.SERVICE:
        yield "opened_on", 'a service is what that happens to; expected about = "service".'
    for each in kind.asked:
        if each.type is not FieldType.SERVICE and not each.optional and each.default == "":
            yield f"fields.{each.name}", "nobody is there to say it when a case is opened by itself; expected optional."


def _titles(kind: Kind) -> Iterator[Problem]:
    """What stands on the screen among other words moves none of them."""
    titles = {
        "title": kind.title,
        "help": kind.help,
        "source": kind.source,
        **{f"fields.{name}.label": each.label for name, each in kind.fields.items()},
        **{f"fields.{name}.list": " ".join(each.choices.values()) for name, each in kind.fields.items()},
        **{f"states.{name}.label": each.label for name, each in kind.states.items()},
        **{f"moves.{place}.label": each.label for place, each in enumerate(kind.moves.values(), 1)},
    }
    for path, title in titles.items():
        if any(clean(char) != char for char in title):
            yield path, "a sign that moves or hides others; expected letters, digits and signs that are seen."


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
                yield from known(f"{path}.{key}", value, names)
        if state.after and state.after.count < 1:
            yield f"{path}.after", "expected at least 1."
        if bool(state.after) != bool(state.then):
            yield path, "after and to_after stand together."
        if state.asks_for and (name != kind.initial.name or not _agreed_to(kind, state.asks_for)):
            yield f"{path}.asks_for", "expected a move of the first state to which somebody has to agree."
        if bool(state.wakes) != bool(state.woken):
            yield path, "wakes and to_on_wake stand together."
        if state.wakes:
            yield from known(f"{path}.wakes", state.wakes, WAKES)
        if state.queue:
            yield from known(f"{path}.queue", state.queue, site.queues)
        yield from _standing(kind, path, state, site)


def _agreed_to(kind: Kind, name: str) -> bool:
    return any(move.name == name and move.approval is not None for move in kind.moves_from(kind.initial.name))


def _standing(kind: Kind, path: str, state: State, site: Site) -> Iterator[Problem]:
    standing = state.standing
    if standing.exclude:
        if kind.about is not About.ITEM:
            yield f"{path}.while.exclude", 'only of an item is an amount excluded; expected about = "item".'
        yield from adds_up(kind, f"{path}.while.exclude", standing.exclude, FieldType.MONEY)
    if standing.split:
        if kind.about not in (About.ACCOUNT, About.PARTY):
            yield f"{path}.while.split", 'the ledger is split of an account; expected about = "account".'
        yield from adds_up(kind, f"{path}.while.split", standing.split, FieldType.DATE)
    if standing.set_off:
        yield from adds_up(kind, f"{path}.while.set_off", standing.set_off, FieldType.MONEY)
    if standing.hold:
        yield from known(f"{path}.while.hold.kind", standing.hold, site.holds)
        if standing.on in ("item", "service") and kind.about.value != standing.on:
            yield f"{path}.while.hold.on", f"a case about {kind.about} knows no {standing.on} to hold."


def _fields(kind: Kind, site: Site) -> Iterator[Problem]:
    about = kind.about.value
    if about in ("item", "service", "payment") and about not in {each.type.value for each in kind.asked}:
        yield "fields", f"a case about {about} asks for one at opening; expected a field of that type."
    for name, each in kind.fields.items():
        path = f"fields.{name}"
        if each.since:
            yield from known(f"{path}.from", each.since, kind.states)
        yield from _readable(kind, f"{path}.most", each.most, each)
        yield from _default(kind, path, each)
        if each.type is FieldType.CODE and not each.choices:
            yield path, "expected codes to choose from: list = a list of the site, or the codes themselves."
        if each.formula:
            yield from known(f"{path}.formula", each.formula, site.formulas)
            if each.type is not FieldType.MONEY:
                yield f"{path}.formula", "works out an amount; expected a field of type money."
            for needed in INPUTS.get(each.formula, ()):
                if not kind.adds_up(needed, FieldType.MONEY):
                    yield f"{path}.formula", f"is worked out from {needed}, which the kind has not."
        if (type_ := _NAMED.get(name, each.type)) is not each.type:
            yield f"{path}.type", f"a case is given to one by this name; expected {type_}."
        for role in each.private:
            yield from known(f"{path}.private", role, site.roles)
        yield from _table(kind, path, each)


_NAMED: Final = {"owner": FieldType.USER, "dept": FieldType.DEPARTMENT}
_DEFAULTS: Final = {FieldType.YES_NO: bool, FieldType.NUMBER: int, FieldType.PERCENT: int}


def _default(kind: Kind, path: str, field: Field) -> Iterator[Problem]:
    default, path = field.default, f"{path}.default"
    if default == "":
        return
    if isinstance(default, str) and is_read(default):
        yield from _readable(kind, path, default, field)
    elif default == CONTEXT:
        if field.type is not FieldType.CHANNEL:
            yield path, "the context says where a case comes from; expected a field of type channel."
    elif default == ROUTE:
        if field.type is not FieldType.DEPARTMENT or not kind.routes.default:
            yield path, "a route is what a department is given by; expected one, and routes with a default."
    elif type(default) is not _DEFAULTS.get(field.type, str) or field.type in (FieldType.MONEY, FieldType.TABLE):
        yield path, f"no {field.type} to stand where none is given."
    elif field.type is FieldType.CODE and default not in field.choices:
        yield path, f"no such code; {expected(str(default), list(field.choices))}"


def _table(kind: Kind, path: str, field: Field) -> Iterator[Problem]:
    if (field.type is FieldType.TABLE) != bool(field.columns):
        yield path, "a table has columns, and nothing else has."
    for each in field.columns:
        below = f"{path}.columns.{each.name}"
        if each.type not in CELLS:
            yield below, f"expected {', '.join(CELLS)}."
        if each.since or each.formula or each.private or each.columns:
            yield below, "a column is asked for, worked out and private as its table is."
        if each.type is FieldType.CODE and not each.choices:
            yield below, "expected codes to choose from: list = a list of the site, or the codes themselves."
        yield from _default(kind, below, each)
        yield from _readable(kind, f"{below}.most", each.most, each)
    for summed in field.sums:
        fitting = [each.name for each in field.columns if each.type in (FieldType.MONEY, FieldType.NUMBER)]
        yield from known(f"{path}.sum", summed, fitting)


def _readable(kind: Kind, path: str, value: str, own: Field) -> Iterator[Problem]:
    if not value:
        return
    if value.startswith("field:"):
        yield from adds_up(kind, path, value.removeprefix("field:"), own.type)
    elif value.startswith(BEFORE) and own.type is FieldType.MONEY:
        yield from adds_up(kind, path, value.removeprefix(BEFORE), FieldType.DATE)
    elif READABLE.get(value) is not own.type:
        fitting = [name for name, type_ in READABLE.items() if type_ is own.type]
        fitting += [f"{BEFORE}NAME"] if own.type is FieldType.MONEY else []
        yield path, f"expected field:NAME or {', '.join(fitting)}."
    elif value.startswith("item.") and kind.about is not About.ITEM:
        yield path, "a case that is not about an item knows none."


def _move(kind: Kind, path: str, move: Move, site: Site) -> Iterator[Problem]:
    for origin in move.origins:
        yield from known(f"{path}.from", origin, kind.states)
    yield from known(f"{path}.to", move.to, kind.states)
    yield from known(f"{path}.role", move.who, [*WHO, *site.roles])
    if move.name == REOPEN:
        yield f"{path}.name", "a case that has ended comes back by this word: say it by reopens."
    for name in move.needs:
        yield from known(f"{path}.needs", name, kind.fields)
    for name in move.asks:
        yield from known(f"{path}.asks", name, kind.fields)
    if (approval := move.approval) is not None:
        yield from adds_up(kind, f"{path}.approval.of", approval.of, FieldType.MONEY)
        if approval.above:
            yield from known(f"{path}.approval.above", approval.above, site.limits)
        if approval.refused:
            yield from known(f"{path}.approval.refused", approval.refused, kind.moves)
        if approval.by:
            yield from known(f"{path}.approval.by", approval.by, site.roles)
    for place, one in enumerate(move.does, 1):
        yield from consequence(kind, f"{path}.does.{place}", one.name, one.given, site)
    moved = {name for name in (each.partition(".")[0] for each in _money_of(move)) if name in kind.fields}
    asked = {each.name for each in kind.asked} | set(move.needs)
    for name in sorted(moved - asked):
        since = kind.fields[name].since
        if not since or not all(since in kind.before(origin) for origin in move.origins if origin in kind.states):
            yield path, f"{name} is neither asked before this move nor on it; add it to needs."


def _money_of(move: Move) -> Iterator[str]:
    if move.approval is not None:
        yield move.approval.of
    for one in move.does:
        yield from (one.given[key] for key in ("each", "amount", "refund") if key in one.given)


def _keys(kind: Kind) -> Iterator[Problem]:
    seen: dict[tuple[str, str], str] = {}
    for place, move in enumerate(kind.moves.values(), 1):
        for state in move.origins if move.key else ():
            if (other := seen.setdefault((state, move.key), move.name)) != move.name:
                yield f"moves.{place}.key", f"the same key as {other} in {state}."


def _clocks(kind: Kind, site: Site) -> Iterator[Problem]:
    yield from known("clocks.calendar", kind.hours, site.hours)
    for name, rule in (("first", kind.first), ("resolve", kind.resolve)):
        if rule is not None and rule.by:
            yield from _by(kind, f"clocks.{name}", rule.by, rule.spans)
        if rule is None and any(state.clock == name for state in kind.states.values()):
            yield "clocks", f"a state runs the clock {name}; expected how long it has."


def _routes(kind: Kind, site: Site) -> Iterator[Problem]:
    routes = kind.routes
    for value in (routes.default, *routes.departments.values()):
        if value:
            yield from known("routes", value, site.departments)
    if routes.by:
        yield from _by(kind, "routes", routes.by, routes.departments)
    for place, each in enumerate(routes.escalations, 1):
        yield from known(f"routes.escalate.{place}.to", each.to, site.departments)


def _by(kind: Kind, path: str, name: str, among: Iterable[str]) -> Iterator[Problem]:
    found = kind.fields.get(name)
    if found is None or found.type is not FieldType.CODE:
        codes = [each.name for each in kind.fields.values() if each.type is FieldType.CODE]
        yield f"{path}.by", f"expected a field of codes; {expected(name, codes)}"
        return
    for value in among:
        yield from known(f"{path}.{value}", value, found.choices)
