"""Who is asking, and whether they may: callers, the check of a permission, what a command measures against the limits."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from collect_tui.desk.commands import Command, MakePlan, MakePromise, PlaceHold, RecordPayment, SnoozeAccount
from collect_tui.desk.errors import Forbidden
from collect_tui.desk.operations import OPERATIONS
from collect_tui.domain.facts import AccountFacts, Instalment
from collect_tui.domain.money import format_minor
from collect_tui.policy.authority import Authority

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody the server knows: the bearer of a token that is valid now. The tenant comes from the token and nowhere else."""

    tenant_id: int
    login: str
    authority: Authority
    token_id: int
    kind: str  # session, personal


def need(authority: Authority | None, permission: str) -> None:
    """Forbidden unless the authority reaches so far; None is the owner of the file, who may do everything."""
    if authority is not None and not authority.allows(permission):
        raise Forbidden("authority.permission", f"A {authority.role} may not do this ({permission}).", permission)


def guarded(desk: type[T]) -> type[T]:
    """Has every operation of a desk look first whether its user may: nobody can forget it in a new one."""
    for operation in OPERATIONS:
        if method := vars(desk).get(operation.name):
            setattr(desk, operation.name, _guard(method, operation.permission))
    return desk


def _guard(method: Callable[..., Any], permission: str) -> Callable[..., Any]:
    @functools.wraps(method)
    def checked(self: Any, *args: Any, **named: Any) -> Any:
        need(self.authority, permission)
        return method(self, *args, **named)

    return checked


def measures(
    command: Command, schedule: Iterable[Instalment], facts: AccountFacts, today: date
) -> Iterator[tuple[str, int, str]]:
    """What a command measures of each limit: its name, the value, the value in words."""
    if isinstance(command, RecordPayment):
        yield "payment_amount", command.amount, format_minor(command.amount, facts.currency)
    elif isinstance(command, MakePromise):
        yield "promise_total", command.amount, format_minor(command.amount, facts.currency)
    elif isinstance(command, MakePlan):
        yield "plan_total", command.total, format_minor(command.total, facts.currency)
        if last := max((i.due for i in schedule), default=None):
            months = _months(today, last)
            yield "plan_months", months, f"{months} months"
    elif isinstance(command, PlaceHold) and command.until is not None:
        # Only an end that was typed: a hold that the law asks for has none, and nobody's rank may stand in its way.
        yield "hold_days", (command.until - today).days, f"{(command.until - today).days} days"
    elif isinstance(command, SnoozeAccount):
        yield "snooze_days", (command.until - today).days, f"{(command.until - today).days} days"


def _months(start: date, end: date) -> int:
    """Whole months from start to end, a part of one counting as one."""
    return (end.year - start.year) * 12 + end.month - start.month + (end.day > start.day)
