"""The documents in other dress: as a site without a broken link, and as a manual page without a complaint."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from collect_tui.cli import build_parser

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/collect-tui.1"


@pytest.mark.skipif(importlib.util.find_spec("mkdocs") is None, reason="the extra `site` is not installed")
def test_the_site_is_built_and_every_link_in_it_leads_somewhere(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(tmp_path)]
    env = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, env=env)
    assert done.returncode == 0, done.stderr
    made = {path.parent.name for path in tmp_path.glob("*/index.html")}
    assert made == {path.stem for path in (ROOT / "docs").glob("*.md")}
    assert "collector" in (tmp_path / "index.html").read_text("utf-8"), "README is its first page"


@pytest.mark.skipif(shutil.which("mandoc") is None, reason="there is no mandoc here")
def test_mandoc_has_nothing_against_the_manual_page() -> None:
    done = subprocess.run(
        ["mandoc", "-Tlint", "-Wwarning", str(PAGE)], capture_output=True, text=True, check=False
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (0, "")


def test_the_manual_page_has_every_command() -> None:
    said = re.findall(r"^\.SS (.*)$", PAGE.read_text("utf-8"), re.MULTILINE)
    action = build_parser()._subparsers
    assert action is not None
    names = {name for group in action._group_actions for name in (group.choices or ())}
    assert {line.replace("\\-", "-").split()[0] for line in said} == names
