"""Undo: compensation, in reverse, while nothing has left the building."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collect_tui.defaults import load
from collect_tui.domain import effects as fx
from collect_tui.domain.contact import decide as contact
from collect_tui.domain.errors import Refused
from collect_tui.domain.facts import AccountFacts, Callback, Hold, Holder, NextAction, Payment, Point
from collect_tui.domain.hold import decide as hold
from collect_tui.domain.message.effects import Content
from collect_tui.domain.order import decide as orders
from collect_tui.domain.payment import decide as payment
from collect_tui.domain.promise import decide as pp
from collect_tui.domain.queue import decide as worklist
from collect_tui.domain.states import (
    CallbackState,
    MessageState,
    OrderState,
    PaymentState,
    PromiseState,
    ServiceState,
)
from collect_tui.domain.undo import inverse, left_standing
from support.trade import CALENDAR, TODAY, account, days, fold, notice, numbers, order, promise, service

CATALOGUE = load(today=TODAY)
CODES = CATALOGUE.codes
NOW = datetime(2025, 11, 24, 16, 0, tzinfo=UTC)
M1 = Point(1, "mobile", "+1 312 555 0142", 1, zones=("America/Chicago",))


def rosa(**more: Any) -> AccountFacts:
    return account(**{"points": (M1,), **more})


def undo(effects: tuple[fx.Effect, ...], facts: AccountFacts) -> tuple[fx.Effect, ...]:
    return inverse(effects, facts, numbers(9000), "undone by mia")


def logged(facts: AccountFacts, result: str) -> tuple[fx.Effect, ...]:
    return contact.log(
        facts,
        action=CODES.actions["TM"],
        result=CODES.results[result],
        point=M1,
        reason="FORGOT",
        note="",
        typed="",
        now=NOW,
        ids=numbers(500),
        calendar=CALENDAR,
        zone="America/Chicago",
        holds=CATALOGUE.holds,
        rules=CATALOGUE.rules.contact,
    )


def paid(facts: AccountFacts, amount: int) -> tuple[fx.Effect, ...]:
    return payment.record(
        facts,
        amount=amount,
        method="bank",
        ref="P-1",
        received_on=TODAY,
        directed=(),
        ids=numbers(700),
    )


def promised(facts: AccountFacts, amount: int) -> tuple[fx.Effect, ...]:
    schedule = pp.single(amount, days(4))
    return pp.make(
        facts, schedule, kind="single", method=None, grace_days=2, by="mia", ids=numbers(600), calendar=CALENDAR
    )


def same(after: AccountFacts, before: AccountFacts) -> bool:
    """The accounts agree in all that undo promises: a contact taken back does not bring put-offs back."""
    return replace(after, snoozes=before.snoozes, promises=(), payments=()) == replace(before, promises=(), payments=())


@given(
    result=st.sampled_from(
        [code for code, each in sorted(CODES.results.items()) if not each.ways or "call" in each.ways]
    ),
    amount=st.integers(1000, 41210),
    pay=st.integers(100, 60000),
    kept=st.booleans(),
)
def test_what_was_done_in_one_act_is_as_it_was(result: str, amount: int, pay: int, kept: bool) -> None:
    """A contact, a promise and a payment in one act: undone, the account is as before, but for its history."""
    before = rosa(
        promises=(promise(8, (2, amount, 0)),) if kept else (),
        ladder_paused_by=Holder.read("promise 8") if kept else None,
    )
    facts, done = before, []
    for decide in (lambda f: logged(f, result), lambda f: promised(f, amount), lambda f: paid(f, pay)):
        effects = decide(facts)
        facts = fold(facts, effects)
        done += effects
    after = fold(facts, undo(tuple(done), facts))
    assert same(after, before)
    assert after.open_promise == before.open_promise
    assert all(p.status == "REVERSED" for p in after.payments)
    assert after.total == before.total


def test_a_promise_is_cancelled_and_the_one_it_replaced_stands_again() -> None:
    before = rosa(
        promises=(promise(8, (2, 5000, 1000)),),
        ladder_paused_by=Holder.read("promise 8"),
        next_action=NextAction("promise", days(6)),
    )
    effects = promised(before, 9000)
    after = fold(fold(before, effects), undo(effects, fold(before, effects)))
    assert [(p.id, p.status) for p in after.promises] == [(8, "ACTIVE"), (600, "CANCELLED")]
    assert after.open_promise == before.open_promise
    assert after.next_action == before.next_action
    assert after.ladder_paused_by == Holder.read("promise 8")


def test_a_next_action_that_was_moved_since_stays() -> None:
    effects = logged(rosa(), "LM")
    now = replace(fold(rosa(), effects), next_action=NextAction("review", days(9)))
    back = undo(effects, now)
    assert not any(isinstance(e, fx.NextActionSet) for e in back)
    assert fx.ContactVoided(9000, 500, "undone by mia") in back


def test_marks_holds_and_ladder_changed_since_stay() -> None:
    dead = logged(rosa(), "DC")
    now = fold(rosa(), dead)
    corrected = replace(now, points=(replace(M1, quality="good"),))
    assert not any(isinstance(e, fx.PointMarked) for e in undo(dead, corrected))
    assert fx.PointMarked(1, "unknown", "unknown", "bad", "unknown") in undo(dead, now)
    held = logged(rosa(), "CD")
    after = fold(rosa(), held)
    assert fold(after, undo(held, after)).holds == ()
    assert fold(after, undo(held, after)).ladder_paused_by is None
    ended = replace(after, holds=(), ladder_paused_by=None)
    assert not any(isinstance(e, fx.HoldChanged | fx.LadderChanged) for e in undo(held, ended))


def test_callbacks() -> None:
    effects = contact.callback(rosa(), at=NOW, point=M1, owner="mia", note="", ids=numbers(40), zone="America/Chicago")
    after = fold(rosa(), effects)
    back = undo(effects, after)
    assert fx.CallbackChanged(40, CallbackState.CANCELLED, CallbackState.SCHEDULED) in back
    assert fold(after, back) == rosa()
    facts = rosa(callbacks=(Callback(6, NOW, None, None, CallbackState.MISSED),))
    done = logged(facts, "RP")
    assert fx.CallbackChanged(6, CallbackState.MISSED, CallbackState.DONE) in undo(done, fold(facts, done))


def test_a_suspension_that_has_not_left_is_cancelled_and_one_that_has_is_refused() -> None:
    effects = orders.cut(rosa(), service(), effective=days(2), reason="NONPAY", ids=numbers(300), calendar=CALENDAR)
    now = fold(rosa(), effects)
    back = undo(effects, now)
    assert fx.OrderChanged(300, OrderState.CANCELLED, OrderState.REQUESTED, "undone by mia", undone=True) in back
    assert fx.ServiceChanged(1, ServiceState.ACTIVE, None, ServiceState.PENDING_SUSPEND, "nonpay") in back
    # order and service go back one by one, so a service waits for nothing for one effect
    after = now
    for effect in back:
        after = effect.fold(after)
    assert (after.services, after.orders, after.next_action) == (rosa().services, (), rosa().next_action)
    for status in ("SENT", "COMPLETED"):
        left = replace(now, orders=(replace(now.orders[0], status=status),))
        with pytest.raises(Refused) as error:
            undo(effects, left)
        assert error.value.code == "undo.left"
        assert "left the building" in error.value.message
    with pytest.raises(Refused, match="left the building"):
        undo(effects, replace(now, orders=()))  # rejected or cancelled since


def test_a_cancelled_order_is_requested_again() -> None:
    waiting = order(10, 1, "suspend", "REQUESTED")
    before = rosa(services=(service(status="PENDING_SUSPEND", cause="nonpay"),), orders=(waiting,))
    effects = orders.cancel(before, waiting, "customer called")
    back = undo(effects, fold(before, effects))
    assert fx.OrderChanged(10, OrderState.REQUESTED, OrderState.CANCELLED, "undone by mia") in back
    assert fx.ServiceChanged(1, ServiceState.PENDING_SUSPEND, "nonpay", ServiceState.ACTIVE, None) in back


def test_a_draft_that_was_requested_is_a_draft_again_until_it_is_sent() -> None:
    asked = (fx.OrderChanged(10, OrderState.REQUESTED, OrderState.DRAFT),)
    now = rosa(orders=(order(10, 1, "restore", "REQUESTED"),))
    assert undo(asked, now) == (fx.OrderChanged(10, OrderState.DRAFT, OrderState.REQUESTED, "undone by mia"),)
    with pytest.raises(Refused) as error:
        undo(asked, rosa(orders=(order(10, 1, "restore", "SENT"),)))
    assert error.value.code == "undo.left"
    with pytest.raises(Refused):
        undo((fx.OrderChanged(10, OrderState.COMPLETED, OrderState.SENT),), rosa())


@pytest.mark.parametrize(
    ("effect", "now"),
    [
        (fx.ContactVoided(1, 2, "x"), rosa()),
        (fx.PaymentReversed(9, PaymentState.RETURNED, "R01"), rosa()),
        (fx.ItemVoided(11, "INV-11", 20000), rosa()),
        (fx.PromiseMade(promise(8, (2, 5000, 0))), rosa(promises=(promise(8, (2, 5000, 0), status="BROKEN"),))),
        (fx.PromiseMade(promise(8, (2, 5000, 0))), rosa()),
        (fx.PromiseChanged(8, PromiseState.CANCELLED, PromiseState.ACTIVE), rosa(promises=(promise(8, (2, 5000, 0)),))),
        (
            fx.PromiseChanged(8, PromiseState.CANCELLED, PromiseState.ACTIVE),
            rosa(promises=(promise(8, (2, 5000, 0), status="CANCELLED"), promise(9, (2, 5000, 0)))),
        ),
        (
            fx.PaymentRecorded(Payment(9, "P", TODAY, "bank", 5, PaymentState.UNAPPLIED)),
            rosa(payments=(Payment(9, "P", TODAY, "bank", 5, PaymentState.RETURNED),)),
        ),
    ],
)
def test_what_has_no_way_back_is_refused(effect: fx.Effect, now: AccountFacts) -> None:
    with pytest.raises(Refused) as error:
        undo((effect,), now)
    assert error.value.code == "undo.final"


def test_notes_stay_on_file_and_pins_come_off() -> None:
    note = (fx.NoteWritten(1, "gate code", "gate code"),)
    with pytest.raises(Refused) as error:
        undo(note, rosa())
    assert error.value.code == "undo.nothing"
    assert left_standing(note) == ("the note stays in the timeline",)
    pin = (fx.NoteWritten(1, "dog", "dog", pinned=True),)
    assert undo(pin, rosa(pinned=("dog",))) == (fx.NoteUnpinned(9000, "dog"),)
    assert undo((fx.NoteUnpinned(1, "dog"),), rosa()) == (fx.NoteWritten(9000, "dog", "dog", True),)
    assert "top" in left_standing(pin)[0]


def test_a_snooze_and_a_skip() -> None:
    effects = worklist.snooze(rosa(), days(2), "HOURS", CALENDAR)
    after = fold(rosa(), effects)
    assert fold(after, undo(effects, after)) == rosa()
    assert fx.Snoozed(TODAY, "HOURS", -1) in undo(effects, after)
    with pytest.raises(Refused):
        undo((fx.Skipped("HOURS"),), rosa())
    assert left_standing((fx.Skipped("HOURS"),))


def test_an_undo_is_not_undone() -> None:
    with pytest.raises(Refused) as error:
        undo((fx.NextActionSet(None, None), fx.ActUndone("a")), rosa())
    assert error.value.code == "undo.undo"


def test_a_released_hold_stands_again() -> None:
    before = rosa(holds=(Hold(7, "CEASE", TODAY, None), Hold(9, "MEDICAL", TODAY, None)))
    effects = hold.release(before, CATALOGUE.holds["CEASE"], "withdrawn in writing")
    after = fold(before, effects)
    back = undo(effects, after)
    assert [(e.id, e.status, e.reason) for e in back if isinstance(e, fx.HoldChanged)] == [
        (7, "ACTIVE", "undone by mia")
    ]
    assert fold(after, back) == before


# ------------------------------------------------------------------------------------------------------------- messages


TEXT = Content("1", "en", "Reminder", "Please pay.")
QUEUED = replace(notice(None, "2", status="QUEUED", ident=40), template="notice-2")
WRITTEN = fx.MessageWritten(QUEUED, TEXT, "1 Main St", "Second notice")
RELEASED = fx.MessageReleased(40, "letter", 1, "1 Main St", TEXT, "Second notice")


def states_of(facts: AccountFacts) -> list[str]:
    return [m.status for m in facts.messages]


def test_a_message_that_waits_is_cancelled_and_a_release_is_a_draft_again() -> None:
    written = fold(rosa(), (WRITTEN,))
    assert states_of(fold(written, undo((WRITTEN,), written))) == ["CANCELLED"]
    released = fold(rosa(messages=(replace(QUEUED, status=MessageState.DRAFT),)), (RELEASED,))
    assert states_of(released) == ["QUEUED"]
    assert states_of(fold(released, undo((RELEASED,), released))) == ["DRAFT"]


def test_a_message_that_is_cancelled_waits_again() -> None:
    written = fold(rosa(), (WRITTEN,))
    gone = fx.MessageChanged(40, MessageState.CANCELLED, MessageState.QUEUED, detail="paid")
    cancelled = fold(written, (gone,))
    assert states_of(fold(cancelled, undo((gone,), cancelled))) == ["QUEUED"]
    with pytest.raises(Refused) as told:
        undo((WRITTEN,), cancelled)
    assert told.value.code == "undo.nothing", "it does not go out as it is"


@pytest.mark.parametrize("status", ["SENT", "DELIVERED", "RETURNED", "FAILED"])
@pytest.mark.parametrize("done", [WRITTEN, RELEASED])
def test_a_message_that_has_left_is_not_taken_back(done: fx.Effect, status: str) -> None:
    with pytest.raises(Refused) as told:
        undo((done,), rosa(messages=(replace(QUEUED, status=MessageState[status]),)))
    assert told.value.code == "undo.left"


def test_nothing_but_a_cancellation_of_a_message_is_undone() -> None:
    sent = fx.MessageChanged(40, MessageState.SENT, MessageState.QUEUED)
    with pytest.raises(Refused) as told:
        undo((sent,), fold(rosa(messages=(QUEUED,)), (sent,)))
    assert told.value.code == "undo.left"
