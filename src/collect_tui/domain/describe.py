"""One plain sentence per effect, for the preview and the receipt.

`facts` are those before the effect. Amounts stand without a currency: the screen names it once. A customer's own words
never appear, but for the note that the agent has just written; a number shows its last four digits only.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from functools import singledispatch
from typing import Final

from collect_tui.domain import effects as fx
from collect_tui.domain.codes import Codes
from collect_tui.domain.dates import clock, format_day, local_time
from collect_tui.domain.facts import AccountFacts, Item, NextAction, Order, Point
from collect_tui.domain.money import format_minor
from collect_tui.domain.points import label

NOTE_WIDTH: Final = 60
"""Characters of a note that a sentence shows."""

_MOST_PARTS: Final = 6
"""Unequal parts of a plan that a sentence lists one by one."""

_STAGES: Final = {"PRE_DUE": "before due", "PAST_DUE": "past due"}


ENDS: Final = (
    fx.PromiseChanged,
    fx.OrderChanged,
    fx.CallbackChanged,
    fx.HoldChanged,
    fx.PaymentReversed,
    fx.AllocationReleased,
    fx.CreditReleased,
    fx.ContactVoided,
    fx.ItemVoided,
    fx.NoteUnpinned,
)
"""Effects that replace, cancel, take back or revive what there was: they are said before what is new, and in full."""

CONSEQUENCES: Final = (fx.NextActionSet, fx.LadderChanged, fx.ServiceChanged, fx.ActUndone)
"""Effects that follow from others and are said by them, or, as the next action is, apart."""


def describe(effect: fx.Effect, facts: AccountFacts, codes: Codes, zone: str = "UTC") -> str:
    """What an effect does, without a full stop at the end; instants in the desk's zone, with city and offset.

    Raises TypeError for a value that is no effect.
    """
    return _say(effect, facts, codes, zone)


def describe_next(
    action: NextAction | None, facts: AccountFacts, codes: Codes, zone: str = "UTC", now: datetime | None = None
) -> str:
    """A next action in words: `call Mon 1 Dec`, `callback today`; `none` when there is none. One of a day gone by, or of an
    instant before `now`, is overdue: `call Mon 1 Dec, overdue`."""
    if action is None:
        return "none"
    title = codes.next_actions.get(action.code, action.code)
    when = "" if action.at is None else f" {clock(action.at, zone)}"
    gone = action.on < facts.business_date or (action.at is not None and now is not None and action.at < now)
    return f"{title[:1].lower()}{title[1:]} {_day(action.on, facts)}{when}{', overdue' if gone else ''}"


def numbered(seq: int) -> str:
    """The number of an instalment in a list, four cells: `  2.`; what is paid down has none."""
    return f"{seq:>3}." if seq else "down"


def _part(seq: int) -> str:
    return f"instalment {seq}" if seq else "the down payment"


def _day(day: date, facts: AccountFacts) -> str:
    return format_day(day, facts.business_date)


def _low(state: str) -> str:
    return state.replace("_", " ").lower()


def holder(by: str, since: datetime | None, until: datetime, zone: str) -> str:
    """Who works an account, until when, and since when where it was handed to them; by the desk's clock, in `zone`."""
    began = f" (since {local_time(since, zone):%H:%M})" if since is not None else ""
    return f"{by} is working this account until {clock(until, zone)}{began}."


def quoted(note: str) -> str:
    """A note as a sentence shows it: in quotes, its beginning only."""
    return f'"{_short(note)}"'


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= NOTE_WIDTH else line[: NOTE_WIDTH - 1] + "…"


def _because(reason: str) -> str:
    return f": {_short(reason)}" if reason else ""


@singledispatch
def _say(effect: object, facts: AccountFacts, codes: Codes, zone: str) -> str:
    raise TypeError(f"no effect: {type(effect).__name__}")


@_say.register
def _(effect: fx.ContactLogged, facts: AccountFacts, codes: Codes, zone: str) -> str:
    action, result = codes.actions.get(effect.action), codes.results.get(effect.result)
    words = [result.title.lower() if result else effect.result, action.title.lower() if action else effect.action]
    point = next((p for p in facts.points if p.id == effect.point_id), None)
    if point is not None:
        words.append(label(point))
    if effect.reason:
        words.append(codes.reasons.get(effect.reason, effect.reason).lower())
    note = f" {quoted(effect.note)}" if effect.note.strip() else ""
    caveat = f" · {result.caveat}" if result and result.caveat else ""
    return f"logs {' · '.join(words)}{note}{caveat}"


