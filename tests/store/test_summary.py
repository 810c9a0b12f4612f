"""Summaries equal what the facts of an account say, for one account and for all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import literal, select
from sqlmodel import Session
from sqlmodel.sql.sqltypes import UTCDateTime

from collect_tui.defaults import load
from collect_tui.domain.account.ageing import bucket, days_past_due
from collect_tui.domain.dates import day_start, local_time
from collect_tui.domain.figures import figures
from collect_tui.policy import attempts
from collect_tui.store import past, summary
from collect_tui.store.clock import desk_clock, desk_day
from collect_tui.store.facts import load_by_id
from collect_tui.store.sql import Scope, scopes
from collect_tui.store.tables import AccountSummary, ContactPoint
from support.portfolio import DAY, NOW, TENANT, add_account, add_party, make_store

FEW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

AGES = st.integers(-40, 130)
ITEMS = st.lists(
    st.tuples(AGES, st.integers(1, 500_00), st.integers(0, 100), st.integers(0, 100)).map(
        lambda t: {
            "due": DAY - timedelta(days=t[0]),
            "amount": t[1],
            "open": t[1] * t[2] // 100,
            "disputed": t[1] * t[2] // 100 * t[3] // 100,
        }
    ),
    max_size=6,
)
PAYMENTS = st.lists(
    st.tuples(
        st.integers(1, 300_00),
        st.sampled_from(["UNAPPLIED", "ON_ACCOUNT", "RETURNED", "REVERSED"]),
        st.integers(0, 500),
    ).map(
        lambda t: {
            "amount": t[0],
            "status": t[1],
            "received_on": DAY - timedelta(days=t[2]),
            "returned_on": DAY - timedelta(days=t[2]) if t[1] in {"RETURNED", "REVERSED"} else None,
        }
    ),
    max_size=4,
)


def of(db: Session, account_id: int) -> AccountSummary:
    found = db.get(AccountSummary, (TENANT, account_id), populate_existing=True)
    assert found is not None
    return found


@FEW
@given(ITEMS, PAYMENTS)
def test_the_amounts_are_those_of_the_facts(store, items, payments):
    added = add_account(store, items=items, payments=payments)
    with store.write() as db:
        assert summary.refresh(db, TENANT, DAY, added.id, minutes=30) == 1
        seen, sums = load_by_id(db, TENANT, added.id), of(db, added.id)
    for name in ("total", "past_due", "disputed", "collectable", "unapplied", "oldest_due"):
        assert getattr(sums, name) == getattr(seen, name), name
    assert sums.bucket == bucket(days_past_due(seen.oldest_due, DAY))
    year_ago = DAY.replace(year=DAY.year - 1)
    assert sums.returned_12m == sum(p["status"] == "RETURNED" and p["returned_on"] > year_ago for p in payments)
    standing = [p["received_on"] for p in payments if p["status"] not in {"RETURNED", "REVERSED"}]
    assert sums.last_payment_on == max(standing, default=None)


def test_money_allocated_is_not_unapplied_and_what_was_reversed_is_again(store):
    added = add_account(
        store,
        items=[{"amount": 100_00, "open": 70_00}],
        payments=[{"amount": 50_00, "to": [(0, 30_00)], "status": "PARTLY_APPLIED"}],
    )
    with store.write() as db:
        summary.refresh(db, TENANT, DAY, added.id, minutes=30)
        assert of(db, added.id).unapplied == 20_00
        assert of(db, added.id).collectable == 50_00


def test_promises_and_contacts_are_counted(store):
    year = DAY - timedelta(days=365)
    due = [(DAY, 40_00)]
    added = add_account(
        store,
        promises=[
            {"status": "KEPT", "closed_on": DAY - timedelta(days=9), "instalments": due},
            {"status": "KEPT", "closed_on": year, "instalments": due},  # twelve months ago to the day: no longer
            {"status": "BROKEN", "closed_on": year + timedelta(days=1), "instalments": due},
            {"status": "PARTIAL", "closed_on": DAY, "instalments": due},
            {"status": "CANCELLED", "closed_on": DAY, "instalments": due},
            {
                "instalments": [
                    {"due": DAY, "amount": 40_00, "paid": 40_00, "status": "PAID"},
                    {"due": DAY, "amount": 60_00, "paid": 15_00, "status": "PART_PAID"},
                ]
            },
        ],
        events=[
            {"id": 71, "at": NOW - timedelta(days=5), "counted": True, "outbound": True, "right_party": True},
            {"id": 72, "at": NOW - timedelta(days=3), "counted": True, "outbound": True, "right_party": True},
            {"id": 73, "at": NOW - timedelta(days=2), "counted": False, "outbound": True, "right_party": False},
            {"id": 74, "at": NOW - timedelta(days=1), "counted": False, "outbound": False, "right_party": True},
            {
                "id": 75,
                "at": NOW,
                "action": "VOID",
                "result": "VOID",
                "counted": False,
                "outbound": False,
                "right_party": False,
                "supersedes": 72,
            },
        ],
    )
    with store.write() as db:
        summary.refresh(db, TENANT, DAY, added.id, minutes=30)
        sums = of(db, added.id)
    assert (sums.kept_12m, sums.broken_12m, sums.promised) == (1, 2, 45_00)
    assert (sums.attempts, sums.rpcs) == (1, 1)  # the one taken back does not count
    assert sums.last_attempt_at == NOW - timedelta(days=2)
    assert sums.last_rpc_at == NOW - timedelta(days=1)


def test_all_at_once_gives_what_one_by_one_gives_and_a_second_time_writes_nothing(store):
    accounts = [
        add_account(store, items=[{"due": DAY - timedelta(days=d), "amount": 1_000 + d}]) for d in range(0, 120, 9)
    ]
    with store.write() as db:
        one_by_one = sum(summary.refresh(db, TENANT, DAY, a.id, minutes=30) for a in accounts[:5])
        assert summary.refresh(db, TENANT, DAY, minutes=30) == len(accounts) - one_by_one
        assert summary.refresh(db, TENANT, DAY, minutes=30) == 0
        assert [*stale(db, DAY)] == []
        later = DAY + timedelta(days=30)
        assert len([*stale(db, later)]) == summary.refresh(db, TENANT, later, minutes=30) > 0


def stale(db: Session, day: date) -> Iterator[int]:
    for scope, _ in scopes(db, TENANT, marked=False, size=4):
        yield from summary.stale(db, TENANT, day, scope, 30)


def test_an_account_of_another_tenant_is_left_alone(store):
    from support.portfolio import add_tenant

    add_tenant(store, tenant_id=2)
    other = add_account(store, items=[{}], tenant_id=2, party={"tenant_id": 2})
    with store.write() as db:
        assert summary.refresh(db, TENANT, DAY, minutes=30) == 0
        assert summary.refresh(db, 2, DAY, minutes=30) == 1
        found = db.get(AccountSummary, (2, other.id))
    assert found is not None
    assert found.collectable == 100_00


INSTANTS = st.datetimes(datetime(2023, 12, 1), datetime(2026, 11, 24), timezones=st.just(UTC))


@FEW
@given(
    st.lists(INSTANTS, min_size=1, max_size=20),
    st.sampled_from(["America/Chicago", "Africa/Casablanca", "UTC", "Asia/Kathmandu"]),
)
def test_the_day_of_an_instant_is_the_desks_in_summer_and_in_winter(store, instants, zone):
    at = [literal(instant, UTCDateTime()) for instant in instants]
    with store.read() as db:
        days = db.execute(select(*(desk_day(one) for one in at)), desk_clock(DAY, zone)).one()
    assert list(days) == [local_time(instant, zone).date() for instant in instants]


@pytest.mark.parametrize("zone", ["America/Chicago", "Europe/Berlin"])
@pytest.mark.parametrize("night", [date(2026, 3, 8), date(2025, 11, 2), date(2026, 3, 29), date(2024, 10, 27)])
def test_the_day_begins_at_midnight_on_either_side_of_a_change_of_the_clock(store, zone, night):
    instants = [day_start(night + timedelta(days=n), zone) - timedelta(seconds=back) for n in (0, 1) for back in (0, 1)]
    with store.read() as db:
        query = select(*(desk_day(literal(instant, UTCDateTime())) for instant in instants))
        days = db.execute(query, desk_clock(DAY, zone)).one()
    assert list(days) == [night, night - timedelta(days=1), night + timedelta(days=1), night]


CALL = st.fixed_dictionaries(
    {
        "minutes": st.sampled_from([0, 1, 29, 30, 31, 45, 60, 90]),
        "counted": st.booleans(),
        "contact": st.booleans(),
        "right_party": st.booleans(),
        "point": st.sampled_from([None, 0, 1]),
        "taken_back": st.sampled_from([False, False, True]),
    }
)


@settings(max_examples=60, deadline=None)
@given(st.lists(CALL, max_size=8), st.sampled_from([0, 30, 60]))
def test_one_conversation_is_one_call_in_sql_as_by_the_rule_for_the_cap(calls, minutes):
    rows = [
        {
            "id": 7_000_000 + n,
            "at": NOW - timedelta(days=1) + timedelta(minutes=call["minutes"]),
            "outbound": True,
            **{name: call[name] for name in ("counted", "contact", "right_party")},
            "point": call["point"],
        }
        for n, call in enumerate(calls)
    ]
    undone = [
        {"id": 8_000_000 + n, "at": NOW, "action": "VOID", "result": "VOID", "outbound": False, "counted": False}
        | {"contact": False, "right_party": False, "supersedes": 7_000_000 + n, "point": None}
        for n, call in enumerate(calls)
        if call["taken_back"]
    ]
    with make_store() as store:
        party = add_party(store, points=[{}, {"value": "+1 312 555 0199", "normalized": "13125550199"}])
        with store.read() as db:
            points = db.execute(select(ContactPoint.id).order_by(ContactPoint.id)).scalars().all()
        events = [
            {**row, "point_id": None if (at := row.pop("point")) is None else points[at]} for row in (*rows, *undone)
        ]
        added = add_account(store, party_id=party, events=events)
        with store.write() as db:
            summary.refresh(db, TENANT, DAY, added.id, minutes=minutes)
            sums = of(db, added.id)
            seen = load_by_id(db, TENANT, added.id)
            before = past.load_many(db, TENANT, [added.id])[added.id]
            assert summary.stale(db, TENANT, DAY, Scope.some((added.id,)), minutes) == []
    twin = figures(seen, before, minutes)
    assert (sums.attempts, sums.rpcs) == (twin.attempts, twin.rpcs)
    rules = replace(load(None, today=DAY).rules.contact, conversation_minutes=minutes)
    assert sums.attempts == len(attempts.calls(seen.attempts, rules))
