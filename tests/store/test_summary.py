"""Summaries equal what the facts of an account say, for one account and for all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session

from collect_tui.domain.ageing import bucket, days_past_due
from collect_tui.store import summary
from collect_tui.store.facts import load_by_id
from collect_tui.store.sql import scopes
from collect_tui.store.tables import AccountSummary
from support.portfolio import DAY, NOW, TENANT, add_account

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
        assert summary.refresh(db, TENANT, DAY, added.id) == 1
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
        summary.refresh(db, TENANT, DAY, added.id)
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
        summary.refresh(db, TENANT, DAY, added.id)
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
        one_by_one = sum(summary.refresh(db, TENANT, DAY, a.id) for a in accounts[:5])
        assert summary.refresh(db, TENANT, DAY) == len(accounts) - one_by_one
        assert summary.refresh(db, TENANT, DAY) == 0
        assert (
            sum(summary.differences(db, TENANT, DAY, scope) for scope, _ in scopes(db, TENANT, marked=False, size=4))
            == 0
        )
        later = DAY + timedelta(days=30)
        wrong = sum(
            summary.differences(db, TENANT, later, scope) for scope, _ in scopes(db, TENANT, marked=False, size=4)
        )
        assert wrong == summary.refresh(db, TENANT, later) > 0


def test_an_account_of_another_tenant_is_left_alone(store):
    from support.portfolio import add_tenant

    add_tenant(store, tenant_id=2)
    other = add_account(store, items=[{}], tenant_id=2, party={"tenant_id": 2})
    with store.write() as db:
        assert summary.refresh(db, TENANT, DAY) == 0
        assert summary.refresh(db, 2, DAY) == 1
        found = db.get(AccountSummary, (2, other.id))
    assert found is not None
    assert found.collectable == 100_00


def test_the_day_of_an_instant_is_the_desks(store):
    from sqlalchemy import bindparam, literal, select
    from sqlmodel.sql.sqltypes import UTCDateTime

    from collect_tui.store.sql import day_start, east, local_day

    evening = datetime(2026, 11, 24, 3, 30, tzinfo=UTC)  # 21:30 on the 23rd in Chicago
    with store.read() as db:
        at = literal(evening, UTCDateTime())
        assert db.execute(select(local_day(at, bindparam("m", east(DAY, "America/Chicago"))))).scalar_one() == DAY
    assert day_start(DAY, "America/Chicago") == datetime(2026, 11, 23, 6, tzinfo=UTC)
