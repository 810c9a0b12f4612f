"""A damaged queue of typed acts: set aside whole, read as far as it can be read, and the desk goes on."""

from __future__ import annotations

import os
import sqlite3
import stat
import threading
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

import collect_tui
from collect_tui.client import aside
from collect_tui.client.queue import ActOutbox
from collect_tui.client.queue_file import FILE
from collect_tui.common.files import make_private
from collect_tui.desk.commands import Act, WriteNote
from collect_tui.desk.errors import Unavailable

NOW = datetime(2026, 11, 23, 16, tzinfo=UTC)
COUNT = 60


def act(n: int) -> Act:
    note = WriteNote(text=f"called {n} " + "x" * 400)
    return Act(id=UUID(int=n + 1, version=4), account=f"4410-{n:04}", commands=(note,), version=1)


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    queue = ActOutbox(tmp_path, "here 1/mia")
    for n in range(COUNT):
        queue.add(act(n), NOW, lease=False)
    queue.close()
    return tmp_path / FILE


def garbage(path: Path) -> None:
    path.write_bytes(b"this was never a queue" * 100)


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def page(path: Path) -> None:
    whole = bytearray(path.read_bytes())
    size = int.from_bytes(whole[16:18], "big")
    middle = len(whole) // size // 2 * size
    whole[middle : middle + size] = os.urandom(size)
    path.write_bytes(whole)


def body(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("UPDATE act SET body = '{\"id\": 1' WHERE seq = 7")
        db.commit()


def column(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("ALTER TABLE act DROP COLUMN problem")
        db.commit()


def time(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("UPDATE act SET typed_at = 'yesterday' WHERE seq = 7")
        db.commit()


@pytest.mark.parametrize(
    ("harm", "least"),
    [(garbage, 0), (cut, 0), (page, COUNT // 2), (body, COUNT - 1), (column, COUNT), (time, COUNT - 1)],
)
def test_what_can_be_read_goes_on_and_the_whole_is_kept(filled: Path, harm: Callable[[Path], None], least: int) -> None:
    harm(filled)
    damaged = filled.read_bytes()
    queue = ActOutbox(filled.parent, "here 1/mia")
    rows = queue.rows()
    assert len(rows) >= least
    assert all(row.act == act(row.act.id.int - act(0).id.int) for row in rows)
    assert [row.seq for row in rows] == sorted(row.seq for row in rows)
    assert queue.aside is not None
    kept = queue.aside.file
    assert kept.read_bytes() == damaged or harm in (cut, page), "as it was, but for what SQLite itself mends"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert str(kept) in queue.notice
    assert "collect-tui outbox aside" in queue.notice
    queue.add(act(COUNT), NOW, lease=False)  # the desk goes on
    queue.close()
    again = ActOutbox(filled.parent, "here 1/mia")
    assert again.aside is None
    assert len(again.rows()) == len(rows) + 1
    assert aside.kept(filled.parent, "outbox") == [kept]


def test_two_programs_set_a_damaged_queue_aside_once(filled: Path) -> None:
    body(filled)
    opened: list[ActOutbox] = []
    threads = [threading.Thread(target=lambda: opened.append(ActOutbox(filled.parent, "here 1/mia"))) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sum(queue.aside is not None for queue in opened) == 1
    assert {len(queue.rows()) for queue in opened} == {COUNT - 1}


def test_a_whole_queue_stays_where_it_is(filled: Path) -> None:
    queue = ActOutbox(filled.parent, "here 1/mia")
    assert (queue.aside, queue.notice, len(queue.rows())) == (None, "", COUNT)


def test_a_file_that_cannot_be_opened_is_not_taken_for_damaged(tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir()
    with pytest.raises(Unavailable):
        ActOutbox(tmp_path, "here 1/mia")
    assert (tmp_path / FILE).is_dir()


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077, 0o277])
def test_folders_above_are_made_for_their_owner_only(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        make_private(tmp_path / "one" / "two" / "three")
    finally:
        os.umask(before)
    for folder in ("one", "one/two", "one/two/three"):
        assert stat.S_IMODE((tmp_path / folder).stat().st_mode) == 0o700


def test_nobody_makes_a_folder_in_another_way() -> None:
    source = Path(collect_tui.__file__).parent
    own = {"files.py", "evidence.py", "embedded.py"}  # one folder each whose parent is there, with its mode
    makers = [
        p.name for p in source.rglob("*.py") if ".mkdir(" in p.read_text("utf-8") or "makedirs" in p.read_text("utf-8")
    ]
    assert set(makers) == own
