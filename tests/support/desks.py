"""Desks at a real server on loopback, for tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import httpx
from sqlmodel import update

from collect_tui.client.desk import ApiDesk
from collect_tui.server.context import ServerContext
from collect_tui.services import signin
from collect_tui.store.engine import Store
from collect_tui.store.tables import AppUser
from support.book import Clock
from support.server import served, server_context, token


class Patient(httpx.HTTPTransport):
    """A line on which nothing takes too long, however busy the machine is."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.extensions = {name: value for name, value in request.extensions.items() if name != "timeout"}
        return super().handle_request(request)


def lasting(of: ServerContext, login: str) -> str:
    """A token that outlives the days that a test runs through."""
    return token(of, login, kind="personal", name="test", expires_at=of.clock() + timedelta(days=300))


@cache
def hashed(password: str) -> str:
    return signin.hashed(password)


@contextmanager
def api_desks(
    store: Store, clock: Clock, folder: Path, *, password: str | None = None, **rest: Any
) -> Iterator[Callable[[str], ApiDesk]]:
    """Desks of several users at a server over one store; they send what waits only when told. `password`: everybody's."""
    of, made = server_context(store, clock, faults=folder / "faults.log"), list[ApiDesk]()
    rest.setdefault("background", False)
    if password is not None:
        with store.write() as db:
            db.exec(update(AppUser).where(AppUser.tenant_id == 1).values(password=hashed(password)))

    def desk(login: str) -> ApiDesk:
        own = {"token": lasting(of, login), "user": f"1/{login}", "state_folder": folder / "state", "clock": clock}
        made.append(ApiDesk(url, **({"transport": Patient(verify=False)} | own | rest)))
        return made[-1]

    with served(of) as url:
        yield desk
        for each in made:
            each.close()
