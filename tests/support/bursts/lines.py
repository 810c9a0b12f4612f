"""Lines of the desk's language, made from the registry of verbs: valid ones, and ones with a slip in them."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from typing import Final

from collect_tui.desk.line.case_kind import verb_of
from collect_tui.desk.line.slot import Slot
from collect_tui.desk.line.verbs import RESULT_HELP, VERBS
from collect_tui.domain.case.definition import Kind
from collect_tui.domain.codes import Codes

#: What may stand in the place of a word in capitals of a verb's usage.
WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "ACTION": ("tm", "th", "in", "rv"),
    "AMOUNT": ("150", "50", "60.50", "rest", "half", "20%", "c", "9999", "0"),
    "SURPLUS": ("next", "keep", "fee"),
    "TOTAL": ("c", "412.10", "300", "b"),
    "DATE": ("fri", "+3", "15dec", "eom", "tue", "+90", "y"),
    "DAYS": ("2", "5", "40"),
    "PRODUCT": ("int", "basic"),
    "MONTHLY": ("30", "45.50"),
    "FIRST": ("15", "fri", "1dec"),
    "COUNT": ("2", "3", "12", "1"),
    "DAY-AND-TIME": ("tue 9:30", "+2h", "fri 14:00", "mon 3am"),
    "METHOD": ("card", "cash", "ach", "by=gcash"),
    "POINT": ("m1", "h1", "m", "0142", "m7", "e1"),
    "POINT-KIND": ("m", "e", "a", "work"),
    "ROLE": ("guarantor", "attorney", "cousin"),
    "PARTY": ('"Alvarez, Luis"', "Okonkwo"),
    "PART": ("name", "times", "zone", "address", "m1"),
    "FACT": ("dob addr", "mail paid", "dob"),
    "SOURCE": ("web", "call", "letter"),
    "NOTE": ("said so", "+1 cust will call", '"x9 is his desk"', "sh wp"),
    "TEXT": ("waits for salary", "cust ptp fri wp", "ring after six"),
    "NEXT-ACTION": ("call", "review"),
    "REF": ("r881", "CHK1", "r7"),
    "ITEM": ("INV-1", "INV-2", "INV-30"),
    "INVOICE": ("INV-1", "INV-2", "INV-30"),
    "CREDIT": ("CR-1", "CR-2"),
    "SERVICE": ("int", "tv"),
    "ORDER": ("S-1", "S-123"),
    "KIND": ("dispute", "hardship", "legal"),
    "UNTIL": ("fri", "+5"),
    "TEMPLATE": ("reminder", "statement", "notice-2"),
    "LEVEL": ("1", "2", "final", "pre-cut", "cancellation"),
    "CHANNEL": ("letter", "email", "sms"),
    "LANGUAGE": ("en", "es", "zh"),
    "MESSAGE": ("reminder", "1", "pre-cut"),
    "ACT": ("1",),
    "DIGITS": ("2231",),
    "CASE": ("DI-1", "1a2b"),
    "MOVE": ("review", "void", "grant", "part", "refuse", "xyzzy"),
    "NAME": ("amount", "claim", "reason"),
    "VALUE": ("60", "+1 312 555 0188", "not sat", "price", '"billed twice"'),
    "LOGIN": ("ben", "lee", "nobody"),
    "CARD": ("party", "recording", "nothing"),
    "DEPARTMENT": ("billing", "service"),
    "OTHER": ("DI-2", "TK-7"),
}
#: What may stand for a field of a case, by the kind of word that it is.
FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    **{name.lower(): words for name, words in WORDS.items()},
    "figure": ("3", "20"),
    "yes or no": ("yes", "no"),
    "user": ("ben", "lee"),
    "card": ("party", "recording"),
    "owner": ("ben", "lee"),
    "payment": WORDS["REF"],
    "file": ("slip", "photo"),
    "message": ("4821", "1"),
    "rows": ('"wages 1800, benefits 200"', '"x 5"', '"housing 650 yes"'),
    "said": ('"charged twice"', "never came", '"has the paper bill"'),
}
#: What is typed for a slip: nothing of a word, another one, one that is no word.
_SLIPS: Final = ("", "xyzzy", "fri", "m7", "12,5")


def line(chance: random.Random, codes: Codes, kinds: Mapping[str, Kind]) -> str:
    """A line with one act or two; one in six has a slip."""
    acts = [_act(chance, codes, kinds) for _ in range(1 if chance.random() < 0.85 else 2)]
    words = "; ".join(acts).split(" ")
    if chance.random() < 1 / 6:
        words[chance.randrange(len(words))] = chance.choice(_SLIPS)
    return " ".join(word for word in words if word)


def _act(chance: random.Random, codes: Codes, kinds: Mapping[str, Kind]) -> str:
    if chance.random() < 0.4:
        return _result(chance, codes)
    if kinds and chance.random() < 0.1:
        verb = verb_of(chance.choice(list(kinds.values())))
        return " ".join(
            [verb.verb, *(field(chance, slot, kinds) for slot in verb.slots if slot.needed or chance.random() < 0.5)]
        )
    verb = chance.choice(list(VERBS.values()))
    return expanded(chance, verb.usage, codes)


def _result(chance: random.Random, codes: Codes) -> str:
    code = chance.choice(list(codes.results))
    text = expanded(chance, RESULT_HELP.usage, codes, code.lower())
    return text


def field(chance: random.Random, slot: Slot, kinds: Mapping[str, Kind]) -> str:
    """A word for the field of a case, as its slot writes it."""
    return slot.written(value(chance, slot, kinds))


def value(chance: random.Random, slot: Slot, kinds: Mapping[str, Kind]) -> str:
    """A word for the field of a case, as its form takes it."""
    kind, _, name = slot.kind.partition(":")
    what, _, own = name.partition(".")
    return chance.choice(
        FIELDS[kind]
        if kind not in ("choice", "channel")
        else [code.lower() for code in kinds[what].fields[own].choices]
    )


def expanded(chance: random.Random, usage: str, codes: Codes, code: str = "") -> str:
    """A usage with words in the place of its capitals; what stands in brackets is there or not."""
    text = usage
    while "[" in text:
        text = re.sub(r"\[([^\[\]]*)\]", lambda found: _maybe(chance, found[1]), text)
    text = re.sub(r"\(([^()]*)\)", lambda found: chance.choice(found[1].split("|")), text)
    text = text.replace("…", "")

    def word(found: re.Match[str]) -> str:
        name = found[0]
        if name == "CODE":
            return code or chance.choice(list(codes.results)).lower()
        if name == "REASON":
            return chance.choice([*codes.reasons, *codes.reasons, "nobody knows"]).lower()
        return chance.choice(WORDS[name])

    return " ".join(re.sub(r"[A-Z]{3,}(?:-[A-Z]+)*", word, text).split())


def _maybe(chance: random.Random, inner: str) -> str:
    return chance.choice(inner.split("|")) if chance.random() < 0.3 else ""
