"""The history of the tables: from the file of an older program, on SQLite and PostgreSQL, to what this program makes anew."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import stat
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Boolean, Connection, inspect, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel

from collect_tui.desk.errors import Unavailable
from collect_tui.store import audit_check, migrate, sqlite
from collect_tui.store.engine import Store
from collect_tui.store.find import find
from collect_tui.store.tables import version
from support import pg
from support.book import Clock, local_desk
from support.shapes import owner, shape, shape_of

NEWER = version.revision(version.SCHEMA_VERSION + 1)
FORMAT_2 = (Path(__file__).parent / "format2.sql").read_text("utf-8")
"""A portfolio as the program wrote it when its format was 2: four accounts, a day run, promises, a callback, a note."""

WORK = [column.name for column in SQLModel.metadata.tables["work_item"].columns]
Rows = dict[str, list[tuple[Any, ...]]]


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A file of format 2."""
    path = tmp_path / "desk.db"
    path.touch(mode=0o600)
    with closing(sqlite3.connect(path)) as db:
        db.executescript(FORMAT_2)
        db.execute(f"PRAGMA application_id={sqlite.APPLICATION_ID}")
        db.execute("PRAGMA user_version=2")
    return path


@pytest.fixture
def empty_pg() -> Iterator[str]:
    with pg.database() as url:
        yield url


@pytest.fixture
def old_pg(old: Path, empty_pg: str) -> str:
    """The same portfolio in a PostgreSQL database of format 2."""
    rows = rows_of_file(old)
    with owner(empty_pg) as connection:
        migrate.upgrade(connection, "0002")
        inspector = inspect(connection)
        for table in [t for t, _ in inspector.get_sorted_table_and_fkc_names() if t in rows]:
            columns = inspector.get_columns(table)
            bools = [isinstance(column["type"], Boolean) for column in columns]
            slots = ", ".join(["%s"] * len(columns))
            for row in rows[table]:
                values = tuple(bool(v) if b else v for v, b in zip(row, bools, strict=True))
                connection.exec_driver_sql(f'INSERT INTO "{table}" VALUES ({slots})', values)
    return empty_pg


def rows_of_file(path: Path) -> Rows:
    with closing(sqlite3.connect(path)) as db:
        names = [n for (n,) in db.execute("SELECT name FROM pragma_table_list WHERE type = 'table' AND wr = 1")]
        return {n: sorted(db.execute(f'SELECT * FROM "{n}"').fetchall(), key=repr) for n in names}


def rows_of_pg(url: str, only: dict[str, int]) -> Rows:
    """The rows of these tables, of each as many columns from the left."""
    with owner(url) as connection:
        found = {t: connection.exec_driver_sql(f'SELECT * FROM "{t}"').all() for t in only}
    return {t: sorted((tuple(row)[: only[t]] for row in rows), key=repr) for t, rows in found.items()}


# ------------------------------------------------------------------------------------------------------- one history


def forgotten(found: Rows) -> Rows:
    """With the fingerprints of acts gone: those of older formats were made without a key."""
    plain = re.compile("[0-9a-f]{64}")
    acts = [tuple("" if plain.fullmatch(str(value)) else value for value in row) for row in found["act_log"]]
    return {**found, "act_log": acts}


def finer(found: Rows) -> Rows:
    """With work sorted by its amount as well, where the score is the same."""
    at = {name: place for place, name in enumerate(WORK)}
    work = []
    for row in found["work_item"]:
        rank = -(row[at["score"]] * 10**12 + row[at["collectable"]])
        work.append((*row[: at["sort_score"]], rank, *row[at["sort_score"] + 1 :]))
    return {**found, "work_item": work}


