"""The day run: what each step does, that it may be done again, and that what it leaves out needed no doing."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from collect_tui.defaults import load
from collect_tui.desk.errors import Refused
from collect_tui.desk.views.session import DayReport
from collect_tui.domain.states import STAGES, Stage
from collect_tui.services import day_run
from collect_tui.store import audit, audit_check, scoring, summary
from collect_tui.store.engine import Store
from collect_tui.store.sql import table
from collect_tui.store.tables import (
    Account,
    AccountSummary,
    Allocation,
    Callback,
    DayMark,
    Hold,
    Instalment,
    Item,
    Outbox,
    Payment,
    Promise,
    Service,
    ServiceOrder,
    Tenant,
    WorkItem,
)
from support.portfolio import DAY, NOW, TENANT, add_account, add_party, make_store, run_day

CATALOGUE = load(None, today=DAY)
STEPS = ["settle", "age", "strategy", "score", "queues", "figures", "seal"]
LATE = {"due": DAY - timedelta(days=40), "amount": 100_00}
PAUSED = {"stage": "NOTICE_1", "next_action_code": "promise", "next_action_on": DAY + timedelta(days=9)}


def run(store: Store, day: date = DAY, *, check: bool = True, **options: Any) -> DayReport:
    report = run_day(store, day, CATALOGUE, now=NOW + (day - DAY), check=check, **options)
    assert report.orphans == 0
    assert report.differences in ((0,) if check else (None,))
    return report


def get(store: Store, model: Any, *key: int) -> Any:
    with store.read() as db:
        found = db.get(model, (TENANT, *key))
    assert found is not None
    return found


def test_the_steps_stand_in_their_order_and_the_date_moves_with_the_first(store):
    told: list[str] = []
    add_account(store, items=[LATE])
    report = run(store, DAY + timedelta(days=1), progress=lambda title, _done, _of: told.append(title))
    assert [s.name for s in report.steps] == STEPS
    assert [t for i, t in enumerate(told) if t in {s.title for s in report.steps} and t not in told[:i]] == [
        s.title for s in report.steps
    ]
    assert get(store, Tenant).business_date == DAY + timedelta(days=1)


def test_a_second_run_for_the_date_does_nothing_and_says_so(store):
    add_account(store, items=[LATE], payments=[{"amount": 30_00}])
    first = run(store)
    before = snapshot(store)
    again = run(store)
    assert [s.changed for s in again.steps] == [s.changed for s in first.steps]
    assert not any(s.repeated for s in first.steps)
    assert all(s.repeated for s in again.steps)
    assert snapshot(store) == before


def snapshot(store: Store) -> dict[str, Any]:
    tables = (
        Account,
        AccountSummary,
        Allocation,
        Callback,
        DayMark,
        Hold,
        Instalment,
        Item,
        Payment,
        Promise,
        WorkItem,
    )
    with store.read() as db:
        return {model.__name__: sorted(map(str, db.execute(select(table(model))).all())) for model in tables}


def test_it_does_not_go_back(store):
    run(store)
    with pytest.raises(Refused) as error:
        run(store, DAY - timedelta(days=1))
    assert error.value.code == "day.backwards"
    assert get(store, Tenant).business_date == DAY


@pytest.mark.parametrize("at", range(len(STEPS)))
def test_an_interrupted_run_goes_on_where_it_stopped(monkeypatch, at):
    with make_store() as whole, make_store() as broken:
        for store in (whole, broken):
            fill(store)
            run(store)
        tomorrow = DAY + timedelta(days=4)
        run(whole, tomorrow)

        def fail(_session: Any, _day: Any) -> int:
            raise RuntimeError("the power went")

        steps = list(day_run.STEPS)
        steps[at] = replace(steps[at], do=fail)
        with monkeypatch.context() as patch:
            patch.setattr(day_run, "STEPS", tuple(steps))
            with pytest.raises(RuntimeError):
                run(broken, tomorrow)
        report = run(broken, tomorrow)
        assert [s.repeated for s in report.steps] == [place < at for place in range(len(STEPS))]
        assert standings(broken) == standings(whole)


def fill(store: Store) -> None:
    """One of each that the steps look at; numbers are the same in every store."""
    add_account(store, "1", items=[LATE, {"due": DAY + timedelta(days=2)}], payments=[{"amount": 130_00}])
    add_account(store, "2", items=[LATE], promises=[{"instalments": [(DAY - timedelta(days=1), 50_00)]}], **PAUSED)
    add_account(store, "3", items=[LATE], holds=[{"kind": "DISPUTE", "until": DAY + timedelta(days=1)}])
    add_account(store, "4", items=[{"due": DAY + timedelta(days=1)}])
    add_account(store, "5", items=[LATE], callbacks=[{"at": NOW + timedelta(days=1)}])


def standings(store: Store) -> list[tuple[Any, ...]]:
    a, s, w = table(Account).c, table(AccountSummary).c, table(WorkItem).c
    query = (
        select(
            a.number,
            a.stage,
            a.next_action_code,
            a.next_action_on,
            a.version,
            s.total,
            s.collectable,
            s.bucket,
            s.broken_12m,
            w.queue,
            w.score,
            w.reasons,
        )
        .join_from(table(Account), table(AccountSummary), s.account_id == a.id)
        .join(table(WorkItem), w.account_id == a.id)
        .order_by(a.number)
    )
    with store.read() as db:
        return [tuple(row) for row in db.execute(query)]


# ----------------------------------------------------------------------------------------------------------------- post


def test_unapplied_money_goes_to_the_oldest_undisputed_items_by_date_received(store):
    added = add_account(
        store,
        items=[
            {"due": DAY - timedelta(days=10), "amount": 50_00},
            {"due": DAY - timedelta(days=70), "amount": 80_00, "disputed": 30_00},
            {"due": DAY + timedelta(days=10), "amount": 40_00},
        ],
        payments=[
            {"amount": 60_00, "received_on": DAY - timedelta(days=1)},
            {"amount": 30_00, "received_on": DAY - timedelta(days=3)},
        ],
    )
    run(store)
    with store.read() as db:
        rows = db.execute(
            select(Allocation.payment_id, Allocation.item_id, Allocation.amount).order_by(Allocation.id)
        ).all()
    late, early = added.payments
    new, old, _coming = added.items
    assert sorted(map(tuple, rows)) == sorted([(early, old, 30_00), (late, old, 20_00), (late, new, 40_00)])
    assert [get(store, Item, i).open for i in added.items] == [10_00, 30_00, 40_00]
    assert [get(store, Payment, p).status for p in added.payments] == ["APPLIED", "APPLIED"]
    assert get(store, Account, added.id).version > 1


def test_what_reconnects_a_service_is_kept_before_anything_is_paid_that_is_not_due(store):
    cut = [{"status": "SUSPENDED", "suspend_cause": "nonpay"}]
    added = add_account(
        store, items=[{"due": DAY + timedelta(days=9), "amount": 50_00}], services=cut, payments=[{"amount": 20_00}]
    )
    run(store)
    assert get(store, Item, added.items[0]).open == 38_00  # a fee of 8.00 is kept
    assert get(store, Payment, added.payments[0]).status == "PARTLY_APPLIED"


def test_money_on_account_or_taken_back_is_not_posted(store):
    gone = {"returned_on": DAY}
    added = add_account(
        store,
        items=[LATE],
        payments=[{"status": "ON_ACCOUNT"}, {"status": "RETURNED", **gone}, {"status": "REVERSED", **gone}],
    )
    run(store)
    assert get(store, Item, added.items[0]).open == 100_00


AMOUNTS = st.integers(1, 300_00)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(AMOUNTS, st.integers(-20, 90)), max_size=5), st.lists(AMOUNTS, max_size=4))
def test_no_cent_is_lost_in_posting(owed, paid):
    items = [{"amount": amount, "due": DAY - timedelta(days=age)} for amount, age in owed]
    with make_store() as store:
        add_account(store, items=items, payments=[{"amount": amount} for amount in paid])
        run(store)
        with store.read() as db:
            still_open = db.execute(select(func.coalesce(func.sum(Item.open), 0))).scalar_one()
            given_out = db.execute(select(func.coalesce(func.sum(Allocation.amount), 0))).scalar_one()
            smallest = db.execute(select(func.min(Item.open))).scalar_one()
    assert given_out == min(sum(paid), sum(i["amount"] for i in items))
    assert still_open == sum(i["amount"] for i in items) - given_out
    assert smallest is None or smallest >= 0


# ------------------------------------------------------------------------------------------------------------- promises


def test_money_since_the_promise_goes_to_its_instalments_in_order_and_only_once(store):
    before, after = (
        {"received_on": DAY - timedelta(days=9)},
        {"received_on": DAY - timedelta(days=1), "recorded_at": NOW - timedelta(hours=20)},
    )
    added = add_account(
        store,
        items=[{**LATE, "amount": 900_00}],
        promises=[
            {
                "instalments": [(DAY + timedelta(days=1), 50_00), (DAY + timedelta(days=8), 50_00)],
                "made_on": DAY - timedelta(days=3),
            }
        ],
        payments=[{"amount": 500_00, **before}, {"amount": 70_00, **after}],
    )
    run(store)
    assert [(i.paid, i.status) for i in instalments(store, added)] == [(50_00, "PAID"), (20_00, "PART_PAID")]
    run(store, DAY + timedelta(days=1))
    assert [i.paid for i in instalments(store, added)] == [50_00, 20_00]


def instalments(store: Store, added: Any) -> list[Instalment]:
    return [get(store, Instalment, added.promises[0], seq) for seq in (1, 2)]


def test_a_promise_paid_by_the_bank_file_is_kept_and_lets_the_ladder_go(store):
    paid = {"amount": 40_00, "received_on": DAY, "recorded_at": NOW}
    added = add_account(
        store,
        items=[LATE],
        promises=[{"instalments": [(DAY + timedelta(days=1), 40_00)]}],
        payments=[paid],
        notices=[{"level": "2"}],
        **PAUSED,
    )
    hold_ladder(store, added, f"promise {added.promises[0]}")
    run(store)
    assert get(store, Promise, added.promises[0]).status == "KEPT"
    account = get(store, Account, added.id)
    assert (account.ladder_paused_by, account.next_action_code, account.next_action_on) == (
        None,
        "call",
        DAY,
    )  # NOTICE_2 is reached


def hold_ladder(store: Store, added: Any, holder: str | None) -> None:
    with store.write() as db:
        db.get_one(Account, (TENANT, added.id)).ladder_paused_by = holder


def test_a_broken_plan_resumes_the_ladder_and_comes_to_the_top_today(store):
    due = DAY - timedelta(days=3)
    added = add_account(
        store,
        items=[{**LATE, "due": DAY - timedelta(days=20)}],
        promises=[{"instalments": [(due, 50_00), (DAY + timedelta(days=9), 50_00)]}],
        **PAUSED,
    )
    hold_ladder(store, added, f"promise {added.promises[0]}")
    run(store)
    closed, account = get(store, Promise, added.promises[0]), get(store, Account, added.id)
    assert (closed.status, closed.closed_on) == ("BROKEN", DAY)
    assert (closed.closed_at, closed.closed_by) == (NOW, "day")
    assert [i.status for i in instalments(store, added)] == ["MISSED", "OPEN"]
    assert (account.stage, account.ladder_paused_by) == ("NOTICE_1", None)
    assert (account.next_action_code, account.next_action_on, account.version) == ("broken", DAY, 2)
    assert get(store, WorkItem, added.id).queue == "broken"
    assert get(store, AccountSummary, added.id).broken_12m == 1


def test_what_the_night_changes_of_an_account_is_in_its_history_and_told(store):
    promise = {"instalments": [(DAY - timedelta(days=3), 50_00)]}
    broken, kept = (add_account(store, number, items=[LATE], promises=[promise], **PAUSED) for number in "12")
    with store.write() as db:
        db.get_one(Instalment, (TENANT, kept.promises[0], 1)).due = DAY + timedelta(days=3)
    for day in (DAY, DAY):  # done again, it says nothing twice
        run(store, day)
    with store.read() as db:
        (entry,) = audit.entries(db, TENANT, broken.id)
        events = [(e.account_id, e.kind, json.loads(e.payload)) for e in db.execute(select(Outbox)).scalars()]
        assert (audit.entries(db, TENANT, kept.id), audit_check.verify(db, TENANT)) == ((), ())
    assert (entry.by, entry.command, entry.seq) == ("day", "day run", 1)
    assert {"instalment paid", "promise changed", "next action set"} <= {*entry.effects}
    (told,) = [data for account, kind, data in events if (account, kind) == (broken.id, "promise.changed")]
    assert (told["status"], told["old_status"]) == ("BROKEN", "ACTIVE")
    assert not [kind for account, kind, _ in events if account == kept.id]


def test_a_broken_promise_under_a_hold_on_calls_keeps_the_date_of_its_review(store):
    promise = {"instalments": [(DAY - timedelta(days=3), 50_00)]}
    added = add_account(store, items=[LATE], promises=[promise], holds=[{"kind": "CEASE"}], **PAUSED)
    hold_ladder(store, added, f"hold {added.holds[0]}")
    run(store)
    account = get(store, Account, added.id)
    assert get(store, Promise, added.promises[0]).status == "BROKEN"
    assert (account.next_action_on, account.ladder_paused_by) == (PAUSED["next_action_on"], f"hold {added.holds[0]}")


# ---------------------------------------------------------------------------------------------------- holds and ladder


def test_a_hold_ends_after_its_last_day_and_hands_the_ladder_on(store):
    ends = {"kind": "PAYMENT_CLAIM", "until": DAY - timedelta(days=1)}
    free = add_account(store, items=[LATE], holds=[ends], stage=Stage.FINAL)
    held = add_account(store, items=[LATE], holds=[ends, {"kind": "ASSISTANCE", "until": DAY}], stage=Stage.FINAL)
    promised = add_account(store, items=[LATE], holds=[ends], promises=[{}], stage=Stage.FINAL)
    for added in (free, held, promised):
        hold_ladder(store, added, f"hold {added.holds[0]}")
    run(store)
    assert [get(store, Hold, a.holds[0]).status for a in (free, held, promised)] == ["EXPIRED"] * 3
    assert get(store, Hold, held.holds[1]).status == "ACTIVE"
    assert {(get(store, Hold, a.holds[0]).closed_at, get(store, Hold, a.holds[0]).closed_by) for a in (free, held)} == {
        (NOW, "day")
    }
    paused = [get(store, Account, a.id).ladder_paused_by for a in (free, held, promised)]
    assert paused == [None, f"hold {held.holds[1]}", f"promise {promised.promises[0]}"]
    assert get(store, WorkItem, free.id).queue == "claim-expired"


def test_the_ladder_is_climbed_a_rung_a_day_and_no_higher_than_is_due(store):
    served = [{"level": "1", "sent_on": DAY - timedelta(days=17)}, {"level": "2", "sent_on": DAY - timedelta(days=2)}]
    added = add_account(store, items=[{**LATE, "due": DAY - timedelta(days=32)}], notices=served)
    seen = []
    for n in range(5):
        run(store, DAY + timedelta(days=n))
        seen.append(get(store, Account, added.id).stage)
    assert seen == ["PAST_DUE", "NOTICE_1", "NOTICE_2", "NOTICE_2", "NOTICE_2"]
    assert get(store, Account, added.id).stage_on == DAY + timedelta(days=2)


def test_before_the_due_date_there_is_a_rung_of_its_own(store):
    added = add_account(store, items=[{"due": DAY + timedelta(days=6)}])
    seen = []
    for n in range(9):
        run(store, DAY + timedelta(days=n))
        seen.append(get(store, Account, added.id).stage)
    assert seen == ["CURRENT", *["PRE_DUE"] * 6, "PAST_DUE", "PAST_DUE"]


def test_a_rung_is_reached_only_once_a_day(store):
    added = add_account(
        store,
        items=[{**LATE, "due": DAY - timedelta(days=80)}],
        stage=Stage.NOTICE_1,
        stage_on=DAY,
        notices=[{"level": "2"}],
    )
    run(store)
    assert get(store, Account, added.id).stage == "NOTICE_1"
    run(store, DAY + timedelta(days=1))
    assert get(store, Account, added.id).stage == "NOTICE_2"


@pytest.mark.parametrize(
    "held",
    [
        {"ladder_paused_by": "promise 1"},
        {"status": "CLOSED"},
        {"items": [{**LATE, "disputed": 100_00}]},
        {"items": []},
        {"stage": "FINAL"},
        {"stage": "WRITTEN_OFF"},
    ],
)
def test_the_ladder_stands_still(store, held):
    added = add_account(store, **{"items": [LATE], "stage": "PAST_DUE", **held})
    if held.get("items") == []:
        held = {"stage": "CURRENT"}  # nothing is past due: back to the ground
    run(store)
    assert get(store, Account, added.id).stage == held.get("stage", "PAST_DUE")


def test_suspended_is_reached_when_a_service_is(store):
    due = {**LATE, "due": DAY - timedelta(days=80)}
    waits = add_account(store, items=[due], stage=Stage.FINAL, services=[{}])
    cut = add_account(
        store, items=[due], stage=Stage.FINAL, services=[{"status": "SUSPENDED", "suspend_cause": "nonpay"}]
    )
    run(store)
    assert get(store, Account, waits.id).stage == "FINAL"
    assert get(store, Account, cut.id).stage == "SUSPENDED"


def test_a_reached_rung_sets_the_next_action_but_not_over_one_timed_for_today(store):
    later = {"stage": "PAST_DUE", "next_action_on": DAY + timedelta(days=5), "next_action_code": "review"}
    plain = add_account(store, items=[LATE], notices=[{}], **later)
    timed = add_account(
        store, items=[LATE], notices=[{}], stage=Stage.PAST_DUE, next_action_code="callback", next_action_at=NOW
    )
    run(store)
    assert (get(store, Account, plain.id).next_action_code, get(store, Account, plain.id).next_action_on) == (
        "call",
        DAY,
    )
    assert (get(store, Account, timed.id).next_action_code, get(store, Account, timed.id).next_action_at) == (
        "callback",
        NOW,
    )
    assert get(store, Account, timed.id).stage == "NOTICE_1"


@pytest.mark.parametrize("code", ["call", "callback"])
def test_a_day_that_was_chosen_stays_on_every_rung_until_it_comes(store, code):
    chosen, at = DAY + timedelta(days=3), NOW + timedelta(days=3) if code == "callback" else None
    served = [{"sent_on": DAY - timedelta(days=20)}, {"level": "2", "sent_on": DAY - timedelta(days=9)}]
    own = {"next_action_code": code, "next_action_on": chosen, "next_action_at": at}
    added = add_account(store, items=[LATE], notices=served, stage="PAST_DUE", **own)
    for night, stage in enumerate(("NOTICE_1", "NOTICE_2", "NOTICE_2")):
        run(store, DAY + timedelta(days=night))
        now = get(store, Account, added.id)
        assert (now.stage, now.next_action_code, now.next_action_on) == (stage, code, chosen)


def test_a_suspension_that_is_paid_does_not_go_out(store):
    pending = {"status": "PENDING_SUSPEND", "suspend_cause": "nonpay"}
    served = {"level": "pre-cut", "sent_on": DAY - timedelta(days=20)}
    more = {"services": [pending], "notices": [served], "orders": [{"effective": DAY + timedelta(days=1)}]}
    paid = add_account(store, items=[LATE], payments=[{"amount": 100_00}], **more)
    credited = add_account(store, items=[LATE, {"kind": "credit", "amount": -100_00}], **more)
    owing = add_account(store, items=[LATE], **more)
    fraud = add_account(store, services=[{**pending, "suspend_cause": "fraud"}], orders=[{"reason": "FRAUD"}])
    run(store)
    assert [get(store, ServiceOrder, a.orders[0]).status for a in (paid, credited, owing, fraud)] == [
        "CANCELLED",
        "CANCELLED",
        "REQUESTED",
        "REQUESTED",
    ]
    assert get(store, Service, paid.services[0]).status == "ACTIVE"
    cancelled = get(store, ServiceOrder, paid.orders[0])
    assert "0.00 is past due" in cancelled.detail
    assert (cancelled.lifted, cancelled.closed_at, cancelled.closed_by) == (True, NOW, "day")
    assert get(store, ServiceOrder, owing.orders[0]).closed_at is None


# --------------------------------------------------------------------------------------------------------------- queues


def test_leases_skips_and_callbacks_are_tidied(store):
    lease = {"claimed": True, "claimed_by": "mia", "fence": 3}
    gone = add_account(store, items=[LATE], work={**lease, "lease_until": NOW - timedelta(minutes=1), "skipped": 2})
    held = add_account(store, items=[LATE], work={**lease, "lease_until": NOW + timedelta(minutes=5)})
    missed = add_account(store, callbacks=[{"at": NOW - timedelta(days=1)}, {"at": NOW}])
    run(store)
    assert (get(store, WorkItem, gone.id).claimed_by, get(store, WorkItem, gone.id).skipped) == (None, 0)
    assert get(store, WorkItem, held.id).claimed_by == "mia"
    assert [get(store, Callback, c).status for c in missed.callbacks] == ["MISSED", "SCHEDULED"]
    assert get(store, WorkItem, missed.id).queue == "callback"


def test_check_finds_what_is_wrong(store):
    added = add_account(store, items=[LATE])
    run(store)
    with store.write() as db:
        db.get_one(AccountSummary, (TENANT, added.id)).kept_12m = 9
        db.get_one(WorkItem, (TENANT, added.id)).score = 1
    report = run_day(store, DAY, CATALOGUE, now=NOW, check=True)
    assert report.differences == 2


# ------------------------------------------------------------------------------- the tenth of accounts that a day touches

SPEC = st.fixed_dictionaries(
    {
        "dues": st.lists(st.tuples(st.integers(-45, 130), st.integers(1, 200_00)), max_size=4),
        "party": st.integers(0, 2),
        "payment": st.none()
        | st.tuples(st.integers(1, 300_00), st.integers(0, 400), st.sampled_from(["UNAPPLIED", "RETURNED"])),
        "promise": st.none() | st.tuples(st.integers(-5, 30), st.integers(1, 100_00)),
        "closed": st.none() | st.tuples(st.integers(300, 366), st.sampled_from(["KEPT", "BROKEN"])),
        "tries": st.lists(st.integers(0, 12), max_size=8),
        "hold": st.none()
        | st.tuples(st.sampled_from(["CEASE", "DISPUTE", "MEDICAL", "PAYMENT_CLAIM"]), st.integers(-1, 20)),
        "callback": st.none() | st.integers(-2, 20),
        "next": st.integers(-3, 20),
        "stage": st.sampled_from(STAGES),
        "notice": st.none() | st.integers(0, 20),
        "service": st.sampled_from(["ACTIVE", "SUSPENDED", "PENDING_SUSPEND"]),
        "order": st.booleans(),
        "snooze": st.none() | st.integers(0, 20),
    }
)


def build(store: Store, spec: dict[str, Any], parties: list[int]) -> None:
    def ago(days: int) -> date:
        return DAY - timedelta(days=days)

    pay, promise, closed, hold = spec["payment"], spec["promise"], spec["closed"], spec["hold"]
    made = [{"instalments": [(ago(-promise[0]), promise[1])]}] if promise else []
    made += (
        [{"status": closed[1], "closed_on": ago(closed[0]), "instalments": [(ago(closed[0]), 10_00)]}] if closed else []
    )
    add_account(
        store,
        party_id=parties[spec["party"]],
        items=[{"due": ago(days), "amount": amount} for days, amount in spec["dues"]],
        payments=[
            {
                "amount": pay[0],
                "received_on": ago(pay[1]),
                "status": pay[2],
                "returned_on": ago(pay[1]) if pay[2] == "RETURNED" else None,
            }
        ]
        if pay
        else [],
        promises=made,
        events=[{"at": NOW - timedelta(days=days)} for days in spec["tries"]],
        holds=[{"kind": hold[0], "until": ago(-hold[1])}] if hold else [],
        callbacks=[{"at": NOW + timedelta(days=spec["callback"]), "owner": None}]
        if spec["callback"] is not None
        else [],
        notices=[{"level": "pre-cut", "sent_on": ago(spec["notice"])}] if spec["notice"] is not None else [],
        services=[{"status": spec["service"], "suspend_cause": None if spec["service"] == "ACTIVE" else "nonpay"}],
        orders=[{"requested_on": DAY}] if spec["order"] else [],
        work={"snooze_until": ago(-spec["snooze"])} if spec["snooze"] is not None else None,
        next_action_on=ago(-spec["next"]),
        stage=spec["stage"],
    )


@settings(max_examples=15, deadline=None)
@given(st.lists(SPEC, min_size=1, max_size=5), st.lists(st.integers(1, 40), min_size=1, max_size=5))
def test_the_incremental_run_leaves_nothing_that_a_full_one_would_change(specs, jumps):
    with make_store() as store:
        parties = [add_party(store) for _ in range(3)]
        for spec in specs:
            build(store, spec, parties)
        run(store)
        day = DAY
        for jump in jumps:
            day += timedelta(days=jump)
            run(store, day)  # asserts that a full recompute finds no difference
        with store.write() as db:
            assert db.execute(select(func.count()).select_from(DayMark)).scalar_one() == 0
            assert summary.refresh(db, TENANT, day, minutes=30) == 0
            assert scoring.rescore(db, TENANT, CATALOGUE, day, NOW) in (0, len(specs)) or scoring.settle_median(
                db, TENANT
            )
