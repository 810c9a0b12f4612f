"""Undoing an import of receivables: what it brought is taken off again, by reversal, and the accounts are settled as if it had
never come. What somebody has done since with an item of it stays done: money paid on it is posted to what is owed besides.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sqlalchemy import and_, select, update
from sqlmodel import SQLModel

from collect_tui.desk.errors import Refused
from collect_tui.desk.protocol import Progress
from collect_tui.desk.views.base import View
from collect_tui.domain.effect import Folded
from collect_tui.domain.effects import PaymentReversed
from collect_tui.domain.payment import reposting
from collect_tui.domain.states import PaymentState
from collect_tui.services import codec
from collect_tui.services.desk_context import DeskContext
from collect_tui.services.intake.batch import digest_of
from collect_tui.services.unit_of_work import UnitOfWork, unit_of_work

_T = SQLModel.metadata.tables
_batch, _item, _payment, _given = _T["import_batch"], _T["item"], _T["payment"], _T["allocation"]


class UndoReport(View):
    """What was taken off again. `kept`: documents that others have paid or been credited on so long ago that they stay."""

    file: str
    accounts: int
    items: int
    payments: int
    kept: tuple[str, ...] = ()

    def text(self) -> str:
        kept = f"\n  kept, as they were settled long since: {', '.join(self.kept)}" if self.kept else ""
        return (
            f"{self.file} is undone: {self.items} items and {self.payments} payments of {self.accounts} accounts.{kept}"
        )


def undo(desk: DeskContext, path: Path, *, progress: Progress | None = None) -> UndoReport:
    """Undoes the last import of a file, known by its content, in one unit of work.

    Raises Invalid `import.unreadable`; Refused `import.unknown` when it was not imported, or is undone already.
    """
    digest = digest_of(path)
    with unit_of_work(desk, every=True, progress=progress) as work:
        db = work.db.connection()
        mine = and_(
            _batch.c.tenant_id == work.tenant_id,
            _batch.c.kind == "receivables",
            _batch.c.sha256 == digest,
            _batch.c.undone_at.is_(None),
        )
        batch = db.execute(select(_batch).where(mine).order_by(_batch.c.id.desc())).first()
        if batch is None:
            raise Refused("import.unknown", "This file has not been imported, or its import is undone already.", "file")
        undoing = _Undoing(work, batch)
        accounts = undoing.accounts()
        for place, account_id in enumerate(accounts, 1):
            undoing.take_off(account_id)
            if progress is not None:
                progress("Accounts", place, len(accounts))
        this = update(_batch).where(_batch.c.tenant_id == work.tenant_id, _batch.c.id == batch.id)
        db.execute(this.values(undone_at=work.now))
    return UndoReport(
        file=path.name,
        accounts=len(accounts),
        items=undoing.items,
        payments=undoing.payments,
        kept=tuple(undoing.kept),
    )


class _Undoing:
    """One import being undone, account by account."""

    def __init__(self, work: UnitOfWork, batch: Any) -> None:
        self.work, self.batch, self.rules = work, batch, work.catalogue.rules
        self.items = self.payments = 0
        self.kept: list[str] = []

    def accounts(self) -> list[int]:
        """The accounts of which it brought an item, or settled one."""
        db = self.work.db.connection()
        items, payments = (select(t.c.account_id).where(self._brought(t)) for t in (_item, _payment))
        return sorted({*db.execute(items).scalars(), *db.execute(payments).scalars()})

    def _brought(self, table: Any) -> Any:
        """The rows of it."""
        return and_(table.c.tenant_id == self.work.tenant_id, table.c.source == str(self.batch.id))

    def take_off(self, account_id: int) -> None:
        db, tenant_id = self.work.db.connection(), self.work.tenant_id
        of = {t: and_(self._brought(t), t.c.account_id == account_id) for t in (_item, _payment)}
        rows = db.execute(select(_payment.c.id, _payment.c.ref).where(of[_payment])).all()
        given = (
            select(_payment.c.ref)
            .join(_given, and_(_given.c.tenant_id == tenant_id, _given.c.payment_id == _payment.c.id))
            .join(_item, and_(_given.c.item_id == _item.c.id, of[_item]))
            .where(_payment.c.tenant_id == tenant_id, _given.c.reversed_at.is_(None))
        )
        refs = {row.ref for row in rows} | set(db.execute(given).scalars())
        seen = self.work.load_by_id(account_id, refs)
        fold = Folded(seen)
        self._reverse(fold, {row.id for row in rows})
        self._void(fold, db.execute(select(_item).where(of[_item])).all())
        if fold.effects:
            whole = self.work.settled(seen, fold.effects, billed=True)
            self.work.apply(seen, whole)
            self.work.record(seen.id, line=f"import of {self.batch.name} undone", effects=codec.dump(whole))

    def _reverse(self, fold: Folded, payments: set[int]) -> None:
        for ident in payments:
            payment = next((p for p in (*fold.facts.payments, *fold.facts.named) if p.id == ident), None)
            if payment is not None and payment.stands:
                fold.add(PaymentReversed(payment.id, PaymentState.REVERSED, "the import was undone"))
                reposting.without_payment(fold, payment, self.work.ids, self.rules)
                self.payments += 1

    def _void(self, fold: Folded, rows: Iterable[Any]) -> None:
        for row in rows:
            item = next((i for i in (*fold.facts.items, *fold.facts.settled) if i.id == row.id), None)
            if item is not None and reposting.without_document(fold, item, self.work.ids, self.rules):
                self.items += 1
            elif row.amount:
                self.kept.append(row.doc_no)
