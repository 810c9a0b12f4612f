"""The panes of an account: its summary and what else there is of it, asked for in the background.

The screen is made once and kept; another account changes what it shows. The newest answer wins.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Final

from textual import events
from textual.app import ComposeResult

from collect_tui.desk.views.account import PaneName, PaneView
from collect_tui.tui.messages import LOADING
from collect_tui.tui.pane_rows import COLUMNS
from collect_tui.tui.render.account import summary
from collect_tui.tui.render.panes import NOTHING, pane_lines
from collect_tui.tui.render.roles import Role
from collect_tui.tui.render.styled import Line
from collect_tui.tui.screens.pane_rows import PANES, PaneRowsScreen
from collect_tui.tui.widgets.lineedit import LineEdit
from collect_tui.tui.widgets.paged import PagedLines, PagedRows

if TYPE_CHECKING:
    from collect_tui.desk.views.account import AccountView

_PAGED: Final = ("timeline", "payments", "audit", "messages")
PAGE: Final = 200
#: From this width and height on, the summary has room for the latest events.
_ROOMY: Final = (120, 30)


class PanesScreen(PaneRowsScreen):
    """Shows one account, pane by pane.  A subclass works it."""

    def compose_body(self) -> ComposeResult:
        pane = PagedLines(id="body", focusable=True)
        pane.more = self._more
        pane.resized = self._fill
        yield pane
        for name, columns in COLUMNS.items():
            rows = PagedRows(columns, empty=NOTHING, by_need=True, id=f"rows-{name}")
            rows.more = self._more
            rows.resized = self.show_summary
            rows.display = False
            yield rows

    @property
    def body(self) -> PagedLines:
        return self.query_one("#body", PagedLines)

    def begin(self, view: AccountView) -> None:
        """Show another account from its summary on; nothing of the one before is left."""
        self.view = view
        self.pane = 1
        self._panes.clear()
        self.forget("pane")
        self.status("")
        self.focus_body()
        self._forget_rows()
        self._fill(keep_place=False)
        self.show_frame()
        self._load()

    def changed(self, view: AccountView) -> None:
        """The same account as it is now: pane, place and what is typed stay."""
        self.view = view
        self.desk_app.navigator.saw(view)
        self._panes.clear()
        self._fill()
        self.show_frame()
        self._load()

    # -- panes --------------------------------------------------------------------------------------------------

    def run_command(self, command_id: str) -> None:
        kind, _, which = command_id.partition(".")
        if kind == "pane" and which.isdecimal():
            self._show_pane(int(which))
        else:
            super().run_command(command_id)

    def do_pane_next(self) -> None:
        self._show_pane(self.pane % self._last + 1)

    def do_pane_previous(self) -> None:
        self._show_pane((self.pane - 2) % self._last + 1)

    def do_linked_show(self) -> None:
        self._show_pane(len(PANES))

    def _show_pane(self, number: int) -> None:
        if self.view is None or number == self.pane:
            return
        self.pane = number
        self.forget("pane")
        self._forget_rows()
        self._fill(keep_place=False)
        self.show_summary()
        self.show_keys()
        self._load()

    def _wanted(self) -> PaneName | None:
        """The pane whose rows are needed: a roomy summary shows the latest events as well."""
        roomy = self.size.width >= _ROOMY[0] and self.size.height >= _ROOMY[1]
        return self.pane_name or ("timeline" if roomy else None)

    def _load(self) -> None:
        """Fetch the pane in the background; keys are not held, the newest wins."""
        name, view = self._wanted(), self.view
        if name is None or view is None or name in self._panes:
            return
        self._instead = ""
        self.fetch("pane", partial(self.desk_app.desk.pane, view.number, name, limit=PAGE), partial(self._came, view))

    def not_loaded(self, what: str, sentence: str) -> None:
        if what == "pane":
            self._instead = sentence
            self._fill()

    def _came(self, view: AccountView, pane: PaneView) -> None:
        if self.view is view and pane.pane not in self._panes:
            self._panes[pane.pane] = pane
            self._fill()

    def _fill(self, *, keep_place: bool = True) -> None:
        if self.view is None or not self.is_mounted:
            return
        shown = self.rows if self.has_rows else self.body
        if not shown.display:
            for each in (self.body, *self.query(PagedRows)):
                each.display = each is shown
            if not isinstance(self.focused, LineEdit):
                self.focus_body()
        if self.has_rows:
            self._fill_rows()
        else:
            self.body.set_lines(self._lines(self.view), keep_place=keep_place)

    def _lines(self, view: AccountView) -> list[Line]:
        """What the body shows of the account."""
        width, height = self.body.size or self.size
        name = self.pane_name
        codes = self.desk_app.catalogue.codes
        if name is None:
            latest = self._panes.get("timeline")
            return summary(view, width, height, latest.timeline if latest is not None else (), codes)
        pane = self._panes.get(name)
        if pane is None:
            return Line.of((self._instead or LOADING, Role.DIM)).wrapped(width)
        return pane_lines(pane, view, width, codes)

    def on_resize(self, _event: events.Resize) -> None:
        self._fill()
        self._load()

    def _more(self, rows: int, then: Callable[[], None]) -> bool:
        """Going beyond what has been fetched: fetch first, with keys held, so that a burst ends where slow keys do."""
        name = self.pane_name
        if name is None or self._has(name, rows):
            return False
        self.desk_app.run_held(self._fetch_far(name, rows, then), self)
        return True

    def _has(self, name: PaneName, rows: int | None) -> bool:
        """Are so many rows of the pane here, or all there are (None: all)?"""
        pane = self._panes.get(name)
        return pane is not None and (pane.cursor is None or (rows is not None and rows <= self._mover.row_count()))

    @property
    def _mover(self) -> PagedLines | PagedRows:
        """What is shown of the pane."""
        return self.rows if self.has_rows else self.body

    async def _fetch_far(self, name: PaneName, rows: int | None, then: Callable[[], None]) -> None:
        while self.view is not None and self.pane_name == name and not self._has(name, rows):
            view, pane = self.view, self._panes.get(name)
            cursor = pane.cursor if pane is not None else None
            got = await self.ask(partial(self.desk_app.desk.pane, view.number, name, cursor=cursor, limit=PAGE))
            if got is None or self.view is not view:
                return
            pane = self._panes.get(name)
            if pane is None:
                self._panes[name] = got
            elif pane.cursor == cursor:
                longer = {each: getattr(pane, each) + getattr(got, each) for each in _PAGED}
                self._panes[name] = pane.model_copy(update={**longer, "cursor": got.cursor})
            self._fill()
        then()

    async def do_row_last(self) -> None:
        """To the end of the pane: all of it is fetched first."""
        name = self.pane_name
        if name is not None:
            await self._fetch_far(name, None, self._to_last)
        else:
            self._to_last()

    def _to_last(self) -> None:
        if self.has_rows:
            self.rows.move_loaded(self.rows.row_count())
        else:
            self.body.scroll_loaded(self.body.row_count())

    async def do_view_refresh(self) -> None:
        if self.view is not None:
            view = await self.ask(self.desk_app.desk.account, self.view.number)
            if view is not None:
                self.changed(view)
