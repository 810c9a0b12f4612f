"""The portfolio format: a book of accounts as JSON that a person can read and write.

One object with `format`, `tenant`, `business_date`, `users` and `accounts`; or, in a `.jsonl` file, a first line with all
but `accounts` and then one account per line, so that a million of them stream through.

Natural keys only: account numbers, document numbers, payment references, products, short names of contact points (m1, e1).
Amounts are integers of minor units of the account's currency (12.50 USD is 1250), dates `YYYY-MM-DD`, instants ISO 8601
with an offset. What can be derived is not in the file: what is open on an item follows from the allocations, flags of a
contact from its result code, the ladder's pause from promises and holds. An unknown key is refused.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from pydantic import Field

from collect_tui.desk.dated import Day
from collect_tui.services.intake.case_entries import CaseEntry
from collect_tui.services.intake.entries import (
    Amount,
    CallbackEntry,
    ContactEntry,
    Currency,
    Entry,
    HoldEntry,
    ItemEntry,
    Key,
    Line,
    NextActionEntry,
    NoteEntry,
    NoticeEntry,
    OrderEntry,
    OtherPartyEntry,
    PartyEntry,
    PaymentEntry,
    PromiseEntry,
    ReceivedEntry,
    ServiceEntry,
    Stage,
    TenantEntry,
    UserEntry,
    Word,
)

FORMAT: Final = 1


class AccountEntry(Entry):
    """One account with all that belongs to it. Either `party`, or `party_of`: the number of an earlier account of the same customer.
    `credit_limit`: minor units; null where none was set. `cash_only`: nothing is sold on account any more."""

    number: Key
    party: PartyEntry | None = None
    party_of: Key | None = None
    parties: Annotated[tuple[OtherPartyEntry, ...], Field(max_length=99)] = ()
    segment: Word = "default"
    billing_system: Line = ""
    owner: Word = ""
    credit_limit: Amount | None = None
    cash_only: bool = False
    status: Literal["OPEN", "CLOSED"] = "OPEN"
    stage: Stage = "CURRENT"
    stage_on: Day | None = None
    currency: Currency | None = None
    opened_on: Day
    next_action: NextActionEntry | None = None
    services: Annotated[tuple[ServiceEntry, ...], Field(max_length=200)] = ()
    items: Annotated[tuple[ItemEntry, ...], Field(max_length=20_000)] = ()
    payments: Annotated[tuple[PaymentEntry, ...], Field(max_length=20_000)] = ()
    contacts: Annotated[tuple[ContactEntry, ...], Field(max_length=20_000)] = ()
    notes: Annotated[tuple[NoteEntry, ...], Field(max_length=20_000)] = ()
    callbacks: Annotated[tuple[CallbackEntry, ...], Field(max_length=1000)] = ()
    promises: Annotated[tuple[PromiseEntry, ...], Field(max_length=1000)] = ()
    holds: Annotated[tuple[HoldEntry, ...], Field(max_length=1000)] = ()
    notices: Annotated[tuple[NoticeEntry, ...], Field(max_length=1000)] = ()
    received: Annotated[tuple[ReceivedEntry, ...], Field(max_length=1000)] = ()
    orders: Annotated[tuple[OrderEntry, ...], Field(max_length=1000)] = ()
    cases: Annotated[tuple[CaseEntry, ...], Field(max_length=1000)] = ()

    @property
    def numbers(self) -> set[str]:
        """Numbers that may stand in the account's texts: none of them is a card's."""
        return {
            self.number,
            *(service.identifier for service in self.services),
            *(item.doc_no for item in self.items),
            *(payment.ref for payment in self.payments),
            *(order.number for order in self.orders),
            *(case.number for case in self.cases),
            *(point.value for party in (self.party, *self.parties) if party for point in party.points),
        }


class Header(Entry):
    """All of a portfolio but its accounts: the first line of a `.jsonl` file."""

    format: Literal[1] = FORMAT
    tenant: TenantEntry
    business_date: Day
    users: Annotated[tuple[UserEntry, ...], Field(max_length=100_000)] = ()


class Portfolio(Header):
    """A whole portfolio in one JSON object."""

    accounts: Annotated[tuple[AccountEntry, ...], Field(max_length=1_000_000)] = ()


def schema() -> dict[str, Any]:
    """The JSON Schema of a portfolio file (draft 2020-12)."""
    made = Portfolio.model_json_schema()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **made,
        "title": "collect-tui portfolio, format 1",
    }
