"""The context of a message, built from what is known of an account: the one place where facts become what a template may print."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final

from collect_tui.domain.account import cancellation
from collect_tui.domain.account.ledger import Ledger
from collect_tui.domain.case.case import Case
from collect_tui.domain.errors import Refused
from collect_tui.domain.facts import AccountFacts
from collect_tui.domain.facts import Item as OpenItem
from collect_tui.domain.facts import Promise as Made
from collect_tui.domain.facts import Service as InUse
from collect_tui.domain.message import decide as decide_message
from collect_tui.domain.message import offers
from collect_tui.domain.message import records as said
from collect_tui.domain.message.context import MessageContext, sample, slots
from collect_tui.domain.message.template import Head, Language, MessageRules
from collect_tui.domain.message.validation import validation
from collect_tui.domain.order.suspension import first_suspension_day
from collect_tui.domain.parts import UNDATED
from collect_tui.domain.promise import decide
from collect_tui.domain.rules import ArrangementPolicy
from collect_tui.domain.states import NOT_KEPT, OPEN_INSTALMENT, OrderState, PaymentState, ServiceState
from collect_tui.policy.arrangement import judge
from collect_tui.policy.house import House
from collect_tui.policy.verdicts import Severity
from collect_tui.services.masking import DOT, mask

Plans = Mapping[str, ArrangementPolicy]


OF_LEDGER: Final = ("cancellation", "validation")
"""Placeholders that are reckoned from all items and payments of the account."""


@dataclass(frozen=True, slots=True)
class Addressee:
    """To whom a message goes. `firm`: the book's name, for a site that does not give its own."""

    name: str
    kind: str  # person, org
    firm: str


@dataclass(frozen=True, slots=True)
class CaseWords:
    """What a message says of the case that has it sent. `text`: the words of whoever moves it;
    `opened_on`: when the customer wrote or called, by the desk's clock;
    `answer_by`: until when it waits in its state, None for ever."""

    case: Case
    text: str
    opened_on: date
    answer_by: date | None = None


def context_of(
    seen: AccountFacts,
    to: Addressee,
    head: Head,
    rules: MessageRules,
    language: Language,
    house: House,
    plans: Plans,
    ledger: Ledger | None = None,
    bill: OpenItem | None = None,
    about: Collection[int] = (),
    case: CaseWords | None = None,
) -> MessageContext:
    """What a message of this head may print of an account. Refused "message.nothing" when it is about items and there are none.

    `ledger`: for what is reckoned from all that was ever paid; without it there is neither a cancellation nor a validation. `bill`: the
    invoice that a copy is sent of; None: the newest. `about`: the items that the message was drafted about;
    `case`: the case that has it sent."""
    late, kind = decide_message.of_items(head.about)
    items = [
        _item(i, language) for i in sorted(decide_message.concerned(seen, head, about), key=lambda i: (i.due, i.doc_no))
    ]
    if late is not None and not kind and not (items and (seen.collectable or not late)):
        raise Refused("message.nothing", f"This message is about {head.about}, and the account has none.", "template")
    coming = (
        i.due
        for i in seen.items
        if i.collectable and i.due >= seen.business_date and (late is not False or not about or i.id in about)
    )
    newest = bill or max(
        (i for i in seen.items if i.kind == "invoice"), key=lambda i: (i.issued, i.doc_no), default=None
    )
    pay_by = seen.business_date + timedelta(days=head.pay_within)
    masked = mask("account", seen.number)
    service, order = _ordered(seen, head, language)
    policy = plans.get(seen.segment, plans["default"])
    return MessageContext(
        date=seen.business_date,
        firm=replace(rules.firm, name=rules.firm.name or to.firm),
        party=said.Party(name=spoken(to.name, to.kind), salutation=""),
        account=said.Account(masked=masked, ending="".join(c for c in masked if c.isalnum() and c != DOT)),
        items=tuple(items),
        items_total=sum(i.owed for i in items),
        credits=seen.credits + seen.unapplied,
        due_now=seen.collectable,
        total=max(0, seen.total),
        pay_by=pay_by,
        cut_on=first_suspension_day(pay_by + timedelta(days=1), house.rules.suspend, house.calendar),
        services=tuple(_service(s, language) for s in seen.services if s.status == ServiceState.ACTIVE),
        oldest_due=seen.oldest_due,
        next_due=min(coming, default=None),
        bill=_item(newest, language) if newest else None,
        promise=_promise(seen, head),
        plan=_plan(seen),
        plan_offer=_plan_offer(seen, policy),
        payment=_payment(seen, head),
        service=service,
        order=order,
        coming=next(iter(items), None) if kind else None,
        cancellation=_cancellation(seen, ledger) if ledger else None,
        validation=validation(seen, ledger, to.firm, house.calendar) if ledger else None,
        dispute=_dispute(seen, case, pay_by) if case else None,
        ticket=_ticket(seen, case) if case else None,
        case=None,
        case_fields=(),
        provable=None,
        debts=(),
        suspensions=(),
        cases=(),
        unresolved=(),
        failures=(),
        backlog=(),
        trends=(),
        offer=offers.settlement(seen, policy.offers),
        prepayment=offers.prepayment(seen, policy.offers),
        ways_to_pay="",
        dispute_right="",
        plan_right="",
        opt_out="",
        verify_needed=0,
        verify_facts="",
    )


