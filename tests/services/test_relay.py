"""Events on their way out: written with the act, numbered once committed, missed by nobody, pruned in the end."""

from __future__ import annotations

import json
import threading
from datetime import timedelta

import pytest
from sqlalchemy import insert, update
from sqlmodel import select

from collect_tui.common.ids import Ids
from collect_tui.domain.states import Stage
from collect_tui.services import relay as relays
from collect_tui.services.local import LocalDesk
from collect_tui.services.relay import Relay
from collect_tui.store import event_log
from collect_tui.store.sql import table
from collect_tui.store.tables import Outbox, OutboxHead, Webhook, WorkItem
from contract.conftest import do
from support.book import NOW, SERVICES, Book, Clock, account, catalogue, day

BOOK = Book(
    account(
        "44-1",
        "Alvarez, Rosa",
        items=[("INV-1", -63, 30000, {"service": "INT"}), ("INV-2", -33, 11210)],
        services=SERVICES,
        stage=Stage.FINAL,
        notices=[{"level": "pre-cut", "channel": "letter", "status": "DELIVERED", "sent_on": day(-20)}],
    ),
    account("44-2", "Petrov, Ivan", items=[("INV-10", -41, 22000)], phone="+1 312 555 0150"),
)


@pytest.fixture(params=["sqlite", "postgres"])
def store(request, tmp_path):
    with BOOK.store(tmp_path) if request.param == "sqlite" else BOOK.pg_store() as store:
        yield store


@pytest.fixture
def clock():
    return Clock()


def desk(store, clock, user="mia"):
    return LocalDesk(store, catalogue(), user=user, clock=clock)


def read(store, after=0, limit=200):
    with store.read() as db:
        return event_log.after(db, 1, after, limit=limit)


def add(store, n=1, at=NOW):
    ids = Ids()
    with store.write() as db:
        for _ in range(n):
            event_log.add(db, 1, "test.done", None, "mia", at, {"n": 1}, ids)


def number(store):
    with store.write() as db:
        event_log.number(db, 1)


def test_an_act_and_what_came_of_it_are_told(store, clock):
    receipt = do(desk(store, clock), "44-2", "pp 150 fri")
    assert read(store) == []  # nobody reads what has no position yet
    assert Relay(store, clock).tick() == 3
    done, contact, promise = sorted(read(store), key=lambda e: e.kind)
    assert [e.position for e in read(store)] == [1, 2, 3]
    assert done.kind == "act.done"
    assert (done.account, done.by, done.at) == ("44-2", "mia", NOW)
    assert done.data["act"] == str(receipt.id)
    assert done.data["version"] == receipt.version
    assert "promise" in done.data["commands"]
    assert contact.kind == "contact.logged"
    assert promise.kind == "promise.made"
    assert promise.data["total"] == 15000
    assert promise.data["currency"] == "USD"
    assert promise.data["instalments"] == [{"due": "2026-11-27", "amount": 15000}]
    assert isinstance(promise.data["id"], str)


def test_what_is_undone_or_refused_is_told_rightly(store, clock):
    mia, ticks = desk(store, clock), Relay(store, clock)
    with pytest.raises(Exception, match="There is no account"):
        do(mia, "99-9", "na")
    do(mia, "44-2", "pp 150 fri")
    ticks.tick()
    last = read(store)[-1].position
    do(mia, "44-2", "undo")
    ticks.tick()
    kinds = [e.kind for e in read(store, last)]
    assert "promise.changed" in kinds
    assert "contact.voided" in kinds
    assert kinds[0] == "act.done"


def test_nothing_personal_leaves(store, clock):
    do(desk(store, clock), "44-1", 'lm "call her sister Ana on 312 555 0199"')
    do(desk(store, clock), "44-1", "cb tue 9:30 m1")
    Relay(store, clock).tick()
    for event in read(store):
        text = event.model_dump_json()
        for secret in ("Ana", "sister", "312 555", "3125550199", "Alvarez", "Rosa", "INT-1001"):
            assert secret not in text


def test_every_told_effect_has_the_fields_that_are_told():
    from collect_tui.domain import effects, facts
    from collect_tui.domain.case.case import Case

    inner = {"callback": facts.Callback, "hold": facts.Hold, "promise": facts.Promise, "payment": facts.Payment}
    inner |= {"case": Case, "after": Case, "message": facts.Message, "received": facts.Received}
    inner |= {"order": facts.Order, "item": facts.Item, "application": facts.Application}
    for name, kind in effects.KINDS.items():
        if (told := kind.event) is None:
            continue
        source = inner[told.at] if told.at else kind
        assert [field for field in told.fields if not hasattr(source, field)] == [], name
        assert not told.at or hasattr(kind, told.at)


def test_the_day_run_tells_that_it_is_done_and_numbers_what_waits(store, clock):
    add(store, 3)
    clock.forward(days=1)
    desk(store, clock).day()
    assert [e.kind for e in read(store)] == ["test.done"] * 3 + ["day.done"]
    assert read(store)[-1].data == {"business_date": "2026-11-24"}


