"""For those who watch over a server: does it live, can it work, what does it count."""

from __future__ import annotations

import hmac
from ipaddress import ip_address
from typing import Any

import anyio.to_thread
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from collect_tui.server.callers import bearer, caller_of
from collect_tui.server.context import ServerContext, context_of
from collect_tui.server.metrics import Meter, Sample, text
from collect_tui.services import live
from collect_tui.services.access import require

router = APIRouter(tags=["health"])
_TEXT: dict[int | str, dict[str, Any]] = {200: {"content": {"text/plain": {"schema": {"type": "string"}}}}}


@router.get(
    "/healthz", operation_id="healthz", summary="Does the process live", responses=_TEXT, response_class=Response
)
async def healthz() -> Response:
    """Answers `ok` as long as the process takes requests; asks nothing of the database. Needs no token."""
    return PlainTextResponse("ok\n")


@router.get("/readyz", operation_id="readyz", summary="Can the server work", responses=_TEXT, response_class=Response)
async def readyz(request: Request) -> Response:
    """Answers `ready` when the database answers and has the right format, else 503 with the reason. Needs no token."""
    await anyio.to_thread.run_sync(live.ready, context_of(request).store)
    return PlainTextResponse("ready\n")


@router.get(
    "/metrics", operation_id="metrics", summary="What the server counts", responses=_TEXT, response_class=Response
)
async def metrics(request: Request) -> Response:
    """Figures in Prometheus' text format, for all processes of this server together.

    Open to this machine, unless a proxy stands between; to others with the metrics token of the settings, or with the
    token of a user who has the permission `metrics.read`.
    """
    state = request.app.state
    meter: Meter = getattr(state, "meter", None) or Meter()
    if not _is_near(request) and not _has_token(request, getattr(state, "metrics_token", "")):
        caller = await anyio.to_thread.run_sync(caller_of, request)
        require(caller.authority, "metrics.read")
    samples = await anyio.to_thread.run_sync(_gathered, meter, context_of(request))
    return PlainTextResponse(text(samples), media_type="text/plain; version=0.0.4")


def _is_near(request: Request) -> bool:
    """Whether it comes from this machine itself: a proxy's requests come from near too, and say for whom."""
    if any(name in request.headers for name in ("forwarded", "x-forwarded-for", "x-real-ip", "via")):
        return False
    try:
        return request.client is not None and ip_address(request.client.host).is_loopback
    except ValueError:
        return False


def _has_token(request: Request, wanted: str) -> bool:
    given = bearer(request) or ""
    return bool(wanted) and hmac.compare_digest(given.encode(), wanted.encode())


def _gathered(meter: Meter, context: ServerContext) -> dict[Sample, float]:
    """The counts, and what the database says at this moment."""
    meter.set("collect_tui_pool_in_use", _in_use(context))
    samples = meter.total()
    now = context.clock()
    for book in live.measured(context.store, context.catalogue, now):
        whose = ("tenant", str(book.tenant_id))
        for figure in book.queues:
            labels = (("queue", figure.name), whose, ("tier", str(figure.tier)))
            samples["collect_tui_queue_accounts", tuple(sorted(labels))] = figure.count
        samples["collect_tui_outbox_waiting", (whose,)] = book.waiting
        lag = max(0.0, (now - book.oldest).total_seconds()) if book.oldest else 0
        samples["collect_tui_outbox_lag_seconds", (whose,)] = lag
    return samples


def _in_use(context: ServerContext) -> int:
    checked_out = getattr(context.store.engine.pool, "checkedout", None)
    return int(checked_out()) if checked_out else 0
