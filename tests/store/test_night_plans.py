"""What a night reads: of a million accounts those that the day touches, found by index, and no large table through."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from sqlalchemy import Engine, event

from collect_tui.defaults import load
from support.portfolio import DAY, NOW, add_account, make_store, run_day

WHOLE = re.compile(
    r"(?:SCAN|SEARCH) (account|account_summary|contact_event|contact_point|instalment|item|message|message_item|note|payment|service"
    r"|work_item)(?: USING (?:COVERING )?(?:INDEX )?(PRIMARY KEY|\w+) \(tenant_id=\?\))?$"
)
#: Table and index: read through for want of a better way in a tenth of a second each, or as the index holds few.
ALLOWED = {
    ("account", "PRIMARY KEY"),  # those without a summary yet
    ("account", "ix_account_stage"),  # the segments that there are
    ("item", "ix_item_credit"),
    ("work_item", "PRIMARY KEY"),  # what was skipped starts anew
}


def test_the_next_night_reads_no_large_table_through() -> None:
    catalogue, read = load(None, today=DAY), dict[tuple[str, str], str]()

    def explain(db: Any, _cursor: Any, statement: str, values: Any, _context: Any, many: bool) -> None:
        if not many and statement.split(None, 1)[0] in ("SELECT", "INSERT", "UPDATE", "DELETE"):
            steps = db.connection.driver_connection.execute(f"EXPLAIN QUERY PLAN {statement}", values).fetchall()
            read.update({(found[1], found[2] or ""): statement for step in steps if (found := WHOLE.match(step[3]))})

    store = make_store()
    for number in range(1, 6):
        late = {"due": DAY - timedelta(days=20 * number), "amount": 100_00}
        add_account(store, number=f"4410-000{number}", items=[late], services=[{}], points=[{}])
    run_day(store, DAY, catalogue, now=NOW)
    event.listen(Engine, "after_cursor_execute", explain)
    try:
        run_day(store, DAY + timedelta(days=1), catalogue, now=NOW + timedelta(days=1))
    finally:
        event.remove(Engine, "after_cursor_execute", explain)
    assert {"account", "item"} <= {table for table, _ in read}  # what is seen is what a night asks
    assert {one: read[one] for one in read.keys() - ALLOWED} == {}
