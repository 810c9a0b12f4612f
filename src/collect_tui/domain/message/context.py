"""What a template may print: every placeholder with its meaning and an example. The loader, the page of the documents and the samples
that templates are tried on all read it here.

Amounts are minor units of the account's currency, dates are business dates. A value that may be missing is None: a template prints it
within `{% if … %}`, or is for accounts that have it only. Account and service numbers are masked before they come here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from functools import cache
from types import MappingProxyType, NoneType
from typing import Annotated, Any, Literal, TypeVar, get_args, get_origin, get_type_hints

from collect_tui.domain.message.records import (
    Account,
    Amount,
    Backlog,
    Cancellation,
    Case,
    CaseField,
    Day,
    Debt,
    Dispute,
    Failure,
    Firm,
    Item,
    Offer,
    Order,
    Party,
    Payment,
    Plan,
    PlanOffer,
    Prepayment,
    Promise,
    Provable,
    Service,
    Suspension,
    Ticket,
    Trend,
    Unresolved,
    Validation,
    Words,
    told,
)

Kind = Literal["text", "amount", "day", "count", "words", "record", "list"]
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageContext:
    """Everything that a template may name."""

    date: Day = told("the day it is written; `{{ date }}` prints it", Day(2026, 11, 23), Day(2026, 9, 30))
    firm: Firm = told("the firm, of `messages.toml`")
    party: Party = told("the customer")
    account: Account = told("the account")
    items: tuple[Item, ...] = told("the items that the message is about, as its head says")
    items_total: Amount = told("what is asked for on these items", 41210, 9999999)
    credits: Amount = told("credits and payments not yet set against an item", 1500, 9999999)
    due_now: Amount = told("what is past due and owed: undisputed, less credits", 39710, 9999999)
    total: Amount = told("all that is open, due or not, less credits", 55210, 9999999)
    pay_by: Day = told("when it is to be paid, so many days hence as the head says", Day(2026, 12, 3))
    cut_on: Day | None = told(
        "the first day after that on which a service may be cut", Day(2026, 12, 7), Day(2026, 9, 30)
    )
    services: tuple[Service, ...] = told("the services that are in use")
    oldest_due: Day | None = told("since when something is past due", Day(2026, 9, 21), Day(2026, 9, 30))
    next_due: Day | None = told("when the next item falls due", Day(2026, 12, 21), Day(2027, 9, 30))
    bill: Item | None = told("the invoice that a copy is sent of: the newest")
    promise: Promise | None = told("the promise that the message is about")
    plan: Plan | None = told("the plan that the message is about")
    plan_offer: PlanOffer | None = told("a plan that the customer would be granted without asking anybody")
    payment: Payment | None = told("the payment that the message is about")
    service: Service | None = told("the service that the message is about")
    order: Order | None = told("the order for it")
    coming: Item | None = told("the balloon or the retention that comes due, the first of them")
    cancellation: Cancellation | None = told("of instalments on a home, when the grace has passed (RA 6552)")
    validation: Validation | None = told("the debt as a validation notice itemises it (12 CFR 1006.34)")
    dispute: Dispute | None = told("the dispute that the message is about")
    ticket: Ticket | None = told("the ticket that the message answers")
    case: Case | None = told("the case that a document is drawn up in")
    case_fields: tuple[CaseField, ...] = told("what is in that case, but for what not everybody may read")
    provable: Provable | None = told("what was owed on the day at which that case splits the ledger")
    debts: tuple[Debt, ...] = told("the documents of which something was open on that day")
    suspensions: tuple[Suspension, ...] = told("for the firm's own people: services that are about to be cut")
    cases: tuple[Case, ...] = told("for the firm's own people: cases that wait")
    unresolved: tuple[Unresolved, ...] = told("for the firm's own people: unresolved cases by department")
    failures: tuple[Failure, ...] = told(
        "for the firm's own people: messages that did not arrive since the last digest"
    )
    backlog: tuple[Backlog, ...] = told("for the firm's own people: what waits for a channel that does not answer")
    trends: tuple[Trend, ...] = told(
        "for the firm's own people: reasons for non-payment, this week and the week before"
    )
    offer: Offer | None = told("a settlement that is offered")
    prepayment: Prepayment | None = told("a payment in advance that is offered")
    ways_to_pay: Words = told("how to pay")
    dispute_right: Words = told("what a customer may do who thinks that it is wrong")
    plan_right: Words = told("how to ask for a plan, for help, and what a medical certificate does")
    opt_out: Words = told("how to have no more of this; empty on paper")
    verify_needed: int = told(
        "in a script: how many facts verify the customer (`[verification]` of `rules.toml`); else 0", 2, 6
    )
    verify_facts: str = told("in a script: of which they are; else empty", "date of birth, address")


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


def blank(**given: Any) -> MessageContext:
    """A context of nothing but what is given: no account stands behind it."""
    nothing: dict[Kind, Any] = {"amount": 0, "count": 0, "list": (), "day": None, "record": None}
    return MessageContext(**{name: nothing.get(slot.kind, "") for name, slot in slots().items()} | given)


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
