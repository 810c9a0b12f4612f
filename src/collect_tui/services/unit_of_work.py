"""One unit of work: the transaction in which a tenant's accounts change, with all that a change draws after it.

    with unit_of_work(desk, "4410-2231") as work:
        seen = work.load("4410-2231")                           # the facts as they are now
        work.change(seen, effects, line="order S-1041 sent")    # what follows by rule → tables → audit → events
                                                                # then summaries, scores and queues, and the commit

Whatever changes an account comes through here: an act at the desk, an order and its answer, rows of a billing system, an import
and its undoing. An open account that would be left without a next action is refused by the database (Refused `account.orphan`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from datetime import date, datetime
from functools import partial
from itertools import islice
from typing import Any, Final

from sqlalchemy import update
from sqlmodel import Session as Db

from collect_tui.desk.catalogue import Catalogue
from collect_tui.desk.protocol import Progress
from collect_tui.domain.case.effects import CaseChanged, CaseOpened
from collect_tui.domain.effect import Effect
from collect_tui.domain.facts import AccountFacts
from collect_tui.policy.awaited import left
from collect_tui.policy.settling import settle
from collect_tui.services import codec, events
from collect_tui.services.desk_context import DeskContext
from collect_tui.store import apply, audit, cases, event_log, facts, locks, scoring, sql, summary, work_kinds
from collect_tui.store.sql import Scope
from collect_tui.store.tables import Account, Tenant, gate, statistics

_LIST: Final = 500
"""Accounts that one statement names."""


class UnitOfWork:
    """A transaction of a desk's user. `now`: the instant (UTC) at which all of it happens. `touched`, `every`: whose summaries and
    scores are to be made anew; `cased`: in whose cases a clock may have come to stand otherwise."""

    def __init__(self, desk: DeskContext, db: Db, *, every: bool = False) -> None:
        self.desk, self.db, self.tenant_id = desk, db, desk.tenant_id
        self.by, self.ids, self.now = desk.user, desk.ids, desk.clock()
        self.catalogue: Catalogue = desk.catalogue()
        self.touched: set[int] = set()
        self.cased: set[int] = set()
        self.every = every
        self._tenant = None if every else desk.tenant(db)

    @property
    def tenant(self) -> Tenant:
        """Unavailable `store.empty` while there is none: what makes `every` account anew may be what makes it."""
        if self._tenant is None:
            self._tenant = self.desk.tenant(self.db)
        return self._tenant

    @property
    def today(self) -> date:
        """The business date."""
        return self.tenant.business_date

    @property
    def zone(self) -> str:
        return self.tenant.zone

    @property
    def currency(self) -> str:
        return self.tenant.currency

    @property
    def _minutes(self) -> int:
        return self.catalogue.rules.contact.conversation_minutes

    # what is known ------------------------------------------------------------------------------
    def load(self, number: str, refs: Collection[str] = ()) -> AccountFacts:
        """The facts of an account, and of the payments it is asked for by reference. NotFound `account.not_found`."""
        return self._known(facts.load(self.db, self.tenant_id, number, refs))

    def load_by_id(self, account_id: int, refs: Collection[str] = ()) -> AccountFacts:
        return self._known(facts.load_by_id(self.db, self.tenant_id, account_id, refs))

    @staticmethod
    def _known(seen: AccountFacts) -> AccountFacts:
        """Its numbers are no cards; an account is written to before the next one is loaded."""
        gate.know(seen.numbers, only=True)
        return seen

    # what changes -------------------------------------------------------------------------------
    def settled(self, seen: AccountFacts, effects: Sequence[Effect], **how: Any) -> tuple[Effect, ...]:
        """The effects with what follows from them by rule, the account's orders judged anew; `how` as `policy.settling.settle`."""
        house = self.desk.house
        mine = left(seen, effects, house.holds)
        return (*mine, *settle(seen, mine, house, self.ids, **how))

    def settle(self, accounts: Iterable[int], *, line: str, **how: Any) -> list[int]:
        """Brings accounts in line with what they rest on and returns those that changed. `line`, `how` as below and above.

        Whatever changes an account by being decided stands in its history and is told. That is a tenth of a day run's time; what sets
        do for many accounts at once (summaries, scores, queues, the stage that the ladder has advanced to) would be as much
        again, and can be worked out from the rest.
        """
        changed: list[int] = []
        waiting = iter(accounts)
        while some := list(islice(waiting, _LIST)):
            found = sorted(
                facts.load_many(self.db, self.tenant_id, some), key=lambda seen: seen.id
            )  # told in one order
            gate.know({number for seen in found for number in seen.numbers}, only=True)
            done, told = {}, []
            for seen in found:
                if whole := self.settled(seen, (), **how):
                    self.apply(seen, whole)
                    told += [(seen.id, *event) for event in events.of(seen, whole)]
                    done[seen.id] = codec.dump(whole)
            audit.append_all(self.db, self.tenant_id, done, at=self.now, by=self.by, line=line)
            event_log.add_all(self.db, self.tenant_id, self.by, self.now, told, self.ids)
            changed += done
        return changed

    def change(self, seen: AccountFacts, effects: Sequence[Effect], *, line: str, **how: Any) -> None:
        """Does effects and what follows from them. `line`: what the audit says has happened."""
        whole = self.settled(seen, effects, **how)
        self.apply(seen, whole)
        self.record(seen.id, line=line, effects=codec.dump(whole))
        self.tell(seen, whole)

    def apply(self, seen: AccountFacts, effects: Sequence[Effect], *, by: str = "", at: datetime | None = None) -> int:
        """Writes settled effects and returns the account's version. Stale when it is no longer as it was seen. `by`, `at`: who did it and
        when, where that was before."""
        self.touched.add(seen.id)
        if seen.cases or any(isinstance(each, CaseOpened | CaseChanged) for each in effects):
            self.cased.add(seen.id)
        version = apply.apply(self.db, self.tenant_id, seen, effects, by=by or self.by, at=at or self.now)
        if any(each.shared for each in effects):
            self.touch({*scoring.siblings(self.db, self.tenant_id, (seen.id,))} - {seen.id})
        return version

    def touch(self, accounts: Collection[int]) -> None:
        """Rows of these accounts were written beside their facts: whoever has one on the screen must not write over it."""
        self.touched |= {*accounts}
        a, ids = sql.table(Account), sorted(accounts)
        new = update(a).values(version=a.c.version + 1, changed_by=self.by, changed_at=self.now)
        for start in range(0, len(ids), _LIST):
            some = ids[start : start + _LIST]
            self.db.execute(new.where(a.c.tenant_id == self.tenant_id, a.c.id.in_(some)))

    # what is told -------------------------------------------------------------------------------
    def record(self, account_id: int, *, line: str, effects: Sequence[Mapping[str, Any]] = (), **more: Any) -> None:
        """An entry of the account's audit; the effects as `codec.dump` writes them, or with a sentence of their own; `more` as
        `audit.append_all`."""
        audit.append(self.db, self.tenant_id, account_id, at=self.now, by=self.by, line=line, effects=effects, **more)

    def tell(self, seen: AccountFacts, effects: Iterable[Effect], *more: events.NewEvent) -> None:
        """What other systems are told of the effects, and what `more`."""
        self.tell_all(seen.id, [*events.of(seen, effects), *more])

    def tell_all(self, account_id: int, told: Sequence[events.NewEvent]) -> None:
        whose = ((account_id, *event) for event in told)
        event_log.add_all(self.db, self.tenant_id, self.by, self.now, whose, self.ids)

    # what is derived ----------------------------------------------------------------------------
    def derive(self, tell: Progress | None = None) -> None:
        """Summaries, scores and queues of what was touched; or of every account, with what scores are measured by."""
        self.db.flush()
        self.clocks(every=self.every)
        if self.every:
            self._derive_all(tell)
        elif touched := sorted(self.touched):
            for start in range(0, len(touched), _LIST):
                some = Scope.some(touched[start : start + _LIST])
                summary.refresh_scope(self.db, self.tenant_id, self.today, some, self._minutes)
            values = scoring.params(self.db, self.tenant_id, self.catalogue, self.today)
            family = Scope.some(scoring.siblings(self.db, self.tenant_id, touched))
            scoring.rescore_scope(self.db, self.catalogue, values, family)
            work_kinds.refresh(self.db, self.tenant_id, family)
        self.touched, self.every = set(), False

    def clocks(self, *, every: bool) -> None:
        """The clocks of cases in which something happened; with `every` of all, where hours, holidays or kinds are others than they were
        worked out by."""
        rules = self.catalogue.cases
        if every and not cases.rest_on(self.db, self.tenant_id, rules):
            cases.refresh(self.db, self.tenant_id, rules, self.now, None)
        elif self.cased:
            cases.refresh(self.db, self.tenant_id, rules, self.now, self.cased)
        self.cased = set()

    def _derive_all(self, tell: Progress | None) -> None:
        score = partial(scoring.rescore, self.db, self.tenant_id, self.catalogue, self.today, self.now)
        summed = partial(summary.refresh, self.db, self.tenant_id, self.today, minutes=self._minutes)
        steps = ("Summaries", summed), ("Queues", score)
        for title, make in steps:
            if tell is not None:
                tell(title, 0, 0)
            statistics.count(self.db.connection())
            make()
        statistics.count(self.db.connection())


class _DryRun(Exception):
    """Ends the transaction of a preview without anything staying."""


@contextmanager
def unit_of_work(
    desk: DeskContext,
    account: str | None = None,
    *,
    every: bool = False,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> Iterator[UnitOfWork]:
    """Everything in it or nothing. `account`: the one it is about, whose customer is locked while colleagues go on with others;
    without one it has the tenant to itself. `every`: it is about all of them, and may be what makes the tenant. `dry_run`: all of
    it is done, and nothing stays.

    Raises Unavailable `store.empty`, `store.busy`, `store.full`, `store.unsure`; Refused `account.orphan`.
    """
    with suppress(_DryRun), desk.store.write(desk.tenant_id, alone=account is None) as db:
        if account is not None:
            locks.customer(db, desk.tenant_id, account)
        work = UnitOfWork(desk, db, every=every)
        with sql.roomy(db) if every else nullcontext():
            yield work
            work.derive(progress)
        if dry_run:
            raise _DryRun
