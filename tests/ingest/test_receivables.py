from __future__ import annotations

import csv
import os
import random
import stat
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import text

from collect_tui.domain.errors import Invalid, Refused
from collect_tui.ingest.mapping import read_mapping
from collect_tui.ingest.pipeline import run
from collect_tui.services.intake.report import ImportReport
from collect_tui.store import facts
from collect_tui.store.engine import Store
from ingest.books import account, bring
from ingest.books import write as write_book
from support.book import context
from support.cards import files_with_number

#: A public list of invoices that is not part of the project; set REAL_INVOICES to where it is.
REAL = Path(os.environ.get("REAL_INVOICES", Path(__file__).parents[3] / "shared" / "data" / "ar_invoices.csv"))
EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "ar_invoices.map.toml"

MAP = """
format = 1
as_of = 2026-11-23
[file]
date_format = "%d.%m.%Y"
delimiter = ";"
decimal_mark = ","
[columns]
account = "Konto"
name = "Name"
doc_no = "Beleg"
issued = "Datum"
due = "Faellig"
amount = "Betrag"
settled_on = "Bezahlt"
disputed = "Strittig"
phone = "Tel"
[values]
currency = "EUR"
[words]
disputed = ["ja"]
undisputed = ["nein", ""]
[tenant]
name = "Probe"
zone = "Europe/Berlin"
"""
HEAD = "Konto;Name;Beleg;Datum;Faellig;Betrag;Bezahlt;Strittig;Tel\n"


@pytest.fixture
def store():
    with Store.memory() as made:
        yield made


@pytest.fixture
def place(tmp_path):
    (tmp_path / "m.toml").write_text(MAP, encoding="utf-8")
    return tmp_path


def take(store: Store, place: Path, content: str | bytes, **more) -> ImportReport:
    path = place / "in.csv"
    path.write_bytes(content if isinstance(content, bytes) else (HEAD + content).encode())
    report: ImportReport = run("receivables", context(store), path, place / "m.toml", **more)
    return report


def line(
    doc: str = "R1",
    amount: str = "10,00",
    *,
    konto: str = "K1",
    due: str = "10.10.2026",
    paid: str = "",
    bad: str = "nein",
) -> str:
    return f"{konto};Firma Erfunden;{doc};01.09.2026;{due};{amount};{paid};{bad};\n"


