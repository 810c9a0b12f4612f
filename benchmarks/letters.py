"""How many letters a second go into a bundle for the print house, and how much memory that takes.

    python benchmarks/letters.py [--letters 10000] [--language en] [--folder DIR] [--json FILE]

Each letter is a second notice with a table of three invoices, on US Letter. `set` is typst alone; `send` sets, and has the letter on the
disk when it returns; `flush` writes the bundle with its manifest. Memory is the largest resident size of the process, and how far it rose
after the first hundred letters. At the end the bundle is held against its manifest: every letter once, and its digest right.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import resource
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

from material import ROOT

sys.path.insert(0, str(ROOT / "src"))

from collect_tui.channels.letter import Typesetter
from collect_tui.channels.print_house import PrintHousePort
from collect_tui.services.message.document import Values, read
from collect_tui.services.message.port import Outgoing
from collect_tui.settings import PrintHouse

SENDER = "Harbor Lights Utility Company · 1 Harbor St · Chicago, IL 60601"
SAID = {
    "en": ("Second notice", "We have written to you before and have not received your payment. Please pay by **December 3, 2026**."),
    "zh": ("第二次通知", "我们此前已致信给您，但尚未收到您的付款。请于 **2026年12月3日** 或之前付款。"),
}  # fmt: skip
WARM = 100


def letter(number: int, language: str) -> Outgoing:
    values = Values()
    title, words = SAID[language]
    rows = "".join(f"| INV-{number}-{n} | September {n}, 2026 | ${number + n:,}.00 |\n" for n in range(1, 4))
    text = (
        f"# Harbor Lights: {title}\n\nNovember 23, 2026 · account ••••-{number % 1000:03}\n\n{values.mark(f'Customer {number}')},\n\n"
        f"{words}\n\n| Invoice | Due | Owed |\n| --- | --- | ---: |\n{rows}\n"
        + f"{words} " * 6
        + "\n\n- +1 312 555 0199\n"
    )
    document = read(text, values, "zh-Hans" if language == "zh" else "en-US")
    return Outgoing(
        key=f"1-{number}",
        channel="letter",
        to=f"{number} W Division St\nChicago, IL 60622",
        name=f"Customer {number}",
        language=language,
        dated=date(2026, 11, 23),
        text=document.text(),
        document=document,
    )


def memory() -> float:
    """The largest resident size so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform != "darwin" else 1024**2)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--letters", type=int, default=10_000)
    options.add_argument("--language", choices=SAID, default="en")
    options.add_argument("--folder", help="where the bundle is made; the system's folder of temporary files")
    options.add_argument("--json", type=Path)
    given = options.parse_args()
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        house = PrintHouse(folder=Path(folder), sender=SENDER)
        found = {"letters": given.letters, "language": given.language, **measured(house, given.letters, given.language)}
        sound = found.pop("sound")
    print(json.dumps(found, indent=1))
    if given.json:
        given.json.write_text(json.dumps(found, indent=1), "utf-8")
    return 0 if sound else 1


def measured(house: PrintHouse, letters: int, language: str) -> dict[str, float | bool]:
    messages = [letter(number, language) for number in range(min(letters, 1000))]
    typesetter = Typesetter(house)
    started = time.perf_counter()
    for message in messages:
        typesetter.letter(message)
    setting = time.perf_counter() - started

    port, warm = PrintHousePort(house), 0.0
    started = time.perf_counter()
    for number in range(letters):
        port.send(letter(number, language))
        warm = memory() if number == WARM else warm
    sending = time.perf_counter() - started
    started = time.perf_counter()
    port.flush()
    flushing = time.perf_counter() - started
    bundle = next((house.folder or Path()).glob("outbox/*"))
    return {
        "set_per_second": round(len(messages) / setting, 1),
        "send_per_second": round(letters / sending, 1),
        "flush_seconds": round(flushing, 2),
        "letters_per_second": round(letters / (sending + flushing), 1),
        "peak_mb": round(memory(), 1),
        "rise_mb": round(memory() - (warm or memory()), 1),
        "bundle_mb": round(sum(path.stat().st_size for path in bundle.iterdir()) / 2**20, 1),
        "sound": whole(bundle, letters),
    }


def whole(bundle: Path, letters: int) -> bool:
    rows = list(csv.DictReader((bundle / "manifest.csv").open(encoding="utf-8", newline="")))
    right = all(hashlib.sha256((bundle / row["file"]).read_bytes()).hexdigest() == row["sha256"] for row in rows)
    return right and [row["key"] for row in rows] == [f"1-{number}" for number in range(letters)]


if __name__ == "__main__":
    raise SystemExit(main())
