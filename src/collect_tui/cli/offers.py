"""`collect-tui messages offer` and `uptake`: offers to all who qualify, and what became of them."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from collect_tui.cli.common import add_tenant, day, progress, wired

if TYPE_CHECKING:
    from collect_tui.bootstrap import Wiring
    from collect_tui.desk.views.message import Excluded
    from collect_tui.services.local import LocalDesk


def add(parts: Any) -> None:
    one = parts.add_parser("offer", help="draft an offer to every account that qualifies, or say to which")
    one.add_argument("offer", metavar="OFFER", help="prepayment, settlement or autopay")
    one.add_argument("--dry-run", action="store_true", help="write nothing")
    one.add_argument("--limit", type=_count, metavar="N", help="to so many accounts at most")
    add_tenant(one)
    one.set_defaults(run=offer)
    two = parts.add_parser("uptake", help="count what became of offers: accepted, declined, paid while they stood")
    two.add_argument("--since", type=day, metavar="DATE", help="of offers made from this day on (2026-11-23)")
    two.add_argument("--csv", action="store_true", help="as CSV, amounts in major units")
    add_tenant(two)
    two.set_defaults(run=uptake)


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text)):
        raise argparse.ArgumentTypeError("expected a number from 1")
    return int(text)


@contextmanager
def open_desk(settled: Wiring) -> Iterator[LocalDesk]:
    from collect_tui import bootstrap

    desk = bootstrap.open_desk(settled)
    try:
        yield desk
    finally:
        desk.close()


def offer(args: argparse.Namespace) -> int:
    from collect_tui.common.words import plural
    from collect_tui.services.message.offer import offer as offered

    with open_desk(wired(args)) as desk:
        found = offered(desk, args.offer, dry_run=args.dry_run, limit=args.limit, progress=progress(args))
    if args.json:
        print(found.model_dump_json(indent=2))
        return 0
    said = "would be drafted" if args.dry_run else "drafted (messages run --release lets them go)"
    print(
        f"{plural(found.looked, 'account')} looked at, {found.drafted} {said}{': ' if found.accounts else ''}{' '.join(found.accounts)}"
    )
    print_excluded(found.excluded)
    return 0


def print_excluded(excluded: Iterable[Excluded]) -> None:
    from collect_tui.common.widths import table

    if left := [(str(each.count), each.reason, each.told, " ".join(each.accounts)) for each in excluded]:
        print(table(("not", "reason", "why", "accounts"), left, (0,)))


def uptake(args: argparse.Namespace) -> int:
    import sys

    from collect_tui.common.cells import Writer
    from collect_tui.common.widths import table
    from collect_tui.desk.views.offer import UPTAKE_COLUMNS
    from collect_tui.services.message.offer import uptake as taken

    with open_desk(wired(args)) as desk:
        found, session = taken(desk, args.since), desk.session()
    if args.json:
        print(json.dumps([row.model_dump(mode="json") for row in found], indent=2))
    elif args.csv:
        writer = Writer(sys.stdout, raw=False)
        writer.row(column.name for column in UPTAKE_COLUMNS)
        for row in found:
            writer.row(column.in_file(row) for column in UPTAKE_COLUMNS)
    else:
        cells = [tuple(column.in_plain(row, session) for column in UPTAKE_COLUMNS) for row in found]
        right = tuple(at for at, column in enumerate(UPTAKE_COLUMNS) if column.align == "right")
        print(table(tuple(c.above_plain for c in UPTAKE_COLUMNS), cells, right) if found else "No offer was made.")
    return 0
