"""A line to a real server that can be cut: before a request arrives, or after the server has done what it asks."""

from __future__ import annotations

import random
from typing import Any

import httpx


class Faulty(httpx.BaseTransport):
    """`down`: nothing gets through. `rate`: the share of requests that meet a fault, by `chance`; the faults are a 503, a cut
    before the request arrives, and a cut after the server has answered."""

    def __init__(self, rate: float = 0.0, seed: int = 1) -> None:
        self._real = httpx.HTTPTransport()
        self._chance = random.Random(seed)
        self.rate = rate
        self.down = False
        self.asked = 0
        self.faults = 0
        self.sizes: list[int] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.asked += 1
        if self.down:
            raise httpx.ConnectError("down")
        fault: Any = None
        if self._chance.random() < self.rate:
            self.faults += 1
            fault = self._chance.choice(("503", "before", "after"))
        if fault == "503":
            return httpx.Response(503, text="busy")
        if fault == "before":
            raise httpx.RemoteProtocolError("cut")
        answer = self._real.handle_request(request)
        answer.read()
        self.sizes.append(len(answer.content))
        if fault == "after":
            raise httpx.ReadError("cut")
        return answer

    def close(self) -> None:
        self._real.close()
