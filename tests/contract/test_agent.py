"""What an agent does: talk, wrap and pause, with their seconds, and what a lead says to them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from collect_tui.desk.errors import Invalid
from collect_tui.store import agents
from collect_tui.store.sql import table
from collect_tui.store.tables import ContactEvent
from contract.conftest import LOCAL, do
from support.book import NOW

ROSA, IVAN, ADA = "4410-2231", "4410-0087", "4410-0099"


def state(desk, number=ROSA):
    seen = desk.account(number).agent
    return None if seen is None else (seen.state, seen.code, seen.now - seen.since)


def test_who_has_done_nothing_has_no_state(desks):
    assert state(desks("mia")) is None
    assert desks("mia").queues().agent is None


def test_talk_begins_with_the_account_and_wrap_with_its_result(desks, clock):
    mia = desks("mia")
    claim = mia.next()
    clock.forward(seconds=95)
    assert state(mia, claim.account) == ("talk", "", timedelta(seconds=95))
    do(mia, claim.account, "n a note is no result")
    assert state(mia, claim.account) == ("talk", "", timedelta(seconds=95))
    do(mia, claim.account, "na")
    assert state(mia, claim.account) == ("wrap", "", timedelta())
    clock.forward(seconds=20)
    do(mia, claim.account, "na")
    assert state(mia, claim.account) == ("wrap", "", timedelta(seconds=20)), "a second result is part of the wrap"
    mia.release(claim.account)
    assert mia.queues().agent.state == "available"


def test_the_next_account_ends_the_wrap_and_taking_the_same_again_does_not(desks, clock):
    mia = desks("mia")
    mia.claim(ROSA)
    clock.forward(seconds=5)
    mia.claim(ROSA)
    assert state(mia) == ("talk", "", timedelta(seconds=5))
    do(mia, ROSA, "na")
    mia.claim(IVAN)
    assert state(mia) == ("talk", "", timedelta())
    mia.release(ROSA)
    assert state(mia) == ("talk", "", timedelta()), "another account is in front"


def test_a_talk_ends_with_the_hold_on_its_account(desks, clock):
    """A session that was cut off talks no longer than its lease lasts, on its own screen and on the floor."""
    mia, lee = desks("mia"), desks("lee")
    claim = mia.next()
    clock.forward(hours=22, minutes=30)
    seen = mia.queues().agent
    assert (seen.state, seen.code) == ("available", "")
    assert seen.since == claim.lease_until
    assert next(seat.state for seat in lee.floor().seats if seat.login == "mia") == "available"
    mia.claim(claim.account)
    assert mia.queues().agent.state == "talk"


@pytest.mark.parametrize("typed", ["BREAK", "break", "br"])
def test_a_pause_has_a_code_and_ends(desks, clock, typed):
    mia = desks("mia")
    mia.claim(ROSA)
    assert (mia.agent("pause", typed).state, mia.agent().code) == ("pause", "BREAK")
    clock.forward(minutes=10)
    assert state(mia) == ("pause", "BREAK", timedelta(minutes=10))
    assert mia.agent("available").since == NOW + timedelta(minutes=10)


def test_a_pause_in_front_of_an_account_goes_on_when_that_is_taken_again_or_left(desks, clock):
    mia = desks("mia")
    mia.claim(ROSA)
    mia.agent("pause", "break")
    clock.forward(hours=1)  # the lease has run out
    mia.claim(ROSA)
    assert state(mia) == ("pause", "BREAK", timedelta(hours=1))
    mia.release(ROSA)
    assert state(mia) == ("pause", "BREAK", timedelta(hours=1))
    mia.claim(ROSA)
    assert state(mia) == ("talk", "", timedelta())


@pytest.mark.parametrize("given", [("pause", ""), ("pause", "NAP"), ("pause", "\x1b[2J"), ("available", "BREAK")])
def test_a_pause_without_a_code_is_none(desks, given):
    mia = desks("mia")
    with pytest.raises(Invalid) as error:
        mia.agent(*given)
    assert (error.value.code, error.value.field) == ("agent.code", "code")
    assert state(mia) is None


@LOCAL
def test_seconds_stand_in_the_log_and_on_the_contact(desks, store, clock):
    mia, ben = desks("mia"), desks("ben")
    mia.claim(ROSA)
    clock.forward(seconds=95)
    do(mia, ROSA, "na")
    clock.forward(seconds=20)
    mia.agent("pause", "lunch")
    clock.forward(minutes=30)
    mia.claim(IVAN)
    clock.forward(hours=9)
    do(mia, IVAN, "na")  # nobody knows how long that was
    do(ben, ADA, "na")  # never taken
    with store.read() as db:
        kept = agents.lasted(db, 1, ["mia", "ben"], NOW, clock.now + timedelta(seconds=1))
        e = table(ContactEvent).c
        talked = [*db.execute(select(e.by, e.talk_s).where(e.at >= NOW).order_by(e.id))]
    assert kept == {("mia", "TALK"): 95, ("mia", "WRAP"): 20, ("mia", "PAUSE"): 1800}
    assert talked == [("mia", 95), ("mia", None), ("ben", None)]
