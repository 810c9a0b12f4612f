"""Messages that come in: each finds its customer, stands on the account, stops what it must, and waits to be answered.

Whose it is says the message that it answers, else its thread, else its sender's address; one that is nobody's waits apart until
somebody gives it to an account. A message is known by its channel and the far end's reference: the same again changes nothing,
also where two processes take it at once. Nobody answers a message that a program wrote.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Final

from sqlmodel import Session as Db

from collect_tui.common.text import clean
from collect_tui.domain.contact.decide import mark_point
from collect_tui.domain.dates import local_time
from collect_tui.domain.effects import Effect
from collect_tui.domain.errors import DomainError, Refused
from collect_tui.domain.facts import PHONE_KINDS, AccountFacts, Message, Point, Received
from collect_tui.domain.message.decide import POINTS
from collect_tui.domain.message.effects import MessageReceived, MessageWritten
from collect_tui.domain.message.meaning import STOP, Meaning
from collect_tui.domain.states import InboxState, MessageState
from collect_tui.policy.message import may_send
from collect_tui.services.desk_context import DeskContext
from collect_tui.services.message import far_names, objection
from collect_tui.services.message.compose import Composer
from collect_tui.services.message.port import Incoming
from collect_tui.services.unit_of_work import UnitOfWork, unit_of_work
from collect_tui.store import digests
from collect_tui.store import inbound as rows
from collect_tui.store.inbound import InboundRow, Sender
from collect_tui.store.names import point_key

CONFIRMATION: Final = "stop-confirmation"
"""The template by which a customer is told that no more is sent."""

_KEY: Final = re.compile(r"([0-9]{1,18})-([0-9]{1,18})")


@dataclass(frozen=True, slots=True)
class _Found:
    """`sender` None: nobody known. `others`: accounts of other customers with the same address."""

    sender: Sender | None
    others: tuple[Sender, ...] = ()


class Intake:
    """Takes messages in for a desk: `MessageDispatch(desk, ports, take=Intake(desk).take)`."""

    def __init__(self, desk: DeskContext) -> None:
        self.desk, self.tenant_id = desk, desk.tenant_id

    def take(self, incoming: Incoming) -> bool:
        """Takes one message in; False: it was known. Raises Unavailable, and nothing else whatever it says."""
        return self.desk.store.attempt(partial(self._take, incoming))

    def assign(self, message_id: int, account: str) -> None:
        """Gives a message of an unknown sender to an account. NotFound for no such account, Refused "message.known" for no such
        message."""

        def give() -> None:
            with unit_of_work(self.desk, account) as work:
                seen = work.load(account)
                row = rows.unknown(work.db, self.tenant_id, message_id)
                if row is None:
                    raise Refused("message.known", "No message of an unknown sender has this number.", "message")
                work.change(seen, self._effects(work, seen, row, None), line=f"message {row.id} given to the account")

        self.desk.store.attempt(give)

    # one message ---------------------------------------------------------------------------------------------------
    def _take(self, incoming: Incoming) -> bool:
        channel, reference = incoming.channel, far_names.kept(_line(incoming.reference))
        with self.desk.reading() as db:
            if rows.known(db, self.tenant_id, channel, reference):
                return False
            digest = digests.answered(db, self.tenant_id, self._ids(incoming)) if channel == "email" else None
            found = self._find(db, incoming)
            zone, today = (tenant := self.desk.tenant(db)).zone, tenant.business_date
        at = min(incoming.at, self.desk.clock())
        on = min(local_time(at, zone).date(), today)
        address = far_names.kept(_line(incoming.sender))
        thread = far_names.kept(_line(incoming.thread))
        row = InboundRow(
            id=self.desk.ids(),
            channel=channel,
            reference=reference,
            thread=thread,
            address=address,
            subject=_line(incoming.subject),
            text=clean(incoming.text, keep_newlines=True).strip(),
            automatic=incoming.automatic,
            made_on=on,
            made_at=at,
        )
        if digest is not None:
            return objection.answered(self.desk, row, digest)
        if found.sender is None:
            return self._unknown(row)
        if self._meaning(row).stop:  # first: what is known is not looked at again
            for other in found.others:
                self._stop(other, row)
        with unit_of_work(self.desk, found.sender.number) as work:
            seen = work.load(found.sender.number)
            row = row.masked(seen.numbers)
            if not rows.receive(work.db, self.tenant_id, row, InboxState.RECEIVED):
                return False
            effects = self._effects(work, seen, row, found.sender.answers)
            work.change(seen, effects, line=f"message {row.id} received by {row.channel}")
        return True

    def _unknown(self, row: InboundRow) -> bool:
        status = InboxState.DONE if row.automatic else InboxState.RECEIVED
        suggestion = "" if row.automatic else self._meaning(row).suggestion
        with self.desk.store.write(self.tenant_id) as db:
            return rows.receive(db, self.tenant_id, row.masked(), status, suggestion)

    def _ids(self, incoming: Incoming) -> set[int]:
        """The messages of ours that are answered, by our keys."""
        keys = [match for each in incoming.answers if (match := _KEY.fullmatch(_line(each)))]
        return {int(match[2]) for match in keys if int(match[1]) == self.tenant_id}

    def _find(self, db: Db, incoming: Incoming) -> _Found:
        named, ids = [_line(each) for each in incoming.answers if each], self._ids(incoming)
        references = {far_names.kept(each) for each in named if not _KEY.fullmatch(each)}
        sender = rows.by_answer(db, self.tenant_id, incoming.channel, ids, references)
        if sender is None and incoming.thread:
            sender = rows.by_thread(db, self.tenant_id, incoming.channel, far_names.kept(_line(incoming.thread)))
        kinds = _kinds(incoming.channel)
        address = self._key(incoming.channel, _line(incoming.sender))
        there = rows.by_address(db, self.tenant_id, kinds, address) if address and kinds else []
        if sender is None and there:
            sender = there[0]
        return _Found(sender, tuple(each for each in there if sender is None or each.account_id != sender.account_id))

    def _key(self, channel: str, address: str) -> str:
        """An address as contact points are found by it."""
        kind = point_kind(channel)
        return point_key(kind, address, self.desk.catalogue().rules.country) if kind and address else ""

    def _meaning(self, row: InboundRow) -> Meaning:
        return self.desk.library.rules.heard.meaning(row.subject, row.text)

    # what follows --------------------------------------------------------------------------------------------------
    def _effects(
        self, work: UnitOfWork, seen: AccountFacts, row: InboundRow, answers: int | None
    ) -> tuple[Effect, ...]:
        meaning = self._meaning(row)
        points = self._points(seen, row, answers)
        own = next((p for p in points if self._is_of(p, row)), None)
        waits = not (row.automatic or meaning.stop)
        received = Received(
            id=row.id,
            channel=row.channel,
            status=InboxState.RECEIVED if waits else InboxState.DONE,
            made_on=row.made_on,
            point_id=own.id if own else None,
            address=row.address,
            thread=row.thread,
            subject=row.subject,
            suggestion="" if row.automatic and not meaning.stop else meaning.suggestion,
        )
        effects: tuple[Effect, ...] = (MessageReceived(received, answers),)
        if meaning.stop and (marked := _opted_out(seen, points)):
            effects += marked
            if not row.automatic:
                effects += self._confirmation(work, seen, received, next(p for p in points if p.consent != "out"))
        return effects

    def _points(self, seen: AccountFacts, row: InboundRow, answers: int | None) -> list[Point]:
        """The contact points that a message is about: its sender's; else the one that was written to; else all of its channel."""
        reached = [p for p in seen.points if p.kind in _kinds(row.channel)]
        if own := [p for p in reached if self._is_of(p, row)]:
            return own
        asked = next((m.point_id for m in seen.messages if m.id == answers), None)
        return [p for p in reached if p.id == asked] or reached

    def _is_of(self, point: Point, row: InboundRow) -> bool:
        country = self.desk.catalogue().rules.country
        own = self._key(row.channel, far_names.sent(row.address))
        return point.kind in _kinds(row.channel) and point_key(point.kind, point.value, country) == own

    def _stop(self, other: Sender, row: InboundRow) -> None:
        """The same address of another customer is not written to either."""
        with unit_of_work(self.desk, other.number) as work:
            seen = work.load(other.number)
            if effects := _opted_out(seen, [p for p in seen.points if self._is_of(p, row)]):
                work.change(seen, effects, line=f"stopped by {row.channel}")

    def _confirmation(
        self, work: UnitOfWork, seen: AccountFacts, received: Received, point: Point
    ) -> tuple[Effect, ...]:
        """That no more is sent is said once for a point, whatever comes after; not by a channel that the template has not."""
        channel, to = received.channel, received.thread or point.value
        if rows.confirmed(work.db, self.tenant_id, seen.id, CONFIRMATION, point.id, to):
            return ()
        if not may_send(seen, work.catalogue.rules, work.catalogue.holds, point, kind=STOP).allowed:
            return ()
        with suppress(DomainError):
            made = Composer(self.desk, work.db).write(seen, CONFIRMATION, channel)
            message = Message(
                id=work.ids(),
                level="",
                channel=channel,
                status=MessageState.QUEUED,
                served_on=None,
                template=CONFIRMATION,
                point_id=point.id,
                made_on=seen.business_date,
            )
            return (MessageWritten(message, made.content, to, made.head.title, answers=received.id),)
        return ()


def _opted_out(seen: AccountFacts, points: Iterable[Point]) -> tuple[Effect, ...]:
    return tuple(effect for point in points for effect in mark_point(seen, point, None, "out"))


def point_kind(channel: str) -> str:
    """As what kind of contact point the sender of a message of a channel is kept; empty: as none."""
    return "mobile" if channel == "sms" else next(iter(_kinds(channel)), "")


def _kinds(channel: str) -> tuple[str, ...]:
    """Kinds of contact points that a message of a channel may come from: a text from whatever telephone."""
    return tuple(sorted(PHONE_KINDS)) if channel == "sms" else POINTS.get(channel, ())


def _line(text: str) -> str:
    return clean(text).strip()


__all__ = ["CONFIRMATION", "Intake", "point_kind"]
