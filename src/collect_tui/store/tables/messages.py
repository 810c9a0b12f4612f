"""Messages, out and in, and the items that they are about."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from collect_tui.store.tables.base import STRICT, key, minor, ref, some, to


class Message(SQLModel, table=True):
    """One message. `level`: it is a notice. `text` as it was rendered, `document` the same with its headings and tables (JSON);
    both empty while it is a draft. `blocked`: why a draft cannot be released, by its code. `lifted`: the state it had when it was
    cancelled as nothing of what it is about was owed any more. `served_on`: the business date from which
    it counts as served; NULL: it does not. `reference`: the far end's own; `tried_at`: it was handed over, and nobody knows yet
    whether it left. `answers`: the message that this one answers. A message that came in from nobody known has no
    account; its `detail` says what it seems to say, by codes of results with blanks between them, or `stop`, `start`. Nor has a
    digest for somebody of the firm: its `thread` names which one and for whom, `suspensions/south`."""

    __table_args__ = (
        to("account", "account_id"),
        UniqueConstraint("tenant_id", "channel", "reference"),
        Index("ix_message_account", "tenant_id", "account_id", "made_at"),
        Index("ix_message_state", "tenant_id", "account_id", "status"),
        Index("ix_message_made", "tenant_id", "account_id", "made_on"),
        some("ix_message_notice", "account_id", "inbound", where="level <> '' OR lifted IS NOT NULL"),
        Index("ix_message_status", "tenant_id", "status", "channel"),
        Index("ix_message_served", "tenant_id", "served_on"),
        some("ix_message_thread", "channel", "thread", where="thread <> ''"),
        STRICT,
    )
    tenant_id: int = key()
    id: int = key()
    account_id: int | None = ref(null=True)
    service_id: int | None = ref(null=True)
    point_id: int | None = ref(null=True)
    inbound: bool = False
    channel: str
    status: str
    level: str = ""
    template: str = ""
    version: str = ""
    lang: str = ""
    address: str = ""
    subject: str = ""
    text: str = ""
    document: str = ""
    blocked: str = ""
    made_on: date
    made_at: datetime
    made_by: str = ""
    released_at: datetime | None = None
    released_by: str | None = None
    tried_at: datetime | None = None
    tries: int = minor(0)
    sent_on: date | None = None
    sent_at: datetime | None = None
    served_on: date | None = None
    closed_at: datetime | None = None
    reference: str | None = None
    thread: str = ""
    answers: int | None = ref(null=True)
    automatic: bool = False
    cost: int | None = ref(null=True)
    detail: str = ""
    lifted: str | None = None
    offered: int | None = ref(null=True)
    offer_until: date | None = None


class MessageItem(SQLModel, table=True):
    """An item that a message is about, and what was asked for on it."""

    __tablename__ = "message_item"
    __table_args__ = (
        to("message", "message_id"),
        to("item", "item_id"),
        Index("ix_message_item", "tenant_id", "item_id"),
        STRICT,
    )
    tenant_id: int = key()
    message_id: int = key()
    item_id: int = key()
    amount: int = minor()


class DigestOrder(SQLModel, table=True):
    """An order that a digest told a contact of the firm's own of. `object_by`: until when they may object."""

    __tablename__ = "digest_order"
    __table_args__ = (
        to("message", "message_id"),
        to("account", "account_id"),
        to("service_order", "order_id"),
        Index("ix_digest_order_message", "tenant_id", "message_id"),
        Index("ix_digest_order_effective", "tenant_id", "effective"),
        Index("ix_digest_order_account", "tenant_id", "account_id", "told_at"),
        STRICT,
    )
    tenant_id: int = key()
    id: int = key()
    message_id: int = ref()
    order_id: int = ref()
    account_id: int = ref()
    contact: str
    effective: date
    object_by: date
    told_at: datetime


class MessageChannel(SQLModel, table=True):
    """How the far end of a channel does: `failures` in a row, and until when nothing is handed to it; `why` in its words."""

    __tablename__ = "message_channel"
    __table_args__ = (STRICT,)
    tenant_id: int = key()
    channel: str = Field(primary_key=True)
    failures: int = 0
    until: datetime | None = None
    why: str = ""
