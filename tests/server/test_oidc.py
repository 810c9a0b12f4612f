"""Single sign-on: real ID tokens of a real provider on loopback, and all that is wrong with others."""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from joserfc.jwk import RSAKey

from collect_tui.client.http import Http
from collect_tui.client.signin import device_code, methods, with_id_token
from collect_tui.desk.errors import Refused
from collect_tui.server.context import ServerContext
from collect_tui.server.oidc import OidcSettings, Provider
from collect_tui.services import users
from server.conftest import Api, code
from support.book import Clock
from support.openid import OpenId, openid
from support.server import served


@pytest.fixture
def provider(clock: Clock) -> Iterator[OpenId]:
    with openid(clock) as running:
        yield running


@pytest.fixture
def sso(context: ServerContext, provider: OpenId, clock: Clock) -> ServerContext:
    context.provider = Provider(OidcSettings(provider.issuer, provider.client_id))
    users.change(context.store, 1, "mia", context.catalogue.authority, clock(), subject="s-mia")
    return context


@pytest.fixture
def sign_in(sso: ServerContext, api: Callable[..., Api]) -> Callable[[str], Any]:
    stranger = api(None)
    return lambda token: stranger("POST", "/sign-in/oidc", json={"id_token": token})


def problem(answer: Any) -> tuple[int, str]:
    return answer.status_code, code(answer)


@pytest.mark.parametrize("alg", ["RS256", "ES256", "EdDSA"])
def test_a_token_of_the_provider_signs_its_user_in(
    sign_in: Callable[[str], Any], provider: OpenId, alg: str, api: Callable[..., Api]
) -> None:
    provider.rotate(alg)
    answer = sign_in(provider.token("s-mia"))
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert (body["session"]["user"], body["session"]["role"]) == ("mia", "collector")
    stranger = api(None)
    headers = {"Authorization": f"Bearer {body['token']}"}
    assert stranger("GET", "/session", headers=headers).json()["user"] == "mia"


def test_the_ways_to_sign_in_name_the_provider(sso: ServerContext, provider: OpenId, api: Callable[..., Api]) -> None:
    assert api(None)("GET", "/sign-in").json() == {
        "password": True,
        "oidc": {"issuer": provider.issuer, "client_id": "collect-tui", "scope": "openid"},
        "tenant": False,
    }


def test_without_a_provider_there_is_no_such_way(context: ServerContext, api: Callable[..., Api]) -> None:
    assert problem(api(None)("POST", "/sign-in/oidc", json={"id_token": "a.b.c"})) == (404, "oidc.none")


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "another-program"},
        {"aud": ["another-program"]},
        {"aud": ["collect-tui", "another-program"]},  # without azp nobody knows for whom it is
        {"aud": ["collect-tui", "other"], "azp": "other"},
        {"azp": "other"},
        {"aud": None},
        {"aud": 5},
        {"iss": "https://evil.example"},
        {"iss": None},
        {"exp": None},
        {"exp": "never"},
        {"exp": True},
        {"iat": None},
    ],
)
def test_claims_that_are_not_taken(sign_in: Callable[[str], Any], provider: OpenId, changes: dict[str, Any]) -> None:
    assert problem(sign_in(provider.token("s-mia", **changes))) == (401, "oidc.token")


def test_two_audiences_are_taken_when_we_are_the_one_meant(sign_in: Callable[[str], Any], provider: OpenId) -> None:
    assert sign_in(provider.token("s-mia", aud=["collect-tui", "x"], azp="collect-tui")).status_code == 200


def test_times_have_a_minutes_leeway_and_no_more(sign_in: Callable[[str], Any], provider: OpenId, clock: Clock) -> None:
    now = int(clock().timestamp())
    assert sign_in(provider.token("s-mia", exp=now - 59)).status_code == 200
    assert problem(sign_in(provider.token("s-mia", exp=now - 60))) == (401, "oidc.token")
    assert sign_in(provider.token("s-mia", iat=now + 60)).status_code == 200
    assert problem(sign_in(provider.token("s-mia", iat=now + 61))) == (401, "oidc.token")
    assert problem(sign_in(provider.token("s-mia", nbf=now + 61))) == (401, "oidc.token")


