"""The program's commands. Imports nothing heavy until a command needs it.

Exit codes: 0 done, 1 unexpected (its id is in the log), 2 usage or a malformed value, 3 refused by a rule, 4 somebody else
changed it, 5 not found.
"""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from collect_tui import __version__
from collect_tui.domain.errors import DomainError, Invalid, Refused

if TYPE_CHECKING:
    from pydantic import BaseModel

    from collect_tui.bootstrap import Wiring
    from collect_tui.services.local import LocalDesk

Handler = Callable[[argparse.Namespace], int]


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command; every error becomes a sentence on stderr and an exit code."""
    parser = build_parser()
    args = parser.parse_args(argv)
    _encode(args)
    try:
        handler: Handler = args.run
        return handler(args)
    except DomainError as error:
        return _report(error, args.json)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 1
    except Exception as error:
        from collect_tui.faults import record

        print(
            f"collect-tui: unexpected error {record(error)}; `collect-tui locate` says where the log is.",
            file=sys.stderr,
        )
        return 1


def _encode(args: argparse.Namespace) -> None:
    """What programs read is UTF-8; what people read is in the terminal's own encoding, with `?` for what it lacks."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    if isinstance(sys.stdout, io.TextIOWrapper) and (args.json or args.run in (export, schema)):
        sys.stdout.reconfigure(encoding="utf-8")


def _report(error: DomainError, as_json: bool) -> int:
    from collect_tui.desk.errors import NotFound, Stale
    from collect_tui.plain import problem

    code = next(
        (c for kind, c in ((Invalid, 2), (Refused, 3), (Stale, 4), (NotFound, 5)) if isinstance(error, kind)), 1
    )
    print(problem(error, as_json), file=sys.stderr)
    return code


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="collect-tui",
        description="A collector's workstation for the terminal. Without a command it opens the desk.",
    )
    parser.add_argument("--version", action="version", version=f"collect-tui {__version__}")
    parser.add_argument("--db", type=Path, metavar="PATH", help="the SQLite file to work on")
    parser.add_argument("--as", dest="user", metavar="USER", help="login at the desk (default: the system's user)")
    parser.add_argument(
        "--at", type=_instant, metavar="INSTANT", help="freeze the clock, such as 2026-11-23T15:00-06:00"
    )
    parser.add_argument("--json", action="store_true", help="print JSON (documented in docs/json.md)")
    parser.add_argument("--theme", metavar="NAME", help="a theme of themes/: ansi, mono, …")
    parser.set_defaults(run=open_terminal)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")

    def command(name: str, run: Handler, help: str, *arguments: tuple[tuple[str, ...], dict[str, Any]]) -> None:
        sub = commands.add_parser(name, help=help, description=help[:1].upper() + help[1:] + ".")
        for names, options in arguments:
            sub.add_argument(*names, **options)
        sub.set_defaults(run=run)

    account = (("account",), {"metavar": "ACCOUNT"})
    command(
        "demo",
        demo,
        "open the desk on a throwaway copy of the fixture portfolio, moved to today",
        (("--keep",), {"type": Path, "metavar": "PATH", "help": "write the copy to PATH and stop"}),
    )
    command("queues", queues, "list the queues with their figures")
    command(
        "queue",
        queue,
        "list one queue in its order",
        (("name",), {"metavar": "NAME"}),
        (("--limit",), {"type": int, "default": 50}),
    )
    command("next", next_account, "take the next account", (("queue",), {"metavar": "NAME", "nargs": "?"}))
    command(
        "show",
        show,
        "show one account",
        account,
        (("--pane",), {"choices": ("timeline", "items", "payments", "points", "promises", "services", "audit")}),
    )
    command(
        "find",
        find,
        "find accounts by number, name, phone, e-mail, invoice or payment reference",
        (("text",), {"metavar": "TEXT"}),
    )
    command("why", why, "say why an account stands where it does, term by term", account)
    command("whynot", why, "say which rules keep an account out of the queues", account)
    command(
        "do",
        do,
        "do what a line says on an account, such as 'lm m2' or 'pp 150 fri'",
        account,
        (("line",), {"metavar": "LINE"}),
        (("--dry-run",), {"action": "store_true", "help": "show what it would do; write nothing"}),
        (("--confirm",), {"metavar": "DIGITS", "help": "the account's last four digits, for orders"}),
        (("--override-by",), {"metavar": "USER", "help": "who overrides a refusal"}),
        (("--override-reason",), {"metavar": "TEXT", "help": "why it is overridden"}),
        (("--id",), {"metavar": "UUID", "help": "id of the act: sent twice, it is done once"}),
    )
    command(
        "day",
        day,
        "roll to a business date",
        (("--date",), {"type": _day, "metavar": "DATE"}),
        (("--check",), {"action": "store_true", "help": "recompute everything and count differences"}),
    )
    command(
        "load",
        load,
        "load a portfolio (JSON or JSON lines; `schema` describes it)",
        (("file",), {"type": Path, "metavar": "FILE"}),
    )
    imports = commands.add_parser("import", help="bring in files of other systems").add_subparsers(
        title="files", metavar="KIND", required=True
    )
    receivables = imports.add_parser("receivables", help="open and settled invoices from a CSV, through a mapping")
    receivables.add_argument("file", type=Path, metavar="FILE")
    receivables.add_argument(
        "--map", type=Path, required=True, metavar="MAP.toml", help="what the columns mean (docs/importing.md)"
    )
    receivables.add_argument("--dry-run", action="store_true", help="read and count; write nothing")
    receivables.set_defaults(run=import_receivables)
    command(
        "export",
        export,
        "write a queue as CSV",
        (("queue",), {"metavar": "QUEUE"}),
        (("--to",), {"type": Path, "metavar": "PATH"}),
        (("--raw",), {"action": "store_true", "help": "without the guard against formulas, for machines"}),
    )
    command(
        "orders",
        orders,
        "send requested orders, read acknowledgements, list stuck ones",
        (("what",), {"nargs": "?", "choices": ("sync",), "default": "sync"}),
    )
    command("schema", schema, "print the JSON Schema of the portfolio format")
    command(
        "keys",
        keys,
        "list keys, verbs of the line and result codes",
        (("what",), {"nargs": "?", "choices": ("keys", "line", "codes"), "default": "keys"}),
    )
    command("locate", locate, "say where files are")
    return parser


