"""What has to be paid before a service is restored, or to stop its suspension."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from collect_tui.domain.facts import AccountFacts, Hold, Service
from collect_tui.domain.hold.decide import blocking
from collect_tui.domain.money import format_minor
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


@dataclass(frozen=True, slots=True)
class Part:
    """A part of what is required, in minor units: what it is for; below nothing, what covers it already."""

    what: str
    amount: int


@dataclass(frozen=True, slots=True)
class Required:
    """What restoring a service takes: the parts add up to the `total`. `besides`: what is owed and need not be paid for it."""

    parts: tuple[Part, ...] = ()
    besides: tuple[Part, ...] = ()

    @property
    def total(self) -> int:
        return sum(part.amount for part in self.parts)


def to_restore(facts: AccountFacts, service: Service, rules: Rules, holds: Mapping[str, HoldKind]) -> Required:
    """The restore calculator, part by part: `required_to_restore` is its total."""
    today = facts.business_date
    late = [i for i in facts.of_service(service.id) if i.due < today and i.collectable]
    under_way = fees.asked(facts, service)
    reconnecting = {s.id: reconnect_fee(facts, s, rules, holds) for s in _again(facts, service)}
    parts = [
        Part("past due", sum(i.collectable for i in late if i.kind != "fee")),
        *(Part(f"fee {i.doc_no}", i.collectable) for i in late if i.kind == "fee"),
        *(
            Part("reconnect" if id_ == service.id else f"reconnect {facts.service(id_).product}", fee)
            for id_, fee in reconnecting.items()
        ),
        Part("fees of restorations under way", under_way),
    ]
    owed = sum(part.amount for part in parts)
    parts.append(Part("credits", -min(owed, facts.credits)))
    parts.append(Part("money not applied", -min(owed - min(owed, facts.credits), facts.unapplied)))
    mine = facts.of_service(service.id)
    ids = {i.id for i in mine}
    besides = (
        Part("not yet due", sum(i.collectable for i in mine if i.due >= today) - under_way),
        Part("disputed", sum(min(i.open, i.disputed) for i in mine if i.open > 0)),
        Part("for other services", sum(i.collectable for i in facts.items if i.id not in ids)),
    )
    return Required(tuple(p for p in parts if p.amount), tuple(p for p in besides if p.amount > 0))


class Summand(Protocol):
    """A part, or what a desk shows of one."""

    @property
    def what(self) -> str: ...

    @property
    def amount(self) -> int: ...


def in_words(parts: Sequence[Summand], besides: Sequence[Summand], currency: str) -> str:
    """`84.20 = past due 61.20 + fee NSF-7 15.00 + reconnect 8.00; not needed: 40.00 not yet due`."""
    total = format_minor(sum(part.amount for part in parts), currency)
    sums = "".join(
        f" {'-' if part.amount < 0 else '+'} {part.what} {format_minor(abs(part.amount), currency)}" for part in parts
    )
    told = f"{total} ={sums.removeprefix(' +')}" if parts else total
    spare = ", ".join(f"{format_minor(part.amount, currency)} {part.what}" for part in besides)
    return f"{told}; not needed: {spare}" if spare else told


def required_to_restore(facts: AccountFacts, service: Service, rules: Rules, holds: Mapping[str, HoldKind]) -> int:
    """The restore calculator: past due and undisputed + the reconnection fee, less credits and unapplied money.

    What is to pay the fee of another service, whose restoration is drafted or under way, is not counted twice.
    """
    late = sum(i.collectable for i in facts.of_service(service.id) if i.due < facts.business_date)
    return max(0, late + fees_to_restore(facts, service, rules, holds) - facts.credits - facts.unapplied)


def fees_to_restore(facts: AccountFacts, service: Service, rules: Rules, holds: Mapping[str, HoldKind]) -> int:
    """What reconnecting costs: this service, others whose restoration is drafted, and what is open of fees charged for it."""
    return sum(reconnect_fee(facts, s, rules, holds) for s in _again(facts, service)) + fees.asked(facts, service)


def _again(facts: AccountFacts, service: Service) -> Iterator[Service]:
    """The service, and others whose restoration is drafted."""
    drafts = {o.service_id for o in facts.orders if (o.kind, o.status) == ("restore", OrderState.DRAFT)}
    return (s for s in facts.services if s.id == service.id or s.id in drafts)


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
