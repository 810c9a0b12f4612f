"""What a server counts, in Prometheus' text format.

Several processes answer as one: each writes its counts beside the others', twice a second when they changed, and whoever is
asked adds up the files. A process that is gone leaves its file, so no counter ever goes down while the server runs. The
files hold counts and names of routes, nothing else.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
"""Upper ends of the latency histogram, in seconds."""

#: Name, kind and help of every figure.
FIGURES: Final[Mapping[str, tuple[str, str]]] = {
    "collect_tui_requests_total": ("counter", "Requests by route and status."),
    "collect_tui_request_seconds": ("histogram", "Time to the end of the answer, by route; streams are not in it."),
    "collect_tui_acts_total": ("counter", "Commands by kind and what became of them."),
    "collect_tui_claims_total": ("counter", "Accounts handed out, by how they were asked for and what became of it."),
    "collect_tui_billing_rows_total": ("counter", "Rows of billing systems by kind and what became of them."),
    "collect_tui_queue_accounts": ("gauge", "Accounts in a queue, by tenant, queue and tier."),
    "collect_tui_outbox_waiting": ("gauge", "Events that have no position yet, by tenant."),
    "collect_tui_outbox_lag_seconds": ("gauge", "Age of the oldest of them, by tenant."),
    "collect_tui_pool_in_use": ("gauge", "Connections to the database in use, by process."),
    "collect_tui_streams": ("gauge", "Open event streams, by process."),
}

Sample = tuple[str, tuple[tuple[str, str], ...]]


class Meter:
    """The counts of one process; any thread may add. `folder`: where the processes of a server put theirs; None: there is one."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._turn = threading.Lock()
        self._values: dict[Sample, float] = {}
        self._changed = False

    def add(self, name: str, by: float = 1, **labels: str) -> None:
        key = (name, tuple(sorted(labels.items())))
        with self._turn:
            self._values[key] = self._values.get(key, 0) + by
            self._changed = True

    def set(self, name: str, value: float, **labels: str) -> None:
        """A gauge of this process."""
        with self._turn:
            self._values[name, (*sorted(labels.items()), ("pid", str(os.getpid())))] = value
            self._changed = True

    def time(self, name: str, seconds: float, **labels: str) -> None:
        """One observation of a histogram."""
        for end in BUCKETS:
            if seconds <= end:
                self.add(f"{name}_bucket", 1, le=f"{end:g}", **labels)
        self.add(f"{name}_bucket", 1, le="+Inf", **labels)
        self.add(f"{name}_sum", seconds, **labels)
        self.add(f"{name}_count", 1, **labels)

    def write(self) -> None:
        """Puts this process's counts where the others find them."""
        if self._folder is None:
            return
        with self._turn:
            if not self._changed:
                return
            rows = [[name, labels, value] for (name, labels), value in self._values.items()]
            self._changed = False
        path = self._folder / f"{os.getpid()}.json"
        new = path.with_suffix(".new")
        new.write_text(json.dumps(rows))
        new.replace(path)

    def total(self) -> dict[Sample, float]:
        """The counts of all processes of the server."""
        self.write()
        if self._folder is None:
            with self._turn:
                return dict(self._values)
        summed: dict[Sample, float] = {}
        for path in sorted(self._folder.glob("*.json")):
            lives = _lives(int(path.stem))
            for name, labels, value in json.loads(path.read_text()):
                key = (name, tuple((k, v) for k, v in labels))
                if not lives and "pid" in dict(key[1]):
                    continue  # a gauge of a process that is gone
                summed[key] = summed.get(key, 0) + value
        return summed


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def text(samples: Mapping[Sample, float]) -> str:
    """All samples under the help and type of their figure."""
    lines: list[str] = []
    for figure, (kind, told) in FIGURES.items():
        parts = [f"{figure}{end}" for end in ("_bucket", "_sum", "_count")] if kind == "histogram" else [figure]
        mine = sorted((key for key in samples if key[0] in parts), key=_order)
        if mine:
            lines += [f"# HELP {figure} {told}", f"# TYPE {figure} {kind}"]
            lines += [f"{name}{_labels(labels)} {samples[name, labels]:.15g}" for name, labels in mine]
    return "\n".join(lines) + "\n"


def _order(key: Sample) -> tuple[object, ...]:
    """By labels; the buckets of one histogram from the narrowest to the widest."""
    name, labels = key
    end = float(dict(labels).get("le", "0"))
    return [pair for pair in labels if pair[0] != "le"], name, end


def _labels(labels: Iterable[tuple[str, str]]) -> str:
    told = ",".join(f'{name}="{_escaped(value)}"' for name, value in labels)
    return f"{{{told}}}" if told else ""


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
