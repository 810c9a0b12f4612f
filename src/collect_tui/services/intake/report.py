"""What an import did or would do."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar, Self

from collect_tui.common.words import plural
from collect_tui.desk.views.base import View
from collect_tui.domain.money import format_minor
from collect_tui.services.intake.batch import Brought, Reject


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


class Report(View):
    """Every row of the file is in exactly one of the figures in `counted` and `rejected`."""

    counted: ClassVar[tuple[str, ...]]

    file: str
    dry_run: bool
    rows: int
    rejected: int
    problems: tuple[Reject, ...]  # the first ones; the reject file has all
    noted: int  # what is odd about rows that were taken
    notes: tuple[Reject, ...]  # the first of it
    rejects: str | None  # the reject file

    @classmethod
    def of(cls, brought: Brought, **more: Any) -> Self:
        return cls(
            file=brought.file,
            dry_run=brought.dry_run,
            rows=brought.rows,
            problems=tuple(brought.rejected.first),
            noted=brought.notes.count,
            notes=tuple(brought.notes.first),
            rejects=str(brought.rejects) if brought.rejects else None,
            **{name: brought.counts[name] for name in (*cls.counted, "rejected")},
            **more,
        )

    @property
    def head(self) -> str:
        return f"{'Would take in' if self.dry_run else 'Took in'} {self.file}"

    @property
    def problem_lines(self) -> list[str]:
        lines = []
        for title, rows, count in (
            ("not taken in", self.problems, self.rejected),
            ("taken in, but look at", self.notes, self.noted),
        ):
            if rows:
                lines += [f"  {title}:", *(f"    {row.sentence}" for row in rows)]
                if count > len(rows):
                    lines.append(f"    and {count - len(rows):,} more")
        if self.rejects:
            lines.append(f"  rejected rows are in {self.rejects}")
        return lines


class BilledReport(Report):
    """What a file of a billing system brought. `same`: rows that said what is stored."""

    counted = ("added", "changed", "same")

    added: int
    changed: int
    same: int

    def text(self) -> str:
        counts = f"added {self.added:,} · changed {self.changed:,} · same {self.same:,} · rejected {self.rejected:,}"
        return "\n".join([f"{self.head}: {plural(self.rows, 'row')}", f"  {counts}", *self.problem_lines])


class ImportReport(Report):
    """What a file of invoices brought.

    `known`: had been taken in before and says the same. `updated`: settled or disputed since. `later`: issued after the
    business date. `left_out`: the mapping leaves its status word out, or it is a credit
    that has been used up, which says nothing about what is owed.
    """

    counted = ("taken", "updated", "known", "later", "left_out")

    as_of: date
    currency: str
    taken: int
    updated: int
    known: int
    later: int
    left_out: int
    accounts: int  # new ones
    customers: int  # whose name, kind or contact points were brought up to date
    totals: ImportTotals
    first: tuple[ImportRow, ...]

    def text(self) -> str:
        """As a person reads it."""

        def money(minor: int) -> str:
            return f"{format_minor(minor, self.currency)} {self.currency}"

        lines = [
            f"{self.head} as of {self.as_of}: {plural(self.rows, 'row')}, {plural(self.accounts, 'new account')}, "
            f"{plural(self.customers, 'customer')} brought up to date",
            f"  taken {self.taken:,} · updated {self.updated:,} · known {self.known:,} · not yet issued {self.later:,}"
            f" · left out {self.left_out:,} · rejected {self.rejected:,}",
        ]
        for title, amount, count in (
            ("open", self.totals.open, self.totals.open_rows),
            ("settled", self.totals.settled, self.totals.settled_rows),
            ("disputed", self.totals.disputed, self.totals.disputed_rows),
            ("overdue", self.totals.overdue, self.totals.overdue_rows),
        ):
            lines.append(f"  {title:<9} {money(amount):>22}  in {plural(count, 'row')}")
        if self.first:
            lines.append("  first rows, as understood:")
            lines += [
                f"    row {r.row}: {r.account}  {r.doc_no}  due {r.due}  {money(r.amount)}  {r.state}"
                for r in self.first
            ]
        return "\n".join([*lines, *self.problem_lines])