def test_an_old_token_is_not_taken_again(sign_in: Callable[[str], Any], provider: OpenId, clock: Clock) -> None:
    short, long = provider.token("s-mia"), provider.token("s-mia", exp=int(clock().timestamp()) + 86_400)
    assert sign_in(short).status_code == sign_in(long).status_code == 200
    clock.forward(minutes=7)
    assert problem(sign_in(short)) == (401, "oidc.token")  # it has run out
    clock.forward(minutes=5)
    assert problem(sign_in(long)) == (401, "oidc.token")  # it has not, but has been lying about


def test_tokens_signed_by_nobody_or_by_others(sign_in: Callable[[str], Any], provider: OpenId) -> None:
    good = provider.token("s-mia")
    head, body, sign = good.split(".")
    kid = next(iter(provider.keys))

    def part(value: Any) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    public = provider.keys[kid].as_pem(private=False)
    signed = f"{part({'alg': 'HS256', 'kid': kid})}.{body}"
    mac = hmac.digest(public, signed.encode(), "sha256")
    symmetric = f"{signed}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"
    forged = [
        f"{part({'alg': 'none'})}.{body}.",
        f"{part({'alg': 'none'})}.{body}.{sign}",
        f"{part({'alg': 'None', 'kid': kid})}.{body}.{sign}",
        symmetric,  # the public key as a password: the oldest trick there is
        provider.token("s-mia", key=RSAKey.generate_key(2048)),
        f"{head}.{part({'sub': 's-lee'})}.{sign}",
        f"{head}.{body}.{sign[:-4]}AAAA",
        f"{head}.{body}",
        f"{part([1])}.{body}.{sign}",
        "x",
        "é.é.é",
        "a" * 16_000,
    ]
    for token in forged:
        assert problem(sign_in(token)) == (401, "oidc.token"), token[:60]
    assert problem(sign_in(provider.token("s-mia", header={"kid": "unknown"}))) == (401, "oidc.token")
    assert sign_in(good).status_code == 200


def test_a_rotated_key_is_fetched_and_the_old_one_forgotten(
    sign_in: Callable[[str], Any], provider: OpenId, clock: Clock
) -> None:
    old = provider.token("s-mia", exp=int(clock().timestamp()) + 7200)
    assert sign_in(old).status_code == 200
    provider.rotate()
    clock.forward(seconds=31)
    assert sign_in(provider.token("s-mia")).status_code == 200
    assert problem(sign_in(old)) == (401, "oidc.token")


def test_keys_are_kept_and_unknown_ones_do_not_hammer_the_provider(
    sign_in: Callable[[str], Any], provider: OpenId, clock: Clock
) -> None:
    for _ in range(3):
        assert sign_in(provider.token("s-mia")).status_code == 200
    for n in range(20):
        sign_in(provider.token("s-mia", header={"kid": f"unknown-{n}"}))
    assert provider.asked == ["/.well-known/openid-configuration", "/keys"]
    clock.forward(minutes=61)
    assert sign_in(provider.token("s-mia")).status_code == 200
    assert len(provider.asked) == 4


def test_a_token_without_a_keys_name_needs_a_provider_with_one_key(
    sign_in: Callable[[str], Any], provider: OpenId
) -> None:
    assert sign_in(provider.token("s-mia", header={"kid": None})).status_code == 200


@pytest.mark.parametrize("subject", ["s-lee", "mia", "", "s-mia'--"])
def test_somebody_without_a_user_here(sign_in: Callable[[str], Any], provider: OpenId, subject: str) -> None:
    assert problem(sign_in(provider.token(subject))) == (401, "oidc.no_user")


