"""What a server process holds for all its requests: the store, the site's data, the clock. No state of any user."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from collect_tui.common.ids import Ids
from collect_tui.desk.catalogue import Catalogue
from collect_tui.domain.dates import Calendar
from collect_tui.server.limits import Limiter
from collect_tui.server.oidc import Provider
from collect_tui.services.access import Caller
from collect_tui.services.desk_context import DeskContext, Store
from collect_tui.services.local import KeepSeals, LocalDesk, SendOrders

if TYPE_CHECKING:
    from starlette.requests import HTTPConnection

    from collect_tui.services.message.hook import ReadHook


@dataclass(slots=True)
class ServerContext:
    """`faults`: the file of unexpected errors, None for the program's own. `minimum_version`: the oldest client still served.
    `limiter` says how often one token may ask, `anonymous` how often one address may ask without any (a call centre is one), `guesses`
    how many wrong passwords it has; after that only logins that were opened from there before are looked at.
    `read_hook`: reads what the far ends of channels call us with.
    `provider`: the OpenID provider whose users may sign in, None for passwords only.
    `allow_private_webhooks`: events may be sent to addresses of a private network, and without TLS."""

    store: Store
    catalogue: Catalogue
    clock: Callable[[], datetime]
    name: str = "server"
    send_orders: SendOrders | None = None
    keep_seals: KeepSeals | None = None
    ids: Ids = field(default_factory=Ids)
    faults: Path | None = None
    minimum_version: str = "0.1.0"
    limiter: Limiter = field(default_factory=Limiter)
    anonymous: Limiter = field(default_factory=lambda: Limiter(rate=50.0, burst=1000))
    guesses: Limiter = field(default_factory=lambda: Limiter(rate=0.2, burst=100))
    provider: Provider | None = None
    allow_private_webhooks: bool = False
    read_hook: ReadHook | None = None
    calendar: Calendar = field(init=False)

    def __post_init__(self) -> None:
        self.calendar = Calendar(self.catalogue.rules.holidays)

    def desk(self, caller: Caller) -> LocalDesk:
        """The caller's own desk: made for one request, closed by nobody (the store is the context's)."""
        return LocalDesk(
            self.store,
            self.catalogue,
            user=caller.login,
            clock=self.clock,
            send_orders=self.send_orders,
            keep_seals=self.keep_seals,
            tenant_id=caller.tenant_id,
            authority=caller.authority,
            ids=self.ids,
            calendar=self.calendar,
            backend=self.name,
        )

    def own_desk(self, tenant_id: int) -> DeskContext:
        """The server's own, for what comes from no user: by the channels of a book."""
        return DeskContext(
            self.store,
            self.catalogue,
            user="channels",
            clock=self.clock,
            tenant_id=tenant_id,
            ids=self.ids,
            calendar=self.calendar,
        )


def context_of(request: HTTPConnection) -> ServerContext:
    """The context that serves a request: `state.context` of the request's scope (tests put their own there), else the app's."""
    found = request.scope.get("state", {}).get("context") or request.app.state.context
    assert isinstance(found, ServerContext)
    return found
