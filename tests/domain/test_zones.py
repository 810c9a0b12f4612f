"""Candidate zones: open only where all are open, by the clocks people there actually have."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collect_tui.domain.contact.zones import clocks, intersect_window, opening, same_day
from collect_tui.domain.errors import Invalid

START, END = time(8), time(21)
NEW_YORK, LOS_ANGELES, CHICAGO = "America/New_York", "America/Los_Angeles", "America/Chicago"
ZONES = [
    NEW_YORK,
    LOS_ANGELES,
    CHICAGO,
    "Asia/Manila",
    "Australia/Lord_Howe",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
]
ZONES += ["Europe/London", "Asia/Kathmandu", "America/St_Johns", "UTC"]


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type]


def test_a_new_york_number_with_a_pacific_address() -> None:
    """Policy A1 V1 (the regulator's own example): only 11:00-21:00 Eastern is convenient in both."""
    verdict = intersect_window([NEW_YORK, LOS_ANGELES], START, END, utc(2026, 3, 9, 14, 30))
    assert not verdict.open
    assert verdict.next_open == utc(2026, 3, 9, 15, 0)
    assert verdict.closes_at is None
    assert [(zone, local.hour, here) for zone, local, here in verdict.per_zone] == [
        (NEW_YORK, 10, True),
        (LOS_ANGELES, 7, False),
    ]
    assert verdict.labels() == ("10:30 New York UTC-04:00", "07:30 Los Angeles UTC-07:00")
    opened = intersect_window([NEW_YORK, LOS_ANGELES], START, END, utc(2026, 3, 9, 15, 0))
    assert opened.open
    assert opened.closes_at == utc(2026, 3, 10, 1, 0)  # 21:00 in New York


def test_zones_with_one_clock_are_told_once_and_many_by_the_first_and_the_last() -> None:
    noon = utc(2026, 1, 15, 18)

    def told(*zones: str) -> list[str]:
        return [zone for zone, _ in clocks((zone, noon.astimezone(ZoneInfo(zone))) for zone in zones)]

    assert told(CHICAGO, "America/Winnipeg", NEW_YORK, "America/Regina") == [CHICAGO, NEW_YORK]
    assert told(NEW_YORK, CHICAGO, LOS_ANGELES, "UTC") == [NEW_YORK, CHICAGO, LOS_ANGELES, "UTC"]
    assert told(NEW_YORK, CHICAGO, LOS_ANGELES, "UTC", "Asia/Manila") == [LOS_ANGELES, "Asia/Manila"]


def test_an_opening_is_none_where_nothing_can_be_said() -> None:
    assert opening([CHICAGO], START, END, utc(2026, 3, 9, 4)) == utc(2026, 3, 9, 13)
    assert opening([CHICAGO], START, END, utc(2026, 3, 9, 14)) == utc(2026, 3, 9, 14)
    for zones in ([], ["Mars/Olympus"], [CHICAGO, "Mars/Olympus"], ["Europe/London", "Asia/Shanghai", LOS_ANGELES]):
        assert opening(zones, START, END, utc(2026, 3, 9, 14)) is None
    with pytest.raises(Invalid, match="starts before it ends"):
        opening([CHICAGO], END, START, utc(2026, 3, 9, 14))


@pytest.mark.parametrize(
    ("zones", "there", "wanted", "proposed"),
    [
        ([NEW_YORK], NEW_YORK, 9, 9),
        ([NEW_YORK, CHICAGO], NEW_YORK, 9, 9),
        ([NEW_YORK, LOS_ANGELES], NEW_YORK, 9, 11),
        ([NEW_YORK, LOS_ANGELES], LOS_ANGELES, 9, 9),
        ([NEW_YORK, "Pacific/Honolulu"], NEW_YORK, 9, 13),  # 08:00 in Honolulu
        ([NEW_YORK], NEW_YORK, 22, 22),  # nothing more on that day
        ([], NEW_YORK, 9, 9),
    ],
)
def test_a_proposed_time_is_moved_on_within_its_day(zones: list[str], there: str, wanted: int, proposed: int) -> None:
    at = datetime(2026, 1, 15, wanted, tzinfo=ZoneInfo(there))
    assert same_day(zones, START, END, at) == at.replace(hour=proposed)


def test_the_same_manila_clock_time_on_both_sides_of_the_change() -> None:
    """Policy A1 V2: 23:30 in Manila is 07:30 in Los Angeles on Saturday and 08:30 on Sunday."""
    saturday = intersect_window([LOS_ANGELES], START, END, utc(2026, 3, 7, 15, 30))
    sunday = intersect_window([LOS_ANGELES], START, END, utc(2026, 3, 8, 15, 30))
    assert not saturday.open
    assert saturday.next_open == utc(2026, 3, 7, 16, 0)
    assert sunday.open
    assert sunday.closes_at == utc(2026, 3, 9, 4, 0)


@pytest.mark.parametrize(
    ("instant", "is_open", "closes_at", "next_open"),
    [
        (utc(2026, 11, 24, 13, 59, 59), False, None, utc(2026, 11, 24, 14)),
        (utc(2026, 11, 24, 14), True, utc(2026, 11, 25, 3), utc(2026, 11, 24, 14)),
        (utc(2026, 11, 25, 2, 59, 59), True, utc(2026, 11, 25, 3), utc(2026, 11, 25, 2, 59, 59)),
        (utc(2026, 11, 25, 3), False, None, utc(2026, 11, 25, 14)),
        (utc(2026, 11, 1, 2), False, None, utc(2026, 11, 1, 14)),  # the night the clocks go back
    ],
)
def test_start_is_in_and_end_is_out(
    instant: datetime, is_open: bool, closes_at: datetime | None, next_open: datetime
) -> None:
    verdict = intersect_window([CHICAGO], START, END, instant)
    assert (verdict.open, verdict.closes_at, verdict.next_open) == (is_open, closes_at, next_open)


def test_zones_that_share_no_hour_never_open() -> None:
    verdict = intersect_window([CHICAGO, "Asia/Manila"], time(9), time(18), utc(2026, 11, 24, 15))
    assert (verdict.open, verdict.closes_at, verdict.next_open) == (False, None, None)
    assert len(verdict.per_zone) == 2


def test_a_zone_named_twice_counts_once() -> None:
    assert len(intersect_window(iter([CHICAGO, CHICAGO]), START, END, utc(2026, 11, 24, 15)).per_zone) == 1


UNKNOWN: list[list[str]] = [
    [],
    ["Etc/Unknown"],
    [CHICAGO, "Etc/Unknown"],
    [""],
    ["America"],
    ["../etc/passwd"],
    ["/etc/localtime"],
]


@pytest.mark.parametrize("zones", UNKNOWN)
def test_an_unknown_zone_is_an_error_and_no_guess(zones: list[str]) -> None:
    with pytest.raises(Invalid) as caught:
        intersect_window(zones, START, END, utc(2026, 11, 24))
    assert caught.value.code == "zone.unknown"


@pytest.mark.parametrize(("start", "end"), [(END, START), (START, START)])
def test_a_window_starts_before_it_ends(start: time, end: time) -> None:
    with pytest.raises(Invalid) as caught:
        intersect_window([CHICAGO], start, end, utc(2026, 11, 24))
    assert caught.value.code == "zone.window"


def test_an_instant_has_an_offset() -> None:
    with pytest.raises(Invalid) as caught:
        intersect_window([CHICAGO], START, END, datetime(2026, 11, 24))
    assert caught.value.code == "instant.naive"


def test_hours_the_clocks_jump_over_or_pass_twice() -> None:
    gap = intersect_window([CHICAGO], time(2, 15), time(5), utc(2026, 3, 8, 7, 0))  # 01:00, then 03:00 at 08:00Z
    assert gap.next_open == utc(2026, 3, 8, 8, 0)
    again = intersect_window([CHICAGO], time(0), time(1, 30), utc(2026, 11, 1, 6, 40))  # 01:40, and 01:00 once more
    assert again.next_open == utc(2026, 11, 1, 7, 0)
    first = intersect_window([CHICAGO], time(0), time(1, 30), utc(2026, 11, 1, 6, 20))
    assert first.closes_at == utc(2026, 11, 1, 6, 30)


QUARTERS = st.integers(0, 95).map(lambda quarter: time(quarter // 4, quarter % 4 * 15))
INSTANTS = st.one_of(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)),
    st.datetimes(datetime(2026, 3, 6), datetime(2026, 3, 9)),
    st.datetimes(datetime(2026, 10, 30), datetime(2026, 11, 2)),
)


@settings(deadline=None)
@given(st.lists(st.sampled_from(ZONES), min_size=1, max_size=3), QUARTERS, QUARTERS, INSTANTS)
def test_the_verdict_agrees_with_a_walk_over_the_next_days(zones: list[str], a: time, b: time, naive: datetime) -> None:
    if a == b:
        return
    start, end, now = min(a, b), max(a, b), naive.replace(second=0, microsecond=0, tzinfo=UTC)
    now -= timedelta(minutes=now.minute % 15)
    infos = [ZoneInfo(zone) for zone in zones]

    def all_open(instant: datetime) -> bool:
        return all(start <= instant.astimezone(info).time() < end for info in infos)

    walk = [now + timedelta(minutes=15 * step) for step in range(3 * 96 + 1)]
    verdict = intersect_window(zones, start, end, now)
    assert verdict.open == all_open(now)
    assert verdict.next_open == next((instant for instant in walk if all_open(instant)), None)
    shut = next((instant for instant in walk if not all_open(instant)), None)
    assert verdict.closes_at == (shut if verdict.open else None)
