"""The page about kinds of cases names all that a kind may say, and its example is a kind."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from collect_tui import defaults
from collect_tui.domain.case.definition import READABLE, WAKES, WHO, FieldType
from collect_tui.domain.case.formulas import FORMULAS
from collect_tui.domain.case.vocabulary import ADJUSTMENTS, VOCABULARY
from support.book import TODAY

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/cases.md").read_text("utf-8")


@pytest.mark.parametrize("name", [*VOCABULARY, *ADJUSTMENTS, *READABLE, *WAKES, *WHO, *FieldType, *FORMULAS])
def test_a_name_stands_on_the_page(name: str) -> None:
    assert f"`{name}`" in PAGE or f"{name} = " in PAGE or f'"{name}"' in PAGE


def test_the_example_is_a_kind_beside_ours(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "docs/examples/cases", tmp_path / "cases")
    kinds, ours = defaults.load(tmp_path, today=TODAY).cases.kinds, defaults.load(None, today=TODAY).cases.kinds
    assert set(kinds) - set(ours) == {"meter-check"}
    assert [field.name for field in kinds["meter-check"].asked] == ["item", "reading", "amount", "claim"]
