"""Whatever is done and taken back leaves an account where it stood: its queue, the reasons, the score, the next action."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from collect_tui import bootstrap, demo
from collect_tui.cli.shell import act_of
from collect_tui.desk.errors import DomainError
from collect_tui.desk.line.verbs import VERBS
from collect_tui.services.local import LocalDesk
from support.demo import NOON

#: The first is to be looked at for an order that there is not; the others stand in one queue each.
ACCOUNTS = ("4410-8181", "4410-2231", "4410-4872")
LINES = (
    "down int INT50 29.90 +2",
    "sus int +1",
    "pp 50 fri",
    "pay 20 card R5",
    "hold disp the bill",
    'task +7 low "the key"',
    *(verb.help.example for verb in VERBS.values()),
)


@pytest.fixture
def desk(tmp_path: Path) -> LocalDesk:
    wired = bootstrap.wiring(database=tmp_path / "demo.db", user="lee", at=NOON)
    demo.make_demo(wired)
    return bootstrap.open_desk(wired)


def standing(desk: LocalDesk, number: str) -> tuple[Any, ...]:
    return desk.why(number), desk.account(number).next_action


@pytest.mark.parametrize("number", ACCOUNTS)
def test_an_act_that_is_undone_leaves_the_account_where_it_stood(desk: LocalDesk, number: str) -> None:
    undone = []
    for line in LINES:
        before = standing(desk, number)
        try:
            act = act_of(desk, number, line)
            if (asked := desk.preview(act).confirm) is not None:
                act = act.answered(asked, asked.what)
            desk.do(act)
        except DomainError:
            continue  # not on this account
        try:
            desk.do(act_of(desk, number, "undo"))
        except DomainError:
            continue  # nothing that could be taken back
        undone.append(line)
        assert standing(desk, number) == before, line
    assert len(undone) > 5
    if number == ACCOUNTS[0]:
        assert LINES[0] in undone
    report = desk.day(check=True, full=True)
    assert not report.differences
