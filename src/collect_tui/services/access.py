"""Who is asking, and whether they may: callers, the check of a permission, what a command measures against the limits."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, TypeVar

from collect_tui.common.words import a
from collect_tui.desk.commands import (
    Command,
    MakePlan,
    MakePromise,
    MakeSettlement,
    PlaceHold,
    RecordPayment,
    SnoozeAccount,
)
from collect_tui.desk.errors import DomainError, Forbidden, Refused
from collect_tui.desk.operations import OPERATIONS, Operation
from collect_tui.domain.case.decide import Actor
from collect_tui.domain.facts import AccountFacts, Instalment
from collect_tui.domain.money import format_minor
from collect_tui.policy.authority import Authority, AuthorityRules

T = TypeVar("T")

MOVES: Final = "act.move-case"
DECIDES: Final = "act.decide-case"
WORKS: Final = "queue.work"
"""What whoever is given an account, a callback or a lease must be permitted."""
ANSWERS: Final = "act.case-note"
"""The least that whoever is given a case must be permitted."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody the server knows: the bearer of a token that is valid now. The tenant comes from the token and nowhere else."""

    tenant_id: int
    login: str
    authority: Authority
    token_id: int
    kind: str  # session, personal


def actor(
    login: str,
    departments: Collection[str],
    own: Authority,
    rules: AuthorityRules,
    role: str,
    permission: str = MOVES,
    *,
    decides: bool = True,
) -> Actor:
    """Somebody who moves cases, or decides them: with the limits of their authority for that `permission`, as far as a role reaches."""
    return Actor(
        login, departments, functools.partial(own.most, permission), lambda other: rules.outranks(role, other), decides
    )


def require(authority: Authority | None, permission: str) -> None:
    """Forbidden unless the authority reaches so far; None is the owner of the file, who may do everything."""
    if authority is not None and not authority.allows(permission):
        raise Forbidden.to(authority.role, permission)


def require_of(rules: AuthorityRules, login: str, role: str, permission: str, field: str) -> None:
    """Refused "user.role" where somebody who is to be given something could do nothing with it."""
    if not rules.of(role).allows(permission):
        told = f"{login} is {a(role)} here, and {a(role)} may not do this ({permission}); choose somebody who may."
        raise Refused("user.role", told, field)


def guarded(desk: type[T]) -> type[T]:
    """Has every operation of a desk look first whether its user may, and last what of the answer: nobody can forget it in a new
    one."""
    for operation in OPERATIONS:
        if method := vars(desk).get(operation.name):
            setattr(desk, operation.name, _guard(method, operation))
    return desk


#: Operations whose answer is shown as it is: it speaks of no customer, or is asked for in full and for a reason.
_IN_FULL: Final = frozenset(("session", "catalogue", "reveal"))


def _guard(method: Callable[..., Any], operation: Operation) -> Callable[..., Any]:
    names = tuple(inspect.signature(method).parameters)[1:]

    @functools.wraps(method)
    def checked(self: Any, *args: Any, **named: Any) -> Any:
        require(self.authority, operation.permission)
        masks: list[Any] = []
        if self.authority is not None and operation.name not in _IN_FULL:
            from collect_tui.services import mask_text  # whose desk it is sees every identifier

            masks.append(mask_text)
        if self.catalogue().rules.verification.mode == "hide":
            from collect_tui.services import mask_money

            masks += [mask_money] if mask_money.hides(operation.name) else []
        if not masks:
            return method(self, *args, **named)
        try:
            answer = method(self, *args, **named)
        except DomainError as error:
            for mask in masks:
                mask.hide_error(self, error, {**dict(zip(names, args, strict=False)), **named})
            raise
        return functools.reduce(lambda shown, mask: mask.hide(self, shown), masks, answer)

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
    elif isinstance(command, MakeSettlement):
        yield "promise_total", command.total, format_minor(command.total, facts.currency)
    elif isinstance(command, PlaceHold) and command.until is not None:
        # Only an end that was typed: a hold that the law asks for has none, and nobody's rank may stand in its way.
        yield "hold_days", (command.until - today).days, f"{(command.until - today).days} days"
    elif isinstance(command, SnoozeAccount):
        yield "snooze_days", (command.until - today).days, f"{(command.until - today).days} days"


def _months(start: date, end: date) -> int:
    """Whole months from start to end, a part of one counting as one."""
    return (end.year - start.year) * 12 + end.month - start.month + (end.day > start.day)