# values ------------------------------------------------------------------------------------
def _instant(text: str) -> datetime:
    import pendulum

    try:
        moment = pendulum.parse(text, tz="local")
    except ValueError:
        moment = None
    if not isinstance(moment, pendulum.DateTime) or not 1970 <= moment.year < 2200:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no instant; write 2026-11-23T15:00 with an offset such as -06:00 or Z"
        )
    return datetime.fromisoformat(moment.in_timezone("UTC").isoformat())


def _day(text: str) -> Any:
    from datetime import date

    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no date; write YYYY-MM-DD") from None


# handlers ----------------------------------------------------------------------------------
def _wired(args: argparse.Namespace) -> Wiring:
    from collect_tui import bootstrap

    return bootstrap.wiring(database=args.db, user=args.user, at=args.at)


def _desk(args: argparse.Namespace, *, create: bool = False) -> LocalDesk:
    from collect_tui import bootstrap

    return bootstrap.open_desk(_wired(args), create=create)


def _say(args: argparse.Namespace, view: BaseModel, text: Callable[[], str]) -> int:
    print(view.model_dump_json(indent=2) if args.json else text())
    return 0


def _progress(args: argparse.Namespace) -> Callable[[str, int, int], None] | None:
    from collect_tui.plain import Bar

    return Bar(sys.stderr) if sys.stderr.isatty() and not args.json else None


def open_terminal(args: argparse.Namespace) -> int:
    from collect_tui import bootstrap

    return bootstrap.run_terminal(_wired(args), theme=args.theme)


def demo(args: argparse.Namespace) -> int:
    from dataclasses import replace

    from collect_tui import bootstrap

    wired = _wired(args)
    if args.keep:
        if args.keep.exists():
            raise Invalid("demo.exists", f"{args.keep} exists already; name a file that does not.", "keep")
        kept = replace(wired, settings=replace(wired.settings, database=args.keep))
        bootstrap.make_demo(kept)
        return 0
    with bootstrap.demo(wired) as shown:
        return bootstrap.run_terminal(shown, backend="demo", theme=args.theme)


def queues(args: argparse.Namespace) -> int:
    from collect_tui.plain import board_text

    board = _desk(args).queues()
    return _say(args, board, lambda: board_text(board))


