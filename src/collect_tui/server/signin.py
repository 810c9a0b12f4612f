"""Signing in and out, and one's own tokens."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from collect_tui.desk.errors import Forbidden, Invalid, NotFound, SignedOut
from collect_tui.desk.views.access import NewToken, SignedIn, TokenView
from collect_tui.desk.views.base import View
from collect_tui.server import oidc
from collect_tui.server.context import ServerContext
from collect_tui.server.limits import TooMany, client_of
from collect_tui.server.serving import (
    DeskRequest,
    given_key,
    path_text,
)
from collect_tui.server.ways import Sent, Way, made_of, parsed, viewed
from collect_tui.services import signin, tokens, users

Password = Annotated[str, Field(min_length=1, max_length=1024)]
Login = Annotated[str, Field(min_length=1, max_length=120)]
Named = Annotated[str, Field(max_length=120)]


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


def _ways(request: Request, body: bytes, context: ServerContext) -> Response:
    try:
        several = signin.tenant_of(context.store, None) is None
    except Invalid:
        several = True
    settings = context.provider.settings if context.provider else None
    way = (
        OidcWay(issuer=settings.issuer, client_id=settings.client_id, scope=oidc.SCOPES[settings.claim])
        if settings
        else None
    )
    return viewed(Ways(oidc=way, tenant=several))


def _sign_in(request: Request, body: bytes, context: ServerContext) -> Response:
    sent, place = parsed(SignInRequest, body), client_of(request.scope)
    if context.guesses.wait(place) and not signin.familiar(context.store, sent.tenant, sent.login, place):
        context.guesses.take(place)  # refuses
    try:
        made = signin.sign_in(
            context.store,
            sent.tenant,
            sent.login,
            sent.password,
            context.clock(),
            context.catalogue.authority,
            place=place,
            ids=context.ids,
        )
    except SignedOut:
        with suppress(TooMany):
            context.guesses.take(place)
        raise
    return _signed_in(context, made)


def _sign_in_oidc(request: Request, body: bytes, context: ServerContext) -> Response:
    sent = parsed(OidcRequest, body)
    if context.provider is None:
        raise NotFound("oidc.none", "This server has no OpenID provider; sign in with a password.", "id_token")
    settings = context.provider.settings
    if sent.tenant and signin.tenant_of(context.store, sent.tenant) != settings.tenant:
        raise NotFound("oidc.none", "This book has no OpenID provider; sign in with a password.", "tenant")
    now = context.clock()
    claims = context.provider.claims(sent.id_token, now)
    user = users.of_provider(context.store, settings.tenant, settings.claim, claims)
    return _signed_in(context, signin.opened(context.store, user, now, context.catalogue.authority, ids=context.ids))


def _signed_in(context: ServerContext, made: NewToken) -> Response:
    caller = tokens.authenticate(context.store, made.token, context.clock(), context.catalogue.authority)
    session = context.desk(caller).session()
    return viewed(SignedIn(token=made.token, expires_at=made.view.expires_at, session=session, warning=made.warning))


def _sign_out(ask: DeskRequest) -> Response:
    tokens.sign_out(ask.context.store, ask.caller, ask.context.clock())
    return Response(status_code=204)


# ------------------------------------------------------------------------------------------------------------ one's own


def _tokens(ask: DeskRequest) -> Response:
    caller, context = ask.caller, ask.context
    return viewed(Tokens(tokens=tokens.tokens(context.store, caller.tenant_id, caller.login, context.clock())))


def _new_token(ask: DeskRequest) -> Response:
    in_person(ask)
    sent, caller, context = parsed(NewTokenRequest, ask.body), ask.caller, ask.context
    rules = context.catalogue.authority
    made = tokens.create_token(
        context.store,
        caller.tenant_id,
        caller.login,
        sent.name,
        sent.scopes,
        sent.days,
        context.clock(),
        rules,
        ids=context.ids,
        key=given_key(ask),
    )
    return viewed(made)


def _end_token(ask: DeskRequest) -> Response:
    text, caller, context = path_text(ask.request, "token"), ask.caller, ask.context
    number = int(text) if re.fullmatch(r"[0-9]{1,18}", text, re.ASCII) else -1
    if not tokens.revoke(context.store, caller.tenant_id, caller.login, context.clock(), token_id=number):
        raise NotFound("token.not_found", "You have no token of that number; the list shows those you have.", "token")
    return Response(status_code=204)


def _own(ask: DeskRequest, password: str) -> object:
    """Whether it is the caller's own password; wrong ones count against their session, not against their login."""
    who, context = ask.caller, ask.context
    now, rules = context.clock(), context.catalogue.authority
    return signin.verified(
        context.store, who.tenant_id, who.login, password, now, rules, place=signin.OWN, typist=who.login
    )


def _own_password(ask: DeskRequest) -> Response:
    in_person(ask)
    sent, caller, context = parsed(OwnPasswordRequest, ask.body), ask.caller, ask.context
    now, rules = context.clock(), context.catalogue.authority
    if _own(ask, sent.current) is None:
        raise Forbidden("signin.refused", "The current password is not right, or the login is locked.", "current")
    users.set_password(context.store, caller.tenant_id, caller.login, sent.password, rules, now)
    return Response(status_code=204)


def in_person(ask: DeskRequest) -> None:
    """Only somebody who signed in makes tokens and users: a token for a script must not make wider ones."""
    if ask.caller.kind != "session":
        raise Forbidden("token.session", "A token for scripts may not do this; sign in.", "token")


# ------------------------------------------------------------------------------------------------------------ the routes


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
