"""Contacts, notes, callbacks, promises, holds, orders and payments."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import SQLModel

from collect_tui.domain.states import CallbackState, HoldState, InstalmentState
from collect_tui.store.tables.base import STRICT, added, key, minor, ref, some, to


class ContactEvent(SQLModel, table=True):
    """The contact log: append-only. `supersedes` names an event that this one takes back."""

    __tablename__ = "contact_event"
    __table_args__ = (
        to("account", "account_id"),
        Index("ix_event_account", "tenant_id", "account_id", "at"),
        Index("ix_event_by", "tenant_id", "by", "at"),
        some("ix_event_supersedes", "supersedes", where="supersedes IS NOT NULL"),
        STRICT,
    )
    tenant_id: int = key()
    id: int = key()
    account_id: int = ref()
    point_id: int | None = ref(null=True)
    at: datetime
    by: str
    action: str
    result: str
    outbound: bool
    counted: bool
    worked: bool
    contact: bool
    right_party: bool
    reason: str | None = None
    note: str = ""
    typed: str = ""
    supersedes: int | None = ref(null=True)
    offered: int | None = ref(null=True)  # minor units
    offered_on: date | None = None  # business date
    offer_until: date | None = None
    verified: bool = added(False)  # the customer had been verified
    talk_s: int | None = None  # seconds since the account was taken, where whoever logged it still had it


class Note(SQLModel, table=True):
    """Append-only but for `pinned`."""

    __table_args__ = (to("account", "account_id"), Index("ix_note_account", "tenant_id", "account_id", "at"), STRICT)
    tenant_id: int = key()
    id: int = key()
    account_id: int = ref()
    at: datetime
    by: str
    text: str
    typed: str = ""
    pinned: bool = False


class Callback(SQLModel, table=True):
    __table_args__ = (
        to("account", "account_id"),
        Index("ix_callback_account", "tenant_id", "account_id"),
        Index("ix_callback_at", "tenant_id", "status", "at"),
        STRICT,
    )
    tenant_id: int = key()
    id: int = key()
    account_id: int = ref()
    point_id: int | None = ref(null=True)
    at: datetime
    owner: str | None = None
    status: str = CallbackState.SCHEDULED
    note: str = ""
    made_by: str = ""


class Promise(SQLModel, table=True):
    __table_args__ = (
        to("account", "account_id"),
        Index("ix_promise_account", "tenant_id", "account_id"),
        Index("ix_promise_status", "tenant_id", "status"),
        Index("ix_promise_closed", "tenant_id", "closed_on"),
        Index("ix_promise_by", "tenant_id", "made_by", "made_at"),
        STRICT,
    )
    tenant_id: int = key()
    id: int = key()
    account_id: int = ref()
    kind: str
    status: str
    total: int = minor()
    made_on: date
    made_by: str
    made_at: datetime
    grace_days: int
    method: str | None = None
    override_by: str | None = None
    override_reason: str | None = None
    supersedes: int | None = ref(null=True)
    closed_reason: str | None = None
    closed_on: date | None = None
    closed_at: datetime | None = None
    closed_by: str | None = None
    ladder_step: str | None = None
    note: str = ""
    grace_unit: str = added("days")  # days, business
    settles: int = added(0)  # of a settlement: all that was owed
    confirm_by: date | None = None
    confirmed_on: date | None = None


class Instalment(SQLModel, table=True):
    __table_args__ = (to("promise", "promise_id"), Index("ix_instalment_due", "tenant_id", "status", "due"), STRICT)
    tenant_id: int = key()
    promise_id: int = key()
    seq: int = key()
    due: date
    amount: int = minor()
    paid: int = minor(0)
    status: str = InstalmentState.OPEN


class Hold(SQLModel, table=True):
    __table_args__ = (
        to("account", "account_id"),
        Index("ix_hold_account", "tenant_id", "account_id"),
        Index("ix_hold_until", "tenant_id", "status", "until"),
        Index("ix_hold_kind", "tenant_id", "status", "kind", "account_id"),
        STRICT,
    )
    tenant_id: int = key()
    id: int = key()
    account_id: int = ref()
    kind: str
    scope: str = "account"
    target_id: int | None = ref(null=True)
    placed_on: date
    placed_at: datetime | None = None
    placed_by: str
    until: date | None = None
    reason: str = ""
    status: str = HoldState.ACTIVE
    closed_reason: str | None = None
    closed_at: datetime | None = None
    closed_by: str | None = None


class ServiceOrder(SQLModel, table=True):
    __tablename__ = "service_order"
    __table_args__ = (
        to("account", "account_id"),
        to("service", "service_id"),
        UniqueConstraint("tenant_id", "number"),
        Index("ix_order_account", "tenant_id", "account_id"),
        Index("ix_order_status", "tenant_id", "status"),
        STRICT,
    )
    tenant_id: int = key()
    id: int = key()
    account_id: int = ref()
    service_id: int = ref()
    number: str
    kind: str
    reason: str
    effective: date
    status: str
    requested_on: date
    requested_at: datetime | None = None
    requested_by: str
    sent_at: datetime | None = None
    answered_at: datetime | None = None
    closed_at: datetime | None = None
    closed_by: str | None = None
    reversal_of: int | None = ref(null=True)
    detail: str = ""
    override_by: str | None = None
    lifted: bool = added(False)  # cancelled because it was paid; stands again when that money is taken back
    extended: int = added(0)  # days by which it was put off
    target: str = added("")  # of a downgrade: the product that the service becomes
    monthly: int = added(0)  # and what it costs a month
    undone: bool = added(False)  # cancelled as the act that asked for it was undone


class Payment(SQLModel, table=True):
    __table_args__ = (
        to("account", "account_id"),
        Index("ix_payment_account", "tenant_id", "account_id"),
        Index("ix_payment_ref", "tenant_id", "ref"),
        Index("ix_payment_status", "tenant_id", "status", "returned_on"),
        STRICT,
    )
    tenant_id: int = key()
    id: int = key()
    account_id: int = ref()
    ref: str
    received_on: date
    method: str
    amount: int = minor()
    status: str
    returned_reason: str | None = None
    returned_on: date | None = None
    returned_at: datetime | None = None
    returned_by: str | None = None
    recorded_by: str = ""
    recorded_at: datetime
    returned: int = added(0)  # the part that the bank took back; all of it is the status RETURNED
    source: str = added("")  # import batch that brought it


class Allocation(SQLModel, table=True):
    """Append-only: a reversal stamps `reversed_at`. Sum of live allocations + unapplied = payment."""

    __table_args__ = (
        to("payment", "payment_id"),
        to("item", "item_id"),
        Index("ix_allocation_payment", "tenant_id", "payment_id", "amount", "reversed_at"),
        Index("ix_allocation_item", "tenant_id", "item_id"),
        STRICT,
    )
    tenant_id: int = key()
    id: int = key()
    payment_id: int = ref()
    item_id: int = ref()
    amount: int = minor()
    at: datetime
    reversed_at: datetime | None = None
    directed: bool = added(False)  # somebody said so; what was spread by rule may be spread anew


class CreditApplication(SQLModel, table=True):
    """A part of a credit set against an item. Append-only: a reversal stamps `reversed_at`."""

    __tablename__ = "credit_application"
    __table_args__ = (
        to("account", "account_id"),
        to("item", "credit_id"),
        to("item", "item_id"),
        Index("ix_application_account", "tenant_id", "account_id", "at"),
        STRICT,
    )
    tenant_id: int = key()
    id: int = key()
    account_id: int = ref()
    credit_id: int = ref()
    item_id: int = ref()
    amount: int = minor()
    at: datetime
    reversed_at: datetime | None = None
    directed: bool = False
