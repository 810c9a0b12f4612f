"""What files of the wild are written like, and what a mapping says of it: each line of this was learnt from a real file."""

from __future__ import annotations

import codecs
import csv
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from collect_tui.domain.errors import Invalid
from collect_tui.ingest.pipeline import run
from collect_tui.services.intake.report import ImportReport
from collect_tui.store import facts
from collect_tui.store.engine import Store
from support.book import context

BASE: dict[str, dict[str, Any]] = {
    "": {"format": 1, "as_of": date(2026, 11, 23)},
    "file": {"date_format": "%Y-%m-%d"},
    "columns": {"account": "account", "doc_no": "doc", "issued": "issued", "due": "due", "amount": "amount"},
    "values": {"currency": "USD"},
    "tenant": {"name": "Test", "zone": "America/Chicago"},
}
HEAD = "account,doc,issued,due,amount"
ROW = "A1,D1,2026-09-01,2026-10-01,100.00"


@pytest.fixture
def store():
    with Store.memory() as made:
        yield made


def toml(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    return json.dumps(value)


def mapping(**more: dict[str, Any]) -> str:
    """The text of a mapping: `BASE` with parts changed; a key of None is left out."""
    whole = {name: BASE.get(name, {}) | more.get(name, {}) for name in (*BASE, *(n for n in more if n not in BASE))}
    lines = []
    for name, part in whole.items():
        lines += [f"[{name}]"] * bool(name)
        lines += [f"{key} = {toml(value)}" for key, value in part.items() if value is not None]
    return "\n".join(lines)


def bring(store: Store, folder: Path, content: str | bytes, name: str = "in.csv", **more: Any) -> ImportReport:
    again = more.pop("again", False)
    if more or not (folder / "m.toml").exists():
        (folder / "m.toml").write_text(mapping(**more), "utf-8")
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    found: ImportReport = run("receivables", context(store), path, folder / "m.toml", again=again)
    return found


def rows(store: Store, sql: str) -> list[tuple[Any, ...]]:
    with store.read() as db:
        return [tuple(row) for row in db.connection().execute(text(sql))]


def only(report: ImportReport) -> tuple[int, str, str]:
    """The one row that was refused."""
    assert report.rejected == 1, report.problems
    return report.problems[0].row, report.problems[0].column, report.problems[0].reason


# ------------------------------------------------------------------------------------------------------------------ dates


@pytest.mark.parametrize(
    "written", ["2026-10-01 00:00:00.000000000", "2026-10-01 23:59:59.123456789", "2026-10-01 00:00:00.5"]
)
def test_a_day_is_read_from_an_instant_to_the_nanosecond(store, tmp_path, written):
    form = "%Y-%m-%d %H:%M:%S.%f"
    bring(store, tmp_path, f"{HEAD}\nA1,D1,2026-09-01 00:00:00.0,{written},1.00\n", file={"date_format": form})
    assert rows(store, "SELECT issued, due FROM item") == [("2026-09-01", "2026-10-01")]


def test_of_several_formats_the_first_that_fits_is_taken_and_doubt_is_told(store, tmp_path):
    dues = ("2026-10-01", "25/09/2026", "09/26/2026", "03/04/2026")
    content = "\n".join([HEAD, *(f"A1,D{n},2026-01-01,{due},1.00" for n, due in enumerate(dues))])
    report = bring(store, tmp_path, content, file={"date_format": ["%Y-%m-%d", "%d/%m/%Y", "%m/%d/%Y"]})
    found = rows(store, "SELECT due FROM item ORDER BY doc_no")
    assert found == [("2026-10-01",), ("2026-09-25",), ("2026-09-26",), ("2026-04-03",)]
    assert (report.noted, report.rejected) == (1, 0)
    assert report.notes[0].sentence == "row 5, due: was read as 2026-04-03, but 2026-03-04 is as well written so."
    assert report.notes[0].sentence in report.text()


def test_a_date_in_no_format_names_them_all(store, tmp_path):
    report = bring(
        store, tmp_path, f"{HEAD}\nA1,D1,2026-09-01,soon,1.00\n", file={"date_format": ["%Y-%m-%d", "%d/%m/%Y"]}
    )
    assert only(report) == (2, "due", "is no date written as %Y-%m-%d or %d/%m/%Y")


# ---------------------------------------------------------------------------------------------------------------- amounts


@pytest.mark.parametrize(
    ("written", "minor"),
    [
        ("12.50", 1250),
        ("+12.50", 1250),
        ("-12.50", -1250),
        ("12.50-", -1250),
        ("(12.50)", -1250),
        ("12.50+", 1250),
        ("\u221212.50", -1250),
        ('"1,234.50"', 123450),
        ('"(1,234.50)"', -123450),
    ],
)
def test_a_sign_stands_in_front_behind_or_as_brackets(store, tmp_path, written, minor):
    bring(store, tmp_path, f"{HEAD}\nA1,D1,2026-09-01,2026-10-01,{written}\n")
    assert rows(store, "SELECT amount, kind FROM item") == [(minor, "credit" if minor < 0 else "invoice")]


@pytest.mark.parametrize("written", ["(-5.00)", "--5", "-5-", "(5", "5)", "()", "- ", "$5", "1.000.50"])
def test_signs_that_contradict_are_no_amount(store, tmp_path, written):
    report = bring(store, tmp_path, f"{HEAD}\nA1,D1,2026-09-01,2026-10-01,{written}\n")
    assert only(report) == (2, "amount", "is no amount written as 1234.50")


@pytest.mark.parametrize(
    ("marks", "written", "minor"),
    [
        ({"thousands_mark": " "}, "1 234.50", 123450),
        ({"thousands_mark": " "}, "1\u00a0234\u202f567.50", 123456750),
        ({"thousands_mark": "'"}, "1'234.50", 123450),
        ({"thousands_mark": " ", "decimal_mark": ",", "delimiter": ";"}, "1 234,50", 123450),
        ({"thousands_mark": ""}, "1234.50", 123450),
        ({"thousands_mark": ""}, '"1,234.50"', None),
        ({"thousands_mark": " "}, '"1,234.50"', None),
        ({"thousands_mark": " "}, "12 34.50", None),
        ({}, "1 234.50", None),
    ],
)
def test_thousands_are_marked_as_declared_and_not_otherwise(store, tmp_path, marks, written, minor):
    content = f"{HEAD}\nA1,D1,2026-09-01,2026-10-01,".replace(",", marks.get("delimiter", ",")) + written + "\n"
    report = bring(store, tmp_path, content, file=marks)
    assert (report.rejected, rows(store, "SELECT amount FROM item")) == ((0, [(minor,)]) if minor else (1, []))


def test_a_row_of_another_currency_is_refused_by_name(store, tmp_path):
    content = f"{HEAD},cur\n{ROW},usd\n{ROW.replace('D1', 'D2')},CAD\n{ROW.replace('D1', 'D3')},\n"
    report = bring(store, tmp_path, content, columns={"currency": "cur"})
    assert (report.taken, report.rejected) == (1, 2)
    book = "the file comes in as USD; bring other rows into a book of their own"
    told = [(p.row, p.column, p.reason) for p in report.problems]
    assert told == [(3, "cur", f"is CAD, and {book}"), (4, "cur", f"is no currency, and {book}")]


@pytest.mark.parametrize(("column", "cell"), [("open", "30.00"), ("paid", "70.00")])
def test_what_is_open_or_paid_leaves_the_rest_and_invents_no_day(store, tmp_path, column, cell):
    report = bring(store, tmp_path, f"{HEAD},left\n{ROW},{cell}\n", columns={column: "left"})
    assert (report.totals.open, report.totals.settled, report.totals.overdue) == (3000, 7000, 3000)
    assert report.first[0].state == "part paid overdue"
    assert rows(store, "SELECT amount, open FROM item") == [(10000, 3000)]
    assert rows(store, "SELECT ref, amount, method, received_on FROM payment") == [
        ("PAID-D1", 7000, "undated", "2026-11-23")
    ]
    assert rows(store, "SELECT last_payment_on, collectable FROM account_summary") == [(None, 3000)]


def test_a_later_file_of_open_amounts_brings_what_was_paid_since(store, tmp_path):
    columns = {"open": "left"}
    bring(store, tmp_path, f"{HEAD},left\n{ROW},100.00\n", columns=columns)
    report = bring(store, tmp_path, f"{HEAD},left\n{ROW},40.00\n")
    assert (report.updated, report.known) == (1, 0)
    report = bring(store, tmp_path, f"{HEAD},left\n{ROW},40.00\n", again=True)
    assert (report.updated, report.known) == (0, 1)
    report = bring(store, tmp_path, f"{HEAD},left\n{ROW},100.00\n", again=True)  # a payment is not taken back
    assert (report.updated, report.known) == (0, 1)
    bring(store, tmp_path, f"{HEAD},left\n{ROW},0.00\n")
    assert rows(store, "SELECT open FROM item") == [(0,)]
    assert rows(store, "SELECT ref, amount FROM payment ORDER BY id") == [("PAID-D1", 6000), ("SETTLED-D1", 4000)]


@pytest.mark.parametrize(
    ("columns", "cells", "column"),
    [
        ({"open": "x"}, "100.01", "x"),
        ({"open": "x"}, "-1.00", "x"),
        ({"paid": "x"}, "100.01", "x"),
        ({"paid": "x"}, "-0.01", "x"),
    ],
)
def test_more_open_or_paid_than_billed_is_refused(store, tmp_path, columns, cells, column):
    report = bring(store, tmp_path, f"{HEAD},x\n{ROW},{cells}\n", columns=columns)
    assert only(report) == (2, column, "is more than the amount, or of another sign")


def test_what_is_left_of_a_credit_is_the_credit(store, tmp_path):
    content = f"{HEAD},left\nA1,C1,2026-09-01,2026-10-01,-50.00,-20.00\nA1,C2,2026-09-01,2026-10-01,-50.00,0\n"
    report = bring(store, tmp_path, content, columns={"open": "left"})
    assert (report.taken, report.left_out) == (1, 1)
    assert rows(store, "SELECT doc_no, amount, open FROM item") == [("C1", -2000, -2000)]


def test_settled_without_a_day_gets_none_invented(store, tmp_path):
    words = {"open": ["open"], "settled": ["paid"]}
    content = f"{HEAD},state,on\n{ROW},paid,\n{ROW.replace('D1', 'D2')},paid,2026-10-09\n"
    report = bring(store, tmp_path, content, columns={"status": "state", "settled_on": "on"}, words=words)
    assert (report.taken, report.totals.settled, report.totals.settled_rows) == (2, 20000, 2)
    assert rows(store, "SELECT ref, method FROM payment ORDER BY ref") == [
        ("SETTLED-D1", "undated"),
        ("SETTLED-D2", "import"),
    ]
    assert rows(store, "SELECT last_payment_on FROM account_summary") == [("2026-10-09",)]


# ----------------------------------------------------------------------------------------------------------------- header


def test_the_header_stands_where_the_mapping_says(store, tmp_path):
    report = bring(
        store, tmp_path, f"Aged debtors\n\nprinted,by,somebody\n{HEAD}\n{ROW}\nA1,D2,x,x,x\n", file={"header": 4}
    )
    assert (report.rows, report.taken) == (2, 1)
    assert only(report)[0] == 6


def test_without_a_header_columns_are_numbers_and_the_first_row_counts(store, tmp_path):
    numbers = {"account": 1, "doc_no": 2, "issued": 3, "due": 4, "amount": 5}
    report = bring(
        store, tmp_path, f"{ROW}\nA1,D2,x,2026-10-01,1,more\nA1,D3\n", file={"header": "none"}, columns=numbers
    )
    assert (report.rows, report.taken) == (3, 1)
    told = [(p.row, p.column, p.reason) for p in report.problems]
    assert told == [
        (2, "column 3", "is no date written as %Y-%m-%d"),
        (3, "", "has 2 cells; the mapping needs 5"),
    ]
    assert mended(store, tmp_path, {"D2,x,": "D2,2026-09-01,", "D3": "D3,2026-09-01,2026-10-01,1.00"}).taken == 2


def mended(store: Store, folder: Path, changes: dict[str, str], encoding: str = "utf-8") -> ImportReport:
    """The reject file is mended and brought again, with the same mapping."""
    content = (folder / "in.csv.rejects.csv").read_bytes().decode(encoding)
    for old, new in changes.items():
        assert old in content
        content = content.replace(old, new)
    return bring(store, folder, content.encode(encoding), "mended.csv")


def test_a_header_is_found_only_if_that_is_declared(store, tmp_path):
    content = f"Aged debtors,,,,\n,,,,\n{HEAD}\n{ROW}\n"
    with pytest.raises(Invalid, match="has no column account"):
        bring(store, tmp_path, content)
    assert bring(store, tmp_path, content, file={"header": "find"}).taken == 1
    with pytest.raises(Invalid, match=r"no column due for columns.due. Did you mean dues\?"):
        bring(store, tmp_path, content.replace("due,", "dues,"), file={"header": "find"})


def test_a_reject_file_of_any_header_can_be_mended_and_brought(store, tmp_path):
    for place, how in (("three", {"header": 3}), ("find", {"header": "find"})):
        folder = tmp_path / place
        folder.mkdir()
        content = f"Aged debtors,,,,\n,,,,\n{HEAD}\nA1,{place},2026-09-01,2026-10-01,x.00,far,too\n"
        report = bring(store, folder, content, file=how)
        assert report.rejected == 1
        assert mended(store, folder, {"x.00,far,too": "9.00"}).taken == 1


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"columns": {"amount": 5}}, "file.header: say which row it is, or none; columns.amount is a number"),
        ({"file": {"header": "none"}}, "without a header every column is given by its number"),
        ({"columns": {"account": None}}, "columns.account: is missing, or [group]"),
        ({"group": {"column": 1}}, "not both"),
        ({"columns": {"open": "x", "paid": "y"}}, "give what is open or what is paid, not both"),
        ({"columns": {"account": None}, "group": {"match": "(?P<account>"}}, "match: is no regular expression"),
        ({"columns": {"account": None}, "group": {"match": "Customer (.*)"}}, "match: has to name the account"),
        ({"file": {"thousands_mark": "."}}, "thousands_mark: is another than the decimal mark"),
        ({"columns": {"party_kind": "x"}}, "which words in the party_kind column mean person and which org"),
        ({"file": {"header": 7}}, "has no header where the mapping says"),
        ({"columns": {"amount": 6}, "file": {"header": 1}}, "The file has no column 6 for columns.amount"),
    ],
)
def test_a_mapping_that_contradicts_itself_or_the_file_says_how(store, tmp_path, more, says):
    with pytest.raises(Invalid) as caught:
        bring(store, tmp_path, f"{HEAD}\n{ROW}\n", **more)
    assert says in caught.value.message


