"""Undoing what a file brought: it is taken off again, by reversal, and the accounts are settled as if it had
never come. What somebody has done since with an item of it stays done: money paid on it is posted to what is owed besides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import and_, func, select, update
from sqlmodel import SQLModel

from collect_tui.desk.errors import Refused
from collect_tui.desk.protocol import Progress
from collect_tui.desk.views.base import View
from collect_tui.domain.effect import Folded
from collect_tui.domain.effects import PaymentReversed
from collect_tui.domain.payment import reposting
from collect_tui.domain.states import PaymentState
from collect_tui.services.desk_context import DeskContext
from collect_tui.services.intake.batch import digest_of
from collect_tui.services.unit_of_work import UnitOfWork, unit_of_work

_T = SQLModel.metadata.tables
_batch, _item, _payment, _given = _T["import_batch"], _T["item"], _T["payment"], _T["allocation"]


class UndoReport(View):
    """What was taken off again. `kept`: documents that others have paid or been credited on so long ago that they stay; `stayed`: rows
    that only changed what was there (an amount, a dispute), which stays as they said."""

    file: str
    accounts: int
    items: int
    payments: int
    kept: tuple[str, ...] = ()
    stayed: int = 0

    def text(self) -> str:
        stayed = f"\n  rows that changed what was there, which stays: {self.stayed}" if self.stayed else ""
        kept = f"\n  kept, as they were settled long since: {', '.join(self.kept)}" if self.kept else ""
        return f"{self.file} is undone: {self.items} items and {self.payments} payments of {self.accounts} accounts.{kept}{stayed}"


def undo(desk: DeskContext, path: Path, lasting: Mapping[str, str], *, progress: Progress | None = None) -> UndoReport:
    """Undoes every import of a file, known by its content, in one unit of work. `lasting`: kinds of file that stay, and why.

    Raises Invalid `import.unreadable`; Refused `import.unknown` when it was not imported, or is undone already, `import.lasting`.
    """
    digest = digest_of(path)
    with unit_of_work(desk, every=True, progress=progress) as work:
        b = _batch.c
        mine = and_(b.tenant_id == work.tenant_id, b.sha256 == digest, b.undone_at.is_(None))
        imports = work.db.execute(select(b.id, b.kind, b.taken).where(mine)).all()
        if not imports:
            raise Refused("import.unknown", "This file has not been imported, or its import is undone already.", "file")
        for one in imports:
            if one.taken and one.kind in lasting:
                raise Refused("import.lasting", lasting[one.kind], "file")
        undoing = _Undoing(work, path.name, [str(one.id) for one in imports])
        accounts = undoing.accounts()
        stayed = sum(one.taken - _marked(work, str(one.id)) for one in imports)
        for place, account_id in enumerate(accounts, 1):
            undoing.take_off(account_id)
            if progress is not None:
                progress("Accounts", place, len(accounts))
        work.db.execute(update(_batch).where(mine).values(undone_at=work.now))
    return UndoReport(
        file=path.name,
        accounts=len(accounts),
        items=undoing.items,
        payments=undoing.payments,
        kept=tuple(undoing.kept),
        stayed=stayed,
    )


def _marked(work: UnitOfWork, source: str) -> int:
    """How many rows of an import left something: a document, or a payment that is not of a document it brought itself."""
    items, payments = (
        select(t.c.id).where(t.c.tenant_id == work.tenant_id, t.c.source == source) for t in (_item, _payment)
    )
    mine = and_(_given.c.tenant_id == work.tenant_id, _given.c.payment_id == _payment.c.id, _given.c.item_id.in_(items))
    brought = select(func.count()).select_from(items.subquery())
    settled = select(func.count()).select_from(payments.where(~select(_given.c.id).where(mine).exists()).subquery())
    return int(work.db.execute(brought).scalar_one() + work.db.execute(settled).scalar_one())


class _Undoing:
    """What a file brought being taken off, account by account. `sources`: what marks it."""

    def __init__(self, work: UnitOfWork, file: str, sources: Sequence[str]) -> None:
        self.work, self.file, self.sources, self.house = work, file, sources, work.desk.house
        self.items = self.payments = 0
        self.kept: list[str] = []

    def accounts(self) -> list[int]:
        """The accounts of which it brought an item, or settled one."""
        db = self.work.db.connection()
        items, payments = (select(t.c.account_id).where(self._brought(t)) for t in (_item, _payment))
        return sorted({*db.execute(items).scalars(), *db.execute(payments).scalars()})

    def _brought(self, table: Any) -> Any:
        """The rows of it."""
        return and_(table.c.tenant_id == self.work.tenant_id, table.c.source.in_(self.sources))

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
            self.work.change(seen, fold.effects, line=f"import of {self.file} undone", billed=True)

    def _reverse(self, fold: Folded, payments: set[int]) -> None:
        for ident in payments:
            payment = next((p for p in (*fold.facts.payments, *fold.facts.named) if p.id == ident), None)
            if payment is not None and payment.stands:
                fold.add(PaymentReversed(payment.id, PaymentState.REVERSED, "the import was undone"))
                reposting.without_payment(fold, payment, self.work.ids, self.house.rules, self.house.holds)
                self.payments += 1

    def _void(self, fold: Folded, rows: Iterable[Any]) -> None:
        for row in rows:
            item = next((i for i in (*fold.facts.items, *fold.facts.settled) if i.id == row.id), None)
            if item is not None and reposting.without_document(
                fold, item, self.work.ids, self.house.rules, self.house.holds
            ):
                self.items += 1
            elif row.amount:
                self.kept.append(row.doc_no)
