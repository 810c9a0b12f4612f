"""What the desk's people are doing and did, and what came of each day."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from collect_tui.store.tables.base import STRICT, key, ref, to


class AgentStatus(SQLModel, table=True):
    """What an agent does now. `account_id`: with which account; `unheard`: the first word of a lead's to them (`agent_event`) that they
    have not acknowledged; `absent_until`: the business date on which they are back, None when they are
    here; `deputy`: who decides cases in their stead until then."""

    __tablename__ = "agent_state"
    __table_args__ = (STRICT,)
    tenant_id: int = key()
    login: str = Field(primary_key=True)
    state: str
    code: str = ""
    account_id: int | None = ref(null=True)
    since: datetime
    unheard: int | None = ref(null=True)
    absent_until: date | None = None
    deputy: str = ""


class AgentEvent(SQLModel, table=True):
    """Append-only. `kind` state: a stretch ended at `at`, with what it was, since when and for how many seconds (None: not known); word,
    heard: a lead's word to the agent, and that they have seen it; absent, back: until when they are away."""

    __tablename__ = "agent_event"
    __table_args__ = (Index("ix_agent_event", "tenant_id", "login", "at"), STRICT)
    tenant_id: int = key()
    id: int = key()
    login: str
    at: datetime
    by: str
    kind: str
    state: str = ""
    code: str = ""
    account_id: int | None = ref(null=True)
    since: datetime | None = None
    seconds: int | None = None
    text: str = ""


class KpiDay(SQLModel, table=True):
    """One figure of an agent on a business date that is over (`store/kpi.py` names them); rebuilt from what happened, never edited.
    `currency`: of an amount in minor units, empty for what is counted."""

    __tablename__ = "kpi_day"
    __table_args__ = (STRICT,)
    tenant_id: int = key()
    login: str = Field(primary_key=True)
    on: date = Field(primary_key=True)
    figure: str = Field(primary_key=True)
    currency: str = Field(primary_key=True)
    value: int = ref()


class QueueLock(SQLModel, table=True):
    """A queue whose order a lead has locked: its accounts are worked in that order only."""

    __tablename__ = "queue_lock"
    __table_args__ = (STRICT,)
    tenant_id: int = key()
    queue: str = Field(primary_key=True)
    by: str
    at: datetime
    reason: str


class ScriptRead(SQLModel, table=True):
    """A script's card was read to the customer. `digest`: SHA-256 of the words as they were shown."""

    __tablename__ = "script_read"
    __table_args__ = (to("account", "account_id"), Index("ix_script_account", "tenant_id", "account_id", "at"), STRICT)
    tenant_id: int = key()
    id: int = key()
    account_id: int = ref()
    at: datetime
    by: str
    script: str
    language: str
    digest: str
