"""The values of a case as the line writes them, so that it reads them back, and as people say them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

from collect_tui.desk.line import case_rows, say
from collect_tui.desk.line.case_fields import positional
from collect_tui.desk.line.context import LineContext
from collect_tui.desk.line.lexer import literal, word
from collect_tui.domain.case.case import Value
from collect_tui.domain.case.definition import Field, FieldType


def write(
    fields: Sequence[Field],
    values: Mapping[str, Value],
    context: LineContext,
    *,
    types: Iterable[Field] = (),
    known: Collection[str] = (),
    noted: bool = False,
) -> str:
    """The values as the line reads them back: in the order of the fields, all others named. `types`: what those are."""
    order_ = [field for field in positional(fields, known, noted=noted) if field.name in values]
    parts = [_in_place(field, values[field.name], context) for field in order_]
    by_name = {field.name: field for field in (*types, *fields)}
    others = [name for name in values if name not in {field.name for field in order_}]
    return say.join(*parts, *(f"{word(name)}={text_of(by_name.get(name), values[name], context)}" for name in others))


def _in_place(field: Field, value: Value, context: LineContext) -> str:
    text = text_of(field, value, context)
    return f"{word(field.name)}={text}" if field.type is FieldType.ITEM and text[:1] in '"`' else text


def text_of(field: Field | None, value: Value, context: LineContext) -> str:
    """A value as it is typed."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return literal(case_rows.typed(field, value, context) if field is not None else str(value))
    match field.type if field is not None else None:
        case FieldType.MONEY if isinstance(value, int):
            return say.amount(value, context)
        case FieldType.DATE:
            try:
                return say.day(date.fromisoformat(str(value)), context, past=field is not None and field.past)
            except ValueError:
                return word(str(value))
        case FieldType.CODE | FieldType.DEPARTMENT | FieldType.CHANNEL:
            return word(str(value).lower())
        case FieldType.TEXT:
            return say.why(str(value)) or '""'
    return word(str(value))


def said(field: Field | None, value: Value, context: LineContext) -> str:
    """A value as part of a sentence."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return f"{field.title.lower()} {case_rows.said(field, value, context.currency)}" if field is not None else ""
    match field.type if field is not None else None:
        case FieldType.MONEY if isinstance(value, int):
            return say.money(value, context)
        case FieldType.DATE:
            try:
                return say.date_said(date.fromisoformat(str(value)), context)
            except ValueError:
                return str(value)
        case FieldType.CODE | FieldType.CHANNEL if field is not None:
            return field.choices.get(str(value), str(value)).lower()
        case FieldType.TEXT:
            return say.quoted(str(value))
    return str(value)
