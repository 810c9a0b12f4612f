"""A million accounts in one SQLite file: how long the queues and the day run take.

    python benchmarks/million.py [--accounts 1000000] [--folder FOLDER] [--keep] [--days 3] [--reps 40]

Makes a portfolio of a million accounts with five million items by set-based statements (flat memory), runs the first and two
next days, and prints medians and p95 of finding, of opening queues and pages of what is wanted of the largest, and of taking accounts,
with the budgets. Days are measured by the clock, what takes milliseconds by the processor: the file is in memory by then, and what
others do on the machine meanwhile does not count. Money and dates are spread by arithmetic, so two runs make the same file.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import text

from collect_tui.common.ids import Ids
from collect_tui.defaults import load
from collect_tui.desk.catalogue import Catalogue
from collect_tui.services import day_run
from collect_tui.services.desk_context import DeskContext
from collect_tui.store import claims, queues, scoring, summary
from collect_tui.store.engine import Store

DAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)
TENANT = 1
CHUNK = 50_000

_SYLLABLES = "lindenwalmartorbenkosvilgarsenpetrovhalkimdunmorrowferbar"
_PART = "substr('" + _SYLLABLES + "', 1 + 3 * (({0}) % 19), 3)"
#: 6,859 surnames and 361 first names, by arithmetic: `lindenwal, marben`.
SURNAME = " || ".join(map(_PART.format, ("i", "i / 19", "i / 361")))
FIRST = " || ".join(map(_PART.format, ("i / 6859", "i / 7")))

#: Rows per account i (1 …) and what they look like; % spreads them. Nine in ten customers have one account.
STATEMENTS = {
    "party": f"""INSERT INTO party (tenant_id, id, name, kind, lang, zone)
        SELECT 1, i, {SURNAME} || ', ' || {FIRST}, 'person', 'en', NULL FROM n WHERE i % 10 <> 0""",
    "name_token": f"""INSERT OR IGNORE INTO name_token (tenant_id, token, party_id, reversed)
        SELECT 1, token, i, reverse(token) FROM (SELECT {SURNAME} AS token, i FROM n WHERE i % 10 <> 0
            UNION ALL SELECT {FIRST}, i FROM n WHERE i % 10 <> 0)""",
    "address": f"""INSERT INTO contact_point (tenant_id, id, party_id, kind, value, normalized, reversed, ord, quality, consent, zones)
        SELECT 1, 200000000 + i, i, 'address', text, lower(text), '', 1, 'unknown', 'unknown', '' FROM (SELECT i,
            i % 900 || ' ' || {FIRST} || ' St, ' || {_PART.format("i / 11")} || 'ton, CA ' || (90000 + i % 9999) AS text
            FROM n WHERE i % 10 <> 0)""",
    "contact_point": """INSERT INTO contact_point (tenant_id, id, party_id, kind, value, normalized, reversed, ord, quality, consent, zones)
        SELECT 1, i, i, 'mobile', '+1312' || printf('%08d', i), '1312' || printf('%08d', i), '', 1, 'unknown', 'unknown', 'America/Chicago'
        FROM n WHERE i % 10 <> 0""",
    "account": """INSERT INTO account (tenant_id, id, number, party_id, segment, billing_system, status, stage, currency, opened_on,
            next_action_code, next_action_on, version, changed_by, changed_at)
        SELECT 1, i, printf('%07d', i), i - (i % 10 = 0), 'default', 'BILL', 'OPEN',
            CASE WHEN late < -5 THEN 'CURRENT' WHEN late < 1 THEN 'PRE_DUE' WHEN late < 15 THEN 'PAST_DUE' WHEN late < 30 THEN 'NOTICE_1'
                WHEN late < 45 THEN 'NOTICE_2' WHEN late < 60 THEN 'NOTICE_3' ELSE 'FINAL' END, 'USD', '2023-01-01', 'call',
            date('{day}', ((i * 7) % 30 - 10) || ' days'), 1, 'load', '{now}'
        FROM (SELECT i, CASE WHEN i % 3 = 0 THEN 30 * ((i / 3) % 5) + i % 30 - 20 ELSE -9 END AS late FROM n)""",
    "service": """INSERT INTO service (tenant_id, id, account_id, product, billing_system, identifier, status, monthly, life_support)
        SELECT 1, i, i, 'INT', 'BILL', 'S' || i, 'ACTIVE', 6000, 0 FROM n""",
    # Five monthly items; one account in three has not paid the last k of them (up to four), the others pay before the due date.
    "item": """INSERT INTO item (tenant_id, id, account_id, doc_no, kind, issued, due, amount, open, disputed, source, level)
        SELECT 1, i * 8 + k, i, 'I' || (i * 8 + k), 'invoice', date('{day}', (-30 * k - (i % 30)) || ' days'),
            date('{day}', (20 - 30 * k - (i % 30)) || ' days'), 4000 + (i * 37) % 9000,
            CASE WHEN i % 3 = 0 AND k <= (i / 3) % 5 OR k = 0 AND i % 30 < 15 THEN 4000 + (i * 37) % 9000 ELSE 0 END,
            0, '', ''
        FROM n, (SELECT 0 AS k UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4)""",
    "contact_event": """INSERT INTO contact_event (tenant_id, id, account_id, at, by, action, result, outbound, counted, worked, contact,
            right_party, note, typed)
        SELECT 1, i * 4 + k, i, datetime('{now}', (-(i % 40) - 9 * k) || ' days') || '.000000', 'mia', 'TM',
            CASE k WHEN 0 THEN 'RP' ELSE 'NA' END, 1, 1, 1, k = 0, k = 0, '', ''
        FROM n, (SELECT 0 AS k UNION ALL SELECT 1 UNION ALL SELECT 2) WHERE i % 9 = 0""",
    "promise": """INSERT INTO promise (tenant_id, id, account_id, kind, status, total, made_on, made_by,
            made_at, grace_days, note, grace_unit)
        SELECT 1, i, i, 'single', 'ACTIVE', 4000, date('{day}', (-(i % 8)) || ' days'), 'mia', '{now}', 2, '', 'days'
        FROM n WHERE i % 27 = 0""",
    "instalment": """INSERT INTO instalment (tenant_id, promise_id, seq, due, amount, paid, status)
        SELECT 1, i, 1, date('{day}', ((i / 27) % 12 - 4) || ' days'), 4000, 0, 'OPEN' FROM n WHERE i % 27 = 0""",
    "payment": """INSERT INTO payment (tenant_id, id, account_id, ref, received_on, method, amount, status,
            recorded_by, recorded_at, returned)
        SELECT 1, i, i, 'P' || i, date('{day}', '-1 days'), 'ach', 4000 + (i * 37) % 9000, 'UNAPPLIED', 'bank', '{now}', 0
        FROM n WHERE i % 60 = 0""",
    "callback": """INSERT INTO callback (tenant_id, id, account_id, at, status, note, made_by)
        SELECT 1, i, i, datetime('{now}', ((i / 99) % 96 - 24) || ' hours') || '.000000', 'SCHEDULED', '', 'mia' FROM n WHERE i % 99 = 0""",
    "hold": """INSERT INTO hold (tenant_id, id, account_id, kind, scope, placed_on, placed_by, until, reason, status)
        SELECT 1, i, i, CASE WHEN i % 2 = 0 THEN 'MEDICAL' ELSE 'CEASE' END, 'account', '{day}', 'mia',
            date('{day}', ((i / 50) % 30) || ' days'), '', 'ACTIVE' FROM n WHERE i % 50 = 7""",
    # Two in three have an e-mail as well, by which a reminder goes.
    "email": """INSERT INTO contact_point (tenant_id, id, party_id, kind, value, normalized, reversed, ord, quality, consent, zones)
        SELECT 1, 100000000 + i, i, 'email', 'c' || i || '@example.com', 'c' || i || '@example.com', '', 1, 'unknown', 'unknown', ''
        FROM n WHERE i % 10 <> 0 AND i % 3 <> 1""",
    "balloon": """INSERT INTO item (tenant_id, id, account_id, doc_no, kind, issued, due, amount, open, disputed, source, level)
        SELECT 1, i * 8 + 7, i, 'B' || i, 'balloon', '2024-01-01', date('{day}', (i / 50 % 90) || ' days'), 900000, 900000, 0, '', ''
        FROM n WHERE i % 50 = 1""",
    "note": f"""INSERT INTO note (tenant_id, id, account_id, at, by, text, typed, pinned)
        SELECT 1, i, i, '{{now}}', 'mia', 'Spoke with ' || {FIRST} || ' about the bill, pays on friday; reference ' || i, '', 0 FROM n
        WHERE i % 3 = 0""",
    # Whoever stands at a notice has had it, about the oldest of what is owed; half of those at the final one the next as well.
    "message": """INSERT INTO message (tenant_id, id, account_id, inbound, channel, status, level, template, version, lang, address,
            subject, text, document, blocked, made_on, made_at, made_by, tries, sent_on, served_on, thread, automatic, detail)
        SELECT 1, i * 4 + pre, i, 0, 'letter', 'SENT', CASE WHEN pre THEN 'pre-cut' WHEN late < 30 THEN '1' WHEN late < 45 THEN '2'
                WHEN late < 60 THEN '3' ELSE 'final' END, '', '', 'en', '', '', '', '', '', date('{day}', (-(i % 30)) || ' days'), '{now}',
            'load', 1, date('{day}', (-(i % 30)) || ' days'), date('{day}', (-(i % 30)) || ' days'), '', 0, ''
        FROM (SELECT i, 30 * ((i / 3) % 5) + i % 30 - 20 AS late FROM n WHERE i % 3 = 0), (SELECT 0 AS pre UNION ALL SELECT 1)
        WHERE late >= 15 AND (NOT pre OR late >= 60 AND i % 2 = 0)""",
    "message_item": """INSERT INTO message_item (tenant_id, message_id, item_id, amount)
        SELECT 1, m.id, m.account_id * 8 + (m.account_id / 3) % 5, 4000
        FROM n JOIN message m ON m.tenant_id = 1 AND m.account_id = n.i""",
}


def make(store: Store, accounts: int) -> float:
    """Fills an empty store; seconds it took. Foreign keys hold by construction and are checked by the caller's day runs."""
    began = time.perf_counter()
    with store.write() as db:
        db.connection().execute(
            text(
                "INSERT INTO tenant (tenant_id, name, business_date, currency, zone, median_collectable, audit_key)"
                " VALUES (1, 'Bench', :d, 'USD', :z, 0, '00')"
            ),
            {"d": (DAY - timedelta(days=1)).isoformat(), "z": "America/Chicago"},
        )
    now = NOW.strftime("%Y-%m-%d %H:%M:%S.000000")
    for low in range(1, accounts + 1, CHUNK):
        high = min(low + CHUNK - 1, accounts)
        with store.write() as db:
            driver: Any = db.connection().connection.driver_connection
            driver.create_function("reverse", 1, lambda word: word[::-1])
            for statement in STATEMENTS.values():
                numbered = statement.format(day=DAY.isoformat(), now=now)
                head, rest = numbered.split("SELECT", 1)
                db.connection().exec_driver_sql(
                    f"{head} WITH RECURSIVE n(i) AS (SELECT {low} UNION ALL SELECT i + 1 FROM n WHERE i < {high}) SELECT{rest}"
                )
        show(f"made {high:,} of {accounts:,} accounts")
    return time.perf_counter() - began


