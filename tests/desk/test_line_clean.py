"""What a terminal would obey is no part of a typed line, as nowhere else; every other character keeps its place."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from collect_tui.common.text import clean as sanitised
from collect_tui.desk.line.lexer import GONE, clean

PIECES = st.sampled_from(
    [
        "\x1b[31m",
        "\x1b]0;title\x07",
        "\x9b2J",
        "\x1bP1$r\x1b\\",
        "\x07",
        "\u202e",
        "\u200b",
        "a",
        "[31m",
        ";",
        '"',
        "é",
        " ",
    ]
)


@given(
    st.lists(
        PIECES | st.characters(exclude_categories=["Zs", "Cs"], exclude_characters="\x1b\n\r\t\x0b\x0c\x85\u2028\u2029")
    )
)
def test_a_line_is_cleaned_as_every_text_is_and_keeps_its_places(pieces: list[str]) -> None:
    text = "".join(pieces)
    cleaned = clean(text)
    assert len(cleaned) == len(text)
    assert unicodedata.normalize("NFC", cleaned.replace(GONE, "")) == sanitised(text)
    assert all(
        now in (GONE, was) or unicodedata.normalize("NFC", was) == now for was, now in zip(text, cleaned, strict=True)
    )
