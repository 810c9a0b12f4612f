"""Passing over and putting off: what they do. How far and how often: `tests/policy/test_worklist.py`."""

from __future__ import annotations

import pytest

from collect_tui.domain.effects import NextActionSet, Skipped, Snoozed
from collect_tui.domain.errors import DomainError, Invalid
from collect_tui.domain.facts import NextAction
from collect_tui.domain.queue import decide as worklist
from support.trade import CALENDAR, TODAY, account, days, fold

REASONS = {"HOURS": "Outside the hours", "RESEARCH": "To be looked into"}


def test_a_skip_needs_a_reason_that_exists() -> None:
    assert worklist.skip(account(), "hours", REASONS) == (Skipped("HOURS"),)
    assert worklist.skip(account(), "ANYTHING") == (Skipped("ANYTHING"),)
    for reason in ("", "  ", "LAZY"):
        with pytest.raises(Invalid) as error:
            worklist.skip(account(), reason, REASONS)
        assert (error.value.code, error.value.field) == ("skip.reason", "reason")
        assert "RESEARCH" in error.value.message


def test_a_snooze_moves_the_next_action_and_is_counted() -> None:
    effects = worklist.snooze(account(next_action=NextAction("verify", TODAY)), days(4), "research", CALENDAR, REASONS)
    assert effects == (
        Snoozed(days(4), "RESEARCH", 0),
        NextActionSet(NextAction("verify", days(4)), NextAction("verify", TODAY)),
    )
    assert fold(account(next_action=NextAction("verify", TODAY)), effects).snoozes == 1


@pytest.mark.parametrize(
    ("until", "worked"),
    [(3, 4), (4, 4), (5, 7), (6, 7), (7, 7)],  # Thanksgiving; Friday; the weekend; Monday
)
def test_it_ends_on_a_business_day(until: int, worked: int) -> None:
    snoozed, then = worklist.snooze(account(), days(until), "HOURS", CALENDAR, REASONS)
    assert isinstance(snoozed, Snoozed)
    assert isinstance(then, NextActionSet)
    assert then.new is not None
    assert (snoozed.until, then.new.on) == (days(worked), days(worked))


@pytest.mark.parametrize(
    ("until", "status", "code"),
    [(0, "OPEN", "snooze.past"), (-1, "OPEN", "snooze.past"), (1, "CLOSED", "account.closed")],
)
def test_what_is_no_putting_off(until: int, status: str, code: str) -> None:
    with pytest.raises(DomainError) as error:
        worklist.snooze(account(status=status), days(until), "HOURS", CALENDAR, REASONS)
    assert error.value.code == code
