"""`collect-tui lock`: the passphrase that uncovers a terminal nobody typed at for a while."""

from __future__ import annotations

import argparse
from typing import Any

from collect_tui.cli.common import at_desk, secret
from collect_tui.domain.errors import Invalid

LEAST = 6
"""Characters; it guards a screen, not an account."""


def add(commands: Any) -> None:
    told = "set the passphrase that uncovers this terminal after a pause, or take it away"
    parser = commands.add_parser("lock", help=told, description=f"{told[:1].upper()}{told[1:]}.")
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--set", action="store_true", help="ask for a passphrase, twice, and keep what proves it")
    which.add_argument("--clear", action="store_true", help="take it away: any key uncovers, at a server its password")
    parser.set_defaults(run=lock)


def lock(args: argparse.Namespace) -> int:
    from collect_tui.common import passphrase

    path = at_desk(args).settings.state_folder / passphrase.NAME
    if args.clear:
        path.unlink(missing_ok=True)
        print("No passphrase is set.")
        return 0
    text = secret("Passphrase: ")
    if len(text) < LEAST:
        raise Invalid("lock.short", f"A passphrase has at least {LEAST} characters.", "passphrase")
    if secret("Once more: ") != text:
        raise Invalid("lock.differs", "These were two different passphrases; the one before stays.", "passphrase")
    passphrase.keep(path, text)
    print("The passphrase is set.")
    return 0
