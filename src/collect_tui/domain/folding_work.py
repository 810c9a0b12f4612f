"""Folds contacts, notes, callbacks, holds, promises and the worklist."""

from __future__ import annotations

from dataclasses import replace

from collect_tui.domain import effects as fx
from collect_tui.domain.calendars import add_months
from collect_tui.domain.facts import AccountFacts, Attempt, Instalment, Point, Promise
from collect_tui.domain.folding import OPEN_CALLBACK, PROMISE_MONTHS, WAIVED_BY, changed, fold, instalment_status

# ------------------------------------------------------------------------------------------------ contacts and notes


@fold.register
def _(effect: fx.ContactLogged, facts: AccountFacts) -> AccountFacts:
    attempt = Attempt(
        at=effect.at,
        action=effect.action,
        result=effect.result,
        counted=effect.counted,
        conversation=effect.contact and effect.right_party,
        point_id=effect.point_id,
        id=effect.id,
    )
    return replace(facts, attempts=(*facts.attempts, attempt), snoozes=0)


@fold.register
def _(effect: fx.ContactVoided, facts: AccountFacts) -> AccountFacts:
    return replace(facts, attempts=tuple(a for a in facts.attempts if a.id != effect.event_id))


@fold.register
def _(effect: fx.NoteWritten, facts: AccountFacts) -> AccountFacts:
    return replace(facts, pinned=(*facts.pinned, effect.text)) if effect.pinned else facts


@fold.register
def _(effect: fx.NoteUnpinned, facts: AccountFacts) -> AccountFacts:
    if effect.text not in facts.pinned:
        return facts
    at = facts.pinned.index(effect.text)
    return replace(facts, pinned=(*facts.pinned[:at], *facts.pinned[at + 1 :]))


@fold.register
def _(effect: fx.NextActionSet, facts: AccountFacts) -> AccountFacts:
    return replace(facts, next_action=effect.new, parked=effect.parked)


@fold.register
def _(effect: fx.PointMarked, facts: AccountFacts) -> AccountFacts:
    def change(point: Point) -> Point:
        return replace(point, quality=effect.quality, consent=effect.consent)

    return replace(facts, points=changed(facts.points, effect.point_id, change))


@fold.register
def _(effect: fx.CallbackScheduled, facts: AccountFacts) -> AccountFacts:
    return replace(facts, callbacks=(*facts.callbacks, effect.callback))


@fold.register
def _(effect: fx.CallbackChanged, facts: AccountFacts) -> AccountFacts:
    after = changed(facts.callbacks, effect.id, lambda c: replace(c, status=effect.status))
    return replace(facts, callbacks=tuple(c for c in after if c.status in OPEN_CALLBACK))


# ------------------------------------------------------------------------------------------------ holds and promises


@fold.register
def _(effect: fx.HoldPlaced, facts: AccountFacts) -> AccountFacts:
    return replace(facts, holds=(*facts.holds, effect.hold))


@fold.register
def _(effect: fx.HoldChanged, facts: AccountFacts) -> AccountFacts:
    after = changed(facts.holds, effect.id, lambda h: replace(h, status=effect.status))
    return replace(facts, holds=tuple(h for h in after if h.status == "ACTIVE"))


@fold.register
def _(effect: fx.PromiseMade, facts: AccountFacts) -> AccountFacts:
    return replace(facts, promises=(*facts.promises, effect.promise))


@fold.register
def _(effect: fx.PromiseChanged, facts: AccountFacts) -> AccountFacts:
    def change(promise: Promise) -> Promise:
        closed = effect.status != "ACTIVE"
        instalments = promise.instalments
        if effect.status in WAIVED_BY:
            instalments = tuple(_waived(i) for i in instalments)
        elif not closed:
            instalments = tuple(_reopened(i) for i in instalments)
        reason = (effect.reason or None) if closed else None
        on = (effect.on or facts.business_date) if closed else None
        now = replace(promise, status=effect.status, instalments=instalments, closed_reason=reason)
        return replace(now, closed_on=on, closed_at=None)

    since = add_months(facts.business_date, -PROMISE_MONTHS)
    after = changed(facts.promises, effect.id, change)
    return replace(facts, promises=tuple(p for p in after if p.open or p.made_on >= since))


def _waived(instalment: Instalment) -> Instalment:
    return replace(instalment, status="WAIVED") if instalment.status in {"OPEN", "PART_PAID"} else instalment


def _reopened(instalment: Instalment) -> Instalment:
    if instalment.status != "WAIVED":
        return instalment
    return replace(instalment, status=instalment_status("OPEN", instalment.amount, instalment.paid))


@fold.register
def _(effect: fx.InstalmentPaid, facts: AccountFacts) -> AccountFacts:
    def pay(instalment: Instalment) -> Instalment:
        if instalment.seq != effect.seq:
            return instalment
        status = effect.status or instalment_status(instalment.status, instalment.amount, effect.paid)
        return replace(instalment, paid=effect.paid, status=status)

    def change(promise: Promise) -> Promise:
        return replace(promise, instalments=tuple(pay(i) for i in promise.instalments))

    return replace(facts, promises=changed(facts.promises, effect.promise_id, change))


# ---------------------------------------------------------------------------------------------------------- worklist


@fold.register
def _(effect: fx.Snoozed, facts: AccountFacts) -> AccountFacts:
    return replace(facts, snoozes=effect.old_snoozes + 1)


@fold.register
def _(effect: fx.Skipped, facts: AccountFacts) -> AccountFacts:
    return facts


@fold.register
def _(effect: fx.ActUndone, facts: AccountFacts) -> AccountFacts:
    return facts
