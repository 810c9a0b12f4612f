"""Signing in, and the tokens that say who asks.

A password is looked at when somebody signs in or overrides for somebody else, and never otherwise; argon2id at its library's
defaults. What travels afterwards is a token of 256 random bits, kept as its SHA-256 only:

    ct_<number of the tenant>_<43 characters>        the tenant says where to look; the digest covers the whole text

A try is counted before the password is compared, so that many at once get no more of them; the count is in the database, by the
place it comes from (`tries.py`). Every answer to a wrong login, a wrong password and a place that is locked out is the same, and
takes the same time.
"""

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
from collect_tui.common.text import clean
from collect_tui.desk.errors import Forbidden, Invalid, NotFound, SignedOut, Unavailable
from collect_tui.desk.views.access import NewToken, TokenView
from collect_tui.policy.authority import AuthorityRules, covers, narrowed
from collect_tui.services import tries
from collect_tui.services.access import Caller
from collect_tui.services.passwords import default_hasher, fits, hashed, nobodys
from collect_tui.store import audit
from collect_tui.store import tokens as tokens_in_use
from collect_tui.store.engine import Store
from collect_tui.store.tables import AccessToken, AppUser, Tenant

if TYPE_CHECKING:
    from argon2 import PasswordHasher

LOG: Final = logging.getLogger("collect_tui.access")
TOKEN: Final = re.compile(r"ct_([0-9]{1,18})_[A-Za-z0-9_-]{43}", re.ASCII)

#: Where a password is typed that is none of signing in, in words.
PROOF: Final = "an override"
OWN: Final = "changing it"

#: A token's last use is written at most so often; an idle session may end this much early.
USE_WRITTEN_EVERY: Final = timedelta(minutes=1)


def log(event: str, tenant_id: int, login: str, **more: object) -> None:
    """A line of the server's log: who and what, never a password, a token, or anything of a customer."""
    LOG.info(event, extra={"event": event, "tenant": tenant_id, "login": login, **more})


# ---------------------------------------------------------------------------------------------------------- passwords


def verified(
    store: Store,
    tenant_id: int | None,
    login: str,
    password: str,
    now: datetime,
    rules: AuthorityRules,
    *,
    place: str = "",
    typist: str | None = None,
    hasher: PasswordHasher | None = None,
) -> AppUser | None:
    """The user whose password it is; None for everybody else. Wrong ones count where they come from, and lock that out in the end.

    `place`: whence it is typed. `typist`: the user in whose session that is; it is they who are locked out.
    """
    cost = hasher or default_hasher()
    nobodys(cost)
    nobody = tenant_id is None or not login.isprintable()  # what is no login is not asked for
    user, locked = None, None
    if tenant_id is not None and not nobody:
        user, locked = _try_counted(store, tenant_id, login, now, rules, place, typist)
    right = fits(cost, user.password if user else None, password)
    if tenant_id is None or user is None or not right:
        # What was typed for a login may be a password: it is named only when it is somebody's.
        log("signin.failed", tenant_id or 0, user.login if user else "", place=place)
        if locked is not None and tenant_id is not None:
            log("signin.lock", tenant_id, typist or login, place=place, until=locked.isoformat())
        if user is not None and typist is not None and typist != user.login:
            _told_later(store, user, f"{place} by {typist}", now)
        return None
    fresh = hashed(password, cost) if user.password and cost.check_needs_rehash(user.password) else user.password
    with store.write() as db:
        # The password may have been taken away while it was compared: then it proves nothing, and must not come back.
        still = db.exec(
            update(AppUser)
            .where(
                col(AppUser.tenant_id) == tenant_id,
                col(AppUser.login) == user.login,
                col(AppUser.password) == user.password,
            )
            .values(**({} if typist else {"failures": 0}), password=fresh)
        ).rowcount
        if still:
            tries.right(db, tenant_id, typist or user.login, place, now)
    user.password = fresh
    return user if still else None


def _try_counted(
    store: Store, tenant_id: int, login: str, now: datetime, rules: AuthorityRules, place: str, typist: str | None
) -> tuple[AppUser | None, datetime | None]:
    """The user with this try on the count, None when there is no such login or no try is left where it comes from; and until when that
    is so from now on."""
    login, blamed = login[:120], typist or login[:120]

    def counted() -> tuple[AppUser | None, datetime | None]:
        with store.write() as db:
            both = select(AppUser).where(AppUser.tenant_id == tenant_id, col(AppUser.login).in_({login, blamed}))
            locked = {u.login: u for u in db.exec(both.order_by(AppUser.login).with_for_update()).all()}
            user = locked.get(login)
            if user is None or not user.active:
                return None, None
            row = tries.counted(db, tenant_id, blamed, place, now, rules.sign_in)
            if row is None:
                log("signin.locked", tenant_id, blamed, place=place)
                return None, None
            if typist is None:
                user.failures += 1
                db.add(user)
            return user, row.locked_until

    return store.attempt(counted)


