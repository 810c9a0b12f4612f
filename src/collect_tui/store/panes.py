"""The panes behind an account that need more than its facts: timeline, items, payments, promises, messages, audit; and the last word."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Connection, Select, Table, and_, bindparam, case, func, or_, select
from sqlmodel import Session, SQLModel

from collect_tui.desk.errors import Invalid, NotFound
from collect_tui.desk.views.account import AuditEntry, InstalmentView, ItemView, PaymentView, PromiseView
from collect_tui.desk.views.message import MessageItemView, MessageRow, MessageView, called
from collect_tui.domain.account.ageing import days_past_due
from collect_tui.domain.dates import MONTHS, is_known
from collect_tui.domain.facts import AccountFacts
from collect_tui.domain.money import format_minor
from collect_tui.domain.states import GIVEN_BACK, InboxState
from collect_tui.store import audit as _audit
from collect_tui.store.facts import VOID
from collect_tui.store.timeline import local_zone, timeline

__all__ = ["audit", "items", "last_word", "last_words", "message", "messages", "payments", "promises", "timeline"]

_T = SQLModel.metadata.tables
_event, _note, _item, _service = _T["contact_event"], _T["note"], _T["item"], _T["service"]
_payment, _allocation, _promise, _instalment = _T["payment"], _T["allocation"], _T["promise"], _T["instalment"]
_message, _about = _T["message"], _T["message_item"]

MOST_ITEMS: Final = 2_000
"""Open items come first, so that what is cut off is settled long ago."""

WORD_LENGTH: Final = 60


def items(session: Session, tenant_id: int, account_id: int, business_date: date) -> tuple[ItemView, ...]:
    """All items: what is open, oldest due first, then what is settled, youngest first."""
    query = (
        select(_item, _service.c.product)
        .outerjoin(_service, and_(_service.c.tenant_id == tenant_id, _service.c.id == _item.c.service_id))
        .where(_item.c.tenant_id == tenant_id, _item.c.account_id == account_id)
    )
    rows = session.connection().execute(query.order_by(_item.c.open == 0, _item.c.due.desc()).limit(MOST_ITEMS)).all()
    still_open = sorted((r for r in rows if r.open), key=lambda r: (r.due, r.doc_no))
    return tuple(
        ItemView.made_of(r, dpd=days_past_due(r.due, business_date) if r.open else 0, service=r.product)
        for r in (*still_open, *(r for r in rows if not r.open))
    )


def payments(
    session: Session, tenant_id: int, account_id: int, *, cursor: str | None = None, limit: int = 200
) -> tuple[tuple[PaymentView, ...], str | None]:
    """A page of payments, newest first, each with the items it is applied to, and the cursor of the next page.

    A payment that was given back shows what it had been applied to. Raises Invalid `pane.cursor`.
    """
    db, account = session.connection(), _T["account"]
    currency = db.execute(
        select(account.c.currency).where(account.c.tenant_id == tenant_id, account.c.id == account_id)
    ).scalar_one()
    query = select(_payment).where(_payment.c.tenant_id == tenant_id, _payment.c.account_id == account_id)
    if cursor:
        day, row_id = _day_and_id(cursor)
        older = and_(_payment.c.received_on == day, _payment.c.id < row_id)
        query = query.where(or_(_payment.c.received_on < day, older))
    newest = query.order_by(_payment.c.received_on.desc(), _payment.c.id.desc()).limit(limit + 1)
    rows = db.execute(newest).all()
    page = rows[:limit]
    applied = _applied(db, tenant_id, [r.id for r in page])
    views = tuple(_payment_view(r, applied.get(r.id, []), currency) for r in page)
    more = f"{page[-1].received_on.isoformat()}~{page[-1].id}" if len(rows) > limit else None
    return views, more


def promises(session: Session, tenant_id: int, account_id: int) -> tuple[PromiseView, ...]:
    """All promises ever made, youngest first, each with its instalments."""
    own = and_(_instalment.c.tenant_id == tenant_id, _instalment.c.promise_id == _promise.c.id)
    query = (
        select(_promise, *(_instalment.c[n].label(f"i_{n}") for n in ("seq", "due", "amount", "paid", "status")))
        .outerjoin(_instalment, own)
        .where(_promise.c.tenant_id == tenant_id, _promise.c.account_id == account_id)
        .order_by(_promise.c.made_at.desc(), _promise.c.id.desc(), _instalment.c.seq)
    )
    found: dict[int, tuple[Any, list[InstalmentView]]] = {}
    for row in session.connection().execute(query):
        _, parts = found.setdefault(row.id, (row, []))
        if row.i_seq is not None:
            parts.append(
                InstalmentView(seq=row.i_seq, due=row.i_due, amount=row.i_amount, paid=row.i_paid, status=row.i_status)
            )
    return tuple(
        PromiseView.made_of(
            row,
            paid=sum(part.paid for part in parts),
            instalments=tuple(parts),
            override=f"{row.override_by}: {row.override_reason}" if row.override_by else None,
        )
        for row, parts in found.values()
    )


def messages(
    session: Session, tenant_id: int, seen: AccountFacts, *, cursor: str | None = None, limit: int = 200
) -> tuple[tuple[MessageRow, ...], str | None]:
    """A page of messages, out and in, newest first, and the cursor of the next page. Raises Invalid `pane.cursor`."""
    m = _message.c
    begins = case((m.inbound, func.substr(m.text, 1, WORD_LENGTH * 4)), else_="").label("begins")
    query = select(*(column for column in m if column.name not in {"text", "document"}), begins)
    query = query.where(m.tenant_id == tenant_id, m.account_id == seen.id)
    if cursor:
        at, row_id = _instant_and_id(cursor)
        query = query.where(m.made_at <= at, or_(m.made_at < at, m.id < row_id))  # so that the index leads there
    rows = session.connection().execute(query.order_by(m.made_at.desc(), m.id.desc()).limit(limit + 1)).all()
    page = rows[:limit]
    more = f"{page[-1].made_at.isoformat()}~{page[-1].id}" if len(rows) > limit else None
    return tuple(MessageRow.made_of(r, **_message_names(r, seen, r.begins)) for r in page), more


def message(session: Session, tenant_id: int, seen: AccountFacts, message_id: int) -> MessageView:
    """One message of an account, whole. Raises NotFound `message.not_found`."""
    db, m, a = session.connection(), _message.c, _about.c
    mine = select(_message).where(m.tenant_id == tenant_id, m.account_id == seen.id, m.id == message_id)
    row = db.execute(mine).one_or_none() if abs(message_id) < 2**63 else None  # no database keeps a larger one
    if row is None:
        raise NotFound("message.not_found", f"This account has no message {message_id}.", "message")
    about = (
        select(_item.c.doc_no, a.amount)
        .join(_item, and_(_item.c.tenant_id == tenant_id, _item.c.id == a.item_id))
        .where(a.tenant_id == tenant_id, a.message_id == message_id)
        .order_by(_item.c.due, _item.c.doc_no)
    )
    return MessageView.made_of(
        row,
        **_message_names(row, seen, row.text),
        account=seen.number,
        currency=seen.currency,
        service=next((s.product for s in seen.services if s.id == row.service_id), None),
        items=tuple(MessageItemView(doc_no=i.doc_no, amount=i.amount) for i in db.execute(about)),
    )


def audit(
    session: Session,
    tenant_id: int,
    account_id: int,
    *,
    cursor: str | None = None,
    limit: int = 200,
    readable: _audit.Readable = _audit.anything,
) -> tuple[tuple[AuditEntry, ...], str | None]:
    """A page of the audit, newest first, and the cursor of the next page. `readable` as in `audit.entries`. Raises Invalid
    `pane.cursor`."""
    if cursor is not None and not (cursor.isascii() and cursor.isdigit() and len(cursor) < 16):
        raise _bad_cursor()
    before = int(cursor) if cursor else None
    found = _audit.entries(session, tenant_id, account_id, before=before, limit=limit + 1, readable=readable)
    return found[:limit], str(found[limit - 1].seq) if len(found) > limit else None


def last_word(session: Session, tenant_id: int, account_id: int) -> str | None:
    """What was last said: `LM 18 Nov "will pay Friday"`; None when nobody ever spoke or wrote."""
    return last_words(session, tenant_id, (account_id,)).get(account_id)


def last_words(session: Session, tenant_id: int, account_ids: Sequence[int]) -> dict[int, str]:
    """The last word of each of a page of accounts (some hundreds): what the customer wrote and nobody has answered, else its last
    contact or note, whichever is younger."""
    db, zone = session.connection(), local_zone(session, tenant_id)
    key = {"tenant": tenant_id, "accounts": list(account_ids)}
    found = {row.account_id: (row.at, row.said, row.note) for row in db.execute(_last_events(), key)}
    for row in db.execute(_last_notes(), key):
        known = found.get(row.account_id)
        if known is None or row.at > known[0]:
            found[row.account_id] = row.at, "note", row.note
    for row in db.execute(_last_written(), key):
        found[row.account_id] = row.made_at, f"wrote by {row.channel}", row.text
    words = {}
    for account_id, (at, said, note) in found.items():
        day = at.astimezone(zone).date()
        quote = f' "{_short(note)}"' if note.strip() else ""
        words[account_id] = f"{said} {day.day} {MONTHS[day.month - 1][:3]}{quote}"
    return words


# Built once: putting the statements together took longer than running them.
@lru_cache(maxsize=1)
def _last_events() -> Select[Any]:
    mine = _of_accounts(_event)
    taken_back = select(_event.c.supersedes).where(*mine, _event.c.supersedes.is_not(None))
    events = (
        select(_event.c.account_id, _event.c.at, _event.c.result.label("said"), _event.c.note, _newest(_event))
        .where(*mine, _event.c.action != VOID, _event.c.id.not_in(taken_back))
        .subquery()
    )
    return select(events).where(events.c.nth == 1)


@lru_cache(maxsize=1)
def _last_notes() -> Select[Any]:
    notes = (
        select(_note.c.account_id, _note.c.at, _note.c.text.label("note"), _newest(_note))
        .where(*_of_accounts(_note))
        .subquery()
    )
    return select(notes).where(notes.c.nth == 1)


@lru_cache(maxsize=1)
def _last_written() -> Select[Any]:
    """What waits for an answer, the oldest first."""
    m = _message.c
    waits = (m.inbound, m.status == InboxState.RECEIVED)
    text = func.substr(m.text, 1, 4 * WORD_LENGTH).label("text")
    return (
        select(m.account_id, m.made_at, m.channel, text)
        .where(*_of_accounts(_message), *waits)
        .order_by(m.made_at, m.id)
    )


def _of_accounts(rows: Table) -> tuple[Any, Any]:
    return rows.c.tenant_id == bindparam("tenant"), rows.c.account_id.in_(bindparam("accounts", expanding=True))


def _newest(rows: Table) -> Any:
    order = (rows.c.at.desc(), rows.c.id.desc())
    return func.row_number().over(partition_by=rows.c.account_id, order_by=order).label("nth")


def _applied(db: Connection, tenant_id: int, payment_ids: list[int]) -> dict[int, list[Any]]:
    query = (
        select(_allocation.c.payment_id, _allocation.c.amount, _allocation.c.reversed_at, _item.c.doc_no)
        .join(_item, and_(_item.c.tenant_id == tenant_id, _item.c.id == _allocation.c.item_id))
        .where(_allocation.c.tenant_id == tenant_id, _allocation.c.payment_id.in_(payment_ids))
        .order_by(_allocation.c.id)
    )
    found: dict[int, list[Any]] = {}
    for row in db.execute(query):
        found.setdefault(row.payment_id, []).append(row)
    return found


def _payment_view(row: Any, applied: list[Any], currency: str) -> PaymentView:
    live = sum(a.amount for a in applied if a.reversed_at is None)
    back = row.status in GIVEN_BACK  # it shows what it had paid until then
    return PaymentView.made_of(
        row,
        unapplied=0 if row.status in GIVEN_BACK else row.amount - row.returned - live,
        applied_to=tuple(
            f"{a.doc_no} {format_minor(a.amount, currency)}"
            for a in applied
            if a.reversed_at is None or (back and row.returned_at in (None, a.reversed_at))
        ),
    )


def _message_names(row: Any, seen: AccountFacts, text: str) -> dict[str, Any]:
    """What a message's own columns do not say."""
    return {
        "title": _short(row.subject or text) if row.inbound else called(row.level, row.template),
        "language": row.lang,
        "point": next((p.short for p in seen.every_point if p.id == row.point_id), None),
    }


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= WORD_LENGTH else line[: WORD_LENGTH - 1].rstrip() + "…"


def _day_and_id(cursor: str) -> tuple[date, int]:
    try:
        day, row_id = cursor.split("~")
        since = date.fromisoformat(day)
        if abs(int(row_id)) >= 2**63 or not is_known(since):  # no database keeps such a number
            raise ValueError
        return since, int(row_id)
    except ValueError:
        raise _bad_cursor() from None


def _instant_and_id(cursor: str) -> tuple[datetime, int]:
    try:
        at, row_id = cursor.split("~")
        since = datetime.fromisoformat(at)
        if since.tzinfo is None or abs(int(row_id)) >= 2**63 or not is_known(since.date()):
            raise ValueError
        return since.astimezone(UTC), int(row_id)
    except (ValueError, OverflowError):
        raise _bad_cursor() from None


def _bad_cursor() -> Invalid:
    return Invalid("pane.cursor", "The cursor must be one that a page came with.", "cursor")
