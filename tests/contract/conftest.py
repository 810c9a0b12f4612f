"""Every behaviour of a Desk, on every combination of desk and database."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4
from zlib import crc32

import pytest

from collect_tui.desk.commands import Act
from collect_tui.desk.line.context import LineContext
from collect_tui.desk.line.parse import parse
from collect_tui.desk.protocol import Desk
from collect_tui.desk.views.act import Receipt
from collect_tui.domain.states import Stage
from collect_tui.store.engine import Store
from support.book import SERVICES, Book, Clock, account, at, day, local_desk

ROSA = "4410-2231"
BOOK = Book(
    account(
        "4410-2231",
        "Alvarez, Rosa",
        items=[
            ("INV-1", -63, 30000, {"service": "INT"}),
            ("INV-2", -33, 11210, {"service": "TV"}),
            ("INV-3", 7, 11000),
        ],
        services=SERVICES,
        stage=Stage.FINAL,
        notices=[{"level": "pre-cut", "channel": "letter", "status": "DELIVERED", "sent_on": day(-20)}],
        contacts=[
            {"at": at(-5), "by": "mia", "action": "TM", "result": "LM", "point": "m1", "note": "will pay Friday"}
        ],
        points=[
            {"kind": "mobile", "value": "+1 312 555 0142"},
            {"kind": "home", "value": "+1 312 555 0143"},
            {"kind": "email", "value": "rosa@example.com"},
        ],
    ),
    account("4410-0087", "Petrov, Ivan", items=[("INV-10", -41, 22000)], phone="+1 312 555 0150"),
    account("4410-0099", "Okafor, Ada", items=[("INV-20", -10, 5000)], phone="+1 312 555 0160"),
    account("4410-0100", "Lindqvist, Åsa", items=[("INV-30", 10, 9900)], phone="+1 312 555 0170"),
)


#: Everybody's in these tests: over the API, whoever overrides for somebody else shows that they are there.
PASSWORD = "correct horse battery staple"
#: For what looks behind the desk and takes hold of it there.
LOCAL = pytest.mark.parametrize("combination", ["sqlite", "postgres"], indirect=True)


@pytest.fixture
def clock() -> Clock:
    return Clock()


COMBINATIONS = ("sqlite", "postgres", "api-sqlite", "api-postgres")
#: A module of tests whose subject is a rule says `COMBINATIONS = CORNERS`: the rule is the same code everywhere, and what lies
#: between it and the test (the database, the wire) differs in both. Of a table of cases the first goes that way, all go the shortest.
CORNERS = ("sqlite", "api-postgres")
#: A test goes two of the four ways: both databases, with the wire and without it, by its name one pair or the other, so that all tests
#: together go all four. `EVERY_DESK=1` sends each test all four.
PAIRS = (CORNERS, ("postgres", "api-sqlite"))


def _ways(metafunc: pytest.Metafunc) -> tuple[str, ...]:
    if "EVERY_DESK" in os.environ:
        return COMBINATIONS
    return PAIRS[crc32(metafunc.definition.name.encode()) % 2]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    own = any("combination" in mark.args[0] for mark in metafunc.definition.iter_markers("parametrize"))
    if "combination" in metafunc.fixturenames and not own:
        chosen = getattr(metafunc.module, "COMBINATIONS", None) or _ways(metafunc)
        metafunc.parametrize("combination", chosen, indirect=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items[:] = [item for item in items if not _goes_without_saying(item)]


def _goes_without_saying(item: pytest.Item) -> bool:
    cases = getattr(item, "callspec", None)
    if cases is None or getattr(item.module, "COMBINATIONS", None) is not CORNERS:  # type: ignore[attr-defined]
        return False
    return cases.params.get("combination") == CORNERS[1] and any(
        index for name, index in cases.indices.items() if name != "combination"
    )


@pytest.fixture
def combination(request: pytest.FixtureRequest) -> str:
    """Where the desk is, and on what database."""
    return str(request.param)


@pytest.fixture
def store(combination: str, tmp_path: Path) -> Iterator[Store]:
    with BOOK.store(tmp_path) if combination.endswith("sqlite") else BOOK.pg_store() as opened:
        yield opened


@pytest.fixture
def desks(combination: str, store: Store, clock: Clock, tmp_path: Path) -> Iterator[Callable[[str], Desk]]:
    """Desks of several users on one database."""
    if not combination.startswith("api"):
        yield lambda user: local_desk(store, user, clock)
        return
    from support.desks import api_desks  # what a server needs is an extra

    with api_desks(store, clock, tmp_path, password=PASSWORD) as made:
        yield made


@pytest.fixture
def desk(desks: Callable[[str], Desk]) -> Desk:
    return desks("mia")


@pytest.fixture
def lead(desks: Callable[[str], Desk]) -> Desk:
    """The desk of one who may do what a collector may not: run the day, send orders."""
    return desks("lee")


def act(desk: Desk, number: str, line: str, **rest: object) -> Act:
    """What the terminal makes of a line: parsed on the account as seen, carrying its version."""
    view = desk.account(number)
    parsed = parse(line, LineContext.of(view, desk.catalogue(), desk.session()))
    assert not parsed.errors, parsed.errors
    rest.setdefault("version", view.version)
    return Act.model_validate(
        {"id": uuid4(), "account": view.number, "commands": parsed.commands, "line": line, **rest}
    )


def do(desk: Desk, number: str, line: str, **rest: object) -> Receipt:
    return desk.do(act(desk, number, line, **rest), proof=PASSWORD if "override" in rest else None)
