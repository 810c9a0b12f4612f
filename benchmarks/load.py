"""A floor of simulated desks on one server: how many commands it takes, and how long each waits.

    python benchmarks/load.py [--desks 500] [--seconds 60] [--think 60] [--accounts 20000] [--workers 3] [--json FILE] [--docs]

Starts `collect-tui serve` on a PostgreSQL from the wheel with an invented portfolio, gives every desk a user and a token, and
lets all of them do the hourly loop of `benchmarks/desks.py` over HTTP: once with think time (a new account every `--think`
seconds on average), once without, 32 at a time. Load and server share the machine. Prints a table, and the proofs: no account
in two hands, every answered act in the database once, every audit chain whole. `--docs` writes the table into docs/scaling.md.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import psutil
from material import ROOT, Material, clean_environ

AT = "2026-11-23T16:30:00Z"
GENERATORS = 2


def main() -> int:
    given = options().parse_args()
    with tempfile.TemporaryDirectory(prefix="collect-tui-load-") as folder:
        floor = Floor(Path(folder), given.accounts, given.workers)
        floor.make(given.desks)
        runs = [
            floor.run(f"{given.desks} desks, think time {given.think:g} s", given.desks, given.think, given.seconds),
            floor.run("32 desks without think time", min(32, given.desks), 0, given.seconds / 2),
        ]
        proofs = floor.proofs()
        floor.database.stop()
    text = table(runs, proofs, given)
    print(text)
    if given.json:
        given.json.write_text(json.dumps([vars(r) for r in runs] + [proofs], indent=1), "utf-8")
    if given.docs:
        write_docs(text)
    return 0 if all(proofs.values()) else 1


def options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--desks", type=int, default=500)
    parser.add_argument(
        "--seconds",
        type=float,
        default=60,
        help="measured, after a warm-up of a quarter of it, of the think time at least",
    )
    parser.add_argument("--think", type=float, default=60, help="mean seconds a desk spends on an account")
    parser.add_argument("--accounts", type=int, default=20_000)
    parser.add_argument("--workers", type=int, default=3, help="of the server")
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--docs", action="store_true", help="write the table into docs/scaling.md")
    return parser


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


@dataclass
class Run:
    """One run's figures. `millis`: by kind of request; `cpu`: cores used by server and database; `memory`: MiB (PSS)."""

    title: str
    desks: int
    seconds: float
    millis: dict[str, list[float]]
    cpu: dict[str, float]
    memory: dict[str, float]
    refused: dict[str, int]
    failed: dict[str, int]

    @property
    def requests(self) -> int:
        return sum(len(times) for times in self.millis.values())


