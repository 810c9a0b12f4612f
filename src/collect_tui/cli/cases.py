"""`collect-tui cases`: the kinds of cases of the site, and the cases that are open."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from collect_tui.cli.common import at_desk, wired

if TYPE_CHECKING:
    from collect_tui.bootstrap import Wiring
    from collect_tui.desk.views.case import CaseView
    from collect_tui.desk.views.session import Session
    from collect_tui.domain.case.rules import CaseRules


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
    lists = ("open", "mine", "asked", "department", "decide", "overdue", "unresolved")
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

    six = parts.add_parser("document", help="what was drawn up in a case, such as a proof of debt")
    six.add_argument("case", metavar="CASE", help="its number")
    six.add_argument("--field", metavar="NAME", default="", help="of this field (default: the last that was drawn up)")
    six.add_argument("--pdf", metavar="FILE", type=Path, help="set it as a PDF")
    six.add_argument("--csv", metavar="FILE", type=Path, help="write the debts that it lists")
    six.set_defaults(run=document)
    seven = parts.add_parser("placed", help="write the accounts that are with an agency, as a file for it")
    seven.add_argument("agency", metavar="AGENCY", help="its code")
    seven.add_argument("file", metavar="FILE", type=Path)
    seven.add_argument(
        "--raw", action="store_true", help="for a program: no apostrophe in front of what looks like a formula"
    )
    seven.set_defaults(run=placed)
    five = parts.add_parser("report", help="what became of cases: unresolved by age, clocks kept, trends, decisions")
    five.add_argument("--days", metavar="N", type=int, default=7, help="of the last N days (7)")
    five.add_argument("--xlsx", metavar="FILE", type=Path, help="write a workbook, a sheet for each part")
    five.add_argument("--csv", metavar="FOLDER", type=Path, help="write a file of CSV for each part")
    five.add_argument("--pdf", metavar="FILE", type=Path, help="set it as a PDF")
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
    fault, count, told = "", 0, tuple[str, ...]()
    try:
        found = load(args.folder, today=settled.clock().date()) if args.folder else bootstrap.catalogue(settled)
        count = len(found.cases.kinds)
        told = tuple(clean(each) for each in _open_cases(settled, found.cases))
    except Invalid as error:
        fault = clean(error.message)
    if args.json:
        print(json.dumps({"kinds": count, "fault": fault or None, "open": told}, ensure_ascii=False))
    else:
        print(fault or "\n".join(told) or f"{count} kinds of cases: nothing is wrong")
    return 1 if fault or told else 0


def _open_cases(settled: Wiring, rules: CaseRules) -> tuple[str, ...]:
    """What the kinds mean for the cases that are open; nothing where there is no database yet."""
    from collect_tui import bootstrap
    from collect_tui.services import case_lint

    if not settled.settings.url and not settled.database.exists():
        return ()
    with bootstrap.open_store(settled) as store, store.read() as db:
        return case_lint.problems(db, bootstrap.book(settled, store), rules)


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


def document(args: argparse.Namespace) -> int:
    from collect_tui import bootstrap
    from collect_tui.common.text import clean

    wiring = at_desk(args)
    found = bootstrap.connect(wiring).case_document(args.case, field=args.field)
    if args.csv is not None:
        from collect_tui.reports.case_document import write

        write(found, args.csv)
        print(f"Written: {args.csv}")
    if args.pdf is not None:
        from collect_tui.cli.papers import write_pdf
        from collect_tui.services.message.compose import load

        if (made := load(found.document)) is not None:
            write_pdf(wiring, made, args.pdf, key=found.case, dated=found.on)
        print(f"Written: {args.pdf}")
    if args.json:
        print(found.model_dump_json(indent=2))
    elif not (args.csv or args.pdf):
        print(clean(found.text, keep_newlines=True).rstrip())
    return 0


def placed(args: argparse.Namespace) -> int:
    from collect_tui.cli.offers import open_desk
    from collect_tui.common.words import plural
    from collect_tui.reports.placement import write

    with open_desk(wired(args)) as desk:
        count = write(desk, args.agency, args.file, raw=args.raw)
    print(
        json.dumps({"file": str(args.file), "rows": count}) if args.json else f"{args.file}: {plural(count, 'account')}"
    )
    return 0


def report(args: argparse.Namespace) -> int:
    from collect_tui import bootstrap
    from collect_tui.cli.plain import listed
    from collect_tui.desk.views.case_report import REPORT_PARTS
    from collect_tui.domain.dates import stamp

    desk = bootstrap.connect(wiring := at_desk(args))
    found, session = desk.case_report(args.days), desk.session()
    span = f"{stamp(found.start, session.zone)} to {stamp(found.end, session.zone)}"
    told = f"{span}: {found.opened} opened, {found.ended} ended"
    if args.xlsx or args.csv or args.pdf:
        from collect_tui.cli.papers import write_pdf
        from collect_tui.reports import case_report

        if args.xlsx:
            case_report.write(found, args.xlsx)
        if args.csv:
            case_report.write_csv(found, args.csv)
        if args.pdf:
            paper = case_report.document(found, session, told)
            write_pdf(wiring, paper, args.pdf, key=span, dated=session.business_date)
        print(f"Written: {', '.join(str(each) for each in (args.xlsx, args.csv, args.pdf) if each)}")
        return 0
    if args.json:
        print(found.model_dump_json(indent=2))
        return 0
    print(told)
    for name, title, columns in REPORT_PARTS:
        rows = getattr(found, name)
        print(f"\n{title}\n{listed(columns, rows, session) if rows else 'nothing'}")
    return 0


def case_text(case: CaseView, session: Session, *, moves: bool = True) -> str:
    """Instants by the clock of the desk. `moves`: with the names of those that it has now."""
    from collect_tui.common.text import clean
    from collect_tui.desk.views.case import head
    from collect_tui.domain.dates import stamp

    named = [f"{move.name}{f' ({move.barred})' if move.barred else ''}" for move in case.moves]
    lines = [
        f"{case.title} {case.number}: {case.label} · {case.customer} {case.account}",
        *(f"{label}: {words}" for label, words in head(case, session)),
        *(
            f"  {stamp(each.at, session.zone)} {each.by}: {each.did}{f': {each.text}' if each.text else ''}"
            for each in case.events
        ),
        *([f"moves: {' · '.join(named)}"] if moves and named else []),
    ]
    return "\n".join(clean(line) for line in lines)
