"""Child processes that work at a desk, for tests of what several agents, or one who is killed, leave behind.

python -m support.agents FOLDER USER SEED COUNT      COUNT 0: until killed

Each act is told on the standard output before it is done ("try UUID NUMBER"), and after ("done UUID NUMBER VERSION",
"stale NUMBER", "refused CODE"), one whole line per write: what was said before a kill is what was acknowledged.
"""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

from collect_tui.desk.commands import Act
from collect_tui.desk.errors import Refused, Stale, Unavailable
from collect_tui.desk.line.context import LineContext
from collect_tui.desk.line.parse import parse
from collect_tui.desk.views.act import Receipt
from collect_tui.services.local import LocalDesk
from collect_tui.store.engine import Store
from support.book import Clock, local_desk

#: Each leaves something that can be counted; the payments add up.
LINES = ("na", "n called at {}", "pay 1 card K{}", "t +3", "pp 200 fri", "na; n twice {}")


def main(folder: Path, user: str, seed: int, count: int) -> None:
    chance, tries = random.Random(seed), 0
    with Store.open(folder / "desk.db", create=False) as store:
        desk = local_desk(store, user, Clock())
        numbers = [hit.account for hit in desk.find("customer")]
        while count == 0 or tries < count:
            tries += 1
            one(desk, chance.choice(numbers), chance.choice(LINES).format(seed * 100_000 + tries), chance)


def one(desk: LocalDesk, number: str, line: str, chance: random.Random) -> None:
    view = desk.account(number)
    parsed = parse(line, LineContext.of(view, desk.catalogue(), desk.session()))
    assert not parsed.errors, parsed.errors
    ident = UUID(int=chance.getrandbits(128), version=4)
    act = Act(id=ident, account=number, commands=parsed.commands, line=line, version=view.version)
    say(f"try {ident} {number}")
    try:
        receipt = until_free(lambda: desk.do(act))
    except Stale:
        say(f"stale {number}")
    except Refused as error:
        say(f"refused {error.code}")
    else:
        say(f"done {ident} {number} {receipt.version}")


def until_free(do: Callable[[], Receipt]) -> Receipt:
    """Does it as soon as the file is free: on a slow machine the others may hold it for longer than a desk waits."""
    while True:
        try:
            return do()
        except Unavailable:
            continue


def say(text: str) -> None:
    os.write(1, f"{text}\n".encode())


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
