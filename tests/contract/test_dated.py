"""A day that is named and does not come next: what goes before it is said, and what becomes of it, before and after Enter."""

from __future__ import annotations

from datetime import timedelta

import pytest

from collect_tui.cli.plain import preview_text, receipt_text
from collect_tui.desk.commands import COMMANDS
from contract.conftest import act, do
from support.book import Book, account

PIA = "4410-0200"
BOOK = Book(
    account(
        PIA,
        "Paid, Pia",
        items=[("INV-50", -40, 9000, {"service": "INT"}), ("INV-51", 7, 8000)],
        services=[
            {
                "product": "INT",
                "billing_system": "north",
                "identifier": "INT-9",
                "monthly": 6000,
                "status": "SUSPENDED",
                "suspend_cause": "nonpay",
            }
        ],
        stage="SUSPENDED",
    )
)
FIRST = "check the order today goes before"

#: A line, the kind of its command, and what is said of the day it names while a restoration waits to be sent.
NAMED = [
    ("t +2", "next", f"{FIRST} call Wed 25 Nov: set the date again after that"),
    ("cb tue 9:30", "callback", f"{FIRST} callback tomorrow 09:30 Chicago UTC-06:00: the callback stands"),
    ("pp 10 fri", "promise", f"{FIRST} check the promise Mon 30 Nov: the promise stands"),
    ("pa 20 2m fri", "plan", f"{FIRST} check the promise Mon 30 Nov: the plan stands"),
    ("snooze wed research", "snooze", f"{FIRST} check the order Wed 25 Nov: the account stays put off for all else"),
]


@pytest.fixture
def store(combination, tmp_path):
    with BOOK.store(tmp_path) if combination.endswith("sqlite") else BOOK.pg_store() as opened:
        yield opened


@pytest.mark.parametrize(("line", "kind", "sentence"), NAMED)
def test_a_day_that_gives_way_to_an_order_is_told(desk, line, kind, sentence):
    do(desk, PIA, "pay 105 card r1")
    typed = act(desk, PIA, line)
    assert [c.kind for c in typed.commands if c.dates] == [kind]
    preview = desk.preview(typed)
    receipt = desk.do(typed)
    for view in (preview, receipt):
        assert [each.text for each in view.said if each.kind == "replaced"] == [sentence]
    assert sentence in preview_text(preview).splitlines()
    assert sentence in receipt_text(receipt)


@pytest.mark.parametrize("line", [line for line, *_ in NAMED])
def test_a_day_that_comes_next_needs_no_word(desk, line):
    assert not [each for each in do(desk, PIA, line).said if each.kind == "replaced"]


def test_the_day_that_is_named_before_another_is_told_too(desk):
    [said] = [each.text for each in do(desk, PIA, "t wed; cb tue 9:30").said if each.kind == "replaced"]
    assert (
        said == "callback tomorrow 09:30 Chicago UTC-06:00 goes before call Wed 25 Nov: set the date again after that"
    )


def test_a_settlement_gives_way_too(desks):
    lead = desks("lee")
    do(lead, PIA, "pay 105 card r1")
    said = [each.text for each in do(lead, PIA, "settle 30 fri").said if each.kind == "replaced"]
    assert said == [f"{FIRST} check the promise Mon 30 Nov: the settlement stands"]


def test_a_plan_that_is_taken_up_again_gives_way_too(desks, clock):
    lead = desks("lee")
    do(lead, PIA, "ptp 20 tue + 20 24dec")
    for _ in range(6):
        clock.now += timedelta(days=1)
        lead.day(clock.now.date())
    do(lead, PIA, "pay 105 card r1")
    said = [each.text for each in do(lead, PIA, "rescue fri").said if each.kind == "replaced"]
    assert len(said) == 1
    assert said[0].endswith(": the plan stands")


def test_every_command_that_dates_an_account_is_here():
    dated = {kind for kind, command in COMMANDS.items() if command.dates}
    assert dated == {kind for _, kind, _ in NAMED} | {"settlement", "rescue"}
