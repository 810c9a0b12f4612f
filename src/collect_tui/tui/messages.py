"""Sentences the terminal says itself, and the log of what nobody expected.

The log holds a type, a code and the frames of the traceback: never a value, an argument or a message, for those may hold
customer data.
"""

from __future__ import annotations

import os
import secrets
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from collect_tui.domain.errors import DomainError

LOG: Final = "collect-tui.log"
_LOG_LIMIT: Final = 1_000_000


def plural(count: int, one: str, many: str = "") -> str:
    """`1 key`, `2 keys`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def dropped(keys: int) -> str:
    """What is said of keys that were typed ahead and dropped; empty for none."""
    return f"{plural(keys, 'key')} dropped" if keys else ""


def with_dropped(sentence: str, keys: int) -> str:
    """A refusal and, if there were any, the keys it cost."""
    return f"{sentence} · {dropped(keys)}" if keys else sentence


def sentence(error: DomainError) -> str:
    """An error of the desk as the status line says it."""
    text = str(getattr(error, "message", error)).strip()
    return text or f"Refused ({error.code})."


def unexpected(fault: str, log: Path | None) -> str:
    """What the user is told of an error nobody expected."""
    where = f" in {log}" if log is not None else ""
    return f"Something went wrong that should not have; nothing was changed. Fault {fault}{where}."


def record_fault(error: BaseException, folder: Path | None) -> tuple[str, Path | None]:
    """Write an unexpected error to the log and return its id and the file; no file when it cannot be written."""
    fault = secrets.token_hex(3)
    frames = [f"  {f.filename}:{f.lineno} {f.name}" for f in traceback.extract_tb(error.__traceback__)]
    kind = f"{type(error).__module__}.{type(error).__qualname__}"
    code = getattr(error, "code", "")
    entry = "\n".join([f"{datetime.now(UTC).isoformat(timespec='seconds')} fault {fault} {kind} {code}".rstrip(), *frames])
    if folder is None:
        return fault, None
    path = folder / LOG
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if path.exists() and path.stat().st_size > _LOG_LIMIT:
            path.replace(path.with_suffix(".log.1"))
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a", encoding="utf-8") as file:
            file.write(entry + "\n")
    except OSError:
        return fault, None
    return fault, path
