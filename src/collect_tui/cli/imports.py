"""`load` and `import`: files of the kinds that can be brought in, and taking one back."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from collect_tui.cli.common import add_tenant
from collect_tui.cli.handlers import _beside, _progress, _say, _wired
from collect_tui.ingest.kinds import KINDS, Kind

if TYPE_CHECKING:
    from collect_tui.services.local import LocalDesk


def add(commands: Any) -> None:
    loading = commands.add_parser("load", help="load a portfolio (JSON or JSON lines; `schema` describes it)")
    _add(loading, KINDS["portfolio"])
    files = commands.add_parser("import", help="bring in files of other systems").add_subparsers(
        title="files", metavar="KIND", required=True
    )
    for kind in KINDS.values():
        _add(files.add_parser(kind.name, help=kind.help), kind)
    undo = files.add_parser("undo", help="take an import back: what the file brought and settled is reversed")
    undo.add_argument("file", type=Path, metavar="FILE", help="the file that was imported")
    add_tenant(undo)
    undo.set_defaults(run=_undo)


def _add(parser: argparse.ArgumentParser, kind: Kind) -> None:
    parser.add_argument("file", type=Path, metavar="FILE")
    if kind.mapped:
        what = "what the columns mean (docs/importing.md)"
        parser.add_argument("--map", type=Path, required=True, metavar="MAP.toml", help=what)
    parser.add_argument("--dry-run", action="store_true", help="read and count; write nothing")
    parser.add_argument("--again", action="store_true", help="also when this very file is in: compare it once more")
    add_tenant(parser)
    parser.set_defaults(run=_bring, kind=kind.name, map=None)


def _bring(args: argparse.Namespace) -> int:
    from collect_tui.ingest import pipeline

    with _tried(args) as desk:
        report = pipeline.run(
            args.kind, desk, args.file, args.map, dry_run=args.dry_run, again=args.again, progress=_progress(args)
        )
    return _say(args, report, report.text)


@contextmanager
def _tried(args: argparse.Namespace) -> Iterator[LocalDesk]:
    """The desk that the file is brought into; a dry run where there is no file of the database yet makes none."""
    settings = _wired(args).settings
    if not args.dry_run or settings.server or settings.url or settings.database.exists():
        yield _beside(args)
        return
    with TemporaryDirectory(prefix="collect-tui-dry-run-") as folder:
        args.db = Path(folder) / "desk.db"
        with closing(_beside(args)) as desk:
            yield desk


def _undo(args: argparse.Namespace) -> int:
    from collect_tui.ingest import pipeline

    report = pipeline.undo(_beside(args), args.file, progress=_progress(args))
    return _say(args, report, report.text)
