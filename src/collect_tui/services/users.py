"""The users of a tenant: who may sit down at the desk, in what role. Whoever calls has looked whether they may."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func
from sqlmodel import Session as Db
from sqlmodel import col, select

from collect_tui.common.text import clean
from collect_tui.desk.errors import Invalid, NotFound, Refused, SignedOut
from collect_tui.desk.views.access import UserView
from collect_tui.policy.authority import AuthorityRules
from collect_tui.services import passwords, tokens, tries
from collect_tui.store.engine import Store
from collect_tui.store.tables import AccessToken, AppUser

if TYPE_CHECKING:
    from argon2 import PasswordHasher

LONGEST_LOGIN: Final = 64
LONGEST_NAME: Final = 120
LONGEST_SUBJECT: Final = 255


def users(store: Store, tenant_id: int, now: datetime) -> tuple[UserView, ...]:
    """Everybody, by login; those who were locked out by hand too."""
    with store.read() as db:
        rows = db.exec(select(AppUser).where(AppUser.tenant_id == tenant_id).order_by(AppUser.login)).all()
        counted = db.exec(
            select(AccessToken.login, func.count())
            .where(
                AccessToken.tenant_id == tenant_id,
                col(AccessToken.revoked_at).is_(None),
                AccessToken.expires_at > now,
            )
            .group_by(AccessToken.login)
        ).all()
        locked = tries.locks(db, tenant_id, now)
    valid = dict(counted)
    return tuple(_view(row, valid.get(row.login, 0), locked.get(row.login)) for row in rows)


def of_provider(store: Store, tenant_id: int, claim: str, claims: Mapping[str, Any]) -> AppUser:
    """The user that an ID token speaks of, by the claim that says who somebody is: `sub`, or one that is a login.

    SignedOut `oidc.no_user`: nobody of this desk, or nobody any more.
    """
    name = claims.get(claim)
    known = isinstance(name, str) and 0 < len(name) <= LONGEST_SUBJECT and name.isprintable()
    if claim == "email" and claims.get("email_verified") is not True:
        known = False  # anybody may give themselves an address that nobody checked
    user = None
    if known:
        column = col(AppUser.subject if claim == "sub" else AppUser.login)
        with store.read() as db:
            user = db.exec(select(AppUser).where(AppUser.tenant_id == tenant_id, column == name)).first()
    if user is None or not user.active:
        tokens.log("signin.failed", tenant_id, user.login if user else "", way="oidc")
        raise SignedOut(
            "oidc.no_user", "The provider knows you, but this desk has no user for you; ask an administrator."
        )
    return user


def add(
    store: Store,
    tenant_id: int,
    login: str,
    rules: AuthorityRules,
    *,
    name: str = "",
    role: str = "collector",
    desk: str = "",
    subject: str | None = None,
    password: str | None = None,
) -> UserView:
    """A new user, with a password or without. Asked again in the same words it is the same user, who was made then.

    Invalid: a malformed login, a password that is none, or no such role; Refused: the login is taken.
    """
    if not login.isprintable() or login != login.strip() or not 0 < len(login) <= LONGEST_LOGIN:
        raise Invalid("user.malformed", f"A user's login is 1 to {LONGEST_LOGIN} printable characters.", "login")

    if password is not None:
        check_password(login, password, rules)
    made = passwords.hashed(password) if password is not None else None

    def added() -> UserView:
        with store.write() as db:
            row = AppUser(tenant_id=tenant_id, login=login, name=name or login, password=made)
            if (known := db.get(AppUser, (tenant_id, login))) is not None:
                _fill(db, row, rules, name=name or login, role=role, desk=desk, subject=subject)
                if not _same(known, row, password):
                    raise Refused("user.exists", f"There is a user {login!r} already.", "login")
                return _view(known, 0)
            _fill(db, row, rules, name=name or login, role=role, desk=desk, subject=subject)
            db.add(row)
            return _view(row, 0)

    view = store.attempt(added)  # where two add them at once, the second finds them there
    tokens.log("user.added", tenant_id, login, role=role)
    return view


def _same(known: AppUser, row: AppUser, password: str | None) -> bool:
    """Whether the user who is there is the one who is asked for: this was done before, and nobody heard of it."""
    alike = all(getattr(known, name) == getattr(row, name) for name in ("name", "role", "desk", "subject"))
    if not alike or not known.active or password is None or known.password is None:
        return alike and known.active and password is None and known.password is None
    return passwords.fits(passwords.default_hasher(), known.password, password)


def change(
    store: Store,
    tenant_id: int,
    login: str,
    rules: AuthorityRules,
    now: datetime,
    *,
    name: str | None = None,
    role: str | None = None,
    desk: str | None = None,
    subject: str | None = None,
    active: bool | None = None,
) -> UserView:
    """What is given; the rest stays. A role holds from the next request on; who is made inactive is signed out everywhere.

    Refused `user.last_admin`: nobody would be left who may manage users.
    """

    def changed() -> UserView:
        with store.write() as db:
            if role is not None or active is not None:
                _together(db, tenant_id)
            row = _user(db, tenant_id, login)
            before = row.role, row.active
            _fill(db, row, rules, name=name, role=role, desk=desk, subject=subject)
            if active is not None:
                row.active = active
                if active:
                    row.failures = 0
                    tries.forgiven(db, tenant_id, login)
            if before != (row.role, row.active):
                _keep_an_admin(db, row, before, rules)
            db.add(row)
            return _view(row, 0)

    view = store.attempt(changed)
    if active is False:
        tokens.revoke(store, tenant_id, login, now)
    tokens.log("user.changed", tenant_id, login, role=view.role, active=view.active)
    return view


def unlock(store: Store, tenant_id: int, login: str, rules: AuthorityRules, now: datetime) -> UserView:
    """Takes away a lock, whether wrong passwords or an administrator put it there."""
    return change(store, tenant_id, login, rules, now, active=True)


def remove(store: Store, tenant_id: int, login: str, rules: AuthorityRules, now: datetime) -> None:
    """Takes the user's password and subject, and every token; the name stays, for what they did stands under it."""
    change(store, tenant_id, login, rules, now, active=False)
    with store.write() as db:
        row = _user(db, tenant_id, login)
        row.password = row.subject = None
        db.add(row)


