"""Who works what, handing an account to a colleague, and watching what happens."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from collect_tui.cli.common import at_desk

if TYPE_CHECKING:
    from collect_tui.bootstrap import Wiring
    from collect_tui.desk.views.event import Event
    from collect_tui.desk.views.floor import FloorView, HandedOn
    from collect_tui.desk.views.me import MeView
    from collect_tui.desk.views.queue import Claim
    from collect_tui.desk.views.session import Session

EVERY: Final = 0.5
"""Seconds between two looks at a database of our own."""


def add(commands: Any) -> None:
    floor = commands.add_parser("floor", help="list who works what now", description="List who works what now.")
    floor.set_defaults(run=show)
    mine = commands.add_parser(
        "me",
        help="show what your work has come to, and what is left",
        description="Show what your work has come to today, and what is left of it.",
    )
    mine.add_argument("login", nargs="?", default="", metavar="USER", help="somebody else, for a lead")
    mine.set_defaults(run=me)
    give = commands.add_parser(
        "reassign",
        help="hand an account to a colleague, or all that is an agent's to others",
        description="Hand an account to a colleague, whoever holds it; or with --from and --to all that is an agent's to others.",
    )
    give.add_argument("account", nargs="?", metavar="ACCOUNT")
    give.add_argument("to", nargs="?", metavar="USER", help="login of the colleague")
    give.add_argument("--from", dest="of", metavar="USER", help="whose accounts, callbacks and cases are handed on")
    give.add_argument("--to", dest="team", metavar="USERS", help="to one colleague, or spread over several: ben,lee")
    give.add_argument("--dry-run", action="store_true", help="say whose it would be, or how much it is; write nothing")
    give.add_argument("--reason", default="", metavar="TEXT", help="why; it stands in the audit")
    give.set_defaults(run=reassign)
    look = commands.add_parser(
        "watch", help="print what happens at the desk, as it happens", description="Print what happens, as it happens."
    )
    look.add_argument("--after", type=int, metavar="N", help="begin after event N instead of with the next one")
    look.add_argument("--kinds", default="", metavar="KINDS", help="only these, such as order.*,day.done")
    look.add_argument("--once", action="store_true", help="print what there is and stop")
    look.set_defaults(run=watch)


def show(args: argparse.Namespace) -> int:
    from collect_tui import bootstrap

    desk = bootstrap.connect(at_desk(args))
    view = desk.floor()
    print(view.model_dump_json(indent=2) if args.json else floor_text(view, desk.session()))
    return 0


def me(args: argparse.Namespace) -> int:
    from collect_tui import bootstrap

    view = bootstrap.connect(at_desk(args)).me(args.login)
    print(view.model_dump_json(indent=2) if args.json else me_text(view))
    return 0


def me_text(view: MeView) -> str:
    from collect_tui.common.text import clean
    from collect_tui.desk.views.me import sums

    rows = (f"{heading:<12} {words}" for heading, words, _, _ in sums(view))
    return clean(f"{view.login}, {view.business_date}") + "\n" + "\n".join(rows)


def reassign(args: argparse.Namespace) -> int:
    from collect_tui import bootstrap
    from collect_tui.desk.errors import Invalid

    if (args.of is None) != (args.team is None) or (args.of is None) == (args.to is None):
        raise Invalid("reassign.whose", "Say ACCOUNT and USER, or --from and --to.", "account")
    desk = bootstrap.connect(at_desk(args))
    if args.of is not None:
        done = desk.hand_on(args.of, tuple(args.team.split(",")), args.reason, do=not args.dry_run)
        print(done.model_dump_json(indent=2) if args.json else handed_text(done))
        return 3 if done.refused else 0
    claim = desk.reassign(args.account, args.to, args.reason, do=not args.dry_run)
    told = claim_text(claim, args.to, desk.session().zone, done=not args.dry_run)
    print(claim.model_dump_json(indent=2) if args.json else told)
    return 0


def handed_text(done: HandedOn) -> str:
    from collect_tui.common.text import clean

    kinds = ((done.owned, "owned"), (done.callbacks, "with callbacks"), (done.cases, "with cases"), (done.held, "held"))
    head = f"{done.accounts:,} accounts of {done.of}: {', '.join(f'{n:,} {kind}' for n, kind in kinds)}"
    told = "" if done.done is None else f"; handed to {', '.join(done.to)}: {done.done:,}"
    return "\n".join(map(clean, (f"{head}{told}.", *done.refused)))


def floor_text(view: FloorView, session: Session, *, numbered: bool = False) -> str:
    """Hours are the desk's; the first row says where that is."""
    from collect_tui.cli.plain import listed
    from collect_tui.desk.views.floor import FLOOR_COLUMNS
    from collect_tui.domain.dates import clock

    return f"{clock(view.now, session.zone)}\n{listed(FLOOR_COLUMNS, view.seats, session, numbered=numbered)}"


