"""Who is spoken to is verified by what only they know, for the call; what the site does with contacts in which nobody was."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from collect_tui.cli.plain import account_text
from collect_tui.desk.errors import Invalid, Refused, RefusedByPolicy
from contract.conftest import ROSA, act, do
from support.book import local_desk


@pytest.fixture
def strict(store, clock, monkeypatch) -> Callable[[str], object]:
    """A desk of a site that verifies in a mode."""

    def made(mode: str) -> object:
        desk = local_desk(store, "mia", clock)
        catalogue = desk.catalogue()
        rules = replace(catalogue.rules, verification=replace(catalogue.rules.verification, mode=mode))
        monkeypatch.setattr(desk, "_catalogue", catalogue.model_copy(update={"rules": rules}))
        return desk

    return made


def test_two_facts_verify_a_customer_for_the_call(desk, clock):
    assert not desk.account(ROSA).verified
    said = do(desk, ROSA, "ver dob addr inbound").sentence
    assert "the customer is verified: date of birth, address · inbound" in said
    assert desk.account(ROSA).verified
    assert "\nthe customer is verified for this call\n" in account_text(desk.account(ROSA))
    clock.now += timedelta(minutes=30)
    assert "verified" not in account_text(desk.account(ROSA))
    assert not desk.account(ROSA).verified, "nobody talks for so long"


def test_a_verification_is_whose_it_is_and_goes_with_undo(desks):
    mia, lee = desks("mia"), desks("lee")
    do(mia, ROSA, "ver dob addr")
    assert mia.account(ROSA).verified
    assert not lee.account(ROSA).verified
    do(mia, ROSA, "undo")
    assert not mia.account(ROSA).verified


def test_the_next_lease_knows_of_no_verification(desk):
    desk.claim(ROSA)
    do(desk, ROSA, "ver dob addr")
    assert desk.account(ROSA).verified
    desk.release(ROSA)
    desk.claim(ROSA)
    assert not desk.account(ROSA).verified


@pytest.mark.parametrize(
    ("line", "code"), [("ver dob", "verify.few"), ("ver dob dob", "verify.few"), ("ver dob hat", "verify.fact")]
)
def test_less_is_no_verification(desk, line, code):
    with pytest.raises((Invalid, Refused)) as error:
        do(desk, ROSA, line)
    assert error.value.code == code
    assert not desk.account(ROSA).verified


LOCAL = pytest.mark.parametrize("combination", ["sqlite", "postgres"], indirect=True)


@LOCAL
def test_a_site_warns_of_a_talk_in_which_nobody_was_verified(strict):
    desk = strict("warn")
    told = desk.preview(act(desk, ROSA, "rp m1 income"))
    assert [f.rule for f in told.verdict.findings if f.rule == "contact.verified"] == ["contact.verified"]
    assert told.verdict.allowed
    assert "contact.verified" not in str(desk.preview(act(desk, ROSA, "lm m1"))), "a message is no talk"
    both = desk.preview(act(desk, ROSA, "ver dob addr; rp m1 income"))
    assert "contact.verified" not in str(both)


@LOCAL
def test_a_strict_site_logs_no_such_talk(strict):
    desk = strict("refuse")
    with pytest.raises(RefusedByPolicy) as error:
        do(desk, ROSA, "rp m1 income")
    assert error.value.code == "contact.verified"
    do(desk, ROSA, "ver dob addr")
    assert do(desk, ROSA, "rp m1 income")


@LOCAL
def test_balances_are_shown_once_the_customer_is_verified(strict):
    desk = strict("hide")
    before = desk.account(ROSA)
    assert before.hidden
    assert (before.total, before.collectable, before.ageing.total, before.items, before.promise) == (0, 0, 0, (), None)
    assert before.points
    assert "41210" not in before.model_dump_json()
    assert "412.10" not in before.model_dump_json()
    assert all(row.collectable == 0 for row in desk.queue("suspend").rows)
    assert all(hit.collectable == 0 for hit in desk.find("rosa"))
    for pane in ("items", "payments", "promises", "services", "timeline", "audit", "messages", "cases"):
        view = desk.pane(ROSA, pane)
        assert view == type(view)(account=ROSA, pane=pane)
    assert "412.10" not in desk.why(ROSA).model_dump_json()
    do(desk, ROSA, "ver dob addr")
    assert "412.10" in desk.why(ROSA).model_dump_json()
    after = desk.account(ROSA)
    assert (after.hidden, after.verified, after.collectable) == (False, True, 41210)
    assert desk.pane(ROSA, "items").items
