"""Writes contacts, notes, callbacks, holds, promises and the worklist."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import bindparam, func, select
from sqlmodel import SQLModel

from collect_tui.domain import effects as fx
from collect_tui.domain.facts import NextAction
from collect_tui.domain.promise.effects import WAIVED_BY, instalment_status
from collect_tui.domain.states import OPEN_INSTALMENT, HoldState, InstalmentState, PromiseState
from collect_tui.store import agents
from collect_tui.store import facts as _facts
from collect_tui.store.writing import WriteContext, write

_T = SQLModel.metadata.tables


# ------------------------------------------------------------------------------------------------ contacts and notes


@write.register
def _(effect: fx.ContactLogged, here: WriteContext) -> None:
    talked = agents.logs(here.session, here.tenant_id, here.by, here.at, here.account_id)
    here.put("contact_event", effect, by=here.by, talk_s=talked)
    # It has been worked: what it was put off by, and how often, is over.
    over = {"snoozes": 0, "snooze_until": None, "snooze_reason": ""}
    here.db.execute(here.change("work_item", account_id=here.account_id).values(**over))


@write.register
def _(effect: fx.ContactVoided, here: WriteContext) -> None:
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


@write.register
def _(effect: fx.NoteWritten, here: WriteContext) -> None:
    here.put("note", effect, at=here.at, by=here.by)


@write.register
def _(effect: fx.NoteUnpinned, here: WriteContext) -> None:
    note = _T["note"]
    first = (  # facts know pinned notes by their text: of two that are equal the older goes
        select(func.min(note.c.id))
        .where(note.c.tenant_id == here.tenant_id, note.c.account_id == here.account_id)
        .where(note.c.pinned, note.c.text == effect.text)
        .scalar_subquery()
    )
    here.one(here.change("note", account_id=here.account_id).where(note.c.id == first).values(pinned=False))


@write.register
def _(effect: fx.NextActionSet, here: WriteContext) -> None:
    parked = effect.parked
    values = _action("next_action", effect.new) | _action("parked", parked.action if parked else None)
    cause = {"parked_by": parked.by if parked else None, "parked_since": parked.since if parked else None}
    here.set("account", {"id": here.account_id}, **values, **cause)


def _action(name: str, action: NextAction | None) -> dict[str, Any]:
    """The three columns of an action."""
    parts = (None, None, None) if action is None else (action.code, action.on, action.at)
    return {f"{name}_{part}": value for part, value in zip(("code", "on", "at"), parts, strict=True)}


@write.register
def _(effect: fx.CallbackScheduled, here: WriteContext) -> None:
    here.put("callback", effect.callback, made_by=here.by)


@write.register
def _(effect: fx.CallbackChanged, here: WriteContext) -> None:
    key = {"account_id": here.account_id, "id": effect.id, "status": effect.old_status}
    here.set("callback", key, status=effect.status)


@write.register
def _(effect: fx.CallbackGiven, here: WriteContext) -> None:
    key = {"account_id": here.account_id, "id": effect.id, "owner": effect.old_owner}
    here.one(here.change("callback", **key).values(owner=effect.owner))


@write.register
def _(effect: fx.ScriptRead, here: WriteContext) -> None:
    here.put("script_read", effect, by=here.by)


# ------------------------------------------------------------------------------------------------ holds and promises


@write.register
def _(effect: fx.HoldPlaced, here: WriteContext) -> None:
    here.put("hold", effect.hold, placed_at=here.at, placed_by=effect.hold.placed_by or here.by)


@write.register
def _(effect: fx.HoldChanged, here: WriteContext) -> None:
    key = {"account_id": here.account_id, "id": effect.id, "status": effect.old_status}
    closed = effect.status != HoldState.ACTIVE
    reason = effect.reason if closed else None
    here.set("hold", key, status=effect.status, closed_reason=reason, **_closing(here, closed))


@write.register
def _(effect: fx.PromiseMade, here: WriteContext) -> None:
    promise = effect.promise
    here.put("promise", promise, made_by=promise.made_by or here.by, made_at=here.at)
    for i in promise.instalments:
        here.add(
            "instalment", promise_id=promise.id, seq=i.seq, due=i.due, amount=i.amount, paid=i.paid, status=i.status
        )


@write.register
def _(effect: fx.PromiseChanged, here: WriteContext) -> None:
    closed = effect.status != PromiseState.ACTIVE
    here.set(
        "promise",
        {"account_id": here.account_id, "id": effect.id, "status": effect.old_status},
        status=effect.status,
        closed_reason=(effect.reason or None) if closed else None,
        closed_on=(effect.on or here.today) if closed else None,
        **_closing(here, closed),
    )
    instalment = _T["instalment"]
    if effect.status in WAIVED_BY:
        waive = here.change("instalment", promise_id=effect.id).where(instalment.c.status.in_(OPEN_INSTALMENT))
        here.db.execute(waive.values(status=InstalmentState.WAIVED))
    elif not closed:
        _reopen_instalments(here, effect.id)


@write.register
def _(effect: fx.PromiseConfirmed, here: WriteContext) -> None:
    known = here.change("promise", account_id=here.account_id, id=effect.id, confirmed_on=effect.old_on)
    here.one(known.values(confirmed_on=effect.on))


def _closing(here: WriteContext, closed: bool) -> dict[str, Any]:
    """When and by whom something was closed; neither when it is open again."""
    return {"closed_at": here.at if closed else None, "closed_by": here.by if closed else None}


def _reopen_instalments(here: WriteContext, promise_id: int) -> None:
    t = _T["instalment"]
    waived = select(t.c.seq, t.c.amount, t.c.paid).where(
        t.c.tenant_id == here.tenant_id, t.c.promise_id == promise_id, t.c.status == InstalmentState.WAIVED
    )
    for row in here.db.execute(waived).all():
        status = instalment_status(InstalmentState.OPEN, row.amount, row.paid)
        here.one(here.change("instalment", promise_id=promise_id, seq=row.seq).values(status=status))


@write.register
def _(effect: fx.DateMoved, here: WriteContext) -> None:
    if effect.of == "instalment":
        key = {"promise_id": effect.id, "seq": effect.seq, "due": effect.before}
        here.one(here.change("instalment", **key).values(due=effect.to))
    elif effect.of == "item":
        key = {"account_id": here.account_id, "id": effect.id, "due": effect.before}
        here.one(here.change("item", **key).values(due=effect.to))
    else:
        key = {"account_id": here.account_id, "id": effect.id, "effective": effect.before}
        more = _T["service_order"].c.extended + (effect.to - effect.before).days
        here.one(here.change("service_order", **key).values(effective=effect.to, extended=more))


_I = _T["instalment"].c
_INSTALMENT: Final = select(_I.status, _I.amount, _I.paid).where(
    _I.tenant_id == bindparam("tenant"), _I.promise_id == bindparam("promise"), _I.seq == bindparam("seq")
)


@write.register
def _(effect: fx.InstalmentPaid, here: WriteContext) -> None:
    known = {"tenant": here.tenant_id, "promise": effect.promise_id, "seq": effect.seq}
    row = here.db.execute(_INSTALMENT, known).one_or_none()
    if row is None or row.paid != effect.old_paid:
        raise here.stale()
    status = effect.status or instalment_status(row.status, row.amount, effect.paid)
    key = {"promise_id": effect.promise_id, "seq": effect.seq}
    here.set("instalment", key, paid=effect.paid, status=status)


# ---------------------------------------------------------------------------------------------------------- worklist


@write.register
def _(effect: fx.Snoozed, here: WriteContext) -> None:
    have_work_item(here)
    here.one(
        here.change("work_item", account_id=here.account_id).values(
            snooze_until=effect.until, snoozes=effect.old_snoozes + 1, snooze_reason=effect.reason
        )
    )


@write.register
def _(effect: fx.Skipped, here: WriteContext) -> None:
    have_work_item(here)
    here.one(here.change("work_item", account_id=here.account_id).values(skipped=_T["work_item"].c.skipped + 1))


def have_work_item(here: WriteContext) -> None:
    """An account that was never scored has no work item yet; scoring fills in the rest."""
    """An account that was never scored has no work item yet; scoring fills in the rest."""
    t = _T["work_item"]
    known = select(t.c.account_id).where(t.c.tenant_id == here.tenant_id, t.c.account_id == here.account_id)
    if here.db.execute(known).first() is None:
        here.add("work_item", account_id=here.account_id, number=here.number)


@write.register
def _(effect: fx.ActUndone, here: WriteContext) -> None:
    """Nothing of the account: the act log is marked by the service, which knows the act that undoes."""
