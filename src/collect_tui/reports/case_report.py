"""A report on cases as a workbook, a sheet for each part, as files of CSV, and as a document to be set. No cell is ever a formula, a link
or markup, whatever stands in it."""

from __future__ import annotations

import io
from pathlib import Path

from collect_tui.common.cells import Writer
from collect_tui.common.files import AtomicFile, make_private
from collect_tui.common.text import clean
from collect_tui.desk.errors import Invalid
from collect_tui.desk.views.case_report import REPORT_PARTS, CaseReport
from collect_tui.desk.views.session import Session
from collect_tui.services.message.document import Document, Node


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


def write_csv(report: CaseReport, folder: Path) -> None:
    """Writes a file for each part into a folder, which is made, readable by its owner only. Invalid "report.unwritable"."""
    try:
        make_private(folder)
        for name, _, columns in REPORT_PARTS:
            with AtomicFile(folder / f"{name}.csv") as out:
                writer = Writer(out)
                shown = [column for column in columns if column.name != "chart"]
                writer.row(column.name for column in shown)
                for row in getattr(report, name):
                    writer.row(column.in_file(row) for column in shown)
    except OSError as error:
        raise Invalid("report.unwritable", f"{folder.name} cannot be written: {error.strerror}.", "csv") from None


def document(report: CaseReport, session: Session, told: str) -> Document:
    """The report as headings and tables. `told`: of what time it is, and what came of it in all."""
    blocks = [_text("h1", "Cases"), _text("p", told)]
    for name, title, columns in REPORT_PARTS:
        blocks.append(_text("h2", title))
        if not (rows := getattr(report, name)):
            blocks.append(_text("p", "nothing"))
            continue
        right = [column.align == "right" for column in columns]
        lines = [[column.heading or column.name for column in columns]]
        lines += [[column.in_plain(row, session) for column in columns] for row in rows]
        cells = [
            tuple(Node("td", "", (Node("", clean(c)),), r) for c, r in zip(line, right, strict=True)) for line in lines
        ]
        blocks.append(Node("table", "", tuple(Node("tr", "", line) for line in cells)))
    return Document("en", tuple(blocks))


def _text(tag: str, words: str) -> Node:
    return Node(tag, "", (Node("", clean(words)),))
