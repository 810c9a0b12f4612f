"""An example of every command for the API's description, made from its fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, get_args

from collect_tui.desk.commands import CommandBase

#: What stands in a field, by `kind.field` or by the field's name.
_SAID: Final[Mapping[str, Any]] = {
    "contact.result": "LM",
    "note": "will pay Friday",
    "text": "Customer asked for a copy of the bill",
    "point": "m1",
    "quality": "bad",
    "amount": 15000,
    "total": 41210,
    "count": 3,
    "frequency": "monthly",
    "service": "INT",
    "order": "SO-1",
    "hold": "DISP",
    "ref": "P-1",
    "skip.reason": "LANG",
    "reason": "entered in error",
    "confirm": "2231",
    "add-point.what": "mobile",
    "add-point.value": "(213) 555-0188",
    "add-party.role": "GUARANTOR",
    "add-party.name": "Alvarez, Luis",
    "add-party.what": "mobile",
    "add-party.value": "(213) 555-0188",
    "correct-customer.what": "lang",
    "correct-customer.value": "es",
    "verify.facts": ["dob", "addr"],
    "settlement.parts": [{"amount": 20605, "due": "2026-11-27"}],
    "downgrade.target": "INT50",
}
_SHOWN: Final = frozenset(
    {"contact.note", "point.quality", "promise.note", "plan.count", "plan.frequency", "plan.first"}
)


def example(command: type[CommandBase]) -> dict[str, Any]:
    """The fields that a command must have and a few that it often has; a new command needs nothing here."""
    kind = command.model_fields["kind"].default
    return {
        name: _said(kind, name, info.annotation)
        for name, info in command.model_fields.items()
        if info.is_required() or f"{kind}.{name}" in _SHOWN or (command.outside and name == command.asks)
    }


def _said(kind: str, name: str, annotation: Any) -> Any:
    known = _SAID.get(f"{kind}.{name}", _SAID.get(name))
    if known is not None:
        return known
    kinds, written = {annotation, *get_args(annotation)}, str(annotation)
    if "AwareDatetime" in written:
        return "2026-11-24T15:30:00Z"
    if "datetime.date" in written:
        return "2026-11-27"
    return 1 if int in kinds else True if bool in kinds else name
