"""What must be typed before an act is done, asked for below the line: a surplus, the digits of what leaves the building."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.book import do_line
from support.third import relocates
from tui.account_book import OPEN, ROSA, Desks
from tui.driver import DeskDriver, driving, keys_of
from tui.golden import expect_screen
from tui.test_outbox_screen import remote

both = pytest.mark.parametrize("fast", [False, True])
PAY = [*OPEN, ":", *keys_of("pay 610 card R1"), "enter"]  # 522.10 is owed
TERM = [*OPEN, ":", *keys_of("reloc int"), "enter"]


@pytest.fixture
def third() -> Iterator[None]:
    """A third kind that leaves the building; no form knows it."""
    with relocates():
        yield


def paid(desks: Desks) -> list[int]:
    return [p.amount for p in desks.of("mia").pane(ROSA, "payments").payments]


def ended(desks: Desks) -> bool:
    return any("relocated" in entry.text for entry in desks.of("mia").pane(ROSA, "timeline").timeline)


def line(desk: DeskDriver) -> str:
    edit = desk.screen.line_edit
    assert edit is not None
    return edit.text


@both
async def test_a_surplus_is_asked_for_and_typed(tmp_path: Path, fast: bool) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.play(PAY, fast=fast)
        assert "USD 87.90 more than the USD 522.10 owed" in " ".join(desk.question.split())
        assert paid(desks) == []
        expect_screen("surplus", desk.text)
        await desk.play([*keys_of("87.90"), "enter"], fast=fast)
        assert paid(desks) == [61000]
        assert (desk.context, line(desk)) == ("account", "")
        assert "610.00" in desk.said


@both
async def test_the_line_may_carry_the_surplus(tmp_path: Path, fast: bool) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.play([*OPEN, ":", *keys_of("pay 610 card R1 over=87.90"), "enter"], fast=fast)
        assert paid(desks) == [61000]
        assert desk.context == "account"


@both
async def test_it_is_previewed_that_it_is_more(tmp_path: Path, fast: bool) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.play(PAY[:-1], fast=fast)
        assert "asks for the surplus 87.90" in desk.said
        await desk.play(keys_of(" over=87.90"), fast=fast)
        assert "asks for" not in desk.said


@both
@pytest.mark.parametrize(
    ("typed", "said"), [("87.89", "not the surplus"), ("610", "not the surplus"), ("x", "Expected an amount")]
)
async def test_another_figure_asks_again(tmp_path: Path, fast: bool, typed: str, said: str) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.press(*PAY)
        await desk.play([*keys_of(typed), "enter"], fast=fast)
        assert said in desk.question
        assert "USD 87.90 more" in desk.question
        assert desk.answer == ""
        assert paid(desks) == []
        await desk.play([*keys_of("87.90"), "f2"], fast=fast)
        assert paid(desks) == [61000]


@both
@pytest.mark.parametrize("out", ["f12", "f3", "escape"])
async def test_the_way_out_does_nothing_and_keeps_the_line(tmp_path: Path, fast: bool, out: str) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.press(*PAY)
        await desk.play([*keys_of("87.90"), out], fast=fast)
        assert paid(desks) == []
        assert desk.context == "account"
        assert line(desk) == "pay 610 card R1"
        assert desk.said == "Nothing was done."
        await desk.play(["enter"], fast=fast)
        assert desk.answer == ""


@pytest.mark.parametrize("last", ["enter", "f2"])
async def test_nothing_typed_ahead_of_the_question_answers_it(tmp_path: Path, last: str, third: None) -> None:
    """Slowly the question is seen and answered; in a burst it is asked all the same, and then the burst is no other."""
    for keys, typed, done in ((PAY, "87.90", lambda d: bool(paid(d))), (TERM, "2231", ended)):
        pictures = []
        for ahead in (False, True):
            desks = Desks(tmp_path / f"{typed}{ahead}")
            async with driving(desks.connect(), desks.state) as desk:
                answer = [*keys_of(typed), last]
                if ahead:
                    await desk.burst(*keys, *answer, last)
                    assert not done(desks)
                    assert desk.answer == ""
                    assert f"{len(answer) + 1} keys dropped" in desk.question
                else:
                    await desk.press(*keys)
                await desk.play(answer, fast=ahead)
                assert done(desks)
                pictures.append(desk.picture())
        assert pictures[0] == pictures[1]


@both
async def test_enter_by_habit_answers_nothing(tmp_path: Path, fast: bool) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.press(*PAY)
        await desk.play(["enter", "f2", "enter", "tab", "f8", "y" if not fast else "down"], fast=fast)
        assert paid(desks) == []
        assert "surplus" in desk.question


@both
async def test_two_surpluses_are_asked_for_one_after_the_other(tmp_path: Path, fast: bool) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.press(*OPEN, ":", *keys_of("pay 600 card R1; pay 20 cash R2"), "enter")
        assert "USD 77.90 more" in desk.question
        await desk.play([*keys_of("77.90"), "enter"], fast=fast)
        assert "USD 20.00 more" in desk.question
        assert paid(desks) == []
        await desk.play([*keys_of("20"), "enter"], fast=fast)
        assert sorted(paid(desks)) == [2000, 60000]


@both
async def test_an_account_that_changed_under_the_question_is_looked_at_again(tmp_path: Path, fast: bool) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.press(*PAY)
        desks.clock.forward(minutes=30)  # mia's lease has run out
        do_line(desks.of("ben"), ROSA, "pay 100 cash B1")
        await desk.play([*keys_of("87.90"), "enter"], fast=fast)
        assert paid(desks) == [10000]
        assert "ben changed this account" in desk.said
        assert line(desk) == "pay 610 card R1"
        await desk.press("enter")
        assert "USD 187.90 more than the USD 422.10 owed" in " ".join(desk.question.split())
        await desk.play([*keys_of("187.90"), "enter"], fast=fast)
        assert sorted(paid(desks)) == [10000, 61000]


@both
@pytest.mark.parametrize("typed", ["reloc int", "reloc int #2231"])
async def test_a_third_kind_that_leaves_the_building_is_asked_for_on_the_line(
    tmp_path: Path, fast: bool, typed: str, third: None
) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.play([*OPEN, ":", *keys_of(typed), "enter"], fast=fast)
        assert "Type the account's last four digits" in desk.question
        assert not ended(desks)
        await desk.play([*keys_of("1234"), "enter"], fast=fast)
        assert "not the account's last four digits" in desk.question
        assert not ended(desks)
        await desk.play([*keys_of("2231"), "enter"], fast=fast)
        assert ended(desks)
        assert (desk.context, line(desk)) == ("account", "")


@both
async def test_the_thin_client_asks_in_the_same_way(tmp_path: Path, fast: bool) -> None:
    with remote(tmp_path) as far:
        async with driving(lambda: far.desk, far.desks.state) as desk:
            await desk.press(*PAY)
            assert "USD 87.90 more" in desk.question
            assert far.desk.outbox.held() == ()
            far.pull()
            await desk.play([*keys_of("87.90"), "enter"], fast=fast)
            assert "cannot be reached" in desk.said
            assert line(desk) == "pay 610 card R1"
            far.plug_in()
            await desk.press("enter")
            await desk.play([*keys_of("87.90"), "enter"], fast=fast)
            assert paid(far.desks) == [61000]


@both
async def test_an_order_at_a_server_is_asked_for(tmp_path: Path, fast: bool) -> None:
    with remote(tmp_path) as far:
        async with driving(lambda: far.desk, far.desks.state) as desk:
            await desk.press(*OPEN, "o", "f2")
            assert "Type the account's last four digits" in desk.question
            await desk.play([*keys_of("1234"), "enter"], fast=fast)
            assert far.desks.of("mia").account(ROSA).orders == ()
            await desk.play([*keys_of("2231"), "enter"], fast=fast)
            assert [o.status for o in far.desks.of("mia").account(ROSA).orders] == ["REQUESTED"]


@both
async def test_undo_passes_over_a_note_and_says_so(tmp_path: Path, fast: bool) -> None:
    desks = Desks(tmp_path)
    for line in ("pp 150 fri", "n rang twice"):
        do_line(desks.of("mia"), ROSA, line)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.play([*OPEN, "u"], fast=fast)
        asked = " ".join(desk.question.split())
        assert "promise of 150.00" in asked
        assert 'skipped, as nothing of it can be taken back: 4410-2231, notes "rang twice"' in asked
        await desk.play(["y"], fast=fast)
        assert desks.of("mia").account(ROSA).promise is None


@pytest.mark.parametrize("asked", [PAY, TERM])
async def test_nothing_asked_is_cut_when_the_window_becomes_narrow(
    tmp_path: Path, asked: list[str], third: None
) -> None:
    async with driving(Desks(tmp_path).connect(), tmp_path) as desk:
        await desk.play(asked, fast=False)
        for size in ((50, 24), (80, 24), (132, 43), (44, 24)):
            await desk.resize(*size)
            assert "".join(desk.question.split()) in "".join(desk.text.split()), size