def set_password(
    store: Store,
    tenant_id: int,
    login: str,
    password: str,
    rules: AuthorityRules,
    now: datetime,
    *,
    hasher: PasswordHasher | None = None,
) -> None:
    """Sets a password and ends all sessions. Invalid as `check_password` says."""
    check_password(login, password, rules)
    made = passwords.hashed(password, hasher)
    with store.write() as db:
        row = _user(db, tenant_id, login)
        row.password, row.failures = made, 0
        tries.forgiven(db, tenant_id, login)
        db.add(row)
    tokens.revoke(store, tenant_id, login, now)
    tokens.log("user.password", tenant_id, login)


def check_password(login: str, password: str, rules: AuthorityRules) -> None:
    """Invalid when a password is too short, too long, no text, or made of the login."""
    least = rules.sign_in.password_length
    if not least <= len(password) <= passwords.LONGEST:
        raise Invalid("user.password", f"A password has {least} to {passwords.LONGEST} characters.", "password")
    if login.casefold() in password.casefold() and len(password) < len(login) + least:
        raise Invalid("user.password", "A password must not be made of the login.", "password")
    if any("\ud800" <= c <= "\udfff" for c in password):
        raise Invalid("user.password", "The password holds characters that are no text.", "password")


def user(store: Store, tenant_id: int, login: str) -> UserView:
    """One user. NotFound when there is none."""
    with store.read() as db:
        return _view(_user(db, tenant_id, login, lock=False), 0)


def _user(db: Db, tenant_id: int, login: str, *, lock: bool = True) -> AppUser:
    query = select(AppUser).where(AppUser.tenant_id == tenant_id, AppUser.login == login)
    row = db.exec(query.with_for_update() if lock else query).first()
    if row is None:
        raise NotFound("user.not_found", f"There is no user {clean(login[:LONGEST_LOGIN])!r}.", "login")
    return row


def _together(db: Db, tenant_id: int) -> None:
    """Locks all users of the tenant, in one order: two administrators must not take the right from each other at once."""
    every = select(AppUser.login).where(AppUser.tenant_id == tenant_id).order_by(AppUser.login)
    db.exec(every.with_for_update()).all()


def _fill(
    db: Db,
    row: AppUser,
    rules: AuthorityRules,
    *,
    name: str | None,
    role: str | None,
    desk: str | None,
    subject: str | None,
) -> None:
    if role is not None:
        if role not in rules.roles:
            raise Invalid(
                "user.role", f"There is no role {clean(role[:40])!r}; one of {', '.join(rules.roles)}.", "role"
            )
        row.role = role
    if name is not None:
        row.name = clean(name)[:LONGEST_NAME]
    if desk is not None:
        row.desk = clean(desk)[:LONGEST_NAME]
    if subject is not None:
        subject = clean(subject)[:LONGEST_SUBJECT]
        taken = select(AppUser.login).where(
            AppUser.tenant_id == row.tenant_id, AppUser.subject == subject, AppUser.login != row.login
        )
        with db.no_autoflush:
            if subject and (other := db.exec(taken).first()):
                raise Refused("user.subject", f"{other} is that person to the provider already.", "subject")
        row.subject = subject or None


def _keep_an_admin(db: Db, row: AppUser, before: tuple[str, bool], rules: AuthorityRules) -> None:
    def manages(role: str, active: bool) -> bool:
        return active and rules.of(role).allows("user.manage")

    if not manages(*before) or manages(row.role, row.active):
        return
    with db.no_autoflush:
        others = db.exec(
            select(AppUser.role).where(
                AppUser.tenant_id == row.tenant_id, col(AppUser.active).is_(True), AppUser.login != row.login
            )
        ).all()
    if not any(manages(role, True) for role in others):
        raise Refused("user.last_admin", "Nobody else may manage users; make another administrator first.", "login")


def _view(row: AppUser, valid: int, locked: datetime | None = None) -> UserView:
    return UserView.made_of(row, password=row.password is not None, locked_until=locked, sessions=valid)
