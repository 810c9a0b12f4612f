"""What architecture.md and CONTRIBUTING.md name is there, and every package says what belongs in it."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src/collect_tui"
MAPS = (ROOT / "docs/architecture.md", ROOT / "CONTRIBUTING.md")


@pytest.mark.parametrize("page", MAPS, ids=lambda page: page.name)
def test_every_path_leads_somewhere(page: Path) -> None:
    named = set(re.findall(r"`([\w./-]+(?:/|\.py|\.toml|\.md))`", page.read_text("utf-8")))
    assert named
    gone = sorted(name for name in named if not (SOURCE / name).exists() and not (ROOT / name).exists())
    assert not gone, f"{page.name} names what is not there: {gone}"


def test_every_package_is_on_the_map() -> None:
    told = MAPS[0].read_text("utf-8").partition("## One act")[0]
    for path in SOURCE.iterdir():
        if path.is_dir() and (path / "__init__.py").exists():
            assert f"`{path.name}/`" in told, f"docs/architecture.md does not say what {path.name}/ is"


def test_every_package_says_what_belongs_in_it() -> None:
    for path in SOURCE.rglob("__init__.py"):
        told = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
        assert len(told) > 20, f"{path.relative_to(ROOT)} has no line that says what belongs there"
