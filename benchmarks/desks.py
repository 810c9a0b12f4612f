"""Simulated collectors over the API: each takes an account, looks at it, types a line with its previews, does it, goes on.

A process of `benchmarks/load.py`. Reads a plan (JSON) from stdin, writes what it measured (JSON) to stdout. Nine in ten
calls reach nobody; of the others every second one ends in a promise. Every claim is written down with when it was given and
given up, so that the caller can tell whether an account was ever in two hands.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import sys
import time
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import httpx


@dataclass
class Plan:
    url: str
    tokens: list[str]
    seconds: float  # of measuring, after the warm-up
    warm: float
    think: float  # mean seconds between two accounts; 0: none
    business_date: str
    seed: int


@dataclass
class Found:
    """What one process measured. `millis`: by kind of request; `claims`: (account, fence, desk, given, given up)."""

    millis: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    claims: list[tuple[str, int, int, float, float]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)  # of the acts that were answered
    refused: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    failed: dict[str, int] = field(default_factory=lambda: defaultdict(int))


class Collector:
    """One desk."""

    def __init__(self, plan: Plan, index: int, http: httpx.AsyncClient, found: Found, measure_from: float) -> None:
        self.plan, self.index, self.http, self.found = plan, index, http, found
        self.headers = {"Authorization": f"Bearer {plan.tokens[index]}"}
        self.random = random.Random(plan.seed * 100_003 + index)
        self.measure_from = measure_from

    async def call(self, kind: str, verb: str, path: str, *, body: Any = None, **headers: str) -> Any:
        """One request, timed; None when the server refused or failed."""
        started = time.monotonic()
        try:
            answer = await self.http.request(verb, path, json=body, headers={**self.headers, **headers})
        except httpx.HTTPError as error:
            self.found.failed[type(error).__name__] += 1
            return None
        if self.measure_from <= started < self.measure_from + self.plan.seconds:
            self.found.millis[kind].append((time.monotonic() - started) * 1000)
        if answer.status_code >= 500:
            self.found.failed[str(answer.status_code)] += 1
            return None
        if answer.status_code >= 400:
            self.found.refused[answer.json().get("type", "").rpartition(":")[2]] += 1
            return None
        return answer.json() if answer.content else {}

    async def pause(self, share: float) -> None:
        if self.plan.think:
            left = self.measure_from + self.plan.seconds - time.monotonic()  # nobody thinks on when the time is over
            await asyncio.sleep(min(max(left, 0), self.random.expovariate(1 / (self.plan.think * share))))

    async def work(self, until: float) -> None:
        """Account after account until the time is over."""
        if self.plan.think:
            await asyncio.sleep(self.random.random() * min(self.plan.think, self.plan.warm))
        await self.call("board", "GET", "/v1/queues")
        while time.monotonic() < until:
            claim = await self.call("next", "POST", "/v1/claims", body={})
            if not claim:
                await asyncio.sleep(1)
                continue
            given = time.monotonic()
            await self.one(claim)
            self.found.claims.append((claim["account"], claim["fence"], self.index, given, time.monotonic()))
            await self.call("release", "DELETE", f"/v1/accounts/{claim['account']}/claim")

    async def one(self, claim: dict[str, Any]) -> None:
        """One account: look, dial, type, do."""
        view = await self.call("open account", "GET", f"/v1/accounts/{claim['account']}")
        if view is None:
            return
        await self.pause(0.8)  # dialling and talking
        command = self.decide(view)
        key = str(uuid4())
        act = {"commands": [command], "line": "", "fence": claim["fence"], "override": None}
        for _ in range(2):  # the preview while the line is typed
            whole = {**act, "id": key, "account": view["number"], "version": view["version"]}
            await self.call("preview", "POST", "/v1/previews", body=whole)
        await self.pause(0.2)
        done = await self.call(
            "do", "POST", f"/v1/accounts/{view['number']}/acts", body=act,
            **{"Idempotency-Key": key, "If-Match": f'"{view["version"]}"'},
        )  # fmt: skip
        if done:
            self.found.keys.append(key)

    def decide(self, view: dict[str, Any]) -> dict[str, Any]:
        if self.random.random() < 0.9 or view["collectable"] <= 0:
            return {"kind": "contact", "result": self.random.choice(("NA", "BZ", "AM"))}
        if self.random.random() < 0.5:
            return {"kind": "note", "text": "asked for a copy of the bill"}
        day = date.fromisoformat(self.plan.business_date) + timedelta(days=3)
        return {"kind": "promise", "amount": min(view["collectable"], 5000), "due": day.isoformat()}


async def run(plan: Plan) -> Found:
    found = Found()
    begin = time.monotonic()
    measure_from = begin + plan.warm
    limits = httpx.Limits(max_connections=len(plan.tokens), max_keepalive_connections=len(plan.tokens))
    async with httpx.AsyncClient(base_url=plan.url, limits=limits, timeout=30) as http:
        desks = [Collector(plan, index, http, found, measure_from) for index in range(len(plan.tokens))]
        async with asyncio.TaskGroup() as group:
            for desk in desks:
                group.create_task(desk.work(measure_from + plan.seconds))
    return found


def main() -> None:
    plan = Plan(**json.load(sys.stdin))
    with contextlib.suppress(ImportError):
        import uvloop

        asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    found = asyncio.run(run(plan))
    json.dump(vars(found), sys.stdout)


if __name__ == "__main__":
    main()
