"""Events over HTTP: the stream and where it goes on, pages, and who may say which systems are told."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest

from collect_tui.client.events import Delivered, parse
from collect_tui.common.ids import Ids
from collect_tui.desk.errors import Unavailable
from collect_tui.server import feed
from collect_tui.services import tokens
from collect_tui.services.relay import Relay
from collect_tui.store import event_log
from collect_tui.store.tables import AppUser
from server.conftest import ROSA, code
from support.book import NOW
from support.server import bearer


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """The same steps in less time."""
    monkeypatch.setattr(feed, "POLL", 0.005)
    monkeypatch.setattr(feed, "BOARD_EVERY", 0.0)
    monkeypatch.setattr(feed, "TOKENS_EVERY", 0.0)


def happen(context, *kinds, at=NOW, tenant=1):
    """Events that are committed and numbered."""
    ids = Ids()
    with context.store.write() as db:
        for kind in kinds:
            event_log.add(db, tenant, kind, None, "mia", at, {"n": 1}, ids)
    with context.store.write() as db:
        event_log.number(db, tenant)


class Stream:
    """What one listener is sent, read at the listener's own pace."""

    def __init__(self) -> None:
        self.status = 0
        self.headers: dict[str, str] = {}
        self.ended = asyncio.Event()
        self.gone = asyncio.Event()
        self.chunks: asyncio.Queue[bytes] = asyncio.Queue(maxsize=1)
        self._text = ""
        self.raw = ""

    async def send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {k.decode(): v.decode() for k, v in message["headers"]}
        else:
            if message.get("body"):
                await self.chunks.put(message["body"])
            if not message.get("more_body"):
                self.ended.set()

    async def receive(self) -> Any:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def told(self, *, skip: tuple[str, ...] = ("queues",)) -> Delivered:
        """The next event that is not passed over."""
        while True:
            while "\n\n" not in self._text:
                more = (await asyncio.wait_for(self.chunks.get(), 10)).decode()
                self._text += more
                self.raw += more
            block, _, self._text = self._text.partition("\n\n")
            for event in parse([*block.split("\n"), ""]):
                if event.kind and event.kind not in skip:
                    return event

    async def until_end(self) -> None:
        async def drain() -> None:
            while True:
                await self.chunks.get()

        drainer = asyncio.create_task(drain())
        await asyncio.wait_for(self.ended.wait(), 10)
        drainer.cancel()


@asynccontextmanager
async def listening(app, context, query="", headers=None, login="lee") -> AsyncIterator[Stream]:
    """A listener whose stream stands: it is told of all that happens from here on."""
    given = {**bearer(context, login), **(headers or {})}
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": "/v1/events",
        "raw_path": b"/v1/events",
        "root_path": "",
        "query_string": query.encode(),
        "headers": [(k.lower().encode(), v.encode()) for k, v in given.items()],
        "client": ("127.0.0.1", 1),
        "server": ("desk", 80),
        "state": {"context": context},
    }
    stream = Stream()
    task = asyncio.create_task(app(scope, stream.receive, stream.send))
    try:
        first = (await asyncio.wait_for(stream.chunks.get(), 10)).decode()
        stream.raw, stream._text = first, first
        yield stream
    finally:
        stream.gone.set()
        while not task.done():
            while not stream.chunks.empty():
                stream.chunks.get_nowait()
            await asyncio.wait({task}, timeout=0.01)


async def test_what_happens_is_told_as_it_happens(app, context):
    happen(context, "before.this")
    async with listening(app, context) as stream:
        assert stream.status == 200
        assert stream.headers["content-type"].startswith("text/event-stream")
        assert stream.headers["cache-control"] == "no-cache"
        happen(context, "order.requested", "payment.recorded")
        first, second = await stream.told(), await stream.told()
    assert (first.id, first.kind) == (2, "order.requested")
    assert first.data == {
        "position": 2,
        "kind": "order.requested",
        "at": "2026-11-23T16:00:00Z",
        "by": "mia",
        "account": None,
        "data": {"n": 1},
    }
    assert (second.id, second.kind) == (3, "payment.recorded")


