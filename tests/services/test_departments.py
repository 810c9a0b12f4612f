"""Queues of departments: whose they are sees them and is handed their accounts, and whoever sees the floor."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import update

from collect_tui.defaults import load
from collect_tui.desk.errors import Invalid, NotFound
from collect_tui.services.local import LocalDesk
from collect_tui.store.engine import Store
from collect_tui.store.sql import table
from collect_tui.store.tables import AppUser
from support.book import NOW, Book, account, catalogue

BOOK = Book(account("7700-0001", "Alvarez, Rosa", items=[("INV-1", -3, 4_000)]))


@pytest.fixture
def store(tmp_path: Path):
    with BOOK.store(tmp_path) as opened:
        yield opened


def desk(store: Store, role: str = "collector") -> LocalDesk:
    """Of a site where new delinquencies are a department's whose desk is south's."""
    site = catalogue()
    queues = [replace(rule, department="young") if rule.name == "new" else rule for rule in site.queues]
    departments = {
        **site.cases.departments,
        "young": replace(next(iter(site.cases.departments.values())), name="young", desks=("south",)),
    }
    cases = replace(site.cases, departments=departments)
    own = site.model_copy(update={"queues": tuple(queues), "cases": cases})
    return LocalDesk(store, own, user="mia", clock=lambda: NOW, authority=site.authority.of(role))


def seat(store: Store, at: str) -> None:
    u = table(AppUser)
    with store.write() as db:
        db.execute(update(u).where(u.c.login == "mia").values(desk=at))


@pytest.mark.parametrize(
    ("role", "at", "sees"),
    [("collector", "", False), ("collector", "north", False), ("collector", "south", True), ("lead", "", True)],
)
def test_who_sees_it(store: Store, role: str, at: str, sees: bool) -> None:
    seat(store, at)
    mine = desk(store, role)
    assert ("new" in {figure.name for figure in mine.queues().queues}) == sees
    assert (mine.next() is not None) == sees
    if sees:
        assert len(mine.queue("new").rows) == 1
    else:
        for ask in (lambda: mine.queue("new"), lambda: mine.next("new")):
            with pytest.raises(NotFound) as hidden:
                ask()
            assert " new," not in hidden.value.message


def test_a_department_that_there_is_not(tmp_path: Path) -> None:
    (tmp_path / "queues.toml").write_text('[queues.new]\ndepartment = "yuong"\n')
    with pytest.raises(Invalid, match="queue new is of no known department"):
        load(tmp_path, today=NOW.date())
