"""Help is generated: what the registry, the codes and the line have, it has."""

from pathlib import Path

import pytest

from collect_tui import defaults
from collect_tui.desk.line.verbs import VERBS
from collect_tui.tui.keys.actions import ACTIONS, in_context
from collect_tui.tui.render.help import render_help, render_word
from collect_tui.tui.widgets.lines import LinePane
from support.book import TODAY
from tui.driver import book_desk, driving, keys_of

QUEUE = [":", *keys_of("q new"), "enter"]
OPEN = [":", *keys_of("4410-2231"), "enter"]
CODES = defaults.load(None, today=TODAY).codes
HELP = [verb.help for verb in VERBS.values()]


@pytest.mark.parametrize("width", [80, 132])
def test_the_help_of_an_account_has_every_key_code_and_verb(width: int) -> None:
    lines = [line.text for line in render_help("account", ACTIONS, CODES, HELP, width)]
    text = " ".join(" ".join(lines).split())
    for each in in_context("account"):
        assert f"{each.title}." in text, each.id
    for verb in HELP:
        assert verb.usage in text, verb.verb
    for code in CODES.results:
        assert any(line.strip().startswith(f"{code.lower()} ") for line in lines), code
    assert max(len(line) for line in lines) <= width, "a usage wraps, and is never cut"


def test_the_help_of_a_form_shows_no_key_that_is_typed_into_its_fields() -> None:
    lines = [line.text for line in render_help("form", ACTIONS, CODES, HELP, 80)][1:]
    heads = [line.split("  ")[0].split() for line in lines if line.startswith(" ") and not line.startswith("  ")]
    assert ["F12"] in heads
    assert [head for head in heads if any(len(word) == 1 for word in head)] == []


def test_the_help_of_find_says_where_letters_act() -> None:
    text = " ".join(line.text for line in render_help("find", ACTIONS, CODES, HELP, 80))
    assert "letters are typed into it" in text
    assert "On the line" not in text


def test_a_word_is_explained_alone() -> None:
    assert "pp 150 fri" in " ".join(line.text for line in render_word("pp", ACTIONS, CODES, HELP, 80))
    assert render_word("zzzz", ACTIONS, CODES, HELP, 80) == []
    assert "Left" in " ".join(line.text for line in render_word("lm", ACTIONS, CODES, HELP, 80))


@pytest.mark.parametrize("fast", [False, True])
async def test_help_is_about_the_screen_one_came_from(tmp_path: Path, fast: bool) -> None:
    async with driving(book_desk(tmp_path)) as desk:
        await desk.play(["?"], fast=fast)
        assert "The board of queues: keys" in desk.rows[2]
        await desk.play(["b", "1", "0", "enter", "?"], fast=fast)
        assert "A queue: keys" in desk.rows[2]
        await desk.play(["?", "b"], fast=fast)
        assert desk.context == "queue"


async def test_help_scrolls_to_its_end(tmp_path: Path) -> None:
    async with driving(book_desk(tmp_path)) as desk:
        await desk.press("1", "0", "enter", "?", "G")
        pane = desk.screen.query_one("#body", LinePane)
        assert desk.rows[2 + pane.page - 1].strip("> ") == pane.lines[-1].text.strip()


async def test_a_word_on_the_line_is_explained(tmp_path: Path) -> None:
    async with driving(book_desk(tmp_path)) as desk:
        await desk.play([":", *keys_of("help pp"), "enter"], fast=True)
        assert desk.context == "help"
        assert any("pp AMOUNT DATE" in row for row in desk.rows)
        await desk.press("b")
        await desk.play([":", *keys_of("keys"), "enter"], fast=False)
        assert any("The board of queues: keys" in row for row in desk.rows)


@pytest.mark.parametrize("width", [40, 60])
def test_on_a_narrow_screen_a_usage_wraps_whole(width: int) -> None:
    text = " ".join(" ".join(line.text for line in render_help("account", ACTIONS, CODES, HELP, width)).split())
    assert [verb.usage for verb in HELP if verb.usage not in text] == []


@pytest.mark.parametrize("fast", [False, True])
async def test_what_is_searched_in_the_help_is_done_where_one_came_from(tmp_path: Path, fast: bool) -> None:
    async with driving(book_desk(tmp_path)) as desk:
        await desk.play([*OPEN, "?", "/", *keys_of("callback sets"), "enter", "enter"], fast=fast)
        assert desk.context == "account"
        edit = desk.screen.line_edit
        assert edit is not None
        assert (edit.text, edit.has_focus) == ("cb ", True)


@pytest.mark.parametrize("fast", [False, True])
async def test_a_verb_of_the_help_begins_the_line_and_an_action_acts(tmp_path: Path, fast: bool) -> None:
    async with driving(book_desk(tmp_path)) as desk:
        await desk.play([*OPEN, "?", "/", *keys_of("pp 150 fri"), "enter", "enter", *keys_of("150 fri")], fast=fast)
        edit = desk.screen.line_edit
        assert edit is not None
        assert edit.text == "pp 150 fri"
        await desk.play(["f12", "?", "/", *keys_of("account's timeline"), "enter", "enter"], fast=fast)
        assert desk.context == "account"
        shown = desk.rows
        await desk.press("2")
        assert desk.rows == shown, "the timeline was there"
        await desk.press("1")
        assert desk.rows != shown


async def test_the_search_says_what_it_does_not_find_and_f12_shows_all_again(tmp_path: Path) -> None:
    async with driving(book_desk(tmp_path)) as desk:
        await desk.press("?", "/", *keys_of("zzzz"))
        assert "Nothing in this help has" in desk.said
        pane = desk.screen.query_one("#body", LinePane)
        assert pane.lines == ()
        await desk.press("f12")
        assert pane.lines
        assert pane.has_focus


@pytest.mark.parametrize("fast", [False, True])
async def test_escape_leaves_the_help(tmp_path: Path, fast: bool) -> None:
    async with driving(book_desk(tmp_path)) as desk:
        await desk.play(["?", "/", "w", "escape", "escape", *QUEUE, "?", "escape"], fast=fast)
        assert desk.context == "queue"


async def test_a_heading_starts_nothing(tmp_path: Path) -> None:
    async with driving(book_desk(tmp_path)) as desk:
        await desk.press("?", "enter")
        assert desk.context == "help"
        assert "has none" in desk.said


async def test_the_board_says_the_words_of_the_line(tmp_path: Path) -> None:
    async with driving(book_desk(tmp_path)) as desk:
        await desk.press("?")
        lines = " ".join(line.text for line in desk.screen.query_one("#body", LinePane).lines)
        assert "pp AMOUNT DATE" in lines


@pytest.mark.parametrize("fast", [False, True])
async def test_who_types_a_word_into_the_help_is_told_where_it_searches(tmp_path: Path, fast: bool) -> None:
    async with driving(book_desk(tmp_path)) as desk:
        await desk.play(["?", *keys_of("undo")], fast=fast)
        assert "does nothing here; / begins a search." in desk.said
        await desk.play(["/", *keys_of("undo")], fast=fast)
        assert "Undo" in desk.text
