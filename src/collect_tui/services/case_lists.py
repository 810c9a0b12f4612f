"""Lists of open cases: whose they are, which of them a reader may see told apart, and how many there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final, assert_never

from sqlmodel import Session as Db

from collect_tui.common.words import expected
from collect_tui.desk.case_list import LISTS, CaseFilter, age_of, reasons
from collect_tui.desk.errors import Invalid
from collect_tui.desk.views.case import CaseFigure, CaseList, CasePage
from collect_tui.domain.case.definition import Kind
from collect_tui.policy.authority import Authority, AuthorityRules
from collect_tui.services.access import DECIDES
from collect_tui.services.case_privacy import CaseReader
from collect_tui.services.case_views import reader_of, row_of
from collect_tui.services.desk_context import DeskContext
from collect_tui.store import case_lists as rows
from collect_tui.store.case_lists import Deciding, Wanted

BOARD: Final[tuple[CaseList, ...]] = ("decide", "mine", "department", "overdue")
"""The lists that are counted beside the queues of accounts."""


def page(desk: DeskContext, db: Db, which: CaseList, *filters: str, cursor: str | None, limit: int) -> CasePage:
    """A slice of a list; `filters`: as `CaseFilter` has them. Invalid "case.list", "case.kind", "case.reason", "case.age",
    "case.channel", "case.cursor"."""
    asked = CaseFilter(which, *filters)
    if asked.which not in LISTS:
        raise Invalid("case.list", f"Expected one of {', '.join(LISTS)}.", "which")
    now = desk.clock()
    wanted = _filtered(desk, db, _list(desk, db, asked.which, now), asked, now)
    found, more = rows.page(db, desk.tenant_id, wanted, cursor=cursor, limit=max(1, min(limit, 500)))
    total = len(found)
    if cursor or more:
        total, _ = rows.counts(db, desk.tenant_id, {which: wanted}, now)[which]
    reader = reader_of(desk, db)
    shown = tuple(row_of(desk, each, reader) for each in found)
    return CasePage(title=LISTS[which], rows=shown, total=total, cursor=more)


def board(desk: DeskContext, db: Db) -> tuple[CaseFigure, ...]:
    """Those of the lists in which anything is for a reader of accounts."""
    if not _allowed(desk, "account.read"):
        return ()
    now = desk.clock()
    lists = {name: _list(desk, db, name, now) for name in BOARD}
    counts = rows.counts(db, desk.tenant_id, lists, now)
    return tuple(
        CaseFigure(name=name, title=LISTS[name], count=count, pressing=pressing)
        for name, (count, pressing) in counts.items()
        if count
    )


def _list(desk: DeskContext, db: Db, which: CaseList, now: datetime) -> Wanted:
    match which:
        case "mine":
            return rows.mine(desk.user)
        case "asked":
            return rows.asked_by(desk.user)
        case "department":
            return rows.of_departments(desk.departments_of(db, desk.user))
        case "decide":
            return _to_decide(desk, db)
        case "overdue":
            return rows.overdue(now)
        case "unresolved":
            return rows.oldest()
        case "open":
            return Wanted()
        case _:
            assert_never(which)


def _to_decide(desk: DeskContext, db: Db) -> Wanted:
    """Those that wait for somebody to agree to a move and may be decided by the user, for themselves or in somebody's stead."""
    rules, kinds = desk.catalogue().authority, desk.catalogue().cases.kinds.values()
    own = desk.authority or rules.of(desk.role(db))
    away = desk.stands_for(db, desk.tenant(db).business_date) if own.allows(DECIDES) or rules.whole(own) else {}
    decide = [(login, each) for login, each in ((desk.user, own), *away.items()) if each.allows(DECIDES)]
    return rows.to_decide(desk.tenant_id, desk.user, [_deciding(login, each, rules, kinds) for login, each in decide])


def _deciding(login: str, authority: Authority, rules: AuthorityRules, kinds: Iterable[Kind]) -> Deciding:
    barred, limits = list[tuple[str, str]](), defaultdict[int, list[tuple[str, str]]](list)
    for kind in kinds:
        for move in kind.moves.values():
            approval = move.approval
            most = authority.most(DECIDES, approval.above) if approval is not None and approval.above else None
            if approval is not None and approval.by and not rules.outranks(authority.role, approval.by):
                barred.append((kind.name, move.name))
            elif most is not None:
                limits[most].append((kind.name, move.name))
    return Deciding(login, barred, limits)


def _allowed(desk: DeskContext, permission: str) -> bool:
    return desk.authority is None or desk.authority.allows(permission)


def _filtered(desk: DeskContext, db: Db, wanted: Wanted, asked: CaseFilter, now: datetime) -> Wanted:
    kinds: Mapping[str, Kind] = desk.catalogue().cases.kinds
    for name, value in asked.asked.items():
        if not value.isprintable():  # neither a database nor an answer takes half a character
            raise Invalid(f"case.{name}", f"No {name} is spelled so; expected letters and digits.", name)
    if asked.kind and asked.kind not in kinds:
        raise Invalid("case.kind", f"No such kind of case; {expected(asked.kind[:40], list(kinds))}", "kind")
    if asked.reason:
        among = [kinds[asked.kind]] if asked.kind else kinds.values()
        wanted = wanted.among(*rows.of_reasons(_told_apart(among, asked.reason, reader_of(desk, db))))
    elif asked.kind:
        wanted = wanted.among(*rows.of_kinds((asked.kind,)))
    if asked.channel:
        wanted = wanted.among(rows.by_channel(asked.channel[:40]))
    if asked.age:
        older, days = age_of(asked.age)
        at = now - timedelta(days=days)
        wanted = wanted.among(rows.opened(before=at) if older else rows.opened(since=at), by_age=True)
    return wanted


def _told_apart(kinds: Iterable[Kind], reason: str, reader: CaseReader) -> list[tuple[str, str]]:
    """The kinds whose cases may have a reason, with it; those whose reason is not for the reader have none."""
    found, known = [], list[str]()
    for kind in kinds:
        codes = {code.lower(): code for code in reasons(kind)} if reader.field(kind.name, kind.sorted_by) else {}
        known += codes
        if reason.lower() in codes:
            found.append((kind.name, codes[reason.lower()]))
    if not found:
        raise Invalid("case.reason", f"No such reason; {expected(reason[:40].lower(), known)}", "reason")
    return found
