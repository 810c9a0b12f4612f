"""A one-line editor that costs a byte or two per key: no blinking cursor, no widget inside."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.message import Message

from collect_tui.tui.messages import too_long
from collect_tui.tui.render import text as tui_text
from collect_tui.tui.widgets.editing import EDITING, KEEPING, ONLY_KEEPING, edit
from collect_tui.tui.widgets.textrow import TextRow


class LineEdit(TextRow, can_focus=True):
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
        id: str | None = None,
    ) -> None:
        super().__init__(text, prompt, placeholder, secret=secret, id=id)
        self.limit = limit
        self.history: Sequence[str] = history
        self._recalled = 0  # steps back in history; 0 is the line being typed
        self._draft = ""
        self._offered = False

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
    def selected(self) -> bool:
        """Is the whole text selected, so that the next character replaces it?"""
        return self._selection is not None

    def select_all(self, beginning: str = "", *, offered: bool = False) -> None:
        """Select the whole text: what is typed next replaces it by ``beginning`` and itself; other keys keep it.

        ``offered``: the program has put it there, to be taken by Enter at once.
        """
        self._offered = offered
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
        if char is None and self._selection is not None and key in KEEPING:
            self.keep_selected()
            if key in ONLY_KEEPING and not (key == "enter" and self._offered):
                return True
        if char is not None:
            self._insert(char)
        elif (edited := edit(key, text, at)) is not None:
            self._replace(*edited)
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
        else:
            self._caret = caret
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
