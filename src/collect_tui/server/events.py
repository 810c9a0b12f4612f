"""Events over HTTP: as a stream (server-sent events), page by page, and who else is told (webhooks)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import BaseModel, Field

from collect_tui.desk.errors import Invalid, Unavailable
from collect_tui.desk.views.event import GAP, QUEUES, EventPage, WebhookView, wanted
from collect_tui.server.callers import permitted
from collect_tui.server.context import context_of
from collect_tui.server.feed import MOST_OF_ONE, PERMISSION, Reader, feed_of, full
from collect_tui.services import live, webhooks
from collect_tui.services.access import Caller

router = APIRouter()

HIGHEST = 2**62

Listening = Annotated[Caller, Depends(permitted(PERMISSION))]
Managing = Annotated[Caller, Depends(permitted("webhook.manage"))]
Position = Annotated[int, Query(ge=0, le=HIGHEST, description="The position of the last event that was read")]


class NewWebhook(BaseModel):
    """A system that wants to be told."""

    url: str = Field(max_length=2000, description="Where events are sent: https, and no private address")
    kinds: list[Annotated[str, Field(min_length=1, max_length=60)]] = Field(
        default_factory=list, max_length=50, description="Kinds such as `order.requested` or `order.*`; none means all"
    )


def _start(
    request: Request,
    caller: Listening,
    after: Annotated[int | None, Query(ge=0, le=HIGHEST, description="As `Last-Event-ID`")] = None,
    last_event_id: Annotated[str | None, Header(description="The `id` of the last event seen")] = None,
) -> Reader:
    """Where a stream begins: after the event that was seen last, else with what happens from now on."""
    if last_event_id is not None:
        if not (last_event_id.isascii() and last_event_id.isdigit() and len(last_event_id) < 19):
            raise Invalid("event.position", "Last-Event-ID is the id of an event: a number.", "Last-Event-ID")
        after = int(last_event_id)
    context = context_of(request)
    if full(request.app, context, caller):
        raise Unavailable("request.too_many", f"You have {MOST_OF_ONE} streams open here; end one of them first.")
    head = live.head(context.store, caller.tenant_id)
    # A position that was never given out belongs to another database: everything is new then.
    return Reader(caller, head if after is None else after if after <= head else 0, wants_board=True)


@router.get("/events", response_class=EventSourceResponse, tags=["events"], summary="What happens, as it happens")
async def stream(
    request: Request,
    reader: Annotated[Reader, Depends(_start)],
    kinds: Annotated[str, Query(max_length=1000, description="Kinds, separated by commas; `order.*` for a group")] = "",
) -> AsyncIterator[ServerSentEvent]:
    """Server-sent events: `id` the position, `event` the kind, `data` the event as JSON. With `Last-Event-ID` it goes on exactly
    after that event. Two kinds have no `id`: `queues`, the figures of the queues when they change, at most once a second; and
    `gap` when events that were asked for are no longer kept. The stream ends when the token is no longer good."""
    asked = tuple(k for k in (part.strip() for part in kinds.split(",")) if k)
    reader.wants_board = wanted(QUEUES, asked)
    feed = feed_of(request.app, context_of(request), reader.caller.tenant_id)
    with feed.reading(reader):
        # The headers leave at once, so that who listens knows that they do; it also says where a new listener begins.
        yield ServerSentEvent(comment="listening", id=str(reader.position))
        while (news := await feed.news(reader)) is not None:
            if news.gap is not None:
                yield ServerSentEvent(event=GAP, data={"after": reader.position, "first": news.gap})
                reader.position = news.gap - 1
            for event in news.events:
                if wanted(event.kind, asked):
                    yield ServerSentEvent(event=event.kind, id=str(event.position), data=event)
                reader.position = event.position
            if news.board is not None:
                yield ServerSentEvent(event=QUEUES, data={"queues": news.board})


@router.get("/events/page", tags=["events"], summary="A page of events, for those who ask from time to time")
def page(
    request: Request,
    caller: Listening,
    after: Position = 0,
    limit: Annotated[int, Query(ge=1, le=1000, description="How many at most")] = 200,
    kinds: Annotated[str, Query(max_length=1000, description="Kinds, separated by commas")] = "",
) -> EventPage:
    """The events after a position; `position` of the answer is where to go on, even when none of them was asked for."""
    asked = tuple(k for k in (part.strip() for part in kinds.split(",")) if k)
    found, oldest, head = live.page(context_of(request).store, caller.tenant_id, after, limit)
    last = found[-1].position if found else max(after, head) if after + 1 >= oldest else head
    return EventPage(
        events=tuple(e for e in found if wanted(e.kind, asked)), position=last, head=head, gap=after + 1 < oldest
    )


@router.post("/webhooks", status_code=201, tags=["webhooks"], summary="Tell another system of events")
def register(request: Request, caller: Managing, wanted_hook: NewWebhook) -> WebhookView:
    """From now on each event is sent to the address, in order, at least once, as a POST signed in `Collect-Signature`:
    `t=<unix seconds>,v1=<hex HMAC-SHA256(secret, "<t>.<body>")>`. `Collect-Event-Id` is the same when an event is sent again.
    The secret is in this answer and in none after it."""
    context = context_of(request)
    return webhooks.register(
        context.store,
        caller.tenant_id,
        wanted_hook.url,
        wanted_hook.kinds,
        by=caller.login,
        now=context.clock(),
        ids=context.ids,
        allow_private=context.allow_private_webhooks,
    )


@router.get("/webhooks", tags=["webhooks"], summary="Who is told of events, and how far they are")
def listing(request: Request, caller: Managing) -> list[WebhookView]:
    """All webhooks, oldest first, without their secrets."""
    return list(webhooks.listing(context_of(request).store, caller.tenant_id))


@router.delete("/webhooks/{id}", status_code=204, tags=["webhooks"], summary="Tell it no more")
def remove(request: Request, caller: Managing, id: str) -> Response:
    """What waits for it is not sent any more."""
    webhooks.remove(context_of(request).store, caller.tenant_id, id)
    return Response(status_code=204)
