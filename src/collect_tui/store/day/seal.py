"""The last step of a day run: a seal over the ends of all audit chains that moved (`store/seals.py`)."""

from __future__ import annotations

from sqlalchemy.orm import Session

from collect_tui.store import seals
from collect_tui.store.day.base import Day


def seal(session: Session, day: Day) -> int:
    """Seals what is not sealed yet; how many chains that were. Nothing moved: no seal is made."""
    return seals.make(session, day.tenant_id, business_date=day.date, at=day.now, by=day.by, progress=day.tell)
