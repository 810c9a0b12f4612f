"""What becomes of orders and services."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar, NoReturn

from collect_tui.domain.codes import Codes
from collect_tui.domain.effect import STATUS, Effect, EventSpec, Ids, changed
from collect_tui.domain.errors import Refused
from collect_tui.domain.facts import AccountFacts, Order, Service, entered
from collect_tui.domain.money import format_minor
from collect_tui.domain.states import OrderState, ServiceState, check
from collect_tui.domain.wording import day_words


@dataclass(frozen=True, slots=True)
class OrderRequested(Effect):
    """A new order; DRAFT waits for an agent, REQUESTED leaves with the next `orders` run."""

    event: ClassVar[EventSpec | None] = EventSpec(
        "order.{status}", ("id", "number", "kind", "service_id", "effective", "status"), "order"
    )
    work: ClassVar[bool] = True
    begins: ClassVar[bool] = True

    order: Order

    @property
    def target(self) -> int | None:
        return self.order.id

    def fold(self, facts: AccountFacts) -> AccountFacts:
        return replace(facts, orders=(*facts.orders, self.order))

    def inverse(self, facts: AccountFacts, ids: Ids, reason: str) -> tuple[Effect, ...]:
        now = next((o for o in facts.orders if o.id == self.order.id), None)
        if now is None or now.status not in {OrderState.DRAFT, OrderState.REQUESTED}:
            _left()
        return (OrderChanged(now.id, OrderState.CANCELLED, now.status, reason, undone=True),)

    def words(self, facts: AccountFacts, codes: Codes, zone: str) -> str:
        order = self.order
        draft = "drafts " if order.status == OrderState.DRAFT else ""
        to = f" to {order.target}" if order.target else ""
        return f"{draft}{_order_name(order, facts)}{to}, effective {day_words(order.effective, facts)}"


@dataclass(frozen=True, slots=True)
class OrderChanged(Effect):
    """`lifted`: cancelled because what it was for has been paid; it stands again when that money is taken back. `undone`: cancelled as
    the act that asked for it was undone: it counts for nothing any more."""

    event: ClassVar[EventSpec | None] = EventSpec("order.{status}", STATUS)
    work: ClassVar[bool] = True
    ends: ClassVar[bool] = True

    id: int
    status: OrderState
    old_status: OrderState
    detail: str = ""
    lifted: bool = False
    undone: bool = False

    @property
    def target(self) -> int | None:
        return self.id

    def fold(self, facts: AccountFacts) -> AccountFacts:
        def change(order: Order) -> Order:
            asked = facts.business_date if sent_off(self) else order.requested_on
            return replace(order, status=self.status, detail=self.detail or order.detail, requested_on=asked)

        known: tuple[Order, ...] = tuple(sorted((*facts.orders, *facts.lifted), key=lambda o: entered(o.id, None)))
        after = changed(known, self.id, change)
        # Only the last completed order of each service stays beside the open ones.
        last = {o.service_id: o.id for o in sorted(after, key=lambda o: o.id) if o.status == OrderState.COMPLETED}
        stopped = {o.id for o in facts.lifted} | ({self.id} if self.lifted else set())
        return replace(
            facts,
            orders=tuple(o for o in after if o.open or last.get(o.service_id) == o.id),
            lifted=tuple(o for o in after if o.id in stopped and o.status == OrderState.CANCELLED),
        )

    def inverse(self, facts: AccountFacts, ids: Ids, reason: str) -> tuple[Effect, ...]:
        now = next((o for o in facts.orders if o.id == self.id), None)
        if self.status in {OrderState.SENT, OrderState.COMPLETED, OrderState.REJECTED} or (
            now is not None and now.status != self.status
        ):
            _left()
        if now is None and self.status != OrderState.CANCELLED:
            _left()
        check(self.status, self.old_status)
        return (OrderChanged(self.id, self.old_status, self.status, reason),)

    def words(self, facts: AccountFacts, codes: Codes, zone: str) -> str:
        order = next((o for o in (*facts.orders, *facts.lifted) if o.id == self.id), None)
        became = {OrderState.DRAFT: "waits for review", OrderState.REQUESTED: "is requested"}.get(
            self.status, f"is {self.status.words}"
        )
        return f"{_order_name(order, facts)} {became}" + (f": {self.detail.rstrip('.')}" if self.detail else "")


@dataclass(frozen=True, slots=True)
class ServiceChanged(Effect):
    event: ClassVar[EventSpec | None] = EventSpec("service.changed", ("id", "status", "old_status", "cause"))
    follows: ClassVar[bool] = True

    id: int
    status: ServiceState
    cause: str | None
    old_status: ServiceState
    old_cause: str | None

    def fold(self, facts: AccountFacts) -> AccountFacts:
        def change(service: Service) -> Service:
            return replace(service, status=self.status, suspend_cause=self.cause)

        return replace(facts, services=changed(facts.services, self.id, change))

    def inverse(self, facts: AccountFacts, ids: Ids, reason: str) -> tuple[Effect, ...]:
        now = next((s for s in facts.services if s.id == self.id), None)
        if now is None or now.status != self.status:
            _left()
        check(self.status, self.old_status)
        return (ServiceChanged(self.id, self.old_status, self.old_cause, self.status, self.cause),)

    def words(self, facts: AccountFacts, codes: Codes, zone: str) -> str:
        service = next((s for s in facts.services if s.id == self.id), None)
        became = {
            ServiceState.PENDING_SUSPEND: "waits for suspension",
            ServiceState.PENDING_RESTORE: "waits for restore",
            ServiceState.PENDING_TERM: "waits for termination",
            ServiceState.ACTIVE: "is on" if self.old_status == ServiceState.PENDING_RESTORE else "stays on",
            ServiceState.SUSPENDED: "is suspended"
            if self.old_status == ServiceState.PENDING_SUSPEND
            else "stays suspended",
        }
        return f"{'the service' if service is None else service.product} {became.get(self.status, f'is {self.status.words}')}"


@dataclass(frozen=True, slots=True)
class ServiceReplaced(Effect):
    """What a service is, and what it costs a month."""

    event: ClassVar[EventSpec | None] = EventSpec("service.replaced", ("id", "product", "old_product"))

    id: int
    product: str
    monthly: int
    old_product: str
    old_monthly: int

    def fold(self, facts: AccountFacts) -> AccountFacts:
        now = lambda s: replace(s, product=self.product, monthly=self.monthly)  # noqa: E731
        return replace(facts, services=changed(facts.services, self.id, now))

    def inverse(self, facts: AccountFacts, ids: Ids, reason: str) -> tuple[Effect, ...]:
        _left()  # only an answer brings it about

    def words(self, facts: AccountFacts, codes: Codes, zone: str) -> str:
        return f"{self.old_product} is {self.product} now, {format_minor(self.monthly, facts.currency)} a month"


def sent_off(effect: OrderChanged) -> bool:
    """Whether a draft becomes an order: from that day and instant on it waits for an answer."""
    return (effect.old_status, effect.status) == (OrderState.DRAFT, OrderState.REQUESTED)


def _left() -> NoReturn:
    raise Refused(
        "undo.left",
        "An order of that act has left the building or was answered since; it can no longer be undone.",
        None,
    )


def _order_name(order: Order | None, facts: AccountFacts) -> str:
    if order is None:
        return "the order"
    product = next((s.product for s in facts.services if s.id == order.service_id), None)
    return f"{order.kind} order {order.number}" + (f" for {product}" if product else "")
