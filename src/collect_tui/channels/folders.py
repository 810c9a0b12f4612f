"""Billing systems behind folders:

    outbox/SYSTEM/ORDER.json    orders, one file each, whole or not there; the billing system fetches them
    inbox/SYSTEM/*.json         its answers: {"order": "S-1041", "outcome": "completed", "at": "2026-11-24T09:30:00Z", "detail": ""}
    done/SYSTEM/                answers that were taken in
    refused/SYSTEM/             answers that were not, each with a .reason.txt beside it

Whoever can write into the inbox is not trusted: size, shape and contents are checked, links are not followed.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from collect_tui.channels.inbox import MOST, InboxFile, file_name, problem_of, read_file, waiting
from collect_tui.common.files import make_private, write_whole
from collect_tui.common.text import decoded
from collect_tui.domain.errors import Invalid
from collect_tui.services.order_port import Acknowledgement, OutgoingOrder

LARGEST: Final = 64 * 1024


class FolderPort:
    """A `BillingPort` over a folder; what is missing in it is made, for its owner only."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, order: OutgoingOrder) -> None:
        """Writes the order's file, named by its number. Raises Invalid "orders.folder"."""
        place = self.folder / "outbox" / file_name(order.billing_system)
        try:
            make_private(place)
            write_whole(place / f"{file_name(order.order)}.json", order.model_dump_json(indent=2) + "\n")
        except OSError as error:
            raise Invalid(
                "orders.folder", f"The outbox {place} cannot be written: {error.strerror}.", "folder"
            ) from None

    def answers(self) -> Iterator[FolderAnswer]:
        inbox = self.folder / "inbox"
        left = MOST
        for system in sorted(inbox.iterdir()) if inbox.is_dir() else ():
            if system.is_symlink() or not system.is_dir():
                continue
            for path in waiting(system, ".json")[:left]:
                left -= 1
                yield FolderAnswer(self.folder, system.name, path)


class FolderAnswer(InboxFile):
    """One file of an inbox."""

    def __init__(self, folder: Path, system: str, path: Path) -> None:
        super().__init__(folder, path, system)
        self.billing_system = system
        self.acknowledgement: Acknowledgement | None = None
        self.problem = ""
        try:
            self.acknowledgement = _read(path)
        except ValueError as problem:
            self.problem = str(problem)


def _read(path: Path) -> Acknowledgement:
    """The answer in a file; ValueError with what is wrong with it, which repeats nothing of its content."""
    raw = read_file(path, LARGEST)
    try:
        return Acknowledgement.model_validate_json(decoded(raw))
    except UnicodeDecodeError:
        raise ValueError("is not JSON") from None
    except ValidationError as error:
        raise ValueError(problem_of(error)) from None
