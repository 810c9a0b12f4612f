"""What a process that was killed leaves of a file it was writing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from collect_tui.common.files import AtomicFile

KILLED = """
import os, signal, sys
from pathlib import Path
from collect_tui.common.files import AtomicFile
AtomicFile(Path(sys.argv[1])).stream.write("half of it")
os.kill(os.getpid(), signal.SIGKILL)
"""
pytestmark = pytest.mark.skipif(os.name != "posix", reason="locks and signals of POSIX")


def test_what_a_killed_process_left_goes_when_the_file_is_next_written(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    assert subprocess.run([sys.executable, "-c", KILLED, str(path)], check=False).returncode == -9
    assert len(list(tmp_path.iterdir())) == 1
    with AtomicFile(path) as out:
        out.write("all of it")
    assert {each.name: each.read_text() for each in tmp_path.iterdir()} == {"rows.csv": "all of it"}


def test_what_somebody_is_writing_is_left_to_them(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    with AtomicFile(path) as one:
        one.write("the first")
        with AtomicFile(path) as other:
            other.write("the second")
        assert path.read_text() == "the second"
    assert {each.name: each.read_text() for each in tmp_path.iterdir()} == {"rows.csv": "the first"}


def test_what_stands_there_as_a_link_or_a_folder_is_not_touched(tmp_path: Path) -> None:
    path, kept = tmp_path / "rows.csv", tmp_path / "kept"
    kept.write_text("of others")
    (tmp_path / ".rows.csv.1.tmp").symlink_to(kept)
    (tmp_path / ".rows.csv.2.tmp").mkdir()
    with AtomicFile(path) as out:
        out.write("all of it")
    assert (path.read_text(), kept.read_text()) == ("all of it", "of others")
    assert (tmp_path / ".rows.csv.1.tmp").is_symlink()
