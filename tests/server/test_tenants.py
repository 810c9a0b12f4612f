"""Every route, asked by another tenant for this one's things, and by every role for everything.

A route without a case here fails the tests.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from fastapi import FastAPI
from sqlmodel import SQLModel, select

from collect_tui.desk.catalogue import Catalogue
from collect_tui.desk.commands import COMMANDS
from collect_tui.desk.sets import member, set_of
from collect_tui.ingest import pipeline
from collect_tui.policy.authority import AuthorityRules, RoleRule
from collect_tui.server.access import RoutePermission, permissions
from collect_tui.server.app import create_app
from collect_tui.server.context import ServerContext
from collect_tui.services import signin, users
from collect_tui.services.passwords import hashed
from collect_tui.store import sqlite
from collect_tui.store.engine import Store
from collect_tui.store.tables import AccessToken, ActLog, CaseFile, ServiceOrder, Webhook
from contract.conftest import BOOK
from server.conftest import ROSA, Api, code
from server.test_events import happen, listening
from support.book import NOW, Book, Clock, account, catalogue, day
from support.book import context as desk_context
from support.messages import add_message
from support.papers import INSOLVENT, PROOF
from support.server import bearer, server_context

SECRETS = ("Alvarez", "Petrov", "Okafor", "Lindqvist", "555 0142", 'INV-1"', "rosa@", "INT-1001", "will pay Friday")
"""What only tenant 1 has and no request of the other says."""

OTHER = Book(
    account("9000-0001", "Zed, Zoe", items=[("Z-1", -20, 5000)], phone="+1 312 555 0900"),
    account("9000-0002", "Yellow, Yan", items=[("Z-2", -20, 7000)], phone="+1 312 555 0901"),
)
OTHER.data["tenant"]["name"] = "Another book"
OTHER.data["users"] = [{"login": "zoe", "name": "Zoe", "role": "lead"}]


@dataclass(frozen=True)
class Case:
    """A request that names tenant 1's things, and how it must end for the other tenant."""

    path: str
    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    lines: bool = False  # the body is one row of a delivery


