"""Receipts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, Self

from pydantic import Field

from collect_tui.desk.commands.base import CommandBase, Minor, Short, Text
from collect_tui.desk.dated import Day
from collect_tui.domain.confirm import surplus
from collect_tui.domain.money import parse_minor, without_sign

if TYPE_CHECKING:
    from collect_tui.domain.confirm import Question
    from collect_tui.domain.facts import AccountFacts


class Directed(CommandBase):
    """A part of a payment that the customer directed to one item."""

    doc_no: Short
    amount: Minor


class RecordPayment(CommandBase):
    """A payment received. `directed` parts go to their items first; the rest oldest first; what is left stays unapplied.

    `over`: by how much it is more than all that is owed on the account. A payment of more than that is recorded only with this
    figure, which must be the surplus at that moment.
    """

    noun: ClassVar[str] = "payments"
    asks: ClassVar[str | None] = "over"
    kind: Literal["payment"] = "payment"
    amount: Minor
    method: Short = "other"
    ref: Short = ""
    received_on: Day | None = None  # default: the business date
    directed: tuple[Directed, ...] = Field(default=(), max_length=200)
    note: Text = ""
    over: Annotated[Minor | None, Field(description="The surplus over all that is owed, in minor units")] = None

    def question(self, facts: AccountFacts) -> Question | None:
        return surplus(facts, self.amount, self.over)

    def answered(self, typed: str, currency: str) -> Self:
        return self.model_copy(update={"over": parse_minor(without_sign(typed.strip(), currency), currency) or None})


class ReversePayment(CommandBase):
    """Takes a payment back, as returned by the bank (`returned`) or entered in error.

    `amount`: so much of it was returned, the rest stands.
    """

    noun: ClassVar[str] = "payment-reversals"
    kind: Literal["reverse-payment"] = "reverse-payment"
    ref: Short
    reason: Text
    returned: bool = False
    amount: Minor | None = None


class ApplyCredit(CommandBase):
    """Sets a credit, or what is unapplied of a payment, against items: the `directed` parts, or what is due longest."""

    noun: ClassVar[str] = "credit-applications"
    kind: Literal["apply-credit"] = "apply-credit"
    credit: Short  # its document number, or the reference of the payment
    directed: tuple[Directed, ...] = Field(default=(), max_length=200)
