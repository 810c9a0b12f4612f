"""Which accounts are at the cap of attempts, by the days of their customers."""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session

from collect_tui.desk.catalogue import Catalogue
from collect_tui.policy.signals import attempts_on, capped
from collect_tui.store import facts
from collect_tui.store.sql import Scope, instant, number, table, tenant, within
from collect_tui.store.tables import Account, AccountSummary, ContactEvent

EARLIEST: Final = timedelta(hours=14)
"""How long before UTC a day begins where it begins first."""


def at_cap(session: Session, catalogue: Catalogue, values: dict[str, Any], scope: Scope) -> dict[int, int]:
    """The accounts of a scope at the attempt cap, with their attempts; `values` are those of `scoring.params`.

    The database counts the calls of the widest span of days anywhere on earth, which few accounts have enough of; those are
    counted by the strictest of the zones their customer may be in, as when a call is judged.
    """
    found = session.execute(_often_tried(scope.kind), {**values, **scope.params}).scalars().all()
    seen = facts.for_calls(session, values["tenant"], found) if found else {}  # type: ignore[arg-type]
    rules = catalogue.rules.contact
    counts = {account: attempts_on(each, values["today"], rules) for account, each in seen.items()}
    return {account: n for account, n in counts.items() if capped(n, seen[account], rules)}


@lru_cache(maxsize=16)
def _often_tried(kind: str) -> Select[Any]:
    """Accounts of a scope with so many counted calls since `attempts_from` that the cap may be reached; which days count says
    their customer's zone. The calls about all accounts of the customer add up; only those tried lately are looked at."""
    t, s, later = table(ContactEvent).c, table(AccountSummary).c, table(ContactEvent).alias()
    mine, tried = table(Account).alias("mine").c, table(Account).alias("tried").c
    taken_back = exists(select(later.c.id).where(later.c.tenant_id == tenant(), later.c.supersedes == t.id))
    recent = s.last_attempt_at >= instant("attempts_from")
    return (
        select(mine.id)
        .where(mine.tenant_id == tenant(), within(kind, mine.id))
        .where(tried.tenant_id == tenant(), tried.party_id == mine.party_id)
        .where(s.tenant_id == tenant(), s.account_id == tried.id, recent)
        .where(t.tenant_id == tenant(), t.account_id == s.account_id, t.at >= instant("attempts_from"))
        .where(t.counted, ~taken_back)
        .group_by(mine.id)
        .having(func.count() >= number("attempts_most"))
    )
