"""Writes effects: each kind of effect has one function, the twin of the one in `domain/evolve.py`.

What an effect names must be there and in the state the effect was decided on; otherwise somebody else was quicker and
the act is Stale. The caller's transaction makes it all or nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import singledispatch
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, Update, and_, func, insert, select, update
from sqlmodel import Session, SQLModel

from collect_tui.desk.errors import Refused, Stale
from collect_tui.domain import effects as fx
from collect_tui.domain.evolve import WAIVED_BY, instalment_status, payment_status
from collect_tui.domain.facts import AccountFacts
from collect_tui.store import facts as _facts

__all__ = ["apply"]

_T = SQLModel.metadata.tables


@dataclass(frozen=True, slots=True)
class _At:
    """Where and when effects are written, and by whom. `at`: UTC instant; `today`: business date."""

    db: Connection
    session: Session
    tenant_id: int
    account_id: int
    number: str
    by: str
    at: datetime
    today: date

    def add(self, table: str, **row: Any) -> None:
        self.db.execute(insert(_T[table]), {"tenant_id": self.tenant_id, **row})

    def change(self, table: str, **key: Any) -> Update:
        """An UPDATE of the rows of this tenant with that key."""
        t: Table = _T[table]
        return update(t).where(t.c.tenant_id == self.tenant_id, *(t.c[name] == value for name, value in key.items()))

    def one(self, statement: Update) -> None:
        """Runs an update that must meet exactly one row."""
        if self.db.execute(statement).rowcount != 1:
            raise self.stale()

    def stale(self) -> Stale:
        by, at = _facts.changed(self.session, self.tenant_id, self.account_id)
        t = _T["account"]
        current = select(t.c.version).where(t.c.tenant_id == self.tenant_id, t.c.id == self.account_id)
        version = self.db.execute(current).scalar_one()
        message = f"{by or 'Somebody else'} changed this account at {at:%H:%M} UTC; look at it again."
        return Stale("account.changed", message, by=by, at=at, version=version)


def apply(
    session: Session, tenant_id: int, facts: AccountFacts, effects: Sequence[fx.Effect], *, by: str, at: datetime
) -> int:
    """Writes the effects of one act and returns the account's new version; without effects nothing changes.

    Raises Stale `account.changed` when the account is no longer at `facts.version` or a row no longer in the state an
    effect was decided on; Refused `item.open` when more would be allocated to an item than is open, or taken back
    than was allocated. NotFound when the account is gone.
    """
    if not effects:
        return facts.version
    session.flush()
    here = _At(session.connection(), session, tenant_id, facts.id, facts.number, by, at, facts.business_date)
    version = facts.version + 1
    mine = here.change("account", id=facts.id, version=facts.version)
    here.one(mine.values(version=version, changed_by=by, changed_at=at))
    for effect in effects:
        _write(effect, here)
    session.expire_all()  # entities loaded before no longer tell the truth
    return version


@singledispatch
def _write(effect: object, here: _At) -> None:
    raise TypeError(f"no effect: {type(effect).__name__}")


# ------------------------------------------------------------------------------------------------ contacts and notes


@_write.register
def _(effect: fx.ContactLogged, here: _At) -> None:
    here.add(
        "contact_event",
        id=effect.id,
        account_id=here.account_id,
        point_id=effect.point_id,
        at=effect.at,
        by=here.by,
        action=effect.action,
        result=effect.result,
        outbound=effect.outbound,
        counted=effect.counted,
        worked=effect.worked,
        contact=effect.contact,
        right_party=effect.right_party,
        reason=effect.reason,
        note=effect.note,
        typed=effect.typed,
        supersedes=effect.supersedes,
    )
    # It has been worked: what it was put off by, and how often, is over.
    over = {"snoozes": 0, "snooze_until": None, "snooze_reason": ""}
    here.db.execute(here.change("work_item", account_id=here.account_id).values(**over))


@_write.register
def _(effect: fx.ContactVoided, here: _At) -> None:
    here.add(
        "contact_event",
        id=effect.id,
        account_id=here.account_id,
        at=here.at,
        by=here.by,
        action=_facts.VOID,
        result=_facts.VOID,
        outbound=False,
        counted=False,
        worked=False,
        contact=False,
        right_party=False,
        note=effect.reason,
        typed=effect.reason,
        supersedes=effect.event_id,
    )


@_write.register
def _(effect: fx.NoteWritten, here: _At) -> None:
    here.add(
        "note",
        id=effect.id,
        account_id=here.account_id,
        at=here.at,
        by=here.by,
        text=effect.text,
        typed=effect.typed,
        pinned=effect.pinned,
    )


@_write.register
def _(effect: fx.NoteUnpinned, here: _At) -> None:
    note = _T["note"]
    first = (  # facts know pinned notes by their text: of two that are equal the older goes
        select(func.min(note.c.id))
        .where(note.c.tenant_id == here.tenant_id, note.c.account_id == here.account_id)
        .where(note.c.pinned, note.c.text == effect.text)
        .scalar_subquery()
    )
    here.one(here.change("note", account_id=here.account_id).where(note.c.id == first).values(pinned=False))


@_write.register
def _(effect: fx.NextActionSet, here: _At) -> None:
    new = effect.new
    here.one(
        here.change("account", id=here.account_id).values(
            next_action_code=new.code if new else None,
            next_action_on=new.on if new else None,
            next_action_at=new.at if new else None,
        )
    )


@_write.register
def _(effect: fx.PointMarked, here: _At) -> None:
    here.one(here.change("contact_point", id=effect.point_id).values(quality=effect.quality, consent=effect.consent))


@_write.register
def _(effect: fx.CallbackScheduled, here: _At) -> None:
    callback = effect.callback
    here.add(
        "callback",
        id=callback.id,
        account_id=here.account_id,
        point_id=callback.point_id,
        at=callback.at,
        owner=callback.owner,
        status=callback.status,
        note=callback.note,
        made_by=here.by,
    )


@_write.register
def _(effect: fx.CallbackChanged, here: _At) -> None:
    key = {"account_id": here.account_id, "id": effect.id, "status": effect.old_status}
    here.one(here.change("callback", **key).values(status=effect.status))


# ------------------------------------------------------------------------------------------------ holds and promises


@_write.register
def _(effect: fx.HoldPlaced, here: _At) -> None:
    hold = effect.hold
    here.add(
        "hold",
        id=hold.id,
        account_id=here.account_id,
        kind=hold.kind,
        scope=hold.scope,
        target_id=hold.target_id,
        placed_on=hold.placed_on,
        placed_by=hold.placed_by or here.by,
        until=hold.until,
        reason=hold.reason,
        status=hold.status,
    )


@_write.register
def _(effect: fx.HoldChanged, here: _At) -> None:
    key = {"account_id": here.account_id, "id": effect.id, "status": effect.old_status}
    reason = effect.reason if effect.status != "ACTIVE" else None
    here.one(here.change("hold", **key).values(status=effect.status, closed_reason=reason))


@_write.register
def _(effect: fx.PromiseMade, here: _At) -> None:
    promise = effect.promise
    here.add(
        "promise",
        id=promise.id,
        account_id=here.account_id,
        kind=promise.kind,
        status=promise.status,
        total=promise.total,
        made_on=promise.made_on,
        made_by=promise.made_by or here.by,
        made_at=here.at,
        grace_days=promise.grace_days,
        method=promise.method,
        override_by=promise.override_by,
        override_reason=promise.override_reason,
        supersedes=promise.supersedes,
        closed_reason=promise.closed_reason,
        ladder_step=promise.ladder_step,
    )
    for i in promise.instalments:
        here.add(
            "instalment", promise_id=promise.id, seq=i.seq, due=i.due, amount=i.amount, paid=i.paid, status=i.status
        )


@_write.register
def _(effect: fx.PromiseChanged, here: _At) -> None:
    closed = effect.status != "ACTIVE"
    here.one(
        here.change("promise", account_id=here.account_id, id=effect.id, status=effect.old_status).values(
            status=effect.status,
            closed_reason=(effect.reason or None) if closed else None,
            closed_on=here.today if closed else None,
        )
    )
    instalment = _T["instalment"]
    if effect.status in WAIVED_BY:
        waive = here.change("instalment", promise_id=effect.id).where(instalment.c.status.in_(("OPEN", "PART_PAID")))
        here.db.execute(waive.values(status="WAIVED"))
    elif not closed:
        _reopen_instalments(here, effect.id)


def _reopen_instalments(here: _At, promise_id: int) -> None:
    t = _T["instalment"]
    waived = select(t.c.seq, t.c.amount, t.c.paid).where(
        t.c.tenant_id == here.tenant_id, t.c.promise_id == promise_id, t.c.status == "WAIVED"
    )
    for row in here.db.execute(waived).all():
        status = instalment_status("OPEN", row.amount, row.paid)
        here.one(here.change("instalment", promise_id=promise_id, seq=row.seq).values(status=status))


@_write.register
def _(effect: fx.InstalmentPaid, here: _At) -> None:
    t = _T["instalment"]
    row = here.db.execute(
        select(t.c.status, t.c.amount, t.c.paid).where(
            t.c.tenant_id == here.tenant_id, t.c.promise_id == effect.promise_id, t.c.seq == effect.seq
        )
    ).one_or_none()
    if row is None or row.paid != effect.old_paid:
        raise here.stale()
    status = instalment_status(row.status, row.amount, effect.paid)
    this = here.change("instalment", promise_id=effect.promise_id, seq=effect.seq)
    here.one(this.values(paid=effect.paid, status=status))


# ------------------------------------------------------------------------------------------------------------- money


@_write.register
def _(effect: fx.PaymentRecorded, here: _At) -> None:
    payment = effect.payment
    here.add(
        "payment",
        id=payment.id,
        account_id=here.account_id,
        ref=payment.ref,
        received_on=payment.received_on,
        method=payment.method,
        amount=payment.amount,
        status=payment.status,
        returned_reason=payment.returned_reason,
        recorded_by=here.by,
        recorded_at=here.at,
    )


@_write.register
def _(effect: fx.PaymentAllocated, here: _At) -> None:
    item_id, amount = effect.allocation.item_id, effect.allocation.amount
    payment, allocation = _T["payment"], _T["allocation"]
    this = and_(
        payment.c.tenant_id == here.tenant_id,
        payment.c.account_id == here.account_id,
        payment.c.id == effect.payment_id,
    )
    received = here.db.execute(select(payment.c.amount).where(this)).scalar_one_or_none()
    if received is None:
        raise here.stale()
    _move_open(here, item_id, -amount)
    here.add("allocation", id=effect.id, payment_id=effect.payment_id, item_id=item_id, amount=amount, at=here.at)
    live = select(func.sum(allocation.c.amount)).where(_live(here, effect.payment_id))
    allocated = here.db.execute(live).scalar_one()
    if allocated > received:
        raise Refused("payment.over_allocated", "More of this payment would be allocated than was received.", "amount")
    here.one(update(payment).where(this).values(status=payment_status(received, allocated)))


@_write.register
def _(effect: fx.PaymentReversed, here: _At) -> None:
    payment, allocation = _T["payment"], _T["allocation"]
    live = select(allocation.c.id, allocation.c.item_id, allocation.c.amount).where(_live(here, effect.payment_id))
    for row in here.db.execute(live).all():
        _move_open(here, row.item_id, row.amount)
        here.one(here.change("allocation", id=row.id).values(reversed_at=here.at))
    open_one = here.change("payment", account_id=here.account_id, id=effect.payment_id).where(
        payment.c.status.not_in(_facts.GIVEN_BACK)
    )
    here.one(open_one.values(status=effect.status, returned_reason=effect.reason or None, returned_on=here.today))


def _live(here: _At, payment_id: int) -> ColumnElement[bool]:
    """The allocations of a payment that have not been reversed."""
    t = _T["allocation"]
    return and_(t.c.tenant_id == here.tenant_id, t.c.payment_id == payment_id, t.c.reversed_at.is_(None))


def _move_open(here: _At, item_id: int, by: int) -> None:
    """Moves what is open of an item; it stays between nothing and the item's amount (a credit's is below nothing)."""
    t = _T["item"]
    row = here.db.execute(
        select(t.c.open, t.c.amount).where(
            t.c.tenant_id == here.tenant_id, t.c.account_id == here.account_id, t.c.id == item_id
        )
    ).one_or_none()
    if row is None:
        raise here.stale()
    after = row.open + by
    if not min(0, row.amount) <= after <= max(0, row.amount):
        raise Refused("item.open", "What is open of an item must stay between nothing and the item's amount.", "amount")
    here.one(here.change("item", account_id=here.account_id, id=item_id, open=row.open).values(open=after))


# ----------------------------------------------------------------------------------------------- services and ladder


@_write.register
def _(effect: fx.OrderRequested, here: _At) -> None:
    order = effect.order
    here.add(
        "service_order",
        id=order.id,
        account_id=here.account_id,
        service_id=order.service_id,
        number=order.number,
        kind=order.kind,
        reason=order.reason,
        effective=order.effective,
        status=order.status,
        requested_on=order.requested_on,
        requested_by=here.by,
        sent_at=order.sent_at,
        reversal_of=order.reversal_of,
        detail=order.detail,
    )


@_write.register
def _(effect: fx.OrderChanged, here: _At) -> None:
    values: dict[str, Any] = {"status": effect.status}
    if effect.detail:
        values["detail"] = effect.detail
    if effect.status == "SENT":
        values["sent_at"] = here.at
    elif effect.status in {"COMPLETED", "REJECTED"}:
        values["answered_at"] = here.at
    key = {"account_id": here.account_id, "id": effect.id, "status": effect.old_status}
    here.one(here.change("service_order", **key).values(**values))


@_write.register
def _(effect: fx.ServiceChanged, here: _At) -> None:
    key = {"account_id": here.account_id, "id": effect.id, "status": effect.old_status}
    here.one(here.change("service", **key).values(status=effect.status, suspend_cause=effect.cause))


@_write.register
def _(effect: fx.LadderChanged, here: _At) -> None:
    values: dict[str, Any] = {"stage": effect.stage, "ladder_paused_by": effect.paused_by}
    if effect.stage != effect.old_stage:
        values["stage_on"] = here.today
    here.one(here.change("account", id=here.account_id).values(**values))


# ---------------------------------------------------------------------------------------------------------- worklist


@_write.register
def _(effect: fx.Snoozed, here: _At) -> None:
    _have_work_item(here)
    here.one(
        here.change("work_item", account_id=here.account_id).values(
            snooze_until=effect.until, snoozes=effect.old_snoozes + 1, snooze_reason=effect.reason
        )
    )


@_write.register
def _(effect: fx.Skipped, here: _At) -> None:
    _have_work_item(here)
    here.one(here.change("work_item", account_id=here.account_id).values(skipped=_T["work_item"].c.skipped + 1))


def _have_work_item(here: _At) -> None:
    """An account that was never scored has no work item yet; scoring fills in the rest."""
    t = _T["work_item"]
    known = select(t.c.account_id).where(t.c.tenant_id == here.tenant_id, t.c.account_id == here.account_id)
    if here.db.execute(known).first() is None:
        here.add("work_item", account_id=here.account_id, number=here.number)


@_write.register
def _(effect: fx.ActUndone, here: _At) -> None:
    """Nothing of the account: the act log is marked by the service, which knows the act that undoes."""
