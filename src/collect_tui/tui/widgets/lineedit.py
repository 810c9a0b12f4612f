"""A one-line editor that costs a byte or two per key: no blinking cursor, no widget inside."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip

from collect_tui.tui.messages import too_long
from collect_tui.tui.render import text as tui_text
from collect_tui.tui.render.roles import Role
from collect_tui.tui.widgets.base import LineWidget, Span

#: Keys that keep a selected text; the first few do nothing else, not even Enter: it was shown, not typed.
_ONLY_KEEPING: Final = frozenset({"right", "end", "ctrl+e", "tab", "enter"})
#: Keys that change the text or move in it: what they do depends on the text alone.
EDITING: Final = frozenset(
    {"backspace", "ctrl+h", "delete", "ctrl+k", "ctrl+u", "left", "right", "home", "ctrl+a", "end", "ctrl+e"}
)
_KEEPING: Final = _ONLY_KEEPING | {
    "left", "home", "ctrl+a", "backspace", "ctrl+h", "delete", "ctrl+k", "ctrl+u", "up", "down", "escape", "f12"
}  # fmt: skip


class LineEdit(LineWidget, can_focus=True):
    """One line of text with the terminal's own cursor as its caret.

    Keys it does not know, and Tab, Up and Down when there is nothing to complete or recall, go on to the screen.

    Args:
        text: what is in it at first.
        prompt: stands before the text.
        placeholder: shown dim while there is no text.
        limit: most characters it takes; a longer text is kept, and said to be too long, until it has been shortened.
        history: earlier lines, oldest first, recalled with Up and Down.
        secret: shows stars for letters.
    """

    DEFAULT_CSS = "LineEdit { height: 1; }"

    needs: frozenset[str] = frozenset()
    """Answers under way (`CallingScreen.fetch`) that keys other than typing wait for: completion, Enter, leaving."""

    class Edited(Message):
        """The text has changed."""

        def __init__(self, edit: LineEdit, text: str) -> None:
            super().__init__()
            self.edit = edit
            self.text = text

        @property
        def control(self) -> LineEdit:
            return self.edit

    class Submitted(Edited):
        """Enter was pressed."""

    class Overfull(Edited):
        """There is more text than may be taken.  `pressed`: it was to be taken; `size`: characters, with those refused."""

        def __init__(self, edit: LineEdit, text: str, *, size: int, pressed: bool) -> None:
            super().__init__(edit, text)
            self.size = size
            self.pressed = pressed

        @property
        def sentence(self) -> str:
            return too_long(self.size, self.edit.limit)

    class Left(Edited):
        """Escape or F12 was pressed; the text is still there."""

    def __init__(
        self,
        text: str = "",
        *,
        prompt: str = "",
        placeholder: str = "",
        limit: int = 2000,
        history: Sequence[str] = (),
        secret: bool = False,
        name: str | None = None,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(name=name, id=id, classes=classes)
        self._text = tui_text.clean(text)
        self._caret = len(self._text)
        self._skip = 0  # cells scrolled out at the left
        self._prompt = tui_text.clean(prompt)
        self._placeholder = placeholder
        self.limit = limit
        self.secret = secret
        self._ghost = ""
        self._error: tuple[int, int] | None = None
        self.history: Sequence[str] = history
        self._recalled = 0  # steps back in history; 0 is the line being typed
        self._draft = ""
        self._selection: str | None = None  # all is selected: what is typed replaces it, behind this beginning

    # -- state --------------------------------------------------------------------------------------------------

    @property
    def text(self) -> str:
        """What is in the line."""
        return self._text

    @property
    def caret(self) -> int:
        """Index in the text before which the next character goes."""
        return self._caret

    def set_text(self, text: str, caret: int | None = None, *, quiet: bool = False) -> None:
        """Put a text in the line, the caret at its end; ``quiet`` sends no ``Edited``."""
        text = tui_text.clean(text)
        changed = text != self._text
        self._selection = None
        self._text = text
        self._caret = len(text) if caret is None else min(max(caret, 0), len(text))
        self._error = None if changed else self._error
        self._ghost = "" if changed else self._ghost
        self._repaint()
        if changed and not quiet:
            self.post_message(self.Edited(self, text))
            if self.overfull:
                self._overflow(pressed=False)

    @property
    def overfull(self) -> bool:
        """Is there more text than may be taken?"""
        return len(self._text) > self.limit

    def _overflow(self, *, pressed: bool, more: int = 0) -> None:
        self.post_message(self.Overfull(self, self._text, size=len(self._text) + more, pressed=pressed))

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

    @property
    def selected(self) -> bool:
        """Is the whole text selected, so that the next character replaces it?"""
        return self._selection is not None

    def select_all(self, beginning: str = "") -> None:
        """Select the whole text: what is typed next replaces it by ``beginning`` and itself; other keys keep it."""
        self._selection = tui_text.clean(beginning) if self._text else None
        self._caret = len(self._text)
        self._ghost = ""
        self._repaint()

    def keep_selected(self) -> None:
        """The selected text stays, to be edited."""
        if self._selection is not None:
            self._selection = None
            self._repaint()
            self.selection_kept()

    def selection_kept(self) -> None:
        """Called when the selected text is kept.  Overridable."""

    def selection_replaced(self, text: str) -> None:
        """Called with the selected text just before what is typed takes its place.  Overridable."""

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

    def recall(self, step: int) -> str | None:
        """The line ``step`` lines back in history, 0 being what was typed; None when there is none.  Overridable."""
        if step == 0:
            return self._draft
        return self.history[-step] if 0 < step <= len(self.history) else None

    # -- keys ---------------------------------------------------------------------------------------------------

    async def _on_key(self, event: events.Key) -> None:
        if self._typed(event.key, event.character if event.is_printable else None):
            event.stop()
            event.prevent_default()

    def _on_paste(self, event: events.Paste) -> None:
        """Take a paste as if typed; its lines are joined by spaces, none is dropped."""
        event.stop()
        event.prevent_default()
        if len(event.text) > tui_text.TEXT_LIMIT:
            self._overflow(pressed=True, more=len(event.text))
            return
        self._insert(" ".join(line.strip() for line in event.text.splitlines() if line.strip()))

    def _typed(self, key: str, char: str | None) -> bool:
        """Act on a key; False when it is not for this line."""
        text, at = self._text, self._caret
        if char is None and self._selection is not None and key in _KEEPING:
            self.keep_selected()
            if key in _ONLY_KEEPING:
                return True
        if char is not None:
            self._insert(char)
        elif key in ("backspace", "ctrl+h"):
            if at:
                self._replace(text[: at - 1] + text[at:], at - 1)
        elif key == "delete":
            if at < len(text):
                self._replace(text[:at] + text[at + 1 :], at)
        elif key == "ctrl+k":
            self._replace(text[:at], at)
        elif key == "ctrl+u":
            self._replace(text[at:], 0)
        elif key == "left":
            self._move(at - 1)
        elif key == "right" and at < len(text):
            self._move(at + 1)
        elif key in ("home", "ctrl+a"):
            self._move(0)
        elif key in ("end", "ctrl+e"):
            self._move(len(text))
        elif key in ("tab", "right") and at == len(text):
            if not self._ghost:
                return key == "right"
            self._replace(text + self._ghost, len(text) + len(self._ghost))
        elif key in ("up", "down"):
            return self._history(1 if key == "up" else -1)
        elif key == "enter":
            self._recalled = 0
            if self.overfull:
                self._overflow(pressed=True)
            else:
                self.post_message(self.Submitted(self, text))
        elif key in ("escape", "f12"):
            self.post_message(self.Left(self, text))
        else:
            return False
        return True

    def only_types(self, key: str, char: str | None) -> bool:
        """Does a key only type here, whatever the desk may answer?"""
        return char is not None or (key in EDITING and not (key == "right" and self._caret == len(self._text)))

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Tell Textual that letters are for this line, not for bindings."""
        return character is not None and character.isprintable()

    def insert(self, text: str) -> None:
        """Type a text at the caret."""
        self._insert(text)

    def edit(self, key: str) -> None:
        """Do what an editing key does."""
        self._typed(key, None)

    def _insert(self, raw: str) -> None:
        new = tui_text.clean(raw)
        if self._selection is not None and new:
            beginning, old = self._selection, self._text
            self._selection, self._recalled, self._text, self._caret = None, 0, "", 0
            self.selection_replaced(old)
            new = beginning + new
        if len(new) + len(self._text) > tui_text.TEXT_LIMIT:
            self._overflow(pressed=True, more=len(new))
        elif new:
            self._replace(self._text[: self._caret] + new + self._text[self._caret :], self._caret + len(new))

    def _replace(self, text: str, caret: int) -> None:
        if text != self._text:
            self._recalled = 0
            self.set_text(text, caret)

    def _move(self, caret: int) -> None:
        self._caret = min(max(caret, 0), len(self._text))
        self._repaint()

    def _history(self, step: int) -> bool:
        if self._recalled == 0:
            self._draft = self._text
        line = self.recall(self._recalled + step) if self._recalled + step >= 0 else None
        if line is None:
            return bool(self._recalled)  # at the oldest line nothing happens; with no history the key is not ours
        recalled = self._recalled + step
        self.set_text(line)
        self._recalled = recalled
        return True

    # -- painting -----------------------------------------------------------------------------------------------

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
        shown = f"[{self._ghost}]" if self._ghost and self._caret == len(text) else ""
        if not text and not shown:
            shown = self._placeholder
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