# ----------------------------------------------------------------------------------------------------------------- groups

GROUPED = """\
Customer,doc,issued,due,amount
Customer 1001 Acme Ltd,,,,
,D1,2026-09-01,2026-10-01,10.00
,D2,2026-09-01,2026-10-01,x
Total Acme Ltd,,,,10.00
Customer 1002 Beta,,,,
,D1,2026-09-01,2026-10-01,20.00
Total Beta,,,,20.00
"""
GROUP = {"column": "Customer", "match": r"Customer (?P<account>\d+) (?P<name>.+)", "leave_out": "Total .*"}


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"file": {"header": "auto"}}, "file.header: expected a whole number, or 'none' or 'find'."),
        ({"columns": {"amount": 0}}, "columns.amount: expected a text, or at least 1."),
        ({"file": {"date_format": 5}}, "file.date_format: expected a text, or a list."),
        ({"file": {"date_format": ["%Y-%m-%d", 5]}}, "file.date_format: expected a text."),
        ({"file": {"float_ids": "yes"}}, "file.float_ids: expected true or false."),
        ({"words": {"open": ["x", 3]}}, "words.open[1]: expected a text."),
    ],
)
def test_a_wrong_value_is_told_in_the_words_of_the_file(store, tmp_path, more, says):
    with pytest.raises(Invalid) as caught:
        bring(store, tmp_path, HEAD, **more)
    assert caught.value.message.endswith(says)


