"""`collect-tui audit verify|export|seals`: whether the evidence is whole, and a copy of it."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from collect_tui.cli.common import add_tenant, day, progress, wired
from collect_tui.common.words import plural

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from collect_tui.store.audit_check import Break
    from collect_tui.store.seals import SealBreak

MOST: Final = 1_000
"""Breaks that are told; of more the number only."""

_ENTRY: Final = {
    "changed": "entry {seq} is not as it was written",
    "missing": "what came before entry {seq} is not there any more",
    "cut": "the chain went on to entry {seq}; its end is gone",
    "head": "entry {seq} is not the end that was kept of the chain",
    "sealed": "entry {seq} is not there as seal {seal} holds it",
    "unsealed": "entry {seq} is said to be sealed, and no seal holds it",
}
_SEAL: Final = {
    "changed": "is not as it was made",
    "missing": "follows one that is not there any more",
    "heads": "does not hold the entries it was made over",
    "stray": "holds entries, and there is no such seal",
    "log": "is not the one that was written down",
    "lost": "was written down, and is not there any more",
    "unlogged": "was never written down, though later ones were",
}


def add(commands: Any) -> None:
    audit = commands.add_parser("audit", help="verify, export and seal the evidence")
    parts = audit.add_subparsers(title="what", metavar="WHAT", required=True)
    one = parts.add_parser("verify", help="say whether the evidence is whole; exit code 1 when it is not")
    one.add_argument("account", metavar="ACCOUNT", nargs="?", help="only this account's chain")
    one.add_argument("--against", type=Path, metavar="FILE", help="compare with the seals.log that was kept elsewhere")
    add_tenant(one)
    one.set_defaults(run=verify)
    two = parts.add_parser("export", help="write the entries as JSON lines, with a manifest as the last line")
    two.add_argument("--account", metavar="ACCOUNT", help="only this account's entries")
    two.add_argument("--since", type=day, metavar="DATE", help="only entries of this day at the desk and later")
    two.add_argument("--to", type=Path, metavar="FILE", required=True, help="a file that does not exist yet")
    add_tenant(two)
    two.set_defaults(run=export)
    three = parts.add_parser("seals", help="list the seals")
    three.add_argument("--write", action="store_true", help="write down those that seals.log does not hold yet")
    add_tenant(three)
    three.set_defaults(run=seals)


def verify(args: argparse.Namespace) -> int:
    from time import perf_counter

    from collect_tui import bootstrap
    from collect_tui.reports import seals as written_down
    from collect_tui.store import audit, audit_check, facts
    from collect_tui.store import seals as sealing

    settled, tell = wired(args), progress(args)
    written = None
    with bootstrap.open_store(settled) as store, store.read() as session:
        tenant = bootstrap.book(settled, store)
        if args.against is not None:
            written = written_down.read(args.against, tenant, bootstrap.database_scope(settled))
        began = perf_counter()
        account = facts.account_id(session, tenant, args.account) if args.account else None
        entries = audit.count(session, tenant, account)
        found = audit_check.breaks(session, tenant, account, tell)
        told: list[dict[str, Any]] = [_entry(session, tenant, one) for one in islice(found, MOST)]
        more = sum(1 for _ in found)
        if account is None or written is not None:
            told += [_seal(one) for one in sealing.verify(session, tenant, written, tell)]
        newest = sealing.latest(session, tenant)
        seconds = perf_counter() - began
    whole = not told
    if args.json:
        report = {
            "whole": whole,
            "entries": entries,
            "seals": newest.seq if newest else 0,
            "seconds": round(seconds, 3),
        }
        print(json.dumps({**report, "breaks": told, "more": more}, indent=2, ensure_ascii=False))
        return 0 if whole else 1
    print(*_sentences(told, more), sep="\n", end="\n" if told else "")
    state = "whole" if whole else "BROKEN"
    sealed = f"{plural(newest.seq, 'seal')}, the last of {newest.business_date}" if newest else "not sealed yet"
    rate = entries / seconds if seconds else 0
    print(f"{plural(entries, 'entry', 'entries')}, {sealed}: {state} ({seconds:.1f} s, {rate:,.0f} entries/s)")
    return 0 if whole else 1


def export(args: argparse.Namespace) -> int:
    from collect_tui import bootstrap
    from collect_tui.reports import audit

    settled = wired(args)
    with bootstrap.open_store(settled) as store:
        report = audit.export(
            store,
            bootstrap.book(settled, store),
            args.to,
            now=settled.clock(),
            by=settled.user,
            account=args.account,
            since=args.since,
            progress=progress(args),
        )
    print(report.model_dump_json(indent=2) if args.json else report.text())
    return 0


def seals(args: argparse.Namespace) -> int:
    from collect_tui import bootstrap
    from collect_tui.common.widths import table
    from collect_tui.reports.seals import as_line
    from collect_tui.store import seals as sealing

    settled = wired(args)
    with bootstrap.open_store(settled) as store:
        tenant = bootstrap.book(settled, store)
        if args.write:
            bootstrap.seals_port(settled)(store, tenant)
        with store.read() as session:
            made = list(sealing.after(session, tenant))
    if args.json:
        scope = bootstrap.database_scope(settled)
        print(json.dumps([as_line(seal, tenant, scope) for seal in made], indent=2))
        return 0
    rows = [(str(s.seq), str(s.business_date), f"{s.heads:,}", s.by, s.hash) for s in made]
    print(table(("seal", "business date", "chains", "by", "hash"), rows, (0, 2)) if rows else "nothing is sealed yet")
    return 0


def _entry(session: Session, tenant: int, found: Break) -> dict[str, Any]:
    from collect_tui.store.tables import Account

    row = session.get(Account, (tenant, found.account_id))
    number = row.number if row else f"account {found.account_id}, which is gone"
    sentence = _ENTRY[found.what].format(seq=found.seq, seal=found.seal)
    return {
        "account": number,
        "entry": found.seq,
        "what": found.what,
        "seal": found.seal,
        "sentence": f"{number}: {sentence}.",
    }


def _seal(found: SealBreak) -> dict[str, Any]:
    sentence = f"Seal {found.seq} {_SEAL[found.what]}."
    return {"account": None, "entry": None, "what": found.what, "seal": found.seq, "sentence": sentence}


def _sentences(told: list[dict[str, Any]], more: int) -> Iterator[str]:
    from collect_tui.common.text import clean

    yield from (clean(one["sentence"]) for one in told)
    if more:
        yield f"… and {more:,} more"
