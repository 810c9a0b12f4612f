"""The dates and moments people type."""

import contextlib
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collect_tui.domain.dates import (
    Calendar,
    DateOrder,
    add_months,
    date_order_of,
    format_day,
    local_time,
    offset_label,
)
from collect_tui.domain.errors import Invalid
from collect_tui.domain.typed_dates import NO_DATE, parse_date, parse_moment

TODAY = date(2026, 11, 24)  # a Tuesday
DAYS = st.dates(date(2020, 1, 1), date(2040, 1, 1))
CHICAGO = ZoneInfo("America/Chicago")


@pytest.mark.parametrize(
    ("text", "ahead", "back"),
    [
        # the same whichever way one looks
        ("t", "2026-11-24", "2026-11-24"),
        ("Today", "2026-11-24", "2026-11-24"),
        ("tom", "2026-11-25", "2026-11-25"),
        ("TOMORROW", "2026-11-25", "2026-11-25"),
        ("y", "2026-11-23", "2026-11-23"),
        ("yesterday", "2026-11-23", "2026-11-23"),
        ("+7", "2026-12-01", "2026-12-01"),
        ("+7d", "2026-12-01", "2026-12-01"),
        ("+0", "2026-11-24", "2026-11-24"),
        ("-3", "2026-11-21", "2026-11-21"),
        ("+2w", "2026-12-08", "2026-12-08"),
        ("-1w", "2026-11-17", "2026-11-17"),
        ("+1m", "2026-12-24", "2026-12-24"),
        ("-2m", "2026-09-24", "2026-09-24"),
        ("2026-12-15", "2026-12-15", "2026-12-15"),
        ("15/12/2026", "2026-12-15", "2026-12-15"),
        ("1/2/2027", "2027-02-01", "2027-02-01"),
        ("15dec2027", "2027-12-15", "2027-12-15"),
        ("15 Dec 2027", "2027-12-15", "2027-12-15"),
        (" t ", "2026-11-24", "2026-11-24"),
        # weekdays, never today
        ("fri", "2026-11-27", "2026-11-20"),
        ("FR", "2026-11-27", "2026-11-20"),
        ("friday", "2026-11-27", "2026-11-20"),
        ("tu", "2026-12-01", "2026-11-17"),
        ("tues", "2026-12-01", "2026-11-17"),
        ("wed", "2026-11-25", "2026-11-18"),
        ("mo", "2026-11-30", "2026-11-23"),
        ("thurs", "2026-11-26", "2026-11-19"),
        ("sa", "2026-11-28", "2026-11-21"),
        ("su", "2026-11-29", "2026-11-22"),
        # a day of the month: from tomorrow on, or today and before
        ("15", "2026-12-15", "2026-11-15"),
        ("25", "2026-11-25", "2026-10-25"),
        ("24", "2026-12-24", "2026-11-24"),
        ("1", "2026-12-01", "2026-11-01"),
        ("01", "2026-12-01", "2026-11-01"),
        ("31", "2026-11-30", "2026-10-31"),
        # a day and month, day first: today counts
        ("15/12", "2026-12-15", "2025-12-15"),
        ("1512", "2026-12-15", "2025-12-15"),
        ("15dec", "2026-12-15", "2025-12-15"),
        ("15 december", "2026-12-15", "2025-12-15"),
        ("dec15", "2026-12-15", "2025-12-15"),
        ("Dec 15", "2026-12-15", "2025-12-15"),
        ("1/2", "2027-02-01", "2026-02-01"),
        ("24/11", "2026-11-24", "2026-11-24"),
        ("23/11", "2027-11-23", "2026-11-23"),
        ("1sept", "2027-09-01", "2026-09-01"),
        ("3may", "2027-05-03", "2026-05-03"),
        ("eom", "2026-11-30", "2026-10-31"),
    ],
)
def test_parse_date(text: str, ahead: str, back: str) -> None:
    assert parse_date(text, TODAY) == date.fromisoformat(ahead)
    assert parse_date(text, TODAY, past=True) == date.fromisoformat(back)


