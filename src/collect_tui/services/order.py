"""Orders to suspend, restore and terminate: eligibility check by check, effects."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from collect_tui.common.words import expected
from collect_tui.desk.commands import (
    CancelOrder,
    OrderDowngrade,
    OrderRestore,
    OrderSuspension,
    OrderTermination,
    ReverseOrder,
)
from collect_tui.domain.case.definition import TERMINATED
from collect_tui.domain.effects import Effect, NoteWritten
from collect_tui.domain.errors import Invalid
from collect_tui.domain.facts import AccountFacts, Service
from collect_tui.domain.order import decide as order
from collect_tui.domain.order import finding, required, reversal
from collect_tui.domain.order.kinds import KINDS
from collect_tui.policy.orders import cutting
from collect_tui.policy.restore import may_restore
from collect_tui.policy.verdicts import Finding, Severity, Verdict
from collect_tui.services.context import Context
from collect_tui.services.decide import Decision, decides
from collect_tui.services.masking import mask
from collect_tui.services.order_chain import if_paid


@decides(OrderSuspension)
def order_suspension(command: OrderSuspension, facts: AccountFacts, context: Context) -> Decision:
    return _cut(command, facts, context)


@decides(OrderTermination)
def order_termination(command: OrderTermination, facts: AccountFacts, context: Context) -> Decision:
    found = _cut(command, facts, context)
    opened = [kind.title.lower() for kind in context.catalogue.cases.opened_on(TERMINATED)]
    text = f"When it has been carried out, a case is opened: {', '.join(opened)}."
    told = (Finding("terminate.case", Severity.INFO, text, "case"),) if opened else ()
    return Decision(found.effects, found.verdict + Verdict(told))


def _cut(command: OrderSuspension | OrderTermination, facts: AccountFacts, context: Context) -> Decision:
    service = finding.find_service(facts, command.service, _shown(context))
    reason = _reason(command.kind, command.reason, service, context)
    rules, holds, calendar = context.rules, context.catalogue.holds, context.calendar
    verdict = cutting(command.kind, facts, service, command.effective, reason, rules, holds, calendar)
    effects = order.cut(
        facts,
        service,
        kind=KINDS[command.kind],
        effective=command.effective,
        reason=reason,
        ids=context.ids,
        calendar=calendar,
        override_by=_overriding(verdict, context),
    )
    return Decision(effects + _note(command.note, context), verdict)


@decides(OrderRestore)
def order_restore(command: OrderRestore, facts: AccountFacts, context: Context) -> Decision:
    service = finding.find_service(facts, command.service, _shown(context))
    reason = _reason(command.kind, command.reason, service, context)
    verdict = may_restore(facts, service, context.rules, context.catalogue.holds)
    if told := if_paid(facts, service, context):
        verdict += Verdict((Finding("restore.if_paid", Severity.INFO, told, "if_paid"),))
    effective = command.effective or facts.business_date
    effects = order.restore(
        facts,
        service,
        effective=effective,
        reason=reason,
        ids=context.ids,
        fee=required.reconnect_fee(facts, service, context.rules, context.catalogue.holds),
        calendar=context.calendar,
        override_by=_overriding(verdict, context),
    )
    return Decision(effects + _note(command.note, context), verdict)


def _reason(kind: str, reason: str, service: Service, context: Context) -> str:
    """The code of a reason as the site has it. Invalid "order.reason" for one that the site has not for this kind of order, or that the
    service's billing system does not know."""
    known, code = context.codes.reasons_for(kind, service.billing_system), reason.strip().upper()
    if code in known:
        return code
    told = expected(code, list(known))
    if code in context.codes.reasons_for(kind):
        text = f"{service.billing_system} knows no reason {code}; {told}"
    else:
        text = f"{reason!r} is no reason to {kind}; {told}"
    raise Invalid("order.reason", text, "reason")


@decides(OrderDowngrade)
def order_downgrade(command: OrderDowngrade, facts: AccountFacts, context: Context) -> Decision:
    service = finding.find_service(facts, command.service, _shown(context))
    effects = order.downgrade(
        facts,
        service,
        target=command.target,
        monthly=command.monthly,
        effective=command.effective,
        reason=_reason(command.kind, command.reason, service, context),
        ids=context.ids,
        calendar=context.calendar,
    )
    return Decision(effects + _note(command.note, context))


@decides(ReverseOrder)
def reverse_order(command: ReverseOrder, facts: AccountFacts, context: Context) -> Decision:
    effects = reversal.reverse(
        facts,
        finding.find_order(facts, command.order, partial(reversal.is_meant, facts), "can be reversed"),
        command.reason,
        by=context.user,
        ids=context.ids,
        calendar=context.calendar,
    )
    text = "What was ordered in error costs nothing and waits for no payment."
    return Decision(effects, Verdict((Finding("order.reversal", Severity.INFO, text, "reversal"),)))


@decides(CancelOrder)
def cancel_order(command: CancelOrder, facts: AccountFacts, context: Context) -> Decision:
    return Decision(order.cancel(facts, finding.find_order(facts, command.order), command.reason))


def _overriding(verdict: Verdict, context: Context) -> str | None:
    """Who lets an order out against the verdict; None when it is allowed."""
    return None if verdict.allowed or context.override is None else context.override.by


def _shown(context: Context) -> Callable[[str], str]:
    """An identifier as whoever acts may see it: an error must not say what a view hides."""
    hidden = context.authority is not None and "service" in context.authority.masked
    return partial(mask, "service") if hidden else str


def _note(text: str, context: Context) -> tuple[Effect, ...]:
    return (NoteWritten(context.ids(), text, text),) if text else ()
