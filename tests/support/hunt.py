"""Random cases: a few on every run, as many as wanted on a long one; what fails is made small before it is shown.

    @pytest.mark.parametrize("seed", seeds(40))
    def test_something_always_holds(seed: int) -> None:
        hunt(seed, make, check)              # make(Random) → a case of plain JSON; check(case) → "" or what is wrong

`check` raises Discard for a case that says nothing; then the next one of the seed is tried. The same seed makes the same case
on every machine. A case that fails is shrunk (parts are left out as long as it still fails), the first in each process only
unless COLLECT_TUI_SHRINK says for how many seconds each may take.

    EXPLORE=1 pytest tests/differential                # all of the few, of which an everyday run tries every second one
    COLLECT_TUI_HUNT=5000 pytest tests/differential            # 5,000 seeds of each test instead of the few
    COLLECT_TUI_HUNT=500 COLLECT_TUI_HUNT_FROM=5000 pytest …   # others than those
    pytest 'tests/differential/test_doors.py::test_…[17]'      # one again
"""

from __future__ import annotations

import json
import os
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from copy import deepcopy
from random import Random
from time import monotonic
from typing import Any, Final, NoReturn

import pytest

from collect_tui.domain.errors import DomainError
from support.thin import EXPLORE

Case = dict[str, Any]

HUNT: Final = int(os.environ.get("COLLECT_TUI_HUNT", "0"))
FROM: Final = int(os.environ.get("COLLECT_TUI_HUNT_FROM", "0"))
SHRINK: Final = os.environ.get("COLLECT_TUI_SHRINK", "")
SECONDS: Final = 12.0
TRIES: Final = 25
"""How many cases of one seed may say nothing before the seed counts as one that cannot say anything."""

#: What became of the cases of this process, by test: `tried`, `discarded`, and the words of each Discard.
COUNTED: Final[Counter[tuple[str, str]]] = Counter()
_shrunk: set[str] = set()


class Discard(Exception):
    """The case says nothing."""


def seeds(few: int) -> range:
    return range(FROM, FROM + HUNT) if HUNT else range(FROM, FROM + few, 1 if EXPLORE else 2)


def hunt(seed: int, make: Callable[[Random], Case], check: Callable[[Case], str]) -> None:
    test = os.environ.get("PYTEST_CURRENT_TEST", "?").split("[")[0]
    for attempt in range(TRIES):
        case = make(Random(f"{seed}:{attempt}"))
        try:
            found = _found(case, check)
        except Discard as why:
            COUNTED[test, f"discarded: {why}"] += 1
            continue
        COUNTED[test, "tried"] += 1
        if found:
            _show(test, seed, case, check, found)
        return
    told = "\n".join(f"  {n} × {what}" for (of, what), n in COUNTED.items() if of == test)
    pytest.fail(f"None of {TRIES} cases of seed {seed} says anything:\n{told}")


def _found(case: Case, check: Callable[[Case], str]) -> str:
    """What is wrong; an error of the program is too. A book that does not fit together says nothing."""
    try:
        return check(deepcopy(case))
    except Discard:
        raise
    except DomainError as error:
        if error.code == "load.incoherent":
            raise Discard(error.code) from None
        return _told(error)
    except Exception as error:
        return _told(error)


def _told(error: Exception) -> str:
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"raises {type(error).__name__}: {str(error)[:300]}\n{''.join(traceback.format_exception(error)[-6:])}{last}"


def _show(test: str, seed: int, case: Case, check: Callable[[Case], str], found: str) -> NoReturn:
    seconds = float(SHRINK) if SHRINK else 0.0 if test in _shrunk else SECONDS
    _shrunk.add(test)
    case, found = _smaller(case, check, found, seconds)
    pytest.fail(f"seed {seed}\n{found}\n\nthe case:\n{written(case)}", pytrace=False)


def written(case: Case) -> str:
    """A case to read: a line for each part."""
    lines = []
    for key, value in case.items():
        if key != "accounts":
            lines.append(f"{key}: {json.dumps(value)}" if not isinstance(value, list) else f"{key}:")
            lines += [f"    {json.dumps(each)}" for each in value] if isinstance(value, list) else []
    for account in case.get("accounts", ()):
        heads = {k: v for k, v in account.items() if not isinstance(v, list) and k not in {"party", "opened_on"}}
        lines.append(json.dumps(heads))
        lines += [f"    {k}: {json.dumps(each)}" for k, v in account.items() if isinstance(v, list) for each in v]
    return "\n".join(lines)


def _smaller(case: Case, check: Callable[[Case], str], found: str, seconds: float) -> tuple[Case, str]:
    end = monotonic() + seconds
    go_on = seconds > 0
    while go_on:
        go_on = False
        for less in _less(case):
            if monotonic() > end:
                return case, found
            try:
                still = _found(less, check)
            except Discard:
                continue
            if still and still.startswith("raises") == found.startswith("raises"):
                case, found, go_on = less, still, True
                break
    return case, found


def _kind(found: str) -> str:
    """Smaller cases have to fail in the same way: with the same error, or with something wrong."""
    return found.split(":")[0] if found.startswith("raises ") else ""


def _less(case: Case) -> Iterator[Case]:
    """The case with one thing left out: an entry of a list, the greatest first, or a field that need not be there."""
    for path in sorted(_lists(case), key=len):
        for index in reversed(range(len(_at(case, path)))):
            less = deepcopy(case)
            del _at(less, path)[index]
            if less.get("accounts", True):
                yield less
    for number in range(len(case.get("accounts", ()))):
        for key in ("disputed", "service", "life_support"):
            for index, item in enumerate(case["accounts"][number].get("items", ())):
                if item.get(key):
                    less = deepcopy(case)
                    del less["accounts"][number]["items"][index][key]
                    yield less


def _lists(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    if isinstance(value, list) and path[-1] not in {"points", "instalments", "allocations"}:
        yield path
    for key, each in parts:
        yield from _lists(each, (*path, key))


def _at(value: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        value = value[key]
    return value
