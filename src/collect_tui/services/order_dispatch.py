"""Orders leave for the billing systems, and their answers come back: as files of a folder, or one by one over HTTP.

An order is written first and marked as sent after: a crash in between writes the same file again on the next run, under the
same name. Each order and each answer is one unit of work, so that a run that is broken off has done what it has done and no
more. Over HTTP the system fetches its orders; one has left the building when its system says that it has it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final

from sqlmodel import Session as Db

from collect_tui.common.text import clean
from collect_tui.desk.errors import NotFound, Refused
from collect_tui.desk.protocol import Progress
from collect_tui.desk.views.session import OrdersReport, WaitingOrder
from collect_tui.domain.card_text import forbidden
from collect_tui.domain.codes import BillingCodes
from collect_tui.domain.effects import Effect, OrderChanged
from collect_tui.domain.errors import DomainError
from collect_tui.domain.facts import AccountFacts, Order
from collect_tui.domain.order import decide as orders
from collect_tui.domain.order.stuck import is_stuck, waits_since
from collect_tui.domain.rules import Rules
from collect_tui.domain.states import WAITING_ORDER, OrderState
from collect_tui.domain.steps import next_step
from collect_tui.policy.objections import waits
from collect_tui.policy.orders import PAID_CHECKS, refusal
from collect_tui.policy.verdicts import Finding, Severity
from collect_tui.services.desk_context import DeskContext
from collect_tui.services.order_cases import opened
from collect_tui.services.order_port import Acknowledgement, BillingPort, OutgoingOrder
from collect_tui.services.unit_of_work import unit_of_work
from collect_tui.store import facts
from collect_tui.store import orders as rows

REQUESTED: Final = (OrderState.REQUESTED,)


class AnswerRefused(Refused):
    """An answer that cannot be taken in. `reason`: why, with the field of the answer before it."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__("order.answer", f"The answer was not taken: {reason.rstrip('.')}.", field)
        self.reason = f"{field}: {reason}"


def _placed(row: Any, business_date: date, rules: Rules) -> WaitingOrder:
    """The order of such a row as `store.orders` gives."""
    words = {name: getattr(row, name) for name in ("number", "account", "kind", "product", "status")}
    return WaitingOrder(**words, since=waits_since(row, business_date, rules.zone))


