"""What is given for the fields of a case: word by word in their order, each read by its type, or as `name=value` wherever it stands.

What may be left out (it is optional, has a default, or the case has it) is read without its name only where nothing after it could be
taken for it; else it has to be named.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from collect_tui.desk.line import case_rows, freetext, order, slots, when
from collect_tui.desk.line.case_fields import (
    LISTED,
    choices,
    hint,
    like_money,
    may_be_left_out,
    offers,
    positional,
    slot_of,
)
from collect_tui.desk.line.lexer import Token
from collect_tui.desk.line.look import match_code
from collect_tui.desk.line.words import TokenCursor
from collect_tui.domain.case.case import Value
from collect_tui.domain.case.definition import Field, FieldType, Kind

_FIGURE: Final = re.compile(r"[0-9]{1,9}%?")


# ---------------------------------------------------------------------------------------------------------------- reading


def read(
    words: TokenCursor,
    kind: Kind,
    fields: Sequence[Field],
    *,
    named: Iterable[Field] = (),
    known: Collection[str] = (),
    noted: bool = False,
    options: Mapping[str, str] | None = None,
) -> tuple[dict[str, Value], dict[str, str]]:
    """The values of fields as far as they stand here, and what stands for other options, by key (→ what it is asked for as).

    `fields`: in their order; `named`: those that only a `name=value` may be for.
    """
    left = list(positional(fields, known, noted=noted))
    by_name = {each.name.lower(): each for each in (*fields, *named)}
    by_name |= {name.replace("_", "-"): each for name, each in by_name.items()}  # as usage writes it
    given: dict[str, Value] = {}
    extra: dict[str, str] = {}
    while True:
        left = [field for field in left if field.name not in given]
        for field in left:
            words.ask(slot_of(kind, field))
            if not may_be_left_out(field, known):
                break
        token = words.peek()
        if token is None:
            break
        key = (token.key or "").lower()
        if token.key is not None and not token.key_quote and key in by_name and by_name[key].name not in given:
            field = by_name[key]
            given[field.name] = _named(words, kind, field, token)
        elif token.key is not None and not token.key_quote and key in (options or {}) and key not in extra:
            extra[key] = _option(words, token, (options or {})[key])
        elif (found := _next(words, kind, left, known)) is not None:
            at, value = found
            given[left[at].name] = value
            left = left[at + 1 :]
        else:
            break
    for field in fields:
        if field.name not in given and not may_be_left_out(field, known):
            words.missing(slot_of(kind, field), _expected(words, field))
    return given, extra


def _option(words: TokenCursor, token: Token, slot: str) -> str:
    words.limit(token, slot, 4000 if slot == "note" else 120)
    if not token.text.strip():
        words.reject(token, slot)
    words.take(slot)
    return token.text


def _next(words: TokenCursor, kind: Kind, left: Sequence[Field], known: Collection[str]) -> tuple[int, Value] | None:
    """The next word as the value of the first field that it fits; what must be there has to fit."""
    for at, field in enumerate(left):
        needed = not may_be_left_out(field, known)
        if (value := _bare(words, kind, field, needed=needed, last=at == len(left) - 1)) is not None:
            return at, value
        if needed:
            words.reject(words.tokens[words.pos], slot_of(kind, field), expected=_expected(words, field))
    return None


def _bare(words: TokenCursor, kind: Kind, field: Field, *, needed: bool, last: bool) -> Value | None:
    """A word without a name; None: it is not for this field."""
    slot, token = slot_of(kind, field), words.tokens[words.pos]
    if token.key is not None:
        return None
    match field.type:
        case FieldType.TEXT:
            return _text(words, kind, field, token, last=last)
        case FieldType.TABLE if needed or token.quote:
            rows = case_rows.read(words, token, slot, field)
            return _taken(words, slot, rows)
        case FieldType.CODE | FieldType.DEPARTMENT | FieldType.YES_NO | FieldType.CHANNEL if token.plain:
            if field.type is FieldType.DEPARTMENT and not words.context.departments:
                return _taken(words, slot, token.text)
            shortest = 1 if needed else 3
            found = words.code(slot, choices(field, words.context), shortest=shortest, required=needed)
            return found == "yes" if found is not None and field.type is FieldType.YES_NO else found
        case FieldType.MONEY if token.plain and (needed or like_money(token.low)):
            return _value(words, slot, field, token)
        case FieldType.NUMBER | FieldType.PERCENT if token.plain and (needed or _FIGURE.fullmatch(token.low)):
            return _value(words, slot, field, token)
        case FieldType.DATE if token.plain:
            past = field.past
            day = when.day(words, past=past) if needed else when.maybe_day(words, past=past, wide=True, figures=True)
            if day is not None:
                words.spans[-1] = replace(words.spans[-1], role=slot)
            return None if day is None else day.isoformat()
        case FieldType.POINT:
            point = slots.point(words) if needed else slots.maybe_point(words, noted=False)
            if point is not None:
                words.spans[-1] = replace(words.spans[-1], role=slot)
            return point
        case FieldType.ITEM if token.low in words.context.documents:
            return _value(words, slot, field, token)
        case FieldType.SERVICE if order.is_service(token.low, words.context):
            return _value(words, slot, field, token)
        case (
            FieldType.ITEM
            | FieldType.SERVICE
            | FieldType.USER
            | FieldType.PAYMENT
            | FieldType.MESSAGE
            | FieldType.DOCUMENT
        ) if needed:
            return _value(words, slot, field, token)
    return None


def _text(words: TokenCursor, kind: Kind, field: Field, token: Token, *, last: bool) -> str:
    """In quotes, or all that is left of the act where it is the last."""
    slot, names = slot_of(kind, field), {name.lower() for name in kind.fields}
    if token.quote:
        _fits(words, field, slot, token, token.text)
        words.take(slot)
        return token.text
    if not last:
        words.reject(token, slot, f"Expected {field.title} in quotes: more follows it.", f"{field.title} in quotes")
    late = next((one for one in words.tokens[words.pos :] if (one.key or "").lower() in names), None)
    if late is not None:
        told = f"{late.key}=… stands before a text without quotes; quote the text."
        words.reject(late, slot, told, f"{field.title} in quotes")
    quoted = next((one for one in words.tokens[words.pos + 1 :] if one.quote), None)
    if quoted is not None and quoted is words.tokens[-1]:  # what was meant for another field is no part of the text
        told = (
            f"Nothing that is asked for here is called “{token.text[:40]}”; a text of several words stands in quotes."
        )
        words.reject(token, slot, told, f"{field.title} in quotes")
    text = freetext.why(words, slot=slot, most=field.longest)
    words.spans[-1] = replace(words.spans[-1], role=slot)
    return text


def _named(words: TokenCursor, kind: Kind, field: Field, token: Token) -> Value:
    slot = slot_of(kind, field)
    if field.type is FieldType.TEXT:
        _fits(words, field, slot, token, token.text)
        return _taken(words, slot, token.text)
    if field.type is FieldType.TABLE:
        return _taken(words, slot, case_rows.read(words, token, slot, field))
    if field.type in LISTED:
        found = match_code(token.low, choices(field, words.context), 1)
        if found is None and not (field.type is FieldType.DEPARTMENT and not words.context.departments):
            words.reject(token, slot, expected=_expected(words, field))
        value: Value = found == "yes" if field.type is FieldType.YES_NO else found or token.text
        return _taken(words, slot, value)
    return _value(words, slot, field, token)


def _value(words: TokenCursor, slot: str, field: Field, token: Token) -> Value:
    """One word, with a name or without, by its type."""
    context = words.context
    words.limit(token, slot)
    if not token.text.strip():
        words.reject(token, slot, expected=_expected(words, field))
    value: Value = token.text
    match field.type:
        case FieldType.MONEY:
            value = slots.amount_of(words, token, token.low)
        case FieldType.NUMBER | FieldType.PERCENT:
            if not _FIGURE.fullmatch(token.low) or (field.type is FieldType.NUMBER and "%" in token.low):
                words.reject(token, slot, expected=_expected(words, field))
            value = int(token.low.removesuffix("%"))
        case FieldType.DATE:
            value = when.date_of(words, token, token.low, past=field.past).isoformat()
        case FieldType.ITEM if context.number is not None:
            if token.low not in context.documents:
                words.reject(token, slot, expected=_expected(words, field))
            value = context.documents[token.low][0]
        case FieldType.SERVICE:
            value = order.service_of(words, token)
        case FieldType.POINT if context.number is not None:
            if token.low not in context.point_names:
                words.reject(token, slot, expected=_expected(words, field))
            value = context.point_names[token.low][0]
    return _taken(words, slot, value)


def _taken(words: TokenCursor, slot: str, value: Value) -> Value:
    words.take(slot)
    return value


def _fits(words: TokenCursor, field: Field, slot: str, token: Token, text: str) -> None:
    if not text.strip():
        words.reject(token, slot, expected=_expected(words, field))
    if len(text) > field.longest:
        words.reject(token, slot, f"Expected at most {field.longest:,} characters.")


def _expected(words: TokenCursor, field: Field) -> str:
    found = offers(field, words.context)
    names = ", ".join([text for text, _ in found][:8]) if found is not None else ""
    return f"{field.title}: {names or hint(field)}"
