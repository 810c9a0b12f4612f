"""The reads that make up the facts of an account, built once: what is compiled for a statement is kept with it."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import (
    Select,
    and_,
    bindparam,
    exists,
    func,
    literal_column,
    or_,
    select,
    true,
    union,
)
from sqlmodel import SQLModel

from collect_tui.domain.payment.fees import PREFIX
from collect_tui.domain.promise.settlement import PREFIX as SETTLED
from collect_tui.domain.states import (
    GIVEN_BACK,
    OPEN_CALLBACK,
    OPEN_ORDER,
    OPEN_PROMISE,
    HoldState,
    OrderState,
    PromiseState,
)
from collect_tui.store import fact_columns
from collect_tui.store import tables as _tables  # noqa: F401 — fills SQLModel.metadata
from collect_tui.store.batched_reads import BatchedReads
from collect_tui.store.case_values import COLUMNS as CASE
from collect_tui.store.contact_statements import (
    ACCOUNT,
    TENANT,
    WHERE,
    columns_of,
    elsewhere,
    for_calls,
    one_of,
    parties,
    points,
    whose,
)
from collect_tui.store.message_statements import inbox, messages
from collect_tui.store.sql import among

__all__ = [
    "BY_BARE",
    "BY_NUMBER",
    "CHANGED",
    "EVER_ASKED",
    "EVER_RECEIVED",
    "EVER_WRITTEN",
    "HEAD",
    "HEAD_BY_NUMBER",
    "NAMED",
    "NUMBER",
    "PARTS",
    "for_calls",
    "of_many",
    "settled_of",
]

_T = SQLModel.metadata.tables
_tenant, _party, _account, _work = _T["tenant"], _T["party"], _T["account"], _T["work_item"]
_point, _item, _promise, _instalment = _T["contact_point"], _T["item"], _T["promise"], _T["instalment"]
_payment, _allocation, _order = _T["payment"], _T["allocation"], _T["service_order"]


def _of_account(
    name: str, columns: str, where: Callable[[Any], Any] | None = None, order: str = "id", *, many: str = ""
) -> Select[Any]:
    """Rows of one account; with `many`, a dialect, of those in the parameter `accounts`, each with its account."""
    table = _T[name]
    query = select(*columns_of(table, columns), *((table.c.account_id,) if many else ()))
    query = query.where(table.c.tenant_id == TENANT, whose(table.c.account_id, many))
    if where is not None:
        query = query.where(where(table.c))
    return query.order_by(*(table.c[c] for c in order.split()))


HEADS = (
    select(
        *columns_of(_account, "id party_id number version status stage currency segment opened_on ladder_paused_by"),
        *columns_of(
            _account,
            "next_action_code next_action_on next_action_at parked_code parked_on parked_at parked_by parked_since",
        ),
        *columns_of(_account, "credit_limit cash_only owner"),
        *columns_of(_party, "name lang support"),
        *WHERE,
        *columns_of(
            _work, "snoozes claimed claimed_by claimed_at lease_until fence verified_by verified_at verified_fence"
        ),
    )
    .join(_party, and_(_party.c.tenant_id == TENANT, _party.c.id == _account.c.party_id))
    .join(_tenant, _tenant.c.tenant_id == TENANT)
    .outerjoin(_work, and_(_work.c.tenant_id == TENANT, _work.c.account_id == _account.c.id))
    .where(_account.c.tenant_id == TENANT)
)
HEAD = HEADS.where(_account.c.id == ACCOUNT)
HEAD_BY_NUMBER = HEADS.where(_account.c.number == bindparam("number"))
BY_NUMBER = select(_account.c.id).where(_account.c.tenant_id == TENANT, _account.c.number == bindparam("number"))
NUMBER = select(_account.c.number).where(_account.c.tenant_id == TENANT, _account.c.id == ACCOUNT)
CHANGED = select(_account.c.changed_by, _account.c.changed_at).where(
    _account.c.tenant_id == TENANT, _account.c.id == ACCOUNT
)


@lru_cache(maxsize=2)
def settled_of(dialect: str) -> Select[Any]:
    return _of_account("item", fact_columns.ITEM, lambda c: and_(c.open == 0, among(dialect, c.id, "ids")), "due id")


def _promised(many: str) -> Select[Any]:
    return (
        select(
            *columns_of(
                _promise,
                "id kind status total settles made_on made_at grace_days grace_unit method made_by confirm_by confirmed_on",
            ),
            *columns_of(
                _promise, "override_by override_reason supersedes closed_reason closed_on closed_at ladder_step"
            ),
            *columns_of(_instalment, "seq due amount paid"),
            _instalment.c.status.label("instalment_status"),
            *((_promise.c.account_id,) if many else ()),
        )
        .outerjoin(_instalment, and_(_instalment.c.tenant_id == TENANT, _instalment.c.promise_id == _promise.c.id))
        .where(_promise.c.tenant_id == TENANT, whose(_promise.c.account_id, many))
        .where(or_(one_of(_promise.c.status, OPEN_PROMISE), _promise.c.made_on >= bindparam("promised_since")))
        .order_by(_promise.c.id, _instalment.c.seq)
    )


def _last_completed(c: Any) -> Any:
    later = _order.alias("later")
    return and_(
        one_of(c.status, {OrderState.COMPLETED}),
        ~exists().where(
            later.c.tenant_id == TENANT,
            later.c.account_id == c.account_id,
            later.c.service_id == c.service_id,
            one_of(later.c.status, {OrderState.COMPLETED}),
            later.c.id > c.id,
        ),
    )


def _lifted(c: Any) -> Any:
    return and_(one_of(c.status, {OrderState.CANCELLED}), c.lifted)


# Money that was given back is not unapplied, and its allocations are stamped.
_live = and_(
    _allocation.c.tenant_id == TENANT, _allocation.c.payment_id == _payment.c.id, _allocation.c.reversed_at.is_(None)
)
_applied = select(func.coalesce(func.sum(_allocation.c.amount), 0)).where(_live).correlate(_payment).scalar_subquery()


def _received(many: str, which: Any) -> Select[Any]:
    return (
        select(
            *columns_of(_payment, "id ref received_on method amount status returned_reason returned recorded_at"),
            _allocation.c.item_id,
            _allocation.c.amount.label("allocated"),
            _allocation.c.directed,
            _allocation.c.id.label("allocation_id"),
            *((_payment.c.account_id,) if many else ()),
        )
        .outerjoin(_allocation, _live)
        .where(_payment.c.tenant_id == TENANT, whose(_payment.c.account_id, many), which)
        .order_by(_payment.c.id, _allocation.c.id)
    )


_RECENT = or_(
    _payment.c.received_on >= bindparam("paid_since"),
    and_(~one_of(_payment.c.status, GIVEN_BACK), _payment.c.amount - _payment.c.returned != _applied),
)


def _recently_paid(many: str) -> Any:
    """The items that what is known of money lies on, and the credits that were given to items."""
    given, credit = _allocation.alias("paid").c, _T["credit_application"].alias("credited").c
    paid = select(given.item_id).join(_payment, and_(_payment.c.tenant_id == TENANT, _payment.c.id == given.payment_id))
    known = (given.tenant_id == TENANT, given.reversed_at.is_(None), whose(_payment.c.account_id, many), _RECENT)
    live = (credit.tenant_id == TENANT, credit.reversed_at.is_(None), whose(credit.account_id, many))
    since = credit.at >= bindparam("applied_since")
    return union(
        paid.where(*known), select(credit.item_id).where(*live, since), select(credit.credit_id).where(*live, since)
    )


def _of_fees(many: str) -> Any:
    """The fees of restorations that may yet be withdrawn or reversed: the items' ids."""
    o, last = _order.c, _last_completed(_order.c)
    restores = and_(o.tenant_id == TENANT, whose(o.account_id, many), o.kind == literal_column("'restore'"))
    fee = _item.c.doc_no == literal_column(f"'{PREFIX}'") + o.number
    its = and_(_item.c.tenant_id == TENANT, _item.c.account_id == o.account_id, fee)
    return select(_item.c.id).join_from(_order, _item, its).where(restores, or_(one_of(o.status, OPEN_ORDER), last))


