"""Receipts and their reversal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from collect_tui.desk.commands import ApplyCredit, RecordPayment, ReversePayment
from collect_tui.domain.confirm import beyond
from collect_tui.domain.dates import named_day
from collect_tui.domain.effects import NoteWritten
from collect_tui.domain.errors import Invalid
from collect_tui.domain.facts import AccountFacts
from collect_tui.domain.payment import decide as payment
from collect_tui.domain.payment import posting
from collect_tui.policy.verdicts import Finding, Severity, Verdict
from collect_tui.services.context import Context
from collect_tui.services.decide import Decision, decides

LONG_AGO: Final = 60
"""Days after which a receipt is warned of."""


@decides(RecordPayment)
def record_payment(command: RecordPayment, facts: AccountFacts, context: Context) -> Decision:
    effects = payment.record(
        facts,
        amount=command.amount,
        method=context.method(command.method),
        ref=command.ref,
        received_on=command.received_on or facts.business_date,
        directed=[(d.doc_no, d.amount) for d in command.directed],
        ids=context.ids,
    )
    if command.note:
        effects += (NoteWritten(context.ids(), command.note, command.note),)
    return Decision(effects, Verdict(tuple(_warned(command, facts))))


def _warned(command: RecordPayment, facts: AccountFacts) -> Iterator[Finding]:
    """More than is owed is taken, once its author has confirmed the surplus; that it was more stands in the verdict. A day long ago is
    often one to come, typed without its year."""
    if said := beyond(facts, command.amount):
        yield Finding("payment.over_balance", Severity.WARN, f"The payment is {said}.", "over")
    on = command.received_on or facts.business_date
    if (ago := (facts.business_date - on).days) > LONG_AGO:
        text = f"It was received {named_day(on, 0)}, {ago} days ago; what is to come is promised (pp)."
        yield Finding("payment.long_ago", Severity.WARN, text, "received_on")


@decides(ReversePayment)
def reverse_payment(command: ReversePayment, facts: AccountFacts, context: Context) -> Decision:
    if not command.reason.strip():
        raise Invalid("payment.reason", "Say why the payment is taken back.", "reason")
    effects = payment.reverse(
        facts,
        command.ref,
        command.reason,
        command.returned,
        ids=context.ids,
        calendar=context.calendar,
        rules=context.rules,
        holds=context.catalogue.holds,
        amount=command.amount,
    )
    return Decision(effects)


@decides(ApplyCredit)
def apply_credit(command: ApplyCredit, facts: AccountFacts, context: Context) -> Decision:
    directed = [(d.doc_no, d.amount) for d in command.directed]
    return Decision(posting.apply(facts, command.credit, directed, context.ids))
