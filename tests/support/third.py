"""A third command that leaves the building, for tests: `reloc int` moves a service.

with relocates(): …       # inside, the desk knows it everywhere; build apps and desks of a server inside as well

What stands here is all that such a command says of itself; that it is asked for comes with its class.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any, ClassVar, Literal, get_args

import pytest
from pydantic import Field

from collect_tui.desk import commands
from collect_tui.desk.commands import Act, OutsideCommand
from collect_tui.desk.commands.base import Short
from collect_tui.desk.line import confirm, render, say, verbs
from collect_tui.desk.line.context import LineContext
from collect_tui.desk.line.verb import Verb
from collect_tui.desk.line.words import TokenCursor
from collect_tui.domain.effects import NoteWritten
from collect_tui.domain.facts import AccountFacts
from collect_tui.server import acts as routes
from collect_tui.services import decide
from collect_tui.services.context import Context
from collect_tui.services.decide import Decision


class Relocate(OutsideCommand):
    """Moves a service to another address."""

    noun: ClassVar[str] = "relocations"
    kind: Literal["relocate"] = "relocate"
    service: Short


def _decide(command: Relocate, facts: AccountFacts, context: Context) -> Decision:
    said = f"{command.service} relocated"
    return Decision((NoteWritten(context.ids(), said, said),))


@confirm.leaves
def _read(words: TokenCursor) -> tuple[Relocate, ...]:
    words.require("service")
    words.take("service")
    return (words.build(Relocate, service=words.tokens[words.pos - 1].text),)


def _render(command: Relocate, context: LineContext) -> str:
    return say.join("reloc", command.service, *confirm.texts(command))


_VERB = Verb("reloc", "reloc SERVICE [#DIGITS]", "move a service to another address", "reloc int", _read)


@contextmanager
def relocates() -> Iterator[None]:
    """As if the command stood in the program."""
    field = Act.model_fields["commands"]
    known = get_args(commands.Command)[0]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(field, "annotation", tuple[Annotated[known | Relocate, Field(discriminator="kind")], ...])
        Act.model_rebuild(force=True)
        body: Any = routes._without(Act, frozenset({"id", "account", "version"}), "ActBody", None)
        patch.setattr(routes, "ActBody", body)
        patch.setitem(commands.COMMANDS, "relocate", Relocate)
        patch.setitem(decide._DECIDERS, Relocate, _decide)
        patch.setattr(verbs, "_NAMES", {**verbs._NAMES, "reloc": _VERB})
        patch.setattr(render, "RENDER", {**verbs.RENDER, Relocate: _render})
        patch.setattr(render, "MEANING", {**verbs.MEANING, Relocate: lambda one, _: f"relocate {one.service}"})
        yield
    Act.model_rebuild(force=True)
