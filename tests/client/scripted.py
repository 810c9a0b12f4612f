"""A server that answers as told: a transport for httpx in the place of the network, over the act log of a server in memory."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

import httpx

from collect_tui import http_contract as wire
from collect_tui.desk.commands import Act
from collect_tui.desk.errors import DomainError, Stale
from collect_tui.desk.views.act import Receipt, VerdictView
from support.book import NOW

Handler = Callable[[httpx.Request], httpx.Response]


class Scripted(httpx.BaseTransport):
    """Does acts once by their key, checks versions, and misbehaves as `faults` say: one per request, taken in order.

    A fault is `unreached`, `timeout` (before anything was done), `cut-before`, `cut-after` (the server has committed), a status,
    a DomainError to refuse with, or a response. None: no fault.
    """

    def __init__(self) -> None:
        self.faults: list[Any] = []
        self.down = False
        self.versions: dict[str, int] = {}
        self.receipts: dict[str, Receipt] = {}
        self.done: list[Act] = []
        self.asked: list[tuple[str, str]] = []
        self.keys: list[str] = []
        self.tokens: list[str] = []
        self.answers: dict[str, Handler] = {}

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        self.asked.append((request.method, path))
        self.tokens.append(request.headers.get("authorization", ""))
        if self.down:
            raise httpx.ConnectError("refused")
        acts = path.endswith("/acts") and request.method == "POST"
        if acts:
            self.keys.append(request.headers[wire.KEY])
        fault = self.faults.pop(0) if self.faults and (acts or path not in self.answers) else None
        if fault == "unreached":
            raise httpx.ConnectError("refused")
        if fault == "timeout":
            raise httpx.ReadTimeout("slow")
        if fault == "cut-before":
            raise httpx.RemoteProtocolError("cut")
        if isinstance(fault, DomainError):
            return refusal(fault)
        if isinstance(fault, int):
            return httpx.Response(fault, text="proxy")
        if isinstance(fault, httpx.Response):
            return fault
        answer = self._act(request, path.split("/")[3]) if acts else self._other(request, path)
        if fault == "cut-after":
            raise httpx.RemoteProtocolError("cut")
        return answer

    def _other(self, request: httpx.Request, path: str) -> httpx.Response:
        handler = self.answers.get(path)
        return handler(request) if handler else httpx.Response(404, text="nothing here")

    def _act(self, request: httpx.Request, account: str) -> httpx.Response:
        key, seen = request.headers[wire.KEY], request.headers["If-Match"]
        if key in self.receipts:
            return self._said(self.receipts[key].model_copy(update={"repeated": True}))
        version = self.versions.get(account, 1)
        if seen not in ("*", f'"{version}"'):
            return refusal(Stale("account.changed", "ben changed it.", by="ben", at=NOW, version=version))
        self.versions[account] = version + 1
        act = Act.model_validate({"id": key, "account": account, **json.loads(request.content)})
        self.done.append(act)
        self.receipts[key] = receipt = Receipt(
            id=UUID(key),
            account=account,
            version=version + 1,
            sentence="done",
            effects=(),
            verdict=VerdictView(severity="allow", allowed=True, overridable_by=None),
            next_action=None,
            undoable=True,
            at=NOW,
        )
        return self._said(receipt)

    def _said(self, view: Any) -> httpx.Response:
        return httpx.Response(200, headers={"content-type": "application/json"}, content=view.model_dump_json())


def refusal(error: DomainError, **headers: str) -> httpx.Response:
    status, body = wire.problem(error)
    return httpx.Response(status, headers={"content-type": wire.PROBLEM, **headers}, content=json.dumps(body))
