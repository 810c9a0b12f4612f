"""The reads of how a customer is reached and how often they were tried: of one account, or of many at once."""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    Column,
    ColumnElement,
    Select,
    Table,
    and_,
    bindparam,
    literal_column,
    or_,
    select,
)
from sqlmodel import SQLModel

from collect_tui.domain.states import HoldState
from collect_tui.store import fact_columns
from collect_tui.store import tables as _tables  # noqa: F401 — fills SQLModel.metadata
from collect_tui.store.sql import among

_T = SQLModel.metadata.tables
_tenant, _party, _account, _point, _event = (
    _T[name] for name in ("tenant", "party", "account", "contact_point", "contact_event")
)
_link = _T["account_party"]

TENANT: BindParameter[int] = bindparam("tenant")
ACCOUNT: BindParameter[int] = bindparam("account")


def one_of(column: Column[Any], constants: Collection[str]) -> ColumnElement[bool]:
    """The constants stand in the statement itself: half the time of an IN whose list is filled in at each execution."""
    return or_(*(column == literal_column(f"'{constant}'") for constant in sorted(constants)))


def columns_of(table: Table, names: str) -> list[Column[Any]]:
    return [table.c[name] for name in names.split()]


def whose(column: Any, many: str) -> Any:
    return among(many, column, "accounts") if many else column == ACCOUNT


_BOOK = _tenant.c.business_date, _tenant.c.zone.label("home_zone")
WHERE = (*columns_of(_party, "zone times"), _party.c.kind.label("party_kind"), *_BOOK)


def points(many: str) -> Select[Any]:
    query = select(*columns_of(_point, fact_columns.POINT), *((_account.c.id.label("account_id"),) if many else ()))
    if many:
        same = and_(_point.c.tenant_id == TENANT, _point.c.party_id == _account.c.party_id)
        query = query.select_from(_account.join(_point, same)).where(_account.c.tenant_id == TENANT)
        query = query.where(whose(_account.c.id, many))
    else:
        query = query.where(_point.c.tenant_id == TENANT, _point.c.party_id == bindparam("party"))
    return query.order_by(_point.c.ord, _point.c.id)


def parties(many: str) -> Select[Any]:
    """Parties beside the holder, a row for each of their contact points."""
    point = (column.label(f"point_{column.name}") for column in columns_of(_point, fact_columns.POINT))
    theirs = and_(_point.c.tenant_id == TENANT, _point.c.party_id == _link.c.party_id)
    return (
        select(_link.c.role, _link.c.ord, *columns_of(_party, fact_columns.PARTY), *point)
        .add_columns(*((_link.c.account_id,) if many else ()))
        .join(_party, and_(_party.c.tenant_id == TENANT, _party.c.id == _link.c.party_id))
        .outerjoin(_point, theirs)
        .where(_link.c.tenant_id == TENANT, whose(_link.c.account_id, many))
        .order_by(_link.c.ord, _link.c.party_id, _point.c.ord, _point.c.id)
    )


def elsewhere(many: str) -> Select[Any]:
    """Contact events of the other accounts of a customer."""
    mine, made = _account.alias("mine"), _event.c
    same = and_(_account.c.tenant_id == TENANT, _account.c.party_id == mine.c.party_id, _account.c.id != mine.c.id)
    lately = and_(made.tenant_id == TENANT, made.account_id == _account.c.id, made.at >= bindparam("tried_since"))
    return (
        select(*columns_of(_event, fact_columns.ATTEMPT), made.account_id.label("other_account"))
        .add_columns(*((mine.c.id.label("account_id"),) if many else ()))
        .select_from(mine.join(_account, same).join(_event, lately))
        .where(mine.c.tenant_id == TENANT, whose(mine.c.id, many))
        .order_by(made.at, made.id)
    )


@lru_cache(maxsize=2)
def for_calls(dialect: str) -> tuple[Any, Any, Any, Any, Any]:
    """Heads, points, active holds and attempts of several accounts, and attempts on others of their customers."""

    def of_accounts(name: str, columns: str, *where: Any) -> Any:
        table = _T[name]
        mine = (table.c.tenant_id == TENANT, among(dialect, table.c.account_id, "accounts"), *where)
        return select(*columns_of(table, columns), table.c.account_id).where(*mine)

    hold, event = _T["hold"].c, _T["contact_event"].c
    these = (_account.c.tenant_id == TENANT, among(dialect, _account.c.id, "accounts"))
    heads = (
        select(
            *columns_of(_account, "id number version status stage currency segment opened_on"),
            *columns_of(_account, "next_action_code next_action_on next_action_at"),
            *WHERE,
        )
        .join(_party, and_(_party.c.tenant_id == TENANT, _party.c.id == _account.c.party_id))
        .join(_tenant, _tenant.c.tenant_id == TENANT)
        .where(*these)
    )
    holds = of_accounts("hold", fact_columns.HOLD, one_of(hold.status, {HoldState.ACTIVE})).order_by(hold.id)
    attempts = of_accounts("contact_event", fact_columns.ATTEMPT, event.at >= bindparam("tried_since")).order_by(
        event.at, event.id
    )
    return heads, points(dialect), holds, attempts, elsewhere(dialect)
