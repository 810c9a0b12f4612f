"""`collect-tui evidence ACCOUNT --to DIR`: what was done with an account, as a folder that proves itself."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from collect_tui.cli.common import add_tenant, wired


def add(commands: Any) -> None:
    help_ = "write the evidence of one account as a folder, with a manifest of hashes"
    one = commands.add_parser("evidence", help=help_, description=help_[:1].upper() + help_[1:] + ".")
    one.add_argument("account", metavar="ACCOUNT", nargs="?")
    one.add_argument("--to", type=Path, metavar="DIR", help="a folder that does not exist yet")
    one.add_argument("--verify", type=Path, metavar="DIR", help="compare the files of a pack with its manifest")
    add_tenant(one)
    one.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    from collect_tui.domain.errors import Invalid

    if args.verify is not None and args.account is None and args.to is None:
        return _check(args)
    if args.verify is not None or args.account is None or args.to is None:
        raise Invalid("evidence.usage", "Write `evidence ACCOUNT --to DIR`, or `evidence --verify DIR`.", "account")
    from collect_tui import bootstrap
    from collect_tui.reports import evidence
    from collect_tui.services.desk_context import DeskContext

    settled = wired(args)
    with bootstrap.open_store(settled) as store:
        catalogue = bootstrap.catalogue(settled)
        desk = DeskContext(
            store, catalogue, user=settled.user, clock=settled.clock, tenant_id=bootstrap.book(settled, store)
        )
        pack = evidence.write(desk, args.account, args.to)
    print(pack.model_dump_json(indent=2) if args.json else pack.text())
    return 0 if pack.whole else 1


def _check(args: argparse.Namespace) -> int:
    from collect_tui.reports import evidence

    found = evidence.check(args.verify)
    print(found.model_dump_json(indent=2) if args.json else found.text())
    return 1 if found.problems else 0
