"""Files and folders for their owner only, whatever the umask: whole or not at all; damaged ones are set aside, never overwritten."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from datetime import UTC, datetime
from io import BufferedReader
from pathlib import Path
from types import TracebackType
from typing import Final, TextIO

try:
    import fcntl
except ImportError:  # not POSIX
    fcntl = None  # type: ignore[assignment]

#: How the name of a damaged file goes on.
MARK: Final = "damaged"
LARGEST: Final = 2**20
"""Bytes of a file that people write, such as settings and rules."""


class AtomicFile:
    """A text file that appears under its name only when it is complete: `with AtomicFile(path) as out: …`.

    Written beside its final place as a hidden file of mode 0600, synced, then renamed; the folder is synced too, so that a
    loss of power leaves the old file or the new one. An error inside leaves neither the new file nor a remainder; what a killed
    process leaves goes when the file is next written.
    """

    def __init__(self, path: Path, *, encoding: str = "utf-8") -> None:
        self.path = path
        self._temporary, descriptor = _beside(path)
        self.stream: TextIO = os.fdopen(descriptor, "w", encoding=encoding, newline="")

    def __enter__(self) -> TextIO:
        return self.stream

    def __exit__(
        self, kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.commit()
        else:
            self.discard()

    def commit(self) -> None:
        """Makes what was written the file."""
        try:
            self.stream.flush()
            os.fsync(self.stream.fileno())
            self.stream.close()
            os.replace(self._temporary, self.path)
        except BaseException:
            self.discard()
            raise
        sync_folder(self.path.parent)

    def discard(self) -> None:
        """Forgets what was written; the old file, if any, stays."""
        try:
            self.stream.close()
        finally:
            self._temporary.unlink(missing_ok=True)


def _beside(path: Path) -> tuple[Path, int]:
    """A hidden file beside another that is new and this process's own, open and locked."""
    number = 1
    while True:
        place = path.with_name(f".{path.name}.{number}.tmp")
        try:
            descriptor = os.open(place, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        except FileExistsError:
            number += not _swept(place)
        else:
            if _locked(descriptor, place) is not False:
                return place, descriptor
            os.close(descriptor)  # somebody who swept was quicker


def _swept(place: Path) -> bool:
    """Removes what a killed process left; False: somebody writes it, or may do so."""
    try:
        descriptor = os.open(place, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except OSError as error:
        return isinstance(error, FileNotFoundError)
    try:
        if mine := _locked(descriptor, place):
            place.unlink()
        return bool(mine)
    except OSError:
        return False
    finally:
        os.close(descriptor)


def _locked(descriptor: int, place: Path) -> bool | None:
    """Locks an open file until it is closed. False: another process has it, or it is not what stands there now; None: there are no
    locks here."""
    if fcntl is None:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return os.path.samestat(os.fstat(descriptor), os.lstat(place))
    except (BlockingIOError, FileNotFoundError):
        return False
    except OSError:
        return None


def open_file(path: Path, *, links: bool = True) -> BufferedReader:
    """Opens a file to read it, and never waits: what is no file, such as a pipe or a device, is refused. `links`: a link to a file will
    do. OSError says what it is."""
    how = getattr(os, "O_NONBLOCK", 0) | (0 if links else getattr(os, "O_NOFOLLOW", 0)) | getattr(os, "O_CLOEXEC", 0)
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0) | how)
    mode = os.fstat(descriptor).st_mode
    if stat.S_ISREG(mode):
        return os.fdopen(descriptor, "rb")
    os.close(descriptor)
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    raise OSError(errno.EINVAL, "it is no file but a pipe or a device", str(path))


def read_whole(path: Path, largest: int = LARGEST, *, links: bool = True) -> bytes:
    """What is in a file of at most so many bytes. OSError, also for one that is larger and for what is no file."""
    with open_file(path, links=links) as file:
        raw = file.read(largest + 1)
    if len(raw) > largest:
        raise OSError(errno.EFBIG, f"it is larger than {largest // 1024:,} kB", str(path))
    return raw


class Turn:
    """A turn at something, one at a time among all that ask by the same file, in this process or another; what a killed process had is
    free. Where files cannot be locked, everybody has it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def take(self, *, wait: bool = False) -> bool:
        """Takes the turn; False: somebody else has it, whom `wait` waits for."""
        while fcntl is not None:
            try:
                descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
            except OSError:
                return True
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
                if os.path.samestat(os.fstat(descriptor), os.lstat(self._path)):
                    self._descriptor = descriptor
                    return True
            except FileNotFoundError:
                pass  # whoever had it took the file away
            except OSError as error:
                os.close(descriptor)
                return not isinstance(error, BlockingIOError)
            except BaseException:
                os.close(descriptor)
                raise
            os.close(descriptor)
        return True

    def give(self) -> None:
        """The next one's turn."""
        if self._descriptor is not None:
            self._path.unlink(missing_ok=True)
            os.close(self._descriptor)
            self._descriptor = None

    def taken(self) -> bool:
        """Has somebody the turn just now?"""
        if fcntl is None:
            return False
        try:
            descriptor = os.open(self._path, os.O_RDONLY)
        except OSError:
            return False
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError as error:
            return isinstance(error, BlockingIOError)
        else:
            return False
        finally:
            os.close(descriptor)


def write_whole(path: Path, text: str) -> None:
    """Writes a small file atomically, with the folders above it that are missing. OSError."""
    make_private(path.parent)
    with AtomicFile(path) as out:
        out.write(text)


def move(source: Path, target: Path) -> Path:
    """Renames a file into another folder; a file of that name already there is kept and the newcomer gets a number."""
    place, n = target, 1
    while place.exists():
        n += 1
        place = target.with_name(f"{target.stem}.{n}{target.suffix}")
    os.replace(source, place)
    sync_folder(place.parent)
    if source.parent != place.parent:
        sync_folder(source.parent)
    return place


def sync_folder(folder: Path) -> None:
    """Brings a folder's names to the disk: what was renamed in it stays so. Where folders cannot be opened, nothing is done."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_private(folder: Path) -> None:
    """Makes a folder and those above it that are missing, for their owner only; those that are there stay as they are. OSError."""
    for one in reversed([part for part in (folder, *folder.parents) if not part.exists()]):
        try:
            one.mkdir(mode=0o700)
        except FileExistsError:  # somebody else was quicker
            continue
        one.chmod(0o700)


def set_aside(path: Path, now: datetime | None = None) -> Path:
    """Renames a damaged file, with what SQLite keeps beside one, and says to what. OSError."""
    stamp = f"{now or datetime.now(UTC):%Y%m%d-%H%M%S}"
    target, n = path.with_name(f"{path.stem}-{MARK}-{stamp}{path.suffix}"), 1
    while target.exists():
        n += 1
        target = path.with_name(f"{path.stem}-{MARK}-{stamp}.{n}{path.suffix}")
    for end in ("-wal", "-shm", ""):
        with contextlib.suppress(FileNotFoundError):
            os.replace(f"{path}{end}", f"{target}{end}")
            os.chmod(f"{target}{end}", 0o600)
    return target
