"""Messages that wait, leave and are answered for: rows of them with what a run needs of their account."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, select, update
from sqlmodel import Session

from collect_tui.domain.states import MessageState
from collect_tui.store.sql import table
from collect_tui.store.tables import Account, Message, MessageItem, Party


def waiting(session: Session, tenant_id: int, status: MessageState, *, channel: str | None = None) -> list[Any]:
    """Messages that go out and are in a state, in the order they were written: their columns but for the texts, the account's number
    and whether they were tried."""
    m = table(Message).c
    query = _rows(tenant_id).where(m.status == status, m.inbound.is_(False)).order_by(m.id)
    return list(session.execute(query if channel is None else query.where(m.channel == channel)))


def find(session: Session, tenant_id: int, **key: Any) -> Any | None:
    """The message with an id, or with a channel and the far end's reference, as such a row."""
    m = table(Message).c
    return session.execute(_rows(tenant_id).where(*(m[name] == value for name, value in key.items()))).first()


def asked(session: Session, tenant_id: int, message_id: int) -> tuple[tuple[int, int], ...]:
    """The items that a message is about, by id, and what it asks for on each (minor units)."""
    about = table(MessageItem).c
    query = select(about.item_id, about.amount).where(about.tenant_id == tenant_id, about.message_id == message_id)
    return tuple((row.item_id, row.amount) for row in session.execute(query.order_by(about.item_id)))


def texts(session: Session, tenant_id: int, message_id: int) -> Any:
    """What a message says and whom it is to: its texts, address and language, when they were made and it was tried, the customer's name
    and kind (None: it is of no account), and the reference of what it answers."""
    m, p, a, asked = table(Message), table(Party), table(Account), table(Message).alias("asked")
    query = (
        select(
            m.c.tried_at,
            m.c.released_at,
            m.c.subject,
            m.c.text,
            m.c.document,
            m.c.address,
            m.c.lang,
            p.c.name,
            p.c.kind,
            asked.c.reference.label("reply_to"),
        )
        .select_from(
            m.outerjoin(a, and_(a.c.tenant_id == tenant_id, a.c.id == m.c.account_id))
            .outerjoin(p, and_(p.c.tenant_id == tenant_id, p.c.id == a.c.party_id))
            .outerjoin(asked, and_(asked.c.tenant_id == tenant_id, asked.c.id == m.c.answers))
        )
        .where(m.c.tenant_id == tenant_id, m.c.id == message_id)
    )
    return session.execute(query).one()


def mark_tried(session: Session, tenant_id: int, message_id: int, at: datetime | None) -> None:
    """It is about to be handed over (`at`), or was not after all (None)."""
    m = table(Message)
    tries = {"tries": m.c.tries + 1} if at is not None else {}
    mine = update(m).where(m.c.tenant_id == tenant_id, m.c.id == message_id)
    session.execute(mine.values(tried_at=at, detail="", **tries))


def mark_unsure(session: Session, tenant_id: int, message_id: int, why: str) -> None:
    """Whoever handed it over does not know whether it left."""
    m = table(Message)
    session.execute(update(m).where(m.c.tenant_id == tenant_id, m.c.id == message_id).values(detail=why))


def _rows(tenant_id: int) -> Select[Any]:
    m, a = table(Message), table(Account)
    names = "id account_id channel status level template version point_id blocked made_on made_by tried_at tries sent_on served_on detail"
    return (
        select(*(m.c[name] for name in (*names.split(), "inbound", "answers")), a.c.number.label("account"))
        .select_from(m.outerjoin(a, and_(a.c.tenant_id == tenant_id, a.c.id == m.c.account_id)))
        .where(m.c.tenant_id == tenant_id)
    )
