"""Text and what each piece of it is, before anybody says how that looks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from collect_tui.tui.render import text as tui_text
from collect_tui.tui.render.roles import Role


class Span(NamedTuple):
    """A piece of text and what it is.  The text may be anything: it is cleaned when painted."""

    text: str
    role: Role = Role.PLAIN


@dataclass(frozen=True, slots=True)
class Line:
    """One line of spans, left to right."""

    spans: tuple[Span, ...] = ()

    @classmethod
    def of(cls, *parts: str | Span | tuple[str, Role]) -> Line:
        """Build a line from texts and ``(text, role)`` pairs: ``Line.of("due ", ("412.10", Role.MONEY))``."""
        return cls(tuple(Span(part) if isinstance(part, str) else Span(*part) for part in parts))

    @property
    def text(self) -> str:
        """The line without its roles."""
        return "".join(span.text for span in self.spans)

    def wrapped(self, cells: int) -> list[Line]:
        """The same words with the same roles in as many rows of `cells` cells as they need; none for blanks alone."""
        pieces = [Span(tui_text.clean(span.text), span.role) for span in self.spans]
        found = []
        for start, end in tui_text.rows("".join(piece.text for piece in pieces), cells):
            at, row = 0, []
            for text, role in pieces:
                part = text[max(0, start - at) : max(0, end - at)]
                at += len(text)
                if part:
                    row.append(Span(part, role))
            found.append(Line(tuple(row)))
        return found
