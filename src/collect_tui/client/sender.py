"""Acts on their way: written down, sent in order per account, with the same key until the server has answered."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Literal

from collect_tui.client.connection import Connection, pause
from collect_tui.client.http import TransportFailed
from collect_tui.client.queue import BEHIND, ActOutbox
from collect_tui.client.queue_row import Queued, Row
from collect_tui.client.retry import FAILED, HOPELESS, LITTLE, PATIENCE, TRIES, TURNS, Deferred, RetryLater
from collect_tui.client.words import (
    BEHIND_TEXT,
    BLOCKED,
    BUSY,
    FAILED_TEXT,
    SIGNED_OUT,
    UNANSWERED,
    UNKNOWN,
    UNREACHED,
)
from collect_tui.desk.commands import Act
from collect_tui.desk.errors import DomainError, Refused, SignedOut, Unavailable
from collect_tui.desk.views.act import Receipt

#: Sends one act. Raises NotNow, TransportFailed, SignedOut, or the server's refusal.
Post = Callable[[Act, str | None], Receipt]


class Sender:
    """The one who sends: the author's own thread for what was just typed, a thread of its own for what waits."""

    def __init__(
        self,
        queue: ActOutbox,
        post: Post,
        wire: Connection,
        clock: Callable[[], datetime],
        *,
        probe: Callable[[], None],
        chance: random.Random,
        background: bool = True,
        rest: Callable[[float], object] | None = None,
    ) -> None:
        self._queue = queue
        self._post = post
        self._wire = wire
        self._clock = clock
        self._probe = probe
        self._chance = chance
        self._background = background
        self._proofs: dict[str, str] = {}  # passwords are in memory only
        self._moved: dict[tuple[str, int], int] = {}  # by account and version: the next, by an act that waited here
        self._wake = threading.Event()
        self._stop = threading.Event()
        self.rest: Callable[[float], object] = rest or self._stop.wait
        self.told: Callable[[Act, Receipt | DomainError], None] = lambda _act, _outcome: None
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None

    # the author's own act -------------------------------------------------------------------
    def submit(self, act: Act, *, may_wait: bool, proof: str | None = None) -> Receipt | Queued:
        """Writes an act down and sends it, after what stands before it. Raises what the server says; then nothing is kept.

        What may not wait and did not reach the server is not kept either: Unavailable "offline.refused". When it may have,
        it stays and is asked for until it is known: Unavailable "act.unanswered".
        """
        if (known := self._known(act)) is not None:
            return known
        sent = self._queue.row(act.id) is not None
        if not sent:  # what was sent before goes out as it was
            act = self.onward(act)
        resting = self._wire.state != "online" and not self._wire.due
        if resting and not may_wait:
            self.poke()
            raise Unavailable("act.unanswered", UNANSWERED) if sent else self.refusal()
        row, first = self._queue.add(act, self._clock(), lease=not resting)
        if resting:
            self.poke()
            return Queued(unanswered=row.state == "unanswered")
        if proof is not None:
            self._proofs[str(act.id)] = proof
        try:
            return self._mine(row, "waiting", may_wait) if first else self._in_turn(row, may_wait)
        except Deferred as off:
            raise off.why from None
        finally:
            if self._queue.row(act.id) is None:
                self._proofs.pop(str(act.id), None)

    def _known(self, act: Act) -> Receipt | None:
        """What became of an act that was answered without its author, who now asks: done, or raises what it was refused for
        and takes it out of review."""
        outcome = self._queue.outcome(act.id)
        if isinstance(outcome, Receipt):
            return outcome.model_copy(update={"repeated": True})
        if outcome is not None:
            raise outcome
        row = self._queue.row(act.id)
        if row is None or row.state != "review":
            return None
        if row.code == FAILED:
            raise Unavailable("act.unanswered", FAILED_TEXT)
        if self._queue.drop(row):
            raise Refused(row.code or "act.refused", row.problem or "")
        return None

    def onward(self, act: Act) -> Act:
        """An act typed on the sight of an account as it was before what waited here went out: its author was never told the
        version that this made, and it is no change by somebody else."""
        version = act.version
        while version is not None and (made := self._moved.get((act.account, version))) is not None and made > version:
            version = made
        return act if version == act.version else act.model_copy(update={"version": version})

    def refusal(self) -> DomainError:
        """Why what cannot wait is not done while the server is away."""
        if self._wire.state == "signed-out":
            return SignedOut("signed_out", SIGNED_OUT)
        return Unavailable("offline.refused", UNREACHED)

    def _in_turn(self, row: Row, may_wait: bool) -> Receipt | Queued:
        """Sends what stands before an act, then the act."""
        new = row.attempts == 0
        until = self._clock() + PATIENCE
        for _ in range(TURNS):
            head, current = self._queue.head(row.act.account), self._queue.row(row.act.id)
            if current is None:  # it was here before, and has just been answered elsewhere
                return self._known(row.act) or self._direct(row.act)
            if current.state == "review":
                if current.code == BEHIND and new and not self._queue.drop(current):
                    continue  # it was sent again from another window at this very moment
                raise Unavailable("act.behind", BEHIND_TEXT)
            if head is None or head.seq > row.seq:  # it came back from review in between
                continue
            if head.seq == row.seq:
                leased = self._queue.lease(current, self._clock(), own=new)
                if leased is not None:
                    return self._mine(leased, leased.state, may_wait)
            elif self._one(head) == "later":
                break
            if self._clock() > until:
                break
            self.rest(0.03)  # somebody else is sending it
        if new:
            return self._put_off(row, "waiting", may_wait, None, Unavailable("act.blocked", BLOCKED))
        self.poke()
        if may_wait:
            return Queued(unanswered=True)
        raise Unavailable("act.unanswered", UNANSWERED)

    def _mine(self, row: Row, was: str, may_wait: bool) -> Receipt | Queued:
        """Sends an act that is leased; `was`: its state before."""
        try:
            for tries in range(TRIES):
                last = tries + 1 == TRIES
                try:
                    receipt = self._post(row.act, self._proofs.get(str(row.act.id)))
                except RetryLater as failure:
                    was = "unanswered" if failure.reached else was
                    if last or (failure.after or 0) > LITTLE:
                        at = self._clock() + pause(tries, self._chance, failure.after)
                        return self._put_off(row, was, may_wait, at, Unavailable("server.busy", BUSY))
                    self.rest(max(failure.after or 0.0, pause(tries - 2, self._chance).total_seconds()))
                except TransportFailed as failure:
                    was = "unanswered" if failure.reached else was
                    if last or failure.slow or not failure.reached:
                        self._wire.failed()
                        return self._put_off(row, was, may_wait, None, self.refusal())
                except SignedOut:
                    return self._put_off(row, was, may_wait, None, self.refusal())
                else:
                    with suppress(
                        Unavailable
                    ):  # it is done, whatever the disk says; its key keeps it from being done again
                        self._queue.done(row, receipt.version)
                    return receipt
        except Deferred:
            raise
        except DomainError:
            self._queue.remove(row)
            raise
        except BaseException:
            self._queue.later(row, state="unanswered", at=None)
            raise
        raise AssertionError("the last try ends the loop")

    def _put_off(self, row: Row, state: str, may_wait: bool, at: datetime | None, why: DomainError) -> Queued:
        """Leaves an act that is leased here for later. What may not wait and was never sent goes, before anybody else can send it,
        and `why` is raised."""
        self.poke()
        if not may_wait and state == "waiting":
            self._queue.remove(row)
            raise Deferred(why)
        self._queue.later(row, state=state, at=at)
        if may_wait:
            return Queued(unanswered=state == "unanswered")
        raise Deferred(Unavailable("act.unanswered", UNANSWERED))

    def _direct(self, act: Act, proof: str | None = None) -> Receipt:
        """One act past the queue: it was answered before, or must not be written down."""
        reached = False
        for _ in range(TRIES):
            try:
                return self._post(act, proof or self._proofs.get(str(act.id)))
            except (RetryLater, TransportFailed) as failure:
                reached = reached or failure.reached
                self.rest(LITTLE / 10)
        if reached:
            raise Unavailable("act.unanswered", UNKNOWN)
        raise self.refusal()

    def past_the_queue(self, act: Act, proof: str | None) -> Receipt:
        """Sends what must not be written down here: it is done now, or refused."""
        return self._direct(act, proof)

    # what waits -----------------------------------------------------------------------------
    def pump(self) -> datetime | None:
        """Sends everything that may go now; when to come again, None when nothing is left to do."""
        while self._wire.due and not self._stop.is_set():
            ready = [r for r in self._queue.heads() if r.next_try_at is None or r.next_try_at <= self._clock()]
            if not ready and self._wire.state == "offline":
                self._probe()
            if not [row for row in ready if self._one(row) == "gone"]:
                break
        moments = [r.next_try_at or self._clock() + timedelta(seconds=1) for r in self._queue.heads()]
        if self._wire.next is not None:
            moments = [max(m, self._wire.next) for m in moments] or [self._wire.next]
        return min(moments, default=None)

    def _one(self, row: Row) -> Literal["gone", "later", "busy"]:
        """Sends one act that waits. `gone`: it is on its way no more, done or in review; `busy`: somebody else sends it."""
        if not self._wire.due or (row.next_try_at is not None and row.next_try_at > self._clock()):
            return "later"
        leased = self._queue.lease(row, self._clock())
        if leased is None:
            return "busy"
        was, name = leased.state, str(row.act.id)
        try:
            receipt = self._post(leased.act, self._proofs.get(name))
        except RetryLater as failure:
            if failure.broken and leased.attempts >= HOPELESS:
                self._queue.review(leased, FAILED, FAILED_TEXT)
                return "gone"
            at = self._clock() + pause(leased.attempts, self._chance, failure.after)
            self._queue.later(leased, state="unanswered" if failure.reached else was, at=at)
        except TransportFailed as failure:
            retry = self._clock() + pause(leased.attempts, self._chance) if failure.reached else None
            self._queue.later(leased, state="unanswered" if failure.reached else was, at=retry)
        except SignedOut:
            self._queue.later(leased, state=was, at=None)
        except DomainError as refusal:
            self._queue.review(leased, refusal.code, refusal.message)
            self.told(leased.act, refusal)
            return "gone"
        except BaseException:
            self._queue.later(leased, state="unanswered", at=None)
            raise
        else:
            self._queue.settle(leased.act.id, self._clock(), receipt=receipt)
            self._queue.done(leased, receipt.version)
            self.told(leased.act, receipt)
            if leased.act.version is not None:
                self._moved[leased.act.account, leased.act.version] = receipt.version
            self._proofs.pop(name, None)
            return "gone"
        return "later"

    def poke(self) -> None:
        """There is something to send, or the wire is to be watched."""
        self._wake.set()
        if not self._background or self._stop.is_set():
            return
        with self._starting:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="outbox", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while not self._stop.is_set():
            self._wake.clear()
            try:
                again = self.pump()
            except Exception:  # the file cannot be used now; what is in it is safe
                again = self._clock() + timedelta(seconds=5)
            wait = None if again is None else min(30.0, max(0.05, (again - self._clock()).total_seconds()))
            self._wake.wait(wait)

    def close(self) -> None:
        """Ends the sending; what waits stays."""
        self._stop.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join(timeout=1.0)
