"""How far and how often an account may be put off: snooze, next action and callback are judged by the same caps."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collect_tui.domain.facts import AccountFacts, NextAction
from collect_tui.domain.rules import QueuePolicy
from collect_tui.policy.verdicts import Severity, Verdict
from collect_tui.policy.worklist import judge_callback, judge_next, judge_snooze
from support.trade import CALENDAR, TODAY, account, days

POLICY = QueuePolicy(
    lease_minutes=10, max_snooze_days=5, max_snoozes=2, accounts_a_day=60, max_next_action_days=30, override_role="lead"
)
Judge = Callable[[AccountFacts, date, QueuePolicy, object], Verdict]


@pytest.mark.parametrize(
    ("judge", "on", "rule", "says"),
    [
        (judge_snooze, 5, None, ""),
        (judge_snooze, 6, "snooze.too_far", "put off 5 days, until Sat 29 Nov at most."),
        (judge_next, 30, None, ""),
        (judge_next, 31, "next.too_far", "A next action may be set 30 days ahead, until Wed 24 Dec at most."),
        (judge_next, 300, "next.too_far", "until Wed 24 Dec at most."),
        (judge_next, 365 * 73, "next.too_far", "until Wed 24 Dec at most."),
        (judge_callback, 30, None, ""),
        (judge_callback, 31, "callback.too_far", "A callback may be set 30 days ahead, until Wed 24 Dec at most."),
    ],
)
def test_no_act_puts_an_account_off_too_far_without_a_lead(judge: Judge, on: int, rule: str | None, says: str) -> None:
    verdict = judge(account(), days(on), POLICY, CALENDAR)
    refused = [f for f in verdict.findings if f.severity > Severity.WARN]
    assert [f.rule for f in refused] == ([rule] if rule else [])
    assert verdict.overridable_by == ("lead" if rule else None)
    assert all(says in f.sentence for f in refused)


@pytest.mark.parametrize(
    ("judge", "on", "snoozes", "planned", "rule"),
    [
        (judge_snooze, 1, 1, 0, None),
        (judge_snooze, 1, 2, 0, "snooze.too_often"),
        (judge_snooze, 1, 3, 0, "snooze.too_often"),
        (judge_next, 1, 1, 0, None),
        (judge_next, 1, 2, 0, "next.too_often"),  # no way round the cap of snoozes
        (judge_next, 0, 2, 0, None),  # today is no putting off
        (judge_next, 2, 2, 4, None),  # nor is sooner than it was
        (judge_callback, 1, 2, 0, None),  # the customer's wish
    ],
)
def test_nor_too_often(judge: Judge, on: int, snoozes: int, planned: int, rule: str | None) -> None:
    facts = account(snoozes=snoozes, next_action=NextAction("call", days(planned)))
    verdict = judge(facts, days(on), POLICY, CALENDAR)
    assert [f.rule for f in verdict.findings if f.severity > Severity.WARN] == ([rule] if rule else [])
    assert verdict.overridable_by == ("lead" if rule else None)


def test_the_sentence_counts() -> None:
    def said(most: int) -> str:
        policy = QueuePolicy(10, 5, most, 60)
        return judge_snooze(account(snoozes=most), days(1), policy, CALENDAR).findings[0].sentence

    assert "may not be put off; work it now" in said(0)
    assert "has been put off once since it was last worked" in said(1)
    assert "has been put off 3 times since it was last worked" in said(3)


@pytest.mark.parametrize("judge", [judge_snooze, judge_next])
@pytest.mark.parametrize(
    ("on", "says"),
    [
        (3, "Thu 27 Nov is no business day: Fri 28 Nov instead."),
        (5, "Sat 29 Nov is no business day: Mon 1 Dec instead."),
        (4, None),
    ],
)
def test_a_day_nobody_works_on_is_moved_and_said(judge: Judge, on: int, says: str | None) -> None:
    warned = [f for f in judge(account(), days(on), POLICY, CALENDAR).findings if f.rule == "next.day"]
    assert [(f.severity, f.sentence) for f in warned] == ([(Severity.WARN, says)] if says else [])


def test_a_callback_stays_on_the_day_the_customer_named_and_the_agent_is_told() -> None:
    (found,) = judge_callback(account(), days(5), POLICY, CALENDAR).findings
    assert found.severity is Severity.WARN
    assert found.sentence.startswith("Sat 29 Nov is no business day")
    saturday = account(business_date=days(5))
    assert judge_callback(saturday, days(5), POLICY, CALENDAR) == Verdict(), "today is being worked"


@given(st.integers(0, 400), st.integers(1, 60), st.sampled_from([judge_next, judge_callback, judge_snooze]))
def test_what_is_allowed_lies_within_the_cap(ahead: int, most: int, judge: Judge) -> None:
    policy = QueuePolicy(10, most, 9, 60, most, "lead")
    verdict = judge(account(), TODAY + timedelta(days=ahead), policy, CALENDAR)
    assert verdict.allowed == (ahead <= most)
