"""All that can be done is listed by Tab on an empty line; what may follow a word of the app's own by Tab or F4 behind it."""

from __future__ import annotations

from pathlib import Path

import pytest

from collect_tui.tui.dialogs.choosing import ChoosingScreen
from collect_tui.tui.dialogs.palette import PaletteScreen
from collect_tui.tui.dialogs.theming import ThemeScreen
from tui.driver import DeskDriver, book_desk, driving, keys_of

OPEN = [":", *keys_of("4410-2231"), "enter"]


def line_of(desk: DeskDriver) -> tuple[str, bool]:
    edit = desk.screen.line_edit
    assert edit is not None
    return edit.text, edit.has_focus


async def test_tab_on_an_empty_line_lists_all_with_its_keys(tmp_path: Path) -> None:
    async with driving(book_desk(tmp_path)) as desk:
        await desk.press(*OPEN, ":", "tab")
        screen = desk.app.screen
        assert isinstance(screen, PaletteScreen)
        said = {each.word: each.keys for each in screen.found}
        assert said["next"] == "w F8"
        assert said["n"] == "n F6"
        assert {"pp", "lm", "cases", "theme"} <= set(said)
        assert any(row.startswith("> next") and "w F8" in row for row in desk.rows)


@pytest.mark.parametrize("fast", [False, True])
async def test_typing_narrows_and_enter_does_it(tmp_path: Path, fast: bool) -> None:
    async with driving(book_desk(tmp_path)) as desk:
        await desk.play([*OPEN, ":", "tab", *keys_of("why does"), "down", "up"], fast=fast)
        assert isinstance(desk.app.screen, PaletteScreen)
        await desk.play(["f12"], fast=fast)
        assert line_of(desk) == ("", True)
        await desk.play(["tab", *keys_of("term by term"), "enter"], fast=fast)
        assert desk.context == "why"


@pytest.mark.parametrize("fast", [False, True])
async def test_a_word_of_the_line_begins_it(tmp_path: Path, fast: bool) -> None:
    async with driving(book_desk(tmp_path)) as desk:
        await desk.play([*OPEN, ":", "tab", *keys_of("left message"), "enter", *keys_of("m1")], fast=fast)
        assert line_of(desk) == ("lm m1", True)


async def test_what_cannot_be_done_here_says_why_and_nothing_found_stays(tmp_path: Path) -> None:
    async with driving(book_desk(tmp_path)) as desk:
        await desk.press(":", "tab", *keys_of("zzz"), "enter", "f12")
        assert line_of(desk) == ("", True)
        await desk.press("tab", *keys_of("outbox"), "enter")
        assert "own database" in desk.said


@pytest.mark.parametrize("fast", [False, True])
@pytest.mark.parametrize("key", ["tab", "f4"])
@pytest.mark.parametrize("typed", ["q ", "q"])
async def test_the_queues_are_listed_behind_their_word(tmp_path: Path, typed: str, key: str, fast: bool) -> None:
    async with driving(book_desk(tmp_path)) as desk:
        await desk.press(":", *keys_of(typed), key)
        screen = desk.app.screen
        assert isinstance(screen, ChoosingScreen)
        words = [word.strip() for word, _ in screen.words]
        assert {"new", "broken"} <= set(words)
        await desk.play([*["down"] * words.index("new"), "enter", "enter"], fast=fast)
        assert desk.context == "queue"


async def test_a_queue_that_is_begun_is_listed_alone(tmp_path: Path) -> None:
    async with driving(book_desk(tmp_path)) as desk:
        await desk.press(":", *keys_of("q NE"), "f4")
        screen = desk.app.screen
        assert isinstance(screen, ChoosingScreen)
        assert all(word.startswith("ne") for word, _ in screen.words)
        await desk.press("enter", "enter")
        assert desk.context == "queue"