def claim_text(claim: Claim, to: str, zone: str, *, done: bool = True) -> str:
    from collect_tui.common.text import clean
    from collect_tui.domain.dates import clock

    theirs = f"is {to}'s" if done else f"would be {to}'s"
    return clean(f"{claim.account} {theirs} until {clock(claim.lease_until, zone)}.")


# watching -----------------------------------------------------------------------------------


def watch(args: argparse.Namespace) -> int:
    wired = at_desk(args)
    zone = _zone(wired) if not args.json else ""
    told = _at_server(wired, args) if wired.settings.server else _here(wired, args)
    for kind, data in told:
        print(
            json.dumps({"kind": kind, **data}, ensure_ascii=False) if args.json else line(kind, data, zone), flush=True
        )
    return 0


def _zone(wired: Wiring) -> str:
    """The desk's zone; UTC for who may follow events and see no desk."""
    from collect_tui import bootstrap
    from collect_tui.domain.errors import DomainError

    try:
        return bootstrap.connect(wired).session().zone
    except DomainError:
        return "UTC"


def _at_server(wired: Wiring, args: argparse.Namespace) -> Iterator[tuple[str, dict[str, Any]]]:
    from collect_tui.client import events
    from collect_tui.client.credentials import known
    from collect_tui.client.http import Http

    def found() -> Any:
        return known(wired.settings.server, wired.settings.state_folder)

    server = Http(found().url)
    try:
        stream = events.at(server, lambda: str(found().credential.token), args.kinds)
        if args.once:
            for event in events.pages(server, found().credential.token, args.after or 0, args.kinds):
                yield event.kind, event.model_dump(mode="json")
            return
        for told in events.follow(stream, args.after):
            yield told.kind, told.data
    finally:
        server.close()


def _here(
    wired: Wiring, args: argparse.Namespace, *, sleep: Callable[[float], object] = time.sleep
) -> Iterator[tuple[str, dict[str, Any]]]:
    """A desk without a server has no relay: its events are numbered here, which does no harm where there is one."""
    from collect_tui import bootstrap
    from collect_tui.desk.views.event import wanted
    from collect_tui.services.relay import Relay
    from collect_tui.store import event_log

    kinds = [kind for kind in (part.strip() for part in args.kinds.split(",")) if kind]
    with bootstrap.open_store(wired) as store:
        relay = Relay(store, wired.clock)
        relay.tick()
        with store.read() as db:
            last = args.after if args.after is not None else 0 if args.once else event_log.head(db, 1)
        while True:
            found: list[Event] = []
            with store.read() as db:
                found = event_log.after(db, 1, last)
            for event in found:
                last = event.position
                if wanted(event.kind, kinds):
                    yield event.kind, event.model_dump(mode="json")
            if not found:
                if args.once:
                    return
                sleep(EVERY)
            relay.tick()


def line(kind: str, data: dict[str, Any], zone: str) -> str:
    """An event on one line: its position, when, what, on which account, by whom, and what there is to say of it."""
    from collect_tui.common.text import clean
    from collect_tui.domain.dates import local_time

    if kind == "queues":
        shown = (f"{q['name']} {q['count']:,} ({q['held']} held)" for q in data["queues"] if q["count"])
        return clean("queues  " + " · ".join(shown))
    if kind == "gap":
        return clean(f"gap  events after {data['after']} are no longer kept; it goes on with {data['first']}")
    at = datetime.fromisoformat(data["at"])
    said = " ".join(f"{name}={_short(value)}" for name, value in data["data"].items() if value not in (None, "", []))
    parts = [
        f"{data['position']:>6}",
        local_time(at, zone).isoformat(" ", "seconds"),
        kind,
        data["account"] or "-",
        data["by"],
        said,
    ]
    return clean("  ".join(parts)).rstrip()


def _short(value: Any) -> str:
    return (
        json.dumps(value, separators=(",", ":"), ensure_ascii=False) if isinstance(value, dict | list) else str(value)
    )
