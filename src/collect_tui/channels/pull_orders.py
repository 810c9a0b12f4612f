"""Orders and answers over HTTP: the billing system fetches what there is to do and says what became of it.

The rules are those of the folders (`orders.py`). An order has left the building when its system says that it has it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from collect_tui.channels.billing import Acknowledgement, Answer, OutgoingOrder
from collect_tui.channels.orders import OrderDispatch
from collect_tui.desk.errors import NotFound, Refused
from collect_tui.store import billing


class Fetched:
    """The port of a system that fetches its orders: sending one is noting that it was fetched; answers come one by one."""

    def send(self, order: OutgoingOrder) -> None:
        """The order is with its system already."""

    def answers(self) -> Iterable[Answer]:
        return ()


@dataclass(slots=True)
class Said:
    """One answer that came over HTTP."""

    name: str
    billing_system: str
    acknowledgement: Acknowledgement | None
    problem: str = ""

    def accept(self) -> None:
        """Nothing is left of a request that was answered."""

    def refuse(self, reason: str) -> None:
        """Whoever asked is told."""


def acknowledge(exchange: OrderDispatch, number: str, said: Acknowledgement | None, system: str | None) -> str:
    """Takes an answer in; None says that the order was received. The order's state afterwards.

    Raises NotFound, Refused with the reason in a sentence. The same answer again changes nothing.
    """
    row = _order(exchange, number)
    if system is not None and row.billing_system != system:
        raise Refused("order.elsewhere", "This order belongs to another billing system.", "billing_system")
    if row.status == "REQUESTED":
        if exchange.send(row.id, done=said is not None) is None:
            text = "This order is not to be carried out, or not today; fetch the orders again."
            raise Refused("order.withdrawn", text, "status")
    elif said is None and row.status not in {"SENT", "COMPLETED", "REJECTED"}:
        raise Refused("order.state", f"This order is {row.status.lower()}; there is nothing to do.", "status")
    if said is not None:
        taken = exchange.take(Said(number, row.billing_system, said))
        if isinstance(taken, str):
            field, _, reason = taken.partition(": ")
            raise Refused("order.answer", f"The answer was not taken: {reason or field}.", field if reason else None)
    return str(_order(exchange, number).status)


def _order(exchange: OrderDispatch, number: str) -> billing.Found:
    with exchange.store.read() as db:
        found = billing.order(db, exchange.tenant_id, number)
    if found is None:
        raise NotFound("order.not_found", "There is no order of this number.", "number")
    return found
