"""Signing in and out, and one's own tokens."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, Final, TypeVar

import anyio
import anyio.to_thread
from anyio.lowlevel import RunVar
from fastapi import APIRouter, Body, Path
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from collect_tui.desk.errors import Forbidden, Invalid, NotFound, SignedOut
from collect_tui.desk.views.access import NewToken, SignedIn, TokenView
from collect_tui.desk.views.base import View
from collect_tui.server import oidc
from collect_tui.server.context import ServerContext, hub_of
from collect_tui.server.limits import TooMany, client_of
from collect_tui.server.problems import turned_away
from collect_tui.server.serving import (
    KEY_PARAMETER,
    DeskRequest,
    DeskRoute,
    Endpoint,
    given_key,
    parse_body,
    path_text,
    rendered,
    serving,
)
from collect_tui.server.turns import Turns
from collect_tui.services import signin, users

Password = Annotated[str, Field(min_length=1, max_length=1024)]
Login = Annotated[str, Field(min_length=1, max_length=120)]
Named = Annotated[str, Field(max_length=120)]
M = TypeVar("M", bound=BaseModel)

#: So many sign-ins are worked on at once: a password costs 60 ms and 64 MB on purpose, and the desk must not wait for that.
AT_ONCE: Final = 4
_limits: RunVar[tuple[anyio.CapacityLimiter, Turns]] = RunVar("sign_in_limits")


class Sent(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SignInRequest(Sent):
    """`tenant`: the book's name or number; not needed where the server keeps one only."""

    login: Login
    password: Password
    tenant: Named | None = None


class OidcRequest(Sent):
    """`id_token`: as the provider's token endpoint gave it."""

    id_token: Annotated[str, Field(min_length=1, max_length=oidc.LONGEST)]
    tenant: Named | None = None


class NewTokenRequest(Sent):
    """`scopes`: permissions, none for all that the role may; `days`: how long it lasts."""

    name: Annotated[str, Field(min_length=1, max_length=120)]
    scopes: Annotated[tuple[Named, ...], Field(max_length=100)] = ()
    days: Annotated[int, Field(ge=1, le=366)] = 90


class OwnPasswordRequest(Sent):
    current: Password
    password: Password


class OidcWay(View):
    """`scope`: what the client asks the provider for, so that the token says who somebody is."""

    issuer: str
    client_id: str
    scope: str


class Ways(View):
    """How one may sign in. `tenant`: the server keeps several books, and signing in must say which."""

    password: bool = True
    oidc: OidcWay | None = None
    tenant: bool = False


class Tokens(View):
    tokens: tuple[TokenView, ...]


# ------------------------------------------------------------------------------------------------------------ signing in


def _ways(request: Request, body: bytes, hub: ServerContext) -> Response:
    try:
        several = signin.tenant_of(hub.store, None) is None
    except Invalid:
        several = True
    settings = hub.provider.settings if hub.provider else None
    way = (
        OidcWay(issuer=settings.issuer, client_id=settings.client_id, scope=oidc.SCOPES[settings.claim])
        if settings
        else None
    )
    return viewed(Ways(oidc=way, tenant=several))


def _sign_in(request: Request, body: bytes, hub: ServerContext) -> Response:
    sent, place = parsed(SignInRequest, body), client_of(request.scope)
    if hub.guesses.wait(place) and not signin.familiar(hub.store, sent.tenant, sent.login, place):
        hub.guesses.take(place)  # refuses
    try:
        made = signin.sign_in(
            hub.store,
            sent.tenant,
            sent.login,
            sent.password,
            hub.clock(),
            hub.catalogue.authority,
            place=place,
            ids=hub.ids,
        )
    except SignedOut:
        with suppress(TooMany):
            hub.guesses.take(place)
        raise
    return _signed_in(hub, made)


