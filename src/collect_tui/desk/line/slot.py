"""What may stand behind a verb, slot by slot: its usage, the field of a form and the words of the line all follow from it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final, Literal, Self

from collect_tui.desk.line.lexer import literal, word
from collect_tui.desk.line.vocabulary import METHODS
from collect_tui.desk.line.words import code_of

#: How a slot is written on the line: as typed; as one word, quoted where it must be; as text in quotes; a code or text.
Writing = Literal["words", "word", "text", "code"]

_RAW: Final = re.compile(r"`(?:[^`\\]|\\.)*`")


@dataclass(frozen=True, slots=True)
class Slot:
    """A place behind a verb where something may stand.

    `name` is what refusals call it, as do those in `also`. `word` stands in the usage. `label` and `hint` are those of its
    field in a form; a slot without a label has none, it is asked for. `kind` is the kind of words that the grammar asks for
    there, `roles` what it reads them as (empty: what it asks for). `before` is what the line puts before it; `joined`: it
    stands right behind the slot before it; `leads`: it stands before the verb; `many`: several such words.
    `choices`: nothing else may stand there; the words and what they mean. `pattern` tells apart the parts of a word in which
    it stands with the slots joined to it. `key`: it is written `key=value`, unless it is one of the words in `bare`.
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
    bare: frozenset[str] = frozenset()
    also: frozenset[str] = frozenset()

    @property
    def must(self) -> Self:
        """The same, where it must be there."""
        return replace(self, needed=True)

    @property
    def reads_as(self) -> frozenset[str]:
        return self.roles or frozenset((self.kind,))

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
            return text if _RAW.fullmatch(text) else literal(text)
        if self.writing == "code":
            return text if " " not in text or text[0] in '"`' else literal(text)
        if self.key and text.lower() not in self.bare:
            return f"{self.key}={word(text)}"
        return word(text) if self.writing == "word" else text


def usage(verb: str, slots: Iterable[Slot]) -> str:
    """How a verb is typed: what may be left out stands in brackets."""
    written, leading = "", ""
    for slot in slots:
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

ACTION: Final = Slot(
    "action", "ACTION", "Action", "what was done, if it is not a call; F4 lists them", "action", leads=True
)
CODE: Final = Slot("result", "CODE", "Result", "lm, na, …; F4 lists them", "result", frozenset({"code"}), needed=True)
AMOUNT: Final = Slot(
    "amount",
    "AMOUNT",
    "Amount",
    "150, 50%, b balance, p past due, c collectable",
    "amount",
    needed=True,
    also=frozenset({"min_amount"}),
)
DATE: Final = Slot("date", "DATE", "Date", "fri, 15, 15dec, +7, eom", "date", needed=True)
MOMENT: Final = Slot("at", "DAY-AND-TIME", "When", "tue 9:30, 14:00, +2h", "moment", needed=True)
METHOD: Final = Slot(
    "method",
    "METHOD",
    "Method",
    "cash, card, ach, gcash, …; F4 lists them",
    "method",
    key="by",
    bare=frozenset(METHODS),
)
POINT: Final = Slot("point", "POINT", "Point", "m1, h1, or the last digits of a number; F4 lists them", "point")
REASON: Final = Slot("reason", "REASON", "Reason", "why it is not paid; F4 lists them", "reason")
ANYONE: Final = Slot(
    "anyone",
    "any",
    "Taken by",
    "any: anyone may take it; nothing: you",
    "word:any",
    frozenset({"word"}),
    choices=(("any", "anyone may take it"),),
)
NOTE: Final = Slot(
    "note",
    "NOTE",
    "Note",
    "abbreviations expand",
    "text",
    frozenset({"note"}),
    writing="text",
    also=frozenset({"text"}),
)
WHY: Final = Slot(
    "reason", "REASON", "Reason", "in words", "why", frozenset({"text"}), writing="text", also=frozenset({"text"})
)
ITEMS: Final = Slot(
    "directed",
    "ITEM=AMOUNT …",
    "Items",
    "what it is for: INV-1041=60 INV-1042=all; nothing: the oldest first",
    "document",
    many=True,
)
REF: Final = Slot("ref", "REF", "Reference", "of the payment", "ref", writing="word")
SERVICE: Final = Slot(
    "service", "SERVICE", "Service", "F4 lists them", "service", needed=True, writing="word", also=frozenset({"state"})
)
DIGITS: Final = Slot("confirm", "#DIGITS", "", "", "confirm")
