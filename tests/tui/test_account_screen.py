"""The account screen on a real desk: summary, panes, leases, two-key results, undo."""

from datetime import timedelta
from pathlib import Path

import pytest

from collect_tui.domain.dates import clock
from collect_tui.tui.screens.account import AccountScreen
from collect_tui.tui.terminal.profile import TerminalProfile
from support.book import Book, account, at
from tui.account_book import ADA, ASA, IVAN, OPEN, ROSA, Desks
from tui.driver import DeskDriver, driving, keys_of
from tui.golden import expect_screen

both = pytest.mark.parametrize("fast", [False, True])


def account_of(desk: DeskDriver) -> AccountScreen:
    assert isinstance(desk.screen, AccountScreen)
    return desk.screen


def shown(desk: DeskDriver) -> str:
    view = account_of(desk).view
    assert view is not None
    return view.number


@pytest.mark.parametrize(("name", "size"), [("account", (80, 24)), ("account_wide", (132, 43))])
async def test_the_first_screen_answers_the_five_second_question(
    tmp_path: Path, name: str, size: tuple[int, int]
) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state, size=size) as desk:
        await desk.press(*OPEN)
        expect_screen(name, desk.text)


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("2", "will pay Friday"),
        ("3", "INV-2"),
        ("4", "nothing here yet"),
        ("5", "No hold forbids calls."),
        ("6", "nothing here yet"),
        ("7", "Notice pre-cut was served"),
        ("8", "nothing here yet"),
        ("9", "notice pre-cut"),
        ("1", "May I call"),
    ],
)
@both
async def test_digits_show_the_panes(tmp_path: Path, key: str, words: str, fast: bool) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.play([*OPEN, "3", key], fast=fast)
        assert words in desk.text
        assert f"[{key} " in desk.text


@both
async def test_tab_goes_round_the_panes(tmp_path: Path, fast: bool) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.play([*OPEN, *["tab"] * 9, "shift+tab"], fast=fast)
        assert account_of(desk).pane == 9


@both
async def test_two_keys_log_no_contact_and_take_the_next(tmp_path: Path, fast: bool) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.play(["1", "0", "enter", "w"], fast=fast)
        first = shown(desk)
        await desk.play([",", "n"], fast=fast)
        second = shown(desk)
        assert second != first
        assert desk.said.startswith(f"{first}: logs no answer")
        await desk.play(["space", "l", ",", "z"], fast=fast)
        mia = desks.of("mia")
        assert [mia.account(number).last_word for number in (first, second)] == ["NA 23 Nov", "LM 23 Nov"]
        claims = [n for n in (ROSA, IVAN, ADA, ASA, "4410-0666") if mia.account(n).claimed_by == "mia"]
        assert claims == [shown(desk)]


@both
async def test_the_queue_worked_to_its_end_says_so(tmp_path: Path, fast: bool) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.play(["1", "0", "enter", "w", *[",", "n"] * 4], fast=fast)
        assert desk.said.endswith("nothing is left")
        assert "logs no answer" in desk.said


async def test_the_second_key_is_shown_and_a_wrong_one_drops_what_follows(tmp_path: Path) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.press(*OPEN, ",")
        assert desk.hints["NA"]
        assert desk.rows[3] == "  n  NA  no answer"
        await desk.press("escape")
        assert "NA" not in desk.hints
        await desk.burst(",", "k", "l", "n", "w")
        assert "k is the letter of no result" in desk.said
        assert desk.said.endswith("3 keys dropped")
        assert desks.of("mia").account(ROSA).version == 1
        assert shown(desk) == ROSA


@pytest.mark.parametrize("out", [",", "space", "f12", "escape", "b"])
@both
async def test_every_way_back_leaves_the_second_key_with_nothing_logged(tmp_path: Path, out: str, fast: bool) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.play([*OPEN, "3"], fast=fast)
        before = desk.rows[:-2]
        await desk.play([",", out], fast=fast)
        assert desk.said == "No result was logged."
        assert desk.rows[:-2] == before
        assert desks.of("mia").account(ROSA).version == 1
        assert shown(desk) == ROSA


@pytest.mark.parametrize("key", ["q", "w", "r", "u", "/", ":", "?", "j", "f8", "tab", "enter"])
async def test_a_key_that_is_no_result_leaves_the_second_key_and_says_so(tmp_path: Path, key: str) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.press(*OPEN, ",", key)
        assert desk.said.endswith("nothing was logged.")
        assert shown(desk) == ROSA
        assert "May I call" in desk.text
        assert desks.of("mia").account(ROSA).version == 1


@pytest.mark.parametrize("size", [(80, 24), (132, 43)])
async def test_all_results_of_the_second_key_are_shown_with_their_words(tmp_path: Path, size: tuple[int, int]) -> None:
    desks = Desks(tmp_path)
    codes = desks.of("mia").catalogue().codes
    async with driving(desks.connect(), desks.state, size=size) as desk:
        await desk.press(*OPEN, ",")
        for key, code in codes.hot.items():
            assert f"  {key}  {code}  {codes.results[code].title.lower()}" in desk.rows


