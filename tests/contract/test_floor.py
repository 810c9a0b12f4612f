"""The floor: who works what, and accounts that a lead reassigns."""

from __future__ import annotations

from datetime import timedelta

import pytest

from collect_tui.desk.errors import Invalid, NotFound, Refused, Stale
from contract.conftest import do
from support.book import NOW

ROSA, IVAN, ADA = "4410-2231", "4410-0087", "4410-0099"


def seat(desk, login):
    return next(s for s in desk.floor().seats if s.login == login)


def test_everybody_has_a_seat_and_nobody_works_at_first(desks):
    floor = desks("lee").floor()
    assert [(s.login, s.name, s.role, s.account, s.acts) for s in floor.seats] == [
        ("ben", "Ben", "collector", None, 0),
        ("lee", "Lee", "lead", None, 0),
        ("mia", "Mia", "collector", None, 0),
    ]
    assert floor.now == NOW


def test_who_holds_an_account_comes_first_with_its_lease(desks, clock):
    mia, lee = desks("mia"), desks("lee")
    clock.forward(minutes=3)
    claim = mia.next()
    first = lee.floor().seats[0]
    assert (first.login, first.account, first.queue) == ("mia", claim.account, claim.queue)
    assert (first.since, first.lease_until) == (NOW + timedelta(minutes=3), claim.lease_until)
    clock.forward(minutes=mia.catalogue().rules.queue.lease_minutes)
    assert seat(lee, "mia").account is None


def test_the_days_work_is_counted_by_agent(desks, clock):
    mia, ben, lee = desks("mia"), desks("ben"), desks("lee")
    do(mia, IVAN, "na")
    do(mia, IVAN, "n rang twice")
    clock.forward(minutes=5)
    do(mia, ADA, "lm")
    do(ben, ROSA, "n a note is no result")
    assert (seat(lee, "mia").worked, seat(lee, "mia").acts) == (2, 3)
    assert seat(lee, "mia").last_at == NOW + timedelta(minutes=5)
    assert (seat(lee, "ben").worked, seat(lee, "ben").acts) == (0, 1)
    clock.forward(days=1)
    desks("lee").day()
    assert (seat(lee, "mia").worked, seat(lee, "mia").acts, seat(lee, "mia").last_at) == (0, 0, None)


def test_what_is_taken_back_is_not_counted_as_work(desks):
    mia = desks("mia")
    do(mia, IVAN, "na")
    do(mia, IVAN, "undo")
    lee = desks("lee")
    assert (seat(lee, "mia").worked, seat(lee, "mia").acts) == (0, 2)


def test_a_lead_hands_on_what_somebody_holds(desks):
    mia, ben, lee = desks("mia"), desks("ben"), desks("lee")
    held = mia.claim(ROSA)
    given = lee.reassign(ROSA, "ben", "mia is at lunch")
    assert (given.account, given.queue) == (ROSA, held.queue)
    assert given.fence > held.fence
    assert given.lease_until == NOW + timedelta(minutes=lee.catalogue().rules.queue.lease_minutes)
    with pytest.raises(Stale):
        do(mia, ROSA, "na", fence=held.fence)
    with pytest.raises(Stale):
        mia.heartbeat(ROSA)
    do(ben, ROSA, "na", fence=given.fence)
    assert (seat(lee, "ben").account, seat(lee, "mia").account) == (ROSA, None)


def test_the_old_holder_is_stopped_by_the_fence_even_when_it_is_free_again(desks):
    mia, ben, lee = desks("mia"), desks("ben"), desks("lee")
    held = mia.claim(ROSA)
    lee.reassign(ROSA, "ben", "mia is at lunch")
    ben.release(ROSA)
    with pytest.raises(Stale) as error:
        do(mia, ROSA, "na", fence=held.fence)
    assert error.value.code == "account.lease_lost"


def test_a_free_account_is_handed_out_and_must_be_worked(desks):
    ben, lee = desks("ben"), desks("lee")
    given = lee.reassign(ADA, "ben", "she speaks his language")
    with pytest.raises(Refused) as error:
        ben.next()
    assert error.value.code == "queue.unworked"
    assert ADA in error.value.message
    do(ben, ADA, "na", fence=given.fence)
    following = ben.next()
    assert following is None or following.account != ADA


def test_handing_it_to_the_same_colleague_again_changes_nothing_but_the_lease(desks, clock):
    lee = desks("lee")
    first = lee.reassign(ROSA, "ben", "off sick")
    entries = len(lee.pane(ROSA, "audit").audit)
    clock.forward(minutes=2)
    again = lee.reassign(ROSA, "ben", "off sick")
    assert again.fence == first.fence
    assert again.lease_until == first.lease_until + timedelta(minutes=2)
    assert len(lee.pane(ROSA, "audit").audit) == entries


def test_reason_and_both_names_stand_in_the_audit(desks):
    mia, lee = desks("mia"), desks("lee")
    mia.claim(ROSA)
    lee.reassign(ROSA, "ben", "customer asked for\x1b[31m Ben, card 4111 1111 1111 1111")
    entry = lee.pane(ROSA, "audit").audit[0]
    assert (entry.by, entry.command) == ("lee", "reassign")
    assert entry.effects == ("handed from mia to ben: customer asked for Ben, card **** 1111",)


@pytest.mark.parametrize(
    ("account", "to", "reason", "kind", "code"),
    [
        (ROSA, "nobody", "because", NotFound, "user.not_found"),
        ("9999-9999", "ben", "because", NotFound, "account.not_found"),
        (ROSA, "ben", " \t", Invalid, "reassign.reason"),
        (ROSA, "ben", "x" * 501, Invalid, "reassign.reason"),
    ],
)
def test_what_cannot_be_handed_on(desks, account, to, reason, kind, code):
    mia, lee = desks("mia"), desks("lee")
    mia.claim(ROSA)
    with pytest.raises(kind) as error:
        lee.reassign(account, to, reason)
    assert error.value.code == code
    assert error.value.message.endswith(".")
    assert mia.heartbeat(ROSA).account == ROSA


def test_what_a_hand_over_would_come_to_is_said_and_nothing_is_written(desks):
    mia, lee = desks("mia"), desks("lee")
    held, entries = mia.claim(ROSA), lee.pane(ROSA, "audit").audit
    tried = lee.reassign(ROSA, "ben", "mia is at lunch", do=False)
    assert (tried.account, tried.queue) == (ROSA, held.queue)
    assert (seat(lee, "mia").account, seat(lee, "ben").account) == (ROSA, None)
    assert lee.pane(ROSA, "audit").audit == entries
    do(mia, ROSA, "na", fence=held.fence)
