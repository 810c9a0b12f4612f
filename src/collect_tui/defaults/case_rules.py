"""Reads what kinds of cases refer to, `cases.toml`: opening hours, departments, lists of codes; then the kinds.

Raises Invalid "defaults.…" that names file and key.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from pathlib import Path
from typing import Final

from collect_tui.defaults.cases import kinds
from collect_tui.defaults.layers import layered
from collect_tui.defaults.reading import Table
from collect_tui.domain.calendars import Calendar
from collect_tui.domain.case.clocks import Hours
from collect_tui.domain.case.rules import CaseRules, Department
from collect_tui.domain.case.vocabulary import Site
from collect_tui.domain.codes import Codes

WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def load(overrides: Path | None, site: Site, codes: Codes, zone: str, calendar: Calendar) -> CaseRules:
    """The kinds with what they refer to: hours and departments of `cases.toml`, and lists beside the site's codes. `site`: the other names
    that there are."""
    from collect_tui.desk.line.verbs import taken

    root = layered("cases.toml", overrides).table()
    hours = {name: _hours(table, zone, calendar) for name, table in root.table("hours").entries()}
    departments = {name: _department(name, table) for name, table in root.table("departments").entries()}
    own = {name: table.lines() for name, table in root.table("lists").entries()}
    root.done()
    known = replace(site, hours=hours, departments=departments)
    verbs = (*taken(), *codes.actions, *codes.method_words)
    titles = {each.name: each.title for each in departments.values()}
    found = kinds(overrides, known, {**codes.lists, **own}, titles, verbs, codes.results)
    return CaseRules(found, hours, departments)


def _hours(table: Table, zone: str, calendar: Calendar) -> Hours:
    found: dict[int, tuple[time, time]] = {}
    for day, name in enumerate(WEEKDAYS):
        if given := table.phrases(name):
            try:
                begins, ends = (time.fromisoformat(each) for each in given)
            except ValueError:
                begins = ends = time()
            if begins >= ends:
                raise table.error("type", name, 'expected from when to when, such as ["08:00", "18:00"].')
            found[day] = (begins, ends)
    table.done()
    return Hours(zone, calendar, found)


def _department(name: str, table: Table) -> Department:
    made = Department(name, table.line("title"), table.phrases("desks"))
    table.done()
    return made
