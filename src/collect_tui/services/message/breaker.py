"""Whether a channel is put off as its far end fails; kept in the book, so that every process and every run knows it."""

from __future__ import annotations

from collections.abc import Collection

from sqlmodel import Session as Db

from collect_tui.desk.views.message import ChannelView
from collect_tui.domain.dates import stamp
from collect_tui.domain.message.breaker import SOUND, Standing
from collect_tui.services.desk_context import DeskContext
from collect_tui.store import message_channels as rows


class Breaker:
    """How the channels of a desk stand. `now`: those that are tried at once, put off or not."""

    def __init__(self, desk: DeskContext, now: Collection[str] = ()) -> None:
        self._desk, self._now = desk, now
        self._known: dict[str, Standing] | None = None

    def put_off(self, channel: str) -> str:
        """Until when a channel is put off, and why, in words; empty: it is not."""
        standing = self._of(channel)
        if channel in self._now or not standing.put_off(self._desk.clock()):
            return ""
        return self._said(standing)

    def failed(self, channel: str, why: str, after: int | None = None) -> str:
        """Its far end has failed once more; as `put_off`."""
        standing = self._of(channel).failed(why, self._desk.clock(), after)
        self._keep(channel, standing)
        return self._said(standing) if standing.until is not None else ""

    def left(self, channel: str) -> None:
        """A message has left by it."""
        if self._of(channel) != SOUND:
            self._keep(channel, SOUND)

    def _of(self, channel: str) -> Standing:
        if self._known is None:
            with self._desk.reading() as db:
                self._known = rows.standings(db, self._desk.tenant_id)
        return self._known.get(channel, SOUND)

    def _keep(self, channel: str, standing: Standing) -> None:
        self._of(channel)
        assert self._known is not None
        self._known[channel] = standing
        with self._desk.store.write(self._desk.tenant_id) as db:
            rows.keep(db, self._desk.tenant_id, channel, standing)

    def _said(self, standing: Standing) -> str:
        assert standing.until is not None
        with self._desk.reading() as db:
            zone = self._desk.tenant(db).zone
        return f"put off until {stamp(standing.until, zone)}. {standing.why}"


def channels(desk: DeskContext, db: Db) -> tuple[ChannelView, ...]:
    """The channels for which messages wait, and those whose far ends fail."""
    queued, standings, now = rows.queued(db, desk.tenant_id), rows.standings(db, desk.tenant_id), desk.clock()
    failing = {channel: standing for channel, standing in standings.items() if standing != SOUND}
    return tuple(
        ChannelView(
            channel=channel,
            queued=queued.get(channel, 0),
            failures=(standing := failing.get(channel, SOUND)).failures,
            until=standing.until if standing.put_off(now) else None,
            why=standing.why,
        )
        for channel in sorted({*queued, *failing})
    )
