"""Writes messages."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete

from collect_tui.domain import effects as fx
from collect_tui.domain.message.effects import Content
from collect_tui.domain.states import LOST_MESSAGE, InboxState, MessageState
from collect_tui.store.sql import table
from collect_tui.store.tables import Message, MessageItem
from collect_tui.store.writing import WriteContext, write


@write.register
def _(effect: fx.MessageWritten, here: WriteContext) -> None:
    message = effect.message
    released = _released(here) if message.status == MessageState.QUEUED else {}
    rest = {"address": effect.address, "answers": effect.answers, "blocked": effect.blocked}
    here.put("message", message, made_at=here.at, made_by=here.by, **_said(effect.content), **rest, **released)
    for item_id, amount in zip(message.items, effect.amounts, strict=True):
        here.add("message_item", message_id=message.id, item_id=item_id, amount=amount)


@write.register
def _(effect: fx.MessageReleased, here: WriteContext) -> None:
    key = {"account_id": here.account_id, "id": effect.id, "status": MessageState.DRAFT}
    way = {"channel": effect.channel, "point_id": effect.point_id, "address": effect.address}
    values = {"status": MessageState.QUEUED, "blocked": "", **way, **_said(effect.content), **_released(here)}
    here.set("message", key, **values)
    _about(effect.id, effect.about, here)


@write.register
def _(effect: fx.MessageChanged, here: WriteContext) -> None:
    key = {"account_id": here.account_id, "id": effect.id, "status": effect.old_status}
    here.set("message", key, **as_changed(effect, here.at))
    _about(effect.id, effect.about, here)


def as_changed(effect: fx.MessageChanged, at: datetime) -> dict[str, Any]:
    """The columns of a message that has changed."""
    values: dict[str, Any] = {name: getattr(effect, name) for name in ("status", "served_on", "detail")}
    values["lifted"] = effect.old_status if effect.lifted else None
    if MessageState.CANCELLED not in (effect.status, effect.old_status):  # what waits again waits for the same
        values["blocked"] = effect.blocked
    values |= {name: value for name in ("reference", "cost") if (value := getattr(effect, name)) is not None}
    if effect.sent_on is not None:
        values |= {"sent_on": effect.sent_on, "sent_at": at}
    closed = effect.status in LOST_MESSAGE | {MessageState.CANCELLED, MessageState.DELIVERED}
    return {**values, "closed_at": at if closed else None}


@write.register
def _(effect: fx.MessageReceived, here: WriteContext) -> None:
    received, message = effect.received, table(Message)
    nobodys = here.change("message", id=received.id, inbound=True).where(message.c.account_id.is_(None))
    closed_at = None if received.status == InboxState.RECEIVED else here.at
    here.one(
        nobodys.values(
            account_id=here.account_id,
            status=received.status,
            point_id=received.point_id,
            detail=received.suggestion,
            answers=effect.answers,
            closed_at=closed_at,
        )
    )


@write.register
def _(effect: fx.InboxChanged, here: WriteContext) -> None:
    key = {"account_id": here.account_id, "id": effect.id, "status": effect.old_status}
    here.set("message", key, status=effect.status, closed_at=None if effect.status == InboxState.RECEIVED else here.at)


def _about(message_id: int, items: tuple[tuple[int, int], ...] | None, here: WriteContext) -> None:
    """In the place of what the message was about, and asked for, until now; None: that stays."""
    if items is None:
        return
    t = table(MessageItem)
    here.db.execute(delete(t).where(t.c.tenant_id == here.tenant_id, t.c.message_id == message_id))
    for item_id, amount in items:
        here.add("message_item", message_id=message_id, item_id=item_id, amount=amount)


def _said(content: Content) -> dict[str, Any]:
    return {
        "version": content.version,
        "lang": content.language,
        "subject": content.subject,
        "text": content.text,
        "document": content.document,
        "offered": content.offered,
        "offer_until": content.offer_until,
    }


def _released(here: WriteContext) -> dict[str, Any]:
    return {"released_at": here.at, "released_by": here.by}
