"""Who may do what a rule or a limit forbids, and whether they show that they are there."""

from __future__ import annotations

from typing import Final

from sqlmodel import Session as Db
from sqlmodel import col, select

from collect_tui.desk.commands import Act
from collect_tui.desk.errors import Invalid, RefusedByPolicy
from collect_tui.desk.views.act import Overrider
from collect_tui.desk.views.said import refusal
from collect_tui.domain.facts import AccountFacts
from collect_tui.policy.verdicts import Verdict
from collect_tui.services.context import Context
from collect_tui.services.desk_context import DeskContext
from collect_tui.services.verdict_view import verdict_view
from collect_tui.store.tables import AppUser

#: Who overrode a verdict, in what role and why, as the audit keeps it.
Evidence = dict[str, str]
MOST: Final = 50
"""Who may override that are named."""


def overriders(desk: DeskContext, db: Db, verdict: Verdict) -> tuple[Overrider, ...]:
    """Who may override a verdict, in the order of their logins; nobody what needs no override or has none."""
    role, authority = verdict.overridable_by, desk.catalogue().authority
    if verdict.allowed or role is None:
        return ()
    ranks = [name for name in authority.roles if authority.outranks(name, role)]
    here = select(AppUser).where(AppUser.tenant_id == desk.tenant_id, col(AppUser.active))
    found = db.exec(here.where(col(AppUser.role).in_(ranks)).order_by(AppUser.login).limit(MOST))
    return tuple(Overrider(login=u.login, name=u.name, role=u.role, proves=_proves(desk, u)) for u in found)


def must_prove(desk: DeskContext, login: str) -> bool:
    """Does whoever overrides show that they are there? A server takes nobody's word; a desk that runs here asks for the password of
    those who have one."""
    if desk.authority is not None:
        return login != desk.user
    with desk.reading() as db:
        user = db.get(AppUser, (desk.tenant_id, login))
        return user is not None and _proves(desk, user)


def _proves(desk: DeskContext, user: AppUser) -> bool:
    return user.login != desk.user and (desk.authority is not None or user.password is not None)


def overridden(act: Act, verdict: Verdict, seen: AccountFacts, context: Context) -> Evidence | None:
    """Who overrides the verdict, in what role and why; None when it needs no override.

    Raises RefusedByPolicy when it needs one and has none, or one of somebody whose role does not reach so far.
    """
    if verdict.allowed:
        return None
    first = verdict.findings[0]
    role = verdict.overridable_by
    if act.override is None:
        way = f" A {role} may override it with a reason." if role else ""
        view = verdict_view(verdict, seen, context.rules)
        raise RefusedByPolicy(first.rule, refusal(view) + way, first.check or None, view)
    if role is None:
        view = verdict_view(verdict, seen, context.rules)
        raise RefusedByPolicy(first.rule, f"{refusal(view)} There is no override for it.", first.check or None, view)
    if context.override_role is None:
        sentence = f"There is no user {act.override.by} here; it takes a {role}."
        raise RefusedByPolicy("override.authority", sentence, "override", verdict_view(verdict, seen, context.rules))
    if not context.catalogue.authority.outranks(context.override_role, role):
        sentence = f"{act.override.by} may not override this; it takes a {role}."
        raise RefusedByPolicy("override.authority", sentence, "override", verdict_view(verdict, seen, context.rules))
    if not act.override.reason.strip():
        raise Invalid("override.reason", "Say why the rule is overridden.", "override.reason")
    return {"by": act.override.by, "role": context.override_role, "reason": act.override.reason.strip()}
