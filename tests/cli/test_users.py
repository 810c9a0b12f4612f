"""`collect-tui user` and `collect-tui token` on the database itself."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from collect_tui import cli
from collect_tui.desk.errors import SignedOut
from collect_tui.services import signin, tokens
from collect_tui.store.engine import Store
from support.book import NOW, Book, account, catalogue

BOOK = Book(account("4410-0001", "Alvarez, Rosa", items=[("INV-1", -10, 5000)]))
RULES = catalogue().authority
SECRET = "correct horse battery"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return BOOK.store(tmp_path)


@pytest.fixture
def run(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    monkeypatch.setenv("COLLECT_TUI_CONFIG", str(tmp_path / "config.toml"))
    (tmp_path / "config.toml").write_text("")

    def command(*words: str, stdin: str = "") -> tuple[int, str, str]:
        monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
        try:
            exit_code = cli.main(["--db", str(store.path), "--at", "2026-11-23T16:00Z", *words])
        except SystemExit as end:  # argparse
            exit_code = int(end.code or 0)
        said = capsys.readouterr()
        return exit_code, said.out, said.err

    return command


def test_a_user_from_first_day_to_last(run: Callable[..., tuple[int, str, str]], store: Store) -> None:
    def may_sign_in(password: str = SECRET) -> bool:
        try:
            signin.sign_in(store, None, "kim", password, NOW, RULES)
        except SignedOut:
            return False
        return True

    assert run("user", "add", "kim", "--role", "trainee", "--password-stdin", stdin=SECRET + "\n")[:2] == (
        0,
        "kim is a trainee now.\n",
    )
    assert may_sign_in()
    assert run("user", "role", "kim", "senior")[0] == 0
    assert run("user", "lock", "kim")[0] == 0
    assert not may_sign_in()
    assert run("user", "unlock", "kim")[0] == 0
    assert may_sign_in()
    assert run("user", "password", "kim", "--password-stdin", stdin="another long one\r\n")[0] == 0
    assert (may_sign_in(), may_sign_in("another long one")) == (False, True)
    assert "senior" in run("user", "list")[1]
    assert run("user", "remove", "kim")[0] == 0
    assert not may_sign_in("another long one")
    listed = json.loads(run("--json", "user", "list")[1])
    assert next(u for u in listed if u["login"] == "kim")["active"] is False


KEY = "6a3f2d9e-7f5e-4a55-9d0c-0b7f1d3c2e11"


def test_a_token_made_again_with_its_key_is_the_same(run: Callable[..., tuple[int, str, str]], store: Store) -> None:
    first, again = (run("token", "create", "mia", "--name", "nightly", "--key", KEY) for _ in range(2))
    assert first[0] == 0
    assert again[:2] == first[:2]
    assert len(tokens.tokens(store, 1, "mia", NOW)) == 1
    assert run("token", "create", "mia", "--name", "weekly", "--key", KEY)[0] == 2
    assert run("token", "create", "mia", "--name", "nightly", "--key", "once")[0] == 2


def test_a_second_token_of_one_name_takes_a_key(run: Callable[..., tuple[int, str, str]], store: Store) -> None:
    assert run("token", "create", "mia", "--name", "nightly")[0] == 0
    number = tokens.tokens(store, 1, "mia", NOW)[0].id
    exit_code, out, err = run("token", "create", "mia", "--name", "nightly")
    assert (exit_code, out) == (3, "")
    assert f"token revoke mia {number}" in err
    assert run("token", "create", "mia", "--name", "nightly", "--key", KEY)[0] == 0
    assert run("token", "revoke", "mia", "--all")[0] == 0
    assert run("token", "create", "mia", "--name", "nightly")[0] == 0


def test_what_works_on_the_database_takes_no_server(run: Callable[..., tuple[int, str, str]], store: Store) -> None:
    for words in (("token", "create", "mia", "--name", "x"), ("user", "list"), ("backup",), ("migrate",)):
        exit_code, out, err = run("--server", "https://desk.example.com", *words)
        assert (exit_code, out) == (2, "")
        assert "name it with --db" in err
    assert not tokens.tokens(store, 1, "mia", NOW)


def test_a_token_is_printed_once_and_revoked(run: Callable[..., tuple[int, str, str]], store: Store) -> None:
    exit_code, out, err = run("token", "create", "mia", "--name", "nightly", "--scope", "account.read")
    token = out.strip()
    assert (exit_code, token in err) == (0, False)
    caller = tokens.authenticate(store, token, NOW, RULES)
    assert caller.authority.may == {"account.read"}
    assert token not in run("token", "list", "mia")[1]
    assert run("token", "revoke", "mia", str(caller.token_id))[0] == 0
    assert run("token", "revoke", "mia", str(caller.token_id))[0] == 5
    assert run("token", "revoke", "mia", "--all")[0] == 0


@pytest.mark.parametrize(
    ("words", "stdin", "exit_code"),
    [
        (("user", "add", "kim", "--password-stdin"), "short\n", 2),
        (("user", "add", "kim"), SECRET, 2),  # no terminal to ask at
        (("user", "add", "kim", "--role", "boss", "--no-password"), "", 2),
        (("user", "add", "mia", "--no-password"), "", 3),
        (("user", "role", "nobody", "lead"), "", 5),
        (("user", "list", "--tenant", "No such book"), "", 5),
        (("token", "create", "mia", "--name", "x", "--scope", "day.run"), "", 3),
        (("token", "create", "mia", "--name", "x", "--days", "400"), "", 2),
    ],
)
def test_what_is_refused(
    run: Callable[..., tuple[int, str, str]], words: tuple[str, ...], stdin: str, exit_code: int
) -> None:
    said = run(*words, stdin=stdin)
    assert said[0] == exit_code, said
    assert said[2].startswith("collect-tui: ")
    assert SECRET not in said[2]
    if "kim" in words:
        assert "kim" not in run("user", "list")[1]


def test_no_password_on_the_command_line(run: Callable[..., tuple[int, str, str]]) -> None:
    assert run("user", "add", "kim", "--password", SECRET)[0] == 2
