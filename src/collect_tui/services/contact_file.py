"""Where what belongs to no customer is kept: a closed account for each sender whom nobody knows, and one of the office's own.

Such an account owes nothing and stands in no queue; its cases, messages, audit and versions are those of any account.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select
from sqlmodel import Session, SQLModel

from collect_tui.common.ids import short_number
from collect_tui.desk.errors import Invalid, NotFound
from collect_tui.services.desk_context import DeskContext
from collect_tui.services.intake.entries import PartyEntry, PointEntry
from collect_tui.services.intake.portfolio import AccountEntry
from collect_tui.services.intake.rows import rows_of
from collect_tui.services.intake.rowset import LoadContext, RowSet, Shift
from collect_tui.services.message import far_names
from collect_tui.services.message.intake import Intake, point_kind
from collect_tui.services.unit_of_work import UnitOfWork, unit_of_work
from collect_tui.store import inbound
from collect_tui.store.inbound import InboundRow

_T = SQLModel.metadata.tables
OFFICE: Final = "OFFICE"
"""The number of the office's own account."""
_STRANGER: Final = "Unknown sender"


def of_office(desk: DeskContext) -> str:
    """The number of the office's account, which is made when it is first asked for."""
    return desk.store.attempt(lambda: _made(desk, OFFICE, "Office", "org"))


def of_message(desk: DeskContext, message: int) -> str:
    """The number of the account of a message: its own, else one that is made for its sender, who was unknown, and given it. NotFound
    "message.not_found"."""
    with desk.reading() as db:
        row = inbound.unknown(db, desk.tenant_id, message)
        if row is None:
            return _known(desk, db, message)
    number = desk.store.attempt(lambda: _made(desk, short_number("X", message), _STRANGER, "person", row))
    Intake(desk).assign(message, number)
    return number


def _known(desk: DeskContext, db: Session, message: int) -> str:
    found = inbound.account_of(db, desk.tenant_id, message)
    if found is None:
        raise NotFound("message.not_found", "No message that came in has this number.", "message")
    return found


def _made(desk: DeskContext, number: str, name: str, kind: Any, row: InboundRow | None = None) -> str:
    with unit_of_work(desk) as work:
        a = _T["account"].c
        here = select(a.number).where(a.tenant_id == desk.tenant_id, a.number == number)
        if work.db.execute(here).first() is None:
            for points in (_points(row), ()):  # what is no address of its kind is kept with the message alone
                with suppress(Invalid, ValueError):
                    _make(work, number, PartyEntry(name=name, kind=kind, points=points))
                    break
    return number


def _make(work: UnitOfWork, number: str, party: PartyEntry) -> None:
    entry = AccountEntry(number=number, party=party, status="CLOSED", opened_on=work.today)
    ground = LoadContext.of(work, work.currency, Shift(0, ZoneInfo(work.zone), work.now, work.today))
    made = rows_of(RowSet(ground, entry, "row"))
    for table, values in made:
        work.db.execute(insert(_T[table]).values(**values))
    mine = next(values["id"] for table, values in made if table == "account")
    work.record(
        mine, line=f"account {number} made for what belongs to no customer", effects=[{"kind": "AccountOpened"}]
    )
    work.touched.add(mine)


def _points(row: InboundRow | None) -> tuple[PointEntry, ...]:
    if row is None or not row.address or not (kind := point_kind(row.channel)):
        return ()
    return (PointEntry.model_validate({"kind": kind, "value": far_names.sent(row.address)}),)
