"""What an order goes through after an act, told before it is done: sent off, fetched, answered; and what a payment would set off."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from collect_tui.domain.effect import Effect, fold_all
from collect_tui.domain.effects import (
    HoldChanged,
    LadderChanged,
    NextActionSet,
    OrderChanged,
    OrderRequested,
    PromiseChanged,
)
from collect_tui.domain.errors import DomainError
from collect_tui.domain.facts import AccountFacts, Order, Service
from collect_tui.domain.money import format_minor
from collect_tui.domain.order import required
from collect_tui.domain.order.kinds import KINDS
from collect_tui.domain.payment import decide as payment
from collect_tui.domain.states import OPEN_ORDER, OrderState, ServiceState
from collect_tui.policy.objections import object_by, waits
from collect_tui.policy.settling import settle
from collect_tui.services.context import Context

_LINKS: Final = (OrderRequested, OrderChanged, PromiseChanged, HoldChanged, LadderChanged, NextActionSet)
"""What a payment sets off that is told; what it pays is not."""

_BECOMES: Final = {ServiceState.ACTIVE: "on"}


def later(effects: Sequence[Effect], after: AccountFacts, context: Context) -> Iterator[str]:
    """What happens to each order that effects have made or moved on, step by step until its service has changed."""
    moved = {
        e.order.id if isinstance(e, OrderRequested) else e.id
        for e in effects
        if isinstance(e, OrderRequested | OrderChanged)
    }
    for order in after.orders:
        if order.id in moved and order.status in OPEN_ORDER and order.status != OrderState.SENT:
            yield _links(order, after, context)


def _links(order: Order, after: AccountFacts, context: Context) -> str:
    service, kind = after.service(order.service_id), KINDS[order.kind]
    held = waits(after, order, context.catalogue.internal, context.calendar)
    until = object_by(order.effective, context.calendar)
    leaves = (
        f"leaves with the first orders run after {until:%a} {until.day} {until:%b}"
        if held
        else "leaves with the next orders run"
    )
    sent_off = "waits for somebody to send it off, " if order.status == OrderState.DRAFT else ""
    became = _BECOMES.get(kind.after, kind.done)
    return f"then {order.number} {sent_off}{leaves}; when {service.billing_system} has carried it out, {service.product} is {became}"


def if_paid(facts: AccountFacts, service: Service, context: Context) -> str:
    """What follows if somebody pays, on the service, what restoring it takes; empty where nothing has to be paid."""
    lacks = required.to_restore(facts, service, context.rules, context.catalogue.holds)
    if service.status != ServiceState.SUSPENDED or lacks.total <= 0:
        return ""
    left, directed = lacks.total, []
    for item in sorted(facts.of_service(service.id), key=lambda i: (i.due, i.id)):
        part = min(left, item.collectable) if item.due < facts.business_date else 0
        if part:
            directed.append((item.doc_no, part))
            left -= part
    try:
        paid = payment.record(
            facts,
            amount=lacks.total,
            method="other",
            ref="",
            received_on=facts.business_date,
            directed=directed,
            ids=context.ids,
        )
        effects = (*paid, *settle(facts, paid, context.house, context.ids))
    except DomainError:
        return ""
    told, now = [], facts
    for effect in effects:
        if isinstance(effect, _LINKS):
            told.append(effect.words(now, context.codes, context.zone))
        now = effect.fold(now)
    links = (*told, *later(effects, fold_all(facts, effects), context))
    return f"If {format_minor(lacks.total, facts.currency)} is paid on it: {'; '.join(links)}." if links else ""