@_say.register
def _(effect: fx.ContactVoided, facts: AccountFacts, codes: Codes, zone: str) -> str:
    return f"takes the contact back{_because(effect.reason)}"


@_say.register
def _(effect: fx.NoteWritten, facts: AccountFacts, codes: Codes, zone: str) -> str:
    return f"{'pins the note' if effect.pinned else 'notes'} {quoted(effect.text)}"


@_say.register
def _(effect: fx.NoteUnpinned, facts: AccountFacts, codes: Codes, zone: str) -> str:
    return "a pinned note comes off the top"


@_say.register
def _(effect: fx.NextActionSet, facts: AccountFacts, codes: Codes, zone: str) -> str:
    return f"next action: {describe_next(effect.new, facts, codes, zone)}"


@_say.register
def _(effect: fx.PointMarked, facts: AccountFacts, codes: Codes, zone: str) -> str:
    point = next((p for p in facts.points if p.id == effect.point_id), None)
    name = "the contact point" if point is None else label(point)
    said = []
    if effect.quality != effect.old_quality:
        said.append(f"is marked {effect.quality}")
    if effect.consent != effect.old_consent:
        said.append(
            {"out": "is not to be used: opted out", "in": "may be used: consent given"}.get(
                effect.consent, "has no known consent"
            )
        )
    return f"{name} {' and '.join(said) or 'stays as it is'}"


@_say.register
def _(effect: fx.CallbackScheduled, facts: AccountFacts, codes: Codes, zone: str) -> str:
    owner = "for anyone" if effect.callback.owner is None else f"for {effect.callback.owner}"
    point = next((p for p in facts.points if p.id == effect.callback.point_id), None)
    to = "" if point is None else f" to {label(point)}"
    at = effect.callback.at
    there = _there(at, zone, facts, point)
    return f"callback {_day(local_time(at, zone).date(), facts)} {clock(at, zone)}{there}{to}, {owner}"


def _there(at: datetime, zone: str, facts: AccountFacts, point: Point | None) -> str:
    """The same moment where the customer is, when the clocks there show another hour; empty when they do not."""
    asked = (point,) if point is not None else facts.points
    theirs = next((p.zones[0] for p in asked if p.zones and (point is not None or p.callable)), zone)
    local, desk = local_time(at, theirs), local_time(at, zone)
    if local.utcoffset() == desk.utcoffset():
        return ""
    day = "" if local.date() == desk.date() else f"{_day(local.date(), facts)} "
    return f" ({day}{clock(at, theirs)} at the customer's)"


@_say.register
def _(effect: fx.CallbackChanged, facts: AccountFacts, codes: Codes, zone: str) -> str:
    before = next((c for c in facts.callbacks if c.id == effect.id), None)
    name = "the callback" if before is None else f"the callback of {_day(local_time(before.at, zone).date(), facts)}"
    became = {
        "DONE": "is done",
        "MISSED": "was missed",
        "RESCHEDULED": "is put off",
        "CANCELLED": "is cancelled",
        "SCHEDULED": "stands again",
    }
    return f"{name} {became.get(effect.status, _low(effect.status))}"


@_say.register
def _(effect: fx.HoldPlaced, facts: AccountFacts, codes: Codes, zone: str) -> str:
    until = "until released" if effect.hold.until is None else f"until {_day(effect.hold.until, facts)}"
    return f"hold {_low(effect.hold.kind)} {until}"


@_say.register
def _(effect: fx.HoldChanged, facts: AccountFacts, codes: Codes, zone: str) -> str:
    hold = next((h for h in facts.holds if h.id == effect.id), None)
    name = "a hold" if hold is None else f"hold {_low(hold.kind)}"
    became = {"RELEASED": "is released", "EXPIRED": "expires", "ACTIVE": "stands again"}
    return f"{name} {became.get(effect.status, _low(effect.status))}"