def queue(args: argparse.Namespace) -> int:
    from collect_tui.plain import page_text

    page = _desk(args).queue(args.name, limit=args.limit)
    return _say(args, page, lambda: page_text(page))


def next_account(args: argparse.Namespace) -> int:
    from collect_tui.desk.errors import NotFound
    from collect_tui.plain import account_text

    desk = _desk(args)
    claim = desk.next(args.queue)
    if claim is None:
        raise NotFound("queue.empty", "Nothing is left to work now.", "queue")
    return _say(args, claim, lambda: account_text(desk.account(claim.account)))


def show(args: argparse.Namespace) -> int:
    from collect_tui.plain import account_text, pane_text

    desk = _desk(args)
    if args.pane:
        pane = desk.pane(args.account, args.pane)
        currency = desk.session().currency
        return _say(args, pane, lambda: pane_text(pane, currency))
    account = desk.account(args.account)
    return _say(args, account, lambda: account_text(account))


def find(args: argparse.Namespace) -> int:
    from collect_tui.desk.errors import NotFound
    from collect_tui.plain import hits_json, hits_text

    hits = _desk(args).find(args.text)
    if args.json:
        print(hits_json(hits))
    elif hits:
        print(hits_text(hits))
    if not hits:
        raise NotFound("find.nothing", "Nothing was found.", "text")
    return 0


def why(args: argparse.Namespace) -> int:
    from collect_tui.plain import why_text

    reason = _desk(args).why(args.account)
    return _say(args, reason, lambda: why_text(reason))


def do(args: argparse.Namespace) -> int:
    from collect_tui.plain import preview_text, receipt_text
    from collect_tui.shell import act_of

    desk = _desk(args)
    act = act_of(
        desk,
        args.account,
        args.line,
        confirm=args.confirm,
        act_id=args.id,
        override=(args.override_by, args.override_reason),
    )
    if args.dry_run:
        preview = desk.preview(act)
        _say(args, preview, lambda: preview_text(preview))
        return 0 if preview.ok else 3
    receipt = desk.do(act)
    return _say(args, receipt, lambda: receipt_text(receipt))


def day(args: argparse.Namespace) -> int:
    from collect_tui.plain import day_text

    report = _desk(args).day(args.date, check=args.check, progress=_progress(args))
    _say(args, report, lambda: day_text(report))
    return 0 if report.orphans == 0 and not report.differences else 1


def load(args: argparse.Namespace) -> int:
    from collect_tui.exchange import load as loading

    desk = _desk(args, create=True)
    report = loading.load(
        desk.store,
        args.file,
        ids=desk.ids,
        now=desk.clock(),
        by=desk.user,
        catalogue=desk.catalogue(),
        progress=_progress(args),
    )
    return _say(args, report, report.text)


def import_receivables(args: argparse.Namespace) -> int:
    from collect_tui.exchange import receivables

    desk = _desk(args, create=True)
    report = receivables.run(
        desk.store,
        args.file,
        args.map,
        ids=desk.ids,
        now=desk.clock(),
        by=desk.user,
        catalogue=desk.catalogue(),
        dry_run=args.dry_run,
        progress=_progress(args),
    )
    return _say(args, report, report.text)


def export(args: argparse.Namespace) -> int:
    from collect_tui.exchange import export as exporting

    desk = _desk(args)
    count = exporting.export(desk, args.queue, args.to, raw=args.raw)
    if args.to:
        print(f"{count} rows in {args.to}", file=sys.stderr)
    return 0


def orders(args: argparse.Namespace) -> int:
    from collect_tui.plain import orders_text

    report = _desk(args).orders(progress=_progress(args))
    return _say(args, report, lambda: orders_text(report))


def schema(args: argparse.Namespace) -> int:
    import json

    from collect_tui.exchange.portfolio import schema as portfolio_schema

    print(json.dumps(portfolio_schema(), indent=2))
    return 0


def keys(args: argparse.Namespace) -> int:
    from collect_tui.plain import keys_text

    print(keys_text(args.what, _wired(args), as_json=args.json))
    return 0


def locate(args: argparse.Namespace) -> int:
    from collect_tui.plain import locate_text

    print(locate_text(_wired(args), as_json=args.json))
    return 0


if __name__ == "__main__":
    sys.exit(main())
