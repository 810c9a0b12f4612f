"""Reads the kinds of cases: `cases/NAME.toml`, ours with a site's laid over it, and kinds of the site's own.

Raises Invalid "defaults.…" that names file and key, says what was expected and the nearest valid name.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from importlib import resources
from pathlib import Path
from typing import Final

from collect_tui.defaults import case_parts as parts
from collect_tui.defaults.case_parts import Lists
from collect_tui.defaults.layers import layered
from collect_tui.defaults.reading import Table
from collect_tui.domain.case import nested
from collect_tui.domain.case.check import problems
from collect_tui.domain.case.definition import (
    OPENED_ON,
    About,
    FieldType,
    Kind,
    Move,
)
from collect_tui.domain.case.vocabulary import Site

_VERB: Final = re.compile(r"[a-z][a-z0-9]{1,11}")
_NAME: Final = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_OF_THE_LINE: Final = ("case", "move", "values", "note")
"""What the line calls by these names beside the fields of a case."""


def kinds(
    overrides: Path | None,
    site: Site,
    lists: Lists,
    departments: Mapping[str, str],
    verbs: Collection[str],
    results: Collection[str] = (),
) -> dict[str, Kind]:
    """All kinds by name. `departments`: what each is called. `verbs`: words that a line begins with already, which no kind may have for its
    own. `results`: codes of results, of which one may be the verb of a kind whose first word is an item: that tells them apart."""
    from collect_tui.desk.line.look import means

    found: dict[str, Kind] = {}
    roots: dict[str, Table] = {}
    taken = {each.casefold(): "a word of the line, a way to pay or the code of a result" for each in verbs}
    codes = {each.casefold() for each in results}
    for name in names(overrides):
        root = layered(f"cases/{name}.toml", overrides).table()
        kind = found[name] = _kind(name, root, lists, departments)
        root.done()
        for path, sentence in problems(kind, site):
            raise root.error_at(path, sentence)
        if not _VERB.fullmatch(kind.verb.casefold()):
            raise root.error("type", "verb", "expected 2 to 12 letters and digits, a letter first.")
        if not _NAME.fullmatch(name):
            raise root.error(
                "type", None, "expected a file whose name is small letters, digits, hyphens and underscores."
            )
        for field in parts.names(root.table("fields", {})):
            if field.casefold() in _OF_THE_LINE:
                raise root.table("fields").error(
                    "name", field, "the line calls something else so; expected another name."
                )
        if (other := taken.get(kind.verb.casefold())) is not None:
            raise root.error("duplicate", "verb", f"the same word as {other}.")
        if means(kind.verb.casefold()):
            raise root.error("duplicate", "verb", "a day, an amount or a contact point on the line.")
        first = next(iter(kind.asked), None)
        if kind.verb.casefold() in codes and (first is None or first.type is not FieldType.ITEM):
            told = "the code of a result too; that is told apart only where the first field is an item."
            raise root.error("duplicate", "verb", told)
        taken[kind.verb.casefold()] = f"that of {name}"
        roots[name] = root
    for name, kind in found.items():
        for path, sentence in nested.problems(kind, found):
            raise roots[name].error_at(path, sentence)
    return found


def names(overrides: Path | None) -> tuple[str, ...]:
    """The names of the kinds: ours, then the site's own, so that what clashes is found where it can be mended."""
    ours = (each.name for each in resources.files(__package__).joinpath("cases").iterdir())
    theirs = (path.name for path in (overrides / "cases").glob("*.toml")) if overrides else ()
    every = dict.fromkeys((*sorted(ours), *sorted(theirs)))
    return tuple(name.removesuffix(".toml") for name in every if name.endswith(".toml"))


def _kind(name: str, root: Table, lists: Lists, departments: Mapping[str, str]) -> Kind:
    title = root.line("title")
    fields = {each: parts.field(each, table, lists, departments) for each, table in root.table("fields").entries()}
    always = parts.standing(root.table("while_open", {}))
    states = {each: parts.state(each, table, always) for each, table in root.table("states").entries()}
    clocks = root.table("clocks", {})
    if not states:
        raise root.error("missing", "states", "expected at least the state in which a case is opened, and a final one.")
    moves = [parts.move(table, fields) for table in root.tables("moves")]
    for place, move in enumerate(moves, 1):
        if any(_typed(move) == _typed(other) for other in moves[: place - 1]):
            raise root.tables("moves")[place - 1].error("duplicate", "name", "there is a move of this name already.")
    made = Kind(
        name=name,
        title=title,
        verb=root.text("verb"),
        about=About(root.choice("about", [each.value for each in About])),
        version=root.number("version", 1, 9999),
        fields=fields,
        states=states,
        moves={move.name: move for move in moves},
        hours=clocks.text("calendar", "desk"),
        first=parts.clock(clocks, "first"),
        resolve=parts.clock(clocks, "resolve"),
        warn=clocks.number("warn", 1, 100, 80),
        routes=parts.routes(root.table("routes", {})),
        private=root.phrases("private"),
        once=root.flag("once", False),
        opened_on=root.maybe_choice("opened_on", OPENED_ON) or "",
        help=root.text("help", ""),
        source=root.text("source", ""),
        digest=root.digest(),
    )
    clocks.done()
    return made


def _typed(move: Move) -> str:
    return move.name.casefold().replace(" ", "-")


__all__ = ["kinds", "names"]
