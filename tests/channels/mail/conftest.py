from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from collect_tui.channels.mail import MailPort
from collect_tui.services.message.port import Outgoing
from support.mail_servers import FarEnds


@pytest.fixture
def far(ends: FarEnds) -> FarEnds:
    return ends


@pytest.fixture
def port(far: FarEnds) -> Iterator[Callable[..., MailPort]]:
    """Makes ports on the servers, with changes of their settings."""
    made: list[MailPort] = []

    def make(**changes: Any) -> MailPort:
        made.append(MailPort(far.settings(**changes), far.environ))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture
def outgoing() -> Callable[..., Outgoing]:
    def make(**changes: Any) -> Outgoing:
        given = {
            "key": "1-4821", "channel": "email", "to": "ann@home.example", "name": "Ann Miller", "language": "en",
            "dated": date(2026, 11, 24), "subject": "Your bill", "text": "Please pay $58.00.\n",
        }  # fmt: skip
        return Outgoing.model_validate(given | changes)

    return make


@pytest.fixture
def secret(tmp_path: Path) -> Callable[[str], Path]:
    def write(text: str) -> Path:
        path = tmp_path / "secret"
        path.write_text(text)
        return path

    return write
