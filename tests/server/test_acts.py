"""Acts over HTTP: done once, on the version that was seen, all commands together or one under its noun."""

from __future__ import annotations

from uuid import uuid4

import pytest

from collect_tui.desk.commands import COMMANDS, Act
from collect_tui.desk.operations import OPERATIONS
from collect_tui.server.acts import ActBody, fields_of
from collect_tui.server.examples import example
from server.conftest import ROSA, code

KINDS = sorted(COMMANDS)
NOTE = f"/accounts/{ROSA}/notes"


def version(api) -> int:
    return api("lee")("GET", f"/accounts/{ROSA}").json()["version"]


def test_an_act_is_done_once_however_often_it_is_sent(api) -> None:
    lee, key, seen = api("lee"), str(uuid4()), version(api)
    body = {
        "commands": [{"kind": "note", "text": "one"}, {"kind": "next", "on": "2026-11-27"}],
        "line": "n one; nx fri",
    }
    first = lee.act(f"/accounts/{ROSA}/acts", body, seen=f'"{seen}"', key=key)
    assert first.status_code == 200
    assert (first.json()["id"], first.json()["version"], first.json()["repeated"]) == (key, seen + 1, False)
    again = lee.act(f"/accounts/{ROSA}/acts", body, seen=f'"{seen}"', key=key)
    assert (again.status_code, again.json()) == (200, first.json() | {"repeated": True})
    assert version(api) == seen + 1
    other = lee.act(f"/accounts/{ROSA}/acts", body | {"line": "else"}, seen=f'"{seen}"', key=key)
    assert (other.status_code, code(other)) == (422, "act.reused")


def test_a_colleague_who_knows_an_act_is_not_answered_with_its_receipt(api) -> None:
    key, body = str(uuid4()), {"commands": [{"kind": "note", "text": "one"}]}
    assert api("lee").act(f"/accounts/{ROSA}/acts", body, key=key).status_code == 200
    answer = api("mia").act(f"/accounts/{ROSA}/acts", body, key=key)
    assert (answer.status_code, code(answer)) == (422, "act.reused")


def test_a_noun_is_the_act_of_one_command(api) -> None:
    lee, key = api("lee"), str(uuid4())
    first = lee.act(NOTE, {"text": "by itself"}, key=key, seen='"1"')
    assert first.status_code == 200
    whole = {"commands": [{"kind": "note", "text": "by itself"}]}
    assert lee.act(f"/accounts/{ROSA}/acts", whole, key=key, seen='"1"').json() == first.json() | {"repeated": True}


def test_a_plan_is_either_of_equal_instalments_or_in_parts(api) -> None:
    lee, plans = api("lee"), f"/accounts/{ROSA}/plans"
    parts = [{"amount": 5000, "due": "2026-11-27"}, {"amount": 7760, "due": "2026-12-03"}]
    even = {"count": 2, "frequency": "weekly", "first": "2026-11-27"}
    for wrong in ({}, {"count": 2}, even | {"parts": parts}, {"parts": parts, "down": 5}, {"parts": []}):
        answer = lee.act(plans, {"total": 12760} | wrong)
        assert (answer.status_code, code(answer)) == (422, "request.invalid")
        assert "either count, frequency and first, or parts" in answer.json()["detail"]
        whole = {"commands": [{"kind": "plan", "total": 12760} | wrong]}
        assert lee.act(f"/accounts/{ROSA}/acts", whole).status_code == 422
    assert lee.act(plans, {"total": 12760, "parts": parts}).status_code == 200
    found = api("lee")("GET", f"/accounts/{ROSA}").json()["promise"]
    assert [(one["amount"], one["due"]) for one in found["instalments"]] == [(p["amount"], p["due"]) for p in parts]


def test_the_catalogue_tells_a_client_the_order_of_dates(api) -> None:
    assert api("lee")("GET", "/catalogue").json()["rules"]["date_order"] == "mdy"


def test_the_second_of_two_is_told_who_and_when(api) -> None:
    seen = f'"{version(api)}"'
    api("mia").act(NOTE, {"text": "first"}, seen=seen).raise_for_status()
    late = api("ben").act(NOTE, {"text": "second"}, seen=seen)
    assert (late.status_code, code(late)) == (412, "account.changed")
    assert (late.json()["by"], late.json()["at"], late.json()["version"]) == (
        "mia",
        "2026-11-23T16:00:00+00:00",
        version(api),
    )


def test_a_payment_of_more_than_is_owed_asks_for_the_surplus(api) -> None:
    lee, path = api("lee"), f"/accounts/{ROSA}/payments"
    paid = {"amount": 61000, "method": "card"}  # 522.10 is owed
    missing = lee.act(path, paid)
    assert (missing.status_code, code(missing), missing.json()["field"]) == (409, "payment.over_balance", "over")
    asked = missing.json()["confirm"]
    assert (asked["kind"], asked["field"], asked["value"], asked["what"]) == ("surplus", "over", 8790, "87.90")
    for wrong in (1, 8789, 8791, 61000):
        assert code(lee.act(path, paid | {"over": wrong})) == "payment.over_balance"
    for none in (0, -1, 87.9, "87.90", True):
        assert code(lee.act(path, paid | {"over": none})) == "request.invalid", none
    assert version(api) == 1
    both = {"commands": [{"kind": "note", "text": "one"}, {"kind": "payment"} | paid]}
    asked = lee.act(f"/accounts/{ROSA}/acts", both).json()["confirm"]
    assert (asked["command"], asked["value"]) == (1, 8790)
    key = str(uuid4())
    first = lee.act(path, paid | {"over": 8790}, key=key)
    assert first.status_code == 200
    assert lee.act(path, paid | {"over": 8790}, key=key).json() == first.json() | {"repeated": True}


