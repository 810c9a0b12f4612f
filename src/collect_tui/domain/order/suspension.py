"""What a service must be like to be cut for non-payment, and to be restored: conditions over one row of signals.

`policy/suspend.py` tells them check by check, and the queues of services that are ready ask the database the same.
Amounts are minor units.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from collect_tui.domain.calendars import Calendar
from collect_tui.domain.expression import Constant, Expression, Field, Param, all_of, any_of, greatest, unknown
from collect_tui.domain.order.decide import NONPAY
from collect_tui.domain.rules import Rules, SuspendRules
from collect_tui.domain.states import ServiceState


@dataclass(frozen=True, slots=True)
class Signals:
    """One service as the conditions see it.

    `late`: undisputed debt past due of the service and of none in particular; `oldest`: its earliest due date; `credits` and
    `unapplied` of the account. `noticed_on`: when the notice that must come first was first served for that debt, for this
    service or for all. `held`, `promises`, `ordered`: how many holds, open promises and other orders stand in the way; `fees`: what
    reconnecting it costs, and other services of the account whose restoration is drafted, and what is open of the fees of
    restorations under way that is not in `late`. `earlier`: how many other services of the account are to be cut before it.
    `unconfirmed_on`: when a promise that was to be confirmed in writing and was not has been broken: a notice served since is needed.
    """

    status: str
    cause: str | None = None
    late: int = 0
    credits: int = 0
    unapplied: int = 0
    oldest: date | None = None
    noticed_on: date | None = None
    held: int = 0
    promises: int = 0
    ordered: int = 0
    fees: int = 0
    earlier: int = 0
    unconfirmed_on: date | None = None
    life_support: bool = False


_left = Field("late") - Field("credits") - Field("unapplied")
OWED: Final = greatest(Constant(0), _left)
"""As `AccountFacts.owed`."""

SUSPENDABLE: Final[Mapping[str, Expression]] = {
    "state": Field("status").equals(ServiceState.ACTIVE),
    "amount": Param("suspend_least") <= OWED,
    "age": Field("oldest") <= Param("suspend_due", date),
    "hold": Field("held").equals(0),
    "promise": all_of(
        Field("promises").equals(0),
        any_of(unknown(Field("unconfirmed_on")), Field("unconfirmed_on") < Field("noticed_on")),
    ),
    "notice": Field("noticed_on") <= Param("noticed_by", date),
    "day": Param("suspension_day").equals(1),
    "life_support": Field("life_support").equals(0),
    "rank": Field("earlier").equals(0),
    "order": Field("ordered").equals(0),
}
"""check of `policy.suspend` → what meets it."""

REQUIRED: Final = greatest(Constant(0), _left + Field("fees"))
"""As `required.required_to_restore`."""

RESTORE: Final[Mapping[str, Expression]] = {
    "state": Field("status").equals(ServiceState.SUSPENDED),
    "cause": Field("cause").equals(NONPAY),
    "amount": Param("least") > REQUIRED,
    "order": Field("ordered").equals(0),
}

MAY_SUSPEND: Final = all_of(*SUSPENDABLE.values())
MAY_RESTORE: Final = all_of(*RESTORE.values())


def params_to_suspend(rules: SuspendRules, today: date, effective: date, *, suspension_day: bool) -> dict[str, Any]:
    """What `SUSPENDABLE` compares with on a business date, for a cut on the effective date, by the rules of the service's product;
    `suspension_day`: services are cut on it."""
    return {
        "suspend_least": max(1, rules.min_past_due),
        "suspend_due": today - timedelta(days=max(1, rules.min_dpd)),
        "noticed_by": effective - timedelta(days=rules.notice_days),
        "suspension_day": int(suspension_day),
    }


def params_to_restore(rules: Rules) -> dict[str, Any]:
    return {"least": max(1, rules.tolerance)}


def is_suspension_day(day: date, rules: SuspendRules, calendar: Calendar) -> bool:
    """Whether services are cut on a day: not on the weekdays listed, on no holiday, and not on the eve of one.

    The eve, because a service that is cut then cannot be restored on the day after (house rule, as in NY and PA).
    """
    if day.weekday() in rules.no_cut_weekdays:
        return False
    return day not in calendar.holidays and day + timedelta(days=1) not in calendar.holidays


def first_suspension_day(day: date, rules: SuspendRules, calendar: Calendar) -> date | None:
    """The first day on or after `day` on which services are cut; None when there is none within a year."""
    return next(
        (d for d in (day + timedelta(days=n) for n in range(367)) if is_suspension_day(d, rules, calendar)), None
    )
