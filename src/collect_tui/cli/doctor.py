"""`collect-tui doctor`: is all well with this terminal, these files, the database or the server; what is not says what to do."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import stat
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final

from collect_tui.cli import common
from collect_tui.common.text import clean
from collect_tui.domain.errors import DomainError

if TYPE_CHECKING:
    from collect_tui.bootstrap import Wiring
    from collect_tui.client.http import Http

SMALLEST: Final = (80, 24)
"""Columns and lines that every screen is made for."""
DISK: Final = 200 * 2**20
"""Bytes that should be free besides the size of the database once more, for a copy of it."""
SKEW: Final = 60.0
"""Seconds that a clock may differ from the server's."""
SLOW: Final = 0.3
"""Seconds of a round trip from which typing feels late."""
TRIPS: Final = 10
BEHIND: Final = 3
"""Days that a business date may lie behind today: a long weekend."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: what it is, how it is, and where that is wrong what to do."""

    what: str
    found: str
    fault: str = ""


def add(commands: Any) -> None:
    told = "look whether terminal, keys, files, database, clock and server are well; say what to do where they are not"
    parser = commands.add_parser("doctor", help=told, description=f"{told[:1].upper()}{told[1:]}.")
    parser.add_argument("--keys", action="store_true", help="ask for each key once, too (in a terminal)")
    parser.set_defaults(run=doctor)


def doctor(args: argparse.Namespace) -> int:
    """Exit code 1 when something is wrong."""
    wired = common.at_desk(args)
    findings = [*terminal(os.environ, wired.settings.function_keys), *files(wired), *desk(wired)]
    if args.keys:
        from collect_tui.cli.doctor_keys import ask

        findings += ask(sys.stdin, sys.stderr, os.environ, wired.settings.function_keys)
    if args.json:
        print(json.dumps([asdict(each) for each in findings], indent=2))
    else:
        print("\n".join(lines(findings)))
    return int(any(each.fault for each in findings))


def lines(findings: Iterable[Finding]) -> Iterator[str]:
    """The findings as text, one a line, what to do below it; a last line that counts."""
    faults = 0
    for each in findings:
        yield clean(f"{'WRONG' if each.fault else 'ok':5}  {each.what}: {each.found}")
        if each.fault:
            faults += 1
            yield clean(f"       {each.fault}")
    yield f"{faults} wrong" if faults else "All is well."


# what is looked at -------------------------------------------------------------------------------
def terminal(environ: Any, function_keys: str) -> Iterator[Finding]:
    """The terminal as the program sees it."""
    from collect_tui.tui.terminal.profile import _started_with, profile

    seen = profile(started := _started_with(environ), function_keys)
    term = environ.get("TERM", "")
    yield Finding(
        "terminal", term or "none", "" if term else "Set TERM to what the terminal is, such as xterm-256color."
    )
    locale = started.get("LC_ALL") or started.get("LC_CTYPE") or started.get("LANG") or "C"
    lacks = " Lines are drawn in ASCII, and letters that it lacks cannot be typed." if seen.ascii_only else ""
    yield Finding("locale", f"{locale}.{lacks}" if lacks else locale)
    yield Finding("colours", {"none": "none", "16": "16", "256": "256", "true": "16 million"}[seen.colors])
    yield Finding("function keys", "SCO" if seen.sco else "xterm and VT100+")
    if sys.stdout.isatty():
        columns, rows = os.get_terminal_size(sys.stdout.fileno())
        small = columns < SMALLEST[0] or rows < SMALLEST[1]
        yield Finding("size", f"{columns} by {rows}", "Make the window 80 by 24 or larger." if small else "")


def files(wired: Wiring) -> Iterator[Finding]:
    """What holds customers' data is its owner's alone."""
    settings = wired.settings
    places = [settings.state_folder, *(() if settings.server or settings.url else (wired.database,))]
    for path in places:
        yield from _modes(path)
        if path.is_dir():
            for inner in sorted(each for each in path.iterdir() if each.is_file() and each.stat().st_mode & 0o077):
                yield from _modes(inner)


