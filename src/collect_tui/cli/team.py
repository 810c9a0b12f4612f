"""What an agent says of themselves, and what a lead does about the floor."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from collect_tui.cli.common import TEXT, at_desk, day

if TYPE_CHECKING:
    from collect_tui.desk.protocol import Desk
    from collect_tui.desk.views.agent import AgentView
    from collect_tui.desk.views.script import ScriptView


def add(commands: Any) -> None:
    pause = commands.add_parser(
        "pause", help="be away from the desk", description="Be away from the desk, with a code of the site."
    )
    pause.add_argument("code", metavar="CODE", help="such as break; `keys codes` lists them")
    pause.set_defaults(run=_state(lambda desk, args: desk.agent("pause", args.code)))
    ready = commands.add_parser("ready", help="end a pause", description="End a pause.")
    ready.set_defaults(run=_state(lambda desk, args: desk.agent("available")))
    script = commands.add_parser(
        "script",
        help="show what is said in a call on an account",
        description="Show what is said in a call: cards to read, and objections with what to answer.",
    )
    script.add_argument("account", metavar="ACCOUNT")
    script.set_defaults(run=show_script)
    word = commands.add_parser(
        "word",
        help="leave an agent a word on their status line",
        description="Leave an agent a word on their status line.",
    )
    word.add_argument("login", metavar="USER")
    word.add_argument("text", metavar="TEXT", **TEXT)
    word.set_defaults(run=_does(lambda desk, args: desk.word(args.login, args.text)))
    away = commands.add_parser(
        "away",
        help="say that an agent is away until a day, or is back",
        description="Say that an agent is away until a day, or is back. Meanwhile their callbacks are anybody's.",
    )
    away.add_argument("login", metavar="USER")
    away.add_argument(
        "--until",
        type=day,
        metavar="DATE",
        help="the business date on which they are back; without it they are back now",
    )
    away.add_argument("--deputy", default="", metavar="USER", help="who decides cases in their stead")
    away.add_argument("--reason", default="", metavar="TEXT", help="why; it is kept in their log")
    away.set_defaults(run=_does(lambda desk, args: desk.absent(args.login, args.until, args.deputy, args.reason)))
    lock = commands.add_parser(
        "lockqueue",
        help="lock the order of a queue",
        description="Lock the order of a queue: nobody chooses from it or skips.",
    )
    lock.add_argument("queue", metavar="QUEUE")
    lock.add_argument("--reason", required=True, metavar="TEXT", help="why; whoever is refused reads it")
    lock.set_defaults(run=_does(lambda desk, args: desk.lock_order(args.queue, True, args.reason)))
    unlock = commands.add_parser(
        "freequeue", help="release the order of a queue", description="Release the order of a queue."
    )
    unlock.add_argument("queue", metavar="QUEUE")
    unlock.set_defaults(run=_does(lambda desk, args: desk.lock_order(args.queue, False)))


def show_script(args: argparse.Namespace) -> int:
    from collect_tui import bootstrap

    view = bootstrap.connect(at_desk(args)).script(args.account)
    print(view.model_dump_json(indent=2) if args.json else script_text(view))
    return 0


def script_text(view: ScriptView) -> str:
    from collect_tui.common.text import clean

    cards = [f"{c.name}: {c.text}" + (" (to be read)" if c.must and c.read_at is None else "") for c in view.cards]
    said = [
        f"{o.under + ' > ' if o.under else ''}{o.name}: {o.says} — {o.answer} {o.line}".rstrip()
        for o in view.objections
    ]
    return "\n".join(map(clean, (*cards, *said)))


def _state(ask: Callable[[Desk, argparse.Namespace], AgentView]) -> Callable[[argparse.Namespace], int]:
    def run(args: argparse.Namespace) -> int:
        from collect_tui import bootstrap

        view = ask(bootstrap.connect(at_desk(args)), args)
        print(view.model_dump_json(indent=2) if args.json else " ".join(filter(None, (view.state, view.code))))
        return 0

    return run


def _does(ask: Callable[[Desk, argparse.Namespace], None]) -> Callable[[argparse.Namespace], int]:
    """Prints nothing: what was asked for is done, or refused."""

    def run(args: argparse.Namespace) -> int:
        from collect_tui import bootstrap

        ask(bootstrap.connect(at_desk(args)), args)
        return 0

    return run
