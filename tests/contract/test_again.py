"""Another chance: a suspension put off, late items made due anew, a pause that freezes the clock; each exactly undone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from collect_tui.cli.plain import account_text
from collect_tui.desk.errors import Refused, RefusedByPolicy
from collect_tui.desk.protocol import Desk
from collect_tui.store.engine import Store
from contract.conftest import BOOK, CORNERS, ROSA, do
from support.book import Clock

COMBINATIONS = CORNERS


@pytest.fixture
def store(combination: str, tmp_path: Path) -> Iterator[Store]:
    with BOOK.store(tmp_path) if combination.endswith("sqlite") else BOOK.pg_store() as opened:
        yield opened


def dues(desk: Desk) -> dict[str, date]:
    return {item.doc_no: item.due for item in desk.account(ROSA).items}


def standing(desk: Desk) -> tuple[object, ...]:
    view = desk.account(ROSA)
    return view.stage, view.collectable, view.dpd, dues(desk), view.orders


def standing_late(desk: Desk) -> tuple[int, str, tuple[int, ...], int, list[str]]:
    """How late the account is, wherever a person reads it."""
    view = desk.account(ROSA)
    [hit] = (hit for hit in desk.find(ROSA) if hit.account == ROSA)
    told = [term.explanation for term in desk.why(ROSA).terms if "past due" in term.explanation]
    return view.dpd, view.bucket, tuple(item.dpd for item in view.items), hit.dpd, told


def effective(desk: Desk) -> date:
    [order] = desk.account(ROSA).orders
    return order.effective


def test_a_suspension_is_put_off_within_the_authority(desks: Callable[[str], Desk]) -> None:
    mia, lee = desks("mia"), desks("lee")
    do(mia, ROSA, "sus int tue #2231")
    before = standing(mia)
    do(mia, ROSA, "ext 1 will pay at the counter")
    assert effective(mia) == date(2026, 11, 30), "Thanksgiving and its eve are no days to cut"
    do(mia, ROSA, "undo")
    assert standing(mia) == before
    do(mia, ROSA, "ext 9")
    assert effective(mia) == date(2026, 12, 3)
    with pytest.raises(RefusedByPolicy) as error:
        do(mia, ROSA, "ext 3 int once more")
    assert error.value.verdict.findings[0].check == "extension"
    do(lee, ROSA, "ext 3 int once more")
    assert effective(lee) == date(2026, 12, 7), "a Sunday is no day to cut"
    with pytest.raises(RefusedByPolicy):
        do(lee, ROSA, "ext 2")
    assert effective(lee) == date(2026, 12, 7)


def test_nothing_is_put_off_where_nothing_is_ordered(desk: Desk) -> None:
    with pytest.raises(Refused) as error:
        do(desk, ROSA, "ext 5")
    assert error.value.code == "order.none"


def test_what_is_late_is_made_due_anew_and_exactly_as_it_was_again(lead: Desk) -> None:
    before = standing(lead)
    do(lead, ROSA, "reage 15dec out of hospital")
    view = lead.account(ROSA)
    assert (view.stage, view.collectable, view.dpd) == ("CURRENT", 0, 0)
    assert dues(lead) == {"INV-1": date(2026, 12, 15), "INV-2": date(2026, 12, 15), "INV-3": date(2026, 11, 30)}
    do(lead, ROSA, "undo")
    assert standing(lead) == before


def test_one_item_is_made_due_anew(lead: Desk) -> None:
    do(lead, ROSA, "reage 15dec inv-1 billed too early")
    assert lead.account(ROSA).collectable == 11210
    with pytest.raises(Refused) as error:
        do(lead, ROSA, "reage fri inv-1 earlier")
    assert error.value.code == "re-age.earlier"


def test_a_pause_freezes_the_clock_and_what_resumes_stands_where_it_stood(lead: Desk, clock: Clock) -> None:
    do(lead, ROSA, "pp 150 fri")
    before = standing(lead)
    late = standing_late(lead)
    assert late[0] == 63
    do(lead, ROSA, "hold hardship 10d lost the job")
    [due] = lead.account(ROSA).promise.instalments  # type: ignore[union-attr]
    assert due.due > date(2026, 12, 4)
    for day in range(24, 30):
        clock.now = clock.now + timedelta(days=1)
        lead.day(date(2026, 11, day))
        assert standing_late(lead) == late, "what is read stands still from the day on which the pause begins"
        assert "63 days past due, paused since 23 Nov" in account_text(lead.account(ROSA))
    do(lead, ROSA, "rel hardship works again")
    view = lead.account(ROSA)
    assert standing_late(lead) == late
    assert view.stage == before[0]
    assert view.promise is not None
    assert view.promise.status == "ACTIVE"
    assert view.promise.instalments[0].due == date(2026, 12, 3), "six days later than it was promised"
    assert view.paused_since is None
    do(lead, ROSA, "undo")
    assert (standing_late(lead), lead.account(ROSA).paused_since) == (late, date(2026, 11, 23))


def test_the_breathing_space_of_a_case_freezes_the_clock_as_long_as_it_lasts(lead: Desk, clock: Clock) -> None:
    do(lead, ROSA, "pp 150 fri")
    [promised], late = lead.account(ROSA).promise.instalments, standing_late(lead)  # type: ignore[union-attr]
    do(lead, ROSA, 'hardship "wages 1800" "home 650 yes" 4 "lost a job"')
    for day in range(24, 30):
        clock.now = clock.now + timedelta(days=1)
        lead.day(date(2026, 11, day), check=True)
        assert standing_late(lead) == late
    [case] = lead.account(ROSA).cases
    do(lead, ROSA, "case plan 15jan")
    assert standing_late(lead) == late
    assert lead.case(case.number).label == "to be put on a plan it can pay", "nobody has made one yet"
    promise = lead.account(ROSA).promise
    assert promise is not None
    assert (promise.status, promise.instalments[0].due) == ("ACTIVE", promised.due + timedelta(days=6))
    clock.now = clock.now + timedelta(days=1)
    report = lead.day(date(2026, 11, 30), check=True)
    assert (report.differences, lead.account(ROSA).dpd) == (0, late[0] + 1)


def settled(lead: Desk, line: str = "settle 300 fri") -> int:
    """What was owed before a settlement that needs the authority was made."""
    owed = lead.account(ROSA).total
    do(lead, ROSA, line)
    return owed


def test_what_a_kept_settlement_lets_go_is_written_off_by_the_ledger(lead: Desk) -> None:
    assert settled(lead) == 52210
    do(lead, ROSA, "pay 300 card s1")
    view = lead.account(ROSA)
    assert (view.total, view.stage) == (0, "CURRENT")
    [promise] = [p for p in lead.pane(ROSA, "promises").promises if p.total == 30000]
    assert promise.status == "KEPT"
    do(lead, ROSA, "undo")
    assert lead.account(ROSA).total == 52210
    assert lead.account(ROSA).promise is not None


def test_money_that_is_taken_back_makes_all_of_it_owed_again(lead: Desk) -> None:
    owed = settled(lead)
    do(lead, ROSA, "pay 300 card s1")
    do(lead, ROSA, "retpay s1")
    assert lead.account(ROSA).total == owed


def much_later(desk: Desk, clock: Clock, days: int = 120) -> None:
    for _ in range(days // 30):
        clock.now = clock.now + timedelta(days=30)
        desk.day(clock.now.date())


@pytest.mark.parametrize("line", ["retpay s1", "revpay s1 wrong account"])
def test_money_that_is_taken_back_late_makes_all_of_it_owed_again_too(lead: Desk, clock: Clock, line: str) -> None:
    owed = settled(lead)
    do(lead, ROSA, "pay 300 card s1")
    much_later(lead, clock)
    assert lead.account(ROSA).total == 0
    do(lead, ROSA, line)
    assert lead.account(ROSA).total == owed
    assert lead.day(clock.now.date(), check=True).differences == 0


@pytest.mark.parametrize("line", ["pay 300 card s1", "settle 300 fri; pay 300 card s1"])
def test_what_was_done_with_money_long_ago_is_corrected_and_not_undone(lead: Desk, clock: Clock, line: str) -> None:
    owed = lead.account(ROSA).total
    do(lead, ROSA, line)
    before = lead.account(ROSA).total
    much_later(lead, clock)
    with pytest.raises(Refused) as error:
        do(lead, ROSA, "undo")
    assert error.value.code in {"undo.old", "undo.overtaken"}
    assert lead.account(ROSA).total == before
    do(lead, ROSA, "revpay s1 wrong account")
    assert lead.account(ROSA).total == owed
    assert lead.day(clock.now.date(), check=True).differences == 0


def test_a_settlement_that_is_broken_lets_nothing_go(lead: Desk, clock: Clock) -> None:
    owed = settled(lead, "settle 150 fri + 150 30nov")
    do(lead, ROSA, "pay 150 card s1")
    for _ in range(11):
        clock.now = clock.now + timedelta(days=1)
        lead.day(clock.now.date())
    assert lead.account(ROSA).total == owed - 15000


def test_less_than_is_offered_takes_the_authority(desk: Desk, lead: Desk) -> None:
    with pytest.raises(RefusedByPolicy) as error:
        do(desk, ROSA, "settle 300 fri")
    assert error.value.verdict.findings[0].check == "settlement"
    assert error.value.verdict.findings[0].sentence == (
        "At stage final no settlement is offered, so the least is all that is open: USD 522.10. It is offered at suspended (85%), "
        "terminated (75%), written off (50%)."
    )
    with pytest.raises(Refused) as no:
        do(lead, ROSA, "settle 600 fri")
    assert no.value.code == "promise.settlement"


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("rescue", [(date(2026, 12, 24), 20000), (date(2027, 1, 24), 20000)]),
        ("rescue fri", [(date(2026, 12, 4), 10000), (date(2026, 12, 24), 15000), (date(2027, 1, 24), 15000)]),
    ],
)
def test_a_broken_plan_is_taken_up_again_once(
    desk: Desk, lead: Desk, clock: Clock, line: str, parts: list[tuple[date, int]]
) -> None:
    do(desk, ROSA, "ptp 100 tue + 150 24dec + 150 24jan")
    for _ in range(6):
        clock.now = clock.now + timedelta(days=1)
        lead.day(clock.now.date())
    assert lead.account(ROSA).promise is None
    do(desk, ROSA, line)
    made = lead.account(ROSA).promise
    assert made is not None
    assert [(i.due, i.amount) for i in made.instalments] == parts
    do(desk, ROSA, "undo")
    assert lead.account(ROSA).promise is None
    do(desk, ROSA, "hold insolvency filed on Monday")
    with pytest.raises(RefusedByPolicy) as held:
        do(desk, ROSA, line)
    assert held.value.code == "promise.hold", "what allows no promise allows no other one"
    do(desk, ROSA, "undo")
    do(desk, ROSA, line)
    with pytest.raises(Refused) as error:
        do(desk, ROSA, line)
    assert error.value.code == "rescue.none", "it is open"
