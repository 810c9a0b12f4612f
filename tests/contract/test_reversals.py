"""A suspension that was ordered in error is reversed, whatever the billing system answers first."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from collect_tui.desk.errors import Refused
from collect_tui.desk.line.complete import listing
from collect_tui.desk.line.context import LineContext
from collect_tui.desk.protocol import Desk
from collect_tui.services.local import LocalDesk
from collect_tui.store.engine import Store
from contract.conftest import CORNERS, ROSA, do
from support.book import Clock, catalogue, sync_orders

COMBINATIONS = CORNERS
Run = Callable[..., None]


@pytest.fixture
def run(store: Store, tmp_path: Path) -> Run:
    """The orders run; `answers`: number of an order → what the billing system says of it."""
    folder = tmp_path / "orders"

    def runs(**answers: str) -> None:
        inbox = folder / "inbox" / "north"
        inbox.mkdir(parents=True, exist_ok=True)
        for number, outcome in answers.items():
            body = {"order": number.replace("_", "-"), "outcome": outcome, "at": "2026-11-23T15:30:00Z"}
            (inbox / f"{number}.json").write_text(json.dumps(body))
        report = sync_orders(LocalDesk(store, catalogue(), user="lee", clock=Clock()), folder)
        assert report.refused_files == {}

    return runs


def internet(desk: Desk) -> str:
    return next(s.status for s in desk.account(ROSA).services if s.product == "INT")


def cut(lead: Desk, run: Run) -> str:
    """INT is to be cut, and the order has left."""
    do(lead, ROSA, "sus int tue #2231")
    run()
    [order] = lead.account(ROSA).orders
    assert order.status == "SENT"
    return order.number.replace("-", "_")


def reverse(lead: Desk) -> str:
    do(lead, ROSA, "revorder int cut by mistake #2231")
    return next(o.number for o in lead.account(ROSA).orders if o.kind == "restore").replace("-", "_")


def test_what_was_cut_in_error_comes_back_for_nothing(lead: Desk, run: Run) -> None:
    run(**{cut(lead, run): "completed"})
    owed = lead.account(ROSA).total
    back = reverse(lead)
    assert (internet(lead), lead.account(ROSA).total) == ("PENDING_RESTORE", owed)
    do(lead, ROSA, "n still owed")  # an order that nothing pays for stands, whatever else happens
    run()
    run(**{back: "completed"})
    assert (internet(lead), lead.account(ROSA).total) == ("ACTIVE", owed)


@pytest.mark.parametrize(
    ("first", "then", "ends"),
    [("completed", "completed", "ACTIVE"), ("rejected", "completed", "ACTIVE"), ("completed", "rejected", "SUSPENDED")],
)
@pytest.mark.parametrize("turned", [False, True], ids=["in order", "turned round"])
def test_both_may_be_on_their_way(lead: Desk, run: Run, first: str, then: str, ends: str, turned: bool) -> None:
    sent = cut(lead, run)
    back = reverse(lead)
    run()
    answers = [(sent, first), (back, then)]
    for number, outcome in reversed(answers) if turned else answers:
        run(**{number: outcome})
    assert internet(lead) == ends


def test_one_that_is_refused_needs_no_reversal(lead: Desk, run: Run) -> None:
    sent = cut(lead, run)
    reverse(lead)
    assert internet(lead) == "PENDING_SUSPEND"
    do(lead, ROSA, "undo")
    assert [o.kind for o in lead.account(ROSA).orders] == ["suspend"]
    run(**{sent: "rejected"})
    assert internet(lead) == "ACTIVE"


def test_the_fee_that_was_charged_for_it_is_taken_off(lead: Desk, run: Run) -> None:
    run(**{cut(lead, run): "completed"})
    owed = lead.account(ROSA).total
    do(lead, ROSA, "res int #2231", override={"by": "lee", "reason": "courtesy"})
    assert lead.account(ROSA).total > owed
    run()
    back = next(o.number for o in lead.account(ROSA).orders if o.status == "SENT")
    run(**{back.replace("-", "_"): "completed"})
    do(lead, ROSA, "revorder int cut by mistake #2231")
    assert lead.account(ROSA).total == owed
    with pytest.raises(Refused) as error:
        do(lead, ROSA, "revorder int again #2231")
    assert error.value.code == "order.reversed"


def test_f4_lists_cuts_that_have_left_for_a_reversal_and_what_has_not_for_a_cancellation(lead: Desk, run: Run) -> None:
    def listed(line: str) -> tuple[list[str], str]:
        found = listing(line, len(line), LineContext.of(lead.account(ROSA), lead.catalogue(), lead.session()))
        return [f"{one.text} {one.title}" for one in found.candidates], found.said

    assert listed("revorder ") == ([], "None here: no cut has left that could be reversed.")
    do(lead, ROSA, "sus int tue #2231")
    [order] = lead.account(ROSA).orders
    assert [each.partition(" ")[0] for each in listed("xo ")[0]] == [order.number]
    assert listed("revorder ")[0] == []
    do(lead, ROSA, f"xo {order.number} by mistake")
    number = cut(lead, run)
    assert listed("revorder ")[0][0].startswith(f"{number.replace('_', '-')} suspend INT ")
    assert listed("revorder ")[0][0].endswith(", sent")
    assert listed("xo ") == ([], "None here: no order waits that has not left yet.")


def test_what_has_not_left_is_cancelled(lead: Desk) -> None:
    do(lead, ROSA, "sus int tue #2231")
    [order] = lead.account(ROSA).orders
    with pytest.raises(Refused) as error:
        do(lead, ROSA, f"revorder {order.number} by mistake #2231")
    assert error.value.code == "order.not_left"