def test_rows_belong_to_the_account_of_the_row_above_them(store, tmp_path):
    report = bring(store, tmp_path, GROUPED, columns={"account": None}, group=GROUP)
    assert (report.rows, report.taken, report.left_out, report.accounts) == (5, 2, 2, 2)
    assert only(report) == (4, "amount", "is no amount written as 1234.50")
    names = "SELECT a.number, p.name, i.amount FROM item i JOIN account a ON a.id = i.account_id JOIN party p ON p.id = a.party_id"
    assert rows(store, names) == [("1001", "Acme Ltd", 1000), ("1002", "Beta", 2000)]
    with (tmp_path / "in.csv.rejects.csv").open(encoding="utf-8", newline="") as file:
        kept = list(csv.reader(file))
    assert [row[3] for row in kept] == ["Customer", "Customer 1001 Acme Ltd", ""]
    assert mended(store, tmp_path, {"10-01,x": "10-01,11.00"}).taken == 1
    assert rows(store, names + " WHERE i.doc_no = 'D2'") == [("1001", "Acme Ltd", 1100)]


def test_without_words_a_row_with_nothing_else_in_it_carries_the_account(store, tmp_path):
    content = "Customer,doc,issued,due,amount\n,D0,2026-09-01,2026-10-01,1.00\nAcme Ltd,,,,\n,D1,2026-09-01,2026-10-01,10.00\n"
    report = bring(store, tmp_path, content, columns={"account": None}, group={"column": "Customer"})
    assert only(report) == (2, "Customer", "stands below no row that names an account")
    assert rows(store, "SELECT number FROM account") == [("Acme Ltd",)]


