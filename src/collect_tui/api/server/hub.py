"""What a server process holds for all its requests: the store, the site's data, the clock. No state of any user."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from collect_tui.desk.catalogue import Catalogue
from collect_tui.domain.dates import Calendar
from collect_tui.services.access import Caller
from collect_tui.services.local import LocalDesk, SendOrders
from collect_tui.store.engine import Store
from collect_tui.store.ids import Ids

if TYPE_CHECKING:
    from starlette.requests import HTTPConnection


@dataclass(slots=True)
class Hub:
    store: Store
    catalogue: Catalogue
    clock: Callable[[], datetime]
    name: str = "server"
    send_orders: SendOrders | None = None
    ids: Ids = field(default_factory=Ids)
    calendar: Calendar = field(init=False)

    def __post_init__(self) -> None:
        self.calendar = Calendar(self.catalogue.rules.holidays)

    def desk(self, caller: Caller) -> LocalDesk:
        """The caller's own desk: made for one request, closed by nobody (the store is the hub's)."""
        return LocalDesk(
            self.store,
            self.catalogue,
            user=caller.login,
            clock=self.clock,
            send_orders=self.send_orders,
            tenant_id=caller.tenant_id,
            authority=caller.authority,
            ids=self.ids,
            calendar=self.calendar,
            backend=self.name,
        )


def hub_of(request: HTTPConnection) -> Hub:
    """The hub that serves a request: `state.hub` of the request's scope (tests put their own there), else the app's."""
    found = request.scope.get("state", {}).get("hub") or request.app.state.hub
    assert isinstance(found, Hub)
    return found
