"""Orders leave for the billing systems, and their answers come back.

An order is written first and marked as sent after: a crash in between writes the same file again on the next run, under the
same name. Each order and each answer is one transaction of its own, so that a run that is broken off has done what it has
done and no more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, cast

from sqlalchemy import and_, select
from sqlmodel import Session, SQLModel

from collect_tui.channels.billing import Answer, BillingPort, OutgoingOrder
from collect_tui.channels.folders import FolderPort
from collect_tui.common.text import clean
from collect_tui.desk.catalogue import Catalogue
from collect_tui.desk.errors import Unavailable
from collect_tui.desk.protocol import Progress
from collect_tui.desk.views.session import OrdersReport
from collect_tui.domain.calendars import Calendar
from collect_tui.domain.card_text import forbidden
from collect_tui.domain.effects import Effect, OrderChanged
from collect_tui.domain.errors import DomainError
from collect_tui.domain.facts import AccountFacts, Order
from collect_tui.domain.order import decide as orders
from collect_tui.domain.states import WAITING_ORDER, OrderState
from collect_tui.domain.steps import next_step
from collect_tui.policy.house import House
from collect_tui.policy.orders import PAID_CHECKS, refusal
from collect_tui.policy.settling import settle
from collect_tui.policy.verdicts import Finding, Severity
from collect_tui.services import codec, events
from collect_tui.store import apply, audit, facts, scoring, summary
from collect_tui.store.engine import Store
from collect_tui.store.tables import Tenant

_T = SQLModel.metadata.tables
_order, _account, _service = _T["service_order"], _T["account"], _T["service"]


def sync(
    store: Store,
    tenant_id: int,
    folder: Path,
    catalogue: Catalogue,
    *,
    now: datetime,
    by: str,
    ids: Callable[[], int],
    send: bool = True,
    progress: Progress | None = None,
) -> OrdersReport:
    """Sends what is requested and takes in what was answered, through the folders below `folder`. Repeatable.

    Without `send` it only tells which orders wait to leave and which are stuck.
    """
    exchange = OrderDispatch(store, tenant_id, catalogue, FolderPort(folder), now, by, ids)
    return run(exchange, progress) if send else look(exchange)


class OrderDispatch:
    """One run with a billing port."""

    def __init__(
        self,
        store: Store,
        tenant_id: int,
        catalogue: Catalogue,
        port: BillingPort,
        now: datetime,
        by: str,
        ids: Callable[[], int],
    ) -> None:
        self.store, self.tenant_id, self.catalogue, self.port = store, tenant_id, catalogue, port
        self.now, self.by, self.ids = now, by, ids

    def requested(self) -> list[int]:
        """Ids of the orders that wait to leave, oldest first."""
        query = (
            select(_order.c.id)
            .where(_order.c.tenant_id == self.tenant_id, _order.c.status == "REQUESTED")
            .order_by(_order.c.requested_on, _order.c.id)
        )
        with self.store.read() as session:
            return list(session.connection().execute(query).scalars())

    def may_leave(self, order_ids: Sequence[int]) -> set[int]:
        """Those of these requested orders that may leave now; nothing is written."""
        with self.store.read() as session:
            query = select(_order.c.account_id).where(_order.c.tenant_id == self.tenant_id, _order.c.id.in_(order_ids))
            accounts = set(session.connection().execute(query).scalars())
            return {
                order.id
                for seen in facts.load_many(session, self.tenant_id, accounts)
                for order in seen.orders
                if order.id in order_ids and self._refusal(seen, order) is None
            }

    def _refusal(self, seen: AccountFacts, order: Order) -> Finding | None:
        house = self.house
        return refusal(seen, order, house.rules, house.holds, house.calendar, leaving=True)

    def send(self, order_id: int, *, done: bool = False) -> str | None:
        """Lets one order leave; its number, or None when it is not to leave any more. `done`: it has been carried out already."""
        with self.store.write(self.tenant_id, alone=True) as session:
            account_id = (
                session.connection()
                .execute(
                    select(_order.c.account_id).where(
                        _order.c.tenant_id == self.tenant_id, _order.c.id == order_id, _order.c.status == "REQUESTED"
                    )
                )
                .scalar_one_or_none()
            )
            if account_id is None:
                return None
            seen = facts.load_by_id(session, self.tenant_id, account_id)
            order = next(o for o in seen.orders if o.id == order_id)
            found = None if done else self._refusal(seen, order)
            if found is not None and found.severity is Severity.SCHEDULE:
                return None  # it waits for a day on which it may be carried out
            if found is not None:
                self._write(
                    session, seen, _withdrawn(seen, order, found), f"order {order.number} not sent: {found.rule}"
                )
                return None
            self.port.send(self._outgoing(session, seen, order))
            self._write(session, seen, orders.send(order), f"order {order.number} sent")
            return order.number

    def take(self, answer: Answer) -> tuple[str, str] | str:
        """Takes one answer in: (order, outcome), or the reason why it was refused."""
        said = answer.acknowledgement
        if said is None:
            return answer.problem
        if said.at > self.now + timedelta(days=1):
            return "at: lies in the future"
        detail = clean(said.detail).strip()
        if forbidden(detail) is not None:
            return "detail: holds what looks like card data"
        with self.store.write(self.tenant_id, alone=True) as session:
            row = session.connection().execute(_known(self.tenant_id, said.order)).one_or_none()
            if row is None:
                return "order: there is no such order"
            if row.billing_system != answer.billing_system:
                return "order: belongs to another billing system"
            outcome = orders.OUTCOMES[said.outcome]
            if row.status in orders.OUTCOMES.values():
                # The same word again changes nothing; another one contradicts what was acted upon.
                return (
                    (said.order, "") if row.status == outcome else f"order: was answered as {row.status.lower()} before"
                )
            seen = facts.load_by_id(session, self.tenant_id, row.account_id)
            order = next((o for o in seen.orders if o.id == row.id), None)
            if order is None or order.status != "SENT":
                return f"order: is {row.status.lower()}, not sent; nothing was asked"
            try:
                effects = orders.acknowledge(seen, order, said.outcome, detail, said.at)
            except DomainError as error:
                return f"{error.field or 'order'}: {error.message}"
            self._write(session, seen, effects, f"order {order.number} {said.outcome} by {answer.billing_system}")
            return said.order, said.outcome

    def stuck(self) -> tuple[str, ...]:
        """Orders that were requested or sent so long ago that somebody has to ask."""
        with self.store.read() as session:
            today, rules = self._tenant(session).business_date, self.catalogue.rules
            query = (
                select(_order.c.number, _order.c.status, _order.c.requested_on, _order.c.sent_at)
                .where(_order.c.tenant_id == self.tenant_id, _order.c.status.in_(sorted(WAITING_ORDER)))
                .order_by(_order.c.requested_on, _order.c.number)
            )
            rows: Iterable[Any] = session.connection().execute(query)
            return tuple(row.number for row in rows if orders.is_stuck(row, today, rules))

    def _tenant(self, session: Session) -> Tenant:
        if (found := session.get(Tenant, self.tenant_id)) is None:
            raise Unavailable("store.empty", "This file holds no portfolio yet.", "db")
        return found

    def _outgoing(self, session: Session, seen: AccountFacts, order: Order) -> OutgoingOrder:
        service = seen.service(order.service_id)
        query = select(_order.c.requested_by, _order.c.reversal_of).where(
            _order.c.tenant_id == self.tenant_id, _order.c.id == order.id
        )
        row = session.connection().execute(query).one()
        reversal = None
        if row.reversal_of is not None:
            named = select(_order.c.number).where(_order.c.tenant_id == self.tenant_id, _order.c.id == row.reversal_of)
            reversal = session.connection().execute(named).scalar_one_or_none()
        return OutgoingOrder(
            order=order.number,
            kind=cast(Any, order.kind),
            account=seen.number,
            billing_system=service.billing_system,
            product=service.product,
            identifier=service.identifier,
            reason=order.reason,
            cause=service.suspend_cause,
            effective=order.effective,
            requested_on=order.requested_on,
            requested_by=row.requested_by,
            reversal_of=reversal,
        )

    @property
    def house(self) -> House:
        return House(self.catalogue.rules, self.catalogue.holds, Calendar(self.catalogue.rules.holidays))

    def _write(self, session: Session, seen: AccountFacts, effects: Sequence[Effect], line: str) -> None:
        today: date = self._tenant(session).business_date
        effects = (*effects, *settle(seen, effects, self.house, self.ids))
        apply.apply(session, self.tenant_id, seen, effects, by=self.by, at=self.now)
        summary.refresh(session, self.tenant_id, today, seen.id)
        scoring.rescore(session, self.tenant_id, self.catalogue, today, self.now, seen.id)
        audit.append(
            session,
            self.tenant_id,
            seen.id,
            at=self.now,
            by=self.by,
            act_id="",
            line=line,
            commands=[],
            verdict={},
            effects=codec.dump(effects),
            outcome="done",
        )
        events.tell(session, self.tenant_id, seen, effects, by=self.by, at=self.now, ids=self.ids)


def _withdrawn(seen: AccountFacts, order: Order, found: Finding) -> tuple[Effect, ...]:
    """An order that may not leave: it is cancelled, or waits for review when somebody had overridden a rule for it. Either way
    somebody looks at the account today."""
    status = OrderState.DRAFT if order.override_by else OrderState.CANCELLED
    return (
        OrderChanged(order.id, status, order.status, found.sentence, lifted=found.check in PAID_CHECKS),
        *orders.undone(seen, order),
        *next_step(seen, "order", seen.business_date),
    )


def look(exchange: OrderDispatch) -> OrdersReport:
    """What waits to leave and what is stuck; nothing is sent or read."""
    with exchange.store.read() as session:
        query = select(_order.c.number).where(_order.c.tenant_id == exchange.tenant_id, _order.c.status == "REQUESTED")
        waiting = session.connection().execute(query.order_by(_order.c.requested_on, _order.c.id)).scalars().all()
    return OrdersReport(
        waiting=tuple(waiting), sent=(), completed=(), rejected=(), refused_files={}, stuck=exchange.stuck()
    )


def run(exchange: OrderDispatch, progress: Progress | None = None) -> OrdersReport:
    """Sends, then reads: an answer to what has just been sent is taken in too."""
    sent: list[str] = []
    waiting = exchange.requested()
    for place, order_id in enumerate(waiting, 1):
        if (number := exchange.send(order_id)) is not None:
            sent.append(number)
        if progress is not None:
            progress("Send orders", place, len(waiting))
    outcomes: Mapping[str, list[str]] = {"completed": [], "rejected": []}
    refused: dict[str, str] = {}
    for place, answer in enumerate(exchange.port.answers(), 1):
        taken = exchange.take(answer)
        if isinstance(taken, str):
            refused[clean(answer.name)] = taken
            answer.refuse(taken)
        else:
            number, outcome = taken
            if outcome:
                outcomes[outcome].append(number)
            answer.accept()
        if progress is not None:
            progress("Read answers", place, 0)
    return OrdersReport(
        sent=tuple(sent),
        completed=tuple(outcomes["completed"]),
        rejected=tuple(outcomes["rejected"]),
        refused_files=refused,
        stuck=exchange.stuck(),
    )


def _known(tenant_id: int, number: str) -> Any:
    return (
        select(_order.c.id, _order.c.account_id, _order.c.status, _service.c.billing_system)
        .join(_service, and_(_service.c.tenant_id == tenant_id, _service.c.id == _order.c.service_id))
        .where(_order.c.tenant_id == tenant_id, _order.c.number == number)
    )
