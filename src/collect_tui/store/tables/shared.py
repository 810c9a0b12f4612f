"""What a desk shared by many keeps besides: credentials, tokens, events on their way out, and the seals of the audit."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from collect_tui.store.tables.base import STRICT, key, ref, some, to


class AccessToken(SQLModel, table=True):
    """A bearer's token, by the SHA-256 of its text; the text itself is kept nowhere.

    `kind`: session (made by signing in), personal (made by its owner for a script). `scopes`: permissions separated by
    spaces, empty for all that the role may. `idle_minutes`: how long it may rest; None for ever.
    """

    __tablename__ = "access_token"
    __table_args__ = (
        UniqueConstraint("tenant_id", "id"),
        Index("ix_token_login", "tenant_id", "login", "id"),
        STRICT,
    )
    tenant_id: int = key()
    digest: str = Field(primary_key=True)
    id: int = ref()
    login: str
    kind: str
    name: str = ""
    scopes: str = ""
    created_at: datetime
    used_at: datetime
    idle_minutes: int | None = None
    expires_at: datetime
    revoked_at: datetime | None = None


class SignInTry(SQLModel, table=True):
    """Wrong passwords for one login from one place. `since`: the first that its owner has not heard of; `good_at`: when it was last
    opened from there, None for a strange place."""

    __tablename__ = "sign_in_try"
    __table_args__ = (STRICT,)
    tenant_id: int = key()
    login: str = Field(primary_key=True)
    place: str = Field(primary_key=True)
    failures: int = 0
    since: datetime | None = None
    last_at: datetime
    locked_until: datetime | None = None
    good_at: datetime | None = None


class Outbox(SQLModel, table=True):
    """An event, written in the transaction that made it. The relay numbers it (`position`, one row after another within the
    tenant) once it is committed, so that a reader who remembers a position never misses one."""

    __table_args__ = (
        some("ix_outbox_new", "id", where="position IS NULL"),
        UniqueConstraint("tenant_id", "position"),
        STRICT,
    )
    tenant_id: int = key()
    id: int = key()
    at: datetime
    kind: str
    account_id: int | None = ref(null=True)
    by: str = ""
    payload: str  # JSON without personal data
    position: int | None = ref(null=True)


class OutboxHead(SQLModel, table=True):
    """The last position given out; the row that relays of several servers lock."""

    __tablename__ = "outbox_head"
    __table_args__ = (STRICT,)
    tenant_id: int = key()
    position: int = ref()


class Webhook(SQLModel, table=True):
    """Another system that is told of events, in their order. `kinds`: separated by spaces, empty for all."""

    __table_args__ = (STRICT,)
    tenant_id: int = key()
    id: int = key()
    url: str
    secret: str
    kinds: str = ""
    position: int = ref()
    failures: int = 0
    next_try_at: datetime | None = None
    last_error: str = ""
    active: bool = True
    created_by: str
    created_at: datetime


class AuditHead(SQLModel, table=True):
    """The last entry of an account's chain."""

    __tablename__ = "audit_head"
    __table_args__ = (to("account", "account_id"), STRICT)
    tenant_id: int = key()
    account_id: int = key()
    seq: int = ref()
    hash: str
    sealed: bool = False


class AuditSeal(SQLModel, table=True):
    """Append-only: one seal over all heads that moved since the seal before, itself chained."""

    __tablename__ = "audit_seal"
    __table_args__ = (STRICT,)
    tenant_id: int = key()
    seq: int = key()
    business_date: date
    at: datetime
    by: str
    heads: int
    digest: str  # of the heads under this seal
    prev: str
    hash: str


class SealedHead(SQLModel, table=True):
    """Append-only: a head as it stood under a seal."""

    __tablename__ = "sealed_head"
    __table_args__ = (
        to("account", "account_id"),
        Index("ix_sealed_seal", "tenant_id", "seal", "account_id"),
        STRICT,
    )
    tenant_id: int = key()
    account_id: int = key()
    seal: int = key()
    seq: int = ref()
    hash: str
