"""Signing in, and the tokens that say who asks.

A password is looked at when somebody signs in or overrides for somebody else, and never otherwise; argon2id at its library's
defaults. What travels afterwards is a token of 256 random bits, kept as its SHA-256 only:

    ct_<number of the tenant>_<43 characters>        the tenant says where to look; the digest covers the whole text

A try is counted before the password is compared, so that many at once get no more of them; the count is in the database, by the
place it comes from (`tries.py`). Every answer to a wrong login, a wrong password and a place that is locked out is the same, and
takes the same time.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from sqlalchemy import update
from sqlmodel import col, select

from collect_tui.common.ids import Ids
from collect_tui.common.text import clean
from collect_tui.desk.errors import Forbidden, Invalid, NotFound, SignedOut
from collect_tui.desk.views.access import NewToken
from collect_tui.policy.authority import AuthorityRules
from collect_tui.services import tries
from collect_tui.services.passwords import default_hasher, fits, hashed, nobodys
from collect_tui.services.tokens import log, mint
from collect_tui.store.engine import Store
from collect_tui.store.tables import AppUser, Tenant

if TYPE_CHECKING:
    from argon2 import PasswordHasher


#: Where a password is typed that is none of signing in, in words.
PROOF: Final = "an override"
OWN: Final = "changing it"


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
