"""Accounts to try rules of the trade on, and the check that effects are legal. Business date: Monday 24 November 2025."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, time, timedelta
from itertools import count
from typing import Any

from collect_tui.domain import states
from collect_tui.domain.calendars import Calendar
from collect_tui.domain.effects import (
    AllocationReleased,
    CreditApplied,
    CreditReleased,
    Effect,
    HoldChanged,
    InstalmentPaid,
    LadderChanged,
    MessageChanged,
    MessageReleased,
    NextActionSet,
    OrderChanged,
    PaymentAllocated,
    PaymentReversed,
    PromiseChanged,
    ServiceChanged,
)
from collect_tui.domain.facts import AccountFacts, Instalment, Item, Message, NextAction, Order, Promise, Service
from collect_tui.domain.promise.effects import instalment_status
from collect_tui.domain.rules import ContactRules, HoldKind, QueuePolicy, Rules, SuspendRules, Weights
from collect_tui.domain.states import (
    AccountState,
    HoldState,
    InstalmentState,
    MessageState,
    OrderState,
    PromiseState,
    ServiceState,
    Stage,
)
from collect_tui.policy.house import House
from collect_tui.policy.settling import settle

TODAY = date(2025, 11, 24)  # a Monday
THANKSGIVING = date(2025, 11, 27)
CALENDAR = Calendar(holidays=frozenset({THANKSGIVING, date(2025, 12, 25)}))

MEDICAL = HoldKind("MEDICAL", "Medical certificate", ("suspend",), 30, True, "domain 2.3")
CEASE = HoldKind("CEASE", "Cease contact", ("call", "letter"), None, True)
CLAIM = HoldKind("CLAIM", "Payment claim", ("call", "letter", "suspend", "place"), 5, True)
WATCH = HoldKind("WATCH", "Watch", (), None, False)
KINDS = {kind.code: kind for kind in (MEDICAL, CEASE, CLAIM, WATCH)}

SUSPEND = SuspendRules(
    notice_level="pre-cut",
    notice_days=10,
    no_cut_weekdays=(4, 5, 6),
    min_past_due=2000,
    min_dpd=20,
    reconnect_fee=2500,
    stuck_after_days=3,
    sources={"day": "PA 56.82"},
)
RULES = Rules(
    contact=ContactRules(time(8), time(21), 30, 7, 7, 7, "lead", {}),
    suspend=SUSPEND,
    queue=QueuePolicy(15, 7, 2, accounts_a_day=100),
    weights=Weights(),
    ladder=(),
    tolerance=100,
    zone="America/New_York",
    currency="USD",
    country="US",
    subdivision=None,
    date_order="mdy",
    holidays=CALENDAR.holidays,
)
HOUSE = House(RULES, KINDS, CALENDAR)


def days(n: int) -> date:
    return TODAY + timedelta(days=n)


def numbers(start: int = 1000) -> Callable[[], int]:
    return count(start).__next__


def item(ident: int, open_: int, due: int, *, disputed: int = 0, service: int | None = None) -> Item:
    """An invoice due `due` days from the business date."""
    return Item(ident, f"INV-{ident}", "invoice", days(due - 20), days(due), open_, open_, disputed, service)


def credit(ident: int, amount: int, due: int = -10) -> Item:
    """A credit of `amount` (above nothing), due `due` days from the business date."""
    return replace(item(ident, -amount, due), doc_no=f"CR-{ident}", kind="credit")


def service(
    ident: int = 1, product: str = "INT", status: str = "ACTIVE", cause: str | None = None, **more: Any
) -> Service:
    return Service(ident, product, "cablebill", f"{product}-{ident:04d}", ServiceState(status), cause, **more)


def notice(
    served: int | None,
    level: str = "pre-cut",
    *,
    items: Iterable[int] = range(100),
    status: str = "DELIVERED",
    ident: int = 1,
) -> Message:
    """A letter that counts as served so many days from today (None: not at all), about the items of these ids, or any."""
    on = None if served is None else days(served)
    return Message(ident, level, "letter", MessageState[status], on, made_on=on, sent_on=on, items=tuple(items))


def order(ident: int, service_id: int, kind: str, status: str, effective: int = 2) -> Order:
    return Order(
        ident, f"{kind[0].upper()}-{ident}", service_id, kind, "NONPAY", days(effective), OrderState(status), days(-1)
    )


def promise(
    ident: int, *parts: tuple[int, int, int], kind: str = "single", status: str = "ACTIVE", **more: Any
) -> Promise:
    """A promise of (due in days, amount, paid) parts, made a week ago."""
    schedule = tuple(
        Instalment(n, days(due), amount, paid, instalment_status(InstalmentState.OPEN, amount, paid))
        for n, (due, amount, paid) in enumerate(parts, start=1)
    )
    more = {"made_on": days(-7), "grace_days": 2, **more}
    return Promise(
        ident, kind, PromiseState(status), sum(amount for _, amount, _ in parts), instalments=schedule, **more
    )


def account(**more: Any) -> AccountFacts:
    """412.10 past due in two invoices and 60.00 to come, tenure of three years, next action today."""
    base = AccountFacts(
        id=1,
        number="4410-2231",
        name="Rosa Alvarez",
        version=3,
        status=AccountState.OPEN,
        stage=Stage.NOTICE_2,
        currency="USD",
        segment="default",
        business_date=TODAY,
        opened_on=date(2022, 11, 1),
        next_action=NextAction("call", TODAY),
        items=(item(11, 20000, -63), item(12, 21210, -33), item(13, 6000, 9)),
        services=(service(),),
    )
    facts = replace(base, **more)
    if facts.stage in states.DUNNED:
        facts = replace(facts, items=tuple(_dunned(i, facts) for i in facts.items))
    return facts


def _dunned(one: Item, facts: AccountFacts) -> Item:
    """What is late remembers the stage already, as after a first cure, so that accounts can be held equal."""
    return replace(one, level=one.level or facts.stage) if one.due < facts.business_date else one


def fold(facts: AccountFacts, effects: Iterable[Effect]) -> AccountFacts:
    """Fold effects, checking that each is legal where it is applied."""
    for effect in effects:
        check_legal(facts, effect)
        facts = effect.fold(facts)
    check_whole(facts)
    return facts


def act(
    facts: AccountFacts,
    effects: Iterable[Effect],
    ids: Callable[[], int] | None = None,
    *,
    house: House = HOUSE,
    **more: Any,
) -> AccountFacts:
    """The account after an act and all that follows from it. `more`: as of `settle`."""
    given = tuple(effects)
    return fold(facts, (*given, *settle(facts, given, house, ids or numbers(5000), **more)))


def nightfall(
    facts: AccountFacts,
    nights: int = 1,
    ids: Callable[[], int] | None = None,
    house: House = HOUSE,
    *,
    apart: int = 1,
) -> AccountFacts:
    """The account so many business dates later, settled on each as by the night run; `apart`: the days from one to the next."""
    ids = ids or numbers(7000)
    for _ in range(nights):
        last = facts.business_date
        facts = replace(facts, business_date=last + timedelta(days=apart))
        facts = act(facts, (), ids, house=house, night=True, last=last)
    return facts


def check_legal(facts: AccountFacts, effect: Effect) -> None:
    """What an effect says was before is what is, and its machine has the change."""
    if isinstance(effect, PromiseChanged):
        old = next(p for p in facts.promises if p.id == effect.id)
        assert effect.old_status == old.status
        states.check(effect.old_status, effect.status)
    elif isinstance(effect, InstalmentPaid):
        holder = next(p for p in facts.promises if p.id == effect.promise_id)
        part = next(i for i in holder.instalments if i.seq == effect.seq)
        assert effect.old_paid == part.paid
        assert 0 <= effect.paid <= part.amount
        assert (effect.paid, effect.status) != (effect.old_paid, part.status)
        after = next(
            i for p in effect.fold(facts).promises if p.id == holder.id for i in p.instalments if i.seq == part.seq
        )
        states.check(part.status, after.status)
    elif isinstance(effect, OrderChanged):
        assert effect.old_status == next(o for o in (*facts.orders, *facts.lifted) if o.id == effect.id).status
        states.check(effect.old_status, effect.status)
    elif isinstance(effect, ServiceChanged):
        now = facts.service(effect.id)
        assert (effect.old_status, effect.old_cause) == (now.status, now.suspend_cause)
        assert effect.old_status != effect.status
        states.check(effect.old_status, effect.status)
    elif isinstance(effect, PaymentReversed):
        money = next(p for p in (*facts.payments, *facts.named) if p.id == effect.payment_id)
        states.check(money.status, effect.status)
        assert effect.part is None or 0 < effect.part < money.stands
    elif isinstance(effect, PaymentAllocated):
        money = next(p for p in (*facts.payments, *facts.named) if p.id == effect.payment_id)
        to = next(i for i in facts.items if i.id == effect.allocation.item_id)
        assert 0 < effect.allocation.amount <= min(money.unapplied, to.open)
    elif isinstance(effect, AllocationReleased):
        money = next(p for p in (*facts.payments, *facts.named) if p.id == effect.payment_id)
        assert effect.allocation in money.allocations
    elif isinstance(effect, CreditApplied):
        source, to = (
            next(i for i in facts.items if i.id == ident)
            for ident in (effect.application.credit_id, effect.application.item_id)
        )
        assert 0 < effect.application.amount <= min(source.credit, to.open)
    elif isinstance(effect, CreditReleased):
        assert effect.application in facts.applications
    elif isinstance(effect, HoldChanged):
        gone = effect.old_status != HoldState.ACTIVE and effect.hold is not None
        assert effect.old_status == next(
            (h.status for h in facts.holds if h.id == effect.id), gone and effect.old_status
        )
        states.check(effect.old_status, effect.status)
    elif isinstance(effect, MessageChanged | MessageReleased):
        now = next(m for m in facts.messages if m.id == effect.id)
        after = next(m for m in effect.fold(facts).messages if m.id == effect.id)
        assert isinstance(effect, MessageReleased) or effect.old_status == now.status
        states.check(now.status, after.status)
    elif isinstance(effect, LadderChanged):
        assert (effect.old_stage, effect.old_paused_by) == (facts.stage, facts.ladder_paused_by)
        assert effect.stage in states.STAGES
    elif isinstance(effect, NextActionSet):
        assert effect.old == facts.next_action


def check_whole(facts: AccountFacts) -> None:
    """What holds of every account between acts."""
    assert facts.status != "OPEN" or facts.next_action is not None
    assert sum(p.open for p in facts.promises) <= 1
    assert all(0 < i.open <= i.amount or i.amount <= i.open < 0 for i in facts.items)
    assert all(p.unapplied >= 0 for p in (*facts.payments, *facts.named))
    for one in facts.services:
        open_ = [o for o in facts.orders if o.service_id == one.id and o.open]
        assert len(open_) <= 1
        waiting = {"PENDING_SUSPEND": "suspend", "PENDING_RESTORE": "restore"}.get(one.status)
        moved = [o.kind for o in open_ if o.status != "DRAFT"]
        assert moved == ([waiting] if waiting else [])
        assert (one.suspend_cause is None) == (one.status == "ACTIVE")
