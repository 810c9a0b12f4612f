"""Orders to suspend, restore and terminate, one service at a time. They take effect outside the building."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from collect_tui.desk.commands.base import CommandBase, Minor, OutsideCommand, Short, Text
from collect_tui.desk.dated import Day
from collect_tui.domain.rules import PRODUCT


class OrderSuspension(OutsideCommand):
    """Orders the billing system to suspend a service.

    `service` is its product code or identifier, `confirm` the account's last four digits.
    """

    noun: ClassVar[str] = "suspensions"
    months_ahead: ClassVar[int] = 12
    kind: Literal["suspend"] = "suspend"
    service: Short
    effective: Day
    reason: Short = "NONPAY"
    note: Text = ""


class OrderRestore(OutsideCommand):
    """Orders the billing system to restore a service that was suspended for non-payment."""

    noun: ClassVar[str] = "restorations"
    months_ahead: ClassVar[int] = 12
    kind: Literal["restore"] = "restore"
    service: Short
    effective: Day | None = None
    reason: Short = "PAID"
    note: Text = ""


class OrderDowngrade(OutsideCommand):
    """Orders the billing system to make an active service another product, or plan of its own, that costs less a month."""

    noun: ClassVar[str] = "downgrades"
    months_ahead: ClassVar[int] = 12
    kind: Literal["downgrade"] = "downgrade"
    service: Short
    target: Annotated[str, Field(pattern=PRODUCT)]
    monthly: Minor
    effective: Day
    reason: Short = "VOLUNTARY"
    note: Text = ""


class OrderTermination(OutsideCommand):
    """Orders the billing system to end a suspended service for good; what the firm has lent with it is then fetched."""

    noun: ClassVar[str] = "terminations"
    months_ahead: ClassVar[int] = 12
    kind: Literal["terminate"] = "terminate"
    service: Short
    effective: Day
    reason: Short = "NONPAY"
    note: Text = ""


class ReverseOrder(OutsideCommand):
    """Reverses a suspension that was ordered in error and has left: the service is restored without a fee, whatever is owed, and a fee
    that was charged for it is taken off."""

    noun: ClassVar[str] = "order-reversals"
    kind: Literal["reverse-order"] = "reverse-order"
    order: Short  # its number, or the product code of its service
    reason: Text


class ExtendOrder(CommandBase):
    """Puts a suspension that has been ordered and has not left off by some days."""

    noun: ClassVar[str] = "extensions"
    kind: Literal["extend"] = "extend"
    days: Annotated[int, Field(ge=1, le=366)]
    order: Short = ""  # its number, or the product code of its service; where it is empty, the one that waits
    note: Text = ""


class CancelOrder(CommandBase):
    """Cancels an order that has not left yet."""

    noun: ClassVar[str] = "order-cancellations"
    kind: Literal["cancel-order"] = "cancel-order"
    order: Short  # its number, or the product code of its service
    reason: Text