def count(store: Store, table: str) -> int:
    with store.read() as db:
        return int(db.connection().execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


# ------------------------------------------------------------------------------------------------------------ real data


@pytest.mark.skipif(not REAL.exists(), reason="the real invoices are not on this machine")
def test_the_real_file_comes_out_to_the_cent(store, tmp_path):
    as_of = date(2013, 6, 30)

    def day(text: str) -> date:
        d, m, y = map(int, text.split("/"))
        return date(y, m, d)

    sums = dict.fromkeys(("open", "settled", "disputed", "overdue"), Decimal(0))
    later = total = 0
    with REAL.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            total += 1
            if day(row["InvoiceDate"]) > as_of:
                later += 1
                continue
            amount = Decimal(row["InvoiceAmount"])
            if day(row["SettledDate"]) <= as_of:
                sums["settled"] += amount
                continue
            sums["open"] += amount
            sums["disputed"] += amount * (row["Disputed"] == "Yes")
            sums["overdue"] += amount * (day(row["DueDate"]) < as_of)
    desk, options = context(store), {"rejects": tmp_path / "r.csv"}
    preview = run("receivables", desk, REAL, EXAMPLE, dry_run=True, **options)
    assert count(store, "item") == count(store, "tenant") == 0
    report = run("receivables", desk, REAL, EXAMPLE, **options)
    assert preview.totals == report.totals
    assert (total, report.rows, report.taken, report.later, report.rejected) == (2466, 2466, 2466 - later, later, 0)
    for what, amount in sums.items():
        assert getattr(report.totals, what) == amount * 100, what
    with store.read() as db:
        found = db.connection().execute(text(
            "SELECT sum(i.open), sum(i.disputed), sum(CASE WHEN i.due < '2013-06-30' THEN i.open ELSE 0 END), sum(i.amount - i.open), "
            "(SELECT sum(amount) FROM payment), (SELECT sum(amount) FROM allocation), (SELECT sum(past_due) FROM account_summary), "
            "(SELECT business_date FROM tenant) FROM item i"
        )).one()  # fmt: skip
    cents = {what: int(amount * 100) for what, amount in sums.items()}
    assert tuple(found) == (
        cents["open"], cents["disputed"], cents["overdue"], cents["settled"], cents["settled"], cents["settled"], cents["overdue"],
        "2013-06-30",
    )  # fmt: skip
    with pytest.raises(Refused, match="came in here on 2026-11-23 at 16:00 UTC; all of it is in"):
        run("receivables", desk, REAL, EXAMPLE, **options)
    again = run("receivables", desk, REAL, EXAMPLE, again=True, **options)
    assert (again.taken, again.updated, again.known, again.accounts) == (0, 0, report.taken, 0)
    assert again.totals == report.totals
    assert not (tmp_path / "r.csv").exists()


# -------------------------------------------------------------------------------------------------------------- meaning


def test_a_row_means_what_it_means_on_the_day(store, place):
    report = take(
        store,
        place,
        line("late", "1.250,50")
        + line("not-yet-due", "20,00", due="23.11.2026")
        + line("settled", "30,00", paid="22.11.2026")
        + line("settled-today", "40,00", paid="23.11.2026")
        + line("settled-later", "50,00", paid="24.11.2026")
        + line("disputed", "60,00", bad="JA")
        + line("credit", "-5,00")
        + line("used-credit", "-7,00", paid="01.11.2026")
        + "K1;F;future;24.11.2026;24.12.2026;70,00;;nein;\n",
    )
    t = report.totals
    assert (t.open, t.settled, t.disputed, t.overdue) == (
        125050 + 2000 + 5000 + 6000 - 500,
        7000,
        6000,
        125050 + 5000 + 6000,
    )
    assert (report.taken, report.later, report.left_out, report.rejected, report.accounts) == (7, 1, 1, 0, 1)
    with store.read() as db:
        seen = facts.load(db, 1, "K1")
    assert (seen.stage, seen.currency, seen.opened_on, seen.name) == (
        "PAST_DUE",
        "EUR",
        date(2026, 9, 1),
        "Firma Erfunden",
    )
    assert seen.next_action is not None
    assert (seen.next_action.code, seen.next_action.on) == ("call", date(2026, 11, 23))
    assert {p.received_on for p in seen.payments} == {date(2026, 11, 22), date(2026, 11, 23)}
    assert sum(i.disputed for i in seen.items) == 6000
    assert "credit" not in {i.doc_no for i in seen.items}  # posted to the oldest debt as it came
    assert min((i.due, i.id, i.amount - i.open) for i in seen.items if i.amount != i.open)[2] == 500


def test_who_owes_nothing_yet_is_called_after_the_due_date_or_reviewed(store, place):
    take(store, place, line("a", konto="SOON", due="27.11.2026") + line("b", konto="PAID", paid="01.10.2026"))
    with store.read() as db:
        soon, paid = facts.load(db, 1, "SOON"), facts.load(db, 1, "PAID")
    assert soon.next_action is not None
    assert paid.next_action is not None
    assert (soon.stage, soon.next_action.code, soon.next_action.on) == ("CURRENT", "call", date(2026, 11, 30))
    assert (paid.next_action.code, paid.next_action.on) == ("review", date(2026, 12, 23))


def test_a_second_run_brings_up_to_date_and_contradictions_are_rejected(store, place):
    take(store, place, line("pays") + line("argues") + line("argued", bad="ja") + line("same") + line("changed"))
    before = {}
    with store.read() as db:
        before = {"version": facts.load(db, 1, "K1").version}
    report = take(
        store,
        place,
        line("pays", paid="20.11.2026")
        + line("argues", bad="ja")
        + line("argued")  # the file lifts the dispute: an import does not
        + line("same")
        + line("changed", "11,00")
        + line("same", konto="K2"),
    )
    assert (report.taken, report.updated, report.known, report.rejected) == (1, 2, 2, 1)
    assert [(p.row, p.column) for p in report.problems] == [(6, "Betrag")]
    with store.read() as db:
        seen = facts.load(db, 1, "K1")
        assert seen.version == before["version"] + 1
    opened = {i.doc_no: (i.open, i.disputed) for i in seen.items}
    assert opened == {"argues": (1000, 1000), "argued": (1000, 1000), "same": (1000, 0), "changed": (1000, 0)}
    assert [(p.amount, p.status) for p in seen.payments] == [(1000, "APPLIED")]
    third = take(store, place, line("pays", paid="20.11.2026") + line("argues", bad="ja"))
    assert (third.updated, third.known) == (0, 2)


def test_money_received_at_the_desk_is_not_taken_twice(store, place):
    take(store, place, line("R1", "100,00"))
    with store.write() as db:
        db.connection().execute(text("UPDATE item SET open = 4000"))
    take(store, place, line("R1", "100,00", paid="20.11.2026"))
    with store.read() as db:
        assert db.connection().execute(text("SELECT sum(amount) FROM payment")).scalar_one() == 4000


# --------------------------------------------------------------------------------------------------------- hostile files


@pytest.mark.parametrize(
    ("row", "column", "says"),
    [
        (line(amount="abc"), "Betrag", "is no amount written as 1234,50"),
        (line(amount="10.00"), "Betrag", "is no amount"),
        (line(amount="1,234"), "Betrag", "more decimals than EUR"),
        (line(amount="99999999999999999,00"), "Betrag", "out of range"),
        (line(amount=""), "Betrag", "is no amount"),
        (line(due="2026-10-10"), "Faellig", "is no date written as %d.%m.%Y"),
        (line(due="31.02.2026"), "Faellig", "is no date"),
        (line(due="01.01.1066"), "Faellig", "out of range"),
        (line(due="31.12.9999"), "Faellig", "out of range"),
        (line(due="31.12.2199"), "Faellig", "more than 10 years ahead"),
        (line(paid="soon"), "Bezahlt", "is no date"),
        (line(bad="vielleicht"), "Strittig", "none of the words"),
        (line(doc=""), "Beleg", "is empty"),
        (line(doc="x" * 65), "Beleg", "longer than 64"),
        (line(konto="K\x1b[2J"), "Konto", "control characters"),
        (line(konto="K" + "\u202e"), "Konto", "control characters"),
        (line().replace("Firma Erfunden", "x" * 5000), "Name", "longer than 4000"),
        ("K1;too;few\n", "", "has 3 cells; the header has 9"),
        ('K1;"a"b;R1;01.09.2026;10.10.2026;1,00;;nein;\n', "", "a quote in the wrong place"),
        (line("OK"), "Beleg", "stands on an earlier row of this file"),
    ],
)
def test_a_bad_row_is_a_sentence_and_the_good_ones_come_in(store, place, row, column, says):
    report = take(store, place, line("OK") + row + line("OK2"))
    assert (report.taken, report.rejected) == (2, 1)
    assert (report.problems[0].row, report.problems[0].column) == (3, column)
    assert says in report.problems[0].reason
    assert report.problems[0].sentence in report.text()
    rejects = place / "in.csv.rejects.csv"
    assert stat.S_IMODE(rejects.stat().st_mode) == 0o600
    with rejects.open(encoding="utf-8", newline="") as file:
        kept = list(csv.reader(file, delimiter=";"))
    assert kept[0][:3] == ["reject_row", "reject_column", "reject_reason"]
    assert kept[0][3:] == HEAD.strip().split(";")
    assert kept[1][0] == "3"
    assert says in kept[1][2]
    assert "\x1b" not in rejects.read_text(encoding="utf-8")


def test_the_reject_file_can_be_mended_and_brought_with_the_same_mapping(store, place):
    take(store, place, line("good") + line("bad", "1O,00"))
    rejects = place / "in.csv.rejects.csv"
    mended = place / "mended.csv"
    mended.write_text(rejects.read_text(encoding="utf-8").replace("1O,00", "10,00"), encoding="utf-8")
    report = run("receivables", context(store), mended, place / "m.toml")
    assert (report.taken, report.rejected) == (1, 0)


@pytest.mark.parametrize("evil", ["=HYPERLINK(1)", "+1-2", "-x", "@SUM(A1)", "\u00a0=A1", "＝A1"])
def test_a_header_leaves_the_reject_file_as_no_formula_and_is_known_again(store, place, evil):
    head = HEAD.strip() + f";{evil}\n"
    wide = line("bad", "1O,00").strip() + ";x\n"
    path = place / "in.csv"
    path.write_text(head + wide, encoding="utf-8")
    run("receivables", context(store), path, place / "m.toml")
    rejects = place / "in.csv.rejects.csv"
    with rejects.open(encoding="utf-8", newline="") as file:
        assert next(csv.reader(file, delimiter=";"))[-1].startswith("'")
    mended = place / "mended.csv"
    mended.write_text(rejects.read_text(encoding="utf-8").replace("1O,00", "10,00"), encoding="utf-8")
    assert run("receivables", context(store), mended, place / "m.toml").taken == 1


@pytest.mark.parametrize("field", ["konto", "doc"])
@pytest.mark.parametrize("spelling", ["4111111111111111", "4111/1111_1111 1111", "41111111111111111227"])
def test_a_row_with_card_data_is_rejected_by_itself_and_masked(store, place, field, spelling):
    report = take(store, place, line("OK") + line(**{"doc": "R2", field: spelling}))
    assert (report.taken, report.rejected) == (1, 1)
    assert "card data" in report.problems[0].reason
    assert files_with_number(place) == ["in.csv"]


def test_formulas_come_in_as_text_and_leave_the_reject_file_harmless(store, place):
    take(store, place, line("R1", konto="=1+1") + line("@SUM(A1)", "x", konto="+K"))
    with store.read() as db:
        assert facts.load(db, 1, "=1+1").items[0].doc_no == "R1"
    assert "'@SUM(A1)" in (place / "in.csv.rejects.csv").read_text(encoding="utf-8")
    assert ";@SUM" not in (place / "in.csv.rejects.csv").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (HEAD.encode() + b"K1;\x00;R1\n", "line 2 holds a NUL"),
        (HEAD.encode() + "K1;Müller;R1\n".encode("cp1252"), "is not utf-8"),
        (HEAD.replace("Name", "Konto").encode(), "names column 'Konto' twice"),
        (HEAD.replace("Faellig", "Fällig").encode(), "no column Faellig for columns.due. Did you mean Fällig?"),
        (HEAD.encode() + b'K1;"open quote\n' + b"x\n" * 50, "a quote without its pair"),
        (HEAD.encode() + b'"' + b"x" * 200_000 + b'"\n', "a cell far too long"),
        (HEAD.encode() + b"x" * 1_100_000, "longer than a million characters"),
        ((HEAD + line()).encode("utf-16-le"), "line 1 holds a NUL"),
        (b";".join(b"c%d" % n for n in range(600)) + b"\n", "more than 500 columns"),
    ],
)
def test_a_spoilt_file_is_a_sentence_and_nothing_stays(store, place, content, says):
    with pytest.raises(Invalid) as caught:
        take(store, place, content)
    assert says in caught.value.message
    assert count(store, "tenant") == count(store, "account") == count(store, "import_batch") == 0
    assert [p.name for p in sorted(place.iterdir())] == ["in.csv", "m.toml"]


