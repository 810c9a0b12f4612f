"""Commands as the line they amount to, and as sentences.

What `render` writes, `parse` reads back as the same command in the same context, for every command whose codes and
points the context has. Not carried are the typed form of a note that has line breaks (the note itself is), and a typed
form that the site's abbreviations do not turn into the note. A line over 2,000 characters is not read back, nor is one
with card data in it (which a whole amount of 13 digits may look like).
"""

from __future__ import annotations

from collections.abc import Sequence

from collect_tui.desk.commands import Command, LogContact, MakePlan, MakePromise, ScheduleCallback, WriteNote
from collect_tui.desk.line import contact, note, promise, say
from collect_tui.desk.line.context import LineContext
from collect_tui.desk.line.verbs import MEANING, RENDER, shadowed


def render(command: Command, context: LineContext) -> str:
    """The line of one command."""
    if isinstance(command, LogContact):
        return contact.spell(command, context, shadowed=_shadowed(command))
    return RENDER[type(command)](command, context)


def render_act(commands: Sequence[Command], context: LineContext) -> str:
    """The line of an act: its commands joined by `;`, a contact and what it brought as one (`pp 150 fri`)."""
    parts: list[str] = []
    at = 0
    while at < len(commands):
        first = commands[at]
        following = commands[at + 1] if at + 1 < len(commands) else None
        folded = None
        if following is not None and isinstance(first, LogContact):
            folded = _folded(first, following, context)
        elif following is not None and isinstance(first, WriteNote):
            folded, following = note.quoted(first, context), None  # unquoted, it would go on to the end of the line
        parts.append(render(first, context) if folded is None else folded)
        at += 1 if folded is None or following is None else 2
    return "; ".join(parts)


def meaning(command: Command, context: LineContext) -> str:
    """One sentence for a person: `promise 150.00 by Fri 28 Nov`."""
    return MEANING[type(command)](command, context)


def _shadowed(command: LogContact) -> bool:
    return shadowed(command.action or command.result)


def _folded(log: LogContact, other: Command, context: LineContext) -> str | None:
    """A contact and the promise, plan or callback it brought as one act; None when they do not belong together."""
    result = context.codes.results.get(log.result)
    if result is None or _shadowed(log):
        return None
    if ("reason" in result.needs and not log.reason) or ("note" in result.needs and not log.note.strip()):
        return None
    match contact.form_of(result), other:
        case "promise", MakePromise(note=""):
            bare = other.model_copy(update={"method": None})
            return contact.spell(
                log, context, promise.promise_text(bare, context), method=say.method(other.method, context)
            )
        case ("promise" | "plan") as form, MakePlan(note="") if (other.terms is None) == (form == "promise"):
            return contact.spell(
                log, context, promise.terms_text(other, context), method=say.method(other.method, context)
            )
        case "callback", ScheduleCallback() if other.point == log.point and other.note == log.note:
            return contact.spell(log, context, say.moment(other.at, context), anyone=other.anyone)
        case _:
            return None
