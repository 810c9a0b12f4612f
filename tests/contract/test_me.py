"""My day: figures as they are counted and as they are kept, and whose money it is."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import delete, update

from collect_tui.desk.errors import Forbidden, NotFound
from collect_tui.store import kpi
from collect_tui.store.sql import table
from collect_tui.store.tables import KpiDay
from contract.conftest import LOCAL, do
from support.book import NOW, day

ROSA, IVAN, ADA = "4410-2231", "4410-0087", "4410-0099"
ASK = 'ask 500 "settlement of 70 %" "sold the car"'


def test_a_day_is_counted_as_it_happens_and_what_is_taken_back_is_not(desks, clock):
    mia, ben = desks("mia"), desks("ben")
    mia.claim(ROSA)
    clock.forward(seconds=95)
    do(mia, ROSA, "pp 150 fri")
    clock.forward(seconds=20)
    mia.claim(IVAN)
    do(mia, IVAN, "na")
    do(mia, IVAN, "undo")
    do(ben, ADA, "na")
    clock.forward(seconds=3)
    seen = mia.me().today
    assert (seen.worked, seen.results, seen.contacts, seen.right_party) == (1, 1, 1, 1)
    assert (seen.promises, seen.promised) == (1, 15000)
    assert (seen.talk_s, seen.wrap_s) == (95, 23), "the wrap that lasts is in it"
    do(mia, ROSA, "undo")
    assert (mia.me().today.promises, mia.me().today.promised, mia.me().today.worked) == (0, 0, 0)


def test_one_conversation_is_one_contact_however_much_is_logged_of_it(desks, clock):
    mia, lee = desks("mia"), desks("lee")
    mia.claim(ROSA)
    do(mia, ROSA, "ver dob id4")
    for line in ("pp 100 fri", "rp income", "rp forgot"):
        clock.forward(minutes=2)
        do(mia, ROSA, line)
    seen = mia.me().today
    assert (seen.worked, seen.results, seen.contacts, seen.right_party) == (1, 3, 1, 1)
    (seat,) = (each for each in lee.floor().seats if each.login == "mia")
    assert (seat.worked, seat.right_party) == (seen.worked, seen.right_party)
    clock.forward(minutes=45)
    do(mia, ROSA, "rp income")
    seen = mia.me().today
    assert (seen.worked, seen.contacts, seen.right_party) == (1, 2, 2)
    do(mia, ROSA, "undo")
    assert mia.me().today.right_party == 1
    clock.forward(days=1)
    lee.day()
    assert (mia.me().days[0].contacts, mia.me().days[0].right_party, mia.me().days[0].worked) == (1, 1, 1)


def test_who_decides_has_not_worked_the_account(desks):
    mia, lee = desks("mia"), desks("lee")
    do(mia, ROSA, ASK)
    do(lee, ROSA, 'agree "has paid before"')
    (seat,) = (each for each in lee.floor().seats if each.login == "lee")
    assert (seat.acts, seat.worked, lee.me().today.worked) == (1, 0, 0)


def test_money_is_whoever_made_the_promise_or_talked_last(desks, clock):
    mia, ben = desks("mia"), desks("ben")
    do(mia, ROSA, "pp 150 fri")
    clock.forward(minutes=1)
    do(ben, ROSA, "pay 100 card r1")  # ben only takes it down
    do(ben, IVAN, "rp income")
    clock.forward(minutes=1)
    do(mia, IVAN, "pay 20 card r2")
    do(mia, ADA, "pay 5 card r3")  # nobody talked with Ada
    assert (mia.me().collected, ben.me().collected) == (10000, 2000)
    clock.forward(minutes=1)
    do(mia, IVAN, "revpay r2 wrong account")
    assert (mia.me().collected, ben.me().collected) == (10000, 0)
    assert mia.me().collected_30 == 10000


def test_coverage_callbacks_and_what_is_left(desks, clock):
    mia = desks("mia")
    for number in (ROSA, IVAN):
        do(mia, number, "own mia")
    do(mia, ADA, "cb +1h")
    before = mia.me()
    assert (before.owned, before.covered, before.callbacks) == (2, 1, 1), "Rosa was worked five days ago"
    assert [(each.account, each.at) for each in before.next_callbacks] == [(ADA, NOW + timedelta(hours=1))]
    do(mia, IVAN, "lm")
    after = mia.me()
    assert (after.covered, after.left) == (2, sum(figure.left for figure in mia.queues().queues))


def test_only_a_lead_sees_anothers(desks):
    mia, lee = desks("mia"), desks("lee")
    do(mia, IVAN, "na")
    found = lee.me("mia")
    assert (found.login, found.name, found.today.worked, found.left) == ("mia", "Mia", 1, None)
    with pytest.raises(NotFound):
        lee.me("nobody")


@pytest.mark.parametrize("combination", ["api-sqlite", "api-postgres"], indirect=True)
def test_a_collector_sees_their_own_only(desks):
    assert desks("mia").me().login == "mia"
    with pytest.raises(Forbidden):
        desks("mia").me("ben")


def test_a_day_that_is_over_is_kept(desks, clock):
    mia, lee = desks("mia"), desks("lee")
    mia.claim(ROSA)
    clock.forward(seconds=95)
    do(mia, ROSA, "pp 150 fri")
    mia.release(ROSA)
    today = mia.me().today
    clock.forward(days=1)
    assert lee.day(check=True).found == ()
    do(mia, IVAN, "na")
    seen = mia.me()
    assert seen.days[0] == today
    assert (seen.days[0].promised, seen.days[0].talk_s, seen.today.worked) == (15000, 95, 1)
    clock.forward(days=1)
    assert lee.day(check=True).found == ()
    assert [each.worked for each in mia.me().days[:2]] == [1, 1]


@LOCAL
def test_a_check_finds_figures_that_were_changed_and_puts_them_right(desks, store, clock):
    mia, lee = desks("mia"), desks("lee")
    do(mia, IVAN, "na")
    clock.forward(days=1)
    lee.day()
    with store.write() as db:
        db.execute(update(table(KpiDay)).where(table(KpiDay).c.figure == "worked").values(value=7))
    (found,) = lee.day(check=True).found
    assert (found.kind, found.count, found.accounts) == ("kpi", 2, (f"mia {day(-5)}", f"mia {NOW.date()}"))
    assert lee.day(check=True).found == ()
    with store.write() as db:
        db.execute(delete(table(KpiDay)).where(table(KpiDay).c.figure == "results"))
    assert [each.kind for each in lee.day(check=True).found] == ["kpi"]


@LOCAL
def test_a_run_before_the_day_is_over_keeps_the_rest_the_next_time(desks, store, clock):
    mia, lee = desks("mia"), desks("lee")
    do(mia, IVAN, "na")
    lee.day(NOW.date() + timedelta(days=1))
    do(mia, ADA, "na")
    assert lee.day(check=True, business_date=NOW.date() + timedelta(days=1)).found == ()
    clock.forward(days=2)
    assert lee.day(check=True).found == ()
    with store.read() as db:
        assert kpi.kept(db, 1, NOW.date(), "mia")["mia", "worked", ""] == 2
