"""One call is one, however much is logged of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final, Protocol

from collect_tui.domain.facts import Attempt, entered

AT_ONCE: Final = timedelta(seconds=30)
"""How soon after one another the entries of one call stand on the accounts that it was about: less than the next call would ring."""


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


def calls(made: Sequence[Attempt], minutes: int) -> list[Attempt]:
    """Of the attempts on all accounts of a customer those that count, the earliest first: not what tells more of a talk, and of one call
    that was logged on several accounts the first. `minutes`: as for `same_call`; at 0 every counted attempt counts."""
    span = min(AT_ONCE, timedelta(minutes=minutes))
    found: list[tuple[Attempt, set[int]]] = []
    for call in sorted(made, key=lambda each: entered(each.id, each.at)):
        if not call.counted or same_call(call, made, minutes):
            continue
        for before, accounts in found:
            if _alike(before, call) and call.at < before.at + span and call.other_account not in accounts:
                accounts.add(call.other_account)
                break
        else:
            found.append((call, {call.other_account}))
    return [call for call, _ in found]


def _alike(one: Attempt, other: Attempt) -> bool:
    """Whether two entries can be of one call: of no number, nobody can say."""
    told = (one.action, one.result, one.point_id) == (other.action, other.result, other.point_id)
    return told and one.point_id is not None
