"""What a piece of text is, rather than how it looks; themes say how each role looks."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """Semantic style of a piece of text.  Meaning never rests on it alone: a colour may not be seen."""

    PLAIN = "plain"
    DIM = "dim"
    HEAD = "head"
    LABEL = "label"
    VALUE = "value"
    MONEY = "money"
    GOOD = "good"
    WARN = "warn"
    BAD = "bad"
    KEY = "key"
    CURSOR = "cursor"
    MARK = "mark"
    ERROR = "error"


COMPONENTS = frozenset(f"role--{role}" for role in Role)
"""Component classes, for ``COMPONENT_CLASSES`` of every widget that paints roles."""
