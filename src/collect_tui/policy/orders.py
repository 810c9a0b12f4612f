"""Whether an order still rests on what it was given for: judged whenever that changes, and again as it leaves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Final

from collect_tui.domain.calendars import Calendar
from collect_tui.domain.facts import AccountFacts, Hold, Order, Service, entered
from collect_tui.domain.order import decide as orders
from collect_tui.domain.order.kinds import KINDS
from collect_tui.domain.order.reversal import reverses
from collect_tui.domain.rules import HoldKind, Rules
from collect_tui.domain.states import OrderState
from collect_tui.policy.restore import may_restore
from collect_tui.policy.suspend import may_suspend
from collect_tui.policy.terminate import may_terminate
from collect_tui.policy.verdicts import Finding, Severity, Verdict

NONPAY_CHECKS: Final = frozenset({"amount", "age", "dispute", "promise", "notice", "cause", "rank"})
"""Checks that ask whether enough is owed for long enough and was announced: they judge a cut for non-payment."""

PAID_CHECKS: Final = frozenset({"amount", "age"})
"""Of these, what a payment changes: a suspension that it stopped stands again when it is taken back."""


def cutting(
    kind: str,
    facts: AccountFacts,
    service: Service,
    effective: date,
    reason: str,
    rules: Rules,
    holds: Mapping[str, HoldKind],
    calendar: Calendar,
) -> Verdict:
    """Whether a service may be suspended, or terminated, on a business date for a reason. Asked for by the customer, or for fraud,
    nothing has to be owed and no notice served."""
    if kind == "downgrade":  # the customer wants it: nothing that is owed stands in its way
        return Verdict()
    if kind == "terminate":
        verdict = may_terminate(facts, service, rules.suspend, holds, calendar)
    else:
        verdict = may_suspend(facts, service, effective, rules.suspend, holds, calendar)
    if reason.upper() not in orders.CAUSES:
        return verdict
    return Verdict.of(f for f in verdict.findings if f.check not in NONPAY_CHECKS)


def refusal(
    facts: AccountFacts,
    order: Order,
    rules: Rules,
    holds: Mapping[str, HoldKind],
    calendar: Calendar,
    *,
    leaving: bool = False,
) -> Finding | None:
    """What forbids an open order now, the strictest first; None: it stands.

    What a lead overrode when the order was given does not count; `leaving`: it is about to be sent, so that the day on which
    it would be carried out is judged as well.
    """
    if reverses(order):
        return None
    service = facts.service(order.service_id)
    today = facts.business_date
    if order.kind == "restore":
        verdict = _restoration(facts, order, service, rules, holds)
        ignored = {"state", "order", *(("amount",) if order.override_by else ())}
    else:
        before = KINDS[order.kind].before
        without = replace(
            facts,
            orders=tuple(o for o in facts.orders if o.id != order.id),
            services=tuple(replace(s, status=before) if s.id == service.id else s for s in facts.services),
            holds=tuple(h for h in facts.holds if not _overridden(h, order, holds)),
        )
        when = max(order.effective, today)
        cut = without.service(service.id)
        verdict = cutting(order.kind, without, cut, when, order.reason, rules, holds, calendar)
        # What is cut first is asked when an order is given: it is not taken back because another service comes to owe as well.
        ignored = {"state", "rank", *(() if leaving else ("day",))}
    found = (f for f in verdict.findings if f.severity > Severity.WARN and f.check not in ignored)
    return next(found, None)


def _restoration(
    facts: AccountFacts, order: Order, service: Service, rules: Rules, holds: Mapping[str, HoldKind]
) -> Verdict:
    """As for an order yet to be given; once it is requested its fee is an item like any other."""
    if order.status != OrderState.DRAFT:
        rules = replace(rules, suspend=replace(rules.suspend, reconnect_fee=0, products={}))
    return may_restore(facts, service, rules, holds)


def _overridden(hold: Hold, order: Order, holds: Mapping[str, HoldKind]) -> bool:
    """Whether a hold was there, and could be overridden, when somebody ordered a suspension in spite of it."""
    kind = holds.get(hold.kind)
    if order.override_by is None or kind is None or kind.override_role is None:
        return False
    return entered(hold.id, None) < entered(order.id, None)
