"""Suspension and restore orders: eligibility check by check, effects."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from collect_tui.desk.commands import CancelOrder, OrderRestore, OrderSuspension
from collect_tui.domain import order
from collect_tui.domain.effects import Effect, NoteWritten
from collect_tui.domain.errors import Invalid
from collect_tui.domain.facts import AccountFacts
from collect_tui.policy.suspend import may_restore, may_suspend
from collect_tui.policy.verdicts import Verdict
from collect_tui.services.context import Context
from collect_tui.services.decide import Decision, decides
from collect_tui.services.masking import mask

#: Checks that ask whether enough is owed for long enough and was announced: they judge a cut for non-payment.
NONPAY_CHECKS = frozenset({"amount", "age", "dispute", "promise", "notice"})


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
    verdict = may_suspend(
        facts, service, command.effective, context.rules.suspend, context.catalogue.holds, context.calendar
    )
    if reason in order.CAUSES:
        # Asked for by the customer or cut for fraud: nothing has to be owed and no notice served.
        verdict = Verdict.of(f for f in verdict.findings if f.check not in NONPAY_CHECKS)
    effects = order.suspend(
        facts, service, effective=command.effective, reason=reason, ids=context.ids, calendar=context.calendar
    )
    return Decision(effects + _note(command.note, context), verdict)


@decides(OrderRestore)
def order_restore(command: OrderRestore, facts: AccountFacts, context: Context) -> Decision:
    service = order.find_service(facts, command.service, _shown(context))
    verdict = may_restore(facts, service, context.rules)
    effective = command.effective or facts.business_date
    effects = order.restore(
        facts, service, effective=effective, reason=command.reason.upper(), ids=context.ids, calendar=context.calendar
    )
    return Decision(effects + _note(command.note, context), verdict)


@decides(CancelOrder)
def cancel_order(command: CancelOrder, facts: AccountFacts, context: Context) -> Decision:
    return Decision(order.cancel(facts, order.find_order(facts, command.order), command.reason))


def _shown(context: Context) -> Callable[[str], str]:
    """An identifier as whoever acts may see it: an error must not say what a view hides."""
    hidden = context.authority is not None and "service" in context.authority.masked
    return partial(mask, "service") if hidden else str


def _note(text: str, context: Context) -> tuple[Effect, ...]:
    return (NoteWritten(context.ids(), text, text),) if text else ()
