"""What a process that was killed leaves of a file it was writing."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path

import pytest

from collect_tui.common.files import AtomicFile, read_whole

KILLED = """
import os, signal, sys
from pathlib import Path
from collect_tui.common.files import AtomicFile
AtomicFile(Path(sys.argv[1])).stream.write("half of it")
os.kill(os.getpid(), signal.SIGKILL)
"""
pytestmark = pytest.mark.skipif(os.name != "posix", reason="locks and signals of POSIX")


@pytest.mark.parametrize("links", [False, True])
def test_what_is_no_file_is_never_waited_for(tmp_path: Path, links: bool) -> None:
    pipe, device, real = tmp_path / "pipe", tmp_path / "device", tmp_path / "real"
    os.mkfifo(pipe)
    device.symlink_to("/dev/zero")
    real.write_bytes(b"x" * 10)
    linked = tmp_path / "linked"
    linked.symlink_to(real)
    for path in (pipe, device, tmp_path, tmp_path / "none"):
        with pytest.raises(OSError, match=path.name) as error:
            read_whole(path, links=links)
        assert error.value.strerror
    assert read_whole(real, 10, links=links) == b"x" * 10
    with pytest.raises(OSError, match="larger than 0 kB"):
        read_whole(real, 9, links=links)
    with nullcontext() if links else pytest.raises(OSError):
        assert read_whole(linked) == read_whole(real) == read_whole(linked, links=links)


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