def test_a_late_row_with_a_small_id_gets_the_next_position(store, clock):
    ticks = Relay(store, clock)
    row = {"tenant_id": 1, "at": NOW, "kind": "test.done", "by": "mia", "payload": "{}"}
    for ids in ([50, 60], [40, 55], [10]):
        with store.write() as db:
            db.execute(insert(table(Outbox)), [row | {"id": i} for i in ids])
        ticks.tick()
    with store.read() as db:
        rows = db.exec(select(Outbox.id, Outbox.position).where(Outbox.tenant_id == 1)).all()
        assert db.exec(select(OutboxHead.position).where(OutboxHead.tenant_id == 1)).one() == 5
    assert sorted(rows, key=lambda r: r[1]) == [(50, 1), (60, 2), (40, 3), (55, 4), (10, 5)]


def test_many_rows_are_numbered_in_batches_without_gaps(store, clock):
    add(store, 25)
    numbered = []
    while True:
        with store.write() as db:
            done = event_log.number(db, 1, batch=10)
        if not done:
            break
        numbered.append(done)
    assert numbered == [10, 10, 5]
    assert [e.position for e in read(store)] == list(range(1, 26))


def test_relays_and_writers_at_once_leave_no_gap_and_no_double(store, clock):
    """A reader that goes on from its last position sees every event once, whoever writes and numbers meanwhile."""
    writers, each, seen = 4, 15, []
    finished, failures = threading.Event(), []

    def guarded(work):
        try:
            work()
        except BaseException as error:
            failures.append(error)

    def write():
        for _ in range(each):
            add(store, 2)

    def relay():
        mine = Relay(store, clock)
        while not finished.is_set():
            mine.tick()

    def follow():
        while len(seen) < writers * each * 2 and not (finished.is_set() and failures):
            seen.extend(e.position for e in read(store, seen[-1] if seen else 0, limit=7))

    def threads(work, n):
        made = [threading.Thread(target=guarded, args=(work,), daemon=True) for _ in range(n)]
        for thread in made:
            thread.start()
        return made

    numbering, reading, writing = threads(relay, 3), threads(follow, 1), threads(write, writers)
    for thread in writing:
        thread.join(60)
    reading[0].join(60)
    finished.set()
    for thread in numbering:
        thread.join(60)
    assert failures == []
    assert seen == list(range(1, writers * each * 2 + 1))


def test_old_events_go_and_young_ones_stay(store, clock):
    ages = ((5, NOW - timedelta(days=8)), (2, NOW), (1, NOW - timedelta(days=9)))  # the last stays behind young ones
    for count, at in ages:
        add(store, count, at=at)
        number(store)  # before the next: ids of one millisecond come in any order
    with store.write() as db:
        assert event_log.prune(db, 1, NOW, batch=2) == 2
        assert event_log.prune(db, 1, NOW) == 3
        assert event_log.prune(db, 1, NOW) == 0
        assert event_log.oldest(db, 1) == 6
        assert event_log.prune(db, 1, NOW + timedelta(days=8)) == 3
        assert (event_log.oldest(db, 1), event_log.head(db, 1)) == (9, 8)


def test_what_an_active_webhook_has_not_been_told_of_stays(store, clock):
    add(store, 5, at=NOW - timedelta(days=30))
    number(store)
    hook = {"tenant_id": 1, "id": 7, "url": "https://a.example", "secret": "s", "position": 2}
    hook |= {"created_by": "lee", "created_at": NOW}
    with store.write() as db:
        db.add(Webhook(**hook))
        db.flush()
        assert event_log.prune(db, 1, NOW) == 2
        db.exec(update(Webhook).where(Webhook.tenant_id == 1).values(active=False))
        assert event_log.prune(db, 1, NOW) == 3


def test_the_relay_frees_and_prunes(store, clock):
    desk(store, clock).claim("44-2")
    add(store, 3, at=NOW - timedelta(days=8))
    Relay(store, clock).tick()
    clock.forward(hours=1)
    Relay(store, clock).tick()
    with store.read() as db:
        assert not db.exec(select(WorkItem.claimed).where(WorkItem.tenant_id == 1, WorkItem.number == "44-2")).one()
        assert db.exec(select(Outbox).where(Outbox.tenant_id == 1)).all() == []


def test_a_thread_that_starts_works_and_stops(store, clock):
    relay = Relay(store, clock, every=0.01)
    relay.start()
    add(store, 1)
    deadline = threading.Event()
    for _ in range(500):
        if read(store):
            break
        deadline.wait(0.01)
    relay.stop()
    assert [e.position for e in read(store)] == [1]
    add(store, 1)
    assert len(read(store)) == 1
    assert not any(t.name == "relay" for t in threading.enumerate())


def test_trouble_of_the_database_does_not_end_the_relay(store, clock, monkeypatch):
    from collect_tui.desk.errors import Unavailable

    tries = []

    def away(*_):
        tries.append(1)
        raise Unavailable("store.busy", "busy")

    monkeypatch.setattr(relays.event_log, "tenants", away)
    relay = Relay(store, clock, every=0.01)
    relay._next["tenants"] = float("-inf")
    relay.start()
    for _ in range(500):
        if tries:
            break
        threading.Event().wait(0.01)
    monkeypatch.undo()
    alive = relay._thread.is_alive()
    relay.stop()
    assert tries
    assert alive


def test_payloads_are_json_that_reads_back(store, clock):
    add(store, 1)
    with store.read() as db:
        row = db.exec(select(Outbox).where(Outbox.tenant_id == 1)).one()
    assert json.loads(row.payload) == {"n": 1}