def test_a_file_that_spoils_late_leaves_nothing(store, place):
    good = "".join(line(f"R{n}", konto=f"K{n % 50}") for n in range(4500))
    with pytest.raises(Invalid, match="line 4503 holds a NUL"):
        take(store, place, HEAD.encode() + good.encode() + b"bad;row\n" + b"a\x00b\n")
    assert count(store, "tenant") == count(store, "item") == count(store, "party") == 0
    assert [p.name for p in sorted(place.iterdir())] == ["in.csv", "m.toml"]


def test_a_mark_at_the_start_and_empty_lines_are_no_matter(store, place):
    report = take(
        store, place, b"\xef\xbb\xbf" + HEAD.encode().replace(b"\n", b"\r\n") + b"\r\n" + line().encode() + b"\n\n"
    )
    assert (report.rows, report.taken) == (1, 1)


def test_a_dry_run_says_the_same_and_leaves_nothing(store, place):
    content = line("R1") + line("R2", "x")
    preview = take(store, place, content, dry_run=True)
    assert count(store, "tenant") == 0
    assert not (place / "in.csv.rejects.csv").exists()
    real = take(store, place, content)
    assert preview.model_copy(update={"dry_run": False, "rejects": real.rejects}) == real


# ----------------------------------------------------------------------------------------------------- mapping and store


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('due = "Faellig"', 'dew = "Faellig"', "no key columns.dew. Did you mean columns.due?"),
        ('currency = "EUR"', 'currency = "euro"', "values.currency"),
        ('"%d.%m.%Y"', '"%d.%m"', "day, month and four-digit year"),
        ('"%d.%m.%Y"', '"day first"', "day, month and four-digit year"),
        ('delimiter = ";"', 'delimiter = ","', "not the decimal mark"),
        ('zone = "Europe/Berlin"', 'zone = "CET+1"', "no IANA time zone"),
        ('disputed = ["ja"]', "", "which words in the disputed column"),
        ('disputed = ["ja"]', 'disputed = ["nein"]', "one meaning"),
        ("format = 1", "format = [", "is no TOML"),
    ],
)  # fmt: skip
def test_a_mapping_that_is_wrong_names_the_key(place, old, new, says):
    assert old in MAP
    path = place / "m.toml"
    path.write_text(MAP.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(Invalid) as caught:
        read_mapping(path)
    assert says in caught.value.message
    assert "m.toml" in caught.value.message


def test_the_first_file_needs_a_tenant_and_a_later_day_is_refused(store, place):
    path = place / "m.toml"
    path.write_text(MAP[: MAP.index("[tenant]")], encoding="utf-8")
    with pytest.raises(Refused, match=r"\[tenant\]"):
        take(store, place, line())
    path.write_text(MAP, encoding="utf-8")
    take(store, place, line())
    with pytest.raises(Refused, match="roll the day first"):
        take(store, place, line(), as_of=date(2026, 11, 24))


def test_accounts_of_another_currency_or_closed_take_no_invoice(store, place):
    over = {"status": "CLOSED", "next_action": None}
    tenant = {"name": "Probe", "currency": "EUR", "zone": "Europe/Berlin"}
    accounts = account("K1", currency="USD"), account("K2", **over), account("K3")
    bring(store, write_book(place, *accounts, tenant=tenant))
    report = take(store, place, line("a", konto="K1") + line("b", konto="K2") + line("c", konto="K3"))
    assert [(p.row, p.reason) for p in report.problems] == [
        (2, "is an account in USD, the file is in EUR"),
        (3, "is a closed account"),
    ]
    assert report.taken == 1


def test_a_file_in_another_currency_than_the_desks_is_refused(store, place):
    bring(store, write_book(place, account("K1", currency="EUR")))
    with pytest.raises(
        Refused, match="The file is in EUR, but this book is kept in USD; bring it into a book of its own"
    ):
        take(store, place, line(konto="K1"))


def test_amounts_survive_whatever_the_mix(store, place):
    """Sums of a file with thousands of rows, several batches long, against those of plain arithmetic."""
    dice = random.Random(5)
    opened = settled = 0
    lines = []
    for n in range(5000):
        cents = dice.randrange(0, 10**7)
        paid = date(2026, 10, 1) + timedelta(days=dice.randrange(90)) if dice.random() < 0.7 else None
        done = paid is not None and paid <= date(2026, 11, 23)
        settled += cents * done
        opened += cents * (not done)
        written = f"{cents // 100},{cents % 100:02d}"
        lines.append(line(f"R{n}", written, konto=f"K{n % 97}", paid=paid.strftime("%d.%m.%Y") if paid else ""))
    report = take(store, place, "".join(lines))
    assert (report.totals.open, report.totals.settled, report.accounts) == (opened, settled, 97)
    with store.read() as db:
        found = db.connection().execute(text("SELECT sum(open), (SELECT sum(amount) FROM allocation) FROM item")).one()
    assert tuple(found) == (opened, settled)
