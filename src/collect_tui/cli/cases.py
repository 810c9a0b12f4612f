"""`collect-tui cases`: the kinds of cases of the site, and the cases that are open."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from collect_tui.cli.common import at_desk, wired

if TYPE_CHECKING:
    from collect_tui.desk.views.case import CaseView
    from collect_tui.desk.views.session import Session


def add(commands: Any) -> None:
    group = commands.add_parser("cases", help="kinds of cases, and the cases that are open")
    parts = group.add_subparsers(title="commands", metavar="COMMAND", required=True)
    one = parts.add_parser("kinds", help="list the kinds of cases with their states and moves")
    one.set_defaults(run=kinds)
    two = parts.add_parser("lint", help="say what is wrong with the kinds of cases; exit code 1 when anything is")
    two.add_argument(
        "folder", metavar="FOLDER", nargs="?", type=Path, help="a site's folder (default: the one of the settings)"
    )
    two.set_defaults(run=lint)
    three = parts.add_parser("list", help="list open cases, what presses first")
    lists = ("open", "mine", "department", "decide", "overdue", "unresolved")
    three.add_argument("which", nargs="?", choices=lists, default="open", help="whose (open: every one)")
    three.add_argument("--kind", metavar="NAME", default="", help="of one kind only")
    three.add_argument("--reason", metavar="CODE", default="", help="of one reason, category or topic only")
    three.add_argument("--channel", metavar="NAME", default="", help="of those that came by one channel only")
    three.add_argument("--age", metavar="AGE", default="", help="opened more (>7d) or less (<7d) than so many days ago")
    three.add_argument("--limit", metavar="N", type=int, default=100, help="at most so many (100)")
    three.set_defaults(run=list_some)
    four = parts.add_parser("show", help="show a case with what happened in it")
    four.add_argument("case", metavar="CASE", help="its number")
    four.set_defaults(run=show)
    six = parts.add_parser(
        "account", help="the account for what belongs to no customer: of the office, or of who wrote a message"
    )
    six.add_argument(
        "message", metavar="MESSAGE", nargs="?", type=int, default=0, help="its number, as the inbox has it"
    )
    six.set_defaults(run=account)

    five = parts.add_parser("report", help="what became of cases: unresolved by age, clocks kept, trends, decisions")
    five.add_argument("--days", metavar="N", type=int, default=7, help="of the last N days (7)")
    five.add_argument("--xlsx", metavar="FILE", type=Path, help="write a workbook, a sheet for each part")
    five.set_defaults(run=report)


def kinds(args: argparse.Namespace) -> int:
    from collect_tui import bootstrap
    from collect_tui.common.widths import table

    found = bootstrap.catalogue(wired(args)).cases.kinds
    if args.json:
        told = [
            {"kind": each.name, "title": each.title, "verb": each.verb, "about": each.about, "version": each.version}
            | {"states": tuple(each.states), "moves": tuple(each.moves)}
            for each in found.values()
        ]
        print(json.dumps(told, indent=2, ensure_ascii=False))
        return 0
    rows = [
        (
            each.name,
            each.verb,
            each.title,
            each.about.value,
            " ".join(f.name for f in each.asked),
            " · ".join(each.moves),
        )
        for each in found.values()
    ]
    print(table(("kind", "verb", "title", "about", "asks for", "moves"), rows))
    return 0


def lint(args: argparse.Namespace) -> int:
    from collect_tui import bootstrap
    from collect_tui.common.text import clean
    from collect_tui.defaults import load
    from collect_tui.domain.errors import Invalid

    if args.folder is not None and not args.folder.is_dir():
        raise Invalid("case.folder", f"{args.folder} is no folder.", "folder")
    settled = wired(args)
    fault, count = "", 0
    try:
        found = load(args.folder, today=settled.clock().date()) if args.folder else bootstrap.catalogue(settled)
        count = len(found.cases.kinds)
    except Invalid as error:
        fault = clean(error.message)
    if args.json:
        print(json.dumps({"kinds": count, "fault": fault or None}, ensure_ascii=False))
    else:
        print(fault or f"{count} kinds of cases: nothing is wrong")
    return 1 if fault else 0


def list_some(args: argparse.Namespace) -> int:
    from collect_tui import bootstrap
    from collect_tui.cli.plain import listed
    from collect_tui.desk.views.case import CASE_COLUMNS, MOST

    desk = bootstrap.connect(at_desk(args))
    filters = {name: getattr(args, name) for name in ("kind", "reason", "channel", "age")}
    page = desk.cases(args.which, **filters, limit=args.limit)
    if args.json:
        print(page.model_dump_json(indent=2))
        return 0
    print(f"{page.title}\n{listed(CASE_COLUMNS, page.rows, desk.session())}")
    if (left := page.total - len(page.rows)) > 0:
        print(f"… {left:,}{'+' if page.total >= MOST else ''} more")
    return 0


def account(args: argparse.Namespace) -> int:
    from collect_tui import bootstrap

    number = bootstrap.connect(at_desk(args)).contact_file(args.message)
    print(json.dumps({"account": number}) if args.json else number)
    return 0


def show(args: argparse.Namespace) -> int:
    from collect_tui import bootstrap

    desk = bootstrap.connect(at_desk(args))
    found = desk.case(args.case)
    print(found.model_dump_json(indent=2) if args.json else case_text(found, desk.session()))
    return 0


def report(args: argparse.Namespace) -> int:
    from collect_tui import bootstrap
    from collect_tui.cli.plain import listed
    from collect_tui.desk.views.case_report import REPORT_PARTS
    from collect_tui.domain.dates import stamp

    desk = bootstrap.connect(at_desk(args))
    found, session = desk.case_report(args.days), desk.session()
    if args.xlsx is not None:
        from collect_tui.reports.case_report import write

        write(found, args.xlsx)
        print(f"Written: {args.xlsx}")
        return 0
    if args.json:
        print(found.model_dump_json(indent=2))
        return 0
    print(
        f"{stamp(found.start, session.zone)} to {stamp(found.end, session.zone)}: {found.opened} opened, {found.ended} ended"
    )
    for name, title, columns in REPORT_PARTS:
        rows = getattr(found, name)
        print(f"\n{title}\n{listed(columns, rows, session) if rows else 'nothing'}")
    return 0


def case_text(case: CaseView, session: Session) -> str:
    """Instants by the clock of the desk."""
    from collect_tui.common.text import clean
    from collect_tui.desk.views.case import head
    from collect_tui.domain.dates import stamp

    moves = [f"{move.name}{f' ({move.barred})' if move.barred else ''}" for move in case.moves]
    lines = [
        f"{case.title} {case.number}: {case.label} · {case.customer} {case.account}",
        *(f"{label}: {words}" for label, words in head(case, session)),
        *(
            f"  {stamp(each.at, session.zone)} {each.by} {each.did}{f': {each.text}' if each.text else ''}"
            for each in case.events
        ),
        *([f"moves: {' · '.join(moves)}"] if moves else []),
    ]
    return "\n".join(clean(line) for line in lines)
