"""Digests for the firm's own people: messages of no account, what they told of, and what they are made of."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, func, insert, or_, select, update
from sqlmodel import Session

from collect_tui.domain.effects import MessageChanged
from collect_tui.domain.states import LIVE_MESSAGE, LOST_MESSAGE, MessageState, ServiceState
from collect_tui.store.facts import VOID
from collect_tui.store.sql import table
from collect_tui.store.tables import (
    Account,
    ContactEvent,
    DigestOrder,
    Message,
    Party,
    Service,
    ServiceOrder,
    gate,
)
from collect_tui.store.writing_messages import as_changed

_m, _o, _s, _a = table(Message).c, table(ServiceOrder).c, table(Service).c, table(Account).c
_OURS = (_m.account_id.is_(None), _m.inbound.is_(False))


# a digest ----------------------------------------------------------------------------------------------------------
def write(
    session: Session,
    tenant_id: int,
    message: Mapping[str, Any],
    told: Collection[Mapping[str, Any]] = (),
    known: Collection[str] = (),
) -> None:
    """Keeps a digest, QUEUED, and the orders that it tells of. `known`: numbers in it that are no card's."""
    gate.know(known, only=True)
    own = {"tenant_id": tenant_id, "status": MessageState.QUEUED, "inbound": False, "channel": "email"}
    session.execute(insert(table(Message)).values(**own, **message))
    if told:
        rows = [{"tenant_id": tenant_id, "message_id": message["id"], **each} for each in told]
        session.execute(insert(table(DigestOrder)), rows)


def last(session: Session, tenant_id: int, thread: str) -> Any | None:
    """Of the newest digest of a kind for a contact the day and the instant on which it was written."""
    mine = (_m.tenant_id == tenant_id, *_OURS, _m.channel == "email", _m.thread == thread)
    return session.execute(select(_m.made_on, _m.made_at).where(*mine).order_by(_m.id.desc()).limit(1)).first()


def answered(session: Session, tenant_id: int, ids: Collection[int]) -> Any | None:
    """The newest of the messages with these ids that is a digest: its id and the address that it went to."""
    mine = (_m.tenant_id == tenant_id, *_OURS, _m.id.in_(sorted(ids)))
    return session.execute(select(_m.id, _m.address).where(*mine).order_by(_m.id.desc()).limit(1)).first()


def change(session: Session, tenant_id: int, effect: MessageChanged, at: datetime) -> None:
    """Writes what has become of a digest."""
    mine = (_m.tenant_id == tenant_id, *_OURS, _m.id == effect.id, _m.status == effect.old_status)
    session.execute(update(table(Message)).where(*mine).values(**as_changed(effect, at)))


# orders ------------------------------------------------------------------------------------------------------------
def told(session: Session, tenant_id: int, message_id: int) -> list[Any]:
    """The orders that a digest told of, with their numbers and those of their accounts."""
    d = table(DigestOrder)
    query = (
        select(d.c.order_id, d.c.account_id, _o.number.label("order"), _a.number.label("account"))
        .select_from(
            d.join(table(ServiceOrder), and_(_o.tenant_id == tenant_id, _o.id == d.c.order_id)).join(
                table(Account), and_(_a.tenant_id == tenant_id, _a.id == d.c.account_id)
            )
        )
        .where(d.c.tenant_id == tenant_id, d.c.message_id == message_id)
    )
    return list(session.execute(query.order_by(d.c.order_id)))


def told_before(session: Session, tenant_id: int, since: date) -> set[tuple[str, int, date]]:
    """Who was told of which orders that are carried out on a day or after it: contact, order, that day. What did not arrive has told
    nobody."""
    d = table(DigestOrder)
    digest = d.join(table(Message), and_(_m.tenant_id == tenant_id, _m.id == d.c.message_id))
    query = (
        select(d.c.contact, d.c.order_id, d.c.effective)
        .select_from(digest)
        .where(d.c.tenant_id == tenant_id, d.c.effective >= since, _m.status.in_(sorted(LIVE_MESSAGE)))
    )
    return {tuple(row) for row in session.execute(query)}


def names(session: Session, tenant_id: int, accounts: Collection[int]) -> dict[int, Any]:
    """Name and kind of the customers of accounts, by the account's id."""
    p = table(Party)
    mine = and_(p.c.tenant_id == tenant_id, p.c.id == _a.party_id)
    query = select(_a.id, p.c.name, p.c.kind).select_from(table(Account).join(p, mine))
    return {r.id: r for r in session.execute(query.where(_a.tenant_id == tenant_id, _a.id.in_(sorted(accounts))))}


# channels ----------------------------------------------------------------------------------------------------------
def lost(session: Session, tenant_id: int, since: datetime) -> list[Any]:
    """Messages that did not arrive, known since an instant: how many by channel, template and what is said of why."""
    query = (
        select(_m.channel, _m.template, _m.detail, func.count().label("n"))
        .where(_m.tenant_id == tenant_id, _m.inbound.is_(False), _m.status.in_(sorted(LOST_MESSAGE)))
        .where(_m.closed_at > since)
        .group_by(_m.channel, _m.template, _m.detail)
    )
    return list(session.execute(query))


def backlog(session: Session, tenant_id: int, today: date) -> list[Any]:
    """By channel, how many released messages to customers it did not take or has left waiting since before today, and since when."""
    query = (
        select(_m.channel, func.count().label("n"), func.min(_m.made_on).label("since"))
        .where(_m.tenant_id == tenant_id, _m.account_id.is_not(None), _m.inbound.is_(False))
        .where(_m.status == MessageState.QUEUED)
        .where(or_(_m.tries > 0, _m.made_on < today))
        .group_by(_m.channel)
    )
    return list(session.execute(query.order_by(_m.channel)))


# reasons -----------------------------------------------------------------------------------------------------------
def reasons(session: Session, tenant_id: int, since: datetime, until: datetime) -> list[Any]:
    """Reasons for non-payment that were logged between two instants and not taken back, each with a product in use of the account."""
    e, later = table(ContactEvent), table(ContactEvent).alias("later")
    took = (later.c.tenant_id == tenant_id, later.c.supersedes == e.c.id)
    back = select(later.c.id).where(*took).exists()
    service = and_(_s.tenant_id == tenant_id, _s.account_id == e.c.account_id, _s.status != ServiceState.TERMINATED)
    query = (
        select(e.c.id, e.c.at, e.c.reason, _s.product, _s.billing_system, _a.number, _a.segment)
        .distinct()
        .select_from(
            e.join(table(Service), service).join(
                table(Account), and_(_a.tenant_id == tenant_id, _a.id == e.c.account_id)
            )
        )
        .where(e.c.tenant_id == tenant_id, e.c.at >= since, e.c.at < until, e.c.reason.is_not(None), e.c.action != VOID)
        .where(~back)
    )
    return list(session.execute(query))
