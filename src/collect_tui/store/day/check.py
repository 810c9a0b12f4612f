"""The check of a day run: what is stored against a recompute, and accounts against the pure rules. Writes nothing.

The recompute is the SQL that wrote the figures: it finds, on all accounts, what was left out or changed by another hand. What is
wrong with the SQL itself only the rules on plain facts can tell (`domain`, `policy`), on a sample of accounts or on all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from itertools import count
from typing import Any, Final

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from collect_tui.desk.views.session import Difference
from collect_tui.domain.account import ladder, reminders
from collect_tui.domain.calendars import Calendar
from collect_tui.domain.facts import AccountFacts
from collect_tui.domain.figures import Past, figures
from collect_tui.domain.queue import priority
from collect_tui.domain.queue import rules as queues
from collect_tui.domain.states import AccountState
from collect_tui.policy.house import House
from collect_tui.policy.settling import settle
from collect_tui.policy.signals import RowExtras, signals
from collect_tui.store import facts, kpi, past, score_figures, scoring, sql, summary, work_kinds
from collect_tui.store.day.base import Day, accounts
from collect_tui.store.sql import among, dialect_of, scopes, table, tenant
from collect_tui.store.tables import Account, AccountSummary, QueueDelta, WorkItem
from collect_tui.store.worked import moment

BATCH: Final = 400
"""Accounts that are loaded at once."""

NAMED: Final = 5
"""Accounts that are named for each kind of difference."""


@dataclass
class Found:
    """What differs: for each kind, on how many accounts, and the first of them (of the figures: the first queues, or agents and days).

    `checked`: how many accounts were held against the rules. `recomputed`: how many summaries, work items and figures are not
    what a recompute says; that can be put right.
    """

    counts: dict[str, int] = field(default_factory=dict)
    first: dict[str, list[str]] = field(default_factory=dict)
    checked: int = 0
    recomputed: int = 0

    def add(self, kind: str, n: int, names: Sequence[str]) -> None:
        if n:
            self.counts[kind] = self.counts.get(kind, 0) + n
            self.first[kind] = [*self.first.get(kind, ()), *names][:NAMED]

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def views(self) -> tuple[Difference, ...]:
        return tuple(
            Difference(kind=kind, count=n, accounts=tuple(self.first[kind])) for kind, n in self.counts.items()
        )


def check(session: Session, day: Day, *, full: bool, night: bool) -> Found:
    """Everything recomputed, and so many accounts as the site checks (`check_sample`), evenly spread, held against the rules; with
    `full` all of them.

    `night`: the day run has just been done. Else credits and stages of the ladder may wait for it.
    """
    found, of = Found(), accounts(session, day.tenant_id)
    values = scoring.params(session, day.tenant_id, day.catalogue, day.date)
    minutes = day.catalogue.rules.contact.conversation_minutes
    step = 1 if full else max(1, of // max(1, day.catalogue.rules.check_sample))
    sample: list[int] = []
    known: dict[str, set[int]] = {"summary": set(), "queue": set()}
    for scope, before in scopes(session, day.tenant_id, marked=False):
        day.tell("Check", before, of)
        chosen = _ids(session, day.tenant_id, scope)[-before % step :: step]
        sample += chosen
        for kind, wrong in (
            ("summary", summary.stale(session, day.tenant_id, day.date, scope, minutes)),
            ("queue", _misplaced(session, day, values, scope)),
        ):
            found.add(kind, len(wrong), _numbers(session, day.tenant_id, wrong))
            known[kind] |= {*wrong} & {*chosen}
    figured = wrong_figures(session, day.tenant_id)
    found.add("figures", len(figured), figured)
    days = kpi.stale(session, day.tenant_id, day.date, minutes)
    found.add("kpi", len(days), days)
    found.recomputed = found.total
    rules = _Rules(session, day, values, night)
    for start in range(0, len(sample), BATCH):
        day.tell("Check the rules", start, len(sample))
        for kind, number in rules.differences(sample[start : start + BATCH], known):
            found.add(kind, 1, [number])
    found.checked = len(sample)
    return found


class _Rules:
    """The rules on plain facts, held against what is stored."""

    def __init__(self, session: Session, day: Day, values: dict[str, Any], night: bool) -> None:
        self.session, self.day, self.values, self.night = session, day, values, night
        rules = day.catalogue.rules
        self.calendar = Calendar(rules.holidays)
        self.house = House(
            rules if night else replace(rules, apply_credits=False),
            day.catalogue.holds,
            self.calendar,
            day.catalogue.cases,
        )
        self.queues = queues.ordered(day.catalogue.queues)
        self.scale = scoring.scale(session, day.tenant_id, day.catalogue, day.date)
        self.ids = count(-1, -1).__next__  # nothing that is made here is kept

    def differences(self, ids: Sequence[int], known: dict[str, set[int]]) -> Iterator[tuple[str, str]]:
        """(kind, account number) of what differs; what a recompute has shown to be stale already (`known`) is not told again."""
        tenant_id = self.day.tenant_id
        before = past.load_many(self.session, tenant_id, ids)
        rows = self._rows(AccountSummary, ids), self._rows(WorkItem, ids), self._rows(Account, ids, "id")
        linked = self._linked(rows[2])
        for seen in facts.load_many(self.session, tenant_id, ids):  # type: ignore[arg-type]
            summed, placed = rows[0].get(seen.id), rows[1].get(seen.id)
            beside = RowExtras(linked.get(seen.id, 0), placed.snooze_until if placed else None)
            figured, work = self._expected(seen, before[seen.id], beside)
            if seen.id not in known["summary"]:
                yield from ((f"summary.{name}", seen.number) for name in _unequal(figured, summed))
            if seen.id not in known["queue"] and (placed or seen.status == AccountState.OPEN):
                yield from ((f"queue.{name}", seen.number) for name in _unequal(work, placed))
            for name in dict.fromkeys(type(e).__name__ for e in settle(seen, (), self.house, self.ids, night=True)):
                yield f"settling.{name}", seen.number
            if self.night and ladder.due_stage(seen, rows[2][seen.id].stage_on, self.house.rules):
                yield "ladder", seen.number
            due = ladder.due_message(seen, rows[2][seen.id].stage_on, self.house.rules)
            if self.night and (due or any(reminders.due(seen, self.house.rules, self.house.holds, self.day.reached))):
                yield "message", seen.number

    def _expected(self, seen: AccountFacts, before: Past, beside: RowExtras) -> tuple[dict[str, Any], dict[str, Any]]:
        """What the summary and the work item of an account should be."""
        rules, kinds = self.day.catalogue.rules, self.day.catalogue.holds
        figured = figures(seen, before, self.house.rules.contact.conversation_minutes)
        row = signals(seen, figured, before, beside, rules, kinds, self.calendar, self.day.catalogue.templates)
        place = queues.place(row, self.queues, self.values)
        terms = priority.terms(row, self.scale)
        work = {
            "number": seen.number,
            "queue": place.queue,
            "tier": place.tier,
            "reasons": place.reasons,
            "score": terms.score,
            "sort_score": priority.rank(terms.score, figured.collectable),
            "sort_timed": moment(place.timed) if place.timed else "",
            "oldest_due": figured.oldest_due or sql.NEVER,
            "collectable": figured.collectable,
            "currency": seen.currency,
            **work_kinds.kind_of(seen, [service.product for service in seen.services])._asdict(),
            **{f"t_{name}": points for name, points in asdict(terms).items()},
        }
        return asdict(figured), work

    def _rows(self, model: Any, ids: Iterable[int], key: str = "account_id") -> dict[int, Any]:
        t = table(model)
        query = select(t).where(t.c.tenant_id == tenant(), among(dialect_of(self.session), t.c[key], "accounts"))
        found = self.session.execute(query, {"tenant": self.day.tenant_id, "accounts": sorted(ids)})
        return {getattr(row, key): row for row in found}

    def _linked(self, accounts: dict[int, Any]) -> dict[int, int]:
        """How many other open accounts of the same customer are past due."""
        a, s = table(Account).c, table(AccountSummary).c
        late = and_(s.tenant_id == tenant(), s.account_id == a.id, s.oldest_due.is_not(None))
        parties = {row.party_id for row in accounts.values()}
        query = select(a.party_id, a.id).select_from(table(Account).join(table(AccountSummary), late))
        query = query.where(
            a.tenant_id == tenant(),
            a.status == AccountState.OPEN,
            among(dialect_of(self.session), a.party_id, "parties"),
        )
        mine: dict[int, set[int]] = {}
        for party, account in self.session.execute(query, {"tenant": self.day.tenant_id, "parties": sorted(parties)}):
            mine.setdefault(party, set()).add(account)
        return {account: len(mine.get(row.party_id, set()) - {account}) for account, row in accounts.items()}


def _misplaced(session: Session, day: Day, values: dict[str, Any], scope: sql.Scope) -> list[int]:
    wrong = scoring.stale(session, day.catalogue, values, scope), work_kinds.stale(session, day.tenant_id, scope)
    return sorted({*wrong[0], *wrong[1]})


def _unequal(expected: dict[str, Any], stored: Any) -> list[str]:
    if stored is None:
        return ["missing"]
    return [name for name, value in expected.items() if getattr(stored, name) != value]


def _ids(session: Session, tenant_id: int, scope: sql.Scope) -> list[int]:
    a = table(Account).c
    query = select(a.id).where(a.tenant_id == tenant(), sql.within(scope.kind, a.id)).order_by(a.id)
    return list(session.execute(query, {"tenant": tenant_id, **scope.params}).scalars())


def _numbers(session: Session, tenant_id: int, ids: Sequence[int]) -> list[str]:
    """The numbers of the first of these accounts."""
    if not ids:
        return []
    a, some = table(Account).c, sorted(ids)[:NAMED]
    query = select(a.number).where(a.tenant_id == tenant_id, a.id.in_(some)).order_by(a.id)
    return list(session.execute(query).scalars())


def wrong_figures(session: Session, tenant_id: int) -> list[str]:
    """Queues whose summed figures are not what counting them says."""
    d = table(QueueDelta).c
    told = (
        select(d.queue, d.currency, sql.total(d.n), sql.total(d.collectable))
        .where(d.tenant_id == tenant_id)
        .group_by(d.queue, d.currency)
    )
    sums = {(queue, currency): (n, amount) for queue, currency, n, amount in session.execute(told) if n or amount}
    real = score_figures.counted(session, tenant_id)
    return [
        queue
        for queue, currency in sorted({*sums, *real})
        if sums.get((queue, currency)) != real.get((queue, currency))
    ]
