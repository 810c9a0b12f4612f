"""Other systems are told in order, signed, at least once, over a real connection; nobody makes the server call its neighbours."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address

import pytest
from sqlmodel import select

from collect_tui.common.ids import Ids
from collect_tui.desk.errors import Invalid, NotFound, Refused
from collect_tui.server.poster import Poster
from collect_tui.services import webhooks
from collect_tui.services.relay import Relay
from collect_tui.services.webhooks import Unreached
from collect_tui.store import event_log
from collect_tui.store import webhooks as rows
from collect_tui.store.tables import Webhook
from support.book import NOW, Book, Clock, account

BOOK = Book(account("44-1", "Alvarez, Rosa", items=[("INV-1", -63, 30000)]))


@pytest.fixture(params=["sqlite", "postgres"])
def store(request, tmp_path):
    with BOOK.store(tmp_path) if request.param == "sqlite" else BOOK.pg_store() as store:
        yield store


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def poster():
    made = Poster(allow_private=True)
    yield made
    made.close()


class Receiver:
    """Another system: keeps what it is sent and answers what it is told to, 204 otherwise."""

    def __init__(self):
        self.got, self.answers, self.headers = [], [], {}
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.got.append((dict(self.headers), body))
                status = receiver.answers.pop(0) if receiver.answers else 204
                if status == "hang up":
                    self.connection.close()
                    return
                if status == "drip":
                    receiver.dripping.wait(10)
                    return
                self.send_response(status)
                for name, value in receiver.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.dripping = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/hook"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def positions(self):
        return [json.loads(body)["position"] for _, body in self.got]

    def close(self):
        self.dripping.set()
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def receiver():
    made = Receiver()
    yield made
    made.close()


def happen(store, *kinds):
    ids = Ids()
    with store.write() as db:
        for kind in kinds:
            event_log.add(db, 1, kind, None, "mia", NOW, {"n": 1}, ids)
    with store.write() as db:
        event_log.number(db, 1)


def register(store, url, *kinds, allow_private=True):
    return webhooks.register(store, 1, url, kinds, by="ada", now=NOW, ids=Ids(), allow_private=allow_private)


def deliver(store, hook, clock, post):
    return webhooks.deliver(store, 1, int(hook.id), clock=clock, post=post, allow_private=True)


def state(store, hook):
    return next(view for view in webhooks.listing(store, 1) if view.id == hook.id)


def test_events_arrive_in_order_and_signed(store, clock, receiver, poster):
    happen(store, "before.this")
    hook = register(store, receiver.url)
    happen(store, "order.requested", "payment.recorded", "day.done")
    assert deliver(store, hook, clock, poster) == 3
    assert receiver.positions == [2, 3, 4]
    for (headers, body), position in zip(receiver.got, (2, 3, 4), strict=True):
        stamp, mac = (part.partition("=")[2] for part in headers["Collect-Signature"].split(","))
        said = hmac.new(hook.secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
        assert hmac.compare_digest(mac, said)
        assert int(stamp) == int(NOW.timestamp())
        assert headers["Collect-Event-Id"] == str(position)
        assert headers["Collect-Event"] == json.loads(body)["kind"]
        assert headers["Content-Type"] == "application/json"
    assert deliver(store, hook, clock, poster) == 0
    assert len(receiver.got) == 3
    assert (state(store, hook).behind, state(store, hook).secret) == (0, None)


def test_only_the_kinds_it_asked_for_and_nothing_waits_behind_others(store, clock, receiver, poster):
    hook = register(store, receiver.url, "order.*")
    happen(store, "act.done", "order.requested", "day.done")
    assert deliver(store, hook, clock, poster) == 1
    assert receiver.positions == [2]
    assert state(store, hook).behind == 0


@pytest.mark.parametrize("answer", [500, 404, 301, "hang up"])
def test_a_failure_stops_the_order_and_is_tried_again_later(store, clock, receiver, poster, answer):
    receiver.headers = {"Location": "http://127.0.0.1:1/elsewhere"}
    hook = register(store, receiver.url)
    happen(store, "a.one", "b.two", "c.three")
    receiver.answers = [204, answer]
    assert deliver(store, hook, clock, poster) == 1
    assert receiver.positions == [1, 2]
    now = state(store, hook)
    assert (now.failures, now.behind, now.active) == (1, 2, True)
    assert now.last_error
    with store.read() as db:
        assert rows.due(db, 1, clock.now + timedelta(seconds=3)) == []
        assert rows.due(db, 1, clock.now + timedelta(seconds=7)) == [int(hook.id)]
    assert deliver(store, hook, clock, poster) == 0
    clock.forward(seconds=7)
    assert deliver(store, hook, clock, poster) == 2
    assert receiver.positions == [1, 2, 2, 3]
    assert (state(store, hook).failures, state(store, hook).last_error) == (0, "")


def test_waits_double_up_to_an_hour_and_end_after_a_day():
    assert [webhooks.nominal(n) for n in (1, 2, 3, 10, 11, 40)] == [5, 10, 20, 2560, 3600, 3600]
    for n in (1, 5, 30):
        waits = {webhooks.retry_after(n).total_seconds() for _ in range(50)}
        assert min(waits) >= 0.75 * webhooks.nominal(n)
        assert max(waits) <= 1.26 * webhooks.nominal(n)
        assert len(waits) > 1
    last = next(n for n in range(1, 100) if webhooks.given_up(n))
    assert 23 * 3600 <= sum(webhooks.nominal(n) for n in range(1, last)) < 24 * 3600


def test_it_is_given_up_after_a_day_and_says_why(store, clock):
    hook = register(store, "http://a.example/hook")
    happen(store, "a.one")
    tries = []

    def down(*_):
        tries.append(clock.now)
        raise Unreached("could not be reached")

    while state(store, hook).active:
        deliver(store, hook, clock, down)
        clock.forward(seconds=4600)
        assert len(tries) < 100
    assert state(store, hook).last_error == "given up after a day: could not be reached"
    assert deliver(store, hook, clock, down) == 0
    with store.read() as db:
        assert rows.due(db, 1, clock.now + timedelta(days=1)) == []


def test_one_server_at_a_time_has_a_webhook(store, clock):
    hook = register(store, "http://a.example/hook")
    happen(store, "a.one")
    inner = []

    def post(*_):
        inner.append(webhooks.deliver(store, 1, int(hook.id), clock=clock, post=post, allow_private=True))
        return 204

    assert deliver(store, hook, clock, post) == 1
    assert inner == [0]


def test_what_a_dead_server_did_not_finish_is_sent_again_by_another(store, clock, receiver, poster):
    hook = register(store, receiver.url)
    happen(store, "a.one")

    def dies(*_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        deliver(store, hook, clock, dies)
    assert deliver(store, hook, clock, poster) == 0
    clock.forward(seconds=121)
    assert deliver(store, hook, clock, poster) == 1
    assert receiver.positions == [1]


def test_a_webhook_that_is_removed_while_it_is_told_stays_removed(store, clock):
    hook = register(store, "http://a.example/hook")
    happen(store, "a.one", "b.two")

    def post(*_):
        webhooks.remove(store, 1, hook.id) if webhooks.listing(store, 1) else None
        return 204

    deliver(store, hook, clock, post)
    assert webhooks.listing(store, 1) == ()
    with pytest.raises(NotFound):
        webhooks.remove(store, 1, hook.id)
    for nonsense in ("", "x", "-1", "9" * 40, "١"):
        with pytest.raises(NotFound):
            webhooks.remove(store, 1, nonsense)


def test_a_server_that_stops_leaves_the_rest_for_the_next(store, clock):
    hook = register(store, "http://a.example/hook")
    happen(store, "a.one", "b.two", "c.three")
    sent = []
    stopping = lambda: len(sent) == 1  # noqa: E731
    post = lambda _, headers, __: sent.append(headers["Collect-Event-Id"]) or 204  # noqa: E731
    webhooks.deliver(store, 1, int(hook.id), clock=clock, post=post, allow_private=True, stopping=stopping)
    assert state(store, hook).behind == 2
    deliver(store, hook, clock, post)
    assert sent == ["1", "2", "3"]


def test_the_relay_delivers(store, clock, receiver, poster):
    hook = register(store, receiver.url)
    relay = Relay(store, clock, post=poster, allow_private_webhooks=True, every=0.01)
    relay.start()
    with store.write() as db:
        event_log.add(db, 1, "a.one", None, "mia", NOW, {}, Ids())
    for _ in range(1000):
        if receiver.got and state(store, hook).behind == 0:
            break
        threading.Event().wait(0.01)
    relay.stop()
    assert receiver.positions == [1]


def test_the_secret_is_shown_once_and_kept_nowhere_in_answers(store):
    hook = register(store, "https://a.example/hook")
    assert len(hook.secret) > 40
    assert webhooks.listing(store, 1)[0].secret is None
    with store.read() as db:
        assert db.exec(select(Webhook.secret).where(Webhook.tenant_id == 1)).one() == hook.secret


def test_there_is_a_most(store, monkeypatch):
    monkeypatch.setattr(rows, "MOST", 2)
    register(store, "https://a.example/1")
    register(store, "https://a.example/2")
    with pytest.raises(Refused):
        register(store, "https://a.example/3")


@pytest.mark.parametrize(
    "url",
    [
        "http://a.example/",
        "ftp://a.example/",
        "https:///nobody",
        "https://user@a.example/",
        "https://u:p@a.example/",
        "https://a.example/#part",
        "https://a.example:99999/",
        "https://a.example/\r\nX: y",
        "https://a.example/ x",
        "https://a.example\\@127.0.0.1/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://[fe80::1]/",
        "https://10.1.2.3/",
        "https://169.254.169.254/latest/meta-data",
        "https://[::ffff:169.254.169.254]/",
        "https://[64:ff9b::7f00:1]/",
        "https://[2002:7f00:1::]/",
        "https://bücher.example/",
        "https://a.example/" + "x" * 2000,
        "",
    ],
)
def test_addresses_that_are_refused(url):
    with pytest.raises(Invalid):
        webhooks.checked(url, allow_private=False)


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1::1", True),
        ("::ffff:93.184.216.34", True),
        ("0.0.0.0", False),
        ("127.8.9.1", False),
        ("100.64.0.1", False),
        ("192.168.0.1", False),
        ("172.31.255.255", False),
        ("224.0.0.1", False),
        ("240.0.0.1", False),
        ("255.255.255.255", False),
        ("::", False),
        ("fc00::1", False),
        ("fec0::1", False),
        ("ff02::1", False),
        ("fe80::1%eth0", False),
        ("::ffff:127.0.0.1", False),
        ("64:ff9b::a00:1", False),
        ("64:ff9b::5db8:d822", True),
    ],
)
def test_which_addresses_are_of_the_open_internet(address, public):
    assert webhooks.is_public(ip_address(address)) is public


def test_a_name_that_leads_home_is_not_called(receiver):
    """Looked at after it was resolved, on the very address that is connected to."""
    port = receiver.url.split(":")[2].split("/")[0]
    guarded = Poster()
    for host in ("localhost", "127.0.0.1", "127.1", "0x7f000001"):
        with pytest.raises(Unreached):
            guarded(f"http://{host}:{port}/hook", {}, b"{}")
    assert receiver.got == []
    guarded.close()


def test_one_private_address_among_public_ones_is_enough_to_refuse(receiver, monkeypatch):
    import socket

    found = [(2, 1, 6, "", ("93.184.216.34", 80)), (2, 1, 6, "", ("127.0.0.1", 80))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    with pytest.raises(Unreached, match="private"):
        Poster()("http://a.example/", {}, b"{}")


def test_who_does_not_answer_in_time_is_let_go(receiver):
    quick = Poster(allow_private=True, whole=0.2)
    receiver.answers = ["drip"]
    with pytest.raises(Unreached, match="did not answer within"):
        quick(receiver.url, {}, b"{}")
    receiver.dripping.set()
    assert quick(receiver.url, {}, b"{}") == 204
    quick.close()


def test_who_answers_letter_by_letter_has_no_more_time_than_others():
    import socket

    listener = socket.create_server(("127.0.0.1", 0))
    stop = threading.Event()

    def drip():
        connection, _ = listener.accept()
        for letter in b"HTTP/1.1 204 " + b"x" * 1000:
            if stop.wait(0.02):
                break
            try:
                connection.send(bytes([letter]))
            except OSError:
                break
        connection.close()

    thread = threading.Thread(target=drip, daemon=True)
    thread.start()
    quick = Poster(allow_private=True, whole=0.2)
    with pytest.raises(Unreached, match="did not answer within"):
        quick(f"http://127.0.0.1:{listener.getsockname()[1]}/", {}, b"{}")
    stop.set()
    thread.join(5)
    listener.close()
    quick.close()


def test_who_is_not_there_is_named_as_such(poster):
    with pytest.raises(Unreached):
        poster("http://127.0.0.1:1/", {}, b"{}")
