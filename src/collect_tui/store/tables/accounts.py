"""Tenants, parties, contact points, accounts, services and open items."""

from __future__ import annotations

import secrets
from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint, event, text
from sqlmodel import Field, SQLModel

from collect_tui.domain.states import AccountState, ServiceState, Stage
from collect_tui.store.tables.base import STRICT, added, key, minor, ref, some, to


def _fresh_key() -> str:
    return secrets.token_hex(32)


def reversed_digits(normalized: str) -> str:
    """A telephone's digits from the last to the first; empty for an e-mail or an address."""
    return normalized[::-1] if normalized.isascii() and normalized.isdigit() else ""


def _column_reversed(context: Any) -> str:
    return reversed_digits(context.get_current_parameters()["normalized"])


def _word_reversed(context: Any) -> str:
    token: str = context.get_current_parameters()["token"]
    return token[::-1]


#: By its last four a number is found, with dashes or without; a longer end of it is looked for among these.
_TAIL = "substr(replace({0}, '-', ''), length(replace({0}, '-', '')) - 3)"


class Tenant(SQLModel, table=True):
    """One agency, company or client book. `business_date` rolls with the day run; `median_collectable` is last night's; `case_clocks` marks
    the hours, holidays and kinds by which the clocks of its cases were last worked out, `zones_by` what zones of work items were."""

    __table_args__ = (STRICT,)
    tenant_id: int = key()
    name: str
    business_date: date
    currency: str
    zone: str
    median_collectable: int = minor(0)
    audit_key: str = Field(
        default_factory=_fresh_key, sa_column_kwargs={"default": _fresh_key}
    )  # hex; HMAC key of the audit chain
    case_clocks: str = added("")
    zones_by: str = added("")


class Party(SQLModel, table=True):
    __table_args__ = (some("ix_party_company", where="kind <> 'person'"), STRICT)
    tenant_id: int = key()
    id: int = key()
    name: str
    kind: str = "person"  # person, org
    lang: str = "en"
    zone: str | None = None  # stated by the customer: replaces the candidate zones of the points
    support: str = added("")  # what it needs to be served well; a code of the site
    times: str = added("")  # when it wants to be called and when not, as it said


class NameToken(SQLModel, table=True):
    """A word of a party's name, case-folded and stripped of accents, for finding by any part of the name. `reversed` is the word from its
    end, for finding one that was misspelt at its beginning; left out on writing, it is filled in."""

    __tablename__ = "name_token"
    # The primary key finds words by their start; an index tells whether a party found has the other words too.
    __table_args__ = (
        to("party", "party_id"),
        Index("ix_token_party", "tenant_id", "party_id", "token"),
        Index("ix_token_reversed", "tenant_id", "reversed"),
        STRICT,
    )
    tenant_id: int = key()
    token: str = Field(primary_key=True)
    party_id: int = key()
    reversed: str = Field(default="", sa_column_kwargs={"default": _word_reversed, "server_default": ""})


class ContactPoint(SQLModel, table=True):
    """`normalized`: digits of a telephone in E.164 without plus, e-mail case-folded. `zones`: IANA names, comma-separated.

    `reversed` is `normalized` from its end, for finding a telephone by its last digits; empty for what is no telephone.
    Left out on writing, it is filled in.
    """

    __tablename__ = "contact_point"
    __table_args__ = (
        to("party", "party_id"),
        UniqueConstraint("tenant_id", "party_id", "normalized"),
        Index("ix_point_normalized", "tenant_id", "normalized"),
        Index("ix_point_reversed", "tenant_id", "reversed"),
        STRICT,
    )
    tenant_id: int = key()
    id: int = key()
    party_id: int = ref()
    kind: str
    value: str
    normalized: str
    reversed: str = Field(default="", sa_column_kwargs={"default": _column_reversed})
    ord: int = 1
    quality: str = "unknown"
    consent: str = "unknown"
    zones: str = ""
    consent_source: str = added("")  # how the consent was given or withdrawn, on `consent_on`
    consent_on: date | None = None


@event.listens_for(ContactPoint, "before_insert")
@event.listens_for(ContactPoint, "before_update")
def _fill_reversed(_mapper: Any, _connection: Any, point: ContactPoint) -> None:
    point.reversed = reversed_digits(point.normalized)


