"""What has to be paid before a service is restored, or to stop its suspension."""

from __future__ import annotations

from collect_tui.domain.facts import AccountFacts, Service
from collect_tui.domain.order.decide import NONPAY
from collect_tui.domain.payment import fees
from collect_tui.domain.rules import Rules
from collect_tui.domain.states import OrderState, ServiceState


def required_to_stop(facts: AccountFacts, service: Service) -> int:
    """What must be paid so that a suspension is not carried out: what is owed on the service."""
    return facts.owed(facts.of_service(service.id))


def required_to_restore(facts: AccountFacts, service: Service, rules: Rules) -> int:
    """The restore calculator: past due and undisputed + the reconnection fee, less credits and unapplied money.

    What is to pay the fee of another service, whose restoration is drafted or under way, is not counted twice.
    """
    late = sum(i.collectable for i in facts.of_service(service.id) if i.due < facts.business_date)
    drafts = {o.service_id for o in facts.orders if o.kind == "restore" and o.status == OrderState.DRAFT} - {service.id}
    fee = rules.suspend.reconnect_fee * (1 + len(drafts))
    return max(0, late + fee + fees.asked(facts, service) - facts.credits - facts.unapplied)


def covered(required: int, rules: Rules) -> bool:
    """Whether what is still required is nothing, or so little that it counts as paid."""
    return required == 0 or required < rules.tolerance


def fees_to_keep(facts: AccountFacts, rules: Rules) -> int:
    """Reconnection fees that money must be kept for: one per service cut for non-payment, until it is charged.

    One that is being cut counts as soon as its order has left: what is paid from then on is to bring it back.
    """
    leaving = {o.service_id for o in facts.orders if (o.kind, o.status) == ("suspend", OrderState.SENT)}
    mine = (s for s in facts.services if s.suspend_cause == NONPAY)
    cut = sum(
        s.status == ServiceState.SUSPENDED or (s.status == ServiceState.PENDING_SUSPEND and s.id in leaving)
        for s in mine
    )
    return cut * rules.suspend.reconnect_fee
