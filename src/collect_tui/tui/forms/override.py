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
        said = f"A {self._overridable()} may override it: who (F4 lists), and why?  F2 saves."
        if self._taken_at_their_word():
            said += " No password is asked: this file believes whoever opened it, and the audit names whom you put in."
        self.status(said, Role.LABEL)

    def _taken_at_their_word(self) -> bool:
        """Does nobody of those who may override have a password here?"""
        return self.preview is not None and not any(each.proves for each in self.preview.overriders)

    def override(self, *, on: bool) -> None:
        """Show the fields of an override, or leave them out."""
        self.overriding = on
        asked = [slot for slot in OVERRIDE if on and (slot.name != PROOF or not self._taken_at_their_word())]
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