def spoken(name: str, kind: str) -> str:
    """A person's name as it is spoken: `Alvarez, Rosa` is Rosa Alvarez. A firm's is as it is."""
    last, comma, first = name.partition(", ")
    return f"{first} {last}" if kind == "person" and comma and ", " not in first else name


def _item(item: OpenItem, language: Language) -> said.Item:
    kind = language.items.get(item.kind, item.kind)
    owed = item.collectable if item.open > 0 else item.open
    return said.Item(
        **{name: getattr(item, name) for name in ("doc_no", "issued", "due", "amount", "open", "disputed")},
        kind=kind,
        owed=owed,
    )


def _dispute(seen: AccountFacts, about: CaseWords, pay_by: date) -> said.Dispute | None:
    """What a case says of an amount, and what of it credits of the case have taken off."""
    case, amount = about.case, about.case.amount("amount")
    credits = (i for i in (*seen.items, *seen.settled) if i.amount < 0 and f"-{case.number}" in i.doc_no)
    granted = min(amount, -sum(i.amount for i in credits))
    if not amount:
        return None
    return said.Dispute(
        opened_on=about.opened_on,
        amount=amount,
        granted=granted,
        left=amount - granted,
        reason=about.text,
        question=about.text,
        answer_by=about.answer_by or pay_by,
    )


def _ticket(seen: AccountFacts, about: CaseWords) -> said.Ticket | None:
    case = about.case
    subject = str(case.values.get("subject", ""))
    if not subject:
        return None
    return said.Ticket(ref=case.number, subject=subject, opened_on=about.opened_on, answer=about.text)


def _promise(seen: AccountFacts, head: Head) -> said.Promise | None:
    """The open promise and what is next due of it; for a message about a broken one, the last that was not kept and what was due of
    it: nothing that has been paid since."""
    found, rows = seen.open_promise, 1
    if head.about == "the broken promise":
        broken = (p for p in seen.promises if p.status in NOT_KEPT)
        found = max(broken, key=lambda p: (p.made_on, p.id), default=None)
        rows = sum(i.outstanding > 0 and i.due < seen.business_date for i in found.instalments) if found else 0
    owed = sorted((i for i in found.instalments if i.outstanding), key=lambda i: i.due)[:rows] if found else []
    left = min(sum(i.outstanding for i in owed), max(0, seen.total))
    if found is None or not left:
        return None
    return said.Promise(amount=found.total, due=owed[0].due, made_on=found.made_on, paid=found.paid, left=left)


