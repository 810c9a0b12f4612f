"""Loads what is known of one account: a dozen indexed reads of plain rows, in one snapshot.

The windows are those of `AccountFacts`: its comments say which rows belong to it, `evolve` keeps to the same.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache, partial
from typing import Any, Final, TypeVar

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
from collect_tui.domain.facts import (
    PHONE_KINDS,
    AccountFacts,
    Allocation,
    Application,
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
from collect_tui.domain.folding import OPEN_CALLBACK, PAYMENT_DAYS, PROMISE_MONTHS
from collect_tui.domain.states import GIVEN_BACK, OPEN_ORDER, OPEN_PROMISE
from collect_tui.store import tables as _tables  # noqa: F401 — fills SQLModel.metadata
from collect_tui.store.phone_zones import candidate_zones
from collect_tui.store.sql import among
from collect_tui.store.together import Together

__all__ = ["AccountFacts", "account_id", "changed", "for_calls", "load", "load_by_id", "load_many", "number"]

ATTEMPT_DAYS: Final = 30
"""Contact events stay in the facts for this many days before the business date (UTC days)."""

VOID: Final = "VOID"
"""Action and result of the contact event that takes another back."""

_V = TypeVar("_V")
_T = SQLModel.metadata.tables
_tenant, _party, _account, _work = _T["tenant"], _T["party"], _T["account"], _T["work_item"]
_point, _item, _promise, _instalment = _T["contact_point"], _T["item"], _T["promise"], _T["instalment"]
_payment, _allocation, _order = _T["payment"], _T["allocation"], _T["service_order"]

_TENANT: BindParameter[int] = bindparam("tenant")
_ACCOUNT: BindParameter[int] = bindparam("account")


def load(session: Session, tenant_id: int, number: str, refs: Collection[str] = ()) -> AccountFacts:
    """The facts of the account with that number, with or without its dashes. Raises NotFound `account.not_found`.

    `refs`: payments of these references are among them, however old (`AccountFacts.named`).
    """
    wanted = number.strip()
    if "\0" not in wanted:
        head = session.connection().execute(_HEAD_BY_NUMBER, {"tenant": tenant_id, "number": wanted}).one_or_none()
        if head is not None:
            return _whole(session.connection(), tenant_id, head, refs)
    return load_by_id(session, tenant_id, account_id(session, tenant_id, number), refs)


def load_by_id(session: Session, tenant_id: int, account_id: int, refs: Collection[str] = ()) -> AccountFacts:
    """The facts of an account by its id. Raises NotFound `account.not_found`."""
    head = session.connection().execute(_HEAD, {"tenant": tenant_id, "account": account_id}).one_or_none()
    if head is None:
        raise _not_found()
    return _whole(session.connection(), tenant_id, head, refs)


def load_many(session: Session, tenant_id: int, ids: Collection[int]) -> list[AccountFacts]:
    """The facts of many accounts with as many statements as for one; in no order. What is not there is left out."""
    db = session.connection()
    heads, parts, settled = _of_many(db.dialect.name)
    key: dict[str, Any] = {"tenant": tenant_id, "accounts": sorted(ids)}
    found = db.execute(heads, key).all() if ids else []
    if not found:
        return []
    values = {**key, **_windows(found[0].business_date)}
    read: dict[str, dict[int, list[Any]]] = {name: {} for name in parts}
    for name, query in parts.items():
        mine = read[name]
        for row in db.execute(query, values):
            mine.setdefault(row.account_id, []).append(row)
    return [
        _assembled(
            head,
            {name: mine.get(head.id, ()) for name, mine in read.items()},
            partial(_settled, db, settled, {"tenant": tenant_id, "account": head.id}),
        )
        for head in found
    ]


def _whole(db: Connection, tenant_id: int, head: Any, refs: Collection[str] = ()) -> AccountFacts:
    key: dict[str, Any] = {"tenant": tenant_id, "account": head.id}
    read = _PARTS.read(db, {**key, "party": head.party_id, **_windows(head.business_date)})
    named: tuple[Payment, ...] = ()
    if wanted := sorted({ref.strip().casefold() for ref in refs} - {""}):
        rows = db.execute(_NAMED, {**key, "refs": wanted}).all()
        known = {row.id for row in read["payments"]}
        named, _ = _payments([row for row in rows if row.id not in known])
    return _assembled(head, read, partial(_settled, db, _settled_of(db.dialect.name), key), named)


def _windows(today: date) -> dict[str, Any]:
    paid = today - timedelta(days=PAYMENT_DAYS)
    return {
        "promised_since": add_months(today, -PROMISE_MONTHS),
        "paid_since": paid,
        "applied_since": datetime.combine(paid, time(), UTC),
        "tried_since": _attempts_since(today),
    }


def _assembled(
    head: Any,
    read: Mapping[str, Sequence[Any]],
    settled: Callable[[set[int]], tuple[Item, ...]],
    named: tuple[Payment, ...] = (),
) -> AccountFacts:
    payments, applied = _payments(read["payments"])
    items = _made(Item, read["items"], _ITEM)
    applications = _made(Application, read["applications"], _APPLICATION)
    applied |= {a.item_id for p in named for a in p.allocations}
    applied |= {item_id for a in applications for item_id in (a.item_id, a.credit_id)}
    applied -= {item.id for item in items}
    orders = _made(Order, read["orders"], _ORDER)
    return AccountFacts(
        id=head.id,
        number=head.number,
        name=head.name,
        version=head.version,
        status=head.status,
        stage=head.stage,
        currency=head.currency,
        segment=head.segment,
        business_date=head.business_date,
        opened_on=head.opened_on,
        next_action=_next_action(head),
        parked=head.parked_on and NextAction(head.parked_code, head.parked_on, head.parked_at),
        ladder_paused_by=head.ladder_paused_by,
        snoozes=head.snoozes or 0,
        points=tuple(_as_point(row, head.zone) for row in read["points"]),
        items=items,
        settled=settled(applied) if applied else (),
        promises=_promises(read["promises"]),
        holds=_made(Hold, read["holds"], _HOLD),
        services=_made(Service, read["services"], _SERVICE),
        orders=tuple(o for o in orders if o.status != "CANCELLED"),
        lifted=tuple(o for o in orders if o.status == "CANCELLED"),
        notices=_made(Notice, read["notices"], _NOTICE),
        payments=payments,
        named=named,
        applications=applications,
        attempts=_attempts(read["attempts"]),
        callbacks=_made(Callback, read["callbacks"], _CALLBACK),
        pinned=tuple(row.text for row in read["pinned"]),
        lease_by=head.claimed_by if head.claimed else None,
        lease_until=head.lease_until if head.claimed else None,
        fence=head.fence or 0,
    )


def _next_action(row: Any) -> NextAction | None:
    return row.next_action_on and NextAction(row.next_action_code, row.next_action_on, row.next_action_at)


def _made(kind: Callable[..., _V], rows: Sequence[Any], columns: str) -> tuple[_V, ...]:
    """Values of rows; what a row has beyond the columns is not for them."""
    width = columns.count(" ") + 1
    return tuple(kind(*row[:width]) for row in rows)


def for_calls(session: Session, tenant_id: int, ids: Collection[int]) -> dict[int, AccountFacts]:
    """Of several accounts what `policy.contact.may_call` looks at: points, holds and attempts; and the next action. Nothing else
    is filled in."""
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
            next_action=_next_action(row),
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
            grace_unit=row.grace_unit,
            closed_on=row.closed_on,
            made_at=row.made_at,
        )
        for row, instalments in found.values()
    )


def _settled(db: Connection, query: Any, key: dict[str, Any], ids: set[int]) -> tuple[Item, ...]:
    """Items of an account with nothing open."""
    return tuple(Item(*row) for row in db.execute(query, {**key, "ids": sorted(ids)}))


def _payments(rows: Sequence[Any]) -> tuple[tuple[Payment, ...], set[int]]:
    """The payments of the window, and the items they are allocated to."""
    found: dict[int, tuple[Any, list[Allocation]]] = {}
    for row in rows:
        _, allocations = found.setdefault(row.id, (row, []))
        if row.item_id is not None:
            allocations.append(Allocation(row.item_id, row.allocated, row.directed, row.allocation_id))
    payments = [
        Payment(
            p.id,
            p.ref,
            p.received_on,
            p.method,
            p.amount,
            p.status,
            tuple(allocations),
            p.returned_reason,
            p.returned,
            p.recorded_at,
        )
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


def _of_account(
    name: str, columns: str, where: Callable[[Any], Any] | None = None, order: str = "id", *, many: str = ""
) -> Select[Any]:
    """Rows of one account; with `many`, a dialect, of those in the parameter `accounts`, each with its account."""
    table = _T[name]
    query = select(*_columns(table, columns), *((table.c.account_id,) if many else ()))
    query = query.where(table.c.tenant_id == _TENANT, _whose(table.c.account_id, many))
    if where is not None:
        query = query.where(where(table.c))
    return query.order_by(*(table.c[c] for c in order.split()))


def _whose(column: Any, many: str) -> Any:
    return among(many, column, "accounts") if many else column == _ACCOUNT


_HEADS = (
    select(
        *_columns(_account, "id party_id number version status stage currency segment opened_on ladder_paused_by"),
        *_columns(_account, "next_action_code next_action_on next_action_at parked_code parked_on parked_at"),
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
_ITEM = "id doc_no kind issued due amount open disputed service_id level"
_APPLICATION = "id credit_id item_id amount directed"
_SERVICE = "id product billing_system identifier status suspend_cause monthly life_support"
_ORDER = "id number service_id kind reason effective status requested_on sent_at reversal_of detail override_by"
_NOTICE = "id level channel status sent_on service_id"
_CALLBACK = "id at owner point_id status note"


@lru_cache(maxsize=2)
def _settled_of(dialect: str) -> Select[Any]:
    return _of_account("item", _ITEM, lambda c: and_(c.open == 0, among(dialect, c.id, "ids")), "due id")


def _points(many: str) -> Select[Any]:
    query = select(*_columns(_point, _POINT), *((_account.c.id.label("account_id"),) if many else ()))
    if many:
        same = and_(_point.c.tenant_id == _TENANT, _point.c.party_id == _account.c.party_id)
        query = query.select_from(_account.join(_point, same)).where(_account.c.tenant_id == _TENANT)
        query = query.where(_whose(_account.c.id, many))
    else:
        query = query.where(_point.c.tenant_id == _TENANT, _point.c.party_id == bindparam("party"))
    return query.order_by(_point.c.ord, _point.c.id)


def _promised(many: str) -> Select[Any]:
    return (
        select(
            *_columns(_promise, "id kind status total made_on made_at grace_days grace_unit method made_by"),
            *_columns(_promise, "override_by override_reason supersedes closed_reason closed_on ladder_step"),
            *_columns(_instalment, "seq due amount paid"),
            _instalment.c.status.label("instalment_status"),
            *((_promise.c.account_id,) if many else ()),
        )
        .outerjoin(_instalment, and_(_instalment.c.tenant_id == _TENANT, _instalment.c.promise_id == _promise.c.id))
        .where(_promise.c.tenant_id == _TENANT, _whose(_promise.c.account_id, many))
        .where(or_(_one_of(_promise.c.status, OPEN_PROMISE), _promise.c.made_on >= bindparam("promised_since")))
        .order_by(_promise.c.id, _instalment.c.seq)
    )


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
            *_columns(_account, "next_action_code next_action_on next_action_at"),
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
            later.c.account_id == c.account_id,
            later.c.service_id == c.service_id,
            _one_of(later.c.status, {"COMPLETED"}),
            later.c.id > c.id,
        ),
    )


def _lifted(c: Any) -> Any:
    return and_(_one_of(c.status, {"CANCELLED"}), c.lifted)


# Money that was given back is not unapplied, and its allocations are stamped.
_live = and_(
    _allocation.c.tenant_id == _TENANT, _allocation.c.payment_id == _payment.c.id, _allocation.c.reversed_at.is_(None)
)
_applied = select(func.coalesce(func.sum(_allocation.c.amount), 0)).where(_live).correlate(_payment).scalar_subquery()


def _received(many: str, which: Any) -> Select[Any]:
    return (
        select(
            *_columns(_payment, "id ref received_on method amount status returned_reason returned recorded_at"),
            _allocation.c.item_id,
            _allocation.c.amount.label("allocated"),
            _allocation.c.directed,
            _allocation.c.id.label("allocation_id"),
            *((_payment.c.account_id,) if many else ()),
        )
        .outerjoin(_allocation, _live)
        .where(_payment.c.tenant_id == _TENANT, _whose(_payment.c.account_id, many), which)
        .order_by(_payment.c.id, _allocation.c.id)
    )


_RECENT = or_(
    _payment.c.received_on >= bindparam("paid_since"),
    and_(~_one_of(_payment.c.status, GIVEN_BACK), _payment.c.amount - _payment.c.returned != _applied),
)
_NAMED = _received("", func.lower(_payment.c.ref).in_(bindparam("refs", expanding=True)))


def _parts(many: str = "") -> dict[str, Select[Any]]:
    """The reads that make up the facts, of one account or of many."""

    def of(name: str, columns: str, where: Callable[[Any], Any] | None = None, order: str = "id") -> Select[Any]:
        return _of_account(name, columns, where, order, many=many)

    return {
        "points": _points(many),
        "items": of("item", _ITEM, lambda c: c.open != 0, "due id"),
        "promises": _promised(many),
        "holds": of("hold", _HOLD, lambda c: _one_of(c.status, {"ACTIVE"})),
        "services": of("service", _SERVICE),
        "orders": of(
            "service_order", _ORDER, lambda c: or_(_one_of(c.status, OPEN_ORDER), _last_completed(c), _lifted(c))
        ),
        "notices": of("notice", _NOTICE),
        "payments": _received(many, _RECENT),
        "applications": of(
            "credit_application",
            _APPLICATION,
            lambda c: and_(c.reversed_at.is_(None), c.at >= bindparam("applied_since")),
        ),
        "attempts": of("contact_event", _ATTEMPT, lambda c: c.at >= bindparam("tried_since"), "at id"),
        "callbacks": of("callback", _CALLBACK, lambda c: _one_of(c.status, OPEN_CALLBACK)),
        "pinned": of("note", "text", lambda c: c.pinned, "id"),
    }


_PARTS: Final = Together(_parts())


@lru_cache(maxsize=2)
def _of_many(dialect: str) -> tuple[Any, dict[str, Select[Any]], Any]:
    return _HEADS.where(_whose(_account.c.id, dialect)), _parts(dialect), _settled_of(dialect)


# Word for word the expression of `ix_account_bare`, or the index is not used.
_BY_BARE = (
    select(_account.c.id)
    .where(_account.c.tenant_id == _TENANT, literal_column("replace(account.number, '-', '')") == bindparam("number"))
    .limit(2)
)
