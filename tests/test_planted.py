"""Planted identifiers and planted card numbers, through every door there is.

The routes come from the app, the panes from the desk's own list, the roles from the site's data and the fields from the API's
description: what is added later is tried as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, get_args

import pytest
from fastapi import FastAPI

from collect_tui.desk.commands import Act
from collect_tui.desk.line.context import LineContext
from collect_tui.desk.line.parse import parse
from collect_tui.desk.views.account import PaneName
from collect_tui.server.app import create_app
from collect_tui.server.context import ServerContext
from collect_tui.services import users
from collect_tui.store import event_log
from support.book import Book, Clock, account, at, catalogue, day, local_desk
from support.cards import files_with_number, has_number
from support.messages import add_message
from support.planting import LEFT_OUT, ROSA, client, key, requests
from support.server import server_context

PHONE, MAIL, HANDLE, HOME, SERVICE = (
    "+1 312 867 5309",
    "quince.meadow@example.com",
    "@rosa_pm77",
    "77 Elmwood Avenue, Chicago",
    "INT-482915",
)
SPOKEN: Final = (
    f"rang 312-867-5309 and +13128675309, (312) 867 5309; wrote to {MAIL}, {HANDLE}; lives {HOME}; line {SERVICE} or int 482915; "
    "asks for quince.meadow, 867.5309"
)
#: What must not be seen of an identifier by whom it is masked for; digits are looked for with what stands between them taken out.
TRACES: Final = {
    "phone": re.compile("|".join("13128675309"[n : n + 5] for n in range(7))),
    "email": re.compile("quince.meadow", re.IGNORECASE),
    "social": re.compile("rosa_pm77", re.IGNORECASE),
    "address": re.compile("elmwood", re.IGNORECASE),
    "service": re.compile("482915"),
}
ROLES: Final = catalogue().authority.roles
BOOK: Final = Book(
    account(
        ROSA,
        "Alvarez, Rosa",
        items=[("INV-1", -63, 41237), ("INV-2", -20, 5000)],
        points=[
            {"kind": "mobile", "value": PHONE},
            {"kind": "email", "value": MAIL},
            {"kind": "social", "value": HANDLE},
            {"kind": "address", "value": HOME},
        ],
        services=[{"product": "INT", "billing_system": "north", "identifier": SERVICE, "monthly": 6000}],
        notes=[
            {"at": at(-2), "by": "mia", "text": SPOKEN, "pinned": True},
            {"at": at(-1), "by": "mia", "text": SPOKEN},
        ],
        contacts=[
            {"at": at(-3), "by": "mia", "action": "TM", "result": "LM", "point": "m1", "note": SPOKEN, "typed": SPOKEN}
        ],
        callbacks=[{"at": at(1), "note": SPOKEN}],
        holds=[{"kind": "HARDSHIP", "placed_on": day(-1), "placed_by": "mia", "reason": SPOKEN}],
    )
)


@pytest.fixture(scope="module")
def app() -> FastAPI:
    return create_app()


@pytest.fixture
def context(tmp_path: Path) -> Iterator[ServerContext]:
    with BOOK.store(tmp_path) as store:
        add_message(store, ROSA, id=1, point="e1", subject=SPOKEN, text=SPOKEN, detail=SPOKEN, reference=MAIL)
        add_message(store, ROSA, id=2, inbound=True, status="ANSWERED", channel="social", address=HANDLE, text=SPOKEN)
        for channel, address in (("sms", PHONE), ("letter", HOME), ("chat", HANDLE), ("internal", MAIL)):
            add_message(store, ROSA, channel=channel, address=address)
        for role in ROLES:
            users.add(store, 1, f"the-{role}", catalogue().authority, role=role)
        yield server_context(store, Clock())


# --------------------------------------------------------------------------------------------------------------- identifiers


@pytest.mark.parametrize("role", sorted(ROLES))
def test_what_a_role_may_not_see_is_in_no_answer(app: FastAPI, context: ServerContext, role: str) -> None:
    rule = ROLES[role]
    owner = local_desk(context.store, f"the-{role}", Clock())
    _speak(owner)
    with context.store.write(1) as db:
        assert event_log.number(db, 1)  # as the relay does: events can be read now
    desk = client(app, context, f"the-{role}")
    asked = [(verb, path, more) for verb, path, more in requests(app, "other") if (verb, path) not in LEFT_OUT]
    asked += [("get", f"/v1/accounts/{ROSA}/panes/{pane}", {}) for pane in get_args(PaneName)]
    asked += [("get", f"/v1/accounts/{ROSA}/messages/{number}", {}) for number in (1, 2)]
    asked += [("get", f"/v1/queues/{queue.name}", {}) for queue in catalogue().queues]
    asked += [("post", "/v1/searches", {"json": {"text": text}}) for text in ("Alvarez", ROSA, "5309", "INV-1")]
    asked += [("post", "/v1/previews", {"json": {**_act(), "commands": [one]}}) for one in _tries()]
    assert len(asked) > 80
    for verb, path, more in asked:
        answer = desk.request(verb, path, **{"headers": {"Idempotency-Key": key()}} | more)
        assert answer.status_code != 500, (verb, path)
        if "/reveals" not in path:
            _no_trace(answer.text, rule.masked, (role, verb, path))
        if not rule.authority().allows("account.read") and answer.is_success:
            assert not re.search(r"Alvarez|412\.37|41237|462\.37|46237", answer.text), (role, verb, path)


def _act() -> dict[str, Any]:
    return {"id": key(), "account": ROSA, "line": SPOKEN}


def _tries() -> list[dict[str, Any]]:
    return [
        {"kind": "note", "text": SPOKEN, "pinned": True},
        {"kind": "contact", "result": "LM", "point": "m1", "note": SPOKEN},
        {"kind": "contact", "result": "LM", "point": "e1", "note": ""},
        {"kind": "point", "point": "zz9", "quality": "bad"},
        {"kind": "hold", "hold": "HARDSHIP", "reason": SPOKEN},
        {"kind": "suspend", "service": "INT", "effective": day(9), "confirm": "2231"},
        {"kind": "suspend", "service": SERVICE, "effective": day(9), "confirm": "2231"},
        {"kind": "undo"},
    ]


def _speak(owner: Any) -> None:
    """Acts that say the identifiers again: in the audit, the timeline, the user's own history."""
    from collect_tui.services.local import new_act

    for command in ({"kind": "note", "text": f"again: {SPOKEN}"}, _tries()[1]):
        owner.do(new_act(ROSA, command, line=SPOKEN))


