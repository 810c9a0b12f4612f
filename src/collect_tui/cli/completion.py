"""`collect-tui completion`: what a shell needs to finish a command of ours, from the same parser that reads it."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from collect_tui.cli.common import wired

if TYPE_CHECKING:
    from collect_tui.desk.catalogue import Catalogue

_SHELLS = ("bash", "zsh", "fish")


def add(commands: Any) -> None:
    told = "print what a shell needs to finish commands, their options and the names of queues"
    parser = commands.add_parser("completion", help=told, description=f"{told[:1].upper()}{told[1:]}.")
    parser.add_argument("shell", choices=_SHELLS)
    parser.set_defaults(run=completion)


def completion(args: argparse.Namespace) -> int:
    import shtab

    from collect_tui import bootstrap
    from collect_tui.cli.program import build_parser

    parser = build_parser()
    _describe(parser, bootstrap.catalogue(wired(argparse.Namespace(**{**vars(args), "server": None}))))
    print(shtab.complete(parser, args.shell))
    return 0


def _describe(parser: argparse.ArgumentParser, site: Catalogue) -> None:
    """Says what may stand for an argument where that is known: files, and the site's queues. Accounts are nobody's guess."""
    import shtab

    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for each in action.choices.values():
                _describe(each, site)
        elif action.type is Path or action.dest == "db":
            action.complete = shtab.FILE  # type: ignore[attr-defined]
        elif action.dest == "queue" or (action.dest == "name" and parser.prog.endswith(" queue")):
            action.choices = [queue.name for queue in site.queues]
