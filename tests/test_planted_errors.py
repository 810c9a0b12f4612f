"""What an error says: never again what was typed where that is card data, or an identifier that the reader sees in part.

The arguments come from the program's own description of its commands and routes: one that is added later is tried as well.
"""

from __future__ import annotations

import argparse
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from fastapi import FastAPI

from collect_tui import cli
from collect_tui.domain.errors import DomainError, Invalid
from collect_tui.server.app import create_app
from collect_tui.services import users
from support.book import Book, Clock, account, catalogue
from support.cards import NUMBER
from support.planting import LEFT_OUT, ROSA, client, key, requests
from support.server import server_context

PHONE, MAIL = "+1 312 867 5309", "quince.meadow@example.com"
CARD: Final = "4111 1111 1111 1111"
BOOK: Final = Book(
    account(
        ROSA,
        "Alvarez, Rosa",
        items=[("INV-1", -63, 41237)],
        points=[{"kind": "mobile", "value": PHONE}, {"kind": "email", "value": MAIL}],
    )
)


def test_an_error_holds_no_card_data_whoever_quotes_it() -> None:
    error = Invalid("x.y", f"There is no queue '{CARD}'; cvv 123 neither.", CARD)
    assert str(error) == error.message == "There is no queue '**** 1111'; cvv *** neither."
    assert error.field == "**** 1111"
    assert "1111 1111" not in repr(error)
    assert DomainError("x.y", "Account 4410-2231 owes 412.10.").message == "Account 4410-2231 owes 412.10."


# ------------------------------------------------------------------------------------------------------------------- the API

#: Where errors speak of customers; elsewhere they name users, roles and tokens, as their sender did.
OF_ACCOUNTS: Final = ("/v1/accounts", "/v1/queues", "/v1/searches", "/v1/previews", "/v1/claims", "/v1/acts")


@pytest.fixture(scope="module")
def app() -> FastAPI:
    return create_app()


@pytest.mark.parametrize(
    "role", ["lead", "admin", "integration", "trainee"]
)  # who may ask for all there is; who sees least
def test_no_route_says_again_what_was_typed(app: FastAPI, tmp_path: Path, role: str) -> None:
    with BOOK.store(tmp_path) as store:
        for each in catalogue().authority.roles:
            users.add(store, 1, f"the-{each}", catalogue().authority, role=each)
        desk = client(app, server_context(store, Clock()), f"the-{role}")
        masked = catalogue().authority.roles[role].masked
        named = [(PHONE, "867.?53")] * ("phone" in masked) + [(MAIL, "quince.meadow")] * ("email" in masked)
        planted = named if role == "trainee" else [(CARD, r"1111\D?1111")]
        refused = 0
        for text, trace in planted:
            for verb, path, more in requests(app, text, wrong=True):
                if (verb, path) in LEFT_OUT:
                    continue
                headers = {"Idempotency-Key": key()} | more.pop("headers", {})
                answer = desk.request(verb, path, headers=headers, **more)
                assert answer.status_code != 500, (verb, path, more)
                refused += not answer.is_success
                if text == CARD or (not answer.is_success and path.startswith(OF_ACCOUNTS)):
                    assert not re.search(trace, answer.text), (verb, path, more, answer.text)
        assert refused > 100


# ------------------------------------------------------------------------------------------------------------ plain commands

#: What goes on until it is stopped.
GO_ON: Final = ("serve", "watch")


def commands(
    parser: argparse.ArgumentParser, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], list[Any]]]:
    """Every command with its arguments."""
    below = [a for a in parser._actions if isinstance(a, argparse._SubParsersAction)]
    for name, sub in ((name, sub) for action in below for name, sub in action.choices.items()):
        yield from commands(sub, (*path, name))
    if path and not below:
        yield path, [a for a in parser._actions if a.dest != "help"]


def tries(arguments: list[Any], folder: Path) -> Iterator[list[str]]:
    """Words of a command with a card number in each of its arguments, in turn; in all others what is good enough."""
    good = {
        "file": str(folder / "none"),
        "map": str(folder / "none"),
        "to": str(folder / "to"),
        "account": ROSA,
        "line": "n 'x'",
    }
    good |= {
        "login": "mia",
        "role": "lead",
        "name": "x",
        "number": "1",
        "currency": "USD",
        "zone": "UTC",
        "reason": "why",
    }
    for planted in [a for a in arguments if a.nargs != 0]:
        words: list[str] = []
        for each in arguments:
            if each is planted or (each.required and each.nargs != "?"):
                value = CARD if each is planted else good.get(each.dest, "x")
                words += [f"{each.option_strings[0]}={value}"] if each.option_strings else [value]
        yield words


def test_no_plain_command_says_again_what_was_typed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("CONFIG", "DATA", "STATE", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name))
    monkeypatch.chdir(tmp_path)
    BOOK.store(tmp_path).close()
    refused = 0
    before = [[f"--{option}={CARD}", "queues"] for option in ("server", "at", "tenant", "theme", CARD)] + [
        [CARD],
        ["token", CARD],
    ]
    whole = [["--db", str(tmp_path / "desk.db"), *words] for words in before]
    for path, arguments in commands(cli.build_parser()):
        if path[0] not in GO_ON:
            for number, words in enumerate(tries(arguments, tmp_path)):
                whole.append(["--db", str(tmp_path / "desk.db"), *["--json"] * (number % 2), *path, *words])
    for words in whole:
        monkeypatch.setattr("sys.stdin", io.StringIO(""))
        try:
            code = cli.main(words)
        except SystemExit as end:
            code = int(end.code or 0)
        err = capsys.readouterr().err
        assert "Traceback" not in err
        if code:
            refused += 1
            assert NUMBER not in re.sub(r"\D", "", err), (words, err)
    assert refused > 60
