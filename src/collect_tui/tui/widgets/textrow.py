"""One row with a text in it, its prompt before it and a caret; what does not fit is scrolled out at the left."""

from __future__ import annotations

from textual import events
from textual.geometry import Region, Size
from textual.strip import Strip

from collect_tui.tui.render import text as tui_text
from collect_tui.tui.render.roles import Role
from collect_tui.tui.render.styled import Span
from collect_tui.tui.widgets.base import LineWidget


class TextRow(LineWidget):
    """Paints a text, what is offered behind it and what is wrong in it.  A subclass changes it."""

    def __init__(self, text: str, prompt: str, placeholder: str, *, secret: bool, id: str | None) -> None:
        super().__init__(id=id)
        self._text = tui_text.clean(text)
        self._caret = len(self._text)
        self._skip = 0  # cells scrolled out at the left
        self._prompt = tui_text.clean(prompt)
        self._placeholder = placeholder
        self.secret = secret
        self._ghost = ""
        self._error: tuple[int, int] | None = None
        self._selection: str | None = None  # all is selected: what is typed replaces it, behind this beginning

    @property
    def ghost(self) -> str:
        """The completion offered behind the text; Tab, or Right at the end, takes it."""
        return self._ghost

    def set_ghost(self, suffix: str) -> None:
        """Offer a completion; empty for none.  Typing withdraws it."""
        suffix = tui_text.clean(suffix)
        if suffix != self._ghost:
            self._ghost = suffix
            self._repaint()

    def set_prompt(self, prompt: str) -> None:
        """Change what stands before the text."""
        self._prompt = tui_text.clean(prompt)
        self._repaint()

    def set_error(self, start: int, end: int) -> None:
        """Show that the characters from ``start`` to ``end`` are what is wrong.  Typing takes it away."""
        span = (max(0, start), min(len(self._text), max(end, start)))
        if span != self._error:
            self._error = span
            self._repaint()

    def clear_error(self) -> None:
        """Nothing is wrong any more."""
        if self._error is not None:
            self._error = None
            self._repaint()

    def on_focus(self, _event: events.Focus) -> None:
        self._repaint()

    def on_blur(self, _event: events.Blur) -> None:
        self._repaint()

    def on_resize(self, _event: events.Resize) -> None:
        self._repaint()
        self.call_after_refresh(self._repaint)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return 1

    def _repaint(self) -> None:
        room = self.size.width - tui_text.width(self._prompt)
        column = self._column
        if room > 0:
            # Scroll by a third of the line, so that typing at its end does not repaint it at every key.
            if column < self._skip:
                self._skip = max(0, column - room // 3)
            elif column - self._skip >= room:
                self._skip = column - room + max(1, room // 3)
        self.refresh(Region(0, 0, max(1, self.size.width), 1))
        self.follow_cursor()

    @property
    def _column(self) -> int:
        """Cells of the text before the caret."""
        return tui_text.width(self._text[: self._caret])

    def follow_cursor(self) -> None:
        if self.focused_now:
            self.place_cursor(tui_text.width(self._prompt) + self._column - self._skip, 0)

    def _spans(self) -> list[Span]:
        """The text with its error and its caret, as spans of one character or more."""
        text = "*" * tui_text.width(self._text) if self.secret else self._text
        if self._selection is not None:
            return [Span(text, Role.CURSOR)]
        # In brackets, for "dim" is not to be seen everywhere.
        shown = self._ghost if self._ghost and self._caret == len(text) else ""
        if not text and not shown:
            shown = self._placeholder
        shown = f"[{shown}]" if shown else ""
        spans = [Span(text)]
        if self._error is not None:
            start, end = self._error
            # A mistake at the very end, such as a missing date, is shown on the cell behind the text.
            wrong = text[start:end] or " "
            spans = [Span(text[:start]), Span(wrong, Role.ERROR), Span(text[end:])]
        return [span for span in (*spans, Span(shown, Role.DIM)) if span.text]

    def render_line(self, y: int) -> Strip:
        cells = self.size.width
        if y:
            return self.strip_of((), cells)
        prompt = tui_text.width(self._prompt)
        room = max(0, cells - prompt)
        spans = self._spans()
        size = sum(tui_text.width(span.text) for span in spans) + 1
        line = self.strip_of(spans, max(size, self._skip + room)).crop(self._skip, self._skip + room)
        if self.has_focus and not getattr(self.app, "real_cursor", False):
            line = self._with_caret(line, tui_text.width(self._text[: self._caret]) - self._skip)
        return Strip.join([self.strip_of((Span(self._prompt, Role.KEY),), min(prompt, cells)), line])

    def _with_caret(self, line: Strip, x: int) -> Strip:
        """Paint the caret, where the terminal's own cursor is hidden."""
        size = max(1, tui_text.width(self._text[self._caret : self._caret + 1]))
        caret = line.crop(x, x + size).apply_style(self.role_style(Role.CURSOR))
        return Strip.join([line.crop(0, x), caret, line.crop(x + size)])
