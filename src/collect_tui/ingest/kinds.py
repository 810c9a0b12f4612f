"""The kinds of file that can be brought in. A kind is what reads its rows and what posts them; nothing else knows of it.

A new format is a reader (see `source.Reader`) and its line here. Preview, progress, reject file, the refusal of a file that is
in, the record of what came in and the report are the pipeline's. A reader or poster may be named `module:name`: nothing heavy is
loaded before somebody brings such a file.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pkgutil import resolve_name
from typing import Any


@dataclass(frozen=True, slots=True)
class Kind:
    """`help`: a line about it. `batch`: rows posted at once. `unit`: what its progress counts. `mapped`: it needs a mapping.
    `lasting`: why such a file is not taken back, and what to do instead; empty when it is."""

    name: str
    help: str
    reader: str | Callable[..., Any]
    poster: str | Callable[..., Any]
    batch: int = 2000
    unit: str = "Rows"
    mapped: bool = False
    lasting: str = ""

    def open(self, *given: Any) -> Any:
        """Its reader over a file."""
        return _found(self.reader)(*given)

    def post_with(self, *given: Any) -> Any:
        """Its poster for one import."""
        return _found(self.poster)(*given)


def _found(part: str | Callable[..., Any]) -> Callable[..., Any]:
    made: Callable[..., Any] = resolve_name(part) if isinstance(part, str) else part
    return made


_SAID = "What a file says of accounts and customers is not taken back. Bring a file that says what was right before."

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            "portfolio",
            "a whole book as JSON, into an empty store",
            "collect_tui.ingest.reading:PortfolioFile",
            "collect_tui.services.intake.load:Book",
            batch=500,
            unit="Accounts",
            lasting="A portfolio is not taken back. Load the right one into a new book (tenant add) or a new file (--db PATH), or "
            "go back to a backup (restore).",
        ),
        Kind(
            "receivables",
            "open and settled invoices from a CSV, through a mapping",
            "collect_tui.ingest.invoices:InvoiceFile",
            "collect_tui.services.intake.ledger:Ledger",
            mapped=True,
        ),
        Kind(
            "cases",
            "what somebody outside, such as an agency, did with cases, from a CSV, through a mapping",
            "collect_tui.ingest.case_files:CaseMovesFile",
            "collect_tui.services.intake.case_moves:CaseMoves",
            batch=200,
            mapped=True,
            lasting="What such a file moved is taken back case by case, and its payments are reversed.",
        ),
        *(
            Kind(
                name,
                f"{what} of a billing system, a line of JSON each",
                f"collect_tui.ingest.lines:{name.upper()}",
                "collect_tui.services.intake.upserts:Upserts.of_file",
                batch=500,
                lasting=lasting,
            )
            for name, what, lasting in (
                ("accounts", "accounts and customers", _SAID),
                ("items", "invoices, fees and credits", ""),
                ("payments", "receipts", ""),
            )
        ),
    )
}