@pytest.mark.parametrize("seen", ["7", '"x"', 'W/"1"', '"1", "2"', '""', '"-1"', '"' + "9" * 19 + '"', '"١"', "**"])
def test_a_malformed_version_is_400(api, seen) -> None:
    headers = {"If-Match": seen.encode(), "Idempotency-Key": str(uuid4())}
    answer = api("lee")("POST", NOTE, json={"text": "x"}, headers=headers)
    assert (answer.status_code, code(answer), answer.json()["field"]) == (400, "request.malformed", "If-Match")


def test_an_act_without_a_version_is_428(api) -> None:
    answer = api("lee")("POST", NOTE, json={"text": "x"}, headers={"Idempotency-Key": str(uuid4())})
    assert (answer.status_code, code(answer), answer.json()["field"]) == (428, "act.unconditional", "If-Match")
    assert api("lee").act(NOTE, {"text": "x"}, seen="*").status_code == 200


@pytest.mark.parametrize("key", [None, "", "1", "x" * 36, "{0d0f7c4e-6f1c-4d0b-9a3e-3f0d2f6a1b11}", "0" * 32])
def test_an_act_needs_a_uuid_of_its_own(api, key) -> None:
    headers = {"If-Match": "*", **({} if key is None else {"Idempotency-Key": key})}
    answer = api("lee")("POST", NOTE, json={"text": "x"}, headers=headers)
    assert (answer.status_code, code(answer), answer.json()["field"]) == (400, "request.malformed", "Idempotency-Key")
    assert "UUID" in answer.json()["detail"]


def test_a_refusal_of_policy_has_its_verdict_and_who_may_override(api) -> None:
    far = {"amount": 15000, "due": "2026-12-06"}
    answer = api("mia").act(f"/accounts/{ROSA}/promises", far)
    assert (answer.status_code, answer.json()["title"]) == (409, "refused-by-policy")
    assert answer.json()["verdict"]["overridable_by"] == "lead"
    body = {"commands": [{"kind": "promise"} | far], "override": {"by": "lee", "reason": "hardship"}}
    done = api("lee").act(f"/accounts/{ROSA}/acts", body)
    assert done.status_code == 200, done.text


def test_a_proof_arrives_as_it_was_typed(api, monkeypatch) -> None:
    from collect_tui.services.local import LocalDesk

    seen = []
    done = LocalDesk.do
    monkeypatch.setattr(LocalDesk, "do", lambda desk, act, *, proof=None: (seen.append(proof), done(desk, act))[1])
    for header in ("p%C3%A4ss%20%25", "plain"):
        headers = {"If-Match": "*", "Idempotency-Key": str(uuid4()), "Override-Proof": header}
        api("lee")("POST", NOTE, json={"text": "x"}, headers=headers).raise_for_status()
    api("lee").act(NOTE, {"text": "x"}).raise_for_status()
    assert seen == ["päss %", "plain", None]


def test_a_preview_says_what_the_act_then_does_and_writes_nothing(api) -> None:
    lee, seen = api("lee"), version(api)
    body = {"commands": [{"kind": "promise", "amount": 15000, "due": "2026-11-27"}]}
    preview = lee("POST", "/previews", json={"id": str(uuid4()), "account": ROSA, "version": seen, **body})
    assert preview.status_code == 200
    assert version(api) == seen
    receipt = lee.act(f"/accounts/{ROSA}/acts", body, seen=f'"{seen}"').json()
    assert receipt["effects"] == preview.json()["effects"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "text"),
        ({"text": 5}, "text"),
        ({"text": "x" * 4001}, "text"),
        ({"text": "x", "kind": "note"}, "kind"),
        ({"text": "x", "version": 1}, "version"),
        ({"text": "x", "pinned": "yes"}, "pinned"),
    ],
)
def test_a_noun_takes_its_command_s_fields_and_no_others(api, body, field) -> None:
    answer = api("lee").act(NOTE, body)
    assert (answer.status_code, answer.json()["field"]) == (422, field)


def test_text_of_an_act_is_cleaned(api) -> None:
    api("lee").act(NOTE, {"text": "a\x00b\x1b]52;c;x\x07c", "pinned": True}).raise_for_status()
    assert api("lee")("GET", f"/accounts/{ROSA}").json()["pinned"] == ["abc"]


@pytest.mark.parametrize("kind", KINDS)
def test_every_command_has_a_noun_a_permission_and_an_example_that_it_takes(api, kind) -> None:
    command = COMMANDS[kind]
    shown = example(command)
    fields_of(command).model_validate(shown)
    command.model_validate({"kind": kind} | shown)
    path = f"/accounts/{ROSA}/{command.noun}"
    refused = api("lee", kind="personal", name="reader", scopes=["account.read"]).act(path, shown)
    assert (refused.status_code, code(refused), refused.json()["field"]) == (403, "authority.permission", f"act.{kind}")
    assert code(api(None).act(path, shown)) == "signin.required"
    answer = api("lee").act(path, shown)
    assert answer.status_code in (200, 409, 422, 404), answer.text
    assert answer.status_code == 200 or not code(answer).startswith("request.")


def test_nouns_are_names_of_their_own() -> None:
    nouns = [command.noun for command in COMMANDS.values()]
    changing = [o.path for o in OPERATIONS if o.verb != "GET"]
    taken = {path.split("/")[3] for path in changing if path.startswith("/accounts/{") and path.count("/") > 2}
    assert len(set(nouns)) == len(nouns)
    assert not taken & set(nouns)


def test_the_body_of_an_act_is_the_act_without_what_headers_say() -> None:
    assert set(ActBody.model_fields) == set(Act.model_fields) - {"id", "account", "version"}
