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
    assert max(len(line) for line in lines if not any(v.usage in line for v in HELP)) <= width


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
        assert desk.rows[2 + pane.page - 1].strip() == pane.lines[-1].text.strip()


async def test_a_word_on_the_line_is_explained(tmp_path: Path) -> None:
    async with driving(book_desk(tmp_path)) as desk:
        await desk.play([":", *keys_of("help pp"), "enter"], fast=True)
        assert desk.context == "help"
        assert any("pp AMOUNT DATE" in row for row in desk.rows)
        await desk.press("b")
        await desk.play([":", *keys_of("keys"), "enter"], fast=False)
        assert any("The board of queues: keys" in row for row in desk.rows)
