"""Open cases outlive the departments that the site renames."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest

from collect_tui.desk.catalogue import Catalogue
from collect_tui.desk.commands import Act, ChangeCase, Command, MoveCase
from collect_tui.desk.errors import Refused
from collect_tui.services.local import LocalDesk
from collect_tui.store.engine import Store
from support.book import Clock, catalogue, local_desk
from support.casefiles import BOOK, ROSA, opening


@pytest.fixture(params=["sqlite", "postgres"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    with BOOK.store(tmp_path) if request.param == "sqlite" else BOOK.pg_store() as opened:
        yield opened


def renamed(old: str, new: str) -> Catalogue:
    site: Catalogue = catalogue()
    rules = site.cases
    departments = {
        new if name == old else name: replace(each, name=new) if name == old else each
        for name, each in rules.departments.items()
    }
    kinds = {
        name: replace(kind, routes=replace(kind.routes, default=new)) if kind.routes.default == old else kind
        for name, kind in rules.kinds.items()
    }
    return site.model_copy(update={"cases": replace(rules, departments=departments, kinds=kinds)})


def do(desk: LocalDesk, *commands: Command) -> None:
    desk.do(Act(id=uuid4(), account=ROSA, commands=commands))


def test_a_case_of_a_department_that_was_renamed_stays_in_sight_and_is_given_to_the_new_one(store: Store) -> None:
    clock = Clock()
    do(local_desk(store, "mia", clock), opening(catalogue().cases.kinds["dispute"]))

    def seat(user: str) -> LocalDesk:
        return LocalDesk(store, renamed("billing", "accounts"), user=user, clock=clock)

    ben = seat("ben")
    (row,) = ben.cases("open").rows
    assert row.department == "billing"
    assert ben.cases("department").total == 0
    with pytest.raises(Refused, match="the department billing"):
        do(ben, MoveCase(case=row.number, move="review"))
    assert [move.barred for move in ben.case(row.number).moves if move.name == "review"] == [
        "for whoever is of billing"
    ]
    clock.forward(days=1)
    seat("lee").day()
    do(ben, ChangeCase(case=row.number, department="accounts"))
    do(ben, MoveCase(case=row.number, move="review"))
    assert [(each.department, each.label) for each in ben.cases("department").rows] == [("accounts", "in review")]
    assert {each.department for each in ben.case_report(7).backlog} == {"accounts"}
