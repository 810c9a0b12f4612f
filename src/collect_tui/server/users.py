"""The users of the caller's tenant: for those who manage them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from collect_tui.desk.views.access import UserView
from collect_tui.desk.views.base import View
from collect_tui.server.serving import DeskRequest, path_text
from collect_tui.server.signin import Named, Password, in_person
from collect_tui.server.ways import Sent, Way, made_of, parsed, viewed
from collect_tui.services import tokens, users

Subject = Annotated[str, Field(max_length=255)]


class NewUserRequest(Sent):
    """`subject`: who they are to the OpenID provider."""

    login: Annotated[str, Field(min_length=1, max_length=users.LONGEST_LOGIN)]
    name: Named = ""
    role: Named = "collector"
    desk: Named = ""
    subject: Subject | None = None
    password: Password | None = None


class UserRequest(Sent):
    """What is to change; an empty `subject` takes it away. `active` false signs out everywhere."""

    name: Named | None = None
    role: Named | None = None
    desk: Named | None = None
    subject: Subject | None = None
    active: bool | None = None


class PasswordRequest(Sent):
    password: Password


class Users(View):
    users: tuple[UserView, ...]


def _users(ask: DeskRequest) -> Response:
    return viewed(Users(users=users.users(ask.context.store, ask.caller.tenant_id, ask.context.clock())))


def _new_user(ask: DeskRequest) -> Response:
    in_person(ask)
    sent, context, tenant_id = parsed(NewUserRequest, ask.body), ask.context, ask.caller.tenant_id
    rules = context.catalogue.authority
    made = users.add(
        context.store,
        tenant_id,
        sent.login,
        rules,
        name=sent.name,
        role=sent.role,
        desk=sent.desk,
        subject=sent.subject,
        password=sent.password,
    )
    return viewed(made)


def _change_user(ask: DeskRequest) -> Response:
    in_person(ask)
    sent, context = parsed(UserRequest, ask.body), ask.context
    login, rules = path_text(ask.request, "login"), context.catalogue.authority
    changes: Mapping[str, Any] = sent.model_dump()
    return viewed(users.change(context.store, ask.caller.tenant_id, login, rules, context.clock(), **changes))


def _set_password(ask: DeskRequest) -> Response:
    in_person(ask)
    sent, context = parsed(PasswordRequest, ask.body), ask.context
    login, rules = path_text(ask.request, "login"), context.catalogue.authority
    users.set_password(context.store, ask.caller.tenant_id, login, sent.password, rules, context.clock())
    return Response(status_code=204)


def _remove_user(ask: DeskRequest) -> Response:
    in_person(ask)
    context, login = ask.context, path_text(ask.request, "login")
    users.remove(context.store, ask.caller.tenant_id, login, context.catalogue.authority, context.clock())
    return Response(status_code=204)


def _sign_out_user(ask: DeskRequest) -> Response:
    in_person(ask)
    context, login = ask.context, path_text(ask.request, "login")
    users.user(context.store, ask.caller.tenant_id, login)
    tokens.revoke(context.store, ask.caller.tenant_id, login, context.clock())
    return Response(status_code=204)


def routes() -> APIRouter:
    manage = "user.manage"
    return made_of(
        "users",
        Way("GET", "/users", "users", "Everybody who may sign in", _users, manage, answer=Users),
        Way("POST", "/users", "new-user", "Add a user", _new_user, manage, NewUserRequest, UserView),
        Way("PATCH", "/users/{login}", "change-user", "Change, lock or unlock a user", _change_user, manage, UserRequest, UserView),
        Way("DELETE", "/users/{login}", "remove-user", "Remove a user; the name stays", _remove_user, manage),
        Way("PUT", "/users/{login}/password", "set-password", "Set a user's password", _set_password, manage, PasswordRequest),
        Way("DELETE", "/users/{login}/tokens", "sign-out-user", "Revoke all tokens of a user", _sign_out_user, manage),
    )  # fmt: skip
