"""What is wanted of a queue, typed on the line: filtered, sorted, saved, with other columns; slowly and as one burst."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from support.book import Book, account, local_desk
from support.book import Clock as TheClock
from tui.driver import DeskDriver, driving, keys_of

both = pytest.mark.parametrize("fast", [False, True])
BOOK = Book(
    *(
        account(
            f"7700-{i:04}",
            f"{('Alvarez', 'Petrov')[i % 2]}, Rosa",
            items=[(f"INV-{i}", -3 - i, 10_000 * (i + 1))],
            phone=f"+1 312 555 01{i:02}",
            **({"owner": "mia"} if i % 3 == 0 else {}),
        )
        for i in range(6)
    )
)


def line(text: str) -> list[str]:
    return [":", *keys_of(text), "enter"]


def shown(desk: DeskDriver) -> list[str]:
    return [
        row.split()[2] if row.startswith(">") else row.split()[1]
        for row in desk.rows
        if "7700-" in row and "#" not in row
    ][:6]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "site"


def desk_of(tmp_path: Path, folder: Path, **options):
    store = BOOK.store(tmp_path)
    return driving(
        lambda: local_desk(store, "mia", TheClock()),
        tmp_path / "state",
        keys_file=folder / "keys.toml",
        **options,
    )


@both
async def test_a_queue_is_filtered_and_sorted_and_next_stays_within(tmp_path: Path, folder: Path, fast: bool) -> None:
    async with desk_of(tmp_path, folder) as desk:
        await desk.play([*line("q new"), *line("filter dpd>3 petrov sort dpd asc")], fast=fast)
        assert desk.queue.keys == ["7700-0001", "7700-0003", "7700-0005"]
        assert "· 3 of 6 · dpd>3 petrov sort dpd asc " in desk.rows[0], "the filter whole; the sum gives way"
        await desk.play(line("sort collect"), fast=fast)
        assert desk.queue.keys == ["7700-0005", "7700-0003", "7700-0001"]
        await desk.play(["w"], fast=fast)
        assert desk.app.screen.line_target().account == "7700-0005"
        await desk.play([*line("skip busy"), "w"], fast=fast)
        assert desk.app.screen.line_target().account == "7700-0003"
        await desk.play([*line("q new"), *line("filter")], fast=fast)
        assert len(desk.queue.keys) == 6


@both
async def test_a_row_that_has_left_is_not_counted(tmp_path: Path, folder: Path, fast: bool) -> None:
    async with desk_of(tmp_path, folder) as desk:
        await desk.play([*line("q new"), *line("filter dpd>3"), *line("hold cease asks for peace")], fast=fast)
        assert len(desk.queue.table.gone) == 1
        assert desk.rows[0].startswith("New delinquencies · 4 of ")


@both
async def test_what_is_shown_is_saved_and_opened_by_its_name(tmp_path: Path, folder: Path, fast: bool) -> None:
    async with desk_of(tmp_path, folder) as desk:
        keys = [*line("q new owner=me sort number"), *line("save mine-new"), *line("columns account dpd owner")]
        await desk.play([*keys, *line("q"), *line("q mine-new")], fast=fast)
        assert desk.queue.keys == ["7700-0000", "7700-0003"]
        heading = next(row for row in desk.rows if row.lstrip().startswith("#"))
        assert heading.split() == ["#", "Account", "DPD", "Owner"]
        await desk.play(line("q new"), fast=fast)
        assert "Customer" in next(row for row in desk.rows if row.lstrip().startswith("#"))
    path = folder / "filters.toml"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    async with desk_of(tmp_path / "again", folder) as desk:
        await desk.play(line("q mine-new collect>200"), fast=fast)
        assert desk.queue.keys == ["7700-0003"]


@both
async def test_what_is_kept_is_replaced_after_a_question_that_says_what(
    tmp_path: Path, folder: Path, fast: bool
) -> None:
    async with desk_of(tmp_path, folder) as desk:
        await desk.play(
            [*line("q new owner=me"), *line("save x1"), *line("columns account dpd"), *line("save x1")], fast=fast
        )
        assert "Kept: q x1" in desk.text, "what is kept as it was is no question"
        await desk.play([*line("q new dpd>5"), *line("save x1")], fast=fast)
        asked = " ".join(desk.text.split())
        assert (
            "x1 is kept already: it shows owner=me of new with account, dpd. Keep dpd>5 of new in its place?" in asked
        )
        await desk.press("n")
        assert desk.app.filters.by_name("x1").words == "owner=me"
        await desk.press(*line("save x1"))
        await desk.press("y")
        assert desk.app.filters.by_name("x1").words == "dpd>5"


async def test_mistakes_are_said_on_the_line(tmp_path: Path, folder: Path) -> None:
    async with desk_of(tmp_path, folder) as desk:
        await desk.press(*line("q new"), ":", *keys_of("filter colect>5"))
        assert "did you mean collect?" in desk.text
        await desk.press("escape", ":", *keys_of("columns acount"))
        assert "did you mean account?" in desk.text
        await desk.press("escape", ":", *keys_of("save new"))
        assert "Say under which name" in desk.text


async def test_a_damaged_file_is_said_and_hides_no_queue(tmp_path: Path, folder: Path) -> None:
    folder.mkdir()
    (folder / "filters.toml").write_text("[filters.x]\nwords = 5\n")
    async with desk_of(tmp_path, folder) as desk:
        await desk.press("1", "0", "enter", *line("q new"))
        assert len(desk.queue.keys) == 6
        await desk.press(*line("q mine-new"))
        assert "filters.toml" in "".join(desk.text.split()), "its folder may be longer than a row"