@_say.register
def _(effect: fx.PromiseMade, facts: AccountFacts, codes: Codes, zone: str) -> str:
    promise = effect.promise
    total = format_minor(promise.total, facts.currency)
    last = promise.instalments[-1]
    how = f", {promise.method}" if promise.method else ""
    if promise.kind == "plan" or len(promise.instalments) > 1:
        told = [f"{format_minor(i.amount, facts.currency)} {_day(i.due, facts)}" for i in promise.instalments]
        regular = [i for i in promise.instalments if i.seq]
        if len(told) <= _MOST_PARTS and _uneven([i.amount for i in regular]):
            return f"plan {total} in {len(told)} parts: {', '.join(told)}{how}"
        first = promise.instalments[0]
        down = "" if first.seq else f"{format_minor(first.amount, facts.currency)} down {_day(first.due, facts)}, "
        if len(regular) == 1:
            return f"plan {total}: {down}{told[-1]}{how}"
        each = format_minor(regular[0].amount, facts.currency)
        return f"plan {total}: {down}{len(regular)} of {each} from {_day(regular[0].due, facts)}, last {told[-1]}{how}"
    return f"promise {total} by {_day(last.due, facts)}{how}"


def _uneven(amounts: Sequence[int]) -> bool:
    """Whether instalments differ by more than the rounding, which the last one takes."""
    *others, last = amounts
    return any(amount != amounts[0] for amount in others) or not 0 <= last - amounts[0] < len(amounts)


@_say.register
def _(effect: fx.PromiseChanged, facts: AccountFacts, codes: Codes, zone: str) -> str:
    promise = next((p for p in facts.promises if p.id == effect.id), None)
    name = "the promise"
    if promise is not None:
        name = f"the {'plan' if promise.kind == 'plan' else 'promise'} of {format_minor(promise.total, facts.currency)}"
    became = {
        "SUPERSEDED": "is replaced",
        "CANCELLED": "is cancelled",
        "ACTIVE": "stands again",
        "KEPT": "is kept",
        "PARTIAL": "is kept in part",
        "BROKEN": "is broken",
    }
    return f"{name} {became.get(effect.status, _low(effect.status))}"


@_say.register
def _(effect: fx.InstalmentPaid, facts: AccountFacts, codes: Codes, zone: str) -> str:
    change = effect.paid - effect.old_paid
    amount = format_minor(abs(change), facts.currency)
    promise = next((p for p in facts.promises if p.id == effect.promise_id), None)
    name = "the promise" if promise is None or len(promise.instalments) == 1 else _part(effect.seq)
    return f"{amount} counts towards {name}" if change >= 0 else f"{amount} no longer counts towards {name}"


@_say.register
def _(effect: fx.PaymentRecorded, facts: AccountFacts, codes: Codes, zone: str) -> str:
    payment = effect.payment
    how = f", {payment.method}" if payment.method else ""
    how += f", reference {payment.ref}" if payment.ref else ""
    return f"payment {format_minor(payment.amount, facts.currency)} received {_day(payment.received_on, facts)}{how}"


@_say.register
def _(effect: fx.PaymentAllocated, facts: AccountFacts, codes: Codes, zone: str) -> str:
    item = next((i for i in facts.items if i.id == effect.allocation.item_id), None)
    amount = format_minor(effect.allocation.amount, facts.currency)
    if item is None:
        return f"{amount} to an item"
    left = item.open - effect.allocation.amount
    return f"{amount} to {item.kind} {item.doc_no}, {format_minor(left, facts.currency)} left of it"


@_say.register
def _(effect: fx.AllocationReleased, facts: AccountFacts, codes: Codes, zone: str) -> str:
    return f"{format_minor(effect.allocation.amount, facts.currency)} {_off(effect.allocation.item_id, facts)}"


@_say.register
def _(effect: fx.CreditApplied, facts: AccountFacts, codes: Codes, zone: str) -> str:
    one = effect.application
    credit, item = _item(one.credit_id, facts), _item(one.item_id, facts)
    amount = format_minor(one.amount, facts.currency)
    if credit is None or item is None:
        return f"{amount} of a credit to an item"
    left = format_minor(item.open - one.amount, facts.currency)
    return f"{amount} of credit {credit.doc_no} to {item.kind} {item.doc_no}, {left} left of it"


@_say.register
def _(effect: fx.CreditReleased, facts: AccountFacts, codes: Codes, zone: str) -> str:
    return f"{format_minor(effect.application.amount, facts.currency)} {_off(effect.application.item_id, facts)}"


