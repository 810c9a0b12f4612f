"""A real server on loopback for tests: one per process, which serves any number of contexts, each below an address of its own.

with served(context) as url: …         # http://127.0.0.1:49152/k3f9; a context is there as soon as it is asked for
headers = bearer(context, "mia")       # a token without a password
"""

from __future__ import annotations

import secrets
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from collect_tui.server.app import create_app
from collect_tui.server.context import ServerContext
from collect_tui.services import tokens
from collect_tui.store.engine import Store
from support.book import Clock, catalogue

_SITE = lru_cache(maxsize=1)(catalogue)


def server_context(store: Store, clock: Callable[[], datetime] | None = None, **rest: Any) -> ServerContext:
    """A context over a store, on the tests' site and clock; unexpected errors are noted beside the store."""
    if "faults" not in rest:
        rest["faults"] = Path(store.path).parent / "faults.log"
    return ServerContext(store, _SITE(), clock or Clock(), **rest)


def token(of: ServerContext, login: str, *, tenant: int = 1, **rest: Any) -> str:
    """The text of a fresh token."""
    return tokens.mint(of.store, tenant, login, of.clock(), of.catalogue.authority, ids=of.ids, **rest).token


def bearer(of: ServerContext, login: str, **rest: Any) -> dict[str, str]:
    return {"Authorization": f"Bearer {token(of, login, **rest)}"}


class Switchboard:
    """An app that gives each request the context that the first part of its path names."""

    def __init__(self) -> None:
        self.app = create_app()
        self.contexts: dict[str, ServerContext] = {}

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        key = scope["path"].split("/")[1]
        state = {**scope.get("state", {}), "context": self.contexts[key]}
        await self.app({**scope, "root_path": f"/{key}", "state": state}, receive, send)


@lru_cache(maxsize=1)
def _running() -> tuple[Switchboard, str]:
    """Starts the server of this process. The socket listens before the thread runs, so nobody has to wait or to try."""
    import uvicorn

    board = Switchboard()
    listener = socket.create_server(("127.0.0.1", 0), backlog=256)
    server = uvicorn.Server(uvicorn.Config(board, log_config=None, access_log=False, ws="none", lifespan="on"))
    threading.Thread(target=server.run, args=([listener],), name="server", daemon=True).start()
    return board, f"http://127.0.0.1:{listener.getsockname()[1]}"


@contextmanager
def served(of: ServerContext) -> Iterator[str]:
    """The address at which a context is served, without `/v1`."""
    board, url = _running()
    key = secrets.token_hex(4)
    board.contexts[key] = of
    try:
        yield f"{url}/{key}"
    finally:
        del board.contexts[key]
