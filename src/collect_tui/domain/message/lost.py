"""What follows when a message did not arrive: it is not served any more, its point is no good, the account steps back, and the notice is
written again, to go by the next way. Pure."""

from __future__ import annotations

from dataclasses import replace

from collect_tui.domain.account.effects import LadderChanged
from collect_tui.domain.account.ladder import noticed, steps_from
from collect_tui.domain.contact.decide import mark_point
from collect_tui.domain.effect import Effect, Ids, fold_all
from collect_tui.domain.facts import AccountFacts, Message
from collect_tui.domain.message.decide import changed
from collect_tui.domain.message.effects import Content, MessageWritten
from collect_tui.domain.rules import Rules
from collect_tui.domain.states import MessageState

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