@pytest.mark.parametrize(
    "lost",
    [
        "Customer X Bad,,,,",
        "Customer X Bad",
        "Customer 1003",
        "Customer 1003, Inc",
        '"Customer 1003 \n",,,,',
        "Customer ,x,,,",
    ],
)
def test_rows_below_one_whose_account_cannot_be_read_are_nobodys(store, tmp_path, lost):
    """Not those of the customer before it."""
    content = GROUPED.replace("Customer 1002 Beta,,,,", lost)
    report = bring(store, tmp_path, content, columns={"account": None}, group=GROUP)
    assert (report.taken, report.rejected) == (1, 3)
    assert rows(store, "SELECT number FROM account") == [("1001",)]
    assert report.problems[-1].reason == "stands below no row that names an account"
    assert mended(store, tmp_path, {lost.strip('"').split(",")[0].split("\n")[0]: "Customer 1002 Beta"}).taken == 1


def test_a_reject_file_gives_back_what_the_file_said(store, tmp_path):
    """Whatever a spreadsheet would take for a formula is harmless in it, and itself again when it comes back."""
    head, row = f"{HEAD},name,phone,email", "'=A1,+D1,2026-09-01,%s,+5.00,=Acme,+1 312 555 0147,@x@example.com"
    columns = {"name": "name", "phone": "phone"}
    assert bring(store, tmp_path, f"{head}\n{row % 'x'}\n", columns=columns).rejected == 1
    assert mended(store, tmp_path, {",x,": ",2026-10-01,"}).taken == 1
    kept = "SELECT a.number, i.doc_no, i.amount, p.name, c.value FROM item i JOIN account a ON a.id = i.account_id "
    kept += "JOIN party p ON p.id = a.party_id JOIN contact_point c ON c.party_id = p.id"
    with Store.memory() as other:
        bring(other, tmp_path, f"{head}\n{row % '2026-10-01'}\n", columns=columns)
        assert rows(store, kept) == rows(other, kept) != []


