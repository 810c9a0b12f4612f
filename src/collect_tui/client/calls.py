"""Requests of one desk: its token, the tries that are worth it, and what each answer says of the wire."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from collect_tui import __version__
from collect_tui import http_contract as wire
from collect_tui.client import requests
from collect_tui.client.connection import Connection
from collect_tui.client.http import Http, Response, TransportFailed
from collect_tui.client.retry import RetryLater
from collect_tui.client.words import SIGNED_OUT
from collect_tui.desk.commands import Act
from collect_tui.desk.errors import DomainError, SignedOut, Unavailable
from collect_tui.desk.operations import BY_NAME
from collect_tui.desk.protocol import Progress
from collect_tui.desk.views.act import Receipt

ASK_AGAIN: Final = 300.0
"""Seconds until a server that does not serve this version of the program is tried again with what waits."""


class Calls:
    """What a server is asked. `renew` gives the token to use after one was refused; `troubled` is told when the wire fails."""

    def __init__(
        self, http: Http, token: str, link: Connection, *, renew: Callable[[], str] | None, troubled: Callable[[], None]
    ) -> None:
        self.token = token
        self.rest: Callable[[float], object] = lambda _: None
        self._http = http
        self._wire = link
        self._renew = renew
        self._troubled = troubled

    def read(self, name: str, asked: requests.Request, headers: Mapping[str, str] | None = None) -> Response:
        """An answer that is one. What changes nothing is asked up to three times when the server cannot answer at once."""
        self._worth_it()
        tries = 3 if name in requests.TWICE else 1
        for left in reversed(range(tries)):
            try:
                answer = self._send(asked, headers)
                if answer.status not in requests.NOT_NOW:
                    break
                if left == 0 or (requests.wait_of(answer) or 0) > 1:
                    if requests.is_problem(answer):
                        raise requests.refusal(answer)
                    raise RetryLater
                self.rest(requests.wait_of(answer) or 0.2)
            except TransportFailed as failure:
                if left == 0 or failure.slow or not failure.reached:
                    self._wire.failed()
                    self._troubled()
                    raise
            except RetryLater:
                self._wire.failed()
                self._troubled()
                raise
        if answer.status >= 400 or 300 <= answer.status != 304:
            raise requests.refusal(answer)
        return answer

    def _worth_it(self) -> None:
        if self._wire.due:
            return
        if self._wire.state == "signed-out":
            raise SignedOut("signed_out", SIGNED_OUT)
        raise TransportFailed(reached=False)

    def _send(self, asked: requests.Request, headers: Mapping[str, str] | None = None) -> Response:
        """One request with its token; a refused token is renewed once. SignedOut when the server knows us no more."""
        answer = self._http.send(
            asked.verb, asked.path, headers=self._headers(asked, headers), content=asked.content, query=asked.query
        )
        if answer.status == 401 and self._renew is not None:
            token = self._renew()
            if token != self.token:
                self.token = token
                return self._send(asked, headers)
        if answer.status == 401 and requests.is_problem(answer):
            self._wire.signed_out()
            self._troubled()
            raise requests.refusal(answer)
        if answer.status < 500:
            self._wire.answered()
        return answer

    def _headers(self, asked: requests.Request, more: Mapping[str, str] | None) -> dict[str, str]:
        headers = {"Authorization": f"Bearer {self.token}", wire.VERSION: __version__, "Accept": "application/json"}
        if asked.content is not None:
            headers["Content-Type"] = "application/json"
        return {**headers, **(more or {})}

    def post(self, act: Act, proof: str | None) -> Receipt:
        """One act with its key. Raises NotNow, TransportFailed, or what the server says."""
        asked, headers = requests.act_ask(act, proof)
        answer = self._send(asked, headers)
        if answer.status >= 500 or answer.status == 429:
            broken = answer.status not in requests.NOT_NOW
            raise RetryLater(after=requests.wait_of(answer), reached=answer.status != 429, broken=broken)
        if answer.status >= 400 and requests.is_problem(answer):
            refused = requests.refusal(answer)
            if refused.code in requests.OF_THE_CLIENT:
                raise RetryLater(after=ASK_AGAIN, reached=False)
            raise refused
        try:
            receipt = requests.result("do", answer.body) if answer.status in (200, 201) else None
        except DomainError:
            receipt = None
        if receipt is None or receipt.id != act.id:
            raise RetryLater(broken=True)  # whatever answered, it was not the desk
        return receipt  # type: ignore[no-any-return]

    def stream(self, name: str, progress: Progress | None, /, **arguments: Any) -> Any:
        """Long work: progress as it goes, then the result. It is not tried again by itself. Raises TransportFailed
        when the server was not reached."""
        asked = requests.ask(BY_NAME[name], arguments)
        asked = replace(asked, content=asked.content or b"{}")
        self._worth_it()
        try:
            with self._http.stream(
                asked.verb, asked.path, headers=self._headers(asked, None), content=asked.content
            ) as (answer, lines):
                if answer.status != 200:
                    body = "\n".join(lines).encode()
                    raise requests.refusal(Response(answer.status, answer.headers, body))
                for line in lines:
                    said = _json(line)
                    if "result" in said:
                        self._wire.answered()
                        return requests.result(name, json.dumps(said["result"]).encode())
                    if isinstance(said.get("problem"), dict):
                        raise wire.raised(said["problem"])
                    match said.get("progress"):
                        case [str(title), int(done), int(of)] if progress is not None:
                            progress(title, done, of)
        except TransportFailed as failure:
            if not failure.reached:
                self._wire.failed()
                self._troubled()
                raise
        raise Unavailable(
            "server.cut", "The line to the server was cut; the work goes on there. Ask again to see how it went."
        )


def _json(line: str) -> dict[str, Any]:
    try:
        said = json.loads(line)
    except ValueError:
        raise requests.stranger() from None
    if not isinstance(said, dict):
        raise requests.stranger()
    return said
