"""What has to be paid before a service is restored, or to stop its suspension."""

from __future__ import annotations

from collections.abc import Mapping

from collect_tui.domain.facts import AccountFacts, Hold, Service
from collect_tui.domain.hold.decide import blocking
from collect_tui.domain.order.decide import NONPAY
from collect_tui.domain.payment import fees
from collect_tui.domain.rules import HoldKind, Rules
from collect_tui.domain.states import OrderState, ServiceState


def required_to_stop(facts: AccountFacts, service: Service) -> int:
    """What must be paid so that a suspension is not carried out: what is owed on the service."""
    return facts.owed(facts.of_service(service.id))


def sparing(facts: AccountFacts, service_id: int, holds: Mapping[str, HoldKind]) -> tuple[Hold, ...]:
    """The holds that keep a fee for reconnecting a service from being charged."""
    return blocking(facts, "fee", holds, scope="service", target_id=service_id)


def reconnect_fee(facts: AccountFacts, service: Service, rules: Rules, holds: Mapping[str, HoldKind]) -> int:
    """What reconnecting a service costs, in minor units: nothing while a hold forbids fees."""
    return 0 if sparing(facts, service.id, holds) else rules.suspend.of(service.product).reconnect_fee


def required_to_restore(facts: AccountFacts, service: Service, rules: Rules, holds: Mapping[str, HoldKind]) -> int:
    """The restore calculator: past due and undisputed + the reconnection fee, less credits and unapplied money.

    What is to pay the fee of another service, whose restoration is drafted or under way, is not counted twice.
    """
    late = sum(i.collectable for i in facts.of_service(service.id) if i.due < facts.business_date)
    return max(0, late + fees_to_restore(facts, service, rules, holds) - facts.credits - facts.unapplied)


def fees_to_restore(facts: AccountFacts, service: Service, rules: Rules, holds: Mapping[str, HoldKind]) -> int:
    """What reconnecting costs: this service, others whose restoration is drafted, and what is open of fees charged for it."""
    drafts = {o.service_id for o in facts.orders if (o.kind, o.status) == ("restore", OrderState.DRAFT)}
    again = (s for s in facts.services if s.id == service.id or s.id in drafts)
    return sum(reconnect_fee(facts, s, rules, holds) for s in again) + fees.asked(facts, service)


def covered(required: int, rules: Rules) -> bool:
    """Whether what is still required is nothing, or so little that it counts as paid."""
    return required == 0 or required < rules.tolerance


def fees_to_keep(facts: AccountFacts, rules: Rules, holds: Mapping[str, HoldKind]) -> int:
    """Reconnection fees that money must be kept for: one per service cut for non-payment, until it is charged, and none while a
    hold forbids fees.

    One that is being cut counts as soon as its order has left: what is paid from then on is to bring it back.
    """
    leaving = {o.service_id for o in facts.orders if (o.kind, o.status) == ("suspend", OrderState.SENT)}
    mine = (s for s in facts.services if s.suspend_cause == NONPAY)
    return sum(
        reconnect_fee(facts, s, rules, holds)
        for s in mine
        if s.status in (ServiceState.SUSPENDED, ServiceState.PENDING_TERM)
        or (s.status == ServiceState.PENDING_SUSPEND and s.id in leaving)
    )
