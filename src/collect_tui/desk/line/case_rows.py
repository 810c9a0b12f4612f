"""The rows of a table of a case as one word of the line: `"wages 1800, benefits 200"`.

A comma and a blank part the rows, blanks the cells, in the order of the columns; `-` stands for one that is left out, and those at the end
of a row need none. A text of several words is the last cell.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Final

from collect_tui.desk.line import say, slots, when
from collect_tui.desk.line.context import LineContext
from collect_tui.desk.line.lexer import Token
from collect_tui.desk.line.look import match_code
from collect_tui.desk.line.words import TokenCursor
from collect_tui.domain.case.case import Cell, Rows, amount
from collect_tui.domain.case.definition import Field, FieldType
from collect_tui.domain.case.values import LEFT_OUT
from collect_tui.domain.money import format_minor

YES_NO: Final[Mapping[str, str]] = {"yes": "", "no": ""}
_BETWEEN: Final = re.compile(r",\s+|,$")
_FIGURE: Final = re.compile(r"[0-9]{1,9}")


def read(words: TokenCursor, token: Token, slot: str, field: Field) -> Rows:
    """The rows that a word stands for; what is wrong is said at the word."""
    if not token.closed:
        at = min(_BETWEEN.split(token.text)[-1].count(" "), len(field.columns) - 1)
        words.ask(f"cell:{slot.partition(':')[2]}.{field.columns[at].name}")
    parts = [part for part in _BETWEEN.split(token.text.strip()) if part.strip()]
    if not parts or len(parts) > field.most_rows:
        words.reject(token, slot, expected=f"{field.title}, 1 to {field.most_rows} rows: {layout(field)}")
    return tuple(_row(words, token, slot, field, part) for part in parts)


def begun(text: str) -> str:
    """The cell at the end of rows that are being typed."""
    return text[max(text.rfind(" "), text.rfind(",")) + 1 :]


def _row(words: TokenCursor, token: Token, slot: str, field: Field, text: str) -> dict[str, Cell]:
    columns = field.columns
    cells = text.split(maxsplit=len(columns) - 1)
    row: dict[str, Cell] = {}
    for at, column in enumerate(columns):
        cell = cells[at] if at < len(cells) else LEFT_OUT
        if cell != LEFT_OUT:
            row[column.name] = _cell(words, token, slot, column, cell.strip())
        elif not column.optional and column.default == "":
            words.reject(token, slot, f"Expected {column.title} after “{text}”: {layout(field)}.", layout(field))
    return row


def _cell(words: TokenCursor, token: Token, slot: str, column: Field, text: str) -> Cell:
    low = text.lower()
    match column.type:
        case FieldType.CODE | FieldType.YES_NO:
            codes = column.choices or YES_NO
            found = match_code(low, codes, 1)
            if found is None:
                words.reject(token, slot, expected=f"{column.title}: {', '.join(code.lower() for code in codes)}")
            return found == "yes" if column.type is FieldType.YES_NO else found
        case FieldType.MONEY:
            return slots.amount_of(words, token, low)
        case FieldType.NUMBER:
            if not _FIGURE.fullmatch(low):
                words.reject(token, slot, expected=f"{column.title}: a whole number")
            return int(low)
        case FieldType.DATE:
            return when.date_of(words, token, low, past=True).isoformat()
        case _:
            return text


def layout(field: Field) -> str:
    """How a row is written: `heading amount essential, …`."""
    return f"{' '.join(each.name.replace('_', '-') for each in field.columns)}, …"


def typed(field: Field, rows: Rows, context: LineContext) -> str:
    """The rows as they are typed, without the quotes around them."""
    return ", ".join(_typed_row(field, row, context) for row in rows)


def _typed_row(field: Field, row: Mapping[str, Cell], context: LineContext) -> str:
    cells = [_typed(each, row[each.name], context) if each.name in row else LEFT_OUT for each in field.columns]
    while len(cells) > 1 and cells[-1] == LEFT_OUT:
        cells.pop()
    return " ".join(cells)


def _typed(column: Field, cell: Cell, context: LineContext) -> str:
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    match column.type:
        case FieldType.MONEY if isinstance(cell, int):
            return say.amount(cell, context)
        case FieldType.DATE:
            return say.day(date.fromisoformat(str(cell)), context, past=True)
        case FieldType.CODE:
            return str(cell).lower()
    return str(cell)


def said(field: Field, rows: Rows, currency: str) -> str:
    """The rows as people read them, and what they add up to."""
    told = (
        " ".join(_said(each, row[each.name], currency) for each in field.columns if each.name in row) for row in rows
    )
    summed = (each for each in field.columns if each.name in field.sums)
    sums = (f"{each.name} {_said(each, sum(amount(row, each.name) for row in rows), currency)}" for each in summed)
    return "; ".join([", ".join(told), *sums])


def _said(column: Field, cell: Cell, currency: str) -> str:
    if isinstance(cell, bool):
        return column.title.lower() if cell else f"not {column.title.lower()}"
    if column.type is FieldType.MONEY and isinstance(cell, int):
        return format_minor(cell, currency)
    return column.choices.get(str(cell), str(cell))
