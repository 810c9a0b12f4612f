"""Nothing is cut while the screen has room for it: on every screen, at 80×24, 100×30 and 132×43.

Of a table: what is cut in the row under the cursor stands whole below it while rows are empty, and no column has cells that it does not
need while another lacks them. Of lines: none is cut while rows below are empty.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from collect_tui import bootstrap, demo
from collect_tui.store import sqlite
from collect_tui.tui.render import text as tui_text
from collect_tui.tui.widgets.lines import LinePane
from collect_tui.tui.widgets.worktable import WorkTable
from support.demo import NOON
from tui.driver import DeskDriver, driving, keys_of

SIZES = [(80, 24), (100, 30), (132, 43)]
MANY = "4410-0193"
"""An account with a case, other parties, long words and what was written."""


def line(text: str) -> list[str]:
    return [":", *keys_of(text), "enter"]


SCREENS = {
    "board": [],
    "queue": line("q broken"),
    "inbox queue": line("q inbox"),
    **{f"pane {key}": [*line(MANY), key] for key in "1234567890"},
    "linked": [*line("4410-2231"), *line("linked")],
    "why": [*line(MANY), "y"],
    "script": [*line(MANY), *line("script")],
    "me": line("me"),
    "history": line("history"),
    "cases": line("cases open"),
    "cases of the department": line("cases department"),
    "case": [*line("cases open"), "1", "enter"],
    "inbox": line("inbox"),
    "floor": line("floor"),
    "forecast": line("forecast"),
    "run": line("run"),
    "find": ["/", *keys_of("rosen")],
    "help": ["?"],
}


@lru_cache(maxsize=1)
def book() -> bytes:
    with TemporaryDirectory() as folder:
        wired = bootstrap.wiring(database=Path(folder) / "demo.db", user="lee", at=NOON)
        demo.make_demo(wired)
        return sqlite.image(wired.database)


def seen(desk: DeskDriver) -> str:
    """All that is on the screen, without the places where lines end."""
    return "".join("".join(desk.rows).split())


def cut(table: WorkTable, index: int) -> Iterator[str]:
    """The cells of a row that are not seen whole."""
    widths = dict(table._layout(table.size.width))
    for at, cell in enumerate(table.source.row(index)):
        text = tui_text.clean(cell if isinstance(cell, str) else cell.text)
        if at in widths and tui_text.width(text) > widths[at]:
            yield text


def idle(table: WorkTable) -> int:
    """Cells of its columns that nothing fills, of those that are as wide as they need be."""
    rows = [table.source.row(index) for index in range(len(table.source))]
    idle = 0
    for at, width in table._layout(table.size.width):
        cells = (cell if isinstance(cell, str) else cell.text for cell in (row[at] for row in rows))
        needed = max(map(tui_text.width, (table._columns[at].heading, *cells)))
        idle += max(0, width - needed)
    return idle


async def row_by_row(desk: DeskDriver, table: WorkTable) -> None:
    """Some rows of the first page of which anything is cut, while the list leaves rows of the screen empty."""
    rows = [index for index in range(min(len(table.source), table.page)) if any(cut(table, index))]
    for index in rows[:3]:
        table.move_to(index)
        await desk.settled()
        whole = seen(desk)
        for text in cut(table, index):
            assert "".join(text.split()) in whole or table.spare < 1, (text, desk.text)


async def nothing_is_cut(desk: DeskDriver) -> None:
    for table in desk.screen.query(WorkTable):
        if table.display and len(table.source):
            if table._by_need and any(any(cut(table, each)) for each in range(len(table.source))):
                assert idle(table) == 0, desk.text
            await row_by_row(desk, table)
    for pane in desk.screen.query(LinePane):
        if pane.display and pane.id in {"body", "summary"}:
            wide = [each.text for each in pane.lines if tui_text.width(each.text) > pane.size.width]
            empty = pane.size.height - len(pane.lines)
            assert not wide or empty < 1, (wide, desk.text)


@pytest.mark.parametrize("name", SCREENS)
async def test_nothing_is_cut_while_there_is_room(tmp_path: Path, name: str) -> None:
    (tmp_path / "demo.db").touch(0o600)
    (tmp_path / "demo.db").write_bytes(book())
    wired = bootstrap.wiring(database=tmp_path / "demo.db", user="lee", at=NOON)
    with closing(bootstrap.open_desk(wired, backend="demo")) as opened:
        async with driving(lambda: opened, tmp_path / "state", size=SIZES[0]) as desk:
            await desk.burst(*SCREENS[name])
            await nothing_is_cut(desk)
            for size in SIZES[1:]:
                await desk.resize(*size)
                await nothing_is_cut(desk)
