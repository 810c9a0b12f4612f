"""Every key acts on what its typist saw or would have seen, however late the answers come that are asked beside the keys."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from collect_tui import tui
from collect_tui.desk.errors import Unavailable
from collect_tui.desk.protocol import Desk
from collect_tui.desk.views.account import AccountView
from collect_tui.tui.keys.actions import ACTIONS
from support.book import SERVICES, Book, account
from support.desks import api_desks
from support.thin import EXPLORE
from tui.account_book import Desks
from tui.driver import driving, keys_of

#: A book in which five are found by one name, one stands broken, and one has more than one result for one letter.
NUMBERS = (*(f"4410-{3000 + i}" for i in range(5)), "4410-4000")
THISTLE = Book(
    *(
        account(
            NUMBERS[i],
            f"Thistle, {name}",
            items=[(f"INV-{i}", -(5 + i), 20000 + 1000 * i)],
            phone=f"+1 312 555 {200 + i:04}",
            services=SERVICES if i == 2 else (),
        )
        for i, name in enumerate(("Ann", "Bob", "Cleo", "Dan", "Eve"))
    ),
    account(NUMBERS[5], "Reed, Max", items=[("INV-90", -9, 50000)], phone="+1 312 555 0300"),
)


@contextmanager
def desks(folder: Path, kind: str) -> Iterator[tuple[Desks, Callable[[], Desk]]]:
    """A store and how mia's desk on it is opened: the database itself, or over the API."""
    made = Desks(folder, THISTLE)
    if kind == "local":
        yield made, made.connect()
        return
    with api_desks(made.store, made.clock, folder) as far:
        yield made, lambda: far("mia")


def contacts(made: Desks) -> list[tuple[str, ...]]:
    """What stands in the file of every account: number, and the words of what was logged or booked."""
    lee = made.of("lee")
    return [(number, entry.title, entry.text) for number in NUMBERS for entry in lee.pane(number, "timeline").timeline]


def play_of(text: str) -> list[str]:
    """Keys as people write them down: `/thistle <down> <enter>,n`."""
    keys: list[str] = []
    for part in text.replace("<", "\0<").replace(">", ">\0").split("\0"):
        keys += [part[1:-1]] if part.startswith("<") else keys_of(part)
    return keys


FLOWS = [
    "/thistle<down><down><enter>,n",
    "/thistle<down><enter>:n second<enter>",
    "/thistle<enter>3<enter>,l",
    "/thistle<enter><end><up><enter>,n",
    "/thistle<f12><down><enter>:n left<enter>",
    "/thistle<down><f11>",
    "/thistle<backspace><backspace>le<down><down><up><enter>,z",
    "/thistleq<backspace><pgdn><enter>,n",
    "/4410-4000<enter>,n",
    ":q new<enter>/thistle<f12><down><enter>:pay 12 card r881<enter>",
    "9<enter><down><down>cn<tab>",
    "9<enter><down>cl<tab><enter>",
    "9<enter><down><down>:<f4>",
    "9<enter><down>p50 <f4><down><enter>",
    "9<enter><down><down><down>:na<enter>",
    "9<enter><down><enter>b<down><enter>,n",
    "9<enter>bb<down>9<enter><down><enter>b",
    "/thistle<down><enter>p9999<tab>fri<f10>",
    "/thistle<down><down><enter>2<pgdn>3<end>,n",
]


KINDS = ("local", "api")


@pytest.mark.parametrize(
    ("flow", "kind"),
    [(flow, kind) for n, flow in enumerate(FLOWS) for kind in (KINDS if EXPLORE else (KINDS[n % 2],))],
)
async def test_late_answers_change_nothing(tmp_path: Path, kind: str, flow: str) -> None:
    ends: list[Any] = []
    for how in ("slow", "late"):
        with desks(tmp_path / how, kind) as (made, connect):
            async with driving(connect, made.state) as desk:
                if how == "late":
                    desk.answer_late()
                await desk.play(play_of(flow), fast=how == "late")
                ends.append((desk.picture(), contacts(made)))
    slow, late = ends
    assert late[1] == slow[1]
    if "dropped" not in late[0][1]:
        assert late[0] == slow[0]


@pytest.mark.parametrize("kind", KINDS)
async def test_the_third_hit_is_logged_not_the_first(tmp_path: Path, kind: str) -> None:
    with desks(tmp_path, kind) as (made, connect):
        async with driving(connect, made.state) as desk:
            desk.answer_late()
            await desk.burst(*play_of("/thistle<down><down><enter>,n"))
            assert [number for number in NUMBERS if made.of("lee").account(number).last_word] == ["4410-3002"]


#: Answers that are only shown: no key means another thing by them.  `page` is fetched anew by the key that needs it.
SHOWN_ONLY = frozenset({"day", "lease", "page", "renewed"})


def test_every_answer_in_the_background_is_waited_for_by_the_keys_that_need_it() -> None:
    calls = [
        node
        for path in Path(tui.__path__[0]).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "fetch"
    ]
    asked = {call.args[0].value for call in calls if isinstance(call.args[0], ast.Constant)}
    assert len(asked) > 5
    needed = frozenset[str]().union(*(each.needs for each in ACTIONS))
    assert asked == needed | SHOWN_ONLY


async def test_an_answer_that_fails_drops_what_was_typed_on_the_strength_of_it(tmp_path: Path) -> None:
    def away(_text: str, *, limit: int = 0) -> tuple[()]:
        raise Unavailable("desk.away", "The desk is away.")

    with desks(tmp_path, "local") as (made, connect):
        async with driving(connect, made.state) as desk:
            desk.answer_late()
            await desk.press(*play_of("/thistl"))
            assert len(desk.queue.keys) == 5
            vars(desk.app.desk).update(find=away)
            await desk.burst(*play_of("e<down><enter>,n"))
            assert desk.context == "find"
            assert desk.said == "The desk is away. · 4 keys dropped"
            assert desk.queue.keys == []  # those of another text are no answer to this one
            assert not any(made.of("lee").account(number).last_word for number in NUMBERS)


async def test_letters_wait_for_nothing_and_going_down_asks_for_one_account(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    with desks(tmp_path, "local") as (made, connect):
        async with driving(connect, made.state) as desk:
            await desk.press("1", "0", "enter")
            monkeypatch.setattr("collect_tui.tui.screens.queue.REST", 60)
            account = desk.app.desk.account

            def look(number: str) -> AccountView:
                asked.append(number)
                return account(number)

            vars(desk.app.desk).update(account=look)
            desk.answer_late()
            assert desk.late is not None
            await desk.burst("down", "down", "down", "down", *play_of(":n wait for nobody<enter>"))
            assert asked[:1] == [desk.queue.cursor]
            assert desk.late.waits == ["enter"]
