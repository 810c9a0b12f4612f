"""The line that names the keys.  Textual's ``Footer`` leaks a widget per key per refresh; this paints one strip."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from textual.geometry import Size
from textual.strip import Strip

from collect_tui.tui.render import text as tui_text
from collect_tui.tui.render.roles import Role
from collect_tui.tui.render.styled import Span
from collect_tui.tui.widgets.base import LineWidget


class KeyHint(NamedTuple):
    """A key, what it does, and whether it can be used now."""

    key: str
    label: str
    enabled: bool = True


class KeyBar(LineWidget):
    """One line of keys; a key that cannot be used now keeps its place, dim and in parentheses.

    What does not fit is left out from the right, but the last hint (help) always stays.
    """

    DEFAULT_CSS = "KeyBar { height: 1; }"

    def __init__(self, keys: Iterable[KeyHint | tuple[str, str, bool]] = (), *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._keys = tuple(KeyHint(*key) for key in keys)

    @property
    def keys(self) -> tuple[KeyHint, ...]:
        """What is shown."""
        return self._keys

    def set_keys(self, keys: Iterable[KeyHint | tuple[str, str, bool]]) -> None:
        """Show other keys; painted only if they differ."""
        hints = tuple(KeyHint(*key) for key in keys)
        if hints != self._keys:
            self._keys = hints
            self.refresh()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return 1

    def render_line(self, y: int) -> Strip:
        cells = self.size.width
        spans: list[Span] = []
        if y == 0 and self._keys:
            *front, last = self._keys
            room = cells - _width(last)
            for hint in front:
                room -= _width(hint) + 2
                if room < 0:
                    break
                spans += [*_spans(hint), Span("  ")]
            spans += _spans(last)
        return self.strip_of(spans, cells)


def _width(hint: KeyHint) -> int:
    return sum(tui_text.width(span.text) for span in _spans(hint))


def _spans(hint: KeyHint) -> list[Span]:
    if hint.enabled:
        return [Span(hint.key, Role.KEY), Span(f" {hint.label}", Role.LABEL)]
    return [Span(f"({hint.key} {hint.label})", Role.DIM)]


def enter_key(*, ascii_only: bool) -> str:
    """The Enter key as key bars show it; a terminal that has only ASCII would show the sign as `?`."""
    return "Ent" if ascii_only else "⏎"
