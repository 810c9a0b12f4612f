"""Handing accounts on, with the authority of who asks; what it leaves behind; leases that ran out."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlmodel import select

from collect_tui.desk.errors import Forbidden, Refused
from collect_tui.policy.authority import Authority
from collect_tui.services.local import LocalDesk
from collect_tui.store import audit_check, floor
from collect_tui.store.tables import Account, AppUser, Audit, Outbox, Tenant, WorkItem
from support.book import NOW, TODAY, Book, Clock, account, catalogue, do_line

BOOK = Book(*(account(f"44-{n}", f"Person {n}", items=[(f"INV-{n}", -40 - n, 20000)]) for n in range(1, 5)))


@pytest.fixture(params=["sqlite", "postgres"])
def store(request, tmp_path):
    with BOOK.store(tmp_path) if request.param == "sqlite" else BOOK.pg_store() as store:
        yield store


@pytest.fixture
def clock():
    return Clock()


def desk(store, clock, user, *may):
    authority = Authority("tester", frozenset(may)) if may else None
    return LocalDesk(store, catalogue(), user=user, clock=clock, authority=authority)


def test_the_permission_decides(store, clock):
    with pytest.raises(Forbidden) as error:
        desk(store, clock, "mia", "queue.work", "act.*").reassign("44-1", "ben", "because")
    assert error.value.field == "queue.assign"
    with pytest.raises(Forbidden) as error:
        desk(store, clock, "mia", "queue.work").floor()
    assert error.value.field == "floor.read"
    assert desk(store, clock, "lee", "queue.*").reassign("44-1", "ben", "because").account == "44-1"
    assert desk(store, clock, "lee", "floor.read").floor().seats[0].login == "ben"


def test_who_left_works_no_more_and_has_no_seat(store, clock):
    with store.write() as db:
        db.exec(update(AppUser).where(AppUser.tenant_id == 1, AppUser.login == "ben").values(active=False))
    lee = desk(store, clock, "lee")
    with pytest.raises(Refused) as error:
        lee.reassign("44-1", "ben", "because")
    assert error.value.code == "user.inactive"
    assert [s.login for s in lee.floor().seats] == ["lee", "mia"]


def test_whoever_works_under_a_login_that_is_no_users_is_there_with_what_they_did(store, clock):
    """Whoever has the file works under the login of the system: in a demo that is seldom one of the fixtures' users."""
    root, lee = desk(store, clock, "root"), desk(store, clock, "lee")
    assert [s.login for s in lee.floor().seats] == ["ben", "lee", "mia"]
    claim = root.next()
    assert claim is not None
    (seat, *others) = lee.floor().seats
    assert (seat.login, seat.account, seat.role, seat.worked) == ("root", claim.account, "not a user", 0)
    do_line(root, claim.account, "na")
    root.release(claim.account)
    do_line(desk(store, clock, "mia"), "44-1" if claim.account != "44-1" else "44-2", "na")
    seats = {s.login: (s.account, s.worked, s.acts) for s in root.floor().seats}
    assert seats == {"ben": (None, 0, 0), "lee": (None, 0, 0), "mia": (None, 1, 1), "root": (None, 1, 1)}
    assert len(others) == 3
    root.day(TODAY + timedelta(days=1))
    clock.forward(days=1)
    assert "root" not in {s.login for s in root.floor().seats}, "that was yesterday"


def test_a_closed_account_goes_to_nobody(store, clock):
    with store.write() as db:
        db.exec(update(Account).where(Account.tenant_id == 1, Account.number == "44-1").values(status="CLOSED"))
    with pytest.raises(Refused) as error:
        desk(store, clock, "lee").reassign("44-1", "ben", "because")
    assert error.value.code == "account.closed"


def test_an_account_that_was_never_scored_can_be_handed_on(store, clock):
    with store.write() as db:
        item = db.exec(select(WorkItem).where(WorkItem.tenant_id == 1, WorkItem.number == "44-1")).one()
        db.delete(item)
    given = desk(store, clock, "lee").reassign("44-1", "ben", "because")
    assert (given.queue, given.fence) == ("", 1)


def test_it_leaves_an_entry_in_the_chain_and_an_event(store, clock):
    desk(store, clock, "mia").claim("44-1")
    given = desk(store, clock, "lee").reassign("44-1", "ben", "mia is ill")
    with store.read() as db:
        entry = db.exec(select(Audit).where(Audit.tenant_id == 1).order_by(Audit.seq.desc())).first()
        event = db.exec(select(Outbox).where(Outbox.tenant_id == 1)).one()
        assert audit_check.verify(db, 1) == ()
    assert (entry.by, entry.outcome) == ("lee", "reassigned")
    command = {"kind": "reassign", "from": "mia", "to": "ben", "reason": "mia is ill"}
    assert json.loads(entry.commands) == [command]
    assert (event.kind, event.by, event.at, event.position) == ("account.reassigned", "lee", NOW, None)
    assert json.loads(event.payload) == {"from": "mia", "to": "ben", "fence": given.fence}


def test_what_is_refused_leaves_nothing(store, clock):
    with pytest.raises(Exception, match="no user"):
        desk(store, clock, "lee").reassign("44-1", "nobody", "because")
    with store.read() as db:
        assert db.exec(select(Outbox).where(Outbox.tenant_id == 1)).all() == []
        assert db.exec(select(Audit).where(Audit.tenant_id == 1, Audit.outcome == "reassigned")).all() == []


def test_accounts_are_freed_when_their_lease_ran_out_and_not_before(store, clock):
    mia, ben = desk(store, clock, "mia"), desk(store, clock, "ben")
    mia.claim("44-1")
    clock.forward(minutes=5)
    ben.claim("44-2")
    minutes = catalogue().rules.queue.lease_minutes
    with store.write() as db:
        assert not floor.any_expired(db, 1, NOW + timedelta(minutes=minutes, seconds=-1))
        assert floor.free_expired(db, 1, NOW + timedelta(minutes=minutes, seconds=-1)) == 0
        assert floor.any_expired(db, 1, NOW + timedelta(minutes=minutes))
        assert floor.free_expired(db, 2, NOW + timedelta(days=1)) == 0
        assert floor.free_expired(db, 1, NOW + timedelta(minutes=minutes)) == 1
        held = db.exec(select(WorkItem.number).where(WorkItem.tenant_id == 1, WorkItem.claimed)).all()
        assert held == ["44-2"]
        assert sum(floor.held_by_queue(db, 1, clock.now).values()) == 1


def test_today_is_that_of_the_book_wherever_the_site_is(store, clock):
    """Of a book in Auckland the next business date has begun while it is still the day before at the site, in Chicago."""
    with store.write() as db:
        db.exec(update(Tenant).values(zone="Pacific/Auckland", business_date=TODAY + timedelta(days=1)))
    mia = desk(store, clock, "mia")
    claim = mia.next()
    assert claim is not None
    do_line(mia, claim.account, "na")
    do_line(mia, claim.account, "t today")
    assert {seat.login: seat.worked for seat in mia.floor().seats}["mia"] == 1
    assert sum(figure.done for figure in mia.queues().queues) == 1
    assert mia.next().account != claim.account, "who was worked today is not the next again"
