"""The records that a template may print: of the firm, the customer, an account and what is about it. `context.py` says which of them a
message has. Amounts are minor units of the account's currency, dates are business dates; account and service numbers are masked.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any

Day = date
Amount = Annotated[int, "amount"]
Words = Annotated[str, "words"]
"""Words of the firm in the language of the message (`messages.toml`), which may hold placeholders and Markdown of their own."""


def told(meaning: str, example: Any = None, widest: Any = None) -> Any:
    """`widest`: the longest value that is to be expected, by which an SMS is measured; the example where nothing is said."""
    return field(metadata={"meaning": meaning, "example": example, "widest": example if widest is None else widest})


@dataclass(frozen=True, slots=True, kw_only=True)
class Firm:
    name: str = told("who writes", "Harbor Lights", "Harbor Lights Utility Company")
    address: str = told("postal address on one line", "1 Harbor St, Chicago, IL 60601")
    phone: str = told("telephone for questions and payments", "+1 312 555 0199")
    email: str = told("e-mail for questions", "help@harborlights.example")
    website: str = told("where to pay", "harborlights.example/pay", "www.harborlights.example/pay")
    hours: str = told("when the telephone is answered", "Mon–Fri 8–18")
    registered: str = told("number under which the firm is registered", "IL 0412887")


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    name: str = told("the customer's name, as it is spoken", "Rosa Alvarez", "Maximiliana Featherstonehaugh-Alvarez")
    salutation: Words = told("how a letter to them begins", "Dear Rosa Alvarez")


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    masked: str = told("the account's number, its last digits shown", "••••-•231", "••••••••••••-2231")
    ending: str = told("these digits alone, for an SMS", "231", "2231")


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    doc_no: str = told("number of the invoice", "INV-10041", "INV-2026-00010041")
    kind: str = told("what it is, in the language of the message", "Invoice")
    issued: Day = told("date of the invoice", Day(2026, 9, 1), Day(2026, 9, 30))
    due: Day = told("when it is or was due", Day(2026, 9, 21), Day(2026, 9, 30))
    amount: Amount = told("what it was for", 15000, 9999999)
    open: Amount = told("what is not paid of it", 12000, 9999999)
    disputed: Amount = told("what of that is in dispute, and not asked for", 2000, 9999999)
    owed: Amount = told("what is asked for: open and not in dispute", 10000, 9999999)


@dataclass(frozen=True, slots=True, kw_only=True)
class Instalment:
    number: int = told("its place in the plan; 0 is the down payment", 1, 12)
    due: Day = told("when it is due", Day(2026, 12, 15), Day(2026, 9, 30))
    amount: Amount = told("how much", 13737, 9999999)


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    amount: Amount = told("what was promised", 15000, 9999999)
    due: Day = told("by when; of a plan, the next instalment or the one that was missed", Day(2026, 11, 27))
    made_on: Day = told("when it was made", Day(2026, 11, 23), Day(2026, 9, 30))
    paid: Amount = told("what has been paid of it", 5000, 9999999)
    left: Amount = told("what is to be paid by then, or was", 10000, 9999999)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    total: Amount = told("what is paid by the plan", 41210, 9999999)
    count: int = told("how many instalments it has, the down payment among them", 3, 12)
    first: Day = told("when the first is due", Day(2026, 12, 15), Day(2026, 9, 30))
    last: Day = told("when the last is due", Day(2027, 2, 15), Day(2027, 9, 30))
    instalments: tuple[Instalment, ...] = told("each of them")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanOffer:
    count: int = told("in how many monthly instalments", 3, 12)
    each: Amount = told("the largest of them", 13738, 9999999)
    first: Day = told("when the first would be due", Day(2026, 12, 1), Day(2026, 9, 30))


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    amount: Amount = told("how much came in", 15000, 9999999)
    received_on: Day = told("when", Day(2026, 11, 16), Day(2026, 9, 30))
    returned: Amount = told("what of it the bank took back", 15000, 9999999)


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    name: str = told("what it is, in the language of the message (`products` in `messages.toml`)", "Internet")
    masked: str = told("its number, the last four characters shown", "•••-•••-••0001")


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    effective: Day = told("on which day the service is cut or was restored", Day(2026, 12, 7), Day(2026, 9, 30))


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    amount: Amount = told("what is paid to settle the debt", 30000, 9999999)
    saves: Amount = told("what is then let off", 11210, 9999999)
    until: Day = told("until when the offer stands", Day(2026, 12, 15), Day(2026, 9, 30))


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepayment:
    months: int = told("how many months are paid in advance", 12)
    amount: Amount = told("what is paid for them", 88000, 9999999)
    saves: Amount = told("what that is less than by the month", 7880, 9999999)
    until: Day = told("until when the offer stands", Day(2026, 12, 15), Day(2026, 9, 30))


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancellation:
    due: Day = told("since when an instalment is unpaid", Day(2026, 7, 15), Day(2026, 9, 30))
    years_paid: int = told("how many years of instalments were paid, whole ones, by value", 3)
    paid_total: Amount = told("what was paid in all, fees apart", 72000000)
    grace_until: Day = told("the last day of the grace period, which has passed", Day(2026, 10, 15))
    effective: Day = told(
        "before which day the contract does not end, were the notice received today", Day(2026, 12, 24)
    )
    surrender_value: Amount = told("the cash surrender value; nothing with less than two years paid", 36000000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Validation:
    creditor: str = told("to whom the debt was owed on the itemisation date: the book's name", "Harbor Lights")
    on: Day = told("the itemisation date: of the newest bill", Day(2026, 9, 1), Day(2026, 9, 30))
    amount: Amount = told("what was owed on that day", 56710)
    interest: Amount = told("interest since then", 100)
    fees: Amount = told("fees since then", 1500)
    payments: Amount = told("what was paid since then", 2000)
    credits: Amount = told("credits since then", 1100)
    now: Amount = told("what is owed now", 55210)
    dispute_by: Day = told("the last day to dispute it, 30 days after it is taken for received", Day(2026, 12, 31))


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute:
    opened_on: Day = told("when the customer told us", Day(2026, 11, 9), Day(2026, 9, 30))
    amount: Amount = told("what is in dispute", 12000)
    granted: Amount = told("what of it is let off", 5000)
    left: Amount = told("what of it stays to be paid", 7000)
    reason: str = told("why it was decided so, in the words of whoever decided", "The meter was read on September 2.")
    question: str = told("what we have to know, in the words of whoever asks", "Which reading does your meter show?")
    answer_by: Day = told("by when", Day(2026, 12, 3), Day(2026, 9, 30))


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    ref: str = told("what the ticket is called by", "T-1042")
    subject: str = told("what it is about", "Move to another address")
    opened_on: Day = told("when the customer wrote", Day(2026, 11, 20), Day(2026, 9, 30))
    answer: str = told("the answer, in the words of whoever gives it", "Your account moves with you on December 1.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspension:
    ref: str = told("the number of the order, by which an objection may name it", "S-1041")
    masked: str = told("the account's number, its last digits shown", "••••-•231")
    name: str = told("the customer's name", "Rosa Alvarez")
    service: str = told("which service", "Internet")
    owed: Amount = told("what is past due for it", 39710)
    effective: Day = told("when it is cut", Day(2026, 11, 30))
    object_by: Day = told("the last day on which an objection stops it", Day(2026, 11, 27))


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    channel: str = told("by which channel it was sent", "email")
    template: str = told("what was sent", "notice-2")
    cause: str = told("why it did not arrive, as the far end says, without addresses and numbers", "5.1.1 no such user")
    count: int = told("how many such messages", 12)


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    channel: str = told("which channel", "sms")
    count: int = told("how many messages wait for it", 40)
    since: Day = told("since when the oldest of them does", Day(2026, 11, 20), Day(2026, 9, 30))


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    service: str = told("which product", "Internet")
    cause: str = told("why customers say that they have not paid", "Out of work")
    count: int = told("how often in the last seven days", 14)
    before: int = told("how often in the seven days before", 9)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    ref: str = told("what the case is called by", "C-208")
    subject: str = told("what it is about", "Charged twice")
    opened_on: Day = told("since when it is open", Day(2026, 10, 30))
    days: int = told("for how many days", 24)
    owner: str = told("whose it is", "Tam")


@dataclass(frozen=True, slots=True, kw_only=True)
class Unresolved:
    department: str = told("which department", "Billing")
    count: int = told("how many cases of it are not resolved", 14)
    before: int = told("how many were not a week before", 9)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseField:
    label: str = told("what a field of the case is called", "Office-holder")
    value: str = told("what it holds, as it is written in the language", "Hart & Low, ref 88-12")


@dataclass(frozen=True, slots=True, kw_only=True)
class Debt:
    doc_no: str = told("number of the invoice", "INV-10041", "INV-2026-00010041")
    kind: str = told("what it is, in the language of the document", "Invoice")
    issued: Day = told("date of the invoice", Day(2026, 9, 1), Day(2026, 9, 30))
    due: Day = told("when it was due", Day(2026, 9, 21), Day(2026, 9, 30))
    amount: Amount = told("what it was for, tax included", 15000, 9999999)
    open: Amount = told("what was open of it on the day", 12000, 9999999)
    paid: Amount = told("what was paid of that since", 2000, 9999999)
    left: Amount = told("what is open of it", 10000, 9999999)


@dataclass(frozen=True, slots=True, kw_only=True)
class Provable:
    on: Day = told("the day at which the ledger is split: what was issued before it is provable", Day(2026, 10, 1))
    total: Amount = told("what was owed on that day, tax included", 121000)
    set_off: Amount = told("credits and money from before the day that are set against it", 15000)
    paid: Amount = told("what was paid of it since", 1000)
    left: Amount = told("what is left of it", 105000)
    later: Amount = told("what is open of what came after, and is no part of it", 60000)
