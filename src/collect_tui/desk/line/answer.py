"""What came in on the line: `answer nothing is due`, `answer M-4K7 nothing is due`, `read thanks only`."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from collect_tui.desk.commands import AnswerMessage, CloseMessage, Command
from collect_tui.desk.line import freetext, say
from collect_tui.desk.line.context import LineContext
from collect_tui.desk.line.slot import WHY, Slot
from collect_tui.desk.line.verb import Verb
from collect_tui.desk.line.words import TokenCursor

NUMBER: Final = re.compile("m-[0-9a-z]+")
"""The number of a message that came in, in lower case."""


def answer(words: TokenCursor) -> tuple[Command, ...]:
    """`answer [MESSAGE] TEXT`: word for word, nothing is written out."""
    words.ask("received")
    token = words.bare()
    number = None
    if token is not None and NUMBER.fullmatch(token.low):
        number = token.text.upper()
        words.take("received")
    return (words.build(AnswerMessage, message=number, text=freetext.why(words, slot="text", anything=True)),)


def read(words: TokenCursor) -> tuple[Command, ...]:
    """`read [REASON]`"""
    return (words.build(CloseMessage, reason=freetext.why(words, required=False)),)


def render_answer(command: AnswerMessage, context: LineContext) -> str:
    return say.join("answer", command.message or "", say.why(command.text))


def say_answer(command: AnswerMessage, context: LineContext) -> str:
    return say.sentence(f"answer {command.message or 'what came in'}", say.quoted(command.text))


def render_read(command: CloseMessage, context: LineContext) -> str:
    return say.join("read", say.why(command.reason))


def say_read(command: CloseMessage, context: LineContext) -> str:
    return say.sentence("what came in needs no answer", say.quoted(command.reason))


_RECEIVED = Slot("message", "MESSAGE", "Message", "its number, as M-4K7; nothing for the newest that waits", "received")

RENDER: Final[dict[type, Callable[..., str]]] = {AnswerMessage: render_answer, CloseMessage: render_read}
MEANING: Final[dict[type, Callable[..., str]]] = {AnswerMessage: say_answer, CloseMessage: say_read}

VERBS = (
    Verb(
        "answer",
        (
            _RECEIVED,
            replace(WHY, name="text", word="TEXT", label="Text", hint="what is answered", kind="text", needed=True),
        ),
        "answer what came in, by the same way, the newest or the one of a number; all to the end of the line",
        "answer nothing is due before the 15th",
        answer,
        ("ans",),
        all_text=True,
        number=NUMBER,
    ),
    Verb("read", (WHY,), "what came in needs no answer", "read thanks only", read),
)
