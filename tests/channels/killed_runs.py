"""Runs of a print house that are killed, each at another line: `python killed_runs.py FOLDER STRIDE` tells of each in a line of JSON.

After each the print house fetches what it sees, and the next run begins: it looks into the inbox, then sends again what was not
acknowledged, what was, and a letter more.
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
import signal
import sys
from collections import Counter
from collections.abc import Callable
from itertools import count
from pathlib import Path
from types import FrameType

sys.path.insert(0, str(Path(__file__).parents[1]))

from channels.letters import message
from collect_tui.channels.print_house import PrintHousePort
from collect_tui.settings import PrintHouse

KEYS = ("1-1", "1-2")
WATCHED = ("bundles.py", "print_house.py", "files.py", "cells.py")


def killed_at(step: int) -> None:
    """From now on the process dies by the so-manieth line of the program's own that it comes to."""
    left = step

    def line(_: FrameType, event: str, __: object):
        nonlocal left
        if event == "line":
            left -= 1
            if not left:
                os.kill(os.getpid(), signal.SIGKILL)
        return line

    sys.settrace(lambda frame, *_: line if frame.f_code.co_filename.endswith(WATCHED) else None)


def child(act: Callable[[int], None]) -> tuple[int, list[str]]:
    """The exit status of a process that does something, and the lines that it wrote."""
    reading, writing = os.pipe()
    if not (pid := os.fork()):
        try:
            act(writing)
        except BaseException as error:
            os.write(2, f"{error!r}\n".encode())
            os._exit(1)
        os._exit(0)
    os.close(writing)
    with open(reading, encoding="utf-8") as pipe:
        told = pipe.read().split()
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), told


def run(folder: Path, keys: tuple[str, ...], step: int, out: int) -> None:
    port = PrintHousePort(PrintHouse(folder=folder))
    if step:
        killed_at(step)
    for key in keys:
        port.send(message(key))
        os.write(out, f"{key}\n".encode())
    port.flush()


def look(folder: Path) -> None:
    list(PrintHousePort(PrintHouse(folder=folder)).arrivals())


def fetch(folder: Path, place: Path) -> None:
    """What a print house does that takes bundles away."""
    place.mkdir(exist_ok=True)
    for bundle in sorted((folder / "outbox").glob("[!.]*")):
        bundle.rename(place / f"{len(list(place.iterdir()))}-{bundle.name}")


def printed(place: Path) -> list[str]:
    """The keys of all bundles, which must be whole."""
    keys = []
    for bundle in sorted(place.iterdir()):
        rows = list(csv.DictReader((bundle / "manifest.csv").open(encoding="utf-8", newline="")))
        assert json.loads((bundle / "manifest.json").read_text("utf-8"))["letters"] == [
            row | {"pages": int(row["pages"])} for row in rows
        ]
        assert {path.name for path in bundle.iterdir()} == {
            "manifest.csv",
            "manifest.json",
            *(row["file"] for row in rows),
        }
        for row in rows:
            assert hashlib.sha256((bundle / row["file"]).read_bytes()).hexdigest() == row["sha256"]
        keys += [row["key"] for row in rows]
    return keys


def main() -> None:
    for step in count(1, int(sys.argv[2])):
        folder, place = Path(sys.argv[1]) / str(step) / "house", Path(sys.argv[1]) / str(step) / "fetched"
        folder.mkdir(parents=True)
        status, acknowledged = child(lambda out, folder=folder, step=step: run(folder, KEYS, step, out))
        fetch(folder, place)
        before = printed(place)
        looked, _ = child(lambda _, folder=folder: look(folder))
        fetch(folder, place)
        after = printed(place)
        again, _ = child(lambda out, folder=folder: run(folder, (*KEYS, "1-3"), 0, out))
        fetch(folder, place)
        found = Counter(printed(place))
        told = {
            "step": step,
            "status": status,
            "later": [looked, again],
            "acknowledged": acknowledged,
            "before": before,
            "lost": [key for key in acknowledged if key not in after]
            + [key for key in (*KEYS, "1-3") if not found[key]],
            "twice": [key for key, times in found.items() if times > 1],
            "left": [path.name for path in (folder / "outbox").iterdir()],
        }
        sys.stdout.write(json.dumps(told) + "\n")
        if status == 0:
            return


if __name__ == "__main__":
    main()
