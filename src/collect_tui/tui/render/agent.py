"""What an agent does, timed, as it stands in the header; and what a lead has said to them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from collect_tui.domain.dates import clock as clock_label

if TYPE_CHECKING:
    from collect_tui.desk.views.account import AccountView
    from collect_tui.desk.views.agent import AgentView, Word


MINUTE: Final = timedelta(minutes=1)


class AgentSeen:
    """What the desk has said its user does, and when: timed from then on by the desk's own clock."""

    def __init__(self) -> None:
        self._agent: AgentView | None = None
        self._at: Callable[[], timedelta] = timedelta

    def saw(self, agent: AgentView | None, clock: Callable[[], datetime]) -> bool:
        """The desk has said it.  Returns whether a lead's words to the user are others now."""
        before, at = self.words, clock()
        self._agent, self._at = agent, lambda: clock() - at
        return self.words != before

    @property
    def words(self) -> tuple[Word, ...]:
        """What leads have said to the user, and these have not acknowledged."""
        return self._agent.words if self._agent is not None else ()

    def said(self, key: str) -> str:
        """The same for the status line, with what acknowledges it."""
        said = " · ".join(f"{each.by}: {each.text}" for each in self.words)
        return f"{said} ({key})" if said else ""

    def beside(self, who: str, day: str, *, wide: bool) -> str:
        """Who, on what day, with the state and its timer. Where there is no room for all of it, a state that is timed stands for the
        name and takes what that and the weekday would: no title is cut for it.
        """
        agent, whole = self._agent, f"{who} · {day}"
        if agent is None or (not wide and agent.state == "available"):
            return whole
        lasted = max(timedelta(), agent.now - agent.since + max(self._at(), timedelta()))
        if wide:
            return f"{whole} · {' '.join(filter(None, (agent.state, agent.code.lower(), timed(lasted))))}"
        date, told = day.partition(" ")[2], f"{agent.state} {timed(lasted)}"
        ways = (f"{told} · {day}", f"{told} · {date}", f"{told} {date}")
        return next((way for way in ways if len(way) <= len(whole)), f"{agent.state} {lasted // MINUTE}m {date}")


def timed(lasted: timedelta) -> str:
    """`2:05`, from an hour on `1h05`."""
    seconds = int(lasted.total_seconds())
    if seconds < 3600:
        return f"{seconds // 60}:{seconds % 60:02}"
    return f"{seconds // 3600}h{seconds % 3600 // 60:02}"


def held_by_other(view: AccountView, user: str) -> str:
    """Who else works the account and until when, by the desk's clock; empty when nobody does."""
    if not view.claimed_by or view.claimed_by == user:
        return ""
    until = f" until {clock_label(view.lease_until, view.desk_zone)}" if view.lease_until is not None else ""
    return f"{view.claimed_by} has this account{until}"
