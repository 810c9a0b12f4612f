"""What is given to somebody is given to whoever may do something with it, whichever way it goes to them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from collect_tui.desk.errors import DomainError, Refused
from collect_tui.services.local import LocalDesk
from collect_tui.store.engine import Store
from collect_tui.store.tables import AppUser
from support.book import TODAY, Book, Clock, account, catalogue, do_line

ONE, TWO, CASE = "44-1", "44-2", "44-3"
BOOK = Book(
    *(account(number, f"Person {number}", items=[(f"INV-{number}", -40, 20000)]) for number in (ONE, TWO, CASE))
)
ROLES = sorted(catalogue().authority.roles)
#: Each way, with what whoever is given it must be permitted.
WAYS: dict[str, tuple[str, Callable[[LocalDesk], object]]] = {
    "lease": ("queue.work", lambda lee: lee.reassign(TWO, "ben", "on leave")),
    "owner": ("queue.work", lambda lee: do_line(lee, TWO, "own ben")),
    "callback": ("queue.work", lambda lee: do_line(lee, ONE, "handover mia ben on leave")),
    "case": ("act.case-note", lambda lee: do_line(lee, CASE, "assign user=ben")),
    "case opened": ("act.case-note", lambda lee: do_line(lee, TWO, 'task +7 low "check" owner=ben')),
    "case handed over": ("act.case-note", lambda lee: do_line(lee, CASE, "handover mia ben on leave")),
    "all of it": ("queue.work", lambda lee: lee.hand_on("mia", ("ben",), "on leave", do=True)),
    "deputy": ("act.decide-case", lambda lee: lee.absent("mia", TODAY + timedelta(days=3), "ben", "ill")),
}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with BOOK.store(tmp_path) as store:
        mia = LocalDesk(store, catalogue(), user="mia", clock=Clock())
        do_line(mia, ONE, "cb +1 10:00")
        do_line(mia, CASE, 'task +7 low "check" owner=mia')
        yield store


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("way", WAYS)
def test_whoever_may_do_nothing_with_it_is_given_nothing(store: Store, way: str, role: str) -> None:
    with store.write() as db:
        db.exec(update(AppUser).where(AppUser.tenant_id == 1, AppUser.login == "ben").values(role=role))
    lee = LocalDesk(store, catalogue(), user="lee", clock=Clock())
    permission, give = WAYS[way]
    if catalogue().authority.of(role).allows(permission):
        give(lee)
        return
    before = [lee.account(number).version for number in (ONE, TWO, CASE)]
    with pytest.raises(DomainError) as refused:
        give(lee)
    assert isinstance(refused.value, Refused)
    assert refused.value.code == "user.role"
    assert role in refused.value.message
    assert permission in refused.value.message
    assert [lee.account(number).version for number in (ONE, TWO, CASE)] == before


def test_only_those_who_may_are_meant(store: Store) -> None:
    with store.write() as db:
        db.exec(update(AppUser).where(AppUser.tenant_id == 1, AppUser.login == "ben").values(role="admin"))
    lee = LocalDesk(store, catalogue(), user="lee", clock=Clock())
    with pytest.raises(DomainError) as unknown:
        do_line(lee, TWO, "own bem")
    assert "ben" not in unknown.value.message.replace("bem", "")
