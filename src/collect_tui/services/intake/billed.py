"""What a billing system sends of accounts, items and payments: one JSON object per row, known by its natural key."""

from __future__ import annotations

from typing import Annotated, Final, Literal, NamedTuple

from pydantic import ConfigDict, Field, ValidationError

from collect_tui.desk.dated import Day
from collect_tui.domain.errors import Invalid
from collect_tui.domain.rules import PRODUCT
from collect_tui.services.intake.batch import Reject, Row
from collect_tui.services.intake.entries import (
    Amount,
    Currency,
    Entry,
    Key,
    Line,
    Name,
    PointEntry,
    Positive,
    Signed,
    Word,
)


class BilledService(Entry):
    """A service of the account. What became of it at the desk (suspended, restored) is not for the billing system to say here."""

    product: Annotated[str, Field(pattern=PRODUCT)]
    billing_system: Word
    identifier: Key
    monthly: Amount = 0
    life_support: bool = False


class BilledAccount(Entry):
    """An account and its customer. A known account takes over name, segment and billing system, gets contact points and
    services that it has not, and keeps what the desk knows better: quality and consent of its points, its services' state.

    Example: `{"number": "4410-2231", "name": "Rosa Alvarez", "opened_on": "2024-03-01"}`.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "number": "7700-0001",
                "name": "Dana Whitfield",
                "opened_on": "2025-03-01",
                "segment": "residential",
                "points": [{"kind": "mobile", "value": "+1 312 555 0147"}],
                "services": [
                    {"product": "INT", "billing_system": "netbill", "identifier": "INT-77001", "monthly": 4500}
                ],
            }
        }
    )

    number: Key
    name: Name
    kind: Literal["person", "org"] = "person"
    lang: Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})?$")] = "en"
    zone: Key | None = None
    segment: Word = "default"
    billing_system: Line = ""
    currency: Currency | None = None
    opened_on: Day
    points: Annotated[tuple[PointEntry, ...], Field(max_length=50)] = ()
    services: Annotated[tuple[BilledService, ...], Field(max_length=200)] = ()


class BilledItem(Entry):
    """An invoice, fee, instalment, balloon, retention or credit (negative). `service`: product or identifier of one of the
    account's services.

    Another amount than before changes what is open by the difference; what was paid on it stays.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "account": "7700-0001",
                "doc_no": "INV-90114",
                "issued": "2026-10-01",
                "due": "2026-10-15",
                "amount": 8250,
            }
        }
    )

    account: Key
    doc_no: Key
    kind: Literal["invoice", "fee", "instalment", "balloon", "retention", "credit"] = "invoice"
    issued: Day
    due: Day
    amount: Signed
    service: Key | None = None


class BilledPart(Entry):
    doc_no: Key
    amount: Positive


class BilledPayment(Entry):
    """A receipt. It is recorded and allocated as one that the desk records: the parts in `directed` first, the rest to what is
    due longest. A known reference with other values is refused: a payment is taken back at the desk, never rewritten."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "account": "7700-0001",
                "ref": "ACH-5512",
                "received_on": "2026-11-20",
                "method": "ach",
                "amount": 8250,
            }
        }
    )

    account: Key
    ref: Key
    received_on: Day
    method: Word
    amount: Positive
    directed: Annotated[tuple[BilledPart, ...], Field(max_length=200)] = ()


Billed = BilledAccount | BilledItem | BilledPayment


LONGEST_LINE: Final = 64 * 1024
"""Bytes of one row."""


class Lines:
    """Reads rows of one kind, which come one by one: a line of JSON each."""

    def __init__(self, model: type[Billed]) -> None:
        self.model = model

    def row(self, number: int, line: bytes) -> Row[Billed]:
        """The row in a line, or the first mistake in it, without what stood there."""
        try:
            return Row(number, self.model.model_validate_json(line))
        except ValidationError as error:
            first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        if first["type"] == "json_invalid":
            return Row(number, Reject(row=number, column="", reason=_NO_JSON, code="row.malformed"))
        place = ".".join(str(part)[:80] for part in first["loc"])
        said = Invalid("row.invalid", str(first["msg"]).removeprefix("Value error, "), place or None)
        return Row(number, Reject.of(number, said))  # somebody may have named a field by a card


_NO_JSON: Final = "The line is no JSON object."


class BilledKind(NamedTuple):
    """`batch`: rows that are posted at once."""

    model: type[Billed]
    batch: int


#: What a billing system sends, by its name in the API.
BILLED: Final = {
    "accounts": BilledKind(BilledAccount, 500),
    "items": BilledKind(BilledItem, 500),
    "payments": BilledKind(BilledPayment, 100),
}