def _no_trace(text: str, masked: frozenset[str], where: object) -> None:
    text = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d{15,}|\d{4}-\d\d-\d\dT[\d:.]+", "", text)
    for kind in masked:
        read = re.sub(r"[ ().\-]", "", text) if kind == "phone" else text
        found = TRACES[kind].search(read)
        assert found is None, (where, kind, read[max(0, found.start() - 60) : found.end() + 30])


@pytest.mark.parametrize(
    "role", [role for role, rule in ROLES.items() if "email" in rule.masked and rule.authority().allows("account.read")]
)
def test_no_guess_at_what_is_masked_is_told_from_another(app: FastAPI, context: ServerContext, role: str) -> None:
    desk = client(app, context, f"the-{role}")

    def answer(path: str, body: dict[str, Any]) -> Any:
        return desk.post(path, json=body).json()

    for value, kind in ((MAIL, "email"), (HANDLE, "social"), (HOME, "address"), (PHONE, "phone")):
        if kind not in ROLES[role].masked:
            continue
        for length in range(3, len(value), 2):
            for right in (value[-length:], value[:length]):
                wrong = right.translate(str.maketrans("aeiou0123456789", "ueoia9876543210"))
                if kind == "phone" and len(re.sub(r"\D", "", right)) in (4, *range(10, 16)):
                    continue  # what is shown, and the whole of it
                tried, other = (
                    answer(
                        "/v1/previews",
                        {"id": key(), "account": ROSA, "commands": [{"kind": "point", "point": p, "quality": "bad"}]},
                    )
                    for p in (right, wrong)
                )
                assert tried == other, right
                if kind == "email" and length > 3:
                    assert answer("/v1/searches", {"text": right}) == answer("/v1/searches", {"text": wrong}), right
    if "phone" in ROLES[role].masked:
        for text in ("+1312", "1312", "+13128", "867530", "+1 312 867", "00131286"):
            assert answer("/v1/searches", {"text": text}) == []


# --------------------------------------------------------------------------------------------------------- what is not said yet

OWED: Final = (41237, 5013, 123457)
#: What is owed in all its sums, and what is left of each when 50.00 or 150.00 is paid.
SUMS: Final = {sum(OWED[i] for i in range(3) if some >> i & 1) for some in range(1, 8)} | {7719, 2573, 10292}
FIGURES: Final = sorted(SUMS | {each - paid for each in SUMS for paid in (5000, 15000) if each > paid + 999})
BALANCES: Final = re.compile(
    r"(?<!\d)(?:"
    + "|".join(f"{each}|{each // 100}[.,]{each % 100:02}|{each / 100:,.2f}" for each in FIGURES)
    + r")(?!\d)"
)
SAYS: Final = f"rang, says that {OWED[0] / 100} is too much"
PLAN: Final = {
    "kind": "plan",
    "status": "ACTIVE",
    "made_on": day(-30),
    "made_at": at(-30),
    "made_by": "mia",
    "grace_days": 2,
    "instalments": [{"due": day(4), "amount": 7719}, {"due": day(34), "amount": 2573}],
}
OWING: Final = Book(
    account(
        ROSA,
        "Alvarez, Rosa",
        items=[("INV-1", -63, OWED[0], {"service": "INT"}), ("INV-2", -20, OWED[1]), ("INV-3", 9, OWED[2])],
        services=[{"product": "INT", "billing_system": "north", "identifier": SERVICE, "monthly": 6000}],
        payments=[{"ref": "P-9", "received_on": day(-9), "method": "card", "amount": 7719, "allocations": []}],
        promises=[PLAN],
        contacts=[
            {"at": at(-3), "by": "mia", "action": "TM", "result": "LM", "point": "m1", "note": SAYS, "typed": SAYS}
        ],
        notes=[{"at": at(-2), "by": "mia", "text": SAYS, "pinned": True}],
    )
)
LINES: Final = (
    "rp m1 income; pp 150 fri",
    "arr 300 3m fri",
    "arr 9999 3m fri",
    "settle 150 fri",
    "pay 5000",
    "pay 50",
    "pay 50 INV-1=50",
    "pay 900 INV-1=900",
    "xp changed her mind",
    "reage 1dec moved",
    "sus INT +9",
    "note final",
    "stmt",
    "bill INV-1",
    'di INV-1 PRICE "too much"',
    'waive INV-1 goodwill "was on hold"',
    'writeoff insolvent "letter"',
    "n a word",
)


