"""Messages that came in: whose they are, the rows they are kept in, and those that wait."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any, Final, Self

from sqlalchemy import Select, and_, case, select
from sqlmodel import Session

from collect_tui.domain.card_text import mask_card
from collect_tui.domain.message.message import Received
from collect_tui.domain.states import AccountState, InboxState
from collect_tui.store.expressions import constant
from collect_tui.store.fact_columns import RECEIVED
from collect_tui.store.sql import add_row, dialect_of, table
from collect_tui.store.tables import Account, AccountSummary, ContactPoint, Message

_m, _a, _p = table(Message).c, table(Account).c, table(ContactPoint).c
_NOBODYS: Final = "wrong"
"""The mark of a point that is somebody else's."""


@dataclass(frozen=True, slots=True)
class InboundRow:
    """A message as it is kept. `made_at`: when it came in."""

    id: int
    channel: str
    reference: str
    thread: str
    address: str
    subject: str
    text: str
    automatic: bool
    made_on: date
    made_at: datetime

    def masked(self, numbers: Iterable[str] = ()) -> Self:
        """Card data is masked and not lost; `numbers` are none. What far ends call things was seen to before."""
        known = frozenset(numbers)
        return replace(self, subject=mask_card(self.subject, known), text=mask_card(self.text, known))


@dataclass(frozen=True, slots=True)
class Sender:
    """Whose a message is. `answers`: the message of ours that it answers."""

    account_id: int
    number: str
    answers: int | None = None


# whose it is -------------------------------------------------------------------------------------------------------
def known(session: Session, tenant_id: int, channel: str, reference: str) -> bool:
    query = select(_m.id).where(_m.tenant_id == tenant_id, _m.channel == channel, _m.reference == reference)
    return session.execute(query).first() is not None


def by_answer(
    session: Session, tenant_id: int, channel: str, ids: Collection[int], references: Collection[str]
) -> Sender | None:
    """The account of the newest of the messages that are answered: by their ids, or by the far end's references on the channel."""
    found: list[Any] = []
    if ids:
        found += session.execute(_sender(tenant_id).where(_m.id.in_(ids)).limit(1))
    if references:
        on_channel = (_m.channel == channel, _m.reference.in_(references))
        found += session.execute(_sender(tenant_id).where(*on_channel).limit(1))
    row = max(found, key=lambda each: each.id, default=None)
    return None if row is None else Sender(row.account_id, row.number, None if row.inbound else row.id)


def by_thread(session: Session, tenant_id: int, channel: str, thread: str) -> Sender | None:
    """The account of the last message that came in by the same thread."""
    same = (_m.channel == channel, _m.thread == thread, _m.thread != constant(""), _m.inbound)
    row = session.execute(_sender(tenant_id).where(*same).limit(1)).first()
    return None if row is None else Sender(row.account_id, row.number)


def _sender(tenant_id: int) -> Select[Any]:
    mine = and_(_a.tenant_id == tenant_id, _a.id == _m.account_id)
    query = select(_m.id, _m.account_id, _m.inbound, _a.number).select_from(table(Message).join(table(Account), mine))
    return query.where(_m.tenant_id == tenant_id).order_by(_m.id.desc())


def by_address(session: Session, tenant_id: int, kinds: Collection[str], normalized: str) -> list[Sender]:
    """An account of each customer who has the address, the likeliest first: of a customer whom it was not wrong for, and of theirs
    the open one that owes most, else the newest."""
    s = table(AccountSummary).c
    mine = and_(_a.tenant_id == tenant_id, _a.party_id == _p.party_id)
    summed = and_(s.tenant_id == tenant_id, s.account_id == _a.id)
    query = (
        select(_a.id, _a.number, _a.party_id)
        .select_from(table(ContactPoint).join(table(Account), mine).outerjoin(table(AccountSummary), summed))
        .where(_p.tenant_id == tenant_id, _p.normalized == normalized, _p.kind.in_(kinds))
        .order_by(
            case((_p.quality == _NOBODYS, 1), else_=0),
            case((_a.status == AccountState.OPEN, 0), else_=1),
            case((s.collectable.is_(None), 0), else_=s.collectable).desc(),
            _a.opened_on.desc(),
            _a.id.desc(),
        )
    )
    found: dict[int, Sender] = {}
    for row in session.execute(query):
        found.setdefault(row.party_id, Sender(row.id, row.number))
    return list(found.values())


