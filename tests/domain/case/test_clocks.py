"""Clocks of cases, held against a count minute by minute."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collect_tui.domain.calendars import Calendar
from collect_tui.domain.case.clocks import Hours, Span, Stretch, read, stretches
from collect_tui.domain.errors import Invalid

CHICAGO, MANILA, LORD_HOWE = "America/Chicago", "Asia/Manila", "Australia/Lord_Howe"
NINE_TO_SIX = dict.fromkeys(range(5), (time(9), time(18)))
THANKSGIVING = date(2026, 11, 26)
DESK = Hours(CHICAGO, Calendar(frozenset({THANKSGIVING})), NINE_TO_SIX)


def at(text: str, zone: str = CHICAGO) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


@pytest.mark.parametrize(
    ("start", "span", "due"),
    [
        ("2026-11-23 10:00", "30m", "2026-11-23 10:30"),
        ("2026-11-23 17:45", "30m", "2026-11-24 09:15"),
        ("2026-11-25 16:00", "4h", "2026-11-27 11:00"),  # over the holiday
        ("2026-11-27 17:00", "8h", "2026-11-30 16:00"),  # over a weekend
        ("2026-11-28 12:00", "30m", "2026-11-30 09:30"),  # came in on a Saturday
        ("2026-11-23 10:00", "2bd", "2026-11-25 18:00"),
        ("2026-11-25 10:00", "1bd", "2026-11-27 18:00"),
        ("2026-11-23 10:00", "8d", "2026-12-01 10:00"),
        ("2026-10-30 10:00", "3d", "2026-11-02 10:00"),  # the clocks were put back in between
    ],
)
def test_when_a_span_is_over(start, span, due):
    assert DESK.after(at(start), Span.parse(span)) == at(due)


@pytest.mark.parametrize("text", ["", "m", "2", "2 bd", "-1bd", "2w", "12345h", "1.5h"])
def test_what_is_no_span(text):
    with pytest.raises(Invalid) as error:
        Span.parse(text)
    assert error.value.code == "case.span"


def test_a_day_on_which_the_clocks_change_is_as_long_as_it_is():
    whole = Hours(CHICAGO, Calendar(weekend=frozenset()))
    assert whole.between(at("2026-11-01 00:00"), at("2026-11-02 00:00")) == timedelta(hours=25)
    assert whole.between(at("2026-03-08 00:00"), at("2026-03-09 00:00")) == timedelta(hours=23)


def test_a_pause_moves_the_end_by_the_open_time_in_it():
    start, asked, answered = at("2026-11-23 10:00"), at("2026-11-23 12:00"), at("2026-11-24 15:00")
    waiting = read(DESK, Span.parse("8h"), (Stretch(start, asked),), at("2026-11-24 09:00"))
    assert (waiting.due, waiting.met, waiting.left) == (None, None, timedelta(hours=6))
    going = read(DESK, Span.parse("8h"), (Stretch(start, asked), Stretch(answered)), at("2026-11-24 16:00"))
    assert going.due == at("2026-11-25 12:00")
    assert going.left == timedelta(hours=5)


def test_what_is_late_stays_late_in_a_pause():
    late = (Stretch(at("2026-11-23 10:00"), at("2026-11-24 15:00")),)
    read_late = read(DESK, Span.parse("4h"), late, at("2026-11-25 09:00"))
    assert (read_late.due, read_late.met) == (at("2026-11-23 14:00"), None)
    assert read(DESK, Span.parse("4h"), late, at("2026-11-25 09:00"), stopped=True).met is False


def test_it_presses_after_so_many_percent():
    found = read(DESK, Span.parse("5h"), (Stretch(at("2026-11-23 10:00")),), at("2026-11-23 10:00"), warn=80)
    assert (found.warn, found.due) == (at("2026-11-23 14:00"), at("2026-11-23 15:00"))


# an independent count: minute by minute ------------------------------------------------------------------------------
def open_at(hours: Hours, instant: datetime) -> bool:
    local = instant.astimezone(ZoneInfo(hours.zone))
    if not hours.calendar.is_business_day(local.date()):
        return False
    if local.weekday() not in hours.open:
        return True
    begins, ends = hours.open[local.weekday()]
    return begins <= local.time() < ends


def counted(hours: Hours, start: datetime, end: datetime) -> int:
    minutes = int((end - start) / timedelta(minutes=1))
    return sum(open_at(hours, start + timedelta(minutes=n)) for n in range(minutes))


SHIFTS = st.sampled_from([(time(8), time(17)), (time(9, 30), time(18, 15)), (time(6), time(14)), (time(12), time(20))])
ZONES = st.sampled_from([CHICAGO, MANILA, LORD_HOWE, "Europe/London"])
#: Around both changes of the clocks, and Thanksgiving.
STARTS = st.sampled_from([datetime(2026, 3, 6, tzinfo=UTC), datetime(2026, 10, 2, tzinfo=UTC), datetime(2026, 10, 30, tzinfo=UTC),
                          datetime(2026, 11, 25, tzinfo=UTC), datetime(2026, 3, 27, tzinfo=UTC)])  # fmt: skip


@st.composite
def desks(draw: st.DrawFn) -> Hours:
    days = draw(st.sets(st.integers(0, 4), max_size=5))
    return Hours(draw(ZONES), Calendar(frozenset({THANKSGIVING})), {day: draw(SHIFTS) for day in days})


@st.composite
def lives(draw: st.DrawFn) -> list[datetime]:
    """Instants at which a clock is started, paused, started again, …, and a last one at which it is read."""
    start = draw(STARTS)
    steps = draw(st.lists(st.integers(1, 1500), min_size=1, max_size=5))
    found = [start + timedelta(minutes=draw(st.integers(0, 1440)))]
    for step in steps:
        found.append(found[-1] + timedelta(minutes=step))
    return found


@settings(max_examples=60)
@given(desks(), lives(), st.integers(1, 900))
def test_a_clock_is_right_to_the_minute(hours, life, minutes):
    *turns, now = life
    runs = stretches((instant, place % 2 == 0) for place, instant in enumerate(turns))
    found = read(hours, Span(minutes, "m"), runs, now)
    ran = [
        instant
        for each in runs
        for n in range(int(((each.end or now) - each.start) / timedelta(minutes=1)))
        if open_at(hours, instant := each.start + timedelta(minutes=n))
    ]
    assert found.left == timedelta(minutes=minutes - len(ran))
    if len(ran) >= minutes:
        assert found.due == ran[minutes - 1] + timedelta(minutes=1)
    elif runs[-1].end is None:
        assert found.due is not None
        assert counted(hours, now, found.due) == minutes - len(ran)
        assert found.due >= now


@settings(max_examples=40)
@given(desks(), STARTS, st.integers(0, 4000), st.integers(0, 4000))
def test_open_time_adds_up(hours, start, one, other):
    middle, end = start + timedelta(minutes=one), start + timedelta(minutes=one + other)
    assert hours.between(start, middle) + hours.between(middle, end) == hours.between(start, end)
    assert hours.between(start, end) == timedelta(minutes=counted(hours, start, end))
