"""Cases and what happened in them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Final

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import SQLModel

from collect_tui.store.tables.base import STRICT, added, key, minor, ref, some, to

NEVER: Final = datetime(9999, 12, 31, tzinfo=UTC)
"""From when a case presses that has no clock running: it sorts after all that have one."""


def _open(name: str, *columns: str) -> Index:
    """An index of the open cases alone."""
    return some(name, *columns, "id", where="NOT ended")


class CaseFile(SQLModel, table=True):
    """A case of an account. `kind`, `version`, `digest`: its definition's. `fields`: its values by name, `asked`: the move that waits for a
    decision (JSON; empty: none); `links`: numbers of other cases with blanks between them; `frozen`: ids of
    items from before a day, each with what of it is not collected (JSON). `first_due`, `resolve_due`: when its clocks
    end, NULL while they stand or have stopped; `press_at`: from when the earlier of them presses; `acts_on`: the business date on which
    something happens to it by itself; `awaits`: who has to decide it (`policy.cases.decided_by`); `reason`, `channel`: by which it is told
    apart from others of its kind, and by which it came; `asked_by`, `asked_move`, `asked_amount`: of `asked`. All of these follow from the
    rest."""

    __tablename__ = "case_file"
    __table_args__ = (
        to("account", "account_id"),
        UniqueConstraint("tenant_id", "number"),
        Index("ix_case_account", "tenant_id", "account_id"),
        _open("ix_case_press", "press_at"),
        _open("ix_case_opened", "opened_at"),
        _open("ix_case_owner", "owner", "press_at"),
        _open("ix_case_opener", "opened_by", "press_at"),
        _open("ix_case_department", "department", "press_at"),
        _open("ix_case_kind", "kind", "press_at"),
        _open("ix_case_reason", "reason", "press_at"),
        _open("ix_case_channel", "channel", "press_at"),
        _open("ix_case_awaits", "awaits", "press_at"),
        STRICT,
    )
    tenant_id: int = key()
    id: int = key()
    account_id: int = ref()
    number: str
    kind: str
    version: int = minor()
    state: str
    since: date
    opened_at: datetime
    opened_by: str
    moved_by: str
    department: str = ""
    owner: str = ""
    item_id: int | None = ref(null=True)
    service_id: int | None = ref(null=True)
    payment_id: int | None = ref(null=True)
    fields: str = "{}"
    excluded: int = minor(0)
    asked: str = ""
    links: str = ""
    ended: bool = False
    ended_at: datetime | None = None
    first_due: datetime | None = None
    resolve_due: datetime | None = None
    press_at: datetime = NEVER
    acts_on: date | None = None
    digest: str = added("")
    frozen: str = added("")
    awaits: str = added("")
    reason: str = added("")
    channel: str = added("")
    asked_by: str = added("")
    asked_move: str = added("")
    asked_amount: int = added(0)


class CaseEvent(SQLModel, table=True):
    """Something that happened in a case: append-only. `what` it was, by a word of `domain.case.effects.What`, `opened` or `noted`; `did`:
    in words; `state`: in which the case was afterwards, empty of a note; `text`: what was said; `document`: what was
    drawn up (JSON; empty: nothing)."""

    __tablename__ = "case_event"
    __table_args__ = (
        to("case_file", "case_id"),
        Index("ix_case_event", "tenant_id", "case_id", "at"),
        STRICT,
    )
    tenant_id: int = key()
    id: int = key()
    case_id: int = ref()
    at: datetime
    by: str
    state: str
    what: str
    did: str
    text: str = ""
    document: str = added("")
