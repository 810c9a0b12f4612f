"""A message whole: who wrote it to whom and when, what it is about, and its text as it was sent or came in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from collect_tui.desk.views.message import head, without_text
from collect_tui.tui.render import text as tui_text
from collect_tui.tui.render.roles import Role
from collect_tui.tui.render.styled import Line

if TYPE_CHECKING:
    from collect_tui.desk.views.message import MessageView
    from collect_tui.desk.views.session import Session

_LABEL = 10


def message_lines(message: MessageView, session: Session, width: int) -> list[Line]:
    """Its head, then its text: lines that fit stand as they are, so that tables keep their columns; longer ones wrap."""
    lines: list[Line] = []
    before = ""
    for label, words in head(message, session):
        first, *rest = tui_text.wrap(words, max(20, width - _LABEL)) or [""]
        lines.append(Line.of((f"{'' if label == before else label:{_LABEL}}", Role.LABEL), (first, Role.VALUE)))
        lines += [Line.of((" " * _LABEL + part, Role.VALUE)) for part in rest]
        before = label
    lines.append(Line())
    if not message.text:
        return [*lines, *Line.of((without_text(message), Role.DIM)).wrapped(width)]
    for each in tui_text.clean(message.text, keep_newlines=True).rstrip().split("\n"):
        fits = tui_text.width(each) <= width
        lines += [Line.of(part) for part in ([each] if fits else tui_text.wrap(each, width))]
    return lines
