"""What is owed, and what may be cut and restored, worked out from the rows: the program's own sums are not asked.

Owed has one definition (amounts in minor units, D the business date):

    collectable = max(0, undisputed debit due before D − open credits − unapplied money)

of the account; and of a service the same with its own items and those of no service, less all credits and unapplied money of
the account. The checks besides the amount (age, notice, holds, day …) are those of `policy/suspend.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from collect_tui.domain.facts import AccountFacts, Order, Service
from collect_tui.domain.states import ServiceState
from collect_tui.policy.restore import may_restore
from collect_tui.policy.suspend import may_suspend
from collect_tui.policy.verdicts import Verdict
from support.world import SITE, World

GONE = {"RETURNED", "REVERSED", "REFUNDED"}
NONPAY = "nonpay"
CAUSES = {"VOLUNTARY", "FRAUD"}
"""Reasons of a suspension that has another cause than non-payment."""
NONPAY_CHECKS = {"amount", "age", "dispute", "promise", "notice"}
"""What is asked of a suspension for non-payment only: whether enough is owed for long enough, and was announced."""


@dataclass(frozen=True)
class Owed:
    """`credits` and `unapplied` are positive. `of_service`: by the id of the service."""

    debit: int
    disputed: int
    credits: int
    unapplied: int
    collectable: int
    total: int
    of_service: dict[int, int]


def owed(world: World, number: str) -> Owed:
    today, account_id = world.today, world.account_id(number)
    items = world.rows("item", account_id=account_id)
    late = [i for i in items if i.open > 0 and i.due < today]
    credits = -sum(i.open for i in items if i.open < 0)
    unapplied = _unapplied(world, account_id)

    def less(some: list[Any]) -> int:
        return max(0, sum(max(0, i.open - i.disputed) for i in some) - credits - unapplied)

    services = world.rows("service", account_id=account_id)
    return Owed(
        debit=sum(i.open for i in late),
        disputed=sum(min(i.disputed, i.open) for i in late),
        credits=credits,
        unapplied=unapplied,
        collectable=less(late),
        total=sum(i.open for i in items) - unapplied,
        of_service={s.id: less([i for i in late if i.service_id in (s.id, None)]) for s in services},
    )


def _unapplied(world: World, account_id: int) -> int:
    payments = [p for p in world.rows("payment", account_id=account_id) if p.status not in GONE]
    mine = {p.id for p in payments}
    live = sum(a.amount for a in world.rows("allocation") if a.payment_id in mine and a.reversed_at is None)
    return sum(p.amount for p in payments) - live


def tolerance() -> int:
    """With less than this nothing is owed."""
    return max(1, SITE().rules.tolerance)


def suspension(world: World, number: str, service_id: int, effective: Any = None) -> Verdict:
    """Whether a service may be cut on a business date, today by default."""
    facts, site = world.facts(number), SITE()
    return _suspension(world, facts, facts.service(service_id), effective or facts.business_date, site)


def _suspension(world: World, facts: AccountFacts, service: Service, effective: Any, site: Any) -> Verdict:
    return may_suspend(facts, service, effective, site.rules.suspend, site.holds, world.desk.calendar)


def restoration(world: World, number: str, service_id: int) -> Verdict:
    """Whether a service may be restored."""
    facts = world.facts(number)
    return may_restore(facts, facts.service(service_id), SITE().rules, SITE().holds)


def forbidden(world: World, number: str, order: Order, *, dated: bool = True) -> str:
    """Why an order that was asked for may not be carried out as things are; empty when it may.

    It is judged as if it had not been asked for yet, for its own date or, when that is over, for today. Without `dated`
    the day on which it would be carried out is not looked at.
    """
    facts = world.facts(number)
    service = facts.service(order.service_id)
    if order.kind == "restore":
        return _not_restored(world, number, facts, service, order)
    free = replace(service, status=ServiceState.ACTIVE, suspend_cause=None)
    rest = replace(
        facts,
        orders=tuple(o for o in facts.orders if o.id != order.id),
        services=tuple(free if s.id == service.id else s for s in facts.services),
    )
    effective = max(order.effective, facts.business_date) if dated else order.effective
    verdict = _suspension(world, rest, free, effective, SITE())
    verdict = verdict if dated else Verdict.of(f for f in verdict.findings if f.check != "day")
    if order.reason.upper() in CAUSES:
        verdict = Verdict.of(f for f in verdict.findings if f.check not in NONPAY_CHECKS)
    elif (amount := owed(world, number).of_service[service.id]) < SITE().rules.suspend.min_past_due:
        return f"only {amount} is collectable on {service.product}"
    return "" if verdict.allowed else verdict.findings[0].sentence


def _not_restored(world: World, number: str, facts: AccountFacts, service: Service, order: Order) -> str:
    """The debt of the service and the reconnection fee must be covered. The fee is an item from the request on."""
    if service.suspend_cause != NONPAY:
        return f"{service.product} was cut for {service.suspend_cause}"
    fee = f"FEE-{order.number}"
    account_id = world.account_id(number)
    mine = [i for i in world.rows("item", account_id=account_id) if i.service_id in (service.id, None)]
    due = sum(
        max(0, i.open - i.disputed) for i in mine if i.open > 0 and i.due < facts.business_date and i.doc_no != fee
    )
    asked = [i for i in mine if i.doc_no == fee]
    if not asked and not _spared(world, account_id, service, order):
        due += SITE().rules.suspend.reconnect_fee
    due += sum(i.open for i in asked)
    sums = owed(world, number)
    required = max(0, due - sums.credits - sums.unapplied)
    return f"{required} is still required to restore {service.product}" if required >= tolerance() else ""


def _spared(world: World, account_id: int, service: Service, order: Order) -> bool:
    """Whether a hold that forbids fees stood when the order was asked for: none is charged for it then."""
    return any(
        "fee" in SITE().holds[h.kind].blocks
        and (h.scope == "account" or (h.scope == "service" and h.target_id == service.id))
        and h.placed_on <= order.requested_on <= (h.until or order.requested_on)
        for h in world.rows("hold", account_id=account_id)
    )