@pytest.mark.parametrize(
    ("text", "today", "ahead", "back"),
    [
        ("31", "2027-01-31", "2027-02-28", "2027-01-31"),
        ("30", "2027-02-28", "2027-03-30", "2027-02-28"),
        ("31", "2026-12-30", "2026-12-31", "2026-11-30"),
        ("+1m", "2027-01-31", "2027-02-28", "2027-02-28"),
        ("eom", "2026-11-30", "2026-11-30", "2026-11-30"),
        ("eom", "2027-01-01", "2027-01-31", "2026-12-31"),
        ("29/2", "2028-02-01", "2028-02-29", None),
        ("29feb", "2028-03-01", None, "2028-02-29"),
    ],
)
def test_month_ends(text: str, today: str, ahead: str | None, back: str | None) -> None:
    for past, expected in ((False, ahead), (True, back)):
        if expected is not None:
            assert parse_date(text, date.fromisoformat(today), past=past) == date.fromisoformat(expected)
        else:
            with pytest.raises(Invalid) as caught:
                parse_date(text, date.fromisoformat(today), past=past)
            assert caught.value.code == "date.nonexistent"


def test_business_days_need_a_calendar() -> None:
    us = Calendar(frozenset({date(2026, 11, 26)}))
    assert parse_date("+3b", TODAY, us) == date(2026, 11, 30)
    with pytest.raises(Invalid):
        parse_date("+3b", TODAY)


MALFORMED = ["", " ", "x", "f", "m", "0", "32", "00", "100", "150", "31/4", "13/13", "3131", "32dec", "0dec", "15de"]
MALFORMED += ["decc15", "frid4y", "+", "-", "+w", "7+", "+7y", "+ 7", "2026-1-5", "2026/12/15", "15-12-2026", "15.12"]
MALFORMED += ["15/12/26", "2026-02-29", "20261215", "nov", "٣", "１５", "²", "15/12/2026x", "t t", "ſun", "1 5"]


@pytest.mark.parametrize("text", MALFORMED)
def test_what_is_no_date_gets_the_forms_that_are(text: str) -> None:
    with pytest.raises(Invalid) as caught:
        parse_date(text, TODAY)
    assert caught.value.code in NO_DATE
    assert "15/12" in caught.value.message


@pytest.mark.parametrize(
    "text", ["+3654", "-3654", "+121m", "+99999w", "+" + "9" * 5000, "2036-11-25", "1/1/2016", "9999-12-31", "-99999m"]
)
def test_more_than_ten_years_is_a_slip(text: str) -> None:
    with pytest.raises(Invalid) as caught:
        parse_date(text, TODAY)
    assert caught.value.code == "date.out_of_range"


def test_ten_years_to_the_day_is_in_range() -> None:
    assert parse_date("+120m", TODAY) == date(2036, 11, 24)
    assert parse_date("2016-11-24", TODAY) == date(2016, 11, 24)


@given(st.text(max_size=12) | st.from_regex(r"[+-]?[0-9]{0,4}[a-z/ -]{0,3}[0-9]{0,4}", fullmatch=True), DAYS)
def test_any_text_gives_a_date_in_range_or_a_sentence(text: str, today: date) -> None:
    for past in (False, True):
        with contextlib.suppress(Invalid):
            assert add_months(today, -120) <= parse_date(text, today, past=past) <= add_months(today, 120)


@given(DAYS, st.integers(-3000, 3000))
def test_a_full_date_reads_the_same_in_every_form(today: date, days: int) -> None:
    there = today + timedelta(days=days)
    forms = [there.isoformat(), f"{there.day}/{there.month}/{there.year}", there.strftime("%d%b%Y"), f"{days:+d}"]
    assert {parse_date(form, today) for form in forms} == {there}


