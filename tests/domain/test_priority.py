"""The score: its terms, their limits, its words."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collect_tui.domain.account.ageing import days_past_due, next_edge
from collect_tui.domain.queue import priority
from collect_tui.domain.queue.priority import Scale, Terms
from collect_tui.domain.rules import Weights
from collect_tui.domain.signals import Signals

DAY = date(2026, 11, 23)
WEIGHTS = Weights()
SCALE = Scale(DAY, "UTC", WEIGHTS, 400_00)
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def tried(days: int) -> datetime:
    return NOON - timedelta(days=days)


SIGNALS = st.builds(
    Signals,
    collectable=st.integers(0, 10**9),
    oldest_due=st.none() | st.dates(DAY - timedelta(days=500), DAY + timedelta(days=5)),
    attempts=st.integers(0, 60),
    rpcs=st.integers(0, 60),
    kept_12m=st.integers(0, 9),
    broken_12m=st.integers(0, 9),
    returned_12m=st.integers(0, 5),
    last_attempt_at=st.none() | st.integers(0, 400).map(tried),
    linked=st.integers(0, 6),
)


def test_the_names_are_those_of_the_weights_and_add_up_to_a_thousand():
    assert tuple(f.name for f in fields(Weights)) == priority.NAMES
    assert sum(getattr(WEIGHTS, name) for name in priority.NAMES) == 1000


@given(SIGNALS, st.integers(0, 10**6))
def test_no_term_gives_more_than_its_weight_or_less_than_nothing(signals, median):
    terms = priority.terms(signals, Scale(DAY, "UTC", WEIGHTS, median))
    for name in priority.NAMES:
        assert 0 <= getattr(terms, name) <= getattr(WEIGHTS, name)
    assert terms.score == sum(getattr(terms, name) for name in priority.NAMES)


@pytest.mark.parametrize(
    ("signals", "expected"),
    [
        (Signals(collectable=0), Terms(rpc=37, kept=75, stale=60)),
        (Signals(collectable=3600_00), Terms(money=150, rpc=37, kept=75, stale=60)),  # ten medians: half
        (Signals(collectable=39_600_00), Terms(money=300, rpc=37, kept=75, stale=60)),  # a hundred: all
        (Signals(collectable=100**9), Terms(money=300, rpc=37, kept=75, stale=60)),
        (Signals(attempts=6, rpcs=3), Terms(rpc=60, kept=75, stale=60)),
        (Signals(attempts=0, rpcs=9), Terms(rpc=150, kept=75, stale=60)),
        (Signals(kept_12m=2, broken_12m=3), Terms(rpc=37, kept=90, risk=75, stale=60)),
        (Signals(kept_12m=4), Terms(rpc=37, kept=0, stale=60)),
        (Signals(returned_12m=1, broken_12m=1), Terms(rpc=37, kept=150, risk=75, stale=60)),
        (Signals(returned_12m=9), Terms(rpc=37, kept=75, risk=100, stale=60)),
        (Signals(last_attempt_at=tried(0)), Terms(rpc=37, kept=75, stale=0)),
        (Signals(last_attempt_at=tried(3)), Terms(rpc=37, kept=75, stale=25)),
        (Signals(last_attempt_at=tried(70)), Terms(rpc=37, kept=75, stale=60)),
        (Signals(linked=1), Terms(rpc=37, kept=75, stale=60, linked=20)),
        (Signals(linked=5), Terms(rpc=37, kept=75, stale=60, linked=40)),
    ],
)
def test_terms_by_example(signals, expected):
    assert priority.terms(signals, SCALE) == expected


@pytest.mark.parametrize(
    ("dpd", "points"),
    [
        (0, 0),
        (1, 0),
        (2, 0),
        (3, 50),
        (9, 50),
        (10, 100),
        (16, 100),
        (17, 150),
        (23, 150),
        (24, 200),
        (30, 200),
        (31, 0),
        (54, 200),
        (61, 0),
        (90, 200),
        (91, 0),
        (400, 0),
    ],
)
def test_roll_risk_grows_by_the_week_towards_the_next_bucket(dpd, points):
    assert priority.terms(Signals(oldest_due=DAY - timedelta(days=dpd)), SCALE).roll == points


@given(st.integers(0, 600))
def test_the_roll_table_says_what_the_ageing_says(dpd):
    due = DAY - timedelta(days=dpd)
    steps = next((steps for first, steps in priority.roll_table() if dpd >= first), 0)
    days = next_edge(due, DAY)
    expected = 0 if days is None or days_past_due(due, DAY) < 1 else 4 - min(4, (days - 1) // 7)
    assert steps == expected


@given(st.integers(0, 10**8), st.integers(0, 10**8), st.integers(1, 10**6))
def test_more_money_never_scores_less(a, b, median):
    low, high = sorted((a, b))
    scale = Scale(DAY, "UTC", WEIGHTS, median)
    little, much = (priority.terms(Signals(collectable=amount), scale).money for amount in (low, high))
    assert little <= much


@given(st.integers(0, 10**8), st.integers(1, 10**6))
def test_money_scores_by_the_marks_it_reaches(amount, median):
    scale = Scale(DAY, "UTC", WEIGHTS, median)
    reached = sum(amount >= mark for mark in priority.money_marks(median))
    assert priority.terms(Signals(collectable=amount), scale).money == WEIGHTS.money * reached // 30


def test_the_day_of_an_attempt_is_the_desks():
    evening = datetime(2026, 11, 21, 1, tzinfo=UTC)  # the 20th in Chicago, the 21st in Berlin
    chicago, berlin = (Scale(DAY, zone, WEIGHTS) for zone in ("America/Chicago", "Europe/Berlin"))
    assert priority.terms(Signals(last_attempt_at=evening), chicago).stale == 60 * 3 // 7
    assert priority.terms(Signals(last_attempt_at=evening), berlin).stale == 60 * 2 // 7
    assert "3 days ago" in priority.explain("stale", Signals(last_attempt_at=evening), chicago, "USD")


@given(SIGNALS)
def test_every_term_has_a_sentence(signals):
    for name in priority.NAMES:
        assert priority.explain(name, signals, SCALE, "USD").endswith(".")


def test_sentences_show_the_sum():
    signals = Signals(
        collectable=820_00,
        oldest_due=DAY - timedelta(days=41),
        attempts=9,
        rpcs=4,
        kept_12m=2,
        broken_12m=3,
        last_attempt_at=tried(6),
    )
    assert (
        priority.explain("money", signals, SCALE, "USD")
        == "820.00 to collect against a median of 400.00: 7 of 30 steps."
    )
    assert priority.explain("roll", signals, SCALE, "USD") == "41 days past due: 20 days to 61-90."
    assert (
        priority.explain("kept", signals, SCALE, "USD")
        == "3 of 5 promises broken in 12 months; the unreliable come first."
    )
    assert priority.explain("stale", signals, SCALE, "USD") == "Last tried 6 days ago; full points after 7."
    with pytest.raises(KeyError):
        priority.explain("luck", signals, SCALE, "USD")


def test_chips_say_what_is_out_of_the_ordinary():
    signals = Signals(
        oldest_due=DAY - timedelta(days=55), kept_12m=2, broken_12m=3, returned_12m=1, attempts=5, linked=2
    )
    assert priority.chips(["broken"], signals, DAY) == (
        "broken",
        "61-90 in 6d",
        "keeps 40%",
        "returned ×1",
        "never reached",
        "+2 linked",
    )
    assert priority.chips(["new"], Signals(), DAY) == ("new",)
