"""The ladder: who gets off it, who stands on it again, and which stage is due."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collect_tui.domain import effects as fx
from collect_tui.domain.account import ladder
from collect_tui.domain.effect import fold_all
from collect_tui.domain.facts import AccountFacts, Allocation, Holder, Payment
from collect_tui.domain.rules import LadderStep
from collect_tui.domain.states import STAGES, AccountState, PaymentState, Stage
from support.trade import RULES, TODAY, account, credit, days, item, service

STEPS = tuple(
    LadderStep(stage, offset, "letter", stage.title())
    for stage, offset in [
        ("PRE_DUE", -5),
        ("PAST_DUE", 1),
        ("NOTICE_1", 15),
        ("NOTICE_2", 30),
        ("NOTICE_3", 45),
        ("FINAL", 60),
        ("SUSPENDED", 75),
        ("TERMINATED", 90),
    ]
)
LADDER = replace(RULES, ladder=STEPS)


def owing(amount: int, due: int = -63, **more: object) -> AccountFacts:
    return account(items=(item(11, amount, due),), **more)


def money(amount: int) -> Payment:
    return Payment(5, "x", TODAY, "card", amount, "ON_ACCOUNT")


@pytest.mark.parametrize(
    ("facts", "off"),
    [
        (account(), False),
        (account(items=()), True),
        (account(items=(item(13, 6000, 9),)), True),  # nothing is late
        (account(items=(item(13, 6000, 0),)), True),  # due today is not late
        (owing(99), True),  # within the tolerance
        (owing(100), False),
        (account(items=(item(11, 10000, -63), credit(12, 10000))), True),
        (account(items=(item(11, 10000, -63), credit(12, 9901))), True),
        (account(items=(item(11, 10000, -63), credit(12, 9900))), False),
        (owing(10000, payments=(money(10000),)), True),
        (account(items=(item(11, 10000, -63, disputed=10000),)), False),  # frozen until it is answered
        (account(items=(item(11, 10000, -63, disputed=1),), payments=(money(9999),)), False),
        (account(items=(item(11, 10000, 5, disputed=10000),)), True),  # not late, so not in the way
        (account(items=(), stage=Stage.CURRENT), False),
        (account(items=(), stage=Stage.PRE_DUE), False),
        (account(items=(), stage=Stage.TERMINATED), False),
        (account(items=(), stage=Stage.WRITTEN_OFF), False),
        (account(items=(), stage=Stage.PAST_DUE), True),
        (account(items=(), stage=Stage.SUSPENDED), True),
    ],
)
def test_who_is_current_again(facts: AccountFacts, off: bool) -> None:
    assert ladder.cured(facts, RULES) is off


def levelled(level: str, stage: str = "CURRENT", **more: object) -> AccountFacts:
    return account(items=(replace(item(11, 10000, -63), level=level),), stage=stage, **more)


CUT = (service(status="SUSPENDED", cause="nonpay"),)


@pytest.mark.parametrize(
    ("facts", "stage"),
    [
        (levelled("FINAL"), "FINAL"),
        (levelled("FINAL", "PRE_DUE"), "FINAL"),
        (levelled("FINAL", "NOTICE_1"), "FINAL"),
        (levelled("FINAL", "FINAL"), None),
        (levelled("NOTICE_1", "FINAL"), None),  # never down
        (levelled(""), None),
        (levelled("PRE_DUE"), None),  # nothing was served for it
        (levelled("FINAL", "TERMINATED"), None),
        (levelled("FINAL", "WRITTEN_OFF"), None),
        (levelled("SUSPENDED", services=CUT), "SUSPENDED"),
        (levelled("SUSPENDED"), "FINAL"),  # what was cut for it is on again
        (levelled("SUSPENDED", "FINAL"), None),
        (account(items=(replace(item(11, 10000, 5), level="FINAL"),), stage=Stage.CURRENT), None),
        (account(items=(replace(item(11, 99, -5), level="FINAL"),), stage=Stage.CURRENT), None),
        (account(items=(replace(item(11, 500, -5, disputed=500), level="FINAL"),), stage=Stage.CURRENT), None),
        (account(items=(replace(item(11, 500, -5), level="FINAL"), credit(12, 500)), stage=Stage.CURRENT), None),
        (
            account(
                items=(replace(item(11, 500, -5), level="NOTICE_1"), replace(item(12, 500, -2), level="NOTICE_3")),
                stage=Stage.PAST_DUE,
            ),
            "NOTICE_3",
        ),
    ],
)
def test_a_debt_that_is_open_again_stands_where_it_stood(facts: AccountFacts, stage: str | None) -> None:
    assert ladder.given_back(facts, RULES) == stage


@pytest.mark.parametrize(
    ("facts", "stage"),
    [
        (owing(500, 6, stage=Stage.CURRENT), None),
        (owing(500, 5, stage=Stage.CURRENT), "PRE_DUE"),
        (owing(500, 0, stage=Stage.CURRENT), "PRE_DUE"),
        (owing(500, 0, stage=Stage.PRE_DUE), None),
        (owing(500, -1, stage=Stage.CURRENT), "PAST_DUE"),
        (owing(500, -1, stage=Stage.PRE_DUE), "PAST_DUE"),
        (owing(500, -63, stage=Stage.CURRENT), "PAST_DUE"),  # one stage a day
        (owing(500, -14, stage=Stage.PAST_DUE), None),
        (owing(500, -15, stage=Stage.PAST_DUE), "NOTICE_1"),
        (owing(500, -59, stage=Stage.NOTICE_3), None),
        (owing(500, -60, stage=Stage.NOTICE_3), "FINAL"),
        (owing(99, -60, stage=Stage.NOTICE_3), None),
        (owing(500, -99, stage=Stage.FINAL), None),  # nothing is cut
        (owing(500, -99, stage=Stage.FINAL, services=CUT), "SUSPENDED"),
        (owing(500, -74, stage=Stage.FINAL, services=CUT), None),
        (owing(500, -99, stage=Stage.SUSPENDED, services=CUT), None),
        (
            owing(500, -99, stage=Stage.SUSPENDED, services=(service(status="TERMINATED", cause="nonpay"),)),
            "TERMINATED",
        ),
        (owing(500, -99, stage=Stage.TERMINATED), None),
        (owing(500, -99, stage=Stage.PAST_DUE, ladder_paused_by=Holder.read("hold 3")), None),
        (owing(500, -99, stage=Stage.PAST_DUE, status=AccountState.CLOSED, next_action=None), None),
        (account(items=(item(11, 500, -99, disputed=500), item(12, 500, -20)), stage=Stage.PAST_DUE), "NOTICE_1"),
        (account(items=(item(11, 500, -99), credit(12, 450)), stage=Stage.PAST_DUE), None),
        (owing(500, -99, stage=Stage.PAST_DUE, payments=(money(450),)), None),
        (account(items=(item(11, 500, 3), credit(12, 500)), stage=Stage.CURRENT), "PRE_DUE"),
    ],
)
def test_the_stage_that_is_due(facts: AccountFacts, stage: str | None) -> None:
    step = ladder.due_stage(facts, days(-1), LADDER)
    assert (step.stage if step else None) == stage
    assert ladder.due_stage(facts, TODAY, LADDER) is None, "one stage a business date"
    first = ladder.due_stage(facts, None, LADDER)
    assert (first.stage if first else None) == stage


@given(st.sampled_from(STAGES), st.integers(-120, 10), st.integers(1, 500), st.integers(0, 500))
def test_nobody_climbs_without_owing_or_skips_a_rung(stage: str, due: int, amount: int, credited: int) -> None:
    items = (item(11, amount, due), *((credit(12, credited),) if credited else ()))
    facts = account(items=items, stage=stage, services=CUT)
    step = ladder.due_stage(facts, None, LADDER)
    if step is None or step.offset_days < 0:
        return
    assert facts.collectable >= RULES.tolerance
    assert not ladder.cured(facts, RULES), "nobody advances who would be current again on the same day"
    assert STAGES.index(stage) < STAGES.index(step.stage)
    assert STAGES.index(step.stage) - STAGES.index(stage) == 1 or (stage, step.stage) == ("CURRENT", "PAST_DUE")


def test_who_owes_nothing_more_remembers_how_far_it_had_come() -> None:
    """All that was late does, paid or covered, however the account came to that stage."""
    bare = replace(
        account(stage=Stage.CURRENT),
        stage=Stage.FINAL,
        payments=(replace(money(47210), status=PaymentState.UNAPPLIED),),
    )
    done = fold_all(
        bare,
        [
            fx.PaymentAllocated(1, 5, Allocation(11, 20000)),
            fx.PaymentAllocated(2, 5, Allocation(12, 10000)),
            fx.PaymentAllocated(3, 5, Allocation(13, 5000)),
            fx.LadderChanged(Stage.CURRENT, None, Stage.FINAL, None),
        ],
    )
    assert {i.id: i.level for i in (*done.items, *done.settled)} == {11: "FINAL", 12: "FINAL", 13: ""}


@pytest.mark.parametrize(
    ("old", "new", "levels"),
    [
        ("NOTICE_2", "CURRENT", ["NOTICE_2", "FINAL", ""]),
        ("SUSPENDED", "CURRENT", ["SUSPENDED", "SUSPENDED", ""]),
        ("NOTICE_2", "NOTICE_3", ["", "FINAL", ""]),
        ("CURRENT", "FINAL", ["", "FINAL", ""]),
        ("NOTICE_2", "NOTICE_2", ["", "FINAL", ""]),
        ("PRE_DUE", "CURRENT", ["", "FINAL", ""]),
        ("TERMINATED", "CURRENT", ["", "FINAL", ""]),
    ],
)
def test_only_a_cure_leaves_its_mark_and_never_a_lower_one(old: str, new: str, levels: list[str]) -> None:
    items = (item(11, 500, -63), replace(item(12, 500, -33), level="FINAL"), item(13, 500, 9))
    facts = replace(account(), stage=old, items=items)
    assert [i.level for i in fx.LadderChanged(new, None, old, None).fold(facts).items] == levels
