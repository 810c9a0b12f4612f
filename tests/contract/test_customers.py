"""Who the customer is and how they are reached: new points, what is mended, consent, the times they asked for."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from collect_tui.desk.commands import Act, AddPoint
from collect_tui.desk.errors import Invalid, Refused, Stale
from contract.conftest import CORNERS, ROSA, act, do
from support.book import Book, Clock, account, local_desk

COMBINATIONS = CORNERS


def points(desk, number: str = ROSA) -> dict[str, str]:
    return {p.short: p.value for p in desk.account(number).points}


def test_a_number_is_added_in_the_countrys_own_way_and_goes_with_undo(desk):
    before = points(desk)
    assert "new: mobile …0188, as m2" in do(desk, ROSA, "add m (312) 555-0188").sentence
    assert points(desk) == {**before, "m2": "(312) 555-0188"}
    assert [hit.account for hit in desk.find("3125550188")] == [ROSA]
    assert do(desk, ROSA, "lm m2").sentence
    do(desk, ROSA, "undo")
    do(desk, ROSA, "add e r.alvarez@example.com")
    do(desk, ROSA, "undo")
    assert points(desk) == {**before, "m2": "(312) 555-0188"}


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("add m 12", "point.phone"),
        ("add m not-a-number", "point.phone"),
        ("add m +99999", "point.phone"),
        ("add m +1 312 555", "point.phone"),
        ("add e rosa", "point.email"),
        ("add e rosa@example", "point.email"),
        ("add e a@b.example,c@d.example", "point.email"),
        ("add m +1 312 555 0142", "point.known"),
        ("add h 312.555.0142", "point.known"),
        ("fix m1 +1 312 555 0143", "point.known"),
        ("fix m1 +1 312 555 0142", "point.same"),
        ("fix lang xx", "customer.lang"),
        ("fix zone Nowhere", "customer.zone"),
        ("fix zone none", "customer.same"),
        ("fix times sometimes", "times.malformed"),
        ("fix times not 17 to 15", "times.malformed"),
        ("fix times not daily", "times.never"),
        ('fix name "Alvarez, Rosa"', "customer.same"),
    ],
)
def test_what_cannot_be_is_refused(desk, line, code):
    before = desk.account(ROSA)
    with pytest.raises((Invalid, Refused)) as error:
        do(desk, ROSA, line)
    assert error.value.code == code
    assert desk.account(ROSA).version == before.version


@pytest.mark.parametrize("value", ["12 Hazel\r\nBcc: x", "\x1b]0;x\x07 12 Hazel", "12 \u202eHazel", "12\tHazel  St"])
def test_an_address_is_one_clean_line(desk, value):
    view = desk.account(ROSA)
    command = AddPoint(what="address", value=value)
    desk.do(Act(id=uuid4(), account=ROSA, commands=(command,), version=view.version, line=""))
    kept = points(desk)["a1"]
    assert kept.isprintable()
    assert kept.startswith("12 Hazel")


def test_a_name_that_is_mended_is_found_and_comes_back(desk):
    assert "name: Álvarez-Łoś, Rosa" in do(desk, ROSA, 'fix name "Álvarez-Łoś, Rosa"').sentence
    assert desk.account(ROSA).name == "Álvarez-Łoś, Rosa"
    assert [hit.account for hit in desk.find("los")] == [ROSA]
    do(desk, ROSA, "undo")
    assert desk.account(ROSA).name == "Alvarez, Rosa"
    assert desk.find("los") == ()


def test_a_mended_number_is_another_of_which_nothing_is_known_but_the_opt_out(desk):
    do(desk, ROSA, "mark m1 good out web")
    do(desk, ROSA, "fix m1 (312) 555-0188")
    point = desk.account(ROSA).points[0]
    assert (point.short, point.quality, point.consent, point.consent_source) == ("m1", "unknown", "out", "web")
    do(desk, ROSA, "undo")
    point = desk.account(ROSA).points[0]
    assert (point.value, point.quality) == ("+1 312 555 0142", "good")


def test_a_consent_has_its_source_and_day(desk):
    do(desk, ROSA, "in m1 web 12nov")
    point = desk.account(ROSA).points[0]
    assert (point.consent, point.consent_source, point.consent_on) == ("in", "web", date(2026, 11, 12))
    do(desk, ROSA, "out m1 letter")
    point = desk.account(ROSA).points[0]
    assert (point.consent, point.consent_source, point.consent_on) == ("out", "letter", date(2026, 11, 23))
    do(desk, ROSA, "undo")
    assert desk.account(ROSA).points[0].consent_source == "web"
    with pytest.raises(Invalid, match="a day that has been"):
        do(desk, ROSA, "in m1 web 2026-12-12")


def test_a_zone_that_was_stated_stands_before_all_numbers(desk):
    do(desk, ROSA, "fix zone los angeles")
    view = desk.account(ROSA)
    assert (view.zone, view.zones) == ("America/Los_Angeles", ("America/Los_Angeles",))
    do(desk, ROSA, "fix zone none")
    assert desk.account(ROSA).zones == ("America/Chicago",)


def test_the_language_of_letters_changes_and_comes_back(desk):
    do(desk, ROSA, "fix lang es")
    assert desk.account(ROSA).language == "es"
    do(desk, ROSA, "undo")
    assert desk.account(ROSA).language == "en"


def test_a_call_at_a_time_that_was_excepted_waits_until_after_it(desk, clock):
    clock.now = datetime(2026, 11, 23, 21, 10, tzinfo=UTC)  # Monday 15:10 in Chicago
    do(desk, ROSA, "fix times not weekdays 15 to 17, not sat, not sun, best 9 to 11")
    view = desk.account(ROSA)
    assert view.times == "not weekdays 15:00 to 17:00, not sat, not sun, best 09:00 to 11:00"
    assert view.call_label == "no until 17:00 Chicago UTC-06:00"
    assert any(f.rule == "contact.times" for f in view.may_call.findings)
    clock.now -= timedelta(hours=4)  # and four hours on that is excepted
    assert do(desk, ROSA, "na m1").next_action == "call today 17:00 Chicago UTC-06:00"
    clock.now += timedelta(hours=3)  # 14:10; four hours on it is past the best time of the day
    assert do(desk, ROSA, "na m1").next_action == "call today 18:10 Chicago UTC-06:00"
    clock.now -= timedelta(hours=10)  # 04:10
    assert do(desk, ROSA, "na m1").next_action == "call today 09:00 Chicago UTC-06:00"
    clock.now += timedelta(hours=11)
    do(desk, ROSA, "fix times none")
    assert desk.account(ROSA).call_label.startswith("yes")


def test_both_accounts_of_a_customer_are_another_for_whoever_has_one_on_the_screen(tmp_path):
    one = account("1-1", "A", items=[("I-1", -40, 5000)], phone="+1 312 555 0101")
    other = {**account("1-2", "A", items=[("I-2", -40, 5000)]), "party_of": "1-1"}
    other.pop("party", None)
    with Book(one, other).store(tmp_path) as store:
        desk = local_desk(store, "mia", Clock())
        seen = act(desk, "1-2", "lm m1")
        do(desk, "1-1", "add e a@example.com")
        with pytest.raises(Stale):
            desk.do(seen)
        assert {p.short for p in desk.account("1-2").points} == {"m1", "e1"}


def test_an_account_that_waits_for_a_number_is_called_when_it_has_one(desk):
    do(desk, ROSA, "bad h1")
    assert (do(desk, ROSA, "dc m1").next_action or "").startswith("trace")
    receipt = do(desk, ROSA, "add m (312) 555-0188")
    assert (receipt.next_action or "").startswith("call today")


def test_whoever_has_no_good_number_left_is_on_the_skip_list_until_there_is_one(desk):
    do(desk, ROSA, "bad h1")
    do(desk, ROSA, "dc m1")
    why = desk.why(ROSA)
    assert "no_number" in why.reasons
    assert "no number" in why.chips
    do(desk, ROSA, "add m (312) 555-0188")
    assert "no_number" not in desk.why(ROSA).reasons
    do(desk, ROSA, "undo")
    assert "no_number" in desk.why(ROSA).reasons


def test_numbers_are_read_as_in_the_country_of_the_book(tmp_path):
    book = Book(account("1-1", "A", items=[("I-1", -40, 5000)], phone="+44 20 7946 0018"))
    book.data["tenant"]["zone"] = "Europe/London"
    with book.store(tmp_path) as store:
        desk = local_desk(store, "mia", Clock())
        do(desk, "1-1", "add m 07700 900123")
        do(desk, "1-1", "add w +1 312 555 0188")
        kept = points(desk, "1-1")
        assert (kept["m2"], kept["w1"]) == ("+44 7700 900123", "(312) 555-0188"), "the site's own need no code"


def test_the_row_of_a_queue_shows_the_zone_of_who_is_called_now(desk):
    def shown() -> str:
        rows = (row for figure in desk.queues().queues for row in desk.queue(figure.name).rows)
        return next(row.zone for row in rows if row.account == ROSA)

    before = shown()
    assert before == desk.account(ROSA).zone
    do(desk, ROSA, "fix zone Asia/Tokyo")
    assert shown() == desk.account(ROSA).zone == "Asia/Tokyo"
    do(desk, ROSA, "undo")
    assert shown() == before
