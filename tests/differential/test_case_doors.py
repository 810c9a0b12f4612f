"""The same random lives of cases, typed as lines at a file and sent as commands to a server, nights in between: the same rows."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlmodel import SQLModel

from collect_tui.desk.commands import Act, ChangeCase, Command, DecideCase, MoveCase, OpenCase, Undo, WriteCaseNote
from collect_tui.desk.errors import DomainError
from collect_tui.desk.line.context import LineContext
from collect_tui.desk.line.parse import parse
from collect_tui.desk.line.render import render_act
from collect_tui.desk.protocol import Desk
from collect_tui.domain.case.definition import FieldType, Kind
from collect_tui.store.engine import Store
from support.book import Clock, catalogue, local_desk
from support.casefiles import BOOK, ROSA, values
from support.desks import api_desks
from support.invariants import check_all
from support.thin import few

KINDS: dict[str, Kind] = dict(catalogue().cases.kinds)
TABLES = (
    "case_file",
    "case_event",
    "item",
    "allocation",
    "credit_application",
    "hold",
    "payment",
    "message",
    "account_summary",
)
USERS = ("mia", "ben", "mia", "ben", "lee")
"""Who decides has seldom had a part in it."""


class Door:
    """Cases of one book in the order in which they were opened, so that both books name the same one."""

    def __init__(self, store: Store, seat: Callable[[str], Desk], *, typed: bool) -> None:
        self.store, self.seat, self.typed = store, seat, typed
        self.numbers: list[str] = []

    def do(self, user: str, make: Callable[[list[str]], Command]) -> str:
        """Does a command, or types it; the code with which it was refused, empty where it was not."""
        desk, command = self.seat(user), make(self.numbers)
        act = Act(id=uuid4(), account=ROSA, commands=(command,))
        try:
            if self.typed:
                context = LineContext.of(desk.account(ROSA), desk.catalogue(), desk.session())
                line = render_act((command,), context)
                parsed = parse(line, context)
                if not parsed.errors:
                    act = act.model_copy(update={"commands": parsed.commands, "line": line})
                elif code := desk.preview(act).error_code:  # what the desk would refuse, the line does not take
                    return code  # else it asks once more for what the case has
            desk.do(act)
        except DomainError as error:
            return error.code
        known = {each.number for each in desk.account(ROSA).cases}
        self.numbers += sorted(known - set(self.numbers))
        return ""

    def rows(self) -> dict[str, list[str]]:
        """All rows but for what is an id, or when it was; numbers by their place."""
        with self.store.read() as db:
            found = {name: [dict(row) for row in db.connection().execute(select(SQLModel.metadata.tables[name])).mappings()]
                     for name in TABLES}  # fmt: skip
        return {name: sorted(self._plain(row) for row in rows) for name, rows in found.items()}

    def _plain(self, row: dict[str, Any]) -> str:
        text = json.dumps({key: str(value) for key, value in row.items() if not key.endswith("id")}, sort_keys=True)
        for place, number in enumerate(self.numbers):
            text = text.replace(number, f"#{place}")
        return text


@contextmanager
def doors(folder: Path, clock: Clock) -> Iterator[tuple[Door, Door]]:
    """A file at which lines are typed, and a server that commands are sent to."""
    with (
        BOOK.store(folder / "file") as one,
        BOOK.store(folder / "server") as two,
        api_desks(two, clock, folder) as seats,
    ):
        made: dict[str, Desk] = {}
        yield (
            Door(one, lambda user: local_desk(one, user, clock), typed=True),
            Door(two, lambda user: made.setdefault(user, seats(user)), typed=False),
        )


def step(door: Door, chance: Random) -> tuple[str, Callable[[list[str]], Command]]:
    """Who does what next, on the book as it is."""
    user, cases = chance.choice(USERS), door.seat("lee").account(ROSA).cases
    if not cases or chance.random() < 0.2:
        kind = chance.choice(list(KINDS.values()))
        given = values(kind.asked) | _amounts(kind, chance)
        return user, lambda _: OpenCase.model_validate({"case_kind": kind.name, "values": given})
    case = chance.choice(cases)
    kind, place = KINDS[case.kind], door.numbers.index(case.number)
    drawn = chance.random()
    if case.asked and drawn < 0.6:
        agreed = chance.random() < 0.6
        return "lee", lambda n: DecideCase(case=n[place], agreed=agreed, reason="seen")
    if drawn < 0.7 and (moves := kind.moves_from(case.state)):
        move = chance.choice(moves)
        given = values(kind.needed(move)) if chance.random() < 0.9 else {}
        return user, lambda n: MoveCase.model_validate(
            {"case": n[place], "move": move.name, "values": given, "note": "so"}
        )
    if drawn < 0.8:
        return user, lambda n: WriteCaseNote(case=n[place], text="seen")
    if drawn < 0.9:
        return user, lambda n: ChangeCase(case=n[place], owner=user)
    return user, lambda _: Undo()


def _amounts(kind: Kind, chance: Random) -> dict[str, object]:
    money = [each.name for each in kind.asked if each.type is FieldType.MONEY]
    return {name: chance.choice((1, 100, 6000, 29999, 30001)) for name in money}


@pytest.mark.parametrize("seed", range(few(3, of=6)))
def test_lines_and_commands_and_nights_on_both_sides_make_the_same_rows(seed: int, tmp_path: Path) -> None:
    chance, clock = Random(seed), Clock()
    with doors(tmp_path, clock) as (typed, sent):
        done = 0
        for turn in range(30):
            clock.forward(minutes=7)
            user, make = step(typed, chance)
            one, two = typed.do(user, make), sent.do(user, make)
            assert (one == "") == (two == ""), (turn, user, make(typed.numbers), one, two)
            done += not one
            if turn % 10 == 9:
                clock.forward(days=1)
                for door in (typed, sent):
                    door.seat("lee").day()
            assert typed.rows() == sent.rows(), (turn, user, make(typed.numbers))
        assert done >= 10
        check_all(local_desk(typed.store, "lee", clock))
        check_all(local_desk(sent.store, "lee", clock))
