"""The words of one act while they are read: a cursor that takes words, remembers what they were, and notes what was asked.

The notes of what was asked at which word are what completion works from, so a verb is written once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NoReturn, TypeVar

from pydantic import ValidationError

from collect_tui.common.words import nearest
from collect_tui.desk.commands import CommandBase
from collect_tui.desk.line.context import LineContext
from collect_tui.desk.line.lexer import GONE, ActSource, Token
from collect_tui.desk.line.look import match_code, sure
from collect_tui.desk.line.model import Fault, LineError, Span
from collect_tui.domain.message.template import LANGUAGES, LEVELS

C = TypeVar("C", bound=CommandBase)

EXPECTED: Final[Mapping[str, str]] = {
    "verb": "a result code or a verb such as lm, pp, cb, n",
    "result": "a result code such as lm or na",
    "amount": "an amount such as 150, b (balance) or p (past due)",
    "date": "a date such as fri, 15, 15dec, +7 or eom",
    "moment": "a day and time such as tue 9:30, 14:00 or +2h",
    "point": "a contact point such as m1 or h1",
    "reason": "a reason for non-payment",
    "terms": "instalments such as 3m (monthly), 4w (weekly) or 6f (fortnightly)",
    "anchor": "the first date or the day of the month, such as 15, fri or 1dec",
    "text": "some text",
    "why": "a reason in words",
    "ref": "the reference of the payment",
    "credit": "the number of a credit",
    "document": "an item and its amount, such as INV-1041=60",
    "service": "a service",
    "order": "the number of an order",
    "order that left": "the number of an order",
    "payment": "the reference of a payment",
    "zone": "a time zone or its city",
    "hold": "a kind of hold",
    "template": "a template of messages such as reminder or notice-2",
    "level": f"a level: {', '.join(LEVELS)}",
    "channel": "letter, email or sms",
    "language": f"a language: {', '.join(LANGUAGES)}",
    "invoice": "the number of an invoice",
    "edited": "in quotes what it says instead",
    "draft": "a draft, by its template or level",
    "message": "a message that waits, by its template or level",
    "received": "the number of a message that came in",
    "skip reason": "a reason",
    "point kind": "m, h, w, o (telephones), e (e-mail), a (address) or s (social account)",
    "role": "what they are to the account, such as guarantor or attorney",
    "party": "their name, in quotes where it has several words",
    "detail": "name, address, lang, zone, times or a contact point such as m1",
    "value": "how it is to be",
    "fact": "facts that the customer knew, such as dob addr",
    "talk": "call, inbound or chat",
    "source": "how it was said: call, web, letter, form, email, text or visit",
    "quality": "good, bad, wrong, in or out",
    "case": "the number of a case",
    "asked case": "the number of a case that waits for a decision",
    "other case": "the number of another case",
    "user": "a login",
    "owner": "a login",
    "department": "a department",
}
"""What a word of each kind looks like, for error messages."""

MOST: Final = 16
"""Names that a message lists."""

QUOTE_IT: Final = "quote it if it is {}."
"""The end of a sentence about a word that fits nowhere."""


@dataclass(slots=True)
class LineState:
    """What earlier acts of the line did that later ones must know.

    `taken`: minor units paid by them. `wrong`: one of them has an error, so nobody knows what it does.
    `moved`: one of them moves a case on or changes it, and only the desk knows what of an item that makes collectable;
    `states`: those that they move cases to, by number.
    """

    taken: int = 0
    wrong: bool = False
    moved: bool = False
    states: dict[str, str] = field(default_factory=dict)


class TokenCursor:
    """A cursor over the words of one act; `tokens[0]` is its verb.

    `instead`: what to say, where a note would begin with something else, of what this act does not take.
    """

    __slots__ = ("asked", "context", "end", "instead", "pos", "source", "spans", "state", "tokens")

    def __init__(self, act: ActSource, source: str, context: LineContext, state: LineState) -> None:
        self.tokens = act.tokens
        self.end = act.end
        self.source = source
        self.context = context
        self.state = state
        self.pos = 1
        self.spans: list[Span] = []
        self.asked: list[tuple[int, str]] = []
        self.instead = ""

    @property
    def verb(self) -> Token:
        return self.tokens[0]

    def peek(self, ahead: int = 0) -> Token | None:
        """The next word, or the one that many words further on; None past the end."""
        at = self.pos + ahead
        return self.tokens[at] if at < len(self.tokens) else None

    def bare(self) -> Token | None:
        """The next word if it is a bare one: not quoted, no `key=value`."""
        token = self.peek()
        return token if token is not None and token.plain else None

    def ask(self, slot: str) -> None:
        """Remembers that a word of this kind could stand here."""
        self.asked.append((self.pos, slot))

    def take(self, role: str, count: int = 1) -> None:
        """The next words are read, as this."""
        first, last = self.tokens[self.pos], self.tokens[self.pos + count - 1]
        self.spans.append(Span(first.start, last.end, role))
        self.pos += count

    def require(self, slot: str, of: str = "") -> Token:
        """The next word, which must be there. `of`: as for `code`."""
        self.ask(f"{slot}:{of}" if of else slot)
        token = self.peek()
        if token is None:
            self.missing(slot)
        return token

    def missing(self, slot: str, expected: str = "") -> NoReturn:
        """The act ends where something of this kind must stand."""
        expected = expected or EXPECTED.get(slot, slot)
        raise Fault(LineError(self.end, self.end, f"Expected {expected}.", expected, code_of(slot)))

    def reject(self, token: Token, slot: str, message: str = "", expected: str = "") -> NoReturn:
        """This word is wrong."""
        expected = expected or EXPECTED.get(slot, slot)
        message = message or f"Expected {expected}."
        raise Fault(LineError(token.start, token.end, message, expected, code_of(slot)))

    def unknown(self, token: Token, slot: str, what: str, names: Iterable[str], more: str = "") -> NoReturn:
        """A word that is none of these names: the nearest and, where they are few or none is near, which there are. `what`: what it would
        be; `more`: what else can be done about it."""
        known = list(dict.fromkeys(name.lower().replace("_", "-") for name in names))
        near = nearest(token.low, known, 0.5)
        listed = f"{', '.join(known[:MOST])}{' and more (F4)' if len(known) > MOST else ''}"
        told = f"Did you mean {near}? " if near else ""
        told += f"Expected one of {listed}." if known else "There is none."
        message = f"{token.text} is no {what}. {told}{f' {more}' if more else ''}"
        self.reject(token, slot, message, f"a {what}: {listed}" if known else f"a {what}")

    def code(
        self, slot: str, table: Mapping[str, str], *, shortest: int = 3, required: bool = False, of: str = ""
    ) -> str | None:
        """Takes a bare word that is a key of the table, or the beginning of exactly one; None leaves it. `of`: whose codes they are, where
        the slot alone does not say it.

        Unless `required`, a beginning that other bare words follow is left: it is the first word of a note.
        """
        self.ask(f"{slot}:{of}" if of else slot)
        token = self.bare()
        if token is None:
            return None
        key = match_code(token.low, table, shortest)
        if key is None or not (required or self.ends_here() or match_code(token.low, table, len(token.low) + 1)):
            return None
        self.take(slot)
        return key

    def ends_here(self) -> bool:
        """Whether the next word cannot begin a note: nothing follows it, quoted text, or what is no word of prose."""
        after = self.peek(1)
        return after is None or not after.plain or sure(after, self.context) is not None

    def option(self, key: str, slot: str) -> str | None:
        """Takes a `key=value` word with this key."""
        token = self.peek()
        if token is None or token.key is None or token.key_quote or token.key.lower() != key:
            return None
        if not token.text:
            self.reject(token, slot)
        self.limit(token, slot)
        self.take(slot)
        return token.text

    def rest(self) -> str:
        """All that is left, as typed, and taken as text."""
        first, last = self.tokens[self.pos], self.tokens[-1]
        return self.source[first.start : last.end].replace(GONE, "").strip()

    def literal(self) -> Token | None:
        """The next word if it is quoted text and the last one; it ends the act. Words after it are an error."""
        token = self.peek()
        if token is None or not token.quote or token.key is not None:
            return None
        after = self.peek(1)
        if after is not None:
            self.reject(
                after, "end", "Nothing may follow the quoted text; put all of it in the quotes.", "the end of the act"
            )
        return token

    def done(self) -> None:
        """Nothing may be left."""
        token = self.peek()
        if token is not None:
            self.reject(token, "end", "Nothing was expected here.", "the end of the act")

    def limit(self, token: Token, slot: str, most: int = 120) -> None:
        """Refuses a word that is too long to be stored."""
        if len(token.text) > most:
            self.reject(token, slot, f"Expected at most {most:,} characters.", f"at most {most:,} characters")

    def build(self, command: type[C], **values: Any) -> C:
        """The command of these values; what its model refuses becomes an error over the whole act."""
        try:
            return command(**values)
        except ValidationError as error:
            where = ".".join(str(part) for part in error.errors()[0]["loc"]) or "the act"
            problem = LineError(self.verb.start, self.tokens[-1].end, f"Out of range: {where}.", "", "range")
        raise Fault(problem)


_CODES: Final[Mapping[str, str]] = {
    "text": "missing",
    "why": "missing",
    "value": "missing",
    "skip reason": "code",
    "order that left": "order",
    "result or template": "result",
    "reason": "code",
}


def code_of(slot: str) -> str:
    """The code of an error about a word of this kind."""
    return _CODES.get(slot, slot)
