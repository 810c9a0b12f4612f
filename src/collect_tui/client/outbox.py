"""What waits and what was refused, for its author to look at."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from collect_tui.client.retry import FAILED
from collect_tui.client.words import DROPPED
from collect_tui.desk.commands import Act
from collect_tui.desk.errors import DomainError, NotFound, Refused
from collect_tui.desk.outbox import ConnectionView, HeldAct

if TYPE_CHECKING:
    from collect_tui.client.connection import Connection
    from collect_tui.client.queue import ActOutbox
    from collect_tui.client.queue_row import Row
    from collect_tui.client.sender import Sender
    from collect_tui.desk.views.account import AccountView
    from collect_tui.desk.views.act import Receipt
    from collect_tui.desk.views.session import Session


class Asked(Protocol):
    """What the outbox asks of its desk."""

    clock: Callable[[], datetime]

    def account(self, number: str) -> AccountView: ...

    def fresh(self, number: str) -> AccountView: ...

    def session(self) -> Session: ...

    @property
    def signs_in(self) -> bool: ...
    def sign_in(self, password: str) -> str: ...


class ApiOutbox:
    """The outbox of a desk at a server. `server`: its name, without what is not needed to know it."""

    def __init__(self, desk: Asked, queue: ActOutbox, sender: Sender, wire: Connection, server: str) -> None:
        self._desk = desk
        self._queue = queue
        self._sender = sender
        self._wire = wire
        self._server = server

    def connection(self) -> ConnectionView:
        waiting, review = self._queue.counts()
        return ConnectionView(
            state=self._wire.state,
            server=self._server,
            now=self._desk.clock(),
            as_of=self._wire.as_of,
            waiting=waiting,
            review=review,
            notice=self._queue.notice,
        )

    def listen(self, told: Callable[[Act, Receipt | DomainError], None]) -> None:
        self._sender.told = told

    @property
    def signs_in(self) -> bool:
        return self._desk.signs_in

    def sign_in(self, password: str) -> str:
        return self._desk.sign_in(password)

    def held(self) -> tuple[HeldAct, ...]:
        return tuple(row.held() for row in self._queue.rows())

    def current(self, act_id: UUID) -> AccountView:
        """The account of a held act. Unavailable when the server cannot be reached and it was not seen before."""
        row = self._queue.row(act_id)
        if row is None:
            raise NotFound("outbox.not_found", "This act is no longer held; it was done or dropped.", "id")
        return self._desk.account(row.act.account)

    def send_again(self, act_id: UUID) -> None:
        """Sends a rejected act on the account as it is now. It keeps its id, so that it is not done twice by whoever typed it;
        one on which the server itself failed may have been done, and stays as it was. Unavailable: the server cannot be reached."""
        row = self._in_review(act_id)
        if row.code == FAILED:
            sent = self._queue.again(row, row.act, state="unanswered")
        else:
            view = self._desk.fresh(row.act.account)
            mine = view.claimed_by is not None and view.claimed_by == self._desk.session().user
            renewed = {"version": view.version, "fence": view.fence if mine else None}
            sent = self._queue.again(row, row.act.model_copy(update=renewed), state="waiting")
        if not sent:
            raise _settled()
        self._sender.pump()
        self._sender.poke()

    def drop(self, act_id: UUID) -> None:
        row = self._in_review(act_id)
        if not self._queue.drop(row):
            raise _settled()
        self._queue.settle(row.act.id, self._desk.clock(), refused=Refused("act.dropped", DROPPED))

    def _in_review(self, act_id: UUID) -> Row:
        row = self._queue.row(act_id)
        if row is None or row.state != "review":
            raise _settled()
        return row


def _settled() -> NotFound:
    return NotFound("outbox.not_found", "This act does not wait for you; it was done, sent again or dropped.", "id")
