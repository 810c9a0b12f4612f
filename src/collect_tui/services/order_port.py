"""The port to billing systems: what leaves, what comes back, and how. Folders are one way (`channels/folders.py`), another is HTTP."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field

from collect_tui.desk.dated import Moment
from collect_tui.domain.order import kinds


class OutgoingOrder(BaseModel):
    """An order as a billing system gets it. No name: it does what the order says to the service it names. `target` and `monthly`
    (minor units): of a downgrade, what the service becomes. `order_code`, `reason_code`: what the system itself calls the kind and the
    reason, where the site says so."""

    model_config = ConfigDict(frozen=True)

    format: Literal[1] = 1
    order: str
    kind: kinds.Name
    account: str
    billing_system: str
    product: str
    identifier: str
    reason: str
    cause: str | None
    effective: date
    requested_on: date
    requested_by: str
    reversal_of: str | None = None
    target: str = ""
    monthly: int = 0
    order_code: str
    reason_code: str


class Acknowledgement(BaseModel):
    """What a billing system answers. `outcome`: completed or rejected, or what the site says that the system calls them. Keys it does not
    know are skipped: other systems say more than we need."""

    model_config = ConfigDict(frozen=True, strict=True)

    order: Annotated[str, Field(min_length=1, max_length=64)]
    outcome: Annotated[str, Field(min_length=1, max_length=64)]
    at: Moment
    detail: Annotated[str, Field(max_length=1000)] = ""


class Answer(Protocol):
    """One message that came in. `acknowledgement` None: it cannot be read, and `problem` says why."""

    name: str
    billing_system: str
    acknowledgement: Acknowledgement | None
    problem: str

    def accept(self) -> None:
        """It was taken in; it does not come again."""
        ...

    def refuse(self, reason: str) -> None:
        """It is put aside with a reason, for a person to look at."""
        ...


class BillingPort(Protocol):
    def send(self, order: OutgoingOrder) -> None:
        """Lets an order leave; durable when it returns. The same order a second time is the same order."""
        ...

    def answers(self) -> Iterable[Answer]:
        """Messages that wait, in a stable order."""
        ...
