"""The check of a day run: the SQL says what the rules say, of any book, and a fault that is planted is found and named."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select, update
from sqlmodel import Session

from collect_tui.defaults import load
from collect_tui.desk.catalogue import Catalogue
from collect_tui.desk.views.session import DayReport
from collect_tui.domain.calendars import Calendar
from collect_tui.domain.queue.rules import ordered
from collect_tui.domain.states import Stage
from collect_tui.policy.restore import may_restore
from collect_tui.policy.suspend import may_suspend
from collect_tui.store import account_signals, scoring, service_signals, summary
from collect_tui.store.day.base import Day
from collect_tui.store.day.check import check
from collect_tui.store.engine import Store
from collect_tui.store.facts import load_by_id
from collect_tui.store.sql import table
from collect_tui.store.tables import (
    Account,
    AccountSummary,
    Item,
    Message,
    Payment,
    Promise,
    QueueDelta,
    Service,
    ServiceOrder,
    WorkItem,
)
from support.books import BOOK, fill
from support.portfolio import DAY, NOW, TENANT, add_account, ids, make_store, run_day

CATALOGUE = load(None, today=DAY)
RULES, KINDS, CALENDAR = CATALOGUE.rules, CATALOGUE.holds, Calendar(CATALOGUE.rules.holidays)
OWN = replace(
    RULES.suspend,
    notice_level="final",
    notice_days=3,
    no_cut_weekdays=(0, 1),
    min_past_due=150_00,
    min_dpd=45,
    reconnect_fee=40_00,
)
#: The site as it is, and one with rules of its own for the services of two products.
SITES = st.sampled_from(
    [
        CATALOGUE,
        CATALOGUE.model_copy(
            update={
                "rules": replace(
                    RULES,
                    suspend=replace(
                        RULES.suspend,
                        products={
                            "P0": replace(OWN, cut_rank=3),
                            "P1": replace(OWN, notice_level="pre-cut", min_dpd=20),
                        },
                    ),
                )
            }
        ),
    ]
)
LATE = {"due": DAY - timedelta(days=40), "amount": 100_00}


def the_day(site: Catalogue = CATALOGUE) -> Day:
    return Day(TENANT, DAY, None, site, NOW, "day", ids, lambda *_: None)


def score(db: Session, site: Catalogue = CATALOGUE) -> None:
    summary.refresh(db, TENANT, DAY, minutes=30)
    scoring.rescore(db, TENANT, site, DAY, NOW)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(BOOK, SITES)
def test_figures_queues_and_scores_are_what_the_rules_say_of_any_book(specs, site):
    with make_store() as store:
        fill(store, specs)
        with store.write() as db:
            score(db, site)
            found = check(db, the_day(site), full=True, night=True)
    assert found.checked == len(specs)
    # Nobody has settled such a book: that is not what is asked here.
    assert [each for each in found.views if each.kind.split(".")[0] not in {"settling", "ladder", "message"}] == []


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(BOOK, SITES)
def test_every_row_of_a_queue_is_what_the_queue_says(specs, site):
    rules = site.rules
    bit = {rule.reason: 1 << n for n, rule in enumerate(ordered(CATALOGUE.queues))}
    with make_store() as store:
        accounts = [added.id for added in fill(store, specs)]
        with store.write() as db:
            score(db, site)
            for account_id in accounts:
                seen = load_by_id(db, TENANT, account_id)
                row = db.get(WorkItem, (TENANT, account_id))
                if seen.status != "OPEN":
                    assert row is None or (row.queue, row.reasons) == ("", 0)
                    continue
                assert row is not None
                assert seen.next_action is not None
                later = seen.next_action.on > DAY or (row.snooze_until or DAY) > DAY
                cut = [may_suspend(seen, s, DAY, rules.suspend, KINDS, CALENDAR).allowed for s in seen.services]
                assert bool(row.reasons & bit["suspend_ready"]) == (any(cut) and not later)
                restored = [may_restore(seen, s, rules, KINDS).allowed for s in seen.services]
                assert bool(row.reasons & bit["restore_ready"]) == any(restored)
                if row.reasons & bit["new_delinquency"]:
                    assert not any(
                        m.served_on and m.served_on >= seen.oldest_due for m in seen.messages if m.status == "SENT"
                    )
                    assert not any(
                        a.at.date() > seen.oldest_due + timedelta(days=1) for a in seen.attempts if a.counted
                    )
                if seen.next_action.on < DAY:
                    assert row.queue, "an overdue next action is in no queue"


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(BOOK, st.lists(st.sampled_from([1, 1, 1, 2, 3, 5, 10, 30]), min_size=1, max_size=4), SITES)
def test_every_night_leaves_any_book_as_the_rules_want_it(specs, jumps, site):
    with make_store() as store:
        fill(store, specs)
        day = DAY
        for jump in (0, *jumps):
            day += timedelta(days=jump)
            assert roll(store, day, site, full=True).found == ()


@pytest.mark.parametrize("status", ["DRAFT", "QUEUED"])
@pytest.mark.parametrize("disputed", [0, 100_00])
def test_the_first_night_takes_back_a_notice_of_a_book_that_was_brought_in_where_nothing_is_owed(
    store, status, disputed
):
    add_account(
        store, items=[{**LATE, "disputed": disputed}], notices=[{"level": "1", "status": status}], stage=Stage.NOTICE_1
    )
    assert roll(store, DAY, full=True).found == ()
    with store.read() as db:
        found = db.execute(select(Message.status)).scalars().all()
    assert ("CANCELLED" in found) is bool(disputed)


def test_who_is_cured_at_night_is_reminded_the_same_night(store):
    coming = {"due": DAY + timedelta(days=4), "amount": 50_00}
    add_account(store, items=[coming], points=[{}], stage=Stage.NOTICE_1)
    assert roll(store, DAY, full=True).found == ()
    with store.read() as db:
        assert db.execute(select(Message.template)).scalars().all() == ["reminder"]


def roll(store: Store, day: date, site: Catalogue = CATALOGUE, **options: Any) -> DayReport:
    return run_day(store, day, site, now=NOW + (day - DAY), **options)


# ------------------------------------------------------------------------------------------------------ planted faults


def run(store: Store, **options: Any) -> DayReport:
    return roll(store, DAY, **options)


def change(db: Session, model: Any, **values: Any) -> None:
    db.execute(update(table(model)).values(**values))


def forget_a_payment(db: Session) -> None:
    """Money that nobody has posted."""
    account = db.execute(select(Account.id)).scalar_one()
    row = {
        "ref": "P-1",
        "received_on": DAY,
        "method": "ach",
        "amount": 40_00,
        "status": "UNAPPLIED",
        "recorded_at": NOW,
    }
    db.execute(insert(table(Payment)), {"tenant_id": TENANT, "id": ids(), "account_id": account, **row})
    score(db)


def let_a_promise_pass(db: Session) -> None:
    change(db, Promise, status="ACTIVE", closed_on=None)
    score(db)


def leave_a_cut_standing(db: Session) -> None:
    """A suspension is on its way of which nothing is owed."""
    change(db, Service, status="PENDING_SUSPEND", suspend_cause="nonpay")
    change(db, ServiceOrder, status="REQUESTED", effective=DAY + timedelta(days=1))
    change(db, Item, open=0)
    score(db)


def climb_too_slowly(db: Session) -> None:
    change(db, Account, stage=Stage.PAST_DUE, stage_on=DAY - timedelta(days=1), ladder_paused_by=None)
    score(db)


PLANTED: list[tuple[Callable[[Session], Any], str]] = [
    (lambda db: change(db, AccountSummary, kept_12m=9), "summary"),
    (lambda db: change(db, WorkItem, score=1), "queue"),
    (lambda db: change(db, WorkItem, zone="Asia/Tokyo"), "queue"),
    (lambda db: change(db, Service, product="TV"), "queue"),
    (lambda db: change(db, QueueDelta, n=7), "figures"),
    (lambda db: change(db, Item, open=1_00), "summary"),
    (forget_a_payment, "settling.PaymentAllocated"),
    (let_a_promise_pass, "settling.PromiseChanged"),
    (leave_a_cut_standing, "settling.OrderChanged"),
]


def planted(store: Store) -> str:
    return add_account(
        store,
        items=[LATE],
        promises=[{"instalments": [(DAY - timedelta(days=9), 50_00)]}],
        services=[{}],
        orders=[{"status": "COMPLETED"}],
        notices=[{"level": "1"}, {"level": "2"}],
        stage=Stage.NOTICE_2,
        stage_on=DAY,
    ).number


@pytest.mark.parametrize(("plant", "kind"), PLANTED)
def test_a_planted_fault_is_found_and_named(store, plant, kind):
    number = planted(store)
    assert run(store, check=True).found == ()
    with store.write() as db:
        plant(db)
    report = run(store, check=True)
    named = {each.kind: each for each in report.found}
    assert kind in named
    assert report.differences == sum(each.count for each in report.found)
    assert report.checked == 1
    assert named[kind].count >= 1
    assert kind == "figures" or named[kind].accounts == (number,)
    again = run(store, check=True)
    assert all(each.kind.startswith("settling") for each in again.found)  # what a recompute can put right, it has


def test_a_rung_that_was_left_out_is_found_after_a_night(store):
    number = planted(store)
    run(store)
    with store.write() as db:
        climb_too_slowly(db)
        found = check(db, the_day(), full=True, night=True)
        assert [(each.kind, each.accounts) for each in found.views] == [("ladder", (number,))]
        assert (
            check(db, the_day(), full=True, night=False).total == 0
        )  # in the course of the day it waits for the night


#: SQL that agrees with itself and not with the rules: what is bent in which module, and what shows it.
BENT = [
    (service_signals, "SERVED", ("SENT", "DELIVERED", "DRAFT"), "queue.queue"),
    (scoring, "coming_back", lambda _kinds, _what: {"MEDICAL"}, "queue.reasons"),
    (summary, "PROMISE_MONTHS", 1200, "summary.kept_12m"),
]


@pytest.fixture
def fresh_statements() -> Iterator[Callable[[], None]]:
    """Statements are written once and kept; here they are written anew, before the test and after it."""

    def forget() -> None:
        for kept in (
            account_signals.signals,
            scoring.judged,
            scoring.select_fresh,
            scoring._upsert,
            summary.select_fresh,
            summary._upsert,
        ):
            kept.cache_clear()

    yield forget
    forget()


@pytest.mark.parametrize(("module", "name", "bent", "kind"), BENT)
def test_a_fault_of_the_sql_itself_is_found_by_the_rules(fresh_statements, monkeypatch, module, name, bent, kind):
    kept = {"status": "KEPT", "closed_on": DAY - timedelta(days=500), "made_on": DAY - timedelta(days=510)}
    draft = {
        "level": "pre-cut",
        "status": "DRAFT",
        "sent_on": DAY - timedelta(days=20),
        "served_on": DAY - timedelta(days=20),
    }
    ended = {"kind": "MEDICAL", "status": "EXPIRED", "until": DAY - timedelta(days=2)}
    with make_store() as store:
        add_account(
            store,
            items=[LATE],
            services=[{}],
            promises=[kept],
            notices=[draft],
            holds=[ended],
            events=[{"at": NOW - timedelta(days=3)}],
            next_action_code="letter",
        )
        monkeypatch.setattr(module, name, bent)
        fresh_statements()
        report = run(store, check=True)
        monkeypatch.undo()
    assert kind in {each.kind for each in report.found}
    assert report.differences


def test_a_sample_is_spread_evenly_and_full_means_all(store):
    for _ in range(7):
        add_account(store, items=[LATE])
    run(store)
    told: list[tuple[str, int, int]] = []
    sampled = CATALOGUE.model_copy(update={"rules": replace(RULES, check_sample=3)})
    few = replace(the_day(), catalogue=sampled, tell=lambda title, done, of: told.append((title, done, of)))
    with store.read() as db:
        assert check(db, few, full=False, night=True).checked == 4  # every second
        assert check(db, few, full=True, night=True).checked == 7
    assert ("Check the rules", 0, 4) in told
