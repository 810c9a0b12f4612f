"""What a document of a case lists, as CSV for a spreadsheet: the debts of a proof, their amounts in major units."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from collect_tui.common.cells import Writer
from collect_tui.common.files import AtomicFile
from collect_tui.desk.errors import Invalid
from collect_tui.desk.views.case_document import CaseDocument
from collect_tui.domain.money import format_minor

COLUMNS: Final = ("doc_no", "kind", "issued", "due", "amount", "open", "paid", "left")
_MONEY: Final = COLUMNS[4:]


def write(document: CaseDocument, target: Path) -> None:
    """Writes it whole or not at all, readable by its owner only. Invalid "report.unwritable"."""
    currency = document.data["currency"]
    try:
        with AtomicFile(target) as out:
            writer = Writer(out)
            writer.row((*COLUMNS, "currency"))
            for debt in document.data["debts"]:
                cells = (format_minor(debt[n], currency, grouping=False) if n in _MONEY else debt[n] for n in COLUMNS)
                writer.row((*cells, currency))
    except OSError as error:
        raise Invalid("report.unwritable", f"{target.name} cannot be written: {error.strerror}.", "csv") from None
