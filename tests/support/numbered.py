"""One collector who types while everything around them breaks: a process of the fault run (`support/faultrun.py`).

    python numbered.py URL STATE_FOLDER NAME FIRST LAST PACE ACCOUNT…        (the token is in COLLECT_TUI_TOKEN)

Types notes, call results and payments numbered FIRST to LAST on its accounts, one every PACE seconds or so, in the order they are
numbered. It prints `typed N` before each, and `taken N` when the desk has it (done, or safe in the queue on the disk); whoever
started it may kill it at any moment. Then it waits until nothing is kept back, sending what was refused once more as its
author would (`review N CODE`), and ends with `empty`. A payment cannot wait in the queue: when its answer is lost the collector
repeats it by hand until it is known, now and then after changing the text, and prints `hand` for each time.
"""

from __future__ import annotations

import random
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from collect_tui.client.connect import connect
from collect_tui.client.desk import ApiDesk
from collect_tui.desk.commands import Act, Command, LogContact, RecordPayment, WriteNote
from collect_tui.desk.errors import DomainError, Stale, Unavailable
from collect_tui.tui.drafts import Drafts
from collect_tui.tui.sent import Sent, Unsettled


def main(url: str, folder: str, name: str, first: str, last: str, pace: str, *accounts: str) -> None:
    desk = connect(url, Path(folder), clock=lambda: datetime.now(UTC))
    sent, later = Sent(Drafts(Path(folder), name)), list[tuple[int, str, str]]()
    for n in range(int(first), int(last) + 1):
        line, account = f"typed {name} {n}", accounts[n % len(accounts)]
        say(f"typed {n}")
        if n % 4 == 1:
            later.append((n, line, account))
        else:
            write(desk, line, account, call=n % 3 == 0)
            say(f"taken {n}")
        later = [each for each in later if not pay(desk, sent, *each)]
        time.sleep(float(pace) * random.uniform(0.5, 1.5))
    while later := [each for each in later if not pay(desk, sent, *each)]:
        time.sleep(0.1)
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


def pay(desk: ApiDesk, sent: Sent, n: int, line: str, account: str) -> bool:
    """Types a payment, and types it again as it stood, or another one in its stead; whether it is known to be done. One that
    cannot be done while the server is away is typed again later."""
    other = 0
    for _ in range(4):
        words = line if not other else f"{line} other {other}"
        act = Act(id=uuid4(), account=account, commands=(RecordPayment(amount=1, ref=words),), line=words)
        done = False
        try:
            sent.do(desk, act)
        except Unsettled as known:
            done = f"“{line}”" in known.message and sent.of(account) is None and "was done" in known.message
        except Unavailable as error:
            if error.code == "act.behind":
                review(desk)
        else:
            done = words == line
            if not done:
                say("doubt")  # another one was done although the first was unsure
        if done:
            say(f"taken {n}")
            return True
        held = sent.of(account)
        if held is None:
            return False
        other = other + 1 if held.line == line and random.random() < 0.3 else 0
        say("hand")
        time.sleep(0.05)
    return False


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
