"""The CSV files of an evidence pack: each the rows of one table, in their order, for people and spreadsheets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import and_, select
from sqlmodel import Session, SQLModel

from collect_tui.common.text import clean
from collect_tui.domain.dates import local_time
from collect_tui.domain.money import format_minor
from collect_tui.store import panes

_T = SQLModel.metadata.tables


@dataclass(frozen=True, slots=True)
class Sheet:
    """A CSV file: the rows of a table in their order, and what it says of itself."""

    table: str
    columns: str
    order: str
    about: str
    of: str = ""  # a table whose row the sheet's rows name, and the column shown of it: `service.product`


SHEETS: Final = {
    "contacts.csv": Sheet(
        "contact_event",
        "at by action result reason outbound counted contact right_party note typed id supersedes",
        "at",
        "every call, message and visit, tried or made; `supersedes` names the one that it takes back",
        "contact_point.value",
    ),
    "messages.csv": Sheet(
        "message",
        "made_at made_by inbound channel level template version lang status released_at released_by sent_on sent_at served_on closed_at "
        "address subject text reference detail cost answers id",
        "made_at",
        "messages and notices: what was written, when it left, whether it arrived and from when it is served",
    ),
    "holds.csv": Sheet(
        "hold",
        "kind scope placed_on placed_at placed_by until reason status closed_reason closed_at closed_by id",
        "placed_on",
        "what forbade calls, suspensions or fees, from when to when",
    ),
    "orders.csv": Sheet(
        "service_order",
        "number kind reason effective status requested_on requested_at requested_by sent_at answered_at closed_at "
        "closed_by detail reversal_of id",
        "requested_on",
        "orders to billing systems and what became of them",
        "service.product",
    ),
    "promises.csv": Sheet(
        "promise",
        "kind status total made_on made_at made_by method grace_days note override_by override_reason closed_reason "
        "closed_on closed_at closed_by supersedes id",
        "made_on",
        "promises and plans with their instalments (number, due, amount, paid, state)",
    ),
    "scripts.csv": Sheet(
        "script_read",
        "at by script language digest id",
        "at",
        "cards that were read to the customer; `digest` is the SHA-256 of the words as they were shown",
    ),
    "payments.csv": Sheet(
        "payment",
        "received_on ref method amount status returned_reason returned_on returned_by recorded_at recorded_by id",
        "received_on",
        "payments, and what they were applied to",
    ),
}

#: A column that stands for an id, the table it is in, and how the CSV names it.
_REFERS: Final = {"contact_point": ("point_id", "point"), "service": ("service_id", "service")}


def rows_of(
    db: Session, tenant_id: int, account_id: int, sheet: Sheet, currency: str, zone: str
) -> Iterator[list[str]]:
    """Head and rows of a sheet; amounts in major units with their currency beside them, instants in `zone` with their offset."""
    t = _T[sheet.table]
    names = sheet.columns.split()
    query = select(*(t.c[name] for name in names)).where(t.c.tenant_id == tenant_id, t.c.account_id == account_id)
    head = list(names)
    if sheet.of:
        table, _, column = sheet.of.partition(".")
        key, label = _REFERS[table]
        other = _T[table]
        query = query.outerjoin(other, and_(other.c.tenant_id == tenant_id, other.c.id == t.c[key]))
        query = query.add_columns(other.c[column].label(label))
        head.append(label)
    more, title = _MORE.get(sheet.table, (_nothing, ""))
    extra = more(db, tenant_id, account_id, currency, zone)
    money = {name for name in names if name in ("total", "amount")}
    yield [*head, *([title] if title else []), *(["currency"] if money else [])]
    for row in db.execute(query.order_by(t.c[sheet.order], t.c.id)).mappings():
        cells = [
            format_minor(row[name], currency, grouping=False) if name in money else cell(row[name], zone)
            for name in head
        ]
        yield [*cells, *([extra.get(row["id"], "")] if title else []), *([currency] if money else [])]


def _nothing(_db: Session, _tenant_id: int, _account_id: int, _currency: str, _zone: str) -> dict[int, str]:
    return {}


def _instalments(db: Session, tenant_id: int, account_id: int, currency: str, _zone: str) -> dict[int, str]:
    def told(part: Any) -> str:
        amount, paid = (format_minor(minor, currency, grouping=False) for minor in (part.amount, part.paid))
        return f"{part.seq or 'down'} {part.due} {amount} {paid} {part.status}"

    found = panes.promises(db, tenant_id, account_id)
    return {promise.id: "; ".join(told(part) for part in promise.instalments) for promise in found}


def _applied(db: Session, tenant_id: int, account_id: int, currency: str, zone: str) -> dict[int, str]:
    """Payment → the items it is or was applied to, each with the amount and when that was taken back."""
    paid, part, item = _T["payment"], _T["allocation"], _T["item"]
    query = (
        select(part.c.payment_id, item.c.doc_no, part.c.amount, part.c.reversed_at)
        .join(paid, and_(paid.c.tenant_id == tenant_id, paid.c.id == part.c.payment_id))
        .join(item, and_(item.c.tenant_id == tenant_id, item.c.id == part.c.item_id))
        .where(part.c.tenant_id == tenant_id, paid.c.account_id == account_id)
        .order_by(part.c.id)
    )
    found: dict[int, list[str]] = {}
    for payment_id, doc_no, amount, back in db.execute(query):
        told = f"{clean(doc_no)} {format_minor(amount, currency, grouping=False)}"
        found.setdefault(payment_id, []).append(told + (f" until {cell(back, zone)}" if back else ""))
    return {payment_id: "; ".join(parts) for payment_id, parts in found.items()}


_More = Callable[[Session, int, int, str, str], dict[int, str]]
_MORE: Final[dict[str, tuple[_More, str]]] = {
    "promise": (_instalments, "instalments"),
    "payment": (_applied, "applied_to"),
}


def cell(value: Any, zone: str = "UTC") -> str:
    """A value as text: instants in a zone with their offset, yes and no, nothing for NULL; controls never get in."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return local_time(value, zone).isoformat().replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, date) else clean(str(value))
