"""The form of an act: what a line says, field by field.  It is opened with what is typed already, and left without a loss."""

from __future__ import annotations

from collections.abc import Coroutine, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Final

from textual import events

from collect_tui.desk.line import fields
from collect_tui.desk.line.complete import NONE_OF_THESE, narrowed
from collect_tui.desk.line.context import LineContext
from collect_tui.desk.line.promise import affordable_plan
from collect_tui.desk.line.verbs import VERBS
from collect_tui.tui import messages
from collect_tui.tui.dialogs.choosing import ChoosingScreen
from collect_tui.tui.forms.fields import FormField
from collect_tui.tui.forms.reader import SAID
from collect_tui.tui.forms.saving import SavingScreen
from collect_tui.tui.keys.actions import FORM
from collect_tui.tui.render.roles import Role
from collect_tui.tui.widgets.keybar import KeyHint
from collect_tui.tui.widgets.lineedit import LineEdit
from collect_tui.tui.widgets.lines import LinePane

if TYPE_CHECKING:
    from collect_tui.desk.line.verb import Verb
    from collect_tui.desk.views.account import AccountView

_DRAFTED: Final = "draft: what was typed here and not saved"
_SAVES: Final = "F2 saves"
#: Verbs whose form is a screen of its own.
_OWN: Final = {"sus": "order", "res": "order", "term": "order"}
#: Of a result code that the site has not: the verb that does the same without a contact.
_ALONE: Final = {"pp": "ptp", "bp": "ptp", "pa": "arr", "cb": "call"}