def show(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def timed(reps: int, do: Callable[[], object]) -> tuple[float, float]:
    """Median and p95 of a call in milliseconds of the processor."""
    do()
    spans = []
    for _ in range(reps):
        began = time.thread_time()
        do()
        spans.append((time.thread_time() - began) * 1000)
    return statistics.median(spans), statistics.quantiles(spans, n=20)[-1] if reps > 1 else spans[0]


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--accounts", type=int, default=1_000_000)
    options.add_argument("--folder", type=Path, help="where the file is made, and kept with --keep")
    options.add_argument("--keep", action="store_true", help="leave the file; a file that is there is used again")
    options.add_argument("--days", type=int, default=3, choices=range(4), help="day runs; 0 with a file that is there")
    options.add_argument("--reps", type=int, default=40)
    options.add_argument(
        "--check", action="store_true", help="recompute everything after each day and count differences"
    )
    given = options.parse_args()
    folder = given.folder or Path(tempfile.mkdtemp(prefix="collect-tui-bench-"))
    path = folder / f"million-{given.accounts}.db"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        known = path.exists()
        with Store.open(path, create=True) as store:
            if not known:
                show(f"made in {make(store, given.accounts):.1f} s")
            measure(store, given.days, given.reps, check=given.check)
    finally:
        if not given.keep:
            shutil.rmtree(folder) if given.folder is None else path.unlink(missing_ok=True)
    return 0


def drafted(store: Store, on: date) -> str:
    """How many messages of each template a night wrote."""
    query = "SELECT template, count(*) FROM message WHERE tenant_id = 1 AND made_on = :on AND status = 'DRAFT' GROUP BY template"
    with store.read() as db:
        found = db.connection().execute(text(query), {"on": on.isoformat()}).all()
    return ", ".join(f"{count:,} {template}" for template, count in found) or "nothing"


def measure(store: Store, days: int, reps: int, *, check: bool) -> None:
    catalogue = load(None, today=DAY)
    ids = Ids()
    print(f"{'What':<34}{'median':>10}{'p95':>10}{'budget':>10}{'stretch':>10}")
    with store.read() as db:
        at = db.connection().execute(text("SELECT business_date FROM tenant")).scalar_one()
    day = start = date.fromisoformat(at)
    runs = [("day run, first", 120, 60), ("day run, next day", 20, 5), ("day run, day after", 20, 5)]
    for n, (what, budget, stretch) in enumerate(runs[:days], start=1):
        day = start + timedelta(days=n)
        began = time.perf_counter()
        desk = DeskContext(store, catalogue, user="bench", clock=lambda n=n: NOW + timedelta(days=n), ids=ids)
        report = day_run.run(desk, day)
        line(what, (time.perf_counter() - began) * 1000, None, budget * 1000, stretch * 1000)
        for step in report.steps:
            show(f"    {step.name:<14}{step.seconds:8.2f} s {step.changed:>10,} rows")
        show(f"    drafted: {drafted(store, day)}")
        if check:
            again = day_run.run(desk, day, check=True)
            show(f"    differences: {again.differences}, orphans: {again.orphans}")
    now = NOW + (day - DAY) + timedelta(days=1)
    with store.read() as db:
        board = queues.board(db, TENANT, catalogue, now)
        biggest = max(board.queues, key=lambda q: q.count)
        for figure in board.queues:
            show(f"    {figure.name:<14}{figure.count:>10,}")
        line("board", *timed(reps, lambda: queues.board(db, TENANT, catalogue, now)), 20, 5)
        line(
            f"open queue {biggest.name} ({biggest.count:,})",
            *timed(reps, lambda: queues.page(db, TENANT, catalogue, biggest.name, limit=50, now=now)),
            20,
            5,
        )
        cursor = None
        for _ in range(min(40, biggest.count // 1000)):
            cursor = queues.page(db, TENANT, catalogue, biggest.name, cursor=cursor, limit=1000, now=now).cursor
        line(
            "page deep in it",
            *timed(reps, lambda: queues.page(db, TENANT, catalogue, biggest.name, cursor=cursor, limit=50, now=now)),
            20,
            5,
        )
    sample = [int(a) for a in range(333, 333 + 300 * (reps + 2), 300)]
    turn = iter(sample * 10)

    def one_account() -> None:
        account = next(turn)
        with store.write() as db:
            summary.refresh(db, TENANT, day, account, minutes=30)
            scoring.rescore(db, TENANT, catalogue, day, now, account)

    line("summary and score of one account", *timed(reps, one_account), 20, 5)

    def next_account() -> None:
        with store.write() as db:
            claims.take_next(db, TENANT, None, "mia", now, 10)

    line("take the next account", *timed(reps, next_account), 20, 5)
    find(store, reps)
    filters(store, catalogue, biggest.name, now, reps)


def filters(store: Store, catalogue: Catalogue, queue: str, now: datetime, reps: int) -> None:
    """First pages of a queue of which something is wanted: of what many have, and of what hardly anybody has."""
    from collect_tui.desk.queue_filter import SORTS, read

    many = (
        "dpd>30",
        "collect>90",
        "zone=open",
        "zone=open sort score",
        "zone=closed",
        "zone=closed sort score",
        "flag=hold",
        "owner=none",
        "product=int",
        "product!=int",
        "lin",
    )
    few = (
        "collect>9000",
        "score>950",
        "snoozes>2",
        "flag=medical",
        "flag=promised",
        "flag=promised sort score",
        "flag=disputed",
        "flag=company",
        "product=xx",
        "owner=me",
    )
    search = ("lindenwal", "lindenwal marben", "0333333", "lindenwal flag=hold sort dpd")
    with store.read() as db:
        for words in (*(f"sort {name}" for name in SORTS), *many, *few, *search):
            wanted = read(words, "USD", catalogue.holds)
            line(
                f"open it: {words}",
                *timed(
                    reps,
                    lambda wanted=wanted: queues.page(
                        db, TENANT, catalogue, queue, limit=50, now=now, user="mia", wanted=wanted
                    ),
                ),
                50,
                20,
            )


def find(store: Store, reps: int) -> None:
    from collect_tui.store import find as finding

    with store.read() as db:
        for what, wanted in {
            "number": "0333333",
            "name": "lindenwal",
            "name and first name": "lindenwal marben",
            "name, misspelt": "lindenval",
            "name and first name, misspelt": "lindenwall marbem",
            "end of a number": "3333",
            "service": "S333333",
            "end of a service": "33333",
            "address": "marlin",
            "house and street": "17 lindal",
            "word of a note": "dunrov",
            "common word of notes": "friday",
            "two words of notes": "kosgar friday",
            "keys of several kinds": "lindal 17",
            "what nobody has": "zzyzx",
            "begin of a phone": "312000",
            "phone": "131200004711",
            "invoice": "I800001",
            "payment": "P600",
        }.items():
            line(f"find by {what}", *timed(reps, lambda wanted=wanted: finding.find(db, TENANT, wanted, 50)), 30, 10)


def line(what: str, median: float, p95: float | None, budget: float, stretch: float) -> None:
    def span(value: float | None) -> str:
        return (
            "" if value is None else f"{value / 1000:.1f} s" if value >= 10_000 or budget >= 1000 else f"{value:.1f} ms"
        )

    print(f"{what:<34}{span(median):>10}{span(p95):>10}{span(budget):>10}{span(stretch):>10}", flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
