"""Why an account is in a queue, and what keeps it out: each a named SQL condition over one row of `standing`.

A queue rule names a reason; its condition is here. An account is in the first queue by tier whose reason holds and that
no exclusion bars. What is judged by the clock alone (the call window) is not here: it is judged when the account is taken.
D is the business date; "since spoken to" means after the day of the last contact with the right party.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, exists, or_, select

from collect_tui.domain.dates import format_day
from collect_tui.store.sql import day, number, table, tenant
from collect_tui.store.tables import Item

PRE_DUE_DAYS: Final = 5
"""How many days before a due date a customer with a bad record is called."""

#: Work that is no call: what bars a call does not bar it.
DESK_WORK: Final = frozenset({"suspend_ready", "restore_ready", "stuck_order"})

Row = Any
Condition = Callable[[Row], ColumnElement[bool]]


def _worth_it(s: Row) -> Any:
    return s.collectable >= number("least")


def _broken(s: Row) -> ColumnElement[bool]:
    """A promise was broken or kept in part since spoken to, and no other is open."""
    return and_(s.broken_on > s.spoken_on, s.promise_open == 0)


def _suspend_ready(s: Row) -> ColumnElement[bool]:
    """FINAL, or the notice served in time; a service that may be cut; late enough and enough to collect; no hold, promise or order."""
    return and_(
        s.services_on > 0,
        or_(s.stage == "FINAL", s.notice_on <= day("notice_by")),
        s.collectable >= number("suspend_least"),
        s.oldest_due <= day("suspend_due"),
        s.hold_suspend == 0,
        s.promise_open == 0,
    )


def _new(s: Row) -> ColumnElement[bool]:
    """Past due, and neither tried nor spoken to since the oldest item fell due."""
    return and_(_worth_it(s), s.oldest_due > s.tried_on, s.oldest_due > s.spoken_on)


def _pre_due(s: Row) -> ColumnElement[bool]:
    """Nothing late, something due within days, and a promise broken or a payment returned within a year."""
    item = table(Item).c
    soon = exists(
        select(item.id).where(
            item.tenant_id == tenant(),
            item.account_id == s.account_id,
            item.due.between(day("today"), day("pre_due")),
            item.open > 0,
        )
    )
    return and_(s.oldest_due.is_(None), s.broken_12m + s.returned_12m > 0, soon)


#: reason of a queue rule → its condition.
REASONS: Final[dict[str, Condition]] = {
    "callback_due": lambda s: s.callback_at.is_not(None),
    "broken_promise": _broken,
    "returned_item": lambda s: s.returned_on > s.spoken_on,
    "suspend_ready": _suspend_ready,
    "restore_ready": lambda s: or_(s.restore_drafts > 0, and_(s.services_cut > 0, s.collectable < number("least"))),
    "stuck_order": lambda s: s.order_since <= day("stuck_by"),
    "dispute_back": lambda s: s.dispute_until >= s.spoken_on,
    "payment_claim_expired": lambda s: s.claim_until >= s.spoken_on,
    "new_delinquency": _new,
    "follow_up_due": lambda s: s.next_action_on <= day("today"),
    "pre_due": _pre_due,
}


@dataclass(frozen=True, slots=True)
class Exclusion:
    """What keeps an account out of the queues, but for those whose reason is in `spares`."""

    name: str
    condition: Condition
    sentence: Callable[[Row, date], str]
    spares: frozenset[str] = frozenset()


#: In the order in which they are told; bit i of the exclusion mask is the i-th.
EXCLUSIONS: Final = (
    Exclusion("closed", lambda s: s.status != "OPEN", lambda _s, _d: "The account is closed."),
    Exclusion(
        "hold",
        lambda s: s.hold_call > 0,
        lambda _s, _d: "A hold forbids calls.",
        DESK_WORK | {"dispute_back", "payment_claim_expired"},
    ),
    Exclusion(
        "nothing_collectable",
        lambda s: s.collectable < number("least"),
        lambda _s, _d: (
            "There is nothing to collect: nothing is past due, or it is disputed or covered by unapplied money."
        ),
        frozenset({"callback_due", "restore_ready", "stuck_order", "pre_due"}),
    ),
    Exclusion(
        "snoozed",
        lambda s: and_(s.snooze_until.is_not(None), s.snooze_until > day("today")),
        lambda s, d: f"It was put off until {format_day(s.snooze_until, d)}: {s.snooze_reason or 'no reason given'}.",
    ),
    Exclusion(
        "next_action_later",
        lambda s: s.next_action_on > day("today"),
        lambda s, d: f"The next action ({s.next_action_code}) is {format_day(s.next_action_on, d)}.",
        # A follow-up never postpones a callback still to come, so one that is set for later has been tried.
        frozenset({"restore_ready", "stuck_order"}),
    ),
    Exclusion(
        "attempts_cap",
        lambda s: s.attempts_window >= number("attempts_most"),
        lambda s, _d: f"The attempt cap is reached: {s.attempts_window} calls in the days it counts.",
        DESK_WORK,
    ),
)


def bars(reason: str) -> int:
    """The exclusion mask's bits that bar a reason."""
    return sum(1 << i for i, one in enumerate(EXCLUSIONS) if reason not in one.spares)
