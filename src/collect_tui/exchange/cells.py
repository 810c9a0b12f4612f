"""Cells of a CSV file that a spreadsheet will open."""

from __future__ import annotations

from typing import Final

# A spreadsheet takes a cell that starts so for a formula, and a formula can send what stands beside it elsewhere.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def safe_text(text: str) -> str:
    """A text cell that no spreadsheet takes for a formula: an apostrophe goes in front of one that looks like it.

    For columns of text only; a number keeps its minus.
    """
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) or text.startswith(_FORMULA) else text
