"""What a move of a case brings about beside its new state: a small closed vocabulary, each a pure decider of that name
(`vocabulary.VOCABULARY` says how a file writes them). Amounts are minor units."""

from __future__ import annotations

import base64
import hashlib
import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from collect_tui.domain import steps
from collect_tui.domain.account.effects import ATTRIBUTES
from collect_tui.domain.calendars import Calendar
from collect_tui.domain.case import nested
from collect_tui.domain.case.case import Case, Value
from collect_tui.domain.case.clocks import Span, ended_on
from collect_tui.domain.case.effects import CaseDocumented, CaseOpened
from collect_tui.domain.case.vocabulary import OPEN_CASE
from collect_tui.domain.effect import Effect, Ids
from collect_tui.domain.effects import AttributeSet, CreditApplied, ItemCharged, NextActionSet, PaymentAllocated
from collect_tui.domain.errors import Refused
from collect_tui.domain.facts import AccountFacts, Allocation, Application, Item
from collect_tui.domain.hold import decide as hold
from collect_tui.domain.money import format_minor
from collect_tui.domain.payment import posting
from collect_tui.domain.promise import decide as promise
from collect_tui.domain.rules import HoldKind

_CREDITS: Final = ("credit", "waiver", "write-off")
_PREFIX: Final = {"credit": "CR", "waiver": "WV", "write-off": "WO", "fee": "FEE", "interest": "INT", "back-bill": "BB"}


Opens = Callable[[str, Mapping[str, Value], AccountFacts, "Ground"], tuple[Effect, ...]]


Asks = Callable[[Case, Mapping[str, str], AccountFacts], tuple[Effect, ...]]


@dataclass(frozen=True, slots=True)
class Ground:
    """What a consequence may know besides the account and the case."""

    ids: Ids
    by: str
    calendar: Calendar
    holds: Mapping[str, HoldKind]
    write: Callable[
        [Case, AccountFacts, str, str], tuple[Effect, ...]
    ]  # a message by a template of the site, with the words of a field
    opens: Opens  # a case of a kind
    asks: Asks = (
        lambda case, given, facts: ()
    )  # an order that is proposed, a callback: judged as when somebody asks for them
    draw: Callable[[AccountFacts, Case, str], str] = lambda facts, case, template: ""  # a document, as it is kept
    taken: Callable[[str], bool] = lambda number: False  # whether the account has a document of this number

    def number(self, text: str, facts: AccountFacts) -> str:
        """A number for a document of a case; a case that has come back may have had one of that number before."""
        known = {i.doc_no for i in (*facts.items, *facts.settled)}
        later = (f"{text}-{count}" for count in itertools.count(2))
        return next(each for each in (text, *itertools.islice(later, 99)) if each not in known and not self.taken(each))


Consequence = Callable[[Case, Mapping[str, str], AccountFacts, Ground], tuple[Effect, ...]]


def collect_again(case: Case, given: Mapping[str, str], facts: AccountFacts, ground: Ground) -> tuple[Effect, ...]:
    """Nothing of it beside what every case does that ends: what it excluded is collected again (`standing.holding`)."""
    return ()


def adjust(case: Case, given: Mapping[str, str], facts: AccountFacts, ground: Ground) -> tuple[Effect, ...]:
    """An entry of the ledger: a credit, waiver or write-off that is set against the case's item, or as a new item a fee, interest or a bill
    for what was not billed."""
    amount, what = case.amount(given["amount"]), given["adjust"]
    if not amount:
        return ()
    ident, today = ground.ids(), facts.business_date
    item = next((i for i in facts.items if i.id == case.item_id), None)
    service = item.service_id if item else case.service_id
    doc_no = ground.number(f"{_PREFIX[what]}-{case.number}", facts)
    if what not in _CREDITS:
        billed = "invoice" if what == "back-bill" else "fee"
        return (ItemCharged(Item(ident, doc_no, billed, today, today, amount, amount, service_id=service)),)
    of_item = given.get("on") == "item"
    if of_item:
        room = [] if item is None else [(item, item.open)]
    else:
        frozen_first = sorted(posting.debit(facts), key=lambda i: i.id not in dict(case.frozen))
        room = [(each, each.collectable) for each in frozen_first]
    more = (
        what == "credit" and of_item
    )  # what was right is credited, though it has been paid since: the rest stays on the account
    if sum(open_ for _, open_ in room) < amount and not more:
        there, wanted = (format_minor(each, facts.currency) for each in (sum(open_ for _, open_ in room), amount))
        raise Refused(
            "case.adjust", f"{there} is open, less than the {wanted} that is to be taken off.", given["amount"]
        )
    effects: list[Effect] = [
        ItemCharged(Item(ident, doc_no, "credit", today, today, -amount, -amount, service_id=service))
    ]
    for each, open_ in room:
        if part := min(amount, open_):
            effects.append(CreditApplied(Application(ground.ids(), ident, each.id, part, directed=True)))
            amount -= part
    return tuple(effects)


