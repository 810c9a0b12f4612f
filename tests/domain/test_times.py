"""Times that a customer asked for: how they are read, and the window without them."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collect_tui.domain.contact.times import Times, read
from collect_tui.domain.contact.zones import intersect_window
from collect_tui.domain.errors import Invalid

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
ZONE = "America/Chicago"


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("weekdays not 15 to 17", "not weekdays 15:00 to 17:00"),
        ("not weekdays 3pm-5pm; not sat", "not weekdays 15:00 to 17:00, not sat"),
        ("best 9 to 11:30", "best 09:00 to 11:30"),
        ("Not Tuesdays and Thursdays before 10", "not tue thu 00:00 to 10:00"),
        ("best weekends after 18", "best weekends 18:00 to 24:00"),
        ("not between 12 and 13", "not 12:00 to 13:00"),
        ("not 12am to 12pm", "not 00:00 to 12:00"),
        ("best daily 9 to 11, best 9 to 11", "best 09:00 to 11:00"),
        ("any", ""),
        ("", ""),
    ],
)
def test_what_people_say_has_one_spelling(said: str, kept: str) -> None:
    assert read(said).text == kept
    assert read(kept) == read(said)


@pytest.mark.parametrize(
    "said",
    ["sometimes", "not", "best", "not 25 to 26", "not 9", "not 9 10 11", "not 9:75 to 10", "not 13pm to 14pm", "not 0am to 3am",
     "not mo 9 to 10", "not 17 to 15", "not 9 to 9", "not daily", "not weekdays, not weekends", "not 0 to 12, not 12 to 24",
     ", ".join(f"not mon {n} to {n + 1}" for n in range(13)), "not best 9 to 10", "not \N{DEVANAGARI DIGIT NINE} to 10", "not 9=10"],
)  # fmt: skip
def test_what_says_nothing_is_refused(said: str) -> None:
    with pytest.raises(Invalid):
        read(said)


SPANS = st.tuples(
    st.sampled_from(["weekdays", "weekends", "mon", "sat sun", "tue thu", ""]), st.integers(0, 23), st.integers(1, 24)
).filter(lambda span: span[1] < span[2])


@given(
    spans=st.lists(SPANS, max_size=4),
    minutes=st.integers(0, 7 * 24 * 60),
    zones=st.sampled_from([(ZONE,), (ZONE, "America/New_York"), ("Asia/Kathmandu",)]),
)
def test_the_next_opening_is_the_first_minute_that_is_open_everywhere(
    spans: list[tuple[str, int, int]], minutes: int, zones: tuple[str, ...]
) -> None:
    """Against a count of minutes: what a clock on the wall would say."""
    try:
        times = read(", ".join(f"not {days} {start} to {end}" for days, start, end in spans))
    except Invalid:
        return
    now = MONDAY + timedelta(minutes=minutes)
    seen = intersect_window(zones, time(8), time(21), now, times)

    def is_open(at: datetime) -> bool:
        there = [at.astimezone(ZoneInfo(zone)) for zone in zones]
        return all(time(8) <= local.time() < time(21) and not times.closed(local) for local in there)

    assert seen.open == is_open(now)
    ahead = (now + timedelta(minutes=n) for n in range(8 * 24 * 60))
    assert seen.next_open == next((at for at in ahead if is_open(at)), None)


def test_nothing_but_the_best_is_the_best() -> None:
    only = read("best 9 to 11, not mon").preferred()
    tuesday = datetime(2026, 11, 24, tzinfo=ZoneInfo(ZONE))
    assert [hour for hour in range(24) if not only.closed(tuesday.replace(hour=hour))] == [9, 10]
    assert all(only.closed(tuesday.replace(day=23, hour=hour)) for hour in range(24))
    assert Times().preferred() == Times()
