"""The seals of the audit, written down outside the database: one line of JSON each, in a file that only grows.

Whoever owns the database can drop its triggers and make chains and seals anew; they cannot do it to a file elsewhere. Keep
`seals.log` where the database's owner cannot write, or copy it away. It holds no personal data.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from collect_tui.common.files import make_private, open_file, sync_folder
from collect_tui.desk.errors import Unavailable
from collect_tui.domain.errors import Invalid
from collect_tui.store import seals
from collect_tui.store.engine import Store
from collect_tui.store.seals import Seal

NAME: Final = "seals.log"
LARGEST_LINE: Final = 4_096

#: The server's own log: a seal is told there too.
log = logging.getLogger("collect_tui.audit")

Written = dict[int, tuple[str, str]]
"""Number of a seal → (digest, hash)."""


def as_line(seal: Seal, tenant_id: int, scope: str) -> dict[str, Any]:
    """A seal as it is written down. `scope` tells one database from another, see `bootstrap.scope_of`."""
    return {
        "database": scope,
        "tenant": tenant_id,
        "seal": seal.seq,
        "business_date": seal.business_date.isoformat(),
        "at": seal.at.isoformat(),
        "by": seal.by,
        "heads": seal.heads,
        "digest": seal.digest,
        "hash": seal.hash,
    }


def write_down(store: Store, tenant_id: int, path: Path, scope: str) -> int:
    """Adds the seals that the file does not hold yet, oldest first; how many. What a crash left out comes with the next.

    Several processes may do so at once: the file is locked while it is read and added to. Raises Unavailable
    "seals.unwritable"; the seals are in the database all the same.
    """
    try:
        make_private(path.parent)
        new = not path.exists()
        with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600), "r+b") as file:
            _lock(file.fileno())
            known, ends_whole = 0, True
            for line, number in _lines(file, tenant_id, scope):
                known, ends_whole = max(known, number), line.endswith(b"\n")
            with store.read() as session:
                made = [as_line(seal, tenant_id, scope) for seal in seals.after(session, tenant_id, known)]
            text = "".join(json.dumps(line) + "\n" for line in made)
            if text:
                file.write(("" if ends_whole else "\n").encode() + text.encode())
                file.flush()
                os.fsync(file.fileno())
        if new:
            sync_folder(path.parent)
    except OSError as error:
        raise Unavailable(
            "seals.unwritable",
            f"The day is done, but its seal could not be written down in {path}: {error.strerror}. "
            "It is written down with the next day run, or by `audit seals --write`.",
            "state_folder",
        ) from None
    for line_ in made:
        log.info("audit sealed", extra={"seal": line_})
    return len(made)


def read(path: Path, tenant_id: int, scope: str) -> Written:
    """The seals of a database as they were written down. Raises Invalid "seals.unreadable" or, with none of it, "seals.other"."""
    written: Written = {}
    others = 0
    try:
        with open_file(path) as file:
            for entry in _entries(file):
                if (entry.get("database"), entry.get("tenant")) == (scope, tenant_id):
                    written[int(entry["seal"])] = str(entry["digest"]), str(entry["hash"])
                else:
                    others += 1
    except OSError as error:
        raise Invalid("seals.unreadable", f"{path} cannot be read: {error.strerror}.", "against") from None
    if not written:
        what = "holds seals of other databases only" if others else "holds no seals"
        raise Invalid("seals.other", f"{path} {what}; name the {NAME} of this database.", "against")
    return written


def _lines(file: Any, tenant_id: int, scope: str) -> Iterator[tuple[bytes, int]]:
    """Every line, with the number of the seal it holds; 0 for another database's and for what is no seal."""
    for raw in _raw(file):
        entry = _parsed(raw)
        mine = (entry.get("database"), entry.get("tenant")) == (scope, tenant_id)
        yield raw, int(entry["seal"]) if mine else 0


def _entries(file: Any) -> Iterator[dict[str, Any]]:
    for raw in _raw(file):
        if entry := _parsed(raw):
            yield entry


def _raw(file: Any) -> Iterator[bytes]:
    return iter(lambda: file.readline(LARGEST_LINE), b"")


def _parsed(raw: bytes) -> dict[str, Any]:
    """A line's seal; empty for what is none, such as the half of a line that a loss of power left."""
    with contextlib.suppress(ValueError, RecursionError):
        found = json.loads(raw)
        if isinstance(found, dict) and type(found.get("seal")) is int and {"digest", "hash"} <= found.keys():
            return found
    return {}


def _lock(descriptor: int) -> None:
    """Until the file is closed; where the system knows no such lock, one process writes at a time or the lines come twice."""
    with contextlib.suppress(ImportError):
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX)
