"""The empty Textual app every figure is compared with: one line of text, no data, nothing that moves."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.widgets import Static


class Empty(App[None]):
    ENABLE_COMMAND_PALETTE = False

    def compose(self) -> ComposeResult:
        yield Static("empty app is ready")


if __name__ == "__main__":
    Empty().run(mouse=False)