async def test_it_goes_on_exactly_after_the_last_event_seen(app, context):
    happen(context, *(f"kind.{n}" for n in range(1, 8)))
    async with listening(app, context, headers={"Last-Event-ID": "4"}) as stream:
        assert [(await stream.told()).id for _ in range(3)] == [5, 6, 7]
        happen(context, "more.came")
        assert (await stream.told()).id == 8
    async with listening(app, context, "after=6", headers={"Last-Event-ID": "7"}) as stream:
        assert (await stream.told()).id == 8  # the header is the later word
    async with listening(app, context, "after=0") as stream:
        assert [(await stream.told()).id for _ in range(8)] == list(range(1, 9))


async def test_a_slow_reader_misses_nothing_and_nobody_waits_for_it(app, context, monkeypatch):
    monkeypatch.setattr(feed, "RING", 10)
    monkeypatch.setattr(feed, "PAGE", 7)
    async with listening(app, context) as slow, listening(app, context) as quick:
        for _ in range(10):
            happen(context, *["some.thing"] * 9)
            for _ in range(9):
                await quick.told()
        assert slow.chunks.qsize() <= 1
        assert [(await slow.told()).id for _ in range(90)] == list(range(1, 91))


async def test_a_database_that_is_away_when_the_first_one_listens(app, context, monkeypatch):
    monkeypatch.setattr(feed, "AWAY", 0.005)
    last, tries = feed.Feed._last, []

    def away(self):
        tries.append(1)
        if len(tries) == 1:
            raise Unavailable("store.unreadable", "away")
        return last(self)

    monkeypatch.setattr(feed.Feed, "_last", away)
    async with listening(app, context) as stream:
        happen(context, "some.thing")
        assert (await stream.told()).kind == "some.thing"
    assert len(tries) == 2


def test_one_login_has_so_many_streams(app, context, api, monkeypatch):
    reader = api("lee")
    caller = tokens.authenticate(
        context.store, reader.headers["Authorization"].partition(" ")[2], context.clock(), context.catalogue.authority
    )
    its = feed.feed_of(app, context, 1)
    its._readers |= {feed.Reader(caller, 0, wants_board=False) for _ in range(feed.MOST_OF_ONE)}
    try:
        answer = reader("GET", "/events")
        assert (answer.status_code, code(answer)) == (429, "request.too_many")
    finally:
        its._readers.clear()


async def test_only_the_kinds_that_were_asked_for(app, context):
    async with listening(app, context, "kinds=order.*,day.done") as stream:
        happen(context, "payment.recorded", "order.requested", "act.done", "day.done", "orders.other")
        happen(context, "order.sent")
        told = [await stream.told(skip=()) for _ in range(3)]
    assert [t.kind for t in told] == ["order.requested", "day.done", "order.sent"]


async def test_many_listeners_share_one_look_at_the_database(app, context, monkeypatch):
    looks = []
    look = feed.Feed._look
    monkeypatch.setattr(
        feed.Feed, "_look", lambda self, head, readers: looks.append(len(readers)) or look(self, head, readers)
    )
    async with listening(app, context) as one, listening(app, context) as two, listening(app, context) as three:
        happen(context, "some.thing")
        assert {(await s.told()).id for s in (one, two, three)} == {1}
        assert len({id(f) for f in feed._feeds(app).values() if not f.idle}) == 1
    assert 3 in looks
    assert all(f.idle and f._task is None for f in feed._feeds(app).values())


