"""Whatever a case of any kind does, by its opening, a move or a decision, an undo takes back: the account is what it was."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import pytest

from collect_tui.desk.commands import Act, Command, DecideCase, MoveCase, Undo
from collect_tui.desk.errors import DomainError
from collect_tui.desk.protocol import Desk
from collect_tui.desk.views.case import AccountCase
from collect_tui.domain.case.definition import Kind, Move
from collect_tui.store.engine import Store
from contract.conftest import CORNERS
from contract.conftest import do as typed
from support.book import catalogue
from support.casefiles import BOOK, ROSA, opening, values

COMBINATIONS = CORNERS
KINDS = catalogue().cases.kinds
STAYS: Final = {"version"}
"""What counts on by an undo as well."""


@pytest.fixture
def store(combination: str, tmp_path: Path) -> Iterator[Store]:
    with BOOK.store(tmp_path) if combination.endswith("sqlite") else BOOK.pg_store() as opened:
        yield opened


def standing(desk: Desk) -> dict[str, Any]:
    seen = desk.account(ROSA).model_dump(mode="json")
    return {name: value for name, value in seen.items() if name not in STAYS}


def done(desk: Desk, command: Command) -> bool:
    try:
        desk.do(Act(id=uuid4(), account=ROSA, commands=(command,)))
    except DomainError:
        return False
    return True


def undone(desk: Desk, command: Command) -> bool:
    """Whether it can be done; then it is taken back."""
    before = standing(desk)
    if not done(desk, command):
        return False
    assert done(desk, Undo()), command
    assert standing(desk) == before, command
    return True


def mine(desk: Desk, number: str) -> AccountCase | None:
    return next((each for each in desk.account(ROSA).cases if number in (each.number, each.kind)), None)


def decided(seats: list[Desk], number: str) -> set[str]:
    """Somebody agrees to what a case waits for, if it waits and they may."""
    case = mine(seats[0], number)
    if case is None or not case.asked:
        return set()
    agreed = DecideCase(case=case.number, agreed=True, reason="as it should be")
    return {"agreed" for seat in seats if undone(seat, agreed) and done(seat, agreed)}


def given(kind: Kind, move: Move) -> dict[str, object]:
    return values(replace(kind.fields[name], optional=False, default=None) for name in move.needs)


@pytest.mark.parametrize("name", sorted(KINDS))
def test_after_an_undo_the_account_is_what_it_was(name: str, desks: Callable[[str], Desk]) -> None:
    """Of every state that is come to every move is tried, then one is made, to where nobody has been."""
    kind, seats = KINDS[name], [desks("ben"), desks("mia"), desks("lee")]
    typed(seats[1], ROSA, "pp 50 +9")
    assert undone(seats[1], opening(kind))
    assert done(seats[1], opening(kind))
    seen, tries = set[str](), set[str]()
    tries |= decided(seats, name)
    while (case := mine(seats[0], name)) and case.state not in seen:
        seen.add(case.state)
        commands = {
            m.name: MoveCase(case=case.number, move=m.name, values=given(kind, m)) for m in kind.moves_from(case.state)
        }
        able = {each: next((s for s in seats if undone(s, command)), None) for each, command in commands.items()}
        can = {each: seat for each, seat in able.items() if seat is not None}  # who tries it has a part in it
        tries |= can.keys()
        onward = min(
            can, key=lambda each: (kind.states[kind.moves[each].to].final, kind.moves[each].to in seen), default=""
        )
        if not onward or not done(can[onward], commands[onward]):
            break
        tries |= decided(seats, case.number)
    assert tries, "it moves"