def as_notices(after: Rows) -> list[tuple[Any, ...]]:
    """Messages as the notices that they were: tenant, id, account, service, level, channel, status, day it was sent."""
    return [tuple(row[at] for at in (0, 1, 2, 3, 8, 6, 7, 24)) for row in after["message"]]


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_notice_is_about_what_was_late_when_it_was_sent(kind: str, old: Path, request: pytest.FixtureRequest) -> None:
    engine = sqlite.make_engine(old, writes=True)
    with engine.begin() if kind == "sqlite" else owner(request.getfixturevalue("old_pg")) as connection:
        if kind == "sqlite":
            version.write(connection, 2)
        migrate.upgrade(connection, "0009")
        run = connection.exec_driver_sql
        account, internet = run("SELECT account_id, id FROM service WHERE product = 'INT'").one()
        for ident, service, status in (
            (1, "NULL", "SENT"),
            (2, internet, "RETURNED"),
            (3, internet + 999, "DELIVERED"),
        ):
            day = f"1, {ident}, {account}, {service}, 'pre-cut', 'letter', '{status}', '2026-11-20'"
            run(f"INSERT INTO notice VALUES ({day})")
        migrate.upgrade(connection, "0010")
        named = "SELECT message_id, doc_no FROM message_item JOIN item ON item.id = item_id WHERE message_id < 4"
        about = {tuple(row) for row in run(named).all()}
        served = run("SELECT id FROM message WHERE id < 4 AND served_on IS NOT NULL ORDER BY id").scalars().all()
    engine.dispose()
    assert about == {(1, "INV-1"), (1, "INV-2"), (2, "INV-1")}
    assert served == [1, 3]


def test_an_upgraded_file_equals_a_new_one_and_keeps_every_row(old: Path, tmp_path: Path) -> None:
    before = finer(forgotten(rows_of_file(old)))
    report = migrate.run(old)
    assert (report.before, report.after) == (2, version.SCHEMA_VERSION)
    after = rows_of_file(old)
    assert as_notices(after) == before.pop("notice")
    for table, rows in before.items():
        if table == "sqlite_stat1":
            continue
        width = len(rows[0]) if rows else 0
        assert [row[:width] for row in after[table]] == rows, table
    assert sum(map(len, before.values())) > 60  # there was something to keep
    with Store.open(old, create=False) as upgraded, Store.open(tmp_path / "new.db", create=True) as new:
        assert shape_of(upgraded) == shape_of(new)


def test_an_upgraded_database_equals_a_new_one_and_keeps_every_row(old_pg: str) -> None:
    with owner(old_pg) as connection:
        widths = {t: len(inspect(connection).get_columns(t)) for t in inspect(connection).get_table_names()}
    del widths[version.TABLE]
    before = finer(forgotten(rows_of_pg(old_pg, widths)))
    del widths["notice"]
    notices = before.pop("notice")
    assert migrate.run(old_pg).before == 2
    assert rows_of_pg(old_pg, widths) == before
    assert as_notices(rows_of_pg(old_pg, {"message": 40})) == notices
    assert len(before["audit"]) == 4
    with Store.connect(old_pg) as upgraded, pg.store() as new:
        assert shape_of(upgraded) == shape_of(new)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_document_number_becomes_one_of_its_account(kind: str, old: Path, request: pytest.FixtureRequest) -> None:
    """With format 8 it was one of the whole book, and everything that refers to an item stays what it was."""
    target: Any = old if kind == "sqlite" else request.getfixturevalue("old_pg")
    migrate.run(target)
    same = "INSERT INTO item SELECT tenant_id, id + 1000, {account}, NULL, doc_no, kind, issued, due, amount, open, disputed, "
    same += "source, level FROM item WHERE doc_no = 'INV-1'"
    with Store.open(old, create=False) if kind == "sqlite" else Store.connect(target) as store:
        with store.write(1) as db:
            run = db.connection().exec_driver_sql
            other = run("SELECT id FROM account WHERE number = '4410-0087'").scalar_one()
            run(same.format(account=other))
            if kind == "sqlite":
                assert run("PRAGMA foreign_key_check").all() == []
        with pytest.raises(IntegrityError), store.write(1) as db:
            db.connection().exec_driver_sql(same.format(account="account_id").replace("id + 1000", "id + 2000"))


