"""The program's commands. Imports nothing heavy until a command needs it.

Exit codes: 0 done, 1 unexpected (its id is in the log), 2 usage or a malformed value, 3 refused by a rule or not signed in,
4 somebody else changed it, 5 not found, 141 whoever read the output has gone.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from collect_tui import __version__
from collect_tui.cli import (
    acts,
    audit,
    backup,
    cases,
    completion,
    doctor,
    evidence,
    floor,
    forecasts,
    handlers,
    imports,
    lock,
    messages,
    migrate,
    outbox,
    output,
    serve,
    signin,
    team,
    tenants,
    users,
)
from collect_tui.cli.common import TEXT, check_theme, day
from collect_tui.cli.parser import Parser
from collect_tui.domain.errors import DomainError, Invalid, Refused

Handler = Callable[[argparse.Namespace], int]


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command; every error becomes a sentence on stderr and an exit code."""
    output.open_closed()
    args = _parse(argv)
    output.encode(utf8=args.json or args.run in (handlers.export, handlers.schema))
    try:
        check_theme(args.theme)
        handler: Handler = args.run
        code = handler(args)
        return code if (lost := output.lost()) is None else output.unwritten(lost, args.json)
    except DomainError as error:
        return _report(error, args.json)
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        if (lost := output.lost(error)) is not None:
            return output.unwritten(lost, args.json)
        from collect_tui.common.faults import record

        output.complain(f"collect-tui: unexpected error {record(error)}; `collect-tui locate` says where the log is.")
        return 1


def _parse(argv: Sequence[str] | None) -> argparse.Namespace:
    """The commands take a while to describe, which opening the desk does not wait for."""
    try:
        args, rest = _options(add_help=False, exit_on_error=False).parse_known_args(argv)
    except argparse.ArgumentError:
        rest = ["?"]
    return build_parser().parse_args(argv) if rest else args


def _report(error: DomainError, as_json: bool) -> int:
    from collect_tui.cli.plain import problem
    from collect_tui.desk.errors import NotFound, SignedOut, Stale

    code = next(
        (
            c
            for kind, c in ((Invalid, 2), (Refused, 3), (SignedOut, 3), (Stale, 4), (NotFound, 5))
            if isinstance(error, kind)
        ),
        1,
    )
    output.complain(problem(error, as_json))
    return code


def _options(**more: Any) -> Parser:
    """What stands before a command: all that opening the desk needs."""
    parser = Parser(
        prog="collect-tui",
        description="A collector's workstation for the terminal. Without a command it opens the desk.",
        **more,
    )
    parser.add_argument("--db", metavar="PATH", help="the SQLite file, or the URL of PostgreSQL, to work on")
    parser.add_argument("--server", metavar="URL", help="work at a server (after `collect-tui login URL`)")
    parser.add_argument("--as", dest="user", metavar="USER", help="login at the desk (default: the system's user)")
    parser.add_argument(
        "--at", type=_instant, metavar="INSTANT", help="freeze the clock, such as 2026-11-23T15:00-06:00"
    )
    parser.add_argument(
        "--tenant", metavar="BOOK", help="the book's name or number, on a database of several (`tenant list`)"
    )
    parser.add_argument("--json", action="store_true", help="print JSON (documented in docs/json.md)")
    parser.add_argument("--linear", action="store_true", help="one line at a time, unpainted, for screen readers")
    parser.add_argument(
        "--theme",
        metavar="NAME",
        help="a theme: ansi, mono, high-contrast, amber, green, dusk, or your own",
    )
    parser.set_defaults(run=handlers.open_terminal)
    return parser


