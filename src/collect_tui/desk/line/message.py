"""Messages on the line: `send reminder`, `notice 2`, `stmt e1`, `bill`, `free pre-cut`, `xm reminder reason`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Final

from collect_tui.common.words import expected, nearest
from collect_tui.desk.commands import CancelMessage, Command, ReleaseMessage, SendMessage
from collect_tui.desk.line import freetext, say, slots
from collect_tui.desk.line.context import LineContext
from collect_tui.desk.line.lexer import literal, word
from collect_tui.desk.line.look import match_code
from collect_tui.desk.line.sending import LANGUAGE_NAMES
from collect_tui.desk.line.slot import CODE, POINT, WHY, Slot
from collect_tui.desk.line.verb import Verb
from collect_tui.desk.line.vocabulary import CHANNELS
from collect_tui.desk.line.words import TokenCursor
from collect_tui.domain.codes import Action
from collect_tui.domain.message.template import LEVELS
from collect_tui.domain.states import MessageState

_BY_KIND: Final = {"email": "email", "address": "letter", "mobile": "sms"}
_SHORTEST: Final = 3
"""What is longer and has a digit in it is no contact point."""
NAMED: Final = {"stmt": "statement", "bill": "bill-copy"}


def send(words: TokenCursor) -> tuple[Command, ...]:
    """`send TEMPLATE [CHANNEL] [POINT] [LANGUAGE]`"""
    known = dict.fromkeys(words.context.templates, "")
    token = words.require("template")
    template = words.code("template", known, required=True)
    if template is None:
        words.reject(token, "template", f"There is no such template; {expected(token.low, known)}")
    return _sent(words, template)


def notice(words: TokenCursor) -> tuple[Command, ...]:
    """`notice LEVEL [CHANNEL] [POINT] [LANGUAGE]`"""
    levels = dict(words.context.sending.notices())
    if words.peek() is None:
        words.ask("level")
        words.missing("level", f"a level: {', '.join(levels)}" if levels else "")
    token = words.require("level")
    level = words.code("level", dict.fromkeys(LEVELS, ""), required=True)
    if level is None:
        words.unknown(token, "level", "level of a notice", levels)
    return _sent(words, level)


def named(words: TokenCursor, verb: str) -> tuple[Command, ...]:
    """`stmt [CHANNEL] [POINT] [LANGUAGE]`, `bill [INVOICE] [CHANNEL] [POINT] [LANGUAGE]`"""
    return _sent(words, NAMED[verb], invoice=verb == "bill")


def channel_of(action: Action | None) -> str:
    """By which channel an action of the site writes; empty: by none that a template goes by."""
    kinds = action.kinds if action is not None and action.written else ()
    return next((_BY_KIND[kind] for kind in kinds if kind in _BY_KIND), "")


def by_action(words: TokenCursor) -> tuple[Command, ...] | None:
    """`em TEMPLATE [POINT] [LANGUAGE]`, `sm`, `lt`: the action of writing before a template sends it; None: a result follows."""
    codes, known = words.context.codes, dict.fromkeys(words.context.templates, "")
    action = codes.actions.get(words.verb.low.upper())
    if action is None or not (channel := channel_of(action)):
        return None
    words.ask(f"result:{action.code}")
    token = words.peek()
    if token is None or token.low.upper() in codes.results:
        words.ask("template")
        return None
    template = words.code("template", known, required=True)
    if template is None:
        near = expected(token.low, (*known, *(code.lower() for code in codes.results)))
        words.reject(token, "result", f"Expected a template, or the result of the {action.title.lower()}; {near}")
    return _sent(words, template, channel)


def _sent(words: TokenCursor, template: str, by: str | None = None, *, invoice: bool = False) -> tuple[Command, ...]:
    """By which channel, where to and in which language, in any order, and then what it says instead. `by`: the channel is settled;
    `invoice`: it is about one."""
    channel, point, language, item = by, None, None, None
    before = -1
    while before != words.pos:
        before = words.pos
        item = item or (_invoice(words) if invoice else None)
        channel = channel or words.code("channel", CHANNELS, of=template)
        point = point or slots.maybe_point(words, noted=False)
        language = language or words.code("language", LANGUAGE_NAMES, shortest=2, of=template)
    text = _edited(words)
    if (token := words.peek()) is not None and channel is None:
        words.reject(token, "channel")
    how = {"channel": channel, "point": point, "language": language, "item": item, "text": text}
    return (words.build(SendMessage, template=template, **how),)


def _invoice(words: TokenCursor) -> str | None:
    """The number of an invoice: one that is open, or what can be nothing else, as those that were paid are not known here."""
    words.ask("invoice")
    token = words.bare()
    if token is None:
        return None
    known = words.context.documents.get(token.low)
    points = words.context.point_names
    number = (
        any(c.isdigit() for c in token.text) and token.low not in points and match_code(token.low, CHANNELS) is None
    )
    if known is None and not (number and len(token.text) > _SHORTEST):
        return None
    words.limit(token, "invoice")
    words.take("invoice")
    return known[0] if known is not None else token.text


def _edited(words: TokenCursor) -> str:
    """What a message says instead of what its template does, in quotes; empty: nothing else."""
    words.ask("edited")
    quoted = words.literal()
    if quoted is None:
        return ""
    if not quoted.text:
        words.reject(quoted, "edited", "Expected some text between the quotes.")
    words.take("text")
    return quoted.text


def free(words: TokenCursor) -> tuple[Command, ...]:
    """`free TEMPLATE ["TEXT"]`: a draft by its template or level."""
    return (words.build(ReleaseMessage, message=_waiting(words, "draft"), text=_edited(words)),)


def cancel(words: TokenCursor) -> tuple[Command, ...]:
    """`xm TEMPLATE [CHANNEL] REASON`"""
    message = _waiting(words, "message")
    several = {one.channel: "" for one in words.context.waiting if one.name == message and one.channel}
    channel = words.code("channel", CHANNELS)
    if channel is None and len(several) > 1:
        words.reject(
            words.require("channel"), "channel", f"Several wait: say by which channel, {' or '.join(several)}."
        )
    return (words.build(CancelMessage, message=message, channel=channel, reason=freetext.why(words)),)


def _waiting(words: TokenCursor, kind: str) -> str:
    """One of the account's messages of a kind that have not left."""
    token = words.require(kind)
    words.limit(token, kind)
    if token.key is not None or not token.text.strip():
        words.reject(token, kind)
    there = {one.name: "" for one in words.context.waiting if kind == "message" or one.status == MessageState.DRAFT}
    if words.context.number is None:
        found = token.text
    elif (known := match_code(token.low, there)) is not None:
        found = known
    else:
        template = None if there else nearest(token.low, words.context.templates)
        more = f"send {template} writes one." if template else ""
        words.unknown(token, kind, f"{kind} that waits on this account", there, more=more)
    words.take(kind)
    return found


