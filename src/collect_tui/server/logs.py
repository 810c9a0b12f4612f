"""The server's log: one JSON object a line, and nothing personal in it.

A request's line has its time, its id, its method, the route's template (never the path or the query, which hold numbers and
names), status, milliseconds, login and tenant. What a part of the program logs besides goes through the same form: an event
with the fields of `_FIELDS`, nothing else that was put beside it. Errors are told by their kind and place only.
"""

from __future__ import annotations

import json
import logging
import os
import re
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, Final
from uuid import uuid4

from collect_tui.domain.card_text import mask_card

#: What a record may carry beside its message; anything else stays out of the log.
_FIELDS: Final = (
    "request",
    "method",
    "route",
    "status",
    "ms",
    "login",
    "tenant",
    "event",
    "token",
    "scopes",
    "role",
    "count",
    "until",
    "webhook",
    "host",
    "port",
    "workers",
)
#: Loggers whose messages are this program's own or a server's about itself. Others may quote what they were given.
_TRUSTED: Final = ("collect_tui", "uvicorn")
_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")

requests: Final = logging.getLogger("collect_tui.requests")


class JsonLines(logging.Formatter):
    """A record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "pid": record.process,
        }
        if record.name != requests.name:
            line["message"] = _message(record)
        line |= {name: value for name in _FIELDS if (value := record.__dict__.get(name)) is not None}
        # A login or a token's name is what somebody typed.
        line = {name: mask_card(value) if isinstance(value, str) else value for name, value in line.items()}
        if record.exc_info and record.exc_info[1] is not None:
            line |= _error(record.exc_info[1])
        return json.dumps(line, default=str)


def _message(record: logging.LogRecord) -> str:
    trusted = record.name.partition(".")[0] in _TRUSTED and not record.exc_info
    text = record.getMessage() if trusted else str(record.msg) if isinstance(record.msg, str) else ""
    if "Traceback (most recent call last)" in text:  # a server's way to tell of an error, with all that it quotes
        return text.partition("\n")[0].partition("Traceback")[0].strip() or "error"
    return text[:500]


def _error(error: BaseException) -> dict[str, str]:
    """The kind of an error and the places it passed; its message may quote what somebody typed."""
    frames = [f"{Path(f.filename).name}:{f.lineno}" for f in traceback.extract_tb(error.__traceback__)][-8:]
    return {"error": type(error).__qualname__, "at": " < ".join(reversed(frames))}


def begin(path: Path | None = None) -> None:
    """Sends every log of the process to stderr, or to a file that its owner alone may read. Raises OSError."""
    stream: IO[str] = sys.stderr
    if path is not None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW
        stream = os.fdopen(os.open(path, flags, 0o600), "a", encoding="utf-8")
        os.fchmod(stream.fileno(), 0o600)
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("collect_tui").setLevel(logging.INFO)
    logging.getLogger("uvicorn").setLevel(logging.INFO)
    logging.captureWarnings(True)


def request_id(given: str | None) -> str:
    """The id that a proxy gave the request, when it has a harmless form; else one of our own."""
    return given if given is not None and _ID.fullmatch(given) else uuid4().hex
