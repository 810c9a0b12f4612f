"""The form of a promise to pay."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, Final

from collect_tui.tui.forms.fields import Field, LineBuilder
from collect_tui.tui.forms.form import FormScreen
from collect_tui.tui.render.promise import owed_lines, promise_lines
from collect_tui.tui.render.styled import Line

if TYPE_CHECKING:
    from collect_tui.desk.views.act import Preview

METHOD: Final = Field("method", "Method", "cash, card, ach, gcash, …; F4 lists them", frozenset({"method"}))
NOTE: Final = Field("note", "Note", "abbreviations expand", frozenset({"note"}))


def add_method(built: LineBuilder, method: str) -> None:
    """A way to pay: a word of the line, or any other after `by=`."""
    from collect_tui.desk.line.lexer import word
    from collect_tui.desk.line.vocabulary import METHODS

    method = method.strip()
    if method.lower() in METHODS:
        built.add("method", method)
    elif method:
        built.add("method", word(method), before="by=")


def add_note(built: LineBuilder, note: str) -> None:
    """A note, in quotes, so that nothing in it is read as anything else."""
    from collect_tui.desk.line.lexer import quote

    if note.strip():
        built.add("note", quote(note.strip()))


class ArrangementForm(FormScreen):
    """What promise and plan share: the schedule and the verdict below the fields, methods and amounts to choose."""

    codes: ClassVar[tuple[str, str]] = ("", "")
    """The result code that records the talk and the promise, and the verb that records the promise alone."""

    def verb(self) -> str:
        """The word that starts the line: the result code, where the site has it."""
        code, alone = self.codes
        return code if code.upper() in self.desk_app.catalogue.codes.results else alone

    def paint(self, preview: Preview | None, width: int) -> list[Line]:
        if self.view is None:
            return []
        return promise_lines(preview, self.view.currency, self.view.business_date, width, self.override_key)

    def owed(self, width: int, rows: int) -> list[Line]:
        return owed_lines(self.view, width, rows) if self.view is not None else []

    def choices(self, name: str) -> Sequence[tuple[str, str]]:
        """What the line itself offers at such a place."""
        from collect_tui.desk.line.complete import complete

        if self._line_context is None or name not in {"method", "amount", "total", "date", "first"}:
            return _FREQUENCIES if name == "frequency" else ()
        asked = {"method": "arr 1 3m 15 ", "date": "ptp 1 ", "first": "arr 1 3m "}.get(name, "ptp ")
        return [(one.text, one.title) for one in complete(asked, len(asked), self._line_context)]


_FREQUENCIES: Final = (("m", "monthly"), ("w", "weekly"), ("f", "fortnightly"))


class PromiseForm(ArrangementForm):
    """A single promise: amount, date, method, note."""

    title_words: ClassVar[str] = "Promise"
    place: ClassVar[str] = "promise"
    codes: ClassVar[tuple[str, str]] = ("pp", "ptp")
    fields: ClassVar[tuple[Field, ...]] = (
        Field("amount", "Amount", "150, 50%, b balance, p past due, c collectable", frozenset({"amount"}), needed=True),
        Field("date", "Date", "fri, 15, 15dec, +7, eom", frozenset({"date"}), needed=True),
        METHOD,
        NOTE,
    )

    def line_of(self, values: dict[str, str]) -> LineBuilder:
        built = LineBuilder(self.verb())
        built.add("amount", values["amount"])
        built.add("date", values["date"])
        add_method(built, values["method"])
        add_note(built, values["note"])
        return built

    def field_of(self, name: str | None) -> str:
        return _FIELDS.get(name or "", "") or super().field_of(name)


#: Field or check of a refusal → field of the form.
_FIELDS: Final = {"due": "date", "first_within": "date", "min_amount": "amount", "text": "note"}

SCREEN = PromiseForm
