"""How much is read of an account that has had thousands of messages."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import event, insert
from sqlalchemy.engine import Engine
from sqlmodel import SQLModel

from collect_tui.store import facts
from support.book import TODAY, Book, account
from support.world import World

ROSA = "4410-2231"
OLD = TODAY - timedelta(days=300)


def steps(world: World) -> int:
    """What SQLite does to open the account, in steps of its machine, by the thousand."""
    done = 0

    def count() -> int:
        nonlocal done
        done += 1
        return 0

    def watch(connection: Any, *_rest: object) -> None:
        connection.connection.dbapi_connection.set_progress_handler(count, 1000)

    world.desk.account(ROSA)  # what is read once is read
    event.listen(Engine, "before_cursor_execute", watch)
    try:
        world.desk.account(ROSA)
    finally:
        event.remove(Engine, "before_cursor_execute", watch)
    return done


@pytest.mark.parametrize("inbound", [False, True])
def test_opening_an_account_reads_no_old_message(inbound: bool) -> None:
    world = World(Book(account(ROSA, "Alvarez, Rosa", items=[("INV-1", -63, 30000)])))
    world.roll(TODAY)
    few = steps(world)
    row = {"tenant_id": 1, "account_id": world.account_id(ROSA), "made_on": OLD, "sent_on": OLD}
    row |= {"made_at": datetime.combine(OLD, time(), UTC), "inbound": inbound, "channel": "email"}
    row |= {"status": "ANSWERED" if inbound else "DELIVERED", "level": "", "template": "digital"}
    with world.store.write(1) as db:
        table = SQLModel.metadata.tables["message"]
        db.connection().execute(insert(table), [{**row, "id": world.ids()} for _ in range(3_000)])
    assert steps(world) <= 2 * few + 5


def test_opening_an_account_reads_no_notice_of_what_was_paid_long_ago() -> None:
    """But the last of each level, those of what is owed, what has not arrived, and all when old money is taken back."""
    world = World(Book(account(ROSA, "Alvarez, Rosa", items=[("INV-1", -63, 30000), ("OLD-1", -300, 100)])))
    world.roll(TODAY)
    new, old = world.row("item", doc_no="INV-1").id, world.row("item", doc_no="OLD-1").id
    tables, row = SQLModel.metadata.tables, {"tenant_id": 1, "account_id": world.account_id(ROSA), "made_on": OLD}
    row |= {"made_at": datetime.combine(OLD, time(), UTC), "inbound": False, "channel": "letter", "template": "x"}
    made = [
        {**row, "id": world.ids(), "level": "123"[n % 3], "status": "DELIVERED", "served_on": OLD - timedelta(days=n)}
        for n in range(3_000)
    ]
    made[2000] |= {"status": "SENT"}
    made[2500] |= {"status": "CANCELLED", "lifted": "QUEUED", "served_on": None}
    about = [{"tenant_id": 1, "message_id": each["id"], "item_id": old, "amount": 100} for each in made]
    about[1000] |= {"item_id": new}
    with world.store.write(1) as db:
        item = tables["item"]
        db.connection().execute(item.update().where(item.c.id == old).values(open=0))
        db.connection().execute(insert(tables["message"]), [{"lifted": None, **each} for each in made])
        db.connection().execute(insert(tables["message_item"]), about)
    with world.store.read() as db:
        seen = facts.load(db, 1, ROSA)
        (many,) = facts.load_many(db, 1, [seen.id])
    assert [m.id for m in seen.messages] == [made[n]["id"] for n in (0, 1, 2, 1000, 2000, 2500)]
    assert many.messages == seen.messages
