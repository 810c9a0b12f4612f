"""Operations as requests: what is typed stays within its part of the address, and what is loaded is little."""

from __future__ import annotations

import inspect
import subprocess
import sys
from uuid import uuid4

import httpx
import pytest

from client.scripted import Scripted, refusal
from collect_tui import http_contract as wire
from collect_tui.client import requests
from collect_tui.client.desk import ApiDesk
from collect_tui.desk.commands import Act
from collect_tui.desk.errors import Invalid, Unavailable
from collect_tui.desk.operations import BY_NAME, OPERATIONS
from collect_tui.desk.protocol import Desk


@pytest.mark.parametrize(
    ("number", "path"),
    [
        ("4410-2231", "/v1/accounts/4410-2231"),
        ("a/b", "/v1/accounts/a%2Fb"),
        ("../floor", "/v1/accounts/..%2Ffloor"),
        ("a?b#c", "/v1/accounts/a%3Fb%23c"),
        ("Å 1", "/v1/accounts/%C3%85%201"),
        ("{number}", "/v1/accounts/%7Bnumber%7D"),
    ],
)
def test_a_number_is_one_part_of_the_address(number, path):
    assert requests.ask(BY_NAME["account"], {"number": number}).path == path


@pytest.mark.parametrize("number", ["", "  ", ".", "..", "\ud800"])
def test_what_is_no_part_of_an_address_is_refused_here(number):
    with pytest.raises(Invalid):
        requests.ask(BY_NAME["account"], {"number": number})


def test_a_search_stays_out_of_the_address(desk, server):
    server.answers["/v1/searches"] = lambda request: httpx.Response(200, json=[])
    assert desk.find("Álvarez & sons") == ()
    assert server.asked == [("POST", "/v1/searches")]


def test_a_password_travels_in_ascii_and_alone():
    act = Act.model_validate({"id": uuid4(), "account": "A", "commands": [{"kind": "note", "text": "x"}]})
    _, headers = requests.act_ask(act, "pässwörd\r\nX: y")
    assert headers["Override-Proof"] == "p%C3%A4ssw%C3%B6rd%0D%0AX%3A%20y"
    assert headers["If-Match"] == "*"


def test_every_method_of_the_desk_is_here():
    for operation in OPERATIONS:
        mine, theirs = getattr(ApiDesk, operation.name), getattr(Desk, operation.name)
        assert inspect.signature(mine).parameters.keys() == inspect.signature(theirs).parameters.keys()


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, text="<html>"),
        httpx.Response(200, json={"queues": "none"}),
        httpx.Response(302, headers={"location": "https://evil.example.com/"}),
        httpx.Response(404, text="nothing here"),
        httpx.Response(409, headers={"content-type": "application/problem+json"}, text="[]"),
        httpx.Response(409, headers={"content-type": "application/problem+json"}, json={"title": "refused-by-policy"}),
        httpx.Response(
            412, headers={"content-type": "application/problem+json"}, json={"title": "stale", "version": "x"}
        ),
    ],
)
def test_what_is_no_answer_of_a_desk_is_said_and_never_followed(desk, server, answer):
    server.answers["/v1/queues"] = lambda _: answer
    with pytest.raises(Unavailable) as error:
        desk.queues()
    assert error.value.code == "server.unknown"
    assert len(server.asked) == 1


def test_an_answer_without_end_is_cut(desk, server, monkeypatch):
    monkeypatch.setattr("collect_tui.client.http.LARGEST", 1000)
    server.answers["/v1/queues"] = lambda _: httpx.Response(200, content=b" " * 2000)
    with pytest.raises(Unavailable):
        desk.queues()


@pytest.mark.parametrize("fault", ["cut-before", 502, 503])
def test_what_changes_nothing_is_asked_again_at_once(desk, server, fault):
    server.faults = [fault]
    with pytest.raises(Unavailable, match="no desk that this program understands"):
        desk.queues()  # the second try finds a server that has no such page
    assert len(server.asked) == 2


def test_the_servers_own_word_is_told_when_it_has_no_time(desk, server):
    server.faults = [refusal(Unavailable("store.busy", "The database is busy."))] * 3
    with pytest.raises(Unavailable) as error:
        desk.queues()
    assert error.value.code == "store.busy"


def test_the_thin_client_loads_no_database_and_nothing_it_does_not_need_yet(tmp_path):
    code = (
        "import sys, datetime, pathlib\n"
        "from collect_tui.client.desk import ApiDesk\n"
        f"ApiDesk('https://desk', token='t', user='u', state_folder=pathlib.Path({str(tmp_path)!r}),"
        " clock=lambda: datetime.datetime.now(datetime.UTC), background=False).close()\n"
        "print(*sorted({m.partition('.')[0] for m in sys.modules}), 'collect_tui.desk.line' in sys.modules)"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not set(said) & {"sqlalchemy", "sqlmodel", "fastapi", "alembic", "httpx", "pendulum", "holidays", "textual"}
    assert said[-1] == "False"


def test_next_is_asked_again_with_its_key_until_it_is_answered(desk: ApiDesk, server: Scripted) -> None:
    keys: list[str] = []

    def claims(request: httpx.Request) -> httpx.Response:
        keys.append(request.headers[wire.KEY])
        if len(keys) <= 3:
            raise httpx.RemoteProtocolError("cut")
        return httpx.Response(200, json=None)

    server.answers["/v1/claims"] = claims
    with pytest.raises(Unavailable):
        desk.next()
    desk.wire.answered()
    desk.next()
    desk.next()
    assert len(keys) == 5
    assert len(set(keys[:4])) == 1
    assert keys[4] != keys[0]
