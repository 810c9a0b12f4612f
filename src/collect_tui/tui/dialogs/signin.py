"""Asks for a password over the foot of the screen; what is typed is shown as stars and kept nowhere."""

from __future__ import annotations

from textual.app import ComposeResult

from collect_tui.tui.dialogs.over import OverScreen
from collect_tui.tui.widgets.keybar import KeyBar
from collect_tui.tui.widgets.lineedit import LineEdit
from collect_tui.tui.widgets.rule import Rule


class PasswordScreen(OverScreen[str | None]):
    """One secret field; Enter answers, F12 leaves.

    Args:
        user: whose password it is; empty when that is not known yet.
    """

    AUTO_FOCUS = "#password"
    DEFAULT_CSS = "PasswordScreen { align: left bottom; background: transparent; }"

    def __init__(self, user: str) -> None:
        super().__init__()
        self._user = user

    def compose(self) -> ComposeResult:
        yield Rule(id="upper")
        yield LineEdit(
            prompt=f"password of {self._user} " if self._user else "password ", secret=True, limit=200, id="password"
        )
        yield KeyBar([("Ent", "sign in", True), ("F12", "leave", True)], id="keys")

    def on_line_edit_submitted(self, message: LineEdit.Submitted) -> None:
        message.stop()
        self.dismiss(message.text)

    def on_line_edit_left(self, message: LineEdit.Left) -> None:
        message.stop()
        self.dismiss(None)
