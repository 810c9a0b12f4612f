"""Long work, told as it goes: one JSON object per line, progress first, the result or the problem last."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from starlette.responses import Response, StreamingResponse

from collect_tui import http_contract as wire
from collect_tui.common import faults
from collect_tui.desk.errors import DomainError, Unavailable
from collect_tui.server.serving import DeskRequest, line

if TYPE_CHECKING:
    from collect_tui.server.shapes import Shape

#: Long work of one process at a time: each has a thread and a connection of its own.
AT_ONCE: Final = 8
_turns: Final = threading.BoundedSemaphore(AT_ONCE)

#: Seconds of silence after which the last progress is told again, so that nothing between takes the line for dead.
SILENCE: Final = 15.0


def work(shape: Shape) -> Callable[[DeskRequest], Response]:
    """The work of a streaming operation. It goes on to its end when the client goes away: half a day run helps nobody."""

    def start(ask: DeskRequest) -> Response:
        arguments, desk = shape.arguments(ask), ask.desk

        def run(progress: Callable[[str, int, int], None]) -> bytes:
            result = getattr(desk, shape.operation.name)(**arguments, progress=progress)
            return b'{"result":' + shape.result.dump_json(result) + b"}\n"

        return StreamingResponse(_told(run, ask), media_type=wire.STREAM)

    return start


async def _told(run: Callable[[Callable[[str, int, int], None]], bytes], ask: DeskRequest) -> AsyncIterator[bytes]:
    loop, lines = asyncio.get_running_loop(), asyncio.Queue[tuple[bytes, bool]]()

    def put(text: bytes, last: bool = False) -> None:
        with suppress(RuntimeError):  # the server has stopped meanwhile: nobody listens, the work goes on to its end
            loop.call_soon_threadsafe(lines.put_nowait, (text, last))

    def begin() -> None:
        try:
            put(run(lambda title, done, of: put(line({"progress": [title, done, of]}))), last=True)
        except DomainError as error:
            put(line({"problem": wire.problem(error)[1]}), last=True)
        except Exception as error:
            number = faults.record(error, ask.context.faults)
            told = DomainError("server.fault", f"The server met an unexpected error, noted as {number}.")
            put(line({"problem": wire.problem(told)[1] | {"fault": number}}), last=True)
        finally:
            _turns.release()

    if not _turns.acquire(blocking=False):
        busy = Unavailable("server.busy", "The server does all the long work it can; try again in a moment.")
        yield line({"problem": wire.problem(busy)[1]})
        return
    # A thread of its own: long work may not keep short requests from the pool.
    threading.Thread(target=begin, name="long-work").start()
    shown = line({"progress": ["", 0, 0]})
    while True:
        try:
            shown, last = await asyncio.wait_for(lines.get(), SILENCE)
        except TimeoutError:
            last = False
        yield shown
        if last:
            return


def described(returned: Any) -> dict[str, Any]:
    """The stream in the API's description."""
    name = returned.__name__
    return {
        "description": f'Lines of JSON: `{{"progress": [title, done, of]}}` while it goes on, then `{{"result": …}}` '
        f'with a {name}, or `{{"problem": …}}`.',
        "content": {
            wire.STREAM: {
                "schema": {"type": "string"},
                "example": '{"progress":["Ageing",3,9]}\n{"result":{}}\n',
            }
        },
    }