def _paid_fees(many: str) -> Any:
    """Receipts that paid such a fee, however old."""
    given = _allocation.alias("given").c
    paid = select(given.payment_id).where(given.tenant_id == TENANT, given.item_id.in_(_of_fees(many)))
    return _payment.c.id.in_(paid.where(given.reversed_at.is_(None)))


NAMED = _received("", func.lower(_payment.c.ref).in_(bindparam("refs", expanding=True)))
EVER_WRITTEN = messages("")
"""Every notice, also of debts that were paid long ago."""
EVER_ASKED, EVER_RECEIVED = _of_account("item", fact_columns.ITEM, order="due id"), _received("", true())
"""Of the ledger."""


def _of_settlements(many: str) -> Any:
    """The credits that settlements which were kept have written off: the items' ids. What keeps one may come back however late."""
    kept = and_(_promise.c.tenant_id == TENANT, whose(_promise.c.account_id, many), _promise.c.settles > 0)
    credit = _item.c.doc_no.startswith(literal_column(f"'{SETTLED}-'"))
    its = and_(_item.c.tenant_id == TENANT, _item.c.account_id == _promise.c.account_id, credit)
    return (
        select(_item.c.id).join_from(_promise, _item, its).where(kept, one_of(_promise.c.status, {PromiseState.KEPT}))
    )


