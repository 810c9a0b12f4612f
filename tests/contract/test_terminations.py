"""A service is terminated: who may, what stops it, and that what was lent with it is fetched once it is gone."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from collect_tui.desk.errors import Invalid, Refused, RefusedByPolicy
from collect_tui.desk.protocol import Desk
from collect_tui.domain.states import Stage
from collect_tui.services.local import LocalDesk
from collect_tui.store.engine import Store
from contract.conftest import CORNERS, ROSA, act, do
from support.book import SERVICES, Book, Clock, account, catalogue, sync_orders

COMBINATIONS = CORNERS
CUT = {**SERVICES[1], "status": "SUSPENDED", "suspend_cause": "nonpay"}
BOOK = Book(
    account(
        ROSA,
        "Alvarez, Rosa",
        items=[("INV-1", -95, 30000, {"service": "TV"}), ("INV-2", 7, 11000)],
        services=[SERVICES[0], CUT],
        stage=Stage.SUSPENDED,
    )
)


@pytest.fixture
def store(combination: str, tmp_path: Path) -> Iterator[Store]:
    with BOOK.store(tmp_path) if combination.endswith("sqlite") else BOOK.pg_store() as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "orders"


def terminate(desk: Desk) -> str:
    do(desk, ROSA, "term tv tue #2231")
    [order] = desk.account(ROSA).orders
    assert (order.kind, order.status) == ("terminate", "REQUESTED")
    return order.number


def answered(store: Store, folder: Path, number: str, outcome: str, **codes: object) -> None:
    """The billing system says what became of an order. `codes`: what it calls things."""
    site = catalogue()
    site = site.model_copy(update={"codes": replace(site.codes, **codes)}) if codes else site
    desk = LocalDesk(store, site, user="lee", clock=Clock())
    assert sync_orders(desk, folder).sent == (number,)
    inbox = folder / "inbox" / "north"
    inbox.mkdir(parents=True, exist_ok=True)
    (inbox / "a.json").write_text(json.dumps({"order": number, "outcome": outcome, "at": "2026-11-23T15:30:00Z"}))
    assert sync_orders(desk, folder).refused_files == {}


def tv(desk: Desk) -> str:
    return next(s.status for s in desk.account(ROSA).services if s.product == "TV")


def test_what_was_lent_is_fetched_when_the_service_is_gone(lead: Desk, store: Store, folder: Path) -> None:
    shown = lead.preview(act(lead, ROSA, "term tv tue"))
    assert shown.verdict.allowed
    assert any("equipment pick-up" in finding.sentence for finding in shown.verdict.findings)
    number = terminate(lead)
    assert (tv(lead), lead.account(ROSA).cases) == ("PENDING_TERM", ())
    answered(store, folder, number, "completed")
    view = lead.account(ROSA)
    assert tv(lead) == "TERMINATED"
    [case] = view.cases
    assert (case.kind, case.about) == ("pick-up", "TV")
    assert view.next_action is not None


def test_a_pick_up_that_is_under_way_goes_on(lead: Desk, store: Store, folder: Path) -> None:
    number = terminate(lead)
    do(lead, ROSA, "pickup tv 3dec")
    answered(store, folder, number, "completed")
    assert len(lead.account(ROSA).cases) == 1


def test_one_that_is_refused_leaves_the_service_cut_and_opens_nothing(lead: Desk, store: Store, folder: Path) -> None:
    answered(store, folder, terminate(lead), "rejected")
    assert (tv(lead), lead.account(ROSA).cases) == ("SUSPENDED", ())


def test_what_is_paid_stops_it_and_the_service_may_come_back(lead: Desk) -> None:
    terminate(lead)
    do(lead, ROSA, "pay 308 card ref1")
    assert tv(lead) == "SUSPENDED"
    assert [(o.kind, o.status) for o in lead.account(ROSA).orders] == [("restore", "DRAFT")]
    do(lead, ROSA, "revpay ref1 entered twice")
    assert tv(lead) == "PENDING_TERM", "what stopped it was taken back"


def test_it_can_be_taken_back_until_it_leaves(lead: Desk, store: Store, folder: Path) -> None:
    terminate(lead)
    do(lead, ROSA, "undo")
    assert tv(lead) == "SUSPENDED"
    assert lead.account(ROSA).orders == ()
    number = terminate(lead)
    assert sync_orders(LocalDesk(store, catalogue(), user="lee", clock=Clock()), folder).sent == (number,)
    with pytest.raises(Refused) as error:
        do(lead, ROSA, "undo")
    assert error.value.code == "undo.overtaken"


@pytest.mark.parametrize(
    ("line", "check"), [("term int tue #2231", "state"), ("term tv tue #2231", "promise")], ids=["active", "promised"]
)
def test_what_stands_in_its_way(lead: Desk, line: str, check: str) -> None:
    do(lead, ROSA, "pp 300 fri")
    with pytest.raises((Refused, RefusedByPolicy)) as error:
        do(lead, ROSA, line)
    if isinstance(error.value, RefusedByPolicy):
        assert [f.check for f in error.value.verdict.findings if f.severity == "block"] == [check]
    else:
        assert error.value.code == f"service.{check}"


def test_a_collector_may_not(desks: Callable[[str], Desk], combination: str) -> None:
    if combination.startswith("api"):
        with pytest.raises(Refused) as error:
            do(desks("mia"), ROSA, "term tv tue #2231")
        assert error.value.code == "authority.permission"


def test_a_reason_is_one_for_that_order(lead: Desk) -> None:
    with pytest.raises(Invalid, match="no reason to restore; expected one of PAID, ARRANGED, COURTESY, ERROR"):
        do(lead, ROSA, "res tv reason=NONPAY #2231")


def test_a_billing_system_is_told_and_answers_in_its_own_words(lead: Desk, store: Store, folder: Path) -> None:
    from collect_tui.domain.codes import BillingCodes

    own = BillingCodes(orders={"terminate": "TERM-09"}, reasons={"NONPAY": "N01"}, answers={"DONE": "completed"})
    answered(store, folder, number := terminate(lead), "DONE", billing={"north": own})
    sent = json.loads((folder / "outbox" / "north" / f"{number}.json").read_text())
    assert (sent["kind"], sent["order_code"], sent["reason_code"]) == ("terminate", "TERM-09", "N01")
    assert tv(lead) == "TERMINATED"


def test_the_restore_screen_says_what_it_takes_and_what_paying_that_sets_off(lead: Desk) -> None:
    [off] = [s for s in lead.account(ROSA).services if s.product == "TV"]
    assert [(part.what, part.amount) for part in off.required_parts] == [("past due", 30000), ("reconnect", 800)]
    assert [(part.what, part.amount) for part in off.not_needed] == [("not yet due", 11000)]
    shown = lead.preview(act(lead, ROSA, "res tv"))
    [told] = [finding.sentence for finding in shown.verdict.findings if finding.check == "if_paid"]
    assert told.startswith("If 308.00 is paid on it: stage current; drafts restore order R-NEW for TV, effective today")
    assert told.endswith("when north has carried it out, TV is on.")
    do(lead, ROSA, "pay 308 card ref1")
    assert [(o.kind, o.status) for o in lead.account(ROSA).orders] == [("restore", "DRAFT")], "as it was told"


def test_a_service_that_was_downgraded_is_what_the_billing_system_made_of_it(
    lead: Desk, store: Store, folder: Path
) -> None:
    do(lead, ROSA, "down int INT50 29.90 tue #2231")
    [order] = lead.account(ROSA).orders
    assert [s.status for s in lead.account(ROSA).services if s.product == "INT"] == ["ACTIVE"]
    with pytest.raises(Refused) as error:
        do(lead, ROSA, "down int INT20 19.90 tue #2231")
    assert error.value.code == "order.open"
    answered(store, folder, order.number, "completed")
    sent = json.loads((folder / "outbox" / "north" / f"{order.number}.json").read_text())
    assert (sent["kind"], sent["target"], sent["monthly"]) == ("downgrade", "INT50", 2990)
    [now] = [s for s in lead.account(ROSA).services if s.identifier == "INT-1001"]
    assert (now.product, now.monthly, now.status) == ("INT50", 2990, "ACTIVE")
    with pytest.raises(Refused) as dearer:
        do(lead, ROSA, "down int50 INT90 59.90 tue #2231")
    assert dearer.value.code == "order.target"