class FormScreen(SavingScreen):
    """A form for one act on one account, of whatever verb."""

    goes_on: ClassVar[str] = "saves"
    """What F2 does, said where other keys do nothing."""

    def __init__(self) -> None:
        super().__init__()
        self._whole = False
        """Was all of it typed on the line, so that no field waits for a key?"""

    # -- begin and end ------------------------------------------------------------------------------------------

    async def open(
        self, view: AccountView, fence: int | None, text: str, *, whole: bool = False, why: str = ""
    ) -> None:
        """Come to the top on an account, with the fields of what is typed, a verb or more; a verb with a form of its own has that.

        `whole`: nothing is left to be typed. `why`: why it is asked again for what confirms it. Invalid: there is no verb.
        """
        app = self.desk_app
        verb, values = fields.read(text, LineContext.of(view, app.catalogue, app.session_view))
        if (own := _OWN.get(verb.verb)) is not None:
            await app.navigator.open_form(own, view, fence, text, whole=whole, why=why)
            return
        if verb.verb in _ALONE and verb.verb.upper() not in app.catalogue.codes.results:
            verb = VERBS[_ALONE[verb.verb]]
        await app.navigator.show_screen("form")
        self.why_asked = why
        self.begin(view, fence, verb, values or None, whole=whole)

    def begin(
        self,
        view: AccountView,
        fence: int | None,
        verb: Verb | None = None,
        values: Mapping[str, str] | None = None,
        *,
        whole: bool = False,
    ) -> None:
        """Open the form on an account, with what was typed there before, or with `values`, typed on the line.

        `whole`: nothing is left to be typed; a key that is typed ahead, or by habit, must not change what was.
        """
        app = self.desk_app
        self.view, self.fence, self.preview, self._whole = view, fence, None, whole
        self._verb = verb or self._verb
        self.line_context = LineContext.of(view, app.catalogue, app.session_view)
        self._previewed = ()
        draft = self.draft()
        if values is not None and draft:  # it gives way to what was typed now: Up brings it back in the line
            app.line_history.add(fields.write(self.verb.verb, self.verb.fields, draft).text)
            draft = {}
        self._touched = bool(draft or values)
        self.fit()
        self.override(on=bool(draft.get("override_by") or draft.get("override_why")))
        typed = draft or values
        self.fill(typed or self.starting_values(), offered=not typed)
        self.show_frame()
        if whole:
            self.set_focus(None)
            self.call_after_refresh(self._cursor_home)
        else:
            self.form.enter(self._first())
        self.read_again()
        if values is not None:
            self.save_draft()
        self._lead = _DRAFTED if draft else ""
        if draft:
            self.status(_DRAFTED, Role.LABEL, typed=True)

    def starting_values(self) -> Mapping[str, str]:
        """A plan begins with what a case of hardship has found can be paid."""
        known = {slot.name for slot in self.verb.fields}
        offer = affordable_plan(self.line_context) if self.line_context is not None else {}
        return offer if offer.keys() <= known else {}

    def _first(self) -> str:
        """The field to begin with: what is missing or wrong in what was typed, else the first."""
        self.parsed()
        wrong = self.wrong() if self._touched else None
        return wrong[0] if wrong is not None else next(iter(self.form.fields))

    def fill(self, values: Mapping[str, str], *, offered: bool = False) -> None:
        """Put in the fields what was typed, drafted or, `offered`, suggested."""
        self.form.fill(values, offered=offered)

    def fit(self) -> None:
        """Fields take about half of the screen; the rest is for what the desk says of them."""
        self.form.give(self.size.height // 2 - 1)

    def on_resize(self, _event: events.Resize) -> None:
        if self.view is not None:
            self.fit()

    def focus_body(self) -> None:
        """The keys belong to the fields."""

    def on_line_edit_left(self, message: LineEdit.Left) -> None:
        """Escape and F12 leave the form; what is typed is kept."""
        message.stop()
        self.run_command("nav.back")

    def on_line_edit_edited(self, message: LineEdit.Edited) -> None:
        message.stop()
        edit = message.edit
        if edit.text == "=" and isinstance(edit, FormField) and edit.slot is not None:
            last = self.last.get((self.place, edit.slot.name), "")
            edit.set_text(last, quiet=True)
            if not last:
                self.status(messages.NOTHING_BEFORE, Role.LABEL)
        lead, self._touched, self._lead = self._lead, True, ""
        self.save_draft()
        self.read_again()
        if lead:
            self._lead = lead
            self.say_first("")

    # -- keys ---------------------------------------------------------------------------------------------------

    def key_hints(self) -> list[KeyHint]:
        """The function keys: letters go into the fields."""
        found = [c for c in self.desk_app.keymap.in_context(FORM) if FORM in c.bar and c.fkey]
        here = {"form.save": self.saying("save"), "form.open": "override"}
        hints = [KeyHint(c.fkey.upper(), here.get(c.id, c.label), self.refusal(c.id) is None) for c in found]
        return hints if isinstance(self.focused, LineEdit) else [*hints, KeyHint("Tab", "change")]

    def before_key(self, event: events.Key) -> Coroutine[Any, Any, None] | None:
        """Paging goes through what the desk says of the fields: it waits for that."""
        if event.key in {"pageup", "pagedown"} and self.under_way(SAID):
            return self.answered(SAID)
        return super().before_key(event)

    def _cursor_home(self) -> None:
        """The terminal's cursor, while no field has it."""
        if self.is_current and self.focused is None:
            self.app.cursor_position = self.query_one("#body").region.offset

    def on_screen_resume(self) -> None:
        super().on_screen_resume()
        if self._whole:
            self.call_after_refresh(self._cursor_home)

    def paste_refused(self) -> None:
        self._not_taken()

    def _not_taken(self) -> None:
        save = self.desk_app.door("form.save").upper()
        self.refuse(f"Not taken here: {save} {self.goes_on}, Tab goes to the fields.")

    def typed(self, name: str) -> bool:
        if self.focused is None and name == "enter":
            self.at_the_end()
            return True
        if self.focused is None and (len(name) == 1 or name in {"space", "backspace"}):
            self._not_taken()
            return True
        if name in {"down", "up"}:
            self.form.step(1 if name == "down" else -1)
            return True
        if name in {"pgdn", "pgup"}:
            self.query_one("#body", LinePane).action_pages(1 if name == "pgdn" else -1)
            return True
        return super().typed(name)

    def do_pane_next(self) -> None:
        self._step(1)

    def do_pane_previous(self) -> None:
        self._step(-1)

    def _step(self, by: int) -> None:
        self._touched = True
        self.form.step(by)
        self.read_again()

    def on_form_field_entered(self, message: FormField.Entered) -> None:
        """Enter goes on; after the last field it only says how to save."""
        message.stop()
        self._touched = True
        if self.form.step(1):
            self.read_again()
        else:
            self.at_the_end()

    def at_the_end(self) -> None:
        """Enter in the last field."""
        self.read_again()
        if self._parsed is not None and self.wrong() is None:
            self.say_first(_SAVES)

    def do_field_list(self) -> None:
        """F4: what may be typed in the field the caret is in."""
        edit = self.focused
        if not isinstance(edit, FormField) or edit.slot is None:
            self._not_taken()
            return
        if edit.slot.kind == "edited" and self.preview is not None and self.preview.text:
            edit.set_text(self.preview.text)
            return
        every = self.choices(edit.slot)
        if not every:
            why = self.why_no_choice(edit.slot)
            self.refuse(f"{edit.slot.label}: {why or f'{edit.slot.hint}.'}")
            return
        before, _, last = edit.text.rpartition(" ") if edit.slot.many else ("", "", edit.text)
        typed = "" if edit.text == edit.offered or any(last == word for word, _ in every) else last
        like = narrowed(typed, every)
        found = like or every

        def chosen(index: int | None) -> None:
            if index is not None:
                edit.set_text(f"{before} {found[index][0]}".strip())

        self.app.push_screen(ChoosingScreen(found, "" if like else NONE_OF_THESE), chosen)


SCREEN = FormScreen
