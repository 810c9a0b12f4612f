"""Cases and what happened in them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import SQLModel

from collect_tui.store.tables.base import STRICT, added, key, minor, ref, to


class CaseFile(SQLModel, table=True):
    """A case of an account. `kind`, `version`, `digest`: its definition's. `fields`: its values by name, `asked`: the move that waits for a
    decision (JSON; empty: none); `links`: numbers of other cases with blanks between them; `frozen`: ids of
    items from before a day, each with what of it is not collected (JSON). `first_due`, `resolve_due`: when its clocks
    end, NULL while they stand or have stopped; `press_at`: from when the earlier of them presses; `acts_on`: the business date on which
    something happens to it by itself. All four follow from the rest."""

    __tablename__ = "case_file"
    __table_args__ = (
        to("account", "account_id"),
        UniqueConstraint("tenant_id", "number"),
        Index("ix_case_account", "tenant_id", "account_id"),
        Index(
            "ix_case_department",
            "tenant_id",
            "department",
            "press_at",
            sqlite_where=text("NOT ended"),
            postgresql_where=text("NOT ended"),
        ),
        Index(
            "ix_case_owner",
            "tenant_id",
            "owner",
            "press_at",
            sqlite_where=text("NOT ended"),
            postgresql_where=text("NOT ended"),
        ),
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
    press_at: datetime | None = None
    acts_on: date | None = None
    digest: str = added("")
    frozen: str = added("")


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
