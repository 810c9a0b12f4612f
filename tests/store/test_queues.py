"""Pages, the order in them, and taking accounts from them."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import event, insert
from sqlmodel import Session

from collect_tui.defaults import load
from collect_tui.desk.errors import Invalid, NotFound, Stale
from collect_tui.store import claims, queues, scoring, summary, worked
from collect_tui.store.engine import Store
from collect_tui.store.sql import table
from collect_tui.store.tables import ActLog
from support.portfolio import DAY, NOW, TENANT, add_account, ids

CATALOGUE = load(None, today=DAY)
LATE = {"due": DAY - timedelta(days=40), "amount": 100_00}


def score(store: Store) -> None:
    with store.write() as db:
        summary.refresh(db, TENANT, DAY, minutes=30)
        scoring.rescore(db, TENANT, CATALOGUE, DAY, NOW)


def numbers(store: Store, queue: str, limit: int = 200) -> list[str]:
    """All of a queue, page by page."""
    found: list[str] = []
    cursor = None
    with store.read() as db:
        while True:
            page = queues.page(db, TENANT, CATALOGUE, queue, cursor=cursor, limit=limit, now=NOW)
            assert len(page.rows) <= limit
            found += [row.account for row in page.rows]
            cursor = page.cursor
            if cursor is None:
                return found


@pytest.mark.parametrize("limit", [1, 3, 7, 200])
def test_pages_go_through_a_queue_once_in_its_order(store, limit):
    for n in range(7):
        add_account(store, number=f"N-{n}", items=[{**LATE, "amount": (1 + n % 3) * 100_00}])
    score(store)
    whole = numbers(store, "new")
    assert sorted(whole) == [f"N-{n}" for n in range(7)]
    assert numbers(store, "new", limit) == whole
    assert whole == ["N-2", "N-5", "N-1", "N-4", "N-0", "N-3", "N-6"]  # by score, then by number


def test_the_order_is_skips_then_time_then_score_then_age(store):
    at = {"owner": None}
    for number, minutes, skipped in (("late", 30, 0), ("early", 5, 0), ("skipped", 1, 1)):
        add_account(
            store, number=number, callbacks=[{"at": NOW + timedelta(minutes=minutes), **at}], work={"skipped": skipped}
        )
    score(store)
    assert numbers(store, "callback") == ["early", "late", "skipped"]


def test_a_row_says_what_the_list_shows(store):
    added = add_account(
        store,
        number="4410-2231",
        name="Rosa Alvarez",
        items=[LATE],
        points=[
            {"kind": "email", "value": "rosa@example.com"},
            {"kind": "home", "value": "+1 312 555 0100", "quality": "bad", "zones": "America/Denver"},
            {"kind": "mobile", "value": "+1 312 555 0101", "zones": "America/New_York,America/Chicago"},
        ],
        services=[{"product": "INT", "status": "PENDING_SUSPEND"}],
        orders=[{"effective": DAY + timedelta(days=3)}],
        events=[
            {"at": NOW - timedelta(days=5), "result": "LM", "note": "will pay Friday"},
            {"at": NOW - timedelta(days=9), "result": "NA"},
        ],
        work={"snoozes": 1, "claimed": True, "claimed_by": "mia", "lease_until": NOW + timedelta(minutes=5)},
    )
    score(store)
    with store.read() as db:
        page = queues.page(db, TENANT, CATALOGUE, "followup", now=NOW)
        stand = queues.stand(db, TENANT, CATALOGUE, added.id, DAY, NOW)
    row = page.rows[0]
    assert (row.account, row.name, row.collectable, row.currency, row.dpd, row.tier) == (
        "4410-2231",
        "Rosa Alvarez",
        100_00,
        "USD",
        40,
        7,
    )
    assert row.zone == "America/Chicago", "the area code first, as on the account, then what was stated"
    assert row.suspend == "INT 26 Nov"
    assert row.last_word == 'LM 18 Nov "will pay Friday"'
    assert (row.claimed_by, row.snoozes, row.chips) == ("mia", 1, ("follow-up",))
    assert (stand.queue, stand.chips) == ("followup", row.chips)
    assert page.figure.count == 1
    assert page.figure.oldest == DAY - timedelta(days=40)


def test_the_zone_a_customer_states_goes_before_what_the_number_suggests(store):
    add_account(store, items=[LATE], party={"zone": "America/Denver"}, points=[{}])
    score(store)
    with store.read() as db:
        assert queues.page(db, TENANT, CATALOGUE, "new", now=NOW).rows[0].zone == "America/Denver"


def test_a_timed_row_says_when_and_is_not_due_before(store):
    add_account(store, callbacks=[{"at": NOW + timedelta(hours=2), "owner": None}])
    score(store)
    with store.read() as db:
        page = queues.page(db, TENANT, CATALOGUE, "callback", now=NOW)
        assert page.rows[0].timed_at == NOW + timedelta(hours=2)
        assert page.rows[0].chips == ("callback 13:32", "follow-up")  # the desk's clock
        assert (page.figure.count, page.figure.due_now) == (1, 0)
        later = queues.board(db, TENANT, CATALOGUE, NOW + timedelta(hours=2))
    assert next(q for q in later.queues if q.name == "callback").due_now == 1


@pytest.mark.parametrize("cursor", ["", "x", "é", "AAAA", "bnVsbA==", "W10=", "WzEsMiwzLDQsNV0=", "e30=" * 50])
def test_a_cursor_of_somebody_else_is_refused_with_a_sentence(store, cursor):
    with store.read() as db, pytest.raises(Invalid) as error:
        queues.page(db, TENANT, CATALOGUE, "new", cursor=cursor, now=NOW)
    assert error.value.code == "queue.cursor"


def test_an_unknown_queue_or_account_is_not_found(store):
    with store.read() as db:
        with pytest.raises(NotFound):
            queues.page(db, TENANT, CATALOGUE, "nonsense", now=NOW)
        with pytest.raises(NotFound):
            queues.why(db, TENANT, CATALOGUE, 404, DAY)


# --------------------------------------------------------------------------------------------------------------- claims


def take_next(db: Session, user: str, queue: str | None = None, *, now=NOW, exclude=()) -> int | None:
    taken = claims.take_next(db, TENANT, queue, user, now, 10, exclude)
    return None if taken is None else taken[0]


def test_next_goes_by_tier_and_no_two_get_the_same(store):
    new = add_account(store, items=[LATE])
    callback = add_account(store, callbacks=[{"at": NOW, "owner": None}])
    add_account(store, items=[], next_action_on=DAY + timedelta(days=1))
    score(store)
    with store.write() as db:
        assert take_next(db, "mia") == callback.id
        assert take_next(db, "ben") == new.id
        assert take_next(db, "eve") is None


def test_next_of_one_queue_takes_from_that_queue_only(store):
    new = add_account(store, items=[LATE])
    add_account(store, callbacks=[{"at": NOW, "owner": None}])
    score(store)
    with store.write() as db:
        assert take_next(db, "mia", "new") == new.id
        assert take_next(db, "ben", "new") is None


def test_what_is_timed_for_later_and_what_is_excluded_is_passed_over(store):
    later = add_account(store, callbacks=[{"at": NOW + timedelta(minutes=1), "owner": None}])
    new = add_account(store, items=[LATE])
    score(store)
    with store.write() as db:
        assert take_next(db, "mia") == new.id
        assert take_next(db, "mia", exclude=[new.id]) is None
        assert take_next(db, "mia", now=NOW + timedelta(minutes=1)) == later.id


def test_somebody_elses_callback_is_not_handed_out_to_others(store):
    hers = add_account(store, callbacks=[{"at": NOW - timedelta(minutes=5), "owner": "mia"}])
    score(store)
    with store.write() as db:
        assert take_next(db, "ben") is None
        assert take_next(db, "mia") == hers.id


def test_a_callback_of_mine_beside_one_of_a_colleague_is_mine_too(store):
    both = add_account(
        store, callbacks=[{"at": NOW - timedelta(minutes=5), "owner": "mia"}, {"at": NOW, "owner": "ben"}]
    )
    score(store)
    with store.write() as db:
        assert take_next(db, "eve") is None
        assert take_next(db, "ben") == both.id


def test_moving_on_gives_back_what_was_held(store):
    first = add_account(store, items=[{**LATE, "amount": 900_00}])
    second = add_account(store, items=[LATE])
    score(store)
    with store.write() as db:
        assert take_next(db, "mia") == first.id
        assert take_next(db, "mia", exclude=[first.id]) == second.id
        assert take_next(db, "ben") == first.id


def test_an_expired_lease_is_free_and_the_fence_tells_the_late_one(store):
    added = add_account(store, items=[LATE])
    score(store)
    with store.write() as db:
        _, fence, until = claims.take(db, TENANT, added.id, "mia", NOW, 10)
        assert until == NOW + timedelta(minutes=10)
        assert take_next(db, "ben", now=until - timedelta(seconds=1)) is None
        taken = claims.take_next(db, TENANT, None, "ben", until, 10)
        assert taken is not None
        assert taken[2] == fence + 1
        with pytest.raises(Stale) as error:
            claims.renew(db, TENANT, added.id, "mia", until, 10)
    assert (error.value.code, error.value.by, error.value.at) == (
        "account.lease_lost",
        "ben",
        until + timedelta(minutes=10),
    )


def test_taking_by_choice_tells_who_holds_it(store):
    added = add_account(store, items=[LATE])
    score(store)
    with store.write() as db:
        assert claims.take(db, TENANT, added.id, "mia", NOW, 10)[:2] == ("new", 1)
        assert claims.take(db, TENANT, added.id, "mia", NOW + timedelta(minutes=1), 10) == (
            "new",
            1,
            NOW + timedelta(minutes=11),
        )
        with pytest.raises(Stale) as error:
            claims.take(db, TENANT, added.id, "ben", NOW, 10)
        assert (error.value.code, error.value.by) == ("account.claimed", "mia")
        assert not claims.give_back(db, TENANT, added.id, "ben")
        assert claims.give_back(db, TENANT, added.id, "mia")
        assert claims.take(db, TENANT, added.id, "ben", NOW, 10)[1] == 2


def test_an_account_that_was_never_scored_can_be_taken_by_choice(store):
    added = add_account(store)
    with store.write() as db:
        assert claims.take(db, TENANT, added.id, "mia", NOW, 10)[:2] == ("", 1)
        with pytest.raises(NotFound):
            claims.take(db, TENANT, 404, "mia", NOW, 10)


def log(db: Session, account_id: int, kind: str, *, by: str = "mia", undone_by: str | None = None) -> None:
    row = {
        "tenant_id": TENANT,
        "act_id": str(ids()),
        "id": ids(),
        "account_id": account_id,
        "by": by,
        "at": NOW,
        "fingerprint": "",
        "version": 2,
    }
    db.execute(
        insert(table(ActLog)).values(**row, effects=json.dumps([{"kind": kind}]), receipt="{}", undone_by=undone_by)
    )


@pytest.mark.parametrize(
    ("act", "free"),
    [
        ({"kind": "Skipped"}, True),
        ({"kind": "ContactLogged"}, True),
        ({"kind": "NoteWritten"}, False),
        ({"kind": "Skipped", "by": "ben"}, False),
        ({"kind": "Skipped", "undone_by": "x"}, False),
    ],
)
def test_what_next_handed_out_is_unworked_until_something_was_done_with_it(store, act, free):
    added = add_account(store, items=[LATE])
    score(store)
    with store.write() as db:
        assert worked.unworked(db, TENANT, "mia", NOW) is None
        assert take_next(db, "mia") == added.id
        assert worked.unworked(db, TENANT, "mia", NOW) == added.id
        assert worked.unworked(db, TENANT, "ben", NOW) is None
        log(db, added.id, **act)
        assert worked.unworked(db, TENANT, "mia", NOW) == (None if free else added.id)


def test_what_was_opened_by_choice_may_be_left_as_it_is(store):
    added = add_account(store, items=[LATE])
    score(store)
    with store.write() as db:
        claims.take(db, TENANT, added.id, "mia", NOW, 10)
        assert worked.unworked(db, TENANT, "mia", NOW) is None


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_the_hot_reads_go_by_index(store):
    """A plan that reads a queue through, or sorts it, is milliseconds here and seconds with a million accounts."""
    steps: list[str] = []
    with store.write() as db:
        raw = db.connection().connection.dbapi_connection

        def explain(_c: object, _cursor: object, statement: str, values: object, _ctx: object, _many: bool) -> None:
            if statement.startswith(("SELECT", "UPDATE")):
                plan = [step[3] for step in raw.execute(f"EXPLAIN QUERY PLAN {statement}", values)]
                # A page sorts again what it took: some fifty rows.
                steps.extend(step for step in plan if "one_page" not in statement or "ORDER BY" not in step)

        event.listen(db.connection(), "before_cursor_execute", explain)
        queues.board(db, TENANT, CATALOGUE, NOW)
        queues.page(db, TENANT, CATALOGUE, "new", now=NOW)
        take_next(db, "mia")
        take_next(db, "mia", "new")
        worked.unworked(db, TENANT, "mia", NOW)
    assert any("ix_work_order (tenant_id=? AND queue=?)" in step for step in steps)
    assert any("ix_work_free (tenant_id=?)" in step for step in steps)
    assert not [
        step
        for step in steps
        if "ORDER BY" in step
        or (step.startswith("SCAN") and step not in {"SCAN CONSTANT ROW", "SCAN one_page", "SCAN (subquery-1)"})
    ]
