"""Every route with made-up requests, well formed and not: no server error, and every answer is as the description says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from collect_tui.server.app import create_app
from collect_tui.server.context import ServerContext
from collect_tui.server.limits import Limiter
from contract.conftest import BOOK
from server.conftest import ROSA
from support.server import bearer, server_context
from support.thin import few

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
]
#: What stands in a path, half of the time, so that more is reached than `not found`.
REAL = {"account": ROSA, "number": ROSA, "name": "suspend", "login": "ben"}

_app = create_app()
_hubs: list[ServerContext] = []


async def served(scope: Any, receive: Any, send: Any) -> None:
    await _app({**scope, "state": {"context": _hubs[-1]}} if scope["type"] == "http" else scope, receive, send)


#: A mistake beside a stale version is answered by whichever is seen first.
CONFIG = {
    "checks": {"negative_data_rejection": {"expected-statuses": ["4xx"]}},
    "generation": {"allow-extra-parameters": False},  # a parameter that nobody knows may be passed over
    "phases": {"coverage": {"enabled": False}},  # every limit of every field, at ten times the price
}

api = schemathesis.openapi.from_dict(_app.openapi(), config=SchemathesisConfig.from_dict(CONFIG))
api.app = served
api = api.exclude(path_regex="^/v1/events$")  # a stream that does not end


@schemathesis.serializer("application/x-ndjson")
def lines(context: Any, value: Any) -> bytes:
    """A streamed body: one JSON object per line."""
    return b"".join(json.dumps(each).encode() + b"\n" for each in (value if isinstance(value, list) else [value]))


@pytest.fixture(scope="module", autouse=True)
def book(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerContext]:
    """One book for all requests; its lead may do everything, as nothing would be reached otherwise."""
    store = BOOK.store(tmp_path_factory.mktemp("fuzz"))
    context = server_context(store, limiter=Limiter(rate=0), anonymous=Limiter(rate=0))
    rules = context.catalogue.authority
    every = replace(rules, roles={**rules.roles, "lead": replace(rules.roles["lead"], may=frozenset({"*"}))})
    context.catalogue = context.catalogue.model_copy(update={"authority": every})
    _hubs.append(context)
    yield context
    _hubs.remove(context)
    store.close()


@api.hook
def map_path_parameters(context: Any, path_parameters: dict[str, Any] | None) -> dict[str, Any] | None:
    return {
        name: REAL[name] if name in REAL and len(str(value)) % 2 and len(str(value)) < 64 else value
        for name, value in (path_parameters or {}).items()
    } or None


@api.parametrize()
@settings(
    max_examples=few(6, of=12),
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_any_request_is_answered_as_described(case) -> None:
    # In a streamed body each line has an answer of its own, so a wrong one does not make the request wrong.
    checks = [c for c in CHECKS if case.media_type != "application/x-ndjson" or c is not negative_data_rejection]
    # A token of its own each time: signing out is among the requests. A busy machine may take long over a night that is tried.
    case.call_and_validate(headers=bearer(_hubs[-1], "lee"), checks=checks, timeout=600)
