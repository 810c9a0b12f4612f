"""`collect-tui outbox`: what was typed at a server's desk and is not done yet; sending it again, dropping it."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING, Any
from uuid import UUID

from collect_tui.cli.common import at_desk
from collect_tui.desk.errors import DomainError, Invalid, NotFound, Refused

if TYPE_CHECKING:
    from collect_tui.desk.outbox import HeldAct, Outbox
    from collect_tui.desk.protocol import Desk


def add(commands: Any) -> None:
    parser = commands.add_parser(
        "outbox",
        help="list what was typed and is not done yet; send what was rejected again, or drop it",
        description="List what was typed and is not done yet; send what was rejected again, or drop it.",
    )
    parser.add_argument("what", nargs="?", choices=("list", "send", "drop", "aside"), default="list")
    parser.add_argument("id", nargs="?", metavar="ID", help="of the act, or how it begins")
    parser.set_defaults(run=outbox)


def outbox(args: argparse.Namespace) -> int:
    from collect_tui import bootstrap
    from collect_tui.tui import messages

    desk = bootstrap.connect(at_desk(args))
    found = desk.outbox
    if found is None:
        raise Refused("outbox.local", messages.NO_OUTBOX, "server")
    if notice := found.connection().notice:
        print(notice, file=sys.stderr)
    if args.what == "aside":
        return _aside(args)
    if args.what != "list":
        held = _one(found, args.id)
        (found.send_again if args.what == "send" else found.drop)(held.id)
    left = found.held()
    if args.json:
        print(json.dumps([each.model_dump(mode="json") for each in left], indent=2))
    else:
        zone = _zone(desk) if left else ""
        print("\n".join(_line(each, zone) for each in left) or messages.NOTHING_WAITS)
    return 0


def _aside(args: argparse.Namespace) -> int:
    """What was set aside because it was damaged, and the acts that can be read in it."""
    from collect_tui.client import aside
    from collect_tui.common.text import clean
    from collect_tui.desk.commands import Act

    kept = [(file, aside.read(file)) for file in aside.kept(at_desk(args).settings.state_folder, "outbox")]
    if args.json:
        print(json.dumps([{"file": str(file), "acts": rows} for file, rows in kept], indent=2))
        return 0
    for file, rows in kept:
        print(f"{file}: {len(rows)} acts can be read")
        for row in rows:
            act = Act.model_validate_json(row["body"])
            what = clean(act.line) or "; ".join(command.noun for command in act.commands)
            print(f"  {short(act.id)}  {row['state']:10}  {clean(act.account)}  {row['typed_at'][:16]}  {what}")
    if not kept:
        print("Nothing was set aside.")
    return 0


def _one(found: Outbox, beginning: str | None) -> HeldAct:
    """The rejected act whose id begins so; without a beginning the only one there is."""
    review = [each for each in found.held() if each.state == "review"]
    fitting = [each for each in review if str(each.id).startswith((beginning or "").lower())]
    if not fitting:
        raise NotFound("outbox.not_found", "No rejected act has such an id; `outbox` lists them.", "id")
    if len(fitting) > 1:
        raise Invalid("outbox.ambiguous", f"{len(fitting)} rejected acts fit; write more of the id.", "id")
    return fitting[0]


def _zone(desk: Desk) -> str:
    """The desk's zone; UTC while nobody can say it."""
    try:
        return desk.session().zone
    except DomainError:
        return "UTC"


def _line(held: HeldAct, zone: str) -> str:
    from collect_tui.common.text import clean
    from collect_tui.desk.outbox import typed
    from collect_tui.domain.dates import stamp

    problem = f"\n          {clean(held.problem)}" if held.problem else ""
    when = stamp(held.typed_at, zone)
    return f"{short(held.id)}  {held.state:10}  {held.act.account}  {when}  {clean(typed(held))}{problem}"


def short(act_id: UUID) -> str:
    """As much of an id as tells it from others on one screen."""
    return str(act_id)[:8]
