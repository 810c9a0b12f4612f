"""Who the customer is and how they are reached, by line: `add m +1 213 555 0142`, `fix address "12 Hazel St"`, `fix times not sat`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from collect_tui.desk.commands import AddParty, AddPoint, Command, CorrectCustomer, CorrectPoint, VerifyCustomer
from collect_tui.desk.commands.customer import PARTS, POINT_KINDS, PointKind
from collect_tui.desk.line import say, slots
from collect_tui.desk.line.context import LineContext
from collect_tui.desk.line.lexer import literal
from collect_tui.desk.line.look import match_code
from collect_tui.desk.line.slot import Slot
from collect_tui.desk.line.verb import Verb
from collect_tui.desk.line.words import TokenCursor

LONGEST: Final = 500
LONGEST_NAME: Final = 200


def add(words: TokenCursor) -> tuple[Command, ...]:
    """`add KIND VALUE`: what stands behind the kind is the number, the address or whatever, to the end of the act."""
    return (words.build(AddPoint, what=_kind(words), value=_value(words)),)


def party(words: TokenCursor) -> tuple[Command, ...]:
    """`party ROLE NAME KIND VALUE`; a name of several words stands in quotes."""
    role = words.require("role")
    if not role.plain or role.low not in words.context.codes.party_roles:
        words.unknown(role, "role", "role of a party", words.context.codes.party_roles)
    words.take("role")
    first = words.require("party")
    name = first.text
    if not name.strip() or len(name.strip()) > LONGEST_NAME:
        words.reject(first, "party")
    words.take("party")
    return (words.build(AddParty, role=role.low, name=name, what=_kind(words), value=_value(words)),)


def _kind(words: TokenCursor) -> PointKind:
    token = words.require("point kind")
    kind = next((name for name in POINT_KINDS if token.plain and token.low and name.startswith(token.low)), None)
    if kind is None:
        words.reject(token, "point kind")
    words.take("point kind")
    return kind


def fix(words: TokenCursor) -> tuple[Command, ...]:
    """`fix name|address|lang|zone|times VALUE`, `fix [address] POINT VALUE`; an address that there is none of is a new one."""
    words.ask("detail")
    words.ask("point")
    token = words.require("detail")
    what = match_code(token.low, OFFERED) if token.plain and token.low not in words.context.point_names else None
    if what in PARTS:
        words.take("detail")
        if what in _LISTED:
            words.ask(_LISTED[what])
        return (words.build(CorrectCustomer, what=what, value=_value(words)),)
    if what == "address":
        words.take("detail")
        first = _address(words)
        if first is None:
            return (words.build(AddPoint, what="address", value=_value(words)),)
        return (words.build(CorrectPoint, point=first, value=_value(words)),)
    if (point := slots.maybe_point(words, noted=False)) is None:
        words.reject(token, "detail")
    return (words.build(CorrectPoint, point=point, value=_value(words)),)


def _address(words: TokenCursor) -> str | None:
    """The address that is named next, else the customer's first; None: there is none."""
    words.ask("point")
    theirs = [short for short, kind, _ in words.context.points if kind == "address"]
    token = words.bare()
    if token is not None and token.low in theirs:
        words.take("point")
        return token.low
    return next((short for short in theirs if short not in words.context.others), None)


def ver(words: TokenCursor) -> tuple[Command, ...]:
    """`ver FACT FACT … [call|inbound|chat]`"""
    said: list[str] = []
    method = "call"
    words.require("fact")
    while (token := words.peek()) is not None:
        words.ask("fact")
        words.ask("talk")
        if not token.plain:
            words.reject(token, "fact")
        if token.low in _TALKS:
            method = token.low
            words.take("talk")
            words.done()
            break
        words.limit(token, "fact")
        said.append(_fact(token.low, words.context))
        words.take("fact")
    if not said:
        words.reject(words.tokens[1], "fact")
    return (words.build(VerifyCustomer, facts=tuple(said), method=method),)


def _fact(low: str, context: LineContext) -> str:
    """A fact by its name, or by more or less of it, as the parts of a customer are called: `addr`, `address`."""
    longer = next((name for name in context.facts if low.startswith(name.lower())), low)
    return match_code(low, context.facts) or longer


def render_verify(command: VerifyCustomer, context: LineContext) -> str:
    return say.join("ver", *command.facts, "" if command.method == "call" else command.method)


def say_verify(command: VerifyCustomer, context: LineContext) -> str:
    return say.sentence(f"the customer knew {', '.join(command.facts)}", _TALKS[command.method])


