"""An event loop whose time passes only when nothing is left to do, and desk threads that answer when a test's chance says so.

    with passing_time() as runner:
        runner.run(play())

A second of waiting costs nothing, two runs of one seed are the same run, and no machine is too slow for it.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from typing import Any

from textual import _parser, _time

#: Seconds that pass between two looks at the clock: what comes later has a later time.
TICK = 1e-7


class _Jumping(selectors.DefaultSelector):
    """Waits for nothing: what the loop would have slept passes at once."""

    def __init__(self, loop: PassingLoop) -> None:
        super().__init__()
        self._loop_ = loop

    def select(self, timeout: float | None = None) -> Any:
        found = super().select(0 if timeout is not None else None)
        if not found and timeout:
            self._loop_.now += timeout
        return found


class PassingLoop(asyncio.SelectorEventLoop):
    """A loop with a time of its own."""

    def __init__(self) -> None:
        self.now = 1000.0
        super().__init__(_Jumping(self))

    def time(self) -> float:
        self.now += TICK
        return self.now


@contextmanager
def passing_time() -> Iterator[asyncio.Runner]:
    """A runner on such a loop; Textual's own clock is the loop's meanwhile."""
    loop = PassingLoop()
    before = _time.get_time
    _time.get_time = _parser.get_time = loop.time
    try:
        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            yield runner
    finally:
        _time.get_time = _parser.get_time = before


class Answers(Executor):
    """Takes the place of the desk's threads: a call is done, and its answer comes, after as long as `delays` says.

    A call runs on the loop's own thread, in one piece: what two threads do at once happens in one order or the other.
    """

    def __init__(self, delays: Callable[[], tuple[float, float]]) -> None:
        self.delays = delays
        self.under_way = self.asked = 0

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        loop = asyncio.get_running_loop()
        future: Future[Any] = Future()
        before, after = self.delays()
        self.under_way += 1
        self.asked += 1

        def run() -> None:
            error: BaseException | None = None
            answer: Any = None
            try:
                answer = fn(*args, **kwargs)
            except Exception as raised:
                error = raised
            loop.call_later(after, come, answer, error)

        def come(answer: Any, error: BaseException | None) -> None:
            self.under_way -= 1
            if future.set_running_or_notify_cancel():
                if error is not None:
                    future.set_exception(error)
                else:
                    future.set_result(answer)

        loop.call_later(before, run)
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Nothing to end."""
