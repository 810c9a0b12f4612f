"""One call is one, however much is logged of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Protocol

from collect_tui.domain.facts import entered


class Call(Protocol):
    """A contact event. `conversation`: somebody answered, and it was the right party; `counted`: it is an outbound call that reached
    a line."""

    @property
    def id(self) -> int: ...
    @property
    def at(self) -> datetime: ...
    @property
    def counted(self) -> bool: ...
    @property
    def conversation(self) -> bool: ...
    @property
    def point_id(self) -> int | None: ...


def same_call(call: Call, made: Iterable[Call], minutes: int) -> bool:
    """Whether it tells more of a talk that is counted: with the same number, which somebody had answered less than so many minutes
    before."""
    span = timedelta(minutes=minutes)
    return call.conversation and any(
        before.counted
        and before.conversation
        and before.point_id == call.point_id
        and entered(before.id, before.at) < entered(call.id, call.at)
        and call.at < before.at + span
        for before in made
    )