def _parts(many: str = "") -> dict[str, Select[Any]]:
    """The reads that make up the facts, of one account or of many."""

    def of(name: str, columns: str, where: Callable[[Any], Any] | None = None, order: str = "id") -> Select[Any]:
        return _of_account(name, columns, where, order, many=many)

    return {
        "points": points(many),
        "items": of("item", fact_columns.ITEM, lambda c: c.open != 0, "due id"),
        "promises": _promised(many),
        "holds": of("hold", fact_columns.HOLD, lambda c: one_of(c.status, {HoldState.ACTIVE})),
        "services": of("service", fact_columns.SERVICE),
        "orders": of(
            "service_order",
            fact_columns.ORDER,
            lambda c: or_(one_of(c.status, OPEN_ORDER), _last_completed(c), _lifted(c)),
        ),
        "cases": of("case_file", CASE, lambda c: ~c.ended),
        "messages": messages(many, _recently_paid(many)),
        "inbox": inbox(many),
        "payments": _received(many, _RECENT),
        "fees": _received(many, _paid_fees(many)),
        "applications": of(
            "credit_application",
            fact_columns.APPLICATION,
            lambda c: and_(
                c.reversed_at.is_(None),
                or_(
                    c.at >= bindparam("applied_since"),
                    c.item_id.in_(_of_fees(many)),
                    c.credit_id.in_(_of_settlements(many)),
                ),
            ),
        ),
        "attempts": of("contact_event", fact_columns.ATTEMPT, lambda c: c.at >= bindparam("tried_since"), "at id"),
        "elsewhere": elsewhere(many),
        "parties": parties(many),
        "callbacks": of("callback", fact_columns.CALLBACK, lambda c: one_of(c.status, OPEN_CALLBACK)),
        "pinned": of("note", "text", lambda c: c.pinned, "id"),
    }


PARTS: Final = BatchedReads(_parts())


@lru_cache(maxsize=2)
def of_many(dialect: str) -> tuple[Any, dict[str, Select[Any]], Any]:
    return HEADS.where(whose(_account.c.id, dialect)), _parts(dialect), settled_of(dialect)


# Word for word the expression of `ix_account_bare`, or the index is not used.
BY_BARE = (
    select(_account.c.id)
    .where(_account.c.tenant_id == TENANT, literal_column("replace(account.number, '-', '')") == bindparam("number"))
    .limit(2)
)
