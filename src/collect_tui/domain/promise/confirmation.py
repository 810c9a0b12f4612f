"""What was agreed, in writing: by when the customer is to have it, and which message counts. Dates are business dates."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final

from collect_tui.domain.calendars import Calendar, add_months
from collect_tui.domain.effect import Effect, Folded
from collect_tui.domain.facts import AccountFacts, Message, Promise
from collect_tui.domain.message.effects import MessageChanged
from collect_tui.domain.message.message import SERVED
from collect_tui.domain.promise.effects import PROMISE_MONTHS, PromiseConfirmed
from collect_tui.domain.rules import ArrangementPolicy
from collect_tui.domain.states import LOST_MESSAGE, NOT_KEPT

TEMPLATES: Final = ("promise-confirmation", "plan-confirmation")
"""Messages that confirm what was agreed, once they have left."""


def due(kind: str, today: date, policy: ArrangementPolicy, calendar: Calendar) -> date | None:
    """By when a promise or a plan made today is to be confirmed; None where it need not be."""
    if not policy.confirm_within_days or kind not in policy.confirm:
        return None
    if policy.confirm_unit == "business":
        return calendar.add_business_days(today, policy.confirm_within_days)
    return today + timedelta(days=policy.confirm_within_days)


def awaited(promise: Promise) -> date | None:
    """By when the customer should have it in writing, while they do not."""
    return promise.confirm_by if promise.confirmed_on is None else None


def follow(fold: Folded, effects: Iterable[Effect]) -> None:
    """What was agreed is confirmed when a message that says it has left, and is not when that one came back."""
    promise = fold.facts.open_promise
    if promise is None or promise.confirm_by is None:
        return
    said = [m for m in fold.facts.messages if _confirms(m, promise)]
    sent = min((m.sent_on or m.served_on or fold.facts.business_date for m in said if m.status in SERVED), default=None)
    lost = {e.id for e in effects if isinstance(e, MessageChanged) and e.status in LOST_MESSAGE}
    came_back = any(m.id in lost for m in said)
    if sent != promise.confirmed_on and (promise.confirmed_on is None or came_back):
        fold.add(PromiseConfirmed(promise.id, sent, promise.confirmed_on))


def _confirms(message: Message, promise: Promise) -> bool:
    """Ids grow with time: what was written before says nothing of it."""
    return message.template in TEMPLATES and message.id > promise.id


def since(today: date) -> date:
    """So far back promises that are over are known."""
    return add_months(today, -PROMISE_MONTHS)


def unconfirmed_breach(facts: AccountFacts) -> date | None:
    """When what the customer never had in writing was last broken."""
    known = since(facts.business_date)
    broken = (p.closed_on for p in facts.promises if p.status in NOT_KEPT and awaited(p) and p.made_on >= known)
    return max((on for on in broken if on is not None), default=None)
