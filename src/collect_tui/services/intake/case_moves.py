"""Rows of somebody outside who works on cases of ours, such as an agency: each moves its case, or tells of money that they have collected.

A row is known by its reference: one that came before changes nothing. What they collected is posted to the account in full; what they keep
of it for their work is no business of the customer, and is summed up in the case (`collected`, `fees`, where its kind has such fields).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Final, NamedTuple, Protocol, cast
from uuid import uuid4

from collect_tui.common.words import expected, plural
from collect_tui.desk.catalogue import Catalogue
from collect_tui.desk.commands import Act, ChangeCase, Command, MoveCase, RecordPayment
from collect_tui.desk.errors import DomainError, Invalid, Refused
from collect_tui.domain.case.case import Case, Value
from collect_tui.domain.case.definition import FieldType, Kind
from collect_tui.domain.case.effects import CaseChanged, What
from collect_tui.domain.codes import Method
from collect_tui.domain.confirm import surplus
from collect_tui.domain.effects import Effect
from collect_tui.domain.facts import AccountFacts
from collect_tui.services import codec
from collect_tui.services.access import require
from collect_tui.services.acts import context_of
from collect_tui.services.decide import decide
from collect_tui.services.intake.batch import Batch, Brought, Outcome, Reject, Row
from collect_tui.services.intake.report import Report
from collect_tui.store import cases as rows_of
from collect_tui.store.case_values import case_of

BROUGHT: Final[What] = "brought"
"""What happened, of a move that a row made: by its text the row is known, and by nothing that a person wrote."""


class CaseRow(NamedTuple):
    """What a row says. `case`, `account`: by which its case is found, one may be empty. `move`: of the case's kind; empty: of `amount`
    (minor units), which they collected `on` a day. `values`: cells by field of the case."""

    case: str
    account: str
    ref: str
    move: str
    amount: int
    on: date | None
    note: str
    values: Mapping[str, str]


class CaseSource(Protocol):
    """The file that rows come of. `kind`: of the cases that it is about, `moves` and `fields`
    theirs that it names; `only`: values that these have; `method`: how money came."""

    as_of: date | None
    kind: str
    moves: Collection[str]
    fields: Collection[str]
    only: Mapping[str, str]
    currency: str
    method: str

    def value(self, type_: FieldType, text: str) -> Value:
        """What a cell says for a field of a type. Invalid "row.…"."""
        ...


class CaseFileReport(Report):
    """`taken`: rows that moved a case or brought money; `known`: that had come before; `left_out`: of words that mean nothing here.
    `collected`, `fees`: in minor units, what came in and what is kept of it."""

    counted = ("taken", "known", "left_out")

    taken: int
    known: int
    left_out: int
    collected: int
    fees: int

    def text(self) -> str:
        counts = (
            f"taken {self.taken:,} · known {self.known:,} · left out {self.left_out:,} · rejected {self.rejected:,}"
        )
        return "\n".join([f"{self.head}: {plural(self.rows, 'row')}", f"  {counts}", *self.problem_lines])


class CaseMoves:
    """Posts rows within the caller's transaction, each by itself: what one is refused for keeps no other out."""

    def __init__(self, batch: Batch, source: CaseSource) -> None:
        self.work, self._source, self._file = batch.work, source, batch.file
        self.day = self.work.today
        desk = self.work.desk
        # Whoever owns the file has that of their role, as one who decides cases at it.
        self._authority = desk.authority or self.work.catalogue.authority.of(desk.role(self.work.db))
        self._collected = self._fees = 0
        kinds = self.work.catalogue.cases.kinds
        if source.kind not in kinds:
            raise Invalid(
                "mapping.kind", f"There is no kind of case {source.kind}; {expected(source.kind, list(kinds))}", "kind"
            )
        if source.currency != self.work.currency:
            raise Refused(
                "import.currency", f"The book is in {self.work.currency}, the file in {source.currency}.", "currency"
            )
        self._kind: Kind = kinds[source.kind]
        for key, given, known in (
            ("moves", source.moves, self._kind.moves),
            ("fields", source.fields, self._kind.fields),
            ("only", source.only, self._kind.fields),
        ):
            for name in given:
                if name not in known:
                    told = f"{self._kind.title} has no such {key.rstrip('s')}; {expected(name, list(known))}"
                    raise Invalid("mapping.name", told, f"{key}.{name}")

    def post(self, rows: Sequence[Row[Any]]) -> list[Outcome]:
        outcomes: list[Outcome] = []
        for row in rows:
            try:
                with self.work.db.begin_nested():
                    outcomes.append(self._take(row.number, cast(CaseRow, row.value)))
            except DomainError as bad:
                outcomes.append(Reject.of(row.number, bad))
        return outcomes

    def finish(self) -> None:
        """What follows from a row followed with it."""

    def report(self, brought: Brought) -> CaseFileReport:
        return CaseFileReport.of(brought, collected=self._collected, fees=self._fees)

    def _take(self, number: int, row: CaseRow) -> str:
        case, account = self._case(row)
        seen = self.work.load(account, {row.ref})
        if self._is_known(case, row, seen):
            return "known"
        commands = (*self._money(case, row, seen),) if not row.move else (self._move(case, row),)
        for command in commands:
            require(self._authority, f"act.{command.kind}")
        act = Act(id=uuid4(), account=account, commands=commands)
        context = context_of(self.work.desk, self.work.db, act, self.work.ids, self.work.now)
        outcome = decide(act, seen, replace(context, catalogue=self._catalogue(context.catalogue)))
        if not outcome.verdict.allowed:
            found = outcome.verdict.findings[0]
            raise Refused(found.rule, found.sentence, found.check or None)
        effects = tuple(_brought(each, case, commands[0]) for each in outcome.effects)
        self.work.apply(seen, effects)
        line = f"row {number} of {self._file}"
        self.work.record(seen.id, line=line, effects=codec.dump(effects))
        self.work.tell(seen, effects)
        return "taken"

    def _case(self, row: CaseRow) -> tuple[Case, str]:
        """The case of a row and the number of its account. NotFound "case.not_found"; Invalid "row.case" for one that it is not about."""
        if row.case:
            found = rows_of.one(self.work.db, self.work.tenant_id, row.case)
        else:
            open_ = rows_of.of_number(self.work.db, self.work.tenant_id, row.account, self._kind.name)
            if len(open_) != 1:
                raise Invalid("row.case", f"has {len(open_) or 'no'} open cases of this kind", "account")
            found = open_[0]
        case = case_of(found)
        ours = all(case.values.get(name) == value for name, value in self._source.only.items())
        if case.kind != self._kind.name or not ours or (row.account and row.account != found.account):
            raise Invalid("row.case", "is no case that this file may be about", "case" if row.case else "account")
        return case, found.account

    def _is_known(self, case: Case, row: CaseRow, seen: AccountFacts) -> bool:
        """Whether the row came before. Invalid "row.differs" when it said another amount, or money where it says a move, or a move where it
        says money."""
        paid = next((p for p in (*seen.payments, *seen.named) if p.ref == row.ref), None)
        texts = (e.text for e in rows_of.events(self.work.db, self.work.tenant_id, case.id) if e.what == BROUGHT)
        moved = any(text == row.ref or text.startswith(f"{row.ref}: ") for text in texts)
        if (row.move and paid is not None) or (not row.move and moved):
            raise Invalid("row.differs", f"is that of {'money' if paid else 'a move'} that came before", "ref")
        if paid is not None and paid.amount != row.amount:
            raise Invalid("row.differs", "is not what was taken in for this reference before", "amount")
        return moved or paid is not None

    def _move(self, case: Case, row: CaseRow) -> MoveCase:
        fields, needs = self._kind.fields, self._kind.moves[row.move].needs
        cells = {name: row.values[name] for name in needs if row.values.get(name)}
        values = {name: self._source.value(fields[name].type, cell) for name, cell in cells.items()}
        note = f"{row.ref}: {row.note}" if row.note else row.ref
        return MoveCase(case=case.number, move=row.move, values=values, note=note)

    def _catalogue(self, site: Catalogue) -> Catalogue:
        """The site's data, by which the method that the file's mapping names is a way to pay as well."""
        method = self._source.method
        if site.codes.method(method) is not None:
            return site
        methods = {**site.codes.methods, method.lower(): Method(method.lower(), method)}
        return site.model_copy(update={"codes": replace(site.codes, methods=methods)})

    def _money(self, case: Case, row: CaseRow, seen: AccountFacts) -> list[Command]:
        asked = surplus(seen, row.amount, None)
        paid = RecordPayment(
            amount=row.amount,
            method=self._source.method,
            ref=row.ref,
            received_on=row.on,
            over=int(asked.value) if asked is not None else None,
        )
        fee = (row.amount * case.amount("commission") + 50) // 100  # half a unit is theirs
        sums = {
            name: case.amount(name) + more
            for name, more in (("collected", row.amount), ("fees", fee))
            if more and name in self._kind.fields
        }
        self._collected, self._fees = self._collected + row.amount, self._fees + fee
        return [paid] if case.ended or not sums else [paid, ChangeCase(case=case.number, values=sums)]


def _brought(effect: Effect, case: Case, made: Command) -> Effect:
    """The move of a row with the mark of one."""
    if not isinstance(effect, CaseChanged) or not isinstance(made, MoveCase):
        return effect
    mine = effect.after.id == case.id and effect.text == made.note
    return replace(effect, what=BROUGHT) if mine else effect


__all__ = ["CaseFileReport", "CaseMoves", "CaseRow", "CaseSource"]
