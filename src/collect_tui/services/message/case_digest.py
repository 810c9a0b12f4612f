"""Cases as one of the firm's own people is told of them: those that are unresolved, and what has changed in a week."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from collect_tui.domain.case.rules import CaseRules
from collect_tui.domain.dates import local_time
from collect_tui.domain.message.internal import InternalContact
from collect_tui.domain.message.records import Case, Unresolved


def told(
    rows: Sequence[Any],
    contact: InternalContact,
    rules: CaseRules,
    before: datetime,
    now: datetime,
    zone: str,
    most: int,
) -> Mapping[str, Any]:
    """What the digest of a contact prints, of the cases that they answer for: by department how many there are, and were at an instant
    before; and the cases, the oldest first, at most so many. Empty: there are none."""
    mine = [row for row in rows if contact.answers_for(row.account, row.segment, row.product or "", row.system or "")]
    here = [row for row in mine if not row.ended]
    count = Counter(row.department for row in here)
    then = Counter(row.department for row in mine if row.opened_at <= before)
    departments = rules.departments
    if not mine:
        return {}
    return {
        "unresolved": tuple(
            Unresolved(
                department=departments[name].title if name in departments else name,
                count=count[name],
                before=then[name],
            )
            for name in sorted({*count, *then})
        ),
        "cases": tuple(
            Case(
                ref=row.number,
                subject=rules.kinds[row.kind].title if row.kind in rules.kinds else row.kind,
                opened_on=local_time(row.opened_at, zone).date(),
                days=(now - row.opened_at).days,
                owner=row.owner,
            )
            for row in here[:most]
        ),
    }
