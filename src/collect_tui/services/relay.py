"""The relay: what a server does beside answering. It numbers new events, tells webhooks, frees accounts whose lease ran out,
and deletes old events.

One thread per server. Any number of servers may share a database: each step takes the rows it works on, and what another
relay has taken is skipped. Nothing here runs in the transaction of an act.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from time import monotonic
from typing import Final

from collect_tui.desk.errors import DomainError, Unavailable
from collect_tui.services import webhooks
from collect_tui.store import event_log, floor
from collect_tui.store import webhooks as rows
from collect_tui.store.engine import Store

EVERY: Final = 0.2
SWEEP_EVERY: Final = 30.0
PRUNE_EVERY: Final = 300.0
"""Seconds between two looks at new events, at leases, at old events."""

PRUNE_MOST: Final = 20
"""Batches of old events of one tenant that are deleted in one go."""

POSTERS: Final = 4
"""Webhooks that are told at the same time."""

_log = logging.getLogger(__name__)


class Relay:
    """`post` sends to webhooks; without it they are left to a server that has one."""

    def __init__(
        self,
        store: Store,
        clock: Callable[[], datetime],
        *,
        post: webhooks.Post | None = None,
        allow_private_webhooks: bool = False,
        every: float = EVERY,
    ) -> None:
        self._store, self._clock = store, clock
        self._post, self._allow_private, self._every = post, allow_private_webhooks, every
        self._thread: threading.Thread | None = None
        self._stop = threading.Event()
        self._pool: ThreadPoolExecutor | None = None
        self._busy: dict[tuple[int, int], Future[int]] = {}
        self._next = {"tenants": 0.0, "sweep": 0.0, "prune": 0.0}
        self._tenants: list[int] = []

    def start(self) -> None:
        """Begins in a thread of its own; once."""
        assert self._thread is None
        self._thread = threading.Thread(target=self._run, name="relay", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ends after the step under way. A delivery under way ends by its own time limit; what it did not finish is sent again."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout=30)
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)

    def tick(self) -> int:
        """One round for all tenants: how many events were numbered."""
        if self._is_time("tenants", SWEEP_EVERY):
            with self._store.read() as db:
                self._tenants = event_log.tenants(db)
        sweep, prune = self._is_time("sweep", SWEEP_EVERY), self._is_time("prune", PRUNE_EVERY)
        numbered, failed = 0, None
        for tenant in self._tenants:
            try:
                numbered += self._tend(tenant, sweep, prune)
            except Unavailable as error:  # one tenant's trouble is not the others'
                failed = error
        if failed is not None:
            raise failed
        return numbered

    def _run(self) -> None:
        failing = False
        while not self._stop.wait(1.0 if failing else self._every):
            try:
                self.tick()
                failing = False
            except Exception as error:  # the database may be away for a while; the next round tries again
                if not failing:
                    _log.warning("relay: %s", _named(error))
                failing = True

    def _tend(self, tenant: int, sweep: bool, prune: bool) -> int:
        now = self._clock()
        store = self._store
        with store.read() as db:
            fresh = event_log.waiting(db, tenant)
            due = rows.due(db, tenant, now) if self._post else []
            sweep = sweep and floor.any_expired(db, tenant, now)
        numbered = 0
        if fresh:
            with store.write() as db:
                numbered = event_log.number(db, tenant)
        if sweep:
            with store.write() as db:
                floor.free_expired(db, tenant, now)
        if prune:
            self._prune(tenant, now)
        for hook in due:
            self._deliver(tenant, hook)
        return numbered

    def _prune(self, tenant: int, now: datetime) -> None:
        for _ in range(PRUNE_MOST):
            with self._store.write() as db:
                if event_log.prune(db, tenant, now) == 0:
                    return

    def _deliver(self, tenant: int, hook: int) -> None:
        if self._pool is None:
            self._pool = ThreadPoolExecutor(POSTERS, thread_name_prefix="webhook")
        for key, future in list(self._busy.items()):
            if future.done():
                del self._busy[key]
                if (error := future.exception()) is not None:
                    _log.warning("webhook: %s", _named(error))
        if (tenant, hook) not in self._busy and self._post is not None:
            self._busy[tenant, hook] = self._pool.submit(
                webhooks.deliver,
                self._store,
                tenant,
                hook,
                clock=self._clock,
                post=self._post,
                allow_private=self._allow_private,
                stopping=self._stop.is_set,
            )

    def _is_time(self, what: str, every: float) -> bool:
        now = monotonic()
        if now < self._next[what]:
            return False
        self._next[what] = now + every
        return True


def _named(error: BaseException) -> str:
    """An error in the log: its code or its class, never its text, which may hold what is personal."""
    return error.code if isinstance(error, DomainError) else type(error).__name__
