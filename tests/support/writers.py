"""Child processes that write to one portfolio file, for tests of what several of them, or a killed one, leave behind.

python -m support.writers PATH ACCOUNT_ID SEED COUNT      prints "done ID" or "stale" per act; COUNT 0: until killed
"""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from collect_tui.desk.errors import Stale
from collect_tui.domain.effects import NoteWritten
from collect_tui.store.apply import apply
from collect_tui.store.engine import Store
from collect_tui.store.facts import load_by_id

TENANT = 1


def main(path: Path, account_id: int, seed: int, count: int) -> None:
    done = tries = 0
    with Store.open(path, create=False) as store:
        while count == 0 or done < count:
            tries += 1
            with store.read() as db:
                seen = load_by_id(db, TENANT, account_id)
            note = NoteWritten(seed * 1_000_000 + tries, "typed", "typed")
            try:
                with store.write() as db:
                    apply(db, TENANT, seen, [note], by=f"agent{seed}", at=datetime.now(UTC))
            except Stale:
                _say("stale")
                continue
            done += 1
            _say(f"done {note.id}")


def _say(text: str) -> None:
    """One whole line per write, so that what was said before a kill is what was acknowledged."""
    os.write(1, f"{text}\n".encode())


if __name__ == "__main__":
    main(Path(sys.argv[1]), *(int(argument) for argument in sys.argv[2:5]))
