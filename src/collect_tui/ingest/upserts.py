"""The billing system's rows into the store: a chunk at a time, each in one transaction, each row known by its natural key.

A row sent again changes nothing. A row that cannot be taken is told with its line, a code and a sentence, and keeps no other
from being taken. What follows for an account (version, summary, score, next action, audit, events) follows once per chunk.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, SQLModel

from collect_tui.desk.catalogue import Catalogue
from collect_tui.desk.dated import check_reach
from collect_tui.desk.errors import DomainError, Invalid, NotFound, Refused, Unavailable
from collect_tui.domain.dates import Calendar
from collect_tui.domain.payment import decide as payment
from collect_tui.ingest import upsert_rows
from collect_tui.ingest.billed import Billed, BilledAccount, BilledItem, BilledPayment
from collect_tui.policy.house import House
from collect_tui.policy.settling import settle
from collect_tui.services import codec, events
from collect_tui.store import apply, audit, event_log, facts, scoring, summary
from collect_tui.store.engine import Store
from collect_tui.store.sql import Scope
from collect_tui.store.tables import Tenant, gate

_T = SQLModel.metadata.tables
CHANGED = "account.billed"
"""The event that tells of items and master data; payments are told as those of the desk."""


class Row(NamedTuple):
    line: int
    value: Billed


class Rejected(NamedTuple):
    """A row that was not taken."""

    line: int
    code: str
    detail: str
    field: str | None

    @classmethod
    def of(cls, line: int, error: DomainError) -> Rejected:
        return cls(line, error.code, error.message, error.field)


@dataclass(slots=True)
class BatchResult:
    """What became of rows: added, changed, same, and those rejected."""

    counts: Counter[str] = field(default_factory=Counter)
    rejected: list[Rejected] = field(default_factory=list)


@dataclass(slots=True)
class Upserts:
    """One delivery of a billing system. `by`: the login of the integration user, which stands in the audit."""

    store: Store
    tenant_id: int
    catalogue: Catalogue
    calendar: Calendar
    ids: Callable[[], int]
    clock: Callable[[], datetime]
    by: str

    @property
    def house(self) -> House:
        return House(self.catalogue.rules, self.catalogue.holds, self.calendar)

    def take(self, rows: Sequence[Row]) -> BatchResult:
        """Takes a chunk in. Raises Unavailable only: then nothing of the chunk was taken."""
        try:
            return self.store.attempt(lambda: self._chunk(rows))
        except Unavailable:
            raise
        except (DomainError, IntegrityError) as error:
            if len(rows) > 1:  # one row spoils the transaction of all: each by itself then
                whole = BatchResult()
                for row in rows:
                    part = self.take([row])
                    whole.counts += part.counts
                    whole.rejected += part.rejected
                return whole
            if not isinstance(error, DomainError):
                error = Refused("row.conflict", "The row contradicts what is stored.", None)
            return BatchResult(rejected=[Rejected.of(rows[0].line, error)])

    def _chunk(self, rows: Sequence[Row]) -> BatchResult:
        with self.store.write(self.tenant_id, alone=True) as session:
            if (tenant := session.get(Tenant, self.tenant_id)) is None:
                raise Unavailable("store.empty", "This server holds no portfolio yet.", "db")
            work = _Chunk(self, session, tenant)
            values = [row.value for row in rows]
            work.rows.expect(
                [v.number if isinstance(v, BilledAccount) else v.account for v in values],
                [(v.account, v.doc_no) for v in values if isinstance(v, BilledItem)],
            )
            for row in rows:
                try:
                    work.taken.counts[work.take(row.value)] += 1
                except (Invalid, Refused, NotFound) as error:
                    if work.spoiled:
                        raise
                    work.taken.rejected.append(Rejected.of(row.line, error))
            work.finish()
            return work.taken


class _Chunk:
    """A chunk in its transaction. `touched`: by account, what was done to it in the words of the audit."""

    def __init__(self, owner: Upserts, session: Session, tenant: Tenant) -> None:
        self.owner, self.session, self.taken = owner, session, BatchResult()
        self.db: Connection = session.connection()
        self.tenant_id, self.today, self.now = owner.tenant_id, tenant.business_date, owner.clock()
        self.spoiled, self.zone = False, tenant.zone
        self.rows = upsert_rows.Rows(
            self.db,
            self.tenant_id,
            owner.ids,
            owner.catalogue,
            owner.calendar,
            tenant.currency,
            tenant.zone,
            self.today,
            self.now,
            owner.by,
        )
        self.paid: set[int] = set()

    def take(self, value: Billed) -> str:
        check_reach(value, self.today, self.zone)
        if isinstance(value, BilledPayment):
            return self._pay(value)
        return self.rows.account(value) if isinstance(value, BilledAccount) else self.rows.item(value)

    def _pay(self, row: BilledPayment) -> str:
        account_id = self.rows.find(row.account).id
        if (known := self._known(account_id, row)) is not None:
            return known
        seen = facts.load_by_id(self.session, self.tenant_id, account_id)
        gate.know(seen.numbers)
        effects = payment.record(
            seen,
            amount=row.amount,
            method=row.method,
            ref=row.ref,
            received_on=row.received_on,
            directed=[(part.doc_no, part.amount) for part in row.directed],
            ids=self.owner.ids,
        )
        effects += settle(seen, effects, self.owner.house, self.owner.ids)
        self.spoiled = True  # from here on an error leaves half a payment
        apply.apply(self.session, self.tenant_id, seen, effects, by=self.owner.by, at=self.now)
        self._audit(account_id, f"payment {row.ref} from billing", codec.dump(effects))
        events.tell(self.session, self.tenant_id, seen, effects, by=self.owner.by, at=self.now, ids=self.owner.ids)
        self.spoiled = False
        self.paid.add(account_id)
        return "added"

    def _known(self, account_id: int, row: BilledPayment) -> str | None:
        """`same` for a payment that is there, however it stands now. Refused when it is there with other values."""
        t = _T["payment"].c
        query = select(t.amount, t.received_on).where(
            t.tenant_id == self.tenant_id, t.account_id == account_id, t.ref == row.ref
        )
        found = self.db.execute(query).all()
        if not found:
            return None
        if any((one.amount, one.received_on) == (row.amount, row.received_on) for one in found):
            return "same"
        raise Refused(
            "payment.differs",
            "This reference is known with another amount or date; take that payment back first.",
            "ref",
        )

    # what follows -------------------------------------------------------------------------------
    def finish(self) -> None:
        """Everything that follows from the rows, for all accounts of the chunk together."""
        self.rows.write()
        touched = self.rows.touched
        moved = {account_id for account_id, (_, less) in touched.items() if self._follow(account_id, less)}
        self._bump(touched.keys() - moved - self.rows.opened)
        for account_id, (told, _) in touched.items():
            self._audit(account_id, "from billing: " + ", ".join(sorted({t["kind"] for t in told})), told)
            counts = Counter(t["kind"] for t in told)
            event_log.add(
                self.session, self.tenant_id, CHANGED, account_id, self.owner.by, self.now, counts, self.owner.ids
            )
        everyone = sorted(touched.keys() | self.paid)
        if not everyone:
            return
        summary.refresh_scope(self.session, self.tenant_id, self.today, Scope.some(everyone))
        values = scoring.params(self.session, self.tenant_id, self.owner.catalogue, self.today)
        scoring.rescore_scope(self.session, self.owner.catalogue, values, Scope.some(self._customers(everyone)))

    def _follow(self, account_id: int, less: bool) -> bool:
        """Draws the consequences of what changed (`less`: less is owed); whether there were any, and with them a new version."""
        seen = facts.load_by_id(self.session, self.tenant_id, account_id)
        gate.know(seen.numbers)
        effects = settle(seen, (), self.owner.house, self.owner.ids, billed=True, moved=less)
        if effects:
            apply.apply(self.session, self.tenant_id, seen, effects, by=self.owner.by, at=self.now)
            events.tell(self.session, self.tenant_id, seen, effects, by=self.owner.by, at=self.now, ids=self.owner.ids)
            self.rows.touched[account_id][0].extend(codec.dump(effects))
        return bool(effects)

    def _bump(self, ids: Set[int]) -> None:
        """Whoever has one of these on the screen must not write over it."""
        t = _T["account"]
        mine = update(t).where(t.c.tenant_id == self.tenant_id, t.c.id.in_(sorted(ids)))
        if ids:
            self.db.execute(mine.values(version=t.c.version + 1, changed_by=self.owner.by, changed_at=self.now))

    def _customers(self, ids: list[int]) -> list[int]:
        """All accounts of the customers: they are scored together."""
        t = _T["account"].c
        parties = select(t.party_id).where(t.tenant_id == self.tenant_id, t.id.in_(ids))
        query = select(t.id).where(t.tenant_id == self.tenant_id, t.party_id.in_(parties))
        return sorted(self.db.execute(query).scalars())

    def _audit(self, account_id: int, line: str, effects: Any) -> None:
        audit.append(
            self.session,
            self.tenant_id,
            account_id,
            at=self.now,
            by=self.owner.by,
            act_id="",
            line=line,
            commands=[],
            verdict={},
            effects=effects,
            outcome="done",
        )
