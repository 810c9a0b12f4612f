"""Queues: who stands where and why; next, skip, snooze; leases."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from collect_tui.defaults import load
from collect_tui.desk.errors import NotFound, Refused, Stale
from collect_tui.domain.facts import PHONE_KINDS
from collect_tui.services import users
from contract.conftest import do
from support.book import TODAY

RULES = load(None, today=TODAY).authority

ROSA, IVAN, ADA, ASA = "4410-2231", "4410-0087", "4410-0099", "4410-0100"


def test_the_board_counts_what_the_queues_hold(desk):
    board = desk.queues()
    for figure in board.queues:
        page = desk.queue(figure.name)
        assert figure.count == len(page.rows)
        assert figure.collectable == sum(r.collectable for r in page.rows)


def test_a_row_has_the_first_number_that_may_be_used(desk, desks, store):
    """As the account shows it, in as much as the role may see."""
    do(desk, ROSA, "mark m1 bad")
    users.add(store, 1, "tess", RULES, role="trainee")
    told = set()
    for reader in (desk, desks("tess")):
        for figure in reader.queues().queues:
            for row in reader.queue(figure.name).rows:
                points = [p for p in reader.account(row.account).points if p.kind in PHONE_KINDS]
                usable = [p for p in points if p.quality not in ("bad", "wrong") and p.consent != "out"]
                assert row.phone == (usable[0].value if usable else None), row
                told.add(row.phone)
    assert len(told) > 2


@pytest.mark.parametrize("hour", [6, 16, 23])
def test_board_queue_and_next_agree_on_what_is_left(desk, clock, hour):
    """Out of hours, worked today, held by a colleague: one definition of what is left, on the board, in the queue and at its end."""
    clock.now = datetime(2026, 11, 23, hour, tzinfo=UTC)
    for _ in range(5):
        figures = {figure.name: figure for figure in desk.queues().queues}
        assert figures == {name: desk.queue(name).figure for name in figures}
        left = sum(figure.left for figure in figures.values())
        claim = desk.next()
        assert (claim is None) is (left == 0)
        if claim is None:
            break
        assert desk.queues().unworked.startswith(claim.account)
        do(desk, claim.account, "na")
        assert desk.queues().unworked == ""
    else:
        raise AssertionError("it never ends")
    assert hour != 6 or sum(figure.closed for figure in figures.values()) > 0


def test_every_row_has_a_reason_and_why_agrees_with_it(desk):
    for figure in desk.queues().queues:
        for place, row in enumerate(desk.queue(figure.name).rows, 1):
            why = desk.why(row.account)
            assert row.chips
            assert (why.queue, why.tier, why.score, why.position) == (figure.name, row.tier, row.score, place)
            assert sum(t.points for t in why.terms) == why.score


def test_whynot_names_the_rule(desk):
    assert desk.why(ASA).queue == "predue", "a call is due, of what is not"
    do(desk, ASA, "t +2")
    assert desk.why(ASA).queue is None
    assert any("past due" in s or "collectable" in s for s in desk.why(ASA).absent)


def test_next_takes_the_best_and_nobody_else_gets_it(desks):
    mia, ben = desks("mia"), desks("ben")
    first = mia.next()
    second = ben.next()
    assert first is not None
    assert second is not None
    assert first.account != second.account
    with pytest.raises(Stale) as error:
        ben.claim(first.account)
    assert error.value.by == "mia"


def test_nobody_moves_on_without_a_result(desk):
    claim = desk.next()
    with pytest.raises(Refused) as error:
        desk.next()
    assert (error.value.code, error.value.details) == ("queue.unworked", {"account": claim.account})
    do(desk, claim.account, "na")
    following = desk.next()
    assert following is None or following.account != claim.account


def test_a_skip_with_a_reason_moves_on_and_the_account_goes_last(desk):
    claim = desk.next()
    reason = next(iter(desk.catalogue().codes.skip_reasons)).lower()
    do(desk, claim.account, f"skip {reason}")
    assert desk.next().account != claim.account


def test_a_snooze_leaves_the_queue_until_its_day(desk):
    reason = next(iter(desk.catalogue().codes.skip_reasons)).lower()
    do(desk, IVAN, f"snooze +2 {reason}")
    assert desk.why(IVAN).queue is None
    assert any("put off" in s or "snooze" in s for s in desk.why(IVAN).absent)


def test_a_lease_runs_out(desks, clock):
    mia, ben = desks("mia"), desks("ben")
    claim = mia.claim(ROSA)
    clock.forward(minutes=mia.catalogue().rules.queue.lease_minutes + 1)
    assert ben.claim(ROSA).fence > claim.fence
    with pytest.raises(Stale):
        do(mia, ROSA, "n late", fence=claim.fence)


def test_a_released_account_is_free(desks):
    mia, ben = desks("mia"), desks("ben")
    mia.claim(ROSA)
    mia.release(ROSA)
    assert ben.claim(ROSA).account == ROSA


def test_nobody_is_called_outside_the_window(desk, clock):
    clock.now = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)  # 06:00 in Chicago
    claim = desk.next()
    assert claim is None or desk.why(claim.account).reasons[0] in {
        "suspend_ready",
        "restore_ready",
        "stuck_order",
        "suspend",
        "restore",
        "stuck",
    }


def test_an_unknown_queue_is_not_found(desk):
    with pytest.raises(NotFound):
        desk.queue("nonsense")


def test_an_act_moves_the_account_between_queues_at_once(desk):
    do(desk, ADA, "pp 50 fri")
    assert desk.why(ADA).queue is None
    assert sum(f.count for f in desk.queues().queues) == sum(len(desk.queue(f.name).rows) for f in desk.queues().queues)


def test_a_callback_tried_in_vain_comes_again_when_the_next_try_is_due(desk, clock):
    do(desk, ADA, "cb +1h")
    clock.forward(hours=2)
    assert desk.why(ADA).queue == "callback"
    do(desk, ADA, "na")
    claim = desk.next("callback")
    assert claim is None or claim.account != ADA
    clock.forward(hours=4, minutes=1)
    assert desk.next("callback").account == ADA
