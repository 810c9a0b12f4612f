"""The inbox: messages that wait for an answer. Enter shows the one under the cursor, on its account; one key begins a ticket for it."""

from __future__ import annotations

from collections.abc import Awaitable, Iterable
from typing import TYPE_CHECKING, ClassVar, cast

from collect_tui.common.words import plural
from collect_tui.desk.line import case_kind
from collect_tui.desk.line.context import LineContext
from collect_tui.desk.views.message import INBOX_COLUMNS
from collect_tui.tui import messages
from collect_tui.tui.keys.actions import INBOX
from collect_tui.tui.page import AccountPage, LineTarget
from collect_tui.tui.render.fitting import row_whole
from collect_tui.tui.render.roles import Role
from collect_tui.tui.render.styled import Line
from collect_tui.tui.screens.lists import ListScreen
from collect_tui.tui.widgets.worktable import ListSource, WorkTable, numbered

if TYPE_CHECKING:
    from collect_tui.desk.views.act import Receipt
    from collect_tui.desk.views.message import InboxRow

COLUMNS = numbered(INBOX_COLUMNS, 3)


class InboxScreen(ListScreen):
    """What customers wrote, and senders whom nobody knows."""

    context: ClassVar[str] = INBOX
    columns = COLUMNS
    empty: ClassVar[str] = messages.NO_MESSAGE_WAITS
    row_word: ClassVar[str] = "message"
    has_line: ClassVar[bool] = False
    by_need: ClassVar[bool] = True
    summary_rows: ClassVar[int] = 2

    def __init__(self) -> None:
        super().__init__()
        self.rows: tuple[InboxRow, ...] = ()

    def header_line(self) -> Line:
        return Line.of(("Inbox", Role.HEAD), f" · {plural(len(self.rows), 'message')}" if self.rows else "")

    def summary_lines(self) -> Iterable[Line]:
        unknown = sum(row.account is None for row in self.rows)
        said = (Line.of((f"{unknown} of senders that nobody knows", Role.LABEL)),) if unknown else ()
        if self.chosen is None or not self.table.is_cut(self.table.cursor):
            return said
        whole = row_whole(INBOX_COLUMNS, self.chosen, self.desk_app.session_view)
        return (*whole.wrapped(self.size.width)[: self.summary_room - len(said)], *said)

    def on_work_table_row_highlighted(self, message: WorkTable.RowHighlighted) -> None:
        message.stop()
        self.show_summary()

    @property
    def chosen(self) -> InboxRow | None:
        """The message under the cursor."""
        return self.rows[self.table.cursor] if self.table.cursor < len(self.rows) else None

    def line_target(self) -> LineTarget | None:
        account = self.chosen.account if self.chosen is not None else None
        return LineTarget(account) if account else None

    def refusal(self, command_id: str) -> str | None:
        if command_id == "inbox.ticket" and self.chosen is None:
            return "There is no message under the cursor."
        return super().refusal(command_id)

    async def do_view_refresh(self) -> None:
        desk = self.desk_app.desk
        found = await self.ask(lambda: (*desk.inbox(unknown=True), *desk.inbox()))
        if found is None:
            self.table.say(self.why_not())
            return
        self._show(tuple(sorted(found, key=lambda row: (row.received_at, row.message))))

    def _show(self, rows: tuple[InboxRow, ...]) -> None:
        self.rows, session = rows, self.desk_app.session_view
        self.table.replace(ListSource.of(COLUMNS, self.rows, lambda row: str(row.message), session))
        self.show_frame()

    async def after_act(self, receipt: Receipt) -> None:
        """A message that has become a case waits no more."""
        await super().after_act(receipt)
        await self.do_view_refresh()

    def open_row(self, key: str) -> Awaitable[None] | None:
        row = next(row for row in self.rows if str(row.message) == key)
        return self._open(row)

    async def _account(self, row: InboxRow) -> str | None:
        """The account that the message stands on; one is made for a sender whom nobody knows."""
        account = row.account or await self.ask(self.desk_app.desk.contact_file, row.message)
        if account != row.account:
            known = row.model_copy(update={"account": account})
            self._show(tuple(known if each is row else each for each in self.rows))
        return account

    async def _open(self, row: InboxRow) -> None:
        account, app = await self._account(row), self.desk_app
        if account is None:
            return
        await app.navigator.open_account(account)
        if app.top is not self:
            await cast("AccountPage", app.top).open_message(str(row.message))

    def do_inbox_ticket(self) -> None:
        assert self.chosen is not None
        self.desk_app.run_held(self._ticket(self.chosen), self)

    async def _ticket(self, row: InboxRow) -> None:
        account = await self._account(row)
        view = None if account is None else await self.ask(self.desk_app.desk.account, account)
        if view is None:
            return
        context = LineContext.of(view, self.desk_app.catalogue, self.desk_app.session_view)
        text = case_kind.of_message(context.kinds, row.number, row.words, context)
        if text:
            await self._open_line_of(LineTarget(view.number), text)
        else:
            self.refuse(messages.NO_KIND_FROM_MESSAGE)


SCREEN = InboxScreen
