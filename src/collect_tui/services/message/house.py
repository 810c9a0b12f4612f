"""Messages of no account, digests for the firm's own people, as they leave by the queue that all others leave by."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from collect_tui.domain.effect import Effect
from collect_tui.domain.effects import MessageChanged
from collect_tui.domain.facts import AccountFacts, Message
from collect_tui.domain.message.decide import changed
from collect_tui.domain.states import AccountState, MessageState, Stage
from collect_tui.services import events
from collect_tui.services.message import compose
from collect_tui.services.message.port import Outgoing
from collect_tui.services.unit_of_work import UnitOfWork
from collect_tui.store import digests, event_log
from collect_tui.store import messages as rows


def load(work: UnitOfWork, row: Any) -> AccountFacts:
    """Facts of nothing but the message as it is now: what becomes of messages is decided on facts."""
    now = rows.find(work.db, work.tenant_id, id=row.id)
    if now is None or now.inbound or now.account is not None:
        mine: tuple[Message, ...] = ()
    else:
        status = MessageState(now.status)
        mine = (Message(now.id, "", now.channel, status, now.served_on, template=now.template, made_on=now.made_on),)
    return AccountFacts(
        id=0,
        number="",
        name="",
        version=0,
        status=AccountState.CLOSED,
        stage=Stage.CURRENT,
        currency=work.currency,
        segment="",
        business_date=work.today,
        opened_on=work.today,
        messages=mine,
    )


def change(work: UnitOfWork, seen: AccountFacts, effects: Iterable[Effect]) -> None:
    for effect in effects:
        assert isinstance(effect, MessageChanged)
        digests.change(work.db, work.tenant_id, effect, work.now)
        told = ((None, *event) for event in events.of(seen, (effect,)))
        event_log.add_all(work.db, work.tenant_id, work.by, work.now, told, work.ids)


def ready(work: UnitOfWork, row: Any) -> Outgoing | str:
    """The digest as it leaves now, marked as tried; or why it does not: empty where another run has it."""
    seen = load(work, row)
    said = rows.texts(work.db, work.tenant_id, row.id)
    message = next((m for m in seen.messages if m.status == MessageState.QUEUED), None)
    if message is None or said.tried_at != row.tried_at:
        return ""
    contact = next((c for c in work.catalogue.internal.contacts if c.is_at(said.address)), None)
    if contact is None:
        why = "Nobody in internal.toml has this address any more."
        change(work, seen, (changed(message, MessageState.CANCELLED, detail=why),))
        return why
    rows.mark_tried(work.db, work.tenant_id, row.id, work.now)
    return Outgoing(
        key=f"{work.tenant_id}-{row.id}",
        channel=row.channel,
        to=contact.email,
        name=contact.title,
        language=said.lang,
        dated=row.made_on,
        subject=said.subject,
        text=said.text,
        document=compose.load(said.document),
    )
