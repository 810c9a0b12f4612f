"""What the desk itself keeps: work items, figures of queues, users, acts, audit, day runs and imports."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Index, true
from sqlmodel import Field, SQLModel

from collect_tui.store.tables.base import STRICT, added, key, minor, ref, some, to


def _queued(name: str, *columns: str) -> Index:
    """An index of a queue, in this order."""
    return some(name, "queue", *columns, "number", where="queue <> ''")


class WorkItem(SQLModel, table=True):
    """Where an open account stands in the queues: one narrow row each. `queue` empty: in none now.

    `reasons` is a bit mask over the queue rules in their order; `t_*` are the terms of `score` (points). `sort_*` copy what the
    order needs, so that a queue is read from one index: skipped, tier, timed_at, score and amount descending, dpd descending, number.
    Bit i is the i-th queue rule by tier. `oldest_due` is 9999-12-31 when nothing is past due, never NULL once scored.
    """

    __tablename__ = "work_item"
    __table_args__ = (
        to("account", "account_id"),
        _queued("ix_work_order", "skipped", "sort_timed", "sort_score", "oldest_due"),
        some(
            "ix_work_free",
            "skipped",
            "tier",
            "sort_timed",
            "sort_score",
            "oldest_due",
            "number",
            where="claimed = false AND queue <> ''",
        ),
        some("ix_work_timed", "queue", "sort_timed", where="sort_timed <> ''"),
        # the best of each kind in one seek
        _queued("ix_work_kind", "zone", "products", "skipped", "sort_timed", "sort_score", "oldest_due"),
        _queued("ix_work_amount", "collectable"),
        _queued("ix_work_age", "oldest_due"),  # its oldest in one seek, too
        _queued("ix_work_score", "score"),
        _queued("ix_work_number"),
        some("ix_work_snoozes", "queue", "snoozes", where="snoozes > 0"),
        some("ix_work_holder", "claimed_by", where="claimed = true"),
        some("ix_work_lease", "lease_until", where="claimed = true"),
        some("ix_work_snoozed", "snooze_until", where="snooze_until IS NOT NULL"),
        STRICT,
    )
    tenant_id: int = key()
    account_id: int = key()
    number: str
    queue: str = ""
    tier: int = 0
    reasons: int = 0
    score: int = 0
    sort_score: int = minor(0)  # `priority.rank`: every column of the order then ascends
    sort_timed: str = ""  # ISO instant of a timed action, '' when it is not timed
    skipped: int = 0  # how often skipped since the last day run
    oldest_due: date | None = None
    collectable: int = minor(0)
    currency: str = ""
    t_money: int = 0
    t_roll: int = 0
    t_rpc: int = 0
    t_kept: int = 0
    t_risk: int = 0
    t_stale: int = 0
    t_linked: int = 0
    snooze_until: date | None = None
    snoozes: int = 0
    snooze_reason: str = ""
    claimed: bool = False
    claimed_by: str | None = None
    claimed_at: datetime | None = None  # when `next` handed it to its holder; None when it was taken by choice
    lease_until: datetime | None = None
    fence: int = 0
    claim_key: str | None = None  # what `next` was asked with: asked again with it, it says the same
    verified_by: str = added("")  # who verified the customer last, when, and under which fence
    verified_at: datetime | None = None
    verified_fence: int = added(0)
    zone: str = added("")  # of the number that is called first, as `store/work_kinds.py` works it out; '': not yet
    products: str = added("")  # `int tv`


class QueueDelta(SQLModel, table=True):
    """Changes of a queue's figures, summed on reading and folded into one row by the day run: no row that all agents lock."""

    __tablename__ = "queue_delta"
    __table_args__ = (Index("ix_delta_queue", "tenant_id", "queue", "currency", "n", "collectable"), STRICT)
    tenant_id: int = key()
    id: int = key()
    queue: str
    currency: str
    n: int
    collectable: int = minor()


class AppUser(SQLModel, table=True):
    """Who may sit down at the desk. `password`: an argon2id hash; None when they cannot sign in with one. `subject`: who they
    are to the site's OpenID provider. `failures`: wrong passwords since the last right one, wherever they came from; what locks
    whom out stands in `sign_in_try`, and `locked_until` is of databases of before."""

    __tablename__ = "app_user"
    __table_args__ = (
        some("ix_user_subject", "subject", where="subject IS NOT NULL", unique=True),
        STRICT,
    )
    tenant_id: int = key()
    login: str = Field(primary_key=True)
    name: str
    role: str = "collector"  # a role of defaults/authority.toml
    desk: str = ""
    active: bool = Field(default=True, sa_column_kwargs={"server_default": true()})
    password: str | None = None
    subject: str | None = None
    failures: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    locked_until: datetime | None = None


class ActLog(SQLModel, table=True):
    """Every act once, by its client-made id: the answer to a retry, the agent's history, the ground for undo."""

    __tablename__ = "act_log"
    __table_args__ = (
        to("account", "account_id"),
        Index("ix_act_account", "tenant_id", "account_id", "id"),
        Index("ix_act_user", "tenant_id", "by", "id"),
        STRICT,
    )
    tenant_id: int = key()
    act_id: str = Field(primary_key=True)  # UUID in text
    id: int = ref()  # time-ordered
    account_id: int = ref()
    by: str
    at: datetime
    # HMAC of the act under the tenant's key: the same id with another content is refused. Without a key a number that the act
    # names, and that is masked elsewhere, could be tried out. Empty: done before there was a key, known by its id alone.
    fingerprint: str
    version: int  # of the account after the act
    effects: str  # JSON
    receipt: str  # JSON
    undone_by: str | None = None


class Audit(SQLModel, table=True):
    """Append-only evidence, chained by HMAC per account: the command as given, the verdict, the effects; refusals too."""

    __table_args__ = (to("account", "account_id"), STRICT)
    tenant_id: int = key()
    account_id: int = key()
    seq: int = key()
    at: datetime
    by: str
    act_id: str
    line: str
    commands: str  # JSON
    verdict: str  # JSON
    effects: str  # JSON
    outcome: str  # done, refused, day
    prev: str
    hash: str


class BatchStep(SQLModel, table=True):
    """One step of the day run, recorded in the transaction that did it."""

    __tablename__ = "batch_step"
    __table_args__ = (STRICT,)
    tenant_id: int = key()
    business_date: date = Field(primary_key=True)
    step: str = Field(primary_key=True)
    changed: int = 0
    millis: int = 0
    at: datetime


class DayMark(SQLModel, table=True):
    """An account that the day run must look at again; empty between runs, so that an interrupted run goes on where it stopped."""

    __tablename__ = "day_mark"
    __table_args__ = (to("account", "account_id"), STRICT)
    tenant_id: int = key()
    account_id: int = key()


class ImportBatch(SQLModel, table=True):
    """A file that was taken in: the same content is not taken in twice."""

    __tablename__ = "import_batch"
    __table_args__ = (STRICT,)
    tenant_id: int = key()
    id: int = key()
    kind: str
    sha256: str
    name: str
    at: datetime
    by: str
    rows: int = 0
    taken: int = 0
    known: int = 0
    rejected: int = 0
    undone_at: datetime | None = None
    as_of: date | None = None  # the business date it was read at
