"""The server's app: the desk behind FastAPI, and what stands around it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import anyio.to_thread
from fastapi import FastAPI
from starlette.types import ASGIApp

from collect_tui import __version__
from collect_tui import http_contract as wire
from collect_tui.server import acts, billing, desk_routes, events, health, hooks, orders, problems, signin, users
from collect_tui.server.context import ServerContext
from collect_tui.server.envelope import Envelope

#: Requests worked on at once. More only wait for the same processor and the same database.
THREADS = 24
#: Bytes of an ordinary body; routes that take whole files set their own (`max_body_size`).
LARGEST_BODY = 256 * 1024

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


class ApiApp(FastAPI):
    """FastAPI with the envelope outside of everything, its own error pages included."""

    def build_middleware_stack(self) -> ASGIApp:
        return Envelope(super().build_middleware_stack())

    def openapi(self) -> dict[str, Any]:
        if self.openapi_schema is None:
            from collect_tui.server.openapi import description

            self.openapi_schema = description(self)
        return self.openapi_schema


def create_app(
    context: ServerContext | None = None, *, lifespan: Lifespan | None = None, threads: int = THREADS
) -> ApiApp:
    """The app over the context of a server. Without one every request brings its own in its scope (`state.context`), as tests do.

    `lifespan` runs around the app's life: relays, sweepers, closing the store.
    """

    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        anyio.to_thread.current_default_thread_limiter().total_tokens = threads
        if lifespan is None:
            yield
        else:
            async with lifespan(app):
                yield

    app = ApiApp(
        title="collect-tui",
        version=__version__,
        openapi_url=f"{wire.PREFIX}/openapi.json",
        docs_url=None,  # they would fetch their scripts from elsewhere
        redoc_url=None,
        redirect_slashes=False,
        max_body_size=LARGEST_BODY,
        lifespan=life,
        telemetry={"tracing": False, "metrics": False, "logs": False, "operation_spans": False},
    )
    app.state.context = context
    problems.install(app)
    for router in (
        desk_routes.routes(),
        acts.routes(),
        signin.routes(),
        users.routes(),
        events.router,
        billing.router,
        orders.router,
        hooks.router,
    ):
        app.include_router(router, prefix=wire.PREFIX)
    app.include_router(health.router)  # whoever watches over servers looks for it at the root
    return app
