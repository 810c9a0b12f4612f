"""Who overrides a refusal of a form, and why: fields that a key adds, and that count only once they can have been seen."""

from __future__ import annotations

from textual import events

from collect_tui.tui.forms.reader import OVERRIDE, PROOF, ReadingScreen
from collect_tui.tui.render.roles import Role


class OverridingScreen(ReadingScreen):
    """A form whose refusal somebody may override."""

    def refusal(self, command_id: str) -> str | None:
        if command_id == "form.open" and self._overridable() is None:
            return "Nothing here can be overridden: it is allowed, or nobody may."
        return super().refusal(command_id)

    def _overridable(self) -> str | None:
        preview = self.preview
        return preview.verdict.overridable_by if preview is not None and not preview.verdict.allowed else None

    async def do_form_open(self) -> None:
        """F10: who overrides the refusal, and why."""
        self.override(on=True)
        self.form.enter(OVERRIDE[0].name)
        self.status(f"A {self._overridable()} may override it: who, and why?  F2 saves.", Role.LABEL)

    def override(self, *, on: bool) -> None:
        """Show the fields of an override, or leave them out."""
        self.overriding = on
        asked = [slot for slot in OVERRIDE if on and (slot.name != PROOF or self.desk_app.desk.outbox is not None)]
        self.form.show((*self.verb.fields, *asked), frozenset({PROOF}))
        if on:
            self.desk_app.sight.begin()
            self.call_after_refresh(self.desk_app.sight.look, self._sighted)

    def _sighted(self, sentence: str) -> None:
        if sentence and self.overriding:
            self.status(sentence, Role.WARN)

    def unseen(self, event: events.Key | events.Paste) -> bool:
        """Is an override saved that nobody can have seen asked for?"""
        saves = self.overriding and isinstance(event, events.Key) and event.key == "f2"
        return saves and not self.desk_app.sight.counts(event.time)
