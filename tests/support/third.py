"""A third command that leaves the building, for tests: `term int` terminates a service.

with terminates(): …       # inside, the desk knows it everywhere; build apps and desks of a server inside as well

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


class Terminate(OutsideCommand):
    """Ends a service for good."""

    noun: ClassVar[str] = "terminations"
    kind: Literal["terminate"] = "terminate"
    service: Short


def _decide(command: Terminate, facts: AccountFacts, context: Context) -> Decision:
    said = f"{command.service} terminated"
    return Decision((NoteWritten(context.ids(), said, said),))


@confirm.leaves
def _read(words: TokenCursor) -> tuple[Terminate, ...]:
    words.require("service")
    words.take("service")
    return (words.build(Terminate, service=words.tokens[words.pos - 1].text),)


def _render(command: Terminate, context: LineContext) -> str:
    return say.join("term", command.service, *confirm.texts(command))


_VERB = Verb("term", "term SERVICE [#DIGITS]", "end a service for good", "term int", _read)


@contextmanager
def terminates() -> Iterator[None]:
    """As if the command stood in the program."""
    field = Act.model_fields["commands"]
    known = get_args(commands.Command)[0]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(field, "annotation", tuple[Annotated[known | Terminate, Field(discriminator="kind")], ...])
        Act.model_rebuild(force=True)
        body: Any = routes._without(Act, frozenset({"id", "account", "version"}), "ActBody", None)
        patch.setattr(routes, "ActBody", body)
        patch.setitem(commands.COMMANDS, "terminate", Terminate)
        patch.setitem(decide._DECIDERS, Terminate, _decide)
        patch.setattr(verbs, "_NAMES", {**verbs._NAMES, "term": _VERB})
        patch.setattr(render, "RENDER", {**verbs.RENDER, Terminate: _render})
        patch.setattr(render, "MEANING", {**verbs.MEANING, Terminate: lambda one, _: f"terminate {one.service}"})
        yield
    Act.model_rebuild(force=True)
