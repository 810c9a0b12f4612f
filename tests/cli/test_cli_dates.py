"""Every argument of the command line that is a day or an instant, with the ends of the calendar."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import Any

import pytest

from collect_tui import cli
from collect_tui.cli import common, program

BAD = (
    *("9999-12-31", "0001-01-01", "10000-01-01", "2200-01-01", "1969-12-31", "2026-02-30", "", "infinity"),
    *("9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+14:00", "2026-11-23T25:00Z", "99999999999999999999"),
)
DATED = {common.day, program._instant}


def dated(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    for action in parser._actions:
        if action.type in DATED:
            yield action
        if isinstance(action, argparse._SubParsersAction):
            for each in action.choices.values():
                yield from dated(each)


ACTIONS = list(dated(cli.build_parser()))


@pytest.mark.parametrize("action", ACTIONS, ids=lambda a: a.option_strings[0])
@pytest.mark.parametrize("text", BAD)
def test_an_argument_out_of_the_calendar_is_refused(action: Any, text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError):
        action.type(text)


@pytest.mark.parametrize("action", ACTIONS, ids=lambda a: a.option_strings[0])
@pytest.mark.parametrize("text", ["9999-12-31", "0001-01-01", "2200-01-01", "1969-12-31"])
def test_a_date_out_of_range_is_told_the_range_and_its_argument(action: Any, text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError) as error:
        action.type(text)
    assert "from 1970-01-01 to 2199-12-31" in str(error.value)
    assert " no " not in str(error.value), "it is one, only too far"


def test_every_argument_called_a_date_is_one() -> None:
    called = {a.metavar for a in ACTIONS}
    assert {"DATE"} <= called
    assert len(ACTIONS) >= 3
