"""The reads of the messages that belong to the facts of an account."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Select, and_, bindparam, false, func, literal_column, not_, or_, select, tuple_, union
from sqlmodel import SQLModel

from collect_tui.domain.message.message import MOST_WAITING
from collect_tui.domain.states import WAITING_MESSAGE, InboxState, MessageState
from collect_tui.store import fact_columns
from collect_tui.store import tables as _tables  # noqa: F401 — fills SQLModel.metadata
from collect_tui.store.contact_statements import TENANT, columns_of, one_of, whose

_T: Final = SQLModel.metadata.tables
_message, _about, _item = _T["message"], _T["message_item"], _T["item"]


def messages(many: str, recently_paid: Any = None) -> Select[Any]:
    """Notices, what has not left yet and what is recent, a row for each item that they are about.

    Which these are is asked of an index each, and of no other message: an account may have thousands. A notice that arrived long ago
    is among them while something that it is about is open, or may be again (`recently_paid`, by the ids of items), and so are the last
    ones of each level; without `recently_paid` all are.
    """
    m = _message.c

    def mine(which: Any) -> Select[Any]:
        return select(m.id).where(m.tenant_id == TENANT, whose(m.account_id, many), m.inbound == false(), which)

    notices = _notice(m)
    if recently_paid is not None:
        over = and_(
            one_of(m.status, {MessageState.DELIVERED}), m.served_on < bindparam("written_since"), m.lifted.is_(None)
        )
        last = tuple_(m.account_id, m.level, m.served_on).in_(_last(many))
        notices = and_(notices, or_(not_(func.coalesce(over, false())), last, m.id.in_(_of_debts(many, recently_paid))))
    kept = union(mine(one_of(m.status, WAITING_MESSAGE)), mine(m.made_on >= bindparam("written_since")), mine(notices))
    return (
        select(
            *columns_of(_message, fact_columns.MESSAGE), _about.c.item_id, *((_message.c.account_id,) if many else ())
        )
        .outerjoin(_about, and_(_about.c.tenant_id == TENANT, _about.c.message_id == _message.c.id))
        .where(m.tenant_id == TENANT, m.id.in_(kept))
        .order_by(m.id, _about.c.item_id)
    )


def _notice(m: Any) -> Any:
    """Word for word the condition of an index."""
    return or_(m.level != literal_column("''"), m.lifted.is_not(None))


def _last(many: str) -> Select[Any]:
    """Of each level the day on which the last one that arrived was served."""
    m = _message.alias("last").c
    mine = (m.tenant_id == TENANT, whose(m.account_id, many), m.inbound == false(), _notice(m))
    last = select(m.account_id, m.level, func.max(m.served_on)).where(*mine, one_of(m.status, {MessageState.DELIVERED}))
    return last.group_by(m.account_id, m.level)


def _of_debts(many: str, recently_paid: Any) -> Select[Any]:
    """Messages about what is open or was paid a short while ago."""
    i = _item.c
    owed = or_(i.open != 0, i.id.in_(recently_paid))
    its = and_(_about.c.tenant_id == TENANT, _about.c.item_id == i.id)
    return (
        select(_about.c.message_id)
        .join_from(_item, _about, its)
        .where(i.tenant_id == TENANT, whose(i.account_id, many), owed)
    )


def inbox(many: str) -> Select[Any]:
    """The oldest of what came in and waits for an answer."""
    m = _message.c
    query = select(*columns_of(_message, fact_columns.RECEIVED), *((m.account_id,) if many else ())).where(
        m.tenant_id == TENANT, whose(m.account_id, many), m.inbound, one_of(m.status, {InboxState.RECEIVED})
    )
    if not many:
        return query.order_by(m.id).limit(literal_column(str(MOST_WAITING)))
    place = func.row_number().over(partition_by=m.account_id, order_by=m.id).label("place")
    rows = query.add_columns(place).subquery()
    kept = (column for column in rows.c if column.key != "place")
    return select(*kept).where(rows.c.place <= literal_column(str(MOST_WAITING))).order_by(rows.c.id)


__all__ = ["inbox", "messages"]
