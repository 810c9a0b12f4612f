"""Nothing a customer's name can do to the terminal."""

from __future__ import annotations

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collect_tui.tui.render.text import clean, drop_cells, fit, to_ascii_lines, width

ANYTHING = st.text(
    st.characters(exclude_categories=()) | st.sampled_from("\x1b[]m0;\x9b\x07\u202e\u200b\ud800é世\u0301\n\t")
)


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("O'Neill", "O'Neill"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("a\x1b]0;title\x07b", "ab"),
        ("a\x1b]0;title\x1b\\b", "ab"),
        ("a\x9b2Jb", "ab"),
        ("a\x1bPq#0\x1b\\b", "ab"),
        ("unterminated \x1b]0;kept", "unterminated 0;kept"),
        ("\x1b(0lqk", "lqk"),
        ("tab\tand\r\nline", "tab and line"),
        ("in\u202evoice", "invoice"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("e\u0301", "é"),
        ("\ud800x", "x"),
        ("[/foo] [b]bold", "[/foo] [b]bold"),
        ("🇺🇸🇺🇸", "USUS"),
        ("👍🏽 👨\u200d👩 ❤\ufe0f", "👍 👨👩 ❤"),
        ("क्\u200dष", "क्\u200dष"),
        ("", ""),
    ],
)
def test_clean(raw: str, cleaned: str) -> None:
    assert clean(raw) == cleaned


def test_newlines_can_be_kept() -> None:
    assert clean("a\r\nb\rc\u2028d\te", keep_newlines=True) == "a\nb\nc\nd e"


@given(ANYTHING)
def test_clean_twice_changes_nothing_and_leaves_no_control(raw: str) -> None:
    once = clean(raw)
    assert clean(once) == once
    assert not any(unicodedata.category(c) in ("Cc", "Cs") for c in once)
    assert not any(c in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\u200e\u200f\ufeff" for c in once)
    once.encode()


PICTURES = st.text(st.sampled_from("a \u0301\u0302世🇺🇸👍🏽👨👩\u200d❤⚠\ufe0f\ufe0e1\u20e3🏴\U000e0067\U000e007fक्ष"))


@given(PICTURES)
def test_terminals_that_count_signs_and_those_that_count_pictures_agree(raw: str) -> None:
    once = clean(raw)
    assert clean(once) == once
    if "\u200d" not in once:
        assert width(once) == sum(width(sign) for sign in once)


@given(PICTURES)
def test_no_mark_stands_on_what_is_before_a_column(raw: str) -> None:
    row = f"1 {fit(clean(raw), 12)}"
    assert not any(a == " " and unicodedata.category(b) in ("Mn", "Me") for a, b in pairwise(row))


@given(ANYTHING, st.integers(0, 30), st.sampled_from(["left", "right"]), st.sampled_from(["…", "~", ""]))
def test_fit_is_exact(raw: str, cells: int, align: str, ellipsis: str) -> None:
    assert width(fit(clean(raw), cells, align, ellipsis)) == cells  # type: ignore[arg-type]


def test_fit() -> None:
    assert fit("abc", 5) == "abc  "
    assert fit("abc", 5, "right") == "  abc"
    assert fit("abcdef", 4) == "abc…"
    assert fit("abcdef", 4, ellipsis="~") == "abc~"
    assert fit("王小明", 4) == "王 …"
    assert fit("abc", 0) == ""


def test_drop_cells() -> None:
    assert drop_cells("abc", 1) == "bc"
    assert drop_cells("王a", 1) == " a"
    assert drop_cells("王", 1) == " "
    assert drop_cells("王a", 2) == "a"


@given(ANYTHING)
def test_ascii_keeps_the_width(raw: str) -> None:
    cleaned = clean(raw)
    shown = to_ascii_lines(cleaned)
    assert shown.isascii()
    assert "\x1b" not in shown
    if "\u200d" not in cleaned and "\ufe0f" not in cleaned:
        assert width(shown) == width(cleaned)


def test_ascii_stand_ins() -> None:
    assert to_ascii_lines("██░░ Jørgenby Łąkowski Đorđe") == "##.. Jorgenby Lakowski Dorde"
    assert to_ascii_lines("┌─┐│ · → … × — 王 é ●") == "+-+| - > ~ x - ?? e *"
