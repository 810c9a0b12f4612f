"""A child process that types at a server over a bad line, for tests of what one who is killed leaves behind.

python -m support.typist URL TOKEN FOLDER SEED RATE

Each act is told on the standard output before it is typed ("try UUID ACCOUNT N") and after ("done UUID", "queued UUID"): what was
said before a kill is what its author was told.
"""

from __future__ import annotations

import os
import random
import sys
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from collect_tui.client.desk import ApiDesk
from collect_tui.desk.commands import Act
from support.faulty import Faulty

ACCOUNTS = ("4410-2231", "4410-0087", "4410-0099")


def typed(chance: random.Random, number: int) -> Act:
    """A note that names its place in the order."""
    commands = [{"kind": "note", "text": f"note {number:05}"}]
    ident = UUID(int=chance.getrandbits(128), version=4)
    return Act.model_validate({"id": ident, "account": chance.choice(ACCOUNTS), "commands": commands})


def main(url: str, token: str, folder: str, seed: str, rate: str) -> None:
    chance, number = random.Random(int(seed)), int(seed) * 1000
    line = Faulty(float(rate), int(seed))
    desk = ApiDesk(
        url, token=token, user="1/mia", state_folder=Path(folder), clock=lambda: datetime.now(UTC), transport=line
    )
    while True:
        number += 1
        line.down = chance.random() < 0.15  # now and then the server is away altogether
        act = typed(chance, number)
        say(f"try {act.id} {act.account} {number:05}")
        receipt = desk.do(act)
        say(f"{'queued' if receipt.queued else 'done'} {act.id}")


def say(text: str) -> None:
    os.write(1, f"{text}\n".encode())


if __name__ == "__main__":
    main(*sys.argv[1:])
