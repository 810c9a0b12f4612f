"""Sequences of keys typed slowly, as one burst and in chunks, over late answers: database and screen must be the same.

    python benchmarks/bursts.py [--count 10000] [--seed 1] [--desk local|thin|both|turns] [--jobs N] [--keys 24] [--flow KEYS]

Sequence by sequence a typist chooses keys by what is on the screen (`tests/support/bursts`): finds, queues, lines, forms, chords,
panes, pastes, other sizes. Each is played in all three ways, on the local desk and on the thin client at a server on loopback,
while every answer of the desk is late by chance. One that does not do the same is made as short as it still shows it, and
printed with its seed; `--flow` plays keys as they are printed. At the end it says how many differ; exit code 1 when any does.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import time
from typing import Any

from material import ROOT

sys.path[:0] = [str(ROOT / name) for name in ("src", "tests", "fixtures")]

#: The stages of this process, by desk: opened once, and closed with it.
_stages: dict[str, Any] = {}


def main() -> int:
    given = options().parse_args()
    seeds = range(given.seed, given.seed + given.count)
    tasks = [(desk, seed, given) for seed in seeds for desk in desks(given.desk, seed)]
    begin, differ = time.monotonic(), 0
    with multiprocessing.get_context("spawn").Pool(given.jobs) as pool:
        for done, wrong in enumerate(pool.imap_unordered(_one, tasks), start=1):
            if wrong:
                differ += 1
                print(f"{wrong}\n", flush=True)
            if done % 100 == 0:
                pace = done / (time.monotonic() - begin)
                print(f"{done:,} of {len(tasks):,} played, {differ} differ, {pace:.1f} a second", file=sys.stderr)
    print(f"{given.count:,} sequences, {len(tasks):,} plays ({given.desk}): {differ} differ.")
    return 1 if differ else 0


def desks(name: str, seed: int) -> tuple[str, ...]:
    """Where a sequence is played."""
    return {"both": ("local", "thin"), "turns": (("local", "thin")[seed // 4 % 2],)}.get(name, (name,))


def options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=10_000, help="how many sequences")
    parser.add_argument("--seed", type=int, default=1, help="of the first one")
    parser.add_argument("--desk", choices=("local", "thin", "both", "turns"), default="both",
                        help="turns: four sequences on each in turn")  # fmt: skip
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="processes")
    parser.add_argument("--keys", type=int, default=24, help="about how many keys a sequence has")
    parser.add_argument("--flow", help="play these keys instead of chosen ones")
    parser.add_argument("--long", action="store_true", help="print sequences as they are, without making them shorter")
    return parser


def _one(task: tuple[str, int, argparse.Namespace]) -> str:
    """Plays one sequence; what differs, as it is printed."""
    from support.bursts.play import run, shrunk
    from support.bursts.stage import Stage
    from support.bursts.typist import tokens_of

    desk, seed, given = task
    if desk not in _stages:
        _stages[desk] = Stage(desk).__enter__()
    stage = _stages[desk]
    found = run(stage, seed, tokens_of(given.flow) if given.flow else None, given.keys)
    if found is not None and not given.long:
        found = shrunk(stage, found)
    return "" if found is None else str(found)


if __name__ == "__main__":
    raise SystemExit(main())
