"""Texts in columns: what a terminal makes of a character is told from what Unicode calls it."""

import pytest

from collect_tui.common.widths import table, width


@pytest.mark.parametrize(
    ("text", "cells"),
    [("abc", 3), ("王小明", 6), ("n\u0302", 1), ("ชื่อ", 2), ("नमस्ते", 4), ("🙂", 2), ("محمد", 4), ("a\u200db", 2)],
)
def test_marks_take_no_cell_and_ideographs_two(text: str, cells: int) -> None:
    assert width(text) == cells


def test_columns_stand_straight_whatever_the_script() -> None:
    rows = [(name, "1.00") for name in ("\u0301x", "🇺🇸🇺🇸", "王小明", "ชื่อ", "Rosa", "n\u0302")]
    assert {width(line) for line in table(("name", "sum"), rows, (1,)).splitlines()} == {12}
