"""What keys do to a line of text, whatever shows it."""

from __future__ import annotations

from typing import Final

#: Keys that keep a selected text; the first few do nothing else, not even Enter: it was shown, not typed.
ONLY_KEEPING: Final = frozenset({"right", "end", "ctrl+e", "tab", "enter"})
#: Keys that change the text or move in it: what they do depends on the text alone.
EDITING: Final = frozenset(
    {"backspace", "ctrl+h", "delete", "ctrl+k", "ctrl+u", "left", "right", "home", "ctrl+a", "end", "ctrl+e"}
)
#: All keys that keep it.
KEEPING: Final = ONLY_KEEPING | {
    "left", "home", "ctrl+a", "backspace", "ctrl+h", "delete", "ctrl+k", "ctrl+u", "up", "down", "escape", "f12"
}  # fmt: skip


def edit(key: str, text: str, at: int) -> tuple[str, int] | None:
    """The text and the place of the caret once a key has been pressed with the caret at `at`; None: the key edits nothing here."""
    if key in ("backspace", "ctrl+h"):
        return text[: max(0, at - 1)] + text[at:], max(0, at - 1)
    if key == "delete":
        return text[:at] + text[at + 1 :], at
    if key == "ctrl+k":
        return text[:at], at
    if key == "ctrl+u":
        return text[at:], 0
    if key == "left":
        return text, max(0, at - 1)
    if key == "right" and at < len(text):
        return text, at + 1
    if key in ("home", "ctrl+a"):
        return text, 0
    if key in ("end", "ctrl+e"):
        return text, len(text)
    return None
