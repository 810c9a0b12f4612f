"""Notes on the line: `n waits for salary`, `n! speak to the daughter only`, `unpin speak to`."""

from __future__ import annotations

from dataclasses import replace

from collect_tui.desk.commands import Command, UnpinNote, WriteNote
from collect_tui.desk.line import freetext, say
from collect_tui.desk.line.context import LineContext
from collect_tui.desk.line.lexer import literal
from collect_tui.desk.line.slot import NOTE, Slot
from collect_tui.desk.line.verb import Verb
from collect_tui.desk.line.words import TokenCursor


def note(words: TokenCursor) -> tuple[Command, ...]:
    """`n TEXT`"""
    return (_note(words, pinned=False),)


def pin(words: TokenCursor) -> tuple[Command, ...]:
    """`n! TEXT`"""
    return (_note(words, pinned=True),)


def _note(words: TokenCursor, *, pinned: bool) -> WriteNote:
    words.ask("text")
    if words.peek() is None:
        words.missing("text", "the text of the note")
    first = words.tokens[words.pos]
    text, typed = freetext.note(words, anything=True)
    if not text.strip():
        words.reject(first, "text")
    return words.build(WriteNote, text=text, typed=typed, pinned=pinned)


def unpin(words: TokenCursor) -> tuple[Command, ...]:
    """`unpin TEXT`: the beginning of the note is enough."""
    words.ask("pinned")
    return (words.build(UnpinNote, text=freetext.why(words, slot="text", anything=True)),)


def render_note(command: WriteNote, context: LineContext) -> str:
    typed = command.typed
    bare = typed == typed.strip() and typed[:1] not in ('"', "`", ";")
    if bare and say.reads_back(typed, command.text, context):
        return f"{_verb(command)} {typed}"
    return quoted(command, context)


def quoted(command: WriteNote, context: LineContext) -> str:
    """The note in quotes, so that another act can follow it."""
    return say.join(_verb(command), say.note(command.text, context, command.typed))


def _verb(command: WriteNote) -> str:
    return "n!" if command.pinned else "n"


def say_note(command: WriteNote, context: LineContext) -> str:
    return say.sentence("pinned note" if command.pinned else "note", say.quoted(command.text))


def render_unpin(command: UnpinNote, context: LineContext) -> str:
    return say.join("unpin", literal(command.text))


def say_unpin(command: UnpinNote, context: LineContext) -> str:
    return say.sentence("unpin the note", say.quoted(command.text))


_TEXT = replace(NOTE, name="text", word="TEXT", label="Text", needed=True, also=frozenset())
_PINNED = Slot(
    "text",
    "TEXT",
    "Text",
    "how the note begins; F4 lists them",
    "pinned",
    frozenset({"text"}),
    needed=True,
    writing="text",
)

RENDER = {WriteNote: render_note, UnpinNote: render_unpin}
MEANING = {WriteNote: say_note, UnpinNote: say_unpin}

VERBS = (
    Verb(
        "n",
        (_TEXT,),
        'a note: all to the end of the line, `;` too (quote it to go on: `n "waits"; na`); abbreviations are written out,'
        " what follows fills their slots (`cb tue 9`), \\word keeps one",
        "n waits for salary",
        note,
        ("note",),
        all_text=True,
    ),
    Verb(
        "n!",
        (_TEXT,),
        "a note pinned to the top, all to the end of the line",
        "n! speak to the daughter only",
        pin,
        ("pin",),
        all_text=True,
    ),
    Verb("unpin", (_PINNED,), "take a pinned note off the top; its beginning is enough", "unpin speak to", unpin),
)
