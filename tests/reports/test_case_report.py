"""The workbook of cases: what stands in a cell is text, whatever it looks like, and the file is its owner's alone."""

from __future__ import annotations

import zipfile
from datetime import timedelta
from pathlib import Path

from collect_tui.desk.views.case_report import CaseBacklog, CaseDecisions, CaseReport, CaseTrend
from collect_tui.reports.case_report import write
from support.book import NOW

HOSTILE = "=cmd|' /C calc'!A0", "@SUM(A1)", "+1", "-1", "https://x.example/", "\x1b[2Jred\x00\u202e", "<f>1</f>"


def test_no_cell_is_a_formula_or_a_link_and_no_control_gets_in(tmp_path: Path) -> None:
    report = CaseReport(
        start=NOW - timedelta(days=7), end=NOW, days=7, opened=1, ended=0, clocks=(),
        backlog=tuple(CaseBacklog(department=each, kind=each, to_2=1, to_7=0, to_30=0, older=0, total=1, before=0) for each in HOSTILE),
        trends=tuple(CaseTrend(by="reason", kind=each, reason=each, count=1, before=0, share=100) for each in HOSTILE),
        decisions=tuple(CaseDecisions(by=each, agreed=1, refused=0) for each in HOSTILE),
    )  # fmt: skip
    target = tmp_path / "cases.xlsx"
    write(report, target)
    assert target.stat().st_mode & 0o777 == 0o600
    with zipfile.ZipFile(target) as book:
        parts = {name: book.read(name).decode() for name in book.namelist() if name.endswith((".xml", ".rels"))}
    sheets = [text for name, text in parts.items() if name.startswith("xl/worksheets/sheet")]
    assert len(sheets) == 4
    assert not [text for text in sheets if "<f>" in text or "hyperlink" in text]
    shared = parts["xl/sharedStrings.xml"]
    assert "=cmd|&#39; /C calc&#39;!A0" in shared or "=cmd|' /C calc'!A0" in shared
    assert not [each for each in ("\x1b", "\x00", "\u202e", "_x001B_", "_x0000_") if each in shared]
