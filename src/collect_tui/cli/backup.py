"""`collect-tui backup` and `collect-tui restore FILE`: copies of a SQLite portfolio. PostgreSQL has its own tools."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from collect_tui.cli.common import wired

if TYPE_CHECKING:
    from collect_tui.bootstrap import Wiring


def add(commands: Any) -> None:
    one = commands.add_parser(
        "backup",
        help="copy the database while others work, check the copy, let old ones go",
        description="Copy the database while others work, check the copy and let old ones go.",
    )
    one.add_argument("--to", type=Path, metavar="DIR", help="where copies go (default: backups/ beside the database)")
    one.add_argument("--keep-daily", type=_number, metavar="N", default=7, help="days whose last copy stays (7)")
    one.add_argument("--keep-weekly", type=_number, metavar="N", default=4, help="weeks whose last copy stays (4)")
    one.set_defaults(run=backup)
    two = commands.add_parser(
        "restore",
        help="put a checked copy in the place of the database; what was there is kept",
        description="Put a checked copy in the place of the database; what was there is kept beside it.",
    )
    two.add_argument("file", type=Path, metavar="FILE")
    two.add_argument("--yes", action="store_true", help="do not ask")
    two.set_defaults(run=restore)


def backup(args: argparse.Namespace) -> int:
    settled = wired(args)
    _only_sqlite(settled, "backup")
    from collect_tui.store import backup as copies

    made = copies.backup(
        settled.database,
        args.to or settled.database.parent / "backups",
        now=settled.clock(),
        keep_daily=args.keep_daily,
        keep_weekly=args.keep_weekly,
    )
    if args.json:
        told = {"file": str(made.file), "bytes": made.bytes, "format": made.version, "seconds": round(made.seconds, 3)}
        print(json.dumps({**told, "removed": list(made.removed)}, indent=2))
        return 0
    print(f"{made.file}: {made.bytes:,} bytes, checked, {made.seconds:.1f} s")
    if made.removed:
        print(f"let go: {', '.join(made.removed)}")
    return 0


def restore(args: argparse.Namespace) -> int:
    settled = wired(args)
    _only_sqlite(settled, "restore")
    from collect_tui.domain.errors import Invalid
    from collect_tui.store import backup as copies
    from collect_tui.store.tables.version import SCHEMA_VERSION

    if not args.yes:
        if not sys.stdin.isatty():
            raise Invalid("restore.unasked", "Say --yes to replace the database where nobody can be asked.", "yes")
        if input(f"Replace {settled.database} with {args.file}? What is there now is kept. [y/N] ").strip() not in (
            "y",
            "yes",
        ):
            print("nothing was changed")
            return 0
    done = copies.restore(args.file, settled.database, now=settled.clock())
    if args.json:
        kept = str(done.kept) if done.kept else None
        told = {"database": str(done.database), "format": done.version, "kept": kept, "seconds": round(done.seconds, 3)}
        print(json.dumps(told, indent=2))
        return 0
    print(f"{done.database} is {args.file} again ({done.seconds:.1f} s)")
    if done.kept:
        print(f"what was there before is in {done.kept}")
    if done.version < SCHEMA_VERSION:
        print(f"it has format {done.version} and this program works with {SCHEMA_VERSION}; run `collect-tui migrate`")
    return 0


def _only_sqlite(settled: Wiring, what: str) -> None:
    """On PostgreSQL: which commands to use instead. Raises Invalid."""
    if not settled.settings.url:
        return
    from collect_tui.domain.errors import Invalid

    how = "".join(f"  {line}\n" for line in commands(settled, what))
    raise Invalid(
        f"{what}.postgresql",
        f"The database is PostgreSQL, which has its own tools for this:\n{how}"
        "For every moment and not only the last copy, archive its journal (point-in-time recovery); docs/operating.md says how.",
        "db",
    )


def commands(settled: Wiring, what: str) -> tuple[str, ...]:
    """The lines to type for a `backup` or a `restore` of PostgreSQL, on a cluster too. A copy goes into an empty database: nothing
    of the extension's is in the way there, roles need not be the same, and what there is now stays until the copy is seen to be whole.
    """
    url, programs = _postgresql(settled)
    if what == "backup":
        return (f"{programs}pg_dump -Fc --dbname='{url}' --file=desk.dump",)
    head, mark, query = url.partition("?")
    name, into = f"{head.rpartition('/')[2]}_restored", f"{head}_restored{mark}{query}"
    return (
        f"{programs}createdb --maintenance-db='{url}' '{name}'",
        f"{programs}pg_restore -n public --single-transaction --no-owner --no-privileges --dbname='{into}' desk.dump",
        f"collect-tui --db '{into}' migrate --roles",
    )


def _postgresql(settled: Wiring) -> tuple[str, str]:
    """The address without its password, and the folder of PostgreSQL's programs when they came with this one."""
    from collect_tui import settings as site

    if settled.settings.url != site.EMBEDDED:
        return _without_password(settled.settings.url), ""
    from collect_tui.server.embedded import Embedded
    from collect_tui.server.embedded_host import programs_folder

    return Embedded(settled.settings.data_folder / "postgresql").url, f"{programs_folder()}/"


def _without_password(url: str) -> str:
    """As somebody would type it: PostgreSQL's tools take the password from PGPASSWORD or ~/.pgpass."""
    from urllib.parse import parse_qsl, urlencode, urlsplit

    parts = urlsplit(url)
    user, at, host = parts.netloc.rpartition("@")
    query = [(k, v) for k, v in parse_qsl(parts.query) if k.lower() not in ("password", "sslpassword", "passfile")]
    netloc = f"{user.partition(':')[0]}{at}{host}"
    options = f"?{urlencode(query, safe='/')}" if query else ""
    # Not by urlunsplit: a path of its own may stand for the host.
    return f"{parts.scheme}://{netloc}{parts.path}{options}".replace("'", "%27")


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > 10_000:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of copies; write 0 to 10000")
    return int(text)
