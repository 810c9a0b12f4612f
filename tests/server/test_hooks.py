"""Call-backs of far ends over HTTP: proved, taken once, answered with nothing, and nothing of them in a log."""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlencode

import httpx
import pytest
from sqlalchemy import select

from channels.far_gateway import ENVIRON, SECRET, SITES
from channels.signing import meta, said
from collect_tui import bootstrap
from collect_tui.channels.ports import hook_reader
from collect_tui.server.context import ServerContext
from collect_tui.server.limits import Limiter
from collect_tui.server.logs import JsonLines
from collect_tui.store.engine import Store
from collect_tui.store.sql import table
from collect_tui.store.tables import Message
from support.book import NOW, Book, Clock, account
from support.server import served, server_context

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl signs the call-backs of these tests")

ROSA = "4410-2231"
BOOK = Book(account(ROSA, "Alvarez, Rosa", items=[("INV-1", -63, 20000)]))


@pytest.fixture(params=["sqlite", "postgres"])
def store(request, tmp_path) -> Iterator[Store]:
    with BOOK.store(tmp_path) if request.param == "sqlite" else BOOK.pg_store() as made:
        yield made


@pytest.fixture
def context(store, tmp_path, monkeypatch) -> ServerContext:
    """A server of a site with a gateway for texts and one for a page."""
    for name, value in ENVIRON.items():
        monkeypatch.setenv(name, value)
    shapes = (
        f'[channels.{name}]\ngateway = "{kind}"\n{SITES[kind]}\n'
        for name, kind in (("sms", "kannel"), ("page", "meta"))
    )
    (tmp_path / "channels.toml").write_text("".join(shapes).replace("{url}", "http://127.0.0.1:1"), "utf-8")
    wired = bootstrap.wiring(database=tmp_path / "desk.db")
    wired = replace(wired, settings=replace(wired.settings, site_folder=tmp_path))
    return server_context(
        store, Clock(), faults=tmp_path / "faults.log", read_hook=hook_reader(wired.settings, os.environ)
    )


@pytest.fixture
def url(context) -> Iterator[str]:
    with served(context) as at:
        yield f"{at}/v1/hooks"


def kept(store: Store) -> list[tuple[str, str, str]]:
    m = table(Message).c
    with store.read() as db:
        return [tuple(row) for row in db.execute(select(m.channel, m.status, m.text).order_by(m.id))]


def text(words: str = "STOP", ident: str = "k1", **more: str) -> str:
    fields = {
        "from": "+13125550142",
        "text": words,
        "at": str(int(NOW.timestamp())),
        "id": ident,
        "coding": "0",
        **more,
    }
    return f"sms/{SECRET}?{urlencode(fields)}"


def test_a_text_by_get_is_taken_once_and_answered_with_nothing(url, store):
    for _ in range(2):
        answer = httpx.get(f"{url}/{text()}")
        assert (answer.status_code, answer.content) == (204, b"")
    assert kept(store) == [
        ("sms", "DONE", "STOP"),
        ("sms", "QUEUED", "Test book: you get no more text messages about your account ending 231."),
    ]


def test_a_page_sends_many_and_a_report_of_nothing_of_ours_is_no_fault(url, store):
    body = {
        "object": "page",
        "entry": [
            {
                "id": "1001",
                "messaging": [said("m1"), said("m2", "two"), {"sender": {"id": "9"}, "delivery": {"mids": ["x"]}}],
            }
        ],
    }
    asked = meta(body)
    for _ in range(2):
        answer = httpx.post(f"{url}/page", content=asked.body, headers=dict(asked.headers))
        assert (answer.status_code, answer.content) == (204, b"")
    assert kept(store) == [("social", "RECEIVED", "hi"), ("social", "RECEIVED", "two")]


def test_the_handshake_is_answered_in_words(url):
    asked = {"hub.mode": "subscribe", "hub.verify_token": "our-word", "hub.challenge": "1158201444"}
    answer = httpx.get(f"{url}/page", params=asked)
    assert (answer.status_code, answer.text) == (200, "1158201444")
    assert httpx.get(f"{url}/page", params={**asked, "hub.verify_token": "x"}).status_code == 403


def test_what_is_forged_or_cannot_be_read_is_turned_away_and_not_said_again(url, store, context):
    forged = meta({"object": "page", "entry": []}).body
    broken = meta(b"{rosa")
    tries = [
        (httpx.post(f"{url}/page", content=forged, headers={"X-Hub-Signature-256": "sha256=00"}), 403),
        (httpx.get(f"{url}/sms/{SECRET[:-1]}x?from=1&text=rosa"), 403),
        (httpx.get(f"{url}/sms"), 403),
        (httpx.post(f"{url}/page", content=broken.body, headers=dict(broken.headers)), 400),
        (httpx.get(f"{url}/rosa"), 404),
        (httpx.get(f"{url}/{text(book='rosa')}"), 404),
        (httpx.get(f"{url}/{text('x' * 33_000)}"), 414),
        (httpx.post(f"{url}/page", content=b"x" * (1024 * 1024 + 1)), 413),
        (httpx.put(f"{url}/page"), 405),
    ]
    assert [answer.status_code for answer, _ in tries] == [wanted for _, wanted in tries]
    assert not any("rosa" in answer.text for answer, _ in tries)
    assert kept(store) == []
    assert not context.faults.exists()


def test_a_long_text_passes_and_hostile_ones_are_cleaned(url, store):
    words = "ж" * 1500 + "\x1b]0;x\x07 4111 1111 1111 1111"
    assert httpx.get(f"{url}/{text(words)}").status_code == 204
    ((_, _, said),) = kept(store)
    assert said == "ж" * 1500 + " **** 1111"


def test_somebody_who_asks_too_often_waits(url, context):
    context.anonymous = Limiter(rate=0.001, burst=3)
    assert [httpx.get(f"{url}/sms").status_code for _ in range(5)] == [403, 403, 403, 429, 429]


def test_nothing_of_it_is_logged(url, store, caplog):
    with caplog.at_level(logging.DEBUG):
        httpx.get(f"{url}/{text('rosa owes nothing')}")
        httpx.get(f"{url}/sms/wrong?text=rosa+owes&from=%2B13125550142")
    told = [r for r in caplog.records if r.name.startswith(("collect_tui", "uvicorn")) and r.name != "uvicorn.access"]
    ours = [JsonLines().format(record) for record in told]  # a server has no access log of uvicorn's
    assert not [line for line in ours if "rosa" in line or "0142" in line or SECRET in line]
    assert kept(store)