@both
async def test_an_account_somebody_else_has_is_shown_but_not_worked(tmp_path: Path, fast: bool) -> None:
    desks = Desks(tmp_path)
    claim = desks.of("ben").claim(ROSA)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.play(OPEN, fast=fast)
        assert "ben is working" in desk.said or "ben" in desk.said
        assert "ben has it" in desk.header
        assert not desk.hints["promise"]
        await desk.press("p")
        assert f"ben has this account until {clock(claim.lease_until, 'America/Chicago')}" in desk.said
        assert desk.context == "account"
        await desk.press(":")
        await desk.type("n hello")
        await desk.press("enter")
        assert desks.of("ben").account(ROSA).version == 1


@both
async def test_leaving_gives_the_lease_back(tmp_path: Path, fast: bool) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.play(OPEN, fast=fast)
        assert desks.of("ben").account(ROSA).claimed_by == "mia"
        await desk.play(["b"], fast=fast)
        assert desks.of("ben").account(ROSA).claimed_by is None


@both
async def test_undo_asks_first(tmp_path: Path, fast: bool) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.play([*OPEN, ":", *keys_of("pp 150 fri"), "enter", "u"], fast=fast)
        assert "promise 150.00" in desk.question
        await desk.press("n")
        assert desks.of("mia").account(ROSA).promise is not None
        await desk.press("u")
        await desk.press("y")
        assert desks.of("mia").account(ROSA).promise is None
        assert "none open" in desk.text


@both
async def test_undo_takes_back_my_last_act_whichever_account_is_shown(tmp_path: Path, fast: bool) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.play(["1", "0", "enter", "w", ",", "n"], fast=fast)
        second = shown(desk)
        first = desk.said.partition(":")[0]
        assert first != second
        await desk.play(["u"], fast=fast)
        assert desk.question.startswith(f"Undo on {first}: ")
        assert "not the account on the screen" in desk.question
        await desk.press("y")
        assert desk.said.startswith(f"{first}: ")
        assert shown(desk) == second
        assert desks.of("mia").account(first).last_word is None
        await desk.press("u")
        assert desk.said == "There is no act of yours to undo."


@both
async def test_an_account_passed_over_makes_room_for_the_next(tmp_path: Path, fast: bool) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.play(["1", "0", "enter", "w"], fast=fast)
        first = shown(desk)
        await desk.play(["s", *keys_of("research"), "enter"], fast=fast)
        second = shown(desk)
        assert second != first
        assert desk.said.startswith(f"{first}: ")
        await desk.play(["z", *keys_of("fri research"), "enter"], fast=fast)
        assert shown(desk) not in {first, second}
        assert desk.said.startswith(f"{second}: ")
        assert desks.of("ben").account(second).claimed_by is None


@both
async def test_next_goes_to_the_account_of_mine_that_has_no_result(tmp_path: Path, fast: bool) -> None:
    desks = Desks(tmp_path)
    waiting = desks.of("mia").next("new")
    assert waiting is not None
    async with driving(desks.connect(), desks.state) as desk:
        await desk.play([*OPEN, "w"], fast=fast)
        assert shown(desk) == waiting.account
        assert desk.said == f"{waiting.account} has no result yet: log one, or skip it with a reason."
        await desk.play(["w"], fast=fast)
        assert shown(desk) == waiting.account
        await desk.play([",", "n"], fast=fast)
        assert desk.said.startswith(f"{waiting.account}: logs no answer")


@both
async def test_a_result_that_cannot_go_on_says_where_it_went_and_why(tmp_path: Path, fast: bool) -> None:
    desks = Desks(tmp_path)
    waiting = desks.of("mia").next("new")
    assert waiting is not None
    async with driving(desks.connect(), desks.state, size=(132, 43)) as desk:
        await desk.play([*OPEN, ",", "n"], fast=fast)
        assert shown(desk) == waiting.account
        assert desk.said.startswith(f"{waiting.account} has no result yet")
        assert f"{ROSA}: logs no answer" in desk.said
        assert desks.of("mia").account(ROSA).last_word == "NA 23 Nov"


@pytest.mark.parametrize(
    "keys", [[*OPEN, "|", "r"], ["|", "r"], ["1", "0", "enter", "|", "b"], ["|", "1", "0", "enter", "w"]]
)
@both
async def test_the_header_follows_a_day_run_elsewhere(tmp_path: Path, keys: list[str], fast: bool) -> None:
    desks = Desks(tmp_path)
    cut = keys.index("|")
    async with driving(desks.connect(), desks.state) as desk:
        await desk.play(keys[:cut], fast=fast)
        assert "23 Nov" in desk.rows[0]
        desks.clock.now += timedelta(days=1)
        desks.of("lee").day()
        await desk.play(keys[cut + 1 :], fast=fast)
        assert "24 Nov" in desk.rows[0]


