"""Every command that README, CONTRIBUTING and the pages print is run as it stands, page by page, in a copy of the tree with a home
of its own and the fixtures loaded. What cannot be run here is named below with the reason, and its options are parsed all the same.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from collect_tui.cli import build_parser
from support.terminal import Terminal

ROOT: Final = Path(__file__).resolve().parents[2]
PAGES: Final = (
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "fixtures/README.md")),
    *sorted((ROOT / "docs").glob("*.md")),
)
LANGUAGES: Final = frozenset({"sh", "console", "toml", "json", "csv", "ini", "nginx", "text", "python", "markdown"})

FENCED: Final = re.compile(r"^```([^\n]*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)

#: What is not run here, and why. Every entry must still be met by some page.
NOT_RUN: Final = {
    r"^(ruff|mypy|lint-imports)\b": "checks of the whole tree; .ci/run holds them as they stand",
    r"docs/generate.py --check": "tests/docs/test_docs.py compares the same, part by part",
    r"\bmkdocs build\b": "tests/docs/test_site.py builds it, where the extra is there",
    r"pip install": "downloads packages; .ci/run holds the test command as it stands",
    r"^(createuser|createdb|psql|pg_dump|pg_restore) ": "a PostgreSQL server of one's own, or a cluster",
    r"--db '?postgresql:": "a PostgreSQL server of one's own; the contract suite runs there",
    r"--db embedded": "starts a PostgreSQL; tests/server/test_embedded.py",
    r"^collect-tui serve": "listens until it is stopped; tests/cli/test_serve.py",
    r"^collect-tui (login|--server) ": "a server that listens; tests/server/test_signin.py",
    r"/mnt/elsewhere/": "a copy of the seals on another machine; tests/cli/test_audit_cli.py",
}
#: What opens the terminal: what it shows first, and the keys that leave it.
INTERACTIVE: Final = {r"\bcollect-tui (.* )?demo$": ("Queues", b"qy")}


def blocks(page: Path) -> Iterator[tuple[str, list[str]]]:
    """Language and lines of every block of code."""
    for language, body in FENCED.findall(page.read_text("utf-8")):
        yield language, body.splitlines()


def printed(page: Path) -> list[str]:
    """The commands of a page, in their order, as somebody would copy them."""
    found = []
    for language, lines in blocks(page):
        if language == "console":
            found += [line[2:] for line in lines if line.startswith("$ ")]
        elif language == "sh":
            found += [line for line in lines if line and not line.startswith("#")]
    return found


def mentioned(page: Path) -> list[str]:
    """Commands of the program within a sentence."""
    text = FENCED.sub("", page.read_text("utf-8"))
    return [" ".join(each.split()) for each in re.findall(r"`(collect-tui [^`]+)`", text) if " COMMAND" not in each]


def reason(command: str) -> str | None:
    plain = command.removeprefix(".venv/bin/")
    return next((why for pattern, why in NOT_RUN.items() if re.search(pattern, plain)), None)


@pytest.fixture(scope="session")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a desk in it, filled with the fixtures."""
    home = tmp_path_factory.mktemp("home")
    run("collect-tui load fixtures/portfolio.json", tree(home), home)
    return home


def tree(home: Path) -> Path:
    """The clone, as far as commands see it: links, but for what they may write."""
    folder = home / "collect-tui"
    if not folder.exists():
        folder.mkdir()
        for name in ("pyproject.toml", "README.md", "CONTRIBUTING.md", "src", "tests", "benchmarks", "themes", ".ci"):
            (folder / name).symlink_to(ROOT / name)
        for name in ("docs", "fixtures"):
            shutil.copytree(ROOT / name, folder / name)
        programs = folder / ".venv/bin"
        programs.mkdir(parents=True)
        for name, words in {"python": "", "collect-tui": "-m collect_tui", "pytest": "-m pytest"}.items():
            (programs / name).write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} {words} "$@"\n', "utf-8")
            (programs / name).chmod(0o755)
    return folder


def environment(folder: Path, home: Path) -> dict[str, str]:
    return {
        "PATH": f"{folder / '.venv/bin'}:{os.environ['PATH']}",
        "HOME": str(home),
        "PYTHONPATH": f"{ROOT / 'src'}",
        "LANG": "C.UTF-8",
    }


def run(command: str, folder: Path, home: Path) -> None:
    for pattern, (shown, leave) in INTERACTIVE.items():
        if re.search(pattern, command):
            with Terminal(["sh", "-c", f"cd {folder} && {command}"], env=environment(folder, home)) as terminal:
                terminal.wait_for(shown, timeout=120)
                terminal.settle()
                terminal.send(leave)
                assert terminal.wait_exit(timeout=120) == 0
            return
    done = subprocess.run(
        ["sh", "-ec", command], cwd=folder, env=environment(folder, home), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{command}: exit code {done.returncode}\n{done.stdout}{done.stderr}"


def parse(command: str) -> None:
    """Hold the words of a command against what the program, the script or the package takes."""
    words = shlex.split(command, comments=True)
    while words:
        end = next((i for i, word in enumerate(words) if word in {"&&", ";", "|"}), len(words))
        one, words = [word.removeprefix(".venv/bin/") for word in words[:end]], words[end + 1 :]
        if one[0] == "collect-tui":
            options_of_the_program(one[1:])
        elif one[:2] == ["pip", "install"]:
            extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
            for name in re.findall(r"\[(\w+)\]", one[-1]):
                assert name in extras, f"{command}: there is no extra {name}"
            assert one[-1].startswith("."), f"{command}: the package is installed from a clone"


def options_of_the_program(words: list[str]) -> None:
    said, code = io.StringIO(), None
    try:
        with contextlib.redirect_stderr(said), contextlib.redirect_stdout(said):
            build_parser().parse_args(words)
    except SystemExit as ended:
        code = ended.code
    assert not code, f"collect-tui {' '.join(words)}: {said.getvalue().splitlines()[-1]}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_block_says_its_language(page: Path) -> None:
    """So no command hides from these tests; what is TOML or JSON can be read as such."""
    for language, lines in blocks(page):
        assert language in LANGUAGES, f"{page.name}: a block of {language!r}: {lines[0]}"
        if language == "toml":
            tomllib.loads("\n".join(lines))
        if language == "json":
            json.loads("\n".join(lines))
    prose = FENCED.sub("", page.read_text("utf-8"))
    indented = re.findall(r"\n\n(    \S.*)", prose)
    assert not indented, f"{page.name}: put a block between fences, with its language: {indented[0]}"


@pytest.mark.parametrize("page", [p for p in PAGES if printed(p)], ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_runs_as_it_stands(page: Path, loaded: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(loaded, home, symlinks=True)
    for command in printed(page):
        parse(command)
        if reason(command) is None:
            run(command, tree(home), home)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_in_a_sentence_is_one_of_the_program(page: Path) -> None:
    for command in mentioned(page):
        parse(command)


def test_what_is_not_run_is_there_and_ci_holds_the_test_command() -> None:
    commands = [command.removeprefix(".venv/bin/") for page in PAGES for command in printed(page)]
    for pattern in (*NOT_RUN, *INTERACTIVE):
        assert any(re.search(pattern, command) for command in commands), f"no page prints {pattern} any more"
    ci = (ROOT / ".ci/run").read_text("utf-8").splitlines()
    held = [
        command for page in PAGES for command in printed(page) if re.search(r"/pytest$|/ruff|/mypy|/lint-", command)
    ]
    assert held
    assert set(held) <= set(ci)