# what is kept ------------------------------------------------------------------------------------------------------
def receive(session: Session, tenant_id: int, row: InboundRow, status: InboxState, detail: str = "") -> bool:
    """Keeps a message, nobody's as yet. False: it is known by its channel and reference, and nothing was written."""
    message = table(Message)
    insert = add_row(dialect_of(session), message, by=("tenant_id", "channel", "reference")).returning(message.c.id)
    values = {"tenant_id": tenant_id, **asdict(row), "inbound": True, "status": status, "detail": detail}
    return session.execute(insert.values(**values)).first() is not None


def unknown(session: Session, tenant_id: int, message_id: int) -> InboundRow | None:
    """A message that is nobody's."""
    names = InboundRow.__dataclass_fields__
    nobodys = (_m.tenant_id == tenant_id, _m.id == message_id, _m.inbound, _m.account_id.is_(None))
    row = session.execute(select(*(_m[name] for name in names)).where(*nobodys)).first()
    return None if row is None else InboundRow(*row)


def account_of(session: Session, tenant_id: int, message_id: int) -> str | None:
    """The number of the account that a message which came in stands on."""
    mine = and_(_a.tenant_id == tenant_id, _a.id == _m.account_id)
    query = select(_a.number).select_from(table(Message).join(table(Account), mine))
    found: str | None = session.execute(
        query.where(_m.tenant_id == tenant_id, _m.id == message_id, _m.inbound)
    ).scalar()
    return found


def answered_by(session: Session, tenant_id: int, message_id: int) -> Received | None:
    """The message that came in and that one of ours answers."""
    asked = select(_m.answers).where(_m.tenant_id == tenant_id, _m.id == message_id).scalar_subquery()
    return received(session, tenant_id, asked)


def received(session: Session, tenant_id: int, asked: Any) -> Received | None:
    """A message that came in, by its id."""
    columns = (_m[name] for name in RECEIVED.split())
    row = session.execute(select(*columns).where(_m.tenant_id == tenant_id, _m.id == asked, _m.inbound)).first()
    return None if row is None else Received(row.id, row.channel, InboxState(row.status), *row[3:])


def confirmed(session: Session, tenant_id: int, party_of: int, template: str, point_id: int | None, to: str) -> bool:
    """Whether a customer was ever sent a message of a template to a point or address. `party_of`: an account of theirs."""
    party = select(_a.party_id).where(_a.tenant_id == tenant_id, _a.id == party_of).scalar_subquery()
    mine = select(_a.id).where(_a.tenant_id == tenant_id, _a.party_id == party)
    there = (_m.address == to) if point_id is None else (_m.point_id == point_id)
    query = select(_m.id).where(_m.tenant_id == tenant_id, _m.account_id.in_(mine), _m.template == template, there)
    return session.execute(query).first() is not None


def waiting(session: Session, tenant_id: int, *, unknown: bool, limit: int) -> list[Any]:
    """Messages that wait for an answer, of accounts or of nobody known, the oldest first."""
    columns = (_m[name] for name in ("id", "channel", "made_at", "address", "subject", "text", "detail"))
    mine = and_(_a.tenant_id == tenant_id, _a.id == _m.account_id)
    query = (
        select(*columns, _a.number.label("account"))
        .select_from(table(Message).outerjoin(table(Account), mine))
        .where(_m.tenant_id == tenant_id, _m.status == InboxState.RECEIVED, _m.inbound)
        .where(_m.account_id.is_(None) if unknown else _m.account_id.is_not(None))
        .order_by(_m.made_at, _m.id)
        .limit(limit)
    )
    return list(session.execute(query))
