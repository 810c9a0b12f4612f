"""What a word looks like, wherever it stands: so that nothing that was meant as something else is taken for a note.

A word with a digit, an `=`, an `@` or a `+` in front is `sure`: it begins no note. A word of letters alone that is also
a code, a day or an amount of the account may begin one, unless it stands alone.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from collect_tui.desk.line.context import LineContext
from collect_tui.desk.line.lexer import Token
from collect_tui.desk.line.vocabulary import BALANCES
from collect_tui.domain.dates import MONTHS, WEEKDAYS


@dataclass(frozen=True, slots=True)
class Look:
    """`slot` is the kind of word, as the grammar asks for it; `title` what people call it."""

    slot: str
    title: str
    sure: bool = True


_MONTH: Final = "|".join(f"{month[:3].lower()}[a-z]{{0,6}}" for month in MONTHS)
_SIGNED: Final = re.compile(r"[+-][0-9]{1,6}[a-z]{0,2}(?:[0-9]{1,4}m)?")
_TIME: Final = re.compile(r"[0-9]+:[0-9:]*[a-z]*|[0-9]{1,4}[ap]m")
_DATE: Final = re.compile(
    rf"[0-9]{{1,4}}[/.-][0-9]{{1,2}}[/.-][0-9]{{1,4}}|[0-9]{{1,2}}/[0-9]{{1,2}}|[0-9]{{1,2}}(?:{_MONTH})(?:[0-9]{{4}})?"
    rf"|(?:{_MONTH})[0-9]{{1,2}}"
)
_SPAN: Final = re.compile(r"[0-9]{1,4}[x×*]?[dwmf]")
_POINT: Final = re.compile(r"[a-z][0-9]{1,3}")
_NUMBER: Final = re.compile(r"[0-9]{3,6}")
_PHONE: Final = re.compile(r"\+?[0-9(][0-9()/-]{6,}")
_AMOUNT: Final = re.compile(r"-?[0-9.,]+%?|dn[0-9].*")
_PLUS: Final = re.compile(r"\+[0-9.,]+%?")
_DOCUMENT: Final = re.compile(r"[a-z]{1,8}-?[0-9].*")
_ORDINAL: Final = re.compile(r"[0-9]{0,3}(?:1st|2nd|3rd|[0-9]th)")

_DAYS: Final = frozenset(("t", "y", "tom", "tomorrow", "today", "yesterday", "eom"))
_AMOUNTS: Final = frozenset((*BALANCES, "all"))
OPTIONS: Final = frozenset(("by", "ref", "reason", "confirm", "do", "over", "note", "user", "dept"))
"""Keys of `key=value` words that some verb reads."""

OPTION: Final = Look("option", "key=value")
LATE: Final = Look("option", "key=value before the note")
ACT: Final = Look("result", "code", sure=False)
PART: Final = Look("amount", "further part")
NUMBER: Final = Look("number", "number")


def sure(token: Token, context: LineContext) -> Look | None:
    """What the word looks like when it can be no word of prose; None for one that can, and for quoted text."""
    if token.quote and token.key is None:
        return None
    low = token.low
    if token.key is not None or "=" in low:
        return OPTION
    if low in context.documents:
        return Look("document", "item")
    if "@" in low:
        return Look("address", "address")
    if low[0] == "+" and not low[1:2].isdigit():
        return PART
    if not any(character.isdigit() for character in low) or _ORDINAL.fullmatch(low):
        return None
    return next((look for pattern, look in _LOOKS if pattern.fullmatch(low)), None) or _money(low) or NUMBER


def means(low: str) -> bool:
    """Whether a word in lower case is a day, an amount or a contact point on every line, whatever its account."""
    named = any(day.lower().startswith(low) for day in WEEKDAYS) if len(low) > 1 else False
    month = len(low) > 2 and any(each.lower().startswith(low) for each in MONTHS)
    shaped = any(pattern.fullmatch(low) for pattern, _ in _LOOKS if pattern is not _DOCUMENT)
    return low in _AMOUNTS or low in _DAYS or named or month or shaped


def maybe(token: Token, context: LineContext, asked: Collection[str]) -> Look | None:
    """What a word of letters looks like; it may be a word of prose as well. `asked`: kinds of words the act could have."""
    low, codes = token.low, context.codes
    if not token.plain:
        return None
    if low in _AMOUNTS:
        return Look("amount", "amount", sure=False)
    if low in _DAYS or (len(low) > 1 and any(day.lower().startswith(low) for day in WEEKDAYS)):
        return Look("date", "date", sure=False)
    if low.upper() in codes.results or low.upper() in codes.actions:
        return ACT
    if any(low in (product.lower(), identifier.lower()) for product, identifier, _ in context.services):
        return Look("service", "service", sure=False)
    tables: list[tuple[str, str, Mapping[str, str]]] = [
        ("reason", "code of a reason", codes.reasons),
        ("reason", "code of a dispute", codes.dispute_reasons),
    ]
    if "next action" in asked:
        tables.append(("next action", "next action", codes.next_actions))
    for kind, reasons in codes.order_reasons.items():
        if any(slot.partition(":")[0] == f"{kind} reason" for slot in asked):
            tables.append((f"{kind} reason", f"code of an order to {kind}", reasons))
    for slot, title, table in tables:
        if match_code(low, table) is not None:
            return Look(slot, title, sure=False)
    if "method" in asked and low in codes.method_words:
        return Look("method", "method", sure=False)
    return Look("word", "word any", sure=False) if low == "any" and "word:any" in asked else None


def _money(low: str) -> Look | None:
    """An amount with the sign of its currency: `$20`, `20€`, `-$5`."""
    signs = [character for character in low if unicodedata.category(character) == "Sc"]
    bare = "".join(character for character in low if character not in signs)
    return _LOOK_AMOUNT if len(signs) == 1 and _AMOUNT.fullmatch(bare) else None


_LOOK_AMOUNT: Final = Look("amount", "amount")
_LOOKS: Final = (
    (_SIGNED, Look("date", "date or amount")),
    (_TIME, Look("moment", "time")),
    (_DATE, Look("date", "date")),
    (_SPAN, Look("terms", "length of time")),
    (_POINT, Look("point", "contact point")),
    (_NUMBER, Look("point", "number")),
    (_PHONE, Look("point", "telephone number")),
    (_AMOUNT, _LOOK_AMOUNT),
    (_PLUS, PART),
    (_DOCUMENT, Look("document", "item")),
)


def match_code(low: str, table: Mapping[str, str], shortest: int = 3) -> str | None:
    """The key of the table that a word in lower case stands for: itself, or the one key that begins so.

    A hyphen and an underscore are the same here.
    """
    begins: list[str] = []
    low = low.replace("_", "-")
    for key in table:
        folded = key.lower().replace("_", "-")
        if folded == low:
            return key
        if folded.startswith(low):
            begins.append(key)
    return begins[0] if len(low) >= shortest and len(begins) == 1 else None
