"""Messages that come in: `PYTHONPATH=tests python benchmarks/inbound.py [COUNT]`.

COUNT messages (10,000) are taken one by one into a SQLite file of 2,000 customers: from known senders, one in ten from nobody known, one in
fifty STOP. Then so many from one sender who floods us. At last the time from a message's arrival until its account is read in the queue,
while all the others wait there.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median, quantiles
from typing import Any, Final

from collect_tui.services.local import LocalDesk
from collect_tui.services.message.intake import Intake
from collect_tui.services.message.port import Incoming
from support.book import NOW, Book, Clock, account, local_desk

COUNT: Final = 10_000
CUSTOMERS: Final = 2_000
TIMED: Final = 50


def customers() -> Book:
    def one(n: int) -> dict[str, Any]:
        points = [{"kind": "mobile", "value": f"+1 312 555 {n:04}"}, {"kind": "email", "value": f"c{n}@home.example"}]
        return account(f"7000-{n:04}", f"Customer {n}", items=[(f"INV-{n}", -40, 10_000 + n)], points=points)

    return Book(*map(one, range(CUSTOMERS)))


def messages(count: int) -> Iterator[Incoming]:
    for n in range(count):
        sender = f"stranger{n}@far.example" if n % 10 == 0 else f"c{n * 7919 % CUSTOMERS}@home.example"
        yield came(f"<{n}@far.example>", sender, "STOP" if n % 50 == 1 else "I have paid this on Friday. " * 20)


def came(reference: str, sender: str, text: str = "Why so much?") -> Incoming:
    return Incoming(reference=reference, channel="email", sender=sender, subject="Re: Your bill", text=text, at=NOW)


def memory() -> float:
    """MB at most, so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def visible(desk: LocalDesk, intake: Intake) -> Iterator[float]:
    """Milliseconds from a message's arrival until its account is on the first page of the queue with it."""
    for n in range(TIMED):
        start = time.perf_counter()
        intake.take(came(f"<late{n}@far.example>", f"c{CUSTOMERS - 1 - n}@home.example"))
        page = desk.queue("inbox")
        yield (time.perf_counter() - start) * 1000
        assert page.rows


def main(count: int) -> None:
    with tempfile.TemporaryDirectory() as folder, customers().store(Path(folder)) as store:
        desk = local_desk(store, "mia", Clock())
        intake, before, start = Intake(desk), 0.0, time.perf_counter()
        for n, incoming in enumerate(messages(count), 1):
            assert intake.take(incoming)
            if n == count // 10:
                before = memory()
        took = time.perf_counter() - start
        print(
            f"{count:,} taken: {count / took:,.0f} a second; memory {memory():,.0f} MB, {memory() - before:,.1f} MB more than after a tenth"
        )
        start = time.perf_counter()
        assert not any(intake.take(incoming) for incoming in messages(count // 10))
        print(f"replays: {count // 10 / (time.perf_counter() - start):,.0f} a second")
        start = time.perf_counter()
        for n in range(count // 10):
            intake.take(came(f"<flood{n}@far.example>", "c3@home.example"))
        print(f"{count // 10:,} from one sender: {count // 10 / (time.perf_counter() - start):,.0f} a second")
        times = sorted(visible(desk, intake))
        print(
            f"arrival to queue: median {median(times):,.0f} ms, 95 of 100 within {quantiles(times, n=20)[-1]:,.0f} ms"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else COUNT)
