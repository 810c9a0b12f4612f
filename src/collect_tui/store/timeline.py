"""What happened to an account, newest first: contacts, notes, payments, promises, orders, notices, holds and cases as one list.

Each kind is read from its own index, newest first, from the cursor on, and the lists are merged. The order is (instant, id,
kind), all descending, so that a cursor names one place in it however many rows share an instant. What has a date and no
time stands at the start of that day at the desk's own place: notices, and rows of before their instants were kept.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from itertools import islice
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Column, ColumnElement, Connection, Select, and_, bindparam, exists, func, or_, select, true
from sqlmodel import Session, SQLModel

from collect_tui.desk.errors import Invalid
from collect_tui.desk.views.account import TimelineEntry
from collect_tui.desk.views.message import called
from collect_tui.domain.dates import is_known, named_day
from collect_tui.domain.message.internal import OBJECTION
from collect_tui.domain.states import GIVEN_BACK, LIVE_MESSAGE, LOST_MESSAGE, HoldState, OrderState, PromiseState
from collect_tui.store.facts import VOID

__all__ = ["local_zone", "timeline"]

_T = SQLModel.metadata.tables
Place = tuple[datetime, int, int]
"""Where an entry stands: instant, id of its row, number of its source."""


@dataclass(frozen=True, slots=True)
class _Source:
    """One kind of entry: the table, the column that says when (a date or an instant), and how a row reads."""

    table: str
    when: str
    told: Callable[[Any], TimelineEntry]
    only: Callable[[Any], ColumnElement[bool]] = lambda _: true()
    adds: Callable[[Any, int], ColumnElement[Any]] | None = None  # another column, of another table
    service: bool = False  # reads the product of the row's service too
    digest: bool = False  # stands in a message, and is told while that is not lost

    @property
    def by_date(self) -> bool:
        return self.when.endswith("_on")

    @property
    def column(self) -> Column[Any]:
        return _T[self.table].c[self.when]


def timeline(
    session: Session, tenant_id: int, account_id: int, *, cursor: str | None = None, limit: int = 200
) -> tuple[tuple[TimelineEntry, ...], str | None]:
    """A page of entries, newest first, and the cursor of the next page; None: this was the last. Invalid `pane.cursor`."""
    db, zone = session.connection(), local_zone(session, tenant_id)
    place = _read_cursor(cursor) if cursor else None
    lists = (
        _rows(db, tenant_id, account_id, number, source, zone, place, limit + 1)
        for number, source in enumerate(_SOURCES)
    )
    merged = heapq.merge(*lists, key=lambda found: found[0], reverse=True)
    page = list(islice(merged, limit + 1))
    more = _write_cursor(page[limit - 1][0]) if len(page) > limit else None
    return tuple(entry for _, entry in page[:limit]), more


def local_zone(session: Session, tenant_id: int) -> ZoneInfo:
    """The desk's own zone, in which a business date is a day."""
    name: str = session.connection().execute(_ZONE, {"tenant": tenant_id}).scalar_one()
    return ZoneInfo(name)


# Built once: every account that is opened asks for it.
_ZONE = select(_T["tenant"].c.zone).where(_T["tenant"].c.tenant_id == bindparam("tenant"))


def _rows(
    db: Connection,
    tenant_id: int,
    account_id: int,
    number: int,
    source: _Source,
    zone: ZoneInfo,
    place: Place | None,
    limit: int,
) -> Iterator[tuple[Place, TimelineEntry]]:
    t = _T[source.table]
    query: Select[Any] = select(t).where(t.c.tenant_id == tenant_id, t.c.account_id == account_id, source.only(t.c))
    query = query.where(source.column.is_not(None))
    if source.service:
        service = _T["service"]
        own = and_(service.c.tenant_id == tenant_id, service.c.id == t.c.service_id)
        query = query.join(service, own).add_columns(service.c.product)
    if source.adds is not None:
        query = query.add_columns(source.adds(t.c, tenant_id))
    if source.digest:
        query = query.where(_arrives(t.c, tenant_id))
    if place is not None:
        query = query.where(_older(source, number, place, zone))
    for row in db.execute(query.order_by(source.column.desc(), t.c.id.desc()).limit(limit)):
        when = getattr(row, source.when)
        at = _start(when, zone) if source.by_date else when
        yield (at, row.id, number), source.told(row).model_copy(update={"at": at})


