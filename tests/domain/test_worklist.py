"""Passing over and putting off."""

from __future__ import annotations

import pytest

from collect_tui.domain import worklist
from collect_tui.domain.effects import NextActionSet, Skipped, Snoozed
from collect_tui.domain.errors import DomainError, Invalid
from collect_tui.domain.facts import NextAction
from collect_tui.domain.rules import QueuePolicy
from support.trade import TODAY, account, days, fold

POLICY = QueuePolicy(lease_minutes=10, max_snooze_days=5, max_snoozes=2)
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
    effects = worklist.snooze(account(next_action=NextAction("verify", TODAY)), days(5), "research", POLICY, REASONS)
    assert effects == (
        Snoozed(days(5), "RESEARCH", 0),
        NextActionSet(NextAction("verify", days(5)), NextAction("verify", TODAY)),
    )
    assert fold(account(next_action=NextAction("verify", TODAY)), effects).snoozes == 1


@pytest.mark.parametrize(
    ("until", "snoozes", "status", "code"),
    [
        (0, 0, "OPEN", "snooze.past"),
        (-1, 0, "OPEN", "snooze.past"),
        (6, 0, "OPEN", "snooze.too_far"),
        (1, 2, "OPEN", "snooze.too_often"),
        (1, 0, "CLOSED", "account.closed"),
    ],
)
def test_a_snooze_is_capped(until: int, snoozes: int, status: str, code: str) -> None:
    with pytest.raises(DomainError) as error:
        worklist.snooze(account(snoozes=snoozes, status=status), days(until), "HOURS", POLICY, REASONS)
    assert error.value.code == code


def test_the_sentence_names_the_last_day() -> None:
    with pytest.raises(Invalid, match="5 days, until Sat 29 Nov at most"):
        worklist.snooze(account(), days(9), "HOURS", POLICY, REASONS)
    with pytest.raises(DomainError, match="put off once"):
        worklist.snooze(account(snoozes=1), days(1), "HOURS", QueuePolicy(10, 5, 1), REASONS)
