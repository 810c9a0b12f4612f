"""A small book for the account screen, its line and its forms, and the desks of several people on it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from collect_tui.domain.states import Stage
from collect_tui.services.local import LocalDesk
from support.book import SERVICES, Book, Clock, account, at, day, local_desk

ROSA, IVAN, ADA, ASA = "4410-2231", "4410-0087", "4410-0099", "4410-0100"
#: The line that opens Rosa's account from anywhere.
OPEN = [":", *ROSA, "enter"]

HOSTILE = "[b]Bad[/foo]\x1b[31m, Red"

BOOK = Book(
    account(
        ROSA,
        "Alvarez, Rosa",
        items=[
            ("INV-1", -63, 30000, {"service": "INT"}),
            ("INV-2", -33, 11210, {"service": "TV"}),
            ("INV-3", 7, 11000),
        ],
        services=SERVICES,
        stage=Stage.FINAL,
        notices=[{"level": "pre-cut", "channel": "letter", "status": "DELIVERED", "sent_on": day(-20)}],
        contacts=[
            {"at": at(-5), "by": "mia", "action": "TM", "result": "LM", "point": "m1", "note": "will pay Friday"}
        ],
        points=[
            {"kind": "mobile", "value": "+1 312 555 0142"},
            {"kind": "home", "value": "+1 312 555 0143"},
            {"kind": "email", "value": "rosa@example.com"},
        ],
    ),
    account(IVAN, "Petrov, Ivan", items=[("INV-10", -4, 22000)], phone="+1 312 555 0150"),
    account(ADA, "Okafor, Ada", items=[("INV-20", -4, 5000)], phone="+1 312 555 0160"),
    account(ASA, "Lindqvist, Åsa", items=[("INV-30", -4, 9900)], phone="+1 312 555 0170"),
    account("4410-0666", HOSTILE, items=[("INV-66", -4, 100)], phone="+1 312 555 0180"),
)


class Desks:
    """One store, and a desk on it for whoever is named."""

    def __init__(self, folder: Path, book: Book = BOOK) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.clock = Clock()
        self.store = book.store(folder)

    def of(self, user: str) -> LocalDesk:
        return local_desk(self.store, user, self.clock)

    def connect(self, user: str = "mia") -> Callable[[], LocalDesk]:
        return lambda: self.of(user)

    @property
    def state(self) -> Path:
        return self.folder / "state"


def steady(text: str) -> str:
    """A picture without what is different in every run: numbers of orders."""
    return re.sub(r"\b([SR])-[0-9A-Z]{6,}", r"\1-ORDER", text)
