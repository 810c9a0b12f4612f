"""The tables, by capability. Every one carries `tenant_id` in its primary and foreign keys."""

from sqlmodel import SQLModel

from collect_tui.store.tables.accounts import (
    Account,
    AccountParty,
    AccountSummary,
    ContactPoint,
    Item,
    NameToken,
    Party,
    Service,
    Tenant,
)
from collect_tui.store.tables.agents import AgentEvent, AgentStatus, KpiDay, QueueLock, ScriptRead
from collect_tui.store.tables.cases import CaseEvent, CaseFile
from collect_tui.store.tables.desk import ActLog, AppUser, Audit, BatchStep, DayMark, ImportBatch, QueueDelta, WorkItem
from collect_tui.store.tables.gate import guard_texts
from collect_tui.store.tables.messages import DigestOrder, Message, MessageChannel, MessageItem
from collect_tui.store.tables.shared import (
    AccessToken,
    AuditHead,
    AuditSeal,
    Outbox,
    OutboxHead,
    SealedHead,
    SignInTry,
    Webhook,
)
from collect_tui.store.tables.work import (
    Allocation,
    Callback,
    ContactEvent,
    CreditApplication,
    Hold,
    Instalment,
    Note,
    Payment,
    Promise,
    ServiceOrder,
)

from collect_tui.store.tables import guards, statistics, version, words  # isort: skip — need the tables

guard_texts(SQLModel.metadata)

__all__ = [
    "AccessToken",
    "Account",
    "AccountParty",
    "AccountSummary",
    "ActLog",
    "AgentEvent",
    "AgentStatus",
    "Allocation",
    "AppUser",
    "Audit",
    "AuditHead",
    "AuditSeal",
    "BatchStep",
    "Callback",
    "CaseEvent",
    "CaseFile",
    "ContactEvent",
    "ContactPoint",
    "CreditApplication",
    "DayMark",
    "DigestOrder",
    "Hold",
    "ImportBatch",
    "Instalment",
    "Item",
    "KpiDay",
    "Message",
    "MessageChannel",
    "MessageItem",
    "NameToken",
    "Note",
    "Outbox",
    "OutboxHead",
    "Party",
    "Payment",
    "Promise",
    "QueueDelta",
    "QueueLock",
    "ScriptRead",
    "SealedHead",
    "Service",
    "ServiceOrder",
    "SignInTry",
    "Tenant",
    "Webhook",
    "WorkItem",
    "guards",
    "statistics",
    "version",
    "words",
]