ACT = {"If-Match": "*", "Idempotency-Key": "{act}"}
FIELDS: dict[str, dict[str, Any]] = {
    "contact": {"result": "LM"},
    "note": {"text": "x"},
    "unpin": {"text": "x"},
    "callback": {"at": "2026-11-24T16:00:00Z"},
    "next": {"on": day(2)},
    "point": {"point": "m1", "quality": "bad"},
    "verify": {"facts": ["dob", "addr"]},
    "add-point": {"what": "mobile", "value": "+1 312 555 0199"},
    "add-party": {"role": "guarantor", "name": "x", "what": "mobile", "value": "+1 312 555 0199"},
    "correct-point": {"point": "m1", "value": "+1 312 555 0198"},
    "correct-customer": {"what": "name", "value": "x"},
    "promise": {"amount": 100, "due": day(3)},
    "plan": {"total": 9000, "count": 3, "frequency": "monthly", "first": day(5)},
    "cancel-promise": {"reason": "x"},
    "payment": {"amount": 100},
    "apply-credit": {"credit": "x"},
    "reverse-payment": {"ref": "x", "reason": "x"},
    "suspend": {"service": "INT", "effective": day(2), "confirm": "2231"},
    "restore": {"service": "INT", "confirm": "2231"},
    "cancel-order": {"order": "INT", "reason": "x"},
    "extend": {"days": 3},
    "downgrade": {"service": "INT", "target": "INT50", "monthly": 2990, "effective": day(2), "confirm": "2231"},
    "terminate": {"service": "INT", "effective": day(2), "confirm": "2231"},
    "reverse-order": {"order": "INT", "reason": "x", "confirm": "2231"},
    "settlement": {"parts": [{"amount": 100, "due": day(3)}]},
    "re-age": {"due": day(9), "reason": "x"},
    "rescue": {},
    "skip": {"reason": "BUSY"},
    "snooze": {"until": day(2), "reason": "BUSY"},
    "hold": {"hold": "CEASE"},
    "owner": {"owner": "ben"},
    "script": {"script": "party"},
    "hand-over": {"of": "mia", "to": "ben"},
    "release": {"hold": "CEASE", "reason": "x"},
    "undo": {"act": "{act}"},
    "message": {"template": "statement"},
    "release-message": {"message": "pre-cut"},
    "cancel-message": {"message": "pre-cut", "reason": "x"},
    "answer": {"text": "x"},
    "close-message": {},
    "open-case": {"case_kind": "task"},
    "move-case": {"case": "DI-1", "move": "review"},
    "change-case": {"case": "DI-1"},
    "case-note": {"case": "DI-1", "text": "x"},
    "link-case": {"case": "DI-1", "other": "TA-1"},
    "decide-case": {"case": "DI-1", "agreed": True, "reason": "x"},
}
A = f"/v1/accounts/{ROSA}"
CASES: dict[tuple[str, str], Case] = {
    ("GET", "/healthz"): Case("/healthz", 200),
    ("GET", "/readyz"): Case("/readyz", 200),
    ("GET", "/v1/openapi.json"): Case("/v1/openapi.json", 200),
    ("GET", "/v1/session"): Case("/v1/session", 200),
    ("GET", "/v1/catalogue"): Case("/v1/catalogue", 200),
    ("GET", "/v1/queues"): Case("/v1/queues", 200),
    ("GET", "/v1/queues/{name}"): Case("/v1/queues/broken", 200),
    ("POST", "/v1/claims"): Case("/v1/claims", 200, {}),
    ("PUT", "/v1/accounts/{account}/claim"): Case(f"{A}/claim", 404, {}),
    ("PATCH", "/v1/accounts/{account}/claim"): Case(f"{A}/claim", 404, {}),
    ("DELETE", "/v1/accounts/{account}/claim"): Case(f"{A}/claim", 404),
    ("PUT", "/v1/accounts/{account}/assignment"): Case(f"{A}/assignment", 404, {"to": "lee", "reason": "x"}),
    ("PUT", "/v1/agent"): Case("/v1/agent", 200, {"state": "pause", "code": "break"}),
    ("GET", "/v1/accounts/{number}/script"): Case(f"{A}/script", 404),
    ("GET", "/v1/me"): Case("/v1/me", 200),
    ("POST", "/v1/agents/{login}/words"): Case("/v1/agents/ben/words", 404, {"text": "x"}),
    ("PUT", "/v1/agents/{login}/absence"): Case("/v1/agents/ben/absence", 404, {}),
    ("PUT", "/v1/queues/{queue}/lock"): Case("/v1/queues/broken/lock", 204, {"locked": False}),
    ("POST", "/v1/agents/{of}/hand-overs"): Case("/v1/agents/mia/hand-overs", 200, {"to": ["lee"]}),
    ("POST", "/v1/forecasts"): Case("/v1/forecasts", 200, {}),
    ("GET", "/v1/floor"): Case("/v1/floor", 200),
    ("GET", "/v1/accounts/{account}/why"): Case(f"{A}/why", 404),
    ("GET", "/v1/accounts/{number}"): Case(A, 404),
    ("GET", "/v1/accounts/{number}/panes/{pane}"): Case(f"{A}/panes/points", 404),
    ("GET", "/v1/accounts/{number}/messages/{id}"): Case(f"{A}/messages/1", 404),
    ("POST", "/v1/accounts/{number}/reveals"): Case(f"{A}/reveals", 404, {"what": "m1", "reason": "x"}),
    ("GET", "/v1/inbox"): Case("/v1/inbox", 200),
    ("POST", "/v1/contact-files"): Case("/v1/contact-files", 404, {"message": 2}),
    ("GET", "/v1/cases"): Case("/v1/cases", 200),
    ("GET", "/v1/cases/{number}"): Case("/v1/cases/{case}", 404),
    ("GET", "/v1/cases/{number}/document"): Case("/v1/cases/{case}/document", 404),
    ("GET", "/v1/case-reports"): Case("/v1/case-reports", 200),
    ("POST", "/v1/searches"): Case("/v1/searches", 200, {"text": "3125550142"}),
    ("POST", "/v1/previews"): Case(
        "/v1/previews", 404, {"id": str(uuid4()), "account": ROSA, "commands": [{"kind": "note", "text": "x"}]}
    ),
    ("POST", "/v1/accounts/{account}/acts"): Case(f"{A}/acts", 404, {"commands": [{"kind": "note", "text": "x"}]}, ACT),
    ("GET", "/v1/acts"): Case("/v1/acts", 200),
    ("POST", "/v1/day-runs"): Case("/v1/day-runs", 200, {"check": True}),
    ("POST", "/v1/order-runs"): Case("/v1/order-runs", 200, {"send": False}),
    ("POST", "/v1/message-runs"): Case("/v1/message-runs", 200, {"release": False}),
    ("GET", "/v1/events/page"): Case("/v1/events/page?after=0", 200),
    ("GET", "/v1/webhooks"): Case("/v1/webhooks", 200),
    ("POST", "/v1/webhooks"): Case("/v1/webhooks", 422, {"url": "nonsense"}),
    ("DELETE", "/v1/webhooks/{id}"): Case("/v1/webhooks/{webhook}", 404),
    ("GET", "/v1/sign-in"): Case("/v1/sign-in", 200),
    ("POST", "/v1/sign-in"): Case(
        "/v1/sign-in", 401, {"login": "mia", "password": "the password of mia", "tenant": "Another book"}
    ),
    ("POST", "/v1/sign-in/oidc"): Case("/v1/sign-in/oidc", 404, {"id_token": "a.b.c"}),
    ("DELETE", "/v1/sign-in"): Case("/v1/sign-in", 204),
    ("PUT", "/v1/password"): Case(
        "/v1/password", 403, {"current": "the password of mia", "password": "another long password"}
    ),
    ("GET", "/v1/tokens"): Case("/v1/tokens", 200),
    ("POST", "/v1/tokens"): Case("/v1/tokens", 200, {"name": "x"}),
    ("DELETE", "/v1/tokens/{token}"): Case("/v1/tokens/{token}", 404),
    ("GET", "/v1/users"): Case("/v1/users", 200),
    ("POST", "/v1/users"): Case("/v1/users", 200, {"login": "mia"}),  # a mia of their own
    ("PATCH", "/v1/users/{login}"): Case("/v1/users/ben", 404, {"role": "trainee"}),
    ("DELETE", "/v1/users/{login}"): Case("/v1/users/ben", 404),
    ("PUT", "/v1/users/{login}/password"): Case("/v1/users/ben/password", 404, {"password": "another long password"}),
    ("DELETE", "/v1/users/{login}/tokens"): Case("/v1/users/ben/tokens", 404),
    ("PUT", "/v1/billing/accounts"): Case(  # an account of their own that happens to have the same number
        "/v1/billing/accounts", 200, {"number": ROSA, "name": "Nobody", "opened_on": day(-9)}, lines=True
    ),
    ("PUT", "/v1/billing/items"): Case(
        "/v1/billing/items",
        200,
        {"account": ROSA, "doc_no": "INV-1", "issued": day(-9), "due": day(9), "amount": 5},
        lines=True,
    ),
    ("PUT", "/v1/billing/payments"): Case(
        "/v1/billing/payments",
        200,
        {"account": ROSA, "ref": "P-1", "received_on": day(0), "method": "ach", "amount": 5},
        lines=True,
    ),
    ("GET", "/v1/billing/orders"): Case("/v1/billing/orders", 200),
    ("POST", "/v1/billing/orders/{number}/acknowledgements"): Case(
        "/v1/billing/orders/{order}/acknowledgements", 404, {"status": "completed"}
    ),
    **{
        ("POST", f"/v1/accounts/{{account}}/{command.noun}"): Case(f"{A}/{command.noun}", 404, FIELDS[kind], ACT)
        for kind, command in COMMANDS.items()
    },
}
#: Figures of the whole server, for those who watch over it; no tenant's own.
NOT_OF_A_TENANT = {("GET", "/metrics")}
#: Far ends of channels call without a login; which book is meant stands in the address (`tests/server/test_hooks.py`).
NOT_OF_A_TENANT |= {(verb, f"/v1/hooks/{{channel}}{more}") for verb in ("GET", "POST") for more in ("", "/{proof}")}
#: It has a test of its own, for it never ends.
STREAMS = {("GET", "/v1/events")}

