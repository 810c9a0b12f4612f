"""Brings a portfolio file into an empty store: one transaction, flat memory for `.jsonl`, nothing left of a failed load."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, and_, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, SQLModel

from collect_tui.desk.catalogue import Catalogue
from collect_tui.desk.protocol import Progress
from collect_tui.desk.views.base import View
from collect_tui.domain.errors import Invalid, Refused
from collect_tui.domain.money import exponent
from collect_tui.ingest.bulk import Bulk, roomy
from collect_tui.ingest.portfolio import AccountEntry, Header
from collect_tui.ingest.reading import PortfolioFile
from collect_tui.ingest.rows import rows_of
from collect_tui.ingest.rowset import LoadContext, Row, Shift
from collect_tui.store import scoring, summary
from collect_tui.store.engine import Store
from collect_tui.store.phone_zones import known_zones
from collect_tui.store.tables import gate, statistics

_BATCH: Final = 500
_T = SQLModel.metadata.tables

#: Tables in an order that keeps every foreign key.
_ORDER: Final = (
    "party",
    "name_token",
    "contact_point",
    "account",
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
    "notice",
    "service_order",
)

#: What has to be the only one of its name in the whole book, with the path that gives it.
_UNIQUE: Final = (("account", "number", "number"), ("item", "doc_no", "items"), ("service_order", "number", "orders"))


class LoadReport(View):
    """What a load brought. `shifted_days`: how far every date was moved."""

    file: str
    business_date: date
    shifted_days: int
    accounts: int
    rows: dict[str, int]  # by table

    def text(self) -> str:
        moved = f", moved by {self.shifted_days:+,} days" if self.shifted_days else ""
        parts = " · ".join(f"{name.replace('_', ' ')} {count:,}" for name, count in self.rows.items() if count)
        return f"Loaded {self.accounts:,} accounts from {self.file}; the business date is {self.business_date}{moved}.\n  {parts}"


def load(
    store: Store,
    path: Path,
    *,
    catalogue: Catalogue,
    ids: Callable[[], int],
    now: datetime,
    by: str,
    tenant_id: int = 1,
    progress: Progress | None = None,
    shift_to: date | None = None,
) -> LoadReport:
    """Loads a portfolio file as the tenant's whole book.

    `shift_to`: every date moves by the same number of whole days, so that the file's business date becomes this one;
    instants keep their wall-clock time at the desk. Dates inside free text stay as they are.

    Raises Invalid "load.…" naming file, line or place, and path; Refused "load.not_empty" when the store holds a book,
    which says so when it is this file's.
    """
    with PortfolioFile(path) as file:
        total = file.size if file.lines else 0

        def told(done: int) -> None:
            if progress is not None:
                progress("Accounts", file.done if file.lines else done, total or len(file))

        try:
            with store.write(tenant_id, alone=True) as session, roomy(session.connection()):
                report = write_book(
                    session,
                    file.header,
                    file.accounts(),
                    catalogue=catalogue,
                    ids=ids,
                    now=now,
                    by=by,
                    tenant_id=tenant_id,
                    told=told,
                    shift_to=shift_to,
                    file=path.name,
                )
                _record(session, tenant_id, ids(), file, now, by, report)
                derive(session, tenant_id, catalogue, report.business_date, now, progress)
        except Invalid as error:
            if error.code == "load.incoherent":
                raise Invalid(error.code, f"{path.name}: {error.message}", error.field) from None
            raise
        except Refused as error:
            if error.code == "load.not_empty":
                _refuse_repeated(store, tenant_id, path)
            raise
    return report


def _refuse_repeated(store: Store, tenant_id: int, path: Path) -> None:
    """Refused "load.not_empty" in other words when it is this file that the book came from: whoever was not told asks again."""
    t = _T["import_batch"].c
    with path.open("rb") as file, store.read() as session:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        query = select(t.at).where(t.tenant_id == tenant_id, t.kind == "portfolio", t.sha256 == digest)
        at = session.connection().execute(query).scalar()
    if at is not None:
        raise Refused(
            "load.not_empty", f"{path.name} was loaded here on {at:%Y-%m-%d at %H:%M} UTC; all of it is in.", "file"
        )


def write_book(
    session: Session,
    header: Header,
    accounts: Iterable[tuple[str, AccountEntry]],
    *,
    catalogue: Catalogue,
    ids: Callable[[], int],
    now: datetime,
    by: str,
    tenant_id: int = 1,
    told: Callable[[int], None] | None = None,
    shift_to: date | None = None,
    file: str = "",
) -> LoadReport:
    """Writes tenant, users and accounts (each with the words for where it stands) in the caller's transaction; derives nothing."""
    db = session.connection()
    tenant = header.tenant
    known = _empty_book(db, tenant_id)
    if known not in (None, (tenant.currency, tenant.zone)):
        raise Refused("load.other_book", "The file is of a book in another currency or zone than this one.", "tenant")
    if tenant.zone not in known_zones():
        raise Invalid("load.incoherent", "tenant.zone: is no IANA time zone, such as America/Chicago.", "tenant.zone")
    exponent(tenant.currency)
    days = (shift_to - header.business_date).days if shift_to else 0
    shift = Shift(days, ZoneInfo(tenant.zone), now)
    ground = LoadContext(
        tenant_id=tenant_id,
        currency=tenant.currency,
        country=catalogue.rules.country,
        codes=catalogue.codes,
        holds=catalogue.holds,
        shift=shift,
        ids=ids,
        now=now,
        by=by,
    )
    today = shift.day(header.business_date)
    if known is None:
        db.execute(insert(_T["tenant"]), {"tenant_id": tenant_id, "business_date": today, **tenant.model_dump()})
    else:
        t = _T["tenant"]
        db.execute(update(t).where(t.c.tenant_id == tenant_id).values(business_date=today))
    u = _T["app_user"].c
    there = set(db.execute(select(u.login).where(u.tenant_id == tenant_id)).scalars())
    if new := [user for user in header.users if user.login not in there]:
        db.execute(insert(_T["app_user"]), [{"tenant_id": tenant_id, **user.model_dump()} for user in new])
    counts = dict.fromkeys(_ORDER, 0)
    bulk = Bulk(db)
    done = 0
    for batch in _batches(accounts):
        _write(db, bulk, ground, batch, counts)
        bulk.settle()
        done += len(batch)
        if told is not None:
            told(done)
    return LoadReport(file=file, business_date=today, shifted_days=days, accounts=done, rows=counts)


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


