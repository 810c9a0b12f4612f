"""How a screen asks the desk: with keys held, or in the background with the newest answer winning."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Set
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, cast

from collect_tui.domain.errors import DomainError
from collect_tui.tui import messages
from collect_tui.tui.render.roles import Role
from collect_tui.tui.screens.frame import FrameScreen

if TYPE_CHECKING:
    from collect_tui.desk.protocol import Progress

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(slots=True, eq=False)
class _Question:
    """Something asked beside the keys: who answers, and what is done with the answer or without one."""

    fn: Callable[[], Any]
    then: Callable[[Any], None]
    lost: Callable[[], None] | None
    sent: bool = False
    rests: asyncio.TimerHandle | None = None


class CallingScreen(FrameScreen):
    """A framed screen that calls the desk; errors are said where the screen says things."""

    def __init__(self) -> None:
        super().__init__()
        self._asked: dict[str, _Question] = {}
        """By the name of the answer, the newest question that has none yet."""
        self._out: Counter[str] = Counter()
        self._waited_for: Set[str] = frozenset()
        self._arrival = asyncio.Event()

    def why_not(self) -> str:
        """In place of rows that were asked for and did not come: the reason that was just said, and how to try again."""
        return messages.not_loaded(self.said, self.desk_app.door("view.refresh"))

    async def ask(self, fn: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | None:
        """Call the desk in a thread while keys are held.  An error is said here, and the answer is None."""
        try:
            return await self.desk_app.call(fn, *args, **kwargs)
        except DomainError as error:
            self.desk_refused(error)
        except Exception as error:
            self.failed(error)
        return None

    def desk_refused(self, error: DomainError) -> None:
        """Say what the desk refused; the line overrides it to point at the word."""
        self.refuse(messages.sentence(error))

    def failed(self, error: Exception) -> None:
        """Log what nobody expected and go on."""
        self.refuse(messages.unexpected(error, self.desk_app.state_folder))

    def progress(self) -> Progress:
        """For long work: says here how far it is, at each percent of it."""
        loop, last = asyncio.get_running_loop(), ("", -1)

        def tell(title: str, done: int, of: int) -> None:
            nonlocal last
            now = title, done * 100 // of if of else 0
            if now != last:
                last = now
                loop.call_soon_threadsafe(self._tell, f"{title}: {done:,} of {of:,}" if of > 1 else title)

        return tell

    def _tell(self, words: str) -> None:
        if self.is_mounted:
            self.status(words, Role.LABEL)

    # -- in the background --------------------------------------------------------------------------------------

    def not_loaded(self, what: str, sentence: str) -> None:
        """What was asked for in the background did not come; a screen says so where it should stand, too."""

    def fetch(
        self,
        what: str,
        fn: Callable[[], T],
        then: Callable[[T], None],
        *,
        lost: Callable[[], None] | None = None,
        rest: float = 0.0,
    ) -> None:
        """Ask in the background without holding keys; of several for the same thing only the newest answer is shown.

        `what` names the answer.  A key whose meaning depends on it says so (`Command.needs`, `LineEdit.needs`) and waits
        in the gate until it is there.  `then` runs on the app's own thread, and only while nothing newer has been asked
        for and the screen stands; `lost` runs in its place when there is no answer: what is shown is not true any more.

        While one request is out, later ones wait for it and all but the newest are never sent.  `rest`: seconds in
        which something newer may be asked before this is sent at all.  A key that waits for it ends both.
        """
        self.forget(what)
        asked = self._asked[what] = _Question(fn, cast("Callable[[Any], None]", then), lost)
        if rest:
            asked.rests = asyncio.get_running_loop().call_later(rest, self._rested, what)
        elif not self._out[what]:
            self._send(what)

    def forget(self, what: str) -> None:
        """An answer still under way is not wanted any more."""
        asked = self._asked.pop(what, None)
        if asked is not None and asked.rests is not None:
            asked.rests.cancel()
        self._arrival.set()

    @property
    def asking(self) -> bool:
        """Is anything asked in the background that has not been answered?"""
        return bool(self._asked) or any(self._out.values())

    def under_way(self, needs: Set[str]) -> bool:
        """Is one of these answers under way, or about to be asked for?"""
        return not self._asked.keys().isdisjoint(needs)

    async def answered(self, needs: Set[str]) -> None:
        """Wait until none of these answers is under way; what has not been asked yet is asked at once.

        An answer that turns out to be an error is a refusal: what was typed on the strength of it is dropped.
        """
        self._waited_for = needs
        try:
            while self.is_attached and (names := self._asked.keys() & needs):
                self._arrival.clear()
                for what in names:
                    self._send(what)
                await self._arrival.wait()
        finally:
            self._waited_for = frozenset()

    def _rested(self, what: str) -> None:
        self._asked[what].rests = None
        if not self._out[what]:
            self._send(what)

    def _send(self, what: str) -> None:
        asked = self._asked[what]
        if asked.sent:
            return
        asked.sent = True
        if asked.rests is not None:
            asked.rests.cancel()
        self._out[what] += 1

        def arrived(future: asyncio.Future[Any]) -> None:
            self._out[what] -= 1
            newest = self._asked.get(what)
            if newest is asked:
                del self._asked[what]
                try:
                    self._take(what, asked, future)
                finally:
                    self._arrival.set()
            elif newest is not None and newest.rests is None and not self._out[what]:
                self._send(what)

        self.desk_app.in_background(asked.fn).add_done_callback(arrived)

    def _take(self, what: str, asked: _Question, future: asyncio.Future[Any]) -> None:
        if future.cancelled() or not self.is_attached:
            return
        error = future.exception()
        if error is None:
            asked.then(future.result())
            return
        if asked.lost is not None:
            asked.lost()
        if not isinstance(error, Exception):
            return
        folder = self.desk_app.state_folder
        said = messages.sentence(error) if isinstance(error, DomainError) else messages.unexpected(error, folder)
        if what in self._waited_for:
            self.refuse(said)
        else:
            self.status(said, Role.WARN)
        self.not_loaded(what, messages.not_loaded(said, self.desk_app.door("view.refresh")))
