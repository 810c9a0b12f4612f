"""One collector who types while everything around them breaks: a process of the fault run (`support/faultrun.py`).

    python numbered.py URL STATE_FOLDER NAME FIRST LAST PACE ACCOUNT…        (the token is in COLLECT_TUI_TOKEN)

Types notes and call results numbered FIRST to LAST on its accounts, one every PACE seconds or so, in the order they are
numbered. It prints `typed N` before each, and `taken N` when the desk has it (done, or safe in the queue on the disk); whoever
started it may kill it at any moment. Then it waits until nothing is kept back, sending what was refused once more as its
author would (`review N CODE`), and ends with `empty`.
"""

from __future__ import annotations

import random
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from collect_tui.api.client.connect import connect
from collect_tui.api.client.desk import ApiDesk
from collect_tui.desk.commands import Act, Command, LogContact, WriteNote
from collect_tui.desk.errors import DomainError, Stale, Unavailable


def main(url: str, folder: str, name: str, first: str, last: str, pace: str, *accounts: str) -> None:
    desk = connect(url, Path(folder), clock=lambda: datetime.now(UTC))
    for n in range(int(first), int(last) + 1):
        say(f"typed {n}")
        write(desk, f"typed {name} {n}", accounts[n % len(accounts)], call=n % 3 == 0)
        say(f"taken {n}")
        time.sleep(float(pace) * random.uniform(0.5, 1.5))
    while held := desk.outbox.held():
        if any(act.state == "review" for act in held):
            review(desk)
        time.sleep(0.1)
    say("empty")
    desk.close()


def write(desk: ApiDesk, line: str, account: str, *, call: bool) -> None:
    """Types one line, as often as the desk says at once that it did not take it."""
    command: Command = LogContact(result="NA", note=line) if call else WriteNote(text=line)
    while True:
        try:
            version = desk.account(account).version
        except Unavailable:
            version = None  # never seen: nothing that it could have changed under us
        act = Act(id=uuid4(), account=account, commands=(command,), version=version, line=line)
        try:
            desk.do(act)
        except Stale:
            continue
        except Unavailable as error:
            if error.code != "act.behind":
                raise
            review(desk)
        else:
            return


def review(desk: ApiDesk) -> None:
    """Sends what was refused on the accounts as they are now."""
    for act in desk.outbox.held():
        if act.state == "review":
            say(f"review {act.act.line.split()[-1]} {act.code}")
            try:
                desk.outbox.send_again(act.id)
            except DomainError:
                return


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
