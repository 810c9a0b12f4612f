"""Receipts."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Literal

from pydantic import Field

from collect_tui.desk.commands.base import CommandBase, Minor, Short, Text


class Directed(CommandBase):
    """A part of a payment that the customer directed to one item."""

    doc_no: Short
    amount: Minor


class RecordPayment(CommandBase):
    """A payment received. `directed` parts go to their items first; the rest oldest first; what is left stays unapplied."""

    noun: ClassVar[str] = "payments"
    kind: Literal["payment"] = "payment"
    amount: Minor
    method: Short = "other"
    ref: Short = ""
    received_on: date | None = None  # default: the business date
    directed: tuple[Directed, ...] = Field(default=(), max_length=200)
    note: Text = ""


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
    """Sets a credit against items: the `directed` parts, or what is due longest."""

    noun: ClassVar[str] = "credit-applications"
    kind: Literal["apply-credit"] = "apply-credit"
    credit: Short  # its document number
    directed: tuple[Directed, ...] = Field(default=(), max_length=200)
