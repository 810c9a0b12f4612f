"""The pane of the customer's other accounts, of which some are marked: what is typed is then for those and for the account in front."""

from __future__ import annotations

from typing import TYPE_CHECKING

from collect_tui.desk.errors import Refused
from collect_tui.tui import messages
from collect_tui.tui.render.roles import Role
from collect_tui.tui.screens.panes import PanesScreen
from collect_tui.tui.widgets.paged import PagedRows

if TYPE_CHECKING:
    from collect_tui.desk.views.act import Receipt


class LinkedScreen(PanesScreen):
    """An account and its panes. Marks are of the pane: whoever leaves it leaves them."""

    @property
    def marked_accounts(self) -> tuple[str, ...]:
        if self.view is None or self.pane_name != "linked" or not self.rows.marked:
            return ()
        source, marked = self.rows.source, self.rows.marked
        keys = (source.key(index) for index in range(len(source)))
        return (self.view.number, *(key for key in keys if key in marked))

    async def marks_done(self, last: Receipt | None) -> None:
        if last is not None:
            await self.do_view_refresh()

    def may_mark(self) -> None:
        """Refused "word.marks" where no linked account is shown."""
        if self.pane_name != "linked" or self.rows.cursor_key is None:
            raise Refused("word.marks", messages.NOT_LINKED)

    async def mark_row(self, which: str) -> None:
        """Mark the linked account under the cursor, or no longer, and go on to the next; `all` of them, or `none`."""
        rows, key = self.rows, self.rows.cursor_key
        if which or key is None:
            rows.mark((rows.source.key(index) for index in range(len(rows.source))) if which == "all" else ())
        else:
            rows.mark(rows.marked ^ {key})
            rows.move_to(rows.cursor + 1)
        count = len(self.marked_accounts)
        self.status(f"{count} marked, this account among them: what is typed is for all." if count else "", Role.LABEL)

    def _forget_rows(self) -> None:
        self.query_one("#rows-linked", PagedRows).mark(())
        super()._forget_rows()
