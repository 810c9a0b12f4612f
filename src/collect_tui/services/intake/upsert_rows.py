"""Accounts and items of a billing system, compared with what is stored and written where they differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import delete, insert, select, update
from sqlmodel import SQLModel

from collect_tui.desk.errors import Invalid, NotFound, Refused
from collect_tui.domain.states import AccountState, HoldState
from collect_tui.services.intake.billed import BilledAccount, BilledItem, BilledService
from collect_tui.services.intake.entries import NextActionEntry, PartyEntry, PointEntry, ServiceEntry
from collect_tui.services.intake.portfolio import AccountEntry
from collect_tui.services.intake.rows import rows_of
from collect_tui.services.intake.rowset import LoadContext, RowSet, Shift
from collect_tui.services.unit_of_work import UnitOfWork
from collect_tui.store import documents
from collect_tui.store.customers import name_rows, point_row
from collect_tui.store.phone_zones import known_zones

_T = SQLModel.metadata.tables
#: A new account without items is looked at again after so many days.
_REVIEW: Final = timedelta(days=30)
_ORDER: Final = ("party", "name_token", "contact_point", "account", "service", "item")


@dataclass(slots=True)
class Account:
    id: int
    party_id: int
    currency: str
    open: bool


class Rows:
    """The accounts and items of one chunk. `source`: marks the items it brings; `touched`: by account id what was done, and whether
    less is owed since."""

    def __init__(self, work: UnitOfWork, source: str) -> None:
        self._source = source
        self.db, self.tenant_id, self.ids, self.today = work.db.connection(), work.tenant_id, work.ids, work.today
        self._calendar = work.desk.calendar
        self._freezing = sorted(kind.code for kind in work.desk.house.holds.values() if kind.freezes)
        self._ground = LoadContext.of(work, work.currency, Shift(0, ZoneInfo(work.zone), work.now, work.today))
        self.touched: dict[int, tuple[list[dict[str, Any]], bool]] = {}
        self._accounts: dict[str, Account] = {}
        self._new: dict[str, list[dict[str, Any]]] = {}
        self._docs: set[tuple[int, str]] = set()  # documents that this chunk brought
        self._items: dict[tuple[int, str], Any] = {}  # documents as they were before it
        self._changed: set[tuple[int, str]] = set()
        self.opened: set[int] = set()  # accounts that this chunk brought

    def expect(self, numbers: Sequence[str], wanted: Sequence[tuple[str, str]]) -> None:
        """Looks up at once what a chunk is going to ask for, one by one."""
        t = _T["account"].c
        query = select(t.number, t.id, t.party_id, t.currency, t.status)
        for row in self.db.execute(query.where(t.tenant_id == self.tenant_id, t.number.in_(numbers))):
            self._keep(row)
        there = {(self._accounts[number].id, doc_no) for number, doc_no in wanted if number in self._accounts}
        self._items = documents.find(self.db, self.tenant_id, sorted(there))
        self._changed = set()

    def find(self, number: str) -> Account:
        """An open account by its number. Raises NotFound, Refused `account.closed`."""
        found = self._accounts.get(number)
        if found is None:
            raise NotFound(
                "account.not_found", "There is no account of this number; send the account first.", "account"
            )
        if not found.open:
            raise Refused("account.closed", "This account is closed.", "account")
        return found

    def write(self) -> None:
        """Writes the new rows, in an order that keeps every foreign key."""
        for name in _ORDER:
            if rows := self._new.pop(name, None):
                self.db.execute(insert(_T[name]), rows)

    def _keep(self, row: Any) -> None:
        self._accounts[row.number] = Account(row.id, row.party_id, row.currency, row.status == AccountState.OPEN)

    def _document(self, account_id: int, doc_no: str) -> Any | None:
        """A document as it is stored: looked up for the chunk, until this chunk changes it."""
        if (account_id, doc_no) not in self._changed:
            self._changed.add((account_id, doc_no))
            return self._items.get((account_id, doc_no))
        return documents.find(self.db, self.tenant_id, [(account_id, doc_no)]).get((account_id, doc_no))

    def _touch(self, account_id: int, kind: str, *, less: bool = False, **what: Any) -> None:
        told, before = self.touched.get(account_id, ([], False))
        told.append({"kind": kind, **what})
        self.touched[account_id] = (told, before or less)

    def _add(self, table: str, row: dict[str, Any]) -> None:
        self._new.setdefault(table, []).append({"tenant_id": self.tenant_id, **row})

    # accounts -----------------------------------------------------------------------------------
    def account(self, row: BilledAccount) -> str:
        if row.zone is not None and row.zone not in known_zones():
            raise Invalid("row.zone", "The zone is no IANA time zone, such as America/Chicago.", "zone")
        known = self._accounts.get(row.number)
        if known is None:
            return self._open(row)
        if row.currency is not None and row.currency != known.currency:
            raise Refused("account.currency", f"This account is kept in {known.currency}.", "currency")
        if row.number in {new["number"] for new in self._new.get("account", ())}:
            self.write()  # it stands twice in the chunk: the second is compared with the first
        region = self._ground.region(_party(row))
        points = [(point, self._made(point, region)) for point in row.points]
        changes = [self._master(row, known), self._points(points, known), self._services(row.services, known)]
        if not any(changes):
            return "same"
        self._touch(known.id, "AccountChanged")
        return "changed"

    def _open(self, row: BilledAccount) -> str:
        day = max(self.today, row.opened_on) + _REVIEW
        entry = AccountEntry(
            number=row.number,
            party=_party(row),
            segment=row.segment,
            billing_system=row.billing_system,
            currency=row.currency,
            opened_on=row.opened_on,
            next_action=NextActionEntry(code="review", on=self._calendar.on_or_after(day)),
            services=tuple(ServiceEntry(**service.model_dump()) for service in row.services),
        )
        try:
            made = rows_of(RowSet(self._ground, entry, "row"))
        except Invalid as error:
            raise Invalid("row.invalid", error.message.removeprefix("row."), error.field) from None
        for table, each in made:
            self._new.setdefault(table, []).append(each)
        mine = next(each for table, each in made if table == "account")
        self._accounts[row.number] = Account(mine["id"], mine["party_id"], mine["currency"], open=True)
        self.opened.add(mine["id"])
        self._touch(mine["id"], "AccountOpened")
        return "added"

    def _master(self, row: BilledAccount, known: Account) -> bool:
        party, account = _T["party"], _T["account"]
        whose = (party.c.tenant_id == self.tenant_id, party.c.id == known.party_id)
        was = self.db.execute(select(party.c.name, party.c.kind, party.c.lang, party.c.zone).where(*whose)).one()
        says = {"name": row.name, "kind": row.kind, "lang": row.lang}
        if row.zone is not None:
            says["zone"] = row.zone
        changed = any(getattr(was, name) != value for name, value in says.items())
        if changed:
            self.db.execute(update(party).where(*whose).values(**says))
        if was.name != row.name:
            token = _T["name_token"]
            mine = (token.c.tenant_id == self.tenant_id, token.c.party_id == known.party_id)
            self.db.execute(delete(token).where(*mine))
            if names := name_rows(self.tenant_id, known.party_id, row.name):
                self.db.execute(insert(token), names)
        this = (account.c.tenant_id == self.tenant_id, account.c.id == known.id)
        kept = self.db.execute(select(account.c.segment, account.c.billing_system).where(*this)).one()
        if (kept.segment, kept.billing_system) != (row.segment, row.billing_system):
            values = {"segment": row.segment, "billing_system": row.billing_system}
            self.db.execute(update(account).where(*this).values(**values))
            changed = True
        return changed

    def _made(self, point: PointEntry, region: str) -> dict[str, Any]:
        try:
            return point_row(point.kind, point.value, self._ground.country, point.zones, region=region)
        except Invalid as error:
            code = "row.zone" if error.code == "point.zone" else "row.point"
            raise Invalid(code, f"A contact point {error.message}.", "points") from None

    def _points(self, points: list[tuple[PointEntry, dict[str, Any]]], known: Account) -> bool:
        """Adds the contact points that the customer has not; the others are the desk's."""
        t = _T["contact_point"].c
        query = select(t.kind, t.normalized, t.ord).where(t.tenant_id == self.tenant_id, t.party_id == known.party_id)
        there = self.db.execute(query).all()
        have = {row.normalized for row in there}
        last = {kind: max((r.ord for r in there if r.kind == kind), default=0) for kind in {p.kind for p, _ in points}}
        fresh = []
        for point, made in points:
            if made["normalized"] in have:
                continue
            have.add(made["normalized"])
            last[point.kind] += 1
            mine = {"tenant_id": self.tenant_id, "id": self.ids(), "party_id": known.party_id, "ord": last[point.kind]}
            fresh.append({**mine, "quality": point.quality, "consent": point.consent, **made})
        if fresh:
            self.db.execute(insert(_T["contact_point"]), fresh)
        return bool(fresh)

    def _services(self, services: tuple[BilledService, ...], known: Account) -> bool:
        if not services:
            return False
        t = _T["service"]
        mine = (t.c.tenant_id == self.tenant_id, t.c.account_id == known.id)
        there = {(row.billing_system, row.identifier): row for row in self.db.execute(select(t).where(*mine))}
        changed = False
        for service in services:
            was = there.get((service.billing_system, service.identifier))
            values = {"product": service.product, "monthly": service.monthly, "life_support": service.life_support}
            if was is None:
                row = {"id": self.ids(), "account_id": known.id, "status": "ACTIVE", "suspend_cause": None}
                row |= {"billing_system": service.billing_system, "identifier": service.identifier, **values}
                self.db.execute(insert(t), {"tenant_id": self.tenant_id, **row})
            elif any(getattr(was, name) != value for name, value in values.items()):
                self.db.execute(update(t).where(*mine, t.c.id == was.id).values(**values))
            else:
                continue
            changed = True
        return changed

    # items --------------------------------------------------------------------------------------
    def item(self, row: BilledItem) -> str:
        if (row.kind == "credit") != (row.amount < 0):
            raise Invalid("item.amount", "The amount is negative for a credit, and for nothing else.", "amount")
        account = self.find(row.account)
        if (account.id, row.doc_no) in self._docs:
            self.write()  # it stands twice in the chunk
        t = _T["item"]
        this = (t.c.tenant_id == self.tenant_id, t.c.account_id == account.id, t.c.doc_no == row.doc_no)
        was = self._document(account.id, row.doc_no)
        service_id = self._service(account, row.service)
        if was is None:
            return self._bill(row, account, service_id)
        says: dict[str, Any] = {"kind": row.kind, "issued": row.issued, "due": row.due, "amount": row.amount}
        if service_id is not None:
            says["service_id"] = service_id
        if row.due < was.due and self._paused(account.id):
            says["due"] = was.due  # a pause has moved it, of which the billing system knows nothing
        if all(getattr(was, name) == value for name, value in says.items()):
            return "same"
        left = row.amount - (was.amount - was.open)  # what was paid on it, or used of it, stays
        if not min(0, row.amount) <= left <= max(0, row.amount):
            raise Refused(
                "item.paid",
                "More has been paid on this document than it would come to; send a credit instead.",
                "amount",
            )
        says |= {"open": left, "disputed": min(was.disputed, max(0, left))}
        self.db.execute(update(t).where(*this).values(**says))
        self._touch(
            account.id,
            "ItemChanged",
            less=left < was.open,
            doc_no=row.doc_no,
            amount=row.amount,
            old_amount=was.amount,
            open=left,
        )
        return "changed"

    def _paused(self, account_id: int) -> bool:
        t = _T["hold"].c
        mine = (t.tenant_id == self.tenant_id, t.account_id == account_id, t.scope == "account")
        return (
            self.db.execute(
                select(t.id).where(*mine, t.status == HoldState.ACTIVE, t.kind.in_(self._freezing)).limit(1)
            ).first()
            is not None
        )

    def _bill(self, row: BilledItem, account: Account, service_id: int | None) -> str:
        made: dict[str, Any] = {
            "id": self.ids(),
            "account_id": account.id,
            "service_id": service_id,
            "doc_no": row.doc_no,
        }
        made |= {"kind": row.kind, "issued": row.issued, "due": row.due, "amount": row.amount, "open": row.amount}
        self._add("item", {**made, "disputed": 0, "source": self._source})
        self._docs.add((account.id, row.doc_no))
        self._touch(account.id, "ItemBilled", less=row.amount < 0, doc_no=row.doc_no, amount=row.amount)
        return "added"

    def _service(self, account: Account, name: str | None) -> int | None:
        if name is None:
            return None
        t = _T["service"].c
        query = select(t.id, t.product, t.identifier).where(t.tenant_id == self.tenant_id, t.account_id == account.id)
        fits = [row.id for row in self.db.execute(query) if name in (row.product, row.identifier)]
        if len(fits) != 1:
            what = (
                "fits two services of the account; give the identifier" if fits else "names no service of the account"
            )
            raise Invalid("item.service", f"The service {what}.", "service")
        return int(fits[0])


def _party(row: BilledAccount) -> PartyEntry:
    return PartyEntry(name=row.name, kind=row.kind, lang=row.lang, zone=row.zone, points=row.points)
