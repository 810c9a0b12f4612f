"""People are told a day in one way, `Fri 28 Nov`; figures such as 2026-11-28 are for programs and tables."""

from __future__ import annotations

import ast
import re
from datetime import date
from pathlib import Path

import pytest

import collect_tui
from collect_tui.defaults import load
from collect_tui.domain import effects as fx
from collect_tui.domain.dates import format_day, named_day
from domain.test_effects import SAMPLES
from support.trade import TODAY, account, item

CODES = load(today=TODAY).codes
FIGURES = re.compile(r"\b\d{4}-\d\d-\d\d\b")
SOURCE = Path(collect_tui.__file__).parent
#: Where sentences are made that people read while they work.
ROOMS = ("domain", "policy", "desk", "services", "store", "tui")


@pytest.mark.parametrize("kind", SAMPLES, ids=lambda kind: kind.__name__)
def test_no_effect_says_a_day_in_figures(kind: type[fx.Effect]) -> None:
    facts = account(items=(item(10, 20000, -63), item(11, 5000, 3)))
    assert FIGURES.findall(SAMPLES[kind].words(facts, CODES, "America/Chicago")) == []


def _sentences(tree: ast.AST) -> list[ast.JoinedStr]:
    """Texts with something filled in and blanks between words."""
    made = (node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr))
    return [
        node
        for node in made
        if any(isinstance(part, ast.Constant) and re.search(r"[a-z] ", str(part.value)) for part in node.values)
    ]


@pytest.mark.parametrize("room", ROOMS)
def test_no_sentence_is_made_of_a_day_in_figures(room: str) -> None:
    found = [
        f"{path.relative_to(SOURCE)}:{node.lineno}"
        for path in sorted((SOURCE / room).rglob("*.py"))
        for node in _sentences(ast.parse(path.read_text("utf-8")))
        if any(
            isinstance(part, ast.FormattedValue) and ".isoformat()" in ast.unparse(part.value) for part in node.values
        )
    ]
    assert found == []


def test_the_same_day_is_said_the_same_way() -> None:
    when = date(2026, 12, 30)
    assert format_day(when, date(2026, 11, 23)) == named_day(when, 2026) == "Wed 30 Dec"
    assert format_day(when, date(2027, 1, 4)) == named_day(when, 2027) == "Wed 30 Dec 2026"