class OrderDispatch:
    """The orders of a desk. `port`: how they leave and answers come; None: the billing systems fetch and answer them."""

    def __init__(self, desk: DeskContext, port: BillingPort | None = None) -> None:
        self.desk, self.port, self.tenant_id = desk, port, desk.tenant_id

    def run(self, progress: Progress | None = None) -> OrdersReport:
        """Sends, then reads: an answer to what has just been sent is taken in too. Repeatable."""
        assert self.port is not None
        sent: list[str] = []
        with self.desk.reading() as db:
            waiting = self._waiting(db)
        for place, row in enumerate(waiting, 1):
            if self.send(row.id):
                sent.append(row.number)
            if progress is not None:
                progress("Send orders", place, len(waiting))
        outcomes: Mapping[str, list[str]] = {"completed": [], "rejected": []}
        refused: dict[str, str] = {}
        for place, answer in enumerate(self.port.answers(), 1):
            said, problem = answer.acknowledgement, answer.problem
            try:
                if said is not None and self.take(answer.billing_system, said):
                    outcomes[self._outcome(answer.billing_system, said.outcome)].append(said.order)
            except AnswerRefused as error:
                problem = error.reason
            if problem:
                refused[clean(answer.name)] = problem
                answer.refuse(problem)
            else:
                answer.accept()
            if progress is not None:
                progress("Read answers", place, 0)
        return OrdersReport(
            sent=tuple(sent),
            completed=tuple(outcomes["completed"]),
            rejected=tuple(outcomes["rejected"]),
            refused_files=refused,
            stuck=self.stuck(),
        )

    def look(self) -> OrdersReport:
        """What waits to leave and what is stuck; nothing is sent or read."""
        with self.desk.reading() as db:
            today, rules = self.desk.tenant(db).business_date, self.desk.catalogue().rules
            waiting = tuple(_placed(row, today, rules) for row in self._waiting(db))
            stuck = self._stuck(db, today, rules)
        return OrdersReport(waiting=waiting, sent=(), completed=(), rejected=(), refused_files={}, stuck=stuck)

    def _waiting(self, db: Db) -> list[Any]:
        return sorted(rows.listed(db, self.tenant_id, REQUESTED), key=lambda row: (row.requested_on, row.id))

    def stuck(self) -> tuple[WaitingOrder, ...]:
        """Orders that were requested or sent so long ago that somebody has to ask, those that wait longest first."""
        with self.desk.reading() as db:
            return self._stuck(db, self.desk.tenant(db).business_date, self.desk.catalogue().rules)

    def _stuck(self, db: Db, today: date, rules: Rules) -> tuple[WaitingOrder, ...]:
        waiting = rows.listed(db, self.tenant_id, WAITING_ORDER)
        late = (_placed(row, today, rules) for row in waiting if is_stuck(row, today, rules))
        return tuple(sorted(late, key=lambda order: (order.since, order.number)))

    def page(self, status: str, *, system: str | None, after: int, limit: int) -> tuple[list[Any], int | None]:
        """A slice of the orders in the order they were made, and the id that asks for the next one; None: it is the last. Of those
        that are requested only what may leave now."""
        with self.desk.store.read() as db:
            found = rows.listed(db, self.tenant_id, [status], system=system, after=after, limit=limit + 1)
            more = found[limit - 1].id if len(found) > limit else None
            found = found[:limit]
            if status in REQUESTED:
                known = facts.load_many(db, self.tenant_id, {row.account_id for row in found})
                leaving = {o.id for seen in known for o in seen.orders if self._refusal(seen, o) is None}
                found = [row for row in found if row.id in leaving]
        return found, more

    def _refusal(self, seen: AccountFacts, order: Order) -> Finding | None:
        house = self.desk.house
        found = refusal(seen, order, house.rules, house.holds, house.calendar, leaving=True)
        return found or waits(seen, order, self.desk.catalogue().internal, house.calendar)

    def send(self, order_id: int, *, done: bool = False) -> bool:
        """Lets one order leave; False when it is not to leave, or not today. `done`: it has been carried out already."""
        with unit_of_work(self.desk) as work:
            row = rows.find(work.db, self.tenant_id, id=order_id)
            if row is None or row.status not in REQUESTED:
                return False
            seen = work.load_by_id(row.account_id)
            order = next(o for o in seen.orders if o.id == order_id)
            found = None if done else self._refusal(seen, order)
            if found is None:
                if self.port is not None:
                    known = {**row._mapping, **self.called(row)}
                    self.port.send(OutgoingOrder(order=row.number, cause=row.suspend_cause, **known))
                work.change(seen, orders.send(order), line=f"order {order.number} sent")
            elif found.severity is not Severity.SCHEDULE:  # else it waits for a day on which it may be carried out
                withdrawn = _withdrawn(seen, order, found)
                work.change(seen, withdrawn, line=f"order {order.number} not sent: {found.rule}")
            return found is None

    def take(self, system: str, said: Acknowledgement) -> bool:
        """Takes an answer of a billing system in; False when it was known. Raises AnswerRefused."""
        if said.at > self.desk.clock() + timedelta(days=1):
            raise AnswerRefused("at", "lies in the future")
        detail = clean(said.detail).strip()
        if forbidden(detail) is not None:
            raise AnswerRefused("detail", "holds what looks like card data")
        with unit_of_work(self.desk) as work:
            row = rows.find(work.db, self.tenant_id, number=said.order)
            if row is None:
                raise AnswerRefused("order", "there is no such order")
            if row.billing_system != system:
                raise AnswerRefused("order", "belongs to another billing system")
            meant = self._outcome(system, said.outcome)
            outcome = orders.OUTCOMES[meant]
            if row.status == outcome:
                return False
            if row.status in orders.OUTCOMES.values():  # it contradicts what was acted upon
                raise AnswerRefused("order", f"was answered as {row.status.lower()} before")
            seen = work.load_by_id(row.account_id)
            order = next((o for o in seen.orders if o.id == row.id), None)
            if order is None or order.status != OrderState.SENT:
                raise AnswerRefused("order", f"is {row.status.lower()}, not sent; nothing was asked")
            try:
                effects = orders.acknowledge(seen, order, meant, detail, said.at)
            except DomainError as error:
                raise AnswerRefused(error.field or "order", error.message) from None
            effects += opened(
                seen, effects, row.requested_by, work.catalogue, self.desk.calendar, self.desk.ids, work.now
            )
            work.change(seen, effects, line=f"order {order.number} {meant} by {system}")
            return True

    def _outcome(self, system: str, said: str) -> str:
        """Ours for what a system says; AnswerRefused for what it has never called one."""
        own = self._codes(system).answers
        if (found := own.get(said, said)) not in orders.OUTCOMES:
            raise AnswerRefused("outcome", f"expected one of {', '.join((*own, *orders.OUTCOMES))}")
        return found

    def _codes(self, system: str) -> BillingCodes:
        return self.desk.catalogue().codes.billing.get(system, BillingCodes())

    def called(self, row: Any) -> dict[str, str]:
        """What its billing system calls an order and its reason: as here, where it has no names of its own."""
        own = self._codes(row.billing_system)
        return {
            "order_code": own.orders.get(row.kind, row.kind),
            "reason_code": own.reasons.get(row.reason, row.reason),
        }

    def acknowledge(self, number: str, said: Acknowledgement | None, system: str | None) -> str:
        """Takes in what a system says of an order that it fetched; None says that it was received. The order's state afterwards.

        Raises NotFound, Refused. The same answer again changes nothing.
        """
        row = self._order(number)
        if system is not None and row.billing_system != system:
            raise Refused("order.elsewhere", "This order belongs to another billing system.", "billing_system")
        if said is not None:
            self._outcome(row.billing_system, said.outcome)
        if row.status in REQUESTED:
            if not self.send(row.id, done=said is not None):
                text = "This order is not to be carried out, or not today; fetch the orders again."
                raise Refused("order.withdrawn", text, "status")
        elif said is None and row.status not in {OrderState.SENT, OrderState.COMPLETED, OrderState.REJECTED}:
            raise Refused("order.state", f"This order is {row.status.lower()}; there is nothing to do.", "status")
        if said is not None:
            self.take(row.billing_system, said)
        return str(self._order(number).status)

    def _order(self, number: str) -> Any:
        with self.desk.store.read() as db:
            if (found := rows.find(db, self.tenant_id, number=number)) is None:
                raise NotFound("order.not_found", "There is no order of this number.", "number")
            return found


def _withdrawn(seen: AccountFacts, order: Order, found: Finding) -> tuple[Effect, ...]:
    """An order that may not leave: it is cancelled, or waits for review when somebody had overridden a rule for it. Either way
    somebody looks at the account today."""
    status = OrderState.DRAFT if order.override_by else OrderState.CANCELLED
    return (
        OrderChanged(order.id, status, order.status, found.sentence, lifted=found.check in PAID_CHECKS),
        *orders.undone(seen, order),
        *next_step(seen, "order", seen.business_date),
    )
