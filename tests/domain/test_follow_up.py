"""The next try after a result: the first working minute at which the customer may be called, by an oracle that counts minutes.

The oracle restates the rule from nothing but `zoneinfo`: step by step from the wanted minute on, is it inside the hours in every
zone, and is the day today or a business day? `may_call` is asked as well, so that what is proposed is what is judged.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collect_tui.defaults import load
from collect_tui.domain.account.follow_up import follow, untimed
from collect_tui.domain.codes import FollowUp
from collect_tui.domain.facts import AccountFacts, NextAction, Point
from collect_tui.policy.contact import may_call
from collect_tui.policy.verdicts import Severity
from support.trade import CALENDAR, TODAY, account, days

CATALOGUE = load(today=TODAY)
RULES, RESULTS = CATALOGUE.rules.contact, CATALOGUE.codes.results
CHI, NY, LA = "America/Chicago", "America/New_York", "America/Los_Angeles"
TIMED = sorted(code for code, result in RESULTS.items() if result.follow_up.minutes is not None)

ZONES = [
    *(NY, CHI, "America/Denver", "America/Phoenix", LA, "America/Anchorage", "Pacific/Honolulu", "America/St_Johns"),
    *("Europe/London", "Europe/Lisbon", "Asia/Kolkata", "Asia/Kathmandu", "Australia/Adelaide", "Australia/Lord_Howe"),
    *("Pacific/Chatham", "Asia/Manila", "America/Sao_Paulo", "Pacific/Apia"),
]


def someone(*zones: str, **more: Any) -> AccountFacts:
    points = tuple(Point(n, "mobile", "+1 312 555 0142", n, zones=(zone,)) for n, zone in enumerate(zones, start=1))
    return account(**{"points": points, **more})


def at(text: str, zone: str = CHI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def next_try(facts: AccountFacts, result: str, now: datetime, zone: str = CHI, point: int = 0) -> NextAction:
    tried = facts.points[point] if facts.points else None
    found = follow(RESULTS[result].follow_up, facts, tried, now, CALENDAR, zone, RULES)
    assert found is not None
    return found


# ---------------------------------------------------------------------------------------------------------- by table


@pytest.mark.parametrize(
    ("result", "zones", "now", "proposed"),
    [
        ("NA", [CHI], "2025-11-24T10:00", "2025-11-24T14:00"),
        ("NA", [CHI], "2025-11-24T16:59", "2025-11-24T20:59"),
        ("NA", [CHI], "2025-11-24T17:00", "2025-11-25T08:00"),  # 21:00 is past the hours
        ("NA", [CHI], "2025-11-24T18:30", "2025-11-25T08:00"),
        ("BZ", [CHI], "2025-11-24T20:45", "2025-11-25T08:00"),
        ("BZ", [CHI], "2025-11-24T07:00", "2025-11-24T08:00"),
        ("NA", [NY, CHI], "2025-11-24T15:30", "2025-11-24T19:30"),
        ("NA", [NY, CHI], "2025-11-24T16:00", "2025-11-25T08:00"),  # 20:00 in Chicago is 21:00 in New York
        ("NA", ["Pacific/Honolulu", NY], "2025-11-24T13:00", "2025-11-24T17:00"),  # open from 12:00 to 20:00 in Chicago
        ("NA", ["Pacific/Honolulu", NY], "2025-11-24T16:30", "2025-11-25T12:00"),
        ("NA", ["America/St_Johns"], "2025-11-24T15:00", "2025-11-25T05:30"),  # 08:00 there, 3.5 hours behind UTC
        ("NA", [CHI], "2025-11-26T18:30", "2025-11-28T08:00"),  # Thanksgiving is passed over
        ("NA", [CHI], "2025-11-28T18:30", "2025-12-01T08:00"),  # and the weekend
        ("NA", ["Asia/Manila"], "2025-11-24T20:00", "2025-11-25T00:00"),  # 14:00 there
    ],
)
def test_the_next_try(result: str, zones: list[str], now: str, proposed: str) -> None:
    made, wanted = at(now), at(proposed)
    facts = someone(*zones, business_date=datetime.fromisoformat(now).date())
    assert next_try(facts, result, made) == NextAction("call", wanted.astimezone(ZoneInfo(CHI)).date(), wanted)


def test_on_a_saturday_that_is_worked_it_stays_until_the_hours_end() -> None:
    facts = someone(CHI, business_date=days(5))
    assert next_try(facts, "NA", at("2025-11-29T10:00")) == NextAction("call", days(5), at("2025-11-29T14:00"))
    assert next_try(facts, "NA", at("2025-11-29T18:00")) == NextAction("call", days(7), at("2025-12-01T08:00"))


def test_the_clock_change_is_minded() -> None:
    """On Sunday 9 March 2025 at two o'clock it is three: 08:00 comes an hour sooner by UTC."""
    facts = someone(CHI, business_date=date(2025, 3, 7))
    assert next_try(facts, "NA", at("2025-03-07T19:00")).at == datetime(2025, 3, 10, 13, tzinfo=UTC)
    saturday = someone(CHI, business_date=date(2025, 3, 10))
    assert next_try(saturday, "NA", at("2025-03-10T19:00")).at == datetime(2025, 3, 11, 13, tzinfo=UTC)


