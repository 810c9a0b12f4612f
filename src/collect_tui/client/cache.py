"""What was last seen, for when the server cannot be reached: in memory only, but for the site's catalogue, in which nobody stands."""

from __future__ import annotations

import contextlib
import json
import threading
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from collect_tui.common.files import read_whole, write_whole

MOST: Final = 60
LARGEST_ANSWER: Final = 2**24
"""Bytes on the disk."""

#: Operations whose answers are remembered.
KEPT: Final = frozenset({"session", "catalogue", "queues", "queue", "account", "pane", "message", "why", "history"})


class ResponseCache:
    """The answers last seen, by question; those asked for longest ago go first. Safe to call from any thread."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._found: OrderedDict[Any, tuple[Any, datetime]] = OrderedDict()

    def keep(self, question: Any, answer: Any, now: datetime) -> None:
        with self._lock:
            self._found[question] = (answer, now)
            self._found.move_to_end(question)
            while len(self._found) > self._most:
                self._found.popitem(last=False)

    def change(self, question: Any, how: Callable[[Any], Any]) -> None:
        """Brings what was seen up to what is known since; it is no younger by that."""
        with self._lock:
            if (found := self._found.get(question)) is not None:
                self._found[question] = (how(found[0]), found[1])

    def get(self, question: Any) -> tuple[Any, datetime] | None:
        """The answer and when it was seen."""
        with self._lock:
            found = self._found.get(question)
            if found is not None:
                self._found.move_to_end(question)
            return found

    def clear(self) -> None:
        with self._lock:
            self._found.clear()


class KeptFile:
    """One answer on the disk with its ETag, readable by its owner only. One that cannot be read or written is none."""

    def __init__(self, folder: Path, name: str, desk: str) -> None:
        self._path = folder / f"{name}-{sha256(desk.encode()).hexdigest()[:16]}.json"

    def read(self) -> tuple[str, bytes] | None:
        try:
            kept = json.loads(read_whole(self._path, LARGEST_ANSWER))
            return str(kept["etag"]), str(kept["body"]).encode()
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def write(self, etag: str, body: bytes) -> None:
        with contextlib.suppress(OSError):
            write_whole(self._path, json.dumps({"etag": etag, "body": body.decode()}))