async def test_the_queues_figures_come_at_once_and_when_they_change(app, context, api):
    async with listening(app, context, "kinds=queues") as stream:
        before = await stream.told(skip=())
        assert (before.id, before.kind) == (None, "queues")
        assert sum(q["held"] for q in before.data["queues"]) == 0
        assert {"name", "count", "due_now", "collectable", "currency", "held"} == set(before.data["queues"][0])
        taken = (await asyncio.to_thread(api(), "PUT", f"/accounts/{ROSA}/claim")).json()
        after = await stream.told(skip=())
    held = {q["name"]: q["held"] for q in after.data["queues"]}
    assert held[taken["queue"]] == 1
    assert sum(held.values()) == 1


async def test_the_figures_do_not_move_the_place_in_the_events(app, context):
    happen(context, "some.thing")
    async with listening(app, context, headers={"Last-Event-ID": "0"}) as stream:
        kinds = {(await stream.told(skip=())).kind for _ in range(2)}
    assert kinds == {"some.thing", "queues"}
    assert [line for line in stream.raw.split("\n") if line.startswith("id:")] == ["id: 0", "id: 1"]


async def test_events_that_are_no_longer_kept_leave_a_gap(app, context):
    happen(context, "old.one", "old.two", at=NOW - timedelta(days=9))
    happen(context, "new.one")
    with context.store.write() as db:
        assert event_log.prune(db, 1, NOW) == 2
    async with listening(app, context, headers={"Last-Event-ID": "1"}) as stream:
        gap, event = await stream.told(), await stream.told()
    assert (gap.id, gap.kind, gap.data) == (None, "gap", {"after": 1, "first": 3})
    assert (event.id, event.kind) == (3, "new.one")
    async with listening(app, context, headers={"Last-Event-ID": "2"}) as stream:
        assert (await stream.told()).kind == "new.one"


async def test_everything_deleted_is_a_gap_too_and_said_once(app, context):
    happen(context, "old.one", "old.two", at=NOW - timedelta(days=9))
    with context.store.write() as db:
        event_log.prune(db, 1, NOW)
    async with listening(app, context, "after=0") as stream:
        assert (await stream.told()).data == {"after": 0, "first": 3}
        happen(context, "new.one")
        assert (await stream.told()).id == 3


async def test_a_position_of_another_database_begins_at_the_beginning(app, context):
    happen(context, "some.thing")
    async with listening(app, context, headers={"Last-Event-ID": "900"}) as stream:
        assert (await stream.told()).id == 1


async def test_it_ends_when_the_token_is_revoked(app, context):
    person(context, "ria", "lead")
    async with listening(app, context, login="lee") as stream, listening(app, context, login="ria") as other:
        tokens.revoke(context.store, 1, "lee", context.clock())
        await stream.until_end()
        happen(context, "some.thing")
        assert (await other.told()).id == 1


async def test_it_ends_when_the_session_rested_too_long(app, context, clock):
    async with listening(app, context) as stream:
        clock.forward(minutes=context.catalogue.authority.sign_in.idle_minutes + 1)
        await stream.until_end()


async def test_it_ends_when_the_server_stops(app, context):
    async with listening(app, context) as stream:
        await feed.end_streams(app)
        await stream.until_end()


async def test_silence_is_broken_by_a_comment(app, context, monkeypatch):
    from fastapi import routing

    monkeypatch.setattr(routing, "_PING_INTERVAL", 0.01)
    async with listening(app, context, "kinds=day.done") as stream:
        text = stream.raw
        while ": ping\n" not in text:
            text += (await asyncio.wait_for(stream.chunks.get(), 10)).decode()


async def test_another_tenants_events_are_not_told(app, context):
    from sqlmodel import select

    from collect_tui.store.tables import Tenant

    with context.store.write() as db:
        own = db.exec(select(Tenant).where(Tenant.tenant_id == 1)).one()
        db.add(Tenant(**{**own.model_dump(), "tenant_id": 2, "name": "Other"}))
    async with listening(app, context) as stream:
        happen(context, "secret.thing", tenant=2)
        happen(context, "own.thing")
        assert (await stream.told()).kind == "own.thing"