def build_parser() -> argparse.ArgumentParser:
    parser = _options()
    parser.add_argument("--version", action="version", version=f"collect-tui {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")

    def command(name: str, run: Handler, help: str, *arguments: tuple[tuple[str, ...], dict[str, Any]]) -> None:
        sub = commands.add_parser(name, help=help, description=help[:1].upper() + help[1:] + ".")
        for names, options in arguments:
            sub.add_argument(*names, **options)
        sub.set_defaults(run=run)

    account = (("account",), {"metavar": "ACCOUNT"})
    words = (("words",), {"metavar": "WORDS", "nargs": "*", "help": "of which: 'collect>500' zone=open sort dpd"})
    book = (("--tenant",), {"default": argparse.SUPPRESS, "metavar": "BOOK", "help": "the book's name or number"})
    every = (("--all",), {"action": "store_true", "help": "every book of the database, one after the other"})
    command(
        "demo",
        handlers.demo,
        "open the desk on a throwaway copy of the fixture portfolio, moved to today",
        (("--keep",), {"type": Path, "metavar": "PATH", "help": "write the copy to PATH and stop"}),
        (
            ("--reset",),
            {
                "action": "store_true",
                "help": "with --keep: begin the demo in PATH anew; all that was done on it is gone",
            },
        ),
        (
            ("--trade",),
            {
                "default": "utility",
                "metavar": "NAME",
                "help": "whose: utility (default), real-estate, b2b or cards, with rules of its own",
            },
        ),
    )
    command("queues", handlers.queues, "list the queues with their figures")
    command(
        "queue",
        handlers.queue,
        "list one queue in its order, or what is wanted of it",
        (("name",), {"metavar": "NAME"}),
        words,
        (("--limit",), {"type": int, "default": 50, "metavar": "N", "help": "how many of its rows (50)"}),
    )
    command(
        "next", handlers.next_account, "take the next account", (("queue",), {"metavar": "NAME", "nargs": "?"}), words
    )
    command(
        "show",
        handlers.show,
        "show one account",
        account,
        (
            ("--pane",),
            {
                "choices": (
                    "timeline",
                    "items",
                    "payments",
                    "points",
                    "promises",
                    "services",
                    "audit",
                    "messages",
                    "cases",
                    "linked",
                ),
                "help": "show this part of it instead",
            },
        ),
        (
            ("--message",),
            {"type": int, "metavar": "ID", "help": "show this message of it whole, by its id in the pane"},
        ),
    )
    command(
        "find",
        handlers.find,
        "find accounts by number, name, phone, e-mail, invoice or payment reference",
        (("text",), {"metavar": "TEXT", **TEXT}),
    )
    command("why", handlers.why, "say why an account stands where it does, term by term", account)
    command("whynot", handlers.why, "say which rules keep an account out of the queues", account)
    acts.add(commands)
    command(
        "day",
        handlers.day,
        "roll to a business date",
        (("--date",), {"type": day, "metavar": "DATE", "help": "the business date to roll to (default: today)"}),
        (("--check",), {"action": "store_true", "help": "recompute everything, and hold a sample against the rules"}),
        (("--full",), {"action": "store_true", "help": "check, and hold every account against the rules"}),
        book,
        every,
    )
    command(
        "forecast",
        forecasts.run,
        "say what comes to the queues and goes, by a day run on a copy of the book",
        (("--date",), {"type": day, "metavar": "DATE", "help": "the business date (default: tomorrow's)"}),
        (("--rules",), {"type": Path, "metavar": "FOLDER", "help": "a site's folder: what its rules would change"}),
    )
    imports.add(commands)
    command(
        "export",
        handlers.export,
        "write a queue as CSV",
        (("queue",), {"metavar": "QUEUE"}),
        (("--to",), {"type": Path, "metavar": "PATH", "help": "the file to write (default: standard output)"}),
        (("--raw",), {"action": "store_true", "help": "without the guard against formulas, for machines"}),
        book,
    )
    command(
        "orders",
        handlers.orders,
        "list the orders that wait and those that are stuck; `orders sync` sends them and reads acknowledgements",
        (("what",), {"nargs": "?", "choices": ("list", "sync"), "default": "list"}),
        book,
        every,
    )
    command("schema", handlers.schema, "print the JSON Schema of the portfolio format")
    command(
        "keys",
        handlers.keys,
        "list keys, verbs of the line and codes",
        (("what",), {"nargs": "?", "choices": ("keys", "line", "codes"), "default": "keys"}),
        (
            ("--check",),
            {
                "action": "store_true",
                "help": "only say whether keys.toml can be used, and every key in it that two want",
            },
        ),
    )
    command("locate", handlers.locate, "say where files are")
    parts = (signin, serve, migrate, audit, evidence, backup, tenants, users, floor, team, outbox, messages, cases)
    for module in (*parts, doctor, completion, lock):
        module.add(commands)
    return parser


# values ------------------------------------------------------------------------------------
def _instant(text: str) -> datetime:
    import pendulum

    from collect_tui.domain.dates import FIRST_DAY, LAST_DAY, is_known

    try:
        moment = pendulum.parse(text, tz="local")
    except ValueError:
        moment = None
    if not isinstance(moment, pendulum.DateTime):
        raise argparse.ArgumentTypeError(
            f"{text!r} is no instant; write 2026-11-23T15:00 with an offset such as -06:00 or Z"
        )
    if not is_known(moment.date()):
        raise argparse.ArgumentTypeError(f"{text!r} is out of range; write an instant from {FIRST_DAY} to {LAST_DAY}")
    return datetime.fromisoformat(moment.in_timezone("UTC").isoformat())
