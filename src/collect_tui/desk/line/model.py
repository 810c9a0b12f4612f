"""What the line answers with: plain frozen values, and the one exception it uses inside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from collect_tui.desk.commands import Command

if TYPE_CHECKING:
    pass

#: Free text, which no verdict rests on but whether there is any.
_FREE = {"note", "typed", "text"}
MAX_CHARACTERS = 2000
MAX_COMMANDS = 20


@dataclass(frozen=True, slots=True)
class LineError:
    """What is wrong with text[start:end]; start == end at the end of an act means that something is missing there.

    `message` is a sentence that never repeats what was typed (it may hold card data); `expected` is the short form for
    a status line. `code` is a stable slug: verb, amount, date, moment, point, code, note, quote, card, alone, limit, ….
    """

    start: int
    end: int
    message: str
    expected: str = ""
    code: str = "word"


@dataclass(frozen=True, slots=True)
class Span:
    """What text[start:end] was read as: verb, code, amount, date, point, method, reason, note, …; for colouring."""

    start: int
    end: int
    role: str


@dataclass(frozen=True, slots=True)
class Parsed:
    """A line as understood. `commands` and `meaning` run side by side and leave out acts that have an error.

    `complete`: it may be sent as it stands. With card data in the line (an error with the code `card`) there are no
    commands at all, and the text must not reach disk, log or history. `warnings` forbid nothing.
    """

    text: str
    commands: tuple[Command, ...] = ()
    meaning: tuple[str, ...] = ()
    errors: tuple[LineError, ...] = ()
    complete: bool = False
    spans: tuple[Span, ...] = ()
    warnings: tuple[LineError, ...] = ()

    @property
    def sense(self) -> list[dict[str, object]]:
        """What an answer depends on: the commands but for the free text of notes, which changes with every key."""
        return [
            {**command.model_dump(exclude=_FREE), "noted": bool(getattr(command, "note", ""))}
            for command in self.commands
        ]

    @property
    def secret(self) -> bool:
        """Whether the text holds card data and must not be kept anywhere."""
        return any(error.code == "card" for error in self.errors)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A completion: `text` replaces what stands from `insert_from` to the cursor."""

    text: str
    title: str
    insert_from: int


@dataclass(frozen=True, slots=True)
class VerbHelp:
    """One verb as help and docs/line.md show it."""

    verb: str
    usage: str
    summary: str
    example: str
    aliases: tuple[str, ...] = ()


class Fault(Exception):
    """Ends the reading of one act; becomes its LineError."""

    def __init__(self, error: LineError) -> None:
        super().__init__(error.message)
        self.error = error