@pytest.mark.parametrize(
    ("text", "dmy", "mdy"),
    [
        ("12/4", "2027-04-12", "2026-12-04"),
        ("1204", "2027-04-12", "2026-12-04"),
        ("4/12/2027", "2027-12-04", "2027-04-12"),
        ("12/12", "2026-12-12", "2026-12-12"),
        ("15/12", "2026-12-15", "2026-12-15"),
        ("1512", "2026-12-15", None),
        ("12/15", "2026-12-15", "2026-12-15"),
        ("12/15/2027", "2027-12-15", "2027-12-15"),
        ("1215", None, "2026-12-15"),
        ("15dec", "2026-12-15", "2026-12-15"),
        ("2026-12-15", "2026-12-15", "2026-12-15"),
    ],
)
def test_the_order_decides_where_both_would_be_a_day(text: str, dmy: str | None, mdy: str | None) -> None:
    for order, meant in (("dmy", dmy), ("mdy", mdy)):
        found = [read(text, order) for read in (_day, _moment)]
        if meant is not None:
            assert found == [meant, meant]
        else:
            assert "date.order" in found


def _day(text: str, order: DateOrder) -> str:
    try:
        return parse_date(text, TODAY, order=order).isoformat()
    except Invalid as error:
        return error.code


def _moment(text: str, order: DateOrder) -> str:
    try:
        return parse_moment(f"{text} 9:30", NOW, order=order).date().isoformat()
    except Invalid as error:
        return error.code


def test_an_impossible_day_names_the_order() -> None:
    for text, order, says in (("1215", "dmy", "day first"), ("1512", "mdy", "month first")):
        with pytest.raises(Invalid, match=says):
            parse_date(text, TODAY, order=order)  # type: ignore[arg-type]


def test_the_forms_in_an_error_are_those_of_the_order() -> None:
    for order, shown in (("dmy", "15/12/2026"), ("mdy", "12/15/2026")):
        with pytest.raises(Invalid, match=shown):
            parse_date("soon", TODAY, order=order)  # type: ignore[arg-type]


@given(DAYS, st.integers(0, 364), st.sampled_from(["dmy", "mdy"]))
def test_a_date_written_in_the_order_reads_back(today: date, days: int, order: DateOrder) -> None:
    there = today + timedelta(days=days)
    forms = {"dmy": ("%d/%m", "%d%m", "%d/%m/%Y"), "mdy": ("%m/%d", "%m%d", "%m/%d/%Y")}[order]
    assert {parse_date(there.strftime(form), today, order=order) for form in forms} == {there}


@given(DAYS, st.integers(1, 31), st.integers(1, 31), st.booleans())
def test_the_orders_are_mirrors(today: date, one: int, other: int, past: bool) -> None:
    def read(text: str, order: DateOrder) -> date | None:
        with contextlib.suppress(Invalid):
            return parse_date(text, today, past=past, order=order)
        return None

    assert read(f"{one}/{other}", "dmy") == read(f"{other}/{one}", "mdy")


def test_the_order_of_a_country() -> None:
    for country, order in {"US": "mdy", "PH": "mdy", "FM": "mdy", "MH": "mdy", "PW": "mdy", "us": "mdy"}.items():
        assert date_order_of(country) == order
    assert {date_order_of(country) for country in ("GB", "DE", "CA", "AU", "MX", "IN", "JP")} == {"dmy"}


@given(DAYS, st.sampled_from(["mon", "tue", "wed", "thu", "fri", "sat", "sun"]))
def test_a_weekday_is_one_to_seven_days_away(today: date, name: str) -> None:
    ahead, back = parse_date(name, today), parse_date(name, today, past=True)
    assert 1 <= (ahead - today).days <= 7
    assert 1 <= (today - back).days <= 7
    assert ahead.strftime("%a").lower() == back.strftime("%a").lower() == name


@given(DAYS, st.integers(0, 364))
def test_a_day_and_month_is_the_next_or_the_last_one(today: date, days: int) -> None:
    ahead, back = today + timedelta(days=days), today - timedelta(days=days)
    assert parse_date(f"{ahead:%d%m}", today) == parse_date(f"{ahead:%d/%m}", today) == ahead
    assert parse_date(f"{back:%d%m}", today, past=True) == parse_date(f"{back:%d%b}", today, past=True) == back


