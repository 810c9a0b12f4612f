"""The app's own commands on queues: going on, showing one, what is wanted of it, its columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Final, cast

from collect_tui.desk.errors import Invalid, Refused
from collect_tui.tui.case_commands import CaseCommands
from collect_tui.tui.keys.actions import QUEUE
from collect_tui.tui.queue_rows import load_queue

if TYPE_CHECKING:
    from collect_tui.tui.page import QueuePage
    from collect_tui.tui.queue_rows import Loaded

OWN: Final = {"mine": "accounts whose owner I am", "team": "accounts of those at my desk"}
"""Queues that cut across the site's."""
MARKS: Final = {"all": "the accounts of the queue, up to 500", "none": "no account any more"}


class QueueCommands(CaseCommands):
    """Part of `Commands`: what the board lists, and a queue that is shown."""

    def _named(self, text: str) -> tuple[str, str]:
        """The queue that is asked for, by its name or by one of mine, and what is wanted of it."""
        name, _, words = text.partition(" ")
        queues = {queue.name for queue in self._app.catalogue.queues}
        saved = self._app.filters.by_name(name) if name not in queues else None
        return (saved.queue, f"{saved.words} {words}".strip()) if saved is not None else (name, words.strip())

    def _cases(self, text: str) -> str | None:
        """The list of cases that is asked for as the board names it, with what is wanted of it; None: a queue is asked for."""
        from collect_tui.desk.case_list import LISTS

        name, _, words = text.partition(" ")
        if not name or name == "cases":
            return words if name else None
        low, site = name.casefold(), self._app.catalogue
        queues = [*(queue.name for queue in site.queues), *OWN, *site.filters, *self._app.filters.names()]
        begun = [each for each in LISTS if each.startswith(low)]
        queue = low in queues or (low not in begun and any(each.startswith(low) for each in queues))
        found = low if low in begun else begun[0] if len(begun) == 1 else ""
        return None if queue or not found else f"{found} {words}".strip()

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
            raise Refused("word.queue", "That is about a queue that is shown; q NAME opens one.")
        return shown

    def offers_mark_row(self) -> Sequence[tuple[str, str]]:
        return tuple(MARKS.items())

    def may_mark_row(self, which: str) -> None:
        if self._shown.line_target() is None:
            raise Refused("word.marks", "There is no account in this queue.")
        if which and which not in MARKS:
            raise Invalid("word.marks", f"Expected {' or '.join(MARKS)}, or nothing for the account under the cursor.")

    async def do_mark_row(self, which: str = "") -> None:
        self.may_mark_row(which)
        await self._shown.mark_row(which)

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
        from collect_tui.desk.queue_filter import unsorted

        return f"{unsorted(self._shown.words)}{f' sort {sort}' if sort else ''}".strip()

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
        from collect_tui.desk.own_filters import NAME

        queues = [*(queue.name for queue in self._app.catalogue.queues), *OWN]
        if not NAME.fullmatch(name) or name in queues:
            raise Invalid(
                "word.save",
                "Say under which name: small letters, digits and dashes, and none that a queue has.",
                "name",
            )
        if not self._shown.words:
            raise Invalid("word.save", "All of the queue is shown: say first what is wanted of it (filter).", "words")

    async def do_queue_save(self, name: str = "") -> None:
        """Keeps what is shown of the queue under a name."""
        from collect_tui.domain.rules import SavedFilter

        self.may_queue_save(name)
        shown = self._shown
        columns = self._app.filters.columns_of(shown.queue_name, shown.words)
        self._app.filters.save(SavedFilter(name, shown.queue_name, shown.words, columns))
        shown.status(f"Kept: q {name} shows {shown.words} of {shown.queue_name}.")
