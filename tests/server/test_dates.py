"""Every day and instant that comes in by any route, with the extremes of the calendar: a refusal that names it, never a fault.

What is tried is read off the commands and the API's description, so a new field is tried as soon as there is one.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest

from collect_tui.desk.commands import COMMANDS
from collect_tui.domain.dates import LAST_DAY, add_months
from collect_tui.server.app import create_app
from collect_tui.server.context import ServerContext
from collect_tui.server.examples import example
from collect_tui.services import users
from collect_tui.services.intake.billed import BILLED
from server.conftest import ROSA, Api, code
from support.book import TODAY

DAYS = (
    *(
        "9999-12-31",
        "9999-12-30",
        "0001-01-01",
        "10000-01-01",
        "0000-00-00",
        "-0001-01-01",
        "+002026-11-27",
        "2200-01-01",
    ),
    *("1969-12-31", "2026-02-30", "2026-13-01", "2026-11-27T10:00:00Z", "99999999999999999999", "", "NaN", "infinity"),
)
INSTANTS = (
    *("9999-12-31T23:59:59Z", "9999-12-31T23:59:59.999999-23:59", "0001-01-01T00:00:00+23:59", "0001-01-01T00:00:00Z"),
    *("10000-01-01T00:00:00Z", "1969-12-31T23:59:59Z", "1970-01-01T00:00:00+00:01", "2200-01-01T00:00:00Z"),
    *("2199-12-31T23:59:59-00:01", "2026-11-24T15:00:00", "2026-11-24T15:00:00+24:00", "2026-02-30T10:00:00Z"),
    *("2026-11-24T24:30:00Z", "2026-11-24", "infinity", ""),
)
#: Within what is known, and further ahead than any command may reach.
FAR = (str(LAST_DAY), str(add_months(TODAY, 121)))
FAR_INSTANTS = tuple(f"{day}T15:00:00Z" for day in FAR)
EXTREMES = {"date": (DAYS, FAR), "date-time": (INSTANTS, FAR_INSTANTS)}
Place = tuple[str | int, ...]


def dated(schema: Any, parts: Any, place: Place = ()) -> Iterator[tuple[Place, str]]:
    """Where in a value of a schema days and instants stand: the place and the format."""
    if "$ref" in schema:
        schema = parts[schema["$ref"].rpartition("/")[2]]
    if schema.get("format") in EXTREMES:
        yield place, schema["format"]
    for one in schema.get("anyOf", ()):
        yield from dated(one, parts, place)
    for name, one in schema.get("properties", {}).items():
        yield from dated(one, parts, (*place, name))
    if "items" in schema:
        yield from dated(schema["items"], parts, (*place, 0))


def put(body: Any, place: Place, value: str) -> Any:
    """The body with a value at a place; what is missing on the way is made."""
    if not place:
        return value
    name, rest = place[0], place[1:]
    if name == "points":
        return {**body, name: [put(dict(POINT), rest[1:], value)]}
    if isinstance(name, int):
        first, second = PART | {"due": "2026-11-27"}, PART | {"due": "2026-12-04"}
        return [put(dict(first), rest, value), second]
    return {**body, name: put(body.get(name) or {}, rest, value)}


PART = {"amount": 20605}
POINT = {"kind": "mobile", "value": "+1 312 555 0188"}
#: What else a command needs besides what every one of its kind has.
ALSO = {"point": {"consent": "in"}}


def of_commands() -> Iterator[Any]:
    for kind, command in COMMANDS.items():
        schema = command.model_json_schema()
        for place, form in dated(schema, schema.get("$defs", {})):
            yield pytest.param(kind, place, form, id=f"{kind}-{'.'.join(map(str, place))}")


def body_of(kind: str, place: Place, value: str) -> dict[str, Any]:
    body = example(COMMANDS[kind]) | ALSO.get(kind, {})
    if place[0] == "parts":
        body = {name: told for name, told in body.items() if name == "total"}
    return put(body, place, value)


@pytest.mark.parametrize(("kind", "place", "form"), of_commands())
def test_a_date_of_a_command_is_bounded(
    api: Callable[..., Api], context: ServerContext, kind: str, place: Place, form: str
) -> None:
    lee, named = api("lee"), str([part for part in place if isinstance(part, str)][-1])
    never, far = EXTREMES[form]
    for value in (*never, *far):
        fields = body_of(kind, place, value)
        answer = lee.act(f"/accounts/{ROSA}/{COMMANDS[kind].noun}", fields)
        assert (answer.status_code, answer.json().get("field")) == (422, named), (value, answer.text)
        act = {"commands": [fields | {"kind": kind}], "override": {"by": "lee", "reason": "it must be so"}}
        preview = act | {"id": str(uuid4()), "account": ROSA}
        for path, sent in (("/previews", preview), (f"/accounts/{ROSA}/acts", act)):
            whole = lee.act(path, sent)
            assert whole.status_code == 422 or path == "/previews", (value, whole.text)
            assert whole.json()["field"] == named, (path, value, whole.text)
    assert context.faults is not None
    assert not context.faults.exists(), context.faults.read_text()


def of_routes() -> Iterator[Any]:
    """Every other body and parameter of the API that holds a date."""
    found = create_app().openapi()
    parts = found["components"]["schemas"]
    acts = {f"/v1/accounts/{{account}}/{command.noun}" for command in COMMANDS.values()}
    for path, verbs in found["paths"].items():
        for verb, operation in verbs.items():
            if path in acts | {"/v1/previews", "/v1/accounts/{account}/acts"}:
                continue
            body = operation.get("requestBody", {}).get("content", {}).get("application/json", {"schema": {}})
            for place, form in dated(body["schema"], parts):
                yield pytest.param(verb, path, place, form, id=f"{verb} {path} {'.'.join(map(str, place))}")
            for parameter in operation.get("parameters", ()):
                for _, form in dated(parameter.get("schema", {}), parts):
                    raise AssertionError(f"{path} takes a {form} in {parameter['name']}: try it here")


#: What else a body needs.
BESIDE = {"/v1/billing/orders/{number}/acknowledgements": {"status": "completed"}}


@pytest.mark.parametrize(("verb", "path", "place", "form"), of_routes())
def test_a_date_of_a_route_is_bounded(
    api: Callable[..., Api], context: ServerContext, verb: str, path: str, place: Place, form: str
) -> None:
    users.add(context.store, 1, "netbill", context.catalogue.authority, role="integration")
    who = api("netbill" if "billing" in path else "lee")
    for value in EXTREMES[form][0]:
        body = put(BESIDE.get(path, {}), place, value)
        answer = who(verb.upper(), path.removeprefix("/v1").format(number="SO-1", login="ben"), json=body)
        assert (answer.status_code, answer.json().get("field")) == (422, place[-1]), (value, answer.text)
    assert context.faults is not None
    assert not context.faults.exists()


STREAMED = list(BILLED)


def of_deliveries() -> Iterator[Any]:
    for kind in STREAMED:
        schema = BILLED[kind].model.model_json_schema()
        for place, form in dated(schema, schema.get("$defs", {})):
            yield pytest.param(kind, place, form, id=f"{kind}-{'.'.join(map(str, place))}")


@pytest.mark.parametrize(("kind", "place", "form"), of_deliveries())
def test_a_date_of_a_delivery_is_bounded(
    api: Callable[..., Api], context: ServerContext, kind: str, place: Place, form: str
) -> None:
    users.add(context.store, 1, "netbill", context.catalogue.authority, role="integration")
    extra = BILLED[kind].model.model_config["json_schema_extra"]
    assert isinstance(extra, dict)
    row: Any = dict(extra["example"]) | ({} if kind == "accounts" else {"account": ROSA})
    values = [value for part in EXTREMES[form] for value in part]
    lines = b"".join(json.dumps(put(row, place, value)).encode() + b"\n" for value in values)
    answer = api("netbill")("PUT", f"/billing/{kind}", content=lines, headers={"Content-Type": "application/x-ndjson"})
    told = [json.loads(line) for line in answer.text.splitlines()]
    assert told[-1]["summary"]["rejected"] == len(values), told
    assert {one["field"].rpartition(".")[2] for one in told[:-1]} == {place[-1]}
    assert context.faults is not None
    assert not context.faults.exists()


@pytest.mark.parametrize("day", [*DAYS, *FAR, *INSTANTS])
def test_a_cursor_of_our_making_or_not_is_no_fault(api: Callable[..., Api], context: ServerContext, day: str) -> None:
    lee = api("lee")
    queue = base64.b64encode(json.dumps([0, day, 0, day, "x"]).encode(), altchars=b"-_").decode()
    for path, cursor in [
        *(
            (f"/accounts/{ROSA}/panes/{pane}", f"{day}~1")
            for pane in ("items", "payments", "promises", "audit", "messages")
        ),
        (f"/accounts/{ROSA}/panes/timeline", f"{day}~1~1"),
        ("/queues/suspend", queue),
    ]:
        answer = lee("GET", path, params={"cursor": cursor})
        assert answer.status_code in (200, 422), answer.text
        assert answer.status_code == 200 or code(answer).endswith(".cursor")
    assert context.faults is not None
    assert not context.faults.exists(), context.faults.read_text()


def test_nobody_buries_an_account_by_its_next_action(api: Callable[..., Api], context: ServerContext) -> None:
    lee = api("lee")
    over = {"override": {"by": "lee", "reason": "as agreed"}}
    far = add_months(TODAY, 13)
    for commands in (
        [{"kind": "next", "on": str(far)}],
        [{"kind": "callback", "at": f"{far}T16:00:00Z"}],
        [{"kind": "snooze", "until": str(far), "reason": "LANG"}],
    ):
        answer = lee.act(f"/accounts/{ROSA}/acts", {"commands": commands, **over})
        assert (answer.status_code, code(answer)) == (422, "date.out_of_range")
        assert "within 12 months of today" in answer.json()["detail"]


def test_every_command_route_and_delivery_with_a_date_is_tried() -> None:
    assert {p.values[0] for p in of_commands()} >= {
        "callback",
        "next",
        "promise",
        "plan",
        "payment",
        "hold",
        "snooze",
        "suspend",
    }
    assert {p.values[0] for p in of_deliveries()} == set(STREAMED)
    assert {p.values[1] for p in of_routes()} >= {"/v1/day-runs", "/v1/billing/orders/{number}/acknowledgements"}
