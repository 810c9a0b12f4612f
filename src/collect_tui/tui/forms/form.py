"""What the forms share: fields, what they amount to as a line, and what the desk says of it while it is typed.

F2 saves after a fresh look, and nothing else does.  What is typed is kept as a draft, field by field, until it is done.
"""

from __future__ import annotations

import json
from collections.abc import Coroutine, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Final
from uuid import uuid4

from textual import events
from textual.app import ComposeResult

from collect_tui.desk.errors import RefusedByPolicy, Stale, Unconfirmed
from collect_tui.domain.errors import DomainError
from collect_tui.tui import messages
from collect_tui.tui.dialogs.asking import confirm
from collect_tui.tui.forms.fields import Field, Form, FormField, LineBuilder, Placed, misread, wrong_field
from collect_tui.tui.keys.actions import FORM
from collect_tui.tui.page import LineTarget
from collect_tui.tui.render.line import meaning_line, preview_line, receipt_line
from collect_tui.tui.render.roles import Role
from collect_tui.tui.render.styled import Line, Span
from collect_tui.tui.screens.base import DeskScreen
from collect_tui.tui.sent import Unsettled
from collect_tui.tui.widgets.keybar import KeyHint
from collect_tui.tui.widgets.lineedit import LineEdit
from collect_tui.tui.widgets.lines import LinePane

if TYPE_CHECKING:
    from collect_tui.desk.commands import Act, Command
    from collect_tui.desk.line.context import LineContext
    from collect_tui.desk.line.model import Parsed
    from collect_tui.desk.views.account import AccountView
    from collect_tui.desk.views.act import Preview

_DRAFTED: Final = "draft: what was typed here and not saved"
_SAVES: Final = "F2 saves"

#: Who overrides a refusal and why: fields that F10 opens. A server wants their password too: it takes nobody's word.
OVERRIDE: Final = (
    Field("override_by", "Overridden by", "login of who may"),
    Field("override_why", "because", "the reason, kept as evidence"),
    Field("override_proof", "Password", "of whoever overrides", secret=True),
)

_SAID: Final = frozenset({"preview"})


