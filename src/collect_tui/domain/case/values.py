"""What is given for the fields of a case: of the right type, within its limit, its default where nothing is said. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Final

from collect_tui.common.words import expected, plural
from collect_tui.domain.calendars import is_known
from collect_tui.domain.case.case import Cell, Rows, Value, found
from collect_tui.domain.case.definition import BEFORE, CONTEXT, READABLE, ROUTE, Field, FieldType, Kind
from collect_tui.domain.case.split import open_before
from collect_tui.domain.errors import Invalid
from collect_tui.domain.facts import AccountFacts, Item
from collect_tui.domain.money import LIMIT, format_minor

CALL: Final = "call"
"""The touchpoint of a case that came from no message."""

_NOTHING: Final = (None, "", ())
LEFT_OUT: Final = "-"
"""Stands in a row, as it is written, for a cell that is left out."""


def filled(
    kind: Kind,
    fields: Iterable[Field],
    given: Mapping[str, Value],
    known: Mapping[str, Value],
    facts: AccountFacts,
    *,
    anew: bool = False,
    own: int = 0,
) -> dict[str, Value]:
    """The values of fields: what was given, else the default; every one checked against the account and those before it. `known`: the
    values that the case has; `anew`: rows take the place of those that there are, though their table adds; `own`: what of its
    item the case itself keeps from being collected. Invalid "case.field",
    "case.missing", "case.limit", with the field's name."""
    fields = tuple(fields)
    asked = {each.name for each in fields}
    for name in given:
        if name not in asked:
            told = expected(name, sorted(asked))
            raise Invalid("case.unknown_field", f"{kind.title} is not asked for {name} here; {told}", name)
    values: dict[str, Value] = {}
    for each in fields:
        so_far = {**known, **values}
        value = given.get(each.name)
        if each.type is FieldType.DOCUMENT and value not in (*_NOTHING, known.get(each.name)):
            raise Invalid("case.field", f"{each.title}: is drawn up by a move, and not typed.", each.name)
        if value in _NOTHING and each.name not in known:
            value = _default(kind, each, so_far, facts)
        if value is None or value in _NOTHING:
            if each.optional or each.name in known:
                continue
            raise Invalid("case.missing", f"{kind.title}: {each.title} is missing.", each.name)
        if each.type is FieldType.TABLE and each.adds and not anew:
            value = (*_rows(known.get(each.name, ())), *_rows(value))
        values[each.name] = _checked(each, value, so_far, facts, own)
    return values


def _default(kind: Kind, field: Field, values: Mapping[str, Value], facts: AccountFacts) -> Value | None:
    if field.default == ROUTE:
        return kind.routes.of(values)
    if field.default == CONTEXT:
        asked = next((m for m in facts.inbox if m.number in values.values()), None)
        return asked.channel if asked is not None else CALL
    if not isinstance(field.default, str) or not is_read(field.default):
        return field.default
    found = readable(field.default, values, facts)
    return None if found == 0 and field.type is not FieldType.YES_NO else found


def is_read(name: str) -> bool:
    """Whether a default or a limit is looked up, and not itself the value."""
    return name.startswith(("field:", BEFORE)) or name in READABLE


def readable(name: str, values: Mapping[str, Value], facts: AccountFacts) -> Value | None:
    """What one of `READABLE`, `field:NAME`, `field:NAME.COLUMN` or `before:NAME` stands for; None: it is none of them, or is not there."""
    if name.startswith("field:"):
        return found(values, name.removeprefix("field:"))
    if name.startswith(BEFORE):
        day = values.get(name.removeprefix(BEFORE))
        return open_before(facts, date.fromisoformat(day)) if isinstance(day, str) else None
    known: dict[str, Value | None] = {
        "account.owed": facts.collectable,
        "account.total": max(0, facts.total),
        "account.open": sum(i.collectable for i in facts.items),
        "account.past_due": facts.past_due,
        "account.credit": facts.credits + facts.unapplied,
        "account.credit_limit": facts.credit_limit,
        "account.cash_only": facts.cash_only,
        "party.language": facts.language,
        "party.support": facts.support or None,
    }
    if name in known:
        return known[name]
    if name.startswith("item."):
        item = item_of(values, facts)
        if item is None:
            return None
        due = item.due.isoformat()
        return due if name == "item.due" else item.amount if name == "item.amount" else item.collectable
    if name.startswith("payment."):
        ref = values.get("payment")
        payment = next((p for p in (*facts.payments, *facts.named) if p.ref == ref), None)
        return None if payment is None else payment.amount if name == "payment.amount" else payment.unapplied
    return None


def item_of(values: Mapping[str, Value], facts: AccountFacts) -> Item | None:
    """The item that the values name."""
    return next((i for i in (*facts.items, *facts.settled) if i.doc_no == values.get("item")), None)