def _told_later(store: Store, user: AppUser, place: str, now: datetime) -> None:
    """Keeps for the owner of a password that a colleague typed a wrong one."""
    with store.write() as db:
        whose = select(AppUser).where(AppUser.tenant_id == user.tenant_id, AppUser.login == user.login)
        owner = db.exec(whose.with_for_update()).one()
        owner.failures += 1
        tries.noted(db, user.tenant_id, user.login, place, now)
        db.add(owner)


# ------------------------------------------------------------------------------------------------------------ signing in


def tenant_of(store: Store, wanted: str | int | None) -> int | None:
    """The tenant by its number or its name; without one the only one there is. None: no such tenant. Invalid: say which."""
    with store.read() as db:
        if wanted is None or wanted == "":
            numbers = db.exec(select(Tenant.tenant_id).limit(2)).all()
            if len(numbers) > 1:
                raise Invalid("signin.tenant", "This server keeps several books: say which one (tenant).", "tenant")
            return numbers[0] if numbers else None
        text = clean(str(wanted)).strip()
        if text.isascii() and text.isdecimal() and len(text) <= 18:
            return db.exec(select(Tenant.tenant_id).where(Tenant.tenant_id == int(text))).first()
        named = db.exec(select(Tenant.tenant_id).where(Tenant.name == text).limit(2)).all()
        return named[0] if len(named) == 1 else None


def sign_in(
    store: Store,
    tenant: str | int | None,
    login: str,
    password: str,
    now: datetime,
    rules: AuthorityRules,
    *,
    place: str = "",
    ids: Ids | None = None,
    hasher: PasswordHasher | None = None,
) -> NewToken:
    """A session for whoever has the password. SignedOut `signin.refused` for everybody else, whatever is wrong."""
    user = verified(store, tenant_of(store, tenant), login, password, now, rules, place=place, hasher=hasher)
    if user is None:
        raise _refused(rules)
    made, wrong = opened(store, user, now, rules, ids=ids), user.failures - 1
    if not wrong:
        return made
    with store.write() as db:
        return made.model_copy(update={"warning": tries.heard(db, user.tenant_id, user.login, place, wrong)})


def familiar(store: Store, tenant: str | int | None, login: str, place: str) -> bool:
    """Whether a login was opened from a place before."""
    tenant_id = tenant_of(store, tenant)
    with store.read() as db:
        return tenant_id is not None and login.isprintable() and tries.familiar(db, tenant_id, login, place)


def _refused(rules: AuthorityRules) -> SignedOut:
    return SignedOut(
        "signin.refused",
        "Login or password is wrong, or it was tried from here too often: "
        f"wait {rules.sign_in.lock_minutes} minutes or ask an administrator.",
        "password",
    )


def opened(store: Store, user: AppUser, now: datetime, rules: AuthorityRules, *, ids: Ids | None = None) -> NewToken:
    """A session of a user who has shown who they are, by password or through the site's OpenID provider."""
    try:
        made = mint(store, user.tenant_id, user.login, now, rules, ids=ids, shown=user)
    except NotFound:  # locked out, or given another password, at this very moment
        raise _refused(rules) from None
    log("signin.done", user.tenant_id, user.login, token=made.view.id)
    return made


def proof(
    store: Store,
    tenant_id: int,
    login: str,
    password: str | None,
    now: datetime,
    rules: AuthorityRules,
    *,
    typist: str,
    hasher: PasswordHasher | None = None,
) -> None:
    """Whether somebody who overrides is there in person. Forbidden `override.proof`; wrong ones count against the `typist`, in whose
    session they are typed, and never lock the one whose password it would be."""
    if (
        not password
        or verified(store, tenant_id, login, password, now, rules, place=PROOF, typist=typist, hasher=hasher) is None
    ):
        raise Forbidden(
            "override.proof",
            "Whoever overrides this must give their own password; it was missing or not right, or was tried here too often: wait "
            f"{rules.sign_in.lock_minutes} minutes.",
            "proof",
        )
    log("override.proved", tenant_id, login)


# --------------------------------------------------------------------------------------------------------------- tokens


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