def test_what_is_owed_is_in_no_answer_before_the_customer_is_verified(app: FastAPI, tmp_path: Path) -> None:
    site = catalogue()
    rules = replace(site.rules, verification=replace(site.rules.verification, mode="hide"))
    with OWING.store(tmp_path) as store:
        add_message(store, ROSA, id=1, point="m1", subject=SAYS, text=f"You owe {OWED[0] / 100} and 1.234,57.")
        users.add(store, 1, "the-collector", site.authority, role="collector")
        strict = ServerContext(store, site.model_copy(update={"rules": rules}), Clock(), faults=tmp_path / "faults.log")
        desk, open_desk = (
            client(app, strict, "the-collector"),
            client(app, server_context(store, Clock()), "the-collector"),
        )
        commands = [
            act.model_dump(mode="json")["commands"] for act in _read(local_desk(store, "the-collector", Clock()))
        ]
        assert len(commands) == len(LINES)
        asked: list[tuple[str, str, dict[str, Any]]] = [
            ("get", path, {}) for path in ("/v1/queues", "/v1/acts", "/v1/inbox")
        ]
        asked += [("get", f"/v1/accounts/{ROSA}{path}", {}) for path in ("", "/why", "/messages/1")]
        asked += [("get", f"/v1/accounts/{ROSA}/panes/{pane}", {}) for pane in get_args(PaneName)]
        asked += [("get", f"/v1/queues/{queue.name}", {}) for queue in site.queues]
        asked += [("post", "/v1/searches", {"json": {"text": text}}) for text in ("Alvarez", ROSA, "INV-1", "P-9")]
        asked += [("post", "/v1/claims", {"json": {}})]
        previews = [
            ("post", "/v1/previews", {"json": {"id": key(), "account": ROSA, "commands": some}}) for some in commands
        ]
        acts = [
            ("post", f"/v1/accounts/{ROSA}/acts", {"json": {"commands": some}, "headers": {"Idempotency-Key": key()}})
            for some in commands
        ]
        told = [open_desk.request(verb, path, **more).text for verb, path, more in [*asked, *previews]]
        assert sum(BALANCES.search(text) is not None for text in told) > 15, "the same is said where nothing is hidden"
        for verb, path, more in [*asked, *previews, *acts, *asked]:
            answer = desk.request(verb, path, **more)
            assert answer.status_code != 500, (verb, path)
            found = BALANCES.search(answer.text)
            assert found is None, (verb, path, more, answer.text[max(0, found.start() - 90) : found.end() + 30])
        verify = {"commands": [{"kind": "verify", "facts": ["dob", "addr"], "method": "call"}]}
        done = desk.post(f"/v1/accounts/{ROSA}/acts", json=verify, headers={"Idempotency-Key": key()})
        assert done.is_success, done.text
        for verb, path, more in (
            ("get", f"/v1/accounts/{ROSA}", {}),
            ("get", f"/v1/accounts/{ROSA}/why", {}),
            previews[4],
        ):
            assert BALANCES.search(desk.request(verb, path, **more).text), "once verified it is said"


def _read(desk: Any) -> Iterator[Any]:
    """The acts of these lines."""
    context = LineContext.of(desk.account(ROSA), desk.catalogue(), desk.session())
    for line in LINES:
        parsed = parse(line, context)
        assert not parsed.errors, (line, parsed.errors)
        yield Act(id=key(), account=ROSA, commands=parsed.commands)


# ---------------------------------------------------------------------------------------------------------------------- cards


def test_no_route_stores_a_card_number_whatever_field_it_stands_in(
    app: FastAPI, context: ServerContext, tmp_path: Path, capfd: Any
) -> None:
    spelling = "4111/1111_1111|1111"
    tried = 0
    for role in ("lead", "admin", "integration"):
        desk = client(app, context, f"the-{role}")
        for verb, path, more in requests(app, spelling):
            if (verb, path) in LEFT_OUT or "day-runs" in path or "order-runs" in path:
                continue
            answer = desk.request(
                verb, path, **{"headers": {"Idempotency-Key": key()} | more.pop("headers", {})} | more
            )
            assert answer.status_code != 500, (verb, path)
            tried += 1
    assert tried > 200
    assert not files_with_number(tmp_path)
    out = capfd.readouterr()
    assert not has_number((out.out + out.err).encode())
