"""Folding effects into facts: what each effect changes, and that every effect is known."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collect_tui.defaults import load
from collect_tui.domain import effects as fx
from collect_tui.domain.case.case import Case
from collect_tui.domain.effect import fold_all
from collect_tui.domain.facts import (
    AccountFacts,
    Allocation,
    Application,
    Attempt,
    Callback,
    Hold,
    Holder,
    Message,
    NextAction,
    Party,
    Payment,
    Point,
)
from collect_tui.domain.message import decide
from collect_tui.domain.message.effects import Content
from collect_tui.domain.message.message import WRITTEN_DAYS, Received
from collect_tui.domain.message.template import Head
from collect_tui.domain.payment.moving import payment_status
from collect_tui.domain.promise.effects import instalment_status
from collect_tui.domain.states import (
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
from support.trade import TODAY, account, credit, days, item, notice, order, promise

NOW = datetime(2025, 11, 24, 16, 0, tzinfo=UTC)
MOBILE = Point(1, "mobile", "+1 312 555 0142", 1, zones=("America/Chicago",))
TEXT = Content("1", "en", "Your account", "Please pay 412.10.")
CALL = fx.ContactLogged(90, "TM", "RP", NOW, 1, True, True, True, True, True)


def pay(ident: int, amount: int, received: int = 0, status: str = "UNAPPLIED", *parts: tuple[int, int]) -> Payment:
    return Payment(ident, f"P-{ident}", days(received), "bank", amount, status, tuple(Allocation(*p) for p in parts))


DISPUTE = Case(26, "DI-A", "dispute", 1, "NEW", TODAY, NOW, "mia", "mia")

GUARANTOR = Party(111, "guarantor", "Luis", 1, points=(replace(MOBILE, id=112, order=2),))

SAMPLES: dict[type, fx.Effect] = {
    fx.ContactLogged: CALL,
    fx.ContactVoided: fx.ContactVoided(91, 5, "mistake"),
    fx.NoteWritten: fx.NoteWritten(92, "gate code", "gate code", pinned=True),
    fx.NoteUnpinned: fx.NoteUnpinned(93, "dog"),
    fx.NextActionSet: fx.NextActionSet(NextAction("call", days(3)), NextAction("call", TODAY)),
    fx.PointMarked: fx.PointMarked(1, "bad", "out", "unknown", "unknown"),
    fx.Verified: fx.Verified(("date of birth", "address"), "call", "mia", NOW, 3),
    fx.PointAdded: fx.PointAdded(replace(MOBILE, id=110, order=2)),
    fx.PointRemoved: fx.PointRemoved(MOBILE),
    fx.PartyAdded: fx.PartyAdded(GUARANTOR),
    fx.PartyRemoved: fx.PartyRemoved(replace(GUARANTOR, id=120, role="spouse", points=())),
    fx.PointChanged: fx.PointChanged(replace(MOBILE, value="+1 312 555 0188"), MOBILE),
    fx.CallbackScheduled: fx.CallbackScheduled(Callback(94, NOW, "mia")),
    fx.CallbackGiven: fx.CallbackGiven(6, "lee", None),
    fx.CallbackChanged: fx.CallbackChanged(6, CallbackState.DONE, CallbackState.SCHEDULED),
    fx.HoldPlaced: fx.HoldPlaced(Hold(95, "CEASE", TODAY, None)),
    fx.HoldChanged: fx.HoldChanged(7, HoldState.RELEASED, HoldState.ACTIVE),
    fx.PromiseMade: fx.PromiseMade(promise(96, (4, 5000, 0))),
    fx.PromiseChanged: fx.PromiseChanged(8, PromiseState.CANCELLED, PromiseState.ACTIVE, "moved"),
    fx.PromiseConfirmed: fx.PromiseConfirmed(8, TODAY),
    fx.InstalmentPaid: fx.InstalmentPaid(8, 1, 4000, 1000),
    fx.PaymentRecorded: fx.PaymentRecorded(pay(97, 5000)),
    fx.PaymentAllocated: fx.PaymentAllocated(98, 9, Allocation(11, 1500)),
    fx.PaymentReversed: fx.PaymentReversed(9, PaymentState.RETURNED, "R01"),
    fx.AllocationReleased: fx.AllocationReleased(21, 20, Allocation(13, 600)),
    fx.CreditApplied: fx.CreditApplied(Application(101, 14, 11, 300)),
    fx.CreditReleased: fx.CreditReleased(Application(22, 14, 12, 200)),
    fx.ItemCharged: fx.ItemCharged(item(102, 2500, 0)),
    fx.ItemVoided: fx.ItemVoided(11, "INV-11", 20000),
    fx.OrderRequested: fx.OrderRequested(order(99, 1, "suspend", "REQUESTED")),
    fx.OrderChanged: fx.OrderChanged(10, OrderState.SENT, OrderState.REQUESTED),
    fx.ServiceReplaced: fx.ServiceReplaced(1, "INT50", 2990, "INT", 6000),
    fx.DateMoved: fx.DateMoved("order", 10, days(9), days(2)),
    fx.ServiceChanged: fx.ServiceChanged(1, ServiceState.PENDING_SUSPEND, "nonpay", ServiceState.ACTIVE, None),
    fx.LadderChanged: fx.LadderChanged(Stage.NOTICE_2, Holder.read("hold 3"), Stage.NOTICE_2, None),
    fx.MessageWritten: fx.MessageWritten(
        Message(103, "", "email", MessageState.QUEUED, None, template="reminder", made_on=TODAY),
        TEXT,
        "a@b.example",
        "Reminder",
    ),
    fx.MessageReleased: fx.MessageReleased(23, "letter", 1, "1 Main St", TEXT, "Notice"),
    fx.MessageChanged: fx.MessageChanged(24, MessageState.SENT, MessageState.QUEUED, served_on=days(3), sent_on=TODAY),
    fx.MessageReceived: fx.MessageReceived(Received(104, "email", InboxState.RECEIVED, TODAY)),
    fx.InboxChanged: fx.InboxChanged(Received(25, "email", InboxState.RECEIVED, TODAY), InboxState.ANSWERED),
    fx.CaseOpened: fx.CaseOpened(Case(105, "DI-B", "dispute", 1, "NEW", TODAY, NOW, "mia", "mia"), "Dispute", 106),
    fx.CaseChanged: fx.CaseChanged(
        DISPUTE, replace(DISPUTE, state="VOIDED", ended=True), "Dispute", "is taken back", 107
    ),
    fx.ItemExcluded: fx.ItemExcluded(11, "INV-11", 5000),
    fx.AttributeSet: fx.AttributeSet("account.credit_limit", None, 300000),
    fx.Snoozed: fx.Snoozed(days(2), "RESEARCH", 1),
}
UNFELT: tuple[fx.Effect, ...] = (
    fx.ScriptRead(9, "party", "Right party", "en", "0" * 64, NOW),
    fx.Skipped("HOURS"),
    fx.ActUndone("a"),
    fx.CaseDocumented(109, 26, "DI-A", "proof-of-debt", "{}"),
    fx.CaseNoted(108, 26, "DI-A", "called"),
)  # the store knows what to do with them


def full() -> AccountFacts:
    return account(
        snoozes=1,
        points=(MOBILE,),
        parties=(replace(GUARANTOR, id=120, role="spouse", points=()),),
        pinned=("dog", "hard of hearing", "dog"),
        attempts=(Attempt(NOW, "TM", "LM", True, False, 1, id=5),),
        callbacks=(Callback(6, NOW, None),),
        holds=(Hold(7, "MEDICAL", TODAY, days(30)),),
        promises=(promise(8, (2, 4000, 1000), (9, 4000, 0), kind="plan"),),
        items=(*account().items, credit(14, 500)),
        payments=(pay(9, 2000, -3), pay(20, 600, -2, "APPLIED", (13, 600))),
        applications=(Application(22, 14, 12, 200),),
        orders=(order(10, 1, "suspend", "REQUESTED"),),
        cases=(DISPUTE,),
        inbox=(Received(25, "email", InboxState.RECEIVED, TODAY),),
        messages=(notice(None, status="DRAFT", ident=23), notice(None, "2", status="QUEUED", ident=24)),
    )


def test_every_effect_of_the_union_has_its_fold() -> None:
    facts = full()
    for kind in fx.KINDS.values():
        effect = SAMPLES.get(kind) or next(e for e in UNFELT if isinstance(e, kind))
        after = effect.fold(facts)
        assert (after == facts) is (effect in UNFELT), kind
        assert after.version == facts.version


@pytest.mark.parametrize(
    "kind", [k for k in fx.KINDS.values() if k not in {fx.ContactLogged, fx.NextActionSet, fx.Snoozed}]
)
def test_an_effect_on_a_row_that_is_not_loaded_changes_nothing_else(kind: type) -> None:
    bare = account(items=(), services=())
    effect = SAMPLES.get(kind) or next(e for e in UNFELT if isinstance(e, kind))
    after = effect.fold(bare)
    adds = {fx.NoteWritten, fx.CallbackScheduled, fx.HoldPlaced, fx.PromiseMade, fx.PaymentRecorded, fx.OrderRequested}
    adds |= {
        fx.PointAdded,
        fx.PartyAdded,
        fx.Verified,
        fx.CaseOpened,
        fx.CreditApplied,
        fx.ItemCharged,
        fx.MessageWritten,
        fx.MessageReceived,
        fx.AttributeSet,
    }
    assert (after != bare) is (kind in adds | {fx.LadderChanged})


def test_a_number_that_was_used_since_it_was_added_is_kept_and_no_longer_the_customers() -> None:
    added = fx.PointAdded(replace(MOBILE, id=110, order=2))
    after = added.fold(full())
    assert added.inverse(after, lambda: 1, "slip") == (fx.PointRemoved(added.point),)
    used = fold_all(after, [replace(CALL, point_id=110)])
    (back,) = added.inverse(used, lambda: 1, "slip")
    assert back == fx.PointMarked(110, "wrong", "unknown", "unknown", "unknown")


def test_a_contact_is_an_attempt_and_ends_the_snoozing() -> None:
    after = CALL.fold(full())
    assert after.attempts[-1] == Attempt(NOW, "TM", "RP", True, True, 1)
    assert after.attempts[-1].id == 90
    assert after.snoozes == 0
    third = replace(CALL, right_party=False).fold(full())
    assert not third.attempts[-1].conversation, "somebody else on the line is no conversation with the customer"


def test_a_contact_taken_back_no_longer_counts() -> None:
    assert fold_all(full(), [CALL, fx.ContactVoided(91, 90, "mistake")]).attempts == full().attempts


def test_only_pinned_notes_are_facts_and_one_unpinning_takes_one() -> None:
    assert fx.NoteWritten(1, "x", "x").fold(full()).pinned == full().pinned
    assert fx.NoteUnpinned(1, "dog").fold(full()).pinned == ("hard of hearing", "dog")


def test_callbacks_and_holds_leave_the_facts_when_they_end() -> None:
    assert (
        fx.CallbackChanged(6, CallbackState.MISSED, CallbackState.SCHEDULED).fold(full()).callbacks[0].status
        == "MISSED"
    )
    for ended in ("DONE", "RESCHEDULED", "CANCELLED"):
        assert fx.CallbackChanged(6, ended, CallbackState.SCHEDULED).fold(full()).callbacks == ()
    for ended in ("RELEASED", "EXPIRED"):
        assert fx.HoldChanged(7, ended, HoldState.ACTIVE).fold(full()).holds == ()


@pytest.mark.parametrize("closed", ["CANCELLED", "SUPERSEDED"])
def test_closing_a_promise_waives_what_is_open_and_reopening_brings_it_back(closed: str) -> None:
    before = full()
    after = fx.PromiseChanged(8, closed, PromiseState.ACTIVE, "moved").fold(before)
    assert [i.status for i in after.promises[0].instalments] == ["WAIVED", "WAIVED"]
    assert after.promises[0].closed_reason == "moved"
    assert after.open_promise is None
    assert fx.PromiseChanged(8, PromiseState.ACTIVE, closed).fold(after) == before


def test_judging_a_promise_leaves_its_instalments_as_they_were_judged() -> None:
    after = fx.PromiseChanged(8, PromiseState.BROKEN, PromiseState.ACTIVE).fold(full())
    assert [i.status for i in after.promises[0].instalments] == ["PART_PAID", "OPEN"]


def test_an_old_promise_leaves_the_facts_when_it_ends() -> None:
    old = promise(8, (2, 4000, 0), made_on=days(-400))
    assert fx.PromiseChanged(8, PromiseState.KEPT, PromiseState.ACTIVE).fold(account(promises=(old,))).promises == ()
    year = promise(8, (2, 4000, 0), made_on=TODAY.replace(year=2024))
    assert (
        len(fx.PromiseChanged(8, PromiseState.KEPT, PromiseState.ACTIVE).fold(account(promises=(year,))).promises) == 1
    )


@pytest.mark.parametrize(
    ("status", "amount", "paid", "after"),
    [
        ("OPEN", 100, 0, "OPEN"),
        ("OPEN", 100, 1, "PART_PAID"),
        ("PART_PAID", 100, 100, "PAID"),
        ("PAID", 100, 40, "PART_PAID"),
        ("PAID", 100, 0, "OPEN"),
        ("MISSED", 100, 40, "MISSED"),
        ("MISSED", 100, 100, "PAID"),
        ("WAIVED", 100, 40, "WAIVED"),
    ],
)
def test_status_of_an_instalment(status: str, amount: int, paid: int, after: str) -> None:
    assert instalment_status(status, amount, paid) == after


@pytest.mark.parametrize(
    ("amount", "allocated", "status"),
    [(100, 0, "UNAPPLIED"), (100, 1, "PARTLY_APPLIED"), (100, 99, "PARTLY_APPLIED"), (100, 100, "APPLIED")],
)
def test_status_of_a_payment(amount: int, allocated: int, status: str) -> None:
    assert payment_status(amount, allocated) == status


def test_allocating_pays_items_and_reversing_opens_them_again() -> None:
    before = account(payments=())
    paid = fold_all(
        before,
        [
            fx.PaymentRecorded(pay(9, 30000, 0, "UNAPPLIED", (11, 999))),  # allocations come by their own effects
            fx.PaymentAllocated(1, 9, Allocation(11, 20000)),
            fx.PaymentAllocated(2, 9, Allocation(12, 1210)),
        ],
    )
    assert [(i.id, i.open) for i in paid.items] == [(12, 20000), (13, 6000)]
    assert [i.id for i in paid.settled] == [11]
    assert (paid.payments[0].status, paid.payments[0].unapplied) == ("PARTLY_APPLIED", 8790)
    back = fx.PaymentReversed(9, PaymentState.RETURNED, "R01").fold(paid)
    assert back.items == before.items
    assert back.settled == ()
    assert (back.payments[0].status, back.payments[0].returned_reason, back.payments[0].unapplied) == (
        "RETURNED",
        "R01",
        0,
    )
    assert back.total == before.total


def test_a_payment_applied_in_full_leaves_when_it_is_old() -> None:
    old = account(payments=(pay(9, 1000, -91),))
    assert fx.PaymentAllocated(1, 9, Allocation(11, 400)).fold(old).payments[0].unapplied == 600
    assert fx.PaymentAllocated(1, 9, Allocation(11, 1000)).fold(old).payments == ()
    edge = account(payments=(pay(9, 1000, -90),))
    assert fx.PaymentAllocated(1, 9, Allocation(11, 1000)).fold(edge).payments[0].status == "APPLIED"


@pytest.mark.parametrize(
    ("status", "stays"), [("SENT", True), ("COMPLETED", True), ("REJECTED", False), ("CANCELLED", False)]
)
def test_orders_that_ended_leave_but_the_last_completed_one(status: str, stays: bool) -> None:
    done = order(5, 1, "suspend", "COMPLETED")
    other = order(6, 2, "suspend", "COMPLETED")
    facts = account(orders=(done, other, order(10, 1, "restore", "SENT")))
    after = fx.OrderChanged(10, status, OrderState.SENT, "answer").fold(facts)
    assert (10 in {o.id for o in after.orders}) is stays
    assert (5 in {o.id for o in after.orders}) is (status != "COMPLETED"), (
        "only the last completed one of a service stays"
    )
    assert 6 in {o.id for o in after.orders}


def test_service_ladder_and_snooze() -> None:
    after = fold_all(full(), [SAMPLES[fx.ServiceChanged], SAMPLES[fx.LadderChanged], SAMPLES[fx.Snoozed]])
    assert (after.services[0].status, after.services[0].suspend_cause) == ("PENDING_SUSPEND", "nonpay")
    assert after.ladder_paused_by == Holder.read("hold 3")
    assert after.snoozes == 2


@given(
    amounts=st.lists(st.integers(1, 10_000), min_size=1, max_size=5),
    parts=st.lists(st.tuples(st.integers(0, 4), st.integers(1, 10_000)), max_size=12),
)
def test_any_allocations_reversed_leave_the_items_as_they_were(
    amounts: list[int], parts: list[tuple[int, int]]
) -> None:
    """Whatever was paid off in whatever order, taking the payment back opens exactly that, in the same order."""
    items = tuple(item(n, amount, -n) for n, amount in enumerate(amounts, start=1))
    before = account(items=tuple(sorted(items, key=lambda i: (i.due, i.id))))
    ids, left = count(100), {i.id: i.open for i in items}
    effects: list[fx.Effect] = [fx.PaymentRecorded(pay(9, sum(amounts)))]
    for at, part in parts:
        item_id = items[at % len(items)].id
        take = min(part, left[item_id])
        if take:
            left[item_id] -= take
            effects.append(fx.PaymentAllocated(next(ids), 9, Allocation(item_id, take)))
    paid = fold_all(before, effects)
    assert {i.id: i.open for i in paid.items} == {k: v for k, v in left.items() if v}
    assert paid.total == before.total - sum(amounts), "unapplied money counts against the total as well"
    assert fx.PaymentReversed(9, PaymentState.REVERSED, "typed twice").fold(paid).items == before.items


def test_samples_have_no_default_that_hides_a_field() -> None:
    """Each effect is listed once; a new effect must be given a sample here."""
    assert {*SAMPLES, *(type(e) for e in UNFELT)} == set(fx.KINDS.values())
    assert all(fields(kind) for kind in SAMPLES)


def test_a_draft_is_requested_when_it_is_sent_off() -> None:
    waiting = replace(order(10, 1, "restore", "DRAFT"), requested_on=days(-9))
    after = fx.OrderChanged(10, OrderState.REQUESTED, OrderState.DRAFT, "paid").fold(account(orders=(waiting,)))
    assert [o.requested_on for o in after.orders] == [TODAY]
    back = fx.OrderChanged(10, OrderState.CANCELLED, OrderState.REQUESTED).fold(after)
    assert back.orders == ()


def test_a_message_that_is_no_notice_leaves_when_it_is_old() -> None:
    old = replace(notice(None, "", status="QUEUED", ident=24), made_on=days(-WRITTEN_DAYS - 1))
    sent = fx.MessageChanged(24, MessageState.SENT, MessageState.QUEUED, sent_on=TODAY)
    assert sent.fold(account(messages=(old,))).messages == ()
    (kept,) = sent.fold(account(messages=(replace(old, level="2"),))).messages
    assert (kept.status, kept.sent_on, kept.served_on) == ("SENT", TODAY, None)


@pytest.mark.parametrize(
    ("effect", "words"),
    [
        (SAMPLES[fx.MessageWritten], 'reminder by email: "Please pay 412.10."'),
        (SAMPLES[fx.MessageReleased], 'notice goes by letter: "Please pay 412.10."'),
        (fx.MessageChanged(24, MessageState.DRAFT, MessageState.QUEUED), "notice 2 by letter is a draft again"),
        (fx.MessageChanged(24, MessageState.QUEUED, MessageState.CANCELLED), "notice 2 by letter waits again"),
        (
            fx.MessageChanged(24, MessageState.DRAFT, MessageState.DRAFT, blocked="no_way"),
            "notice 2 by letter stays a draft (no way)",
        ),
        (SAMPLES[fx.MessageChanged], "notice 2 by letter is sent, served Thu 27 Nov"),
        (
            fx.MessageChanged(24, MessageState.CANCELLED, MessageState.QUEUED, detail="paid."),
            "notice 2 by letter is cancelled: paid",
        ),
    ],
)
def test_what_becomes_of_a_message_in_words(effect: fx.Effect, words: str) -> None:
    assert effect.words(full(), load(today=TODAY).codes, "America/Chicago") == words


def test_a_long_text_is_named_by_its_subject() -> None:
    long = replace(SAMPLES[fx.MessageReleased], content=replace(TEXT, text="a" * 321))
    assert long.words(full(), load(today=TODAY).codes, "America/Chicago") == 'notice goes by letter: "Your account"'


def test_what_a_message_is_about_lies_in_the_order_in_which_it_is_loaded() -> None:
    late = account(items=(item(13, 500, -63), item(11, 700, -33), item(12, 900, 9)))
    head = Head("notice", "Notice", ("letter",), "items past due")
    assert decide.about(late, head) == ((11, 13), (700, 500))
    assert decide.about(late, replace(head, about="items coming due")) == ((12,), (900,))