def render_send(command: SendMessage, context: LineContext) -> str:
    verb = next((verb for verb, template in NAMED.items() if template == command.template), "")
    what = verb or say.join("notice" if command.template in LEVELS else "send", word(command.template))
    item = word(command.item) if command.item and verb == "bill" else ""
    text = literal(command.text) if command.text else ""
    return say.join(what, item, command.channel or "", command.point or "", command.language or "", text)


def say_send(command: SendMessage, context: LineContext) -> str:
    what = f"notice {command.template}" if command.template in LEVELS else command.template
    return say.sentence(
        f"send {what}{f' of {command.item}' if command.item else ''}",
        CHANNELS.get(command.channel or "", ""),
        f"to {command.point}" if command.point else "",
        f"in {LANGUAGE_NAMES[command.language]}" if command.language else "",
        say.quoted(command.text) if command.text else "",
    )


def render_free(command: ReleaseMessage, context: LineContext) -> str:
    return say.join("free", word(command.message), literal(command.text) if command.text else "")


def say_free(command: ReleaseMessage, context: LineContext) -> str:
    return say.sentence(f"release the draft {command.message}", say.quoted(command.text) if command.text else "")


def render_cancel(command: CancelMessage, context: LineContext) -> str:
    return say.join("xm", word(command.message), command.channel or "", say.why(command.reason))


def say_cancel(command: CancelMessage, context: LineContext) -> str:
    by = CHANNELS.get(command.channel or "", "")
    return say.sentence(f"cancel the message {command.message}", by, say.quoted(command.reason))


SENT: Final = replace(
    CODE,
    word="(CODE|TEMPLATE)",
    hint="lm, na, …, or a template to send; F4 lists them",
    kind="result or template",
    roles=frozenset(("code", "template")),
)
"""What stands behind an action of writing."""
_TEMPLATE = Slot("template", "TEMPLATE", "Template", "its name; F4 lists them", "template", needed=True, writing="word")
_LEVEL = Slot("template", "LEVEL", "Level", "1, 2, 3, final, pre-cut, cancellation", "level", needed=True)
_BY_CHANNEL = Slot(
    "channel", "CHANNEL", "Channel", "where several of the name wait: letter, email, sms", "channel", writing="word"
)
_CHANNEL = Slot("channel", "CHANNEL", "Channel", "letter, email, sms; nothing for the first that fits", "channel",
                also=frozenset(("item",)))  # fmt: skip
LANGUAGE: Final = Slot(
    "language", "LANGUAGE", "Language", "en, es, fil, ms, zh; nothing for the customer's", "language"
)
_EDITED = Slot("text", '"TEXT"', "Text", "what it says instead, ¶ for a new paragraph; F4 brings what it says now", "edited",
               frozenset(("text",)), writing="text")  # fmt: skip
_INVOICE = Slot(
    "item", "INVOICE", "Invoice", "its number; nothing for the newest; F4 lists them", "invoice", writing="word"
)
_HOW = (_CHANNEL, POINT, LANGUAGE, _EDITED)
_DRAFT = Slot("message", "MESSAGE", "Draft", "its template, or the level of the notice; F4 lists them", "draft", needed=True,
              writing="word")  # fmt: skip
_MESSAGE = replace(_DRAFT, label="Message", kind="message")

RENDER: Final[dict[type, Callable[..., str]]] = {
    SendMessage: render_send,
    ReleaseMessage: render_free,
    CancelMessage: render_cancel,
}
MEANING: Final[dict[type, Callable[..., str]]] = {
    SendMessage: say_send,
    ReleaseMessage: say_free,
    CancelMessage: say_cancel,
}

VERBS = (
    Verb("send", (_TEMPLATE, *_HOW), "send a message by its template", "send reminder email", send),
    Verb("notice", (_LEVEL, *_HOW), "send the notice of a level", "notice 2 letter", notice),
    Verb("stmt", _HOW, "send a statement of account", "stmt e1", partial(named, verb="stmt"), ("statement",)),
    Verb("bill", (_INVOICE, *_HOW), "send a copy of a bill", "bill INV-1041 email", partial(named, verb="bill")),
    Verb("free", (_DRAFT, _EDITED), "release a draft, what the night wrote or somebody else", "free pre-cut", free),
    Verb(
        "xm",
        (_MESSAGE, _BY_CHANNEL, WHY.must),
        "cancel a message that has not left yet",
        "xm pre-cut paid today",
        cancel,
    ),
)
