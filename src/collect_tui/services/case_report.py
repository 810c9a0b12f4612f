"""A report on cases over some days: unresolved by department and age, clocks kept and missed, trends, decisions."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta
from typing import Final

from sqlmodel import Session as Db

from collect_tui.desk.errors import Invalid
from collect_tui.desk.views.case_report import BY, CaseBacklog, CaseClock, CaseDecisions, CaseReport, CaseTrend
from collect_tui.domain.case.definition import FieldType
from collect_tui.services.case_privacy import CaseReader
from collect_tui.services.desk_context import DeskContext
from collect_tui.store import case_figures as figures

MOST_DAYS: Final = 366
_AGES: Final = (("to_2", 2), ("to_7", 7), ("to_30", 30))


def report(desk: DeskContext, db: Db, days: int) -> CaseReport:
    """What became of cases in the last so many days. Invalid "case.days"."""
    if not 1 <= days <= MOST_DAYS:
        raise Invalid("case.days", f"Expected 1 to {MOST_DAYS} days.", "days")
    end, rules, tenant_id = desk.clock(), desk.catalogue().cases, desk.tenant_id
    start = end - timedelta(days=days)
    opened, ended = figures.flow(db, tenant_id, start, end)
    reader = CaseReader(desk.role(db), rules.kinds)
    new = _readable(figures.trends(db, tenant_id, rules, start, end), reader)
    old = _readable(figures.trends(db, tenant_id, rules, start - timedelta(days=days), start), reader)
    most = {by: max(new[each] for each in (*new, *old) if each[0] == by) for by, _, _ in (*new, *old)}
    clocks, decided = figures.clocks(db, tenant_id, rules, start, end), figures.decisions(db, tenant_id, start, end)
    return CaseReport(
        start=start,
        end=end,
        days=days,
        opened=opened.total(),
        ended=ended.total(),
        backlog=_backlog(figures.unresolved(db, tenant_id, end), figures.unresolved(db, tenant_id, start)),
        clocks=tuple(
            CaseClock(kind=kind, clock=clock, kept=clocks[kind, clock, True], missed=clocks[kind, clock, False])
            for kind, clock in sorted({(kind, clock) for kind, clock, _ in clocks})
        ),
        trends=tuple(
            CaseTrend(
                by=by,
                kind=kind,
                reason=reason,
                count=new[by, kind, reason],
                before=old[by, kind, reason],
                share=_share(new[by, kind, reason], most[by]),
            )
            for by, kind, reason in sorted(
                new.keys() | old.keys(), key=lambda each: (BY.index(each[0]), -new[each], each)
            )
        ),
        decisions=tuple(
            CaseDecisions(by=by, agreed=decided[by, "agreed"], refused=decided[by, "refused"])
            for by in sorted({by for by, _ in decided})
        ),
    )


def _share(count: int, most: int) -> int:
    """Of a hundred, rounded up: what is there at all is seen."""
    return -(-100 * count // most) if most else 0


def _readable(found: Counter[tuple[str, str, str]], reader: CaseReader) -> Counter[tuple[str, str, str]]:
    """The counts by one of `BY`, kind and what that is, without the reasons and channels that are not for the reader."""
    told: Counter[tuple[str, str, str]] = Counter()
    for (by, name, what), count in found.items():
        kind = reader.kinds.get(name)
        field = "" if kind is None else kind.sorted_by if by == "reason" else kind.of_type(FieldType.CHANNEL)
        told[by, name, what if by == "product" or reader.field(name, field) else ""] += count
    return told


def _backlog(now: Counter[tuple[str, str, int]], before: Counter[tuple[str, str, int]]) -> tuple[CaseBacklog, ...]:
    ages: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for (department, kind, days), count in now.items():
        ages[department, kind][next((name for name, most in _AGES if days <= most), "older")] += count
    was: Counter[tuple[str, str]] = Counter()
    for (department, kind, _), count in before.items():
        was[department, kind] += count
    names = (*(name for name, _ in _AGES), "older")
    return tuple(
        CaseBacklog(
            department=department,
            kind=kind,
            **{name: ages[department, kind][name] for name in names},
            total=ages[department, kind].total(),
            before=was[department, kind],
        )
        for department, kind in sorted({*ages, *was})
    )
