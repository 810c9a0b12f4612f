"""A desk among others, and a desk that fails: nothing acknowledged is lost, nothing is done by halves, nobody else can read it."""

from __future__ import annotations

import json
import os
import random
import select as poll
import shutil
import signal
import stat
import subprocess
import sys
import threading
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import IO

import pytest
from sqlmodel import select

from collect_tui.desk.errors import Refused, RefusedByPolicy, Stale, Unavailable
from collect_tui.domain.states import PaymentState, Stage
from collect_tui.ingest import pipeline
from collect_tui.reports import export
from collect_tui.services.local import LocalDesk, new_act
from collect_tui.store.engine import Store
from collect_tui.store.tables import Account, ActLog, Audit, Payment
from support import invariants
from support.book import SERVICES, Book, Clock, account, day, local_desk, sync_orders

TESTS = Path(__file__).parents[1]
NUMBERS = [f"3300-{n:04}" for n in range(8)]
BOOK = Book(
    *(
        account(number, f"Customer {n}", items=[(f"D-{n}", -40 - n, 100_000)], phone=f"+1 312 555 01{n:02}")
        for n, number in enumerate(NUMBERS[:-1])
    ),
    account(
        NUMBERS[-1],
        "Customer with services",
        items=[("D-S", -63, 30000, {"service": "INT"})],
        services=SERVICES,
        stage=Stage.FINAL,
        notices=[{"level": "pre-cut", "channel": "letter", "status": "DELIVERED", "sent_on": day(-20)}],
    ),
)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("faults")
    BOOK.store(folder).close()
    return folder


@pytest.fixture
def folder(filled: Path, tmp_path: Path) -> Path:
    shutil.copy(filled / "desk.db", tmp_path / "desk.db")
    return tmp_path


@pytest.fixture
def desk(folder: Path):
    with Store.open(folder / "desk.db", create=False) as store:
        yield local_desk(store, "mia", Clock())