def derive(
    session: Session, tenant_id: int, catalogue: Catalogue, today: date, now: datetime, progress: Progress | None = None
) -> None:
    """Summaries, scores and queues of everything that was loaded."""
    steps: tuple[tuple[str, Callable[[], int]], ...] = (
        ("Summaries", lambda: summary.refresh(session, tenant_id, today)),
        ("Queues", lambda: scoring.rescore(session, tenant_id, catalogue, today, now)),
    )
    for title, step in steps:
        if progress is not None:
            progress(title, 0, 0)
        statistics.count(session.connection())
        step()
    statistics.count(session.connection())


def _batches(accounts: Iterable[tuple[str, AccountEntry]]) -> Iterator[list[tuple[str, AccountEntry]]]:
    batch: list[tuple[str, AccountEntry]] = []
    for each in accounts:
        batch.append(each)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _write(
    db: Connection, bulk: Bulk, ground: LoadContext, batch: list[tuple[str, AccountEntry]], counts: dict[str, int]
) -> None:
    parties: dict[str, tuple[int, dict[str, int]]] = {}
    wanted = [entry.party_of for _, entry in batch if entry.party_of is not None]
    if wanted:
        parties = _parties(db, ground.tenant_id, wanted)
    made: dict[str, list[dict[str, Any]]] = {name: [] for name in _ORDER}
    before = ground.ids()
    numbers: set[str] = set()
    owners: list[tuple[str, list[Row]]] = []
    for where, entry in batch:
        numbers |= entry.numbers
        linked = parties.get(entry.party_of) if entry.party_of is not None else None
        if entry.party_of is not None and linked is None:
            place = f"{where}, party_of" if where.startswith("line") else f"{where}.party_of"
            raise Invalid("load.incoherent", f"{place}: names no earlier account.", "party_of")
        rows = rows_of(ground, entry, where, linked)
        owners.append((where, rows))
        for table, row in rows:
            made[table].append(row)
        if wanted:
            parties[entry.number] = _party_in(rows)
    gate.know(numbers, only=True)
    for name in _ORDER:
        if made[name]:
            try:
                bulk.insert(name, made[name])
            except gate.CardData:
                _say_where(name, owners)
                raise
            except IntegrityError:
                _say_twice(db, ground.tenant_id, batch, before)
                raise
            counts[name] += len(made[name])


