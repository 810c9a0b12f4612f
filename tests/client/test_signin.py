"""Signing in from the client, and the plain commands at a server."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from client.scripted import Scripted
from collect_tui import cli
from collect_tui.client.credentials import Credential, Credentials, known, renewed
from collect_tui.client.http import Http, server_url
from collect_tui.client.signin import DISCOVERY, GRANT, Methods, device_code
from collect_tui.desk.errors import Invalid, Refused, SignedOut, Unavailable
from contract.conftest import BOOK, PASSWORD, ROSA
from support.desks import api_desks

TOKEN = "ct_1_" + "a" * 43


@dataclass
class Said:
    code: int
    out: str
    err: str


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [n for n in os.environ if n.startswith("COLLECT_TUI_")]:
        monkeypatch.delenv(name)
    place = tmp_path / "home"
    monkeypatch.setenv("HOME", str(place))
    for name in ("CONFIG", "DATA", "STATE", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(place / name.lower()))
    return place


@pytest.fixture
def url(tmp_path: Path, clock) -> Iterator[str]:
    with BOOK.store(tmp_path) as store, api_desks(store, clock, tmp_path, password=PASSWORD) as made:
        yield made("mia").url


@pytest.fixture
def run(home: Path, capsys, monkeypatch):
    typed: list[str] = []

    def getpass(prompt: str) -> str:
        return typed.pop(0)

    monkeypatch.setattr("getpass.getpass", getpass)

    def run_it(*words: str, password: str | None = None) -> Said:
        typed[:] = [password] if password else []
        code = cli.main(list(words))
        said = capsys.readouterr()
        return Said(code, said.out, said.err)

    return run_it


def test_login_keeps_a_token_for_its_owner_only_and_logout_ends_it(run, url, home):
    assert "You are not signed in" in run("--server", url, "queues").err
    said = run("login", url, "--user", "mia", password=PASSWORD)
    assert (said.code, said.out.split()[0]) == (0, "mia")
    kept = home / "state/collect-tui/credentials.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    token = json.loads(kept.read_text())[url]["token"]
    assert json.loads(run("--json", "whoami", url).out)["role"] == "collector"
    assert run("logout", url).code == 0
    assert json.loads(kept.read_text()) == {}
    assert run("whoami", url).code != 0
    Credentials(kept.parent).keep(url, Credential(token, "mia"))
    assert "sign" in run("whoami", url).err.lower(), "the token was revoked, not only forgotten"


def test_a_server_paints_nothing_of_its_own(capsys):
    from argparse import Namespace
    from types import SimpleNamespace

    from collect_tui.cli.signin import _say

    _say(
        Namespace(json=False), "http://desk", SimpleNamespace(user="mia\x1b]0;x\x07", role="\x9b2J", business_date="d")
    )
    assert capsys.readouterr().out == "mia () at http://desk, business date d\n"


def test_a_wrong_password_keeps_nothing(run, url, home):
    said = run("login", url, "--user", "mia", password="wrong")
    assert said.code == 3
    assert "wrong" not in said.err.split("Login or")[0]
    assert not (home / "state/collect-tui/credentials.json").exists()


def test_the_plain_commands_work_at_a_server(run, url, tmp_path, monkeypatch):
    run("login", url, "--user", "lee", password=PASSWORD)
    monkeypatch.setenv("COLLECT_TUI_SERVER", url)
    assert "business date" in run("queues").out.lower()
    assert "Alvarez, Rosa" in run("show", ROSA).out
    assert "promises" in run("show", ROSA).out
    assert ROSA in run("find", "alvarez").out
    assert "score" in run("why", ROSA).out
    assert "promise 150.00" in run("do", ROSA, "pp 150 fri", "--dry-run").out
    assert run("do", ROSA, "pp 150 fri").code == 0
    assert run("show", ROSA, "--pane", "promises").out.strip()
    claimed = json.loads(run("--json", "next").out)
    queue = claimed["queue"]
    assert claimed["account"] in run("queue", queue).out
    assert run("export", queue, "--to", str(tmp_path / "queue.csv")).code == 0
    assert claimed["account"] in (tmp_path / "queue.csv").read_text()
    assert "orphans" in json.loads(run("--json", "day", "--date", "2026-11-24").out)
    assert run("orders").code in (0, 1)


def test_files_are_loaded_beside_the_database(run, url, tmp_path):
    for words in (("load", "x.json"), ("import", "receivables", "x.csv", "--map", "m.toml")):
        said = run("--server", url, *words)
        assert said.code == 2
        assert "beside the database" in said.err


def test_an_override_asks_for_the_password_of_who_overrides(run, url):
    run("login", url, "--user", "mia", password=PASSWORD)
    far = ("--server", url, "do", ROSA, "pp 150 +13", "--override-by", "lee", "--override-reason", "hardship")
    assert run(*far, password="guess").code == 3
    assert run(*far, password=PASSWORD).code == 0


def test_a_token_of_the_environment_goes_before_what_is_kept(home, monkeypatch, tmp_path):
    Credentials(tmp_path).keep("https://desk.example.com", Credential(TOKEN, "mia"))
    found = known("https://desk.example.com/", tmp_path, {"COLLECT_TUI_TOKEN": "ct_7_" + "b" * 43})
    assert found.credential.token.startswith("ct_7_")
    assert found.credential.desk.startswith("7/token-")
    assert found.scripted
    assert known("HTTPS://Desk.example.com:443", tmp_path, {}).credential.login == "mia"


def test_another_users_token_is_never_used_for_what_waits(tmp_path):
    mine = Credential(TOKEN, "mia")
    Credentials(tmp_path).keep("https://d", Credential("ct_1_" + "b" * 43, "ben"))
    assert renewed("https://d", tmp_path, mine) == TOKEN
    Credentials(tmp_path).keep("https://d", Credential("ct_1_" + "c" * 43, "mia"))
    assert renewed("https://d", tmp_path, mine) == "ct_1_" + "c" * 43


@pytest.mark.parametrize(
    "text",
    [
        "desk.example.com",
        "ftp://desk",
        "https://",
        "https://mia:pw@desk",
        "https://desk?x=1",
        "http://[",
        "https://d:99999",
    ],
)
def test_what_is_no_address_is_said(text):
    with pytest.raises(Invalid):
        server_url(text)


def test_plain_http_is_for_this_machine(tmp_path, home):
    with pytest.raises(Invalid) as error:
        server_url("http://desk.example.com")
    assert error.value.code == "server.insecure"
    assert server_url("http://127.0.0.1:8765/") == "http://127.0.0.1:8765"
    assert server_url("http://desk.example.com", insecure=True) == "http://desk.example.com"
    assert run_refused("http://desk.example.com")
    Credentials(tmp_path).keep("http://desk.example.com", Credential(TOKEN, "mia"))
    with pytest.raises(Invalid):
        known("http://desk.example.com", tmp_path, {})
    Credentials(tmp_path).keep("http://desk.example.com", Credential(TOKEN, "mia", insecure=True))
    assert known("http://desk.example.com", tmp_path, {}).url == "http://desk.example.com"


def run_refused(url: str) -> bool:
    return cli.main(["login", url]) == 2


# a code on another device ----------------------------------------------------------------------
ISSUER = "https://id.example.com"
OFFERED = Methods(True, ISSUER, "collect-tui")


def provider(*polls: dict[str, object] | str, status: int = 200, **known_as: str) -> Scripted:
    """A provider whose token endpoint answers so, one after another."""
    made = Scripted()
    answers = list(polls)
    found = {
        "issuer": ISSUER,
        "device_authorization_endpoint": f"{ISSUER}/device",
        "token_endpoint": f"{ISSUER}/token",
        **known_as,
    }

    def poll(request: httpx.Request) -> httpx.Response:
        form = dict(pair.split("=") for pair in request.content.decode().split("&"))
        assert form["device_code"] == "secret"
        assert form["grant_type"].replace("%3A", ":") == GRANT
        said = answers.pop(0)
        if said == "cut":
            raise httpx.ReadTimeout("slow")
        return httpx.Response(status, json=said)

    begun = {
        "device_code": "secret",
        "user_code": "WXYZ\x1b[31m",
        "verification_uri": f"{ISSUER}/go",
        "interval": 5,
        "expires_in": 60,
    }
    made.answers = {
        DISCOVERY: lambda _: httpx.Response(200, json=found),
        "/device": lambda _: httpx.Response(200, json=begun),
        "/token": poll,
    }
    return made


def signed(made: Scripted) -> tuple[str, list[float], list[str]]:
    slept: list[float] = []
    shown: list[str] = []
    token = device_code(
        Http(ISSUER, transport=made), OFFERED, lambda d: shown.append(f"{d.uri} {d.code}"), sleep=slept.append
    )
    return token, slept, shown


@pytest.mark.parametrize("status", [200, 400])
def test_the_code_is_polled_as_the_provider_asks_whatever_its_status(status):
    token, slept, shown = signed(
        provider(
            {"error": "authorization_pending"}, {"error": "slow_down"}, "cut", {"id_token": "a.b.c"}, status=status
        )
    )
    assert token == "a.b.c"
    assert slept == [5, 5, 10, 20]
    assert shown == [f"{ISSUER}/go WXYZ"], "what a provider says never reaches the terminal raw"


@pytest.mark.parametrize(
    ("last", "code"),
    [("expired_token", "sso.expired"), ("access_denied", "sso.denied"), ("invalid_client", "sso.failed")],
)
def test_a_code_that_leads_nowhere_is_said(last, code):
    with pytest.raises(Refused) as error:
        signed(provider({"error": last}))
    assert error.value.code == code


def test_a_code_nobody_types_runs_out():
    with pytest.raises(Refused) as error:
        signed(provider(*[{"error": "authorization_pending"}] * 20))
    assert error.value.code == "sso.expired"


@pytest.mark.parametrize(
    ("known_as", "code"),
    [
        ({"issuer": "https://evil.example.com"}, "sso.issuer"),
        ({"token_endpoint": "http://id.example.com/token"}, "sso.insecure"),
    ],
)
def test_a_provider_that_is_not_itself_is_refused(known_as, code):
    with pytest.raises(Unavailable) as error:
        signed(provider({"id_token": "a.b.c"}, **known_as))
    assert error.value.code == code


def test_nobody_is_signed_in_at_first(tmp_path):
    with pytest.raises(SignedOut):
        known("https://desk.example.com", tmp_path, {})


@pytest.mark.parametrize("cut", [40, 250])
def test_a_damaged_file_of_sign_ins_is_set_aside(tmp_path, cut):
    credentials = Credentials(tmp_path)
    for n in (1, 2):
        credentials.keep(f"https://desk{n}.example", Credential(f"ct_1_{n}", "mia"))
    path = tmp_path / "credentials.json"
    path.write_bytes(path.read_bytes()[:-cut])
    again = Credentials(tmp_path)
    assert again.of("https://desk1.example") == (Credential("ct_1_1", "mia") if cut == 40 else None)
    assert again.of("https://desk2.example") is None
    (aside,) = tmp_path.glob("credentials-damaged-*.json")
    assert aside.name in again.told
    again.keep("https://desk2.example", Credential("ct_1_3", "mia"))
    assert again.of("https://desk2.example").token == "ct_1_3"


def test_who_is_signed_in_nowhere_for_damage_hears_of_it(tmp_path):
    (tmp_path / "credentials.json").write_text("{ no json")
    with pytest.raises(SignedOut, match="was damaged; it is set aside as credentials-damaged-"):
        known("https://desk.example", tmp_path, {})