async def test_a_small_screen_keeps_the_telephone_beside_the_answer(tmp_path: Path) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state, size=(60, 15)) as desk:
        await desk.press(*OPEN)
        assert desk.rows[0].startswith(f"{ROSA} Alvarez, Rosa · 1 left")
        assert any(row.startswith("May I call yes 1/7 · m1 +1 312 555 0142") for row in desk.rows)


async def test_while_the_line_has_the_caret_the_key_bar_shows_no_letters(tmp_path: Path) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.press(*OPEN)
        before = desk.rows[-1]
        await desk.press(":")
        assert desk.rows[-1].startswith("⏎ do it  Tab list  F12 leave  F8 next")
        await desk.press("f12")
        assert desk.rows[-1] == before


async def test_a_terminal_with_ascii_only_reads_ent(tmp_path: Path) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state, terminal=TerminalProfile(ascii_only=True)) as desk:
        await desk.press("1", "0", "enter")
        assert desk.rows[-1].startswith("Ent open")
        await desk.press("enter", ":", "f4")
        assert desk.rows[-1].startswith("Ent take it")


async def test_a_late_pane_of_the_account_before_never_shows(tmp_path: Path) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.press(*OPEN)
        await desk.burst("2", ":", *IVAN, "enter", "3")
        assert shown(desk) == IVAN
        assert "INV-10" in desk.text
        assert "will pay Friday" not in desk.text


@both
async def test_f7_goes_back_to_the_account_before(tmp_path: Path, fast: bool) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.play([*OPEN, ":", *IVAN, "enter", "f7"], fast=fast)
        assert shown(desk) == ROSA


@both
async def test_who_works_a_queue_goes_on_in_it_after_looking_elsewhere(tmp_path: Path, fast: bool) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.play(["w"], fast=fast)
        first, worked = shown(desk), desk.app.navigator.next_queue
        elsewhere = IVAN if first != IVAN else ROSA
        assert worked not in (None, desk.app.desk.account(elsewhere).queue)
        await desk.play([":", *elsewhere, "enter"], fast=fast)
        assert (shown(desk), desk.app.navigator.next_queue) == (elsewhere, worked)
        await desk.play(["f7"], fast=fast)
        assert (shown(desk), desk.app.navigator.next_queue) == (first, worked)


@both
async def test_letters_put_their_word_in_the_line(tmp_path: Path, fast: bool) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.play(OPEN, fast=fast)
        for key, text in (("n", "n "), ("t", "t "), ("s", "skip "), ("z", "snooze "), ("h", "hold "), ("l", "cb ")):
            await desk.play([key], fast=fast)
            edit = desk.screen.line_edit
            assert edit is not None
            assert edit.text == text
            await desk.play(["ctrl+u", "f12"], fast=fast)


async def test_long_panes_are_read_page_by_page(tmp_path: Path) -> None:
    notes = [{"at": at(-400 + n % 300, n % 24), "by": "mia", "text": f"note {n:03}"} for n in range(450)]
    book = Book(account(ROSA, "Alvarez, Rosa", items=[("INV-1", -63, 30000)], notes=notes))
    lasts = []
    for fast in (False, True):
        desks = Desks(tmp_path / str(fast), book)
        async with driving(desks.connect(), desks.state) as desk:
            await desk.play([*OPEN, "2"], fast=fast)
            await desk.play(["pgdn"] * 40, fast=fast)
            lasts.append(desk.rows)
            assert len(account_of(desk).body.lines) >= 450
    assert lasts[0] == lasts[1]


async def test_hostile_names_are_only_names(tmp_path: Path) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.press(":", *"4410-0666", "enter")
        assert "[b]Bad[/foo]" in desk.rows[0]
        assert "\x1b" not in desk.text


async def test_a_lease_that_ran_out_refuses_the_act(tmp_path: Path) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.press(*OPEN)
        desks.clock.now += timedelta(hours=2)
        desks.of("ben").claim(ROSA)
        await desk.press(",", "n")
        assert "ben" in desk.said
        assert desks.of("ben").account(ROSA).last_word == 'LM 18 Nov "will pay Friday"'


async def test_numbers_that_may_be_called_come_first_and_none_else_stands_beside_a_yes(tmp_path: Path) -> None:
    points = [
        {"kind": "mobile", "value": f"+1 312 555 01{n}", "consent": "out" if n < 45 else "in"} for n in range(42, 49)
    ]
    book = Book(account(ROSA, "Alvarez, Rosa", items=[("INV-1", -63, 30000)], points=points))
    desks = Desks(tmp_path, book)
    for size in ((80, 24), (80, 15), (60, 15)):
        async with driving(desks.connect(), desks.state, size=size) as desk:
            await desk.press(*OPEN)
            at = next(number for number, row in enumerate(desk.rows) if row.startswith("May I call yes"))
            assert "opted out" not in desk.rows[at], desk.text
            shown = [row for row in desk.rows if "+1 312" in row]
            assert "+1 312 555 0145" in shown[0], desk.text
            assert all("UTC-06:" not in row or "UTC-06:00" in row for row in desk.rows[:-8]), desk.text