def _plan(seen: AccountFacts) -> said.Plan | None:
    found: Made | None = seen.open_promise
    if found is None or found.kind != "plan":
        return None
    rows = sorted(found.instalments, key=lambda i: (i.due, i.seq))
    rows = [i for i in rows if i.status in OPEN_INSTALMENT] or rows
    return said.Plan(
        total=found.total,
        count=len(rows),
        first=rows[0].due,
        last=rows[-1].due,
        instalments=tuple(said.Instalment(number=i.seq, due=i.due, amount=i.amount) for i in rows),
    )


def _plan_offer(seen: AccountFacts, policy: ArrangementPolicy) -> said.PlanOffer | None:
    """The longest monthly plan over what is owed that a collector may grant without asking anybody; None without one."""
    owed = seen.collectable
    if seen.open_promise or not owed or "monthly" not in policy.frequencies or policy.min_down_percent:
        return None
    first = seen.business_date + timedelta(days=policy.first_within_days)
    for count in range(min(policy.max_instalments, owed // max(1, policy.min_instalment)), 1, -1):
        schedule = decide.plan(owed, count, "monthly", first)
        if judge(seen, schedule, "plan", "monthly", policy, "collector").severity <= Severity.WARN:
            return said.PlanOffer(count=count, each=max(i.amount for i in schedule), first=first)
    return None


def _cancellation(seen: AccountFacts, ledger: Ledger) -> said.Cancellation | None:
    """The contract that a notice received today would end, once the surrender value is paid; None while the grace runs."""
    found, today = cancellation.of_ledger(ledger, seen.opened_on, seen.business_date), seen.business_date
    if found is None or (effective := found.takes_effect(today, today)) is None:
        return None
    return said.Cancellation(
        due=found.due,
        years_paid=found.years,
        paid_total=found.paid,
        grace_until=found.grace_until,
        effective=effective,
        surrender_value=found.surrender_value,
    )


def grace(seen: AccountFacts, ledger: Ledger) -> date | None:
    """The last day of a buyer's grace that has not passed; None: there is none to wait for."""
    found = cancellation.of_ledger(ledger, seen.opened_on, seen.business_date)
    return found.grace_until if found is not None and found.grace_until >= seen.business_date else None


def _payment(seen: AccountFacts, head: Head) -> said.Payment | None:
    """The last payment of which the day is known; for a message about a returned one, the last that the bank took back."""
    returned = head.about == "the returned payment"
    dated = (p for p in seen.payments if p.method != UNDATED)
    among = (p for p in dated if (p.returned > 0 or p.status == PaymentState.RETURNED) == returned)
    if (found := max(among, key=lambda p: (p.received_on, p.id), default=None)) is None:
        return None
    back = (found.returned or found.amount) if returned else 0
    return said.Payment(amount=found.amount, received_on=found.received_on, returned=back)


def _ordered(seen: AccountFacts, head: Head, language: Language) -> tuple[said.Service | None, said.Order | None]:
    """The service that is to be cut, or was restored, and the order for it."""
    restored = head.about == "the restored service"
    mine = [
        o
        for o in seen.orders
        if (o.kind == "restore" and o.status == OrderState.COMPLETED if restored else o.kind == "suspend" and o.open)
    ]
    if not mine:
        return None, None
    order = max(mine, key=lambda o: (o.effective, o.id))
    service = seen.service(order.service_id)
    return _service(service, language), said.Order(effective=order.effective)


def _service(service: InUse, language: Language) -> said.Service:
    name = language.products.get(service.product, service.product)
    return said.Service(name=name, masked=mask("service", service.identifier))


def completed(
    context: MessageContext, required: Collection[str], *, sampled: bool
) -> tuple[MessageContext, tuple[str, ...]]:
    """The context with what a text requires; examples for what the account has not, if they may be. Refused "message.missing"."""
    missing = [name for name in slots() if name in required and getattr(context, name) in (None, ())]
    if missing and not sampled:
        meaning = slots()[missing[0]].meaning
        raise Refused(
            "message.missing",
            f"This message speaks of what the account has not: {missing[0]}, {meaning}. A sample may stand for it.",
            "template",
        )
    examples: Any = sample()
    return replace(context, **{name: getattr(examples, name) for name in missing}), tuple(missing)
