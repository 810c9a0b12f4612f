"""Tokens: what travels after a sign-in, 256 random bits each, kept as their SHA-256 only."""

from __future__ import annotations

import hashlib
import logging
import re
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID

from sqlalchemy import update
from sqlmodel import col, select

from collect_tui.common.ids import Ids
from collect_tui.desk.errors import Forbidden, Invalid, NotFound, SignedOut, Unavailable
from collect_tui.desk.views.access import NewToken, TokenView
from collect_tui.policy.authority import AuthorityRules, covers, narrowed
from collect_tui.services.access import Caller
from collect_tui.store import audit
from collect_tui.store import tokens as tokens_in_use
from collect_tui.store.engine import Store
from collect_tui.store.tables import AccessToken, AppUser

if TYPE_CHECKING:
    pass

TOKEN: Final = re.compile(r"ct_([0-9]{1,18})_[A-Za-z0-9_-]{43}", re.ASCII)


LOG: Final = logging.getLogger("collect_tui.access")
#: A token's last use is written at most so often; an idle session may end this much early.
USE_WRITTEN_EVERY: Final = timedelta(minutes=1)


def log(event: str, tenant_id: int, login: str, **more: object) -> None:
    """A line of the server's log: who and what, never a password, a token, or anything of a customer."""
    LOG.info(event, extra={"event": event, "tenant": tenant_id, "login": login, **more})


def digest(text: str) -> str:
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def mint(
    store: Store,
    tenant_id: int,
    login: str,
    now: datetime,
    rules: AuthorityRules,
    *,
    kind: str = "session",
    name: str = "",
    scopes: Iterable[str] = (),
    expires_at: datetime | None = None,
    ids: Ids | None = None,
    shown: AppUser | None = None,
    key: UUID | None = None,
) -> NewToken:
    """A token without a password: for the command line and for tests. NotFound when there is no such active user, or not any
    more the one who was `shown` to be there: whoever takes password or subject away ends what was opened with it."""
    text = f"ct_{tenant_id}_{_made_of(store, tenant_id, login, key) if key else secrets.token_urlsafe(32)}"
    session = kind == "session"
    row = AccessToken(
        tenant_id=tenant_id,
        digest=digest(text),
        id=(ids or Ids())(),
        login=login,
        kind=kind,
        name=name,
        scopes=" ".join(sorted(scopes)),
        created_at=now,
        used_at=now,
        idle_minutes=rules.sign_in.idle_minutes if session else None,
        expires_at=expires_at or now + _longest(kind, rules),
    )
    with store.write() as db:
        # Locked, so that whoever locks the user out finds this token, or it finds them locked out.
        whose = select(AppUser).where(AppUser.tenant_id == tenant_id, AppUser.login == login)
        user = db.exec(whose.with_for_update()).first()
        changed = (
            shown is not None and user is not None and (shown.password, shown.subject) != (user.password, user.subject)
        )
        if user is None or not user.active or changed:
            raise NotFound("user.not_found", f"There is no user {login!r} who may sign in.", "login")
        if key and (known := db.get(AccessToken, (tenant_id, row.digest))) is not None:
            if (known.name, known.scopes) != (row.name, row.scopes) or known.revoked_at is not None:
                raise Invalid("token.reused", "This key was used for another token; make a new one.", "key")
            row = known
        db.add(row)
        view = token_view(row)
    return NewToken(token=text, view=view)


def _made_of(store: Store, tenant_id: int, login: str, key: UUID) -> str:
    """The secret of a token that is known by its key: nobody can tell it who has not both the key and the book's own."""
    with store.read() as db:
        signed = audit.sign(audit.audit_key(db, tenant_id), f"token of {login}", str(key))
    return urlsafe_b64encode(bytes.fromhex(signed)).decode().rstrip("=")


def _longest(kind: str, rules: AuthorityRules) -> timedelta:
    return (
        timedelta(hours=rules.sign_in.session_hours) if kind == "session" else timedelta(days=rules.sign_in.token_days)
    )


