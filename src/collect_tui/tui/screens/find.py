"""Find: results as one types; Enter opens the only hit, or goes to the list when there are several."""

from __future__ import annotations

from collections.abc import Awaitable, Iterable
from functools import partial
from operator import attrgetter
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult

from collect_tui.common.words import plural
from collect_tui.desk.views.account import FIND_COLUMNS
from collect_tui.tui.keys.actions import FIND
from collect_tui.tui.messages import typed
from collect_tui.tui.page import LineTarget
from collect_tui.tui.render.fitting import row_whole
from collect_tui.tui.render.roles import Role
from collect_tui.tui.render.styled import Line
from collect_tui.tui.screens.lists import ListScreen
from collect_tui.tui.widgets.keybar import KeyHint
from collect_tui.tui.widgets.lineedit import LineEdit
from collect_tui.tui.widgets.worktable import ListSource, WorkTable, numbered

if TYPE_CHECKING:
    from collect_tui.desk.views.account import FindHit

LIMIT = 50
COLUMNS = numbered(FIND_COLUMNS, 3)


class FindScreen(ListScreen):
    """Finds accounts by number, name, phone, e-mail, invoice or payment reference."""

    context: ClassVar[str] = FIND
    columns = COLUMNS
    by_need: ClassVar[bool] = True
    has_line: ClassVar[bool] = False
    summary_rows: ClassVar[int] = 3

    def __init__(self) -> None:
        super().__init__()
        self.hits: tuple[FindHit, ...] = ()
        self.searched = ""
        """The text the hits are for."""
        self._instead = ""
        """What stands in place of what is found while that is not known: for which text it is looked, or why it is not."""
        self._last = ""
        self._chosen = False

    def compose_line(self) -> ComposeResult:
        field = LineEdit(prompt="find ", placeholder="account, name, phone, e-mail, invoice or payment", id="field")
        field.needs = frozenset({"find"})
        yield field
        yield from super().compose_line()

    @property
    def field(self) -> LineEdit:
        return self.query_one("#field", LineEdit)

    def header_line(self) -> Line:
        return Line.of(("Find", Role.HEAD))

    def line_target(self) -> LineTarget | None:
        key = self.table.cursor_key
        return LineTarget(key) if key is not None else None

    def summary_lines(self) -> Iterable[Line]:
        if self._instead:
            return (Line.of((self._instead, Role.DIM)),)
        if not self.searched:
            return ()
        count = len(self.hits)
        if not count:
            return (Line.of((f"Nothing is found by {typed(self.searched)}.", Role.WARN)),)
        more = "; type more to see fewer" if count >= LIMIT else ""
        hit = self.hits[min(self.table.cursor, count - 1)]
        whole = row_whole(FIND_COLUMNS, hit, self.desk_app.session_view).wrapped(self.size.width)
        return (*whole[: self.summary_room - 1], Line.of(f"{plural(count, 'account')} found{more}"))

    def on_work_table_row_highlighted(self, message: WorkTable.RowHighlighted) -> None:
        message.stop()
        self.show_summary()

    def refusal(self, command_id: str) -> str | None:
        if command_id == "why.open" and not self.hits:
            return "There is no account under the cursor."
        return super().refusal(command_id)

    def begin(self, text: str = "") -> None:
        """Start a search: the field is empty, or holds a text as if it had been typed."""
        self.forget("find")
        self.field.set_text("", quiet=True)
        self.show_hits("", ())
        self.status("")
        self.field.focus(scroll_visible=False)
        if text:
            self.field.set_text(text)

    # -- searching ----------------------------------------------------------------------------------------------

    def on_line_edit_edited(self, message: LineEdit.Edited) -> None:
        """Look for what is typed so far, in the background; the newest wins."""
        message.stop()
        self._chosen = False
        text = message.text.strip()
        if not text:
            self.forget("find")
            self.show_hits("", ())
        elif self.desk_app.connected:
            self._instead = f"Looking for {typed(text)} …"
            self.show_summary()
            self.fetch("find", partial(self.desk_app.desk.find, text, limit=LIMIT), partial(self.show_hits, text),
                       lost=partial(self.show_hits, "", ()))  # fmt: skip

    def not_loaded(self, what: str, sentence: str) -> None:
        self._instead = sentence
        self.show_summary()

    def show_hits(self, text: str, hits: tuple[FindHit, ...]) -> None:
        """Show what was found by a text."""
        same = text == self.searched
        self.searched, self.hits, self._instead = text, hits, ""
        session = self.desk_app.session_view
        self.table.replace(ListSource.of(COLUMNS, hits, attrgetter("account"), session))
        if not same:
            self.table.move_to(0)
        self.show_summary()
        self.show_keys()

    def on_line_edit_submitted(self, message: LineEdit.Submitted) -> None:
        message.stop()
        text = message.text.strip() or self._last
        if not text:
            self.refuse("Type something to find.")
            return
        if not message.text.strip():
            self.field.set_text(text, quiet=True)
        self.desk_app.run_held(self._search_and_open(text), self)

    async def _search_and_open(self, text: str) -> None:
        """Enter in the field: the answer is for the text that stands there, whatever was still under way."""
        self._last = text
        if text != self.searched:
            self.forget("find")
            hits = await self.ask(self.desk_app.desk.find, text, limit=LIMIT)
            if hits is None:
                self.not_loaded("find", self.why_not())
                return
            self.show_hits(text, hits)
        if not self.hits:
            self.table.focus(scroll_visible=False)  # so that letters act: `/` starts anew
            self.refuse(f"Nothing is found by {typed(text)}.")
        elif len(self.hits) == 1 or self._chosen:
            await self.desk_app.navigator.open_account(self.hits[self.table.cursor].account)
        else:
            self.table.focus(scroll_visible=False)
            self.status(f"{plural(len(self.hits), 'account')}: Enter opens the one under the cursor.", Role.LABEL)

    def do_row_down(self) -> None:
        self._step(1)

    def do_row_up(self) -> None:
        self._step(-1)

    def _step(self, step: int) -> None:
        self._chosen = True
        self.table.action_rows(step)

    # -- leaving the field, opening -----------------------------------------------------------------------------

    def do_find_open(self) -> None:
        """From the list back to the field, for another text; Enter on nothing is the last search again."""
        self.begin()

    def field_hints(self) -> list[KeyHint]:
        if self.focused is not self.field:
            return super().field_hints()
        return [KeyHint(self.enter_key, "open"), KeyHint("F12", "list" if self.hits else "back")]

    def on_line_edit_left(self, message: LineEdit.Left) -> None:
        if message.edit is not self.field:
            return
        message.prevent_default()
        message.stop()
        if self.hits:
            self.table.focus(scroll_visible=False)
        else:
            self.run_command("nav.back")

    async def do_view_refresh(self) -> None:
        if self.searched:
            hits = await self.ask(self.desk_app.desk.find, self.searched, limit=LIMIT)
            if hits is not None:
                self.show_hits(self.searched, hits)

    def open_row(self, key: str) -> Awaitable[None] | None:
        return self.desk_app.navigator.open_account(key)


SCREEN = FindScreen
