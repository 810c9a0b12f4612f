"""Queues and accounts without a screen: shown, narrowed, marked, worked one after another."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Final, get_args

from collect_tui.cli import plain
from collect_tui.cli.linear_acts import LinearActs
from collect_tui.cli.linear_pages import Page
from collect_tui.common.words import plural
from collect_tui.desk import case_list
from collect_tui.desk.bulk import MOST
from collect_tui.desk.errors import Invalid, NotFound, Refused, Stale
from collect_tui.desk.queue_filter import with_sort
from collect_tui.desk.views.account import FIND_COLUMNS, PaneName
from collect_tui.desk.views.case import CaseFigure
from collect_tui.domain.errors import DomainError
from collect_tui.tui import messages
from collect_tui.tui.keys.actions import ACCOUNT, BOARD, FIND, MESSAGE, QUEUE

if TYPE_CHECKING:
    from collect_tui.desk.views.account import AccountView
    from collect_tui.desk.views.message import MessageView
    from collect_tui.desk.views.queue import Claim

PANES: Final[tuple[str, ...]] = get_args(PaneName)
"""In the order of their keys on the screen, from 2 on."""
_TRAIL: Final = 50
_NAMED: Final = 20
"""Accounts that are named of those that are marked."""


class LinearQueues(LinearActs):
    """Part of `Linear`."""

    _name = _words = ""
    """The queue that is shown, and what is wanted of it."""
    _worked: str | None = None
    """The queue in which the account that is shown was taken."""
    _trail: tuple[str, ...] = ()
    _shown = ""

    # -- queues -------------------------------------------------------------------------------------------------

    def do_queue_show(self, text: str = "") -> None:
        """A queue or a list of cases by its name on the board, or the board without one."""
        if not text:
            return self._open(Page(BOARD, "board", self._load_board))
        if (cases := case_list.named(text, self._filters.known(self._catalogue))) is not None:
            return self.do_cases_show(cases)
        name, words = self._filters.named(text, (queue.name for queue in self._catalogue.queues))
        return self._show_queue(name, words)

    def _load_board(self, page: Page) -> str:
        board = self._desk.queues()
        page.opens = [
            partial(self.do_cases_show, each.name)
            if isinstance(each, CaseFigure)
            else partial(self._show_queue, each.name)
            for each in board.in_order
        ]
        self._saw(board.agent)
        return plain.board_rows_text(board, self._desk.session())

    def do_cases_show(self, words: str = "") -> None:
        """A list of cases."""
        raise NotImplementedError

    def _show_queue(self, name: str, words: str = "") -> None:
        wanted = Page(QUEUE, f"queue {name}", lambda page: self._load_queue(page, name, words))
        self._open(wanted, over=1)

    def _load_queue(self, page: Page, name: str, words: str, cursor: str | None = None) -> str:
        """The first rows of a queue, or those that follow."""
        found = self._desk.queue(name, words=words, cursor=cursor)
        known = page.accounts if cursor else ()
        self._name, self._words = found.queue, found.words
        page.name = " ".join(filter(None, ("queue", found.queue, found.words)))
        page.accounts = (*known, *(row.account for row in found.rows if row.account not in known))
        page.opens = [partial(self.do_account_open, each) for each in page.accounts]
        page.more = partial(self._load_queue, page, name, words, found.cursor) if found.cursor else None
        rows = tuple(row for row in found.rows if row.account not in known)
        return plain.page_text(found.model_copy(update={"rows": rows}), self._desk.session(), first=len(known) + 1)

    def _queue_page(self) -> Page:
        if self.context != QUEUE:
            raise Refused("word.queue", messages.NO_QUEUE_SHOWN)
        return self._top

    def do_queue_filter(self, words: str = "") -> None:
        """What words want of the queue; all of it without."""
        self._queue_page()
        self._show_queue(self._name, words)

    def do_queue_sort(self, sort: str = "") -> None:
        """The queue sorted so; without a name in its own order."""
        self._queue_page()
        self._show_queue(self._name, with_sort(self._words, sort))

    def do_queue_save(self, name: str = "") -> None:
        """Keeps what is shown of the queue under a name."""
        self._queue_page()
        queues = (queue.name for queue in self._catalogue.queues)
        saved = self._filters.to_save(name, self._name, self._words, queues)
        if asked := self._filters.question(saved):
            self._say(asked)
            if not self._yes("keep it", messages.NOTHING_KEPT):
                return
        self._filters.save(saved)
        self._say(messages.saved(saved))

    def do_mark_row(self, which: str = "") -> None:
        """Marks rows of a queue, or linked accounts, by their numbers, or no longer: `marks 1 3 5-8`, `marks all`, `marks none`; says
        what is marked without any."""
        page = self._top if self.context == ACCOUNT else self._queue_page()
        if self.context == ACCOUNT and not page.accounts:
            raise Refused("word.marks", messages.NOT_LINKED)
        if which == "all" and self.context == QUEUE:
            found = self._desk.queue(self._name, words=self._words, limit=MOST)
            page.marked = tuple(row.account for row in found.rows)
        elif which in ("all", "none"):
            page.marked = page.accounts if which == "all" else ()
        elif which:
            chosen = {page.accounts[at] for at in self._rows_of(which, len(page.accounts))}
            page.marked = tuple(each for each in page.accounts if (each in page.marked) != (each in chosen))
        told = ", ".join(page.marked[:_NAMED]) + (" …" if len(page.marked) > _NAMED else "")
        self._say(f"{plural(len(page.marked), 'account')} marked{': ' if told else '.'}{told}")

    def _rows_of(self, words: str, of: int) -> set[int]:
        """The rows that numbers name, from 0. Invalid "linear.row"."""
        found: set[int] = set()
        for part in words.replace(",", " ").split():
            low, dash, high = part.partition("-")
            first = self._row(low, of)[0]
            found |= set(range(first, (self._row(high, of)[0] if dash else first) + 1))
        return found

    def _line(self, line: str) -> None:
        if self._top.marked:
            front = (self._view.number,) if self.context == ACCOUNT and self._view is not None else ()
            self._on_each(line, (*front, *self._top.marked))
        else:
            super()._line(line)

    def do_said_more(self) -> None:
        """The rows that follow those that were said."""
        if self._top.more is None:
            raise Refused("linear.more", "There are no more rows; nothing that is said here is cut.")
        self._say(self._top.more())

    # -- accounts -----------------------------------------------------------------------------------------------

    def do_account_open(self, number: str = "") -> None:
        """An account, taken when nobody else holds it."""
        if not number:
            raise Invalid("word.account", messages.WHICH_ACCOUNT)
        worked = self._next_queue
        try:
            claim, said = self._desk.claim(number), ""
        except (Stale, Refused) as held:
            claim, said = None, held.message
        except NotFound:
            claim, said = None, ""
        view = self._desk.account(number)
        self._take(view, claim, worked or (claim.queue if claim is not None else None))
        if said:
            self._say(said)

    def do_account_previous(self) -> None:
        """The account before this one."""
        if not self._trail:
            raise Refused("word.previous", messages.NO_ACCOUNT_BEFORE)
        *before, last = self._trail
        self._trail = tuple(before)
        self.do_account_open(last)

    def do_office_open(self) -> None:
        self.do_account_open(self._desk.contact_file())

    @property
    def _next_queue(self) -> str | None:
        """The queue that the next account is taken from; None: of all."""
        return self._name if self._page(QUEUE) is not None else self._worked if self._view is not None else None

    def do_work_next(self) -> None:
        """The next account of the queue, or of what is wanted of it, or of all."""
        queue = self._next_queue
        words = self._words if queue is not None and self._page(QUEUE) is not None else ""
        try:
            claim = self._desk.next(queue, words=words)
        except DomainError as error:
            unworked = error.details.get("account", "") if error.code == "queue.unworked" else ""
            if unworked and (self._view is None or unworked != self._view.number):
                self.do_account_open(unworked)
            raise
        if claim is None:
            self._claim = None  # looking for another account has given it back
            figures = [each for each in self._desk.queues().queues if queue in (None, each.name)]
            raise NotFound("queue.empty", messages.nothing_left(messages.not_handed(figures)), "queue")
        self._take(self._desk.account(claim.account), claim, queue or claim.queue)
        if claim.again:
            self._say(messages.AGAIN)

    def _take(self, view: AccountView, claim: Claim | None, worked: str | None) -> None:
        """Show an account that is held now, or only looked at; the one before is given back."""
        if self._claim is not None and claim is not None and self._claim.account == claim.account:
            self._claim = None  # it is held on
        if self._shown and self._shown != view.number:
            self._trail = (*self._trail, self._shown)[-_TRAIL:]
        page = Page(ACCOUNT, f"account {view.number}", self._load_account)
        self._close(next((at for at, each in enumerate(self._pages) if each.context == ACCOUNT), len(self._pages)))
        self._view, self._claim, self._shown, self._worked = view, claim, view.number, worked
        self._open(page, said=plain.account_text(view))
        self._saw(view.agent)

    def _load_account(self, page: Page) -> str:
        assert self._view is not None
        self._view, page.opens = self._desk.account(self._view.number), []
        page.accounts = page.marked = ()
        return plain.account_text(self._view)

    def _pane(self, name: str) -> None:
        """A part of the account; of messages, cases and linked accounts, numbers open rows from then on."""
        wanted: PaneName = name  # type: ignore[assignment]
        number = self._target()[0]
        pane = self._desk.pane(number, wanted)
        self._top.accounts, self._top.marked = tuple(each.account for each in pane.linked), ()
        self._top.opens = [
            *(partial(self._show_message, number, each.id) for each in pane.messages),
            *(partial(self._show_case, each.number) for each in pane.cases),
            *(partial(self.do_account_open, each.account) for each in pane.linked),
        ]
        self._say(plain.pane_text(pane, self._desk.session(), numbered=True))

    def do_linked_show(self) -> None:
        self._pane("linked")

    def _show_case(self, number: str) -> None:
        raise NotImplementedError

    def _show_message(self, account: str, message: int) -> None:
        self._open_message(account, lambda: self._desk.message(account, message))

    def _open_message(self, account: str, find: Callable[[], MessageView]) -> None:
        """A message of the desk, or a sample of one."""

        def load(_page: Page) -> str:
            return plain.message_text(find(), self._desk.session())

        self._open(Page(MESSAGE, f"message, account {account}", load, account=account))

    def do_find_open(self, text: str = "") -> None:
        if not text:
            raise Invalid("word.find", "Say what to find: `find TEXT`.")
        self._open(Page(FIND, "find", lambda page: self._load_found(page, text)))

    def _load_found(self, page: Page, text: str) -> str:
        hits = self._desk.find(text)
        if not hits:
            raise NotFound("find.nothing", "Nothing was found.", "text")
        page.opens = [partial(self.do_account_open, hit.account) for hit in hits]
        return plain.listed(FIND_COLUMNS, hits, self._desk.session(), numbered=True)