# --------------------------------------------------------------------------------------------------------- encodings, ids


@pytest.mark.parametrize(
    ("raw", "declared"),
    [
        (codecs.BOM_UTF8 + f"{HEAD}\n{ROW}\n".encode(), None),
        (f"{HEAD}\n{ROW}\n".encode("utf-16"), None),
        (codecs.BOM_UTF16_BE + f"{HEAD}\n{ROW}\n".encode("utf-16-be"), None),
        (f"{HEAD}\n{ROW}\n".encode("utf-16"), "utf-16"),
        (f"{HEAD}\n{ROW}\n".encode("utf-16-le"), "utf-16-le"),
        (f"{HEAD}\n{ROW}\n".encode("utf-16-be"), "utf-16-be"),
        (f"{HEAD}\n{ROW}\n".encode("utf-16"), "utf-16-le"),
    ],
)
def test_a_file_is_read_as_its_mark_or_the_mapping_says(store, tmp_path, raw, declared):
    assert bring(store, tmp_path, raw, file={"encoding": declared}).taken == 1
    assert rows(store, "SELECT number FROM account") == [("A1",)]


def test_rejects_of_a_utf_16_file_are_utf_16_and_can_be_brought(store, tmp_path):
    assert bring(store, tmp_path, f"{HEAD}\nÄ1,D1,2026-09-01,2026-10-01,x\n".encode("utf-16")).rejected == 1
    assert mended(store, tmp_path, {"10-01,x": "10-01,9.00"}, "utf-16").taken == 1
    assert rows(store, "SELECT number FROM account") == [("Ä1",)]


