"""Every operation as a resource: routes, permissions, pages, versions of answers, problems, limits."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest
from pydantic import TypeAdapter

from collect_tui import __version__
from collect_tui.desk.commands import Act, MoveCase, OpenCase
from collect_tui.desk.operations import NOT_ON_THE_WIRE, OPERATIONS
from collect_tui.desk.protocol import Desk
from collect_tui.desk.views.account import AccountView
from collect_tui.server import app as app_module
from collect_tui.server import envelope, streams
from collect_tui.server.desk_routes import fingerprint
from collect_tui.server.limits import Limiter
from collect_tui.server.shapes import Shape
from collect_tui.services.access import Caller
from collect_tui.services.local import LocalDesk
from collect_tui.store import sqlite
from collect_tui.store.engine import Store
from contract.conftest import BOOK
from server.conftest import ROSA, code
from support.book import catalogue, do_line
from support.messages import add_message
from support.papers import INSOLVENT, PROOF
from support.server import server_context

MESSAGE = 7

#: One request per operation; a new operation adds a line.
ASKED = {
    "session": None,
    "catalogue": None,
    "queues": None,
    "queue": {"name": "suspend"},
    "next": {},
    "claim": {"account": ROSA},
    "heartbeat": {"account": ROSA},
    "release": {"account": ROSA},
    "reassign": {"account": ROSA, "to": "ben", "reason": "on leave"},
    "agent": {"state": "pause", "code": "break"},
    "me": {"login": "mia"},
    "script": {"number": ROSA},
    "word": {"login": "mia", "text": "call the 4410 first"},
    "absent": {"login": "mia"},
    "lock_order": {"queue": "broken", "locked": True, "reason": "oldest first"},
    "hand_on": {"of": "mia", "to": ["ben"]},
    "forecast": {},
    "floor": None,
    "why": {"account": ROSA},
    "account": {"number": ROSA},
    "pane": {"number": ROSA, "pane": "timeline"},
    "message": {"number": ROSA, "id": MESSAGE},
    "inbox": {"unknown": True},
    "contact_file": {},
    "cases": {"which": "open", "kind": "dispute", "reason": "PRICE", "channel": "", "age": "<7d"},
    "case": {"number": "of the fixture"},
    "case_report": {"days": 7},
    "case_document": {"number": "of the fixture"},
    "find": {"text": "rosa"},
    "reveal": {"number": ROSA, "what": "m1", "reason": "customer asked to read it back"},
    "preview": {"id": str(uuid4()), "account": ROSA, "commands": [{"kind": "note", "text": "x"}]},
    "do": {"account": ROSA, "commands": [{"kind": "note", "text": "x"}]},
    "history": None,
    "day": {},
    "orders": {},
    "messages": {},
}


@pytest.fixture(scope="module")
def told(tmp_path_factory) -> bytes:
    """The book with what the operations ask for, as a file."""
    folder = tmp_path_factory.mktemp("told")
    with BOOK.store(folder) as store:
        context = server_context(store)
        add_message(store, ROSA, id=MESSAGE, point="e1", text="Dear Rosa")
        desk = context.desk(_caller(context, "lee"))
        do_line(desk, ROSA, f'di {desk.account(ROSA).items[0].doc_no} 1 price "x"')
        ASKED["case"] = {"number": desk.account(ROSA).cases[0].number}
        desk.do(Act(id=uuid4(), account=ROSA, commands=(OpenCase(case_kind="insolvency", values=INSOLVENT),)))
        number = desk.cases("open", kind="insolvency").rows[0].number
        desk.do(Act(id=uuid4(), account=ROSA, commands=(MoveCase(case=number, move="draft", values=PROOF),)))
        ASKED["case_document"] = {"number": number}
        return sqlite.image(folder / "desk.db")


@pytest.fixture
def context(told: bytes, tmp_path, clock):
    path = tmp_path / "desk.db"
    path.touch(0o600)
    path.write_bytes(told)
    with Store.open(path, create=False) as store:
        yield server_context(store, clock)


def ask(api, operation, arguments):
    sent = dict(arguments or {})
    path = operation.path
    for name in Shape(operation).in_path:
        path = path.replace(f"{{{name}}}", str(sent.pop(name, "x")))
    more = {"If-Match": "*", "Idempotency-Key": str(uuid4())} if operation.name == "do" else {}
    body = {} if arguments is None else {"params" if operation.verb == "GET" else "json": sent}
    return api(operation.verb, path, headers=more, **body)


def test_every_method_of_the_desk_is_an_operation() -> None:
    methods = {name for name in vars(Desk) if not name.startswith("_") and callable(getattr(Desk, name))}
    assert {operation.name for operation in OPERATIONS} == methods - NOT_ON_THE_WIRE
    assert set(ASKED) == {operation.name for operation in OPERATIONS}


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_an_operation_answers_to_the_permitted_and_to_nobody_else(api, context, operation) -> None:
    if operation.name == "heartbeat":
        ask(api("lee"), next(o for o in OPERATIONS if o.name == "claim"), ASKED["claim"])
    answer = ask(api("lee"), operation, ASKED[operation.name])
    assert answer.status_code in (200, 204), answer.text
    assert code(ask(api(None), operation, ASKED[operation.name])) == "signin.required"
    scoped = api("lee", kind="personal", name="other", scopes=["token.own"])
    refused = ask(scoped, operation, ASKED[operation.name])
    assert (refused.status_code, code(refused)) == (403, "authority.permission")
    assert refused.json()["field"] == operation.permission


@pytest.mark.parametrize("operation", [o for o in OPERATIONS if o.verb == "GET"], ids=lambda operation: operation.name)
def test_what_is_read_is_what_the_desk_says(api, context, operation) -> None:
    answer = ask(api("lee"), operation, ASKED[operation.name])
    shape = Shape(operation)
    desk: LocalDesk = context.desk(_caller(context, "lee"))
    said = getattr(desk, operation.name)(**(ASKED[operation.name] or {}))
    written = shape.result.dump_json(said)  # without what stays here: the site's folder, the firm's own people
    assert shape.result.validate_json(answer.content) == shape.result.validate_json(written)


def _caller(context, login):
    return Caller(1, login, context.catalogue.authority.of("lead"), 1, "session")


def test_nothing_left_is_null(api) -> None:
    answer = api("lee")("POST", "/claims", json={"queue": "callback"})
    assert (answer.status_code, answer.content) == (200, b"null")


def test_an_account_has_an_etag_that_changes_with_it(api) -> None:
    lee = api("lee")
    first = lee("GET", f"/accounts/{ROSA}")
    etag = first.headers["etag"]
    assert etag == f'"{first.json()["version"]}"'
    for known in (etag, f"W/{etag}", f'"0", {etag}', "*"):
        same = lee("GET", f"/accounts/{ROSA}", headers={"If-None-Match": known})
        assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", etag)
    lee.act(f"/accounts/{ROSA}/notes", {"text": "seen"}, seen=etag).raise_for_status()
    assert lee("GET", f"/accounts/{ROSA}", headers={"If-None-Match": etag}).status_code == 200


def test_the_catalogue_has_an_etag_of_its_content(api, context) -> None:
    lee = api("lee")
    first = lee("GET", "/catalogue")
    assert lee("GET", "/catalogue", headers={"If-None-Match": first.headers["etag"]}).status_code == 304
    again, other = catalogue(), catalogue().model_copy(update={"abbreviations": {"xx": "else"}})
    assert first.headers["etag"] == f'"{fingerprint(again)}"', "equal data, equal tag, in any process"
    assert fingerprint(other) != fingerprint(again)


def test_pages_follow_each_other(api) -> None:
    lee = api("lee")
    for n in range(5):
        lee.act(f"/accounts/{ROSA}/notes", {"text": f"note {n}"}).raise_for_status()
    path, seen, cursor = f"/accounts/{ROSA}/panes/timeline", [], None
    for _ in range(10):
        page = lee("GET", path, params={"limit": 2, **({"cursor": cursor} if cursor else {})}).json()
        seen += page["timeline"]
        if (cursor := page["cursor"]) is None:
            break
    assert seen == lee("GET", path).json()["timeline"]
    assert len(seen) > 5


@pytest.mark.parametrize("limit", ["0", "-1", "1001", "9" * 30])
@pytest.mark.parametrize("path", ["/queues/suspend", f"/accounts/{ROSA}/panes/timeline", "/acts"])
def test_a_page_has_its_limits(api, path, limit) -> None:
    answer = api("lee")("GET", path, params={"limit": limit})
    assert answer.status_code == 422
    assert code(answer).endswith(".limit")
    assert answer.json()["field"] == "limit"


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "AAAA",
        "e30",
        "9" * 30,
        "2026-11-23~" + "9" * 30,
        "2026-11-23T10:00:00+00:00~" + "9" * 30 + "~1",
        "\x00",
        "~",
        "null",
        "-1",
    ],
)
@pytest.mark.parametrize(
    "path", ["/queues/suspend", *(f"/accounts/{ROSA}/panes/{p}" for p in ("timeline", "payments", "audit", "messages"))]
)
def test_a_broken_cursor_is_a_mistake_of_the_request(api, path, cursor) -> None:
    answer = api("lee")("GET", path, params={"cursor": cursor})
    assert answer.status_code in (200, 422), answer.text
    if answer.status_code == 422:
        assert answer.json()["field"] == "cursor"


@pytest.mark.parametrize(
    ("verb", "path", "sent", "status", "wanted"),
    [
        ("GET", "/nothing", {}, 404, "request.path"),
        ("GET", "/accounts/none", {}, 404, "account.not_found"),
        ("GET", "/accounts/" + "9" * 121, {}, 422, "request.invalid"),
        ("GET", "/accounts/" + "9" * 9000, {}, 414, "request.path_too_long"),
        ("GET", "/accounts/a%2Fb%00%1b%0a", {}, 404, "account.not_found"),
        ("PUT", "/session", {}, 405, "request.method"),
        ("GET", "/session?x=1", {}, 422, "request.invalid"),
        ("GET", "/acts?limit=1&limit=2", {}, 400, "request.malformed"),
        ("GET", f"/accounts/{ROSA}/panes/none", {}, 422, "request.invalid"),
        ("GET", f"/accounts/{ROSA}/messages/none", {}, 422, "request.invalid"),
        ("GET", f"/accounts/{ROSA}/messages/-1", {}, 404, "message.not_found"),
        ("GET", f"/accounts/{ROSA}/messages/" + "9" * 30, {}, 404, "message.not_found"),
        ("GET", f"/accounts/4410-0087/messages/{MESSAGE}", {}, 404, "message.not_found"),
        ("POST", "/searches", {"json": {"text": ""}}, 422, "find.empty"),
        ("POST", "/searches", {"json": {}}, 422, "request.invalid"),
        ("POST", "/searches", {"json": {"text": "a", "more": 1}}, 422, "request.invalid"),
        ("POST", "/searches", {"json": {"text": "a", "limit": "5"}}, 422, "request.invalid"),
        ("POST", "/searches", {"json": {"text": "a", "limit": 1.5}}, 422, "request.invalid"),
        ("POST", "/searches", {"json": [1]}, 422, "request.invalid"),
        ("POST", "/searches", {"content": b"{"}, 400, "request.malformed"),
        ("POST", "/searches", {"content": b"\xff\xfe"}, 400, "request.malformed"),
        ("POST", "/searches", {"content": b'{"text":"\\ud800"}'}, 400, "request.malformed"),
        ("POST", "/searches", {"content": b"[" * 100_000}, 400, "request.malformed"),
        ("POST", "/searches", {"content": b" " * 300_000}, 413, "request.too_large"),
        ("POST", "/searches", {"content": iter([b" " * 200_000] * 2)}, 413, "request.too_large"),
        ("POST", "/searches", {"data": {"text": "a"}}, 415, "request.media_type"),
    ],
)
def test_what_cannot_be_is_a_problem_that_names_it(api, verb, path, sent, status, wanted) -> None:
    headers = {"Content-Type": "application/json"} if "content" in sent else {}
    answer = api("lee")(verb, path, headers=headers, **sent)
    assert (answer.status_code, code(answer)) == (status, wanted), answer.text
    if status == 405:
        assert answer.headers["allow"] == "GET"


def test_a_search_with_controls_harms_nothing(api) -> None:
    answer = api("lee")("POST", "/searches", json={"text": "ro\x00sa\x1b[31m"})
    assert (answer.status_code, [hit["account"] for hit in answer.json()]) == (200, [ROSA])


def test_a_name_with_a_slash_is_one_part_of_the_address(api, monkeypatch) -> None:
    asked = []
    monkeypatch.setattr(LocalDesk, "release", lambda _, account: asked.append(account))
    assert api("lee")("DELETE", "/accounts/A%2F7%2f1/claim").status_code == 204
    assert asked == ["A/7/1"]


def test_a_refusal_never_repeats_what_was_sent(api) -> None:
    answer = api("lee").act(f"/accounts/{ROSA}/promises", {"amount": "4111111111111111", "due": "4000"})
    assert answer.status_code == 422
    assert "4111" not in answer.text
    assert answer.json()["field"] == "amount"


def test_every_answer_has_its_headers(api) -> None:
    for answer in (api("lee")("GET", "/session"), api(None)("GET", "/session"), api("lee")("GET", "/nothing")):
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["collect-version"] == __version__
        assert answer.headers["collect-minimum-version"]
    assert api(None)("GET", "/session").headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(
    ("version", "status"),
    [("0.9.9", 426), ("0.9", 426), ("1.0.0", 200), ("1.10.0", 200), ("1.0.0.dev3", 200), ("new", 400), ("1" * 50, 400)],
)
def test_an_old_client_is_told_to_update(api, context, version, status) -> None:
    context.minimum_version = "1.0.0"
    answer = api("lee")("GET", "/session", headers={"Collect-Version": version})
    assert answer.status_code == status
    if status == 426:
        assert code(answer) == "client.too_old"
        assert "1.0.0" in answer.json()["detail"]


def test_too_many_requests_wait_each_token_for_itself(api, context) -> None:
    now = [100.0]
    context.limiter = Limiter(rate=0.5, burst=3, ticks=lambda: now[0])
    lee, mia = api("lee"), api("mia")
    assert [lee("GET", "/session").status_code for _ in range(3)] == [200] * 3
    answer = lee("GET", "/session")
    assert (answer.status_code, code(answer), answer.headers["retry-after"]) == (429, "request.too_many", "2")
    assert mia("GET", "/session").status_code == 200
    now[0] += 2
    assert [lee("GET", "/session").status_code for _ in range(2)] == [200, 429]


def test_forgotten_buckets_are_full_ones(monkeypatch) -> None:
    now = [0.0]
    limiter = Limiter(rate=1, burst=2, ticks=lambda: now[0])
    monkeypatch.setattr(Limiter, "MOST", 10)
    for who in range(9):
        limiter.take(who)
    now[0] = 1.0
    limiter.take("busy")
    limiter.take("busy")
    limiter.take("last")
    with pytest.raises(Exception, match="Too many"):
        limiter.take("busy")
    assert len(limiter._left) <= 3


def test_an_unexpected_error_is_a_number_and_no_more(api, context, monkeypatch) -> None:
    def broken(desk):
        raise RuntimeError(f"secret of {desk.user}")

    monkeypatch.setattr(LocalDesk, "session", broken)
    answer = api("lee")("GET", "/session")
    assert (answer.status_code, code(answer)) == (500, "server.fault")
    assert "secret" not in answer.text
    noted = context.faults.read_text("utf-8")
    assert answer.json()["fault"] in noted
    assert "secret" not in noted


def test_long_work_tells_how_it_goes_then_its_result(api) -> None:
    answer = api("lee")("POST", "/day-runs", json={"business_date": "2026-11-24", "check": True})
    assert answer.headers["content-type"].startswith("application/x-ndjson")
    lines = [json.loads(each) for each in answer.text.splitlines()]
    assert {len(each["progress"]) for each in lines[:-1]} == {3}
    assert lines[-1]["result"]["business_date"] == "2026-11-24"
    assert lines[-1]["result"]["differences"] == 0


def test_long_work_that_fails_ends_with_a_problem(api, context, monkeypatch) -> None:
    answer = api("lee")("POST", "/day-runs", json={"business_date": "2027-11-24"})
    assert json.loads(answer.text.splitlines()[-1])["problem"]["type"].endswith("day.too_far")

    def broken(desk, business_date, **rest):
        raise RuntimeError("secret")

    monkeypatch.setattr(LocalDesk, "day", broken)
    last = json.loads(api("lee")("POST", "/day-runs").text.splitlines()[-1])
    assert last["problem"]["type"].endswith("server.fault")
    assert "secret" not in json.dumps(last)
    assert last["problem"]["fault"] in context.faults.read_text("utf-8")


def test_there_is_only_so_much_long_work_at_once(api) -> None:
    held = 0
    while streams._turns.acquire(blocking=False):
        held += 1
    try:
        last = json.loads(api("lee")("POST", "/day-runs").text.splitlines()[-1])
        assert last["problem"]["type"].endswith("server.busy")
    finally:
        streams._turns.release(held)
    assert held == streams.AT_ONCE, "work that ended gave its turn back"


def test_a_view_survives_the_wire(api) -> None:
    answer = api("lee")("GET", f"/accounts/{ROSA}")
    view = TypeAdapter(AccountView).validate_json(answer.content)
    assert view.model_dump_json().encode() == answer.content


def test_limits_are_what_the_documents_say() -> None:
    assert (app_module.LARGEST_BODY, envelope.LONGEST_PATH) == (256 * 1024, 8192)
