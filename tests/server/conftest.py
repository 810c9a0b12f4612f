"""The API over a SQLite book, in this process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI
from httpx import Response
from starlette.testclient import TestClient

from collect_tui.server.app import create_app
from collect_tui.server.context import ServerContext
from contract.conftest import BOOK
from support.book import Clock
from support.server import bearer, server_context

ROSA = "4410-2231"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def context(tmp_path: Path, clock: Clock) -> Iterator[ServerContext]:
    store = BOOK.store(tmp_path)
    yield server_context(store, clock)
    store.close()


@pytest.fixture(scope="session")
def app() -> FastAPI:
    """One app for all tests; each request finds the context of its test in its scope."""
    return create_app()


class Api:
    """Requests of one user. Paths are below `/v1`."""

    def __init__(self, app: FastAPI, context: ServerContext, headers: dict[str, str]) -> None:
        async def with_hub(scope: Any, receive: Any, send: Any) -> None:
            await app({**scope, "state": {"context": context}}, receive, send)

        self.client = TestClient(with_hub, base_url="http://desk")
        self.headers = headers

    def __call__(self, verb: str, path: str, *, headers: dict[str, str] | None = None, **rest: Any) -> Response:
        return self.client.request(verb, f"/v1{path}", headers={**self.headers, **(headers or {})}, **rest)

    def act(self, path: str, body: dict[str, Any], *, seen: str = "*", key: str | None = None) -> Response:
        headers = {"If-Match": seen, "Idempotency-Key": key or str(uuid4())}
        return self("POST", path, json=body, headers=headers)


@pytest.fixture
def api(app: FastAPI, context: ServerContext) -> Callable[..., Api]:
    """The API as one user sees it; None: as a stranger."""
    return lambda login="lee", **rest: Api(app, context, bearer(context, login, **rest) if login else {})


def code(answer: Response) -> str:
    """The code of a problem, whose form is checked on the way."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    body = answer.json()
    assert body["status"] == answer.status_code
    assert body["detail"]
    return str(body["type"]).removeprefix("urn:collect-tui:problem:")