def _value(words: TokenCursor) -> str:
    """Quoted text, or all that is left as it was typed."""
    first = words.require("value")
    quoted = words.literal()
    text = quoted.text if quoted is not None else words.rest()
    if not text.strip():
        words.reject(first, "value")
    if len(text.strip()) > LONGEST:
        words.reject(first, "value", f"Expected at most {LONGEST} characters.")
    words.take("text", len(words.tokens) - words.pos)
    return text


def render_add(command: AddPoint, context: LineContext) -> str:
    return say.join("add", command.what, literal(command.value))


def say_add(command: AddPoint, context: LineContext) -> str:
    return say.sentence(f"new {_KINDS[command.what]}", say.quoted(command.value))


def render_party(command: AddParty, context: LineContext) -> str:
    return say.join("party", command.role, literal(command.name), command.what, literal(command.value))


def say_party(command: AddParty, context: LineContext) -> str:
    title = context.codes.party_roles.get(command.role, command.role)
    return say.sentence(
        f"{title.lower()} {say.quoted(command.name)}", f"{_KINDS[command.what]} {say.quoted(command.value)}"
    )


def render_point(command: CorrectPoint, context: LineContext) -> str:
    return say.join("fix", command.point, literal(command.value))


def say_point(command: CorrectPoint, context: LineContext) -> str:
    return say.sentence(f"{command.point} is another", say.quoted(command.value))


def render_customer(command: CorrectCustomer, context: LineContext) -> str:
    return say.join("fix", command.what, literal(command.value))


def say_customer(command: CorrectCustomer, context: LineContext) -> str:
    return say.sentence(f"{_PARTS[command.what]} of the customer", say.quoted(command.value))


_KINDS: Final = {
    "mobile": "mobile",
    "home": "telephone at home",
    "work": "telephone at work",
    "other": "other telephone",
    "email": "e-mail",
    "address": "address",
    "social": "social account",
}
_PARTS: Final = {
    "name": "name",
    "lang": "language",
    "zone": "time zone, or its city",
    "times": "when they want to be called and when not",
}
_LISTED: Final = {"zone": "zone", "lang": "spoken"}
"""Parts whose values are listed, by the kind of word they are."""
_KIND = Slot("what", "POINT-KIND", "What", "m, h, w, o (telephones), e, a, s", "point kind", needed=True)
_PART = Slot("what", "PART", "What", "name, address, lang, zone, times; or a contact point such as m1", "detail",
             frozenset({"detail", "point"}), needed=True, also=frozenset({"point"}))  # fmt: skip
_VALUE = Slot(
    "value", "VALUE", "Value", "as it is to be; none takes a zone or times back", "value", frozenset({"text"}),
    needed=True, writing="text",
)  # fmt: skip

_ROLE = Slot("role", "ROLE", "As", "guarantor, spouse, attorney …: F4 lists them", "role", needed=True)
_PARTY = Slot("name", "PARTY", "Name", "of several words in quotes", "party", needed=True)

_TALKS: Final = {"call": "a call that was made", "inbound": "a call that came in", "chat": "a chat"}
_FACTS = Slot("facts", "FACT …", "Facts", "what they knew: dob addr; F4 lists them", "fact", needed=True, many=True)
_TALK = Slot("method", "(call|inbound|chat)", "In", "call, inbound or chat", "talk", choices=tuple(_TALKS.items()))

TALKS: Final = _TALKS
OFFERED: Final = {**_PARTS, "address": "the address"}
KINDS: Final = _KINDS

RENDER: Final[dict[type, Callable[..., str]]] = {
    AddPoint: render_add,
    AddParty: render_party,
    CorrectPoint: render_point,
    CorrectCustomer: render_customer,
    VerifyCustomer: render_verify,
}
MEANING: Final[dict[type, Callable[..., str]]] = {
    AddPoint: say_add,
    AddParty: say_party,
    CorrectPoint: say_point,
    CorrectCustomer: say_customer,
    VerifyCustomer: say_verify,
}

VERBS = (
    Verb("add", (_KIND, _VALUE), "a new telephone, e-mail, address or social account", "add e rosa@home.example", add),
    Verb(
        "party",
        (_ROLE, _PARTY, _KIND, _VALUE),
        "somebody else who has to do with the account, and how they are reached",
        'party guarantor "Alvarez, Luis" m (213) 555-0188',
        party,
    ),
    Verb(
        "fix",
        (_PART, _VALUE),
        "mend what is known of the customer: name, address, language, zone, times to call, a contact point",
        "fix times not weekdays 15 to 17",
        fix,
    ),
    Verb(
        "ver",
        (_FACTS, _TALK),
        "verify whom one speaks to by what they know; it holds for this call",
        "ver dob addr",
        ver,
    ),
)
