"""Processes of their own that take messages in."""

from __future__ import annotations

from pathlib import Path

from collect_tui.services.message.intake import Intake
from collect_tui.services.message.port import Incoming
from collect_tui.store.engine import Store
from support.book import NOW, Clock, local_desk


def opened(place: str) -> Store:
    """A database by its path or address."""
    return Store.connect(place) if "://" in place else Store.open(Path(place), create=False)


def takes(place: str, messages: list[tuple[str, str]]) -> list[bool]:
    """What a process makes of messages, each by its reference and sender."""
    with opened(place) as store:
        intake = Intake(local_desk(store, "mia", Clock()))
        made = (
            Incoming(reference=ref, channel="email", sender=sender, text="STOP", at=NOW) for ref, sender in messages
        )
        return [intake.take(each) for each in made]
