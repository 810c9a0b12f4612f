"""A book on which a case of every shipped kind can be opened, and good values for the fields of any kind."""

from __future__ import annotations

from collections.abc import Iterable

from collect_tui.desk.commands import OpenCase
from collect_tui.domain.case.definition import Field, FieldType, Kind
from support.book import SERVICES, Book, account, day

ROSA = "4410-2231"
BOOK = Book(
    account(
        ROSA,
        "Alvarez, Rosa",
        items=[("INV-1", -63, 30000, {"service": "INT"}), ("INV-2", -33, 11210, {"service": "TV"})],
        services=SERVICES,
        payments=[{"ref": "P-1", "received_on": day(-2), "method": "card", "amount": 4000, "allocations": []}],
    ),
    account("4410-0087", "Petrov, Ivan", items=[("INV-9", -41, 5000)], phone="+1 312 555 0150"),
)

_GOOD: dict[FieldType, object] = {
    FieldType.MONEY: 100,
    FieldType.NUMBER: 3,
    FieldType.PERCENT: 10,
    FieldType.DATE: "2026-12-01",
    FieldType.YES_NO: True,
    FieldType.ITEM: "INV-1",
    FieldType.SERVICE: "INT",
    FieldType.PAYMENT: "P-1",
    FieldType.POINT: "m1",
    FieldType.CHANNEL: "email",
    FieldType.DEPARTMENT: "billing",
    FieldType.USER: "ben",
}


def values(fields: Iterable[Field], text: str = "words") -> dict[str, object]:
    """A good value for each field that cannot be left out and for every text; `text` as long as the field takes it."""
    found: dict[str, object] = {}
    for each in fields:
        if each.type is FieldType.TEXT:
            found[each.name] = text[: each.longest]
        elif each.optional or each.default:
            continue
        elif each.type is FieldType.CODE:
            found[each.name] = next(iter(each.choices))
        elif each.type is FieldType.TABLE:
            found[each.name] = (values(each.columns, text.replace(" ", "")),)  # on the line a cell is a word
        elif each.type in _GOOD:
            found[each.name] = day(-20) if each.past else _GOOD[each.type]
        else:
            raise AssertionError(f"no value is known for a field of the type {each.type}")
    return found


def opening(kind: Kind, text: str = "words") -> OpenCase:
    return OpenCase.model_validate({"case_kind": kind.name, "values": values(kind.asked, text)})