WAITING = '{"move":"grant","by":"ben","on":"2026-11-23","amount":6000,"values":{}}'
CASE = """
INSERT INTO case_file (tenant_id, id, account_id, number, kind, version, state, since, opened_at, opened_by, moved_by, department, owner,
    fields, excluded, asked, links, ended, press_at)
SELECT 1, {id}, min(id), 'DI-{id}', 'dispute', 1, 'NEW', '2026-11-20', {at},
    'mia', 'ben', 'billing', '', '{{}}', 0, :asked, '', {no}, {press}
FROM account WHERE tenant_id = 1
"""
EVENT = """INSERT INTO case_event (tenant_id, id, case_id, at, by, state, what, did, text)
VALUES (1, 9, 1, {at}, 'mia', 'NEW', 'opened', 'is opened', '')"""


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_an_open_case_says_what_waits_in_it_and_when_it_presses(
    kind: str, old: Path, request: pytest.FixtureRequest
) -> None:
    at = "'2026-11-20 12:00:00.000000'" if kind == "sqlite" else "'2026-11-20 12:00:00+00'"
    no = "0" if kind == "sqlite" else "false"
    engine = sqlite.make_engine(old, writes=True) if kind == "sqlite" else None
    with engine.begin() if engine is not None else owner(request.getfixturevalue("old_pg")) as connection:
        if kind == "sqlite":
            version.write(connection, 2)
        migrate.upgrade(connection, "0012")
        connection.execute(text(CASE.format(id=1, at=at, no=no, press=at)), {"asked": WAITING})
        connection.execute(text(CASE.format(id=2, at=at, no=no, press="NULL")), {"asked": ""})
        connection.exec_driver_sql(EVENT.format(at=at))
        migrate.upgrade(connection)
        columns = "id, asked_by, asked_move, asked_amount, reason, asked"
        found = connection.exec_driver_sql(f"SELECT {columns} FROM case_file ORDER BY press_at, id").all()
        assert [tuple(row) for row in found] == [(1, "ben", "grant", 6000, "", WAITING), (2, "", "", 0, "", "")]
        assert connection.exec_driver_sql("SELECT count(*) FROM case_event").scalar_one() == 1
        connection.rollback()
    if engine is not None:
        engine.dispose()


HELD = """
INSERT INTO hold (tenant_id, id, account_id, kind, scope, placed_on, placed_by, reason, status)
SELECT 1, 5, min(id), 'MEDICAL', 'account', '2026-11-20', 'mia', 'zeppelin pilot', 'ACTIVE' FROM account WHERE tenant_id = 1
"""


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_what_was_written_in_cases_and_holds_before_is_found(
    kind: str, old: Path, request: pytest.FixtureRequest
) -> None:
    """With format 18; the notes of promises are kept in the same way."""
    target: Any = old if kind == "sqlite" else request.getfixturevalue("old_pg")
    at = "'2026-11-20 12:00:00.000000'" if kind == "sqlite" else "'2026-11-20 12:00:00+00'"
    no = "0" if kind == "sqlite" else "false"
    engine = sqlite.make_engine(old, writes=True) if kind == "sqlite" else None
    with engine.begin() if engine is not None else owner(target) as connection:
        if kind == "sqlite":
            version.write(connection, 2)
        migrate.upgrade(connection, "0017")
        connection.execute(text(CASE.format(id=1, at=at, no=no, press=at)), {"asked": ""})
        connection.execute(text("UPDATE case_file SET fields = :said"), {"said": '{"claim": "a giraffe came"}'})
        connection.exec_driver_sql(EVENT.format(at=at).replace("'is opened', ''", "'is opened', 'her kangaroo'"))
        connection.exec_driver_sql(HELD)
        connection.exec_driver_sql("UPDATE promise SET note = 'brings the walrus'")
        migrate.upgrade(connection)
        if kind == "sqlite":
            version.write(connection, version.SCHEMA_VERSION)
    if engine is not None:
        engine.dispose()
    with Store.open(old, create=False) if kind == "sqlite" else Store.connect(target) as store, store.read() as db:
        for word, name in (("giraffe", "case"), ("kangaroo", "case"), ("zeppelin", "hold"), ("walrus", "promise")):
            found = find(db, 1, word, 50, reads=lambda kind, _: kind == "dispute")
            assert [hit.matched.split()[0] for hit in found] == [name], word
        assert find(db, 1, "giraffe", 50) == find(db, 1, "claim", 50, reads=lambda *_: True) == ()


def test_the_first_step_makes_the_tables_that_the_older_program_made(old: Path, tmp_path: Path) -> None:
    engine = sqlite.make_engine(tmp_path / "first.db", writes=True)
    with engine.begin() as connection:
        migrate.upgrade(connection, "0002")
        stepped = shape_without_alembic(connection)
    engine.dispose()
    engine = sqlite.make_engine(old, writes=True)
    with engine.begin() as connection:
        assert stepped == shape_without_alembic(connection)
    engine.dispose()


