"""`collect-tui migrate`: brings the database up to date."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from collect_tui.cli import common

if TYPE_CHECKING:
    from pathlib import Path

    from collect_tui.store.migrate import Report


def add(commands: Any) -> None:
    parser = commands.add_parser(
        "migrate",
        help="bring the database up to date with this program",
        description="Bring the database up to date with this program; a copy of a SQLite file is kept beside it.",
    )
    parser.add_argument("--check", action="store_true", help="only say whether it is (exit code 1: it is not)")
    parser.add_argument(
        "--roles",
        action="store_true",
        help="PostgreSQL: insist on the role that may not change evidence (else it is made where the user may)",
    )
    parser.add_argument(
        "--cards", action="store_true", help="look for card data in what is stored, and mask it, once more"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    from collect_tui import bootstrap
    from collect_tui.store import migrate
    from collect_tui.store.tables.version import SCHEMA_VERSION

    wired = common.wired(args)
    target = bootstrap.database_url(wired) if wired.settings.url else wired.database
    report = migrate.look(target) if args.check else _migrated(args, target)
    if args.json:
        print(json.dumps({**asdict(report), "wanted": SCHEMA_VERSION}, default=str))
    else:
        print(sentence(report, SCHEMA_VERSION))
    return 0 if report.after == SCHEMA_VERSION else 1


def _migrated(args: argparse.Namespace, target: Path | str) -> Report:
    from collect_tui.cli.common import progress
    from collect_tui.store import migrate

    return migrate.run(target, role=True if args.roles else None, cleansing=args.cards, told=progress(args))


def sentence(report: Report, wanted: int) -> str:
    """What was done, or with `--check` what there is to do."""
    where = report.database
    if report.after != wanted:
        has = "is empty" if report.before is None else f"has format {report.before}"
        return f"{where} {has} and this program works with {wanted}; run `collect-tui migrate`."
    if report.before == wanted:
        text = f"{where} is up to date (format {wanted})."
    elif report.before is None:
        text = f"{where} was empty and has its tables now (format {wanted})."
    else:
        text = f"{where} went from format {report.before} to {wanted}."
    if report.copy:
        text += f" As it was before, it is in {report.copy}."
    if report.cluster:
        text += (
            " On a cluster a server signs in as a member of the role collect_tui_desk, which cannot change evidence."
        )
    elif report.role:
        text += " The desk works under the role collect_tui_desk, which cannot change evidence."
    if report.distributed:
        text += f" {report.distributed} tables are distributed by tenant now."
    if said := report.cleansed.text():
        text += f" {said}"
        if report.copy:
            text += " The copy still holds it; destroy it when you no longer need it."
    return text
