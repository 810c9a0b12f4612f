"""The kinds of orders: what a service must be for one, what it waits as, and what it is when that has been carried out.

A further kind is a row here; what may stand in its way is `policy/orders.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from collect_tui.domain.states import ServiceState

Name = Literal["suspend", "restore", "terminate", "downgrade"]
"""The kinds, for what is read from outside."""


@dataclass(frozen=True, slots=True)
class OrderKind:
    """`before`: the state of the service that it is for, to which the service goes back when nothing comes of it; `pending`: as it
    waits; `after`: when it was carried out. `done`: the participle, `must`: the state that is asked for, in words. `reason`: the code
    of the site's that is meant where none is said."""

    name: Name
    before: ServiceState
    pending: ServiceState
    after: ServiceState
    done: str
    must: str
    reason: str

    @property
    def cuts(self) -> bool:
        """Whether it takes something from the customer: what money may stop."""
        return self.after not in (ServiceState.ACTIVE, self.before)


KINDS: Final[Mapping[str, OrderKind]] = {
    kind.name: kind
    for kind in (
        OrderKind(
            "suspend",
            ServiceState.ACTIVE,
            ServiceState.PENDING_SUSPEND,
            ServiceState.SUSPENDED,
            "suspended",
            "an active",
            "NONPAY",
        ),
        OrderKind(
            "restore",
            ServiceState.SUSPENDED,
            ServiceState.PENDING_RESTORE,
            ServiceState.ACTIVE,
            "restored",
            "a suspended",
            "PAID",
        ),
        OrderKind(
            "terminate",
            ServiceState.SUSPENDED,
            ServiceState.PENDING_TERM,
            ServiceState.TERMINATED,
            "terminated",
            "a suspended",
            "NONPAY",
        ),
        # The service is on all the while; what it is, and costs, follows the answer.
        OrderKind(
            "downgrade",
            ServiceState.ACTIVE,
            ServiceState.ACTIVE,
            ServiceState.ACTIVE,
            "downgraded",
            "an active",
            "VOLUNTARY",
        ),
    )
}

PROPOSED: Final = tuple(kind.name for kind in KINDS.values() if kind.pending != kind.before)
"""Kinds of which a case may propose an order: a downgrade has to say what to."""

CUTS: Final = tuple(kind.name for kind in KINDS.values() if kind.cuts)
