"""Signing in over HTTP: what it answers, what it never says, and what the users and tokens of a tenant come to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from argon2 import PasswordHasher
from httpx import Response

from collect_tui.server.context import ServerContext
from collect_tui.server.limits import Limiter
from collect_tui.services import users
from server.conftest import ROSA, Api, code
from support.book import Clock

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
SECRET = "correct horse battery"


@pytest.fixture(autouse=True)
def passwords(context: ServerContext, clock: Clock) -> None:
    rules = context.catalogue.authority
    users.set_password(context.store, 1, "mia", SECRET, rules, clock(), hasher=CHEAP)
    users.add(context.store, 1, "ada", rules, role="admin")


def sign_in(api: Api, password: str = SECRET, **more: Any) -> Any:
    return api("POST", "/sign-in", json={"login": "mia", "password": password} | more)


def test_a_password_becomes_a_session_that_ends_with_signing_out(api: Callable[..., Api], clock: Clock) -> None:
    stranger = api(None)
    body = sign_in(stranger, tenant="Test book").json()
    assert (body["session"]["user"], body["session"]["role"]) == ("mia", "collector")
    headers = {"Authorization": f"bearer {body['token']}"}
    assert stranger("GET", "/session", headers=headers).status_code == 200
    assert stranger("DELETE", "/sign-in", headers=headers).status_code == 204
    answer = stranger("GET", "/session", headers=headers)
    assert (answer.status_code, code(answer), answer.headers["www-authenticate"]) == (401, "signin.revoked", "Bearer")


@pytest.mark.parametrize(
    "header", ["", "Basic bWlhOng=", "Bearer", "Bearer x", "Bearer ct_1_" + "a" * 43, "Bearer  ", "ct_1_" + "a" * 43]
)
def test_headers_that_say_nobody(api: Callable[..., Api], header: str) -> None:
    answer = api(None)("GET", "/session", headers={"Authorization": header})
    assert answer.status_code == 401
    assert code(answer) in {"signin.required", "signin.unknown"}


@pytest.mark.parametrize(
    "body",
    [
        {"login": "mia", "password": "wrong"},
        {"login": "nobody", "password": SECRET},
        {"login": "mi\u0000a", "password": SECRET},
        {"login": "mia", "password": "\u0000"},
        {"login": "mia", "password": SECRET, "tenant": "2"},
        {"login": "mia", "password": SECRET, "tenant": "no\u0000body"},
    ],
)
def test_whatever_is_wrong_has_one_answer(api: Callable[..., Api], body: dict[str, str]) -> None:
    answer = api(None)("POST", "/sign-in", json=body)
    assert (answer.status_code, code(answer)) == (401, "signin.refused")


@pytest.mark.parametrize(
    "body", [{}, {"login": "mia"}, {"login": 1, "password": "x"}, [], {"login": "mia", "password": "x" * 2000}]
)
def test_bodies_that_are_no_sign_in(api: Callable[..., Api], body: Any) -> None:
    answer = api(None)("POST", "/sign-in", json=body)
    assert answer.status_code in {400, 422}
    assert "x" * 100 not in answer.text


def test_one_address_gets_so_many_tries(context: ServerContext, api: Callable[..., Api]) -> None:
    context.anonymous = Limiter(rate=0.001, burst=3)
    stranger = api(None)
    assert [sign_in(stranger, "wrong").status_code for _ in range(4)] == [401, 401, 401, 429]
    assert api("mia")("GET", "/session").status_code == 200  # those who work are not kept waiting


def test_tokens_for_scripts_are_listed_without_their_text_and_revoked(api: Callable[..., Api]) -> None:
    mia = api("mia")
    made = mia("POST", "/tokens", json={"name": "nightly", "scopes": ["account.read"], "days": 7}).json()
    script = {"Authorization": f"Bearer {made['token']}"}
    assert mia("GET", f"/accounts/{ROSA}", headers=script).status_code == 200
    answer = mia("GET", "/session", headers=script)
    assert (answer.status_code, answer.json()["field"]) == (403, "desk.read")
    listed = mia("GET", "/tokens")
    assert made["token"] not in listed.text
    assert [t["name"] for t in listed.json()["tokens"] if t["kind"] == "personal"] == ["nightly"]
    number = made["view"]["id"]
    assert mia("DELETE", f"/tokens/{number}").status_code == 204
    assert mia("GET", f"/accounts/{ROSA}", headers=script).status_code == 401
    for wrong in (number, "0", "x", "9" * 30):
        assert mia("DELETE", f"/tokens/{wrong}").status_code == 404


def test_a_token_for_scripts_makes_no_wider_one(api: Callable[..., Api]) -> None:
    mia = api("mia")
    token = mia("POST", "/tokens", json={"name": "x", "scopes": ["token.own"]}).json()["token"]
    answer = mia("POST", "/tokens", json={"name": "y"}, headers={"Authorization": f"Bearer {token}"})
    assert (answer.status_code, code(answer)) == (403, "token.session")


def test_an_admin_keeps_the_users(api: Callable[..., Api]) -> None:
    ada = api("ada")
    made = ada("POST", "/users", json={"login": "kim", "role": "trainee", "password": "a long enough one"})
    assert made.status_code == 200, made.text
    assert "long enough" not in made.text
    assert api(None)("POST", "/sign-in", json={"login": "kim", "password": "a long enough one"}).status_code == 200
    kim = api("kim")
    assert ada("PATCH", "/users/kim", json={"role": "collector"}).json()["role"] == "collector"
    assert kim("GET", "/session").json()["role"] == "collector"
    assert ada("PATCH", "/users/kim", json={"active": False}).json()["active"] is False
    assert code(kim("GET", "/session")) == "signin.locked"
    assert code(ada("DELETE", "/users/ada")) == "user.last_admin"
    assert code(ada("POST", "/users", json={"login": "zoe", "password": "short"})) == "user.password"
    logins = [u["login"] for u in ada("GET", "/users").json()["users"]]
    assert logins == ["ada", "ben", "kim", "lee", "mia"]


def test_ones_own_password(api: Callable[..., Api]) -> None:
    mia = api("mia")
    new = "another long password"
    assert mia("PUT", "/password", json={"current": "wrong", "password": new}).status_code == 403
    assert mia("PUT", "/password", json={"current": SECRET, "password": new}).status_code == 204
    assert code(mia("GET", "/session")) == "signin.revoked"
    assert sign_in(api(None)).status_code == 401
    assert sign_in(api(None), new).status_code == 200


def test_a_proof_is_asked_for_only_where_an_override_is_needed(context: ServerContext, api: Callable[..., Api]) -> None:
    """A wrong password beside an act that needs none is not even looked at; one beside an act that needs it counts against its typist."""
    users.set_password(context.store, 1, "lee", SECRET, context.catalogue.authority, context.clock(), hasher=CHEAP)
    over = {"override": {"by": "lee", "reason": "agreed"}}
    allowed = {"commands": [{"kind": "note", "text": "asked for a copy"}], **over}
    needed = {"commands": [{"kind": "next", "on": "2027-03-01"}], **over}
    wrong, mia = {"Override-Proof": "wrong"}, api("mia")

    def act(body: dict[str, Any]) -> Response:
        headers = {"If-Match": "*", "Idempotency-Key": str(uuid4()), **wrong}
        return mia("POST", f"/accounts/{ROSA}/acts", json=body, headers=headers)

    assert act(allowed).status_code == 200
    for _ in range(context.catalogue.authority.sign_in.tries + 2):
        answer = act(needed)
        assert (answer.status_code, code(answer)) == (403, "override.proof")
    signed = sign_in(api(None), login="lee")
    assert signed.status_code == 200
    assert "an override by mia" in signed.json()["warning"]


def test_a_token_asked_for_again_with_its_key_is_the_same_token(api: Callable[..., Api]) -> None:
    token = sign_in(api(None)).json()["token"]
    key = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid4())}
    stranger = api(None)
    first, again = (stranger("POST", "/tokens", headers=key, json={"name": "dialler"}) for _ in range(2))
    assert first.status_code == again.status_code == 200
    assert first.json() == again.json()
    listed = stranger("GET", "/tokens", headers=key).json()["tokens"]
    assert [one["name"] for one in listed if one["kind"] == "personal"] == ["dialler"]
    other = stranger("POST", "/tokens", headers=key, json={"name": "another"})
    assert (other.status_code, code(other)) == (422, "token.reused")
    more = stranger("POST", "/tokens", headers=key | {"Idempotency-Key": str(uuid4())}, json={"name": "dialler"})
    assert more.json()["token"] != first.json()["token"]


def test_a_user_asked_for_again_in_the_same_words_is_the_same_user(api: Callable[..., Api]) -> None:
    new = {"login": "zoe", "name": "Zoe", "role": "collector", "password": SECRET}
    ada = api("ada")
    first, again = (ada("POST", "/users", json=new) for _ in range(2))
    assert first.status_code == again.status_code == 200
    assert first.json() == again.json()
    for other in ({"role": "lead"}, {"name": "Zed"}, {"password": "another secret"}):
        refused = ada("POST", "/users", json=new | other)
        assert code(refused) == "user.exists"