def _modes(path: Path) -> Iterator[Finding]:
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
    except FileNotFoundError:
        yield Finding("files", f"{path} is not there yet")
        return
    except OSError as error:
        yield Finding("files", str(path), f"It cannot be read: {error.strerror}.")
        return
    right = 0o700 if path.is_dir() else 0o600
    fault = f"Others can read it: chmod {right:o} '{path}'" if mode & 0o077 else ""
    yield Finding("files", f"{path} has mode {mode:04o}", fault)


def desk(wired: Wiring) -> Iterator[Finding]:
    """The database or the server, and the business date there."""
    settings = wired.settings
    try:
        if settings.server:
            yield from _server(wired)
        elif settings.url:
            yield from _format(wired)
        elif wired.database.exists():
            yield from _format(wired)
            yield from _file(wired.database)
        else:
            yield Finding("database", f"{wired.database} is not there yet; the desk makes it when it opens")
            return
        yield from _business_date(wired)
    except DomainError as error:
        yield Finding("server" if settings.server else "database", error.code, error.message)


def _format(wired: Wiring) -> Iterator[Finding]:
    from collect_tui import bootstrap
    from collect_tui.store import migrate
    from collect_tui.store.tables.version import SCHEMA_VERSION

    report = migrate.look(bootstrap.database_url(wired) if wired.settings.url else wired.database)
    fault = "" if report.before == SCHEMA_VERSION else "Run `collect-tui migrate`."
    yield Finding("database format", f"{report.before or 'none'}; this program works with {SCHEMA_VERSION}", fault)


def _file(path: Path) -> Iterator[Finding]:
    from collect_tui.store.examine import examined

    seen = examined(path)
    bad = (
        "Stop working on it, keep the file, and bring back the last backup (docs/operating.md)." if seen.damage else ""
    )
    yield Finding("database integrity", seen.damage or "sound", bad)
    journal = "" if seen.journal == "wal" else "Open the desk once: it sets WAL. If it stays, the disk cannot do it."
    yield Finding("database journal", seen.journal, journal)
    free, size = shutil.disk_usage(path.parent).free, path.stat().st_size
    little = f"Make room: {(size + DISK) // 2**20:,} MB are wanted." if free < size + DISK else ""
    yield Finding("free disk", f"{free // 2**20:,} MB beside a database of {size // 2**20:,} MB", little)


def _server(wired: Wiring) -> Iterator[Finding]:
    from collect_tui.client.http import Http, TransportFailed, server_url
    from collect_tui.desk.errors import Unavailable

    server = Http(server_url(wired.settings.server, insecure=True))
    try:
        yield from _asked(server)
    except TransportFailed:
        told = f"{server.url} does not answer: look at the network, then ask whoever runs it."
        raise Unavailable("server.unreachable", told, "server") from None
    finally:
        server.close()


def _asked(server: Http) -> Iterator[Finding]:
    from email.utils import parsedate_to_datetime

    took = []
    answer = server.send("GET", "/readyz")  # the first one makes the connection
    for _ in range(TRIPS):
        begun = perf_counter()
        answer = server.send("GET", "/readyz")
        took.append(perf_counter() - begun)
    ready = "" if answer.status == 200 else "It cannot work now; ask whoever runs it."
    yield Finding("server", f"{server.url} answers {answer.status}", ready)
    trip = median(took)
    late = "The line is slow: what is typed is kept, but answers come late." if trip > SLOW else ""
    yield Finding("latency", f"{trip * 1000:.1f} ms, the median of {TRIPS}", late)
    try:
        said = parsedate_to_datetime(answer.headers.get("date", ""))
    except ValueError:
        return
    off = abs((datetime.now(UTC) - said).total_seconds())
    yield Finding("clock", f"{off:.0f} s off the server's", "Set this machine's clock (NTP)." if off > SKEW else "")


def _business_date(wired: Wiring) -> Iterator[Finding]:
    from zoneinfo import ZoneInfo

    from collect_tui import bootstrap

    session = bootstrap.connect(wired).session()
    behind = (wired.clock().astimezone(ZoneInfo(session.zone)).date() - session.business_date).days
    told = f"{session.business_date}, {behind} days behind" if behind else f"{session.business_date}"
    fault = "Run `collect-tui day`; the night's run has not come through." if behind > BEHIND else ""
    yield Finding("business date", told, fault)
