"""What an account is offered of the site's own accord: a settlement, a payment in advance, automatic payment. Pure; amounts are minor
units.

The figures are those of `[arrangement.SEGMENT.offers]` in `arrangement.toml`. Roundings are in the customer's favour.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from collect_tui.domain.facts import AccountFacts
from collect_tui.domain.message.records import Offer, Prepayment
from collect_tui.domain.rules import OfferRules
from collect_tui.domain.states import NOT_KEPT, AccountState, ServiceState


@dataclass(frozen=True, slots=True)
class Standing:
    """What is offered: an amount in minor units and the last day of the offer; neither for an invitation."""

    amount: int | None = None
    until: date | None = None


AUTOMATIC: Final = "autopay"
"""How a payment is made that nobody need think of."""


def standing(name: str, seen: AccountFacts, rules: OfferRules) -> Standing | None:
    """What an account is offered by the name of the offer, one of `codes.OFFERS`; None: it does not qualify."""
    if seen.status != AccountState.OPEN:
        return None
    if name == "autopay":
        return Standing() if invited(seen) else None
    found = settlement(seen, rules) if name == "settlement" else prepayment(seen, rules)
    return Standing(found.amount, found.until) if found is not None else None


def invited(seen: AccountFacts) -> bool:
    """Whether an account is invited to automatic payment: a service is in use, nothing is past due, disputed or not, no promise is open,
    and none of the payments of the last 90 days came by it."""
    used = any(s.status == ServiceState.ACTIVE and s.monthly for s in seen.services)
    return used and not (seen.past_due or seen.open_promise or any(p.method == AUTOMATIC for p in seen.payments))


def settlement(seen: AccountFacts, rules: OfferRules) -> Offer | None:
    """The percentage of the account's stage of all that is open, rounded down. None: nothing is past due, the stage has no
    percentage, something is in dispute (its amount is not settled yet), or a promise is open (it is kept or broken first)."""
    percent = rules.settlement.get(seen.stage, 0)
    amount = seen.total * percent // 100
    if amount <= 0 or not seen.collectable or seen.disputed or seen.open_promise:
        return None
    until = seen.business_date + timedelta(days=rules.settlement_days)
    return Offer(amount=amount, saves=seen.total - amount, until=until)


def prepayment(seen: AccountFacts, rules: OfferRules) -> Prepayment | None:
    """The monthly charges of the services in use for some months, less the discount, rounded down. None: the site offers none, there
    are no charges, anything is past due, disputed or not, or a promise is open or of the last twelve months and was not kept."""
    monthly = sum(s.monthly for s in seen.services if s.status == ServiceState.ACTIVE)
    full = rules.prepay_months * monthly
    amount = full * (100 - rules.prepay_percent) // 100
    broken = any(p.status in NOT_KEPT or p.open for p in seen.promises)
    if amount <= 0 or amount == full or seen.past_due or broken:
        return None
    until = seen.business_date + timedelta(days=rules.prepay_days)
    return Prepayment(months=rules.prepay_months, amount=amount, saves=full - amount, until=until)
