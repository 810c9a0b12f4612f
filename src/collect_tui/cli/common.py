"""What commands of this package share; loads nothing until it is called."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from collect_tui.domain.errors import Invalid

if TYPE_CHECKING:
    from collect_tui.bootstrap import Wiring


def wired(args: argparse.Namespace) -> Wiring:
    """The settings with what the command line says laid over them, for a command on the database itself. Invalid with `--server`."""
    from collect_tui import bootstrap

    beside(args.server)
    return bootstrap.wiring(database=args.db, user=args.user, at=args.at, tenant=args.tenant)


def beside(server: str | None) -> None:
    """Raises Invalid when a server is named to a command that takes none."""
    if server:
        raise Invalid(
            "server.beside",
            "This command runs beside the database, on the server's machine: name it with --db there. Other systems send"
            " their data through the API.",
            "server",
        )


def at_desk(args: argparse.Namespace) -> Wiring:
    """The same, for a command that goes through the desk: on a database or at a server."""
    from collect_tui import bootstrap

    return bootstrap.wiring(database=args.db, user=args.user, at=args.at, server=args.server, tenant=args.tenant)


class Text(argparse.Action):
    """Loose words as one text, as a shell hands on what was not quoted."""

    def __call__(self, parser: Any, namespace: Any, values: Any, option_string: str | None = None) -> None:
        setattr(namespace, self.dest, self.joined(values))

    def joined(self, words: Sequence[str]) -> str:
        return " ".join(words)


class LineText(Text):
    """Loose words as one line of the desk: one of several that has blanks in it, or what ends an act, was quoted and stays one."""

    def joined(self, words: Sequence[str]) -> str:
        from collect_tui.desk.line.lexer import literal

        return words[0] if len(words) == 1 else " ".join(literal(w) if " " in w or ";" in w else w for w in words)


TEXT: Final[Mapping[str, Any]] = {"nargs": "+", "action": Text}
"""Of an argument that is a text: it need not be quoted in the shell."""


def secret(prompt: str) -> str:
    """What is typed at the terminal without being shown; from standard input where there is none. Invalid "input.ended"."""
    import getpass
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", getpass.GetPassWarning)  # nobody's typing is shown where nobody types
        try:
            return getpass.getpass(prompt)
        except EOFError:
            print(file=sys.stderr)
            told = "There is no terminal to ask for it, and standard input ended before it came."
            raise Invalid("input.ended", told, "password") from None


def progress(args: argparse.Namespace) -> Callable[[str, int, int], None] | None:
    """A bar for long work where somebody watches; None where a program reads."""
    from collect_tui.cli.plain import Bar

    return Bar(sys.stderr) if sys.stderr.isatty() and not args.json else None


def add_tenant(parser: argparse.ArgumentParser) -> None:
    """`--tenant` behind a command, as before it. What stands before it is kept where it is not said again."""
    parser.add_argument(
        "--tenant",
        default=argparse.SUPPRESS,
        metavar="BOOK",
        help="the book's name or number, on a database of several (`tenant list`)",
    )


def day(text: str) -> date:
    """An argument that is a date. Raises ArgumentTypeError."""
    from collect_tui.domain.dates import FIRST_DAY, LAST_DAY, is_known

    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no date; write YYYY-MM-DD") from None
    if not is_known(found):
        raise argparse.ArgumentTypeError(f"{text!r} is not a date from {FIRST_DAY} to {LAST_DAY}")
    return found


def check_theme(name: str | None) -> None:
    """Refuses a theme that there is not, whichever command it was given to. Raises Invalid that names the nearest."""
    if name is None or name == "auto":
        return
    import os

    from collect_tui import settings
    from collect_tui.tui.render.theme_files import read_theme

    read_theme(name, settings.load(os.environ).themes_folder)