def _sign_in_oidc(request: Request, body: bytes, hub: ServerContext) -> Response:
    sent = parsed(OidcRequest, body)
    if hub.provider is None:
        raise NotFound("oidc.none", "This server has no OpenID provider; sign in with a password.", "id_token")
    settings = hub.provider.settings
    if sent.tenant and signin.tenant_of(hub.store, sent.tenant) != settings.tenant:
        raise NotFound("oidc.none", "This book has no OpenID provider; sign in with a password.", "tenant")
    now = hub.clock()
    user = oidc.user_of(hub.store, settings, hub.provider.claims(sent.id_token, now))
    return _signed_in(hub, signin.opened(hub.store, user, now, hub.catalogue.authority, ids=hub.ids))


def _signed_in(hub: ServerContext, made: NewToken) -> Response:
    caller = signin.authenticate(hub.store, made.token, hub.clock(), hub.catalogue.authority)
    session = hub.desk(caller).session()
    return viewed(SignedIn(token=made.token, expires_at=made.view.expires_at, session=session, warning=made.warning))


def _sign_out(ask: DeskRequest) -> Response:
    signin.sign_out(ask.hub.store, ask.caller, ask.hub.clock())
    return Response(status_code=204)


# ------------------------------------------------------------------------------------------------------------ one's own


def _tokens(ask: DeskRequest) -> Response:
    caller, hub = ask.caller, ask.hub
    return viewed(Tokens(tokens=signin.tokens(hub.store, caller.tenant_id, caller.login, hub.clock())))


def _new_token(ask: DeskRequest) -> Response:
    in_person(ask)
    sent, caller, hub = parsed(NewTokenRequest, ask.body), ask.caller, ask.hub
    rules = hub.catalogue.authority
    made = signin.create_token(
        hub.store,
        caller.tenant_id,
        caller.login,
        sent.name,
        sent.scopes,
        sent.days,
        hub.clock(),
        rules,
        ids=hub.ids,
        key=given_key(ask),
    )
    return viewed(made)


def _end_token(ask: DeskRequest) -> Response:
    text, caller, hub = path_text(ask.request, "token"), ask.caller, ask.hub
    number = int(text) if re.fullmatch(r"[0-9]{1,18}", text, re.ASCII) else -1
    if not signin.revoke(hub.store, caller.tenant_id, caller.login, hub.clock(), token_id=number):
        raise NotFound("token.not_found", "You have no token of that number; the list shows those you have.", "token")
    return Response(status_code=204)


def _own(ask: DeskRequest, password: str) -> object:
    """Whether it is the caller's own password; wrong ones count against their session, not against their login."""
    who, hub = ask.caller, ask.hub
    now, rules = hub.clock(), hub.catalogue.authority
    return signin.verified(
        hub.store, who.tenant_id, who.login, password, now, rules, place=signin.OWN, typist=who.login
    )


def _own_password(ask: DeskRequest) -> Response:
    in_person(ask)
    sent, caller, hub = parsed(OwnPasswordRequest, ask.body), ask.caller, ask.hub
    now, rules = hub.clock(), hub.catalogue.authority
    if _own(ask, sent.current) is None:
        raise Forbidden("signin.refused", "The current password is not right, or the login is locked.", "current")
    users.set_password(hub.store, caller.tenant_id, caller.login, sent.password, rules, now)
    return Response(status_code=204)


def in_person(ask: DeskRequest) -> None:
    """Only somebody who signed in makes tokens and users: a token for a script must not make wider ones."""
    if ask.caller.kind != "session":
        raise Forbidden("token.session", "A token for scripts may not do this; sign in.", "token")


# ------------------------------------------------------------------------------------------------------------ the routes


def parsed(model: type[M], body: bytes) -> M:
    found = parse_body(model, body)
    assert isinstance(found, model)
    return found


def viewed(view: BaseModel) -> Response:
    return rendered(view.model_dump_json().encode())