def test_all_numbers_bind_and_where_they_share_no_hour_the_one_that_was_tried() -> None:
    far = someone(CHI, "Asia/Manila", "Europe/London")  # no hour is open in all three
    assert next_try(far, "NA", at("2025-11-24T10:00")).at == at("2025-11-24T14:00")
    assert next_try(far, "NA", at("2025-11-24T18:30")).at == at("2025-11-25T08:00")


@pytest.mark.parametrize(
    ("zones", "says"),
    [
        ((), "time zone is not known"),
        (("Mars/Olympus",), "share no hour"),
        ((LA, "Asia/Manila", "Europe/London"), "share no hour"),
    ],
)
def test_without_hours_there_is_a_day_and_no_time_and_a_word_why(zones: tuple[str, ...], says: str) -> None:
    point = Point(1, "mobile", "+1 800 555 0142", 1, zones=zones)
    facts = account(points=(point,), business_date=days(4))  # a Friday
    now = at("2025-11-28T10:00")
    assert next_try(facts, "NA", now) == NextAction("call", days(7))
    assert says in (untimed(RESULTS["NA"].follow_up, facts, point, now, RULES) or "")
    assert untimed(RESULTS["LM"].follow_up, facts, point, now, RULES) is None


@pytest.mark.parametrize(
    ("asked", "on"),
    [
        (FollowUp(days=0), 0),
        (FollowUp(days=1), 1),
        (FollowUp(days=3), 4),  # Thanksgiving
        (FollowUp(days=5), 7),  # Saturday
        (FollowUp(days=6), 7),
        (FollowUp(business_days=3), 4),
        (FollowUp(business_days=4), 7),
    ],
)
def test_days_fall_on_business_days(asked: FollowUp, on: int) -> None:
    assert follow(asked, someone(CHI), None, at("2025-11-24T10:00"), CALENDAR, CHI, RULES) == NextAction(
        "call", days(on)
    )


def test_what_asks_for_nothing_gets_nothing() -> None:
    assert follow(FollowUp(), someone(CHI), None, at("2025-11-24T10:00"), CALENDAR, CHI, RULES) is None


def test_now_means_today_though_it_is_a_holiday() -> None:
    holiday = someone(CHI, business_date=days(3))
    assert follow(FollowUp(days=0), holiday, None, at("2025-11-27T10:00"), CALENDAR, CHI, RULES) == NextAction(
        "call", days(3)
    )


# ----------------------------------------------------------------------------------------------------- by brute force

INSTANTS = st.datetimes(datetime(2025, 1, 5), datetime(2026, 1, 20), timezones=st.just(UTC)).map(
    lambda t: t.replace(second=0, microsecond=0)
)
STEP = timedelta(minutes=15)  # every zone of today opens on a quarter of an hour


def open_in(zones: list[str], t: datetime) -> bool:
    return all(time(8) <= t.astimezone(ZoneInfo(z)).time() < time(21) for z in zones)


def share_an_hour(zones: list[str], wanted: datetime) -> bool:
    """Within three days: not only after clocks have been changed."""
    quarter = wanted.replace(minute=wanted.minute // 15 * 15)
    return any(open_in(zones, t) for n in range(96 * 3 + 1) if wanted <= (t := quarter + n * STEP))


def first_minute(zones: list[str], now: datetime, minutes: int, today: date, desk: str) -> datetime | None:
    """The oracle: the wanted minute if it will do, else the first quarter of an hour after it that does."""

    def does(t: datetime) -> bool:
        midnights = (t.astimezone(ZoneInfo(desk)).date() - now.astimezone(ZoneInfo(desk)).date()).days
        day = today + timedelta(days=midnights)
        free = day.weekday() in CALENDAR.weekend or day in CALENDAR.holidays
        return open_in(zones, t) and (midnights == 0 or not free)

    wanted = now + timedelta(minutes=minutes)
    if does(wanted):
        return wanted
    quarter = wanted.replace(minute=wanted.minute // 15 * 15)
    return next((t for n in range(1, 96 * 9) if (t := quarter + n * STEP) and does(t)), None)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.sampled_from(ZONES), min_size=1, max_size=3, unique=True),
    INSTANTS,
    st.sampled_from(TIMED),
    st.sampled_from([CHI, NY, "Asia/Manila", "Europe/London"]),
)
def test_every_proposed_try_is_the_first_one_that_is_allowed(
    zones: list[str], now: datetime, result: str, desk: str
) -> None:
    today = now.astimezone(ZoneInfo(desk)).date()
    facts = someone(*zones, business_date=today)
    tried = facts.points[0]
    found = next_try(facts, result, now, desk)
    minutes = RESULTS[result].follow_up.minutes or 0
    judged = None
    if not share_an_hour(zones, now + timedelta(minutes=minutes)):  # so it is for the number that was tried
        zones, judged = zones[:1], tried
    expected = first_minute(zones, now, minutes, today, desk)
    assert found.at == expected
    assert found.at is not None
    assert found.on == found.at.astimezone(ZoneInfo(desk)).date()
    window = next(f for f in may_call(facts, found.at, RULES, CATALOGUE.holds, judged).findings if f.check == "window")
    assert window.severity <= Severity.WARN, window.sentence