def _checked(field: Field, value: Value, values: Mapping[str, Value], facts: AccountFacts, own: int = 0) -> Value:
    match field.type:
        case FieldType.MONEY:
            return _amount(field, value, values, facts, own)
        case FieldType.NUMBER | FieldType.PERCENT:
            most = 100 if field.type is FieldType.PERCENT else 10**9
            if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= most:
                raise _bad(field, f"a whole number from 0 to {most}")
        case FieldType.YES_NO:
            if not isinstance(value, bool):
                raise _bad(field, "yes or no")
        case FieldType.DATE:
            return _date(field, value, facts.business_date)
        case FieldType.CODE | FieldType.CHANNEL | FieldType.DEPARTMENT:
            return _one_of(field, value, field.choices)
        case FieldType.ITEM:
            return _one_of(field, value, [i.doc_no for i in facts.items if i.collectable])
        case FieldType.SERVICE:
            return _one_of(field, value, [name for s in facts.services for name in (s.product, s.identifier)])
        case FieldType.PAYMENT:
            return _one_of(field, value, [p.ref for p in (*facts.payments, *facts.named)])
        case FieldType.POINT:
            return _one_of(field, value, [p.short for p in facts.points])
        case FieldType.MESSAGE:
            return _one_of(field, value, [m.number for m in facts.inbox])
        case FieldType.TABLE:
            return _table(field, value, values, facts)
        case _:
            if not isinstance(value, str) or len(value) > field.longest:
                raise _bad(field, f"a text of at most {field.longest} characters")
    return value


def _rows(value: Value) -> Rows:
    return value if isinstance(value, tuple) else ()


def _table(field: Field, value: Value, values: Mapping[str, Value], facts: AccountFacts) -> Rows:
    """Every row with its cells in the order of the columns; what is left out of one has its default."""
    rows = _rows(value)
    if not rows or len(rows) > field.most_rows:
        raise _bad(field, f"1 to {plural(field.most_rows, 'row')}")
    made: list[dict[str, Cell]] = []
    for place, row in enumerate(rows, 1):
        try:
            made.append(dict(_cells(field.columns, row, values, facts)))
        except Invalid as error:
            raise Invalid(error.code, f"{field.title}, row {place}: {error.message}", field.name) from None
    return tuple(made)


def _cells(
    columns: tuple[Field, ...], row: Mapping[str, Cell], values: Mapping[str, Value], facts: AccountFacts
) -> Iterator[tuple[str, Cell]]:
    names = [each.name for each in columns]
    for name in row:
        if name not in names:
            raise Invalid("case.field", f"no such column; {expected(name, names)}")
    for each in columns:
        cell = row.get(each.name, "")
        cell = each.default if cell == "" else cell
        if cell != "":
            checked = _checked(each, _word(each, cell, last=each is columns[-1]), values, facts)
            assert not isinstance(checked, tuple)
            yield each.name, checked
        elif not each.optional:
            raise Invalid("case.missing", f"{each.title} is missing.", each.name)


def _word(column: Field, cell: Cell, *, last: bool) -> Cell:
    """A text that stands in a row as a row is written: without what parts cells and rows; only the last one has blanks."""
    if column.type is FieldType.TEXT and isinstance(cell, str):
        cell = " ".join(cell.split())
        if "," in cell or cell == LEFT_OUT or (" " in cell and not last):
            raise _bad(column, "words without a comma" if last else "one word without a comma")
    return cell


_MOST: Final = {
    "account.credit": "the credit on the account",
    "account.owed": "what is owed on the account",
    "account.open": "what is open on the account",
    "account.total": "all that is on the account",
    "item.open": "what is open on the item",
}


def _amount(field: Field, value: Value, values: Mapping[str, Value], facts: AccountFacts, own: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= LIMIT:
        raise _bad(field, "an amount above nothing")
    most = readable(field.most, values, facts) if field.most else None
    if field.most == "item.open":  # of one that is not there any more nothing
        most = own + (most if isinstance(most, int) else 0)
    if isinstance(most, int) and value > most:
        told = format_minor(most, facts.currency)
        why = f": that is {_MOST[field.most]}" if field.most in _MOST else ""
        raise Invalid("case.limit", f"{field.title} is at most {told} here{why}.", field.name)
    return value


def _date(field: Field, value: Value, today: date) -> str:
    try:
        day = date.fromisoformat(str(value))
    except ValueError:
        raise _bad(field, "a date") from None
    if not is_known(day):
        raise _bad(field, "a date that anybody may mean")
    if field.past and day > today:
        raise _bad(field, "a day that has been")
    return day.isoformat()


def _one_of(field: Field, value: Value, among: Iterable[str]) -> str:
    """The value as it is spelled there."""
    spelled = {each.casefold(): each for each in among}
    found = spelled.get(str(value).casefold())
    if found is None:
        raise Invalid("case.field", f"{field.title}: {expected(str(value), sorted(spelled.values()))}", field.name)
    return found


def _bad(field: Field, what: str) -> Invalid:
    return Invalid("case.field", f"{field.title}: expected {what}.", field.name)
