"""Receivables from a CSV file, through a mapping, into the store: all in one transaction, with flat memory.

What a row is known by is its document number. A row that was taken in before and says the same is passed over, so a second
run changes nothing. One that has been settled or disputed since is brought up to date. One that contradicts what stands
(another amount, date or account) is rejected: money is never changed silently. An import lifts no dispute and takes no
payment back; both are acts of a person.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session, SQLModel

from collect_tui.desk.catalogue import Catalogue
from collect_tui.desk.protocol import Progress
from collect_tui.domain.errors import Invalid, Refused
from collect_tui.domain.money import LIMIT
from collect_tui.ingest.bulk import roomy
from collect_tui.ingest.csvfile import CsvFile, Reject
from collect_tui.ingest.invoices import Invoice, LeftOut, RowReader
from collect_tui.ingest.ledger import Ledger
from collect_tui.ingest.mapping import Mapping, read_mapping
from collect_tui.ingest.receipt import ImportProblem, ImportReport, ImportRow, ImportTotals
from collect_tui.ingest.rejects import RejectFile
from collect_tui.store import scoring, summary
from collect_tui.store.engine import Store
from collect_tui.store.tables import Tenant, statistics

_BATCH = 2000
_SHOWN = 5
_TOLD = 20
_T = SQLModel.metadata.tables


class _DryRun(Exception):
    """Ends the transaction of a dry run without anything staying."""


class _Count:
    """What has been counted so far."""

    def __init__(self) -> None:
        self.rows = self.later = self.left_out = self.rejected = 0
        self.outcomes = {"taken": 0, "updated": 0, "known": 0}
        self.totals = dict.fromkeys(ImportTotals.model_fields, 0)
        self.first: list[ImportRow] = []
        self.problems: list[ImportProblem] = []

    def row(self, number: int, invoice: Invoice, as_of: date, outcome: str) -> None:
        self.outcomes[outcome] += 1
        states = ["settled" if invoice.settled_on else "open"]
        if invoice.settled_on is None and invoice.amount > 0:
            states += ["disputed"] * invoice.disputed + ["overdue"] * (invoice.due < as_of)
        for state in states:
            self.totals[state] += invoice.amount
            self.totals[f"{state}_rows"] += 1
        if len(self.first) < _SHOWN:
            told = f"settled {invoice.settled_on}" if invoice.settled_on else " ".join(states[1:] or ["open"])
            self.first.append(
                ImportRow(
                    row=number,
                    account=invoice.account,
                    doc_no=invoice.doc_no,
                    due=invoice.due,
                    amount=invoice.amount,
                    state=told,
                )
            )


def run(
    store: Store,
    path: Path,
    map_path: Path,
    *,
    catalogue: Catalogue,
    ids: Callable[[], int],
    now: datetime,
    by: str,
    dry_run: bool = False,
    as_of: date | None = None,
    rejects: Path | None = None,
    tenant_id: int = 1,
    progress: Progress | None = None,
) -> ImportReport:
    """Takes a receivables file in, or with `dry_run` only says what it would do (the same work, rolled back; no reject file).

    `as_of` goes before the mapping's; without either it is the business date. In a store without a tenant the mapping's
    makes one, whose business date is `as_of`. Rejected rows go to `rejects`, by default the file's name with `.rejects.csv`.

    Raises Invalid for a file or mapping that cannot be read at all, Refused "import.tenant", "import.as_of". Nothing of a
    failed import stays.
    """
    mapping = read_mapping(map_path)
    with CsvFile(path, encoding=mapping.file.encoding, delimiter=mapping.file.delimiter) as file:
        digest = digest_of(path)
        beside = None if dry_run else rejects or path.with_name(path.name + ".rejects.csv")
        rejected = RejectFile(beside, file.header, encoding=mapping.file.encoding, delimiter=mapping.file.delimiter)
        try:
            with store.write(tenant_id, alone=True) as session, roomy(session.connection()):
                tenant = _tenant(session, mapping, as_of or mapping.as_of, tenant_id)
                day = as_of or mapping.as_of or tenant.business_date
                reader = RowReader(mapping, file.header, day)
                batch_id = ids()
                ledger = Ledger(session, tenant_id, mapping, day, str(batch_id), _country(catalogue), ids, now, by)
                count = _take_in(file, reader, ledger, rejected, day, progress)
                ledger.finish(_days(catalogue, day))
                ledger.settle(session, catalogue)
                _record(session, tenant_id, batch_id, path, digest, now, by, count)
                if progress is not None:
                    progress("Queues", 0, 0)
                session.flush()
                statistics.count(session.connection())
                summary.refresh(session, tenant_id, tenant.business_date)
                scoring.rescore(session, tenant_id, catalogue, tenant.business_date, now)
                if dry_run:
                    raise _DryRun
        except _DryRun:
            rejected.discard()
        except BaseException:
            rejected.discard()
            raise
        written = None if dry_run else rejected.commit()
    return ImportReport(
        file=path.name,
        as_of=day,
        currency=mapping.values.currency,
        dry_run=dry_run,
        rows=count.rows,
        **count.outcomes,
        later=count.later,
        left_out=count.left_out,
        rejected=count.rejected,
        accounts=ledger.new_accounts,
        totals=ImportTotals(**count.totals),
        first=tuple(count.first),
        problems=tuple(count.problems),
        rejects=str(written) if written else None,
    )


def _take_in(
    file: CsvFile, reader: RowReader, ledger: Ledger, rejected: RejectFile, as_of: date, progress: Progress | None
) -> _Count:
    count = _Count()
    batch: list[tuple[int, Invoice, list[str]]] = []

    def refuse(number: int, problem: Reject, cells: list[str]) -> None:
        count.rejected += 1
        rejected.add(number, problem.column, problem.reason, cells)
        if len(count.problems) < _TOLD:
            count.problems.append(ImportProblem(row=number, column=problem.column, reason=problem.reason))

    def post() -> None:
        for (number, invoice, cells), outcome in zip(
            batch, ledger.post([invoice for _, invoice, _ in batch]), strict=True
        ):
            if isinstance(outcome, tuple):
                refuse(number, reader.reject(*outcome), cells)
            else:
                count.row(number, invoice, as_of, outcome)
                if abs(count.totals["open"]) + abs(count.totals["settled"]) > LIMIT:
                    raise Invalid(
                        "import.range", f"Up to row {number} the amounts come to more than can be held.", "file"
                    )
        batch.clear()
        if progress is not None:
            progress("Rows", file.done, file.size)

    for number, cells, problem in file.rows():
        count.rows += 1
        if problem is not None:
            refuse(number, problem, cells)
            continue
        try:
            batch.append((number, reader.read(cells), cells))
        except Reject as bad:
            refuse(number, bad, cells)
        except LeftOut as left:
            count.later += left.why == "later"
            count.left_out += left.why != "later"
        if len(batch) >= _BATCH:
            post()
    post()
    return count


def _tenant(session: Session, mapping: Mapping, as_of: date | None, tenant_id: int) -> Tenant:
    found = session.get(Tenant, tenant_id)
    if found is not None:
        if as_of is not None and as_of > found.business_date:
            raise Refused(
                "import.as_of",
                f"The file is read as of {as_of}, but the business date here is {found.business_date}; roll the day first.",
                "as_of",
            )
        return found
    if mapping.tenant is None:
        raise Refused(
            "import.tenant",
            "This file is the first to come in; the mapping needs a [tenant] with name and zone.",
            "tenant",
        )
    if as_of is None:
        raise Refused(
            "import.as_of",
            "This file is the first to come in; the mapping needs as_of, the first business date.",
            "as_of",
        )
    made = Tenant(
        tenant_id=tenant_id,
        name=mapping.tenant.name,
        business_date=as_of,
        currency=mapping.values.currency,
        zone=mapping.tenant.zone,
    )
    session.add(made)
    session.flush()
    return made


def _country(catalogue: Catalogue) -> str:
    return catalogue.rules.country


def _days(catalogue: Catalogue, day: date) -> Callable[[date], date]:
    """The first business day on or after a date."""

    def on_or_after(wanted: date) -> date:
        wanted = max(wanted, day)
        while wanted.weekday() >= 5 or wanted in catalogue.rules.holidays:
            wanted += timedelta(days=1)
        return wanted

    return on_or_after


def digest_of(path: Path) -> str:
    """What a file is known by."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _record(
    session: Session, tenant_id: int, batch_id: int, path: Path, digest: str, now: datetime, by: str, count: _Count
) -> None:
    row: dict[str, Any] = {
        "tenant_id": tenant_id,
        "id": batch_id,
        "kind": "receivables",
        "sha256": digest,
        "name": path.name,
        "at": now,
        "by": by,
        "rows": count.rows,
        "taken": count.outcomes["taken"] + count.outcomes["updated"],
        "known": count.outcomes["known"],
        "rejected": count.rejected,
    }
    session.connection().execute(insert(_T["import_batch"]), row)
