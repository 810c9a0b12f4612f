"""Where the accounts of a portfolio meet an empty store. One that is wrong refuses the whole file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final, Protocol
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, and_, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel

from collect_tui.common.words import plural
from collect_tui.desk.views.base import View
from collect_tui.domain.errors import Invalid, Refused
from collect_tui.domain.money import exponent
from collect_tui.services.intake.batch import Batch, Brought, Row
from collect_tui.services.intake.cases import Cases
from collect_tui.services.intake.portfolio import AccountEntry, Header
from collect_tui.services.intake.rows import rows_of
from collect_tui.services.intake.rowset import LoadContext, RowSet, Shift
from collect_tui.store.bulk import Bulk
from collect_tui.store.phone_zones import known_zones
from collect_tui.store.tables import gate

_T = SQLModel.metadata.tables

#: Tables in an order that keeps every foreign key.
_ORDER: Final = (
    "party",
    "name_token",
    "contact_point",
    "account",
    "account_party",
    "service",
    "item",
    "payment",
    "allocation",
    "contact_event",
    "note",
    "callback",
    "promise",
    "instalment",
    "hold",
    "message",
    "message_item",
    "service_order",
)

#: Id of a party, and its contact points by short name.
_Linked = tuple[int, dict[str, int]]


class LoadReport(View):
    """What a load brought. `shifted_days`: how far every date was moved."""

    file: str
    business_date: date
    shifted_days: int
    accounts: int
    rows: dict[str, int]  # by table
    dry_run: bool = False

    def text(self) -> str:
        moved = f", moved by {self.shifted_days:+,} days" if self.shifted_days else ""
        parts = " · ".join(f"{name.replace('_', ' ')} {count:,}" for name, count in self.rows.items() if count)
        head = "Would load" if self.dry_run else "Loaded"
        return f"{head} {plural(self.accounts, 'account')} from {self.file}; the business date is {self.business_date}{moved}.\n  {parts}"


class PortfolioSource(Protocol):
    """Where accounts come from. `shift_to`: the day that its business date becomes."""

    path: Path
    header: Header
    shift_to: date | None


class Book:
    """Writes tenant, users and accounts (each with the words for where it stands) in the caller's transaction; derives nothing."""

    def __init__(self, batch: Batch, source: PortfolioSource) -> None:
        work, file = batch.work, source.path.name
        db, tenant_id = work.db.connection(), work.tenant_id
        header, to = source.header, source.shift_to
        self.file, self.days = file, (to - header.business_date).days if to else 0
        self.day = header.business_date + timedelta(days=self.days)
        shift = Shift(self.days, ZoneInfo(_checked(header, _empty_book(db, tenant_id))), work.now, self.day)
        self.ground = LoadContext.of(work, header.tenant.currency, shift)
        self.counts = dict.fromkeys((*_ORDER, "case_file"), 0)
        self._db, self._bulk, self._cases = db, Bulk(db), Cases(work, shift)
        _make_tenant(db, tenant_id, header, self.day)
        work.db.expire_all()

    def post(self, rows: Sequence[Row[AccountEntry]]) -> list[str]:
        entries: list[tuple[str, AccountEntry]] = [(row.cells[0], row.value) for row in rows]  # type: ignore[misc]
        try:
            self._write(entries)
            self._bulk.settle()
            self.counts["case_file"] += self._cases.post([each for each in entries if each[1].cases])
        except Invalid as error:
            raise Invalid(error.code, f"{self.file}: {error.message}", error.field) from None
        return ["taken"] * len(rows)

    def finish(self) -> None:
        """Everything is in."""

    def report(self, brought: Brought) -> LoadReport:
        return LoadReport(
            file=brought.file,
            business_date=self.day,
            shifted_days=self.days,
            accounts=brought.rows,
            rows=self.counts,
            dry_run=brought.dry_run,
        )

    def _write(self, entries: Sequence[tuple[str, AccountEntry]]) -> None:
        wanted = [entry.party_of for _, entry in entries if entry.party_of is not None]
        parties = self._parties(wanted) if wanted else {}
        made: dict[str, list[tuple[str, dict[str, Any]]]] = {name: [] for name in _ORDER}
        before = self.ground.ids()
        numbers: set[str] = set()
        for where, entry in entries:
            numbers |= entry.numbers
            linked = parties.get(entry.party_of) if entry.party_of is not None else None
            rows = RowSet(self.ground, entry, where)
            if entry.party_of is not None and linked is None:
                rows.bad("party_of", "names no earlier account.")
            for table, row in rows_of(rows, linked):
                made[table].append((where, row))
            parties[entry.number] = rows.party_id, rows.shared
        gate.know(numbers, only=True)
        for name, each in made.items():
            try:
                self._bulk.insert(name, [row for _, row in each])
            except gate.CardData:
                _say_where(name, each)
                raise
            except IntegrityError:
                self._say_twice(entries, before)
                raise
            self.counts[name] += len(each)

    def _parties(self, numbers: list[str]) -> dict[str, _Linked]:
        """The parties of accounts that are in the store."""
        account, point, tenant_id = _T["account"].c, _T["contact_point"].c, self.ground.tenant_id
        query = (
            select(account.number, account.party_id, point.id, point.kind, point.ord)
            .outerjoin(_T["contact_point"], and_(point.tenant_id == tenant_id, point.party_id == account.party_id))
            .where(account.tenant_id == tenant_id, account.number.in_(numbers))
        )
        found: dict[str, _Linked] = {}
        for row in self._db.execute(query):
            _, points = found.setdefault(row.number, (row.party_id, {}))
            if row.id is not None:
                points[f"{row.kind[0]}{row.ord}"] = row.id
        return found

    def _say_twice(self, entries: Sequence[tuple[str, AccountEntry]], before: int) -> None:
        """After a row was refused: says which number stands twice, if that is what it was. Ids below `before` are of earlier batches."""
        for table, path in (("account", "number"), ("service_order", "orders")):
            where: dict[str, str] = {}
            for place, entry in entries:
                for key in [entry.number] if table == "account" else [order.number for order in entry.orders]:
                    if key in where:
                        raise _incoherent(place, path, f"has {key!r}, which stands at {where[key]} too.")
                    where[key] = place
            t, names = _T[table].c, list(where)
            for start in range(0, len(names), 500):
                query = select(t.number).where(
                    t.tenant_id == self.ground.tenant_id, t.id < before, t.number.in_(names[start : start + 500])
                )
                found = self._db.execute(query).scalars().first()
                if found is not None:
                    raise _incoherent(where[found], path, f"has {found!r}, which stands earlier in the file.")


