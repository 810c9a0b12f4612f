"""Saving a form: F2 reads it afresh and does it, and nothing else does; what is typed is kept as a draft until then."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from collect_tui.desk.errors import RefusedByPolicy, Stale, Unconfirmed
from collect_tui.desk.line import fields
from collect_tui.desk.line.context import LineContext
from collect_tui.domain.errors import DomainError
from collect_tui.tui import messages
from collect_tui.tui.dialogs.asking import confirm
from collect_tui.tui.forms.override import OverridingScreen
from collect_tui.tui.forms.reader import OVERRIDE, PROOF
from collect_tui.tui.render.line import receipt_line
from collect_tui.tui.sent import Unsettled
from collect_tui.tui.undo import ask_undone

if TYPE_CHECKING:
    from collect_tui.desk.commands import Act


class SavingScreen(OverridingScreen):
    """A form that is kept while it is typed, and done when it is saved."""

    def __init__(self) -> None:
        super().__init__()
        self.last: dict[tuple[str, str], str] = {}
        """What was saved last: place and field → text."""
        self.why_asked = ""
        """Why what was typed on the line to confirm it is asked for again."""

    # -- the draft ----------------------------------------------------------------------------------------------

    @property
    def place(self) -> str:
        """Where its draft is kept."""
        return self.verb.verb

    def starting_values(self) -> Mapping[str, str]:
        """What stands in the fields at first."""
        return {}

    def kept_besides(self) -> Mapping[str, str]:
        """What a draft keeps that stands in no field."""
        return {}

    def draft(self) -> dict[str, str]:
        """What was typed here before and not saved."""
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
        typed = {name: text for name, text in self.form.values.items() if text.strip() and name != PROOF}
        kept = {**typed, **self.kept_besides()} if typed and typed != self.starting_values() else {}
        self.desk_app.drafts.save(self.view.number, self.place, json.dumps(kept, ensure_ascii=False) if kept else "")
        self.desk_app.keep_drafts()

    # -- saving -------------------------------------------------------------------------------------------------

    async def do_form_save(self) -> None:
        """F2: read afresh and do it.  A refusal keeps the form and points at the field."""
        parsed = self.parsed()
        wrong = self.wrong()
        if wrong is None:
            act = self.act_of(tuple(c.unanswered() for c in parsed.commands), parsed.text)
            if any(command.kind == "undo" for command in act.commands):
                await ask_undone(self, self.desk_app.desk, act, self.send)
            else:
                await self.send(act)
        elif self.view is not None and self.desk_app.acts.unsure(self.view.number):
            await self.desk_app.acts.do(self.view.number, "")
        else:
            name, sentence = wrong
            self._stop_at(name, f"Nothing was done. {sentence}")

    async def send(self, act: Act) -> None:
        """Do the act and go back to where the form was opened; what is to be typed first is asked for."""
        app = self.desk_app
        self.forget("preview")  # a late answer must not talk over what happens now
        try:
            receipt = await app.acts.do(act.account, act, proof=self.form.values.get(PROOF) or None)
        except Unsettled as error:
            self.refuse(messages.sentence(error))
            return
        except DomainError as error:
            await self._refused(act, error)
            return
        self.last |= {(self.place, name): text for name, text in self.form.values.items() if text.strip()}
        app.drafts.clear(act.account, self.place)
        app.line_history.add(act.line)
        self.view = None
        await app.pop_screen()
        top = app.desk_screen(self)
        top.status(receipt_line(receipt, top.naming(receipt.account)))
        await app.navigator.acted(top, receipt)

    async def _refused(self, act: Act, error: DomainError) -> None:
        """Nothing was done: show every finding, and point at the field or ask for what is to be typed."""
        preview = await self.ask(self.desk_app.desk.preview, act)
        if preview is not None:
            self.show_preview(preview)
            self._previewed = act.commands
        if isinstance(error, Unconfirmed):
            await confirm(self, act, error, self.send, preview=preview, why=self.why_asked)
            return
        sentence = messages.sentence(error)
        if isinstance(error, RefusedByPolicy) and error.verdict.overridable_by:
            sentence += f" {self.override_key} asks who and why."
        if isinstance(error, Stale):
            await self.do_view_refresh()
        self._stop_at(self.field_of(error), sentence)

    async def do_view_refresh(self) -> None:
        """The account as it is now; what is typed stays."""
        view = await self.ask(self.desk_app.desk.account, self.view.number) if self.view is not None else None
        if view is not None:
            self.view = view
            self.line_context = LineContext.of(view, self.desk_app.catalogue, self.desk_app.session_view)

    def field_of(self, error: DomainError) -> str:
        """The form's field that a refusal names; empty when it has none of that kind."""
        slot = fields.named((*self.verb.fields, *OVERRIDE), error.field)
        return slot.name if slot is not None else ""

    def _stop_at(self, name: str, sentence: str) -> None:
        if name in self.form.fields:
            self.form.enter(name)
            self.form.point(name)
        self.refuse(sentence)

    def desk_refused(self, error: DomainError) -> None:
        self._stop_at(self.field_of(error), messages.sentence(error))
