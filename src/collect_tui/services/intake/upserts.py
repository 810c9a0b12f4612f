"""The billing system's rows into the store: a chunk at a time, each row known by its natural key.

A row sent again changes nothing. A row that cannot be taken is told with its line, a code and a sentence, and keeps no other
from being taken. What follows for an account (version, summary, score, next action, audit, events) follows once per chunk.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, Self, cast

from sqlalchemy import Connection, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel

from collect_tui.desk.dated import check_reach
from collect_tui.desk.errors import DomainError, Invalid, NotFound, Refused, Unavailable
from collect_tui.domain.effects import PaymentRecorded
from collect_tui.domain.payment import decide as payment
from collect_tui.services import codec
from collect_tui.services.desk_context import DeskContext
from collect_tui.services.intake import upsert_rows
from collect_tui.services.intake.batch import Batch, Brought, Outcome, Reject, Row
from collect_tui.services.intake.billed import Billed, BilledAccount, BilledItem, BilledPayment
from collect_tui.services.intake.report import BilledReport
from collect_tui.services.unit_of_work import UnitOfWork, unit_of_work

_T = SQLModel.metadata.tables
CHANGED = "account.billed"
"""The event that tells of items and master data; payments are told as those of the desk."""


class Upserts:
    """Posts rows of a billing system in a unit of work, whose user is the integration or who brings the file; the login stands in the
    audit. `source`: marks what a file brings."""

    def __init__(self, work: UnitOfWork, source: str = "") -> None:
        self.work, self.source, self.day = work, source, work.today

    @classmethod
    def of_file(cls, batch: Batch, _: object) -> Self:
        return cls(batch.work, str(batch.number))

    def post(self, rows: Sequence[Row[Any]]) -> list[Outcome]:
        """Takes a chunk in and says of each row what became of it: added, changed, same, or why it was not taken."""
        try:
            with self.work.db.begin_nested():
                return self._post(rows)
        except Unavailable:
            raise
        except (DomainError, IntegrityError) as error:
            if len(rows) > 1:  # one row spoils what the others wrote: each by itself then
                return [outcome for row in rows for outcome in self.post([row])]
            if not isinstance(error, DomainError):
                error = Refused("row.conflict", "The row contradicts what is stored.", None)
            return [Reject.of(rows[0].number, error)]

    def _post(self, rows: Sequence[Row[Any]]) -> list[Outcome]:
        chunk = _Chunk(self.work, self.source)
        values = [cast(Billed, row.value) for row in rows]
        chunk.rows.expect(
            [v.number if isinstance(v, BilledAccount) else v.account for v in values],
            [(v.account, v.doc_no) for v in values if isinstance(v, BilledItem)],
        )
        outcomes: list[Outcome] = []
        for row, value in zip(rows, values, strict=True):
            try:
                outcomes.append(chunk.take(value))
            except (Invalid, Refused, NotFound) as error:
                if chunk.spoiled:
                    raise
                outcomes.append(Reject.of(row.number, error))
        chunk.finish()
        return outcomes

    def finish(self) -> None:
        """What follows from rows followed with each chunk."""

    def report(self, brought: Brought) -> BilledReport:
        return BilledReport.of(brought)


def deliver(desk: DeskContext, rows: Sequence[Row[Billed]]) -> list[Outcome]:
    """Takes in a chunk that came by itself, in a unit of work of its own. Raises Unavailable only: then nothing of it was taken."""

    def take() -> list[Outcome]:
        with unit_of_work(desk) as work:
            return Upserts(work).post(rows)

    return desk.store.attempt(take)


class _Chunk:
    """A chunk in its unit of work."""

    def __init__(self, work: UnitOfWork, source: str) -> None:
        self.work, self.source, self.spoiled = work, source, False
        self.db: Connection = work.db.connection()
        self.rows = upsert_rows.Rows(work, source)

    def take(self, value: Billed) -> str:
        check_reach(value, self.work.today, self.work.zone)
        if isinstance(value, BilledPayment):
            return self._pay(value)
        return self.rows.account(value) if isinstance(value, BilledAccount) else self.rows.item(value)

    def _pay(self, row: BilledPayment) -> str:
        account_id = self.rows.find(row.account).id
        if (known := self._known(account_id, row)) is not None:
            return known
        seen = self.work.load_by_id(account_id)
        effects = payment.record(
            seen,
            amount=row.amount,
            method=row.method,
            ref=row.ref,
            received_on=row.received_on,
            directed=[(part.doc_no, part.amount) for part in row.directed],
            ids=self.work.ids,
        )
        self.spoiled = True  # from here on an error leaves half a payment
        self.work.change(seen, effects, line=f"payment {row.ref} from billing")
        if self.source:
            p, made = _T["payment"], [each.payment.id for each in effects if isinstance(each, PaymentRecorded)]
            mine = (p.c.tenant_id == self.work.tenant_id, p.c.id.in_(made))
            self.db.execute(update(p).where(*mine).values(source=self.source))
        self.spoiled = False
        return "added"

    def _known(self, account_id: int, row: BilledPayment) -> str | None:
        """`same` for a payment that is there, however it stands now. Refused when it is there with other values. One of a file that
        was taken back never came."""
        t, tenant_id = _T["payment"].c, self.work.tenant_id
        query = select(t.amount, t.received_on, t.source).where(
            t.tenant_id == tenant_id, t.account_id == account_id, t.ref == row.ref
        )
        found = [one for one in self.db.execute(query).all() if not one.source or not self._undone(one.source)]
        if not found:
            return None
        if any((one.amount, one.received_on) == (row.amount, row.received_on) for one in found):
            return "same"
        raise Refused(
            "payment.differs",
            "This reference is known with another amount or date; take that payment back first.",
            "ref",
        )

    def _undone(self, source: str) -> bool:
        b = _T["import_batch"].c
        query = select(b.id).where(b.tenant_id == self.work.tenant_id, b.id == int(source), b.undone_at.is_not(None))
        return self.db.execute(query).first() is not None

    def finish(self) -> None:
        """Everything that follows from the rows, for each account of the chunk."""
        self.rows.write()
        work, quiet = self.work, set()
        for account_id, (told, less) in self.rows.touched.items():
            seen = work.load_by_id(account_id)
            effects = work.settled(seen, (), billed=True, moved=less)
            if effects:
                work.apply(seen, effects)
            else:
                quiet.add(account_id)
            told += codec.dump(effects)
            counts = Counter(each["kind"] for each in told)
            work.record(account_id, line="from billing: " + ", ".join(sorted(counts)), effects=told)
            work.tell(seen, effects, (CHANGED, counts))
        work.touch(quiet - self.rows.opened)
        work.touched |= self.rows.opened
