"""Locks on rows that are read now and written on later, where the database lets several write at once.

The order is always the same, so nobody waits in a circle: tenant (`Store.write`), customer, work item, account. On SQLite
a writer has the whole file, and these do nothing.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Final

from sqlalchemy import BigInteger, String, and_, bindparam, func, select
from sqlmodel import Session

from collect_tui.desk.errors import NotFound
from collect_tui.store import facts
from collect_tui.store.sql import dialect_of, table, tenant
from collect_tui.store.tables import Account, Party, WorkItem

__all__ = ["agent", "customer"]

_party, _account, _work = table(Party), table(Account), table(WorkItem)

# NO KEY UPDATE: rows that merely refer to the customer can still be added.
_CUSTOMER: Final = (
    select(_party.c.id)
    .join(_account, and_(_account.c.tenant_id == tenant(), _account.c.party_id == _party.c.id))
    .where(_party.c.tenant_id == tenant(), _account.c.id == bindparam("account", type_=BigInteger))
    .with_for_update(key_share=True, of=_party)
)
_ITEM: Final = (
    select(_work.c.account_id)
    .where(_work.c.tenant_id == tenant(), _work.c.account_id == bindparam("account", type_=BigInteger))
    .with_for_update(key_share=True)
)
_AGENT: Final = select(
    func.pg_advisory_xact_lock(func.hashtext(bindparam("agent", type_=String)), func.hashtext("agent"))
)


def customer(session: Session, tenant_id: int, number: str) -> None:
    """Locks the customer of an account and its work item: acts on one customer's accounts stand in line.

    Comes before the first look at anything of theirs. An account that is not there is left to whoever looks for it.
    """
    if dialect_of(session) == "sqlite":
        return
    with suppress(NotFound):
        key = {"tenant": tenant_id, "account": facts.account_id(session, tenant_id, number)}
        session.execute(_CUSTOMER, key)
        session.execute(_ITEM, key)


def agent(session: Session, tenant_id: int, login: str) -> None:
    """One at a time takes accounts in an agent's name, or two windows of theirs would hold two."""
    if dialect_of(session) != "sqlite":
        session.execute(_AGENT, {"agent": f"{tenant_id}/{login}"})
