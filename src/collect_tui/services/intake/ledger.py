"""Where invoices of an import meet the store: a batch is looked up, compared and written with a dozen statements.

What a row is known by is its account and document number. A row that was taken in before and says the same is skipped, so a second
run changes nothing. One that has been settled or disputed since is brought up to date. One that contradicts what stands
(another amount or date) is rejected: money is never changed silently. An import lifts no dispute and takes no
payment back; both are acts of a person.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final, cast

from sqlalchemy import bindparam, case, func, select, update
from sqlmodel import SQLModel

from collect_tui.domain.calendars import Calendar
from collect_tui.domain.errors import Invalid
from collect_tui.domain.money import LIMIT
from collect_tui.domain.parts import UNDATED
from collect_tui.services.intake.batch import Batch, Brought, Outcome, Reject, Row
from collect_tui.services.intake.customers import Account, Customers, book_of
from collect_tui.services.intake.invoice import Invoice, InvoiceSource
from collect_tui.services.intake.report import ImportReport, ImportRow, ImportTotals
from collect_tui.store import documents
from collect_tui.store.bulk import Bulk

_T = SQLModel.metadata.tables
_SHOWN: Final = 5
_OF_ROW: Final = ("account", "doc_no", "due", "amount")
_REVIEW_AFTER: Final = timedelta(days=30)
_A_DAY: Final = timedelta(days=1)
_BATCH: Final = 5_000


class Ledger:
    """Posts invoices into one tenant within the caller's transaction."""

    def __init__(self, batch: Batch, source: InvoiceSource) -> None:
        self.work, self.values, self.line = batch.work, source.values, f"import of {batch.file}"
        self.db = self.work.db.connection()
        tenant = book_of(self.work, source)
        self.tenant_id, self.ids = self.work.tenant_id, self.work.ids
        self.day = source.as_of or tenant.business_date
        self.source = str(batch.number)  # marks the items it brings
        self._bulk = Bulk(self.db)
        self.customers = Customers(batch, self._bulk, self.values, self.day)
        self.totals = dict.fromkeys(ImportTotals.model_fields, 0)
        self.first: list[ImportRow] = []
        self.touched: set[int] = set()  # accounts that were there before, and of which something has changed
        self.less: set[int] = set()  # of these, on which less is owed
        self._rows: dict[str, list[dict[str, Any]]] = {}

    # a batch ----------------------------------------------------------------------------------
    def post(self, rows: Sequence[Row[Any]]) -> list[Outcome]:
        batch = [cast(Invoice, row.value) for row in rows]
        accounts = self.customers.known
        self.customers.expect(batch)
        wanted = {(account.id, one.doc_no) for one in batch if (account := accounts.get(one.account))}
        known = documents.find(self.db, self.tenant_id, sorted(wanted))
        fresh: set[tuple[int, str]] = set()
        touched: set[int] = set()
        outcomes: list[Outcome] = []
        for row, invoice in zip(rows, batch, strict=True):
            try:
                invoice.check()
                account = self.customers.of(row.number, invoice)
                key = account.id, invoice.doc_no
                stored = known.get(key)
                if key in fresh or (stored is not None and stored.source == self.source):
                    raise Invalid("row.twice", "stands on an earlier row of this file", "doc_no")
                if stored is None:
                    outcome = self._take(invoice, account)
                    fresh.add(key)
                else:
                    outcome = self._meet(invoice, stored)
            except Invalid as bad:
                outcomes.append(Reject.of(row.number, bad))
                continue
            if outcome != "known" and not account.fresh:
                touched.add(account.id)
            self._count(row.number, invoice)
            outcomes.append(outcome)
        self._write(touched)
        return outcomes

    def _count(self, number: int, invoice: Invoice) -> None:
        totals, left = self.totals, invoice.open
        paid = left != invoice.amount or invoice.settled_on is not None
        parts = [("settled", invoice.amount - left)] if paid else []
        if left or not paid:
            parts.append(("open", left))
        if left > 0 and invoice.disputed:
            parts.append(("disputed", left))
        if left > 0 and invoice.due < self.day:
            parts.append(("overdue", left))
        for state, amount in parts:
            totals[state] += amount
            totals[state + "_rows"] += 1
        if abs(totals["open"]) + abs(totals["settled"]) > LIMIT:
            raise Invalid("import.range", f"Up to row {number} the amounts come to more than can be held.", "file")
        if len(self.first) < _SHOWN:
            told = ["part paid"] if paid and left else []
            told += [state for state, _ in parts if state in {"disputed", "overdue"}]
            on = f" {invoice.settled_on}" if invoice.settled_on else ""
            state = " ".join(told) or (f"settled{on}" if paid else "open")
            of = invoice._asdict()
            self.first.append(ImportRow(row=number, state=state, **{name: of[name] for name in _OF_ROW}))

    def report(self, brought: Brought) -> ImportReport:
        return ImportReport.of(
            brought,
            as_of=self.day,
            currency=self.values.currency,
            accounts=self.customers.made,
            customers=len(self.customers.changed),
            totals=ImportTotals(**self.totals),
            first=tuple(self.first),
        )

    def _take(self, invoice: Invoice, account: Account) -> str:
        item_id = self.ids()
        self._add(
            "item",
            id=item_id,
            account_id=account.id,
            service_id=None,
            doc_no=invoice.doc_no,
            kind="credit" if invoice.amount < 0 else self.values.kind,
            issued=invoice.issued,
            due=invoice.due,
            amount=invoice.amount,
            open=invoice.open,
            disputed=invoice.open if invoice.disputed and invoice.open > 0 else 0,
            source=self.source,
        )
        if invoice.open != invoice.amount:
            if not account.fresh:
                self.less.add(account.id)
            self._settle(account.id, item_id, invoice, invoice.amount - invoice.open)
        return "taken"

    def _meet(self, invoice: Invoice, stored: Any) -> str:
        if invoice.amount < 0 and stored.amount <= invoice.amount:
            return "known"  # what has been used of a credit since says nothing
        moved = stored.due > invoice.due  # here, by a pause or by whoever made it due anew
        for field in ("amount", "issued") if moved else ("amount", "issued", "due"):
            if getattr(stored, field) != getattr(invoice, field):
                raise Invalid("row.differs", "is not what was taken in for this document before", field)
        if stored.open > invoice.open:
            self._settle(stored.account_id, stored.id, invoice, stored.open - invoice.open)
            self._add("_item", b_id=stored.id, b_open=invoice.open, b_disputed=stored.disputed)
        elif stored.open > 0 and invoice.disputed and not stored.disputed and invoice.open:
            self._add("_item", b_id=stored.id, b_open=stored.open, b_disputed=stored.open)
        else:
            return "known"
        self.less.add(stored.account_id)
        return "updated"

    def _settle(self, account_id: int, item_id: int, invoice: Invoice, amount: int) -> None:
        """A payment of what is no longer open: of its day, or of a day that nobody says, which was this one or before."""
        payment_id = self.ids()
        self._add(
            "payment",
            id=payment_id,
            account_id=account_id,
            ref=f"{'PAID' if invoice.open else 'SETTLED'}-{invoice.doc_no}",
            received_on=invoice.settled_on or self.day,
            method=self.values.method if invoice.settled_on else UNDATED,
            amount=amount,
            status="APPLIED",
            returned_reason=None,
            returned_on=None,
            returned_at=None,
            returned_by=None,
            recorded_by=self.work.by,
            recorded_at=self.work.now,
            source=self.source,
        )
        self._add(
            "allocation",
            id=self.ids(),
            payment_id=payment_id,
            item_id=item_id,
            amount=amount,
            at=self.work.now,
            reversed_at=None,
            directed=True,
        )

    # what follows -----------------------------------------------------------------------------
    def finish(self) -> None:
        self.customers.finish()
        self.work.touch(self.customers.changed - self.touched)
        self._begin()
        self._settle_all()

    def _begin(self) -> None:
        """Gives new accounts their opening date, stage and next action, from the items they now have."""
        item, account = _T["item"].c, _T["account"]
        calendar = Calendar(self.work.catalogue.rules.holidays)
        review = calendar.on_or_after(self.day + _REVIEW_AFTER)
        owed = case((item.open > 0, item.due))
        # Account by account along the index of items; as correlated subqueries the same took a thousand times as long.
        query = (
            select(item.account_id, func.min(item.issued).label("issued"), func.min(owed).label("due"))
            .where(item.tenant_id == self.tenant_id, item.account_id > bindparam("after"))
            .group_by(item.account_id)
            .order_by(item.account_id)
            .limit(_BATCH)
        )
        change = (
            update(account)
            .where(account.c.tenant_id == bindparam("b_tenant"), account.c.id == bindparam("b_id"))
            .values(
                opened_on=bindparam("b_opened"),
                stage=bindparam("b_stage"),
                next_action_code=bindparam("b_code"),
                next_action_on=bindparam("b_on"),
            )
        )
        after = self.customers.first_id
        while rows := self.db.execute(query, {"after": after}).all():
            after = rows[-1].account_id
            changes = []
            for row in rows:
                late = row.due is not None and row.due < self.day
                changes.append(
                    {
                        "b_tenant": self.tenant_id,
                        "b_id": row.account_id,
                        "b_opened": row.issued,
                        "b_stage": "PAST_DUE" if late else "CURRENT",
                        "b_code": "review" if row.due is None else "call",
                        # Overdue: at once. Not due yet: the first business day after the due date.
                        "b_on": review
                        if row.due is None
                        else self.day
                        if late
                        else calendar.on_or_after(max(self.day, row.due + _A_DAY)),
                    }
                )
            self.db.execute(change, changes)

    def _settle_all(self) -> None:
        """Draws the consequences for the accounts that were there before, and for new ones with a credit."""
        item, payment = _T["item"].c, _T["payment"].c
        credits = select(item.account_id).where(
            item.tenant_id == self.tenant_id, item.open < 0, item.id > self.customers.first_id
        )
        paid = select(payment.id).where(payment.tenant_id == self.tenant_id, payment.id > self.customers.first_id)
        less = self.less.union(self.db.execute(credits).scalars())
        if self.touched or less:
            fresh = frozenset(self.db.execute(paid).scalars()) if self.touched else frozenset()
            for accounts, moved in ((less, True), (self.touched - less, False)):
                self.work.settle(sorted(accounts), line=self.line, billed=True, moved=moved, fresh=fresh)

    # rows -------------------------------------------------------------------------------------
    def _add(self, table: str, **row: Any) -> None:
        row["tenant_id"] = self.tenant_id
        self._rows.setdefault(table, []).append(row)

    def _write(self, touched: set[int]) -> None:
        self.customers.write()
        for name in ("item", "payment", "allocation"):
            if rows := self._rows.pop(name, None):
                self._bulk.insert(name, rows)
        self._bulk.settle()
        if changed := self._rows.pop("_item", None):
            t = _T["item"]
            for row in changed:
                row["b_tenant"] = row.pop("tenant_id")
            statement = update(t).where(t.c.tenant_id == bindparam("b_tenant"), t.c.id == bindparam("b_id"))
            self.db.execute(statement.values(open=bindparam("b_open"), disputed=bindparam("b_disputed")), changed)
        self.work.touch(touched)
        self.touched |= touched
