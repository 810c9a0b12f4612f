"""What is said above the key bar: as many rows as it needs, three as a rule, and the rest behind one key."""

from __future__ import annotations

from typing import Final

from textual import events
from textual.strip import Strip

from collect_tui.common.words import plural
from collect_tui.tui.render import text as tui_text
from collect_tui.tui.render.roles import Role
from collect_tui.tui.render.styled import Line, Span
from collect_tui.tui.widgets.statusline import StatusLine

USUAL: Final = 3
"""Rows that it takes as a rule."""
_WHOLE: Final = frozenset({Role.BAD, Role.WARN, Role.ERROR})
"""What is never cut, however many rows that takes: refusals, warnings, what is replaced."""
_LEFT: Final = 7
"""Rows that the rest of the screen keeps: header, rules, a row of the body, summary, line, key bar."""


class SaidRows(StatusLine):
    """Wraps what it is told and is as high as that takes.

    While a line is `typed` it has `typing` rows at least, the usual ones as a rule: what stands above it moves once, not at every key,
    and does not hang on what was said before.
    """

    DEFAULT_CSS = "SaidRows { height: 1; }"

    def __init__(self, *, typing: int = USUAL, id: str | None = None) -> None:
        super().__init__(id=id)
        self._typing = typing
        self._rows: list[Line] = []
        self._all = False  # is the rest shown too?
        self._from = 0  # first row shown, where not even the whole screen is enough
        self._key = ""
        self._width = 0  # cells it was wrapped for
        self._least = 1  # rows it has, though it said less

    def name_key(self, key: str) -> None:
        """Which key shows the rest."""
        if key != self._key:
            self._key = key
            self.refresh()

    def say(self, text: str | Line, role: Role = Role.PLAIN, *, typed: bool = False) -> None:
        """Say something; painted only if it is something else.  `typed`: of a line that is being typed."""
        before, least = (self._left, self._least), self._typing if typed else 1
        self.show(text, role)
        self._least = least
        if (self._left, least) != before or not typed:
            self._all, self._from = False, 0
            self._fit()

    @property
    def hidden(self) -> int:
        """How many rows are not shown."""
        return len(self._rows) - self._from - self._shown()

    def more(self) -> bool:
        """Show the rest, then what not even the whole screen holds, then as at first; False: all of it is shown."""
        if not self._all and not self.hidden:
            return False
        if not self._all:
            self._all = True
        elif self.hidden:
            self._from += self._shown()
        else:
            self._all, self._from = False, 0
        self._fit()
        self.refresh()
        return True

    def fit(self) -> None:
        """The screen has another size."""
        self._all, self._from = False, 0
        self._fit()

    def on_resize(self, _event: events.Resize) -> None:
        if self.size.width != self._width:
            self._fit()

    def _most(self) -> int:
        """Rows there may be at all."""
        return max(1, self.screen.size.height - _LEFT) if self.is_attached else USUAL

    def _shown(self) -> int:
        """Rows to be shown: all, or the usual ones and those that are never cut."""
        count, most = len(self._rows), self._most()
        if self._all:
            return min(count - self._from, max(1, most - 1))  # and a row that says how it goes on
        whole = max((n for n, row in enumerate(self._rows, 1) if any(s.role in _WHOLE for s in row.spans)), default=0)
        shown = max(USUAL, whole)
        if shown < count and shown == whole:
            shown += 2  # for what is done, and the row that says where the rest is
        return min(count, shown, most)

    def _fit(self) -> None:
        """Wrap it anew and take the rows it needs."""
        self._width = self.size.width or (self.app.size.width if self.is_attached else 80)
        self._rows = self._left.wrapped(self._width)
        height = max(min(self._least, self._most()), self._shown() + self._all)
        if self.styles.height is None or self.styles.height.value != height:
            self.styles.height = height
        self.refresh()  # it may have been painted as it was wrapped before

    def render_line(self, y: int) -> Strip:
        cells, shown = self.size.width, self._shown()
        row = self._rows[self._from + y].spans if y < shown else ()
        if self._all and y == shown:
            told = f"{self._key}: " + (plural(self.hidden, "more row") if self.hidden else "back")
        elif not self._all and self.hidden and y == shown - 1:
            told = f" {self._key}: {plural(self.hidden, 'more row')}"
        else:
            return self.strip_of(row, cells)
        size = min(cells, tui_text.width(told))
        kept = cells - size
        return Strip.join([self.strip_of(row, kept), self.strip_of((Span(told, Role.KEY),), size)])
