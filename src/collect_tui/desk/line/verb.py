"""What a verb of the line is: its slots, its words for help, and the function that reads what follows it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from collect_tui.desk.commands import Command
from collect_tui.desk.line.model import VerbHelp
from collect_tui.desk.line.slot import Slot, usage
from collect_tui.desk.line.words import TokenCursor


@dataclass(frozen=True, slots=True)
class Verb:
    """An entry of the registry: the verb as typed, what may follow it, its words for help, and the function that reads it.

    `all_text`: everything after it, to the end of the line, is one text; `number`: what may stand before that, in lower case.
    """

    verb: str
    slots: tuple[Slot, ...]
    summary: str
    example: str
    read: Callable[[TokenCursor], tuple[Command, ...]]
    aliases: tuple[str, ...] = ()
    all_text: bool = False
    number: re.Pattern[str] | None = None

    @property
    def fields(self) -> tuple[Slot, ...]:
        """The slots that are fields of a form."""
        return tuple(slot for slot in self.slots if slot.label)

    @property
    def usage(self) -> str:
        """How it is typed."""
        return usage(self.verb, self.slots)

    @property
    def title(self) -> str:
        """What it is, in a few words."""
        return re.split(r"[:;,(/]| while | that ", self.summary)[0].strip()

    @property
    def help(self) -> VerbHelp:
        return VerbHelp(self.verb, self.usage, self.summary, self.example, self.aliases)
