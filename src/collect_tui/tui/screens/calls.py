"""How a screen asks the desk: with keys held, or in the background with the newest answer winning."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar, cast

from collect_tui.domain.errors import DomainError
from collect_tui.tui import messages
from collect_tui.tui.roles import Role
from collect_tui.tui.screens.frame import FrameScreen

P = ParamSpec("P")
T = TypeVar("T")


class CallingScreen(FrameScreen):
    """A framed screen that calls the desk; errors are said where the screen says things."""

    async def ask(self, fn: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | None:
        """Call the desk in a thread while keys are held.  An error is said here, and the answer is None."""
        try:
            return await self.desk_app.call(fn, *args, **kwargs)
        except DomainError as error:
            self.desk_refused(error)
        except asyncio.CancelledError:
            raise
        except Exception as error:
            self.failed(error)
        return None

    def desk_refused(self, error: DomainError) -> None:
        """Say what the desk refused; the line overrides it to point at the word."""
        self.refuse(messages.sentence(error))

    def failed(self, error: Exception) -> None:
        """Log what nobody expected and go on."""
        self.refuse(messages.unexpected(error, self.desk_app.state_folder))

    def fetch(self, what: str, fn: Callable[[], T], then: Callable[[T], None]) -> None:
        """Ask in the background without holding keys; of several for the same thing only the newest answer is shown.

        `then` runs on the app's own thread, and only while nothing newer has been asked for and the screen stands.
        While one request is out, later ones wait for it and all but the newest are never sent.
        """
        generation = self._latest.get(what, (0, fn, then))[0] + 1
        self._latest[what] = (generation, fn, cast("Callable[[Any], None]", then))
        if what not in self._fetching:
            self._fetching.add(what)
            self._send(what)

    def forget(self, what: str) -> None:
        """An answer still under way is not wanted any more."""
        if what in self._latest:
            generation, fn, _ = self._latest[what]
            self._latest[what] = (generation + 1, fn, lambda _answer: None)

    def _send(self, what: str) -> None:
        generation, fn, then = self._latest[what]

        def arrived(future: asyncio.Future[Any]) -> None:
            newest = self._latest[what][0]
            if generation != newest:
                self._send(what)
                return
            self._fetching.discard(what)
            if future.cancelled() or not self.is_attached:
                return
            error = future.exception()
            if error is None:
                then(future.result())
            elif isinstance(error, DomainError):
                self.status(messages.sentence(error), Role.WARN)
            elif isinstance(error, Exception):
                self.status(messages.unexpected(error, self.desk_app.state_folder), Role.WARN)

        self.desk_app.in_background(fn).add_done_callback(arrived)
