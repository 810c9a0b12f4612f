"""A desk at a scripted server: deterministic clock, chance and pauses, and nothing is sent by itself."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from client.scripted import Scripted
from collect_tui.client.desk import ApiDesk
from collect_tui.desk.commands import Act
from support.book import Clock

URL = "https://desk.example.com"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def server() -> Scripted:
    return Scripted()


@pytest.fixture
def open_desk(tmp_path: Path, clock: Clock, server: Scripted) -> Iterator[Callable[..., ApiDesk]]:
    made: list[ApiDesk] = []

    def open_one(**rest: Any) -> ApiDesk:
        given: dict[str, Any] = {
            "token": "ct_1_" + "a" * 43,
            "user": "1/mia",
            "state_folder": tmp_path / "state",
            "clock": clock,
            "transport": server,
            "background": False,
            "chance": random.Random(1),
            "rest": lambda _: None,
        }
        made.append(ApiDesk(URL, **(given | rest)))
        return made[-1]

    yield open_one
    for each in made:
        each.close()


@pytest.fixture
def desk(open_desk: Callable[..., ApiDesk]) -> ApiDesk:
    return open_desk()


def note(text: str, account: str = "A-1", version: int | None = None, **rest: Any) -> Act:
    """An act that may wait for the server."""
    commands = [{"kind": "note", "text": text}]
    return Act.model_validate({"id": uuid4(), "account": account, "commands": commands, "version": version, **rest})


def payment(amount: int, account: str = "A-1", version: int | None = None, **rest: Any) -> Act:
    """An act that may not."""
    commands = [{"kind": "payment", "amount": amount}]
    return Act.model_validate({"id": uuid4(), "account": account, "commands": commands, "version": version, **rest})
