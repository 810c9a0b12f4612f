"""The SQL of the score equals its definition to the point; each reason and each exclusion holds when it should."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlmodel import Session

from collect_tui.defaults import load
from collect_tui.domain.queue import priority
from collect_tui.domain.queue.priority import Scale
from collect_tui.domain.queue.rules import EXCLUSIONS, REASONS
from collect_tui.domain.signals import Signals
from collect_tui.store import queues, scoring, summary
from collect_tui.store.day.check import wrong_figures
from collect_tui.store.engine import Store
from collect_tui.store.facts import load_by_id, load_many
from collect_tui.store.sql import Scope, table
from collect_tui.store.tables import AccountSummary, Tenant, WorkItem
from support.portfolio import DAY, NOW, TENANT, add_account, add_party

CATALOGUE = load(None, today=DAY)
FEW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def score(db: Session, account_id: int | None = None) -> int:
    summary.refresh(db, TENANT, DAY, account_id, minutes=30)
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


def signals(seen: Any, spec: dict[str, Any], linked: int) -> Signals:
    tries = spec["tries"]
    return Signals(
        collectable=seen.collectable,
        oldest_due=seen.oldest_due,
        attempts=len(tries),
        rpcs=sum(reached for _, reached in tries),
        kept_12m=spec["kept"],
        broken_12m=spec["broken"],
        returned_12m=spec["returned"],
        last_attempt_at=max((NOW - timedelta(days=days) for days, _ in tries), default=None),
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
        scale = Scale(DAY, CATALOGUE.rules.zone, CATALOGUE.rules.weights, median)
        for place, (seen, spec) in enumerate(zip(facts, specs, strict=True)):
            linked = sum(late) - late[place]
            expected = priority.terms(signals(seen, spec, linked), scale)
            row = work(db, accounts[place])
            assert {name: getattr(row, f"t_{name}") for name in priority.NAMES} == {
                name: getattr(expected, name) for name in priority.NAMES
            }
            assert (row.score, row.sort_score) == (expected.score, priority.rank(expected.score, row.collectable))


def test_why_explains_the_very_terms_that_are_stored(store):
    added = add_account(store, items=[{"amount": 820_00}], events=[{"at": NOW - timedelta(days=3)}])
    with store.write() as db:
        set_median(db, 400_00)
        score(db, added.id)
        why = queues.why(db, TENANT, CATALOGUE, added.id, DAY)
        row = work(db, added.id)
    assert {t.name: t.points for t in why.terms} == {name: getattr(row, f"t_{name}") for name in priority.NAMES}
    assert why.score == row.score
    assert next(t for t in why.terms if t.name == "stale").explanation == "Last tried 3 days ago; full points after 7."


LATE = {"due": DAY - timedelta(days=40), "amount": 100_00}
TRIED = [{"at": NOW - timedelta(days=2)}]
SPOKEN = [{"at": NOW - timedelta(days=10), "right_party": True, "contact": True}]
SERVED = [{"level": "pre-cut", "sent_on": DAY - timedelta(days=12)}]

UNSERVED = {"template": "notice-1", "status": "DRAFT", "sent_on": None}

LOST = [{"kind": "mobile", "quality": "bad"}, {"kind": "work", "value": "+1 312 555 0188", "consent": "out"}]

#: queue → an account that belongs in it.
BELONGS: dict[str, dict[str, Any]] = {
    "callback": {"callbacks": [{"at": NOW + timedelta(hours=2), "owner": None}]},
    "inbox": {"inbox": [{}], "next_action_on": DAY + timedelta(days=9)},
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
        "payments": [{"amount": 8_00}],  # the fee of the reconnection
        "next_action_on": DAY + timedelta(days=9),
    },
    "stuck": {
        "services": [{"status": "PENDING_SUSPEND"}],
        "orders": [{"requested_on": DAY - timedelta(days=2), "effective": DAY - timedelta(days=1)}],
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
    "unserved": {"items": [LATE], "notices": [UNSERVED], "next_action_on": DAY + timedelta(days=9)},
    "unconfirmed": {
        "items": [LATE],
        "promises": [{"made_on": DAY - timedelta(days=9), "confirm_by": DAY - timedelta(days=1)}],
        "next_action_on": DAY + timedelta(days=9),
    },
    "skip": {"items": [LATE], "points": LOST},
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
        why = queues.why(db, TENANT, CATALOGUE, added.id, DAY)
    rule = next(rule for rule in CATALOGUE.queues if rule.name == queue)
    assert (why.queue, why.tier, why.position, why.absent) == (queue, rule.tier, 1, ())
    assert why.reasons[0] == rule.reason
    assert why.chips[0].startswith(rule.chip)


TOMORROW = {"next_action_on": DAY + timedelta(days=1)}

#: What takes the account of a queue out of it: (queue, change, word that must be in the reasons given).
BARRED = [
    ("new", {"status": "CLOSED"}, "closed"),
    ("callback", {"status": "CLOSED"}, "closed"),
    ("inbox", {"status": "CLOSED"}, "closed"),
    ("unserved", {"status": "CLOSED"}, "closed"),
    ("unserved", {"work": {"snooze_until": DAY + timedelta(days=2), "snooze_reason": "TRACED"}}, "TRACED"),
    ("new", {"holds": [{"kind": "CEASE"}]}, "CEASE"),
    ("callback", {"holds": [{"kind": "CEASE"}]}, "CEASE"),
    ("followup", {"holds": [{"kind": "UNKNOWN"}]}, "UNKNOWN"),
    ("followup", {"items": [], **TOMORROW}, "nothing to collect"),
    ("new", {"items": [{**LATE, "disputed": 100_00}], **TOMORROW}, "nothing to collect"),
    (
        "new",
        {"payments": [{"amount": 99_50}], **TOMORROW},
        "nothing to collect",  # what is left is less than the tolerance
    ),
    (
        "followup",
        {"work": {"snooze_until": DAY + timedelta(days=2), "snooze_reason": "AWAY"}},
        "put off until Wed 25 Nov: AWAY",
    ),
    ("broken", {"next_action_on": DAY + timedelta(days=1)}, "next action (call) is tomorrow"),
    (
        "callback",  # tried in vain
        {
            "callbacks": [{"at": NOW - timedelta(hours=2), "owner": None}],
            "events": [{"at": NOW - timedelta(hours=1)}],
            "next_action_on": DAY + timedelta(days=1),
        },
        "next action (call) is tomorrow",
    ),
    ("followup", {"events": [{"at": NOW - timedelta(days=d)} for d in range(7)]}, "7 calls"),
]


@pytest.mark.parametrize(("queue", "change", "word"), BARRED)
def test_an_exclusion_keeps_it_out_and_says_so(store, queue, change, word):
    added = add_account(store, **{**BELONGS[queue], **change})
    with store.write() as db:
        score(db, added.id)
        why = queues.why(db, TENANT, CATALOGUE, added.id, DAY)
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


def _ended(kind: str, days: int) -> dict[str, Any]:
    last = DAY - timedelta(days=days)
    return {"kind": kind, "status": "EXPIRED", "placed_on": last - timedelta(days=5), "until": last}


#: Not quite: the same queue's account with one thing different, that no longer meets its reason.
NOT_QUITE = [
    ("callback", {"callbacks": [{"at": NOW + timedelta(days=1), "owner": None}]}),
    ("callback", {"callbacks": [{"at": NOW - timedelta(days=1), "owner": None, "status": "DONE"}]}),
    *(
        ("unserved", {"points": [{"kind": kind, "value": f"at {kind}"}]})
        for kind in ("address", "email", "mobile", "other")  # what a first notice goes to
    ),
    *(
        ("unserved", {"notices": [{**UNSERVED, "status": status, "sent_on": DAY}]})
        for status in ("QUEUED", "SENT", "FAILED", "CANCELLED")
    ),
    ("unserved", {"notices": [{**UNSERVED, "level": "", "template": "reminder"}]}),
    ("skip", {"points": []}),  # none is lost where there never was one
    ("skip", {"points": [{"kind": "email", "value": "rosa@home.example", "quality": "bad"}]}),
    ("skip", {"points": [*LOST, {"kind": "home", "value": "+1 312 555 0189", "quality": "good"}]}),
    ("skip", {"items": [{**LATE, "disputed": 100_00}]}),
    ("unserved", {"notices": [{**UNSERVED, "inbound": True}]}),
    ("inbox", {"inbox": [{"status": "ANSWERED"}, {"status": "DONE"}]}),
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
    ("suspend", {"stage": "FINAL", "notices": []}),  # a stage is no notice
    ("suspend", {"items": [{**LATE, "amount": 100_00}, {"kind": "credit", "amount": -100_00}]}),
    ("suspend", {"holds": [{"kind": "MEDICAL", "scope": "account", "until": DAY}]}),
    ("suspend", {"notices": [{"level": "pre-cut", "sent_on": DAY - timedelta(days=41)}]}),  # for a debt of before
    ("suspend", {"payments": [{"amount": 80_00, "status": "ON_ACCOUNT"}]}),
    ("restore", {"services": [{"status": "SUSPENDED", "suspend_cause": "fraud"}]}),
    ("restore", {"items": [LATE]}),
    ("restore", {"payments": [{"amount": 6_99}]}),  # the fee is not paid
    ("restore", {"items": [LATE], "orders": [{"kind": "restore", "status": "DRAFT"}]}),  # drafted, and owed again since
    ("restore", {"orders": [{"kind": "restore"}]}),
    ("stuck", {"orders": [{"requested_on": DAY - timedelta(days=1), "effective": DAY - timedelta(days=1)}]}),
    ("stuck", {"orders": [{"requested_on": DAY - timedelta(days=9), "effective": DAY}]}),  # it may leave until then
    ("stuck", {"orders": [{"requested_on": DAY - timedelta(days=9), "status": "COMPLETED"}]}),
    ("dispute-back", {"events": [{"at": NOW, "right_party": True}]}),
    ("dispute-back", {"holds": [_ended("DISPUTE", 1), {"kind": "DISPUTE"}]}),  # disputed again
    ("dispute-back", {"holds": [_ended("DISPUTE", 41)], "events": []}),  # about what has been paid since
    ("claim-expired", {"holds": [_ended("PAYMENT_CLAIM", 1), {"kind": "PAYMENT_CLAIM"}]}),
    ("claim-expired", {"holds": [_ended("PAYMENT_CLAIM", 41)], "events": []}),
    ("claim-expired", {"payments": [{"amount": 40_00, "received_on": DAY - timedelta(days=2)}]}),  # it has shown
    (
        "claim-expired",
        {"payments": [{"amount": 40_00, "received_on": DAY - timedelta(days=9), "recorded_at": NOW}]},
    ),
    ("broken", {"items": [{**LATE, "due": DAY - timedelta(days=1)}]}),  # what was promised has been paid since
    ("returned", {"items": [{**LATE, "due": DAY - timedelta(days=1)}]}),
    ("stuck", {"orders": [{"status": "REJECTED"}]}),  # somebody has looked at it since
    ("stuck", {"orders": [], "next_action_code": "order", "next_action_on": DAY}),  # one is yet to be given
    (
        "stuck",
        {
            "orders": [{"status": "REJECTED"}, {"status": "COMPLETED"}],
            "next_action_code": "order",
            "next_action_on": DAY,
        },
    ),
    ("new", {"notices": [{"sent_on": DAY - timedelta(days=40)}]}),
    ("new", {"stage": "NOTICE_1"}),
    ("new", {"promises": [{}]}),
    ("new", {"promises": [{"status": "BROKEN", "closed_on": DAY - timedelta(days=3)}]}),
    ("predue", {"payments": [{"amount": 100_00, "status": "ON_ACCOUNT"}]}),  # there is enough to pay it
    ("predue", {"items": [{"due": DAY + timedelta(days=4), "disputed": 100_00}]}),
    ("new", {"events": TRIED}),
    ("followup", {"next_action_on": DAY + timedelta(days=1)}),
    ("predue", {"items": [{"due": DAY + timedelta(days=6)}], "next_action_code": "monitor"}),
    ("predue", {"promises": [], "next_action_code": "monitor"}),
]


#: The same queue's account with one thing different, that is no reason to leave it.
STILL = [
    ("callback", {"next_action_on": DAY + timedelta(days=1)}),  # put off by what is no call
    ("callback", {"events": [{"at": NOW - timedelta(hours=1)}], "next_action_on": DAY + timedelta(days=1)}),
    (
        "inbox",
        {
            "inbox": [{"status": "DONE"}, {}],
            "holds": [{"kind": "CEASE"}],
            "work": {"snooze_until": DAY + timedelta(days=3)},
        },
    ),
    ("inbox", {"inbox": [{}] * 60, "items": [LATE], "promises": [{"status": "BROKEN", "closed_on": DAY}]}),
    ("suspend", {"services": [{"life_support": True}, {"product": "TV"}]}),
    ("suspend", {"orders": [{"status": "DRAFT"}]}),
    ("suspend", {"holds": [{"kind": "MEDICAL", "until": DAY - timedelta(days=1)}]}),
    ("suspend", {"holds": [{"kind": "CEASE"}], "events": [{"at": NOW - timedelta(hours=n)} for n in range(9)]}),
    ("restore", {"services": [{"status": "SUSPENDED", "suspend_cause": "nonpay"}, {"product": "TV"}]}),
    ("restore", {"orders": [{"kind": "restore", "status": "DRAFT"}]}),
    ("restore", {"holds": [{"kind": "CEASE"}], "work": {"snooze_until": DAY + timedelta(days=3)}}),
    ("stuck", {"orders": [{"status": "SENT", "sent_at": NOW - timedelta(days=2)}]}),
    ("stuck", {"orders": [{"status": "DRAFT"}], "services": [{}]}),  # held for review
    ("stuck", {"orders": [{"status": "REJECTED"}], "next_action_code": "order", "next_action_on": DAY}),
    ("stuck", {"orders": [{"status": "CANCELLED"}], "next_action_code": "order", "next_action_on": DAY}),
    ("unserved", {"holds": [{"kind": "CEASE"}]}),
    ("skip", {"events": [{"at": NOW - timedelta(hours=n)} for n in range(9)]}),  # looked for whatever the cap on calls
    ("unserved", {"points": [{"kind": kind} for kind in ("home", "work")]}),
    *(
        ("unserved", {"points": [{"kind": kind, "value": f"at {kind}", **marked} for kind in ("email", "address")]})
        for marked in ({"quality": "bad"}, {"quality": "wrong"}, {"consent": "out"})
    ),
    (
        "unserved",
        {
            "notices": [{**UNSERVED, "level": "final", "template": "gone"}],
            "points": [{"kind": "email", "value": "rosa@home.example"}],
        },
    ),
    ("predue", {"next_action_code": "letter"}),  # a call goes before the reminder
    ("new", {"promises": [{"status": "BROKEN", "closed_on": DAY - timedelta(days=41)}]}),  # about a debt of before
    ("new", {"notices": [{"sent_on": DAY - timedelta(days=41)}], "stage": "PAST_DUE"}),
    ("returned", {"items": [{**LATE, "due": DAY - timedelta(days=1)}], "next_action_code": "returned"}),
    # No next action is forgotten, and a call that is due is found on its day and not on the day after.
    ("followup", {"items": []}),
    ("followup", {"items": [{**LATE, "disputed": 100_00}, {"due": DAY + timedelta(days=60), "disputed": 100_00}]}),
    ("followup", {"payments": [{"amount": 99_50}]}),
    ("predue", {"promises": [], "items": [{"due": DAY + timedelta(days=60), "kind": "balloon"}]}),
    ("predue", {"promises": [], "items": [{**LATE, "disputed": 100_00}, {"due": DAY, "amount": 500_00}]}),
    ("followup", {"items": [], "next_action_code": "verify"}),
    ("followup", {"holds": [{"kind": "CEASE"}], "next_action_code": "hold"}),
    ("followup", {"holds": [{"kind": "CEASE"}], "next_action_on": DAY - timedelta(days=1)}),
    ("followup", {"items": [], "next_action_on": DAY - timedelta(days=1)}),
    ("followup", {"events": [{"at": NOW - timedelta(days=d)} for d in range(7)], "next_action_code": "letter"}),
    (
        "followup",
        {"work": {"snooze_until": DAY + timedelta(days=2)}, "next_action_on": DAY - timedelta(days=1)},
    ),
]


@pytest.mark.parametrize(("queue", "change"), STILL)
def test_what_is_no_reason_to_leave_a_queue(store, queue, change):
    added = add_account(store, **{**BELONGS[queue], **change})
    with store.write() as db:
        score(db, added.id)
        assert queues.stand(db, TENANT, CATALOGUE, added.id, DAY, NOW).queue == queue


@pytest.mark.parametrize("day", ["Friday", "the day before a holiday"])
def test_on_a_day_on_which_nothing_is_cut_nothing_is_ready_to_be(store, day):
    on = DAY + timedelta(days=4 if day == "Friday" else 2)
    added = add_account(store, **{**BELONGS["suspend"], "next_action_code": "letter"})
    with store.write() as db:
        summary.refresh(db, TENANT, on, added.id, minutes=30)
        scoring.rescore(db, TENANT, CATALOGUE, on, NOW, added.id)
        assert queues.stand(db, TENANT, CATALOGUE, added.id, on, NOW).queue == "followup"


def test_work_at_the_desk_waits_for_no_hour(store):
    added = add_account(store, **BELONGS["restore"], next_action_at=NOW + timedelta(days=9))
    with store.write() as db:
        score(db, added.id)
        assert work(db, added.id).sort_timed == ""


@pytest.mark.parametrize("count", [0, 1, 49, 50, 60])
def test_what_waits_for_an_answer_is_the_same_in_sql_and_in_facts(store, count):
    came = [{"made_on": DAY - timedelta(days=n % 7)} for n in range(count)]
    added = add_account(store, inbox=[{"status": "DONE", "made_on": DAY - timedelta(days=30)}, *came])
    with store.write() as db:
        score(db, added.id)
        values, scope = scoring.params(db, TENANT, CATALOGUE, DAY), Scope.some((added.id,))
        row = db.execute(scoring.judged("some", ()), {**values, **scope.params, "capped": []}).one()
        inbox = load_by_id(db, TENANT, added.id).inbox
        assert load_many(db, TENANT, [added.id])[0].inbox == inbox
    assert [m.id for m in inbox] == added.inbox[1 : 1 + 50]
    assert (row.unanswered, row.received_on) == (len(inbox), min((m.made_on for m in inbox), default=None))


ZONED = [
    # Calls at 23:30 in Chicago on the first day of the window, which are of the day after in New York.
    (("America/Chicago",), 5, DAY - timedelta(days=7), "followup"),
    (("America/Chicago", "America/New_York"), 5, DAY - timedelta(days=7), ""),
    (("America/Los_Angeles",), 5, DAY - timedelta(days=7), "followup"),
    ((), 5, DAY - timedelta(days=7), "followup"),  # nothing tells, so in the zone of the book
]


@pytest.mark.parametrize(("zones", "utc_hour", "day", "queue"), ZONED)
def test_attempts_count_by_the_customers_day_where_it_is_strictest(store, zones, utc_hour, day, queue):
    at = datetime.combine(day + timedelta(days=1), time(utc_hour, 30), UTC)
    points = [{"kind": "mobile", "value": f"+1 312 555 01{n:02}", "zones": zone} for n, zone in enumerate(zones)]
    events = [{"at": at + timedelta(minutes=n)} for n in range(4)] + [
        {"at": NOW - timedelta(days=n)} for n in (1, 2, 3)
    ]
    added = add_account(store, items=[LATE], points=points, events=events)
    with store.write() as db:
        score(db, added.id)
        assert work(db, added.id).queue == queue


@pytest.mark.parametrize(("queue", "change"), NOT_QUITE)
def test_an_account_that_does_not_belong_is_not_there(store, queue, change):
    added = add_account(store, **{**BELONGS[queue], **change})
    with store.write() as db:
        score(db, added.id)
        assert queues.stand(db, TENANT, CATALOGUE, added.id, DAY, NOW).queue != queue


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
    wrong = scoring.stale(db, CATALOGUE, values, Scope("range", lo=0, hi=2**62))
    return not wrong and not wrong_figures(db, TENANT)


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
            assert queues.figure(db, TENANT, CATALOGUE, name, NOW, "mia").left == board[name].due_now


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
