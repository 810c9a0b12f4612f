"""Undo by compensation: the effects that take an earlier act back, last effect first. Nothing is ever deleted.

What somebody has changed since is left alone (a next action that was moved on stays moved). What has left the building, an
order that was sent or answered, cannot be taken back at all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import singledispatch
from typing import NoReturn

from collect_tui.domain import effects as fx
from collect_tui.domain import states
from collect_tui.domain.errors import Refused
from collect_tui.domain.evolve import evolve_all
from collect_tui.domain.facts import AccountFacts


def inverse(
    effects: Sequence[fx.Effect], facts: AccountFacts, ids: Callable[[], int], reason: str
) -> tuple[fx.Effect, ...]:
    """The effects that take `effects` back, in reverse order; `facts` is the account as it stands now.

    Raises Refused "undo.left" when an order of it has left the building, "undo.final" for what has no way back (a payment
    already taken back, a promise since kept or broken), "undo.nothing" when nothing of it can be undone.
    """
    back: list[fx.Effect] = []
    now = facts
    recorded = {e.payment.id for e in effects if isinstance(e, fx.PaymentRecorded)}
    brief = _brief(effects)
    for effect in reversed(effects):
        if isinstance(effect, fx.PaymentAllocated) and effect.payment_id in recorded:
            continue  # goes back with its payment
        if _names(effect) in brief:
            continue  # it was made and ended by the act: it has ended, and stays so
        step = _back(effect, now, ids, reason)
        back += step
        now = evolve_all(now, step)
    if not back:
        raise Refused("undo.nothing", "Nothing of that act can be taken back; what was written stays on file.", None)
    return tuple(back)


def _names(effect: fx.Effect) -> int | None:
    """The callback, hold or order that an effect makes or changes."""
    match effect:
        case fx.CallbackScheduled():
            return effect.callback.id
        case fx.HoldPlaced():
            return effect.hold.id
        case fx.OrderRequested():
            return effect.order.id
        case fx.CallbackChanged() | fx.HoldChanged() | fx.OrderChanged():
            return effect.id
    return None


def _brief(effects: Sequence[fx.Effect]) -> frozenset[int | None]:
    """What the act itself both made and ended: brought back, it would be there for the first time."""
    made = {_names(e) for e in effects if isinstance(e, fx.CallbackScheduled | fx.HoldPlaced | fx.OrderRequested)}
    last = {
        _names(e): e.status for e in effects if isinstance(e, fx.CallbackChanged | fx.HoldChanged | fx.OrderChanged)
    }
    return frozenset(ident for ident in made & last.keys() if last[ident] in _ENDED)


def only_written(effects: Sequence[fx.Effect]) -> bool:
    """Is there nothing in an act that could be taken back, however the account stands?"""
    return all(isinstance(e, fx.Skipped) or (isinstance(e, fx.NoteWritten) and not e.pinned) for e in effects)


def left_standing(effects: Sequence[fx.Effect]) -> tuple[str, ...]:
    """What stays after an undo, in words: notes are on file for good, a place lost in the queue comes back overnight."""
    said = []
    if any(isinstance(e, fx.NoteWritten) and not e.pinned for e in effects):
        said.append("the note stays in the timeline")
    if any(isinstance(e, fx.NoteWritten) and e.pinned for e in effects):
        said.append("the note comes off the top but stays in the timeline")
    if any(isinstance(e, fx.Skipped) for e in effects):
        said.append("the account stays passed over until the next day run")
    return tuple(said)


_JUDGED = frozenset({"KEPT", "PARTIAL", "BROKEN"})
_ENDED = frozenset({"DONE", "CANCELLED", "RESCHEDULED", "RELEASED", "EXPIRED"})

Back = tuple[fx.Effect, ...]
Ids = Callable[[], int]


@singledispatch
def _back(effect: object, facts: AccountFacts, ids: Ids, reason: str) -> Back:
    raise TypeError(f"no effect: {type(effect).__name__}")


def _final(sentence: str) -> NoReturn:
    raise Refused("undo.final", sentence, None)


# ------------------------------------------------------------------------------------------------ contacts and notes


@_back.register
def _(effect: fx.ContactLogged, facts: AccountFacts, ids: Ids, reason: str) -> Back:
    return (fx.ContactVoided(ids(), effect.id, reason),)


@_back.register
def _(effect: fx.ContactVoided, facts: AccountFacts, ids: Ids, reason: str) -> Back:
    _final("A contact that was taken back stays so; log it again.")


@_back.register
def _(effect: fx.NoteWritten, facts: AccountFacts, ids: Ids, reason: str) -> Back:
    return (fx.NoteUnpinned(ids(), effect.text),) if effect.pinned and effect.text in facts.pinned else ()


@_back.register
def _(effect: fx.NoteUnpinned, facts: AccountFacts, ids: Ids, reason: str) -> Back:
    return (fx.NoteWritten(ids(), effect.text, effect.text, pinned=True),)


@_back.register
def _(effect: fx.NextActionSet, facts: AccountFacts, ids: Ids, reason: str) -> Back:
    if facts.next_action != effect.new or (effect.old is None and facts.status == "OPEN"):
        return ()
    return (fx.NextActionSet(effect.old, effect.new, effect.old_parked, facts.parked),)


@_back.register
def _(effect: fx.PointMarked, facts: AccountFacts, ids: Ids, reason: str) -> Back:
    now = next((p for p in facts.points if p.id == effect.point_id), None)
    if now is None or (now.quality, now.consent) != (effect.quality, effect.consent):
        return ()
    return (fx.PointMarked(effect.point_id, effect.old_quality, effect.old_consent, effect.quality, effect.consent),)


@_back.register
def _(effect: fx.CallbackScheduled, facts: AccountFacts, ids: Ids, reason: str) -> Back:
    now = next((c for c in facts.callbacks if c.id == effect.callback.id), None)
    return () if now is None else (fx.CallbackChanged(now.id, "CANCELLED", now.status),)


@_back.register
def _(effect: fx.CallbackChanged, facts: AccountFacts, ids: Ids, reason: str) -> Back:
    states.check(states.CALLBACK, "callback", effect.status, effect.old_status)
    return (fx.CallbackChanged(effect.id, effect.old_status, effect.status),)


# ------------------------------------------------------------------------------------------------ holds and promises


@_back.register
def _(effect: fx.HoldPlaced, facts: AccountFacts, ids: Ids, reason: str) -> Back:
    if all(h.id != effect.hold.id for h in facts.holds):
        return ()  # it has ended since
    return (fx.HoldChanged(effect.hold.id, "RELEASED", "ACTIVE", reason),)


@_back.register
def _(effect: fx.HoldChanged, facts: AccountFacts, ids: Ids, reason: str) -> Back:
    states.check(states.HOLD, "hold", effect.status, effect.old_status)
    return (fx.HoldChanged(effect.id, effect.old_status, effect.status, reason),)


@_back.register
def _(effect: fx.PromiseMade, facts: AccountFacts, ids: Ids, reason: str) -> Back:
    now = next((p for p in facts.promises if p.id == effect.promise.id), None)
    if now is not None and now.status in {"CANCELLED", "SUPERSEDED"}:
        return ()
    if now is None or not now.open:
        _final("The promise of that act has been kept or broken since; it cannot be taken back.")
    return (fx.PromiseChanged(now.id, "CANCELLED", now.status, reason),)


@_back.register
def _(effect: fx.PromiseChanged, facts: AccountFacts, ids: Ids, reason: str) -> Back:
    if effect.status in _JUDGED:
        return ()  # promises follow the money: settling judges them anew
    now = next((p for p in facts.promises if p.id == effect.id), None)
    if now is not None and now.status != effect.status:
        _final("The promise of that act has changed since; it cannot be taken back.")
    other = facts.open_promise
    if effect.old_status == "ACTIVE" and other is not None and other.id != effect.id:
        _final("Another promise has been made since; cancel that one first.")
    return (fx.PromiseChanged(effect.id, effect.old_status, effect.status, reason),)


@_back.register
def _(effect: fx.InstalmentPaid, facts: AccountFacts, ids: Ids, reason: str) -> Back:
    return ()  # promises follow the money: settling judges them anew


# ------------------------------------------------------------------------------------------------------------- money


@_back.register
def _(effect: fx.PaymentRecorded, facts: AccountFacts, ids: Ids, reason: str) -> Back:
    now = next((p for p in facts.payments if p.id == effect.payment.id), None)
    if now is not None and "REVERSED" not in states.PAYMENT[now.status]:
        _final("The payment of that act has been taken back or refunded already.")
    return (fx.PaymentReversed(effect.payment.id, "REVERSED", reason),)


@_back.register
def _(effect: fx.PaymentAllocated, facts: AccountFacts, ids: Ids, reason: str) -> Back:
    payments = (*facts.payments, *facts.named)
    live = (a for p in payments if p.id == effect.payment_id for a in p.allocations if a.id == effect.id)
    return tuple(fx.AllocationReleased(effect.id, effect.payment_id, given) for given in live)


@_back.register
def _(effect: fx.AllocationReleased, facts: AccountFacts, ids: Ids, reason: str) -> Back:
    return (fx.PaymentAllocated(ids(), effect.payment_id, effect.allocation),)


@_back.register
def _(effect: fx.CreditApplied, facts: AccountFacts, ids: Ids, reason: str) -> Back:
    live = any(a.id == effect.application.id for a in facts.applications)
    return (fx.CreditReleased(effect.application),) if live else ()


@_back.register
def _(effect: fx.CreditReleased, facts: AccountFacts, ids: Ids, reason: str) -> Back:
    return (fx.CreditApplied(replace(effect.application, id=ids())),)


@_back.register
def _(effect: fx.ItemCharged, facts: AccountFacts, ids: Ids, reason: str) -> Back:
    return (fx.ItemVoided(effect.item.id, effect.item.doc_no, effect.item.amount),)


@_back.register
def _(effect: fx.ItemVoided, facts: AccountFacts, ids: Ids, reason: str) -> Back:
    _final("A charge that was taken off stays so; order it again.")


@_back.register
def _(effect: fx.PaymentReversed, facts: AccountFacts, ids: Ids, reason: str) -> Back:
    _final("A payment that was returned or reversed stays so; record it again.")


# ----------------------------------------------------------------------------------------------- services and ladder


def _left() -> NoReturn:
    raise Refused(
        "undo.left",
        "An order of that act has left the building or was answered since; it can no longer be undone.",
        None,
    )


@_back.register
def _(effect: fx.OrderRequested, facts: AccountFacts, ids: Ids, reason: str) -> Back:
    now = next((o for o in facts.orders if o.id == effect.order.id), None)
    if now is None or now.status not in {"DRAFT", "REQUESTED"}:
        _left()
    return (fx.OrderChanged(now.id, "CANCELLED", now.status, reason),)


@_back.register
def _(effect: fx.OrderChanged, facts: AccountFacts, ids: Ids, reason: str) -> Back:
    now = next((o for o in facts.orders if o.id == effect.id), None)
    if effect.status in {"SENT", "COMPLETED", "REJECTED"} or (now is not None and now.status != effect.status):
        _left()
    if now is None and effect.status != "CANCELLED":
        _left()
    states.check(states.ORDER, "order", effect.status, effect.old_status)
    return (fx.OrderChanged(effect.id, effect.old_status, effect.status, reason),)


@_back.register
def _(effect: fx.ServiceChanged, facts: AccountFacts, ids: Ids, reason: str) -> Back:
    now = next((s for s in facts.services if s.id == effect.id), None)
    if now is None or now.status != effect.status:
        _left()
    states.check(states.SERVICE, "service", effect.status, effect.old_status)
    return (fx.ServiceChanged(effect.id, effect.old_status, effect.old_cause, effect.status, effect.cause),)


@_back.register
def _(effect: fx.LadderChanged, facts: AccountFacts, ids: Ids, reason: str) -> Back:
    if (facts.stage, facts.ladder_paused_by) != (effect.stage, effect.paused_by):
        return ()
    return (fx.LadderChanged(effect.old_stage, effect.old_paused_by, effect.stage, effect.paused_by),)


# ---------------------------------------------------------------------------------------------------------- worklist


@_back.register
def _(effect: fx.Snoozed, facts: AccountFacts, ids: Ids, reason: str) -> Back:
    # Put off until today is not put off; counting from one less leaves the count where it was.
    return (fx.Snoozed(facts.business_date, effect.reason, effect.old_snoozes - 1),)


@_back.register
def _(effect: fx.Skipped, facts: AccountFacts, ids: Ids, reason: str) -> Back:
    return ()


@_back.register
def _(effect: fx.ActUndone, facts: AccountFacts, ids: Ids, reason: str) -> Back:
    raise Refused("undo.undo", "An undo cannot be undone; do the act again.", None)