def _older(source: _Source, number: int, place: Place, zone: ZoneInfo) -> ColumnElement[bool]:
    """The rows of a source that come after a place in the list."""
    at, row_id, place_number = place
    when: Any = at
    if source.by_date:
        when = at.astimezone(zone).date()
        if _start(when, zone) < at:
            return and_(source.column <= when)
    row = _T[source.table].c.id
    same = row <= row_id if number < place_number else row < row_id
    return or_(source.column < when, and_(source.column == when, same))


def _start(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _write_cursor(place: Place) -> str:
    at, row_id, number = place
    return f"{at.isoformat()}~{row_id}~{number}"


def _read_cursor(cursor: str) -> Place:
    try:
        at, row_id, number = cursor.split("~")
        if max(abs(int(row_id)), abs(int(number))) >= 2**63:  # no database keeps such a number
            raise ValueError
        instant = datetime.fromisoformat(at).astimezone(UTC)
        if not is_known(instant.date()):
            raise ValueError
        return instant, int(row_id), int(number)
    except (ValueError, OverflowError):
        raise Invalid("pane.cursor", "The cursor must be one that a page came with.", "cursor") from None


# ---------------------------------------------------------------------------------------------------- how a row reads


def _entry(kind: str, by: str, title: str, text: str = "", amount: int | None = None) -> TimelineEntry:
    return TimelineEntry(at=_ANY, kind=kind, by=by, title=title, text=text, amount=amount)


_ANY: Final = datetime(1970, 1, 1, tzinfo=UTC)


def _contact(row: Any) -> TimelineEntry:
    if row.action == VOID:
        return _entry("contact", row.by, "contact taken back", row.note)
    reason = f" ({row.reason})" if row.reason else ""
    return _entry("contact", row.by, f"{row.action} {row.result}{reason}", row.note)


def _note(row: Any) -> TimelineEntry:
    return _entry("note", row.by, "pinned note" if row.pinned else "note", row.text)


def _payment(row: Any) -> TimelineEntry:
    return _entry("payment", row.recorded_by, f"payment {row.ref} by {row.method}", amount=row.amount)


def _given_back(row: Any) -> TimelineEntry:
    return _entry(
        "payment",
        row.returned_by or "",
        f"payment {row.ref} {row.status.lower() if row.status in GIVEN_BACK else 'returned in part'}",
        row.returned_reason or "",
        row.amount if row.status in GIVEN_BACK else row.returned,
    )


def _promise(row: Any) -> TimelineEntry:
    override = f"override by {row.override_by}: {row.override_reason}" if row.override_by else row.note
    made = _entry("promise", row.made_by, "plan" if row.kind == "plan" else "promise", override, row.total)
    return made.model_copy(update={"due": row.first_due})


def _first_due(c: Any, tenant_id: int) -> ColumnElement[Any]:
    i = _T["instalment"].c
    due = select(func.min(i.due)).where(i.tenant_id == tenant_id, i.promise_id == c.id)
    return due.scalar_subquery().label("first_due")


def _promise_closed(row: Any) -> TimelineEntry:
    return _entry(
        "promise", row.closed_by or "", f"{row.kind} {row.status.lower()}", row.closed_reason or "", row.total
    )


def _order(row: Any) -> TimelineEntry:
    text = f"{row.reason}, effective {named_day(row.effective, row.requested_on.year)}"
    done = "drafted" if row.status == OrderState.DRAFT else "ordered"
    if row.status == OrderState.CANCELLED and row.closed_at is None:
        done = "ordered and cancelled"  # nobody wrote down when, so it has no entry of its own
    return _entry("order", row.requested_by, f"{row.kind} {row.product} {done}, {row.number}", text)


def _order_sent(row: Any) -> TimelineEntry:
    return _entry("order", "", f"{row.kind} {row.product} sent, {row.number}")


def _order_answered(row: Any) -> TimelineEntry:
    title = f"{row.kind} {row.product} {row.status.lower()}, {row.number}"
    return _entry("order", row.closed_by or "", title, row.detail)


def _message(row: Any) -> TimelineEntry:
    what = called(row.level, row.template)
    return _entry("message", row.made_by, f"{what} by {row.channel}", row.status.lower())


def _told(row: Any) -> TimelineEntry:
    text = f"may object until {named_day(row.object_by, row.told_at.year)}"
    cut = named_day(row.effective, row.told_at.year)
    return _entry("message", "", f"{row.contact} told of the suspension on {cut}", text)


def _arrives(c: Any, tenant_id: int) -> ColumnElement[bool]:
    """Of what a digest told: it has not been lost."""
    m = _T["message"].c
    return exists().where(m.tenant_id == tenant_id, m.id == c.message_id, m.status.in_(sorted(LIVE_MESSAGE)))


def _received(row: Any) -> TimelineEntry:
    seems = f", seems to say {row.detail}" if row.detail else ""
    if row.detail.startswith(OBJECTION):
        seems = f", {row.detail}"
    return _entry("message", "", f"{row.channel} received{seems}", row.subject or row.text)


def _message_closed(row: Any) -> TimelineEntry:
    what = called(row.level, row.template)
    return _entry("message", "", f"{what} by {row.channel} {row.status.lower()}", row.detail)


def _hold(row: Any) -> TimelineEntry:
    end = f" until {named_day(row.until, row.placed_on.year)}" if row.until else ""
    ended = "" if row.status == PromiseState.ACTIVE or row.closed_at is not None else f", {row.status.lower()}"
    return _entry("hold", row.placed_by, f"hold {row.kind}{end}{ended}", row.reason)


def _hold_closed(row: Any) -> TimelineEntry:
    return _entry("hold", row.closed_by or "", f"hold {row.kind} {row.status.lower()}", row.closed_reason or "")


def _case(row: Any) -> TimelineEntry:
    """What it is about may be private; its number says where to look."""
    return _entry("case", row.opened_by, f"case {row.number} opened")


def _case_ended(row: Any) -> TimelineEntry:
    return _entry("case", row.moved_by, f"case {row.number} ended, {row.state.replace('_', ' ').lower()}")


def _returned(c: Any) -> ColumnElement[bool]:
    return or_(c.status.in_(sorted(GIVEN_BACK)), c.returned > 0)


#: Their numbers are part of cursors: add at the end.
_SOURCES: Final = (
    _Source("contact_event", "at", _contact),
    _Source("note", "at", _note),
    _Source("payment", "recorded_at", _payment),
    _Source("payment", "returned_on", _given_back, lambda c: and_(_returned(c), c.returned_at.is_(None))),
    _Source("promise", "made_at", _promise, adds=_first_due),
    _Source(
        "promise", "closed_on", _promise_closed, lambda c: and_(c.status != PromiseState.ACTIVE, c.closed_at.is_(None))
    ),
    _Source("service_order", "requested_on", _order, lambda c: c.requested_at.is_(None), service=True),
    _Source("service_order", "sent_at", _order_sent, service=True),
    _Source("service_order", "answered_at", _order_answered, service=True),
    _Source("message", "sent_on", _message, lambda c: c.sent_at.is_(None)),
    _Source("hold", "placed_on", _hold, lambda c: c.placed_at.is_(None)),
    _Source("payment", "returned_at", _given_back, _returned),
    _Source("promise", "closed_at", _promise_closed, lambda c: c.status != PromiseState.ACTIVE),
    _Source("service_order", "requested_at", _order, service=True),
    # An answer is told by when it was given.
    _Source("service_order", "closed_at", _order_answered, lambda c: c.answered_at.is_(None), service=True),
    _Source("hold", "placed_at", _hold),
    _Source("hold", "closed_at", _hold_closed, lambda c: c.status != HoldState.ACTIVE),
    _Source("message", "sent_at", _message),
    _Source("message", "made_at", _received, lambda c: c.inbound),
    _Source("message", "closed_at", _message_closed, lambda c: c.status.in_(sorted(LOST_MESSAGE))),
    _Source("digest_order", "told_at", _told, digest=True),
    _Source("case_file", "opened_at", _case),
    _Source("case_file", "ended_at", _case_ended),
    _Source("script_read", "at", lambda row: _entry("note", row.by, f"script read: {row.script} ({row.language})")),
)