@given(DAYS, st.integers(1, 28))
def test_a_day_of_the_month_is_within_a_month(today: date, day: int) -> None:
    ahead, back = parse_date(str(day), today), parse_date(str(day), today, past=True)
    assert ahead.day == back.day == day
    assert 1 <= (ahead - today).days <= 31
    assert 0 <= (today - back).days <= 30


NOW = datetime(2026, 11, 24, 10, 0, 37, tzinfo=CHICAGO)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("tue 9:30", "2026-12-01 09:30"),
        ("wed 9:30", "2026-11-25 09:30"),
        ("14:00", "2026-11-24 14:00"),
        ("2pm", "2026-11-24 14:00"),
        ("2 PM", "2026-11-24 14:00"),
        ("2:30pm", "2026-11-24 14:30"),
        ("12pm", "2026-11-24 12:00"),
        ("tom 12am", "2026-11-25 00:00"),
        ("+2h", "2026-11-24 12:00"),
        ("+30m", "2026-11-24 10:30"),
        ("+1h30m", "2026-11-24 11:30"),
        ("+1m", "2026-11-24 10:01"),
        ("tom 9", "2026-11-25 09:00"),
        ("t 17:15", "2026-11-24 17:15"),
        ("fri", "2026-11-27 09:00"),
        ("fri 1430", "2026-11-27 14:30"),
        ("fri 930", "2026-11-27 09:30"),
        ("+1d", "2026-11-25 09:00"),
        ("+2", "2026-11-26 09:00"),
        ("+1w 16:00", "2026-12-01 16:00"),
        ("15", "2026-12-15 09:00"),
        ("15 12", "2026-12-15 12:00"),
        ("15/12 8:05", "2026-12-15 08:05"),
        ("dec 15", "2026-12-15 09:00"),
        ("15 dec 14:00", "2026-12-15 14:00"),
        ("1512", "2026-12-15 09:00"),
        ("2026-12-15 9am", "2026-12-15 09:00"),
        ("  eom   16:00 ", "2026-11-30 16:00"),
    ],
)
def test_parse_moment(text: str, expected: str) -> None:
    found = parse_moment(text, NOW)
    assert found.strftime("%Y-%m-%d %H:%M") == expected
    assert found.tzinfo is CHICAGO
    assert found.second == found.microsecond == 0


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("9:30", "moment.in_past"),
        ("10:00", "moment.in_past"),
        ("t", "moment.in_past"),
        ("y 14:00", "moment.in_past"),
        ("-1", "moment.in_past"),
        ("+0m", "moment.in_past"),
        ("", "moment.malformed"),
        ("9:5", "moment.malformed"),
        ("25:00", "moment.malformed"),
        ("14:60", "moment.malformed"),
        ("13pm", "moment.malformed"),
        ("0am", "moment.malformed"),
        ("1430", "moment.malformed"),
        ("soon", "moment.malformed"),
        ("fri soon", "moment.malformed"),
        ("soon 9:00", "moment.malformed"),
        ("+1m 9:00", "moment.malformed"),
        ("-3m", "moment.malformed"),
        ("+h", "moment.malformed"),
        ("fri 24", "moment.malformed"),
        ("fri ٩:٣٠", "moment.malformed"),
        ("2046-01-01 9:00", "date.out_of_range"),
    ],
)
def test_parse_moment_refuses(text: str, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        parse_moment(text, NOW)
    assert caught.value.code == code


def test_a_moment_over_a_change_of_clocks() -> None:
    night = datetime(2026, 3, 8, 1, 30, tzinfo=CHICAGO)
    assert parse_moment("+1h", night).isoformat() == "2026-03-08T03:30:00-05:00"
    assert parse_moment("2:30", night).isoformat() == "2026-03-08T03:30:00-05:00"  # 2:30 does not happen
    autumn = datetime(2026, 11, 1, 0, 30, tzinfo=CHICAGO)
    assert parse_moment("1:15", autumn).isoformat() == "2026-11-01T01:15:00-05:00"  # the first of two
    second = datetime(2026, 11, 1, 1, 10, fold=1, tzinfo=CHICAGO)
    with pytest.raises(Invalid):
        parse_moment("1:15", second)  # the first 1:15 has passed


def test_a_moment_needs_to_know_where() -> None:
    with pytest.raises(Invalid) as caught:
        parse_moment("14:00", datetime(2026, 11, 24, 10))
    assert caught.value.code == "instant.naive"


@given(
    st.text(max_size=12) | st.from_regex(r"(fri|tom|15|\+2w|)? ?[0-9]{1,4}(:[0-9]{2})?(am|pm)?", fullmatch=True),
    st.datetimes(datetime(2025, 1, 1), datetime(2030, 1, 1)),
)
def test_any_text_gives_a_later_moment_or_a_sentence(text: str, naive: datetime) -> None:
    now = naive.replace(tzinfo=CHICAGO)
    with contextlib.suppress(Invalid):
        assert parse_moment(text, now).astimezone(UTC) > now.astimezone(UTC)


@pytest.mark.parametrize(
    ("day", "shown"),
    [
        (TODAY, "today"),
        (date(2026, 11, 25), "tomorrow"),
        (date(2026, 11, 28), "Sat 28 Nov"),
        (date(2026, 11, 23), "Mon 23 Nov"),
        (date(2026, 12, 1), "Tue 1 Dec"),
        (date(2027, 2, 5), "Fri 5 Feb 2027"),
        (date(2025, 11, 24), "Mon 24 Nov 2025"),
    ],
)
def test_format_day(day: date, shown: str) -> None:
    assert format_day(day, TODAY) == shown


def test_tomorrow_may_be_next_year() -> None:
    assert format_day(date(2027, 1, 1), date(2026, 12, 31)) == "tomorrow"


@pytest.mark.parametrize(
    ("zone", "instant", "label"),
    [
        ("America/Chicago", datetime(2026, 11, 24, 15, tzinfo=UTC), "Chicago UTC-06:00"),
        ("America/Chicago", datetime(2026, 7, 1, 15, tzinfo=UTC), "Chicago UTC-05:00"),
        ("Asia/Manila", datetime(2026, 11, 24, tzinfo=UTC), "Manila UTC+08:00"),
        ("America/Los_Angeles", datetime(2026, 11, 24, tzinfo=UTC), "Los Angeles UTC-08:00"),
        ("America/St_Johns", datetime(2026, 11, 24, tzinfo=UTC), "St Johns UTC-03:30"),
        ("Asia/Kathmandu", datetime(2026, 11, 24, tzinfo=UTC), "Kathmandu UTC+05:45"),
        ("America/Argentina/Buenos_Aires", datetime(2026, 11, 24, tzinfo=UTC), "Buenos Aires UTC-03:00"),
    ],
)
def test_offset_label(zone: str, instant: datetime, label: str) -> None:
    assert offset_label(zone, instant) == label


def test_local_time() -> None:
    manila = datetime(2026, 11, 24, 23, 30, tzinfo=timezone(timedelta(hours=8)))
    assert local_time(manila, "America/Chicago").isoformat() == "2026-11-24T09:30:00-06:00"


@pytest.mark.parametrize("zone", ["", "Etc/Unknown", "America", "PST8", "../../etc/passwd", "America/Chicago\x00"])
def test_an_unknown_zone(zone: str) -> None:
    with pytest.raises(Invalid) as caught:
        local_time(datetime(2026, 11, 24, tzinfo=UTC), zone)
    assert caught.value.code == "zone.unknown"


def test_an_instant_without_an_offset() -> None:
    with pytest.raises(Invalid) as caught:
        local_time(datetime(2026, 11, 24), "America/Chicago")
    assert caught.value.code == "instant.naive"
