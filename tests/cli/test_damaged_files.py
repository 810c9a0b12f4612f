"""Files that people write, damaged in every way: one sentence that names the file and the way out, and nothing else."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from collect_tui import cli
from collect_tui.common import toml_files
from collect_tui.common.files import LARGEST
from support.book import Book, account

BOOK = Book(account("4410-2231", "Alvarez, Rosa", items=[("INV-1", -10, 5000)]))


def _loop(path: Path) -> None:
    path.symlink_to(path)


DAMAGE: dict[str, Callable[[Path], object]] = {
    "no TOML": lambda path: path.write_text("theme = \n"),
    "half a file": lambda path: path.write_text('theme = "an'),
    "a key twice": lambda path: path.write_text('theme = "ansi"\ntheme = "mono"\n'),
    "no UTF-8": lambda path: path.write_bytes(b'theme = "\xff\xfe"\n'),
    "half of UTF-16": lambda path: path.write_bytes('theme = "ansi"\n'.encode("utf-16")[:-1]),
    "NUL bytes": lambda path: path.write_bytes(b"\0" * 512),
    "NUL bytes at the end": lambda path: path.write_bytes(b'theme = "ansi"\n' + b"\0" * 512),
    "a binary": lambda path: path.write_bytes(bytes(range(256)) * 8),
    "nested without end": lambda path: path.write_text("theme = " + "[" * 100_000),
    "a number without end": lambda path: path.write_text("theme = " + "9" * 10_000),
    "a directory": lambda path: path.mkdir(),
    "a loop": _loop,
    "a pipe": os.mkfifo,
    "a device": lambda path: path.symlink_to("/dev/zero"),
    "without end": lambda path: path.write_text("#" * (LARGEST + 1)),
    "a link to nothing": lambda path: path.symlink_to(path.with_name("gone")),
}
PLACES = {
    "config.toml": "queues",
    "site/queues.toml": "queues",
    "site/authority.toml": "queues",
    "site/cases.toml": "queues",
    "site/cases/own.toml": "queues",
    "site/channels.toml": "queues",
    "site/messages.toml": "queues",
    "site/keys.toml": "keys",
    "themes/mine.toml": "theme",
}


@pytest.fixture
def run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    for name in ("CONFIG", "DATA", "STATE", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    BOOK.store(tmp_path).close()

    def command(*words: str) -> tuple[int, str, str]:
        code = cli.main(["--db", str(tmp_path / "desk.db"), "--at", "2026-11-23T16:00Z", *words])
        said = capsys.readouterr()
        return code, said.out, said.err

    return command


def damaged(tmp_path: Path, place: str, damage: str) -> Path:
    path = tmp_path / "config/collect-tui" / place
    path.parent.mkdir(parents=True)
    DAMAGE[damage](path)
    return path


def sentence(said: tuple[int, str, str], path: Path) -> str:
    code, out, err = said
    assert (code, out) == (2, ""), said
    assert "Traceback" not in err
    assert "unexpected error" not in err
    assert err.count("\n") == 1
    assert str(path) in err
    assert err.endswith(".\n")
    assert len(err) < 600
    return err


@pytest.mark.parametrize("damage", DAMAGE)
@pytest.mark.parametrize("place", [place for place in PLACES if place != "themes/mine.toml"])
def test_a_damaged_file_is_one_sentence(
    run: Callable[..., tuple[int, str, str]], tmp_path: Path, place: str, damage: str
) -> None:
    path = damaged(tmp_path, place, damage)
    told = sentence(run(PLACES[place]), path)
    assert "move it away" in told


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_theme_is_one_sentence(tmp_path: Path, damage: str) -> None:
    from collect_tui.tui.render.theme import ThemeError, load_theme

    path = damaged(tmp_path, "themes/mine.toml", damage)
    with pytest.raises(ThemeError, match="move it away") as told:
        load_theme("mine", path.parent)
    assert str(path) in str(told.value)


def test_a_file_that_may_not_be_read_is_one_sentence(
    run: Callable[..., tuple[int, str, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = damaged(tmp_path, "config.toml", "no TOML")

    def denied(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(toml_files, "read_whole", denied)
    assert "Permission denied" in sentence(run("queues"), path)


def test_a_text_with_a_nul_in_it_is_no_value(run: Callable[..., tuple[int, str, str]], tmp_path: Path) -> None:
    path = tmp_path / "config/collect-tui/config.toml"
    path.parent.mkdir(parents=True)
    for key in ("database", "theme", "site_folder", "orders_folder", "state_folder", "user"):
        path.write_text(f'{key} = "a\\u0000b"\n')
        assert key in sentence(run("queues"), path)


def test_what_an_editor_of_windows_writes_is_read(run: Callable[..., tuple[int, str, str]], tmp_path: Path) -> None:
    path = tmp_path / "config/collect-tui/config.toml"
    path.parent.mkdir(parents=True)
    path.write_bytes(b'\xef\xbb\xbftheme = "mono"\r\n')
    assert run("queues")[0] == 0
