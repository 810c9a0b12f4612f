"""`collect-tui tenant add|list`: the books of one database."""

from __future__ import annotations

import argparse
import json
from typing import Any

from collect_tui.cli.common import day, wired


def add(commands: Any) -> None:
    group = commands.add_parser("tenant", help="add and list the books of a database")
    parts = group.add_subparsers(title="commands", metavar="COMMAND", required=True)
    one = parts.add_parser("add", help="add an empty book, for `load --tenant NAME` or `import … --tenant NAME`")
    one.add_argument("name", metavar="NAME")
    one.add_argument("--currency", required=True, metavar="CODE", help="such as USD")
    one.add_argument("--zone", required=True, metavar="ZONE", help="where its desk is, such as America/Chicago")
    one.add_argument("--date", type=day, metavar="DATE", help="its first business date (default: today there)")
    one.set_defaults(run=add_one)
    two = parts.add_parser("list", help="list the books")
    two.set_defaults(run=list_all)


def add_one(args: argparse.Namespace) -> int:
    from collect_tui import bootstrap
    from collect_tui.services import tenants

    settled = wired(args)
    with bootstrap.open_store(settled, create=True) as store:
        made = tenants.add(
            store, args.name, currency=args.currency, zone=args.zone, now=settled.clock(), business_date=args.date
        )
    told = f"{made.name} is book {made.tenant_id}; it is empty, and its business date is {made.business_date}."
    print(made.model_dump_json(indent=2) if args.json else told)
    return 0


def list_all(args: argparse.Namespace) -> int:
    from collect_tui import bootstrap
    from collect_tui.common.widths import table
    from collect_tui.services import tenants

    with bootstrap.open_store(wired(args)) as store:
        found = tenants.tenants(store)
    if args.json:
        print(json.dumps([one.model_dump(mode="json") for one in found], indent=2, ensure_ascii=False))
        return 0
    rows = [(str(t.tenant_id), t.name, str(t.business_date), t.currency, t.zone) for t in found]
    print(table(("book", "name", "business date", "currency", "zone"), rows, (0,)) if rows else "there is no book yet")
    return 0
