"""The account's last four digits on the line, for every verb that takes effect outside the building.

They stand at the end (`#2231`), or in an option before the note (`confirm=2231`). Where somebody can be asked, what stands
on the line does not count.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps
from typing import Final

from collect_tui.desk.commands import Command, OutsideCommand
from collect_tui.desk.line.lexer import literal
from collect_tui.desk.line.model import Span
from collect_tui.desk.line.words import TokenCursor

_DIGITS: Final = re.compile(r"#[0-9A-Za-z]{1,12}")

Read = Callable[[TokenCursor], tuple[Command, ...]]


def leaves(read: Read) -> Read:
    """Reads a verb whose command leaves the building: takes the digits off the end of the act, before anything else is read."""

    @wraps(read)
    def reads(words: TokenCursor) -> tuple[Command, ...]:
        last = words.tokens[-1]
        if len(words.tokens) < 2 or not last.plain or not _DIGITS.fullmatch(last.text):
            return read(words)
        words.tokens = words.tokens[:-1]
        words.spans.append(Span(last.start, last.end, "confirm"))
        return tuple(c.answered(last.text[1:], words.context.currency) if c.outside else c for c in read(words))

    return reads


def option(words: TokenCursor) -> str | None:
    """`confirm=anything`, for what the end of the line cannot hold."""
    return words.option("confirm", "confirm")


def texts(command: OutsideCommand) -> tuple[str, str]:
    """What was typed to confirm a command: as the option before its note, or as the last word."""
    if command.confirm is None:
        return "", ""
    last = f"#{command.confirm}"
    return ("", last) if _DIGITS.fullmatch(last) else (f"confirm={literal(command.confirm)}", "")
