"""Where invoices of an import meet the store: a batch is looked up, compared and written with a dozen statements."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import and_, bindparam, case, func, select, update
from sqlmodel import Session, SQLModel

from collect_tui.desk.catalogue import Catalogue
from collect_tui.ingest.bulk import Bulk
from collect_tui.ingest.invoices import Invoice
from collect_tui.ingest.mapping import Mapping
from collect_tui.services.settling import Settler
from collect_tui.store.names import point_key, reversed_digits, tokens
from collect_tui.store.phone_zones import candidate_zones

#: Field of the mapping and reason, for a row that is not taken in; else taken, updated or known.
Outcome = str | tuple[str, str]

_T = SQLModel.metadata.tables
_CACHED: Final = 100_000
_REVIEW_AFTER: Final = timedelta(days=30)
_A_DAY: Final = timedelta(days=1)
_BATCH: Final = 5_000
_LIST: Final = 500  # with a longer list SQLite would rather read all of the tenant's rows


class _Account:
    """An account as the import sees it."""

    __slots__ = ("currency", "fresh", "id", "status")

    def __init__(self, ident: int, currency: str, status: str, *, fresh: bool) -> None:
        self.id, self.currency, self.status, self.fresh = ident, currency, status, fresh


class Ledger:
    """Posts invoices into one tenant within the caller's transaction. `source` marks the items it brings."""

    def __init__(
        self,
        session: Session,
        tenant_id: int,
        mapping: Mapping,
        as_of: date,
        source: str,
        country: str,
        ids: Callable[[], int],
        now: datetime,
        by: str,
    ) -> None:
        self.db = session.connection()
        self._bulk = Bulk(self.db)
        self.tenant_id, self.mapping, self.as_of, self.source = tenant_id, mapping, as_of, source
        self.country, self.ids, self.now, self.by = country, ids, now, by
        self.first_id = ids()
        self.new_accounts = 0
        self.touched: set[int] = set()  # accounts that were there before, and of which something has changed
        self.less: set[int] = set()  # of these, on which less is owed
        self._accounts: dict[str, _Account] = {}
        self._rows: dict[str, list[dict[str, Any]]] = {}

    # a batch ----------------------------------------------------------------------------------
    def post(self, batch: Sequence[Invoice]) -> list[Outcome]:
        """Takes a batch in and says of each row what became of it."""
        if not batch:
            return []
        known = self._known([invoice.doc_no for invoice in batch])
        self._fetch_accounts(invoice.account for invoice in batch)
        fresh: set[str] = set()
        touched: set[int] = set()
        outcomes: list[Outcome] = []
        for invoice in batch:
            stored = known.get(invoice.doc_no)
            if invoice.doc_no in fresh or (stored is not None and stored.source == self.source):
                outcomes.append(("doc_no", "stands on an earlier row of this file"))
            elif stored is not None:
                outcomes.append(self._meet(invoice, stored, touched))
            else:
                outcome = self._take(invoice)
                if outcome == "taken":
                    fresh.add(invoice.doc_no)
                    if not self._accounts[invoice.account].fresh:
                        touched.add(self._accounts[invoice.account].id)
                outcomes.append(outcome)
        self._write(touched)
        return outcomes

    def _take(self, invoice: Invoice) -> Outcome:
        account = self._accounts.get(invoice.account)
        if account is None:
            made = self._make_account(invoice)
            if isinstance(made, tuple):
                return made
            account = made
        elif account.currency != self.mapping.values.currency:
            return "account", f"is an account in {account.currency}, the file is in {self.mapping.values.currency}"
        elif account.status != "OPEN":
            return "account", "is a closed account"
        settled = invoice.settled_on is not None
        left = 0 if settled else invoice.amount
        item_id = self.ids()
        self._add(
            "item",
            id=item_id,
            account_id=account.id,
            service_id=None,
            doc_no=invoice.doc_no,
            kind="credit" if invoice.amount < 0 else self.mapping.values.kind,
            issued=invoice.issued,
            due=invoice.due,
            amount=invoice.amount,
            open=left,
            disputed=left if invoice.disputed and left > 0 else 0,
            source=self.source,
        )
        if invoice.settled_on is not None and invoice.amount:
            if not account.fresh:
                self.less.add(account.id)
            self._settle(account.id, item_id, invoice.doc_no, invoice.amount, invoice.settled_on)
        return "taken"

    def _meet(self, invoice: Invoice, stored: Any, touched: set[int]) -> Outcome:
        for field, was, says in (
            ("account", stored.number, invoice.account),
            ("amount", stored.amount, invoice.amount),
            ("issued", stored.issued, invoice.issued),
            ("due", stored.due, invoice.due),
        ):
            if was != says:
                return field, "is not what was taken in for this document before"
        if stored.open > 0 and invoice.settled_on is not None:
            self._settle(stored.account_id, stored.id, invoice.doc_no, stored.open, invoice.settled_on)
            self._add("_item", b_id=stored.id, b_open=0, b_disputed=stored.disputed)
        elif stored.open > 0 and invoice.disputed and not stored.disputed and invoice.settled_on is None:
            self._add("_item", b_id=stored.id, b_open=stored.open, b_disputed=stored.open)
        else:
            return "known"
        touched.add(stored.account_id)
        self.less.add(stored.account_id)
        return "updated"

    def _settle(self, account_id: int, item_id: int, doc_no: str, amount: int, on: date) -> None:
        payment_id = self.ids()
        self._add(
            "payment",
            id=payment_id,
            account_id=account_id,
            ref=f"SETTLED-{doc_no}",
            received_on=on,
            method=self.mapping.values.method,
            amount=amount,
            status="APPLIED",
            returned_reason=None,
            returned_on=None,
            returned_at=None,
            returned_by=None,
            recorded_by=self.by,
            recorded_at=self.now,
            source=self.source,
        )
        self._add(
            "allocation",
            id=self.ids(),
            payment_id=payment_id,
            item_id=item_id,
            amount=amount,
            at=self.now,
            reversed_at=None,
            directed=True,
        )

    # accounts ---------------------------------------------------------------------------------
    def _make_account(self, invoice: Invoice) -> _Account | tuple[str, str]:
        values = self.mapping.values
        points: list[tuple[str, str, str]] = []
        for kind, value in ((values.point_kind, invoice.phone), ("email", invoice.email)):
            if value:
                points.append((kind, value, point_key(kind, value, self.country)))
        if any(kind == "email" and "@" not in value for kind, value, _ in points):
            return "email", "is no e-mail address"
        if any(kind != "email" and not 4 <= len(key) <= 15 for kind, _, key in points):
            return "phone", "is no telephone number"
        party_id = self.ids()
        self._add("party", id=party_id, name=invoice.name, kind=values.party_kind, lang="en", zone=None)
        for token in tokens(invoice.name):
            self._add("name_token", token=token, party_id=party_id)
        for kind, value, normalized in points:
            zones = candidate_zones(normalized, ()) if kind != "email" else ()
            self._add(
                "contact_point",
                id=self.ids(),
                party_id=party_id,
                kind=kind,
                value=value,
                normalized=normalized,
                reversed=reversed_digits(normalized),
                ord=1,
                quality="unknown",
                consent="unknown",
                zones=",".join(zones),
            )
        account = _Account(self.ids(), values.currency, "OPEN", fresh=True)
        self._add(
            "account",
            id=account.id,
            number=invoice.account,
            party_id=party_id,
            segment=values.segment,
            billing_system=values.billing_system,
            status="OPEN",
            stage="CURRENT",
            stage_on=self.as_of,
            ladder_paused_by=None,
            currency=values.currency,
            opened_on=invoice.issued,
            next_action_code="call",  # set right by `finish`, which knows all items
            next_action_on=self.as_of,
            next_action_at=None,
            version=1,
            changed_by=self.by,
            changed_at=self.now,
        )
        self._accounts[invoice.account] = account
        self.new_accounts += 1
        return account

    def _fetch_accounts(self, numbers: Iterable[str]) -> None:
        if len(self._accounts) > _CACHED:
            self._accounts.clear()
        wanted = list(dict.fromkeys(number for number in numbers if number not in self._accounts))
        t = _T["account"].c
        query = select(t.number, t.id, t.currency, t.status).where(t.tenant_id == self.tenant_id, t.number.in_(wanted))
        for row in self.db.execute(query):
            self._accounts[row.number] = _Account(row.id, row.currency, row.status, fresh=row.id > self.first_id)

    def finish(self, business_day: Callable[[date], date]) -> None:
        """Gives new accounts their opening date, stage and next action, from the items they now have."""
        item, account = _T["item"].c, _T["account"]
        review = business_day(self.as_of + _REVIEW_AFTER)
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
        after = self.first_id
        while rows := self.db.execute(query, {"after": after}).all():
            after = rows[-1].account_id
            changes = []
            for row in rows:
                late = row.due is not None and row.due < self.as_of
                changes.append(
                    {
                        "b_tenant": self.tenant_id,
                        "b_id": row.account_id,
                        "b_opened": row.issued,
                        "b_stage": "PAST_DUE" if late else "CURRENT",
                        "b_code": "review" if row.due is None else "call",
                        # Overdue: at once. Not due yet: the first business day after the due date.
                        "b_on": review if row.due is None else self.as_of if late else business_day(row.due + _A_DAY),
                    }
                )
            self.db.execute(change, changes)

    def settle(self, session: Session, catalogue: Catalogue) -> None:
        """Draws the consequences for the accounts that were there before, and for new ones with a credit."""
        item, payment = _T["item"].c, _T["payment"].c
        credits = select(item.account_id).where(
            item.tenant_id == self.tenant_id, item.open < 0, item.id > self.first_id
        )
        paid = select(payment.id).where(payment.tenant_id == self.tenant_id, payment.id > self.first_id)
        less = self.less.union(self.db.execute(credits).scalars())
        if self.touched or less:
            fresh = frozenset(self.db.execute(paid).scalars()) if self.touched else frozenset()
            settler = Settler(self.tenant_id, catalogue, self.by, self.now, self.ids)
            for accounts, moved in ((less, True), (self.touched - less, False)):
                settler.settle(session, sorted(accounts), billed=True, moved=moved, fresh=fresh)

    # rows -------------------------------------------------------------------------------------
    def _known(self, numbers: Sequence[str]) -> dict[str, Any]:
        """What the store has of these documents: their ids along the index of numbers, then the rows along that of ids."""
        item, account = _T["item"].c, _T["account"].c
        found: list[int] = []
        for start in range(0, len(numbers), _LIST):
            some = numbers[start : start + _LIST]
            by_number = select(item.id).where(item.tenant_id == self.tenant_id, item.doc_no.in_(some))
            found += self.db.execute(by_number).scalars()
        query = (
            select(
                item.doc_no,
                item.id,
                item.account_id,
                item.issued,
                item.due,
                item.amount,
                item.open,
                item.disputed,
                item.source,
                account.number,
            )
            .join(_T["account"], and_(account.tenant_id == self.tenant_id, account.id == item.account_id))
            .where(item.tenant_id == self.tenant_id, item.id.in_(found))
        )
        return {row.doc_no: row for row in self.db.execute(query)} if found else {}

    def _add(self, table: str, **row: Any) -> None:
        row["tenant_id"] = self.tenant_id
        self._rows.setdefault(table, []).append(row)

    def _write(self, touched: set[int]) -> None:
        for name in ("party", "name_token", "contact_point", "account", "item", "payment", "allocation"):
            if rows := self._rows.pop(name, None):
                self._bulk.insert(name, rows)
        self._bulk.settle()
        if changed := self._rows.pop("_item", None):
            t = _T["item"]
            for row in changed:
                row["b_tenant"] = row.pop("tenant_id")
            statement = update(t).where(t.c.tenant_id == bindparam("b_tenant"), t.c.id == bindparam("b_id"))
            self.db.execute(statement.values(open=bindparam("b_open"), disputed=bindparam("b_disputed")), changed)
        self.touched |= touched
        if touched:
            # Whoever has one of these on the screen must not write over it.
            t = _T["account"]
            statement = update(t).where(t.c.tenant_id == self.tenant_id, t.c.id.in_(sorted(touched)))
            self.db.execute(statement.values(version=t.c.version + 1, changed_by=self.by, changed_at=self.now))
