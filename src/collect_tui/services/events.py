"""What other systems are told of an act: one event for the act, and one for each effect that means something to them.

A new effect is told by adding a row to `TOLD`. Nothing personal leaves: names, numbers to call, references that somebody
typed, notes and reasons stay at the desk.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlmodel import Session as Db

from collect_tui.domain.effects import Effect
from collect_tui.domain.facts import AccountFacts
from collect_tui.store import outbox

ACT: Final = "act.done"
REASSIGNED: Final = "account.reassigned"


@dataclass(frozen=True, slots=True)
class Told:
    """How an effect is told. `kind` with `{status}` takes the effect's own; `at`: the attribute that holds the fields, when it
    is not the effect itself."""

    kind: str
    fields: tuple[str, ...]
    at: str = ""
    money: bool = False


_STATUS: Final = ("id", "status", "old_status")

#: By the name of the effect.
TOLD: Final[Mapping[str, Told]] = {
    "ContactLogged": Told("contact.logged", ("id", "action", "result", "right_party", "outbound")),
    "ContactVoided": Told("contact.voided", ("id", "event_id")),
    "CallbackScheduled": Told("callback.scheduled", ("id", "at", "owner"), "callback"),
    "CallbackChanged": Told("callback.changed", _STATUS),
    "HoldPlaced": Told("hold.placed", ("id", "kind", "scope", "placed_on", "until"), "hold"),
    "HoldChanged": Told("hold.changed", _STATUS),
    "PromiseMade": Told("promise.made", ("id", "kind", "total", "made_on"), "promise", money=True),
    "PromiseChanged": Told("promise.changed", _STATUS),
    "PaymentRecorded": Told(
        "payment.recorded", ("id", "received_on", "method", "amount", "status"), "payment", money=True
    ),
    "PaymentReversed": Told("payment.reversed", ("payment_id", "status", "part"), money=True),
    "CreditApplied": Told("credit.applied", ("id", "credit_id", "item_id", "amount"), "application", money=True),
    "ItemCharged": Told("item.charged", ("id", "kind", "due", "amount"), "item", money=True),
    "ItemVoided": Told("item.voided", ("item_id", "amount"), money=True),
    "OrderRequested": Told("order.{status}", ("id", "number", "kind", "service_id", "effective", "status"), "order"),
    "OrderChanged": Told("order.{status}", _STATUS),
    "ServiceChanged": Told("service.changed", ("id", "status", "old_status", "cause")),
}


def tell(
    db: Db,
    tenant_id: int,
    seen: AccountFacts,
    effects: Iterable[Effect],
    *,
    by: str,
    at: datetime,
    ids: Callable[[], int],
    act: Mapping[str, Any] | None = None,
) -> None:
    """Writes the events of what was done to an account into its transaction. `act`: what there is to say of the act itself."""
    events: list[tuple[str, Mapping[str, Any]]] = [(ACT, act)] if act is not None else []
    events += [event for effect in effects if (event := _event(seen, effect)) is not None]
    outbox.add_all(db, tenant_id, seen.id, by, at, events, ids)


def _event(seen: AccountFacts, effect: Effect) -> tuple[str, dict[str, Any]] | None:
    told = TOLD.get(type(effect).__name__)
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
