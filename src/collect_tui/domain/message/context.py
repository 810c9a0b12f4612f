"""What a template may print: every placeholder with its meaning and an example. The loader, the page of the documents and the samples
that templates are tried on all read it here.

Amounts are minor units of the account's currency, dates are business dates. A value that may be missing is None: a template prints it
within `{% if … %}`, or is for accounts that have it only. Account and service numbers are masked before they come here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date
from functools import cache
from types import MappingProxyType, NoneType
from typing import Annotated, Any, Literal, TypeVar, get_args, get_origin, get_type_hints

Day = date
Amount = Annotated[int, "amount"]
Words = Annotated[str, "words"]
"""Words of the firm in the language of the message (`messages.toml`), which may hold placeholders and Markdown of their own."""

Kind = Literal["text", "amount", "day", "count", "words", "record", "list"]
_T = TypeVar("_T")


def _told(meaning: str, example: Any = None, widest: Any = None) -> Any:
    """`widest`: the longest value that is to be expected, by which an SMS is measured; the example where nothing is said."""
    return field(metadata={"meaning": meaning, "example": example, "widest": example if widest is None else widest})


@dataclass(frozen=True, slots=True, kw_only=True)
class Firm:
    name: str = _told("who writes", "Harbor Lights", "Harbor Lights Utility Company")
    address: str = _told("postal address on one line", "1 Harbor St, Chicago, IL 60601")
    phone: str = _told("telephone for questions and payments", "+1 312 555 0199")
    email: str = _told("e-mail for questions", "help@harborlights.example")
    website: str = _told("where to pay", "harborlights.example/pay", "www.harborlights.example/pay")
    hours: str = _told("when the telephone is answered", "Mon–Fri 8–18")


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    name: str = _told("the customer's name, as it is spoken", "Rosa Alvarez", "Maximiliana Featherstonehaugh-Alvarez")
    salutation: Words = _told("how a letter to them begins", "Dear Rosa Alvarez")


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    masked: str = _told("the account's number, its last digits shown", "••••-•231", "••••••••••••-2231")
    ending: str = _told("these digits alone, for an SMS", "231", "2231")


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    doc_no: str = _told("number of the invoice", "INV-10041", "INV-2026-00010041")
    kind: str = _told("what it is, in the language of the message", "Invoice")
    issued: Day = _told("date of the invoice", Day(2026, 9, 1), Day(2026, 9, 30))
    due: Day = _told("when it is or was due", Day(2026, 9, 21), Day(2026, 9, 30))
    amount: Amount = _told("what it was for", 15000, 9999999)
    open: Amount = _told("what is not paid of it", 12000, 9999999)
    disputed: Amount = _told("what of that is in dispute, and not asked for", 2000, 9999999)
    owed: Amount = _told("what is asked for: open and not in dispute", 10000, 9999999)


@dataclass(frozen=True, slots=True, kw_only=True)
class Instalment:
    number: int = _told("its place in the plan; 0 is the down payment", 1, 12)
    due: Day = _told("when it is due", Day(2026, 12, 15), Day(2026, 9, 30))
    amount: Amount = _told("how much", 13737, 9999999)


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    amount: Amount = _told("what was promised", 15000, 9999999)
    due: Day = _told("by when; of a plan, the next instalment or the one that was missed", Day(2026, 11, 27))
    made_on: Day = _told("when it was made", Day(2026, 11, 23), Day(2026, 9, 30))
    paid: Amount = _told("what has been paid of it", 5000, 9999999)
    left: Amount = _told("what is to be paid by then, or was", 10000, 9999999)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    total: Amount = _told("what is paid by the plan", 41210, 9999999)
    count: int = _told("how many instalments it has, the down payment among them", 3, 12)
    first: Day = _told("when the first is due", Day(2026, 12, 15), Day(2026, 9, 30))
    last: Day = _told("when the last is due", Day(2027, 2, 15), Day(2027, 9, 30))
    instalments: tuple[Instalment, ...] = _told("each of them")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanOffer:
    count: int = _told("in how many monthly instalments", 3, 12)
    each: Amount = _told("the largest of them", 13738, 9999999)
    first: Day = _told("when the first would be due", Day(2026, 12, 1), Day(2026, 9, 30))


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    amount: Amount = _told("how much came in", 15000, 9999999)
    received_on: Day = _told("when", Day(2026, 11, 16), Day(2026, 9, 30))
    returned: Amount = _told("what of it the bank took back", 15000, 9999999)


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    name: str = _told("what it is, in the language of the message (`products` in `messages.toml`)", "Internet")
    masked: str = _told("its number, the last four characters shown", "•••-•••-••0001")


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    effective: Day = _told("on which day the service is cut or was restored", Day(2026, 12, 7), Day(2026, 9, 30))


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    amount: Amount = _told("what is paid to settle the debt", 30000, 9999999)
    saves: Amount = _told("what is then let off", 11210, 9999999)
    until: Day = _told("until when the offer stands", Day(2026, 12, 15), Day(2026, 9, 30))


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepayment:
    months: int = _told("how many months are paid in advance", 12)
    amount: Amount = _told("what is paid for them", 88000, 9999999)
    saves: Amount = _told("what that is less than by the month", 7880, 9999999)
    until: Day = _told("until when the offer stands", Day(2026, 12, 15), Day(2026, 9, 30))


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageContext:
    """Everything that a template may name."""

    date: Day = _told("the day it is written; `{{ date }}` prints it", Day(2026, 11, 23), Day(2026, 9, 30))
    firm: Firm = _told("the firm, of `messages.toml`")
    party: Party = _told("the customer")
    account: Account = _told("the account")
    items: tuple[Item, ...] = _told("the items that the message is about, as its head says")
    items_total: Amount = _told("what is asked for on these items", 41210, 9999999)
    credits: Amount = _told("credits and payments not yet set against an item", 1500, 9999999)
    due_now: Amount = _told("what is past due and owed: undisputed, less credits", 39710, 9999999)
    total: Amount = _told("all that is open, due or not, less credits", 55210, 9999999)
    pay_by: Day = _told("when it is to be paid, so many days hence as the head says", Day(2026, 12, 3))
    cut_on: Day | None = _told(
        "the first day after that on which a service may be cut", Day(2026, 12, 7), Day(2026, 9, 30)
    )
    services: tuple[Service, ...] = _told("the services that are in use")
    oldest_due: Day | None = _told("since when something is past due", Day(2026, 9, 21), Day(2026, 9, 30))
    next_due: Day | None = _told("when the next item falls due", Day(2026, 12, 21), Day(2027, 9, 30))
    bill: Item | None = _told("the invoice that a copy is sent of: the newest")
    promise: Promise | None = _told("the promise that the message is about")
    plan: Plan | None = _told("the plan that the message is about")
    plan_offer: PlanOffer | None = _told("a plan that the customer would be granted without asking anybody")
    payment: Payment | None = _told("the payment that the message is about")
    service: Service | None = _told("the service that the message is about")
    order: Order | None = _told("the order for it")
    offer: Offer | None = _told("a settlement that is offered")
    prepayment: Prepayment | None = _told("a payment in advance that is offered")
    ways_to_pay: Words = _told("how to pay")
    dispute_right: Words = _told("what a customer may do who thinks that it is wrong")
    plan_right: Words = _told("how to ask for a plan, for help, and what a medical certificate does")
    opt_out: Words = _told("how to have no more of this; empty on paper")


@dataclass(frozen=True, slots=True)
class Slot:
    """A placeholder: what kind of value it is, of which record, whether it may be missing."""

    name: str
    kind: Kind
    record: Any  # a class of this module, or None
    optional: bool
    meaning: str
    example: Any
    widest: Any


def slots(record: Any = MessageContext) -> Mapping[str, Slot]:
    """The placeholders of a record by name, in their order."""
    return _slots(record)


@cache
def _slots(record: Any) -> Mapping[str, Slot]:
    hints = get_type_hints(record, include_extras=True)
    return MappingProxyType({f.name: _slot(f.name, hints[f.name], f.metadata) for f in fields(record)})


@cache
def names() -> tuple[str, ...]:
    """Every placeholder that stands by itself: `due_now`, `firm.name`."""
    parts = (f"{slot.name}.{part}" for slot in slots().values() if slot.kind == "record" for part in slots(slot.record))
    return (*slots(), *parts)


def _slot(name: str, hint: Any, told: Mapping[str, Any]) -> Slot:
    optional = NoneType in get_args(hint)
    if optional:
        hint = next(part for part in get_args(hint) if part is not NoneType)
    record = None
    kind: Kind
    if get_origin(hint) is tuple:
        kind, record = "list", get_args(hint)[0]
    elif get_origin(hint) is Annotated:
        kind = get_args(hint)[1]
    elif is_dataclass(hint):
        kind, record = "record", hint
    else:
        kind = {str: "text", date: "day", int: "count"}[hint]  # type: ignore[assignment]
    return Slot(name, kind, record, optional, told["meaning"], told["example"], told["widest"])


def sample(*, widest: bool = False, needed: frozenset[str] | None = None) -> MessageContext:
    """A context of the examples, or of the widest values. `needed`: of what may be missing only these are there; None: all is."""
    return _sample(MessageContext, widest, needed)


def _sample(record: type[_T], widest: bool, needed: frozenset[str] | None) -> _T:
    values: dict[str, Any] = {}
    for name, slot in slots(record).items():
        if slot.optional and needed is not None and name not in needed:
            values[name] = None
        elif slot.record is not None:
            one = _sample(slot.record, widest, None)
            values[name] = (one, one) if slot.kind == "list" else one
        else:
            values[name] = (slot.widest if widest else slot.example) or ""
    return record(**values)
