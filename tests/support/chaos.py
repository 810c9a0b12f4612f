"""A proxy on loopback that answers 503, cuts before a request has arrived and cuts after it was done, by chance."""

from __future__ import annotations

import asyncio
import random
import threading
from collections import Counter
from contextlib import suppress


class Proxy:
    """Stands before `to`, a port of this machine; `calm` ends the faults. `did`: how often what happened.

    It speaks as much HTTP as a desk and its server need: whole requests in, whole answers out, no chunks.
    """

    def __init__(self, to: int, *, busy: float = 0.10, cut: float = 0.08, seed: int = 7) -> None:
        self.to = to
        self.port = 0
        self.calm = False
        self.did: Counter[str] = Counter()
        self._busy, self._cut = busy, cut
        self._chance = random.Random(seed)
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="proxy", daemon=True)
        self._thread.start()
        self._ready.wait(10)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._task.cancel)
        self._thread.join(10)

    def _run(self) -> None:
        self._task = self._loop.create_task(self._listen())
        with suppress(asyncio.CancelledError):
            self._loop.run_until_complete(self._task)
        connections = asyncio.all_tasks(self._loop)
        for task in connections:
            task.cancel()
        if connections:
            self._loop.run_until_complete(asyncio.wait(connections))
        self._loop.close()

    async def _listen(self) -> None:
        async with await asyncio.start_server(self._serve, "127.0.0.1", 0) as server:
            self.port = server.sockets[0].getsockname()[1]
            self._ready.set()
            await server.serve_forever()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        up: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        try:
            while request := await _message(reader):
                fate = self._fate()
                if fate == "503":
                    self.did[fate] += 1
                    writer.write(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nRetry-After: 0\r\n\r\n")
                    await writer.drain()
                    continue
                if fate == "cut before":
                    self.did[fate] += 1
                    return
                up = up or await asyncio.open_connection("127.0.0.1", self.to)
                up[1].write(request)
                await up[1].drain()
                answer = await _message(up[0])
                self.did[fate if answer else "server away"] += 1
                if not answer or fate == "cut after":
                    return
                writer.write(answer)
                await writer.drain()
        except OSError:
            self.did["server away"] += 1
        except asyncio.CancelledError:
            return
        finally:
            for end in (writer, up[1] if up else None):
                if end is not None:
                    end.close()

    def _fate(self) -> str:
        chance = 1.0 if self.calm else self._chance.random()
        for fate, share in (("503", self._busy), ("cut before", self._cut / 2), ("cut after", self._cut / 2)):
            if chance < share:
                return fate
            chance -= share
        return "passed"


async def _message(reader: asyncio.StreamReader) -> bytes:
    """One HTTP message with its body; empty at the end of the connection."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
        for line in head.split(b"\r\n"):
            name, _, value = line.partition(b":")
            if name.lower() == b"transfer-encoding":
                raise AssertionError("an answer in chunks is not for this proxy")
            if name.lower() == b"content-length":
                return head + await reader.readexactly(int(value))
    except (asyncio.IncompleteReadError, ConnectionError):
        return b""
    return head
