"""The score: its terms, their limits, its words."""

from __future__ import annotations

from dataclasses import fields
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collect_tui.domain import priority
from collect_tui.domain.ageing import days_past_due, next_edge
from collect_tui.domain.priority import Signals, Terms
from collect_tui.domain.rules import Weights

DAY = date(2026, 11, 23)
WEIGHTS = Weights()

SIGNALS = st.builds(
    Signals,
    collectable=st.integers(0, 10**9),
    median=st.integers(0, 10**6),
    oldest_due=st.none() | st.dates(DAY - timedelta(days=500), DAY + timedelta(days=5)),
    attempts=st.integers(0, 60),
    rpcs=st.integers(0, 60),
    kept=st.integers(0, 9),
    broken=st.integers(0, 9),
    returned=st.integers(0, 5),
    idle=st.none() | st.integers(0, 400),
    linked=st.integers(0, 6),
)


def test_the_names_are_those_of_the_weights_and_add_up_to_a_thousand():
    assert tuple(f.name for f in fields(Weights)) == priority.NAMES
    assert sum(getattr(WEIGHTS, name) for name in priority.NAMES) == 1000


@given(SIGNALS)
def test_no_term_gives_more_than_its_weight_or_less_than_nothing(signals):
    terms = priority.terms(signals, WEIGHTS, DAY)
    for name in priority.NAMES:
        assert 0 <= getattr(terms, name) <= getattr(WEIGHTS, name)
    assert terms.score == sum(getattr(terms, name) for name in priority.NAMES)


@pytest.mark.parametrize(
    ("signals", "expected"),
    [
        (Signals(collectable=0, median=400_00), Terms(rpc=37, kept=75, stale=60)),
        (Signals(collectable=3600_00, median=400_00), Terms(money=150, rpc=37, kept=75, stale=60)),  # ten medians: half
        (Signals(collectable=39_600_00, median=400_00), Terms(money=300, rpc=37, kept=75, stale=60)),  # a hundred: all
        (Signals(collectable=100**9, median=1), Terms(money=300, rpc=37, kept=75, stale=60)),
        (Signals(attempts=6, rpcs=3), Terms(rpc=60, kept=75, stale=60)),
        (Signals(attempts=0, rpcs=9), Terms(rpc=150, kept=75, stale=60)),
        (Signals(kept=2, broken=3), Terms(rpc=37, kept=90, risk=75, stale=60)),
        (Signals(kept=4), Terms(rpc=37, kept=0, stale=60)),
        (Signals(returned=1, broken=1), Terms(rpc=37, kept=150, risk=75, stale=60)),
        (Signals(returned=9), Terms(rpc=37, kept=75, risk=100, stale=60)),
        (Signals(idle=0), Terms(rpc=37, kept=75, stale=0)),
        (Signals(idle=3), Terms(rpc=37, kept=75, stale=25)),
        (Signals(idle=70), Terms(rpc=37, kept=75, stale=60)),
        (Signals(linked=1), Terms(rpc=37, kept=75, stale=60, linked=20)),
        (Signals(linked=5), Terms(rpc=37, kept=75, stale=60, linked=40)),
    ],
)
def test_terms_by_example(signals, expected):
    assert priority.terms(signals, WEIGHTS, DAY) == expected


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
    assert priority.roll_risk(Signals(oldest_due=DAY - timedelta(days=dpd)), WEIGHTS, DAY) == points


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
    assert priority.money(Signals(low, median), WEIGHTS) <= priority.money(Signals(high, median), WEIGHTS)


@given(SIGNALS)
def test_every_term_has_a_sentence(signals):
    for name in priority.NAMES:
        assert priority.explain(name, signals, DAY, "USD").endswith(".")


def test_sentences_show_the_sum():
    signals = Signals(
        collectable=820_00,
        median=400_00,
        oldest_due=DAY - timedelta(days=41),
        attempts=9,
        rpcs=4,
        kept=2,
        broken=3,
        idle=6,
    )
    assert (
        priority.explain("money", signals, DAY, "USD") == "820.00 to collect against a median of 400.00: 7 of 30 steps."
    )
    assert priority.explain("roll", signals, DAY, "USD") == "41 days past due: 20 days to 61-90."
    assert (
        priority.explain("kept", signals, DAY, "USD")
        == "3 of 5 promises broken in 12 months; the unreliable come first."
    )
    assert priority.explain("stale", signals, DAY, "USD") == "Last tried 6 days ago; full points after 7."
    with pytest.raises(KeyError):
        priority.explain("luck", signals, DAY, "USD")


def test_chips_say_what_is_out_of_the_ordinary():
    signals = Signals(oldest_due=DAY - timedelta(days=55), kept=2, broken=3, returned=1, attempts=5, linked=2)
    assert priority.chips(["broken"], signals, DAY) == (
        "broken",
        "61-90 in 6d",
        "keeps 40%",
        "returned ×1",
        "never reached",
        "+2 linked",
    )
    assert priority.chips(["new"], Signals(), DAY) == ("new",)
