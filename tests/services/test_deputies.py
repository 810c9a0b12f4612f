"""Who decides a case in the stead of somebody who is away: between two days, as far as that one may, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from collect_tui.defaults import load
from collect_tui.desk.commands import Act
from collect_tui.desk.errors import DomainError, Invalid
from collect_tui.policy.authority import Deputy
from collect_tui.services import users
from collect_tui.services.local import LocalDesk
from collect_tui.store.engine import Store
from support.book import NOW, SERVICES, TODAY, Book, Clock, account, catalogue

SITE = catalogue()
RULES = SITE.authority
ROSA = "4410-2231"
BOOK = Book(account(ROSA, "Alvarez, Rosa", items=[("INV-1", -40, 900_000)], services=SERVICES))
CLAIM = {"item": "INV-1", "amount": 200_000, "reason": "PRICE", "claim": "charged twice"}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with BOOK.store(tmp_path) as made:
        users.add(made, 1, "sue", RULES, role="senior")
        yield made


def desk_of(
    store: Store, login: str, role: str, *scopes: str, since: int = 0, until: int = 0, of: str = "lee"
) -> LocalDesk:
    """A desk of a site where ben stands in, from so many days from today to so many."""
    day = [TODAY + timedelta(days=each) for each in (since, until)]
    rules = replace(RULES, deputies=(Deputy(of, "ben", *day),))
    site = SITE.model_copy(update={"authority": rules})
    return LocalDesk(store, site, user=login, clock=Clock(), authority=rules.of(role, scopes))


def do(desk: LocalDesk, **command: object) -> None:
    desk.do(Act.model_validate({"id": uuid4(), "account": ROSA, "commands": [command]}))


def waiting(store: Store) -> str:
    """A dispute of mia's that sue would grant, which is more than she may."""
    mia, sue = desk_of(store, "mia", "collector"), desk_of(store, "sue", "senior")
    do(mia, kind="open-case", case_kind="dispute", values=CLAIM)
    (case,) = mia.account(ROSA).cases
    do(sue, kind="move-case", case=case.number, move="review")
    do(sue, kind="move-case", case=case.number, move="grant", values={"finding": "billed twice"})
    assert sue.account(ROSA).cases[0].asked == "grant"
    return case.number


def decided(desk: LocalDesk, number: str) -> str:
    """What became of it: the error's code, or what the case says."""
    try:
        do(desk, kind="decide-case", case=number, agreed=True, reason="seen the bill")
    except DomainError as error:
        return error.code
    return desk.case(number).events[-1].did


@pytest.mark.parametrize(
    ("given", "became"),
    [
        ({}, "is credited, agreed to for lee"),
        ({"since": -5, "until": 5}, "is credited, agreed to for lee"),
        ({"since": 1, "until": 5}, "case.authority"),
        ({"since": -5, "until": -1}, "case.authority"),
        ({"of": "sue", "until": 5}, "case.authority"),  # she asked for it
        ({"of": "mia", "until": 5}, "case.authority"),  # it is hers, and she may not either
        ({"of": "nobody", "until": 5}, "case.authority"),
    ],
)
def test_between_the_days_and_as_far_as_the_other_may(store: Store, given: dict, became: str) -> None:
    number = waiting(store)
    ben = desk_of(store, "ben", "collector", **given)
    shown = [
        [row.number for row in ben.cases("decide").rows],
        [f.count for f in ben.queues().cases if f.name == "decide"],
    ]
    assert shown == ([[number], [1]] if became.startswith("is") else [[], []])
    assert decided(ben, number) == became
    assert ben.cases("decide").total == 0


def test_who_stands_in_for_nobody_is_asked_at_the_door(store: Store) -> None:
    number = waiting(store)
    assert decided(desk_of(store, "mia", "collector"), number) == "authority.permission"


def test_a_token_that_is_for_less_decides_nothing(store: Store) -> None:
    number = waiting(store)
    desk = desk_of(store, "ben", "collector", "account.read", "queue.read", "act.contact", "desk.read")
    assert desk.cases("decide").total == 0
    assert decided(desk, number) == "authority.permission"


def test_nobody_stands_in_for_somebody_who_left(store: Store) -> None:
    number = waiting(store)
    users.remove(store, 1, "lee", RULES, NOW)
    assert decided(desk_of(store, "ben", "collector"), number) == "case.authority"
    assert desk_of(store, "ben", "collector").cases("decide").total == 0
    assert desk_of(store, "kim", "lead").cases("decide").total == 1  # whoever has the authority finds it there
    users.add(store, 1, "kim", RULES, role="lead")
    assert decided(desk_of(store, "kim", "lead"), number) == "is credited"


def test_what_one_decides_oneself_and_for_another_is_listed_once(store: Store) -> None:
    number = waiting(store)
    for role in ("lead", "senior"):  # as far as one may oneself, or only in the stead of the other
        page = desk_of(store, "ben", role).cases("decide")
        assert ([row.number for row in page.rows], page.total) == ([number], 1)


DEPUTY = '[[deputies]]\nof = "lee"\ndeputy = "ben"\nfrom = 2026-12-21\nuntil = 2027-01-03\n'


def test_a_site_says_who_stands_in(tmp_path: Path) -> None:
    (tmp_path / "authority.toml").write_text(DEPUTY)
    rules = load(tmp_path, today=TODAY).authority
    day = rules.deputies[0].since
    assert [rules.stands_for("ben", day + timedelta(days=n)) for n in (-1, 0, 13, 14)] == [(), ("lee",), ("lee",), ()]
    assert rules.stands_for("lee", day) == ()


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('"ben"', '"lee"', "deputies.1.deputy: nobody stands in for themselves."),
        ("2027-01-03", "2026-12-20", "deputies.1.until: expected a day that is not before from."),
        ("2026-12-21", '"2026-12-21"', "deputies.1.from: expected a day such as 2026-12-24, without quotes."),
        ("2026-12-21", "2026-12-21T08:00:00", "deputies.1.from: expected a day such as 2026-12-24, without quotes."),
        ("until", "till", "until"),
    ],
)
def test_what_the_loader_refuses(tmp_path: Path, old: str, new: str, says: str) -> None:
    (tmp_path / "authority.toml").write_text(DEPUTY.replace(old, new))
    with pytest.raises(Invalid) as error:
        load(tmp_path, today=TODAY)
    assert says in error.value.message