class FormScreen(DeskScreen):
    """A form for one kind of act on one account."""

    context: ClassVar[str] = FORM
    has_line: ClassVar[bool] = False
    summary_rows: ClassVar[int] = 1

    title_words: ClassVar[str] = ""
    """What the header calls it."""

    place: ClassVar[str] = ""
    """Where its draft is kept."""

    fields: ClassVar[tuple[Field, ...]] = ()

    goes_on: ClassVar[str] = "saves"
    """What F2 does, said where other keys do nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.view: AccountView | None = None
        self.fence: int | None = None
        self.preview: Preview | None = None
        self._line_context: LineContext | None = None
        self._parsed: Parsed | None = None
        self._places: Sequence[Placed] = ()
        self._previewed: tuple[Command, ...] = ()
        self._last: dict[str, str] = {}
        self._overriding = False
        self._touched = False
        self._lead = ""
        """Said before what the desk says, until something is typed."""
        self._typed_whole = False
        """Was all of it typed on the line, so that no field waits for a key?"""
        self.why_asked = ""
        """Why what was typed on the line to confirm it is asked for again."""

    # -- to be overridden ---------------------------------------------------------------------------------------

    def line_of(self, values: dict[str, str]) -> LineBuilder:
        """The line that these fields amount to."""
        raise NotImplementedError

    def paint(self, preview: Preview | None, width: int) -> list[Line]:
        """What stands below the fields: what the desk says of them."""
        raise NotImplementedError

    def choices(self, name: str) -> Sequence[tuple[str, str]]:
        """What F4 lists in a field; empty when it is free."""
        return ()

    def starting_values(self) -> dict[str, str]:
        """What stands in the fields at first."""
        return {}

    def fill(self, values: Mapping[str, str]) -> None:
        """Put in the fields what was typed, drafted or suggested."""
        self.form.fill(values)

    def kept_besides(self) -> dict[str, str]:
        """What a draft keeps that stands in no field."""
        return {}

    # -- begin and end ------------------------------------------------------------------------------------------

    def compose_line(self) -> ComposeResult:
        yield from ()

    def compose_body(self) -> ComposeResult:
        yield Form((*self.fields, *OVERRIDE))
        body = LinePane(id="body", focusable=False, more="PgDn")
        body.resized = self._refill
        yield body

    @property
    def form(self) -> Form:
        return self.query_one("#form", Form)

    async def open(self, view: AccountView, fence: int | None, command: Command | None = None) -> None:
        """Come to the top and begin on an account; a command that was typed on the line fills the fields."""
        await self.desk_app.navigator.show_screen(self.place)
        self.begin(view, fence)

    def begin(self, view: AccountView, fence: int | None, values: dict[str, str] | None = None) -> None:
        """Open the form on an account, with what was typed there before, or with `values`: all of it, typed on the line."""
        from collect_tui.desk.line.context import LineContext

        app = self.desk_app
        self.view, self.fence, self.preview = view, fence, None
        self._line_context = LineContext.of(view, app.catalogue, app.session_view)
        self._previewed = ()
        self._override(on=False)
        draft = {} if values is not None else self._draft()
        self._touched = bool(draft) or values is not None
        self._typed_whole = values is not None
        self.fill(draft or values or self.starting_values())
        if draft.get("override_by") or draft.get("override_why"):
            self.desk_app.sight.begin()
            self._override(on=True)
            self.call_after_refresh(self.desk_app.sight.look, self._sighted)
        if self._typed_whole:
            self.set_focus(None)  # a key that is typed ahead, or by habit, must not change what was typed
            self.call_after_refresh(self._cursor_home)
        else:
            self.form.enter(self.fields[0].name)
        self.show_frame()
        self._read()
        if values is not None:
            self.save_draft()
        self._lead = _DRAFTED if draft else ""
        if draft:
            self.status(_DRAFTED, Role.LABEL)

    def _draft(self) -> dict[str, str]:
        assert self.view is not None
        try:
            kept = json.loads(self.desk_app.drafts.load(self.view.number, self.place) or "{}")
        except ValueError:
            return {}
        return {str(name): str(text) for name, text in kept.items()} if isinstance(kept, dict) else {}

    def save_draft(self) -> None:
        """Keep what is typed, unless it is what stood there at first."""
        if self.view is None or not self.is_mounted:
            return
        secret = {field.name for field in OVERRIDE if field.secret}
        typed = {name: text for name, text in self.form.values.items() if text.strip() and name not in secret}
        kept = {**typed, **self.kept_besides()} if typed and typed != self.starting_values() else {}
        self.desk_app.drafts.save(self.view.number, self.place, json.dumps(kept, ensure_ascii=False) if kept else "")
        self.desk_app.keep_drafts()

    def header_line(self) -> Line:
        if self.view is None:
            return Line()
        return Line.of((f"{self.title_words} ", Role.LABEL), (f"{self.view.number} {self.view.name}", Role.HEAD))

    def line_target(self) -> LineTarget | None:
        return LineTarget(self.view.number, self.view.version, self.fence) if self.view is not None else None

    def focus_body(self) -> None:
        """The keys belong to the fields."""

    def on_line_edit_left(self, message: LineEdit.Left) -> None:
        """Escape and F12 leave the form; what is typed is kept."""
        message.stop()
        self.run_command("nav.back")

    # -- reading ------------------------------------------------------------------------------------------------

    def on_line_edit_edited(self, message: LineEdit.Edited) -> None:
        message.stop()
        edit = message.edit
        if edit.text == "=" and isinstance(edit, FormField):
            edit.set_text(self._last.get(edit.field.name, ""), quiet=True)
        lead, self._touched, self._lead = self._lead, True, ""
        self.save_draft()
        self._read()
        if lead:
            self._paint_again()

    def _read(self) -> None:
        """Read the fields as a line, show it, and ask the desk what it would do."""
        if self.view is None or self._line_context is None or not self.is_mounted:
            return
        parsed = self._parse()
        wrong = self._wrong(parsed)
        self.show_summary()
        if wrong is not None:
            self.forget("preview")
            self._previewed = ()
            name, sentence = wrong
            typed = bool(name) and bool(self.form.edit(name).text.strip())
            here = bool(name) and self.form.edit(name).has_focus
            self.form.point(name if typed and not here else None)
            if self._touched:
                self.status(sentence, Role.WARN if typed else Role.LABEL)
            else:  # nobody has done anything wrong yet
                self.status("Tab and Enter go on, F4 lists, F2 saves.", Role.LABEL)
            self._paint(None)
            return
        self.form.point(None)
        unsure = self.desk_app.acts.unsure(self.view.number, "F2")
        if unsure:
            self.status(unsure, Role.WARN)
        elif parsed.commands != self._previewed or self.preview is None:
            self.status(meaning_line(parsed))
        if parsed.commands != self._previewed:
            self._ask(parsed.commands)

    def _parse(self) -> Parsed:
        from collect_tui.desk.line.parse import parse

        assert self._line_context is not None
        built = self.line_of(self.form.values)
        self._places = built.places
        self._parsed = parse(built.text, self._line_context)
        return self._parsed

    def _wrong(self, parsed: Parsed) -> tuple[str, str] | None:
        """The field that is wrong or missing, and the sentence."""
        for name, field in self.form.fields.items():
            if (edit := self.form.edit(name)).overfull:
                return name, f"{field.label}: {messages.too_long(len(edit.text), edit.limit)}"
        found = wrong_field(parsed, self._places, self.fields)
        if found is not None:
            name, error = found
            label = self.form.fields[name].label if name in self.form.fields else ""
            return name, f"{label}: {error.message}" if label else error.message
        name = misread(parsed, self._places, self.form.fields) or ""
        if not name:
            return None
        field = self.form.fields[name]
        return name, f"{field.label}: Expected {field.hint or 'something else'}."

    def _act(self, commands: tuple[Command, ...], line: str) -> Act:
        from collect_tui.desk.commands import Act, Override

        assert self.view is not None
        values = self.form.values
        by, why = values["override_by"].strip(), values["override_why"].strip()
        return Act(
            id=uuid4(),
            account=self.view.number,
            commands=commands,
            version=self.view.version,
            fence=self.fence,
            line=line,
            override=Override(by=by, reason=why) if self._overriding and (by or why) else None,
        )

    def _ask(self, commands: tuple[Command, ...]) -> None:
        self._previewed = commands
        desk, view = self.desk_app.desk, self.view
        act = self._act(commands, "")

        def answered(preview: Preview) -> None:
            if self.view is view and self._previewed == commands:
                self._paint(preview, late=self.refused)

        def lost() -> None:
            self._previewed = ()
            self._paint(None)

        self.fetch("preview", lambda: desk.preview(act), answered, lost=lost)

    def _paint(self, preview: Preview | None, *, late: bool = False) -> None:
        """Show what the desk says of the fields.  `late`: a key has been refused meanwhile, and that stays said."""
        self.preview = preview
        self._fill()
        unsure = self.view is not None and self.desk_app.acts.unsure(self.view.number, "F2")
        if preview is not None and self._parsed is not None and not unsure and not late:
            line = preview_line(self._parsed, preview)
            told = Line((Span(f"{self._lead} · ", Role.LABEL), *line.spans)) if self._lead else line
            self.status(told)  # what stands below fills the room that is left: it must not hang on what was said before
        self.show_keys()

    def _paint_again(self) -> None:
        """What stands before the desk's answer has changed; one that is under way is painted when it comes."""
        if self.preview is not None and not self.under_way(_SAID):
            self._paint(self.preview)

    def _fill(self) -> None:
        """What the desk says, and below it what the account owes, as far as there is room."""
        body = self.query_one("#body", LinePane)
        width = self.size.width
        said = self.paint(self.preview, width)
        owed = self.owed(width, body.size.height - len(said))
        blank = body.size.height - len(said) - len(owed)
        body.set_lines([*said, *[Line()] * (blank if owed else 0), *owed])

    def owed(self, width: int, rows: int) -> list[Line]:
        """What the account owes, in at most so many rows; nothing where it does not matter."""
        return []

    def summary_lines(self) -> Iterable[Line]:
        """The line that the form amounts to, as it could be typed."""
        from collect_tui.desk.line.render import render_act

        parsed, context = self._parsed, self._line_context
        if parsed is None or context is None:
            return ()
        complete = parsed.complete and self._wrong(parsed) is None
        text = render_act(parsed.commands, context) if complete else parsed.text
        return (Line.of(("as a line  ", Role.LABEL), (text, Role.VALUE if complete else Role.DIM)),)

    # -- keys ---------------------------------------------------------------------------------------------------

    def key_hints(self) -> list[KeyHint]:
        """The function keys: letters go into the fields."""
        found = [c for c in self.desk_app.keymap.in_context(FORM) if FORM in c.bar and c.fkey]
        hints = [
            KeyHint(
                c.fkey.upper(), self.saying(c.label) if c.id == "form.save" else c.label, self.refusal(c.id) is None
            )
            for c in found
        ]
        return hints if isinstance(self.focused, LineEdit) else [*hints, KeyHint("Tab", "change")]

    def before_key(self, event: events.Key) -> Coroutine[Any, Any, None] | None:
        """Paging goes through what the desk says of the fields: it waits for that."""
        if event.key in {"pageup", "pagedown"} and self.under_way(_SAID):
            return self.answered(_SAID)
        return super().before_key(event)

    def _cursor_home(self) -> None:
        """The terminal's cursor, while no field has it."""
        if self.is_current and self.focused is None:
            self.app.cursor_position = self.query_one("#body").region.offset

    def on_screen_resume(self) -> None:
        super().on_screen_resume()
        if self._typed_whole:
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
        self._read()

    def on_form_field_entered(self, message: FormField.Entered) -> None:
        """Enter goes on; after the last field it only says how to save."""
        message.stop()
        self._touched = True
        if self.form.step(1):
            self._read()
        else:
            self.at_the_end()

    def at_the_end(self) -> None:
        """Enter in the last field."""
        self._read()
        if self._parsed is not None and self._wrong(self._parsed) is None:
            self._lead = _SAVES
            self._paint_again()

    def do_field_list(self) -> None:
        """F4: what may be typed in the field the caret is in."""
        edit = self.focused
        if not isinstance(edit, FormField):
            self._not_taken()
            return
        found = self.choices(edit.field.name)
        if not found:
            self.refuse(f"{edit.field.label}: {edit.field.hint or 'free text'}.")
            return
        from collect_tui.tui.dialogs.choosing import ChoosingScreen

        def chosen(index: int | None) -> None:
            if index is not None:
                edit.set_text(found[index][0])

        self.app.push_screen(ChoosingScreen(found), chosen)

    def refusal(self, command_id: str) -> str | None:
        if command_id == "form.override" and self._overridable() is None:
            return "Nothing here can be overridden: it is allowed, or nobody may."
        return super().refusal(command_id)

    def _overridable(self) -> str | None:
        preview = self.preview
        return preview.verdict.overridable_by if preview is not None and not preview.verdict.allowed else None

    @property
    def override_key(self) -> str:
        """The key that opens the override, as people read it."""
        return self.desk_app.door("form.override").upper()

    def do_form_override(self) -> None:
        """F10: who overrides the refusal, and why."""
        self.desk_app.sight.begin()
        self._override(on=True)
        self.form.enter("override_by")
        self.call_after_refresh(self.desk_app.sight.look, self._sighted)
        self.status(f"A {self._overridable()} may override it: who, and why?  F2 saves.", Role.LABEL)

    def _sighted(self, sentence: str) -> None:
        if sentence and self._overriding:
            self.status(sentence, Role.WARN)

    def unseen(self, event: events.Key | events.Paste) -> bool:
        """Is an override saved that nobody can have seen asked for?"""
        saves = self._overriding and isinstance(event, events.Key) and event.key == "f2"
        return saves and not self.desk_app.sight.counts(event.time)

    def _override(self, *, on: bool) -> None:
        self._overriding = on
        for field in OVERRIDE:
            self.form.edit(field.name).display = on and (not field.secret or self.desk_app.desk.outbox is not None)

    def _refill(self) -> None:
        """There is less room below, or more: the fields, what is said or the terminal has another height."""
        if self.view is not None and self.is_mounted:
            self._fill()

    # -- saving -------------------------------------------------------------------------------------------------

    async def do_form_save(self) -> None:
        """F2: read afresh and do it.  A refusal keeps the form and points at the field."""
        parsed = self._parse()
        wrong = self._wrong(parsed)
        act = self._act(tuple(c.unanswered() for c in parsed.commands), parsed.text) if wrong is None else None
        if act is not None:
            await self.send(act)
        elif self.view is not None and self.desk_app.acts.unsure(self.view.number):
            await self.desk_app.acts.do(self.view.number, "")
        elif wrong is not None:
            name, sentence = wrong
            self._stop_at(name, f"Nothing was done. {sentence}")

    async def send(self, act: Act) -> None:
        """Do the act and go back to the account; what is to be typed first is asked for."""
        app = self.desk_app
        self.forget("preview")  # a late answer must not talk over what happens now
        try:
            receipt = await app.acts.do(act.account, act, proof=self.form.values["override_proof"] or None)
        except Unsettled as error:
            self.refuse(messages.sentence(error))
            return
        except DomainError as error:
            await self._refused(act, error)
            return
        self._last = {name: text for name, text in self.form.values.items() if text.strip()}
        app.drafts.clear(act.account, self.place)
        app.line_history.add(act.line)
        self.view = None
        await app.pop_screen()
        top = app.desk_screen(self)
        await app.navigator.acted(top, receipt)
        top.status(receipt_line(receipt, top.naming(receipt.account)))

    async def _refused(self, act: Act, error: DomainError) -> None:
        """Nothing was done: show every finding, and point at the field or ask for what is to be typed."""
        preview = await self.ask(self.desk_app.desk.preview, act)
        if preview is not None:
            self._paint(preview)
            self._previewed = act.commands
        if isinstance(error, Unconfirmed):
            await confirm(self, act, error, self.send, preview=preview, why=self.why_asked)
            return
        sentence = messages.sentence(error)
        if isinstance(error, RefusedByPolicy) and error.verdict.overridable_by:
            sentence += f" {self.override_key} asks who and why."
        if isinstance(error, Stale):
            await self.do_view_refresh()
        self._stop_at(self.field_of(error.field), sentence)

    async def do_view_refresh(self) -> None:
        """The account as it is now; what is typed stays."""
        view = await self.ask(self.desk_app.desk.account, self.view.number) if self.view is not None else None
        if view is not None:
            from collect_tui.desk.line.context import LineContext

            self.view = view
            self._line_context = LineContext.of(view, self.desk_app.catalogue, self.desk_app.session_view)

    def field_of(self, name: str | None) -> str:
        """The form's field that a refusal names; empty when it has none of that kind."""
        return (
            name
            if name in self.form.fields
            else {"override": "override_by", "proof": "override_proof"}.get(name or "", "")
        )

    def _stop_at(self, name: str, sentence: str) -> None:
        if name and self.form.edit(name).display:
            self.form.enter(name)
            self.form.point(name)
        self.refuse(sentence)

    def desk_refused(self, error: DomainError) -> None:
        self._stop_at(self.field_of(error.field), messages.sentence(error))
