"""How long an order has waited for its billing system, and whether somebody has to ask after it. Pure; dates are business dates."""

from __future__ import annotations

from datetime import date, timedelta

from collect_tui.domain.dates import local_time
from collect_tui.domain.facts import Order
from collect_tui.domain.rules import Rules
from collect_tui.domain.states import WAITING_ORDER, OrderState


def stuck_by(business_date: date, rules: Rules) -> date:
    """The last day since which an order that still waits is stuck."""
    return business_date - timedelta(days=rules.suspend.stuck_after_days)


def waits_since(order: Order, business_date: date, zone: str) -> date:
    """Since when an order waits: since the desk's calendar day it was sent on or, as long as it was not sent, since the business date
    it was requested on, for the billing system's time starts when the order reaches it. One that takes effect later may wait for
    objections until then: it has waited for nothing yet."""
    if order.sent_at:
        return local_time(order.sent_at, zone).date()
    early = order.status == OrderState.REQUESTED and order.effective >= business_date
    return business_date if early else order.requested_on


def is_stuck(order: Order, business_date: date, rules: Rules) -> bool:
    """Whether somebody has to ask after an order: it has waited for `stuck_after_days` whole days or more. The queue of stuck orders
    says the same in SQL, from `WAITING_ORDER` and `stuck_by`."""
    since = waits_since(order, business_date, rules.zone)
    return order.status in WAITING_ORDER and since <= stuck_by(business_date, rules)
