"""A run of messages row by row: what would leave with samples of it, what is left out, and how the channels stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from collect_tui.common.words import plural
from collect_tui.desk.columns import Column, Role
from collect_tui.desk.views.base import View
from collect_tui.domain.dates import format_day, local_time

if TYPE_CHECKING:
    from collect_tui.desk.views.message import ChannelView, MessagesRun
    from collect_tui.desk.views.session import Session


class RunRow(View):
    """A row of a run: so many of a template by a channel, a sample of them, or a reason why so many are left out. `account`: one of
    theirs; `message`: the number of a sample."""

    count: int | None
    what: str
    channel: str
    told: str
    account: str
    message: int | None = None


def run_rows(run: MessagesRun) -> tuple[RunRow, ...]:
    """What a run says, row by row: each count with its samples, then what is left out."""
    rows: list[RunRow] = []
    for each in run.released:
        mine = [one for one in run.samples if (one.template, one.channel) == (each.template, each.channel)]
        first = mine[0] if mine else None
        told, account, message = ("released", "", None) if first is None else ("", first.account, first.id)
        rows.append(
            RunRow(
                count=each.count, what=each.template, channel=each.channel, told=told, account=account, message=message
            )
        )
        rows += [
            RunRow(count=None, what="  sample", channel=one.channel, told="", account=one.account, message=one.id)
            for one in mine
        ]
    rows += [
        RunRow(count=each.count, what="not released", channel="", told=each.told, account=each.accounts[0])
        for each in run.excluded
    ]
    return tuple(rows)


RUN_COLUMNS: Final = (
    Column("count", "Count", 6, align="right", write=lambda n, row, session: "" if n is None else str(n)),
    Column("what", "What", 20, flex=1, role=lambda row: Role.WARN if row.what == "not released" else Role.VALUE),
    Column("channel", "Channel", 8),
    Column("account", "Account", 10),
    Column("told", "Why", 20, flex=3, role=Role.WARN),
)


def run_counts(run: MessagesRun) -> str:
    """What a run would release: `8 notice-1 by letter, 4 reminder by email`."""
    return ", ".join(f"{each.count} {each.template} by {each.channel}" for each in run.released)


def channel_words(channel: ChannelView, session: Session) -> str:
    """How a channel stands: `email: 12 wait, put off until 14:05: …`."""
    said = f"{channel.channel}: {channel.queued} {'waits' if channel.queued == 1 else 'wait'}"
    if channel.until is not None:
        until, now = (local_time(at, session.zone) for at in (channel.until, session.now))
        day = "" if until.date() == now.date() else f"{format_day(until.date(), now.date())} "
        return f"{said}, put off until {day}{until:%H:%M}: {channel.why}"
    return f"{said}, failed {plural(channel.failures, 'time')}: {channel.why}" if channel.failures else said
