"""Kinds of words that many verbs share: amounts, contact points, methods."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from collect_tui.desk.line.lexer import Token
from collect_tui.desk.line.vocabulary import BALANCES
from collect_tui.desk.line.words import EXPECTED, QUOTE_IT, TokenCursor
from collect_tui.domain.errors import Invalid
from collect_tui.domain.money import parse_minor, without_sign

_PERCENT = re.compile(r"([0-9]{1,3})%")
_POINT = re.compile(r"[mhwoeas][0-9]{1,3}")
_NUMBER_END = re.compile(r"[0-9]{3,15}")
_NUMBER = re.compile(r"\+?[0-9(][0-9()-]{6,19}")


# ------------------------------------------------------------------------------------------------------------- amounts


def amount(words: TokenCursor) -> int:
    """An amount above nothing, in minor units: `150`, `1,250.50`, `50%` of the collectable, a word of BALANCES."""
    token = words.require("amount")
    if not token.plain:
        words.reject(token, "amount")
    minor = amount_of(words, token, token.low)
    words.take("amount")
    return minor


def amount_of(words: TokenCursor, token: Token, low: str, *, zero: bool = False, earlier: int = 0) -> int:
    """The amount that a part of a word stands for; `token` is where an error is shown, `earlier` what is promised before."""
    low = without_sign(low, words.context.currency)
    percent = _PERCENT.fullmatch(low)
    if percent or low in BALANCES:
        return _share(words, token, low, int(percent[1]) if percent else None, earlier)
    if any(unicodedata.category(character) == "Sc" for character in low):
        words.reject(token, "amount", f"Expected an amount in {words.context.currency}, not in another currency.")
    try:
        minor = parse_minor(low, words.context.currency)
    except Invalid as error:
        words.reject(token, "amount", "" if error.code == "money.malformed" else error.message)
    if minor == 0 and not zero:
        words.reject(token, "amount", "Expected an amount above nothing.")
    return minor


def _share(words: TokenCursor, token: Token, low: str, percent: int | None, earlier: int) -> int:
    context = words.context
    if context.number is None:
        words.reject(token, "amount", "Expected an amount in figures: there is no account to take a balance from.")
    if percent is not None:
        if not 1 <= percent <= 100:
            words.reject(token, "amount", "Expected 1% to 100% of the collectable amount.")
        minor = (context.collectable * percent + 50) // 100
    elif low == "rest":
        if words.state.wrong:
            words.reject(token, "amount", "Nobody knows what is left while an act before it is wrong; mend that first.")
        if words.state.moved:
            words.reject(token, "amount", "What is left hangs on the case before it; expected an amount in figures.")
        minor = context.collectable - words.state.taken - earlier
    elif low == "half":
        minor = (context.collectable + 1) // 2
    else:
        minor = {"b": context.total, "p": context.past_due, "c": context.collectable}[low]
    if minor <= 0:
        words.reject(
            token,
            "amount",
            f"Nothing is left of that ({BALANCES.get(low, 'collectable')}); expected an amount in figures.",
        )
    return minor


# -------------------------------------------------------------------------------------------------------------- points


def point(words: TokenCursor) -> str:
    """A contact point, which must be there: `m1`, `m` (the first of its kind) or the last digits of a number."""
    token = words.require("point")
    found = _known_point(words, endings=True)
    if found is not None:
        return found
    if token.plain and len(token.low) == 1:
        first = next((name for name in words.context.point_names if name[0] == token.low), None)
        if first is not None:
            words.take("point")
            return words.context.point_names[first][0]
    words.reject(token, "point", expected=_points(words))


def maybe_point(words: TokenCursor, *, endings: bool = True, noted: bool = True) -> str | None:
    """A contact point that may be left out; a word that looks like one but is none is an error.

    `endings`: the last digits of a number count too; not where an amount may stand (`pp 150 fri` with a number …0150).
    `noted`: a note could begin here as well.
    """
    words.ask("point")
    found = _known_point(words, endings=endings)
    token = words.bare()
    if found is None and token is not None and _POINT.fullmatch(token.low):
        words.reject(token, "point", no_such_point(words, "a note") if noted else "", _points(words))
    return found


def _known_point(words: TokenCursor, *, endings: bool) -> str | None:
    """Takes a contact point of the account: its name, or the last digits of one telephone number."""
    token = words.bare()
    if token is None:
        return None
    names = words.context.point_names
    known = names.get(token.low)
    if known is None and endings and _is_number(token.low):
        typed = _digits(token.low)
        ends = [one for one in words.context.points if one[1] in _PHONES and _digits(one[2]).endswith(typed)]
        known = ends[0] if len(ends) == 1 else None
    if known is not None:
        words.take("point")
        return known[0]
    if words.context.number is not None or not _POINT.fullmatch(token.low):
        return None
    words.take("point")
    return token.low


_PHONES: Final = frozenset(("mobile", "home", "work", "other"))


def _is_number(low: str) -> bool:
    """Whether a word may be a telephone number, or the last digits of one."""
    return bool(_NUMBER_END.fullmatch(low) or (_NUMBER.fullmatch(low) and 7 <= len(_digits(low)) <= 15))


def _digits(text: str) -> str:
    return "".join(c for c in text if c.isascii() and c.isdigit())


def no_such_point(words: TokenCursor, what: str) -> str:
    """Where a note could stand as well: what to do, and which there are."""
    shorts = ", ".join([one[0] for one in words.context.points][:12])
    known = f"The account has {shorts}." if shorts else "The account has none."
    return f"No such contact point; {QUOTE_IT.format(what)} {known}"


def _points(words: TokenCursor) -> str:
    shorts = [one[0] for one in words.context.points]
    if not shorts:
        return "no contact point: this account has none" if words.context.number else EXPECTED["point"]
    return f"a contact point: {', '.join(shorts[:12])}"


# ------------------------------------------------------------------------------------------------------ methods, flags


def method(words: TokenCursor) -> str | None:
    """A way to pay, by a word of the site's that says it; or `by=anything`, of which the desk says whether it is one. Its code."""
    codes = words.context.codes
    given = words.option("by", "method") or words.code("method", codes.method_words, shortest=99)
    return None if given is None else codes.method(given) or given


_TIMES: Final = frozenset(("time", "times", "day", "hour", "morning", "afternoon", "evening"))


def flag(words: TokenCursor, name: str) -> bool:
    """A bare word that switches something on, at the place that the usage gives it; `any time` is the beginning of a note."""
    words.ask(f"word:{name}")
    token = words.bare()
    after = words.peek(1)
    if token is None or token.low != name or (after is not None and after.low in _TIMES):
        return False
    words.take("word")
    return True
