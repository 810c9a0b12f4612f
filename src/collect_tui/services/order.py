"""Suspension and restore orders: eligibility check by check, effects."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from collect_tui.desk.commands import CancelOrder, OrderRestore, OrderSuspension
from collect_tui.domain.effects import Effect, NoteWritten
from collect_tui.domain.errors import Invalid
from collect_tui.domain.facts import AccountFacts
from collect_tui.domain.order import decide as order
from collect_tui.domain.order import required
from collect_tui.policy.orders import suspension
from collect_tui.policy.suspend import may_restore
from collect_tui.policy.verdicts import Verdict
from collect_tui.services.context import Context
from collect_tui.services.decide import Decision, decides
from collect_tui.services.masking import mask


@decides(OrderSuspension)
def order_suspension(command: OrderSuspension, facts: AccountFacts, context: Context) -> Decision:
    service = order.find_service(facts, command.service, _shown(context))
    reason = command.reason.upper()
    if reason not in context.codes.suspend_reasons:
        raise Invalid(
            "order.reason",
            f"Reason {command.reason!r} is not known; one of {', '.join(context.codes.suspend_reasons)}.",
            "reason",
        )
    verdict = suspension(
        facts, service, command.effective, reason, context.rules, context.catalogue.holds, context.calendar
    )
    effects = order.suspend(
        facts,
        service,
        effective=command.effective,
        reason=reason,
        ids=context.ids,
        calendar=context.calendar,
        override_by=_overriding(verdict, context),
    )
    return Decision(effects + _note(command.note, context), verdict)


@decides(OrderRestore)
def order_restore(command: OrderRestore, facts: AccountFacts, context: Context) -> Decision:
    service = order.find_service(facts, command.service, _shown(context))
    verdict = may_restore(facts, service, context.rules, context.catalogue.holds)
    effective = command.effective or facts.business_date
    effects = order.restore(
        facts,
        service,
        effective=effective,
        reason=command.reason.upper(),
        ids=context.ids,
        fee=required.reconnect_fee(facts, service, context.rules, context.catalogue.holds),
        calendar=context.calendar,
        override_by=_overriding(verdict, context),
    )
    return Decision(effects + _note(command.note, context), verdict)


@decides(CancelOrder)
def cancel_order(command: CancelOrder, facts: AccountFacts, context: Context) -> Decision:
    return Decision(order.cancel(facts, order.find_order(facts, command.order), command.reason))


def _overriding(verdict: Verdict, context: Context) -> str | None:
    """Who lets an order out against the verdict; None when it is allowed."""
    return None if verdict.allowed or context.override is None else context.override.by


def _shown(context: Context) -> Callable[[str], str]:
    """An identifier as whoever acts may see it: an error must not say what a view hides."""
    hidden = context.authority is not None and "service" in context.authority.masked
    return partial(mask, "service") if hidden else str


def _note(text: str, context: Context) -> tuple[Effect, ...]:
    return (NoteWritten(context.ids(), text, text),) if text else ()
