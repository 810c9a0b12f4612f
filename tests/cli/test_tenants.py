"""Several books in one database: added, listed, loaded, rolled and told apart from the command line; on SQLite and PostgreSQL."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from collect_tui import cli
from collect_tui.store import migrate
from support import pg
from support.book import Book, account

Run = Callable[..., tuple[int, str, str]]
NORTH = Book(account("4410-0001", "Alvarez, Rosa", items=[("INV-1", -40, 5000)]))
SOUTH = Book(account("5510-0001", "Petrov, Ivan", items=[("INV-1", -40, 7000)]))


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield str(tmp_path / "desk.db")
    else:
        with pg.database() as url:
            migrate.run(url)
            yield url


@pytest.fixture
def run(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    (tmp_path / "config.toml").write_text(f'orders_folder = "{tmp_path}/orders"\nstate_folder = "{tmp_path}/state"\n')
    monkeypatch.setenv("COLLECT_TUI_CONFIG", str(tmp_path / "config.toml"))
    for name, book in (("north", NORTH), ("south", SOUTH)):
        (tmp_path / f"{name}.json").write_text(json.dumps(book.data))

    def command(*words: Any) -> tuple[int, str, str]:
        code = cli.main(["--db", database, "--at", "2026-11-23T16:00Z", *map(str, words)])
        said = capsys.readouterr()
        return code, said.out, said.err

    return command


@pytest.fixture
def two(run: Run, tmp_path: Path) -> Run:
    for name in ("north", "south"):
        added = run("tenant", "add", name.capitalize(), "--currency", "USD", "--zone", "America/Chicago")
        assert added[0] == 0, added
        loaded = run("load", "--tenant", name, tmp_path / f"{name}.json")
        assert loaded[0] == 0, loaded
    return run


def test_books_are_added_and_listed(two: Run) -> None:
    code, out, _ = two("--json", "tenant", "list")
    assert code == 0
    assert [(t["tenant_id"], t["name"], t["business_date"]) for t in json.loads(out)] == [
        (1, "North", "2026-11-23"),
        (2, "South", "2026-11-23"),
    ]
    assert "South" in two("tenant", "list")[1]


def test_each_command_works_on_the_book_that_is_named_before_or_behind_it(two: Run) -> None:
    assert two("show", "5510-0001")[0] == 2, "which book?"
    assert two("--tenant", "South", "show", "5510-0001")[0] == 0
    assert two("--tenant", "1", "show", "5510-0001")[0] == 5
    assert two("user", "list", "--tenant", "2")[0] == 0
    assert two("audit", "verify", "--tenant", "south")[0] == 0
    assert two("--tenant", "south", "audit", "verify", "5510-0001")[0] == 0
    assert two("orders", "sync", "--tenant", "South")[0] == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--tenant", "Sowth"), "did you mean 'South'?"),
        (("--tenant", "7"), "the books are 1 'North', 2 'South'"),
        ((), "Say which book with --tenant: 1 'North', 2 'South'"),
    ],
)
def test_a_book_that_is_not_there_is_told_with_those_that_are(two: Run, words: tuple[str, ...], said: str) -> None:
    for command in (("day",), ("queues",), ("export", "new"), ("audit", "verify"), ("user", "list"), ("orders",)):
        code, _, err = two(*words, *command)
        assert code in (2, 5)
        assert said in err


def test_the_day_is_rolled_for_one_or_for_all_and_one_that_is_refused_stops_no_other(two: Run) -> None:
    def dates() -> list[str]:
        return [t["business_date"] for t in json.loads(two("--json", "tenant", "list")[1])]

    assert two("day", "--tenant", "North", "--date", "2026-11-25")[0] == 0
    assert dates() == ["2026-11-25", "2026-11-23"]
    code, out, err = two("day", "--all", "--date", "2026-11-24")
    assert (code, dates()) == (1, ["2026-11-25", "2026-11-24"])
    assert "only goes forward" in err
    assert "2 South" in out
    assert two("day", "--all", "--date", "2026-11-26")[0] == 0
    assert dates() == ["2026-11-26", "2026-11-26"]
    assert two("day", "--all", "--tenant", "North")[0] == 2
    assert two("orders", "sync", "--all")[0] == 0


def test_a_load_goes_into_an_empty_book_of_its_currency_alone(two: Run, tmp_path: Path) -> None:
    assert two("tenant", "add", "West", "--currency", "EUR", "--zone", "Europe/Berlin")[0] == 0
    code, _, err = two("load", "--tenant", "West", tmp_path / "north.json")
    assert (code, "another currency" in err) == (3, True)
    code, _, err = two("load", "--tenant", "North", tmp_path / "south.json")
    assert (code, "already" in err) == (3, True)


@pytest.mark.parametrize(
    ("name", "currency", "zone"),
    [
        ("", "USD", "America/Chicago"),
        ("12", "USD", "America/Chicago"),
        ("x" * 121, "USD", "America/Chicago"),
        ("East", "usd", "America/Chicago"),
        ("East", "USD", "Mars/Olympus"),
        ("north", "USD", "America/Chicago"),
    ],
)
def test_what_is_no_book_is_refused(two: Run, name: str, currency: str, zone: str) -> None:
    code, _, err = two("tenant", "add", name, "--currency", currency, "--zone", zone)
    assert code in (2, 3), err
    assert len(json.loads(two("--json", "tenant", "list")[1])) == 2


def test_a_name_has_no_control_characters(two: Run) -> None:
    assert two("tenant", "add", "Ea\x1b[31mst", "--currency", "USD", "--zone", "America/Chicago")[0] == 0
    assert json.loads(two("--json", "tenant", "list")[1])[-1]["name"] == "East"