ROUTES = permissions(create_app())


def everything(rules: AuthorityRules) -> AuthorityRules:
    """The site's roles and one that may do all there is."""
    role = RoleRule("everything", "Everything", 50, frozenset({"*"}))
    return replace(rules, roles={**rules.roles, "everything": role})


@dataclass(frozen=True)
class World:
    context: ServerContext
    zoe: Api
    names: dict[str, str]  # what stands in braces in the cases

    def fill(self, value: Any) -> Any:
        text = json.dumps(value)
        for name, known in self.names.items():
            text = text.replace(f"{{{name}}}", known)
        return json.loads(text)

    def ask(self, verb: str, case: Case, api: Api | None = None) -> Any:
        who = api or self.zoe
        headers = {**who.headers, **self.fill(case.headers)}
        sent: dict[str, Any] = {} if case.body is None else {"json": self.fill(case.body)}
        if case.lines:
            sent = {"content": json.dumps(case.body)}
            headers["Content-Type"] = "application/x-ndjson"
        return who.client.request(verb, self.fill(case.path), headers=headers, **sent)


@pytest.fixture(scope="module")
def told(app: FastAPI, tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, dict[str, str]]:
    """Two books in one database, in the first of which there is one thing of every kind that has an id: as a file, and their names."""
    folder = tmp_path_factory.mktemp("told")
    with BOOK.store(folder) as store:
        return _told(server_context(store, Clock()), app, folder)