@dataclass
class Floor:
    folder: Path
    accounts: int
    workers: int
    tokens: list[str] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    claims: list[tuple[str, int, int, float, float]] = field(default_factory=list)
    port: int = 0
    database: Any = None

    @property
    def environ(self) -> dict[str, str]:
        ours = {"COLLECT_TUI_DATABASE": self.database.url, "COLLECT_TUI_SERVE_RATE": "0"}
        return {**clean_environ(), **Material(self.folder).env, **ours}

    def command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "collect_tui", "--at", AT, *words]

    def make(self, desks: int) -> None:
        """The database, its accounts, a user and a token for every desk."""
        from collect_tui.server.embedded import Embedded

        self.database = Embedded(self.folder / "postgresql")
        self.database.start()
        sys.path.insert(0, str(ROOT / "fixtures"))
        from invented.portfolio import write

        say(f"making {self.accounts:,} accounts and {desks} desks …")
        path = self.folder / "portfolio.jsonl"
        with path.open("w", encoding="utf-8") as out:
            write(out, self.accounts, lines=True)
        subprocess.run(self.command("load", str(path)), check=True, env=self.environ, stdout=subprocess.DEVNULL)
        with self.store() as store:
            from collect_tui import defaults
            from collect_tui.services import tokens, users

            now = datetime.fromisoformat(AT)
            rules = defaults.load(None, today=now.date()).authority
            for n in range(desks):
                login = f"desk{n:03}"
                users.add(store, 1, login, rules, name=f"Desk {n}")
                self.tokens.append(tokens.mint(store, 1, login, now, rules).token)

    def store(self) -> Any:
        """The server's database, from this process."""
        from collect_tui.store.engine import Store

        return Store.connect(self.database.url, create=True)

    @contextmanager
    def server(self) -> Iterator[psutil.Process]:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        words = (
            "serve",
            "--port",
            str(self.port),
            "--workers",
            str(self.workers),
            "--log",
            str(self.folder / "serve.log"),
        )
        process = subprocess.Popen(self.command(*words), env=self.environ, stdout=subprocess.DEVNULL)
        try:
            deadline = time.monotonic() + 60
            while time.monotonic() < deadline:
                try:
                    urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=1).close()
                    break
                except OSError:
                    if process.poll() is not None:
                        raise SystemExit("the server did not start") from None
                    time.sleep(0.1)
            yield psutil.Process(process.pid)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)

    def run(self, title: str, desks: int, think: float, seconds: float) -> Run:
        """All desks at work for a while."""
        say(f"{title}: {seconds:g} s …")
        warm = max(seconds / 4, think)  # by then the desks are spread as they will be
        with self.server() as server:
            watch = Watch(server)
            generators = []
            for part in range(GENERATORS):
                plan = {
                    "url": f"http://127.0.0.1:{self.port}", "tokens": self.tokens[part:desks:GENERATORS], "seconds": seconds,
                    "warm": warm, "think": think, "business_date": AT[:10], "seed": part + 1,
                }  # fmt: skip
                script = str(Path(__file__).with_name("desks.py"))
                process = subprocess.Popen(
                    [sys.executable, script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=self.environ
                )
                assert process.stdin is not None
                process.stdin.write(json.dumps(plan))
                process.stdin.close()
                generators.append(process)
            watch.begin_after(warm)
            millis: dict[str, list[float]] = defaultdict(list)
            refused: dict[str, int] = defaultdict(int)
            failed: dict[str, int] = defaultdict(int)
            for part, process in enumerate(generators):
                assert process.stdout is not None
                found = json.loads(process.stdout.read())
                process.wait()
                for kind, times in found["millis"].items():
                    millis[kind] += times
                for names, total in ((found["refused"], refused), (found["failed"], failed)):
                    for name, count in names.items():
                        total[name] += count
                self.keys += found["keys"]
                self.claims += [(a, f, d * GENERATORS + part, g, u) for a, f, d, g, u in found["claims"]]
            cpu, memory = watch.end()
        return Run(title, desks, seconds, dict(millis), cpu, memory, dict(refused), dict(failed))

    def proofs(self) -> dict[str, bool]:
        """What must hold after all that."""
        from sqlmodel import col, func, select

        from collect_tui.store import audit_check
        from collect_tui.store.tables import ActLog

        held: dict[str, list[tuple[float, float]]] = defaultdict(list)
        fences: set[tuple[str, int]] = set()
        twice = 0
        for account, fence, _desk, given, gone in self.claims:
            twice += (account, fence) in fences
            fences.add((account, fence))
            held[account].append((given, gone))
        for times in held.values():
            times.sort()
            twice += sum(1 for (_, end), (begin, _) in pairwise(times) if begin < end)
        with self.store() as store, store.read() as db:
            done = db.exec(select(func.count()).select_from(ActLog).where(ActLog.tenant_id == 1)).one()
            known = 0
            for start in range(0, len(self.keys), 500):
                part = self.keys[start : start + 500]
                known += db.exec(select(func.count()).where(ActLog.tenant_id == 1, col(ActLog.act_id).in_(part))).one()
            whole = not audit_check.verify(db, 1)
        return {
            f"{len(self.claims):,} claims, no account in two hands": twice == 0,
            f"{len(self.keys):,} answered acts, each in the database once": known
            == len(set(self.keys))
            == len(self.keys),
            f"{done:,} acts in the database, every audit chain whole": whole,
        }


class Watch:
    """CPU and memory of the server's processes and of its database, by what they are."""

    def __init__(self, server: psutil.Process) -> None:
        self._server = server
        self._before: dict[int, float] = {}
        self._from = time.monotonic()

    def begin_after(self, seconds: float) -> None:
        timer = threading.Timer(seconds, self._begin)
        timer.daemon = True
        timer.start()

    def _begin(self) -> None:
        self._from = time.monotonic()
        self._before = {p.pid: cpu_of(p) for p in self._all()}

    def _all(self) -> list[psutil.Process]:
        found = [self._server, *self._server.children(recursive=True)]
        known = {p.pid for p in found}
        found += [p for p in psutil.process_iter() if p.pid not in known and "postgres" in name_of(p)]
        return found

    def end(self) -> tuple[dict[str, float], dict[str, float]]:
        seconds = time.monotonic() - self._from
        cpu: dict[str, float] = {"server": 0.0, "database": 0.0}
        memory: dict[str, float] = {"server": 0.0, "database": 0.0}
        for process in self._all():
            kind = "database" if "postgres" in name_of(process) else "server"
            cpu[kind] += max(0.0, cpu_of(process) - self._before.get(process.pid, 0.0)) / seconds
            memory[kind] += pss_of(process)
        return cpu, memory


def name_of(process: psutil.Process) -> str:
    try:
        return process.name()
    except psutil.Error:
        return ""


def cpu_of(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.Error:
        return 0.0
    return float(times.user + times.system)


def pss_of(process: psutil.Process) -> float:
    """Proportional memory in MiB."""
    try:
        return float(process.memory_full_info().pss) / 2**20
    except psutil.Error:
        return 0.0


def memory_share(run: Run) -> str:
    """Of 100 desks; of a few desks it would only say what processes weigh."""
    each = 100 * (run.memory["server"] + run.memory["database"]) / run.desks
    return f"({each:,.0f} per 100 desks)" if run.desks >= 100 else "in all"


def quantile(times: list[float], share: float) -> float:
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def table(runs: list[Run], proofs: dict[str, bool], given: argparse.Namespace) -> str:
    """What was measured, as Markdown."""
    lines = [
        f"Measured by `python benchmarks/load.py --desks {given.desks} --seconds {given.seconds:g} --think {given.think:g} "
        f"--accounts {given.accounts} --workers {given.workers}` on {os.cpu_count()} cores shared by load, server and database "
        f"(PostgreSQL 18 from the wheel, fsync on); {given.accounts:,} accounts.",
        "",
    ]
    for run in runs:
        rate = run.requests / run.seconds
        acts = len(run.millis.get("do", [])) / run.seconds
        lines += [
            f"**{run.title}**: {rate:,.0f} requests/s, {acts:,.1f} commands/s; "
            f"CPU {run.cpu['server']:.2f} cores server + {run.cpu['database']:.2f} database "
            f"({100 * (run.cpu['server'] + run.cpu['database']) / run.desks:.2f} per 100 desks); "
            f"memory {run.memory['server']:,.0f} + {run.memory['database']:,.0f} MiB "
            f"{memory_share(run)}; "
            f"refused {run.refused or 'none'}, failed {run.failed or 'none'}.",
            "",
            "| Request | Count | p50 ms | p95 ms | p99 ms | most |",
            "|---|---|---|---|---|---|",
        ]
        every = [t for times in run.millis.values() for t in times]
        for kind, times in [*sorted(run.millis.items()), ("**all**", every)]:
            if times:
                lines.append(
                    f"| {kind} | {len(times):,} | {statistics.median(times):.1f} | {quantile(times, 0.95):.1f} | "
                    f"{quantile(times, 0.99):.1f} | {max(times):.0f} |"
                )
        lines.append("")
    lines += [f"- {'yes' if held else '**NO**'}: {what}" for what, held in proofs.items()]
    return "\n".join(lines)


def write_docs(text: str, name: str = "load") -> None:
    """Puts what was measured between its marks in docs/scaling.md."""
    path = ROOT / "docs" / "scaling.md"
    old = path.read_text("utf-8")
    start, end = f"<!-- {name}:start -->", f"<!-- {name}:end -->"
    before, _, rest = old.partition(start)
    _, _, after = rest.partition(end)
    path.write_text(f"{before}{start}\n{text}\n{end}{after}", "utf-8")


if __name__ == "__main__":
    raise SystemExit(main())
