"""What stands over the foot of a screen until it is answered: a question, a list to choose from, a password."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, TypeVar, cast

from textual import events
from textual.screen import ModalScreen

from collect_tui.tui import messages
from collect_tui.tui.keys.actions import ASKING
from collect_tui.tui.keys.keymap import key_name
from collect_tui.tui.render.roles import Role
from collect_tui.tui.widgets.lineedit import LineEdit
from collect_tui.tui.widgets.rule import Rule

if TYPE_CHECKING:
    from collect_tui.tui.desk_app import DeskApp

Answered = TypeVar("Answered")


class OverScreen(ModalScreen[Answered]):
    """Its first widget is a rule `#upper`, where things are said; what it does not take is refused as on every screen."""

    context: ClassVar[str] = ASKING
    said = ""
    """What stands on the rule."""

    @property
    def desk_app(self) -> DeskApp:
        """The app, by its own name."""
        return cast("DeskApp", self.app)

    def typed(self, name: str) -> bool:
        """Act on a key that no field wanted; False: it does nothing here."""
        return False

    def status(self, sentence: str, _role: Role = Role.WARN) -> None:
        """Say something on the rule; empty for the rule again."""
        self.said = sentence
        if self.is_attached:
            self.query_one("#upper", Rule).note(sentence)

    def refuse(self, sentence: str) -> None:
        """Say why not, ring, and drop what was typed ahead."""
        self.status(messages.with_dropped(sentence, self.desk_app.flush_keys()))
        self.app.bell()

    def on_key(self, event: events.Key) -> None:
        if self.focused is not None and event.key in self.focused._bindings.key_to_bindings:
            return  # a list's own
        event.stop()
        event.prevent_default()
        name = key_name(event.key, event.character)
        if not self.typed(name):
            self.refuse(messages.no_key(name))

    def on_paste(self, event: events.Paste) -> None:
        """A field takes a paste itself."""
        event.stop()
        self.refuse(messages.NO_PASTE)

    def on_line_edit_overfull(self, message: LineEdit.Overfull) -> None:
        message.stop()
        if message.pressed:
            self.refuse(message.sentence)
        else:
            self.status(message.sentence)