@pytest.mark.parametrize("fast", [False, True])
async def test_a_theme_is_worn_while_the_cursor_is_on_it_and_put_back(tmp_path: Path, fast: bool) -> None:
    async with driving(book_desk(tmp_path)) as desk:
        desk.app.terminal = type(desk.app.terminal)(colors="true")
        await desk.play([":", *keys_of("theme"), "enter"], fast=fast)
        assert isinstance(desk.app.screen, ThemeScreen)
        await desk.play(["g"], fast=fast)
        assert desk.app.theme == "amber"
        await desk.play(["escape"], fast=fast)
        assert desk.app.theme == "mono"
        await desk.play([":", *keys_of("theme"), "enter", "g", "enter"], fast=fast)
        assert (desk.app.theme, desk.app.worn) == ("amber", "amber")
        await desk.play([":", *keys_of("theme green"), "enter"], fast=fast)
        assert desk.app.theme == "green"
        assert "`theme amber` puts back" in desk.said


async def test_a_theme_of_ones_own_that_is_damaged_is_said_in_the_list(tmp_path: Path) -> None:
    folder = tmp_path / "themes"
    folder.mkdir()
    (folder / "aaa.toml").write_text('name = "aaa"\n[roles.bad]\nfg = "rad"\n')
    async with driving(book_desk(tmp_path), themes_folder=folder) as desk:
        await desk.press(":", *keys_of("theme"), "enter", "g")
        assert "unknown colour 'rad'" in desk.text
        assert desk.app.theme != "aaa"


@pytest.mark.parametrize("keys", [[], OPEN, [*OPEN, ":"], [*OPEN, "p"], ["q"], ["?"]])
async def test_ctrl_c_says_how_to_leave(tmp_path: Path, keys: list[str]) -> None:
    async with driving(book_desk(tmp_path)) as desk:
        await desk.press(*keys)
        where = desk.app.screen
        await desk.press("ctrl+c")
        assert desk.app.screen is where
        assert "Ctrl-C does not leave" in desk.text


@pytest.mark.parametrize("fast", [False, True])
async def test_all_of_the_row_under_the_cursor_is_said_below_the_list(tmp_path: Path, fast: bool) -> None:
    async with driving(book_desk(tmp_path)) as desk:
        await desk.play([*OPEN, ":", "tab", *keys_of("marks")], fast=fast)
        screen = desk.app.screen
        assert isinstance(screen, PaletteScreen)
        assert any("…" in row for row in desk.rows if row.startswith("> marks"))
        assert screen.found[0].title in " ".join(" ".join(desk.rows).split())
        await desk.play(["backspace"] * 5, fast=fast)
        await desk.play(["down"], fast=fast)
        assert screen.found[1].title in " ".join(" ".join(desk.rows).split())


@pytest.mark.parametrize("fast", [False, True])
@pytest.mark.parametrize("where", ["me", "history", "floor", "inbox"])
async def test_f4_completes_words_of_the_app_on_every_screen(tmp_path: Path, where: str, fast: bool) -> None:
    async with driving(book_desk(tmp_path, user="lee")) as desk:
        await desk.play([":", *keys_of(where), "enter"], fast=fast)
        await desk.play([":", *keys_of("pause "), "f4"], fast=fast)
        assert isinstance(desk.app.screen, ChoosingScreen), desk.said
        await desk.play(["enter"], fast=fast)
        assert line_of(desk)[0].startswith("pause ")
        assert len(line_of(desk)[0]) > len("pause ")


@pytest.mark.parametrize("fast", [False, True])
@pytest.mark.parametrize("line", ["n asked", "undo 3", "pa 412.10 3m 15", "na"])
async def test_a_line_of_an_account_says_on_the_board_that_there_is_none(tmp_path: Path, line: str, fast: bool) -> None:
    """Before Enter, as Enter does; and what opens the line types nothing into it."""
    async with driving(book_desk(tmp_path)) as desk:
        await desk.play([":", ":", ":"], fast=fast)
        assert line_of(desk) == ("", True)
        await desk.play(keys_of(line), fast=fast)
        assert desk.said == "There is no account here for that; open one by its number."
        await desk.play(["enter"], fast=fast)
        assert desk.said == "There is no account here for that; open one by its number."
