"""Writes effects: each kind of effect has one function, the twin of its `fold`.

What an effect names must be there and in the state the effect was decided on; otherwise somebody else was quicker and
the act is Stale. The caller's transaction makes it all or nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from collect_tui.domain import effects as fx
from collect_tui.domain.facts import AccountFacts
from collect_tui.store import writing_cases, writing_customers, writing_messages, writing_money, writing_work  # noqa: F401 — they register what writes each effect
from collect_tui.store.writing import WriteContext, write

__all__ = ["apply"]


def apply(
    session: Session, tenant_id: int, facts: AccountFacts, effects: Sequence[fx.Effect], *, by: str, at: datetime
) -> int:
    """Writes the effects of one act and returns the account's new version; without effects nothing changes.

    Raises Stale `account.changed` when the account is no longer at `facts.version` or a row no longer in the state an
    effect was decided on; Refused `item.open` when more would be allocated to an item than is open, or taken back
    than was allocated. NotFound when the account is gone.
    """
    if not effects:
        return facts.version
    session.flush()
    here = WriteContext(session.connection(), session, tenant_id, facts.id, facts.number, by, at, facts.business_date)
    version = facts.version + 1
    here.set("account", {"id": facts.id, "version": facts.version}, version=version, changed_by=by, changed_at=at)
    for effect in effects:
        write(effect, here)
    session.expire_all()  # entities loaded before no longer tell the truth
    return version
