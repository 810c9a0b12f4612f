"""What the benchmarks work on: a demo portfolio under a frozen clock, mails for mutt, rows for visidata. All made, none kept."""

from __future__ import annotations

import csv
import mailbox
import os
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
AT = "2026-11-23T16:30:00Z"  # a Monday, half past ten at the desk: calls are allowed in every zone of the portfolio
USER = "mia"
MAILS = 200
ROWS = 5_000


@dataclass(frozen=True)
class Material:
    """A temporary folder with everything in it, and the environment that keeps a program inside it."""

    folder: Path

    @property
    def env(self) -> dict[str, str]:
        places = {
            "HOME": ".",
            "XDG_DATA_HOME": "data",
            "XDG_STATE_HOME": "state",
            "XDG_CONFIG_HOME": "config",
            "XDG_CACHE_HOME": "cache",
        }
        ours = {"COLLECT_TUI_STATE_FOLDER": "state/collect-tui", "COLLECT_TUI_ORDERS_FOLDER": "orders"}
        inside = {name: str(self.folder / place) for name, place in (places | ours).items()}
        return {**inside, "PYTHONPATH": str(ROOT / "src")}  # this tree, whatever is installed

    def make(self) -> None:
        """Fills the folder. CalledProcessError when the program cannot make its demo."""
        command = [sys.executable, "-m", "collect_tui", "--as", "mia", "--at", AT, "demo", "--keep", str(self.demo)]
        subprocess.run(command, check=True, env={**clean_environ(), **self.env})
        _mails(self.folder)
        _rows(self.folder / "rows.csv")

    @property
    def demo(self) -> Path:
        return self.folder / "demo.db"

    def scenario(self, path: Path, server: str = "") -> tuple[Path, dict[str, Any]]:
        """A scenario with its places filled in, written where the driver can read it; its portfolio is a copy of its own.

        `server`: the same as a thin client of the server there, with a thin client's budgets.
        """
        own = self.folder / f"{path.stem}.db"
        shutil.copyfile(self.demo, own)
        values = {"python": sys.executable, "root": str(ROOT), "folder": str(self.folder), "db": str(own), "at": AT}
        text = path.read_text("utf-8")
        for name, value in values.items():
            text = text.replace("{" + name + "}", value)
        if server:
            text = text.replace(f'"--db", "{own}", "--as", "{USER}"', f'"--server", "{server}"')
        filled = self.folder / f"{'thin-' if server else ''}{path.name}"
        filled.write_text(text, "utf-8")
        scenario = tomllib.loads(text)
        for row in scenario.get("row", ()) if server else ():
            row["what"] = f"thin client, {row['what']}"
            row["budget"], row["stretch"] = row.get("thin", (row.get("budget"), row.get("stretch")))
        return filled, scenario


def clean_environ() -> dict[str, str]:
    """This process's environment without settings of a real desk."""
    return {name: value for name, value in os.environ.items() if not name.startswith("COLLECT_TUI_")}


def _mails(folder: Path) -> None:
    box = mailbox.mbox(folder / "mails")
    for n in range(1, MAILS + 1):
        mail = EmailMessage()
        mail["From"] = f"Customer {n} <customer{n}@example.com>"
        mail["To"] = "desk@example.com"
        mail["Subject"] = f"Account {n:04d}: question about invoice {n * 37}"
        mail["Date"] = f"Mon, 23 Nov 2026 {n % 24:02d}:{n % 60:02d}:00 +0000"
        mail["Message-ID"] = f"<{n}@example.com>"
        mail.set_content("\n".join(f"Line {k} of a letter about what was paid and what was not." for k in range(12)))
        box.add(mail)
    box.close()
    (folder / "muttrc").write_text(
        f'set folder="{folder}"\nset sort=mailbox-order\nset header_cache=""\nset quit=yes\n', "utf-8"
    )


def _rows(path: Path) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(("account", "customer", "collectable", "dpd", "queue"))
        rows.writerows((f"4410-{n:04d}", f"Customer {n}", n * 37 % 90_000, n % 200, "broken") for n in range(ROWS))
