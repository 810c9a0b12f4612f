"""Everything breaks while people type: what the fault run of `benchmarks/` and the quick one of the tests are made of.

    with FaultRun(folder, typists=4, each=150, accounts=40, pace=0.4) as run:
        run.begin()
        run.kill_server(); run.kill(run.people[0]); run.restart_database()        in any order, as often as one likes
        found = run.end()

Real processes: `collect-tui serve` on the embedded PostgreSQL, collectors (`numbered.py`) with the real client, a proxy between
them that cuts and refuses. At the end the database is judged against what each collector was told. All of it stays in the
folder and ends with the `with`, however that ends.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.request
from collections import Counter, defaultdict
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any, Self

from sqlmodel import col, select

import collect_tui
from collect_tui import defaults
from collect_tui.server.embedded import Embedded
from collect_tui.services import events, tokens, users
from collect_tui.store import audit_check
from collect_tui.store.engine import Store
from collect_tui.store.tables import ActLog, Audit, ContactEvent, Note, Outbox, Payment
from invented.portfolio import number, write
from support.chaos import Proxy

PATIENCE = 120.0
#: What must be zero, or nothing was proved.
VERDICT = ("lost", "doubled", "disordered", "left", "broken_chains", "untold", "crashed", "server_errors")


@dataclass
class Typist:
    """One collector: how far they are, what they were told was taken, and what was refused and sent again."""

    name: str
    folder: Path
    accounts: list[str]
    token: str
    last: int
    typed: int = 0
    taken: set[int] = field(default_factory=set)
    reviewed: dict[int, str] = field(default_factory=dict)
    empty: bool = False
    hands: int = 0
    doubts: int = 0
    crashed: int = 0
    process: subprocess.Popen[str] | None = None
    _listener: threading.Thread | None = None

    def start(self, url: str, environ: dict[str, str], pace: float) -> None:
        """Goes on after the last line that was typed: whether the desk has that one is what the run is about."""
        script = str(Path(__file__).with_name("numbered.py"))
        words = [url, str(self.folder), self.name, str(self.typed + 1), str(self.last), str(pace), *self.accounts]
        with (self.folder.parent / f"{self.name}.log").open("a") as log:
            self.process = subprocess.Popen(
                [sys.executable, script, *words],
                env={**environ, "COLLECT_TUI_TOKEN": self.token},
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                start_new_session=True,
            )
        self._listener = threading.Thread(target=self._listen, args=(self.process,), daemon=True)
        self._listener.start()

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.join()

    def join(self) -> None:
        """All that a process said is known when it is gone."""
        assert self.process is not None
        assert self._listener is not None
        self.process.wait(10)
        self._listener.join(10)

    def ended(self) -> bool:
        """Whether the process ended by itself. One that did so before its queue was empty has failed."""
        if self.process is None or self.process.poll() is None:
            return False
        self.join()
        return True

    def _listen(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        with process.stdout as said:
            for line in said:
                word, *rest = line.split()
                if word == "typed":
                    self.typed = int(rest[0])
                elif word == "taken":
                    self.taken.add(int(rest[0]))
                elif word == "review":
                    self.reviewed[int(rest[0])] = rest[1]
                elif word == "hand":
                    self.hands += 1
                elif word == "doubt":
                    self.doubts += 1
                elif word == "empty":
                    self.empty = True

    def left(self) -> int:
        """What is still in the queue on the disk."""
        path = self.folder / "outbox.db"
        if not path.exists():
            return 0
        db = sqlite3.connect(path)
        try:
            return int(db.execute("SELECT count(*) FROM act").fetchone()[0])
        finally:
            db.close()


@dataclass
class FaultRun:
    """`pace`: mean seconds between two lines of one collector; `workers` of the server; `seed` of the proxy's chances."""

    folder: Path
    typists: int
    each: int
    accounts: int
    pace: float = 0.0
    workers: int = 1
    seed: int = 7
    people: list[Typist] = field(default_factory=list)
    did: Counter[str] = field(default_factory=Counter)

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self.embedded = Embedded(self.folder / "postgresql")
            stack.callback(self.embedded.stop)
            self.embedded.start()
            self._fill()
            with socket.socket() as free:
                free.bind(("127.0.0.1", 0))
                self.port = free.getsockname()[1]
            self.server: subprocess.Popen[bytes] | None = None
            stack.callback(self._stop_server)
            self.proxy = Proxy(self.port, seed=self.seed)
            stack.callback(self.proxy.stop)
            for person in self.people:
                stack.callback(person.kill)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    @property
    def environ(self) -> dict[str, str]:
        """Keeps every process inside the folder, away from settings of a real desk."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("COLLECT_TUI_", "XDG_"))}
        ours = {
            "HOME": str(self.folder),
            "TMPDIR": str(self.folder / "tmp"),
            "PYTHONPATH": str(Path(collect_tui.__file__).parents[1]),
            "COLLECT_TUI_DATABASE": self.embedded.url,
            "COLLECT_TUI_SERVE_RATE": "0",
        }
        return {**kept, **ours}

    def _fill(self) -> None:
        (self.folder / "tmp").mkdir()
        now = datetime.now(UTC)
        path = self.folder / "portfolio.jsonl"
        with path.open("w", encoding="utf-8") as out:
            write(out, self.accounts, lines=True, business_date=now.date())
        load = [sys.executable, "-m", "collect_tui", "load", str(path)]
        subprocess.run(load, check=True, env=self.environ, stdout=subprocess.DEVNULL)
        rules = defaults.load(None, today=now.date()).authority
        with Store.connect(self.embedded.url) as store:
            for n in range(self.typists):
                users.add(store, 1, f"typist{n}", rules, name=f"Typist {n}")
                token = tokens.mint(store, 1, f"typist{n}", now, rules).token
                own = [number(i) for i in range(n, self.accounts, self.typists)]
                self.people.append(Typist(f"t{n}", self.folder / f"state{n}", own, token, self.each))

    # what happens ---------------------------------------------------------------------------
    def begin(self) -> None:
        self.serve()
        for person in self.people:
            person.start(self.proxy.url, self.environ, self.pace)

    def serve(self) -> None:
        words = [sys.executable, "-m", "collect_tui", "serve", "--port", str(self.port)]
        words += ["--workers", str(self.workers), "--log", str(self.log)]
        self.server = subprocess.Popen(words, env=self.environ, stdout=subprocess.DEVNULL, start_new_session=True)
        self.until(self._ready, "the server did not start")

    @property
    def log(self) -> Path:
        return self.folder / "serve.log"

    def _ready(self) -> bool:
        assert self.server is not None
        assert self.server.poll() is None, "the server ended by itself"
        with suppress(OSError):
            urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5).close()
            return True
        return False

    def kill_server(self) -> None:
        """With all its processes, in the middle of whatever they do."""
        assert self.server is not None
        with suppress(ProcessLookupError):
            os.killpg(self.server.pid, signal.SIGKILL)
        self.server.wait()
        self.did["server killed"] += 1

    def kill(self, person: Typist) -> None:
        """Kills a collector's program, who starts it anew and goes on with the next line."""
        if person.empty or person.ended():
            return
        person.kill()
        self.did["typist killed"] += 1
        person.start(self.proxy.url, self.environ, self.pace)

    def restart_database(self, *, crash: bool = False, away: float = 0.0) -> None:
        """In good order, or as a crash: then it reads its journal when it starts. `away`: seconds in between."""
        if crash:
            path = self.embedded.data / "postmaster.pid"
            os.kill(int(path.read_text().split()[0]), signal.SIGQUIT)
            self.until(lambda: not path.exists(), "the database did not end")
        self.embedded.stop()
        time.sleep(away)
        self.embedded.start()
        self.did["database crashed" if crash else "database restarted"] += 1

    def look(self) -> bool:
        """Starts again who ended by themselves too early, which the verdict tells of; whether all are done."""
        for person in self.people:
            if person.ended() and not person.empty:
                person.crashed += 1
                person.start(self.proxy.url, self.environ, self.pace)
        return all(person.empty for person in self.people)

    @property
    def typed(self) -> int:
        return sum(person.typed for person in self.people)

    def until(self, true: Any, otherwise: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while not true():
            assert time.monotonic() < deadline, otherwise
            time.sleep(0.02)

    # what came of it ------------------------------------------------------------------------
    def end(self) -> dict[str, Any]:
        """Nothing breaks any more: waits until every queue is empty, stops the server in good order, and judges."""
        self.proxy.calm = True
        with suppress(AssertionError):  # then the verdict says what is left
            self.until(self.look, "the queues are not empty")
        for person in self.people:
            person.kill()
        with Store.connect(self.embedded.url) as store:
            with suppress(AssertionError):
                self.until(lambda: not self._unnumbered(store), "events are not numbered")
            self._stop_server()
            return self._judge(store)

    def _unnumbered(self, store: Store) -> int:
        with store.read() as db:
            return len(db.exec(select(Outbox.id).where(Outbox.tenant_id == 1, col(Outbox.position).is_(None))).all())

    def _stop_server(self) -> None:
        if self.server is None or self.server.poll() is not None:
            return
        self.server.send_signal(signal.SIGTERM)
        try:
            self.server.wait(30)
        except BaseException:
            os.killpg(self.server.pid, signal.SIGKILL)
            self.server.wait()
            raise

    def _judge(self, store: Store) -> dict[str, Any]:
        """What the database says, against what each collector was told."""
        with store.read() as db:
            texts = Counter(db.exec(select(Note.text).where(Note.tenant_id == 1)).all())
            texts.update(db.exec(select(ContactEvent.note).where(ContactEvent.tenant_id == 1)).all())
            texts.update(db.exec(select(Payment.ref).where(Payment.tenant_id == 1)).all())
            audited = db.exec(
                select(Audit.account_id, Audit.line, Audit.act_id, Audit.seq, Audit.at, Audit.commands)
                .where(Audit.tenant_id == 1, Audit.outcome == "done")
                .order_by(col(Audit.account_id), col(Audit.seq))
            ).all()
            acts = set(db.exec(select(ActLog.act_id).where(ActLog.tenant_id == 1)).all())
            told = Counter(
                json.loads(payload)["act"]
                for payload in db.exec(select(Outbox.payload).where(Outbox.tenant_id == 1, Outbox.kind == events.ACT))
            )
            breaks = len(audit_check.verify(db, 1))
        stands = Counter({text: n for text, n in texts.items() if text.startswith("typed ")})
        proved = Counter(line for _, line, *_ in audited)
        reviewed = {f"typed {p.name} {n}": code for p in self.people for n, code in p.reviewed.items()}
        sure = {f"typed {p.name} {n}" for p in self.people for n in p.taken}
        return {
            "typed": self.typed,
            "taken": len(sure),
            "done": stands.total(),
            "lost": len(sure - set(stands) | sure - set(proved)),
            "doubled": sum(n != 1 for n in (stands | proved).values())
            + (len(acts) != stands.total())
            + sum(person.doubts for person in self.people),
            "disordered": self._disordered(audited),
            "left": sum(person.left() for person in self.people),
            "broken_chains": breaks,
            "untold": sum(told[act] != 1 for act in acts) + len(set(told) - acts),
            "crashed": sum(person.crashed for person in self.people),
            "server_errors": sum(self.log.read_text().count(f'"status": {status}') for status in (500, 501)),
            "odd": {
                line: [
                    f"{act} entry {seq} of {account} at {at} because of {reviewed.get(line)}: {commands} "
                    for account, text, act, seq, at, commands in audited
                    if text == line
                ]
                for line, n in (stands | proved).items()
                if n != 1
            },
            "review": dict(Counter(code for person in self.people for code in person.reviewed.values())),
            "by_hand": sum(person.hands for person in self.people),
            "did": dict(self.did + self.proxy.did),
        }

    def _disordered(self, audited: Any) -> int:
        """Lines of one collector on one account that were done in another order than typed, without having been refused."""
        refused = {(p.name, n) for p in self.people for n in p.reviewed}
        orders: dict[tuple[int, str], list[int]] = defaultdict(list)
        for account, line, _, _, _, commands in audited:
            _, name, n = line.split()
            # a payment cannot wait in the queue: its author types it again, later than the next line
            if (name, int(n)) not in refused and '"kind":"payment"' not in commands.replace(" ", ""):
                orders[account, name].append(int(n))
        return sum(a > b for order in orders.values() for a, b in pairwise(order))


def sound(found: dict[str, Any]) -> bool:
    """Whether nothing was lost, doubled or broken."""
    return not any(found[name] for name in VERDICT)