def _incoherent(place: str, path: str, sentence: str) -> Invalid:
    return Invalid("load.incoherent", f"{place}: {path} {sentence}", path)


def _say_where(name: str, rows: list[tuple[str, dict[str, Any]]]) -> None:
    """After the gate refused card data in a table: says at which account it is."""
    for where, row in rows:
        try:
            gate.check(_T[name], row)
        except gate.CardData as error:
            raise Invalid("load.incoherent", f"{where}: {error.message}", error.field) from None


def _empty_book(db: Connection, tenant_id: int) -> tuple[str, str] | None:
    """Currency and zone of a book that was added and is empty; None: there is no such book yet. Refused "load.not_empty"."""
    t, a = _T["tenant"].c, _T["account"].c
    known = db.execute(select(t.currency, t.zone).where(t.tenant_id == tenant_id)).one_or_none()
    if known is None:
        return None
    if db.execute(select(a.id).where(a.tenant_id == tenant_id).limit(1)).first() is not None:
        sentence = "There is a portfolio here already; load into a new book (tenant add) or a new file (--db PATH)."
        raise Refused("load.not_empty", sentence, "db")
    return known.currency, known.zone


def _checked(header: Header, known: tuple[str, str] | None) -> str:
    """The zone of the file's book, when it may come in here."""
    tenant = header.tenant
    if known not in (None, (tenant.currency, tenant.zone)):
        raise Refused("load.other_book", "The file is of a book in another currency or zone than this one.", "tenant")
    if tenant.zone not in known_zones():
        raise Invalid("load.incoherent", "tenant.zone: is no IANA time zone, such as America/Chicago.", "tenant.zone")
    exponent(tenant.currency)
    return tenant.zone


def _make_tenant(db: Connection, tenant_id: int, header: Header, today: date) -> None:
    t, u = _T["tenant"], _T["app_user"]
    renewed = update(t).where(t.c.tenant_id == tenant_id).values(business_date=today)
    if not db.execute(renewed).rowcount:
        db.execute(insert(t), {"tenant_id": tenant_id, "business_date": today, **header.tenant.model_dump()})
    there = set(db.execute(select(u.c.login).where(u.c.tenant_id == tenant_id)).scalars())
    if new := [user for user in header.users if user.login not in there]:
        db.execute(insert(u), [{"tenant_id": tenant_id, **user.model_dump()} for user in new])
