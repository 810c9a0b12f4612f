"""The fields of a case as places on the line: what their words are called, which need their name, and what may stand there."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

from collect_tui.desk.line import case_rows, say
from collect_tui.desk.line.context import LineContext
from collect_tui.desk.line.lexer import word
from collect_tui.desk.line.vocabulary import BALANCES
from collect_tui.domain.case.definition import Field, FieldType, Kind

_ROLES: Final[Mapping[FieldType, str]] = {
    FieldType.MONEY: "amount",
    FieldType.NUMBER: "figure",
    FieldType.PERCENT: "figure",
    FieldType.DATE: "date",
    FieldType.CODE: "choice",
    FieldType.YES_NO: "yes or no",
    FieldType.ITEM: "item",
    FieldType.SERVICE: "service",
    FieldType.PAYMENT: "payment",
    FieldType.POINT: "point",
    FieldType.DEPARTMENT: "department",
    FieldType.USER: "user",
    FieldType.CHANNEL: "channel",
    FieldType.DOCUMENT: "file",
    FieldType.MESSAGE: "message",
    FieldType.TEXT: "said",
    FieldType.TABLE: "rows",
}
"""What the words of each type are read as."""

LISTED: Final = (FieldType.CODE, FieldType.YES_NO, FieldType.DEPARTMENT, FieldType.CHANNEL)
QUOTED: Final = (FieldType.TEXT, FieldType.TABLE)
"""Types of which a word stands in quotes where more follows it."""

FREE: Final = frozenset((FieldType.USER, FieldType.PAYMENT, FieldType.MESSAGE, FieldType.DOCUMENT, *QUOTED))
"""Types of which any word may be."""

_AMOUNT: Final = re.compile(r"[0-9.,]*[0-9][0-9.,]*%?")


def slot_of(kind: Kind, field: Field) -> str:
    """What a word for the field is read as and asked for: `amount:dispute.credit`."""
    return f"{_ROLES[field.type]}:{kind.name}.{field.name}"


def field_of(slot: str, context: LineContext) -> Field | None:
    """The field that such a slot is for, or the column of a table: `cell:hardship.income.heading`."""
    name, _, field = slot.partition(":")[2].partition(".")
    kind = context.kinds.get(name)
    field, _, column = field.partition(".")
    found = kind.fields.get(field) if kind is not None else None
    return found if found is None or not column else next((c for c in found.columns if c.name == column), None)


def may_be_left_out(field: Field, known: Collection[str] = ()) -> bool:
    return field.optional or field.default != "" or field.name in known


def positional(fields: Sequence[Field], known: Collection[str] = (), *, noted: bool = False) -> tuple[Field, ...]:
    """The fields whose words need no name. `noted`: a note follows the last of them."""
    return tuple(
        field
        for at, field in enumerate(fields)
        if not may_be_left_out(field, known)
        or (field.type is FieldType.TEXT and not noted and at == len(fields) - 1)
        or (
            field.type not in FREE
            and not any(_confused(field, later) for later in _until_needed(fields[at + 1 :], known))
        )
    )


def _until_needed(fields: Sequence[Field], known: Collection[str]) -> Iterable[Field]:
    """The fields of which the next word may be one: up to the first that must be there."""
    for field in fields:
        yield field
        if not may_be_left_out(field, known):
            return


def _confused(field: Field, later: Field) -> bool:
    """Whether a word for the later field could be read for the one before it. A text in the middle stands in quotes."""
    if later.type in QUOTED:
        return False
    pair, figures = (field.type, later.type), (FieldType.MONEY, FieldType.NUMBER, FieldType.PERCENT)
    if any(each in figures for each in pair) and any(each in LISTED for each in pair):
        return any(like_money(code.lower()) for code in (*field.choices, *later.choices))
    return True


def like_money(low: str) -> bool:
    sign = any(unicodedata.category(character) == "Sc" for character in low)
    return sign or low in BALANCES or bool(_AMOUNT.fullmatch(low))


def choices(field: Field, context: LineContext) -> Mapping[str, str]:
    if field.type is FieldType.DEPARTMENT:
        return context.departments
    return case_rows.YES_NO if field.type is FieldType.YES_NO else field.choices


def offers(field: Field, context: LineContext) -> Iterable[tuple[str, str]] | None:
    """What may stand for a field that has a list of its own, with what it means; None: it has none."""
    if field.type in LISTED:
        return ((word(code.lower()), title) for code, title in choices(field, context).items())
    if field.type is FieldType.ITEM:
        return ((word(no), f"open {say.money(open_, context)}") for no, open_, _ in context.items if open_ > 0)
    return None


HINTS: Final[Mapping[FieldType, str]] = {
    FieldType.TEXT: "in words",
    FieldType.MONEY: "150, 50%, b balance, p past due, c collectable",
    FieldType.NUMBER: "a whole number",
    FieldType.PERCENT: "a whole number from 0 to 100",
    FieldType.DATE: "fri, 15, 15dec, +7, eom",
    FieldType.CODE: "a code or its beginning; F4 lists them",
    FieldType.YES_NO: "yes or no",
    FieldType.ITEM: "the number of an item; F4 lists them",
    FieldType.SERVICE: "a service; F4 lists them",
    FieldType.PAYMENT: "the reference of a payment",
    FieldType.POINT: "m1, h1, or the last digits of a number; F4 lists them",
    FieldType.DEPARTMENT: "a department; F4 lists them",
    FieldType.USER: "a login",
    FieldType.CHANNEL: "call, email, sms or another; F4 lists them",
    FieldType.DOCUMENT: "the name of a document",
    FieldType.MESSAGE: "the number of a message that waits for an answer",
    FieldType.TABLE: "rows in quotes",
}


def hint(field: Field) -> str:
    """What to type for a field."""
    return case_rows.layout(field) if field.type is FieldType.TABLE else HINTS[field.type]
