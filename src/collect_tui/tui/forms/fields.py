"""A form: fields one below the other, each a line to type in; the line of the desk's language it amounts to is its sense.

A form knows no grammar.  It puts what is typed in its fields together as a line and remembers where each field went, so
that the line's own reader judges it and a mistake is shown in the field it stands in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.message import Message
from textual.widget import Widget

from collect_tui.tui.render import text as tui_text
from collect_tui.tui.widgets.lineedit import LineEdit

if TYPE_CHECKING:
    from collect_tui.desk.line.model import LineError, Parsed


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a form.

    `name` is how the form's code calls it; `hint` stands in it while it is empty; `roles` are what the line must have
    read its text as (empty: anything); `needed`: the form says nothing without it; `secret`: shown as stars, kept nowhere.
    """

    name: str
    label: str
    hint: str = ""
    roles: frozenset[str] = frozenset()
    needed: bool = False
    secret: bool = False


@dataclass(frozen=True, slots=True)
class Placed:
    """Where the text of a field stands in the line: text[start:end]."""

    name: str
    start: int
    end: int


class LineBuilder:
    """Puts fields together as a line, and remembers where each went."""

    def __init__(self, verb: str) -> None:
        self._text = verb
        self.places: list[Placed] = []

    @property
    def text(self) -> str:
        """The line so far."""
        return self._text

    def add(self, name: str, text: str, before: str = "", after: str = "", *, joined: bool = False) -> None:
        """Add a field's text, unless it is empty; `before` and `after` are what the line puts around it."""
        text = text.strip()
        if not text:
            return
        start = len(self._text) + (0 if joined else 1) + len(before)
        self._text += ("" if joined else " ") + before + text + after
        self.places.append(Placed(name, start, start + len(text)))


def wrong_field(parsed: Parsed, places: Sequence[Placed], fields: Sequence[Field]) -> tuple[str, LineError] | None:
    """The field a line's first mistake belongs to: the first needed one that is empty, or the one it stands in."""
    if not parsed.errors:
        return None
    error = parsed.errors[0]
    names = [field.name for field in fields]
    filled = {place.name for place in places}
    missing = next((field.name for field in fields if field.needed and field.name not in filled), None)
    here = next((place.name for place in places if error.start < place.end and error.end > place.start), None)
    if missing is not None and (here is None or names.index(missing) < names.index(here)):
        return missing, error
    return here or (places[-1].name if places else ""), error


def misread(parsed: Parsed, places: Sequence[Placed], fields: Mapping[str, Field]) -> str | None:
    """The first field whose text the line took for something else, such as a second word in an amount."""
    for place in places:
        roles = fields[place.name].roles
        if roles and not any(
            span.start <= place.start and span.end >= place.end and span.role in roles for span in parsed.spans
        ):
            return place.name
    return None


class FormField(LineEdit):
    """One field: its label, then what is typed.  Enter and Tab go on, up and down go to its neighbours."""

    class Entered(Message):
        """Enter was pressed in the field."""

        def __init__(self, field: FormField) -> None:
            super().__init__()
            self.field = field

    def __init__(self, field: Field, room: int) -> None:
        super().__init__(
            prompt=f"{tui_text.fit(field.label, room)} ",
            placeholder=field.hint,
            limit=1000,
            secret=field.secret,
            id=f"field-{field.name}",
        )
        self.field = field

    def _typed(self, key: str, char: str | None) -> bool:
        if key == "enter":
            self.post_message(self.Entered(self))
            return True
        return super()._typed(key, char)


class Form(Widget):
    """The fields of a form, top to bottom."""

    DEFAULT_CSS = """
    Form { height: auto; layout: vertical; }
    """

    def __init__(self, fields: Sequence[Field], *, id: str = "form") -> None:
        super().__init__(id=id)
        self.fields = {field.name: field for field in fields}
        room = max(len(field.label) for field in fields)
        self._edits = {field.name: FormField(field, room) for field in fields}

    def compose(self) -> ComposeResult:
        yield from self._edits.values()

    def edit(self, name: str) -> FormField:
        """The field of this name."""
        return self._edits[name]

    @property
    def shown(self) -> list[FormField]:
        """The fields that can be typed in now."""
        return [edit for edit in self._edits.values() if edit.display]

    @property
    def values(self) -> dict[str, str]:
        """What is typed, field by field."""
        return {name: edit.text for name, edit in self._edits.items()}

    def fill(self, values: Mapping[str, str]) -> None:
        """Put texts in all fields; a field that is not named is emptied."""
        for name, edit in self._edits.items():
            edit.set_text(values.get(name, ""), quiet=True)
            edit.clear_error()

    def point(self, name: str | None) -> None:
        """Mark one field as the one that is wrong."""
        for each, edit in self._edits.items():
            if each == name:
                edit.set_error(0, len(edit.text))
            else:
                edit.clear_error()

    def enter(self, name: str) -> None:
        """Go to a field."""
        edit = self._edits[name]
        edit.set_text(edit.text, quiet=True)
        edit.focus(scroll_visible=False)

    def step(self, by: int) -> bool:
        """Go to the next field, or the one before; False at the end."""
        shown = self.shown
        here = next((index for index, edit in enumerate(shown) if edit.has_focus), -1 if by > 0 else len(shown))
        there = here + by
        if not 0 <= there < len(shown):
            return False
        self.enter(shown[there].field.name)
        return True
