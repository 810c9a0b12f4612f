"""The zone and the products that a work item has are those of the rule on plain facts, whatever they follow from."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import event, select, update

from collect_tui.defaults import load
from collect_tui.desk.queue_filter import read
from collect_tui.domain.contact.points import first_zone
from collect_tui.domain.dates import local_time
from collect_tui.store import facts, queues, scoring, summary, work_kinds
from collect_tui.store.engine import Store
from collect_tui.store.sql import Scope, table
from collect_tui.store.tables import ContactPoint, Party, Service, Tenant, WorkItem
from support.portfolio import DAY, NOW, TENANT, Added, add_account, run_day

CATALOGUE = load(None, today=DAY)
HOURS = CATALOGUE.rules.contact
LA = {"kind": "address", "value": "1 Main St, Los Angeles, CA 90046", "zones": "America/Los_Angeles"}
OMSK = {"kind": "address", "value": "Omsk, ul. Lenina 1", "zones": "Asia/Omsk"}
HONOLULU = {"value": "+1 808 555 0101", "zones": "Pacific/Honolulu"}
CHICAGO = {"value": "+1 312 555 0102", "zones": "America/Chicago"}

#: Whose zone it is, by what the customer has.
PEOPLE: list[tuple[str, list[dict[str, str]], str | None]] = [
    ("America/Chicago", [], None),  # of the book
    ("America/Chicago", [CHICAGO, HONOLULU], None),
    ("Pacific/Honolulu", [{**CHICAGO, "quality": "wrong"}, HONOLULU], None),
    ("Pacific/Honolulu", [{**CHICAGO, "consent": "out"}, HONOLULU], None),
    ("Pacific/Honolulu", [{"kind": "email", "value": "a@b.example"}, LA, {**HONOLULU, "kind": "work"}], None),
    ("America/Los_Angeles", [LA], None),
    ("America/Los_Angeles", [{"value": "+1 800 555 0103", "zones": ""}, LA], None),
    ("Asia/Omsk", [{"value": "+7 912 555 01 04", "zones": "Europe/Moscow,Asia/Omsk"}, OMSK], None),
    ("America/Chicago", [{"value": "+7 912 555 01 05", "zones": ""}], None),
    ("Asia/Tokyo", [CHICAGO, LA], "Asia/Tokyo,Asia/Seoul"),
]


@pytest.fixture
def book(store: Store) -> dict[str, Added]:
    made = {}
    for n, (_, points, stated) in enumerate(PEOPLE):
        number = f"8800-{n:04}"
        made[number] = add_account(
            store,
            number,
            items=[{}],
            points=points,
            party={"zone": stated},
            services=[{"product": p} for p in ("TV", "INT", "INT")[: n % 4]],
        )
    derive(store)
    return made


def derive(store: Store, account_id: int | None = None) -> None:
    with store.write() as db:
        summary.refresh(db, TENANT, DAY, minutes=30)
        scoring.rescore(db, TENANT, CATALOGUE, DAY, NOW, account_id)
        db.execute(update(table(WorkItem)).values(queue="new"))


def kept(store: Store) -> dict[str, tuple[str, str]]:
    w = table(WorkItem).c
    with store.read() as db:
        return {number: (zone, products) for number, zone, products in db.execute(select(w.number, w.zone, w.products))}


def change(store: Store, model: type, where: dict[str, int], **values: str) -> None:
    with store.write() as db:
        t = table(model)
        db.execute(update(t).where(*(t.c[name] == value for name, value in where.items())).values(**values))


def test_whose_zone_it_is(store: Store, book: dict[str, Added]) -> None:
    found = kept(store)
    assert [found[number][0] for number in book] == [zone for zone, _, _ in PEOPLE]
    assert [found[number][1] for number in book] == [("", "tv", "int tv", "int tv")[n % 4] for n in range(len(PEOPLE))]
    with store.read() as db:
        assert {number: first_zone(facts.load(db, TENANT, number)) for number in book} == {
            number: zone for number, (zone, _) in found.items()
        }
        assert work_kinds.stale(db, TENANT, Scope("range", lo=0, hi=2**62)) == []


def test_open_at_an_hour_is_what_the_zone_of_the_row_says(store: Store, book: dict[str, Added]) -> None:
    told = set()
    with store.read() as db:
        for hour in range(24):
            now = NOW + timedelta(hours=hour)
            for words, wants in (("zone=open", True), ("zone=closed", False), ("zone!=closed sort dpd", True)):
                wanted = read(words, "USD", CATALOGUE.holds)
                page = queues.page(db, TENANT, CATALOGUE, "new", now=now, user="mia", wanted=wanted)
                every = queues.page(db, TENANT, CATALOGUE, "new", now=now, user="mia").rows
                open_now = {
                    row.account for row in every if HOURS.start <= local_time(now, row.zone or "").time() < HOURS.end
                }
                right = open_now if wants else {row.account for row in every} - open_now
                assert {row.account for row in page.rows} == right, (words, hour)
                told.add(frozenset(right))
    assert len(told) > 6, "the hours tell the zones apart"


def test_what_is_changed_is_worked_out_for_all_accounts_of_the_customer(store: Store, book: dict[str, Added]) -> None:
    one = book["8800-0001"]
    add_account(store, "8800-0099", party_id=one.party_id, items=[{}])
    change(store, ContactPoint, {"id": one.points[0]}, quality="bad")
    derive(store, one.id)
    assert {kept(store)[number] for number in ("8800-0001", "8800-0099")} == {
        ("Pacific/Honolulu", "tv"),
        ("Pacific/Honolulu", ""),
    }
    change(store, Party, {"id": one.party_id}, zone="Europe/London")
    change(store, Service, {"id": one.services[0]}, product="LINE")
    derive(store, one.id)
    assert kept(store)["8800-0001"] == ("Europe/London", "line")
    assert kept(store)["8800-0099"] == ("Europe/London", "")


def test_a_day_run_fills_what_is_new_and_works_all_out_by_other_numbering_data(
    store: Store, book: dict[str, Added]
) -> None:
    def run(day: int) -> None:
        run_day(store, DAY + timedelta(days=day), CATALOGUE, now=NOW + timedelta(days=day))

    def zones() -> list[str]:
        return [kept(store)[number][0] for number in book]

    run(0)
    change(store, WorkItem, {"account_id": book["8800-0001"].id}, zone="Asia/Tokyo")
    add_account(store, "8800-0098", points=[HONOLULU], items=[{}])
    run(1)
    assert kept(store)["8800-0098"] == ("Pacific/Honolulu", "")
    assert zones()[1] == "Asia/Tokyo", "nothing has told that it is another"
    change(store, Tenant, {"tenant_id": TENANT}, zones_by="what was known once")
    run(2)
    assert zones() == [zone for zone, _, _ in PEOPLE]


def test_the_kinds_of_a_queue_each_once(store: Store, book: dict[str, Added]) -> None:
    with store.read() as db:
        found = work_kinds.of_queue(db, TENANT, "new", 100)
        assert found == sorted({*kept(store).values()})
        assert work_kinds.of_queue(db, TENANT, "new", 3) == found[:3]
        assert work_kinds.of_queue(db, TENANT, "other", 100) == []


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_kinds_are_sought_and_no_zone_is_read_through(store: Store, book: dict[str, Added]) -> None:
    steps: list[str] = []
    with store.read() as db:
        raw = db.connection().connection.dbapi_connection

        def explain(_c: object, _cursor: object, statement: str, values: object, _ctx: object, _many: bool) -> None:
            steps.extend(step[3] for step in raw.execute(f"EXPLAIN QUERY PLAN {statement}", values))

        event.listen(db.connection(), "before_cursor_execute", explain)
        work_kinds.of_queue(db, TENANT, "new", 100)
    sought = [step.partition(" ix_work_kind ")[2] for step in steps if step.startswith("SEARCH k ")]
    assert {"(tenant_id=? AND queue=? AND zone=? AND products>?)", "(tenant_id=? AND queue=? AND zone>?)"} <= {*sought}
    assert all(sought), steps