def shape_without_alembic(connection: Connection) -> dict[str, Any]:
    connection.exec_driver_sql("DROP TABLE IF EXISTS alembic_version")
    version.write(connection, 2)
    connection.exec_driver_sql("ANALYZE sqlite_schema")
    connection.exec_driver_sql("DELETE FROM sqlite_stat1")
    found = shape(connection)
    del found["revision"]
    return found


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_the_desk_works_on_what_was_upgraded(kind: str, old: Path, request: pytest.FixtureRequest) -> None:
    target = old if kind == "sqlite" else request.getfixturevalue("old_pg")
    migrate.run(target)
    with Store.open(old, create=False) if isinstance(target, Path) else Store.connect(target) as store:
        with store.read() as db:
            assert audit_check.verify(db, 1) == ()
            heads = db.connection().exec_driver_sql("SELECT account_id, seq, hash, sealed FROM audit_head").all()
            last = {
                row.account_id: (row.seq, row.hash)
                for row in db.connection().exec_driver_sql("SELECT account_id, seq, hash FROM audit ORDER BY seq")
            }
        assert {h.account_id: (h.seq, h.hash) for h in heads} == last
        assert len(last) == 3
        assert not any(h.sealed for h in heads)
        desk = local_desk(store, "mia", Clock())
        assert [r.account for r in desk.history()][:1] == ["4410-0099"]
        assert desk.account("4410-2231").number == "4410-2231"


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_doing_it_again_changes_nothing(kind: str, old: Path, request: pytest.FixtureRequest) -> None:
    target: Any = old if kind == "sqlite" else request.getfixturevalue("old_pg")
    migrate.run(target)
    with Store.open(old, create=False) if kind == "sqlite" else Store.connect(target) as store:
        first = shape_of(store)
        files = sorted(p.name for p in old.parent.iterdir() if "format" in p.name)
        again = migrate.run(target)
        assert (again.before, again.after, again.copy) == (version.SCHEMA_VERSION, version.SCHEMA_VERSION, None)
        assert shape_of(store) == first
    assert sorted(p.name for p in old.parent.iterdir() if "format" in p.name) == files


def test_an_empty_postgresql_gets_its_tables(empty_pg: str) -> None:
    assert migrate.look(empty_pg).before is None
    assert migrate.run(empty_pg).before is None
    with Store.connect(empty_pg) as made, pg.store() as new:
        assert shape_of(made) == shape_of(new)


# ---------------------------------------------------------------------------------------------- a file, and its copy


def test_the_copy_is_whole_private_and_the_way_back(old: Path) -> None:
    before = rows_of_file(old)
    copy = migrate.run(old).copy
    assert copy is not None
    assert copy.parent == old.parent
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert {t: r for t, r in rows_of_file(copy).items() if t != "sqlite_stat1"} == {
        t: r for t, r in before.items() if t != "sqlite_stat1"
    }
    for end in ("", "-wal", "-shm"):
        old.with_name(old.name + end).unlink(missing_ok=True)
    copy.rename(old)
    report = migrate.run(old)
    assert report.before == 2
    assert report.copy is not None


def test_a_copy_never_replaces_an_older_one(old: Path) -> None:
    image = old.read_bytes()
    first = migrate.run(old).copy
    assert first is not None
    kept = first.read_bytes()
    old.write_bytes(image)
    for end in ("-wal", "-shm"):
        old.with_name(old.name + end).unlink(missing_ok=True)
    second = migrate.run(old).copy
    assert second is not None
    assert second != first
    assert first.read_bytes() == kept


def test_of_two_at_once_one_does_it(old: Path) -> None:
    with ThreadPoolExecutor(2) as both:
        reports = list(both.map(migrate.run, [old, old]))
    assert [r.after for r in reports] == [version.SCHEMA_VERSION] * 2
    assert len([r for r in reports if r.copy]) == 1
    assert Store.open(old, create=False).engine.dialect.name == "sqlite"


