"""What a verb of the line is: its words for help, and the function that reads what follows it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from collect_tui.desk.commands import Command
from collect_tui.desk.line.model import VerbHelp
from collect_tui.desk.line.words import TokenCursor


@dataclass(frozen=True, slots=True)
class Verb:
    """An entry of the registry: the verb as typed, its words for help, and the function that reads its arguments.

    `all_text`: everything after it, to the end of the line, is one text.
    """

    verb: str
    usage: str
    summary: str
    example: str
    read: Callable[[TokenCursor], tuple[Command, ...]]
    aliases: tuple[str, ...] = ()
    all_text: bool = False

    @property
    def help(self) -> VerbHelp:
        return VerbHelp(self.verb, self.usage, self.summary, self.example, self.aliases)
