"""The app's own commands on queues: going on, showing one, what is wanted of it, its columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Final, cast

from collect_tui.desk.errors import Invalid, Refused
from collect_tui.desk.own_filters import OWN
from collect_tui.tui import messages
from collect_tui.tui.case_commands import CaseCommands
from collect_tui.tui.dialogs.asking import ask
from collect_tui.tui.keys.actions import ACCOUNT, QUEUE
from collect_tui.tui.queue_rows import load_queue

if TYPE_CHECKING:
    from collect_tui.domain.rules import SavedFilter
    from collect_tui.tui.page import AccountPage, QueuePage
    from collect_tui.tui.queue_rows import Loaded

MARKS: Final = {"all": "the accounts of the queue, up to 500", "none": "no account any more"}


class QueueCommands(CaseCommands):
    """Part of `Commands`: what the board lists, and a queue that is shown."""

    def _named(self, text: str) -> tuple[str, str]:
        """The queue that is asked for, by its name or by one of mine, and what is wanted of it."""
        return self._app.filters.named(text, (queue.name for queue in self._app.catalogue.queues))

    def _cases(self, text: str) -> str | None:
        """The list of cases that is asked for as the board names it, with what is wanted of it; None: a queue is asked for."""
        from collect_tui.desk.case_list import named

        return named(text, self._app.filters.known(self._app.catalogue))

    def offers_queue_show(self) -> Sequence[tuple[str, str]]:
        """What the board lists, and what is saved of queues."""
        from collect_tui.desk.case_list import LISTS

        site = self._app.catalogue
        saved = {**site.filters, **self._app.filters.names()}
        told = ((name, f"{each.queue} {each.words}") for name, each in saved.items())
        queues = {**{queue.name: queue.title for queue in site.queues}, **OWN, **dict(told)}
        return (*queues.items(), *((name, title) for name, title in LISTS.items() if name not in queues))

    def may_queue_show(self, text: str) -> Callable[[], object] | None:
        if (cases := self._cases(text)) is not None:
            return self.may_cases_show(cases)
        return partial(load_queue, self._app.desk, *self._named(text), limit=1) if text else None

    async def do_queue_show(self, text: str = "") -> None:
        """A queue or a list of cases by its name, and what is wanted of it; without one the board, and no question."""
        if (cases := self._cases(text)) is not None:
            await self.do_cases_show(cases)
        elif text:
            await self._navigator.show_queue(*self._named(text))
        else:
            await self._navigator.leave_account()
            await self._navigator.to_base()

    # -- the queue that is shown --------------------------------------------------------------------------------

    @property
    def _shown(self) -> QueuePage:
        """Refused `word.queue` where no queue is shown."""
        if self._app.top.context != QUEUE or not (shown := cast("QueuePage", self._app.top)).queue_name:
            raise Refused("word.queue", messages.NO_QUEUE_SHOWN)
        return shown

    def offers_mark_row(self) -> Sequence[tuple[str, str]]:
        return tuple(MARKS.items())

    def may_mark_row(self, which: str) -> None:
        if self._app.top.context == ACCOUNT:
            cast("AccountPage", self._app.top).may_mark()
        elif self._shown.line_target() is None:
            raise Refused("word.marks", "There is no account in this queue.")
        if which and which not in MARKS:
            raise Invalid("word.marks", f"Expected {' or '.join(MARKS)}, or nothing for the account under the cursor.")

    async def do_mark_row(self, which: str = "") -> None:
        self.may_mark_row(which)
        await cast("QueuePage | AccountPage", self._app.top).mark_row(which)

    def offers_queue_filter(self) -> Sequence[tuple[str, str]]:
        from collect_tui.desk.queue_filter import offers

        return tuple(offers(self._app.catalogue.holds))

    def may_queue_filter(self, words: str) -> Callable[[], Loaded]:
        return partial(load_queue, self._app.desk, self._shown.queue_name, words, limit=1)

    async def do_queue_filter(self, words: str = "") -> None:
        """Shows what words want of the queue; all of it without."""
        await self._navigator.show_queue(self._shown.queue_name, words)

    def offers_queue_sort(self) -> Sequence[tuple[str, str]]:
        from collect_tui.desk.queue_filter import SORTS

        return tuple(SORTS.items())

    def _with_sort(self, sort: str) -> str:
        """What is shown now, sorted so; without a name in the queue's own order."""
        from collect_tui.desk.queue_filter import with_sort

        return with_sort(self._shown.words, sort)

    def may_queue_sort(self, sort: str) -> Callable[[], Loaded]:
        return self.may_queue_filter(self._with_sort(sort))

    async def do_queue_sort(self, sort: str = "") -> None:
        await self.do_queue_filter(self._with_sort(sort))

    def offers_queue_columns(self) -> Sequence[tuple[str, str]]:
        from collect_tui.desk.own_filters import COLUMNS

        return tuple(COLUMNS.items())

    def may_queue_columns(self, names: str) -> None:
        from collect_tui.desk.own_filters import columns

        _ = self._shown
        columns(names)

    async def do_queue_columns(self, names: str = "") -> None:
        """Shows these columns of the queue, now and from now on; without any the usual ones."""
        from collect_tui.desk.own_filters import columns

        shown = self._shown
        self._app.filters.choose(shown.queue_name, shown.words, columns(names))
        await shown.do_view_refresh()

    def may_queue_save(self, name: str) -> None:
        self._to_save(name)

    def _to_save(self, name: str) -> SavedFilter:
        shown = self._shown
        queues = (queue.name for queue in self._app.catalogue.queues)
        return self._app.filters.to_save(name, shown.queue_name, shown.words, queues)

    async def do_queue_save(self, name: str = "") -> None:
        """Keeps what is shown of the queue under a name; in place of something else after a question that says what."""
        saved, shown = self._to_save(name), self._shown

        async def keep(_answer: str = "") -> None:
            self._app.filters.save(saved)
            shown.status(messages.saved(saved))

        if asked := self._app.filters.question(saved):
            await ask(shown, [asked], keep, yes="keep it", no=messages.NOTHING_KEPT)
        else:
            await keep()
