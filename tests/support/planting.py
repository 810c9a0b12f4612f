"""What the API's description knows to ask, with a text planted in each place that takes one: a route or field that is added later
is tried as well."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from typing import Any, Final
from uuid import uuid4

from fastapi import FastAPI
from starlette.testclient import TestClient

from collect_tui.server.context import ServerContext
from support.book import at, day
from support.server import bearer

ROSA: Final = "4410-2231"


def client(app: FastAPI, context: ServerContext, login: str) -> TestClient:
    async def with_hub(scope: Any, receive: Any, send: Any) -> None:
        await app({**scope, "state": {"context": context}}, receive, send)

    return TestClient(
        with_hub,
        base_url="http://desk",
        headers={**bearer(context, login), "If-Match": "*"},
        raise_server_exceptions=False,
    )


def key() -> str:
    """A new idempotency key."""
    return str(uuid4())


def bodies(schema: dict[str, Any], root: dict[str, Any], text: str, *, wrong: bool = False) -> Iterator[Any]:
    """Bodies of a schema, one for each of its texts that may be any, with this one there; `wrong`: for each of its values."""
    schema = _plain(schema, root)
    if schema.get("type") == "object" or "properties" in schema:
        whole = _example(schema, root)
        for name, part in schema.get("properties", {}).items():
            for value in bodies(part, root, text, wrong=wrong):
                yield {**copy.deepcopy(whole), name: value}
    elif schema.get("type") == "array":
        for value in bodies(schema["items"], root, text, wrong=wrong):
            yield [value]
    elif wrong or _free(schema):
        yield text


def _free(schema: dict[str, Any]) -> bool:
    return schema.get("type") == "string" and not {"enum", "const", "format"} & schema.keys()


def _plain(schema: dict[str, Any], root: dict[str, Any]) -> dict[str, Any]:
    while True:
        if "$ref" in schema:
            schema = root["components"]["schemas"][schema["$ref"].rpartition("/")[2]] | {
                k: v for k, v in schema.items() if k != "$ref"
            }
        elif any_of := schema.get("anyOf") or schema.get("oneOf"):
            schema = next(one for one in any_of if one.get("type") != "null")
        else:
            return schema


def _example(schema: dict[str, Any], root: dict[str, Any]) -> Any:
    schema = _plain(schema, root)
    for found in (schema.get("examples"), [schema[k] for k in ("default", "const") if k in schema], schema.get("enum")):
        if found:
            return copy.deepcopy(found[0])
    match schema.get("type"):
        case "object":
            return {n: _example(schema["properties"][n], root) for n in schema.get("required", ())}
        case "array":
            return []
        case "integer" | "number":
            return 1
        case "boolean":
            return True
    return {"date": day(3), "date-time": at(1), "uuid": "11111111-1111-4111-8111-111111111111"}.get(
        schema.get("format", ""), "other"
    )


def requests(app: FastAPI, text: str, *, wrong: bool = False) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every request that the API's description knows, with a text in each place that takes one; `wrong`: in each that does not too,
    whatever is expected there, and as the name of a field."""
    root = app.openapi()
    for path, operations in root["paths"].items():
        for verb, operation in operations.items():
            filled = _path(path, {})
            for content in operation.get("requestBody", {}).get("content", {}).items():
                kind, described = content
                if "ndjson" in kind:
                    for line in (described.get("example") or "").splitlines():
                        row = json.loads(line)
                        if wrong:
                            yield (
                                verb,
                                filled,
                                {"content": json.dumps({**row, text: 1}), "headers": {"Content-Type": kind}},
                            )
                        for name in [n for n, v in row.items() if wrong or isinstance(v, str)]:
                            yield (
                                verb,
                                filled,
                                {"content": json.dumps({**row, name: text}), "headers": {"Content-Type": kind}},
                            )
                else:
                    for body in bodies(described["schema"], root, text, wrong=wrong):
                        yield verb, filled, {"json": body}
                    if wrong:
                        yield verb, filled, {"json": {**_example(described["schema"], root), text: 1}}
                        yield verb, filled, {"content": text, "headers": {"Content-Type": "application/json"}}
                    yield verb, filled, {"json": _example(described["schema"], root)}
            for parameter in operation.get("parameters", ()) if wrong else ():
                if (place := {"query": "params", "header": "headers"}.get(parameter["in"])) is not None:
                    yield verb, filled, {place: {parameter["name"]: text}}
            for name in re.findall(r"{(\w+)}", path):
                yield verb, _path(path, {name: text}), {}
            if "requestBody" not in operation:
                yield verb, filled, {}


def _path(path: str, given: dict[str, str]) -> str:
    usual = {
        "account": ROSA,
        "number": ROSA,
        "pane": "timeline",
        "name": "broken",
        "login": "the-collector",
        "id": "1",
        "token": "1",
    }
    return re.sub(r"{(\w+)}", lambda m: {**usual, **given}.get(m[1], "1"), path)


#: Streams that go on for ever, and what would end the user's own session.
LEFT_OUT: Final = (("get", "/v1/events"), ("delete", "/v1/sign-in"))