def _told(context: ServerContext, app: FastAPI, folder: Path) -> tuple[bytes, dict[str, str]]:
    context.catalogue = _everything(context.catalogue)
    path = folder / "other.json"
    path.write_text(json.dumps(OTHER.data), "utf-8")
    pipeline.run("portfolio", desk_context(context.store, tenant_id=2), path)
    rules = context.catalogue.authority
    users.change(context.store, 2, "zoe", rules, NOW, role="everything")
    users.set_password(context.store, 1, "mia", "the password of mia", rules, NOW)
    add_message(context.store, ROSA, id=1, point="e1", text="Dear Rosa Alvarez")
    add_message(context.store, ROSA, id=2, point="e1", text="where is my bill", inbound=True, status="RECEIVED")
    act = str(uuid4())
    mia = Api(app, context, bearer(context, "mia"))
    assert mia.act(f"/accounts/{ROSA}/notes", {"text": "Alvarez has a secret"}, key=act).status_code == 200
    order = {"service": "INT", "effective": day(7), "confirm": ROSA[-4:]}
    assert mia.act(f"/accounts/{ROSA}/suspensions", order).status_code == 200
    insolvency = {"case_kind": "insolvency", "values": INSOLVENT}
    assert mia.act(f"/accounts/{ROSA}/cases", insolvency).status_code == 200
    with context.store.read() as db:
        case = db.exec(select(CaseFile.number).where(CaseFile.tenant_id == 1)).one()
    draft = {"case": case, "move": "draft", "values": PROOF}
    assert mia.act(f"/accounts/{ROSA}/case-moves", draft).status_code == 200
    happen(context, "account.noted")
    with context.store.write() as db:
        db.add(
            Webhook(
                tenant_id=1, id=77, url="https://x.example/", secret="s", position=0, created_by="lee", created_at=NOW
            )
        )
    with context.store.read() as db:
        token = db.exec(select(AccessToken.id).where(AccessToken.tenant_id == 1, AccessToken.login == "mia")).first()
        order = db.exec(select(ServiceOrder.number).where(ServiceOrder.tenant_id == 1)).first()
    names = {"act": act, "webhook": "77", "token": str(token), "order": str(order), "case": case}
    return sqlite.image(folder / "desk.db"), names


def _everything(site: Catalogue) -> Catalogue:
    return site.model_copy(update={"authority": everything(site.authority)})


@pytest.fixture
def world(told: tuple[bytes, dict[str, str]], app: FastAPI, clock: Clock, tmp_path: Path) -> Iterator[World]:
    """A copy of it, and somebody of the second book who may do everything there."""
    path, (image, names) = tmp_path / "told.db", told
    path.write_bytes(image)
    path.chmod(0o600)
    with Store.open(path, create=False) as store:
        context = server_context(store, clock)
        context.catalogue = _everything(context.catalogue)
        context.send_orders = lambda *_: _no_orders()
        yield World(context, Api(app, context, bearer(context, "zoe", tenant=2)), names)


def _no_orders() -> Any:
    from collect_tui.desk.views.session import OrdersReport

    return OrdersReport(sent=(), completed=(), rejected=(), refused_files={}, stuck=())