def test_pages_go_on_where_the_last_ended(context, api):
    happen(context, "a.one", "b.two", "a.three", "b.four", "a.five")
    lee = api()
    first = lee("GET", "/events/page?limit=2").json()
    assert [e["position"] for e in first["events"]] == [1, 2]
    assert (first["position"], first["head"], first["gap"]) == (2, 5, False)
    second = lee("GET", f"/events/page?limit=2&after={first['position']}&kinds=b.*").json()
    assert [e["kind"] for e in second["events"]] == ["b.four"]
    assert second["position"] == 4
    last = lee("GET", "/events/page?after=5").json()
    assert (last["events"], last["position"], last["gap"]) == ([], 5, False)


def test_a_page_says_when_events_are_no_longer_kept(context, api):
    happen(context, "old.one", at=NOW - timedelta(days=9))
    with context.store.write() as db:
        event_log.prune(db, 1, NOW)
    page = api()("GET", "/events/page").json()
    assert (page["events"], page["position"], page["gap"]) == ([], 1, True)


@pytest.mark.parametrize("query", ["after=-1", "after=x", "limit=0", "limit=1001", "after=99999999999999999999"])
def test_what_is_no_page(api, query):
    assert code(api()("GET", f"/events/page?{query}")) == "request.invalid"


def test_what_is_no_event_id(api):
    assert code(api()("GET", "/events", headers={"Last-Event-ID": "x"})) == "event.position"


def test_who_may_listen(api):
    assert code(api(None)("GET", "/events")) == "signin.required"
    for path in ("/events", "/events/page"):
        answer = api("mia")("GET", path)
        assert (answer.status_code, code(answer)) == (403, "authority.permission")
    for verb, path in (("GET", "/webhooks"), ("POST", "/webhooks"), ("DELETE", "/webhooks/1")):
        assert api("lee")(verb, path, json={"url": "https://a.example"}).status_code == 403


def person(context, login, role):
    with context.store.write() as db:
        db.add(AppUser(tenant_id=1, login=login, name=login.title(), role=role))
    return login


@pytest.fixture
def ada(context, api):
    """The API as an administrator sees it."""
    return api(person(context, "ada", "admin"))


def test_a_webhook_is_made_shown_and_removed(context, ada):
    happen(context, "before.this")
    made = ada("POST", "/webhooks", json={"url": "https://billing.example/hook", "kinds": ["order.*", "day.done"]})
    assert made.status_code == 201
    body = made.json()
    assert body["secret"].startswith("whsec_")
    assert (body["active"], body["behind"], body["kinds"]) == (True, 0, ["order.*", "day.done"])
    happen(context, "order.requested")
    (shown,) = ada("GET", "/webhooks").json()
    assert shown == {**body, "secret": None, "behind": 1}
    assert ada("DELETE", f"/webhooks/{body['id']}").status_code == 204
    assert ada("GET", "/webhooks").json() == []
    assert code(ada("DELETE", f"/webhooks/{body['id']}")) == "webhook.not_found"


@pytest.mark.parametrize(
    "body",
    [
        {"url": "http://billing.example/hook"},
        {"url": "https://127.0.0.1/hook"},
        {"url": "https://[::ffff:10.0.0.1]/hook"},
        {"url": "https://user:word@billing.example/"},
        {"url": "https://billing.example/", "kinds": ["no spaces"]},
    ],
)
def test_a_webhook_that_cannot_be(ada, body):
    assert code(ada("POST", "/webhooks", json=body)) in {"webhook.url", "webhook.kinds"}


def test_the_relay_numbers_what_an_act_over_the_api_wrote(context, api):
    assert api().act(f"/accounts/{ROSA}/acts", {"commands": [{"kind": "note", "text": "called"}]}).status_code == 200
    Relay(context.store, context.clock).tick()
    (event,) = api()("GET", "/events/page").json()["events"]
    assert (event["kind"], event["account"], event["by"]) == ("act.done", ROSA, "lee")
    assert "called" not in json.dumps(event)
