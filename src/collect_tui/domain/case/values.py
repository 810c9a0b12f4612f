"""What is given for the fields of a case: of the right type, within its limit, its default where nothing is said. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from collect_tui.common.words import expected
from collect_tui.domain.calendars import is_known
from collect_tui.domain.case.case import Value
from collect_tui.domain.case.definition import BEFORE, Field, FieldType, Kind
from collect_tui.domain.case.split import open_before
from collect_tui.domain.errors import Invalid
from collect_tui.domain.facts import AccountFacts, Item
from collect_tui.domain.money import LIMIT, format_minor


def filled(
    kind: Kind, fields: Iterable[Field], given: Mapping[str, Value], known: Mapping[str, Value], facts: AccountFacts
) -> dict[str, Value]:
    """The values of fields: what was given, else the default; every one checked against the account and those before it. `known`: the
    values that the case has. Invalid "case.field", "case.missing", "case.limit", with the field's name."""
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
        if each.type is FieldType.DOCUMENT and value not in (None, "", known.get(each.name)):
            raise Invalid("case.field", f"{each.title}: is drawn up by a move, and not typed.", each.name)
        if value in (None, ""):
            value = _default(each, so_far, facts)
        if value in (None, ""):
            if each.optional or each.name in known:
                continue
            raise Invalid("case.missing", f"{kind.title}: {each.title} is missing.", each.name)
        values[each.name] = _checked(each, value, so_far, facts)
    return values


def _default(field: Field, values: Mapping[str, Value], facts: AccountFacts) -> Value | None:
    if not field.default or field.default in ("route", "context"):
        return None
    found = readable(field.default, values, facts)
    return field.default if found is None else found


def readable(name: str, values: Mapping[str, Value], facts: AccountFacts) -> Value | None:
    """What one of `READABLE`, `field:NAME` or `before:NAME` stands for; None: it is none of them, or is not there."""
    if name.startswith("field:"):
        return values.get(name.removeprefix("field:"))
    if name.startswith(BEFORE):
        day = values.get(name.removeprefix(BEFORE))
        return open_before(facts, date.fromisoformat(day)) if isinstance(day, str) else None
    amounts = {
        "account.owed": facts.collectable,
        "account.total": max(0, facts.total),
        "account.open": sum(i.collectable for i in facts.items),
        "account.credit": facts.credits + facts.unapplied,
    }
    if name in amounts:
        return amounts[name]
    if name.startswith("item."):
        item = item_of(values, facts)
        return item.collectable if item else None
    if name.startswith("payment."):
        ref = values.get("payment")
        payment = next((p for p in (*facts.payments, *facts.named) if p.ref == ref), None)
        return None if payment is None else payment.amount if name == "payment.amount" else payment.unapplied
    return None


def item_of(values: Mapping[str, Value], facts: AccountFacts) -> Item | None:
    """The item that the values name."""
    return next((i for i in facts.items if i.doc_no == values.get("item")), None)


def _checked(field: Field, value: Value, values: Mapping[str, Value], facts: AccountFacts) -> Value:
    match field.type:
        case FieldType.MONEY:
            return _amount(field, value, values, facts)
        case FieldType.NUMBER | FieldType.PERCENT:
            most = 100 if field.type is FieldType.PERCENT else 10**9
            if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= most:
                raise _bad(field, f"a whole number from 0 to {most}")
        case FieldType.YES_NO:
            if not isinstance(value, bool):
                raise _bad(field, "yes or no")
        case FieldType.DATE:
            return _date(field, value)
        case FieldType.CODE:
            return _one_of(field, value, field.choices)
        case FieldType.ITEM:
            return _one_of(field, value, [i.doc_no for i in facts.items if i.collectable])
        case FieldType.SERVICE:
            return _one_of(field, value, [name for s in facts.services for name in (s.product, s.identifier)])
        case FieldType.PAYMENT:
            return _one_of(field, value, [p.ref for p in (*facts.payments, *facts.named)])
        case FieldType.POINT:
            return _one_of(field, value, [p.short for p in facts.points])
        case _:
            if not isinstance(value, str) or len(value) > field.longest:
                raise _bad(field, f"a text of at most {field.longest} characters")
    return value


def _amount(field: Field, value: Value, values: Mapping[str, Value], facts: AccountFacts) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= LIMIT:
        raise _bad(field, "an amount above nothing")
    most = readable(field.most, values, facts) if field.most else None
    if isinstance(most, int) and value > most:
        told = format_minor(most, facts.currency)
        raise Invalid("case.limit", f"{field.title} is at most {told} here.", field.name)
    return value


def _date(field: Field, value: Value) -> str:
    try:
        day = date.fromisoformat(str(value))
    except ValueError:
        raise _bad(field, "a date") from None
    if not is_known(day):
        raise _bad(field, "a date that anybody may mean")
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
