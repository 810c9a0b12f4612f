"""Ageing: the due day is 0, edges fall where the buckets say, and nothing is lost in between."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collect_tui.domain.account.ageing import BUCKETS, Ageing, age, bucket, days_past_due, next_edge

TODAY = date(2026, 11, 24)
ITEMS = st.lists(st.tuples(st.dates(date(2024, 1, 1), date(2028, 1, 1)), st.integers(-(10**6), 10**6)), max_size=30)


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


@pytest.mark.parametrize(
    ("due", "as_of", "dpd", "code"),
    [
        (date(2026, 1, 31), date(2026, 2, 28), 28, "b1"),  # policy F1, V1
        (date(2025, 12, 31), date(2026, 3, 1), 60, "b2"),  # policy F1, V2
        (date(2025, 12, 31), date(2026, 3, 2), 61, "b3"),  # policy F1, V2
        (TODAY, TODAY, 0, "current"),
        (ago(-5), TODAY, 0, "current"),
        (None, TODAY, 0, "current"),
        (ago(1), TODAY, 1, "b1"),
    ],
)
def test_days_past_due(due: date | None, as_of: date, dpd: int, code: str) -> None:
    assert days_past_due(due, as_of) == dpd
    assert bucket(dpd) == code


@pytest.mark.parametrize(
    ("dpd", "code"),
    [
        *((-9, "current"), (0, "current"), (1, "b1"), (30, "b1"), (31, "b2"), (60, "b2")),
        *((61, "b3"), (90, "b3"), (91, "b4"), (9999, "b4")),
    ],
)
def test_bucket_edges(dpd: int, code: str) -> None:
    assert bucket(dpd) == code


def test_buckets_follow_on_without_a_gap() -> None:
    assert [code for code, *_ in BUCKETS] == ["current", "b1", "b2", "b3", "b4"]
    for (_, _, _, last), (_, _, first, _) in pairwise(BUCKETS):
        assert last is not None
        assert first == last + 1


@pytest.mark.parametrize(
    ("due", "days"),
    [(None, None), (ago(-3), 4), (ago(0), 1), (ago(1), 30), (ago(30), 1), (ago(41), 20), (ago(90), 1), (ago(91), None)],
)
def test_next_edge(due: date | None, days: int | None) -> None:
    assert next_edge(due, TODAY) == days


@given(st.integers(-400, 400))
def test_the_next_edge_is_the_first_day_of_another_bucket(dpd: int) -> None:
    here, days = bucket(dpd), next_edge(ago(dpd), TODAY)
    if days is None:
        assert here == "b4"
    else:
        assert days > 0
        assert bucket(dpd + days) != here
        assert bucket(dpd + days - 1) == here


def test_age() -> None:
    items = [(ago(-10), 1), (ago(0), 2), (ago(1), 4), (ago(31), 8), (ago(61), 16), (ago(91), 32), (ago(200), 0)]
    assert age(items, TODAY) == Ageing(3, 4, 8, 16, 32, total=63, past_due=60, oldest_due=ago(91))


def test_a_credit_stands_apart() -> None:
    assert age([(ago(300), -50), (ago(5), 80)], TODAY) == Ageing(
        b1=80, total=30, past_due=80, oldest_due=ago(5), credits=-50
    )


def test_nothing_open_ages_to_nothing() -> None:
    assert age([], TODAY) == Ageing()
    assert age([(ago(40), 0)], TODAY) == Ageing()


@given(ITEMS)
def test_every_unit_lands_in_one_place(items: list[tuple[date, int]]) -> None:
    aged = age(iter(items), TODAY)
    assert aged.b1 + aged.b2 + aged.b3 + aged.b4 == aged.past_due
    assert aged.current + aged.past_due + aged.credits == aged.total == sum(open_minor for _, open_minor in items)
    assert aged.oldest_due == min((due for due, open_minor in items if open_minor > 0), default=None)
    assert (aged.past_due > 0) == (days_past_due(aged.oldest_due, TODAY) > 0)