def test_without_a_copy_nothing_is_changed(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = rows_of_file(old)

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Unavailable, match="it was not changed") as told:
        migrate.run(old)
    assert told.value.code == "migrate.no_copy"
    assert rows_of_file(old) == before
    assert migrate.look(old).before == 2
    assert [p.name for p in old.parent.iterdir() if "format" in p.name or "part" in p.name] == []


KILLED = """
import os, signal, sys
from pathlib import Path
from sqlalchemy import Engine, event
from collect_tui.store import migrate
left = int(sys.argv[2])
@event.listens_for(Engine, "before_cursor_execute")
def count(conn, cursor, statement, *rest):
    global left
    left -= 1
    if left < 0:
        os.kill(os.getpid(), signal.SIGKILL)
migrate.run(Path(sys.argv[1]))
print("whole")
"""


@pytest.mark.parametrize("at", [6, 25, 45])
def test_killed_in_the_middle_it_leaves_the_old_file(old: Path, at: int) -> None:
    before = rows_of_file(old)
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(old), str(at)], capture_output=True, text=True, check=False
    )
    assert done.returncode == -signal.SIGKILL, done.stdout + done.stderr
    assert rows_of_file(old) == before
    with closing(sqlite3.connect(old)) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (2,)
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert migrate.run(old).after == version.SCHEMA_VERSION


def test_a_damaged_file_is_not_changed(old: Path) -> None:
    with closing(sqlite3.connect(old)) as db:
        db.execute("PRAGMA foreign_keys=OFF")
        db.execute("DELETE FROM party")
        db.commit()
    with pytest.raises(Unavailable) as told:
        migrate.run(old)
    assert told.value.code == "store.damaged"
    assert migrate.look(old).before == 2


# --------------------------------------------------------------------------------------- what is opened in other formats


def test_an_older_file_says_what_to_run(old: Path) -> None:
    with pytest.raises(Unavailable, match="run `collect-tui migrate`") as told:
        Store.open(old, create=True)
    assert told.value.code == "store.older"


@pytest.mark.parametrize(("number", "code"), [("0002", "store.older"), (NEWER, "store.newer"), ("x", "store.foreign")])
def test_another_format_of_postgresql_is_told_in_a_sentence(empty_pg: str, number: str, code: str) -> None:
    migrate.run(empty_pg)
    with owner(empty_pg) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :n"), {"n": number})
    with pytest.raises(Unavailable) as told:
        Store.connect(empty_pg)
    assert told.value.code == code
    if code == "store.older":
        assert "`collect-tui migrate`" in told.value.message
    else:
        with pytest.raises(Unavailable) as told:
            migrate.run(empty_pg)
        assert told.value.code == code


def test_a_newer_file_is_refused(old: Path) -> None:
    with closing(sqlite3.connect(old)) as db:
        db.execute(f"PRAGMA user_version={version.SCHEMA_VERSION + 1}")
    for act in (migrate.run, migrate.look):
        with pytest.raises(Unavailable, match="newer collect-tui"):
            act(old)


def test_a_format_from_before_the_history_is_refused(old: Path) -> None:
    with closing(sqlite3.connect(old)) as db:
        db.execute("PRAGMA user_version=1")
    with pytest.raises(Unavailable) as told:
        migrate.run(old)
    assert told.value.code == "store.too_old"


def test_tables_of_others_are_left_alone(empty_pg: str) -> None:
    with owner(empty_pg) as connection:
        connection.exec_driver_sql("CREATE TABLE tenant (who text)")
    with pytest.raises(Unavailable) as told:
        migrate.run(empty_pg)
    assert told.value.code == "store.foreign"


# ------------------------------------------------------------------------------------------------------------- the wheel


def test_the_wheel_carries_the_history(tmp_path: Path) -> None:
    from hatchling.builders.wheel import WheelBuilder

    root = Path(__file__).parents[2]
    (built,) = WheelBuilder(str(root)).build(directory=str(tmp_path), versions=["standard"])
    names = set(zipfile.ZipFile(built).namelist())
    for part in ("env.py", "versions/r0002_desk.py", "versions/r0003_shared_desk.py"):
        assert f"collect_tui/store/migrations/{part}" in names


def test_opening_the_desk_loads_no_alembic(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from collect_tui.store.engine import Store; import collect_tui.cli.migrate; "
        "Store.open(Path(sys.argv[1]), create=True).close(); sys.exit('alembic' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "x.db")], check=True)
