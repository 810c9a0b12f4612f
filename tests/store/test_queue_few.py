"""A filter that leaves few is answered by what makes them few: the same rows as when the queue is read through, and by index."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import event, update

from collect_tui.defaults import load
from collect_tui.desk.queue_filter import SORTS, read
from collect_tui.domain.contact.points import first_zone
from collect_tui.store import facts, queue_few, queues, scoring, summary
from collect_tui.store.engine import Store
from collect_tui.store.sql import table
from collect_tui.store.tables import WorkItem
from support.portfolio import DAY, NOW, TENANT, add_account

CATALOGUE = load(None, today=DAY)
NAMES = ("Alvarez, Rosa", "Petrov, Ivan", "Lindqvist, Rosa María", "Zed & Sons")

#: What is asked for, and of which accounts of the book it holds.
WANTED = {
    "collect>700": lambda i: (i + 1) * 20_00 > 700_00,
    "collect=20": lambda i: i == 0,
    "dpd<42": lambda i: i % 9 < 2,
    "dpd>=48": lambda i: i % 9 == 8,
    "score>=0": lambda i: True,
    "snoozes>0": lambda i: i % 11 == 3,
    "snoozes>=2": lambda i: False,
    "product=tv": lambda i: i % 4 == 1,
    "product=int,tv": lambda i: i % 4 in (1, 2),
    "product=xx": lambda i: False,
    "flag=disputed": lambda i: i % 13 == 5,
    "flag=hold": lambda i: i % 10 == 7,
    "flag=medical": lambda i: i % 10 == 7 and i % 20 != 17,
    "flag=fraud": lambda i: False,
    "flag=disputed,medical": lambda i: i % 13 == 5 or (i % 10 == 7 and i % 20 != 17),
    "flag=company": lambda i: i % 4 == 3,
    "flag=claimed": lambda i: i == 4,
    "flag=company,hold": lambda i: i % 4 == 3 or i % 10 == 7,
    "product!=int": lambda i: i % 4 != 2,
    "product!=int,tv": lambda i: i % 4 in (0, 3),
    "product!=xx": lambda i: True,
    "zone=closed": lambda i: i % 5 == 0,
    "zone=open": lambda i: i % 5 != 0,
    "zone!=open": lambda i: i % 5 == 0,
    "zone=open zone=closed": lambda i: False,
    "zone=closed product!=int": lambda i: i % 5 == 0 and i % 4 != 2,
    "zone=closed sort owner": lambda i: i % 5 == 0,
    "zone=open product!=tv dpd<=44 rosa": lambda i: i % 5 != 0 and i % 4 != 1 and i % 9 <= 4 and i % 4 in (0, 2),
    "petrov": lambda i: i % 4 == 1,
    "rosa": lambda i: i % 4 in (0, 2),
    "maria rosa": lambda i: i % 4 == 2,
    "88000012": lambda i: i == 12,
    "nobody": lambda i: False,
    "petrov collect>300 sort dpd": lambda i: i % 4 == 1 and (i + 1) * 20_00 > 300_00,
}
#: Of these no index knows who they are.
READ_THROUGH = (
    "flag=skipped",
    "flag!=hold",
    "collect!=20",
    "snoozes<1",
    "stage=past_due",
    "owner=none",
    "sort owner",
    "sort owner desc",
)


@pytest.fixture
def book(store: Store) -> Store:
    for i in range(40):
        kinds = ("MEDICAL", "MEDICAL") if i % 10 == 7 and i % 20 != 17 else ("BROKEN",) if i % 10 == 7 else ()
        add_account(
            store,
            number=f"8800-{i:04}",
            name=NAMES[i % 4],
            party={"kind": "org" if i % 4 == 3 else "person"},
            items=[
                {
                    "due": DAY - timedelta(days=40 + i % 9),
                    "amount": (i + 1) * 20_00 + (900 if i % 13 == 5 else 0),
                    "disputed": 900 if i % 13 == 5 else 0,
                }
            ],
            services=[{"product": "INT"}]
            if i % 4 == 2
            else [{"product": "TV"}, {"product": "TV"}]
            if i % 4 == 1
            else [],
            holds=[{"kind": kind} for kind in kinds],
            points=[{"value": f"+1 808 555 {i:04}", "zones": "Pacific/Honolulu"}] if i % 5 == 0 else [],
            owner=("mia", "ben", "", "", "", "")[i % 6],
            work={"snoozes": int(i % 11 == 3)}
            | ({"claimed": True, "claimed_by": "ben", "lease_until": NOW + timedelta(minutes=5)} if i == 4 else {}),
        )
    with store.write() as db:
        summary.refresh(db, TENANT, DAY, minutes=30)
        scoring.rescore(db, TENANT, CATALOGUE, DAY, NOW)
        db.execute(update(table(WorkItem)).values(queue="new"))  # whatever keeps some of them out is no matter here
    return store


def rows(store: Store, words: str, limit: int = 7) -> list[str]:
    found: list[str] = []
    wanted, cursor = read(words, "USD", CATALOGUE.holds), None
    with store.read() as db:
        while True:
            page = queues.page(
                db, TENANT, CATALOGUE, "new", cursor=cursor, limit=limit, now=NOW, user="mia", wanted=wanted
            )
            found += [row.account for row in page.rows]
            if (cursor := page.cursor) is None:
                return found


def few(store: Store, words: str) -> list[int] | None:
    wanted = read(words, "USD", CATALOGUE.holds)
    with store.read() as db:
        return queue_few.few(db, wanted, queues.ground_of(db, TENANT, CATALOGUE, DAY, NOW, "mia"), "new")


def test_the_few_are_those_that_reading_the_queue_through_finds(book: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = [*WANTED, *READ_THROUGH, *(f"{words} sort {name}" for words in ("rosa", "flag=hold") for name in SORTS)]
    assert all((few(book, words) is None) == (words in READ_THROUGH) for words in asked)
    found = {words: rows(book, words) for words in asked}
    monkeypatch.setattr(queue_few, "LOOKED_AT", -1)
    monkeypatch.setattr(queue_few, "KINDS", 0)
    assert all(few(book, words) is None for words in asked)
    assert {words: rows(book, words) for words in asked} == found
    for words, holds in WANTED.items():
        assert sorted(found[words]) == [f"8800-{i:04}" for i in range(40) if holds(i)], words


def test_where_no_kind_of_account_is_meant_nothing_is_read(book: Store) -> None:
    asked: list[str] = []
    with book.read() as db:
        wanted = read("zone=open zone=closed sort score", "USD", CATALOGUE.holds)
        ground = queues.ground_of(db, TENANT, CATALOGUE, DAY, NOW, "mia")
        event.listen(db.connection(), "before_cursor_execute", lambda _c, _cur, statement, *_: asked.append(statement))
        assert queue_few.few(db, wanted, ground, "new") == []
    assert len(asked) == 1, asked  # which kinds there are


def test_more_than_few_are_read_in_the_order_of_the_queue(book: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    every = rows(book, "rosa")
    monkeypatch.setattr(queue_few, "FEW", 19)
    assert len(every) == 20
    assert few(book, "rosa") is None
    assert few(book, "rosa flag=hold") is not None, "the other condition leaves few"
    assert rows(book, "rosa") == every


def test_of_many_the_best_of_each_kind_are_those_that_reading_finds(
    book: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In their order, over all pages; whoever is worked out anew comes with what is theirs now."""
    monkeypatch.setattr(queue_few, "LOOKED_AT", -1)
    asked = [words for words in WANTED if {"zone", "product"} & set(re.findall("[a-z]+", words))]
    found = {words: rows(book, words, limit=3) for words in asked}
    monkeypatch.setattr(queue_few, "KINDS", 0)
    assert {words: rows(book, words, limit=3) for words in asked} == found
    for words in asked:
        assert sorted(found[words]) == [f"8800-{i:04}" for i in range(40) if WANTED[words](i)], words


