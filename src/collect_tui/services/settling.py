"""Brings many accounts in line with what they rest on: the rule is `policy/settling.py`, this loads and writes.

An import calls it for the accounts that may have changed; all else settles through its unit of work.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Final

from sqlmodel import Session

from collect_tui.desk.catalogue import Catalogue
from collect_tui.domain.calendars import Calendar
from collect_tui.policy.house import House
from collect_tui.policy.settling import settle
from collect_tui.store import apply, facts

BATCH: Final = 400
"""Accounts that are loaded at once."""


@dataclass(frozen=True, slots=True)
class Settler:
    """Who settles, when and by which rules."""

    tenant_id: int
    catalogue: Catalogue
    by: str
    at: datetime
    ids: Callable[[], int]

    @property
    def house(self) -> House:
        return House(self.catalogue.rules, self.catalogue.holds, Calendar(self.catalogue.rules.holidays))

    def settle(
        self,
        session: Session,
        accounts: Iterable[int],
        *,
        night: bool = False,
        billed: bool = False,
        moved: bool = False,
        fresh: Collection[int] = (),
    ) -> list[int]:
        """Settles the accounts of these ids and returns those that changed; what the flags mean says `policy.settling.settle`."""
        changed, house = [], self.house
        waiting = iter(accounts)
        while some := list(islice(waiting, BATCH)):
            for seen in facts.load_many(session, self.tenant_id, some):
                effects = settle(seen, (), house, self.ids, night=night, billed=billed, moved=moved, fresh=fresh)
                if not effects:
                    continue
                apply.apply(session, self.tenant_id, seen, effects, by=self.by, at=self.at)
                changed.append(seen.id)
        return changed