def rows_of(context: ServerContext, tenant_id: int) -> dict[str, list[str]]:
    """Every row of a tenant, in every table there is."""
    with context.store.read() as db:
        return {
            name: sorted(
                repr(tuple(row))
                for row in db.connection().execute(table.select().where(table.c.tenant_id == tenant_id))
            )
            for name, table in SQLModel.metadata.tables.items()
        }


def test_every_route_has_a_case() -> None:
    known = {(route.verb, route.path) for route in ROUTES}
    assert known == set(CASES) | NOT_OF_A_TENANT | STREAMS
    tables = SQLModel.metadata.tables
    assert [name for name, table in tables.items() if "tenant_id" not in table.c] == []


@pytest.mark.parametrize("where", CASES, ids=" ".join)
def test_nothing_of_another_tenant_is_seen_or_changed(world: World, where: tuple[str, str]) -> None:
    before = rows_of(world.context, 1)
    answer = world.ask(where[0], CASES[where])
    assert answer.status_code == CASES[where].status, answer.text
    if where != ("GET", "/v1/openapi.json"):
        for secret in (*SECRETS, "Alvarez has a secret", "account.noted", "x.example", '"lee"', '"ben"'):
            assert secret not in answer.text, secret
    assert rows_of(world.context, 1) == before


def test_the_cases_are_real(world: World, app: FastAPI) -> None:
    """The same requests, asked by the tenant itself, find what they name: otherwise the cases above prove nothing."""
    with world.context.store.read() as db:
        assert db.get(ActLog, (1, world.names["act"])) is not None
    users.change(world.context.store, 1, "lee", world.context.catalogue.authority, NOW, role="everything")
    own = Api(app, world.context, bearer(world.context, "lee"))
    # What the first tenant's own requests may come to instead: a rule of the trade, never that there is no such thing.
    ends = {("POST", "/v1/sign-in/oidc")}
    for where, case in CASES.items():
        if case.status == 404 and where not in ends and where[1] != "/v1/tokens/{token}":
            assert world.ask(where[0], case, own).status_code != 404, where


def test_a_set_of_another_tenant_is_none_of_ones_own(world: World, api: Callable[..., Api]) -> None:
    """By its name, also where one's own acts have ids of the same set."""
    base, mia = UUID(int=9), api("mia")
    for number in (ROSA, "4410-0087"):
        key = str(member(base, number))
        assert mia.act(f"/accounts/{number}/owners", {"owner": "ben"}, key=key).status_code == 200
    name = set_of(member(base, ROSA))
    assert [each["acts"] for each in mia("GET", "/acts", params={"sets": "true"}).json()][:1] == [2]
    before = rows_of(world.context, 1)
    assert world.zoe("GET", "/acts", params={"act": name}).json() == []
    assert world.zoe("GET", "/acts", params={"act": name, "by": "mia"}).status_code == 404
    own = str(member(base, "9000-0001"))
    assert world.zoe.act("/accounts/9000-0001/owners", {"owner": "zoe"}, key=own).status_code == 200
    told = world.zoe("GET", "/acts", params={"sets": "true"}).json()
    assert [(each["id"], each["acts"]) for each in told] == [(own, 1)]
    for number in (ROSA, "4410-0087"):
        answer = world.zoe.act("/accounts/9000-0001/undos", {"act": str(member(base, number))})
        assert (answer.status_code, code(answer)) == (409, "undo.nothing")
    assert rows_of(world.context, 1) == before
    assert len(mia("GET", "/acts", params={"act": name}).json()) == 2


async def test_the_stream_of_events_is_of_ones_own_tenant(world: World, app: FastAPI) -> None:
    token = world.zoe.headers
    async with listening(app, world.context, query="after=0", headers=token) as stream:
        happen(world.context, "account.noted", tenant=1)
        happen(world.context, "account.other", tenant=2)
        told = await stream.told()
        assert told.kind == "account.other"
        assert "account.noted" not in stream.raw


def test_a_token_changed_to_another_tenant_is_no_token(world: World) -> None:
    text = world.zoe.headers["Authorization"].replace("ct_2_", "ct_1_")
    assert world.ask("GET", replace(CASES["GET", "/v1/session"], headers={"Authorization": text})).status_code == 401


