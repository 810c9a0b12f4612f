"""An empty text is no path and no name, whatever command it is given to."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import pytest

from collect_tui import cli
from collect_tui.cli.program import build_parser


def taken(parser: argparse.ArgumentParser, words: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """Every option that takes a value and every path, with the command it is of."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, command in action.choices.items():
                yield from taken(command, (*words, name))
        elif action.option_strings and action.nargs != 0:
            yield (*words, action.option_strings[0], ""), action.option_strings[0]
        elif action.type is Path:
            yield (*words, ""), action.metavar or action.dest


EVERY = list(dict.fromkeys(taken(build_parser())))


@pytest.mark.parametrize(("words", "name"), EVERY, ids=lambda each: " ".join(each) if isinstance(each, tuple) else "")
def test_an_empty_text_is_refused(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...],
    name: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as left:
        cli.main(list(words))
    assert left.value.code == 2
    told = capsys.readouterr().err
    assert name in told.rpartition("error: ")[2]
    assert list(tmp_path.iterdir()) == []


def test_paths_are_among_them() -> None:
    assert {("forecast", "--rules", ""), ("cases", "lint", ""), ("--db", "")} <= {words for words, _ in EVERY}
