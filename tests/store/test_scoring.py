"""The SQL of the score equals its definition to the point; each reason and each exclusion holds when it should."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlmodel import Session

from collect_tui.defaults import load
from collect_tui.domain import priority
from collect_tui.domain.priority import Signals
from collect_tui.store import dayrun, queues, scoring, summary
from collect_tui.store.engine import Store
from collect_tui.store.facts import load_by_id
from collect_tui.store.reasons import EXCLUSIONS, REASONS
from collect_tui.store.sql import Scope, table
from collect_tui.store.tables import AccountSummary, Tenant, WorkItem
from support.portfolio import DAY, NOW, TENANT, add_account, add_party

CATALOGUE = load(None, today=DAY)
FEW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def score(db: Session, account_id: int | None = None) -> int:
    summary.refresh(db, TENANT, DAY, account_id)
    return scoring.rescore(db, TENANT, CATALOGUE, DAY, NOW, account_id)


def work(db: Session, account_id: int) -> WorkItem:
    found = db.get(WorkItem, (TENANT, account_id), populate_existing=True)
    assert found is not None
    return found


def set_median(db: Session, median: int) -> None:
    db.execute(update(table(Tenant)).values(median_collectable=median))


ACCOUNT = st.fixed_dictionaries(
    {
        "due": st.integers(-5, 200),
        "open": st.integers(0, 5_000_00),
        "tries": st.lists(st.tuples(st.integers(0, 20), st.booleans()), max_size=8),
        "kept": st.integers(0, 3),
        "broken": st.integers(0, 3),
        "returned": st.integers(0, 3),
    }
)


def build(store: Store, spec: dict[str, Any], party_id: int) -> int:
    closed = {"closed_on": DAY - timedelta(days=20), "instalments": [(DAY - timedelta(days=25), 10_00)]}
    return add_account(
        store,
        party_id=party_id,
        items=[{"due": DAY - timedelta(days=spec["due"]), "amount": 6_000_00, "open": spec["open"]}],
        promises=[{"status": "KEPT", **closed}] * spec["kept"] + [{"status": "BROKEN", **closed}] * spec["broken"],
        payments=[{"status": "RETURNED", "returned_on": DAY - timedelta(days=30)}] * spec["returned"],
        events=[{"at": NOW - timedelta(days=days), "right_party": reached} for days, reached in spec["tries"]],
    ).id


def signals(seen: Any, spec: dict[str, Any], linked: int, median: int) -> Signals:
    tries = spec["tries"]
    return Signals(
        collectable=seen.collectable,
        median=median,
        oldest_due=seen.oldest_due,
        attempts=len(tries),
        rpcs=sum(reached for _, reached in tries),
        kept=spec["kept"],
        broken=spec["broken"],
        returned=spec["returned"],
        idle=min((days for days, _ in tries), default=None),
        linked=linked,
    )


@FEW
@given(st.lists(ACCOUNT, min_size=1, max_size=4), st.integers(1, 1_000_00))
def test_the_sql_scores_as_the_definition(store, specs, median):
    party = add_party(store)
    accounts = [build(store, spec, party) for spec in specs]
    with store.write() as db:
        set_median(db, median)
        for account in accounts:
            score(db, account)
        facts = [load_by_id(db, TENANT, account) for account in accounts]
        late = [seen.oldest_due is not None for seen in facts]
        for place, (seen, spec) in enumerate(zip(facts, specs, strict=True)):
            linked = sum(late) - late[place]
            expected = priority.terms(signals(seen, spec, linked, median), CATALOGUE.rules.weights, DAY)
            row = work(db, accounts[place])
            assert {name: getattr(row, f"t_{name}") for name in priority.NAMES} == {
                name: getattr(expected, name) for name in priority.NAMES
            }
            assert (row.score, row.sort_score) == (expected.score, -expected.score)


def test_why_explains_the_very_terms_that_are_stored(store):
    added = add_account(store, items=[{"amount": 820_00}], events=[{"at": NOW - timedelta(days=3)}])
    with store.write() as db:
        set_median(db, 400_00)
        score(db, added.id)
        why = queues.why(db, TENANT, CATALOGUE, added.id, DAY, NOW)
        row = work(db, added.id)
    assert {t.name: t.points for t in why.terms} == {name: getattr(row, f"t_{name}") for name in priority.NAMES}
    assert why.score == row.score
    assert next(t for t in why.terms if t.name == "stale").explanation == "Last tried 3 days ago; full points after 7."


LATE = {"due": DAY - timedelta(days=40), "amount": 100_00}
TRIED = [{"at": NOW - timedelta(days=2)}]
SPOKEN = [{"at": NOW - timedelta(days=10), "right_party": True, "contact": True}]
SERVED = [{"level": "pre-cut", "sent_on": DAY - timedelta(days=12)}]

#: queue → an account that belongs in it.
BELONGS: dict[str, dict[str, Any]] = {
    "callback": {"callbacks": [{"at": NOW + timedelta(hours=2), "owner": None}]},
    "broken": {
        "items": [LATE],
        "events": SPOKEN,
        "promises": [{"status": "BROKEN", "closed_on": DAY - timedelta(days=1)}],
    },
    "returned": {
        "items": [LATE],
        "events": SPOKEN,
        "payments": [{"status": "RETURNED", "returned_on": DAY - timedelta(days=2)}],
    },
    "suspend": {"items": [LATE], "events": TRIED, "services": [{}], "notices": SERVED},
    "restore": {
        "services": [{"status": "SUSPENDED", "suspend_cause": "nonpay"}],
        "next_action_on": DAY + timedelta(days=9),
    },
    "stuck": {
        "services": [{"status": "PENDING_SUSPEND"}],
        "orders": [{"requested_on": DAY - timedelta(days=2)}],
        "next_action_on": DAY + timedelta(days=9),
    },
    "dispute-back": {
        "items": [LATE],
        "events": SPOKEN,
        "holds": [{"kind": "DISPUTE", "status": "EXPIRED", "until": DAY - timedelta(days=1)}],
    },
    "claim-expired": {
        "items": [LATE],
        "events": SPOKEN,
        "holds": [{"kind": "PAYMENT_CLAIM", "status": "EXPIRED", "until": DAY - timedelta(days=1)}],
    },
    "new": {"items": [LATE]},
    "followup": {"items": [LATE], "events": TRIED},
    "predue": {
        "items": [{"due": DAY + timedelta(days=4)}],
        "promises": [{"status": "BROKEN", "closed_on": DAY - timedelta(days=90)}],
        "events": SPOKEN,
    },
}


def test_every_queue_has_an_example():
    assert set(BELONGS) == {rule.name for rule in CATALOGUE.queues}
    assert {rule.reason for rule in CATALOGUE.queues} == set(REASONS)


@pytest.mark.parametrize("queue", BELONGS)
def test_an_account_stands_in_the_queue_where_it_belongs(store, queue):
    added = add_account(store, **BELONGS[queue])
    with store.write() as db:
        score(db, added.id)
        why = queues.why(db, TENANT, CATALOGUE, added.id, DAY, NOW)
    rule = next(rule for rule in CATALOGUE.queues if rule.name == queue)
    assert (why.queue, why.tier, why.position, why.absent) == (queue, rule.tier, 1, ())
    assert why.reasons[0] == rule.reason
    assert why.chips[0].startswith(rule.chip)


#: What takes the account of a queue out of it: (queue, change, word that must be in the reasons given).
BARRED = [
    ("new", {"status": "CLOSED"}, "closed"),
    ("callback", {"status": "CLOSED"}, "closed"),
    ("new", {"holds": [{"kind": "CEASE"}]}, "CEASE"),
    ("callback", {"holds": [{"kind": "CEASE"}]}, "CEASE"),
    ("followup", {"holds": [{"kind": "UNKNOWN"}]}, "UNKNOWN"),
    ("followup", {"items": []}, "nothing to collect"),
    ("new", {"items": [{**LATE, "disputed": 100_00}]}, "nothing to collect"),
    ("new", {"payments": [{"amount": 99_50}]}, "nothing to collect"),  # what is left is less than the tolerance
    (
        "followup",
        {"work": {"snooze_until": DAY + timedelta(days=2), "snooze_reason": "AWAY"}},
        "put off until Wed 25 Nov: AWAY",
    ),
    ("broken", {"next_action_on": DAY + timedelta(days=1)}, "next action (call) is tomorrow"),
    ("callback", {"next_action_on": DAY + timedelta(days=1)}, "next action (call) is tomorrow"),  # tried in vain
    ("followup", {"events": [{"at": NOW - timedelta(days=d)} for d in range(7)]}, "7 calls"),
]


@pytest.mark.parametrize(("queue", "change", "word"), BARRED)
def test_an_exclusion_keeps_it_out_and_says_so(store, queue, change, word):
    added = add_account(store, **{**BELONGS[queue], **change})
    with store.write() as db:
        score(db, added.id)
        why = queues.why(db, TENANT, CATALOGUE, added.id, DAY, NOW)
    assert why.queue is None
    assert any(word in sentence for sentence in why.absent), why.absent


def test_every_exclusion_is_shown_to_bar_something():
    words = {
        "closed": "closed",
        "hold": "CEASE",
        "nothing_collectable": "nothing to",
        "snoozed": "put off",
        "next_action_later": "next action",
        "attempts_cap": "calls",
    }
    assert set(words) == {one.name for one in EXCLUSIONS}
    assert all(any(word in told for _, _, told in BARRED) for word in words.values())


#: Not quite: the same queue's account with one thing different, that no longer meets its reason.
NOT_QUITE = [
    ("callback", {"callbacks": [{"at": NOW + timedelta(days=1), "owner": None}]}),
    ("callback", {"callbacks": [{"at": NOW - timedelta(days=1), "owner": None, "status": "DONE"}]}),
    ("broken", {"events": [{"at": NOW, "right_party": True}]}),
    ("broken", {"promises": [{"status": "BROKEN", "closed_on": DAY - timedelta(days=1)}, {}]}),  # re-promised
    ("returned", {"events": [{"at": NOW, "right_party": True}]}),
    ("suspend", {"notices": [{"level": "pre-cut", "sent_on": DAY - timedelta(days=9)}]}),
    ("suspend", {"notices": [{"level": "1", "sent_on": DAY - timedelta(days=12)}]}),
    ("suspend", {"services": [{"life_support": True}]}),
    ("suspend", {"items": [{**LATE, "due": DAY - timedelta(days=29)}]}),
    ("suspend", {"items": [{**LATE, "amount": 24_99}]}),
    ("suspend", {"holds": [{"kind": "MEDICAL"}]}),
    ("suspend", {"promises": [{}]}),
    ("suspend", {"orders": [{}]}),
    ("restore", {"services": [{"status": "SUSPENDED", "suspend_cause": "fraud"}]}),
    ("restore", {"items": [LATE]}),
    ("stuck", {"orders": [{"requested_on": DAY - timedelta(days=1)}]}),
    ("stuck", {"orders": [{"requested_on": DAY - timedelta(days=9), "status": "COMPLETED"}]}),
    ("dispute-back", {"events": [{"at": NOW, "right_party": True}]}),
    ("new", {"events": TRIED}),
    ("followup", {"next_action_on": DAY + timedelta(days=1)}),
    ("predue", {"items": [{"due": DAY + timedelta(days=6)}]}),
    ("predue", {"promises": []}),
]


@pytest.mark.parametrize(("queue", "change"), NOT_QUITE)
def test_an_account_that_does_not_belong_is_not_there(store, queue, change):
    added = add_account(store, **{**BELONGS[queue], **change})
    with store.write() as db:
        score(db, added.id)
        assert queues.stand(db, TENANT, CATALOGUE, added.id, DAY, NOW).queue != queue


def test_a_draft_restore_waits_in_its_queue_whatever_is_owed(store):
    cut = [{"status": "SUSPENDED", "suspend_cause": "nonpay"}]
    added = add_account(
        store, items=[LATE], events=TRIED, services=cut, orders=[{"kind": "restore", "status": "DRAFT"}]
    )
    with store.write() as db:
        score(db, added.id)
        assert queues.stand(db, TENANT, CATALOGUE, added.id, DAY, NOW).queue == "restore"


def test_a_change_to_one_account_moves_the_linked_term_of_the_others(store):
    party = add_party(store)
    first = add_account(store, party_id=party, items=[LATE])
    second = add_account(store, party_id=party, items=[])
    with store.write() as db:
        score(db)
        assert (work(db, first.id).t_linked, work(db, second.id).t_linked) == (0, 20)
    add = add_account(store, party_id=party, items=[LATE])
    with store.write() as db:
        score(db, add.id)
        assert (work(db, first.id).t_linked, work(db, second.id).t_linked) == (20, 40)
        assert everything_is_right(db)


def everything_is_right(db: Session) -> bool:
    values = scoring.params(db, TENANT, CATALOGUE, DAY)
    wrong = scoring.differences(db, CATALOGUE, values, Scope("range", lo=0, hi=2**62))
    return wrong == 0 and dayrun.wrong_figures(db, TENANT) == 0


def test_scoring_leaves_claims_snoozes_and_skips_alone_and_writes_only_what_changed(store):
    added = add_account(
        store,
        items=[LATE],
        work={
            "skipped": 2,
            "snoozes": 1,
            "claimed": True,
            "claimed_by": "mia",
            "lease_until": NOW + timedelta(minutes=5),
            "fence": 7,
        },
    )
    with store.write() as db:
        assert score(db) == 1
        assert score(db) == 0
        row = work(db, added.id)
    assert (row.skipped, row.snoozes, row.claimed_by, row.fence, row.queue) == (2, 1, "mia", 7, "new")


@FEW
@given(st.lists(st.sampled_from(sorted(BELONGS)), min_size=1, max_size=6))
def test_the_figures_are_what_counting_says(store, names):
    for name in names:
        add_account(store, **BELONGS[name])
    with store.write() as db:
        score(db)
        assert everything_is_right(db)
        board = {q.name: q for q in queues.board(db, TENANT, CATALOGUE, NOW).queues}
        for name in board:
            rows = (
                db.execute(select(WorkItem.collectable).where(WorkItem.tenant_id == TENANT, WorkItem.queue == name))
                .scalars()
                .all()
            )
            assert (board[name].count, board[name].collectable) == (len(rows), sum(rows))
            assert queues.left(db, TENANT, name, NOW) == board[name].due_now


def test_the_median_follows_only_when_it_has_moved_far(store):
    for amount in (100_00, 200_00, 300_00):
        add_account(store, items=[{**LATE, "amount": amount}])
    with store.write() as db:
        score(db)
        assert db.execute(select(Tenant.median_collectable)).scalar_one() == 200_00
        db.execute(update(table(AccountSummary)).values(collectable=table(AccountSummary).c.collectable * 119 // 100))
        assert not scoring.settle_median(db, TENANT)
        db.execute(update(table(AccountSummary)).values(collectable=table(AccountSummary).c.collectable * 2))
        assert scoring.settle_median(db, TENANT)
        assert db.execute(select(Tenant.median_collectable)).scalar_one() == 476_00