@_say.register
def _(effect: fx.ItemCharged, facts: AccountFacts, codes: Codes, zone: str) -> str:
    return f"charges {effect.item.kind} {effect.item.doc_no} {format_minor(effect.item.amount, facts.currency)}"


@_say.register
def _(effect: fx.ItemVoided, facts: AccountFacts, codes: Codes, zone: str) -> str:
    return f"takes {effect.doc_no} {format_minor(effect.amount, facts.currency)} off again"


def _item(item_id: int, facts: AccountFacts) -> Item | None:
    return next((i for i in (*facts.items, *facts.settled) if i.id == item_id), None)


def _off(item_id: int, facts: AccountFacts) -> str:
    item = _item(item_id, facts)
    return "is taken from an item again" if item is None else f"is taken from {item.kind} {item.doc_no} again"


@_say.register
def _(effect: fx.PaymentReversed, facts: AccountFacts, codes: Codes, zone: str) -> str:
    payment = next((p for p in (*facts.payments, *facts.named) if p.id == effect.payment_id), None)
    if payment is not None and effect.part is not None:
        whole, part = (format_minor(amount, facts.currency) for amount in (payment.amount, effect.part))
        return f"{part} of the payment of {whole} is {_low(effect.status)}"
    amount = "" if payment is None else f" of {format_minor(payment.stands, facts.currency)}"
    return f"the payment{amount} is {_low(effect.status)}; what it had paid is open again"


def _order_name(order: Order | None, facts: AccountFacts) -> str:
    if order is None:
        return "the order"
    product = next((s.product for s in facts.services if s.id == order.service_id), None)
    return f"{order.kind} order {order.number}" + (f" for {product}" if product else "")


@_say.register
def _(effect: fx.OrderRequested, facts: AccountFacts, codes: Codes, zone: str) -> str:
    order = effect.order
    draft = "drafts " if order.status == "DRAFT" else ""
    return f"{draft}{_order_name(order, facts)}, effective {_day(order.effective, facts)}"


@_say.register
def _(effect: fx.OrderChanged, facts: AccountFacts, codes: Codes, zone: str) -> str:
    order = next((o for o in (*facts.orders, *facts.lifted) if o.id == effect.id), None)
    became = {"DRAFT": "waits for review", "REQUESTED": "is requested"}.get(effect.status, f"is {_low(effect.status)}")
    return f"{_order_name(order, facts)} {became}" + (f": {effect.detail.rstrip('.')}" if effect.detail else "")


@_say.register
def _(effect: fx.ServiceChanged, facts: AccountFacts, codes: Codes, zone: str) -> str:
    service = next((s for s in facts.services if s.id == effect.id), None)
    became = {
        "PENDING_SUSPEND": "waits for suspension",
        "PENDING_RESTORE": "waits for restore",
        "PENDING_TERM": "waits for termination",
        "ACTIVE": "is on" if effect.old_status == "PENDING_RESTORE" else "stays on",
        "SUSPENDED": "stays suspended" if effect.old_status == "PENDING_RESTORE" else "is suspended",
    }
    return f"{'the service' if service is None else service.product} {became.get(effect.status, _low(effect.status))}"


@_say.register
def _(effect: fx.LadderChanged, facts: AccountFacts, codes: Codes, zone: str) -> str:
    if effect.stage != effect.old_stage:
        return f"stage {_STAGES.get(effect.stage, _low(effect.stage))}"
    if effect.paused_by is None:
        return f"the ladder goes on at {_STAGES.get(effect.stage, _low(effect.stage))}"
    return f"the ladder is held by a {effect.paused_by.split(' ')[0]}"


@_say.register
def _(effect: fx.Snoozed, facts: AccountFacts, codes: Codes, zone: str) -> str:
    title = codes.skip_reasons.get(effect.reason, effect.reason).lower()
    return f"put off until {_day(effect.until, facts)}: {title}"


@_say.register
def _(effect: fx.Skipped, facts: AccountFacts, codes: Codes, zone: str) -> str:
    return f"passed over until the next day run: {codes.skip_reasons.get(effect.reason, effect.reason).lower()}"


@_say.register
def _(effect: fx.ActUndone, facts: AccountFacts, codes: Codes, zone: str) -> str:
    return "the act is undone"
