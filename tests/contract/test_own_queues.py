"""The queues of whose accounts they are: mine, and my team's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import update

from collect_tui.store.engine import Store
from collect_tui.store.sql import table
from collect_tui.store.tables import AppUser
from support.book import Book, account

OWNERS = ("mia", "ben", "lee", "")
BOOK = Book(
    *(
        account(
            f"7700-{i:04}",
            "Alvarez, Rosa",
            items=[(f"INV-{i}", 9 if i == 8 else -3 - 7 * i, 4_000 + 900 * i)],
            phone=f"+1 312 555 01{i:02}",
            **({"owner": OWNERS[i % 4]} if OWNERS[i % 4] else {}),
        )
        for i in range(12)
    )
)


@pytest.fixture
def store(combination: str, tmp_path: Path) -> Iterator[Store]:
    with BOOK.store(tmp_path) if combination.endswith("sqlite") else BOOK.pg_store() as opened:
        u = table(AppUser)
        with opened.write() as db:
            db.execute(update(u).where(u.c.login.in_(("mia", "ben"))).values(desk="south"))
        yield opened


def numbers(desk, name, words=""):
    return {row.account for row in desk.queue(name, words=words).rows}


def test_they_have_what_is_in_any_queue_of_whose_it_is(desk):
    everywhere = {row.account: row.owner for f in desk.queues().queues if f.tier for row in desk.queue(f.name).rows}
    assert set(everywhere.values()) == {*OWNERS}
    assert numbers(desk, "mine") == {number for number, owner in everywhere.items() if owner == "mia"}
    assert numbers(desk, "team") == {number for number, owner in everywhere.items() if owner in ("mia", "ben")}
    assert numbers(desk, "team", "owner=ben dpd>20") == {
        number for number in numbers(desk, "team") if everywhere[number] == "ben" and int(number[-4:]) > 2
    }


def test_the_board_counts_them_last_and_whoever_has_none_sees_none(desk, lead):
    own = {figure.name: figure for figure in desk.queues().queues if not figure.tier}
    assert list(own) == ["mine", "team"]
    for name, figure in own.items():
        rows = desk.queue(name).rows
        assert (figure.count, figure.collectable) == (len(rows), sum(row.collectable for row in rows))
        assert figure == desk.queue(name).figure
    assert [figure.name for figure in lead.queues().queues if not figure.tier] == ["mine"]  # sits at no desk


def test_next_hands_out_mine(desk):
    rows = desk.queue("mine").rows
    assert [row.tier for row in rows] == sorted(row.tier for row in rows)
    claim = desk.next("mine")
    assert (claim.account, claim.queue, claim.left) == (rows[0].account, "mine", desk.queue("mine").figure.left)
    assert desk.queue("mine", limit=1).cursor is not None
    second = desk.queue("mine", limit=1, cursor=desk.queue("mine", limit=1).cursor)
    assert second.rows[0].account == rows[1].account
