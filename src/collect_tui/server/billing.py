"""The billing system's side of the API: its rows come in as lines of JSON, orders go out, answers come back.

A body is read and taken in piece by piece, never held whole; what was rejected waits in a file until the body is at its end,
because most clients read no answer before.
"""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from functools import partial
from typing import IO, Annotated, Any, Final

import anyio.to_thread
from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from collect_tui import http_contract as wire
from collect_tui.desk.errors import Invalid
from collect_tui.server.callers import permitted
from collect_tui.server.context import context_of
from collect_tui.server.problems import turned_away
from collect_tui.services.access import Caller
from collect_tui.services.desk_context import DeskContext
from collect_tui.services.intake.batch import Intake, Reject, Row
from collect_tui.services.intake.billed import BILLED, LONGEST_LINE, Billed, Lines
from collect_tui.services.intake.upserts import deliver

LARGEST: Final = 4 << 30
"""Bytes of a delivery."""
MOST_TOLD: Final = 10_000
"""Rejected rows that are told one by one; all are counted."""
_IN_MEMORY: Final = 256 * 1024

router = APIRouter(prefix="/billing", tags=["billing"])
Importing = Annotated[Caller, Depends(permitted("import.write"))]


# rows -------------------------------------------------------------------------------------------
class Delivery:
    """One body on its way in. `take` is given its pieces in turn; the rest happens in worker threads."""

    def __init__(self, desk: DeskContext, kind: str, meter: Any) -> None:
        model, batch = BILLED[kind]
        self._lines = Lines(model)
        self._intake = Intake(partial(deliver, desk), batch, self._refuse, {})
        self._kind, self._meter, self._metered = kind, meter, Counter[str]()
        self._rest, self._line = b"", 0
        self.told: IO[bytes] = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 — closed when it was sent

    @property
    def counts(self) -> Counter[str]:
        """Rows so far by what became of them."""
        return self._intake.counts

    async def take(self, piece: bytes) -> None:
        lines = (self._rest + piece).split(b"\n")
        self._rest = lines.pop()
        if len(self._rest) > LONGEST_LINE:
            raise Invalid("request.too_large", f"A line is longer than {LONGEST_LINE // 1024} KB.", "body")
        for line in lines:
            await self._add(line)

    async def end(self) -> None:
        if self._rest:
            await self._add(self._rest)
        await self._post()

    async def _add(self, line: bytes) -> None:
        self._line += 1
        if not line.strip():
            return
        if len(line) > LONGEST_LINE:
            raise Invalid("request.too_large", f"A line is longer than {LONGEST_LINE // 1024} KB.", "body")
        if self._intake.add(self._lines.row(self._line, line)):
            await self._post()

    async def _post(self) -> None:
        await anyio.to_thread.run_sync(self._intake.post)
        if self._meter is not None:
            for outcome, count in (self.counts - self._metered).items():
                self._meter.add("collect_tui_billing_rows_total", count, kind=self._kind, outcome=outcome)
        self._metered = self.counts.copy()

    def _refuse(self, bad: Reject, _: Row[Any]) -> None:
        if self.counts["rejected"] <= MOST_TOLD:
            told = {"line": bad.row, "code": bad.code, "detail": bad.reason, "field": bad.column or None}
            self.told.write(_line(told))

    def answer(self) -> Iterator[bytes]:
        with self.told as told:
            told.seek(0)
            yield from iter(lambda: told.read(_IN_MEMORY), b"")
        yield _line({"summary": {name: self.counts[name] for name in ("added", "changed", "same", "rejected")}})


def _line(value: Any) -> bytes:
    return json.dumps(value).encode() + b"\n"


async def _taken(request: Request, caller: Caller, kind: str) -> Response:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() not in _TYPES:
        raise turned_away(415)
    delivery = Delivery(context_of(request).desk(caller), kind, getattr(request.app.state, "meter", None))
    try:
        async for piece in request.stream():
            await delivery.take(piece)
        await delivery.end()
    except BaseException:
        delivery.told.close()
        raise
    return StreamingResponse(_sent(delivery), media_type=wire.STREAM)


async def _sent(delivery: Delivery) -> AsyncIterator[bytes]:
    for part in delivery.answer():
        yield part


_TYPES: Final = frozenset({wire.STREAM, "application/jsonl", "application/json-lines"})


def _described(model: type[Billed]) -> dict[str, Any]:
    """The body in the API's description: the schema of one line."""
    schema = model.model_json_schema()
    example: Any = schema.pop("example")
    schema = _inlined(schema, schema.pop("$defs", {}))
    content = {wire.STREAM: {"schema": schema, "example": json.dumps(example) + "\n"}}
    return {"requestBody": {"required": True, "description": "One JSON object per line.", "content": content}}


def _inlined(schema: Any, parts: dict[str, Any]) -> Any:
    """A schema with what it refers to in its place, so that it stands alone."""
    if isinstance(schema, list):
        return [_inlined(one, parts) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _inlined(parts[schema["$ref"].rpartition("/")[2]], parts)
    return {name: _inlined(value, parts) for name, value in schema.items()}


_ANSWER: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Lines of JSON: one for each rejected row (the first 10,000), then the summary.",
        "content": {
            wire.STREAM: {
                "schema": {"type": "string"},
                "example": '{"line":7,"code":"account.not_found","detail":"There is no account of this number; send the '
                'account first.","field":"account"}\n{"summary":{"added":41,"changed":2,"same":950,"rejected":1}}\n',
            }
        },
    }
}


def _add(kind: str, title: str, text: str) -> None:
    async def endpoint(request: Request, caller: Importing) -> Response:
        return await _taken(request, caller, kind)

    endpoint.__doc__ = (
        f"{text}\n\nOne JSON object per line, taken in a few hundred at a time: what was taken stays when the connection "
        "breaks, and the whole delivery may be sent again, since a row that is known changes nothing.\n\n"
        "Needs the permission `import.write`."
    )
    router.add_api_route(
        f"/{kind}",
        endpoint,
        methods=["PUT"],
        operation_id=f"billing-{kind}",
        summary=title,
        response_class=Response,
        responses=_ANSWER,
        openapi_extra=_described(BILLED[kind].model),
        max_body_size=LARGEST,
    )


_add(
    "accounts",
    "Take in accounts",
    "Accounts and their customers, known by the account's number. A known account takes over name, segment and billing "
    "system and gets contact points and services that it has not; what the desk knows of them stays.",
)
_add(
    "items",
    "Take in items",
    "Invoices, fees and credits, known by their document number. Another amount than before changes what is open by the "
    "difference; what was paid on it stays.",
)
_add(
    "payments",
    "Take in payments",
    "Receipts, known by account and reference, recorded and allocated by the rules of the desk. A payment is taken back at the "
    "desk, never rewritten.",
)
