"""Answering what came in, and closing what needs no answer."""

from __future__ import annotations

from dataclasses import replace

from collect_tui.desk.commands import AnswerMessage, CloseMessage
from collect_tui.domain.errors import Refused
from collect_tui.domain.facts import AccountFacts, Message, Received
from collect_tui.domain.message.effects import Content, InboxChanged, MessageWritten
from collect_tui.domain.message.template import TYPED
from collect_tui.domain.states import InboxState, MessageState
from collect_tui.policy.message import may_send
from collect_tui.policy.verdicts import Verdict
from collect_tui.services.context import Context
from collect_tui.services.decide import Decision, decides


@decides(AnswerMessage)
def answer_message(command: AnswerMessage, facts: AccountFacts, context: Context) -> Decision:
    _waiting(facts)
    asked = next((m for m in reversed(facts.inbox) if command.message in (None, m.number)), None)
    if asked is None:
        raise Refused("message.unasked", f"{command.message} waits for no answer.", "message")
    return answer(asked, command.text, facts, context)


def answer(
    asked: Received, text: str, facts: AccountFacts, context: Context, content: Content | None = None
) -> Decision:
    """What was written goes back to where a message came from, which answers what had come from there until then too; `content`: as a
    template has it, where it is one for that channel."""
    if asked.channel not in TYPED.channels:
        raise Refused("message.channel", f"What came by {asked.channel} is not answered from here.", "text")
    point = next((p for p in facts.points if p.id == asked.point_id), None)
    verdict = may_send(facts, context.rules, context.catalogue.holds, point, kind=TYPED.kind, answers=True)
    content = content or context.composer.typed(facts, asked.channel, text)
    if asked.channel == "email":
        subject = asked.subject if asked.subject[:3].lower() == "re:" else f"Re: {asked.subject}".strip()
        content = replace(content, subject=subject)
    message = Message(
        id=context.ids(),
        level="",
        channel=asked.channel,
        status=MessageState.QUEUED,
        served_on=None,
        point_id=asked.point_id,
        made_on=facts.business_date,
    )
    written = MessageWritten(message, content, asked.answer_to, TYPED.title, answers=asked.id)
    there = asked.channel, asked.answer_to
    same = (m for m in facts.inbox if m.id <= asked.id and (m.channel, m.answer_to) == there)
    return Decision((written, *(InboxChanged(m, InboxState.ANSWERED) for m in same)), verdict)


@decides(CloseMessage)
def close_message(command: CloseMessage, facts: AccountFacts, context: Context) -> Decision:
    _waiting(facts)
    return Decision(tuple(InboxChanged(m, InboxState.DONE, command.reason) for m in facts.inbox), Verdict())


def _waiting(facts: AccountFacts) -> None:
    if not facts.inbox:
        raise Refused("message.unasked", "No message of this customer waits for an answer.", None)
