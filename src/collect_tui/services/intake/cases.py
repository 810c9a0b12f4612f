"""Cases of a portfolio: opened and moved on by the rules that decide them at the desk, at the instant at which it was done."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import select
from sqlmodel import SQLModel

from collect_tui.common.words import expected
from collect_tui.domain.case import decide
from collect_tui.domain.case.case import Case, Value
from collect_tui.domain.case.consequences import Ground
from collect_tui.domain.case.decide import Actor
from collect_tui.domain.case.definition import Field, FieldType, Kind
from collect_tui.domain.case.effects import CaseNoted
from collect_tui.domain.effect import fold_all
from collect_tui.domain.effects import Effect
from collect_tui.domain.errors import DomainError, Invalid
from collect_tui.domain.facts import AccountFacts
from collect_tui.services.intake.case_entries import CaseEntry, CaseStepEntry
from collect_tui.services.intake.portfolio import AccountEntry
from collect_tui.services.intake.rowset import Shift
from collect_tui.services.unit_of_work import UnitOfWork
from collect_tui.store import facts

_T = SQLModel.metadata.tables

Decide = Callable[[AccountFacts], tuple[Effect, ...]]


class Cases:
    """Writes the cases of accounts that are in the store. Nothing is told of them and no message written: all that is history."""

    def __init__(self, work: UnitOfWork, shift: Shift) -> None:
        self._work, self._shift, self._rules = work, shift, work.catalogue.cases
        self._actors: dict[str, Actor] = {}
        self._numbers: set[str] = set()

    def post(self, entries: Sequence[tuple[str, AccountEntry]]) -> int:
        """How many it wrote. Invalid "load.incoherent" for a case that could not have come to be so."""
        work = self._work
        if not entries:
            return 0
        a = _T["account"].c
        numbers = [entry.number for _, entry in entries]
        query = select(a.id).where(a.tenant_id == work.tenant_id, a.number.in_(numbers))
        found = facts.load_many(work.db, work.tenant_id, list(work.db.execute(query).scalars()))
        seen = {each.number: each for each in found}
        written = 0
        for where, entry in entries:
            account = seen[entry.number]
            for index, case in enumerate(entry.cases):
                path = f"cases[{index}]"
                try:
                    account = self._one(account, case)
                except DomainError as error:
                    raise Invalid("load.incoherent", f"{where}.{path}: {error.message}", path) from None
                written += 1
        return written

    def _one(self, account: AccountFacts, entry: CaseEntry) -> AccountFacts:
        if entry.kind not in self._rules.kinds:
            raise Invalid("case.kind", f"No such kind of case; {expected(entry.kind, list(self._rules.kinds))}", "kind")
        if entry.number in self._numbers:
            raise Invalid("case.number", f"{entry.number} stands twice.", "number")
        self._numbers.add(entry.number)
        kind = self._rules.kinds[entry.kind]
        at, by = self._shift.at(entry.opened_at), entry.opened_by
        values, ground, actor = self._dated(kind.fields.values(), entry.values), self._ground(by, at), self._actor(by)

        def opened(now: AccountFacts) -> tuple[Effect, ...]:
            return decide.open_case(kind, values, now, ground, actor, at, entry.owner, number=entry.number)

        account = self._do(account, by, entry.opened_at, opened)
        for step in entry.steps:
            account = self._do(account, step.by, step.at, self._step(kind, entry.number, step))
        return account

    def _step(self, kind: Kind, number: str, step: CaseStepEntry) -> Decide:
        ground, actor, values = (
            self._ground(step.by, self._shift.at(step.at)),
            self._actor(step.by),
            self._dated(kind.fields.values(), step.values),
        )

        def done(now: AccountFacts) -> tuple[Effect, ...]:
            case: Case = decide.find(now, number)
            if step.move is not None:
                return decide.move_case(kind, case, step.move, values, now, ground, actor, step.text)
            if step.agreed is not None:
                return decide.decide_case(kind, case, step.agreed, step.text, now, ground, actor)
            return (CaseNoted(ground.ids(), case.id, case.number, step.text),)

        return done

    def _do(self, account: AccountFacts, by: str, given: datetime, decided: Decide) -> AccountFacts:
        """Decides on the day of it and writes it. What follows by rule follows on the day of the book: it is what stands."""
        work, at = self._work, self._shift.at(given)
        day = at.astimezone(self._shift.zone).date()
        effects = decided(replace(account, business_date=day))
        whole = work.settled(account, effects)
        version = work.apply(account, whole, by=by, at=at)
        return replace(fold_all(account, whole), version=version)

    def _dated(self, fields: Iterable[Field], values: Mapping[str, Value]) -> dict[str, Value]:
        """With dates as the portfolio is shifted, those in rows of a table too; what is no date is refused by its field."""
        dated: dict[str, Value] = {**values}
        for each in fields:
            value = dated.get(each.name)
            if each.type is FieldType.DATE and value is not None:
                dated[each.name] = self._day(value)
            elif isinstance(value, tuple):
                days = {column.name for column in each.columns if column.type is FieldType.DATE}
                dated[each.name] = tuple(
                    {name: self._day(cell) if name in days else cell for name, cell in row.items()} for row in value
                )
        return dated

    def _day(self, value: Value) -> str:
        try:
            return self._shift.day(date.fromisoformat(str(value))).isoformat()
        except ValueError:
            return str(value)

    def _ground(self, by: str, at: datetime) -> Ground:
        work = self._work
        opens = decide.opening(self._rules.kinds, self._actor(by), at)
        return Ground(work.ids, by, work.desk.calendar, work.catalogue.holds, lambda *_: (), opens)

    def _actor(self, login: str) -> Actor:
        if login not in self._actors:
            work, authority = self._work, self._work.catalogue.authority
            role = work.desk.role_of(work.db, login) or "collector"
            departments = work.desk.departments_of(work.db, login)
            limits = authority.of(role).limits
            self._actors[login] = Actor(
                login,
                departments,
                limits.get,
                lambda other, mine=role: authority.outranks(mine, other),  # type: ignore[misc]
            )
        return self._actors[login]
