"""Each shell takes what is made for it, and finishes commands, options and queues with it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from collect_tui import cli


def made(shell: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Path:
    if shutil.which(shell) is None:
        pytest.skip(f"there is no {shell} here")
    assert cli.main(["completion", shell]) == 0
    path = tmp_path / f"completion.{shell}"
    path.write_text(capsys.readouterr().out, "utf-8")
    return path


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_reads_it_without_a_word(shell: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = made(shell, capsys, tmp_path)
    done = subprocess.run([shell, "-n", str(path)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        (("qu",), {"queues", "queue"}),
        (("queue", "brok"), {"broken"}),
        (("export", "ne"), {"new"}),
        (("messages", "of"), {"offer"}),
        (("do", "--dry"), {"--dry-run"}),
        (("show", ""), set()),
    ],
)
def test_bash_finishes_what_is_begun(
    typed: tuple[str, ...], wanted: set[str], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = made("bash", capsys, tmp_path)
    words = " ".join(f"'{word}'" for word in ("collect-tui", *typed))
    script = f"source {path}; COMP_WORDS=({words}); COMP_CWORD={len(typed)}; _shtab_collect_tui; printf '%s\\n' \"${{COMPREPLY[@]}}\""
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True)
    found = {word for word in done.stdout.split() if not (word.startswith("-") and not typed[-1].startswith("-"))}
    assert found == wanted, done.stderr


def test_fish_finishes_what_is_begun(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = made("fish", capsys, tmp_path)
    env = {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "TERM": "dumb"}
    done = subprocess.run(
        ["fish", "-c", f"source {path}; complete -C 'collect-tui queue brok'; complete -C 'collect-tui compl'"],
        capture_output=True, text=True, check=True, env=env,
    )  # fmt: skip
    assert [line.split()[0] for line in done.stdout.splitlines()] == ["broken", "completion"]
