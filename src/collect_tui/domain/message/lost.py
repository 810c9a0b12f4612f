"""What follows when a message did not arrive: it is not served any more, its point is no good, the account steps back, and the notice is
written again, to go by the next way. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Literal

from collect_tui.domain.account.effects import LadderChanged
from collect_tui.domain.account.ladder import noticed, steps_from
from collect_tui.domain.calendars import Calendar
from collect_tui.domain.contact.decide import mark_point
from collect_tui.domain.effect import Effect, Ids, fold_all
from collect_tui.domain.facts import AccountFacts, Message
from collect_tui.domain.message.decide import changed, served_on
from collect_tui.domain.message.effects import Content, MessageWritten
from collect_tui.domain.message.template import Head
from collect_tui.domain.rules import Rules
from collect_tui.domain.states import MessageState

Outcome = Literal["posted", "delivered", "failed", "returned"]

_NOTHING = Content("", "", "", "")


def failed(facts: AccountFacts, message: Message, title: str, ids: Ids, why: str, *, point: bool) -> tuple[Effect, ...]:
    """It never left: the far end will not take it; `point`: because of the address."""
    effects = (changed(message, MessageState.FAILED, detail=why), *(_bad(facts, message) if point else ()))
    return (*effects, *_again(facts, message, title, ids)) if point else effects


def came_back(
    facts: AccountFacts,
    message: Message,
    status: MessageState,
    title: str,
    ids: Ids,
    rules: Rules,
    why: str,
    *,
    point: bool,
) -> tuple[Effect, ...]:
    """It left and did not arrive; `point`: it will not arrive there at all."""
    effects: tuple[Effect, ...] = (changed(message, status, detail=why), *(_bad(facts, message) if point else ()))
    after = fold_all(facts, effects)
    for below, step in steps_from(rules.ladder_of(facts.segment)):
        if (
            message.level
            and step.level == message.level
            and facts.stage is step.stage
            and not noticed(after, step.level)
        ):
            paused = facts.ladder_paused_by
            effects += (LadderChanged(type(facts.stage)(below[-1]), paused, facts.stage, paused),)
    return (*effects, *_again(facts, message, title, ids))


def became(
    facts: AccountFacts,
    message: Message,
    head: Head,
    outcome: Outcome,
    calendar: Calendar,
    rules: Rules,
    ids: Ids,
    *,
    on: date,
    final: bool,
    why: str,
) -> tuple[Effect, ...]:
    """What the far end says, on a business date, of a message that left. `final`: it will not arrive by this address at all. Nothing where
    that is known, or was overtaken."""
    if outcome == "posted" and message.status == MessageState.SENT:
        served = served_on(head, message.channel, on, calendar)
        same = served == message.served_on
        return () if same else (changed(message, MessageState.SENT, served_on=served),)
    if outcome == "delivered" and message.status == MessageState.SENT:
        served = message.served_on or served_on(head, message.channel, on, calendar, after="delivered")
        return (changed(message, MessageState.DELIVERED, served_on=served),)
    returned = outcome == "returned" and message.status in (MessageState.SENT, MessageState.DELIVERED)
    if returned or (outcome == "failed" and message.status == MessageState.SENT):
        status = MessageState.RETURNED if returned else MessageState.FAILED
        return came_back(facts, message, status, head.title, ids, rules, why, point=final)
    return ()


def _bad(facts: AccountFacts, message: Message) -> tuple[Effect, ...]:
    found = next((p for p in facts.points if p.id == message.point_id and p.quality not in ("bad", "wrong")), None)
    return () if found is None else mark_point(facts, found, "bad", None)


def _again(facts: AccountFacts, message: Message, title: str, ids: Ids) -> tuple[Effect, ...]:
    """A notice is drafted anew about what is still owed of its items; it goes by the way that is then the first."""
    owed = {item.id: item.collectable for item in facts.items if item.collectable and item.id in message.items}
    if not message.level or not owed:
        return ()
    anew = replace(
        message,
        id=ids(),
        channel="",
        status=MessageState.DRAFT,
        served_on=None,
        sent_on=None,
        point_id=None,
        made_on=facts.business_date,
        items=tuple(owed),
    )
    return (MessageWritten(anew, _NOTHING, "", title, amounts=tuple(owed.values())),)