def anyone(work: Callable[[Request, bytes, ServerContext], Response]) -> Endpoint:
    """The endpoint of those who have no token yet. They have few turns, and threads of their own."""

    async def endpoint(request: Request) -> Response:
        hub, address = hub_of(request), client_of(request.scope)
        hub.door.take(("sign-in", address))
        body = b"" if request.method == "GET" else await request.body()
        try:
            threads, turns = _limits.get()
        except LookupError:
            threads, turns = anyio.CapacityLimiter(AT_ONCE), Turns(AT_ONCE)
            _limits.set((threads, turns))
        async with turns.turn(address, _login(body)):
            return await anyio.to_thread.run_sync(partial(_admitted, request, body, work), limiter=threads)

    return endpoint


def _login(body: bytes) -> str:
    """Whom a body says it signs in, as far as that can be read; only to tell those who wait apart."""
    try:
        return str(json.loads(body)["login"])[:120] if body else ""
    except (ValueError, TypeError, KeyError, RecursionError):
        return ""


def _admitted(request: Request, body: bytes, work: Callable[[Request, bytes, ServerContext], Response]) -> Response:
    if body and request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise turned_away(415)
    return work(request, body, hub_of(request))


@dataclass(frozen=True, slots=True)
class Way:
    """One route: `permission` None is open to everybody."""

    verb: str
    path: str
    name: str
    summary: str
    work: Any
    permission: str | None
    body: type[BaseModel] | None = None
    answer: type[BaseModel] | None = None
    keyed: bool = False  # a repeated request is known by its key


def routes() -> APIRouter:
    return made_of(
        "signing in",
        Way("GET", "/sign-in", "ways", "How one may sign in", _ways, None, answer=Ways),
        Way("POST", "/sign-in", "sign-in", "Sign in with a password", _sign_in, None, SignInRequest, SignedIn),
        Way("POST", "/sign-in/oidc", "sign-in-oidc", "Sign in with an ID token", _sign_in_oidc, None, OidcRequest, SignedIn),
        Way("DELETE", "/sign-in", "sign-out", "Sign out", _sign_out, "desk.read"),
        Way("PUT", "/password", "own-password", "Change one's own password", _own_password, "desk.read", OwnPasswordRequest),
        Way("GET", "/tokens", "tokens", "One's own sessions and tokens", _tokens, "token.own", answer=Tokens),
        Way("POST", "/tokens", "new-token", "Make a token for a script", _new_token, "token.own", NewTokenRequest, NewToken, keyed=True),
        Way("DELETE", "/tokens/{token}", "end-token", "Revoke one of one's tokens", _end_token, "token.own"),
    )  # fmt: skip


def made_of(tag: str, *ways: Way) -> APIRouter:
    """A router of such routes; what is described is read off the models of the bodies and the answers."""
    router = APIRouter(route_class=DeskRoute, redirect_slashes=False)
    for way in ways:
        endpoint: Any = anyone(way.work) if way.permission is None else serving(way.permission, way.work)
        endpoint.__name__ = way.name
        endpoint.__signature__ = _signature(way)
        said = inspect.getdoc(way.body) if way.body is not None and way.body.__doc__ else None
        needs = f"Needs the permission `{way.permission}`." if way.permission else "Open to everybody."
        router.add_api_route(
            way.path,
            endpoint,
            methods=[way.verb],
            operation_id=way.name,
            summary=way.summary,
            description=f"{said}\n\n{needs}" if said else needs,
            tags=[tag],
            response_model=way.answer,
            status_code=200 if way.answer else 204,
            openapi_extra={"security": []} if way.permission is None else None,
        )
    return router


def _signature(way: Way) -> inspect.Signature:
    keyword = inspect.Parameter.KEYWORD_ONLY
    found = [
        inspect.Parameter(name, keyword, annotation=Annotated[str, Path()]) for name in re.findall(r"{(\w+)}", way.path)
    ]
    if way.keyed:
        found.append(KEY_PARAMETER)
    if way.body is not None:
        found.append(inspect.Parameter("body", keyword, annotation=Annotated[way.body, Body()]))
    return inspect.Signature(found)