def _say_where(name: str, owners: list[tuple[str, list[Row]]]) -> None:
    """After the gate refused card data in a table: says at which account it is."""
    for where, rows in owners:
        for table, row in rows:
            if table == name:
                try:
                    gate.check(_T[name], row)
                except gate.CardData as error:
                    raise Invalid("load.incoherent", f"{where}: {error.message}", error.field) from None


def _party_in(rows: list[Row]) -> tuple[int, dict[str, int]]:
    party_id = next(row["party_id"] for table, row in rows if table == "account")
    points = {f"{row['kind'][0]}{row['ord']}": row["id"] for table, row in rows if table == "contact_point"}
    return party_id, points


def _parties(db: Connection, tenant_id: int, numbers: list[str]) -> dict[str, tuple[int, dict[str, int]]]:
    """The parties of accounts that are in the store, with their contact points by short name."""
    account, point = _T["account"].c, _T["contact_point"].c
    query = (
        select(account.number, account.party_id, point.id, point.kind, point.ord)
        .outerjoin(_T["contact_point"], and_(point.tenant_id == tenant_id, point.party_id == account.party_id))
        .where(account.tenant_id == tenant_id, account.number.in_(numbers))
    )
    found: dict[str, tuple[int, dict[str, int]]] = {}
    for row in db.execute(query):
        _, points = found.setdefault(row.number, (row.party_id, {}))
        if row.id is not None:
            points[f"{row.kind[0]}{row.ord}"] = row.id
    return found


def _say_twice(db: Connection, tenant_id: int, batch: list[tuple[str, AccountEntry]], before: int) -> None:
    """After a row was refused: says which natural key stands twice, if that is what it was. Ids below `before` are of earlier batches."""
    for table, column, path in _UNIQUE:
        where: dict[str, str] = {}
        for place, entry in batch:
            keys = {
                "number": [entry.number],
                "items": [item.doc_no for item in entry.items],
                "orders": [order.number for order in entry.orders],
            }
            for key in keys[path]:
                if key in where:
                    sentence = f"{place}: {path} has {key!r}, which stands at {where[key]} too."
                    raise Invalid("load.incoherent", sentence, path)
                where[key] = place
        t, names = _T[table].c, list(where)
        for start in range(0, len(names), 500):
            some = names[start : start + 500]
            query = select(t[column]).where(t.tenant_id == tenant_id, t.id < before, t[column].in_(some))
            found = db.execute(query).scalars().first()
            if found is not None:
                sentence = f"{where[found]}: {path} has {found!r}, which stands earlier in the file."
                raise Invalid("load.incoherent", sentence, path)


def _record(
    session: Session, tenant_id: int, ident: int, file: PortfolioFile, now: datetime, by: str, report: LoadReport
) -> None:
    row = {
        "tenant_id": tenant_id,
        "id": ident,
        "kind": "portfolio",
        "sha256": file.sha256,
        "name": file.path.name,
        "at": now,
        "by": by,
        "rows": report.accounts,
        "taken": report.accounts,
        "known": 0,
        "rejected": 0,
    }
    session.connection().execute(insert(_T["import_batch"]), row)
