"""What the painters of the account make of a view: tables of cases, and that nothing is ever wider or longer than asked."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collect_tui import defaults
from collect_tui.desk.figures import dated_chips
from collect_tui.desk.views.account import AccountView, HoldView, PointView, ServiceView, TimelineEntry
from collect_tui.desk.views.act import FindingView, ScheduleRow, VerdictView
from collect_tui.desk.views.queue import Claim
from collect_tui.tui.render.account import header, summary
from collect_tui.tui.render.agent import held_by_other
from collect_tui.tui.render.chord import chord_lines
from collect_tui.tui.render.panes import checks, items, pane_lines, points, services, timeline, titled
from collect_tui.tui.render.promise import owed_lines, schedule_lines
from collect_tui.tui.render.tabs import DIGITS, tabs
from collect_tui.tui.render.text import width
from collect_tui.tui.screens.panes import PANES
from tui.account_book import ROSA, Desks

TODAY = date(2026, 11, 23)
AT = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)


@pytest.fixture
def view(tmp_path: Path) -> AccountView:
    return Desks(tmp_path).of("mia").account(ROSA)


def finding(severity: str, sentence: str = "A sentence.", **rest: str) -> FindingView:
    return FindingView(rule="x.y", severity=severity, sentence=sentence, check="check", **rest)


def verdict(*findings: FindingView, by: str | None = None) -> VerdictView:
    first = findings[0].severity if findings else "allow"
    allowed = first in {"allow", "info", "warn"}
    return VerdictView(severity=first, allowed=allowed, overridable_by=by, findings=findings)


def crowded(view: AccountView) -> AccountView:
    """The account with more of everything than a screen holds."""
    hold = HoldView(kind="DISPUTE", scope="account", placed_on=TODAY, placed_by="lee", until=None, reason="", blocks=())
    return view.model_copy(
        update={
            "holds": (hold,) * 6,
            "points": view.points * 4,
            "services": view.services * 4,
            "pinned": ("speak to the daughter only", "b", "c"),
        }
    )


@pytest.mark.parametrize("height", [8, 10, 14, 17])
def test_what_matters_most_stays_when_there_is_no_room(view: AccountView, height: int) -> None:
    lines = [line.text for line in summary(crowded(view), 80, height)]
    assert len(lines) <= height
    for label in ("Why now", "Collect", "Late", "Promise", "May I call", "Last word", "Next"):
        assert any(line.startswith(label) for line in lines), label
    assert "more lines in the panes" in lines[-1]


def test_beside_how_late_it_is_stands_since_when_that_stands_still(view: AccountView) -> None:
    paused = view.model_copy(update={"paused_since": TODAY - timedelta(days=20)})
    (late,) = (line.text for line in summary(paused, 80, 17) if line.text.startswith("Late"))
    assert f"{view.dpd} days past due, paused since 3 Nov" in late
    assert "paused" not in "".join(line.text for line in summary(view, 80, 17))


def test_what_fits_is_shown_whole(view: AccountView) -> None:
    lines = [line.text for line in summary(view, 80, 17)]
    assert not any("more lines" in line for line in lines)
    assert sum("suspended" in line for line in lines) == 2


def test_a_wide_screen_shows_items_and_events_as_well(view: AccountView) -> None:
    events = (TimelineEntry(at=AT, kind="note", by="mia", title="note", text="hello there"),)
    text = "\n".join(line.text for line in summary(view, 132, 36, events))
    assert "INV-3" in text
    assert "hello there" in text
    assert "INV-3" not in "\n".join(line.text for line in summary(view, 80, 17, events))


@pytest.mark.parametrize("cells", [80, 98, 99, 132])
@pytest.mark.parametrize("number", range(1, len(PANES) + 1))
def test_the_pane_shown_is_marked_without_colour_and_all_fit(number: int, cells: int) -> None:
    text = tabs(number, cells, max(number, DIGITS)).text
    assert (f"[{number % 10} " if number <= DIGITS else "[linked]") in text
    assert text.count("[") == text.count("]") == 1
    assert width(text) <= cells
    assert ("timeline" in text) == (cells > (98 if number <= DIGITS else 99))


@pytest.mark.parametrize("name", [name for name in PANES if name is not None])
def test_every_pane_says_so_when_it_is_empty(view: AccountView, tmp_path: Path, name: str) -> None:
    empty = Desks(tmp_path / "other").of("mia").pane("4410-0666", name)  # type: ignore[arg-type]
    assert pane_lines(empty, view, 80)


def test_only_somebody_else_holds_an_account(view: AccountView) -> None:
    held = view.model_copy(update={"claimed_by": "ben", "lease_until": AT})
    assert held_by_other(held, "mia") == "ben has this account until 10:00 Chicago UTC-06:00"
    assert held_by_other(held, "ben") == ""
    assert held_by_other(view, "mia") == ""


@pytest.mark.parametrize(
    ("severity", "word"),
    [("allow", "ok"), ("info", "ok"), ("warn", "mind"), ("schedule", "no"), ("hold", "no"), ("block", "no")],
)
def test_a_check_says_in_a_word_how_it_went(severity: str, word: str) -> None:
    assert checks(verdict(finding(severity)))[0].text.split()[0] == word


def test_a_refusal_wraps_and_cites_its_source() -> None:
    lines = checks(verdict(finding("block", "word " * 40, cite="12 CFR 1006")), 80)
    assert len(lines) > 2
    assert all(width(line.text) <= 80 for line in lines)
    assert "[12 CFR 1006]" in " ".join(line.text for line in lines).replace("  ", "")


@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=60), st.integers(40, 160))
def test_a_schedule_shows_every_instalment_once_and_its_sum(amounts: list[int], cells: int) -> None:
    rows = [ScheduleRow(seq=n, due=date(2027, 1, 15), amount=a) for n, a in enumerate(amounts, 1)]
    lines = [line.text for line in schedule_lines(rows, "USD", TODAY, cells)]
    text = " ".join(lines)
    for row in rows:
        assert text.count(f" {row.seq}. Fri 15 Jan 2027 ") == 1
    if len(rows) > 1:
        assert f"{sum(amounts) / 100:,.2f} USD" in lines[-1]
    assert all(width(line) <= max(cells, 60) for line in lines)


@given(st.text(max_size=200))
def test_a_note_of_any_kind_makes_lines(text: str) -> None:
    entry = TimelineEntry(at=AT, kind="note", by="mia", title="note", text=text)
    view = AccountView.model_construct(business_date=TODAY, currency="USD", desk_zone="America/Chicago")
    assert timeline([entry], view, 80)


@pytest.mark.parametrize("cells", [50, 60, 80, 132])
def test_items_fit_the_column_they_are_given(view: AccountView, cells: int) -> None:
    assert all(width(line.text.rstrip()) <= cells for line in items(view.items, view, cells))


def test_life_support_is_said(view: AccountView) -> None:
    service = view.services[0].model_copy(update={"life_support": True})
    assert isinstance(service, ServiceView)
    one = view.model_copy(update={"services": (service,)})
    assert any("life support" in line.text for line in summary(one, 80, 17))


def test_a_service_says_the_check_that_fails_and_its_pane_the_sentence(view: AccountView) -> None:
    refused = verdict(FindingView(rule="s.notice", severity="block", sentence="No notice was served.", check="notice"))
    one = view.model_copy(update={"services": (view.services[0].model_copy(update={"suspend": refused}),)})
    line = next(line.text for line in summary(one, 80, 17) if line.text.startswith("Services"))
    assert line.endswith("· no: notice")
    assert "No notice" not in line
    pane = [line.text for line in services(one.services, one, 80)]
    assert "no: notice" not in pane[0]
    assert any("No notice was served." in line for line in pane)


@pytest.mark.parametrize(
    ("room", "said"),
    [
        (80, "4410-2231 Alvarez, Rosa · suspend, 12 left"),
        (36, "4410-2231 Alvarez, Rosa · 12 left"),
        (30, "4410-2231 Alvarez, … · 12 left"),
    ],
)
def test_the_header_keeps_how_many_are_left(view: AccountView, room: int, said: str) -> None:
    claim = Claim(account=ROSA, queue="suspend", lease_until=AT, fence=1, left=12)
    assert header(view, claim, "mia", room).text == said


def test_a_verified_customer_is_said_however_little_room_there_is(view: AccountView) -> None:
    one = view.model_copy(update={"verified": True, "claimed_by": "ben"})
    claim = Claim(account=ROSA, queue="suspend", lease_until=AT, fence=1, left=12)
    assert header(one, claim, "mia", 80).text == "4410-2231 Alvarez, Rosa · verified · suspend, 12 left"
    assert header(one, claim, "mia", 41).text == "4410-2231 Alvarez, … · verified · 12 left"
    assert header(one, None, "mia").text.endswith("Rosa · verified · ben has it")
    assert any("verified for this call" in line.text for line in summary(one, 80, 17))
    assert not any("verified" in line.text for line in summary(view, 80, 17))


@pytest.mark.parametrize(
    ("action", "zone", "said"),
    [
        ("callback Mon 23 Nov 10:00 Chicago UTC-06:00", "America/Chicago", ""),
        ("callback Mon 23 Nov 10:00 Chicago UTC-06:00", "America/New_York", " at 11:00 New York UTC-05:00"),
        ("callback today", "America/Chicago", " at 10:00 Chicago UTC-06:00"),
        ("call today 19:00 Chicago UTC-06:00", "America/New_York", ""),  # another call comes first
    ],
)
def test_the_hour_of_a_callback_is_said_once(view: AccountView, action: str, zone: str, said: str) -> None:
    one = view.model_copy(update={"next_action": action, "callback_at": AT, "zone": zone})
    assert (
        next(line.text for line in summary(one, 100, 17) if line.text.startswith("Next"))
        == f"Next       {action}{said}"
    )


@pytest.mark.parametrize(
    ("at", "chip"),
    [
        (datetime(2026, 11, 23, 16, 15, tzinfo=UTC), "callback 10:15"),
        (datetime(2026, 11, 20, 16, 15, tzinfo=UTC), "callback Fri 10:15"),
        (datetime(2026, 11, 24, 5, 30, tzinfo=UTC), "callback 23:30"),
        (datetime(2026, 11, 2, 16, 15, tzinfo=UTC), "callback 2 Nov 10:15"),
        (datetime(2025, 11, 2, 16, 15, tzinfo=UTC), "callback 2 Nov 2025 10:15"),
    ],
)
def test_a_timed_chip_of_another_day_says_the_day(at: datetime, chip: str) -> None:
    hour = chip[-5:]
    assert dated_chips((f"callback {hour}", "new"), at, "America/Chicago", TODAY, at) == (chip, "new")
    late = dated_chips((f"callback {hour}", "new"), at, "America/Chicago", TODAY, at + timedelta(minutes=1))
    assert late == (f"{chip} overdue", "new")


def test_chips_without_an_hour_stay_as_they_are() -> None:
    assert dated_chips(("new", "91+ in 3d"), AT, "America/Chicago", TODAY, AT) == ("new", "91+ in 3d")
    assert dated_chips(("new",), None, "America/Chicago", TODAY, AT) == ("new",)


@pytest.mark.parametrize(
    ("cells", "said"), [(40, "TM LM left message"), (18, "TM LM left message"), (17, "TM LM"), (0, "TM LM")]
)
def test_the_codes_of_a_contact_get_their_words_where_there_is_room(cells: int, said: str) -> None:
    codes = defaults.load(None, today=TODAY).codes
    assert titled("TM LM", codes, cells) == said
    assert titled("note", codes, 40) == "note"
    assert titled("TM LM", None, 40) == "TM LM"


@pytest.mark.parametrize("rows", range(12))
def test_what_is_owed_takes_no_more_rows_than_there_are(view: AccountView, rows: int) -> None:
    many = view.model_copy(update={"items": view.items * 4})
    lines = [line.text for line in owed_lines(many, 80, rows)]
    assert len(lines) <= rows
    assert all(width(line) <= 80 for line in lines)
    if rows >= 10:
        assert lines[-1] == "and 6 more in pane 3"
        assert sum(line.startswith("INV-") for line in lines) == 6


@pytest.mark.parametrize(("known", "height"), [(11, 17), (11, 8), (11, 4), (1, 3), (0, 5)])
def test_every_result_stands_in_the_menu_whatever_its_height(known: int, height: int) -> None:
    table = [(chr(97 + n), f"C{n}", f"meaning {n}") for n in range(known)]
    lines = [line.text for line in chord_lines("result", table, 80, height)]
    assert len(lines) <= height
    for key, code, _ in table:
        assert f"  {key}  {code} " in " ".join(lines)


def test_a_number_marked_wrong_is_said(view: AccountView) -> None:
    point = view.points[0].model_copy(update={"quality": "wrong", "consent": "out"})
    assert isinstance(point, PointView)
    one = view.model_copy(update={"points": (point,)})
    assert any("wrong, opted out" in line.text for line in summary(one, 80, 17))


def test_what_was_agreed_to_and_when_is_whole_on_any_terminal() -> None:
    seen = PointView(
        short="m1",
        kind="mobile",
        value="+1 312 555 0199",
        quality="good",
        consent="in",
        consent_source="letter",
        consent_on=date(2026, 11, 20),
        local_time="11:32 Chicago UTC-06:00 / 12:32 New York UTC-05:00",
        may_call=None,
        attempts_7d=2,
    )
    for columns in (40, 80, 132):
        told = " ".join(" ".join(line.text.split()) for line in points([seen], columns))
        assert "consent in by letter on Fri 20 Nov" in told
        assert all(width(line.text) <= columns for line in points([seen], columns)[1:])
    without = seen.model_copy(update={"consent_on": None})
    assert len(points([without], 80)) == 1
