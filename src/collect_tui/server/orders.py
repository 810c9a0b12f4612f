"""The billing systems' side of orders over HTTP: what is to be carried out, and what became of it."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request

from collect_tui.desk.dated import Moment
from collect_tui.domain.order import kinds
from collect_tui.server.callers import permitted
from collect_tui.server.context import context_of
from collect_tui.services.access import Caller
from collect_tui.services.order_dispatch import OrderDispatch
from collect_tui.services.order_port import Acknowledgement

router = APIRouter(prefix="/billing", tags=["billing"])
Answering = Annotated[Caller, Depends(permitted("order.acknowledge"))]


class OrderToDo(BaseModel):
    """An order for a billing system: what is to be done to which service. `target` and `monthly` (minor units): of a
    downgrade, what the service becomes. `order_code`, `reason_code`: what the system itself calls the
    kind and the reason, where the site says so."""

    number: str
    kind: kinds.Name
    account: str
    billing_system: str
    product: str
    identifier: str
    reason: str
    cause: str | None = Field(validation_alias="suspend_cause", serialization_alias="cause")
    effective: date
    status: str
    requested_on: date
    requested_by: str
    reversal_of: str | None
    target: str
    monthly: int
    order_code: str
    reason_code: str


class OrderPage(BaseModel):
    """A slice of the orders, oldest first. `cursor` asks for the next one; null: this was the last."""

    orders: list[OrderToDo]
    cursor: str | None


@router.get("/orders", operation_id="billing-orders", summary="List the orders to carry out", response_model=OrderPage)
def orders(
    request: Request,
    caller: Answering,
    status: Annotated[Literal["REQUESTED", "SENT", "COMPLETED", "REJECTED", "CANCELLED"], Query()] = "REQUESTED",
    billing_system: Annotated[str | None, Query(max_length=64, description="only those of this system")] = None,
    cursor: Annotated[str | None, Query(pattern=r"^[0-9]{1,19}$")] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> OrderPage:
    """Orders in the order they were made. REQUESTED ones wait for their system, SENT ones for its answer.

    Needs the permission `order.acknowledge`.
    """
    after = min(int(cursor or 0), 2**63 - 1)
    dispatch = OrderDispatch(context_of(request).desk(caller))
    rows, more = dispatch.page(status, system=billing_system, after=after, limit=limit)
    told = [OrderToDo.model_validate({**row._mapping, **dispatch.called(row)}) for row in rows]
    return OrderPage(orders=told, cursor=str(more) if more else None)


class OrderAnswer(BaseModel):
    """What became of an order. `status`: `received` (the system has it and will carry it out), `completed` or `rejected`, or what the site
    says that the system calls these two. `at`: when, by default now."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"status": "completed", "at": "2026-11-22T09:30:00Z"}}
    )

    status: Annotated[str, Field(min_length=1, max_length=64)]
    detail: Annotated[str, Field(max_length=1000)] = ""
    at: Moment | None = None
    billing_system: Annotated[str, Field(max_length=64)] | None = None


class OrderState(BaseModel):
    number: str
    status: str


@router.post(
    "/orders/{number}/acknowledgements",
    operation_id="billing-acknowledge",
    summary="Say what became of an order",
    response_model=OrderState,
)
def acknowledged(
    request: Request, caller: Answering, number: Annotated[str, Path(max_length=64)], answer: OrderAnswer
) -> OrderState:
    """Takes an answer in as one that comes as a file: the service changes its state, the account goes on from there. The same
    answer again changes nothing; another one than before is refused.

    Needs the permission `order.acknowledge`.
    """
    desk = context_of(request).desk(caller)
    said = None
    if answer.status != "received":
        at = answer.at or desk.clock()
        said = Acknowledgement(order=number, outcome=answer.status, at=at, detail=answer.detail)
    return OrderState(number=number, status=OrderDispatch(desk).acknowledge(number, said, answer.billing_system))
