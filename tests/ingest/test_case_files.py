"""An agency's file: who is with it goes out, what it did comes back; each row once, and none about what is not the agency's."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import text

from collect_tui.desk.commands import Act, Command, DecideCase, MoveCase, OpenCase, WriteCaseNote
from collect_tui.desk.errors import Invalid, Refused
from collect_tui.ingest.pipeline import run
from collect_tui.reports.placement import COLUMNS, write
from collect_tui.services import users
from collect_tui.services.intake.case_moves import CaseFileReport
from collect_tui.store.engine import Store
from support.book import SERVICES, Book, Clock, account, catalogue, context, local_desk

ROSA, IVAN = "4410-2231", "4410-0087"
EXAMPLE = Path(__file__).parents[2] / "docs/examples/agency.map.toml"
HEAD = "case,event,reference,date,amount,code,remark\n"
POINTS = [
    {"kind": "mobile", "value": "+1 312 555 0142", "consent": "out"},
    {"kind": "mobile", "value": "+1 312 555 0143"},
    {"kind": "email", "value": "rosa@example.com", "quality": "bad"},
]
BOOK = Book(
    account(
        ROSA, '=cmd|"x"!A1, Rosa', items=[("INV-1", -63, 30000), ("INV-2", 20, 700)], services=SERVICES, points=POINTS
    ),
    account(IVAN, "Petrov, Ivan", items=[("INV-10", -41, 22000)]),
)


@pytest.fixture(params=["sqlite", "postgres"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    with BOOK.store(tmp_path) if request.param == "sqlite" else BOOK.pg_store() as opened:
        yield opened


def do(store: Store, number: str, *commands: Command, user: str = "mia") -> None:
    local_desk(store, user, Clock()).do(Act(id=uuid4(), account=number, commands=commands))


@pytest.fixture
def placed(store: Store) -> str:
    """Rosa's account is with the agency north for 18 percent, Ivan's with another."""
    for number, agency in ((ROSA, "north"), (IVAN, "south")):
        do(store, number, OpenCase(case_kind="placement", values={"agency": agency, "commission": 18}))
        case = local_desk(store, "mia", Clock()).account(number).cases[0].number
        do(store, number, MoveCase(case=case, move="place"))
        do(store, number, DecideCase(case=case, agreed=True, reason="fine"), user="lee")
    return case_of(store)


def case_of(store: Store, number: str = ROSA) -> str:
    return local_desk(store, "mia", Clock()).account(number).cases[0].number


def take(
    store: Store, folder: Path, content: str, name: str = "back.csv", mapping: Path = EXAMPLE, **more
) -> CaseFileReport:
    path = folder / name
    path.write_text(HEAD + content, "utf-8")
    report: CaseFileReport = run("cases", context(store), path, mapping, **more)
    return report


def seen(store: Store, case: str):
    found = local_desk(store, "lee", Clock()).case(case)
    return found, {f.name: f.value for f in found.fields}


def test_what_goes_out_says_what_is_owed_and_where_the_customer_can_be_reached(store, placed, tmp_path):
    assert write(context(store), "north", tmp_path / "out.csv") == 1
    (row,) = csv.DictReader((tmp_path / "out.csv").open(newline=""))
    assert tuple(row) == COLUMNS
    assert (row["account"], row["owed"], row["open"], row["commission"]) == (ROSA, "300.00", "307.00", "18")
    assert (row["case"], row["mobile"], row["email"]) == (placed, "'+1 312 555 0143", "")
    assert row["customer"].startswith("'=cmd")
    write(context(store), "north", tmp_path / "out.csv", raw=True)
    assert "'" not in (tmp_path / "out.csv").read_text("utf-8")
    assert (tmp_path / "out.csv").stat().st_mode & 0o777 == 0o600
    with pytest.raises(Invalid, match="did you mean north"):
        write(context(store), "nort", tmp_path / "out.csv")


def test_what_comes_back_moves_the_case_and_brings_the_money(store, placed, tmp_path):
    done = (
        f"{placed},received,N-1,2026-11-23,,,\n"
        f'{placed},payment,N-2,2026-11-23,100.25,,"half, now"\n'
        f"{placed},status,N-3,2026-11-23,,,\n"
        f"{placed},question,N-4,2026-11-23,,,=1+1 is the meter right?\n"
    )
    report = take(store, tmp_path, done)
    assert (report.taken, report.left_out, report.rejected, report.collected, report.fees) == (3, 1, 0, 10025, 1805)
    found, values = seen(store, placed)
    assert (found.state, values["collected"], values["fees"], values["acknowledged"]) == (
        "INQUIRY",
        10025,
        1805,
        "2026-11-23",
    )
    assert found.events[-1].text == "N-4: =1+1 is the meter right?"
    rosa = local_desk(store, "mia", Clock()).account(ROSA)
    assert (rosa.collectable, rosa.total) == (30000 - 10025, 30700 - 10025)
    with pytest.raises(Refused, match="came in here"):
        take(store, tmp_path, done)
    again = take(store, tmp_path, done, again=True)
    assert (again.taken, again.known, again.left_out, again.rejected) == (0, 3, 1, 0)
    assert seen(store, placed)[0] == found
    more = take(store, tmp_path, done + f"{placed},closed,N-5,2026-11-23,,SIF,settled\n", "next.csv")
    assert (more.taken, more.known, more.rejected) == (1, 3, 0)
    found, values = seen(store, placed)
    assert (found.ended, values["close_code"]) == (True, "settled")
    late = take(store, tmp_path, f"{placed},payment,N-6,2026-11-23,10.00,,\n", "late.csv")
    assert (late.taken, local_desk(store, "mia", Clock()).account(ROSA).collectable) == (1, 30000 - 11025)
    assert not local_desk(store, "mia", Clock()).account(ROSA).holds


def test_a_row_that_cannot_be_is_refused_by_itself(store, placed, tmp_path):
    other = case_of(store, IVAN)
    bad = (
        f"{other},received,N-1,2026-11-23,,,\n"
        f"PLACE-NONE,received,N-2,2026-11-23,,,\n"
        f"{placed},dance,N-3,2026-11-23,,,\n"
        f"{placed},payment,N-4,2026-11-23,-5.00,,\n"
        f"{placed},payment,,2026-11-23,5.00,,\n"
        f"{placed},closed,N-6,2026-11-23,,NOPE,\n"
        f"{placed},closed,N-7,2026-11-23,,,\n"
        f"{placed},received,N-8,23.11.2026,,,\n"
        f"{placed},payment,N-9,2026-11-23,4111111111111111,,\n"
        f"{placed},received,N-10,2026-11-23,,,\x1b[31mred\n"
    )
    report = take(store, tmp_path, bad)
    assert (report.taken, report.rejected) == (1, 9)
    assert sorted((r.row, r.code) for r in report.problems) == [
        (2, "row.case"),
        (3, "case.not_found"),
        (4, "row.event"),
        (5, "row.amount"),
        (6, "row.empty"),
        (7, "case.field"),
        (8, "case.missing"),
        (9, "row.date"),
        (10, "row.amount"),
    ]
    found, values = seen(store, placed)
    assert (found.state, values.get("collected")) == ("PLACED", None)
    assert [each.text for each in found.events][-1] == "N-10: red"
    take(store, tmp_path, f"{placed},payment,N-20,2026-11-23,5.00,,\n", "one.csv")
    twice = take(store, tmp_path, f"{placed},payment,N-20,2026-11-23,6.00,,\n", "two.csv")
    assert [r.code for r in twice.problems] == ["row.differs"]


def test_a_row_is_known_by_what_a_file_brought_and_by_nothing_that_a_person_wrote(store, placed, tmp_path):
    do(store, ROSA, WriteCaseNote(case=placed, text="N-1: they say they have it"))
    received, paid = f"{placed},received,N-1,2026-11-23,,,\n", f"{placed},payment,N-2,2026-11-23,5.00,,\n"
    assert take(store, tmp_path, received + paid, "one.csv").taken == 2
    assert take(store, tmp_path, received + paid, "two.csv", again=True).known == 2
    crossed = f"{placed},question,N-2,2026-11-23,,,\n{placed},payment,N-1,2026-11-23,5.00,,\n"
    report = take(store, tmp_path, crossed, "three.csv")
    assert [(each.code, each.column) for each in report.problems] == [("row.differs", "reference")] * 2


@pytest.mark.parametrize(("role", "taken"), [("compliance", 0), ("integration", 0), ("nobody's", 0), ("collector", 2)])
def test_whoever_brings_a_file_in_may_do_at_the_desk_what_its_rows_do(store, placed, tmp_path, role, taken):
    users.add(store, 1, "test", catalogue().authority, role="collector")
    with store.write(1) as db:
        db.execute(text("UPDATE app_user SET role = :role WHERE login = 'test'"), {"role": role})
    rows = f"{placed},received,N-1,2026-11-23,,,\n{placed},payment,N-2,2026-11-23,5.00,,\n"
    report = take(store, tmp_path, rows)
    assert (report.taken, {each.code for each in report.problems}) == (
        taken,
        set() if taken else {"authority.permission"},
    )


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('QUESTION = "ask"', 'QUESTION = "aks"', "did you mean ask"),
        ('agency = "north"', 'agncy = "north"', "did you mean agency"),
        ('kind = "placement"', 'kind = "placment"', "did you mean placement"),
        ('currency = "USD"', 'currency = "EUR"', "the file in EUR"),
        ('amount = "amount"\n', "", "payments have one"),
        ('leave_out = ["STATUS"]', 'leave_out = ["payment"]', "give each word one meaning"),
        ('event = "event"', 'evnt = "event"', "Did you mean columns.event"),
    ],
)
def test_a_mapping_that_cannot_be_is_refused_whole(store, placed, tmp_path, old, new, says):
    text = EXAMPLE.read_text("utf-8")
    assert old in text
    (tmp_path / "m.toml").write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises((Invalid, Refused)) as error:
        take(store, tmp_path, f"{placed},received,N-1,2026-11-23,,,\n", mapping=tmp_path / "m.toml")
    assert says in error.value.message


def test_a_preview_leaves_nothing(store, placed, tmp_path):
    before = seen(store, placed)
    report = take(store, tmp_path, f"{placed},payment,N-2,2026-11-23,100.25,,\n", dry_run=True)
    assert (report.taken, report.dry_run) == (1, True)
    assert seen(store, placed) == before
