"""What a desk over a wire says about the wire, and about what was typed while it was down."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final, Literal, Protocol
from uuid import UUID

from collect_tui.desk.columns import Column, Role, hour
from collect_tui.desk.commands import Act
from collect_tui.desk.views.account import AccountView
from collect_tui.desk.views.act import Receipt
from collect_tui.desk.views.base import View
from collect_tui.domain.errors import DomainError


class ConnectionView(View):
    """The state of the wire at the instant `now`. `as_of`: the instant of the oldest data shown, None while they are fresh.
    `notice`: what became of the queue when the program started, in a sentence, where there is anything to say. `waiting` acts go
    out by themselves; `review` acts were rejected and wait for their author."""

    state: Literal["online", "offline", "signed-out"]
    server: str
    now: datetime
    as_of: datetime | None = None
    notice: str = ""
    waiting: int = 0
    review: int = 0


class HeldAct(View):
    """An act in the queue. `problem` and `code`: why the server would not take it; None while it waits."""

    id: UUID
    act: Act
    typed_at: datetime
    state: Literal["waiting", "unanswered", "review"]
    attempts: int
    code: str | None = None
    problem: str | None = None


def typed(held: HeldAct) -> str:
    """The act as it was typed; one that no line made, by its commands."""
    return held.act.line or "; ".join(command.noun for command in held.act.commands)


OUTBOX_COLUMNS: Final = (
    Column("account", "Account", 10, value=lambda held: held.act.account),
    Column("typed_at", "Typed", 6, write=hour),
    Column(
        *("state", "State", 10),
        role=lambda held: {"review": Role.BAD, "unanswered": Role.WARN}.get(held.state, Role.DIM),
    ),
    Column("what", "What", 20, flex=1, value=typed),
)


class Outbox(Protocol):
    """The durable queue between the keyboard and the server. Safe to call from any thread."""

    def connection(self) -> ConnectionView:
        """How things stand; answers at once, without asking the server."""
        ...

    def listen(self, told: Callable[[Act, Receipt | DomainError], None]) -> None:
        """Calls `told`, in a thread of its own, when an act that waited here was done or refused: what it came to."""
        ...

    @property
    def signs_in(self) -> bool:
        """Is it a password that signs in here, and no access token?"""
        ...

    def sign_in(self, password: str) -> str:
        """Signs the same user in again after the session ran out; what waits goes out then. Raises SignedOut, Unavailable.

        What the owner of the login is to hear, such as wrong tries at it; empty when there is nothing.
        """
        ...

    def held(self) -> tuple[HeldAct, ...]:
        """What has not been done yet, oldest first: rejected ones too."""
        ...

    def current(self, act_id: UUID) -> AccountView:
        """The account of a held act as it is now, to stand beside what was typed on it."""
        ...

    def send_again(self, act_id: UUID) -> None:
        """Sends a rejected act on the account as it is now, under its own id: it is done once, whoever repeats it. NotFound:
        it is not in review."""
        ...

    def drop(self, act_id: UUID) -> None:
        """Takes a rejected act away for good. NotFound: it is not in review."""
        ...
