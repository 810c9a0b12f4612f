"""Whose a token is, which every request asks; and whether it is still good, which long streams ask from time to time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import BigInteger, and_, bindparam, select, true
from sqlalchemy.orm import Session

from collect_tui.store.sql import table, tenant
from collect_tui.store.tables import AccessToken, AppUser

_t, _u = table(AccessToken).c, table(AppUser).c
# Built once: no statement is asked more often.
_BEARER: Final = (
    select(_t.id, _t.login, _t.kind, _t.scopes, _t.used_at, _t.idle_minutes, _t.expires_at, _t.revoked_at)
    .add_columns(_u.role, _u.active)
    .select_from(table(AccessToken).join(table(AppUser), and_(_u.tenant_id == tenant(), _u.login == _t.login)))
    .where(_t.tenant_id == tenant(), _t.digest == bindparam("digest"))
)


def bearer(session: Session, tenant_id: int, digest: str) -> Any:
    """A token by its digest, with the role of its user and whether they still work here; None: not known."""
    return session.connection().execute(_BEARER, {"tenant": tenant_id, "digest": digest}).one_or_none()


def alive(session: Session, tenant_id: int, token_ids: Iterable[int], now: datetime) -> dict[int, tuple[str, str]]:
    """Of these tokens the ones that are valid now, each with its user's role and its scopes. Asking is no use of a token: a
    session that rests runs out although a stream is open."""
    t, u = table(AccessToken).c, table(AppUser).c
    query = (
        select(t.id, t.used_at, t.idle_minutes, t.scopes, u.role)
        .select_from(table(AccessToken).join(table(AppUser), and_(u.tenant_id == tenant_id, u.login == t.login)))
        .where(
            t.tenant_id == tenant_id,
            t.id.in_(bindparam("tokens", expanding=True, type_=BigInteger)),
            t.revoked_at.is_(None),
            t.expires_at > now,
            u.active == true(),
        )
    )
    return {
        row.id: (row.role, row.scopes)
        for row in session.execute(query, {"tokens": list(token_ids)})
        if row.idle_minutes is None or now - row.used_at <= timedelta(minutes=row.idle_minutes)
    }
