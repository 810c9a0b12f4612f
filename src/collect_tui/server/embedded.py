"""PostgreSQL from a wheel, for a server that has no database of its own: one folder, one socket, nobody else gets in.

Several programs of one user may use it at a time (a server and a plain command, say): who comes first starts it, who goes
last stops it. A lock of the operating system counts them, so a program that was killed counts no more; a PostgreSQL that
was left running is taken over. Every write reaches the disk before it is answered (fsync stays on).

PostgreSQL will not run as root. Root's is run by `postgres` or `nobody`, who get into the folder through a descriptor that
root opened: no folder above it has to be opened to others.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, Final

from collect_tui.common.files import make_private
from collect_tui.desk.errors import Unavailable
from collect_tui.server.embedded_host import as_owner, private, programs_folder, unprivileged

USER: Final = "desk"
DATABASE: Final = "desk"
#: Seconds it may take to start (after a crash it reads its journal first) and to stop.
STARTING: Final = 60.0
STOPPING: Final = 30.0
_CALLERS: Final = 200
_PATH: Final = 107 - len("/.s.PGSQL.5432")  # of a socket's folder: the operating system allows no more

#: What is asked of PostgreSQL. Nothing of a customer's reaches its log: no statements, no values of a key that stands twice.
_OPTIONS: Final = {
    "listen_addresses": "",
    "unix_socket_directories": ".",
    "unix_socket_permissions": "0700",
    "max_connections": str(_CALLERS),
    "fsync": "on",
    "synchronous_commit": "on",
    "log_statement": "none",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_timezone": "UTC",
    "timezone": "UTC",
}


class Embedded:
    """The PostgreSQL of one folder (made when it is not there, mode 0700). POSIX systems only."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.expanduser().absolute()
        self.data = self.folder / "data"
        self._users: IO[str] | None = None
        self._short: Path | None = None
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """How this program reaches it; another program of the user reaches it while it runs."""
        from urllib.parse import quote

        return f"postgresql://{USER}@/{DATABASE}?host={quote(str(self._socket_folder()), safe='/')}"

    @property
    def log(self) -> Path:
        return self.folder / "postgresql.log"

    def start(self) -> None:
        """Uses the database: starts it unless it runs. Raises Unavailable with a sentence. Twice is once."""
        if self._users is not None:
            return
        programs = programs_folder()
        make_private(self.folder)
        if self.folder.stat().st_uid != os.geteuid():
            raise Unavailable(
                "embedded.owner", f"{self.folder} belongs to somebody else; name another data_folder.", "data_folder"
            )
        self.folder.chmod(0o700)
        users = private(self.folder / "users.lock")
        with self._starting():
            fcntl.flock(users, fcntl.LOCK_SH)
            try:
                if not (self.data / "PG_VERSION").exists():
                    self._make(programs)
                if not self._answers():
                    self._run(programs)
            except BaseException:
                users.close()
                self._forget_socket()
                raise
        self._users = users

    def stop(self) -> None:
        """Uses it no more; whoever was the last stops it. Twice is once."""
        if self._users is None:
            return
        with self._starting():
            users, self._users = self._users, None
            with users:
                try:
                    fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except OSError:
                    return  # somebody else still works on it
                self._halt()
        self._forget_socket()

    # making and running -------------------------------------------------------------------------
    @contextmanager
    def _starting(self) -> Iterator[None]:
        """One program at a time starts or stops it."""
        with private(self.folder / "start.lock") as turn:
            fcntl.flock(turn, fcntl.LOCK_EX)
            yield

    def _make(self, programs: Path) -> None:
        """Makes the database beside its place and moves it there when it is whole."""
        new = self.folder / "data.new"
        if new.exists():
            shutil.rmtree(new)  # of a try that was broken off; nobody ever wrote into it
        new.mkdir(mode=0o700)
        if os.geteuid() == 0:
            os.chown(new, *unprivileged())
        options = ["--username", USER, "--auth", "trust", "--encoding", "UTF8", "--locale", "C", "--no-instructions"]
        options += ["--locale-provider", "builtin", "--builtin-locale", "C.UTF-8"]
        with as_owner(new) as (place, rest):
            command: list[str | Path] = [programs / "initdb", "--pgdata", place, *options]
            done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False, **rest)  # noqa: S603
        if done.returncode:
            self._complain(done.stderr)
        new.rename(self.data)

    def _run(self, programs: Path) -> None:
        self._forget_dead()
        settings = [part for name, value in _OPTIONS.items() for part in ("-c", f"{name}={value}")]
        with as_owner(self.data) as (place, rest), private(self.log, "w") as log:
            self._process = subprocess.Popen(  # noqa: S603
                [programs / "postgres", "-D", place, *settings],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # the terminal's Ctrl+C is for the server, which stops this when it is done
                **rest,
            )
        try:
            deadline = time.monotonic() + STARTING
            while not self._answers():
                if self._process.poll() is not None or time.monotonic() > deadline:
                    self._complain(self.log.read_text("utf-8", "replace"))
                time.sleep(0.02)
            self._ensure_database()
        except BaseException:  # nobody uses it yet, and nobody would stop it
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(STOPPING)
            raise

    def _halt(self) -> None:
        """A fast shutdown: what is in work is rolled back, all that was answered is on the disk."""
        pid = self._pid()
        if pid is None or not self._is_ours(pid):
            return
        os.kill(pid, signal.SIGINT)
        deadline = time.monotonic() + STOPPING
        while self._alive(pid):
            if time.monotonic() > deadline:
                os.kill(pid, signal.SIGQUIT)  # at once; the journal makes it whole on the next start
                return
            time.sleep(0.02)

    def _alive(self, pid: int) -> bool:
        if self._process is not None and self._process.pid == pid:
            return self._process.poll() is None
        with suppress(ProcessLookupError):
            os.kill(pid, 0)
            return (self.data / "postmaster.pid").exists()
        return False

    def _pid(self) -> int | None:
        try:
            return int((self.data / "postmaster.pid").read_text().partition("\n")[0])
        except (OSError, ValueError):
            return None

    def _is_ours(self, pid: int) -> bool:
        """Whether the process is the PostgreSQL of this folder, and not one that got its number after it was gone."""
        if Path("/proc/self").exists():
            try:
                return Path(f"/proc/{pid}/cwd").samefile(self.data)
            except OSError:
                return False
        return self._answers()

    def _forget_dead(self) -> None:
        """A killed PostgreSQL leaves its number behind, which may be somebody else's by now."""
        pid = self._pid()
        if pid is not None and Path("/proc/self").exists() and not self._is_ours(pid):
            (self.data / "postmaster.pid").unlink(missing_ok=True)

    # reaching it --------------------------------------------------------------------------------
    def _socket_folder(self) -> Path:
        """The data folder; where its path is too long for a socket, a short name for it."""
        if len(os.fsencode(self.data)) <= _PATH:
            return self.data
        if self._short is None:
            self._short = Path(tempfile.mkdtemp(prefix="collect-tui-")) / "s"
            self._short.symlink_to(self.data)
        return self._short

    def _forget_socket(self) -> None:
        if self._short is not None:
            self._short.unlink(missing_ok=True)
            self._short.parent.rmdir()
            self._short = None

    def _connect(self, database: str) -> Any:
        import psycopg

        return psycopg.connect(
            host=str(self._socket_folder()), user=USER, dbname=database, autocommit=True, connect_timeout=5
        )

    def _answers(self) -> bool:
        import psycopg

        if not (self.data / ".s.PGSQL.5432").exists():
            return False
        try:
            self._connect("postgres").close()
        except psycopg.OperationalError:
            return False
        return True

    def _ensure_database(self) -> None:
        with self._connect("postgres") as db:
            if db.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,)).fetchone() is None:
                db.execute(f'CREATE DATABASE "{DATABASE}"')

    def _complain(self, said: str) -> None:
        last: Sequence[str] = [line for line in said.splitlines() if line.strip()][-1:]
        raise Unavailable(
            "embedded.failed",
            f"The embedded PostgreSQL in {self.folder} did not start: {' '.join(last) or 'it did not answer in time'}.",
            "data_folder",
        )