def refund(case: Case, given: Mapping[str, str], facts: AccountFacts, ground: Ground) -> tuple[Effect, ...]:
    """Money goes back to the customer: a charge that credits and unapplied money pay, so that they are there no more."""
    amount, ident, today = case.amount(given["refund"]), ground.ids(), facts.business_date
    if not 0 < amount <= facts.credits + facts.unapplied:
        raise Refused(
            "case.refund", "There is less credit and unapplied money than is to be refunded.", given["refund"]
        )
    charge = Item(ident, ground.number(f"REF-{case.number}", facts), "fee", today, today, amount, amount)
    effects: list[Effect] = [ItemCharged(charge)]
    for credit in facts.items:
        if part := min(amount, credit.credit):
            effects.append(CreditApplied(Application(ground.ids(), credit.id, ident, part, directed=True)))
            amount -= part
    for payment in (*facts.payments, *facts.named):
        if part := min(amount, payment.unapplied):
            effects.append(PaymentAllocated(ground.ids(), payment.id, Allocation(ident, part, directed=True)))
            amount -= part
    return tuple(effects)


def place_hold(case: Case, given: Mapping[str, str], facts: AccountFacts, ground: Ground) -> tuple[Effect, ...]:
    """A hold of a kind, on the account, or on the case's item or service; one that is there already stays."""
    scope = given.get("on", "account")
    target = {"item": case.item_id, "service": case.service_id}.get(scope)
    if any((h.kind, h.scope, h.target_id) == (given["hold"], scope, target) for h in facts.holds):
        return ()
    made = hold.place(
        facts,
        ground.holds[given["hold"]],
        until=ended_on(facts.business_date, Span.parse(given["in"]), ground.calendar) if "in" in given else None,
        reason=case.number,
        by=ground.by,
        ids=ground.ids,
        calendar=ground.calendar,
        scope=scope,
        target_id=target,
        kinds=ground.holds,
    )
    return tuple(e for e in made if not isinstance(e, NextActionSet))


def release(case: Case, given: Mapping[str, str], facts: AccountFacts, ground: Ground) -> tuple[Effect, ...]:
    """The holds of a kind end, where there are any."""
    if all(h.kind != given["release"] for h in facts.holds):
        return ()
    return hold.release(facts, ground.holds[given["release"]], case.number, ground.holds)


def next_action(case: Case, given: Mapping[str, str], facts: AccountFacts, ground: Ground) -> tuple[Effect, ...]:
    span = Span.parse(given.get("in", "0bd"))
    on = ground.calendar.on_or_after(ended_on(facts.business_date, span, ground.calendar))
    return steps.next_step(facts, given["next_action"], on)


def cancel_promise(case: Case, given: Mapping[str, str], facts: AccountFacts, ground: Ground) -> tuple[Effect, ...]:
    made = promise.cancel(facts, case.number, ground.calendar) if facts.open_promise else ()
    return tuple(e for e in made if not isinstance(e, NextActionSet))


def message(case: Case, given: Mapping[str, str], facts: AccountFacts, ground: Ground) -> tuple[Effect, ...]:
    return ground.write(case, facts, given["message"], given.get("text", ""))


def set_attribute(case: Case, given: Mapping[str, str], facts: AccountFacts, ground: Ground) -> tuple[Effect, ...]:
    """An attribute of the account or its customer is what a field says; nothing where that is empty, or it is so already."""
    name, to = given["set"], given["to"]
    before = getattr(facts, ATTRIBUTES[name].fact)
    fixed: dict[str, bool | str | None] = {"yes": True, "no": False, "none": "" if isinstance(before, str) else None}
    after = case.values.get(to.removeprefix("field:"), before) if to.startswith("field:") else fixed[to]
    return () if after == before or isinstance(after, tuple) else (AttributeSet(name, before, after),)


def ask(case: Case, given: Mapping[str, str], facts: AccountFacts, ground: Ground) -> tuple[Effect, ...]:
    """Proposes an order for the case's service, or plans a callback; what rules forbid is left out and said."""
    return ground.asks(case, given, facts)


def open_inner(case: Case, given: Mapping[str, str], facts: AccountFacts, ground: Ground) -> tuple[Effect, ...]:
    """A case of another kind, inside this one, which it names."""
    made = ground.opens(given[OPEN_CASE], nested.given_to(case, given, facts), facts, ground)
    links = (case.number,)
    return tuple(replace(e, case=replace(e.case, links=links)) if isinstance(e, CaseOpened) else e for e in made)


def digest(text: str) -> str:
    """What a document is known by: its SHA-256 in base 32, in which there are no digits that could be a card's number."""
    return base64.b32encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=").lower()


def drawn_up(
    case: Case, given: Mapping[str, str], facts: AccountFacts, ground: Ground
) -> tuple[Case, tuple[Effect, ...]]:
    """A document by a template, and the case with its hash in the field that is named."""
    name = given["document"]
    if not (text := ground.draw(facts, case, name)):
        return case, ()
    after = replace(case, values={**case.values, given["as"]: digest(text)})
    return after, (CaseDocumented(ground.ids(), case.id, case.number, name, text),)


CONSEQUENCES: Final[Mapping[str, Consequence]] = {
    "collect_again": collect_again,
    "adjust": adjust,
    "refund": refund,
    "hold": place_hold,
    "release": release,
    "next_action": next_action,
    "message": message,
    "cancel_promise": cancel_promise,
    "set": set_attribute,
    "order": ask,
    "callback": ask,
    OPEN_CASE: open_inner,
}
