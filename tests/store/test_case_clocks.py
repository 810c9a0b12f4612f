"""Clocks of cases are worked out again when the hours or holidays that they rest on change, and for no account without cases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from collect_tui.desk.catalogue import Catalogue
from collect_tui.domain.calendars import Calendar
from collect_tui.services.local import LocalDesk
from collect_tui.store.engine import Store
from support.book import SERVICES, Book, Clock, account, catalogue, do_line, local_desk
from support.statements import watched

ROSA, IVAN = "4410-2231", "4410-0087"
BOOK = Book(
    account(ROSA, "Alvarez, Rosa", items=[("INV-1", -63, 30000, {"service": "INT"})], services=SERVICES),
    account(IVAN, "Petrov, Ivan", items=[("INV-2", -33, 11210)], phone="+1 312 555 0150"),
)
HOLIDAY = date(2026, 12, 1)


@pytest.fixture(params=["sqlite", "postgres"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    with BOOK.store(tmp_path) if request.param == "sqlite" else BOOK.pg_store() as opened:
        yield opened


def with_holiday(day: date) -> Catalogue:
    """The site with one more holiday, as after a change of its rules."""
    site: Catalogue = catalogue()

    def more(calendar: Calendar) -> Calendar:
        return replace(calendar, holidays=calendar.holidays | {day})

    hours = {name: replace(each, calendar=more(each.calendar)) for name, each in site.cases.hours.items()}
    return site.model_copy(update={"cases": replace(site.cases, hours=hours)})


def due(desk: LocalDesk) -> dict[str, date]:
    return {row.kind: row.due.date() for row in desk.cases().rows if row.due is not None}


def test_a_holiday_that_is_added_moves_what_is_due_after_it_with_the_next_night(store: Store) -> None:
    clock = Clock()
    desk = local_desk(store, "mia", clock)
    do_line(desk, ROSA, 'claim 300 2026-11-20 "slip"')  # calendar days: no holiday moves it
    do_line(desk, ROSA, 'cn INV-1 20 meter "May"')  # three business days, over the day after Thanksgiving
    do_line(desk, IVAN, 'improve "bold dates"')  # ten business days
    before = due(desk)
    clock.forward(days=1)
    LocalDesk(store, with_holiday(HOLIDAY), user="lee", clock=clock).day()
    after = due(desk)
    assert {kind: after[kind] - before[kind] for kind in before} == {
        "payment-claim": timedelta(0),
        "credit-note": timedelta(0),
        "improvement": timedelta(days=1),
    }
    clock.forward(days=1)
    local_desk(store, "lee", clock).day()  # and back again when it is taken out
    assert due(desk) == before


def test_an_act_works_out_the_cases_of_its_account_by_what_holds_now(store: Store) -> None:
    clock = Clock()
    desk = local_desk(store, "mia", clock)
    do_line(desk, ROSA, 'improve "bold dates"')
    do_line(desk, IVAN, 'improve "bold dates"')
    before = {row.account: row.due for row in desk.cases().rows}
    do_line(LocalDesk(store, with_holiday(HOLIDAY), user="mia", clock=clock), ROSA, "n spoke to her")
    after = {row.account: row.due for row in desk.cases().rows}
    assert after[IVAN] == before[IVAN]
    assert after[ROSA] - before[ROSA] == timedelta(days=1)


def test_nights_without_a_change_leave_the_clocks_alone_and_an_account_without_cases_is_asked_for_none(
    store: Store,
) -> None:
    clock = Clock()
    desk = local_desk(store, "mia", clock)
    do_line(desk, ROSA, 'improve "bold dates"')
    clock.forward(days=1)
    local_desk(store, "lee", clock).day()
    with watched() as asked:
        do_line(desk, IVAN, "n nobody there")
    assert not [each for each in asked if _works_out(each)]
    with watched() as asked:
        do_line(desk, ROSA, "n nobody there")
    assert [each for each in asked if _works_out(each)]
    clock.forward(days=1)
    with watched() as asked:
        local_desk(store, "lee", clock).day()
    assert not [each for each in asked if _works_out(each)]


def _works_out(statement: str) -> bool:
    return "case_file.acts_on" in statement.partition("FROM")[0]


def test_what_ends_at_night_has_no_clock_any_more(store: Store) -> None:
    clock = Clock()
    desk = local_desk(store, "mia", clock)
    do_line(desk, ROSA, 'claim 300 2026-11-20 "slip"')
    (case,) = desk.account(ROSA).cases
    for _ in range(6):
        clock.forward(days=1)
        local_desk(store, "lee", clock).day()
    seen = desk.case(case.number)
    assert (seen.state, seen.due, seen.press_at) == ("EXPIRED", None, None)
