"""200,000 open cases in one SQLite file: how long their lists, an account with one, a move and the night take.

    python benchmarks/cases.py [--cases 200000] [--folder FOLDER] [--keep] [--reps 40]

The accounts are those of `million.py`, one case on each; kinds, states, owners and departments are spread by arithmetic, clocks are worked
out by the program. Prints medians and p95 with the budgets.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import get_args
from uuid import uuid4

import million
from million import DAY, NOW, line, show, timed
from sqlalchemy import text

from collect_tui.common.ids import Ids
from collect_tui.defaults import load
from collect_tui.desk.commands import Act, MoveCase, WriteNote
from collect_tui.desk.views.case import CaseList
from collect_tui.services import day_run
from collect_tui.services.local import LocalDesk
from collect_tui.services.unit_of_work import unit_of_work
from collect_tui.store import cases
from collect_tui.store.engine import Store

#: Each with the share of the cases, its state, the fields that are asked for at opening, and whether a decision is waited for.
KINDS = (
    ("ticket", "NEW", '{"category":"billing","urgency":"normal","subject":"no bill since June"}', ""),
    ("ticket", "OPEN", '{"category":"service","urgency":"high","subject":"meter is dark"}', ""),
    ("dispute", "NEW", '{"item":"I0","amount":100,"reason":"PRICE","claim":"charged twice"}', ""),
    ("dispute", "WAITING_CUSTOMER", '{"item":"I0","amount":100,"reason":"QTY","claim":"not mine"}', ""),
    ("task", "OPEN", '{"due":"2026-12-01","risk":"low","what":"ask the landlord"}', ""),
    ("endorsement", "ASKED", '{"topic":"technical","facts":"reads high"}', ""),
    ("complaint", "IN_REVIEW", '{"topic":"calls","subject":"too many"}', ""),
    (
        "write-off", "RECOMMENDED", '{"amount":1200,"cause":"uneconomic","evidence":"old"}',
        '{"move":"write-off","by":"user7","on":"2026-11-20","amount":1200,"values":{}}',
    ),
    ("improvement", "PROPOSED", '{"what":"bold dates"}', ""),
    ("credit-note", "ASKED", '{"item":"I0","amount":100,"cause":"METER","why":"May"}', ""),
)  # fmt: skip
DEPARTMENTS = ("billing", "service", "credit", "collections", "floor")

OPENED = "datetime('{now}', (-(i * 7 % 30)) || ' days', (-(i % 400)) || ' minutes') || '.000000'"
CASE = f"""INSERT INTO case_file (tenant_id, id, account_id, number, kind, version, state, since, opened_at, opened_by, moved_by,
        department, owner, fields, excluded, asked, links, ended, press_at)
    SELECT 1, 5000000000 + i, i, 'CA-' || i, '{{kind}}', 1, '{{state}}', date({OPENED}), {OPENED}, 'user' || (i % 200), 'user' || (i % 200),
        {{department}}, CASE WHEN i % 3 THEN 'user' || (i % 211) ELSE '' END, '{{fields}}', 0, '{{asked}}', '', 0,
        '9999-12-31 00:00:00.000000'
    FROM n WHERE i % {len(KINDS)} = {{place}}"""
EVENT = """INSERT INTO case_event (tenant_id, id, case_id, at, by, state, what, did, text)
    SELECT 1, id + 5000000000, id, opened_at, opened_by, state, 'opened', 'is opened', '' FROM case_file"""


def make(store: Store, many: int) -> None:
    """One open case on each of the first accounts."""
    now = NOW.strftime("%Y-%m-%d %H:%M:%S")
    spread = " ".join(f"WHEN {place} THEN '{name}'" for place, name in enumerate(DEPARTMENTS))
    for place, (kind, state, fields, asked) in enumerate(KINDS):
        told = {"kind": kind, "state": state, "fields": fields, "asked": asked, "place": place, "now": now}
        statement = CASE.format(department=f"CASE i / 10 % {len(DEPARTMENTS)} {spread} END", **told)
        head, rest = statement.split("SELECT", 1)
        numbers = f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {many})"
        with store.write() as db:
            db.connection().exec_driver_sql(f"{head} {numbers} SELECT{rest}")
    with store.write() as db:
        db.connection().exec_driver_sql(EVENT)
    with store.write() as db:
        db.connection().exec_driver_sql(
            "INSERT INTO app_user (tenant_id, login, name, role, desk, active) VALUES (1, 'user7', 'U', 'lead', '', 1)"
        )


def measure(store: Store, reps: int, many: int) -> None:
    catalogue, ids = load(None, today=DAY), Ids()

    def seat(login: str, days: int = 0) -> LocalDesk:
        return LocalDesk(store, catalogue, user=login, clock=lambda: NOW + timedelta(days=days), ids=ids)

    print(f"{'What':<34}{'median':>10}{'p95':>10}{'budget':>10}{'stretch':>10}")
    began = time.perf_counter()
    with unit_of_work(seat("bench"), every=True) as work:
        work.derive()
    line("summaries, clocks and queues of all", (time.perf_counter() - began) * 1000, None, 120_000, 60_000)
    with store.write() as db:
        began = time.perf_counter()
        changed = cases.refresh(db, 1, catalogue.cases, NOW, None)
        line(f"clocks of all ({changed} changed)", (time.perf_counter() - began) * 1000, None, 60_000, 20_000)
    desk = seat("user7")
    for which in get_args(CaseList):
        page = desk.cases(which, limit=50)
        line(f"list {which} ({page.total:,})", *timed(reps, lambda which=which: desk.cases(which, limit=50)), 20, 5)
    line("list of a kind", *timed(reps, lambda: desk.cases("open", kind="write-off", limit=50)), 20, 5)
    line("board", *timed(reps, desk.queues), 20, 5)
    line("case", *timed(reps, lambda: desk.case("CA-7000")), 20, 5)
    line("account with a case", *timed(reps, lambda: desk.account("0007000")), 20, 5)
    at = count(10, len(KINDS))  # tickets that are new

    def move() -> None:
        number = next(at)
        moved = MoveCase(case=f"CA-{number}", move="take")
        desk.do(Act(id=uuid4(), account=f"{number:07}", commands=(moved,)))

    def note() -> None:
        desk.do(Act(id=uuid4(), account="0007000", commands=(WriteNote(text="x"),)))

    line("move of a case", *timed(reps, move), 40, 20)
    line("note on an account with a case", *timed(reps, note), 40, 20)
    for n, (what, budget) in enumerate(
        (("day run, first", 120), ("day run, next day", 20), ("day run, day after", 20)), 1
    ):
        began = time.perf_counter()
        report = day_run.run(seat("night", n), DAY + timedelta(days=n))
        line(what, (time.perf_counter() - began) * 1000, None, budget * 1000, budget * 250)
        for step in report.steps:
            show(f"    {step.name:<14}{step.seconds:8.2f} s {step.changed:>10,} rows")
        with store.read() as db:
            left = db.connection().execute(text("SELECT count(*) FROM case_file WHERE NOT ended")).scalar_one()
        show(f"    open cases: {left:,} of {many:,}")


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--cases", type=int, default=200_000)
    options.add_argument("--folder", type=Path, help="where the file is made, and kept with --keep")
    options.add_argument(
        "--keep", action="store_true", help="leave the file as it was made; one that is there is used again"
    )
    options.add_argument("--reps", type=int, default=40)
    given = options.parse_args()
    folder = given.folder or Path(tempfile.mkdtemp(prefix="collect-tui-bench-"))
    made, path = folder / f"cases-{given.cases}.db", folder / "cases.db"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not made.exists():
            with Store.open(made, create=True) as store:
                million.make(store, given.cases)
                make(store, given.cases)
        shutil.copyfile(made, path)
        path.chmod(0o600)
        with Store.open(path, create=False) as store:
            measure(store, given.reps, given.cases)
    finally:
        path.unlink(missing_ok=True)
        if not given.keep:
            made.unlink(missing_ok=True)
        if given.folder is None:
            shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
