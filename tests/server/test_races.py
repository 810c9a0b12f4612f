"""Many ask for the same thing at the same moment: as many win as may, and every loser is told why, never of a fault."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from httpx import Response

from collect_tui.domain.wording import holder
from collect_tui.server.context import ServerContext
from collect_tui.server.limits import Limiter
from contract.conftest import BOOK
from server.conftest import ROSA, Api, code
from support.book import Clock
from support.server import bearer, server_context

THREADS = 16
AGENTS = ("mia", "ben", "lee")
SAME = UUID(int=7, version=4)


@pytest.fixture(params=["sqlite", "postgres"])
def context(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Iterator[ServerContext]:
    with BOOK.store(tmp_path) if request.param == "sqlite" else BOOK.pg_store() as store:
        unlimited = Limiter(rate=0)
        yield server_context(store, clock, faults=tmp_path / "faults.log", limiter=unlimited)


@pytest.fixture
def at_once(app: FastAPI, context: ServerContext) -> Callable[[Callable[[Api, int], Response], str], list[Response]]:
    def all_of_them(ask: Callable[[Api, int], Response], login: str = "") -> list[Response]:
        """The answers to `THREADS` requests that start together, of three agents in turn or of one user."""
        apis = [Api(app, context, bearer(context, login or AGENTS[n % len(AGENTS)])) for n in range(THREADS)]
        start, answers, broken = threading.Barrier(THREADS), [], list[BaseException]()

        def one(n: int) -> None:
            try:
                start.wait()
                answers.append(ask(apis[n], n))
            except BaseException as error:
                broken.append(error)

        threads = [threading.Thread(target=one, args=(n,)) for n in range(THREADS)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        assert not broken, broken
        faults = context.faults
        assert faults is None or not faults.exists(), faults.read_text()
        return answers

    return all_of_them


def outcomes(answers: list[Response]) -> Counter[str]:
    return Counter("done" if a.status_code < 300 else f"{a.status_code} {code(a)}" for a in answers)


def note(text: str) -> dict[str, Any]:
    return {"text": text}


#: What is asked; who asks ("": three agents in turn); how many may win (None: any number); what the others are told.
RACES: dict[str, tuple[Callable[[Api, int], Response], str, int | None, set[str]]] = {
    "reassign": (
        lambda api, n: api("PUT", f"/accounts/{ROSA}/assignment", json={"to": AGENTS[n % 3], "reason": "ill"}),
        "lee",
        None,
        set(),
    ),
    "release": (lambda api, n: api("DELETE", f"/accounts/{ROSA}/claim"), "", None, set()),
    "note": (
        lambda api, n: api.act(f"/accounts/{ROSA}/notes", note(f"call {n}"), seen='"1"'),
        "mia",
        1,
        {"412 account.changed"},
    ),
    "the same act": (
        lambda api, n: api.act(f"/accounts/{ROSA}/notes", note("once"), key=str(SAME)),
        "mia",
        THREADS,
        set(),
    ),
    "one id for two acts": (
        lambda api, n: api.act(f"/accounts/{ROSA}/notes", note(f"call {n}"), key=str(SAME)),
        "mia",
        1,
        {"422 act.reused"},
    ),
    "a payment's reference": (
        lambda api, n: api.act(f"/accounts/{ROSA}/payments", {"amount": 100, "method": "card", "ref": "K1"}),
        "mia",
        1,
        {"409 payment.duplicate_ref"},
    ),
    "a delivery": (
        lambda api, n: api(
            "PUT",
            "/billing/payments",
            content=json.dumps({"account": ROSA, "ref": "ACH-1", "amount": 100, "received_on": "2026-11-20"}),
            headers={"Content-Type": "application/x-ndjson"},
        ),
        "lee",
        THREADS,
        set(),
    ),
    "user": (
        lambda api, n: api("POST", "/users", json={"login": "zoe", "name": f"Zoe {n}"}),
        "lee",
        1,
        {"409 user.exists"},
    ),
    "subject": (
        lambda api, n: api("POST", "/users", json={"login": f"z{n}", "subject": "s-1"}),
        "lee",
        1,
        {"409 user.subject"},
    ),
    "the last administrators": (
        lambda api, n: api("PATCH", f"/users/{AGENTS[n % 3]}", json={"active": False}),
        "lee",
        None,
        {"409 user.last_admin", "401 signin.locked", "401 signin.revoked"},
    ),
    "token": (lambda api, n: api("POST", "/tokens", json={"name": "script"}), "lee", THREADS, set()),
    "sign-out": (lambda api, n: api("DELETE", "/sign-in"), "lee", None, {"401 signin.revoked"}),
    "webhook": (
        lambda api, n: api("POST", "/webhooks", json={"url": "https://example.org/hook", "kinds": []}),
        "lee",
        None,
        {"409 webhook.too_many"},
    ),
    "day": (lambda api, n: api("POST", "/day-runs", json={}), "lee", THREADS, set()),
    "forecast": (lambda api, n: api("POST", "/forecasts", json={}), "lee", None, {"503 forecast.busy"}),
    "orders": (lambda api, n: api("POST", "/order-runs", json={"send": True}), "lee", None, {"503 orders.no_folder"}),
}


@pytest.mark.parametrize("race", RACES)
def test_whoever_loses_a_race_is_told_why(
    race: str, at_once: Callable[..., list[Response]], context: ServerContext, everything: None
) -> None:
    ask, login, winners, told = RACES[race]
    answers = at_once(ask, login)
    found = outcomes(answers)
    assert set(found) <= {"done", *told}, found
    assert winners is None or found["done"] == winners, found


@pytest.fixture
def everything(context: ServerContext) -> None:
    """The lead may do everything, so that every race is run."""
    from dataclasses import replace

    rules = context.catalogue.authority
    every = replace(rules, roles={**rules.roles, "lead": replace(rules.roles["lead"], may=frozenset({"*"}))})
    context.catalogue = context.catalogue.model_copy(update={"authority": every})


def test_one_of_many_gets_the_account_and_the_others_hear_who_has_it_and_until_when(
    at_once: Callable[..., list[Response]],
) -> None:
    answers = at_once(lambda api, n: api("PUT", f"/accounts/{ROSA}/claim"))
    won = [a for a in answers if a.status_code == 200]
    lost = [a for a in answers if a.status_code != 200]
    by = {problem["by"] for problem in (a.json() for a in lost)}
    assert {code(a) for a in lost} == {"account.claimed"}
    assert {a.status_code for a in lost} == {409}
    assert len(by) == 1, "one of them holds it"
    assert len(won) + len(lost) == THREADS
    until = won[0].json()["lease_until"]
    for each in lost:
        problem = each.json()
        assert problem["at"].replace("+00:00", "Z") == until.replace("+00:00", "Z")
        assert problem["detail"] == holder(problem["by"], None, datetime.fromisoformat(until), "America/Chicago")


def test_nobody_is_handed_what_another_was(at_once: Callable[..., list[Response]]) -> None:
    answers = at_once(lambda api, n: api("POST", "/claims", json={}))
    found = outcomes(answers)
    assert set(found) <= {"done", "409 queue.unworked"}, found
    handed = [a.json()["account"] for a in answers if a.status_code == 200 and a.json()]
    assert len(handed) == len(set(handed))


def test_an_act_is_taken_back_once(
    at_once: Callable[..., list[Response]], app: FastAPI, context: ServerContext
) -> None:
    paid = {"amount": 100, "method": "card", "ref": "K1"}
    made = Api(app, context, bearer(context, "mia")).act(f"/accounts/{ROSA}/payments", paid).json()
    undo = {"act": made["id"]}
    found = outcomes(at_once(lambda api, n: api.act(f"/accounts/{ROSA}/undos", undo), "mia"))
    assert found["done"] == 1, found
    assert set(found) <= {"done", "409 undo.done"}, found
