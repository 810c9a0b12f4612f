"""The README's first shift, typed as it stands there, and the picture above it."""

from __future__ import annotations

import importlib.util
import re
import sys
from itertools import accumulate
from pathlib import Path
from types import ModuleType

import pytest

from collect_tui.demo import trades
from support.demo import at_the_demo
from tui.driver import DeskDriver

ROOT = Path(__file__).resolve().parents[2]
NAMED = {"Enter": "enter", "Tab": "tab", "F2": "f2"}


def shift() -> list[tuple[list[str], list[str]]]:
    """Row by row: what is typed, and the words that must then stand on the screen (a single word is a key, said by the way)."""
    text = (ROOT / "README.md").read_text("utf-8").partition("| You type |")[2].partition("\n\n")[0]
    rows = [line.strip("| ").split(" | ", 1) for line in text.splitlines()[2:]]
    return [(re.findall(r"`([^`]+)`", typed), re.findall(r"`([^` ]+ [^`]+)`", told)) for typed, told in rows]


async def type_in(desk: DeskDriver, words: list[str]) -> None:
    for word in words:
        if word in NAMED:
            await desk.press(NAMED[word])
        else:
            await desk.type(word)


def at(picture: str, moment: float) -> list[str]:
    """What of a picture is seen at a moment, a share of the whole: its groups, in their order."""
    told = dict(re.findall(r"@keyframes (\w+)\{((?:[\d.e-]+%\{visibility:\w+\})+)\}", picture))
    seen = []
    for name, body in re.findall(r'^<g(?: class="(\w+)[ \w]*")?>(.*)</g>$', picture, re.MULTILINE):
        stops = re.findall(r"([\d.e-]+)%\{visibility:(\w+)\}", told.get(name, "0%{visibility:visible}"))
        if [how for share, how in stops if float(share) <= 100 * moment][-1] == "visible":
            seen.append(body)
    return seen


def test_the_picture_shows_frame_after_frame() -> None:
    """What is seen of the picture that moves is at every time the frame that stands then, and nothing besides."""
    picture = drawing()
    rows = [tuple(((0, f"{number} row {line}", ("", "")),) for line in range(24)) for number in range(5)]
    rows[2] = (*rows[1][:20], *rows[2][20:])
    rows[4] = (*rows[0][:3], (), *rows[3][4:])
    shown = [picture.Frame(frame, time) for frame, time in zip(rows, (70, 900, 70, 1300, 333), strict=True)]
    moving, ends = picture.svg(shown), list(accumulate(frame.time for frame in shown))
    for number, (end, frame) in enumerate(zip(ends, shown, strict=True)):
        still = at(picture.svg(shown, number), 0)
        assert len(still) == sum(1 for row in frame.rows if row)
        for moment in (end - frame.time + 1, end - 1):
            assert at(moving, moment / ends[-1]) == still


def drawing() -> ModuleType:
    spec = importlib.util.spec_from_file_location("collect_tui_docs_picture", ROOT / "docs/picture.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


#: What another portfolio says where the README says what the demo's does.
INSTEAD = {
    "utility": {},
    "b2b": {
        "Broken promises · 26 left": "Broken promises · 17 left of 31",  # in London it is evening
        "25 left": "16 left",
        "INT pending suspend": "SUP pending suspend",
    },
    "cards": {
        "Broken promises · 26 left": "Broken promises · 14 left",
        "25 left": "13 left",
        "INT pending suspend": "CARD pending suspend",
    },
    "real-estate": {
        "Broken promises · 26 left": "Broken promises · 18 left of 19",  # in Dubai it is too early for one
        "25 left": "17 left",
        "Fri 27 Nov instead": "next call Thu 26 Nov",  # no holiday there, but the Monday after is one
        "next check the promise Mon 30 Nov": "next check the promise Tue 1 Dec",
        "09:30 Los Angeles": "09:30 Manila",
        "INT pending suspend": "DUES pending suspend",
    },
}


@pytest.mark.parametrize("trade", INSTEAD)
async def test_the_first_shift_goes_as_the_readme_tells_it(tmp_path: Path, trade: str) -> None:
    """On every portfolio the same is typed."""
    rows, instead = shift(), INSTEAD[trade]
    assert len(rows) >= 10
    assert set(instead) <= {words for _, told in rows for words in told}
    async with at_the_demo(tmp_path, trade) as desk:
        for typed, told in rows:
            await type_in(desk, typed)
            screen = " ".join(desk.text.split())
            for words in (instead.get(each, each) for each in told):
                assert words in screen, f"after {' '.join(typed)}: no {words!r} in\n{desk.text}"


def test_no_trade_is_left_out() -> None:
    assert set(INSTEAD) == set(trades())
