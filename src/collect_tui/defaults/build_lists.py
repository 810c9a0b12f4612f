"""Lists of codes that say more than a title each: ways to pay, reasons by kind of order, what billing systems call both."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Final

from collect_tui.defaults.reading import Table
from collect_tui.domain.codes import BillingCodes, Codes, Method
from collect_tui.domain.order.decide import OUTCOMES
from collect_tui.domain.order.kinds import KINDS

OTHER: Final = "other"
"""The way to pay of a payment of which nobody says how it came."""

_WORD: Final = re.compile(r"[a-z][a-z-]{2,23}")
"""A word for a way to pay. Two letters are those of results and days, and what has a digit is a reference or a point."""


def methods(table: Table) -> dict[str, Method]:
    """Ways to pay by code; a text stands for an entry that is nothing but its title."""
    from collect_tui.desk.line.look import means

    found: dict[str, Method] = {}
    said: dict[str, str] = {}
    for code, entry in table.entries(spelled=lambda title: {"title": title}):
        if entry.peek("title") == "":
            continue  # a site takes it away
        words = entry.phrases("words")
        found[code] = Method(code, entry.line("title"), words)
        entry.done()
        for word in (code, *words):
            key = "words" if word in words else None
            if not _WORD.fullmatch(word):
                raise entry.error("name", key, f"{word!r} cannot be typed; expected 3 to 24 small letters and hyphens.")
            if means(word):
                raise entry.error("duplicate", key, f"{word} is a day or an amount on the line.")
            if (other := said.setdefault(word, code)) != code:
                raise entry.error("duplicate", key, f"{word} says {other} already.")
    if OTHER not in found:
        raise table.error(
            "missing", OTHER, f"the way to pay {OTHER} is missing; a payment has it unless another is said."
        )
    return found


def order_reasons(table: Table) -> dict[str, Mapping[str, str]]:
    found: dict[str, Mapping[str, str]] = {kind: table.table(kind).lines() for kind in KINDS}
    table.done()
    for kind, codes in found.items():
        if KINDS[kind].reason not in codes:
            told = f"the reason {KINDS[kind].reason} is missing; an order has it unless another is said."
            raise table.error("missing", kind, told)
    return found


def billing(table: Table, known: Codes) -> BillingCodes:
    """What a billing system calls things; only what we have names for, and an outcome that there is."""
    reasons = tuple(dict.fromkeys(code for codes in known.order_reasons.values() for code in codes))
    answers = table.table("answers", {})
    found = BillingCodes(
        orders=_own_codes(table.table("orders", {}), tuple(KINDS)),
        reasons=_own_codes(table.table("reasons", {}), reasons),
        answers={code: answers.choice(code, tuple(OUTCOMES)) for code in answers.texts()},
    )
    table.done()
    return found


def _own_codes(table: Table, names: Collection[str]) -> dict[str, str]:
    """What another system calls things that we call by one of these names."""
    found = {name: code for name in names if (code := table.text(name, ""))}
    table.done()
    return found
