"""Lines of the desk's language, made from the registry of verbs: valid ones, and ones with a slip in them."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from typing import Final

from collect_tui.desk.line.verbs import RESULT_HELP, VERBS
from collect_tui.domain.codes import Codes

#: What may stand in the place of a word in capitals of a verb's usage.
WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "ACTION": ("tm", "th", "in", "rv"),
    "AMOUNT": ("150", "50", "60.50", "rest", "half", "20%", "c", "9999", "0"),
    "SURPLUS": ("next", "keep", "fee"),
    "TOTAL": ("c", "412.10", "300", "b"),
    "DATE": ("fri", "+3", "15dec", "eom", "tue", "+90", "y"),
    "FIRST": ("15", "fri", "1dec"),
    "COUNT": ("2", "3", "12", "1"),
    "DAY-AND-TIME": ("tue 9:30", "+2h", "fri 14:00", "mon 3am"),
    "METHOD": ("card", "cash", "ach", "by=gcash"),
    "POINT": ("m1", "h1", "m", "0142", "m7", "e1"),
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
}
#: What is typed for a slip: nothing of a word, another one, one that is no word.
_SLIPS: Final = ("", "xyzzy", "fri", "m7", "12,5")


def line(chance: random.Random, codes: Codes) -> str:
    """A line with one act or two; one in six has a slip."""
    acts = [_act(chance, codes) for _ in range(1 if chance.random() < 0.85 else 2)]
    words = "; ".join(acts).split(" ")
    if chance.random() < 1 / 6:
        words[chance.randrange(len(words))] = chance.choice(_SLIPS)
    return " ".join(word for word in words if word)


def _act(chance: random.Random, codes: Codes) -> str:
    if chance.random() < 0.4:
        return _result(chance, codes)
    verb = chance.choice(list(VERBS.values()))
    return expanded(chance, verb.usage, codes)


def _result(chance: random.Random, codes: Codes) -> str:
    code = chance.choice(list(codes.results))
    text = expanded(chance, RESULT_HELP.usage, codes, code.lower())
    return text


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
