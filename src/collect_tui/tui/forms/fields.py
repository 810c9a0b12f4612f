"""The fields of a form, one below the other, each a line to type in; where there is no room for all, those around the caret."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from textual import events
from textual.app import ComposeResult
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from collect_tui.desk.line.slot import Slot
from collect_tui.tui.render import text as tui_text
from collect_tui.tui.render.roles import Role
from collect_tui.tui.render.styled import Span
from collect_tui.tui.widgets.base import LineWidget
from collect_tui.tui.widgets.lineedit import LineEdit

LIMIT: Final = 1000
LONGEST: Final = 4000
"""Of the text of a message."""
_FEWEST: Final = 4


class FormField(LineEdit):
    """One field: its label, then what is typed.  Enter and Tab go on, up and down go to its neighbours."""

    class Entered(Message):
        """Enter was pressed in the field."""

        def __init__(self, field: FormField) -> None:
            super().__init__()
            self.field = field

    def __init__(self) -> None:
        super().__init__(limit=LIMIT)
        self.slot: Slot | None = None
        self.offered = ""
        """What the program has put in it: the first key takes its place."""

    def on_focus(self, event: events.Focus) -> None:
        super().on_focus(event)
        if self.offered and self.text == self.offered:
            self.select_all(offered=True)

    def on_blur(self, event: events.Blur) -> None:
        self.keep_selected()
        super().on_blur(event)

    def become(self, slot: Slot, room: int, *, secret: bool) -> None:
        """Be the field of a slot; its label is that wide."""
        self.slot, self.secret, self._placeholder = slot, secret, slot.hint
        self.limit = LONGEST if slot.kind == "edited" else LIMIT
        self.set_prompt(f"{tui_text.fit(slot.label, room)} ")

    def _typed(self, key: str, char: str | None) -> bool:
        if char is None:
            self.keep_selected()
        if key == "enter":
            self.post_message(self.Entered(self))
            return True
        return super()._typed(key, char)


class _More(LineWidget):
    """Says how many fields are above those shown, and how many below."""

    DEFAULT_CSS = "_More { height: 1; }"
    above = below = 0

    def say(self, above: int, below: int) -> None:
        self.above, self.below = above, below
        self.display = bool(above or below)
        self.refresh()

    def render_line(self, y: int) -> Strip:
        said = [f"{count} more {where}" for count, where in ((self.above, "above"), (self.below, "below")) if count]
        return self.strip_of((Span(f"Tab: {', '.join(said)}", Role.KEY),) if said else (), self.size.width)


class Form(Widget):
    """The fields of a form, top to bottom; the widgets stay when the form becomes another.

    Args:
        most: as many fields as any form has.
    """

    DEFAULT_CSS = """
    Form { height: auto; layout: vertical; }
    """

    def __init__(self, most: int, *, id: str = "form") -> None:
        super().__init__(id=id)
        self._edits = tuple(FormField() for _ in range(most))
        self._more = _More()
        self._rows = most
        self._top = 0
        self.fields: Mapping[str, Slot] = {}

    def compose(self) -> ComposeResult:
        yield from self._edits
        yield self._more

    def show(self, slots: Sequence[Slot], secret: frozenset[str] = frozenset()) -> None:
        """Be the form of these slots; what is typed in those that were there already stays."""
        self.fields = {slot.name: slot for slot in slots}
        room = max(len(slot.label) for slot in slots)
        for edit, slot in zip(self._edits, slots, strict=False):
            edit.become(slot, room, secret=slot.name in secret)
        self._fit()

    def give(self, rows: int) -> None:
        """There is room for so many fields."""
        self._rows = max(rows, _FEWEST)
        self._fit()

    def _fit(self) -> None:
        """Show as many fields as there is room for, with the one that has the focus among them."""
        shown, here = self.shown, self._here
        rows = self._rows if len(shown) <= self._rows else self._rows - 1  # one says that there are more
        if here is not None:
            self._top = min(max(self._top, here - rows + 1), here)
        self._top = max(0, min(self._top, len(shown) - rows))
        for at, edit in enumerate(self._edits):
            edit.display = self._top <= at < min(self._top + rows, len(shown))
        self._more.say(self._top, max(0, len(shown) - self._top - rows))

    @property
    def _here(self) -> int | None:
        return next((at for at, edit in enumerate(self.shown) if edit.has_focus), None)

    @property
    def shown(self) -> tuple[FormField, ...]:
        """The fields of the form."""
        return self._edits[: len(self.fields)]

    def edit(self, name: str) -> FormField:
        """The field of this name."""
        return self._edits[list(self.fields).index(name)]

    @property
    def values(self) -> dict[str, str]:
        """What is typed, field by field."""
        return {name: edit.text for name, edit in zip(self.fields, self._edits, strict=False)}

    def fill(self, values: Mapping[str, str], *, offered: bool = False) -> None:
        """Put texts in all fields; a field that is not named is emptied. `offered`: nobody has typed them."""
        for edit in self._edits:
            text = values.get(edit.slot.name, "") if edit.slot is not None else ""
            edit.set_text(text, quiet=True)
            edit.offered = text if offered else ""
            edit.clear_error()

    def point(self, name: str | None) -> None:
        """Mark one field as the one that is wrong."""
        for each in self.fields:
            edit = self.edit(each)
            if each == name:
                edit.set_error(0, len(edit.text))
            else:
                edit.clear_error()

    def enter(self, name: str) -> None:
        """Go to a field."""
        edit = self.edit(name)
        edit.set_text(edit.text, quiet=True)
        at = self.shown.index(edit)
        if not edit.display:
            rows = sum(each.display for each in self._edits)
            self._top = at if at < self._top else at - rows + 1
        edit.display = True
        self.screen.set_focus(edit, scroll_visible=False)
        self._fit()

    def step(self, by: int) -> bool:
        """Go to the next field, or the one before; False at the end."""
        here = self._here
        there = (-1 if by > 0 else len(self.shown)) + by if here is None else here + by
        if not 0 <= there < len(self.shown):
            return False
        self.enter(list(self.fields)[there])
        return True