class Account(SQLModel, table=True):
    """What is decided about an account; what is derived from its rows stands in `account_summary`."""

    __table_args__ = (
        to("party", "party_id"),
        UniqueConstraint("tenant_id", "number"),
        # No orphans: an open account always has a next action with a date, or the transaction does not end.
        CheckConstraint(
            "status <> 'OPEN' OR (next_action_on IS NOT NULL AND next_action_code IS NOT NULL)", name="no_orphans"
        ),
        Index("ix_account_party", "tenant_id", "party_id"),
        Index("ix_account_bare", "tenant_id", text("replace(number, '-', '')")),  # found with or without dashes
        some("ix_account_owner", "owner", where="owner <> ''"),
        Index("ix_account_tail", "tenant_id", text(_TAIL.format("number"))),
        Index("ix_account_next", "tenant_id", "status", "next_action_on"),
        Index(  # who may advance, without the rows
            "ix_account_stage", "tenant_id", "stage", "status", "ladder_paused_by", "stage_on", "segment"
        ),
        some(  # holds nothing, so that counting orphans costs nothing
            "ix_account_orphan", "status", where="next_action_on IS NULL OR next_action_code IS NULL"
        ),
        STRICT,
    )
    tenant_id: int = key()
    id: int = key()
    number: str
    party_id: int = ref()
    segment: str = "default"
    billing_system: str = ""
    status: str = AccountState.OPEN  # OPEN, CLOSED
    stage: str = Stage.CURRENT
    stage_on: date | None = None  # business date the stage was reached: one stage per business day
    ladder_paused_by: str | None = None
    currency: str
    opened_on: date
    next_action_code: str | None = None
    next_action_on: date | None = None
    next_action_at: datetime | None = None
    version: int = 1
    changed_by: str = ""
    changed_at: datetime
    parked_code: str | None = None  # the next action that money put off
    parked_on: date | None = None
    parked_at: datetime | None = None
    parked_by: int | None = ref(null=True)
    parked_since: date | None = None
    credit_limit: int | None = Field(default=None, nullable=True, sa_type=BigInteger)  # minor units; NULL: none was set
    cash_only: bool = added(False)
    owner: str = added("")  # login of whose account it is; empty: nobody's


class AccountParty(SQLModel, table=True):
    """A party of an account beside its holder. `role`: a code of the site; `ord`: the place among them, from 1."""

    __tablename__ = "account_party"
    __table_args__ = (
        to("account", "account_id"),
        to("party", "party_id"),
        Index("ix_account_party_party", "tenant_id", "party_id"),
        STRICT,
    )
    tenant_id: int = key()
    account_id: int = key()
    party_id: int = key()
    role: str
    ord: int = 1


class AccountSummary(SQLModel, table=True):
    """Derived and rebuildable; written by `store/summary.py` only, for one account after an act and for many by the day run."""

    __tablename__ = "account_summary"
    __table_args__ = (
        to("account", "account_id"),
        Index("ix_summary_oldest", "tenant_id", "oldest_due"),
        Index("ix_summary_attempt", "tenant_id", "last_attempt_at"),
        some(  # the median in one seek
            "ix_summary_collectable", "collectable", where="collectable > 0"
        ),
        *(  # whom a flag of a queue's filter means
            some(f"ix_summary_{name}", where=f"{column} > 0")
            for name, column in (
                ("disputed", "disputed"),
                ("promised", "promised"),
                ("broken", "broken_12m"),
                ("returned", "returned_12m"),
            )
        ),
        STRICT,
    )
    tenant_id: int = key()
    account_id: int = key()
    total: int = minor(0)
    past_due: int = minor(0)
    disputed: int = minor(0)
    collectable: int = minor(0)
    promised: int = minor(0)  # outstanding on open instalments
    unapplied: int = minor(0)
    oldest_due: date | None = None
    bucket: str = "current"
    kept_12m: int = 0
    broken_12m: int = 0
    returned_12m: int = 0
    last_payment_on: date | None = None
    last_attempt_at: datetime | None = None
    last_rpc_at: datetime | None = None
    attempts: int = 0  # counted calls, ever
    rpcs: int = 0
    credits: int = added(0)  # left of credits, above nothing


class Service(SQLModel, table=True):
    __table_args__ = (
        to("account", "account_id"),
        Index("ix_service_account", "tenant_id", "account_id"),
        some("ix_service_cause", "suspend_cause", where="suspend_cause IS NOT NULL"),
        Index("ix_service_bare", "tenant_id", text("replace(identifier, '-', '')")),
        Index("ix_service_product", "tenant_id", text("lower(product)"), "account_id"),
        Index("ix_service_tail", "tenant_id", text(_TAIL.format("identifier"))),
        STRICT,
    )
    tenant_id: int = key()
    id: int = key()
    account_id: int = ref()
    product: str
    billing_system: str
    identifier: str
    status: str = ServiceState.ACTIVE
    suspend_cause: str | None = None
    monthly: int = minor(0)
    life_support: bool = False


class Item(SQLModel, table=True):
    """An open item. `open` is kept by the store as amount less live allocations; a test rebuilds and compares it."""

    __table_args__ = (
        to("account", "account_id"),
        UniqueConstraint("tenant_id", "doc_no", "account_id"),  # found by the number alone, too
        Index(
            "ix_item_account", "tenant_id", "account_id", "due", "open", "disputed"
        ),  # ages an account without its rows
        Index(  # what comes due, without its rows
            "ix_item_due", "tenant_id", "due", "kind", "account_id", "open", "disputed"
        ),
        some("ix_item_credit", "account_id", where="open < 0"),
        STRICT,
    )
    tenant_id: int = key()
    id: int = key()
    account_id: int = ref()
    service_id: int | None = ref(null=True)
    doc_no: str
    kind: str = "invoice"
    issued: date
    due: date
    amount: int = minor()
    open: int = minor()
    disputed: int = minor(0)
    source: str = ""  # import batch that brought it
    level: str = added("")  # stage it was dunned to when the account was cured