def test_numbers_written_as_fractions_are_whole_if_declared(store, tmp_path):
    content = f"{HEAD}\n1001.0,1930438491.0,2026-09-01,2026-10-01,1.00\n1002.5,7.00,2026-09-01,2026-10-01,1.00\n"
    bring(store, tmp_path, content, file={"float_ids": True})
    found = "SELECT a.number, i.doc_no FROM item i JOIN account a ON a.id = i.account_id ORDER BY 1"
    assert rows(store, found) == [("1001", "1930438491"), ("1002.5", "7")]


def test_a_date_written_as_a_fraction_is_a_format(store, tmp_path):
    bring(store, tmp_path, f"{HEAD}\nA1,D1,20260901.0,20261001.0,1.00\n", file={"date_format": "%Y%m%d.0"})
    assert rows(store, "SELECT due FROM item") == [("2026-10-01",)]


# -------------------------------------------------------------------------------------------------------------- customers


def test_document_numbers_are_those_of_their_account(store, tmp_path):
    content = (
        f"{HEAD}\nA1,1,2026-09-01,2026-10-01,1.00\nA2,1,2026-09-02,2026-10-02,2.00\nA2,1,2026-09-02,2026-10-02,2.00\n"
    )
    report = bring(store, tmp_path, content)
    assert (report.taken, only(report)) == (2, (4, "doc", "stands on an earlier row of this file"))
    again = bring(store, tmp_path, content, again=True)
    assert (again.taken, again.known) == (0, 3)


PEOPLE = {"name": "name", "phone": "tel", "email": "mail"}


def test_a_bad_number_is_left_out_and_the_invoice_comes_in(store, tmp_path):
    content = f"{HEAD},name,tel,mail\n{ROW},Acme,n/a,nobody\n{ROW.replace('D1', 'D2')},Acme,n/a,ann@example.com\n"
    report = bring(store, tmp_path, content, columns=PEOPLE)
    assert (report.taken, report.rejected, report.noted) == (2, 0, 2)
    assert [note.sentence for note in report.notes] == [
        "row 2, tel: is no telephone number and was left out; the row was taken.",
        "row 2, mail: is no e-mail address and was left out; the row was taken.",
    ]
    assert rows(store, "SELECT kind, value FROM contact_point") == [("email", "ann@example.com")]


