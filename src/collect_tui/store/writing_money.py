"""Writes payments and what they settle, orders, services and the ladder."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import ColumnElement, Table, and_, bindparam, func, select
from sqlmodel import SQLModel

from collect_tui.common.ids import short_number
from collect_tui.desk.errors import Refused
from collect_tui.domain import effects as fx
from collect_tui.domain.account.effects import at_least, cures
from collect_tui.domain.order.effects import sent_off
from collect_tui.domain.payment.moving import payment_status
from collect_tui.domain.states import GIVEN_BACK, OPEN_ORDER, OrderState
from collect_tui.store.writing import WriteContext, write

_T = SQLModel.metadata.tables


def _of_account(table: Table, *columns: Any) -> Any:
    """A read of one row of the account, built once."""
    mine = (table.c.tenant_id == bindparam("tenant"), table.c.account_id == bindparam("account"))
    return select(*columns).where(*mine, table.c.id == bindparam("id"))


_payment, _allocation, _item = _T["payment"].c, _T["allocation"].c, _T["item"].c
_STANDS: Final = _of_account(_T["payment"], _payment.amount - _payment.returned)
_OPEN: Final = _of_account(_T["item"], _item.open, _item.amount)
_ALLOCATED: Final = select(func.coalesce(func.sum(_allocation.amount), 0)).where(
    _allocation.tenant_id == bindparam("tenant"),
    _allocation.payment_id == bindparam("id"),
    _allocation.reversed_at.is_(None),
)


# ------------------------------------------------------------------------------------------------------------- money


@write.register
def _(effect: fx.PaymentRecorded, here: WriteContext) -> None:
    here.put("payment", effect.payment, recorded_by=here.by, recorded_at=here.at)


@write.register
def _(effect: fx.PaymentAllocated, here: WriteContext) -> None:
    given = effect.allocation
    _move_open(here, given.item_id, -given.amount)
    row = {"payment_id": effect.payment_id, "item_id": given.item_id, "amount": given.amount}
    here.add("allocation", id=effect.id, **row, at=here.at, directed=given.directed)
    _restate(here, effect.payment_id)


@write.register
def _(effect: fx.AllocationReleased, here: WriteContext) -> None:
    t = _T["allocation"]
    live = here.change("allocation", id=effect.id, payment_id=effect.payment_id).where(t.c.reversed_at.is_(None))
    here.one(live.values(reversed_at=here.at))
    _move_open(here, effect.allocation.item_id, effect.allocation.amount)
    _restate(here, effect.payment_id)


@write.register
def _(effect: fx.PaymentReversed, here: WriteContext) -> None:
    payment, allocation = _T["payment"], _T["allocation"]
    open_one = here.change("payment", account_id=here.account_id, id=effect.payment_id).where(
        payment.c.status.not_in(GIVEN_BACK)
    )
    back = {"returned_on": here.today, "returned_at": here.at, "returned_by": here.by}
    if effect.reason:  # as `domain.payment.effects.said_of`
        before = func.coalesce(func.nullif(payment.c.returned_reason, "") + "; ", "")
        back["returned_reason"] = before + effect.reason
    if effect.part is not None:
        here.one(open_one.values(returned=payment.c.returned + effect.part, **back))
        return _restate(here, effect.payment_id)
    live = select(allocation.c.id, allocation.c.item_id, allocation.c.amount).where(_live(here, effect.payment_id))
    for row in here.db.execute(live).all():
        _move_open(here, row.item_id, row.amount)
        here.one(here.change("allocation", id=row.id).values(reversed_at=here.at))
    here.one(open_one.values(status=effect.status, **back))


@write.register
def _(effect: fx.CreditApplied, here: WriteContext) -> None:
    one = effect.application
    _move_open(here, one.credit_id, one.amount)
    _move_open(here, one.item_id, -one.amount)
    here.put("credit_application", one, at=here.at)


@write.register
def _(effect: fx.CreditReleased, here: WriteContext) -> None:
    one = effect.application
    t = _T["credit_application"]
    live = here.change("credit_application", account_id=here.account_id, id=one.id).where(t.c.reversed_at.is_(None))
    here.one(live.values(reversed_at=here.at))
    _move_open(here, one.credit_id, -one.amount)
    _move_open(here, one.item_id, one.amount)


@write.register
def _(effect: fx.ItemCharged, here: WriteContext) -> None:
    here.put("item", effect.item)


@write.register
def _(effect: fx.ItemVoided, here: WriteContext) -> None:
    # Nothing is charged any more: the row stays with nothing on it, and its number is free for another document.
    this = here.change("item", account_id=here.account_id, id=effect.item_id, amount=effect.amount, open=effect.amount)
    here.one(this.values(amount=0, open=0, disputed=0, doc_no=f"{effect.doc_no}-{short_number('V', effect.item_id)}"))


def _restate(here: WriteContext, payment_id: int) -> None:
    """The status of a payment, from what of it is allocated. Raises Refused `payment.over_allocated`."""
    key = {"tenant": here.tenant_id, "account": here.account_id, "id": payment_id}
    stands = here.db.execute(_STANDS, key).scalar_one_or_none()
    if stands is None:
        raise here.stale()
    allocated = here.db.execute(_ALLOCATED, key).scalar_one()
    if allocated > stands:
        raise Refused("payment.over_allocated", "More of this payment would be allocated than was received.", "amount")
    status = payment_status(stands, allocated)
    here.set("payment", {"account_id": here.account_id, "id": payment_id}, status=status)


def _live(here: WriteContext, payment_id: int) -> ColumnElement[bool]:
    """The allocations of a payment that have not been reversed."""
    t = _T["allocation"]
    return and_(t.c.tenant_id == here.tenant_id, t.c.payment_id == payment_id, t.c.reversed_at.is_(None))


def _move_open(here: WriteContext, item_id: int, by: int) -> None:
    """Moves what is open of an item; it stays between nothing and the item's amount (a credit's is below nothing)."""
    key = {"tenant": here.tenant_id, "account": here.account_id, "id": item_id}
    row = here.db.execute(_OPEN, key).one_or_none()
    if row is None:
        raise here.stale()
    after = row.open + by
    if not min(0, row.amount) <= after <= max(0, row.amount):
        raise Refused("item.open", "What is open of an item must stay between nothing and the item's amount.", "amount")
    here.set("item", {"account_id": here.account_id, "id": item_id, "open": row.open}, open=after)


# ----------------------------------------------------------------------------------------------- services and ladder


@write.register
def _(effect: fx.OrderRequested, here: WriteContext) -> None:
    here.put("service_order", effect.order, requested_at=here.at, requested_by=here.by)


@write.register
def _(effect: fx.OrderChanged, here: WriteContext) -> None:
    values: dict[str, Any] = {"status": effect.status, "lifted": effect.lifted, "undone": effect.undone}
    if effect.detail:
        values["detail"] = effect.detail
    if sent_off(effect):
        values |= {"requested_on": here.today, "requested_at": here.at, "requested_by": here.by}
    over = effect.status not in OPEN_ORDER
    values |= {"closed_at": here.at if over else None, "closed_by": here.by if over else None}
    if effect.status == OrderState.SENT:
        values["sent_at"] = here.at
    elif effect.status in {OrderState.COMPLETED, OrderState.REJECTED}:
        values["answered_at"] = here.at
    key = {"account_id": here.account_id, "id": effect.id, "status": effect.old_status}
    here.set("service_order", key, **values)


@write.register
def _(effect: fx.ServiceChanged, here: WriteContext) -> None:
    key = {"account_id": here.account_id, "id": effect.id, "status": effect.old_status}
    here.set("service", key, status=effect.status, suspend_cause=effect.cause)


@write.register
def _(effect: fx.ServiceReplaced, here: WriteContext) -> None:
    key = {"account_id": here.account_id, "id": effect.id, "product": effect.old_product}
    here.set("service", key, product=effect.product, monthly=effect.monthly)


@write.register
def _(effect: fx.LadderChanged, here: WriteContext) -> None:
    values: dict[str, Any] = {"stage": effect.stage, "ladder_paused_by": effect.paused_by and str(effect.paused_by)}
    if effect.stage != effect.old_stage:  # who is cured may advance anew the same night
        values["stage_on"] = None if cures(effect) else here.today
    here.set("account", {"id": here.account_id}, **values)
    if cures(effect):
        t = _T["item"]
        late = here.change("item", account_id=here.account_id).where(
            t.c.due < here.today, t.c.level.not_in(at_least(effect.old_stage))
        )
        here.db.execute(late.values(level=effect.old_stage))
