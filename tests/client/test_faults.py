"""A real server behind a bad line, and clients that are killed: nothing lost, nothing done twice, in order per account."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlmodel import col, select

from collect_tui.client.desk import ApiDesk
from collect_tui.store.tables import Account, ActLog, Note
from contract.conftest import BOOK
from support.desks import api_desks, lasting
from support.faulty import Faulty
from support.server import served, server_context
from support.typist import typed

TESTS = Path(__file__).parents[1]


def logged(store):
    """Account number and note of each act the server has done, in its order."""
    with store.read() as db:
        numbers = {a.id: a.number for a in db.exec(select(Account)).all()}
        notes = db.exec(select(Note).order_by(col(Note.id))).all()
        ids = [row.act_id for row in db.exec(select(ActLog)).all()]
    return ids, [(numbers[n.account_id], n.text) for n in notes if re.fullmatch(r"note \d{5}", n.text)]


def in_order(notes):
    """Each note once, and those of an account as they were typed."""
    assert len({text for _, text in notes}) == len(notes)
    for account in {account for account, _ in notes}:
        mine = [text for number, text in notes if number == account]
        assert mine == sorted(mine)


@pytest.mark.parametrize("seed", [1, 2])
def test_one_request_in_three_fails(tmp_path, clock, seed):
    import random

    line, chance = Faulty(0.35, seed), random.Random(seed)
    with BOOK.store(tmp_path) as store, api_desks(store, clock, tmp_path, transport=line, rest=lambda _: None) as made:
        desk = made("mia")
        acts = [typed(chance, n) for n in range(120)]
        for act in acts:
            line.down = chance.random() < 0.1
            desk.do(act)
            clock.forward(seconds=chance.choice((0, 0, 1, 20)))
        line.down = False
        while desk.outbox.connection().waiting:
            clock.forward(minutes=1)
            desk.sender.pump()
        assert line.faults > 40
        assert desk.outbox.held() == ()
        ids, notes = logged(store)
    assert sorted(ids) == sorted(str(act.id) for act in acts)
    assert len(notes) == len(acts)
    in_order(notes)


def test_clients_killed_between_typing_and_answer(tmp_path, clock):
    with BOOK.store(tmp_path) as store:
        of = server_context(store, clock)
        with served(of) as url:
            token, told, tried = lasting(of, "mia"), [], []
            for seed in (1, 2, 3):
                said = killed_after(url, token, tmp_path / "state", seed, lines=25 + 10 * seed)
                tried += [words[1] for words in said if words[0] == "try"]
                told += [words[1] for words in said if words[0] != "try"]
            sent_all(url, token, tmp_path / "state")
            ids, notes = logged(store)
    assert len(told) > 30
    assert len(ids) == len(set(ids))
    assert set(told) <= set(ids) <= set(tried), "all that its author was told of, and nothing that was not typed"
    in_order(notes)


def killed_after(url, token, folder, seed, *, lines):
    """What a typist said before it was killed."""
    child = subprocess.Popen(
        [sys.executable, "-m", "support.typist", url, token, str(folder), str(seed), "0.1"],
        cwd=TESTS,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    said = []
    for line in child.stdout:
        said.append(line.split())
        if len(said) == lines:
            child.send_signal(signal.SIGKILL)
            break
    said += [line.split() for line in child.stdout]
    child.wait()
    child.stdout.close()
    return [words for words in said if len(words) > 1]


def sent_all(url, token, folder):
    """A new program of the same user sends what the killed ones left, by itself."""
    desk = ApiDesk(url, token=token, user="1/mia", state_folder=folder, clock=lambda: datetime.now(UTC))
    gone = desk._queue.changed
    with gone:
        deadline = time.monotonic() + 60
        while desk.outbox.connection().waiting and time.monotonic() < deadline:
            gone.wait(1)
    held = desk.outbox.held()
    desk.close()
    assert held == ()
