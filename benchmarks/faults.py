"""Everything breaks while people type, and nothing typed is lost or done twice.

    python benchmarks/faults.py [--typists 4] [--each 150] [--seconds 75] [--workers 1] [--seed 7] [--json FILE] [--docs]

Several collectors, real processes with the real client, type numbered notes, call results and payments through a proxy to a real server
on the embedded PostgreSQL. Meanwhile one request in ten is answered 503 and others are cut, before the server has them or
after it has done them; every few seconds the server is killed (-9), or a collector's program, or the database is stopped or
crashed. A payment whose answer is lost is typed again by hand, as it was or changed, also after a restart.
At the end every queue is emptied and the database is judged (`tests/support/faultrun.py`): each line that the desk
had taken stands there exactly once, in the order typed, told once to other systems, and every audit chain is whole.
Exit code 0 when all of that holds; `--json` and the folder's logs say more when it does not.
"""

from __future__ import annotations

import argparse
import json
import random
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from load import write_docs
from material import ROOT

sys.path[:0] = [str(ROOT / name) for name in ("src", "tests", "fixtures")]

ACCOUNTS = 40
#: What happens every few seconds, and how often of a hundred times.
EVENTS = {"server": 40, "typist": 40, "restart": 12, "crash": 8}
JUDGED = {
    "typed": "lines typed",
    "taken": "of which their author was told that the desk has them",
    "by_hand": "payments whose answer was lost, typed again by hand",
    "done": "lines in the database",
    "lost": "**lost**",
    "doubled": "**done twice**",
    "disordered": "**done in another order on an account than typed**",
    "untold": "**events missing or written twice**",
    "broken_chains": "**audit chains broken**",
    "left": "left in a queue",
    "server_errors": "unexpected errors of the server",
    "crashed": "collectors' programs that ended by themselves",
}
HAPPENED = {
    "passed": "requests answered",
    "503": "requests answered 503 on the way",
    "cut before": "cut before they arrived",
    "cut after": "cut when they were done",
    "server away": "met no server, or one that died with them",
    "server killed": "server killed (-9)",
    "typist killed": "collector's program killed (-9)",
    "database restarted": "database stopped and started",
    "database crashed": "database crashed and started",
}


def main() -> int:
    from support.faultrun import FaultRun, sound

    given = options().parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with tempfile.TemporaryDirectory(prefix="collect-tui-faults-") as folder:
        pace = 0.5 * given.seconds / given.each  # as much again goes by while they are killed and start
        run = FaultRun(
            Path(folder), given.typists, given.each, ACCOUNTS, pace=pace, workers=given.workers, seed=given.seed
        )
        with run:
            found = play(run, given.seconds, random.Random(given.seed))
        if not sound(found):
            say("".join(path.read_text("utf-8") for path in Path(folder).glob("t*.log")))
            say("".join(line for line in run.log.open(encoding="utf-8") if '"status": 500' in line))
    text = report(found, given)
    print(text)
    if given.json:
        given.json.write_text(json.dumps(found, indent=1), "utf-8")
    if given.docs:
        write_docs(text, "faults")
    return 0 if sound(found) else 1


def options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--typists", type=int, default=4)
    parser.add_argument("--each", type=int, default=150, help="lines that each of them types")
    parser.add_argument("--seconds", type=float, default=75, help="how long they type and things break")
    parser.add_argument("--workers", type=int, default=1, help="processes of the server")
    parser.add_argument("--seed", type=int, default=7, help="of what breaks when")
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--docs", action="store_true", help="write the result into docs/scaling.md")
    return parser


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def play(run: Any, seconds: float, chance: random.Random) -> dict[str, Any]:
    """Breaks one thing after the other until all was typed or the time is over, then lets the queues empty."""
    run.begin()
    begin = time.monotonic()
    while time.monotonic() - begin < seconds and not run.look():
        time.sleep(chance.uniform(0.5, 2.0))
        match chance.choices(list(EVENTS), list(EVENTS.values()))[0]:
            case "server":
                run.kill_server()
                time.sleep(chance.uniform(0.0, 1.5))
                run.serve()
            case "typist":
                run.kill(chance.choice(run.people))
            case kind:
                run.restart_database(crash=kind == "crash", away=chance.uniform(0.0, 1.5))
    say(f"{run.typed} lines typed; now nothing breaks any more, and the queues empty themselves")
    found: dict[str, Any] = run.end()
    return found


def report(found: dict[str, Any], given: argparse.Namespace) -> str:
    did = found["did"]
    rows = [(text, found[name]) for name, text in JUDGED.items()]
    rows += [(text, did.get(name, 0)) for name, text in HAPPENED.items()]
    rows.append(("lines refused, shown to their author and sent again", sum(found["review"].values())))
    command = f"`python benchmarks/faults.py --typists {given.typists} --each {given.each}`"
    table = [f"| {text} | {count:,} |" for text, count in rows]
    return "\n".join([f"Measured by {command}:", "", "| What | How often |", "| --- | ---: |", *table])


if __name__ == "__main__":
    try:
        raise SystemExit(main())
    except KeyboardInterrupt:
        raise SystemExit(130) from None
