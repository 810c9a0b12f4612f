"""Many agents on one PostgreSQL at once, over several servers' worth of connections: nobody is handed what another holds, no
act is lost or done twice, every chain is whole, and nobody hears of a deadlock.
"""

from __future__ import annotations

import threading
from collections import Counter
from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import select

from collect_tui.desk.commands import Act
from collect_tui.desk.errors import Refused, Stale
from collect_tui.desk.line.context import LineContext
from collect_tui.desk.line.parse import parse
from collect_tui.services.local import LocalDesk
from collect_tui.store import audit_check
from collect_tui.store.engine import Store
from collect_tui.store.tables import Account, ActLog, WorkItem
from support.book import TODAY, Book, Clock, account, local_desk

SERVERS, AGENTS, SHIFT = 2, 4, 6
ACCOUNTS = 40
NUMBERS = [f"7000-{n:04}" for n in range(ACCOUNTS)]


def of_one_customer(n: int) -> dict[str, Any]:
    """Every other account belongs to the customer of the one before."""
    made = account(
        NUMBERS[n], f"Customer {n}", items=[(f"INV-{n}", -40 - n % 9, 10000 + n)], phone=f"+1 312 555 {n:04}"
    )
    return made if n % 2 == 0 else {**made, "party": None, "party_of": NUMBERS[n - 1]}


BOOK = Book(*(of_one_customer(n) for n in range(ACCOUNTS)))
LINES = ("na", "n called", "pay 1 card K{}", "na; n twice {}")


class Floor:
    """What the agents were told, and who was seen with what in hand."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.in_hand: dict[str, str] = {}
        self.handed_out: Counter[tuple[str, int]] = Counter()
        self.done: dict[UUID, tuple[str, int]] = {}
        self.outcomes: Counter[str] = Counter()
        self.errors: list[BaseException] = []

    def takes(self, user: str, number: str, fence: int) -> None:
        with self.lock:
            assert number not in self.in_hand, f"{number} was handed to {user}, and {self.in_hand[number]} has it"
            self.in_hand[number] = user
            self.handed_out[number, fence] += 1

    def lets_go(self, user: str) -> None:
        with self.lock:
            self.in_hand = {number: holder for number, holder in self.in_hand.items() if holder != user}


def make(desk: LocalDesk, number: str, line: str, chance: Random, **rest: Any) -> Act:
    view = desk.account(number)
    parsed = parse(line, LineContext.of(view, desk.catalogue(), desk.session()))
    assert not parsed.errors, parsed.errors
    ident = UUID(int=chance.getrandbits(128), version=4)
    return Act(id=ident, account=number, commands=parsed.commands, line=line, version=view.version, **rest)


def shift(desk: LocalDesk, seed: int, floor: Floor) -> None:
    chance = Random(seed)
    for turn in range(SHIFT):
        floor.lets_go(desk.user)
        claim = desk.next()
        if claim is None:
            return
        floor.takes(desk.user, claim.account, claim.fence)
        if chance.random() < 0.3:
            desk.heartbeat(claim.account)
        line = chance.choice(LINES).format(seed * 1000 + turn)
        done = attempt(desk, floor, make(desk, claim.account, line, chance, fence=claim.fence), twice=turn % 4 == 0)
        worked = done and line.startswith("na")
        while not worked:  # somebody may write a note at any time
            worked = attempt(desk, floor, make(desk, claim.account, "na", chance))
            assert floor.outcomes["Stale"] < 1000
        stranger = chance.choice(NUMBERS)  # somebody rang, whoever works the account
        attempt(desk, floor, make(desk, stranger, f"n rang {seed} {turn}", chance))
    floor.lets_go(desk.user)


def attempt(desk: LocalDesk, floor: Floor, act: Act, *, twice: bool = False) -> bool:
    """Does an act; `twice`: sent again while the first is still on its way, as a thin client does when a line is slow."""
    answers: list[Any] = []

    def send() -> None:
        try:
            answers.append(desk.do(act))
        except (Stale, Refused) as refused:
            answers.append(refused)
        except BaseException as error:
            floor.errors.append(error)

    threads = [threading.Thread(target=send) for _ in range(2 if twice else 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    receipts = [a for a in answers if not isinstance(a, Exception)]
    if twice and answers:
        assert len(receipts) in (0, 2), "both are told the same"
        assert [r.repeated for r in receipts].count(False) == bool(receipts)
    with floor.lock:
        floor.outcomes[type(answers[0]).__name__ if answers else "nothing"] += 1
        if receipts:
            floor.done[act.id] = (act.account, receipts[0].version)
    return bool(receipts)


def at_work(floor: Floor, *hands: Any) -> None:
    def guarded(work: Any) -> None:
        try:
            work()
        except BaseException as error:
            floor.errors.append(error)

    threads = [threading.Thread(target=guarded, args=(work,)) for work in hands]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(100)
        assert not thread.is_alive(), "somebody waits for ever"
    if floor.errors:
        raise floor.errors[0]


def whole(store: Store, floor: Floor) -> None:
    """What holds when all have gone home."""
    assert max(floor.handed_out.values()) == 1, "a fence is given out once"
    with store.read() as db:
        log = db.exec(select(ActLog)).all()
        assert Counter(UUID(row.act_id) for row in log) == Counter([*floor.done]), (
            "each act once, none lost, none besides"
        )
        assert audit_check.verify(db, 1) == ()
        numbers = {a.id: a for a in db.exec(select(Account)).all()}
        for number, versions in versions_of(floor).items():
            assert sorted(versions) == sorted(set(versions)), f"two acts made the same version of {number}"
        for row in log:
            assert floor.done[UUID(row.act_id)] == (numbers[row.account_id].number, row.version)
        held = Counter(w.claimed_by for w in db.exec(select(WorkItem)).all() if w.claimed)
    assert all(count == 1 for count in held.values()), held


def versions_of(floor: Floor) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for number, version in floor.done.values():
        found.setdefault(number, []).append(version)
    return found


@pytest.mark.parametrize("rolling", [False, True], ids=["acts", "acts-and-a-day-run"])
def test_many_agents_on_one_database(rolling: bool) -> None:
    clock, floor = Clock(), Floor()
    with BOOK.pg_store() as store, Store.connect(address(store)) as second:
        desks = [local_desk((store, second)[n % SERVERS], f"agent{n}", clock) for n in range(SERVERS * AGENTS)]
        hands = [lambda desk=desk, n=n: shift(desk, n + 1, floor) for n, desk in enumerate(desks)]
        if rolling:
            lead = local_desk(second, "lee", clock)
            hands.append(lambda: [lead.day(TODAY + timedelta(days=days)) for days in (1, 2)])
        at_work(floor, *hands)
        whole(store, floor)
        assert floor.outcomes["Receipt"] > SERVERS * AGENTS * SHIFT
        report = local_desk(store, "lee", clock).day(TODAY + timedelta(days=3), check=True)
        assert (report.orphans, report.differences) == (0, 0)


def test_an_agent_in_two_windows_holds_one_account() -> None:
    clock, floor = Clock(), Floor()
    with BOOK.pg_store() as store:
        windows = [local_desk(store, "mia", clock) for _ in range(6)]
        told: list[str] = []

        def take(desk: LocalDesk) -> None:
            try:
                told.append(desk.next().account)  # type: ignore[union-attr]
            except Refused as refused:
                told.append(refused.code)

        at_work(floor, *(lambda desk=desk: take(desk) for desk in windows))
        assert told.count("queue.unworked") == len(windows) - 1


def address(store: Store) -> str:
    return store.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
