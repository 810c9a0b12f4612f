"""`collect-tui do` and `history`: what the desk's line does, and what was done."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from collect_tui.cli.common import LineText, at_desk, secret

if TYPE_CHECKING:
    from collect_tui.desk.commands import Act
    from collect_tui.desk.protocol import Desk


def add(commands: Any) -> None:
    told = "do what a line says on an account, such as 'lm m2' or 'pp 150 fri'"
    one = commands.add_parser("do", help=told, description=f"{told[:1].upper()}{told[1:]}.")
    one.add_argument(
        *("account",),
        metavar="ACCOUNT",
        help="a number; for notes, dates, results and owners several with commas between, or - for those on standard input",
    )
    one.add_argument("line", metavar="LINE", nargs="+", action=LineText)
    one.add_argument("--dry-run", action="store_true", help="show what it would do; write nothing")
    one.add_argument(
        *("--confirm",),
        metavar="TEXT",
        help="what it asks for: the account's last four digits for an order, the surplus of a payment over all that is owed",
    )
    one.add_argument("--override-by", metavar="USER", help="who overrides a refusal")
    one.add_argument("--override-reason", metavar="TEXT", help="why it is overridden")
    one.add_argument("--id", metavar="UUID", help="id of the act: sent twice, it is done once")
    one.set_defaults(run=do)
    told = "list what was done, newest first: my acts, or those of a colleague; each set as one"
    two = commands.add_parser("history", help=told, description=f"{told[:1].upper()}{told[1:]}.")
    two.add_argument(
        "words", metavar="WORDS", nargs="*", help="only acts with all these words in account, sentence or day"
    )
    two.add_argument("--by", metavar="USER", default="", help="the acts of a colleague")
    two.add_argument("--set", default="", metavar="ID", help="the acts of one set, by the beginning of its id")
    two.add_argument("--limit", type=int, default=50, metavar="N", help="how many (50)")
    two.set_defaults(run=history)
    told = "take back an act, or all acts of a set: what was done on many accounts at once"
    three = commands.add_parser("undo", help=told, description=f"{told[:1].upper()}{told[1:]}.")
    three.add_argument("act", metavar="ID", nargs="?", help="how its id begins; without it my last one")
    three.add_argument("--by", metavar="USER", default="", help="an act of a colleague")
    three.add_argument("--dry-run", action="store_true", help="show what it would do; write nothing")
    three.set_defaults(run=undo)


def do(args: argparse.Namespace) -> int:
    from collect_tui import bootstrap
    from collect_tui.cli.plain import preview_text, receipt_text
    from collect_tui.cli.shell import act_of, do_line_on_each

    given = at_desk(args)
    if args.account == "-" or "," in args.account:
        return do_line_on_each(args, given)
    desk = bootstrap.connect(given)
    override = (args.override_by, args.override_reason)
    act = act_of(desk, args.account, args.line, confirm=args.confirm, act_id=args.id, override=override)
    if args.dry_run:
        preview = desk.preview(act)
        print(preview.model_dump_json(indent=2) if args.json else preview_text(preview))
        return 0 if preview.ok else 3
    receipt = bootstrap.sent_from(given, desk).do(desk, act, proof=_proof(desk, act))
    print(receipt.model_dump_json(indent=2) if args.json else receipt_text(receipt))
    return 0


def _proof(desk: Desk, act: Act) -> str | None:
    """Whoever overrides for somebody else shows that they are there, where they have a password."""
    by = act.override.by if act.override is not None else ""
    if not by or not any(each.proves for each in desk.preview(act).overriders if each.login == by):
        return None
    return secret(f"Password of {by}, who overrides: ")


def history(args: argparse.Namespace) -> int:
    from collect_tui import bootstrap
    from collect_tui.cli.plain import listed
    from collect_tui.desk.views.act import HISTORY_COLUMNS, NO_ACT

    desk = bootstrap.connect(at_desk(args))
    done = desk.history(limit=args.limit, words=" ".join(args.words), by=args.by, act=args.set, sets=not args.set)
    if args.json:
        print("[" + ",\n ".join(each.model_dump_json() for each in done) + "]")
    else:
        print(listed(HISTORY_COLUMNS, done, desk.session()) if done else NO_ACT)
    return 0


def undo(args: argparse.Namespace) -> int:
    """3 when it was refused on an account, or would be."""
    from uuid import uuid4

    from collect_tui import bootstrap
    from collect_tui.cli.plain import preview_text, receipt_text
    from collect_tui.cli.shell import told_each
    from collect_tui.desk.errors import Invalid
    from collect_tui.desk.undoing import find_undo, named, undoing

    if args.by and not args.act:
        raise Invalid("undo.act", "Say which act of theirs: the beginning of its id.", "act")
    given = at_desk(args)
    desk = bootstrap.connect(given)
    found = undoing(desk, named(desk, args.act, by=args.by), uuid4(), by=args.by) if args.act else find_undo(desk)
    if found.planned is not None:
        return told_each(args, given, desk, found.acts, found.planned)
    if args.dry_run and found.preview is not None:
        print(found.preview.model_dump_json(indent=2) if args.json else preview_text(found.preview))
        return 0 if found.preview.ok else 3
    receipt = bootstrap.sent_from(given, desk).do(desk, found.acts[0])
    print(receipt.model_dump_json(indent=2) if args.json else receipt_text(receipt))
    return 0
