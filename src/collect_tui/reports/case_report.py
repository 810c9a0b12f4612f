"""A report on cases as a workbook: a sheet for each part. No cell is ever a formula or a link, whatever stands in it."""

from __future__ import annotations

import io
from pathlib import Path

from collect_tui.common.files import AtomicFile
from collect_tui.common.text import clean
from collect_tui.desk.errors import Invalid
from collect_tui.desk.views.case_report import REPORT_PARTS, CaseReport


def write(report: CaseReport, target: Path) -> None:
    """Writes it whole or not at all, readable by its owner only. Invalid "report.unwritable", "report.extra"."""
    try:
        import xlsxwriter
    except ImportError:
        raise Invalid("report.extra", "Workbooks need the extra: pip install 'collect-tui[files]'.", "xlsx") from None
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        bold = book.add_format({"bold": True})
        for name, title, columns in REPORT_PARTS:
            sheet = book.add_worksheet(title[:31])
            sheet.freeze_panes(1, 0)
            for at, column in enumerate(columns):
                sheet.write_string(0, at, column.heading or column.name, bold)
                sheet.set_column(at, at, max(8, column.width + 2))
            for row, each in enumerate(getattr(report, name), 1):
                for at, column in enumerate(columns):
                    value = column.of(each)
                    if isinstance(value, int):
                        sheet.write_number(row, at, value)
                    else:
                        sheet.write_string(row, at, clean(str(value))[:32_767])
    try:
        with AtomicFile(target) as out:
            out.buffer.write(buffer.getvalue())
    except OSError as error:
        raise Invalid("report.unwritable", f"{target.name} cannot be written: {error.strerror}.", "xlsx") from None
