"""Lines typed before, oldest first, kept in the state folder for the next shift.

Only the user can read the file.  A line that holds a card number is never kept, not even in memory.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Final, overload

from collect_tui.common.files import make_private, read_whole, set_aside, write_whole

FILE: Final = "history"
LIMIT: Final = 500
LARGEST: Final = 2**24
"""Bytes of the file."""


class History(Sequence[str]):
    """The lines, oldest first; read from the file when first looked at."""

    def __init__(self, folder: Path | None, scope: str = "", *, limit: int = LIMIT) -> None:
        self._folder = folder
        self._limit = limit
        self.told = ""  # that a damaged file was set aside, once it was; whoever shows it empties it
        self.use(scope)

    def use(self, scope: str) -> None:
        """Be the history of one desk: of one user on one database.  Each has a file of its own."""
        name = f"{FILE}-{sha256(scope.encode()).hexdigest()[:16]}" if scope else FILE
        self._path = self._folder / name if self._folder is not None else None
        self._read: list[str] | None = None

    @property
    def _lines(self) -> list[str]:
        if self._read is None:
            self._read = []
            if self._path is not None:
                with contextlib.suppress(OSError):
                    text = read_whole(self._path, LARGEST).decode("utf-8", errors="replace")
                    self._read = [line for line in text.split("\n") if line and _whole(line)][-self._limit :]
                    if not _whole(text.replace("\n", "")):
                        aside = set_aside(self._path)
                        read = f"{len(self._read)} could be read"
                        self.told = f"The lines typed before were damaged; they are set aside in {aside}, and {read}."
                        self._rewrite(self._path)
        return self._read

    def add(self, line: str) -> None:
        """Remember a line that was done; the same line twice in a row is kept once."""
        line = " ".join(line.split())
        from collect_tui.domain.card_text import find_card  # its expressions take a while to compile

        if not line or find_card(line) is not None or (self._lines and self._lines[-1] == line):
            return
        self._lines.append(line)
        if self._path is None:
            return
        with contextlib.suppress(OSError):  # a full disk must not cost the act that was just done
            make_private(self._path.parent)
            if len(self._lines) > 2 * self._limit:
                del self._lines[: -self._limit]
                self._rewrite(self._path)
            else:
                with _private(self._path, os.O_APPEND) as file:
                    os.write(file, (line + "\n").encode())

    def _rewrite(self, path: Path) -> None:
        write_whole(path, "".join(line + "\n" for line in self._lines))

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> list[str]: ...
    def __getitem__(self, index: int | slice) -> str | list[str]:
        return self._lines[index]

    def __len__(self) -> int:
        return len(self._lines)


def _whole(text: str) -> bool:
    return "\ufffd" not in text and text.isprintable()


@contextlib.contextmanager
def _private(path: Path, how: int) -> Iterator[int]:
    """A file only the user can read, opened for writing."""
    file = os.open(path, os.O_WRONLY | os.O_CREAT | how, 0o600)
    try:
        yield file
    finally:
        os.close(file)