def test_a_case_of_another_tenant_is_none_of_ones_own(world: World) -> None:
    """By its number, on an account of one's own, where a case of one's own stands."""
    mine, other = "/accounts/9000-0001", world.names["case"]
    opened = world.zoe.act(f"{mine}/cases", {"case_kind": "improvement", "values": {"what": "x"}})
    assert opened.status_code == 200, opened.text
    before = rows_of(world.context, 1)
    commands: dict[str, dict[str, Any]] = {
        "case-moves": {"move": "done"},
        "case-changes": {"owner": "zoe"},
        "case-notes": {"text": "x"},
        "case-links": {"other": "TA-1"},
        "case-decisions": {"agreed": True, "reason": "x"},
    }
    for noun, given in commands.items():
        answer = world.zoe.act(f"{mine}/{noun}", {"case": other, **given})
        assert (answer.status_code, code(answer)) == (409, "case.none"), answer.text
        assert other not in answer.text
    own = world.zoe("GET", "/cases").json()["rows"][0]["number"]
    refused = [world.zoe.act(f"{mine}/case-links", {"case": own, "other": name}) for name in (other, "INS-NONE")]
    assert [(answer.status_code, code(answer)) for answer in refused] == [(409, "case.none")] * 2
    assert refused[0].json()["detail"] == refused[1].json()["detail"].replace("INS-NONE", other)  # as of none at all
    assert world.ask("GET", Case("/v1/cases/{case}", 404)).status_code == 404
    assert rows_of(world.context, 1) == before


def test_an_override_is_proved_in_ones_own_tenant(world: World) -> None:
    """Tenant 1's lead means nothing in tenant 2, password or not."""
    users.set_password(world.context.store, 1, "lee", "the password of lee", world.context.catalogue.authority, NOW)
    promise = {"kind": "promise", "amount": 100, "due": "2027-03-01"}
    body = {"commands": [promise], "override": {"by": "lee", "reason": "x"}}
    headers = {**ACT, "Override-Proof": "the password of lee"}
    case = Case("/v1/accounts/9000-0001/acts", 403, body, headers)
    answer = world.ask("POST", case)
    assert (answer.status_code, code(answer)) == (409, "arrangement.first_within"), "as without an override"


# --------------------------------------------------------------------------------------------------------- roles × routes

RULES = catalogue().authority


@pytest.mark.parametrize("role", RULES.roles)
def test_a_role_is_turned_away_exactly_where_the_file_says(
    context: ServerContext, app: FastAPI, api: Callable[..., Api], role: str
) -> None:
    """403 where `authority.toml` does not permit it; anything else, but never 403 or 401, where it does."""
    users.add(context.store, 1, "kim", context.catalogue.authority, role=role)
    context.send_orders = lambda *_: _no_orders()
    names = {"act": str(UUID(int=5)), "webhook": "1", "token": "1", "order": "1", "case": "TASK-1"}
    asked = 0
    for route in ROUTES:
        if route.permission is None or (route.verb, route.path) in STREAMS:
            continue
        kim = api("kim")  # anew: some of these sign out
        case = CASES[route.verb, route.path]
        if route.path == "/v1/password":
            continue  # 403 is its answer to a wrong password too
        answer = World(context, kim, names).ask(route.verb, case)
        permitted = RULES.of(role).allows(route.permission)
        if permitted:
            assert answer.status_code not in (401, 403), (route, answer.text)
        else:
            assert (answer.status_code, code(answer)) == (403, "authority.permission"), (route, answer.text)
            assert answer.json()["field"] == route.permission
        asked += 1
    assert asked > 50


@pytest.mark.parametrize("route", [d for d in ROUTES if d.permission is not None], ids=lambda d: f"{d.verb} {d.path}")
def test_a_stranger_is_turned_away_everywhere(
    context: ServerContext, api: Callable[..., Api], route: RoutePermission
) -> None:
    names = {"act": str(UUID(int=5)), "webhook": "1", "token": "1", "order": "1", "case": "TASK-1"}
    case = CASES.get((route.verb, route.path)) or Case(route.path, 401)
    answer = World(context, api(None), names).ask(route.verb, case)
    assert (answer.status_code, code(answer)) == (401, "signin.required")


def test_hashing_is_not_faked(context: ServerContext) -> None:
    assert signin.verified(context.store, 1, "mia", "x", NOW, RULES) is None
    assert hashed("x").startswith("$argon2id$")