def agent(folder: Path, user: str, seed: int, count: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "support.agents", str(folder), user, str(seed), str(count)]
    return subprocess.Popen(command, cwd=TESTS, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def check_books(desk: LocalDesk, acknowledged: set[str]) -> None:
    """Acts, versions and audit tell the same story, and it has all that was acknowledged in it, once."""
    with desk.store.read() as db:
        log = {row.act_id: row for row in db.exec(select(ActLog)).all()}
        entries = [e for e in db.exec(select(Audit)).all() if e.outcome == "done"]
        versions = {a.id: a.version for a in db.exec(select(Account)).all()}
    assert acknowledged <= log.keys(), "an act that was acknowledged is gone"
    assert Counter(e.act_id for e in entries) == Counter(log.keys()), "each act is in the audit, once"
    of = Counter(row.account_id for row in log.values())
    assert versions == {ident: 1 + of[ident] for ident in versions}, "each act is one version"
    invariants.check_all(desk)


# ---------------------------------------------------------------------------------------------------- many at one file


def test_six_agents_at_one_file(folder: Path, desk: LocalDesk) -> None:
    each = 12
    agents = [agent(folder, f"agent{seed}", seed, each) for seed in range(6)]
    told: list[str] = []
    for one in agents:
        out, err = one.communicate(timeout=280)
        assert (one.returncode, err) == (0, ""), err
        told += out.splitlines()
    kinds = Counter(line.split()[0] for line in told)
    assert kinds["try"] == 6 * each == kinds["done"] + kinds["stale"] + kinds["refused"]
    assert kinds["stale"], "the agents never met: this test shows nothing"
    assert kinds["refused"] == 0, [line for line in told if line.startswith("refused")]
    done = [line.split() for line in told if line.startswith("done")]
    check_books(desk, {ident for _, ident, _, _ in done})
    with desk.store.read() as db:
        assert len(db.exec(select(ActLog)).all()) == len(done), "what was Stale was not done"
    assert len({(number, version) for _, _, number, version in done}) == len(done), "no version was given twice"


def test_two_threads_at_one_desk(desk: LocalDesk) -> None:
    """The terminal previews in one thread while another does the act."""
    failed: list[BaseException] = []
    done: list[str] = []

    def work(number: str) -> None:
        try:
            for n in range(15):
                act = new_act(number, {"kind": "note", "text": f"note {n}"})
                assert desk.preview(act).ok
                done.append(str(desk.do(act).id))
                desk.account(NUMBERS[0])
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in (NUMBERS[0], NUMBERS[0], NUMBERS[1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not failed
    assert len(done) == 45
    check_books(desk, set(done))


def test_next_hands_out_every_account_once(folder: Path, desk: LocalDesk) -> None:
    """Eight agents ask at the same moment."""
    start, taken, failed = threading.Barrier(8), [], []

    def ask(n: int) -> None:
        try:
            with Store.open(folder / "desk.db", create=False) as store:
                mine = local_desk(store, f"agent{n}", Clock())
                start.wait(30)
                claim = mine.next()
                taken.append(claim.account if claim else None)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not failed
    assert sorted(taken) == NUMBERS


def test_reading_goes_on_during_a_day_run(desk: LocalDesk) -> None:
    """In the middle of each step of it: a reader sees the last whole state and does not wait."""
    seen: list[str] = []

    def look(title: str, done: int, of: int) -> None:
        before = threading.active_count()
        reader = threading.Thread(target=lambda: seen.append(desk.account(NUMBERS[0]).number))
        reader.start()
        reader.join(5)
        assert threading.active_count() == before, f"reading waits for {title}"

    desk.day(desk.session().business_date + timedelta(days=1), progress=look)
    assert len(seen) >= 9


def test_what_was_previewed_before_a_colleague_acted_is_stale(folder: Path, desk: LocalDesk) -> None:
    """Between the preview and Enter somebody else was quicker: nothing of the act is done."""
    view = desk.account(NUMBERS[0])
    promise = new_act(NUMBERS[0], {"kind": "promise", "amount": 100_000, "due": day(4)}, version=view.version)
    assert desk.preview(promise).ok
    with Store.open(folder / "desk.db", create=False) as store:
        ben = local_desk(store, "ben", desk.clock)
        ben.do(new_act(NUMBERS[0], {"kind": "payment", "amount": 90_000}))
    with pytest.raises(Stale) as error:
        desk.do(promise)
    assert error.value.by == "ben"
    assert desk.account(NUMBERS[0]).promise is None
    assert desk.preview(promise).error_code == "promise.over_balance"


def test_a_day_run_that_another_overtook_stops(folder: Path, desk: LocalDesk) -> None:
    """Two servers roll at once, one of them a day further: the business date never goes back."""
    today = desk.session().business_date

    def overtake(title: str, done: int, of: int) -> None:
        with Store.open(folder / "desk.db", create=False) as store:
            local_desk(store, "ben", desk.clock).day(today + timedelta(days=2))

    with pytest.raises(Refused) as error:
        desk.day(today + timedelta(days=1), progress=overtake)
    assert error.value.code == "day.backwards"
    assert desk.session().business_date == today + timedelta(days=2)
    assert desk.day(today + timedelta(days=2), check=True).differences == 0


# ------------------------------------------------------------------------------------------------------------ killed


def test_an_agent_who_is_killed_loses_nothing_and_leaves_nothing_by_halves(folder: Path, desk: LocalDesk) -> None:
    """Six times, after a random number of acts and a random moment into the next one."""
    chance = random.Random(7)
    acknowledged: set[str] = set()
    for seed in range(6):
        victim = agent(folder, "mia", 50 + seed, 0)
        assert victim.stdout is not None
        told = until(victim.stdout, chance.randint(1, 8))
        poll.select([], [], [], chance.random() * 0.02)
        victim.send_signal(signal.SIGKILL)
        told += victim.stdout.read()
        victim.wait(30)
        victim.stdout.close()
        assert victim.stderr is not None
        assert victim.stderr.read() == ""
        victim.stderr.close()
        acknowledged |= {line.split()[1] for line in told.splitlines() if line.startswith("done ")}
        check_books(desk, acknowledged)
    assert len(acknowledged) >= 6


def until(out: IO[str], acts: int) -> str:
    """Reads until so many acts were acknowledged."""
    told = ""
    while told.count("done ") < acts:
        line = out.readline()
        assert line, "the agent ended by itself"
        told += line
    return told


# ---------------------------------------------------------------------------------------------------------- disk full


def test_a_full_disk_is_a_sentence_and_nothing_is_done_by_halves(desk: LocalDesk) -> None:
    full(desk.store, True)
    done: list[str] = []
    long = {"kind": "note", "text": "x" * 3500}

    def write_on() -> None:
        while len(done) < 500:
            done.append(str(desk.do(new_act(NUMBERS[0], long)).id))

    with pytest.raises(Unavailable) as error:
        write_on()
    assert error.value.code == "store.full"
    assert "nothing of this act was written" in error.value.message
    check_books(desk, set(done))
    assert desk.account(NUMBERS[0]).version == 1 + len(done)
    with pytest.raises(RefusedByPolicy):  # the refusal stands though its evidence finds no room
        desk.do(new_act(NUMBERS[0], {"kind": "promise", "amount": 50_000, "due": day(13), "note": "y" * 3900}))
    full(desk.store, False)
    desk.do(new_act(NUMBERS[0], {"kind": "note", "text": "there is room again"}))
    invariants.check_all(desk)


class Broken(Exception):
    """The day run is broken off here."""


@pytest.mark.parametrize("at", [0, 1, 3, 5, 8, 10, 12])
def test_a_day_run_that_is_broken_off_goes_on_where_it_stopped(folder: Path, desk: LocalDesk, at: int) -> None:
    """Between two steps or in the middle of one: in the end all is as if it had been done at one go."""
    to = desk.session().business_date + timedelta(days=1)
    with desk.store.write() as db:
        db.add(
            Payment(
                tenant_id=1, id=77, account_id=ids(desk)[NUMBERS[0]], ref="BANK-1", received_on=to, method="ach",
                amount=5_000, status=PaymentState.UNAPPLIED, recorded_by="bank", recorded_at=desk.clock(),
            )
        )  # fmt: skip
    calls = 0

    def break_off(title: str, done: int, of: int) -> None:
        nonlocal calls
        calls += 1
        if calls > at:
            raise Broken

    with pytest.raises(Broken):
        desk.day(to, progress=break_off)
    report = desk.day(to, check=True)
    assert (report.business_date, report.orphans, report.differences) == (to, 0, 0)
    view = desk.account(NUMBERS[0])
    assert (view.total, view.unapplied, len(desk.pane(NUMBERS[0], "payments").payments)) == (95_000, 0, 1)
    assert desk.account(NUMBERS[1]).stage == "PAST_DUE", "one stage, not two"
    invariants.check_all(desk)


def full(store: Store, yes: bool) -> None:
    """The disk has no page left, or as many as one likes."""
    with store.write() as db:
        pages = db.connection().exec_driver_sql("PRAGMA page_count").scalar_one() if yes else 1_073_741_823
        db.connection().exec_driver_sql(f"PRAGMA max_page_count={pages}")


def ids(desk: LocalDesk) -> dict[str, int]:
    with desk.store.read() as db:
        return {a.number: a.id for a in db.exec(select(Account)).all()}


# --------------------------------------------------------------------------------------------------------- who may read


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture(params=[0o000, 0o022])
def wide_umask(request: pytest.FixtureRequest):
    old = os.umask(request.param)
    yield
    os.umask(old)


@pytest.mark.skipif(os.name != "posix", reason="modes are a matter of POSIX")
def test_every_file_that_may_hold_customer_data_is_its_owners_only(tmp_path: Path, wide_umask: None) -> None:
    from collect_tui.common import faults
    from collect_tui.tui.drafts import Drafts
    from collect_tui.tui.history import History

    home = tmp_path / "home"
    portfolio = tmp_path / "book.json"
    portfolio.write_text(json.dumps(BOOK.data), "utf-8")
    with Store.open(home / "data" / "desk.db", create=True) as store:
        desk = local_desk(store, "mia", Clock())
        pipeline.run("portfolio", desk, portfolio)
        number = NUMBERS[-1]
        order = {"kind": "suspend", "service": "INT", "effective": day(1), "confirm": number[-4:]}
        desk.do(new_act(number, order))
        folder = home / "orders"
        assert sync_orders(desk, folder).sent
        inbox = folder / "inbox" / "north"
        inbox.mkdir(parents=True)
        (inbox / "nonsense.json").write_text("{")
        (inbox / "nonsense.json").chmod(0o644)
        sync_orders(desk, folder)
        export.export(desk, "new", home / "new.csv")
        assert Drafts(home / "state").save(number, "line", "pp 150 fri")
        History(home / "state").add("pp 150 fri")
        faults.record(ValueError("x"), home / "other" / "log" / "faults.log")
        found = [p for p in home.rglob("*") if p.is_file()]
        assert {p.name for p in found} >= {"desk.db", "desk.db-wal", "desk.db-shm", "new.csv", "faults.log"}
        assert len(list((folder / "outbox" / "north").iterdir())) == 1
        moved = {"nonsense.json"}  # what a billing system wrote keeps the mode that it gave
        assert {str(p): oct(mode(p)) for p in found if mode(p) & 0o077 and p.name not in moved} == {}
        made = {p for p in home.rglob("*") if p.is_dir()} - {folder / "inbox", inbox}
        assert {str(p): oct(mode(p)) for p in made if mode(p) & 0o077} == {}
