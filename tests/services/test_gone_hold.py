"""A hold of a kind that the site's file no longer has can still be released: the account names it."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from collect_tui.desk.commands import ReleaseHold
from collect_tui.desk.line.context import LineContext
from collect_tui.desk.line.parse import parse
from collect_tui.desk.line.render import render_act
from support.book import Book, Clock, account, day, do_line, local_desk

ROSA = "4410-2231"


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("REVIEW", "rel review billing has answered"),
        ("MY_REVIEW", "rel my-rev done"),
        ("A=B", 'rel "A=B" done'),
        ("x y", 'rel "x y" done'),
    ],
)
def test_a_hold_of_a_kind_that_is_gone_is_released_by_its_name(tmp_path: Path, code: str, line: str) -> None:
    held = {"kind": "MEDICAL", "placed_on": day(-3), "placed_by": "lee", "until": None, "reason": "was"}
    store = Book(account(ROSA, "Alvarez, Rosa", items=[("INV-1", -5, 30000)], holds=[held])).store(tmp_path)
    with store.write() as session:
        session.execute(text("UPDATE hold SET kind = :kind"), {"kind": code})
    desk = local_desk(store, "mia", Clock())
    assert [each.kind for each in desk.account(ROSA).holds] == [code]
    context = LineContext.of(desk.account(ROSA), desk.catalogue(), desk.session())
    commands = parse(line, context).commands
    assert [each.hold for each in commands if isinstance(each, ReleaseHold)] == [code]
    assert parse(render_act(commands, context), context).commands == commands
    do_line(desk, ROSA, line)
    assert desk.account(ROSA).holds == ()
