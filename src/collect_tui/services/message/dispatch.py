"""Messages leave by their channels, and what becomes of them is written down.

A message is marked as tried before it is handed to its port and as sent after. One that was tried when the program ended is handed over
again where the port takes the same message once (`repeatable`); where it does not, nobody knows whether it left, and a person says.
Each message is two units of work, so that a run that is broken off has done what it has done and no more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import Any

from collect_tui.common.text import clean
from collect_tui.desk.errors import Refused
from collect_tui.desk.protocol import Progress
from collect_tui.desk.views.message import MessagesSent
from collect_tui.domain.effects import Effect, InboxChanged
from collect_tui.domain.facts import AccountFacts, Message
from collect_tui.domain.message import decide, lost
from collect_tui.domain.message.effects import EDITED
from collect_tui.domain.message.meaning import STOP
from collect_tui.domain.message.template import TYPED, Head
from collect_tui.domain.states import InboxState, MessageState
from collect_tui.policy.message import may_send
from collect_tui.policy.verdicts import Finding
from collect_tui.services.desk_context import DeskContext
from collect_tui.services.message import compose, far_names, house, leaving
from collect_tui.services.message.breaker import Breaker
from collect_tui.services.message.filling import spoken
from collect_tui.services.message.port import MessagePort, NotNow, Outgoing, Rejected, Report, Unknown
from collect_tui.services.unit_of_work import UnitOfWork, unit_of_work
from collect_tui.store import inbound
from collect_tui.store import messages as rows

#: Takes a message that somebody wrote; False: it was known.
TakeIncoming = Callable[[Any], bool]


class _PutOff(Exception):
    """The far end of a channel failed once too often: the others wait."""


Decided = Callable[[UnitOfWork, AccountFacts, Message], tuple[Effect, ...]]


class MessageDispatch:
    """The messages of a desk that wait. `ports`: channel → how it leaves; a channel without one keeps its messages. `pace`: waits, before
    a message leaves by a channel, as long as its rate asks for. `take`: what is done with messages that come in. `now`:
    channels that are tried though their far ends failed and they are put off."""

    def __init__(
        self,
        desk: DeskContext,
        ports: Mapping[str, MessagePort],
        *,
        pace: Callable[[str], None] = lambda channel: None,
        take: TakeIncoming | None = None,
        now: Collection[str] = (),
    ) -> None:
        self.desk, self.ports, self.tenant_id = desk, ports, desk.tenant_id
        self._pace, self._take, self._breaker = pace, take, Breaker(desk, now)
        self._sent: Counter[str] = Counter()
        self._put_off: dict[str, str] = {}
        self._unsure: list[int] = []
        self._failed = self._held = 0

    def run(self, progress: Progress | None = None) -> MessagesSent:
        """Sends what waits, then reads what came back. Repeatable."""
        for channel, port in self.ports.items():
            if said := self._breaker.put_off(channel):
                self._put_off[channel] = said
                continue
            with self.desk.reading() as db:
                waiting = rows.waiting(db, self.tenant_id, MessageState.QUEUED, channel=channel)
            try:
                for place, row in enumerate(waiting, 1):
                    self._one(row, port)
                    if progress is not None:
                        progress(f"Send by {channel}", place, len(waiting))
                port.flush()
            except NotNow as why:
                self._put_off[channel] = self._breaker.failed(channel, str(why), why.after) or str(why)
            except _PutOff as why:
                self._put_off[channel] = str(why)
        received, refused = self._arrivals(progress)
        return MessagesSent(
            sent=dict(self._sent),
            failed=self._failed,
            held=self._held,
            put_off=self._put_off,
            unsure=tuple(self._unsure),
            received=received,
            refused=refused,
        )

    def _one(self, row: Any, port: MessagePort) -> None:
        """Lets one message leave. Raises NotNow or _PutOff when nothing would leave by this channel now."""
        if row.tried_at is not None and not port.repeatable:
            if not leaving.on_its_way(row, self.desk.clock()):
                self._unsure.append(row.id)
            return
        if (message := self._ready(row)) is None:
            return
        self._pace(row.channel)
        try:
            left = port.send(message)
        except NotNow as why:
            self._untried(row)
            if why.channel:
                raise
            self._put_off[message.key] = str(why)
        except Unknown as why:
            self._unsure.append(row.id)
            with unit_of_work(self.desk, row.account) as work:
                rows.mark_unsure(work.db, self.tenant_id, row.id, str(why))
            if said := self._breaker.failed(row.channel, str(why)):
                raise _PutOff(said) from None
        except Rejected as why:
            self._failed += 1
            self._change(row, partial(self._rejected, str(why), why.point))
        else:
            self._sent[row.channel] += 1
            self._breaker.left(row.channel)
            self._change(row, lambda work, seen, m: (self._left(work, m, left.reference, left.cost_in(seen.currency)),))

    def _ready(self, row: Any) -> Outgoing | None:
        """The message as it leaves now, marked as tried; None: it may not, or not at this hour."""
        if row.account is None:
            return self._ready_for_our_own(row)
        with unit_of_work(self.desk, row.account) as work:
            seen = work.load(row.account)
            message, said = _message(seen, row.id, MessageState.QUEUED), rows.texts(work.db, self.tenant_id, row.id)
            if message is None or said.tried_at != row.tried_at:  # another run has it
                return None
            point = next((p for p in seen.points if p.id == message.point_id), None)
            rules, holds, head = work.catalogue.rules, work.catalogue.holds, self._head(message)
            answers = row.answers is not None
            verdict = may_send(seen, rules, holds, point, message.level, message, kind=head.kind, answers=answers)
            why = leaving.overtaken(head, seen, said.released_at) if verdict.allowed else verdict.findings[0]
            if why is not None:
                self._held += 1
                work.change(
                    seen,
                    self._held_back(work, message, why, row.version),
                    line=f"message {row.id} not sent: {why.rule}",
                )
                return None
            if (
                row.channel in leaving.QUIET
                and head.kind != STOP
                and not leaving.open_now(seen, point, work, answers=answers)
            ):
                self._put_off.setdefault("hours", "Outside the hours in which the customer may be reached.")
                return None
            rows.mark_tried(work.db, self.tenant_id, row.id, work.now)
            return Outgoing(
                key=f"{self.tenant_id}-{row.id}",
                channel=row.channel,
                to=leaving.address(row.channel, said.address, rules.country),
                name=spoken(said.name, said.kind),
                language=said.lang,
                dated=row.made_on,
                subject=said.subject,
                text=said.text,
                document=compose.load(said.document),
                reply_to=far_names.sent(said.reply_to or ""),
            )

    def _ready_for_our_own(self, row: Any) -> Outgoing | None:
        with unit_of_work(self.desk) as work:
            found = house.ready(work, row)
        self._held += isinstance(found, str) and bool(found)
        return None if isinstance(found, str) else found

    def _left(self, work: UnitOfWork, message: Message, reference: str, cost: int | None) -> Effect:
        head = self._head(message)
        served = decide.served_on(head, message.channel, work.today, self.desk.calendar)
        how = {"served_on": served, "sent_on": work.today, "reference": far_names.kept(reference) or None, "cost": cost}
        return decide.changed(message, MessageState.SENT, **how)

    def _untried(self, row: Any) -> None:
        with unit_of_work(self.desk, row.account) as work:
            rows.mark_tried(work.db, self.tenant_id, row.id, None)

    def _rejected(self, why: str, point: bool, work: UnitOfWork, seen: AccountFacts, m: Message) -> tuple[Effect, ...]:
        return (*lost.failed(seen, m, self._head(m).title, work.ids, why, point=point), *self._unanswered(work, m))

    def _held_back(self, work: UnitOfWork, message: Message, why: Finding, version: str) -> tuple[Effect, ...]:
        """It is a draft again. What somebody typed or changed, and that no more is sent, are for this moment and point only."""
        if message.template and self._head(message).kind != STOP and not version.endswith(EDITED):
            return (decide.changed(message, MessageState.DRAFT, blocked=why.check),)
        gone = decide.changed(message, MessageState.CANCELLED, detail=why.sentence)
        return (gone, *self._unanswered(work, message))

    def _unanswered(self, work: UnitOfWork, message: Message) -> tuple[Effect, ...]:
        """What somebody answered waits again."""
        asked = None if message.template else inbound.answered_by(work.db, self.tenant_id, message.id)
        if asked is None or asked.status != InboxState.ANSWERED:
            return ()
        return (InboxChanged(asked, InboxState.RECEIVED, "the answer did not leave"),)

    def _head(self, message: Message) -> Head:
        return self.desk.library.template(message.template).head if message.template else TYPED

    def _change(self, row: Any, decided: Decided, *, of: MessageState | None = MessageState.QUEUED) -> bool:
        with unit_of_work(self.desk, row.account) as work:
            seen = house.load(work, row) if row.account is None else work.load(row.account)
            message = _message(seen, row.id, of)
            effects = () if message is None else decided(work, seen, message)
            if effects and row.account is None:
                house.change(work, seen, effects)
            elif effects:
                work.change(seen, effects, line=f"message {row.id} {effects[0].status.words}")  # type: ignore[attr-defined]
            return bool(effects)

    # what is known of those that left ----------------------------------------------------------
    def settle(self, message_id: int, *, sent: bool) -> None:
        """A person says of a message that was tried whether it left. Refused "message.sure" of any other."""
        with self.desk.reading() as db:
            row = rows.find(db, self.tenant_id, id=message_id)
        if row is None or row.status != MessageState.QUEUED or row.tried_at is None:
            raise Refused("message.sure", "Of this message it is known whether it left.", "message")
        if leaving.on_its_way(row, self.desk.clock()):
            raise Refused("message.leaving", "It may be leaving now; look again in ten minutes.", "message")
        if sent:
            self._change(row, lambda work, seen, m: (self._left(work, m, "", None),))
        else:
            self._untried(row)

    def _arrivals(self, progress: Progress | None) -> tuple[dict[str, int], dict[str, str]]:
        received: Counter[str] = Counter()
        refused: dict[str, str] = {}
        for channel, port in self.ports.items():
            try:
                for place, arrival in enumerate(port.arrivals(), 1):
                    content, problem = arrival.content, arrival.problem
                    try:
                        if isinstance(content, Report):
                            received["report"] += self.report(channel, content)
                        elif content is not None and self._take is not None:
                            received["message"] += self._take(content)
                        elif content is not None:
                            continue  # it waits for whoever takes such messages
                    except Refused as error:
                        problem = error.message
                    if problem:
                        refused[clean(arrival.name)] = problem
                        arrival.refuse(problem)
                    else:
                        arrival.accept()
                    if progress is not None:
                        progress(f"Read from {channel}", place, 0)
            except NotNow as why:
                self._put_off[channel] = str(why)
        return dict(received), refused

    def report(self, channel: str, said: Report) -> bool:
        """Takes in what became of a message that left; False when it was known. Refused "message.report" for one that never left."""
        with self.desk.reading() as db:
            row = self._reported(db, channel, said)
        if row is None or (row.account is None and row.inbound):
            raise Refused("message.report", "The report is of no message that left here.", "key")

        def decided(work: UnitOfWork, seen: AccountFacts, m: Message) -> tuple[Effect, ...]:
            if m.status == MessageState.QUEUED:  # it was tried, and this is the proof that it left
                m = _after(seen, self._left(work, m, said.reference, None), m.id)
            head, calendar, rules = self._head(m), self.desk.calendar, work.catalogue.rules
            on, final, why = min(said.at.date(), work.today), said.final, said.detail
            return lost.became(seen, m, head, said.outcome, calendar, rules, work.ids, on=on, final=final, why=why)

        return self._change(row, decided, of=None)

    def _reported(self, db: Any, channel: str, said: Report) -> Any:
        if said.key is not None:
            tenant, _, ident = said.key.partition("-")
            ours = int(tenant) == self.tenant_id and len(ident) < 19
            return rows.find(db, self.tenant_id, id=int(ident)) if ours else None
        if not said.reference:
            return None
        return rows.find(db, self.tenant_id, channel=channel, reference=far_names.kept(said.reference))


def _message(seen: AccountFacts, message_id: int, of: MessageState | None) -> Message | None:
    return next((m for m in seen.messages if m.id == message_id and of in (None, m.status)), None)


def _after(seen: AccountFacts, effect: Effect, message_id: int) -> Message:
    found = _message(effect.fold(seen), message_id, None)
    assert found is not None
    return found
