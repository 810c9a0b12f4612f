"""An invoice as a file says it, and what is the same for all of a file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import Final, Literal, NamedTuple, Protocol
from zoneinfo import available_timezones

from pydantic import model_validator

from collect_tui.domain.errors import Invalid
from collect_tui.services.intake.entries import Currency, Entry, Name, Word
from collect_tui.store.tables.gate import CardData, Gated

#: Texts of a row, and the columns that they are stored in: what the gate there would refuse spoils the row alone.
_STORED: Final[dict[str, Callable[[str], object]]] = {
    "doc_no": Gated("item.doc_no").passed,
    "account": lru_cache(maxsize=10_000)(Gated("account.number").passed),  # the same one stands in many rows
    "name": lru_cache(maxsize=10_000)(Gated("party.name").passed),
    "phone": Gated("contact_point.value").passed,
    "email": Gated("contact_point.value").passed,
}


class Invoice(NamedTuple):
    """`open`: what is left of the amount as of the business date. `settled_on` None: it is open, or nobody says when it was paid.
    `disputed`: the flag of the row. Texts and `party_kind` are empty where the file does not say."""

    account: str
    name: str
    doc_no: str
    issued: date
    due: date
    amount: int
    open: int
    settled_on: date | None
    disputed: bool
    party_kind: str
    phone: str
    email: str

    def check(self) -> None:
        """Raises Invalid "row.card" for what the store would refuse as card data."""
        for field, passed in _STORED.items():
            try:
                if text := getattr(self, field):
                    passed(text)
            except CardData:
                raise Invalid("row.card", "holds what looks like card data, which is never stored", field) from None


class ValuesPart(Entry):
    """What is the same for every row. `party_kind`: what customers are (new ones are businesses if nothing is said)."""

    currency: Currency
    segment: Word = "default"
    billing_system: Word = "AR"
    kind: Literal["invoice", "fee", "instalment", "balloon", "retention"] = "invoice"
    party_kind: Literal["person", "org"] | None = None
    point_kind: Literal["mobile", "home", "work", "other"] = "work"
    method: Word = "import"


class TenantPart(Entry):
    """The book to make when the file is the first that comes in."""

    name: Name
    zone: Name

    @model_validator(mode="after")
    def _checked(self) -> TenantPart:
        if self.zone not in available_timezones():
            raise ValueError("zone: is no IANA time zone, such as America/Chicago")
        return self


class InvoiceSource(Protocol):
    """Where invoices come from. `as_of`: the business date it is read at, if it is not the desk's; `tenant`: the book to make if it is
    the first to come."""

    as_of: date | None
    values: ValuesPart
    tenant: TenantPart | None
