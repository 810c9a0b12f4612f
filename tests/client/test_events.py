"""The stream of events as a client reads it: its format, and going on after a connection that broke."""

from __future__ import annotations

from contextlib import contextmanager

import pytest

from collect_tui.client import events
from collect_tui.client.events import Delivered, follow, pages, parse
from collect_tui.client.http import Http, Response, TransportFailed
from collect_tui.common.ids import Ids
from collect_tui.desk.errors import Forbidden, SignedOut, Unavailable
from collect_tui.store import event_log
from collect_tui.store.tables import AppUser
from server.conftest import BOOK
from support.book import NOW, Clock
from support.server import served, server_context, token


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (["event: a.one", 'data: {"n": 1}', "id: 7", ""], [Delivered(7, "a.one", {"n": 1})]),
        ([": ping", ""], []),
        (["id: 4", ": listening", ""], [Delivered(4, "", None)]),
        (["event:x", "data:1", "data:", ""], [Delivered(None, "x", 1)]),
        (["data: 5", ""], [Delivered(None, "message", 5)]),
        (["event: x", "data: {broken", "id: 3", ""], []),
        (["event: x", "id: 3"], []),  # it was cut off before its end
        (["event: x", "data: 1", "id: -3", ""], [Delivered(None, "x", 1)]),
        (["retry: 5", "unknown: y", "event: x", "data: 1", ""], [Delivered(None, "x", 1)]),
    ],
)
def test_the_format(lines, told):
    assert list(parse(lines)) == told


def test_an_event_without_end_is_not_kept():
    with pytest.raises(TransportFailed):
        list(parse(["data: " + "x" * 1000 for _ in range(1100)]))


class Script:
    """A server that answers each connection with the next of its lines; each opening is noted with its position."""

    def __init__(self, *answers):
        self.answers, self.after, self.slept = list(answers), [], []

    @contextmanager
    def __call__(self, after):
        self.after.append(after)
        status, lines = self.answers.pop(0)
        if status == 0:
            raise TransportFailed(reached=False)
        yield Response(status, {}, b""), self._lines(lines)

    @staticmethod
    def _lines(lines):
        yield from lines
        raise TransportFailed(reached=True)


def event(n):
    return ["event: a.one", f"data: {n}", f"id: {n}", ""]


def test_it_goes_on_after_the_last_event_when_the_connection_breaks():
    script = Script(
        (200, [*event(5), *event(6), "event: queues", "data: {}", "", "event: cut", "data:"]),
        (0, []),
        (503, []),
        (200, [*event(7)]),
    )
    following = follow(script, 4, sleep=script.slept.append)
    assert [next(following).id for _ in range(4)] == [5, 6, None, 7]
    assert script.after == [4, 6, 6, 6]
    assert len(script.slept) == 3
    assert script.slept[2] > script.slept[0]


def test_a_new_listener_goes_on_from_where_the_server_said_it_began():
    script = Script((200, ["id: 12", ": listening", ""]), (200, event(13)))
    assert next(follow(script, sleep=script.slept.append)).id == 13
    assert script.after == [None, 12]


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (401, ['{"type":"urn:collect-tui:problem:signin.revoked","title":"signed-out","detail":"Out."}'], SignedOut),
        (
            403,
            ['{"type":"urn:collect-tui:problem:authority.permission","title":"forbidden","detail":"No."}'],
            Forbidden,
        ),
        (401, ["<html>"], SignedOut),
        (404, ["nothing"], Unavailable),
    ],
)
def test_what_the_server_refuses_is_said_and_not_tried_again(status, body, error):
    class Refusing(Script):
        @staticmethod
        def _lines(lines):
            yield from lines

    script = Refusing((status, body))
    with pytest.raises(error):
        next(follow(script, sleep=script.slept.append))
    assert script.slept == []


@pytest.fixture
def context(tmp_path):
    store = BOOK.store(tmp_path)
    with store.write() as db:
        db.add(AppUser(tenant_id=1, login="ria", name="Ria", role="lead"))
    yield server_context(store, Clock())
    store.close()


def happen(context, *kinds):
    ids = Ids()
    with context.store.write() as db:
        for kind in kinds:
            event_log.add(db, 1, kind, None, "mia", NOW, {"n": 1}, ids)
    with context.store.write() as db:
        event_log.number(db, 1)


def test_over_a_real_connection(context):
    happen(context, "a.one", "b.two", "a.three")
    text = token(context, "lee")
    with served(context) as url:
        server = Http(url)
        following = follow(events.at(server, lambda: text, "a.*"), 0)
        assert [next(following).kind for _ in range(2)] == ["a.one", "a.three"]
        happen(context, "b.four", "a.five")
        told = next(following)
        assert (told.id, told.kind, told.data["data"]) == (5, "a.five", {"n": 1})
        following.close()
        assert [e.position for e in pages(server, text, 1)] == [2, 3, 4, 5]
        assert [e.position for e in pages(server, text, 1, "b.*")] == [2, 4]
        with pytest.raises(Forbidden):
            list(pages(server, token(context, "mia"), 0))
        server.close()
    with pytest.raises(Unavailable):
        list(pages(Http("http://127.0.0.1:1"), text, 0))
