"""What an import did or would do."""

from __future__ import annotations

from datetime import date

from collect_tui.desk.views.base import View
from collect_tui.domain.money import format_minor
from collect_tui.services.intake.batch import Reject


class ImportTotals(View):
    """Minor units and numbers of the rows that count, as of the business date. `disputed` and `overdue` are parts of `open`."""

    open: int = 0
    open_rows: int = 0
    settled: int = 0
    settled_rows: int = 0
    disputed: int = 0
    disputed_rows: int = 0
    overdue: int = 0
    overdue_rows: int = 0


class ImportRow(View):
    """One of the first rows, as it was understood."""

    row: int
    account: str
    doc_no: str
    due: date
    amount: int
    state: str  # open, overdue, disputed, settled 2013-05-04


class ImportReport(View):
    """Every row of the file is in exactly one of taken, updated, known, later, left_out and rejected.

    `known`: had been taken in before and says the same. `updated`: settled or disputed since. `later`: issued after the
    business date. `left_out`: the mapping leaves its status word out, or it is a credit
    that has been used up, which says nothing about what is owed.
    """

    file: str
    as_of: date
    currency: str
    dry_run: bool
    rows: int
    taken: int
    updated: int
    known: int
    later: int
    left_out: int
    rejected: int
    accounts: int  # new ones
    customers: int  # whose name, kind or contact points were brought up to date
    totals: ImportTotals
    first: tuple[ImportRow, ...]
    problems: tuple[Reject, ...]  # the first ones; the reject file has all
    noted: int  # what is odd about rows that were taken
    notes: tuple[Reject, ...]  # the first of it
    rejects: str | None  # the reject file

    def text(self) -> str:
        """As a person reads it."""

        def money(minor: int) -> str:
            return f"{format_minor(minor, self.currency)} {self.currency}"

        head = "Would take in" if self.dry_run else "Took in"
        lines = [
            f"{head} {self.file} as of {self.as_of}: {self.rows:,} rows, {self.accounts:,} new accounts, "
            f"{self.customers:,} customers brought up to date",
            f"  taken {self.taken:,} · updated {self.updated:,} · known {self.known:,} · not yet issued {self.later:,}"
            f" · left out {self.left_out:,} · rejected {self.rejected:,}",
        ]
        for title, amount, count in (
            ("open", self.totals.open, self.totals.open_rows),
            ("settled", self.totals.settled, self.totals.settled_rows),
            ("disputed", self.totals.disputed, self.totals.disputed_rows),
            ("overdue", self.totals.overdue, self.totals.overdue_rows),
        ):
            lines.append(f"  {title:<9} {money(amount):>22}  in {count:,} rows")
        if self.first:
            lines.append("  first rows, as understood:")
            lines += [
                f"    row {r.row}: {r.account}  {r.doc_no}  due {r.due}  {money(r.amount)}  {r.state}"
                for r in self.first
            ]
        if self.problems:
            lines.append("  not taken in:")
            lines += [f"    {problem.sentence}" for problem in self.problems]
            if self.rejected > len(self.problems):
                lines.append(f"    and {self.rejected - len(self.problems):,} more")
        if self.notes:
            lines.append("  taken in, but look at:")
            lines += [f"    {note.sentence}" for note in self.notes]
            if self.noted > len(self.notes):
                lines.append(f"    and {self.noted - len(self.notes):,} more")
        if self.rejects:
            lines.append(f"  rejected rows are in {self.rejects}")
        return "\n".join(lines)
