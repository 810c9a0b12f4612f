"""The accounts and customers of an import: found, made, and brought up to date with what a later file says of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select, update
from sqlmodel import SQLModel

from collect_tui.domain.errors import Invalid, Refused
from collect_tui.domain.states import AccountState
from collect_tui.services.intake.batch import Batch, Reject
from collect_tui.services.intake.invoice import Invoice, InvoiceSource, ValuesPart
from collect_tui.services.unit_of_work import UnitOfWork
from collect_tui.store.bulk import Bulk
from collect_tui.store.customers import name_rows, point_row
from collect_tui.store.phone_zones import region
from collect_tui.store.tables import Tenant

_T = SQLModel.metadata.tables
_CACHED = 100_000
_ORDER = ("party", "name_token", "contact_point", "account")


@dataclass(slots=True)
class Account:
    """An account as the import sees it. `fresh`: it came with this file. `points`: of its customer, by what they are found by, None
    until they are asked for; `refused`: what the file gave as such and is none."""

    id: int
    party_id: int
    currency: str
    status: str
    name: str
    kind: str
    fresh: bool = False
    points: set[str] | None = None
    last: dict[str, int] = field(default_factory=dict)  # the highest order by kind
    refused: set[str] = field(default_factory=set)


class Customers:
    """Those of one import. `known`: the accounts of the batch by number; `first_id`: ids of what it makes are higher."""

    def __init__(self, batch: Batch, bulk: Bulk, values: ValuesPart, day: date) -> None:
        work = self._work = batch.work
        self._notes, self._bulk, self._values, self._day = batch.notes, bulk, values, day
        self._db: Connection = work.db.connection()
        self._country = work.catalogue.rules.country
        self.known: dict[str, Account] = {}
        self.first_id = work.ids()
        self.made = 0
        self._rows: dict[str, list[dict[str, Any]]] = {name: [] for name in _ORDER}
        self._said: dict[int, tuple[int, str, str]] = {}  # by party: an account of it, name and kind as last said
        self._reached: set[int] = set()  # accounts with a new contact point
        self.changed: set[int] = set()  # accounts of customers that were brought up to date

    def expect(self, batch: Sequence[Invoice]) -> None:
        """Looks up the accounts of a batch, and the contact points of those customers for whom it has some."""
        if len(self.known) > _CACHED:
            self.known.clear()
        wanted = {invoice.account for invoice in batch} - self.known.keys()
        a, p, c, tenant_id = _T["account"].c, _T["party"], _T["contact_point"].c, self._work.tenant_id
        query = select(a.number, a.id, a.party_id, a.currency, a.status, p.c.name, p.c.kind)
        query = query.join(p, (p.c.tenant_id == tenant_id) & (p.c.id == a.party_id)).where(a.tenant_id == tenant_id)
        for row in self._db.execute(query.where(a.number.in_(sorted(wanted)))):
            self.known[row.number] = Account(*row[1:], row.id > self.first_id)
        reached = [self.known.get(invoice.account) for invoice in batch if invoice.phone or invoice.email]
        unseen = {account.party_id: account for account in reached if account is not None and account.points is None}
        for account in unseen.values():
            account.points = set()
        points = select(c.party_id, c.kind, c.normalized, c.ord).where(c.tenant_id == tenant_id)
        for point in self._db.execute(points.where(c.party_id.in_(sorted(unseen)))) if unseen else ():
            account = unseen[point.party_id]
            account.points = {*(account.points or ()), point.normalized}
            account.last[point.kind] = max(point.ord, account.last.get(point.kind, 0))

    def of(self, number: int, invoice: Invoice) -> Account:
        """The account of an invoice, made if there is none, brought up to date if there is.

        Raises Invalid "account.currency", "account.closed". A contact point that is none is noted, and keeps nothing.
        """
        account = self.known.get(invoice.account)
        if account is None:
            account = self.known[invoice.account] = self._make(invoice)
        elif account.currency != self._values.currency:
            told = f"is an account in {account.currency}, the file is in {self._values.currency}"
            raise Invalid("account.currency", told, "account")
        elif account.status != AccountState.OPEN:
            raise Invalid("account.closed", "is a closed account", "account")
        else:
            name, kind = invoice.name or account.name, invoice.party_kind or account.kind
            if (name, kind) != (account.name, account.kind):
                account.name, account.kind = name, kind
                self._said[account.party_id] = account.id, name, kind
        self._reach(number, invoice, account)
        return account

    def _make(self, invoice: Invoice) -> Account:
        work, values = self._work, self._values
        name, kind = invoice.name or invoice.account, invoice.party_kind or "org"
        made = Account(work.ids(), work.ids(), values.currency, "OPEN", name, kind, fresh=True, points=set())
        self._add("party", id=made.party_id, name=name, kind=kind, lang="en", zone=None)
        self._rows["name_token"] += name_rows(work.tenant_id, made.party_id, name)
        self._add(
            "account",
            id=made.id,
            number=invoice.account,
            party_id=made.party_id,
            segment=values.segment,
            billing_system=values.billing_system,
            status="OPEN",
            stage="CURRENT",
            stage_on=self._day,
            ladder_paused_by=None,
            currency=values.currency,
            opened_on=invoice.issued,
            next_action_code="call",  # set right when all its items are in
            next_action_on=self._day,
            next_action_at=None,
            version=1,
            changed_by=work.by,
            changed_at=work.now,
        )
        self.made += 1
        return made

    def _reach(self, number: int, invoice: Invoice, account: Account) -> None:
        """Adds the contact points that the customer has not."""
        for column, kind, value in (
            ("phone", self._values.point_kind, invoice.phone),
            ("email", "email", invoice.email),
        ):
            if not value or value in account.refused:
                continue
            try:
                point = point_row(kind, value, self._country, region=region((), self._work.zone, self._country))
            except Invalid as bad:
                account.refused.add(value)
                told = f"{bad.message} and was left out; the row was taken"
                self._notes.add(Reject(row=number, column=column, reason=told, code=bad.code))
                continue
            points = account.points = account.points if account.points is not None else set()
            if point["normalized"] in points:
                continue
            points.add(point["normalized"])
            account.last[kind] = order = account.last.get(kind, 0) + 1
            more = {"quality": "unknown", "consent": "unknown", "ord": order}
            self._add("contact_point", id=self._work.ids(), party_id=account.party_id, **more, **point)
            if not account.fresh:
                self._reached.add(account.id)

    def _add(self, table: str, **row: Any) -> None:
        self._rows[table].append({"tenant_id": self._work.tenant_id, **row})

    def write(self) -> None:
        """Writes what is new in the batch."""
        for name, rows in self._rows.items():
            if rows:
                self._bulk.insert(name, rows)
                self._rows[name] = []

    def finish(self) -> None:
        """Writes names and kinds as the file said them last, where that is not what they were."""
        p, token, tenant_id = _T["party"], _T["name_token"], self._work.tenant_id
        parties = list(self._said)
        renamed, changes = [], []
        for start in range(0, len(parties), 500):
            some = parties[start : start + 500]
            query = select(p.c.id, p.c.name, p.c.kind).where(p.c.tenant_id == tenant_id, p.c.id.in_(some))
            for party_id, name, kind in self._db.execute(query):
                account_id, *said = self._said[party_id]
                if [name, kind] != said:
                    changes.append({"b_tenant": tenant_id, "b_id": party_id, "b_name": said[0], "b_kind": said[1]})
                    self.changed |= {account_id} if account_id <= self.first_id else set()
                if name != said[0]:
                    renamed.append((party_id, said[0]))
        if changes:
            this = update(p).where(p.c.tenant_id == bindparam("b_tenant"), p.c.id == bindparam("b_id"))
            self._db.execute(this.values(name=bindparam("b_name"), kind=bindparam("b_kind")), changes)
        for start in range(0, len(renamed), 500):
            some = [party_id for party_id, _ in renamed[start : start + 500]]
            self._db.execute(delete(token).where(token.c.tenant_id == tenant_id, token.c.party_id.in_(some)))
        self._bulk.insert("name_token", (row for ident, name in renamed for row in name_rows(tenant_id, ident, name)))
        self.changed |= self._reached


def book_of(work: UnitOfWork, source: InvoiceSource) -> Tenant:
    """The book to post into, made if this file is the first to come in."""
    found, as_of = work.db.get(Tenant, work.tenant_id), source.as_of
    currency, new = source.values.currency, source.tenant

    def refused(code: str, text: str) -> Refused:
        return Refused(f"import.{code}", text, code)

    if found is not None:
        if found.currency != currency:
            told = f"The file is in {currency}, but this book is kept in {found.currency}; "
            raise refused("currency", told + "bring it into a book of its own (tenant add).")
        if as_of is not None and as_of > found.business_date:
            told = f"The file is read as of {as_of}, but the business date here is {found.business_date}; "
            raise refused("as_of", told + "roll the day first.")
        return found
    first = "This file is the first to come in; the mapping needs "
    if new is None:
        raise refused("tenant", first + "a [tenant] with name and zone.")
    if as_of is None:
        raise refused("as_of", first + "as_of, the first business date.")
    made = Tenant(tenant_id=work.tenant_id, name=new.name, business_date=as_of, currency=currency, zone=new.zone)
    work.db.add(made)
    work.db.flush()
    return made
