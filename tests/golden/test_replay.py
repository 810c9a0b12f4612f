"""Replays: what a collector typed through a shift, and what the desk answered, word for word.

A `.replay` file is a script, one step a line; the `.out` beside it is the answer. `COLLECT_TUI_GOLDEN=write pytest tests/golden`
writes the answers anew: read the difference before you keep it.

    at 2026-11-23T16:00Z          the clock stands here from now on
    as mia                        who types
    4410-2231 pp 150 fri          a line on an account
    show 4410-2231 · why … · queues · timeline 4410-2231 · day 2026-11-24
"""

from __future__ import annotations

import itertools
import os
import shutil
from datetime import date, datetime
from pathlib import Path

import pytest

from collect_tui.cli.plain import account_text, board_text, day_text, pane_text, receipt_text, why_text
from collect_tui.cli.shell import act_of
from collect_tui.demo import fixtures
from collect_tui.domain.errors import DomainError
from collect_tui.ingest import pipeline
from collect_tui.services.local import LocalDesk
from collect_tui.store.engine import Store
from support.book import Clock, context, local_desk

HERE = Path(__file__).parent / "replays"


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The fixture portfolio in a file, made once."""
    path = tmp_path_factory.mktemp("golden") / "desk.db"
    store = Store.open(path, create=True)
    pipeline.run("portfolio", context(store), fixtures() / "portfolio.json")
    store.close()
    return path


@pytest.mark.parametrize("script", sorted(HERE.glob("*.replay")), ids=lambda p: p.stem)
def test_replay(script: Path, filled: Path, tmp_path: Path) -> None:
    copy = tmp_path / "desk.db"
    shutil.copy(filled, copy)
    store, clock = Store.open(copy, create=False), Clock()
    ids = itertools.count(3_000_000_000_000_000_000).__next__  # order numbers derive from ids

    def seat(user: str) -> LocalDesk:
        made = local_desk(store, user, clock)
        made.ids = ids  # type: ignore[assignment]
        return made

    desk = seat("mia")
    told: list[str] = []
    for line in script.read_text("utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        told.append(f"> {line}")
        if line.startswith("as "):
            desk = seat(line.removeprefix("as ").strip())
            continue
        try:
            told.append(step(desk, clock, line))
        except DomainError as error:
            told.append(f"! {type(error).__name__} {error.code}: {error.message}")
    store.close()
    answer = script.with_suffix(".out")
    text = "\n".join(told) + "\n"
    if os.environ.get("COLLECT_TUI_GOLDEN") == "write":
        answer.write_text(text, "utf-8")
    assert text == answer.read_text("utf-8"), "COLLECT_TUI_GOLDEN=write pytest tests/golden writes it anew"


def step(desk: LocalDesk, clock: Clock, line: str) -> str:
    verb, _, rest = line.partition(" ")
    match verb:
        case "at":
            clock.now = datetime.fromisoformat(rest)
            return f"it is {clock.now:%Y-%m-%d %H:%M}Z"
        case "show":
            return account_text(desk.account(rest))
        case "why":
            return why_text(desk.why(rest))
        case "queues":
            return board_text(desk.queues(), desk.session())
        case "timeline":
            return pane_text(desk.pane(rest, "timeline", limit=12), desk.session())
        case "day":
            report = desk.day(date.fromisoformat(rest), check=True)
            still = report.model_copy(
                update={"steps": tuple(s.model_copy(update={"seconds": 0.0}) for s in report.steps)}
            )
            return day_text(still)
        case _:
            digits = rest.rsplit(" #", 1)
            return receipt_text(desk.do(act_of(desk, verb, digits[0], confirm=digits[1] if len(digits) > 1 else None)))
