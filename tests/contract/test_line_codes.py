"""Words of the line that stand for codes, on every desk: what is none is refused with the ones there are, and never taken for a note."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from collect_tui.desk.commands import MakePromise, RecordPayment
from collect_tui.desk.errors import Invalid
from collect_tui.desk.line.context import LineContext
from collect_tui.desk.line.parse import parse
from collect_tui.desk.protocol import Desk
from collect_tui.store.engine import Store
from contract.conftest import CORNERS, act, do
from support.book import SERVICES, Book, account, day

COMBINATIONS = CORNERS
ROSA, ELA = "4410-2231", "4410-0087"
SUSPENDED = {
    "status": "SUSPENDED",
    "suspend_cause": "nonpay",
    "billing_system": "north",
    "monthly": 3000,
    "product": "EL",
}
DONE = {
    "kind": "suspend",
    "reason": "NONPAY",
    "status": "COMPLETED",
    "requested_on": day(-6),
    "effective": day(-5),
    "requested_by": "mia",
}
BOOK = Book(
    account(
        ROSA,
        "Alvarez, Rosa",
        items=[("INV-1", -63, 30000, {"service": "INT"})],
        services=SERVICES,
        points=[
            {"kind": "mobile", "value": "+1 312 555 0142"},
            {"kind": "address", "value": "12 Elm Street\nChicago, IL 60614"},
        ],
        notices=[{"level": "1", "channel": "letter", "status": "DELIVERED", "sent_on": day(-3), "items": []}],
    ),
    account(
        ELA,
        "Petrov, Ela",
        items=[("INV-9", -63, 22000, {"service": "EL-1"})],
        services=[{**SUSPENDED, "identifier": "EL-1"}, {**SUSPENDED, "identifier": "EL-2"}],
        orders=[{**DONE, "number": "S-1", "service": "EL-1"}, {**DONE, "number": "S-2", "service": "EL-2"}],
    ),
)


@pytest.fixture
def store(combination: str, tmp_path: Path) -> Iterator[Store]:
    with BOOK.store(tmp_path) if combination.endswith("sqlite") else BOOK.pg_store() as opened:
        yield opened


def error_of(desk: Desk, line: str) -> str:
    context = LineContext.of(desk.account(ROSA), desk.catalogue(), desk.session())
    [error] = parse(line, context).errors
    return error.message


def said(desk: Desk, number: str, line: str) -> str:
    preview = desk.preview(act(desk, number, line))
    return " · ".join(each.text for each in preview.said)


def test_a_payment_has_a_method_of_the_site(desk: Desk) -> None:
    assert "received today, check, reference CHK1" in said(desk, ROSA, "pay 50 cheque CHK1")
    for line in ("pay 50 chck CHK1", "pay 50 CHK1 chck", "pay 50 chck"):
        assert "chck is no method of payment. Did you mean check?" in error_of(desk, line)
    do(desk, ROSA, "pay 50 cheque CHK1")
    assert [(paid.ref, paid.method) for paid in desk.pane(ROSA, "payments").payments] == [("CHK1", "check")]


def test_a_payment_of_long_ago_is_warned_of_and_one_to_come_is_a_promise(desk: Desk) -> None:
    assert "It was received Thu 15 Jan 2026, 312 days ago" in said(desk, ROSA, "pay 50 check CHK1 15jan")
    assert "days ago" not in said(desk, ROSA, "pay 50 check CHK1 15nov")
    to_come = desk.preview(act(desk, ROSA, "pay 50 check CHK1 2027-01-15"))
    assert "is promised: pp AMOUNT DATE METHOD" in (to_come.error or "")


@pytest.mark.parametrize(
    "command", [RecordPayment(amount=5000, method="chck"), MakePromise(amount=5000, due=day(3), method="chck")]
)
def test_what_comes_without_a_line_has_one_too(desk: Desk, command: object) -> None:
    shown = desk.preview(act(desk, ROSA, "pay 50 card").model_copy(update={"commands": (command,)}))
    assert shown.error is not None
    assert "chck is no method of payment; did you mean check?" in shown.error


def test_an_order_has_the_reason_that_was_meant(desk: Desk) -> None:
    """It leaves the building with it: what is taken for a note is said to be non-payment there."""
    assert "Did you mean fraud?" in error_of(desk, "sus int fri fruad")
    assert "no reason to suspend" in error_of(desk, "sus int fri moving")
    assert "no next action" in error_of(desk, "t fri lunch")
    assert "lunch" in said(desk, ROSA, "t fri lunch with the team")


def test_what_is_no_message_that_waits_names_those_that_do(desk: Desk) -> None:
    assert "send statement writes one" in error_of(desk, "xm statement wrong")
    do(desk, ROSA, "send statement letter")
    assert "no message that waits on this account. Expected one of statement." in error_of(desk, "xm notice wrong")
    assert "no level of a notice" in error_of(desk, "notice 7")


def test_a_notice_says_what_it_goes_before_also_when_it_comes_too_soon(desk: Desk) -> None:
    """Notice 1 was served a few days ago, and about another debt."""
    for line in ("notice 2", "send notice-2"):
        assert "It goes before notice 1, which nobody has served for this debt." in said(desk, ROSA, line)
        assert "The last notice was served" in said(desk, ROSA, line)


def test_of_two_orders_it_is_asked_which(lead: Desk) -> None:
    first, second = (o.number for o in lead.account(ELA).orders)
    with pytest.raises(Invalid) as error:
        do(lead, ELA, "revorder el by mistake #0087")
    assert error.value.code == "order.ambiguous"
    assert f"{first} (suspend EL Wed 18 Nov), {second} (suspend EL Wed 18 Nov)" in error.value.message
    assert "for EL" in said(lead, ELA, "revorder EL-2 by mistake")
    with pytest.raises(Invalid, match="No order of INT can be reversed"):
        do(lead, ROSA, "revorder int by mistake #2231")


def test_what_is_mended_shows_what_it_was(desk: Desk) -> None:
    assert 'a1 is "12 Hazel St" now (was "12 Elm Street Chicago, IL 60614")' in said(
        desk, ROSA, "fix address 12 Hazel St"
    )
    do(desk, ROSA, 'party spouse "Alvarez, Luis" address "7 Oak St"')
    assert 'a2 is "8 Oak St" now (was "7 Oak St")' in said(desk, ROSA, "fix address a2 8 Oak St")
    assert 'a1 is "8 Oak St" now' in said(desk, ROSA, "fix address A1 8 Oak St")
    assert "name: Rose Alvarez (was Alvarez, Rosa)" in said(desk, ROSA, "fix name Rose Alvarez")
    assert "language: es (was en)" in said(desk, ROSA, "fix lang es")


def test_what_confirms_a_promise_is_offered_where_there_is_one(desk: Desk) -> None:
    def offered() -> set[str]:
        found = dict(LineContext.of(desk.account(ROSA), desk.catalogue(), desk.session()).sending.offered())
        return found.keys() & {"promise-confirmation", "plan-confirmation"}

    assert offered() == set()
    do(desk, ROSA, "pp 50 fri")
    assert offered() == {"promise-confirmation"}
    do(desk, ROSA, "xp changed")
    do(desk, ROSA, "arr p dn100 3m 15")
    assert offered() == {"plan-confirmation"}
