"""The law of effects: facts folded over an act equal the facts loaded after the act was written; and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Table, select
from sqlmodel import SQLModel

from collect_tui.desk.errors import Refused, Stale
from collect_tui.domain import effects as fx
from collect_tui.domain.case.case import Asked, Case
from collect_tui.domain.effect import fold_all
from collect_tui.domain.facts import (
    AccountFacts,
    Allocation,
    Application,
    Callback,
    Hold,
    Holder,
    Instalment,
    Item,
    Message,
    NextAction,
    Order,
    Parked,
    Party,
    Payment,
    Point,
    Promise,
)
from collect_tui.domain.message.effects import Content
from collect_tui.domain.message.message import Received
from collect_tui.domain.states import (
    MESSAGE,
    CallbackState,
    HoldState,
    InboxState,
    MessageState,
    OrderState,
    PaymentState,
    PromiseState,
    ServiceState,
    Stage,
)
from collect_tui.store.apply import apply
from collect_tui.store.customers import point
from collect_tui.store.engine import Store
from collect_tui.store.facts import load_by_id
from support.portfolio import DAY, NOW, TENANT, USER, Added, add_account, ids, make_store

LATER = DAY + timedelta(days=7)


def table(name: str) -> Table:
    return SQLModel.metadata.tables[name]


def rows(store: Store, name: str, **where: Any) -> list[Any]:
    t = table(name)
    with store.read() as db:
        query = select(t).where(t.c.tenant_id == TENANT, *(t.c[k] == v for k, v in where.items()))
        query = query.order_by(*t.primary_key)  # else in the order of whatever index the planner takes
        return list(db.connection().execute(query))


def rich(store: Store) -> Added:
    """An account with something of everything that an effect may touch."""
    return add_account(
        store,
        items=[
            {"amount": 100_00, "open": 40_00},
            {"amount": 80_00},
            {"amount": 30_00, "open": 0},
            {"amount": -25_00, "kind": "credit"},
        ],
        points=[{"kind": "mobile"}, {"kind": "email", "value": "rosa@example.com"}],
        services=[{"product": "INT"}, {"product": "TV", "status": "SUSPENDED", "suspend_cause": "nonpay"}],
        promises=[
            {"instalments": [(DAY, 50_00), (LATER, 50_00)]},
            {"status": "BROKEN", "made_on": DAY - timedelta(days=100), "closed_reason": "not paid"},
            {"status": "CANCELLED", "instalments": [{"due": DAY, "amount": 20_00, "paid": 5_00, "status": "WAIVED"}]},
        ],
        payments=[{"amount": 95_00, "to": [(0, 60_00), (2, 30_00)]}],
        holds=[{"kind": "dispute"}],
        orders=[
            {"service": 0},
            {"service": 1, "status": "COMPLETED"},
            {"service": 1, "status": "SENT", "kind": "restore"},
        ],
        notices=[{}, {"status": "DRAFT", "sent_on": None}, {"level": "", "status": "QUEUED", "sent_on": None}],
        inbox=[{"point_id": None}, {"account_id": None, "detail": "PM"}],
        events=[{}],
        notes=[{"text": "dog", "pinned": True}, {"text": "will pay"}],
        callbacks=[{}],
        work={"queue": "new", "snoozes": 1, "snooze_until": LATER},
    )


def _case(item_id: int) -> Case:
    values = {"item": "INV-1", "amount": 30_00, "claim": "billed “twice” 二回"}
    made = Case(
        ids(), f"DI-{ids()}", "dispute", 1, "NEW", DAY, NOW, USER, USER, "billing", item_id=item_id, values=values
    )
    return replace(made, excluded=30_00, links=("TA-1", "TA-2"))


def loaded(store: Store, added: Added) -> AccountFacts:
    with store.read() as db:
        return load_by_id(db, TENANT, added.id)


def written(store: Store, facts: AccountFacts, *effects: fx.Effect) -> AccountFacts:
    """Applies the effects and loads again."""
    with store.write() as db:
        version = apply(db, TENANT, facts, effects, by="lee", at=NOW)
    with store.read() as db:
        after = load_by_id(db, TENANT, facts.id)
    assert after.version == version == facts.version + 1
    return after


def comparable(facts: AccountFacts) -> tuple[AccountFacts, object, object]:
    """What a fold can know: neither the version nor when an order left; settled items matter for a payment at hand."""
    orders = tuple(replace(o, sent_at=None) for o in facts.orders)
    at_hand = {a.item_id for p in facts.payments for a in p.allocations}
    settled = tuple(sorted((i for i in facts.settled if i.id in at_hand), key=lambda i: i.id))
    return replace(facts, version=0, orders=orders), settled, [a.id for a in facts.attempts]


def law(store: Store, added: Added, *effects: fx.Effect) -> AccountFacts:
    before = loaded(store, added)
    after = written(store, before, *effects)
    assert comparable(after) == comparable(fold_all(before, effects))
    return after


def contact(**more: Any) -> fx.ContactLogged:
    flags = {"outbound": True, "counted": True, "worked": True, "contact": True, "right_party": True}
    return fx.ContactLogged(
        **{"id": ids(), "action": "CALL", "result": "LM", "at": NOW, "point_id": None, **flags, **more}
    )


def promise(**more: Any) -> Promise:
    parts = (Instalment(1, DAY, 30_00), Instalment(2, LATER, 40_00))
    return Promise(
        **{"id": ids(), "kind": "plan", "status": "ACTIVE", "total": 70_00, "made_on": DAY, "grace_days": 2}
        | {"instalments": parts, "made_by": USER, "method": "ach", "ladder_step": "PAST_DUE", **more}
    )


def payment(amount: int, received_on: date = DAY) -> Payment:
    number = ids()
    return Payment(number, f"R{number}", received_on, "card", amount, PaymentState.UNAPPLIED)


def _paid(a: Added) -> tuple[fx.Effect, ...]:
    new = payment(100_00)
    return (
        fx.PaymentRecorded(new),
        fx.PaymentAllocated(ids(), new.id, Allocation(a.items[0], 40_00)),
        fx.PaymentAllocated(ids(), new.id, Allocation(a.items[1], 10_00)),
    )


def _credited(a: Added, amount: int = 20_00) -> fx.CreditApplied:
    return fx.CreditApplied(Application(ids(), a.items[3], a.items[1], amount))


def _charged() -> fx.ItemCharged:
    return fx.ItemCharged(Item(ids(), f"FEE-{ids()}", "fee", DAY, DAY, 8_00, 8_00))


TEXT = Content("1", "en", "Your account", "Please pay 412.10.", '["en", []]')


def _point(order: int, value: str) -> Point:
    return point(ids(), "mobile", value, order, "US", "US")


def _guarantor() -> Party:
    return Party(ids(), "guarantor", "Álvarez, Luis", 1, zone="America/Chicago", points=(_point(2, "312 555 0188"),))


def _message(point: int, *, status: MessageState = MessageState.QUEUED, **more: Any) -> fx.MessageWritten:
    told = {"level": "", "channel": "email", "template": "reminder", "served_on": None, "made_on": DAY, **more}
    message = Message(id=ids(), status=status, point_id=point, **told)
    return fx.MessageWritten(message, TEXT, "rosa@example.com", "Reminder", amounts=(10_00,) * len(message.items))


def _came_in(row: int, status: InboxState = InboxState.RECEIVED, **more: Any) -> Received:
    return Received(row, "email", status, DAY - timedelta(days=1), **more)


def _released(a: Added) -> fx.MessageReleased:
    return fx.MessageReleased(a.notices[1], "email", a.points[1], "rosa@example.com", TEXT, "Notice")


CASES: dict[str, Callable[[Added], tuple[fx.Effect, ...]]] = {
    "contact": lambda a: (contact(point_id=a.points[0], reason="JOB", note="out of work", typed="oow"),),
    "contact, wrong party": lambda a: (contact(right_party=False),),
    "contact taken back": lambda a: (fx.ContactVoided(ids(), a.events[0], "wrong account"),),
    "contact logged and taken back": lambda a: ((c := contact()), fx.ContactVoided(ids(), c.id, "slip")),
    "note": lambda a: (fx.NoteWritten(ids(), "plain", "pl"),),
    "pinned note": lambda a: (fx.NoteWritten(ids(), "gate code", "gc", pinned=True),),
    "pinned twice, unpinned once": lambda a: (
        fx.NoteWritten(ids(), "dog", "dog", pinned=True),
        fx.NoteUnpinned(a.notes[0], "dog"),
    ),
    "unpinned": lambda a: (fx.NoteUnpinned(a.notes[0], "dog"),),
    "next action put off and back": lambda a: (
        fx.NextActionSet(
            NextAction("monitor", LATER), NextAction("call", DAY), Parked(NextAction("call", DAY), 7, DAY)
        ),
        fx.NextActionSet(
            NextAction("order", DAY), NextAction("monitor", LATER), None, Parked(NextAction("call", DAY), 7, DAY)
        ),
    ),
    "next action": lambda a: (fx.NextActionSet(NextAction("visit", LATER, NOW), None),),
    "point": lambda a: (fx.PointMarked(a.points[0], "bad", "out", "unknown", "unknown", "web", DAY),),
    "verified": lambda a: (fx.Verified(("date of birth", "address"), "call", USER, NOW, 3),),
    "point added": lambda a: (fx.PointAdded(_point(2, "312 555 0188")),),
    "point added and removed": lambda a: (fx.PointAdded(one := _point(2, "+61 412 345 678")), fx.PointRemoved(one)),
    "point added and another": lambda a: (
        fx.PointAdded(one := _point(2, "+61 412 345 678")),
        fx.PointChanged(point(one.id, "mobile", "020 7946 0018", 2, "US", "GB"), one),
    ),
    "party added": lambda a: (fx.PartyAdded(_guarantor()),),
    "party added and removed": lambda a: (fx.PartyAdded(one := _guarantor()), fx.PartyRemoved(one)),
    "party added and its point marked": lambda a: (
        fx.PartyAdded(one := _guarantor()),
        fx.PointMarked(one.points[0].id, "bad", "unknown", "unknown", "unknown"),
    ),
    "callback": lambda a: (fx.CallbackScheduled(Callback(ids(), NOW, "mia", a.points[0], note="after lunch")),),
    "callback missed": lambda a: (fx.CallbackChanged(a.callbacks[0], CallbackState.MISSED, CallbackState.SCHEDULED),),
    "script read": lambda a: (fx.ScriptRead(ids(), "party", "Right party", "en", "0" * 64, NOW),),
    "callback given": lambda a: (fx.CallbackGiven(a.callbacks[0], "lee", "mia"),),
    "callback done": lambda a: (fx.CallbackChanged(a.callbacks[0], CallbackState.DONE, CallbackState.SCHEDULED),),
    "hold": lambda a: (
        fx.HoldPlaced(Hold(ids(), "medical", DAY, LATER, "note seen", "service", a.services[0], placed_by="lee")),
    ),
    "hold released": lambda a: (fx.HoldChanged(a.holds[0], HoldState.RELEASED, HoldState.ACTIVE, "solved"),),
    "promise": lambda a: (fx.PromiseMade(promise()),),
    "promise cancelled": lambda a: (
        fx.PromiseChanged(a.promises[0], PromiseState.CANCELLED, PromiseState.ACTIVE, "lost job"),
    ),
    "promise broken": lambda a: (
        fx.PromiseChanged(a.promises[0], PromiseState.BROKEN, PromiseState.ACTIVE, "not paid"),
    ),
    "promise superseded": lambda a: (
        fx.InstalmentPaid(a.promises[0], 1, 20_00, 0),
        fx.PromiseChanged(a.promises[0], PromiseState.SUPERSEDED, PromiseState.ACTIVE),
        fx.PromiseMade(promise(supersedes=a.promises[0])),
    ),
    "promise closed and opened again": lambda a: (
        fx.InstalmentPaid(a.promises[0], 1, 20_00, 0),
        fx.PromiseChanged(a.promises[0], PromiseState.CANCELLED, PromiseState.ACTIVE, "slip"),
        fx.PromiseChanged(a.promises[0], PromiseState.ACTIVE, PromiseState.CANCELLED, "undone"),
    ),
    "promise confirmed in writing": lambda a: (
        fx.PromiseMade(one := promise(confirm_by=LATER)),
        fx.PromiseConfirmed(one.id, DAY),
    ),
    "confirmation came back": lambda a: (
        fx.PromiseMade(one := promise(confirm_by=LATER)),
        fx.PromiseConfirmed(one.id, DAY),
        fx.PromiseConfirmed(one.id, None, DAY),
    ),
    "cancelled promise opened again": lambda a: (
        fx.PromiseChanged(a.promises[2], PromiseState.ACTIVE, PromiseState.CANCELLED),
    ),
    "instalments paid": lambda a: (
        fx.InstalmentPaid(a.promises[0], 1, 50_00, 0),
        fx.InstalmentPaid(a.promises[0], 2, 10_00, 0),
        fx.InstalmentPaid(a.promises[0], 1, 0, 50_00),
    ),
    "payment left unapplied": lambda a: (fx.PaymentRecorded(payment(10_00)),),
    "old payment left unapplied": lambda a: (fx.PaymentRecorded(payment(10_00, DAY - timedelta(days=200))),),
    "payment applied": _paid,
    "old payment applied": lambda a: (
        fx.PaymentRecorded(p := payment(80_00, DAY - timedelta(days=91))),
        fx.PaymentAllocated(ids(), p.id, Allocation(a.items[1], 80_00)),
    ),
    "payment returned": lambda a: (fx.PaymentReversed(a.payments[0], PaymentState.RETURNED, "NSF"),),
    "payment recorded and reversed": lambda a: (
        *(done := _paid(a)),
        fx.PaymentReversed(done[0].payment.id, PaymentState.REVERSED, "wrong account"),  # type: ignore[union-attr]
    ),
    "part of a payment returned": lambda a: (fx.PaymentReversed(a.payments[0], PaymentState.RETURNED, "NSF", 5_00),),
    "payment applied and released": lambda a: (
        *(done := _paid(a)),
        fx.AllocationReleased(done[1].id, done[0].payment.id, done[1].allocation),  # type: ignore[union-attr]
    ),
    "credit": lambda a: (_credited(a),),
    "credit used up and released": lambda a: (
        (one := _credited(a, 25_00)),
        fx.CreditReleased(one.application),
    ),
    "fee": lambda a: (_charged(),),
    "fee taken off": lambda a: ((one := _charged()), fx.ItemVoided(one.item.id, one.item.doc_no, 8_00)),
    "order": lambda a: (
        fx.OrderRequested(
            Order(
                ids(),
                f"SO-{ids()}",
                a.services[0],
                "suspend",
                "NONPAY",
                LATER,
                OrderState.DRAFT,
                DAY,
                reversal_of=a.orders[1],
            )
        ),
    ),
    "order sent": lambda a: (fx.OrderChanged(a.orders[0], OrderState.SENT, OrderState.REQUESTED),),
    "order cancelled": lambda a: (fx.OrderChanged(a.orders[0], OrderState.CANCELLED, OrderState.REQUESTED, "paid"),),
    "order lifted": lambda a: (
        fx.OrderChanged(a.orders[0], OrderState.CANCELLED, OrderState.REQUESTED, "paid", lifted=True),
    ),
    "order lifted and standing again": lambda a: (
        fx.OrderChanged(a.orders[0], OrderState.CANCELLED, OrderState.REQUESTED, "paid", lifted=True),
        fx.OrderChanged(a.orders[0], OrderState.REQUESTED, OrderState.CANCELLED, "taken back"),
    ),
    "order completed": lambda a: (fx.OrderChanged(a.orders[2], OrderState.COMPLETED, OrderState.SENT, "ok"),),
    "service": lambda a: (
        fx.ServiceChanged(a.services[0], ServiceState.PENDING_SUSPEND, "nonpay", ServiceState.ACTIVE, None),
    ),
    "service replaced": lambda a: (fx.ServiceReplaced(a.services[0], "INT50", 20_00, "INT", 0),),
    "dates moved": lambda a: (
        fx.DateMoved("item", a.items[0], LATER, DAY - timedelta(days=40)),
        fx.DateMoved("instalment", a.promises[0], DAY + timedelta(days=9), LATER, 2),
        fx.DateMoved("order", a.orders[0], LATER, DAY + timedelta(days=3)),
    ),
    "ladder": lambda a: (fx.LadderChanged(Stage.NOTICE_1, Holder.read("promise 1"), Stage.CURRENT, None),),
    "ladder resumed": lambda a: (fx.LadderChanged(Stage.CURRENT, None, Stage.CURRENT, Holder.read("promise 1")),),
    "set of the account": lambda a: (
        fx.AttributeSet("account.credit_limit", None, 300_000),
        fx.AttributeSet("account.cash_only", False, True),
        fx.AttributeSet("account.credit_limit", 300_000, None),
    ),
    "set of the customer": lambda a: (
        fx.AttributeSet("party.support", "", "interpreter"),
        fx.AttributeSet("party.language", "en", "es"),
        fx.AttributeSet("party.name", "Rosa Alvarez", "Rosa Álvarez-Łoś"),
        fx.AttributeSet("party.zone", None, "America/Denver"),
        fx.AttributeSet("party.times", "", "not sat"),
    ),
    "snoozed": lambda a: (fx.Snoozed(LATER, "away", 1),),
    "snoozed, then worked": lambda a: (fx.Snoozed(LATER, "away", 1), contact()),
    "message": lambda a: (_message(a.points[1], items=(a.items[0], a.items[1])),),
    "notice drafted for another to release": lambda a: (
        _message(a.points[1], level="pre-cut", status=MessageState.DRAFT, items=(a.items[0],)),
    ),
    "message written and cancelled": lambda a: (
        (one := _message(a.points[1])),
        fx.MessageChanged(one.message.id, MessageState.CANCELLED, MessageState.QUEUED, detail="paid"),
    ),
    "message released": lambda a: (_released(a),),
    "message released and a draft again": lambda a: (
        _released(a),
        fx.MessageChanged(a.notices[1], MessageState.DRAFT, MessageState.QUEUED, detail="slip"),
    ),
    "message that stays a draft": lambda a: (
        fx.MessageChanged(a.notices[1], MessageState.DRAFT, MessageState.DRAFT, blocked="no_way"),
    ),
    "message sent and delivered": lambda a: (
        fx.MessageChanged(a.notices[2], MessageState.SENT, MessageState.QUEUED, sent_on=DAY, reference="X1", cost=55),
        fx.MessageChanged(a.notices[2], MessageState.DELIVERED, MessageState.SENT, served_on=LATER),
    ),
    "notice that came back": lambda a: (
        fx.MessageChanged(a.notices[0], MessageState.RETURNED, MessageState.SENT, detail="moved"),
    ),
    "message that came in": lambda a: (fx.MessageReceived(_came_in(a.inbox[1], suggestion="PM"), a.notices[0]),),
    "message that came in and needs no answer": lambda a: (
        fx.MessageReceived(_came_in(a.inbox[1], InboxState.DONE), None),
    ),
    "message answered": lambda a: (fx.InboxChanged(_came_in(a.inbox[0]), InboxState.ANSWERED, "answered"),),
    "message answered, and waiting again": lambda a: (
        fx.InboxChanged(_came_in(a.inbox[0]), InboxState.ANSWERED),
        fx.InboxChanged(_came_in(a.inbox[0], InboxState.ANSWERED), InboxState.RECEIVED),
    ),
    "message cancelled and waiting again": lambda a: (
        fx.MessageChanged(a.notices[2], MessageState.CANCELLED, MessageState.QUEUED, detail="slip"),
        fx.MessageChanged(a.notices[2], MessageState.QUEUED, MessageState.CANCELLED, detail="undone"),
    ),
    "case opened, moved, noted and waiting for a decision": lambda a: (
        fx.CaseOpened(made := _case(a.items[1]), "Dispute", ids()),
        fx.ItemExcluded(a.items[1], "", 30_00),
        fx.CaseDocumented(ids(), made.id, made.number, "proof-of-debt", "{}"),
        fx.CaseNoted(ids(), made.id, made.number, "called the customer"),
        fx.CaseChanged(made, going := replace(made, state="IN_REVIEW", owner="ben"), "Dispute", "is in review", ids()),
        fx.CaseChanged(
            going, replace(going, asked=Asked("grant", "ben", DAY, 30_00, {"finding": "so"})), "Dispute", "waits", ids()
        ),
    ),
    "case ended": lambda a: (
        fx.CaseOpened(made := _case(a.items[1]), "Dispute", ids()),
        fx.ItemExcluded(a.items[1], "", 30_00),
        fx.CaseChanged(
            made, replace(made, state="INVALID", ended=True, excluded=0), "Dispute", "is refused", ids(), "no proof"
        ),
        fx.ItemExcluded(a.items[1], "", -40_00),
    ),
    "skipped": lambda a: (fx.Skipped("busy"),),
    "undone": lambda a: (fx.ActUndone("0000"),),
}


@pytest.mark.parametrize("case", CASES)
def test_what_is_shown_is_what_happens(store: Store, case: str) -> None:
    added = rich(store)
    law(store, added, *CASES[case](added))


def test_every_effect_has_a_case() -> None:
    a = Added(1, 1, "1", *[[1, 2, 3, 4]] * 12)
    covered = {type(effect) for case in CASES.values() for effect in case(a)}
    assert covered == set(fx.KINDS.values())


@settings(max_examples=30, deadline=None, phases=[Phase.generate, Phase.shrink])
@given(data=st.data())
def test_any_sequence_of_acts_keeps_the_law(data: st.DataObject) -> None:
    with make_store() as store:
        added = rich(store)
        for _ in range(data.draw(st.integers(1, 4), label="acts")):
            before = loaded(store, added)
            now, effects = before, []
            for _ in range(data.draw(st.integers(1, 5), label="effects")):
                effect = data.draw(st.sampled_from(possible(now, added)))(data.draw)
                effects.append(effect)
                now = fold_all(now, [effect])
            after = written(store, before, *effects)
            assert comparable(after) == comparable(now)
            check_money(store, added)


def possible(facts: AccountFacts, a: Added) -> list[Callable[[Any], fx.Effect]]:
    """What could be decided next on these facts."""
    amount = st.integers(1, 60_00)
    can: list[Callable[[Any], fx.Effect]] = [
        lambda draw: contact(counted=draw(st.booleans()), contact=draw(st.booleans())),
        lambda draw: fx.NoteWritten(ids(), draw(st.sampled_from(["dog", "cat"])), "", pinned=draw(st.booleans())),
        lambda draw: fx.Snoozed(LATER, "away", facts.snoozes),
        lambda draw: fx.PaymentRecorded(payment(draw(amount), DAY - timedelta(days=draw(st.integers(0, 120))))),
        lambda draw: fx.PromiseMade(promise(made_on=DAY - timedelta(days=draw(st.integers(0, 400))))),
        lambda draw: fx.LadderChanged(draw(st.sampled_from(["PAST_DUE", "FINAL"])), None, facts.stage, None),
        lambda draw: fx.CallbackScheduled(Callback(ids(), NOW, None)),
        lambda draw: _message(a.points[1], status=MessageState[draw(st.sampled_from(["DRAFT", "QUEUED"]))]),
        lambda draw: fx.HoldPlaced(Hold(ids(), "medical", DAY, None, placed_by=USER)),
    ]
    can += [lambda draw, text=text: fx.NoteUnpinned(0, text) for text in facts.pinned]
    can += [lambda draw, at=at: fx.ContactVoided(ids(), at.id, "slip") for at in facts.attempts]
    ends = st.sampled_from(["RELEASED", "EXPIRED"])
    can += [lambda draw, h=h: fx.HoldChanged(h.id, draw(ends), h.status) for h in facts.holds]
    for made in facts.promises:
        to = ["KEPT", "PARTIAL", "BROKEN", "SUPERSEDED", "CANCELLED"] if made.open else ["ACTIVE"]
        if made.open or made.status in {"CANCELLED", "SUPERSEDED", "KEPT"}:
            can.append(
                lambda draw, p=made, to=to: fx.PromiseChanged(p.id, draw(st.sampled_from(to)), p.status, "because")
            )
        can += [
            lambda draw, p=made, i=i: fx.InstalmentPaid(p.id, i.seq, draw(st.integers(0, i.amount)), i.paid)
            for i in made.instalments
        ]
    for message in facts.messages:
        if message.status == MessageState.DRAFT:
            can.append(lambda draw, m=message: replace(_released(a), id=m.id))
        for to in sorted(MESSAGE[message.status] - {MessageState.QUEUED}):
            can.append(lambda draw, m=message, to=to: fx.MessageChanged(m.id, to, m.status))
    credit = next((i for i in facts.items if i.credit), None)
    can += [lambda draw, one=one: fx.CreditReleased(one) for one in facts.applications]
    for received in facts.payments:
        can += [
            lambda draw, p=received, g=given: fx.AllocationReleased(g.id, p.id, g)
            for given in received.allocations
            if given.id
        ]
        if received.status not in {"RETURNED", "REVERSED"}:
            can.append(lambda draw, p=received: fx.PaymentReversed(p.id, PaymentState.RETURNED, "NSF"))
        for item in facts.items:
            most = min(received.unapplied, item.open)
            if most > 0:
                can.append(
                    lambda draw, p=received, i=item, most=most: fx.PaymentAllocated(
                        ids(), p.id, Allocation(i.id, draw(st.integers(1, most)))
                    )
                )
    for item in facts.items if credit is not None else ():
        if (most := min(credit.credit, item.open)) > 0:
            can.append(
                lambda draw, i=item, most=most: fx.CreditApplied(
                    Application(ids(), credit.id, i.id, draw(st.integers(1, most)))
                )
            )
    return can


def check_money(store: Store, added: Added) -> None:
    """Live allocations and what is open add up to each item's amount, and to no more than each payment's."""
    live = [r for r in rows(store, "allocation") if r.reversed_at is None]
    credited = [r for r in rows(store, "credit_application") if r.reversed_at is None]
    for item in rows(store, "item", account_id=added.id):
        paid = sum(r.amount for r in (*live, *credited) if r.item_id == item.id)
        used = sum(r.amount for r in credited if r.credit_id == item.id)
        assert item.open == item.amount - paid + used
    for received in rows(store, "payment", account_id=added.id):
        applied = sum(r.amount for r in live if r.payment_id == received.id)
        assert 0 <= applied <= (0 if received.status in {"RETURNED", "REVERSED"} else received.amount)


# ------------------------------------------------------------------------------------------------------ what rows show


def test_a_reversal_stamps_its_allocations_and_keeps_them(store: Store) -> None:
    added = rich(store)
    written(store, loaded(store, added), fx.PaymentReversed(added.payments[0], PaymentState.RETURNED, "NSF"))
    assert [r.reversed_at for r in rows(store, "allocation")] == [NOW, NOW]
    (row,) = rows(store, "payment")
    assert (row.status, row.returned_reason, row.returned_on) == ("RETURNED", "NSF", DAY)
    assert [r.open for r in rows(store, "item")] == [100_00, 80_00, 30_00, -25_00]


def test_who_and_when_stand_on_the_account(store: Store) -> None:
    added = rich(store)
    written(store, loaded(store, added), fx.LadderChanged(Stage.FINAL, None, Stage.CURRENT, None))
    (row,) = rows(store, "account")
    assert (row.changed_by, row.changed_at, row.stage_on) == ("lee", NOW, DAY)


def test_an_account_without_a_work_item_can_be_put_off(store: Store) -> None:
    added = add_account(store)
    written(store, loaded(store, added), fx.Skipped("busy"), fx.Snoozed(LATER, "away", 0))
    (row,) = rows(store, "work_item")
    assert (row.skipped, row.snoozes, row.snooze_until, row.number) == (1, 1, LATER, added.number)


def test_a_message_keeps_what_it_says_and_who_released_it(store: Store) -> None:
    added = rich(store)
    one = _message(added.points[1], items=(added.items[1], added.items[0]))
    draft = _message(added.points[1], level="pre-cut", status=MessageState.DRAFT)
    written(store, loaded(store, added), one, replace(draft, blocked="second_person"))
    (row,) = rows(store, "message", id=one.message.id)
    assert (row.text, row.document, row.version, row.lang, row.subject) == (
        TEXT.text,
        TEXT.document,
        "1",
        "en",
        TEXT.subject,
    )
    assert (row.address, row.made_by, row.made_at, row.released_by) == ("rosa@example.com", "lee", NOW, "lee")
    assert [(r.item_id, r.amount) for r in rows(store, "message_item", message_id=one.message.id)] == [
        (added.items[0], 10_00),
        (added.items[1], 10_00),
    ]
    (row,) = rows(store, "message", id=draft.message.id)
    assert (row.blocked, row.released_at, row.released_by) == ("second_person", None, None)
    facts = written(store, loaded(store, added), replace(_released(added), id=draft.message.id))
    (row,) = rows(store, "message", id=draft.message.id)
    assert (row.blocked, row.released_at, row.released_by) == ("", NOW, "lee")
    gone = fx.MessageChanged(draft.message.id, MessageState.CANCELLED, MessageState.QUEUED, detail="paid")
    facts = written(store, facts, gone)
    (row,) = rows(store, "message", id=draft.message.id)
    assert (row.detail, row.closed_at) == ("paid", NOW)
    written(store, facts, fx.MessageChanged(draft.message.id, MessageState.QUEUED, MessageState.CANCELLED))
    (row,) = rows(store, "message", id=draft.message.id)
    assert (row.status, row.closed_at) == ("QUEUED", None)


def test_an_order_that_leaves_and_is_answered_is_stamped(store: Store) -> None:
    added = rich(store)
    facts = written(
        store, loaded(store, added), fx.OrderChanged(added.orders[0], OrderState.SENT, OrderState.REQUESTED)
    )
    assert next(o for o in facts.orders if o.id == added.orders[0]).sent_at == NOW
    written(store, facts, fx.OrderChanged(added.orders[0], OrderState.REJECTED, OrderState.SENT, "no such service"))
    (row,) = rows(store, "service_order", id=added.orders[0])
    assert (row.answered_at, row.detail) == (NOW, "no such service")


# ------------------------------------------------------------------------------------------------------ what is refused


def test_the_second_of_two_is_told_who_and_when(store: Store) -> None:
    added = rich(store)
    seen = loaded(store, added)
    written(store, seen, contact())
    with pytest.raises(Stale) as told, store.write() as db:
        apply(db, TENANT, seen, [contact()], by="mia", at=NOW)
    assert (told.value.code, told.value.by, told.value.at) == ("account.changed", "lee", NOW)
    assert told.value.version == seen.version + 1
    assert len(rows(store, "contact_event")) == 2


@pytest.mark.parametrize(
    "late",
    [
        lambda a: fx.HoldChanged(a.holds[0], HoldState.EXPIRED, HoldState.RELEASED),
        lambda a: fx.PromiseChanged(a.promises[1], PromiseState.KEPT, PromiseState.ACTIVE),
        lambda a: fx.OrderChanged(a.orders[2], OrderState.CANCELLED, OrderState.REQUESTED),
        lambda a: fx.ServiceChanged(a.services[1], ServiceState.PENDING_SUSPEND, None, ServiceState.ACTIVE, None),
        lambda a: fx.CallbackChanged(a.callbacks[0], CallbackState.DONE, CallbackState.MISSED),
        lambda a: fx.InstalmentPaid(a.promises[0], 1, 10_00, 5_00),
        lambda a: fx.InstalmentPaid(a.promises[0], 9, 10_00, 0),
        lambda a: fx.AllocationReleased(1, a.payments[0], Allocation(a.items[0], 1)),
        lambda a: fx.PaymentReversed(1, PaymentState.RETURNED, "NSF"),
        lambda a: fx.NoteUnpinned(1, "no such note"),
        lambda a: fx.PointMarked(1, "bad", "in", "good", "in"),
        lambda a: replace(_released(a), id=a.notices[2]),
        lambda a: fx.MessageChanged(a.notices[2], MessageState.CANCELLED, MessageState.DRAFT),
    ],
)
def test_a_row_that_is_not_as_it_was_makes_the_act_stale(store: Store, late: Callable[[Added], fx.Effect]) -> None:
    added = rich(store)
    seen = loaded(store, added)
    with pytest.raises(Stale), store.write() as db:
        apply(db, TENANT, seen, [contact(), late(added)], by="mia", at=NOW)
    assert loaded(store, added) == seen  # all or nothing


def test_an_item_is_never_paid_below_nothing(store: Store) -> None:
    added = rich(store)
    new = payment(100_00)
    too_much = [fx.PaymentRecorded(new), fx.PaymentAllocated(ids(), new.id, Allocation(added.items[0], 40_01))]
    with pytest.raises(Refused) as told, store.write() as db:
        apply(db, TENANT, loaded(store, added), too_much, by="mia", at=NOW)
    assert told.value.code == "item.open"


def test_a_payment_is_never_applied_beyond_its_amount(store: Store) -> None:
    added = rich(store)
    new = payment(10_00)
    too_much = [fx.PaymentRecorded(new), fx.PaymentAllocated(ids(), new.id, Allocation(added.items[0], 10_01))]
    with pytest.raises(Refused) as told, store.write() as db:
        apply(db, TENANT, loaded(store, added), too_much, by="mia", at=NOW)
    assert told.value.code == "payment.over_allocated"


def test_an_open_account_keeps_a_next_action(store: Store) -> None:
    added = rich(store)
    seen = loaded(store, added)
    with pytest.raises(Refused) as told, store.write() as db:
        apply(db, TENANT, seen, [fx.NextActionSet(None, seen.next_action)], by="mia", at=NOW)
    assert told.value.code == "account.orphan"
    assert loaded(store, added) == seen


def test_another_tenants_rows_are_out_of_reach(store: Store) -> None:
    added = rich(store)
    other = add_account(store, "9999-0001", holds=[{}])
    with pytest.raises(Stale), store.write() as db:  # noqa: PT012
        released = fx.HoldChanged(other.holds[0], HoldState.RELEASED, HoldState.ACTIVE)
        apply(db, TENANT, loaded(store, added), [released], by="mia", at=NOW)


def test_no_effects_change_nothing(store: Store) -> None:
    added = rich(store)
    seen = loaded(store, added)
    with store.write() as db:
        assert apply(db, TENANT, seen, [], by="mia", at=NOW) == seen.version
    assert loaded(store, added) == seen
