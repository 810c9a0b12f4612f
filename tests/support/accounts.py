"""Accounts of every kind for properties: each is whole (`trade.check_whole`), but nothing in it need have been settled."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from collect_tui.domain import states
from collect_tui.domain.facts import (
    AccountFacts,
    Allocation,
    Hold,
    Instalment,
    Item,
    NextAction,
    Order,
    Payment,
    Promise,
    Service,
)
from collect_tui.domain.payment.fees import document
from collect_tui.domain.payment.moving import payment_status
from collect_tui.domain.states import InstalmentState, PaymentState, PromiseState
from support.trade import KINDS, RULES, account, credit, days, item, notice, order, service

AMOUNTS = st.one_of(st.integers(1, 200), st.integers(1, 50_000))
_CODES = ("call", "promise", "order", "monitor", "review", "broken", "visit", "hold", "returned")
_ORDERS = {
    "PENDING_SUSPEND": ("suspend", ("REQUESTED", "SENT")),
    "PENDING_RESTORE": ("restore", ("REQUESTED", "SENT")),
    "SUSPENDED": ("restore", ("DRAFT",)),
    "ACTIVE": ("suspend", ("DRAFT",)),
}


@st.composite
def accounts(draw: st.DrawFn, *, ordered: bool = True, promised: bool = True) -> AccountFacts:
    """An open account: items and credits, receipts, promises, holds, services with their orders, notices."""
    services = tuple(draw(_services()) for _ in range(draw(st.integers(0, 2)))) if ordered else ()
    services = tuple(
        replace(s, id=n, product=p) for n, (s, p) in enumerate(zip(services, ("INT", "TV"), strict=False), 1)
    )
    items, payments = draw(_money([s.id for s in services]))
    promises = draw(_promises()) if promised else ()
    holds = tuple(draw(_holds(n)) for n in range(40, 40 + draw(st.integers(0, 2))))
    holds = tuple({(h.kind, h.scope, h.target_id): h for h in holds}.values())
    facts = account(
        stage=draw(st.sampled_from(states.STAGES)),
        items=tuple(sorted(items, key=lambda i: (i.due, i.id))),
        payments=payments,
        promises=promises,
        holds=holds,
        services=services,
        orders=tuple(o for s in services for o in draw(_orders(s))),
        messages=draw(st.just(()) | st.builds(lambda n, about: (notice(n, items=about),), st.integers(-40, 0), _ABOUT)),
        next_action=NextAction(draw(st.sampled_from(_CODES)), days(draw(st.integers(-4, 30)))),
    )
    for one in facts.orders:
        if (one.kind, one.status) in {("restore", "REQUESTED"), ("restore", "SENT")} and draw(st.integers(0, 2)):
            facts = with_fee(facts, one, draw(st.sampled_from([2500, 2450, 1000, 0])), draw(st.integers(0, 3000)))
    pausing = next((h.holder for h in holds if KINDS[h.kind].pauses_ladder), None)
    held = facts.open_promise
    return replace(facts, ladder_paused_by=pausing or (held and held.holder))


def with_fee(facts: AccountFacts, one: Order, paid: int, more: int) -> AccountFacts:
    """The fee that a restoration brought, and what of it was paid from a receipt that has `more` than that."""
    fee = replace(
        item(80 + one.id, 2500, 0, service=one.service_id), doc_no=document(one.number), kind="fee", open=2500 - paid
    )
    items = (*facts.items, fee) if fee.open else facts.items
    if paid:
        part = Allocation(fee.id, paid, directed=True, id=8000 + one.id)
        money = Payment(
            90 + one.id, f"F-{one.id}", days(-1), "card", paid + more, payment_status(paid + more, paid), (part,)
        )
        facts = replace(facts, payments=(*facts.payments, money))
    settled = () if fee.open else (fee,)
    return replace(facts, items=tuple(sorted(items, key=lambda i: (i.due, i.id))), settled=(*facts.settled, *settled))


@st.composite
def _services(draw: st.DrawFn) -> Service:
    status = draw(st.sampled_from(["ACTIVE", "ACTIVE", "PENDING_SUSPEND", "SUSPENDED", "SUSPENDED", "PENDING_RESTORE"]))
    causes = ["nonpay"] if status == "PENDING_RESTORE" else ["nonpay", "nonpay", "fraud", "voluntary"]
    cause = None if status == "ACTIVE" else draw(st.sampled_from(causes))
    return service(1, "INT", status, cause, life_support=draw(st.integers(0, 9)) == 0)


@st.composite
def _orders(draw: st.DrawFn, one: Service) -> tuple[Order, ...]:
    kind, possible = _ORDERS[one.status]
    found = [order(60 + one.id, one.id, "suspend", "COMPLETED", -9)] if one.status == "SUSPENDED" else []
    if one.status.startswith("PENDING") or (one.suspend_cause in (None, "nonpay") and draw(st.booleans())):
        new = order(70 + one.id, one.id, kind, draw(st.sampled_from(possible)), draw(st.integers(-3, 9)))
        reason = {"fraud": "FRAUD", "voluntary": "VOLUNTARY"}.get(one.suspend_cause or "", "NONPAY")
        found.append(replace(new, reason=reason, override_by=draw(st.sampled_from([None, None, "lee"]))))
    return tuple(found)


@st.composite
def _money(draw: st.DrawFn, services: list[int]) -> tuple[list[Item], tuple[Payment, ...]]:
    items = []
    for n in range(11, 11 + draw(st.integers(0, 4))):
        one = item(n, draw(AMOUNTS), draw(st.integers(-90, 20)), service=draw(st.sampled_from([None, *services])))
        disputed = draw(st.sampled_from([0, 0, 0, one.open, one.open // 2]))
        items.append(replace(one, disputed=disputed))
    items += [credit(n, draw(AMOUNTS), draw(st.integers(-40, 5))) for n in range(21, 21 + draw(st.integers(0, 2)))]
    payments = []
    for n in range(31, 31 + draw(st.integers(0, 3))):
        amount, given = draw(AMOUNTS), 0
        parts = []
        for at, one in enumerate(items):
            if one.open > 0 and given < amount and draw(st.integers(0, 3)) == 0:
                part = draw(st.integers(1, amount - given))
                given += part
                items[at] = replace(one, amount=one.amount + part)
                parts.append(Allocation(one.id, part, directed=draw(st.booleans()), id=n * 100 + at))
        status = payment_status(amount, given)
        if not parts and draw(st.integers(0, 4)) == 0:
            status = PaymentState.ON_ACCOUNT
        payments.append(Payment(n, f"T-{n}", days(draw(st.integers(-100, 0))), "card", amount, status, tuple(parts)))
    return items, tuple(payments)


@st.composite
def _promises(draw: st.DrawFn) -> tuple[Promise, ...]:
    """Open ones and closed ones, one after the other; the figures of closed ones are whatever they came with."""
    found = []
    made = sorted(draw(st.lists(st.integers(-60, 0), max_size=3)))
    for n, on in enumerate(made, 50):
        last = n - 50 == len(made) - 1
        status = draw(
            st.sampled_from(
                ["ACTIVE", "ACTIVE", "KEPT", "BROKEN", "CANCELLED"] if last else ["KEPT", "BROKEN", "SUPERSEDED"]
            )
        )
        dues = sorted(draw(st.lists(st.integers(on, on + 40), min_size=1, max_size=3)))
        paid = status == "KEPT"
        amounts = [draw(AMOUNTS) for _ in dues]
        state = {"KEPT": "PAID", "ACTIVE": "OPEN", "BROKEN": "MISSED"}.get(status, "WAIVED")
        parts = tuple(
            Instalment(seq, days(due), amount, amount if paid else 0, InstalmentState(state))
            for seq, (due, amount) in enumerate(zip(dues, amounts, strict=True), 1)
        )
        kind = "single" if len(parts) == 1 else "plan"
        grace = draw(st.tuples(st.integers(0, 3), st.sampled_from(["days", "business"])))
        closed = None if status == "ACTIVE" else days(min(0, made[n - 49] if not last else max(on, dues[-1])))
        found.append(
            Promise(
                n,
                kind,
                PromiseState(status),
                sum(amounts),
                days(on),
                grace[0],
                parts,
                grace_unit=grace[1],
                closed_on=closed,
            )
        )
    return tuple(found)


#: Of which items a notice is: of any, or of some.
_ABOUT = st.just(range(100)) | st.frozensets(st.integers(10, 22))


@st.composite
def _holds(draw: st.DrawFn, ident: int) -> Hold:
    until = draw(st.none() | st.integers(-2, 20))
    return Hold(ident, draw(st.sampled_from(sorted(KINDS))), days(-3), None if until is None else days(until))


def cutting(facts: AccountFacts) -> AccountFacts:
    """The account with every cut for non-payment announced long enough ago."""
    return replace(facts, messages=(notice(-RULES.suspend.notice_days),))
