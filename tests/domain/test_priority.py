"""The score: its terms, their limits, its words."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collect_tui.domain.account.ageing import next_edge
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
        *((0, 0), (2, 0), (3, 16), (9, 16), (10, 33), (17, 50), (24, 66), (30, 66), (31, 66), (32, 66), (33, 83)),
        *((54, 133), (61, 133), (62, 133), (63, 150), (83, 183), (84, 200), (90, 200), (91, 200), (400, 200)),
    ],
)
def test_roll_grows_by_the_week_towards_each_bucket_and_keeps_what_it_had_reached(dpd, points):
    """It was a saw's teeth once, nothing on the day an edge was passed: the oldest debts stood behind young ones."""
    assert priority.terms(Signals(oldest_due=DAY - timedelta(days=dpd)), SCALE).roll == points


@given(st.integers(0, 600))
def test_the_roll_table_says_what_the_ageing_says(dpd):
    due = DAY - timedelta(days=dpd)
    steps = next((steps for first, steps in priority.roll_table() if dpd >= first), 0)
    days, edges = next_edge(due, DAY), (1, 31, 61, 91)
    passed = sum(dpd >= edge for edge in edges)
    coming = 0 if days is None or not passed else 4 - min(4, (days - 1) // 7)
    assert steps == 4 * max(0, passed - 1) + coming


def test_what_is_large_and_old_does_not_stand_behind_what_is_small_and_young():
    large = Signals(collectable=130_000_00, oldest_due=DAY - timedelta(days=92))
    small = Signals(collectable=2_250_00, oldest_due=DAY - timedelta(days=58))
    assert place(large) < place(small)


def place(signals: Signals) -> tuple[int, date]:
    """Where it stands among those that are there for the same reason."""
    rank = priority.rank(priority.terms(signals, SCALE).score, signals.collectable)
    return rank, signals.oldest_due or date.max


@given(SIGNALS, st.integers(0, 10**9), st.integers(0, 600))
def test_who_owes_more_for_longer_never_stands_behind(signals, more, longer):
    if signals.oldest_due is None:
        signals = replace(signals, oldest_due=DAY)
    other = replace(
        signals,
        collectable=signals.collectable + more,
        oldest_due=signals.oldest_due - timedelta(days=longer),  # type: ignore[operator]
    )
    assert place(other) <= place(signals)
    assert (place(other) == place(signals)) == (more == longer == 0)


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
        == "820.00 to collect against a median of 400.00 USD: 7 of 30 steps."
    )
    assert priority.explain("roll", signals, SCALE, "USD") == "41 days past due, 20 days to 61-90: 6 of 12 steps."
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
