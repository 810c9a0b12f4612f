"""`cases document` and `cases report`: what they print, the files that they write, and that nothing in those is more than text."""

from __future__ import annotations

import csv
import json
from uuid import uuid4
from zipfile import ZipFile

import pytest
from pypdf import PdfReader
from sqlalchemy import text

from collect_tui import cli
from collect_tui.desk.commands import Act, MoveCase, OpenCase
from collect_tui.desk.views.case_report import CHART
from collect_tui.store.engine import Store
from support.book import SERVICES, Book, Clock, account, day, local_desk
from support.papers import INSOLVENT, PROOF

ROSA = "4410-2231"
BOOK = Book(
    account(ROSA, "Alvarez, Rosa", items=[('=HYPERLINK("x")', -63, 30000), ("INV-2", -3, 700)], services=SERVICES)
)


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("CONFIG", "DATA", "STATE", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    with BOOK.store(tmp_path) as store:
        desk = local_desk(store, "mia", Clock())
        values = {**INSOLVENT, "relevant": day(-40)}
        desk.do(Act(id=uuid4(), account=ROSA, commands=(OpenCase(case_kind="insolvency", values=values),)))
        number = desk.cases().rows[0].number
        desk.do(Act(id=uuid4(), account=ROSA, commands=(MoveCase(case=number, move="draft", values=PROOF),)))

    def command(*words):
        code = cli.main(["--db", str(tmp_path / "desk.db"), "--at", "2026-11-23T16:00Z", *map(str, words)])
        said = capsys.readouterr()
        return code, said.out, said.err

    command.number = number
    return command


def test_a_proof_is_printed_and_set_and_its_debts_are_listed(run, tmp_path):
    pdf, table = tmp_path / "proof.pdf", tmp_path / "proof.csv"
    code, out, _ = run("cases", "document", run.number)
    assert (code, out.startswith("Proof of debt\n=====")) == (0, True)
    code, out, _ = run("cases", "document", run.number, "--pdf", pdf, "--csv", table)
    assert (code, out) == (0, f"Written: {table}\nWritten: {pdf}\n")
    words = " ".join(page.extract_text() for page in PdfReader(pdf).pages)
    assert "=Hart & #Low *x*" in words
    assert run.number in words
    rows = list(csv.DictReader(table.open(newline="")))
    assert [(row["doc_no"], row["open"], row["currency"]) for row in rows] == [('\'=HYPERLINK("x")', "300.00", "USD")]
    assert {path.stat().st_mode & 0o777 for path in (pdf, table)} == {0o600}
    first = pdf.read_bytes()
    run("cases", "document", run.number, "--pdf", pdf)
    assert pdf.read_bytes() == first


def test_a_proof_as_json_has_every_field_that_the_rules_of_proof_ask_for(run):
    found = json.loads(run("--json", "cases", "document", run.number)[1])
    data = found["data"]
    assert {"creditor", "debtor", "fields", "ledger", "debts"} <= data.keys()
    given = {*INSOLVENT, *PROOF, "claimed"}
    assert given <= data["fields"].keys()
    assert (data["ledger"]["left"], data["ledger"]["later"], data["currency"]) == (30000, 700, "USD")


def test_where_nothing_was_drawn_up_it_says_so(run):
    assert run("cases", "document", "INS-NONE")[0] == 5
    code, _, told = run("cases", "document", run.number, "--field", "practitioner")
    assert (code, "There is no document practitioner in" in told) == (5, True)


HOSTILE = '=cmd|"/c calc"!A1 #set page(fill: red) *x* \x1b[31m'


def test_a_report_is_printed_with_bars_and_written_as_files_in_which_nothing_is_more_than_text(run, tmp_path):
    with Store.open(tmp_path / "desk.db", create=False) as store, store.write(1) as db:
        db.execute(text("UPDATE case_file SET kind = :kind, department = :kind"), {"kind": HOSTILE})
    code, out, _ = run("cases", "report")
    assert (code, "1 opened, 0 ended" in out, "#" * CHART in out, "\x1b" in out) == (0, True, True, False)
    pdf, book, folder = tmp_path / "r.pdf", tmp_path / "r.xlsx", tmp_path / "r"
    assert run("cases", "report", "--pdf", pdf, "--xlsx", book, "--csv", folder)[0] == 0
    words = " ".join(page.extract_text() for page in PdfReader(pdf).pages).replace("\u200b", "")
    assert "#set page(fill: red) *x*" in words
    rows = list(csv.DictReader((folder / "backlog.csv").open(newline="")))
    assert rows[0]["kind"].startswith("'=cmd")
    assert (rows[0]["total"], rows[0]["before"], rows[0]["change"]) == ("1", "0", "1")
    sheets = ZipFile(book)
    assert not any(b"<f>" in sheets.read(name) for name in sheets.namelist())
    assert {path.stat().st_mode & 0o777 for path in (pdf, book, *folder.iterdir())} == {0o600}


def test_who_is_with_an_agency_is_written_for_it(run, tmp_path):
    code, out, _ = run("cases", "placed", "north", tmp_path / "out.csv")
    assert (code, out) == (0, f"{tmp_path / 'out.csv'}: 0 accounts\n")
    assert (tmp_path / "out.csv").read_text("utf-8").startswith("case,account,customer,")
    assert run("cases", "placed", "nowhere", tmp_path / "no.csv")[0] != 0
    assert not (tmp_path / "no.csv").exists()
