"""What may stand behind a verb, slot by slot: its usage, the field of a form and the words of the line all follow from it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal, Self

from collect_tui.desk.line.lexer import literal, quote, word
from collect_tui.desk.line.words import code_of

#: How a slot is written on the line: as typed; as one word, quoted where it must be; as text in quotes; a code or text.
Writing = Literal["words", "word", "text", "code"]

_RAW: Final = re.compile(r"`(?:[^`\\]|\\.)*`")
_QUOTED: Final = re.compile(r'"(?:[^"]|"")*"')


@dataclass(frozen=True, slots=True)
class Slot:
    """A place behind a verb where something may stand.

    `name` is what refusals call it, as do those in `also`. `word` stands in the usage. `label` and `hint` are those of its
    field in a form; a slot without a label has none, it is asked for. `kind` is the kind of words that the grammar asks for
    there, `roles` what it reads them as (empty: what it asks for). `before` is what the line puts before it; `joined`: it
    stands right behind the slot before it; `leads`: it stands before the verb; `many`: several such words.
    `choices`: nothing else may stand there; the words and what they mean. `pattern` tells apart the parts of a word in which
    it stands with the slots joined to it. `key`: it is written `key=value`; `bare`: unless it is one word;
    `named`: it may stand as `name=value` as well, and does where it needs quotes.
    """

    name: str
    word: str
    label: str
    hint: str
    kind: str
    roles: frozenset[str] = frozenset()
    needed: bool = False
    writing: Writing = "words"
    before: str = ""
    joined: bool = False
    leads: bool = False
    many: bool = False
    choices: tuple[tuple[str, str], ...] = ()
    pattern: str = ""
    key: str = ""
    bare: bool = False
    also: frozenset[str] = frozenset()
    named: bool = False

    @property
    def must(self) -> Self:
        """The same, where it must be there."""
        return replace(self, needed=True)

    @property
    def reads_as(self) -> frozenset[str]:
        return self.roles or frozenset((self.kind,))

    @property
    def called(self) -> str:
        """The name before `=` with which it may stand, in lower case; empty: it has none."""
        return (self.name if self.named else self.key).lower()

    def reads(self, role: str) -> bool:
        """Whether what was read as this belongs here; `value` is for the fields of a case, whichever."""
        return role in self.reads_as or (self.kind == "value" and ":" in role)

    def is_meant(self, code: str) -> bool:
        """Whether an error of this code is about a word of this kind."""
        return code in (self.kind, code_of(self.kind))

    def choice(self, text: str) -> str:
        """The word that was chosen, by itself or by the beginning of what it means; empty when it is none."""
        low = text.strip().lower()
        return next((one for one, title in self.choices if low and (low == one or title.startswith(low))), "")

    def written(self, text: str) -> str:
        """Text of a form as the line writes it, without what stands before it."""
        text = text.strip()
        if self.choices:
            return self.choice(text) or text
        if self.many and self.before:
            text = text.removeprefix(self.before.strip()).lstrip()
        if self.writing == "text":
            text = text if _RAW.fullmatch(text) or _needs_quotes(_within(text)) else literal(text)
            return f"{self.key}={text}" if self.key else text
        if self.writing == "code":
            return text if " " not in text or text[0] in '"`' else literal(text)
        if self.key and not (self.bare and word(text) == text):
            return f"{self.key}={word(text)}"
        if self.writing != "word":
            return text
        return f"{self.name}={word(text)}" if self.named and word(text) != text else word(text)


def shown(text: str) -> str:
    """Free text as a form shows it: in quotes only where it would lose its blanks, or be read as more than text, without them."""
    return quote(text) if _needs_quotes(text) else text


def _needs_quotes(text: str) -> bool:
    if not text:
        return False
    return text != text.strip() or _RAW.fullmatch(text) is not None or _needs_quotes(_within(text))


def _within(text: str) -> str:
    """What stands in the quotes of a quoted text; empty where there are none."""
    return text[1:-1].replace('""', '"') if _QUOTED.fullmatch(text) else ""


def usage(verb: str, slots: Iterable[Slot]) -> str:
    """How a verb is typed: what may be left out stands in brackets. What confirms an order is asked for,
    and only a shell may say it at once."""
    written, leading = "", ""
    for slot in slots:
        if slot == DIGITS:
            continue
        one = slot.before + slot.word
        if slot.leads:
            leading += f"[{one}] "
        elif slot.joined and written.endswith("]"):
            written = f"{written[:-1]}[{one}]]"
        elif slot.joined:
            written += one
        else:
            written += f" {one}" if slot.needed else f" [{one}]"
    return leading + verb + written


# ------------------------------------------------------------------------------------------- slots that verbs share

_S = Slot


def _set(*names: str) -> frozenset[str]:
    return frozenset(names)


# fmt: off
ACTION: Final = _S("action", "ACTION", "Action", "what was done, if it is not a call; F4 lists them", "action", leads=True)
CODE: Final = _S("result", "CODE", "Result", "lm, na, …; F4 lists them", "result", _set("code"), needed=True)
AMOUNT: Final = _S("amount", "AMOUNT", "Amount", "150, 50%, b balance, p past due, c collectable", "amount", needed=True,
                   also=_set("min_amount"))
DATE: Final = _S("date", "DATE", "Date", "fri, 15, 15dec, +7, eom", "date", needed=True)
DUE: Final = replace(DATE, also=_set("due", "first_within"))
PARTS: Final = _S("parts", "AMOUNT DATE …", "And", "a further part: 77.60 15dec, rest eom", "part", _set("amount", "date", "word"),
                  before="+ ", many=True, also=_set("instalments"))
TOTAL: Final = replace(AMOUNT, name="total", word="TOTAL", label="Total", also=_set("amount", "min_amount"))
DOWN: Final = _S("down", "AMOUNT", "Down", "100; nothing for none", "amount", before="dn", pattern="dn *([^@]*)(?:@(.*))?",
                 also=_set("min_down"))
DOWN_DATE: Final = _S("down_date", "DATE", "Down by", "today, unless a date stands here", "date", _set("amount"), before="@", joined=True,
                      also=_set("down_due"))
COUNT: Final = _S("count", "COUNT", "Payments", "how many: 3", "terms", needed=True, pattern="([0-9]*[x×*]?)(.*)",
                  also=_set("max_instalments", "max_days", "instalments"))
EVERY: Final = _S("frequency", "(w|f|m)", "Every", "m (month), w (week) or f (fortnight)", "letter", _set("terms"), joined=True,
                  choices=(("m", "monthly"), ("w", "weekly"), ("f", "fortnightly")))
FIRST: Final = _S("first", "FIRST", "First", "15 (the 15th of each month), fri, 1dec", "anchor", _set("date"), needed=True,
                  also=_set("first_within"))
MOMENT: Final = _S("at", "DAY-AND-TIME", "When", "tue 9:30, 14:00, +2h", "moment", needed=True)
METHOD: Final = _S("method", "METHOD", "Method", "cash, card, ach, gcash, …; F4 lists them", "method", key="by", bare=True)
POINT: Final = _S("point", "POINT", "Point", "m1, h1, or the last digits of a number; F4 lists them", "point")
REASON: Final = _S("reason", "REASON", "Reason", "why it is not paid; F4 lists them", "reason")
ANYONE: Final = _S("anyone", "any", "Taken by", "any: anyone may take it; nothing: you", "word:any", _set("word"),
                   choices=(("any", "anyone may take it"),))
NOTE: Final = _S("note", "NOTE", "Note", "abbreviations expand", "text", _set("note"), writing="text", also=_set("text"))
WHY: Final = _S("reason", "REASON", "Reason", "in words", "why", _set("text"), writing="text", also=_set("text"))
ITEMS: Final = _S("directed", "ITEM=AMOUNT …", "Items", "INV-1041=60 INV-1042=all; nothing: the oldest first", "document", many=True)
REF: Final = _S("ref", "REF", "Reference", "of the payment", "ref", writing="word")
PAYMENT: Final = replace(REF, hint="of the payment; F4 lists them", kind="payment", roles=_set("ref"), needed=True)
RECEIVED: Final = replace(DATE, name="received_on", label="Received", hint="today, unless a date stands here: y, 15nov", needed=False)
SURPLUS: Final = _S("over", "SURPLUS", "Surplus", "how much more it is than all that is owed", "over", before="over=")
CREDIT: Final = _S("credit", "CREDIT", "Credit or payment", "its number; F4 lists them", "credit", _set("document"), needed=True,
                   writing="word")
NEXT_ACTION: Final = _S("code", "NEXT-ACTION", "Action", "what is to be done then; F4 lists them", "next action")
SERVICE: Final = _S("service", "SERVICE", "Service", "F4 lists them", "service", needed=True, writing="word", also=_set("state"))
DIGITS: Final = _S("confirm", "#DIGITS", "", "", "confirm")
# fmt: on

PROMISE: Final = (AMOUNT, DUE, PARTS, METHOD)
PLAN: Final = (TOTAL, DOWN, DOWN_DATE, COUNT, EVERY, FIRST, METHOD)
#: What may stand behind a result code, by what it carries.
CARRIES: Final[Mapping[str, tuple[Slot, ...]]] = {
    "": (POINT, REASON, NOTE, ACTION),
    "promise": (*PROMISE, POINT, REASON, NOTE, ACTION),
    "plan": (*PLAN, POINT, REASON, NOTE, ACTION),
    "callback": (MOMENT, POINT, REASON, ANYONE, NOTE, ACTION),
}
