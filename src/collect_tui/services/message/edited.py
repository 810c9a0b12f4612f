"""A text that somebody changed before it leaves: held to the same lengths, with the words that a template may not leave out."""

from __future__ import annotations

from collect_tui.domain.errors import Invalid, Refused
from collect_tui.domain.message.effects import EDITED, Content
from collect_tui.domain.message.segments import segments
from collect_tui.domain.message.template import TEXTS, MessageRules
from collect_tui.services.message.compose import Composed, dump
from collect_tui.services.message.document import BREAK, Document, Node, paragraphs


def edited(made: Composed, rules: MessageRules, text: str) -> Content:
    """What leaves instead of the text of a template, as it was typed; its version says that it was changed. The words that say how to
    have no more of it are put back where they were left out.

    Refused "message.edit" for a template whose text may not be changed, Invalid "message.segments" for an SMS that is too long.
    """
    head, kept = made.head, made.content
    if not head.edit:
        raise Refused("message.edit", f"{head.title}: its text leaves as it is written and may not be changed.", "text")
    parts = paragraphs(text)
    if not parts:
        raise Invalid("message.text", "Expected some text.", "text")
    if parts == paragraphs(kept.text):
        return kept
    opt_out = paragraphs(rules.languages[made.variant.language].words.get(f"opt_out_{made.channel}", ""))
    asked = made.channel in rules.kinds[head.kind].opt_out
    if asked and (missing := [each for each in opt_out if not any(each in part for part in parts)]):
        parts += missing
    version = kept.version + EDITED
    if made.channel in TEXTS:
        whole = " ".join(parts)
        taken = segments(whole)
        if made.channel == "sms" and taken.count > head.segments:
            told = f"The text takes {taken.count} segments of {taken.encoding}; {head.title} may take {head.segments}."
            raise Invalid("message.segments", told, "text")
        return Content(version, kept.language, kept.subject, whole)
    blocks = tuple(Node("h1" if part == kept.subject else "p", "", (Node("", part),)) for part in parts)
    document = Document(made.rendered.document.language, blocks)
    return Content(version, kept.language, kept.subject, document.text(), dump(document))


def on_one_line(text: str) -> str:
    """A text as it is typed on one line."""
    return f" {BREAK} ".join(paragraphs(text))
