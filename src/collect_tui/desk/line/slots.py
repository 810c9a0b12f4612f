"""Kinds of words that many verbs share: amounts, contact points, methods, reasons, notes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from collect_tui.desk.line import when
from collect_tui.desk.line.lexer import GONE, Token
from collect_tui.desk.line.words import EXPECTED, Words
from collect_tui.domain.errors import Invalid
from collect_tui.domain.money import parse_minor
from collect_tui.domain.notes import expand, open_slot

METHODS: Final[Mapping[str, str]] = {
    "cash": "cash",
    "card": "card",
    "ach": "bank debit (ACH)",
    "check": "check",
    "transfer": "bank transfer",
    "wire": "wire transfer",
    "online": "online or app",
    "autopay": "autopay",
    "gcash": "GCash",
    "paypal": "PayPal",
    "counter": "payment counter",
    "other": "other",
}
"""Ways to pay that the line knows by a bare word; any other is `by=…`."""

BALANCES: Final[Mapping[str, str]] = {
    "b": "balance",
    "p": "past due",
    "c": "collectable",
    "rest": "collectable less what the line pays",
}
"""Words for amounts of the account."""

NOTE_LIMIT: Final = 4000

_PERCENT = re.compile(r"([0-9]{1,3})%")
_POINT = re.compile(r"[mhwoeas][0-9]{1,3}")
_NUMBER_END = re.compile(r"[0-9]{3,6}")


# ------------------------------------------------------------------------------------------------------------- amounts


def amount(words: Words) -> int:
    """An amount above nothing, in minor units: `150`, `1,250.50`, `50%` of the collectable, `b`, `p`, `c`, `rest`."""
    token = words.need("amount")
    if not token.plain:
        words.fail(token, "amount")
    minor = amount_of(words, token, token.low)
    words.take("amount")
    return minor


def amount_of(words: Words, token: Token, low: str, *, zero: bool = False) -> int:
    """The amount that a part of a word stands for; `token` is where an error is shown."""
    percent = _PERCENT.fullmatch(low)
    if percent or low in BALANCES:
        return _share(words, token, low, int(percent[1]) if percent else None)
    try:
        minor = parse_minor(low, words.context.currency)
    except Invalid as error:
        words.fail(token, "amount", "" if error.code == "money.malformed" else error.message)
    if minor == 0 and not zero:
        words.fail(token, "amount", "Expected an amount above nothing.")
    return minor


def _share(words: Words, token: Token, low: str, percent: int | None) -> int:
    context = words.context
    if context.number is None:
        words.fail(token, "amount", "Expected an amount in figures: there is no account to take a balance from.")
    if percent is not None:
        if not 1 <= percent <= 100:
            words.fail(token, "amount", "Expected 1% to 100% of the collectable amount.")
        minor = (context.collectable * percent + 50) // 100
    elif low == "rest":
        minor = context.collectable - words.state.taken
    else:
        minor = {"b": context.total, "p": context.past_due, "c": context.collectable}[low]
    if minor <= 0:
        words.fail(
            token,
            "amount",
            f"Nothing is left of that ({BALANCES.get(low, 'collectable')}); expected an amount in figures.",
        )
    return minor


# -------------------------------------------------------------------------------------------------------------- points


def point(words: Words) -> str:
    """A contact point, which must be there: `m1`, `m` (the first of its kind) or the last digits of a number."""
    token = words.need("point")
    found = maybe_point(words)
    if found is not None:
        return found
    if token.plain and len(token.low) == 1:
        first = next((name for name in words.context.point_names if name[0] == token.low), None)
        if first is not None:
            words.take("point")
            return words.context.point_names[first][0]
    words.fail(token, "point", expected=_points(words))


def maybe_point(words: Words, *, endings: bool = True) -> str | None:
    """A contact point where a note could begin as well; a word that looks like one but is none is an error.

    `endings`: the last digits of a number count too; not where an amount may stand (`pp 150 fri` with a number …0150).
    """
    words.ask("point")
    token = words.bare()
    if token is None:
        return None
    names = words.context.point_names
    known = names.get(token.low)
    if known is None and endings and _NUMBER_END.fullmatch(token.low):
        ends = [one for one in words.context.points if one[1] in _PHONES and _digits(one[2]).endswith(token.low)]
        known = ends[0] if len(ends) == 1 else None
    if known is not None:
        words.take("point")
        return known[0]
    if not _POINT.fullmatch(token.low):
        return None
    if words.context.number is None:
        words.take("point")
        return token.low
    words.fail(token, "point", expected=_points(words))


_PHONES: Final = frozenset(("mobile", "home", "work", "other"))


def _digits(text: str) -> str:
    return "".join(c for c in text if c.isascii() and c.isdigit())


def _points(words: Words) -> str:
    shorts = [one[0] for one in words.context.points]
    if not shorts:
        return "no contact point: this account has none" if words.context.number else EXPECTED["point"]
    return f"a contact point: {', '.join(shorts[:12])}"


# ------------------------------------------------------------------------------------------------- methods, notes, why


def method(words: Words) -> str | None:
    """A way to pay: a word of METHODS, or `by=anything`."""
    return words.option("by", "method") or words.code("method", METHODS, shortest=99)


def flag(words: Words, name: str) -> bool:
    """A bare word that switches something on. It counts only where it cannot be the beginning of a note."""
    words.ask(f"word:{name}")
    token, after = words.bare(), words.peek(1)
    argument = after is None or not after.plain or _POINT.fullmatch(after.low) or when.looks_timed(after)
    if token is None or token.low != name or not argument:
        return False
    words.take("word")
    return True


def note(words: Words) -> tuple[str, str]:
    """The note and how it was typed: the rest of the act, abbreviations written out; both empty when nothing is left.

    Text in backticks is taken exactly as it stands, and then `typed` is empty.
    """
    words.ask("note")
    if words.peek() is None:
        return "", ""
    quoted = words.literal()
    text = quoted.text if quoted is not None else words.rest()
    first = words.tokens[words.pos]
    words.take("note", len(words.tokens) - words.pos)
    if quoted is not None and quoted.quote == "`":
        full, typed = text, ""
    else:
        full, typed = expand(text, words.context.abbreviations), text
        _slots_filled(words, first, text, quoted=quoted is not None)
    if len(full) > NOTE_LIMIT or len(typed) > NOTE_LIMIT:
        words.fail(first, "note", f"Expected a note of at most {NOTE_LIMIT:,} characters, abbreviations written out.")
    return full, typed


def _slots_filled(words: Words, first: Token, text: str, *, quoted: bool) -> None:
    """An abbreviation with a slot that nothing fills is an error at its word."""
    found = open_slot(text, words.context.abbreviations)
    if found is None:
        return
    places = _places(words.source, first.start + quoted, '"' if quoted else "")
    start, end = places[found.start], places[found.end - 1] + 1
    name = text[found.start : found.end]
    words.fail(
        Token(start, end, name, name.lower()),
        "note",
        f"Fill in {found.slot}: type it after {name}, or \\{name} to keep {name}.",
        f"{found.slot[1:-1]} after {name}",
    )


def _places(source: str, start: int, quote: str) -> list[int]:
    """Where each character of a note stands in the line; removed characters and doubled quotes are passed over."""
    places: list[int] = []
    at = start
    while at < len(source):
        if source[at] != GONE and (quote or places or source[at] != " "):
            places.append(at)
        at += 2 if quote and source[at : at + 2] == quote * 2 else 1
    return places


def method_meant(words: Words, after: int) -> None:
    """Refuses a lone word right after `after` that is a slip for a way to pay; a longer note is left alone."""
    token = words.bare()
    if token is None or words.pos != after or words.peek(1) is not None or token.low in words.context.abbreviations:
        return
    near = [name for name in METHODS if name != "other" and 0 < _slips(token.low, name) <= (1 if len(name) < 5 else 2)]
    if near:
        best = min(near, key=lambda name: _slips(token.low, name))
        words.fail(
            token, "method", f"Did you mean {best}? Quote the word to make it a note.", f"a method such as {best}"
        )


def _slips(one: str, other: str) -> int:
    """Letters to add, leave out, change or swap with their neighbour to turn one word into the other; 9 when too many."""
    if abs(len(one) - len(other)) > 2:
        return 9
    rows = [list(range(len(other) + 1))]
    for i, a in enumerate(one, 1):
        row = [i]
        for j, b in enumerate(other, 1):
            cost = min(rows[i - 1][j] + 1, row[j - 1] + 1, rows[i - 1][j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, rows[i - 2][j - 2] + 1)
            row.append(cost)
        rows.append(row)
    return rows[-1][-1]


def why(words: Words, *, slot: str = "why", most: int = NOTE_LIMIT, required: bool = True) -> str:
    """Free text to the end of the act, word for word: nothing is written out."""
    words.ask(slot)
    if words.peek() is None:
        if required:
            words.lack(slot)
        return ""
    quoted = words.literal()
    text = quoted.text if quoted is not None else words.rest()
    first = words.tokens[words.pos]
    words.take("text", len(words.tokens) - words.pos)
    if required and not text.strip():
        words.fail(first, slot)
    if len(text) > most:
        words.fail(first, slot, f"Expected at most {most:,} characters.")
    return text
