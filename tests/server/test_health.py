"""For those who watch: what answers without a token, what the figures say, and who may see them."""

from __future__ import annotations

import json
import logging
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from collect_tui.desk.errors import Unavailable
from collect_tui.server import logs
from collect_tui.server.metrics import Meter, text
from collect_tui.server.run import watched
from collect_tui.server.watch import MeteredContext
from collect_tui.settings import Serve
from contract.conftest import BOOK
from support.book import Clock, catalogue
from support.server import bearer

ROSA = "4410-2231"


class Desk:
    """A server's app as `serve` builds it, in this process."""

    def __init__(self, tmp_path: Path, **serve: Any) -> None:
        self.meter = Meter()
        self.context = MeteredContext.of(
            self.meter, BOOK.store(tmp_path), catalogue(), Clock(), faults=tmp_path / "faults.log"
        )
        self.app: Any = watched(self.context, Serve(**serve), self.meter)

    def client(self, address: str = "127.0.0.1") -> TestClient:
        return TestClient(self.app, client=(address, 1234))


def figures(client: TestClient, **headers: str) -> dict[str, float]:
    answer = client.get("/metrics", headers=headers)
    assert answer.status_code == 200, answer.text
    lines = [line for line in answer.text.splitlines() if not line.startswith("#")]
    assert all(re.fullmatch(r'[a-z_]+(\{([a-z]+="[^"\n]*",?)+\})? [0-9.e+-]+', line) for line in lines)
    return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in lines}


def test_health_and_readiness_need_no_token(tmp_path: Path) -> None:
    with Desk(tmp_path).client("10.0.0.7") as client:
        assert client.get("/healthz").text == "ok\n"
        assert client.get("/readyz").text == "ready\n"


def test_a_server_without_its_database_lives_and_is_not_ready(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk(tmp_path)
    with desk.client() as client:

        def away(*_: object) -> None:
            raise Unavailable("store.away", "The database does not answer.")

        monkeypatch.setattr(type(desk.context.store), "read", away)
        answer = client.get("/readyz")
        assert (answer.status_code, answer.json()["title"]) == (503, "unavailable")
        assert client.get("/healthz").status_code == 200


def test_requests_acts_claims_and_queues_are_counted(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    headers = bearer(desk.context, "mia")
    with desk.client() as client:
        before = figures(client)
        body = {"commands": [{"kind": "note", "text": "asked for an invoice"}]}
        key = {"Idempotency-Key": "11111111-1111-4111-8111-111111111111", "If-Match": "*"}
        for _ in range(2):
            assert client.post(f"/v1/accounts/{ROSA}/acts", json=body, headers=headers | key).status_code == 200
        stale = {"Idempotency-Key": "21111111-1111-4111-8111-111111111111", "If-Match": '"1"'}
        assert client.post(f"/v1/accounts/{ROSA}/acts", json=body, headers=headers | stale).status_code == 412
        after = figures(client)
    assert after['collect_tui_acts_total{kind="note",outcome="done"}'] == 1
    assert after['collect_tui_acts_total{kind="note",outcome="repeated"}'] == 1
    assert after['collect_tui_acts_total{kind="note",outcome="stale"}'] == 1
    route = 'method="POST",route="/v1/accounts/{account}/acts"'
    assert after[f'collect_tui_requests_total{{{route},status="200"}}'] == 2
    assert after[f"collect_tui_request_seconds_count{{{route}}}"] == 3
    assert after[f'collect_tui_request_seconds_bucket{{le="+Inf",{route}}}'] == 3
    assert any(name.startswith("collect_tui_queue_accounts{") for name in before)
    assert after['collect_tui_outbox_waiting{tenant="1"}'] > before['collect_tui_outbox_waiting{tenant="1"}']


def test_the_figures_are_for_this_machine_or_for_whoever_has_the_token(tmp_path: Path) -> None:
    desk = Desk(tmp_path, metrics_token="s3cret-of-the-scraper")
    near, far = desk.client(), desk.client("10.0.0.7")
    with near:
        assert near.get("/metrics").status_code == 200
        assert near.get("/metrics", headers={"X-Forwarded-For": "10.0.0.9"}).status_code == 401
        assert far.get("/metrics").status_code == 401
        assert far.get("/metrics", headers={"Authorization": "Bearer s3cret-of-the-scrapeR"}).status_code == 401
        assert far.get("/metrics", headers={"Authorization": "Bearer s3cret-of-the-scraper"}).status_code == 200
        assert far.get("/metrics", headers=bearer(desk.context, "mia")).status_code == 403
        role = desk.context.catalogue.authority.roles["lead"]
        wider = replace(role, may=role.may | {"metrics.read"})
        rules = replace(
            desk.context.catalogue.authority, roles={**desk.context.catalogue.authority.roles, "lead": wider}
        )
        desk.context.catalogue = desk.context.catalogue.model_copy(update={"authority": rules})
        assert far.get("/metrics", headers=bearer(desk.context, "lee")).status_code == 200


def test_the_processes_of_a_server_answer_as_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    one, two = Meter(tmp_path), Meter(tmp_path)
    one.add("collect_tui_requests_total", 2, route="/v1/queues")
    one.set("collect_tui_streams", 3)
    one.write()
    monkeypatch.setattr(os, "getpid", lambda: 2**22 + 1)  # no process has so great a number
    two.add("collect_tui_requests_total", 5, route="/v1/queues")
    two.set("collect_tui_streams", 9)
    two.write()
    monkeypatch.undo()
    told = text(one.total())
    assert 'collect_tui_requests_total{route="/v1/queues"} 7' in told
    assert " 3\n" in told
    assert " 9\n" not in told  # the gauge of a process that is gone says nothing any more


def test_labels_are_escaped() -> None:
    told = text({("collect_tui_acts_total", (("kind", 'a"b\\c\nd'),)): 1})
    assert 'kind="a\\"b\\\\c\\nd"' in told


def test_an_error_in_the_log_has_no_message() -> None:
    secret = "Alvarez, Rosa"
    record = logging.LogRecord("uvicorn.error", logging.ERROR, __file__, 1, f"failed for {secret}", (), None)
    record.name = "some.library"
    try:
        raise ValueError(secret)
    except ValueError as error:
        record.exc_info = (type(error), error, error.__traceback__)
    record.msg, record.args = "failed for %s", (secret,)
    line = json.loads(logs.JsonLines().format(record))
    assert secret not in json.dumps(line)
    assert line["error"] == "ValueError"
    assert line["at"].startswith("test_health.py:")
