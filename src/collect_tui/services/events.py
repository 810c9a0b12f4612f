"""What other systems are told of an act: one event for the act, and one for each effect that means something to them.

How an effect is told stands on its class (`event`). Nothing personal leaves: names, numbers to call, references that somebody
typed, notes and reasons stay at the desk.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, Final

from collect_tui.domain.effect import Effect
from collect_tui.domain.facts import AccountFacts

ACT: Final = "act.done"
REASSIGNED: Final = "account.reassigned"


NewEvent = tuple[str, Mapping[str, Any]]
"""An event: its kind and its payload."""


def of(seen: AccountFacts, effects: Iterable[Effect]) -> Iterator[NewEvent]:
    """The events of what was done to an account."""
    return (event for effect in effects if (event := _event(seen, effect)) is not None)


def _event(seen: AccountFacts, effect: Effect) -> NewEvent | None:
    told = effect.event
    if told is None:
        return None
    source: Any = getattr(effect, told.at) if told.at else effect
    data = {name: _plain(name, getattr(source, name)) for name in told.fields}
    if told.money:
        data["currency"] = seen.currency
    if told.kind == "promise.made":
        data["instalments"] = [{"due": i.due.isoformat(), "amount": i.amount} for i in source.instalments]
    if told.kind == "order.{status}" and "number" not in data:
        data["number"] = next((o.number for o in seen.orders if o.id == source.id), None)
    return told.kind.format(status=str(data.get("status", "")).lower()), data


def _plain(name: str, value: Any) -> Any:
    """What JSON can hold. Ids have 63 bits, more than many readers of JSON keep: they go as text."""
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if value is not None and (name == "id" or name.endswith("_id")) else value
