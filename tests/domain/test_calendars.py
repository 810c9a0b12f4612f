"""Month steps from an anchor, and business days."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collect_tui.domain.calendars import Calendar, add_months
from collect_tui.domain.errors import Invalid

THANKSGIVING = date(2026, 11, 26)
US = Calendar(frozenset({THANKSGIVING, date(2026, 12, 25)}))
DAYS = st.dates(date(2000, 1, 1), date(2100, 1, 1))
CALENDARS = st.builds(
    Calendar, st.frozensets(st.dates(date(2026, 1, 1), date(2026, 3, 1))), st.frozensets(st.integers(0, 6), max_size=6)
)


@pytest.mark.parametrize(
    ("anchor", "n", "day", "expected"),
    [
        (date(2026, 1, 31), 1, None, date(2026, 2, 28)),
        (date(2026, 1, 31), 2, None, date(2026, 3, 31)),
        (date(2026, 1, 31), 3, None, date(2026, 4, 30)),
        (date(2027, 11, 30), 3, None, date(2028, 2, 29)),
        (date(2026, 11, 30), 3, None, date(2027, 2, 28)),
        (date(2026, 1, 31), -2, None, date(2025, 11, 30)),
        (date(2026, 12, 15), 1, None, date(2027, 1, 15)),
        (date(2026, 11, 24), 0, 31, date(2026, 11, 30)),
        (date(2026, 11, 24), 1, 15, date(2026, 12, 15)),
        (date(2026, 2, 28), 1, 31, date(2026, 3, 31)),
    ],
)
def test_add_months(anchor: date, n: int, day: int | None, expected: date) -> None:
    assert add_months(anchor, n, day) == expected


@pytest.mark.parametrize(("n", "day"), [(0, 0), (0, 32), (12 * 8000, None), (-12 * 2026, None)])
def test_months_outside_the_calendar(n: int, day: int | None) -> None:
    with pytest.raises(Invalid) as caught:
        add_months(date(2026, 11, 24), n, day)
    assert caught.value.code == "date.out_of_range"


@given(DAYS, st.integers(-500, 500))
def test_month_steps_keep_the_day_or_clamp_to_the_month_end(anchor: date, n: int) -> None:
    there = add_months(anchor, n)
    assert (there.year * 12 + there.month) - (anchor.year * 12 + anchor.month) == n
    assert there.day == anchor.day or (there.day < anchor.day and (there + timedelta(days=1)).day == 1)


@pytest.mark.parametrize(
    ("day", "n", "expected"),
    [
        (date(2026, 11, 24), 1, date(2026, 11, 25)),
        (date(2026, 11, 25), 1, date(2026, 11, 27)),  # over the holiday
        (date(2026, 11, 27), 1, date(2026, 11, 30)),  # over the weekend
        (date(2026, 11, 24), 5, date(2026, 12, 2)),
        (date(2026, 11, 28), 1, date(2026, 11, 30)),
        (date(2026, 11, 28), 0, date(2026, 11, 30)),
        (date(2026, 11, 24), 0, date(2026, 11, 24)),
        (date(2026, 11, 30), -1, date(2026, 11, 27)),
        (date(2026, 11, 27), -1, date(2026, 11, 25)),
        (date(2026, 11, 29), -1, date(2026, 11, 27)),
    ],
)
def test_add_business_days(day: date, n: int, expected: date) -> None:
    assert US.add_business_days(day, n) == expected


def test_next_is_strictly_after_and_on_or_after_is_not() -> None:
    assert US.next_business_day(date(2026, 11, 24)) == date(2026, 11, 25)
    assert US.on_or_after(date(2026, 11, 24)) == date(2026, 11, 24)
    assert US.on_or_after(THANKSGIVING) == date(2026, 11, 27)


def test_a_weekend_may_be_elsewhere() -> None:
    gulf = Calendar(weekend=frozenset({4, 5}))
    assert not gulf.is_business_day(date(2026, 11, 27))
    assert gulf.is_business_day(date(2026, 11, 29))


def test_a_week_has_a_business_day() -> None:
    with pytest.raises(Invalid) as caught:
        Calendar(weekend=frozenset(range(7)))
    assert caught.value.code == "calendar.no_business_days"


@pytest.mark.parametrize(("day", "n"), [(date(2026, 1, 1), 10**6), (date.max, 1), (date.min, -1)])
def test_business_days_end_with_the_calendar(day: date, n: int) -> None:
    with pytest.raises(Invalid) as caught:
        US.add_business_days(day, n)
    assert caught.value.code == "date.out_of_range"


@given(CALENDARS, st.dates(date(2025, 12, 1), date(2026, 4, 1)), st.integers(1, 40))
def test_n_business_days_lie_between(calendar: Calendar, day: date, n: int) -> None:
    there = calendar.add_business_days(day, n)
    between = [day + timedelta(days=step) for step in range(1, (there - day).days + 1)]
    assert calendar.is_business_day(there)
    assert sum(map(calendar.is_business_day, between)) == n
    if calendar.is_business_day(day):
        assert calendar.add_business_days(there, -n) == day
