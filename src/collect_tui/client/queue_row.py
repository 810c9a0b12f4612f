"""An act that is held: how it stands in the outbox and what is said of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from collect_tui.desk.commands import Act
from collect_tui.desk.outbox import HeldAct

COLUMNS: Final = "seq, id, account, body, state, typed_at, attempts, next_try_at, code, problem, holder, held_until"


@dataclass(frozen=True, slots=True)
class Queued:
    """The act could not be done now; it is in the queue."""

    unanswered: bool  # it may have reached the server


@dataclass(frozen=True, slots=True)
class Row:
    """`unanswered`: the act may have reached the server, so its key and its content stay as they are until it answers."""

    seq: int
    act: Act
    state: str
    typed_at: datetime
    attempts: int
    next_try_at: datetime | None
    code: str | None
    problem: str | None
    holder: str | None
    held_until: datetime | None

    @property
    def waits(self) -> Queued:
        return Queued(unanswered=self.state == "unanswered")

    def held(self) -> HeldAct:
        return HeldAct.model_validate(
            {
                "id": self.act.id,
                "act": self.act,
                "typed_at": self.typed_at,
                "state": self.state,
                "attempts": self.attempts,
                "code": self.code,
                "problem": self.problem,
            }
        )


def as_seen(row: Row) -> tuple[object, ...]:
    return row.seq, row.state == "review"


def row_of(found: tuple[Any, ...]) -> Row:
    seq, _, _, body, state, typed_at, attempts, next_try_at, code, problem, holder, held_until = found
    return Row(
        seq,
        Act.model_validate_json(body),
        state,
        datetime.fromisoformat(typed_at),
        attempts,
        datetime.fromisoformat(next_try_at) if next_try_at else None,
        code,
        problem,
        holder,
        datetime.fromisoformat(held_until) if held_until else None,
    )
