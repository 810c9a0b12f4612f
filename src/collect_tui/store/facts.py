"""Loads what is known of one account: a dozen indexed reads of plain rows, in one snapshot.

The windows are those of `AccountFacts`: its comments say which rows belong to it, `evolve` keeps to the same.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import (
    BindParameter,
    Column,
    ColumnElement,
    Connection,
    Select,
    Table,
    and_,
    bindparam,
    exists,
    func,
    literal_column,
    or_,
    select,
)
from sqlmodel import Session, SQLModel

from collect_tui.desk.errors import NotFound
from collect_tui.domain.calendars import add_months
from collect_tui.domain.evolve import OPEN_CALLBACK, PAYMENT_DAYS, PROMISE_MONTHS
from collect_tui.domain.facts import (
    PHONE_KINDS,
    AccountFacts,
    Allocation,
    Attempt,
    Callback,
    Hold,
    Instalment,
    Item,
    NextAction,
    Notice,
    Order,
    Payment,
    Point,
    Promise,
    Service,
)
from collect_tui.domain.states import OPEN_ORDER, OPEN_PROMISE
from collect_tui.store import tables as _tables  # noqa: F401 — fills SQLModel.metadata
from collect_tui.store.phone_zones import candidate_zones
from collect_tui.store.sql import among
from collect_tui.store.together import Together

__all__ = ["AccountFacts", "account_id", "changed", "for_calls", "load", "load_by_id", "number"]

ATTEMPT_DAYS: Final = 30
"""Contact events stay in the facts for this many days before the business date (UTC days)."""

GIVEN_BACK: Final = frozenset({"RETURNED", "REVERSED", "REFUNDED"})
"""States of a payment whose money is no longer here: nothing of it is unapplied."""

VOID: Final = "VOID"
"""Action and result of the contact event that takes another back."""

_T = SQLModel.metadata.tables
_tenant, _party, _account, _work = _T["tenant"], _T["party"], _T["account"], _T["work_item"]
_point, _item, _promise, _instalment = _T["contact_point"], _T["item"], _T["promise"], _T["instalment"]
_payment, _allocation, _order = _T["payment"], _T["allocation"], _T["service_order"]

_TENANT: BindParameter[int] = bindparam("tenant")
_ACCOUNT: BindParameter[int] = bindparam("account")


def load(session: Session, tenant_id: int, number: str) -> AccountFacts:
    """The facts of the account with that number, with or without its dashes. Raises NotFound `account.not_found`."""
    wanted = number.strip()
    if "\0" not in wanted:
        head = session.connection().execute(_HEAD_BY_NUMBER, {"tenant": tenant_id, "number": wanted}).one_or_none()
        if head is not None:
            return _whole(session.connection(), tenant_id, head)
    return load_by_id(session, tenant_id, account_id(session, tenant_id, number))


def load_by_id(session: Session, tenant_id: int, account_id: int) -> AccountFacts:
    """The facts of an account by its id. Raises NotFound `account.not_found`."""
    head = session.connection().execute(_HEAD, {"tenant": tenant_id, "account": account_id}).one_or_none()
    if head is None:
        raise _not_found()
    return _whole(session.connection(), tenant_id, head)


def _whole(db: Connection, tenant_id: int, head: Any) -> AccountFacts:
    key: dict[str, Any] = {"tenant": tenant_id, "account": head.id}
    today: date = head.business_date
    read = _PARTS.read(
        db,
        {
            **key,
            "party": head.party_id,
            "promised_since": add_months(today, -PROMISE_MONTHS),
            "paid_since": today - timedelta(days=PAYMENT_DAYS),
            "tried_since": _attempts_since(today),
        },
    )
    payments, applied = _payments(read["payments"])
    items = [Item(*row) for row in read["items"]]
    applied -= {item.id for item in items}
    settled = _settled(db, key, applied) if applied else ()
    action = head.next_action_on and NextAction(head.next_action_code, head.next_action_on, head.next_action_at)
    return AccountFacts(
        id=head.id,
        number=head.number,
        name=head.name,
        version=head.version,
        status=head.status,
        stage=head.stage,
        currency=head.currency,
        segment=head.segment,
        business_date=today,
        opened_on=head.opened_on,
        next_action=action,
        ladder_paused_by=head.ladder_paused_by,
        snoozes=head.snoozes or 0,
        points=tuple(_as_point(row, head.zone) for row in read["points"]),
        items=tuple(items),
        settled=settled,
        promises=_promises(read["promises"]),
        holds=tuple(Hold(*row) for row in read["holds"]),
        services=tuple(Service(*row) for row in read["services"]),
        orders=tuple(Order(*row) for row in read["orders"]),
        notices=tuple(Notice(*row) for row in read["notices"]),
        payments=payments,
        attempts=_attempts(read["attempts"]),
        callbacks=tuple(Callback(*row) for row in read["callbacks"]),
        pinned=tuple(row.text for row in read["pinned"]),
        lease_by=head.claimed_by if head.claimed else None,
        lease_until=head.lease_until if head.claimed else None,
        fence=head.fence or 0,
    )


def for_calls(session: Session, tenant_id: int, ids: Collection[int]) -> dict[int, AccountFacts]:
    """Of several accounts what `policy.contact.may_call` looks at: points, holds and attempts; nothing else is filled in."""
    db = session.connection()
    heads, points, holds, attempts = _for_calls(db.dialect.name)
    key: dict[str, Any] = {"tenant": tenant_id, "accounts": sorted(ids)}
    found = db.execute(heads, key).all()
    if not found:
        return {}
    today: date = found[0].business_date
    zones = {row.id: row.zone for row in found}
    numbers: dict[int, list[Point]] = {row.id: [] for row in found}
    for row in db.execute(points, key):
        numbers[row.account_id].append(_as_point(row, zones[row.account_id]))
    held: dict[int, list[Hold]] = {}
    for account, *rest in db.execute(holds, key):
        held.setdefault(account, []).append(Hold(*rest))
    tried: dict[int, list[Any]] = {}
    for row in db.execute(attempts, {**key, "tried_since": _attempts_since(today)}):
        tried.setdefault(row.account_id, []).append(row)
    return {
        row.id: AccountFacts(
            id=row.id,
            number=row.number,
            name="",
            version=row.version,
            status=row.status,
            stage=row.stage,
            currency=row.currency,
            segment=row.segment,
            business_date=today,
            opened_on=row.opened_on,
            points=tuple(numbers[row.id]),
            holds=tuple(held.get(row.id, ())),
            attempts=_attempts(tried.get(row.id, [])),
        )
        for row in found
    }


def account_id(session: Session, tenant_id: int, number: str) -> int:
    """The id of an account by its number, with or without its dashes. Raises NotFound `account.not_found`."""
    db, wanted = session.connection(), number.strip()
    if "\0" in wanted:
        raise _not_found()  # PostgreSQL takes no such text, not even to look for it
    found = db.execute(_BY_NUMBER, {"tenant": tenant_id, "number": wanted}).scalar_one_or_none()
    if found is None:
        bare = db.execute(_BY_BARE, {"tenant": tenant_id, "number": wanted.replace("-", "")}).scalars().all()
        if len(bare) != 1:
            raise _not_found()
        found = bare[0]
    return int(found)


def number(session: Session, tenant_id: int, account_id: int) -> str:
    """The number of an account by its id. Raises NotFound `account.not_found`."""
    found = session.connection().execute(_NUMBER, {"tenant": tenant_id, "account": account_id}).scalar_one_or_none()
    if found is None:
        raise _not_found()
    return str(found)


def changed(session: Session, tenant_id: int, account_id: int) -> tuple[str, datetime]:
    """Who changed the account last, and when (UTC)."""
    row = session.connection().execute(_CHANGED, {"tenant": tenant_id, "account": account_id}).one_or_none()
    if row is None:
        raise _not_found()
    return row.changed_by, row.changed_at


def _not_found() -> NotFound:
    return NotFound("account.not_found", "There is no account with this number.", "account")


# ------------------------------------------------------------------------------------------------------- rows to values


def _as_point(row: Any, stated_zone: str | None) -> Point:
    # A zone stated by the customer replaces what the number suggests. What was stored with a number is what was known of
    # it on that day: what is known of it now counts as well.
    zones = tuple(z for z in (stated_zone or row.zones).split(",") if z)
    if not stated_zone and row.kind in PHONE_KINDS:
        zones = candidate_zones(row.normalized, zones)
    return Point(row.id, row.kind, row.value, row.ord, row.quality, row.consent, zones)


def _attempts_since(today: date) -> datetime:
    return datetime.combine(today - timedelta(days=ATTEMPT_DAYS), time(), UTC)


def _attempts(rows: Sequence[Any]) -> tuple[Attempt, ...]:
    """The events without those taken back: what takes one back is always the younger."""
    gone = {row.supersedes for row in rows}
    return tuple(
        Attempt(r.at, r.action, r.result, r.counted, r.contact and r.right_party, r.point_id, r.id)
        for r in rows
        if r.action != VOID and r.id not in gone
    )


def _promises(rows: Sequence[Any]) -> tuple[Promise, ...]:
    """Each row is an instalment with its promise before it; those of one promise lie together."""
    found: dict[int, tuple[Any, list[Instalment]]] = {}
    for row in rows:
        _, instalments = found.setdefault(row.id, (row, []))
        if row.seq is not None:
            instalments.append(Instalment(row.seq, row.due, row.amount, row.paid, row.instalment_status))
    return tuple(
        Promise(
            id=row.id,
            kind=row.kind,
            status=row.status,
            total=row.total,
            made_on=row.made_on,
            grace_days=row.grace_days,
            instalments=tuple(instalments),
            method=row.method,
            made_by=row.made_by,
            override_by=row.override_by,
            override_reason=row.override_reason,
            supersedes=row.supersedes,
            closed_reason=row.closed_reason,
            ladder_step=row.ladder_step,
        )
        for row, instalments in found.values()
    )


def _settled(db: Connection, key: dict[str, Any], ids: set[int]) -> tuple[Item, ...]:
    """Items of an account with nothing open."""
    rows = db.execute(_settled_of(db.dialect.name), {**key, "ids": sorted(ids)})
    return tuple(Item(*row) for row in rows)


def _payments(rows: Sequence[Any]) -> tuple[tuple[Payment, ...], set[int]]:
    """The payments of the window, and the items they are allocated to."""
    found: dict[int, tuple[Any, list[Allocation]]] = {}
    for row in rows:
        _, allocations = found.setdefault(row.id, (row, []))
        if row.item_id is not None:
            allocations.append(Allocation(row.item_id, row.allocated))
    payments = [
        Payment(p.id, p.ref, p.received_on, p.method, p.amount, p.status, tuple(allocations), p.returned_reason)
        for p, allocations in found.values()
    ]
    return tuple(payments), {a.item_id for p in payments for a in p.allocations}


# ----------------------------------------------------------------------------------------------------------- statements
# Built once: what is compiled for a statement is kept with it.


def _one_of(column: Column[Any], constants: Collection[str]) -> ColumnElement[bool]:
    """The constants stand in the statement itself: half the time of an IN whose list is filled in at each execution."""
    return or_(*(column == literal_column(f"'{constant}'") for constant in sorted(constants)))


def _columns(table: Table, names: str) -> list[Column[Any]]:
    return [table.c[name] for name in names.split()]


def _of_account(name: str, columns: str, where: Callable[[Any], Any] | None = None, order: str = "id") -> Select[Any]:
    table = _T[name]
    query = select(*_columns(table, columns)).where(table.c.tenant_id == _TENANT, table.c.account_id == _ACCOUNT)
    if where is not None:
        query = query.where(where(table.c))
    return query.order_by(*(table.c[c] for c in order.split()))


_HEADS = (
    select(
        *_columns(_account, "id party_id number version status stage currency segment opened_on ladder_paused_by"),
        *_columns(_account, "next_action_code next_action_on next_action_at"),
        _party.c.name,
        _party.c.zone,
        _tenant.c.business_date,
        *_columns(_work, "snoozes claimed claimed_by lease_until fence"),
    )
    .join(_party, and_(_party.c.tenant_id == _TENANT, _party.c.id == _account.c.party_id))
    .join(_tenant, _tenant.c.tenant_id == _TENANT)
    .outerjoin(_work, and_(_work.c.tenant_id == _TENANT, _work.c.account_id == _account.c.id))
    .where(_account.c.tenant_id == _TENANT)
)
_HEAD = _HEADS.where(_account.c.id == _ACCOUNT)
_HEAD_BY_NUMBER = _HEADS.where(_account.c.number == bindparam("number"))
_BY_NUMBER = select(_account.c.id).where(_account.c.tenant_id == _TENANT, _account.c.number == bindparam("number"))
_NUMBER = select(_account.c.number).where(_account.c.tenant_id == _TENANT, _account.c.id == _ACCOUNT)
_CHANGED = select(_account.c.changed_by, _account.c.changed_at).where(
    _account.c.tenant_id == _TENANT, _account.c.id == _ACCOUNT
)

_POINT = "id kind value ord quality consent zones normalized"
_HOLD = "id kind placed_on until reason scope target_id status placed_by"
_ATTEMPT = "id at action result counted contact right_party point_id supersedes"
_POINTS = (
    select(*_columns(_point, _POINT))
    .where(_point.c.tenant_id == _TENANT, _point.c.party_id == bindparam("party"))
    .order_by(_point.c.ord, _point.c.id)
)

_ITEM = "id doc_no kind issued due amount open disputed service_id"
_ITEMS = _of_account("item", _ITEM, lambda c: c.open != 0, "due id")


@lru_cache(maxsize=2)
def _settled_of(dialect: str) -> Select[Any]:
    return _of_account("item", _ITEM, lambda c: and_(c.open == 0, among(dialect, c.id, "ids")), "due id")


_PROMISES = (
    select(
        *_columns(_promise, "id kind status total made_on grace_days method made_by"),
        *_columns(_promise, "override_by override_reason supersedes closed_reason ladder_step"),
        *_columns(_instalment, "seq due amount paid"),
        _instalment.c.status.label("instalment_status"),
    )
    .outerjoin(_instalment, and_(_instalment.c.tenant_id == _TENANT, _instalment.c.promise_id == _promise.c.id))
    .where(_promise.c.tenant_id == _TENANT, _promise.c.account_id == _ACCOUNT)
    .where(or_(_one_of(_promise.c.status, OPEN_PROMISE), _promise.c.made_on >= bindparam("promised_since")))
    .order_by(_promise.c.id, _instalment.c.seq)
)

_HOLDS = _of_account("hold", _HOLD, lambda c: _one_of(c.status, {"ACTIVE"}))
_SERVICES = _of_account("service", "id product billing_system identifier status suspend_cause monthly life_support")
_NOTICES = _of_account("notice", "id level channel status sent_on service_id")
_CALLBACKS = _of_account("callback", "id at owner point_id status note", lambda c: _one_of(c.status, OPEN_CALLBACK))
_PINNED = _of_account("note", "text", lambda c: c.pinned, "id")


@lru_cache(maxsize=2)
def _for_calls(dialect: str) -> tuple[Any, Any, Any, Any]:
    """Heads, points, active holds and attempts of several accounts."""

    def of_accounts(name: str, columns: str, *where: Any) -> Any:
        table = _T[name]
        mine = (table.c.tenant_id == _TENANT, among(dialect, table.c.account_id, "accounts"), *where)
        return select(table.c.account_id, *_columns(table, columns)).where(*mine)

    hold, event = _T["hold"].c, _T["contact_event"].c
    these = (_account.c.tenant_id == _TENANT, among(dialect, _account.c.id, "accounts"))
    heads = (
        select(
            *_columns(_account, "id number version status stage currency segment opened_on"),
            _party.c.zone,
            _tenant.c.business_date,
        )
        .join(_party, and_(_party.c.tenant_id == _TENANT, _party.c.id == _account.c.party_id))
        .join(_tenant, _tenant.c.tenant_id == _TENANT)
        .where(*these)
    )
    points = (
        select(_account.c.id.label("account_id"), *_columns(_point, _POINT))
        .join(_point, and_(_point.c.tenant_id == _TENANT, _point.c.party_id == _account.c.party_id))
        .where(*these)
        .order_by(_point.c.ord, _point.c.id)
    )
    holds = of_accounts("hold", _HOLD, _one_of(hold.status, {"ACTIVE"})).order_by(hold.id)
    attempts = of_accounts("contact_event", _ATTEMPT, event.at >= bindparam("tried_since")).order_by(event.at, event.id)
    return heads, points, holds, attempts


def _last_completed(c: Any) -> Any:
    later = _order.alias("later")
    return and_(
        _one_of(c.status, {"COMPLETED"}),
        ~exists().where(
            later.c.tenant_id == _TENANT,
            later.c.account_id == _ACCOUNT,
            later.c.service_id == c.service_id,
            _one_of(later.c.status, {"COMPLETED"}),
            later.c.id > c.id,
        ),
    )


_ORDERS = _of_account(
    "service_order",
    "id number service_id kind reason effective status requested_on sent_at reversal_of detail",
    lambda c: or_(_one_of(c.status, OPEN_ORDER), _last_completed(c)),
)

# Money that was given back is not unapplied, and its allocations are stamped.
_live = and_(
    _allocation.c.tenant_id == _TENANT, _allocation.c.payment_id == _payment.c.id, _allocation.c.reversed_at.is_(None)
)
_applied = select(func.coalesce(func.sum(_allocation.c.amount), 0)).where(_live).correlate(_payment).scalar_subquery()
_PAYMENTS = (
    select(
        *_columns(_payment, "id ref received_on method amount status returned_reason"),
        _allocation.c.item_id,
        _allocation.c.amount.label("allocated"),
    )
    .outerjoin(_allocation, _live)
    .where(_payment.c.tenant_id == _TENANT, _payment.c.account_id == _ACCOUNT)
    .where(
        or_(
            _payment.c.received_on >= bindparam("paid_since"),
            and_(~_one_of(_payment.c.status, GIVEN_BACK), _payment.c.amount != _applied),
        )
    )
    .order_by(_payment.c.id, _allocation.c.id)
)

_ATTEMPTS = _of_account(
    "contact_event",
    _ATTEMPT,
    lambda c: c.at >= bindparam("tried_since"),
    "at id",
)
_PARTS: Final = Together(
    {
        "points": _POINTS,
        "items": _ITEMS,
        "promises": _PROMISES,
        "holds": _HOLDS,
        "services": _SERVICES,
        "orders": _ORDERS,
        "notices": _NOTICES,
        "payments": _PAYMENTS,
        "attempts": _ATTEMPTS,
        "callbacks": _CALLBACKS,
        "pinned": _PINNED,
    }
)

# Word for word the expression of `ix_account_bare`, or the index is not used.
_BY_BARE = (
    select(_account.c.id)
    .where(_account.c.tenant_id == _TENANT, literal_column("replace(account.number, '-', '')") == bindparam("number"))
    .limit(2)
)
