"""Whatever frames follow one another, the terminal ends up showing the last."""

from __future__ import annotations

import pyte
from hypothesis import given, settings
from hypothesis import strategies as st

from collect_tui.tui.render.cells import BLANK, Row
from collect_tui.tui.terminal.differ import Differ

WIDTH, HEIGHT = 12, 6
GLYPHS = st.tuples(st.sampled_from("ab 王x  é"), st.sampled_from(["", "", "1", "7", "1;31", "31", "44"]))


@st.composite
def rows(draw: st.DrawFn) -> Row:
    row: Row = []
    for char, sgr in draw(st.lists(GLYPHS, max_size=WIDTH)):
        if char == " ":
            row.append((" ", sgr if sgr in ("7", "44") else ""))
        elif char == "王":
            row += [(char, sgr), ("", sgr)]
        else:
            row.append((char, sgr))
    row = row[:WIDTH]
    if row and row[-1][0] == "王":
        row[-1] = BLANK
    return row + [BLANK] * (WIDTH - len(row))


@st.composite
def frames(draw: st.DrawFn) -> list[list[Row]]:
    pool = draw(st.lists(rows(), min_size=2, max_size=10))
    result = []
    for _ in range(draw(st.integers(2, 5))):
        start = draw(st.integers(0, 3))  # neighbours of the pool in order: frames that look scrolled
        result.append([pool[(start + y) % len(pool)] for y in range(HEIGHT)])
    return result


@settings(max_examples=300)
@given(frames())
def test_the_last_frame_is_shown(sequence: list[list[Row]]) -> None:
    differ = Differ(WIDTH, HEIGHT)
    screen = pyte.Screen(WIDTH, HEIGHT)
    screen.reset_mode(7, private=True)  # no wrap at the margin, as Textual's driver sets it
    stream = pyte.Stream(screen)
    for number, frame in enumerate(sequence):
        stream.feed(differ.update(list(frame), (number % WIDTH, number % HEIGHT)))
        for y, row in enumerate(frame):
            assert [screen.buffer[y][x].data for x in range(WIDTH)] == [text for text, _ in row]
            for x, (text, sgr) in enumerate(row):
                char, codes = screen.buffer[y][x], sgr.split(";")
                if text.strip():
                    assert (char.bold, char.fg == "red") == ("1" in codes, "31" in codes)
                assert (char.reverse, char.bg == "blue") == ("7" in codes, "44" in codes)
        assert (screen.cursor.x, screen.cursor.y) == (number % WIDTH, number % HEIGHT)
        assert differ.update(list(frame), (number % WIDTH, number % HEIGHT)) == ""