def test_a_row_shows_the_zone_and_is_found_by_it(book: Store) -> None:
    """The zone that a queue goes by is the one of its rows, and that of the rule on plain facts."""
    with book.read() as db:
        page = queues.page(db, TENANT, CATALOGUE, "new", now=NOW, user="mia")
        shown = {row.account: row.zone for row in page.rows}
        assert shown == {seen.number: first_zone(seen) for seen in (facts.load(db, TENANT, number) for number in shown)}
    assert {*rows(book, "zone=closed")} == {number for number, zone in shown.items() if zone == "Pacific/Honolulu"}


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_no_page_of_a_queue_is_read_through_or_sorted_whole(book: Store) -> None:
    """What is few is looked up; what is many comes in the order of an index, and but for what is equal nothing is sorted."""
    steps: dict[str, list[str]] = {}
    with book.read() as db:
        raw = db.connection().connection.dbapi_connection

        def explain(_c: object, _cursor: object, statement: str, values: object, _ctx: object, _many: bool) -> None:
            if "one_page" in statement or "having" in statement:
                plan = [step[3] for step in raw.execute(f"EXPLAIN QUERY PLAN {statement}", values)]
                steps.setdefault(words, []).extend(
                    plan[: plan.index("SCAN one_page")] if "SCAN one_page" in plan else plan
                )

        event.listen(db.connection(), "before_cursor_execute", explain)
        sorts = [f"sort {name} {way}" for name in SORTS for way in ("asc", "desc")]
        for words in (*sorts, *WANTED):
            wanted = read(words, "USD", CATALOGUE.holds)
            queues.page(db, TENANT, CATALOGUE, "new", now=NOW, user="mia", wanted=wanted)
        some = raw.execute("SELECT name FROM sqlite_master WHERE type = 'index' AND sql LIKE '% WHERE %'").fetchall()
    partial = {name for (name,) in some}
    for words in sorts:
        assert any("COVERING INDEX ix_work_" in step for step in steps[words]), words
        whole = "USE TEMP B-TREE FOR ORDER BY" in steps[words]
        assert whole == ("owner" in words), words  # of those that have an owner only the few are sorted
    for words in WANTED:
        of_queue = [step for step in steps[words] if "(tenant_id=? AND queue=?)" in step and step.split()[1] != "k"]
        assert not of_queue, words
        whole = [step for step in steps[words] if step.endswith("(tenant_id=?)")]
        assert all(any(f" {index} " in step for index in partial) for step in whole), (words, whole)