def test_a_user_who_was_locked_out(
    sign_in: Callable[[str], Any], provider: OpenId, sso: ServerContext, clock: Clock
) -> None:
    users.change(sso.store, 1, "mia", sso.catalogue.authority, clock(), active=False)
    assert problem(sign_in(provider.token("s-mia"))) == (401, "oidc.no_user")


def test_another_claim_names_the_login_only_when_it_is_set(
    sign_in: Callable[[str], Any], provider: OpenId, sso: ServerContext
) -> None:
    named = provider.token("s-x", preferred_username="mia", email="mia", email_verified=True)
    assert problem(sign_in(named)) == (401, "oidc.no_user")
    sso.provider = Provider(OidcSettings(provider.issuer, provider.client_id, "preferred_username"))
    assert sign_in(named).status_code == 200
    sso.provider = Provider(OidcSettings(provider.issuer, provider.client_id, "email"))
    assert sign_in(named).status_code == 200
    assert problem(sign_in(provider.token("s-x", email="mia"))) == (401, "oidc.no_user")  # nobody checked the address


@pytest.mark.parametrize(
    "said", [{"issuer": "https://evil.example"}, {"jwks_uri": "http://192.0.2.1/keys"}, {"jwks_uri": None}]
)
def test_a_provider_that_cannot_be_trusted(
    sign_in: Callable[[str], Any], provider: OpenId, said: dict[str, Any]
) -> None:
    provider.discovery = said
    assert problem(sign_in(provider.token("s-mia"))) == (503, "oidc.unreachable")


def test_a_provider_that_is_away(sso: ServerContext, provider: OpenId, api: Callable[..., Api]) -> None:
    sso.provider = Provider(OidcSettings("http://127.0.0.1:1", provider.client_id))
    answer = api(None)("POST", "/sign-in/oidc", json={"id_token": provider.token("s-mia", iss="http://127.0.0.1:1")})
    assert problem(answer) == (503, "oidc.unreachable")


# ------------------------------------------------------------------------------------------- the device flow, to the end


def test_a_code_on_another_device_signs_in(sso: ServerContext, provider: OpenId, clock: Clock) -> None:
    shown: list[Any] = []
    waited: list[float] = []

    def sleep(seconds: float) -> None:
        waited.append(seconds)
        clock.forward(seconds=seconds)
        if len(waited) == 3:
            provider.approve(shown[0].code, "s-mia")

    with served(sso) as url:
        server = Http(url)
        token = device_code(Http(provider.issuer), methods(server), shown.append, sleep=sleep)
        signed_in = with_id_token(server, token)
        server.close()
    assert signed_in.session.user == "mia"
    assert waited == [5, 5, 5]
    assert shown[0].whole.endswith(shown[0].code)


def test_asking_too_often_slows_down(sso: ServerContext, provider: OpenId, clock: Clock) -> None:
    shown: list[Any] = []
    waited: list[float] = []

    def sleep(seconds: float) -> None:
        waited.append(seconds)
        clock.forward(seconds=seconds if len(waited) != 2 else 1)  # a clock that runs slow: the second comes too soon
        if len(waited) == 3:
            provider.approve(shown[0].code, "s-mia")

    with served(sso) as url:
        device_code(Http(provider.issuer), methods(Http(url)), shown.append, sleep=sleep)
    assert waited == [5, 5, 10]


def test_a_code_that_is_denied_or_runs_out(sso: ServerContext, provider: OpenId, clock: Clock) -> None:
    def ask(sleep: Callable[[float], object], shown: list[Any]) -> str:
        with served(sso) as url, pytest.raises(Refused) as refusal:
            device_code(Http(provider.issuer), methods(Http(url)), shown.append, sleep=sleep)
        return refusal.value.code

    denied: list[Any] = []
    assert ask(lambda _: (clock.forward(seconds=5), provider.deny(denied[0].code)), denied) == "sso.denied"
    assert ask(lambda seconds: clock.forward(seconds=seconds + timedelta(minutes=1).seconds), []) == "sso.expired"