def create_token(
    store: Store,
    tenant_id: int,
    login: str,
    name: str,
    scopes: Iterable[str],
    days: int,
    now: datetime,
    rules: AuthorityRules,
    *,
    ids: Ids | None = None,
    key: UUID | None = None,
) -> NewToken:
    """A personal token for a script. Asked again with the same `key` it is the same token, which is made of it.

    Invalid: no name, a life too long, or the key was another token's; Forbidden: a scope wider than the owner's role.
    """
    if not 1 <= days <= rules.sign_in.token_days:
        raise Invalid("token.expiry", f"A token lasts 1 to {rules.sign_in.token_days} days.", "days")
    if not name.strip() or not name.isprintable() or len(name) > 120:
        raise Invalid("token.name", "Name the token for what uses it, in 1 to 120 printable characters.", "name")
    with store.read() as db:
        user = db.get(AppUser, (tenant_id, login))
    if user is None:
        raise NotFound("user.not_found", f"There is no user {login!r} who may sign in.", "login")
    mine, asked = rules.of(user.role).may, frozenset(scopes)
    if any(not scope or not scope.isprintable() or " " in scope for scope in asked):
        raise Invalid(
            "token.scope", "A scope is a permission such as act.contact or queue.*, without spaces.", "scopes"
        )
    for scope in sorted(asked):
        # `act.*` for somebody with a few commands gives those few; what gives nothing at all is a mistake.
        if not covers(mine, scope) and not narrowed(mine, frozenset({scope})):
            raise Forbidden("token.scope", f"A {user.role} may not hand out {scope!r}.", "scopes")
    made = mint(
        store,
        tenant_id,
        login,
        now,
        rules,
        kind="personal",
        name=name.strip(),
        scopes=asked,
        expires_at=now + timedelta(days=days),
        ids=ids,
        key=key,
    )
    log("token.created", tenant_id, login, token=made.view.id)
    return made


def authenticate(store: Store, text: str | None, now: datetime, rules: AuthorityRules) -> Caller:
    """The bearer of a token that is valid now. SignedOut: signin.required, .unknown, .revoked, .expired, .idle, .locked."""
    if not text:
        raise SignedOut("signin.required", "Sign in first.")
    known = TOKEN.fullmatch(text)
    if known is None:
        raise _unknown()
    tenant_id = int(known[1])
    with store.read() as db:
        token = tokens_in_use.bearer(db, tenant_id, digest(text))
    if token is None:
        raise _unknown()
    if not token.active:
        raise SignedOut("signin.locked", "This login has been locked; ask an administrator.")
    if token.revoked_at is not None:
        raise SignedOut("signin.revoked", "You have been signed out; sign in again.")
    if now >= token.expires_at:
        raise SignedOut("signin.expired", "The session has run out; sign in again.")
    if token.idle_minutes is not None and now - token.used_at > timedelta(minutes=token.idle_minutes):
        raise SignedOut("signin.idle", f"The session rested for {token.idle_minutes} minutes; sign in again.")
    if now - token.used_at >= USE_WRITTEN_EVERY:
        _used(store, tenant_id, digest(text), now)
    return Caller(tenant_id, token.login, rules.of(token.role, token.scopes.split()), token.id, token.kind)


def _unknown() -> SignedOut:
    return SignedOut("signin.unknown", "This token is not known here; sign in again.")


def _used(store: Store, tenant_id: int, digest: str, now: datetime) -> None:
    """Writes that the token was used; a database that is busy is no reason to turn its bearer away."""
    with suppress(Unavailable), store.write() as db:
        db.exec(
            update(AccessToken)
            .where(
                col(AccessToken.tenant_id) == tenant_id,
                col(AccessToken.digest) == digest,
                col(AccessToken.used_at) < now,
            )
            .values(used_at=now)
        )


def tokens(store: Store, tenant_id: int, login: str, now: datetime) -> tuple[TokenView, ...]:
    """A user's tokens that are neither revoked nor expired, newest first."""
    with store.read() as db:
        rows = db.exec(
            select(AccessToken)
            .where(
                AccessToken.tenant_id == tenant_id,
                AccessToken.login == login,
                col(AccessToken.revoked_at).is_(None),
                AccessToken.expires_at > now,
            )
            .order_by(col(AccessToken.id).desc())
        ).all()
    return tuple(token_view(row) for row in rows)


def token_view(row: AccessToken) -> TokenView:
    return TokenView(
        **{name: getattr(row, name) for name in TokenView.model_fields if name != "scopes"},
        scopes=tuple(row.scopes.split()),
    )


def sign_out(store: Store, caller: Caller, now: datetime) -> None:
    """Ends the caller's session; a second time is no error."""
    revoke(store, caller.tenant_id, caller.login, now, token_id=caller.token_id)


def revoke(store: Store, tenant_id: int, login: str, now: datetime, *, token_id: int | None = None) -> int:
    """Revokes one token of a user, or all of them; how many were still good. From the next request on they are not."""
    mine = (col(AccessToken.tenant_id) == tenant_id, col(AccessToken.login) == login)
    which = mine if token_id is None else (*mine, col(AccessToken.id) == token_id)
    with store.write() as db:
        count = db.exec(
            update(AccessToken).where(*which, col(AccessToken.revoked_at).is_(None)).values(revoked_at=now)
        ).rowcount
    if count:
        log("token.revoked", tenant_id, login, count=count)
    return count
