"""A desk under anything that may be typed at it, in any order: what always holds, holds after every step.

`COLLECT_TUI_HUNT=500 pytest tests/services/test_machine.py` looks further than the everyday run does, at random.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from datetime import timedelta
from pathlib import Path
from random import Random
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, Phase, currently_in_test_context, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from collect_tui.desk.commands import Act
from collect_tui.desk.errors import DomainError, Refused, RefusedByPolicy, Stale, Unconfirmed
from collect_tui.desk.line.context import LineContext
from collect_tui.desk.line.parse import parse
from collect_tui.desk.views.account import AccountView
from collect_tui.desk.views.act import Preview, Receipt
from collect_tui.desk.views.session import OrdersReport
from collect_tui.domain.effect import fold_all
from collect_tui.domain.states import Stage
from collect_tui.services import codec
from collect_tui.services.local import LocalDesk
from collect_tui.store import facts
from collect_tui.store.engine import Store
from collect_tui.store.tables import ActLog
from support import invariants, lines
from support.book import SERVICES, Book, Clock, account, at, day, local_desk, sync_orders
from support.thin import few

ROSA, IVAN, ADA, ASA = "4410-2231", "4410-0087", "4410-0099", "4410-0100"
NOTICED = [{"level": "pre-cut", "channel": "letter", "status": "DELIVERED", "sent_on": day(-20)}]
PHONES = [
    {"kind": "mobile", "value": "+1 312 555 0142"},
    {"kind": "home", "value": "+1 312 555 0143"},
    {"kind": "email", "value": "rosa@example.com"},
]
ACCOUNTS = (
    account(
        ROSA,
        "Alvarez, Rosa",
        items=[
            ("INV-1", -63, 30000, {"service": "INT"}),
            ("INV-2", -33, 11210, {"service": "TV"}),
            ("INV-3", 7, 11000),
        ],
        services=SERVICES,
        stage=Stage.FINAL,
        notices=NOTICED,
        contacts=[{"at": at(-5), "by": "mia", "action": "TM", "result": "LM", "point": "m1", "note": "will pay"}],
        points=PHONES,
    ),
    account(
        IVAN,
        "Petrov, Ivan",
        items=[("INV-10", -41, 22000), ("INV-11", -11, 8000, {"disputed": 3000})],
        services=[
            {
                "product": "EL",
                "billing_system": "south",
                "identifier": "EL-1",
                "status": "SUSPENDED",
                "suspend_cause": "nonpay",
            },
            {"product": "GAS", "billing_system": "south", "identifier": "GAS-1"},
        ],
        stage=Stage.FINAL,
        notices=NOTICED,
        phone="+1 312 555 0150",
    ),
    account(ADA, "Okafor, Ada", items=[("INV-20", -10, 5000)], phone="+1 415 555 0160", opened_on=day(-100)),
    {
        **account(ASA, "Okafor, Ada", items=[("INV-30", 3, 9900), ("CR-1", -3, -900, {"kind": "credit"})]),
        "party": None,
        "party_of": ADA,
    },
)
BOOK = Book(*ACCOUNTS)

HUNT = int(os.environ.get("COLLECT_TUI_HUNT", "0"))

#: What is typed follows from this and from how the account stands, see `support/lines.py`.
SEEDS = st.integers(0, 2**32)

#: An undo says no to these, each for a reason that `domain/undo.py` gives.
NO_WAY_BACK = {"undo.final", "undo.left", "undo.nothing", "undo.overtaken", "undo.undo"}


@pytest.fixture(scope="module", autouse=True)
def book(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("machine")
    BOOK.store(folder).close()
    DeskMachine.book = folder / "desk.db"


class DeskMachine(RuleBasedStateMachine):
    book: Path

    @initialize()
    def open(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="machine-"))
        shutil.copy(self.book, self.folder / "desk.db")
        self.store = Store.open(self.folder / "desk.db", create=False)
        self.clock = Clock()
        self.desks = {user: self.sit_down(user) for user in ("mia", "ben", "lee")}
        self.statuses = invariants.statuses(self.mia)
        self.steps = 1  # how many moves of a state machine the last rule may have made
        self.checked: tuple[object, ...] = ()

    def sit_down(self, user: str) -> LocalDesk:
        return local_desk(self.store, user, self.clock)

    @property
    def mia(self) -> LocalDesk:
        return self.desks["mia"]

    def teardown(self) -> None:
        if hasattr(self, "store"):
            self.store.close()
            shutil.rmtree(self.folder)

    # ---------------------------------------------------------------------------------------------- what is done
    users = st.sampled_from(["mia", "mia", "ben", "lee"])
    numbers = st.sampled_from([ROSA, ROSA, ROSA, IVAN, IVAN, ADA, ASA])

    @rule(user=users, number=numbers, seeds=st.lists(SEEDS, min_size=1, max_size=6))
    def type_lines(self, user: str, number: str, seeds: list[int]) -> None:
        for seed in seeds:
            self.type_a_line(user, number, Random(seed))
            self.follow_states()

    def type_a_line(self, user: str, number: str, chance: Random) -> None:
        desk = self.desks[user]
        line = lines.compose(chance, desk.account(number))
        tell(f"{user} on {number}: {line}")
        act = self.act(desk, number, line, confirmed=chance.random() < 0.9, seen=chance.random() < 0.5)
        if act is not None:
            self.previewed_and_done(desk, act)

    @rule(user=users, number=numbers, seed=SEEDS)
    def type_a_line_and_take_it_back(self, user: str, number: str, seed: int) -> None:
        desk = self.desks[user]
        before = desk.account(number)
        line = lines.compose(Random(seed), before)
        tell(f"{user} on {number}: {line}, and back")
        act = self.act(desk, number, line, confirmed=True, seen=True)
        if act is None or any(c.kind == "undo" for c in act.commands):
            return
        if self.previewed_and_done(desk, act) is None:
            return
        undo = self.act(desk, number, "undo", confirmed=False, seen=True)
        assert undo is not None
        shown = desk.preview(undo)
        if not shown.ok:
            assert shown.error_code in NO_WAY_BACK, shown.error
            return
        desk.do(undo)
        self.steps = 3
        assert standing(desk.account(number)) == standing(before), f"{line} left something behind"

    @rule(number=numbers, days=st.sampled_from([1, 1, 1, 2, 4, 9]))
    def roll(self, number: str, days: int) -> None:
        self.clock.forward(days=days)
        to = self.mia.session().business_date + timedelta(days=days)
        report = self.mia.day(to, check=True)
        assert (report.orphans, report.differences) == (0, 0)
        assert all(step.repeated for step in self.mia.day(to).steps)
        self.steps = 3

    @rule(minutes=st.sampled_from([1, 20, 90, 400]))
    def wait(self, minutes: int) -> None:
        self.clock.forward(minutes=minutes)

    @rule(outcome=st.sampled_from(["completed", "completed", "rejected", None]), twice=st.booleans())
    def sync_orders(self, outcome: str | None, twice: bool) -> None:
        folder = self.folder / "orders"
        sent = self.sync(folder).sent
        waiting = sorted((folder / "outbox").glob("*/*.json")) if outcome else []
        for path in waiting:
            inbox = folder / "inbox" / path.parent.name
            inbox.mkdir(parents=True, exist_ok=True)
            answer = {"order": path.stem, "outcome": outcome, "at": self.clock().isoformat(), "detail": "as asked"}
            (inbox / path.name).write_text(json.dumps(answer), "utf-8")
            path.unlink()
            if twice:
                (inbox / f"again-{path.name}").write_text(json.dumps(answer), "utf-8")
        report = self.sync(folder)
        assert not report.sent, f"sent twice: {sent}"
        told = report.completed if outcome == "completed" else report.rejected
        assert sorted(told) == sorted(path.stem for path in waiting), report.refused_files
        self.steps = 2

    def sync(self, folder: Path) -> OrdersReport:
        return sync_orders(self.mia, folder)

    @rule(user=users, number=numbers, what=st.sampled_from(["next", "claim", "release", "heartbeat"]))
    def hold_and_let_go(self, user: str, number: str, what: str) -> None:
        desk = self.desks[user]
        try:
            if what == "next":
                claim = desk.next()
                if claim is not None:
                    assert desk.account(claim.account).claimed_by == user
            else:
                getattr(desk, what)(number)
        except Stale as stale:
            told = stale.by
            assert told != user, "nobody stands in their own way"
        except Refused as refused:
            told = refused.code
            assert told == "queue.unworked"

    # ------------------------------------------------------------------------------------------------- how it is done
    def act(self, desk: LocalDesk, number: str, line: str, *, confirmed: bool, seen: bool) -> Act | None:
        """What the terminal makes of a line; None when it does not understand it."""
        view = desk.account(number)
        parsed = parse(line, LineContext.of(view, desk.catalogue(), desk.session()))
        if parsed.errors or not parsed.commands:
            return None
        act = Act(
            id=uuid4(),
            account=number,
            commands=parsed.commands,
            line=line,
            version=view.version if seen else None,
        )
        while confirmed and (asked := desk.preview(act).confirm):
            act = act.answered(asked, asked.what)
        return act

    def previewed_and_done(self, desk: LocalDesk, act: Act) -> Receipt | None:
        """Previews, does, repeats; None when it was refused. What was shown is what happens."""
        view, whole = desk.account(act.account), invariants.snapshot(desk)
        shown = desk.preview(act)
        assert invariants.snapshot(desk) == whole, "a preview writes nothing"
        assert desk.account(act.account).model_dump_json() == view.model_dump_json()
        with self.store.read() as db:
            before = facts.load(db, 1, act.account)
        try:
            receipt = desk.do(act)
        except DomainError as error:
            self.refused(act, shown, view, error, desk)
            return None
        assert shown.confirm is None
        assert shown.ok, f"{act.line}: the preview said no: {shown.error or shown.verdict}"
        assert invariants.told(receipt.effects) == invariants.told(shown.effects), act.line
        assert receipt.next_action == shown.next_action
        assert receipt.verdict == shown.verdict
        with self.store.read() as db:
            log = db.get_one(ActLog, (1, str(act.id)))
            after = facts.load(db, 1, act.account)
        effects = codec.load(log.effects)
        undo = any(c.kind == "undo" for c in act.commands)
        invariants.folded_equals_loaded(fold_all(before, effects), after, undo=undo)
        assert after.version == receipt.version == before.version + bool(effects)
        whole = invariants.snapshot(desk)
        assert desk.do(act) == receipt.model_copy(update={"repeated": True})
        assert invariants.snapshot(desk) == whole, "an id that is known changes nothing"
        self.steps = 2 * len(act.commands)
        return receipt

    def refused(self, act: Act, shown: Preview, view: AccountView, error: DomainError, desk: LocalDesk) -> None:
        after = desk.account(act.account)
        assert after.model_dump_json() == view.model_dump_json(), "what is refused leaves no trace on the account"
        if isinstance(error, Stale):
            assert view.claimed_by not in (None, desk.user)
            return
        if isinstance(error, Unconfirmed):
            assert shown.confirm == error.confirm
            return
        assert not shown.ok, f"{act.line}: the preview allowed it, and then: {error.message}"
        if not isinstance(error, RefusedByPolicy):
            assert (shown.error_code, shown.error, shown.field) == (error.code, error.message, error.field)

    # ---------------------------------------------------------------------------------------------- what always holds
    @precondition(lambda self: hasattr(self, "store"))
    @invariant()
    def holds(self) -> None:
        self.follow_states()
        stand = (invariants.snapshot(self.mia), self.clock())
        if stand == self.checked:
            return  # the last rule was refused
        self.checked = stand
        invariants.check_all(self.mia)
        placed = {r.account: f.name for f in self.mia.queues().queues for r in self.mia.queue(f.name).rows}
        for number in (ROSA, IVAN, ADA, ASA):
            why = self.mia.why(number)
            assert why.queue == placed.get(number)
            assert sum(t.points for t in why.terms) == why.score

    def follow_states(self) -> None:
        now = invariants.statuses(self.mia)
        invariants.check_moves(self.statuses, now, steps=self.steps)
        self.statuses, self.steps = now, 1


def tell(text: str) -> None:
    """Shown with a failure: by hypothesis within an example, else by pytest."""
    note(text) if currently_in_test_context() else sys.stderr.write(f"{text}\n")


def standing(view: AccountView) -> dict[str, object]:
    """What an undo must restore."""
    services = [(s.identifier, s.status, s.suspend_cause) for s in view.services]
    return {
        "money": (view.total, view.past_due, view.collectable, view.promised, view.unapplied),
        "items": [(i.doc_no, i.open) for i in view.items],
        "promise": view.promise and (view.promise.id, view.promise.status, view.promise.instalments),
        "next action": (view.next_action, view.next_action_on),
        "services": services,
        "orders": sorted((o.number, o.status) for o in view.orders),
        "holds": sorted((h.kind, h.until, h.placed_on) for h in view.holds),
        "points": [(p.short, p.quality, p.consent) for p in view.points],
        "callback": view.callback_at,
        "pinned": sorted(view.pinned),
        "stage": view.stage,
        "last contact": view.last_contact_at,
    }


DeskMachine.TestCase.settings = settings(
    max_examples=HUNT or few(2, of=4),
    stateful_step_count=20,
    deadline=None,
    derandomize=not HUNT,
    database=None,
    phases=[Phase.generate, Phase.shrink],  # to explain a failure would trace every line of the store
    suppress_health_check=list(HealthCheck),
    print_blob=bool(HUNT),
)
TestDesk = DeskMachine.TestCase


@pytest.mark.parametrize("seed", range(HUNT or few(1, of=2)))
def test_a_shift_at_random(seed: int) -> None:
    """Hypothesis goes for short and odd ways; this one goes far, evenly, and most of what it types makes sense."""
    chance, machine = Random(seed), DeskMachine()
    machine.open()
    try:
        for _ in range(60 if HUNT else 35):
            at_random(machine, chance)
            machine.holds()
    finally:
        machine.teardown()


def at_random(machine: DeskMachine, chance: Random) -> None:
    user = chance.choice(("mia", "mia", "ben", "lee"))
    number = chance.choice((ROSA, ROSA, ROSA, IVAN, IVAN, ADA, ASA))
    match chance.choices(("lines", "back", "roll", "wait", "orders", "hold"), (50, 25, 8, 5, 8, 4))[0]:
        case "lines":
            machine.type_lines(user, number, [chance.getrandbits(32) for _ in range(chance.randint(1, 3))])
        case "back":
            machine.type_a_line_and_take_it_back(user, number, chance.getrandbits(32))
        case "roll":
            machine.roll(number, chance.choice((1, 1, 1, 2, 4, 9)))
        case "wait":
            machine.wait(chance.choice((1, 20, 90, 400)))
        case "orders":
            outcome = chance.choice(("completed", "completed", "rejected", None))
            machine.sync_orders(outcome, chance.random() < 0.5)
        case _:
            machine.hold_and_let_go(user, number, chance.choice(("next", "claim", "release", "heartbeat")))
