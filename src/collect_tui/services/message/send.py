"""Writing, releasing and cancelling a message: which rule decides each command."""

from __future__ import annotations

from collect_tui.common.words import expected
from collect_tui.desk.commands import CancelMessage, ReleaseMessage, SendMessage
from collect_tui.domain.contact import decide as contact
from collect_tui.domain.contact.points import usable
from collect_tui.domain.effects import Effect
from collect_tui.domain.errors import Invalid, Refused
from collect_tui.domain.facts import AccountFacts, Message, Point
from collect_tui.domain.message import decide
from collect_tui.domain.message.effects import MessageReleased, MessageWritten, message_name
from collect_tui.domain.message.meaning import STOP
from collect_tui.domain.message.template import Head
from collect_tui.domain.states import WAITING_MESSAGE, MessageState
from collect_tui.policy.message import may_send
from collect_tui.policy.verdicts import Verdict
from collect_tui.services.context import Context
from collect_tui.services.decide import Decision, decides
from collect_tui.services.message.filling import CaseWords


@decides(SendMessage)
def send_message(command: SendMessage, facts: AccountFacts, context: Context) -> Decision:
    return send(command, facts, context)


def send(command: SendMessage, facts: AccountFacts, context: Context, case: CaseWords | None = None) -> Decision:
    """A message by a template and its way. `case`: which it is about, where a case has it sent."""
    template = context.composer.template(command.template, facts.segment)
    head = template.head
    _is_for(head, facts)
    channel, point = _way(command, facts, head)
    verdict = may_send(facts, context.rules, context.catalogue.holds, point, head.level)
    if point is None:
        return Decision((), verdict)
    bill = context.composer.bill(facts, head, command.item) if command.item else None
    made = context.composer.write(facts, template.name, channel, command.language, bill=bill, case=case)
    content = context.composer.edited(made, command.text) if command.text else made.content
    two = head.level in decide.PERSONS_TWO
    items, amounts = decide.about(facts, head)
    if bill is not None:
        items, amounts = ((bill.id,), (bill.collectable,)) if bill.collectable else ((), ())
    message = Message(
        id=context.ids(),
        level=head.level,
        channel=channel,
        status=MessageState.DRAFT if two else MessageState.QUEUED,
        served_on=None,
        template=template.name,
        point_id=point.id,
        made_on=facts.business_date,
        items=items,
    )
    blocked = "second_person" if two else ""
    written = MessageWritten(message, content, point.value, head.title, blocked=blocked, amounts=amounts)
    return Decision((written,), verdict)


@decides(ReleaseMessage)
def release_message(command: ReleaseMessage, facts: AccountFacts, context: Context) -> Decision:
    draft = _waiting(facts, command.message, MessageState.DRAFT)
    made_by = context.composer.made_by(draft.id)
    if draft.level in decide.PERSONS_TWO and made_by == context.user:
        raise Refused(
            "message.same_person", "What is past the final notice is released by another than who wrote it.", "message"
        )
    return released(facts, draft, context, command.text)


def released(facts: AccountFacts, draft: Message, context: Context, text: str = "") -> Decision:
    """A draft gets its text as of now, or another, and its way, unless the one that was chosen for it still holds."""
    template = context.composer.template(draft.template)
    chosen = next((p for p in facts.points if p.id == draft.point_id and usable(p)), None)
    found = (draft.channel, chosen) if chosen is not None else decide.route(facts, template.head.channels)
    verdict = may_send(facts, context.rules, context.catalogue.holds, found and found[1], draft.level, draft)
    if found is None or not verdict.allowed:
        return Decision((), verdict)
    channel, point = found
    made = context.composer.write(facts, template.name, channel, context.composer.language(draft.id), items=draft.items)
    content = context.composer.edited(made, text) if text else made.content
    items, amounts = decide.about(
        facts, template.head, draft.items
    )  # what the text says now, and not when it was drafted
    before = context.composer.asked(draft.id)
    effect = MessageReleased(
        draft.id, channel, point.id, point.value, content, template.head.title, items, amounts, before
    )
    return Decision((effect,), verdict)


@decides(CancelMessage)
def cancel_message(command: CancelMessage, facts: AccountFacts, context: Context) -> Decision:
    waiting = _waiting(facts, command.message, channel=command.channel)
    effects: tuple[Effect, ...] = (decide.changed(waiting, MessageState.CANCELLED, detail=command.reason),)
    return Decision(effects, Verdict())


def _is_for(head: Head, facts: AccountFacts) -> None:
    """Refused "message.kind" for what the program alone sends, "message.customers" for what is for other customers."""
    if head.kind == STOP:
        raise Refused("message.kind", f"{head.title}: it is sent by itself when a customer writes so.", "template")
    if head.customers and facts.segment not in head.customers:
        told = f"{head.title} is for {' and '.join(head.customers)}; this customer is {facts.segment}."
        raise Refused("message.customers", told, "template")


def _way(command: SendMessage, facts: AccountFacts, head: Head) -> tuple[str, Point | None]:
    """By which channel, and where to. Invalid for a channel that the template has not, or a point that the channel does not reach."""
    channels = head.channels
    if command.channel is not None:
        if command.channel not in channels:
            told = f"{head.title} is not sent by {command.channel}; {expected(command.channel, channels)}"
            raise Invalid("message.channel", told, "channel")
        channels = (command.channel,)
    point = contact.find_point(facts, command.point) if command.point else None
    if point is not None and facts.party_of(point) is not None:
        raise Refused(
            "message.party", f"What {head.title} says is for the customer, and {point.short} is another's.", "point"
        )
    found = decide.route(facts, channels, point)
    if found is None and point is not None:
        raise Invalid(
            "message.point", f"{head.title} does not go by {' or '.join(channels)} to {point.short}.", "point"
        )
    if found is not None:
        return found
    # Said by its verdict: marked, opted out, or none at all.
    fitting = ((each, p) for each in channels for p in facts.points if p.kind in decide.POINTS[each])
    return next(fitting, (channels[0], None))


def _waiting(facts: AccountFacts, name: str, *states: MessageState, channel: str | None = None) -> Message:
    """The youngest message of a name or level that has not left; of a channel. Refused "message.none"."""
    low = name.lower()
    mine = [m for m in facts.messages if m.status in (states or WAITING_MESSAGE) and channel in (None, m.channel)]
    found = [m for m in mine if low in (m.template, m.level, str(m.id))]
    if not found:
        there = ", ".join(message_name(m) for m in mine) or "none"
        what = "draft" if states == (MessageState.DRAFT,) else "message"
        raise Refused("message.none", f"No such {what} waits; what waits: {there}.", "message")
    return max(found, key=lambda m: m.id)
