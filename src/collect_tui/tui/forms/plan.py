"""The form of an instalment plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from collect_tui.tui.forms.fields import Field, LineBuilder
from collect_tui.tui.forms.promise import METHOD, NOTE, ArrangementForm, add_method, add_note

if TYPE_CHECKING:
    from collect_tui.desk.line.model import Parsed

#: Field or check of a refusal → field of the form.
_FIELDS: Final = {
    "amount": "total",
    "min_amount": "total",
    "min_down": "down",
    "max_instalments": "count",
    "max_days": "count",
    "first_within": "first",
    "down_due": "down_date",
    "text": "note",
}


class PlanForm(ArrangementForm):
    """An arrangement: total, down payment, count and frequency, first date, method, note."""

    title_words: ClassVar[str] = "Plan"
    place: ClassVar[str] = "plan"
    codes: ClassVar[tuple[str, str]] = ("pa", "arr")
    fields: ClassVar[tuple[Field, ...]] = (
        Field("total", "Total", "412.10, b balance, p past due, c collectable", frozenset({"amount"}), needed=True),
        Field("down", "Down", "100; nothing for none", frozenset({"amount"})),
        Field("down_date", "Down by", "today, unless a date stands here", frozenset({"amount"})),
        Field("count", "Payments", "how many: 3", frozenset({"terms"}), needed=True),
        Field("frequency", "Every", "m month, w week, f fortnight", frozenset({"terms"})),
        Field("first", "First", "15 (the 15th of each month), fri, 1dec", frozenset({"date"}), needed=True),
        METHOD,
        NOTE,
    )

    def line_of(self, values: dict[str, str]) -> LineBuilder:
        built = LineBuilder(self.verb())
        built.add("total", values["total"])
        if values["down"].strip():
            built.add("down", values["down"], before="dn")
            built.add("down_date", values["down_date"], before="@", joined=True)
        built.add("count", values["count"])
        built.add("frequency", values["frequency"].strip()[:1].lower(), joined=bool(values["count"].strip()))
        built.add("first", values["first"])
        add_method(built, values["method"])
        add_note(built, values["note"])
        return built

    def _wrong(self, parsed: Parsed) -> tuple[str, str] | None:
        every = self.form.values["frequency"].strip().lower()
        if every and every[0] not in "mwf":
            return "frequency", "Every: Expected m (month), w (week) or f (fortnight)."
        found = super()._wrong(parsed)
        if found is not None and found[0] == "down" and parsed.errors and parsed.errors[0].code == "date":
            return "down_date", f"Down by: {parsed.errors[0].message}"
        return found

    def field_of(self, name: str | None) -> str:
        return _FIELDS.get(name or "", "") or super().field_of(name)


SCREEN = PlanForm
