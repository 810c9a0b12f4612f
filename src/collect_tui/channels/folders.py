"""Billing systems behind folders:

    outbox/SYSTEM/ORDER.json    orders, one file each, whole or not there; the billing system fetches them
    inbox/SYSTEM/*.json         its answers: {"order": "S-1041", "outcome": "completed", "at": "2026-11-24T09:30:00Z", "detail": ""}
    done/SYSTEM/                answers that were taken in
    refused/SYSTEM/             answers that were not, each with a .reason.txt beside it

Whoever can write into the inbox is not trusted: size, shape and contents are checked, links are not followed.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import quote

from pydantic import ValidationError

from collect_tui.common.files import make_private, move, write_whole
from collect_tui.common.text import decoded, path_of
from collect_tui.domain.errors import Invalid
from collect_tui.services.order_port import Acknowledgement, OutgoingOrder

LARGEST: Final = 64 * 1024
MOST: Final = 10_000


class FolderPort:
    """A `BillingPort` over a folder; what is missing in it is made, for its owner only."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, order: OutgoingOrder) -> None:
        """Writes the order's file, named by its number. Raises Invalid "orders.folder"."""
        place = self.folder / "outbox" / _name(order.billing_system)
        try:
            make_private(place)
            write_whole(place / f"{_name(order.order)}.json", order.model_dump_json(indent=2) + "\n")
        except OSError as error:
            raise Invalid(
                "orders.folder", f"The outbox {place} cannot be written: {error.strerror}.", "folder"
            ) from None

    def answers(self) -> Iterator[FolderAnswer]:
        """At most ten thousand a run; hidden files and others than `.json` are somebody's half-written ones."""
        inbox = self.folder / "inbox"
        left = MOST
        for system in sorted(inbox.iterdir()) if inbox.is_dir() else ():
            if system.is_symlink() or not system.is_dir():
                continue
            for path in sorted(system.iterdir()):
                if path.suffix.lower() == ".json" and not path.name.startswith(".") and left > 0:
                    left -= 1
                    yield FolderAnswer(self.folder, system.name, path)


class FolderAnswer:
    """One file of an inbox."""

    def __init__(self, folder: Path, system: str, path: Path) -> None:
        self.name = f"{system}/{path.name}"
        self.billing_system = system
        self._folder, self._path = folder, path
        self.acknowledgement: Acknowledgement | None = None
        self.problem = ""
        try:
            self.acknowledgement = _read(path)
        except ValueError as problem:
            self.problem = str(problem)

    def accept(self) -> None:
        self._aside("done")

    def refuse(self, reason: str) -> None:
        place = self._aside("refused")
        write_whole(place.with_name(place.name + ".reason.txt"), reason + "\n")

    def _aside(self, where: str) -> Path:
        target = self._folder / where / self.billing_system
        make_private(target)
        return move(self._path, target / self._path.name)


def _read(path: Path) -> Acknowledgement:
    """The answer in a file; ValueError with what is wrong with it, which repeats nothing of its content."""
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except OSError as error:
        raise ValueError(f"cannot be opened: {error.strerror}") from None
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise ValueError("is not a file")
        raw = file.read(LARGEST + 1)
    if len(raw) > LARGEST:
        raise ValueError(f"is larger than {LARGEST // 1024} kB")
    try:
        return Acknowledgement.model_validate_json(decoded(raw))
    except UnicodeDecodeError:
        raise ValueError("is not JSON") from None
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        where = path_of(first["loc"])
        what = "is not JSON" if first["type"] == "json_invalid" else first["msg"]
        raise ValueError(f"{where}: {what}" if where else what) from None


def _name(text: str) -> str:
    """A text as the name of a file: letters, digits and `-_.~` stay, the rest is written as %XX; no leading dot."""
    plain = quote(text, safe="")
    return "%2E" + plain[1:] if plain.startswith(".") else plain
