"""The API's description: as checked in, whole, and true."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from collect_tui.desk.commands import COMMANDS
from collect_tui.desk.operations import OPERATIONS
from collect_tui.server.app import create_app
from server.conftest import ROSA

ROOT = Path(__file__).resolve().parents[2]
MADE = create_app().openapi()
VERBS = ("get", "put", "post", "delete", "patch")
OPERATED = [
    (path, verb, MADE["paths"][path][verb]) for path in MADE["paths"] for verb in VERBS if verb in MADE["paths"][path]
]
IDS = [f"{verb} {path}" for path, verb, _ in OPERATED]


def resolved(part: dict) -> dict:
    while "$ref" in part:
        found = MADE
        for name in part["$ref"].removeprefix("#/").split("/"):
            found = found[name]
        part = found
    return part


def test_the_description_is_the_one_checked_in() -> None:
    spec = importlib.util.spec_from_file_location("collect_tui_docs_generate", ROOT / "docs/generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    kept = (ROOT / "docs/openapi.json").read_text("utf-8")
    assert module.api() == kept, "docs/openapi.json differs from the program: run `python docs/generate.py`"


def test_every_operation_and_every_command_is_in_it() -> None:
    found = {(path, verb.upper()) for path, verb, _ in OPERATED}
    assert {(f"/v1{o.path}", o.verb) for o in OPERATIONS} <= found
    assert {(f"/v1/accounts/{{account}}/{c.noun}", "POST") for c in COMMANDS.values()} <= found
    assert MADE["openapi"].startswith("3.1")


@pytest.mark.parametrize(("path", "verb", "operation"), OPERATED, ids=IDS)
def test_every_part_is_described(path, verb, operation) -> None:
    assert operation["operationId"]
    assert operation["summary"]
    assert operation.get("description"), "no description"
    for parameter in operation.get("parameters", ()):
        assert parameter.get("description") or parameter["schema"].get("description"), parameter["name"]
    for status, answer in operation["responses"].items():
        assert resolved(answer)["description"], status
    assert {"401", "429", "500"} <= set(operation["responses"])
    assert operation.get("security", MADE["security"]) in ([], [{"bearer": []}])


def test_a_noun_says_what_its_command_says_and_nothing_meant_for_its_makers() -> None:
    told = [operation["description"] for _, _, operation in OPERATED] + [
        schema.get("description", "") for schema in MADE["components"]["schemas"].values()
    ]
    assert not [text for text in told if "OutsideCommand" in text or "One act of a collector" in text]


def test_operations_have_names_of_their_own() -> None:
    names = [operation["operationId"] for _, _, operation in OPERATED]
    assert len(set(names)) == len(names)


def test_references_lead_somewhere_and_schemas_are_schemas() -> None:
    def walk(part):
        if isinstance(part, dict):
            if isinstance(part.get("$ref"), str):
                resolved(part)
            for each in part.values():
                walk(each)
        elif isinstance(part, list):
            for each in part:
                walk(each)

    walk(MADE)
    for schema in MADE["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize("kind", sorted(COMMANDS))
def test_the_example_of_a_noun_fits_its_schema(kind) -> None:
    body = MADE["paths"][f"/v1/accounts/{{account}}/{COMMANDS[kind].noun}"]["post"]["requestBody"]
    content = body["content"]["application/json"]
    schema = content["schema"]
    shown = content.get("example") or next(iter(content.get("examples") or schema.get("examples")))
    whole = {"components": MADE["components"], **{k: v for k, v in schema.items() if k != "examples"}}
    Draft202012Validator(whole).validate(shown)
    assert not Draft202012Validator(whole).is_valid(shown | {"kind": kind})


def test_an_answer_fits_its_schema(api) -> None:
    for path in ("/session", "/catalogue", "/queues", "/acts"):
        schema = MADE["paths"][f"/v1{path}"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        whole = {"components": MADE["components"], **schema}
        Draft202012Validator(whole).validate(api("lee")("GET", path).json())
    schema = MADE["components"]["schemas"]["Problem"]
    problem = api("lee")("GET", f"/accounts/{ROSA}/panes/none").json()
    Draft202012Validator({"components": MADE["components"], **schema}).validate(problem)


def test_the_server_hands_its_description_out(api) -> None:
    assert json.loads(api(None)("GET", "/openapi.json").text) == json.loads(json.dumps(MADE))
