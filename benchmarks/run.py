"""How fast the desk is, beside an empty Textual app, mutt and visidata in the same call.

    python benchmarks/run.py [--quick] [--only NAME,…] [--json out.json] [--docs] [--million N]

Makes a demo portfolio in a temporary folder under a frozen clock, and a server with the same (`collect-tui serve
--demo`, embedded PostgreSQL) for the thin client; lets the terminal driver play every scenario of
`benchmarks/scenarios/` in a real pty, and prints one table: figure, the same of the peers, budget, stretch goal, met
or not. The driver stands beside the repository (`../shared/bench/termbench.py`) and is no part of it; where it is
missing, only what needs no terminal is measured. `--docs` writes the tables into docs/performance.md.

Milliseconds drift with the machine: believe ratios, bytes and CPU.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import importlib.util
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import report
from material import AT, ROOT, USER, Material, clean_environ
from serving import served

DRIVER = ROOT.parent / "shared" / "bench" / "termbench.py"
SCENARIOS = Path(__file__).with_name("scenarios")
MEMORY = {"few": 20, "many": 2_000, "many, quick": 200}


def main() -> int:
    given = options().parse_args()
    only = set(given.only.split(",")) if given.only else None
    with tempfile.TemporaryDirectory(prefix="collect-tui-bench-") as folder:
        material = Material(Path(folder))
        material.make()
        if not DRIVER.exists():
            say(
                f"The terminal driver is not at ../{DRIVER.relative_to(ROOT.parent)}; measuring the plain commands only."
            )
            print(plain(material, 3 if given.quick else 10))
            return 0
        with served(clean_environ() | material.env, AT, USER) as server:
            results, found = terminal(load_driver(given.quick), material, only, server, quick=given.quick)
    text = report.table(found)
    print(text)
    accounts = accounts_wanted(given, only)
    sets = million(accounts) if accounts else ""
    if sets:
        print(sets)
    if given.json:
        given.json.write_text(json.dumps(results, indent=1), "utf-8")
    if given.docs:
        write_page(text, sets)
    return 0


def accounts_wanted(given: argparse.Namespace, only: set[str] | None) -> int:
    """How large the big file shall be; 0: not measured this time."""
    if only is not None and "million" not in only:
        return 0
    if given.million is not None:
        return int(given.million)
    return 0 if given.quick else 1_000_000


def options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="fewer repetitions, fewer accounts opened, no million")
    parser.add_argument(
        "--only", metavar="NAME,…", help="scenarios by name, peers too, thin-NAME; `memory` and `million` are names"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="everything measured")
    parser.add_argument("--docs", action="store_true", help="write the tables into docs/performance.md")
    parser.add_argument("--million", type=int, metavar="N", help="accounts in the big file (default 1,000,000; 0 none)")
    return parser


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


# in the terminal ---------------------------------------------------------------------------
def load_driver(quick: bool) -> Any:
    """The driver as a module; it waits for a quiet machine before each repetition, but not for long."""
    spec = importlib.util.spec_from_file_location("termbench", DRIVER)
    assert spec is not None
    assert spec.loader is not None
    driver = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(driver)
    driver.calm = partial(driver.calm, patience_s=1 if quick else 5)
    return driver


def terminal(
    driver: Any, material: Material, only: set[str] | None, server: str, *, quick: bool
) -> tuple[dict[str, Any], list[report.Row]]:
    """Plays peers and scenarios; what was measured, and the lines of the table."""
    results: dict[str, Any] = {}
    asked: list[tuple[str, dict[str, Any]]] = []
    for path, at in played():
        name = f"thin-{path.stem}" if at else path.stem
        if only is not None and name not in only:
            continue
        filled, scenario = material.scenario(path, server if at else "")
        program = scenario.get("needs")
        if program and not shutil.which(str(program)):
            say(f"{name}: {program} is not installed (a Debian package of that name or visidata); left out")
            continue
        sc = driver.load(str(filled), {"env": material.env})
        beside = None
        if "beside" in scenario:
            peer, _ = material.scenario(SCENARIOS / "peers" / f"{scenario['beside']}.toml")
            beside = driver.load(str(peer), {"env": material.env})
        try:
            results[name] = play(driver, sc, quick, beside)
        except RuntimeError as error:
            say(f"{name}: {error}")
            continue
        asked.append((name, scenario))
        say(f"{name}: done")
    found = [row for name, scenario in asked for row in report.rows(scenario, results, name)]
    for name, at in (("memory", ""), ("thin-memory", server)):
        if only is None or name in only:
            results[name] = memory(driver, material, quick, at)
            found += memory_rows(results[name], "thin client, " if at else "")
    return results, found


def played() -> Iterator[tuple[Path, bool]]:
    """Every scenario, peers first; those that ask for it once more as a thin client."""
    for path in (*sorted((SCENARIOS / "peers").glob("*.toml")), *sorted(SCENARIOS.glob("*.toml"))):
        yield path, False
        if tomllib.loads(path.read_text("utf-8")).get("thin"):
            yield path, True


def play(driver: Any, sc: dict[str, Any], quick: bool, beside: dict[str, Any] | None = None) -> dict[str, Any]:
    """One scenario: starts, keys, burst, slow link and copies, as far as it asks for them.

    With `beside` each start is followed by one of that peer: a ratio of two times then drifts less with the machine.
    """
    made: dict[str, Any] = {}
    driver.start(sc)[0].close()  # writes the .pyc files, fills the page cache
    starts, peers, reps = [], [], []
    for _ in range((4 if beside else 2) if quick else (9 if beside else 5)):
        driver.calm()
        starts.append(start(driver, sc))
        if beside:
            peers.append(start(driver, beside))
    for _ in range(1 if quick else 3):
        driver.calm()
        reps.append(driver.measure(sc | ({"idle_s": min(sc["idle_s"], 3.0)} if quick else {})))
    made["summary"] = driver.summary(reps, starts)
    if peers:
        names = ("paint_ms", "ready_ms", "settled_ms", "start_cpu_s")
        made["beside"] = {"summary": {name: {"med": statistics.median(p[name] for p in peers)} for name in names}}
    if "burst" in sc:
        made["burst"] = [one | {"lost": 0 if one["ok"] else 1} for one in driver.burst(sc)]
    if "slow" in sc:
        made["slow"] = driver.slow(sc)
    if "copies" in sc:
        made["copies"] = driver.copies(sc)
    return made


def start(driver: Any, sc: dict[str, Any]) -> dict[str, Any]:
    """One start, and how busy the machine was meanwhile."""
    noise = driver.Noise()
    term, measured = driver.start(sc)
    busy = noise.pct(term.tree())
    term.close()
    return dict(measured, start_noise_pct=busy)


def memory(driver: Any, material: Material, quick: bool, server: str) -> dict[str, Any]:
    """Memory of one process after a few accounts and after many, opened from one queue round and round."""
    filled, _ = material.scenario(SCENARIOS / "open.toml", server)
    sc = driver.load(str(filled), {"env": material.env})
    term, _ = driver.start(sc)
    goal = MEMORY["many, quick" if quick else "many"]
    made: dict[str, Any] = {"opened": goal}
    try:
        term.keys(sc["setup"])
        term.keys("home")
        opened = 0
        while opened < goal and term.alive:
            for _ in range(20):  # typed ahead: the key gate plays them in order
                term.write(b"\rb" + driver.encode_key("down", 1 in term.emu.modes))
            term.write(driver.encode_key("home", 1 in term.emu.modes))
            term.quiet(0.4, 60)
            term.render()
            opened += 20
            if opened == MEMORY["few"]:
                made["few"] = driver.mem(term.tree())
            if opened % 400 == 0:
                say(f"memory: {opened:,} accounts opened")
        made["many"] = driver.mem(term.tree())
        made["alive"] = term.alive
    finally:
        term.close()
    return made


def memory_rows(measured: dict[str, Any], whose: str) -> list[report.Row]:
    few, many = measured["few"]["pss"], measured["many"]["pss"]
    none: dict[str, float | None] = dict.fromkeys(report.PEERS)
    growth = (many / few - 1) * 100
    return [
        report.Row(f"{whose}memory after 20 accounts opened (PSS)", few, "MiB", none, few, False, None, None),
        report.Row(
            f"{whose}memory after {measured['opened']:,} accounts: growth",
            growth,
            "%",
            none,
            round(growth, 1),
            False,
            5,
            0,
        ),
    ]


# without a terminal ------------------------------------------------------------------------
def plain(material: Material, reps: int) -> str:
    """How long plain commands take as whole processes, beside a Python that does nothing."""
    at = ["--db", str(material.demo), "--as", "mia"]
    commands = {
        "Python that does nothing": ["-c", ""],
        "collect-tui --version": ["-m", "collect_tui", "--version"],
        "collect-tui queues": ["-m", "collect_tui", *at, "queues"],
        "collect-tui find": ["-m", "collect_tui", *at, "find", "a"],
    }
    lines = [(what, f"{process_ms(command, material, reps):.0f} ms") for what, command in commands.items()]
    return report.markdown(("What", "Median"), lines)


def process_ms(command: Sequence[str], material: Material, reps: int) -> float:
    spans = []
    for _ in range(reps + 1):
        began = time.perf_counter()
        subprocess.run(
            [sys.executable, *command], env={**clean_environ(), **material.env}, stdout=subprocess.DEVNULL, check=False
        )
        spans.append((time.perf_counter() - began) * 1000)
    return statistics.median(spans[1:])


def million(accounts: int) -> str:
    """The set-based figures of `million.py`, which prints its own progress."""
    script = Path(__file__).with_name("million.py")
    done = subprocess.run(
        [sys.executable, str(script), "--accounts", str(accounts)], stdout=subprocess.PIPE, text=True, check=False
    )
    if done.returncode:
        say(f"million.py ended with {done.returncode}; its figures are left out")
        return ""
    return f"SQLite, {accounts:,} accounts with five items each (`python benchmarks/million.py`):\n\n" + report.million(
        done.stdout
    )


# the page ---------------------------------------------------------------------------------
def write_page(text: str, sets: str) -> None:
    path = ROOT / "docs/performance.md"
    start, end = "<!-- performance -->", "<!-- /performance -->"
    before, found, rest = path.read_text("utf-8").partition(start)
    old, closed, after = rest.partition(end)
    if not found or not closed:
        raise SystemExit(f"docs/performance.md has lost the marks {start} … {end}.")
    if not sets and "SQLite," in old:  # measured before, not this time
        sets = old[old.index("SQLite,") :].strip() + "\n"
    head = (
        f"`python benchmarks/run.py --docs` on {datetime.now(UTC):%Y-%m-%d}, {machine()}; 80×24, demo portfolio, medians. "
        "Peers ran in the same call and stand as ratio (their own figure). Budgets of the first screen are ratios to the "
        "empty Textual app."
    )
    path.write_text(f"{before}{start}\n{head}\n\n{text}\n{sets}{end}{after}", "utf-8")


def machine() -> str:
    textual = importlib.metadata.version("textual")
    return f"{os.cpu_count()} shared cores, {platform.system()}, Python {platform.python_version()}, Textual {textual}"


if __name__ == "__main__":
    sys.exit(main())
