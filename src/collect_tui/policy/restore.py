"""May a service be restored: check by check, those that are met too.

`sources` of `SuspendRules` cites each check by its short name: state, cause, amount, fee, order. Whether one is met says
`domain/order/suspension.py`, for the queues as well; here it is put in words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from collect_tui.domain.expression import holds as met
from collect_tui.domain.facts import AccountFacts, Service
from collect_tui.domain.order import required, suspension
from collect_tui.domain.order.finding import in_the_way
from collect_tui.domain.rules import HoldKind, Rules
from collect_tui.domain.states import OrderState
from collect_tui.policy.checks import by_hold, checked, named
from collect_tui.policy.suspend import signals_of
from collect_tui.policy.verdicts import Severity, Verdict


def may_restore(facts: AccountFacts, service: Service, rules: Rules, holds: Mapping[str, HoldKind]) -> Verdict:
    """Whether a service may be restored: cut for non-payment, suspended, no order under way, and what is required paid.

    A lead may restore before it is paid, as a courtesy or on a plan; a cause other than non-payment nobody lifts here. A hold
    that forbids fees takes the reconnection's off what is required.
    """
    cite = rules.suspend.sources
    under_way = [o for o in facts.orders if o.service_id == service.id and o.open and o.status != OrderState.DRAFT]
    fee = required.fees_to_restore(facts, service, rules, holds)
    row, params = replace(signals_of(facts, service, len(under_way)), fees=fee), suspension.params_to_restore(rules)
    meets = {check: met(condition, row, params) for check, condition in suspension.RESTORE.items()}
    findings = []
    if meets["state"]:
        findings.append(checked("restore", cite, "state", Severity.ALLOW, f"{service.product} is suspended."))
    else:
        now = service.status.replace("_", " ").lower()
        text = f"{service.product} is {now}; only a suspended service can be restored."
        findings.append(checked("restore", cite, "state", Severity.BLOCK, text))
    if meets["cause"]:
        findings.append(checked("restore", cite, "cause", Severity.ALLOW, "It was cut for non-payment."))
    else:
        text = f"{service.product} was cut for another cause ({service.suspend_cause or 'unknown'}) than non-payment."
        findings.append(checked("restore", cite, "cause", Severity.BLOCK, text))
    if meets["amount"]:
        findings.append(checked("restore", cite, "amount", Severity.ALLOW, "What is required to restore it is paid."))
    else:
        lacks = required.to_restore(facts, service, rules, holds)
        total, _, parts = required.in_words(lacks.parts, lacks.besides, facts.currency).partition(" = ")
        text = f"{facts.currency} {total} is still required to restore it: {parts}."
        held = checked("restore", cite, "amount", Severity.HOLD, text)
        findings.append(replace(held, override_role=rules.contact.override_role))
    if rules.suspend.of(service.product).reconnect_fee:
        findings += (
            by_hold(
                checked("restore", cite, "fee", Severity.INFO, f"No fee is charged: a hold forbids it {told}."), kind
            )
            for kind, told in named(required.sparing(facts, service.id, holds), facts, holds)
        )
    if not meets["order"]:
        text = in_the_way(under_way[0], "it")
        findings.append(checked("restore", cite, "order", Severity.BLOCK, text))
    else:
        findings.append(checked("restore", cite, "order", Severity.ALLOW, "No other order is under way."))
    return Verdict.of(findings)