def test_a_later_file_brings_names_and_numbers_up_to_date(store, tmp_path):
    head = f"{HEAD},name,tel,mail"
    bring(store, tmp_path, f"{head}\n{ROW},Acme Ltd,312 555 0100,\n", columns=PEOPLE)
    before = rows(store, "SELECT version FROM account")[0][0]
    report = bring(store, tmp_path, f"{head}\n{ROW},Apex Ltd,312 555 0101,a@example.com\n")
    assert (report.known, report.customers, report.updated) == (1, 1, 0)
    assert rows(store, "SELECT name FROM party") == [("Apex Ltd",)]
    assert rows(store, "SELECT token FROM name_token ORDER BY 1") == [("apex",), ("ltd",)]
    assert rows(store, "SELECT kind, ord, normalized FROM contact_point ORDER BY kind, ord") == [
        ("email", 1, "a@example.com"),
        ("work", 1, "13125550100"),
        ("work", 2, "13125550101"),
    ]
    assert rows(store, "SELECT version FROM account") == [(before + 1,)]
    again = bring(store, tmp_path, f"{head}\n{ROW},Apex Ltd,312-555-0101,A@example.com\n")
    assert (again.customers, rows(store, "SELECT version FROM account")) == (0, [(before + 1,)])
    empty = bring(store, tmp_path, f"{head}\n{ROW},,,\n")
    assert (empty.customers, rows(store, "SELECT name FROM party")) == (0, [("Apex Ltd",)])


def test_a_file_without_names_renames_nobody(store, tmp_path):
    bring(store, tmp_path, f"{HEAD},name\n{ROW},Acme Ltd\n", columns={"name": "name"})
    bring(store, tmp_path, f"{HEAD}\n{ROW}\nA2,D2,2026-09-01,2026-10-01,1.00\n", columns={})
    assert rows(store, "SELECT name, kind FROM party ORDER BY name") == [("A2", "org"), ("Acme Ltd", "org")]


def test_of_several_names_in_a_file_the_last_one_stands(store, tmp_path):
    content = f"{HEAD},name\n" + "".join(f"{ROW.replace('D1', f'D{n}')},Acme {n % 3}\n" for n in range(4500))
    bring(store, tmp_path, content, columns={"name": "name"})
    assert rows(store, "SELECT name FROM party") == [("Acme 2",)]
    assert bring(store, tmp_path, content, again=True).customers == 0


def test_companies_are_businesses_and_people_are_people(store, tmp_path):
    words = {"person": ["private"], "org": ["company"]}
    content = (
        f"{HEAD},kind\n{ROW},Company\nA2,D2,2026-09-01,2026-10-01,1.00,private\nA3,D3,2026-09-01,2026-10-01,1.00,?\n"
    )
    report = bring(store, tmp_path, content, columns={"party_kind": "kind"}, words=words)
    assert only(report) == (4, "kind", "is none of the words that the mapping gives a meaning")
    assert rows(store, "SELECT name, kind FROM party ORDER BY name") == [("A1", "org"), ("A2", "person")]
    changed = content.replace("Company", "private")
    assert bring(store, tmp_path, changed).customers == 1
    assert rows(store, "SELECT kind FROM party WHERE name = 'A1'") == [("person",)]


def test_everything_at_once_is_what_the_desk_sees(store, tmp_path):
    """Its last payment is the dated one, and what is owed adds up."""
    content = f"{HEAD},left\n{ROW},30.00\nA1,D2,2026-09-01,2026-10-01,(20.00),(5.00)\n"
    bring(store, tmp_path, content, columns={"open": "left"})
    with store.read() as db:
        seen = facts.load(db, 1, "A1")
    assert (seen.past_due, seen.collectable) == (2500, 2500)  # the credit went to what is due longest
