"""What was typed and is not done yet: acts that wait for the server, and acts it would not take, beside the account as it is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from collect_tui.common.words import plural
from collect_tui.desk.errors import Refused
from collect_tui.desk.outbox import OUTBOX_COLUMNS
from collect_tui.tui import messages
from collect_tui.tui.dialogs.asking import ask
from collect_tui.tui.keys.actions import OUTBOX
from collect_tui.tui.page import LineTarget
from collect_tui.tui.render.connection import both_versions
from collect_tui.tui.render.roles import Role
from collect_tui.tui.render.styled import Line
from collect_tui.tui.screens.lists import ListScreen
from collect_tui.tui.widgets.worktable import ListSource, WorkTable, numbered

if TYPE_CHECKING:
    from collect_tui.desk.outbox import HeldAct, Outbox
    from collect_tui.desk.views.account import AccountView

COLUMNS = numbered(OUTBOX_COLUMNS, 3)
#: Rows below the table: both versions side by side, and why it was not taken.
BESIDE = 9


class OutboxScreen(ListScreen):
    """The queue between this desk and its server."""

    context: ClassVar[str] = OUTBOX
    columns = COLUMNS
    empty: ClassVar[str] = messages.NOTHING_WAITS
    has_line: ClassVar[bool] = False
    summary_rows: ClassVar[int] = BESIDE

    def __init__(self) -> None:
        super().__init__()
        self.held: tuple[HeldAct, ...] = ()
        self._now: dict[UUID, AccountView] = {}
        self._unknown = ""
        """Why the account as it is now could not be looked up."""

    @property
    def outbox(self) -> Outbox:
        found = self.desk_app.desk.outbox
        if found is None:
            raise Refused("outbox.local", "This desk works on its own database; nothing has to wait.", None)
        return found

    @property
    def chosen(self) -> HeldAct | None:
        """The act under the cursor."""
        return self.held[self.table.cursor] if self.table.cursor < len(self.held) else None

    def header_line(self) -> Line:
        review = sum(1 for each in self.held if each.state == "review")
        return Line.of(("Outbox", Role.HEAD), f" · {plural(len(self.held), 'act')}, {review} to review")

    def line_target(self) -> LineTarget | None:
        return LineTarget(self.chosen.act.account) if self.chosen is not None else None

    def summary_lines(self) -> Iterable[Line]:
        if self.chosen is None:
            return Line.of(self.outbox.connection().notice).wrapped(self.size.width - 1)
        fresh = self.outbox.connection().state == "online"
        now = self._now.get(self.chosen.id)
        return both_versions(self.chosen, now, self.size.width, fresh=fresh, unknown=self._unknown)[:BESIDE]

    def not_loaded(self, what: str, sentence: str) -> None:
        self._unknown = sentence
        self.show_summary()

    def refusal(self, command_id: str) -> str | None:
        if command_id in ("held.send", "held.drop") and (self.chosen is None or self.chosen.state != "review"):
            return messages.NOT_REJECTED
        return super().refusal(command_id)

    async def do_view_refresh(self) -> None:
        held = await self.ask(self.outbox.held)
        if held is None:
            self.table.say(self.why_not())
            return
        self.held = held
        self._now.clear()
        self._unknown = ""
        session = self.desk_app.session_view
        self.table.replace(ListSource.of(COLUMNS, held, lambda each: str(each.id), session))
        self.show_frame()
        if (notice := self.outbox.connection().notice) and held:
            self.status(notice, Role.WARN)
        self._look()

    def on_work_table_row_highlighted(self, message: WorkTable.RowHighlighted) -> None:
        message.stop()
        self.show_summary()
        self.show_keys()
        self._look()

    def _look(self) -> None:
        """Ask for the account as it is now, to stand beside what was typed."""
        chosen = self.chosen
        if chosen is None or chosen.id in self._now:
            return
        act_id, outbox, self._unknown = chosen.id, self.outbox, ""

        def found(view: AccountView) -> None:
            self._now[act_id] = view
            self.show_summary()

        self.fetch("beside", lambda: outbox.current(act_id), found)

    async def do_held_send(self) -> None:
        """Send it again, on the account as it is now."""
        if self.chosen is not None:
            await self._settle(self.chosen, self.outbox.send_again, "is sent again on the account as it is now.")

    async def do_held_drop(self) -> None:
        """Take it away for good, after a question."""
        if (chosen := self.chosen) is None:
            return

        async def drop(_answer: str) -> None:
            await self._settle(chosen, self.outbox.drop, "was dropped.")

        lines = [f"Drop what was typed on {chosen.act.account}?  It is lost then."]
        await ask(self, lines, drop, yes="drop it", no="Not done.")

    async def _settle(self, chosen: HeldAct, how: Callable[[UUID], None], said: str) -> None:
        await self.desk_app.call(how, chosen.id)
        await self.do_view_refresh()
        self.status(f"{chosen.act.account}: what was typed {said}", Role.GOOD)

    def open_row(self, key: str) -> Awaitable[None] | None:
        account = next(each.act.account for each in self.held if str(each.id) == key)
        return self.desk_app.navigator.open_account(account)


SCREEN = OutboxScreen
