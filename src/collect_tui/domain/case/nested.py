"""Cases inside cases: a move opens one of another kind, and when that comes to a named state a move of the outer one is made. Pure.

`{ open_case = "endorsement", with = { facts = "field:facts" }, on = { ANSWERED = "take" } }`
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from collect_tui.common.words import expected
from collect_tui.domain.case.case import Case, Value
from collect_tui.domain.case.definition import READABLE, Consequence, Field, FieldType, Kind, Move
from collect_tui.domain.case.effects import CaseChanged
from collect_tui.domain.case.values import readable
from collect_tui.domain.case.vocabulary import OPEN_CASE, Problem, known
from collect_tui.domain.effect import Effect
from collect_tui.domain.facts import AccountFacts

_WITH, _ON = "with.", "on."


def given_to(case: Case, given: Mapping[str, str], facts: AccountFacts) -> dict[str, Value]:
    """The values that the inner case is opened with; what is not there is left out."""
    found: dict[str, Value] = {}
    for key, name in given.items():
        if key.startswith(_WITH):
            value = readable(name, case.values, facts) if _is_read(name) else name
            if value is not None:
                found[key.removeprefix(_WITH)] = value
    return found


def answered(kind: Kind, case: Case, effects: Sequence[Effect]) -> tuple[Move, Case] | None:
    """The move of a case that is made because an inner one has come to the state that it waits for, and that one."""
    for effect in effects:
        if not isinstance(effect, CaseChanged) or effect.what == "undone" or effect.after.state == effect.before.state:
            continue
        if effect.after.number in case.links:
            for one in _opening(kind, case.state):
                name = one.given.get(f"{_ON}{effect.after.state}", "")
                if one.given[OPEN_CASE] == effect.after.kind and name in kind.moves:
                    return kind.moves[name], effect.after
    return None


def _opening(kind: Kind, state: str) -> Iterator[Consequence]:
    """What opens a case inside one that has come to a state."""
    for move in kind.moves.values():
        if move.to == state:
            yield from (one for one in move.does if one.name == OPEN_CASE)


def told_by(kind: Kind, move: Move, inner: Case) -> dict[str, Value]:
    """What a move that is made by itself asks for, as the inner case has it."""
    return {name: inner.values[name] for name in move.needs if name in inner.values}


def _is_read(name: str) -> bool:
    return name.startswith("field:") or name in READABLE


# ------------------------------------------------------------------------------------------------------------ checking


def problems(kind: Kind, kinds: Mapping[str, Kind]) -> Iterator[Problem]:
    """What is wrong with the cases that a kind opens inside its own."""
    for place, move in enumerate(kind.moves.values(), 1):
        for at, one in enumerate(move.does, 1):
            if one.name == OPEN_CASE:
                path, name = f"moves.{place}.does.{at}", one.given[OPEN_CASE]
                yield from known(f"{path}.{OPEN_CASE}", name, kinds)
                if name in kinds:
                    yield from _with(kind, path, one.given, kinds[name])
                    yield from _on(kind, path, move, one.given, kinds[name])


def _with(kind: Kind, path: str, given: Mapping[str, str], inner: Kind) -> Iterator[Problem]:
    asked = {each.name: each for each in inner.asked}
    for key, value in given.items():
        name = key.removeprefix(_WITH)
        if not key.startswith(_WITH):
            continue
        if name not in asked:
            yield from known(f"{path}.{key}", name, asked)
        else:
            yield from _fits(kind, f"{path}.{key}", value, asked[name])
    for each in inner.asked:
        if f"{_WITH}{each.name}" not in given and not each.optional and each.default == "":
            yield f"{path}.with", f"{inner.title} asks for {each.name} at opening; expected it here."


def _fits(kind: Kind, path: str, value: str, field: Field) -> Iterator[Problem]:
    if value.startswith("field:"):
        if not kind.adds_up(value.removeprefix("field:"), field.type):
            told = expected(value, [f"field:{name}" for name in kind.named(field.type)])
            yield path, f"expected a field of type {field.type}; {told}"
    elif value in READABLE:
        if READABLE[value] is not field.type:
            yield path, f"{value} is {READABLE[value]}, not {field.type}."
    elif field.type is FieldType.CODE:
        yield from known(path, value, field.choices)
    elif field.type is not FieldType.TEXT:
        yield path, f"expected field:NAME of type {field.type}."


def _on(kind: Kind, path: str, opening: Move, given: Mapping[str, str], inner: Kind) -> Iterator[Problem]:
    for key, name in given.items():
        if not key.startswith(_ON):
            continue
        yield from known(path, key.removeprefix(_ON), inner.states)
        move = kind.moves.get(name)
        if move is None or opening.to not in move.origins:
            yield from known(f"{path}.{key}", name, [each.name for each in kind.moves_from(opening.to)])
        elif move.approval is not None:
            yield f"{path}.{key}", f"{name} needs somebody to agree: it is not made by itself."
        elif any(one.name in (OPEN_CASE, "message", "order", "callback") for one in move.does):
            yield (
                f"{path}.{key}",
                f"{name} asks for a message, an order, a callback or a case: it is not made by itself.",
            )
        else:
            yield from _told(kind, f"{path}.{key}", move, inner)


def _told(kind: Kind, path: str, move: Move, inner: Kind) -> Iterator[Problem]:
    asked = {each.name for each in kind.asked}
    for name in move.needs:
        field, same = kind.fields.get(name), inner.fields.get(name)
        if field is None or name in asked or field.default != "":
            continue
        if same is None or same.type is not field.type:
            yield path, f"{move.name} asks for {name}, which {inner.title} has not: it is not made by itself."
