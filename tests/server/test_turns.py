"""Who waits for what is dear: one address after another, bounded lines, and nobody is forgotten who goes away."""

from __future__ import annotations

import asyncio
import contextlib

import pytest

from collect_tui.server.limits import TooMany
from collect_tui.server.turns import Turns


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


def test_a_flood_from_one_address_keeps_nobody_from_another_waiting() -> None:
    async def played() -> list[str]:
        turns, order, go = Turns(at_once=1), list[str](), asyncio.Event()

        async def one(address: str, login: str) -> None:
            async with turns.turn(address, login):
                await go.wait()
                order.append(address)

        flood = [asyncio.create_task(one("flood", f"u{n}")) for n in range(50)]
        await settle()
        real = asyncio.create_task(one("home", "lee"))
        await settle()
        go.set()
        await asyncio.gather(*flood, real)
        return order

    assert asyncio.run(played()).index("home") <= 2


def test_lines_are_bounded_by_login_by_address_and_altogether() -> None:
    async def played() -> list[str]:
        turns, told = Turns(at_once=1, line=4, mine=2, most=6), list[str]()

        async def one(address: str, login: str) -> None:
            try:
                async with turns.turn(address, login):
                    await asyncio.Event().wait()
            except TooMany as error:
                told.append(f"{address} {login} {error.retry_after}")

        asked = [("a", "x")] * 4 + [("a", "y")] * 3 + [("b", f"u{n}") for n in range(5)]
        tasks = [asyncio.create_task(one(*who)) for who in asked]
        await settle()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        async with turns.turn("c", "z"):  # all that waited has left
            assert (turns._lines, turns._waiting.total(), turns._free) == ({}, 0, 0)
        return told

    assert asyncio.run(played()) == ["a x 2", "a y 2", "b u2 2", "b u3 2", "b u4 2"]


@pytest.mark.parametrize("when", ["waiting", "called"])
def test_a_turn_is_not_lost_with_who_goes_away(when: str) -> None:
    async def played() -> str:
        turns, go = Turns(at_once=1), asyncio.Event()

        async def holder() -> None:
            async with turns.turn("a", "x"):
                await go.wait()

        async def waiter() -> str:
            async with turns.turn("b", "y"):
                return "served"

        held, gone = asyncio.create_task(holder()), asyncio.create_task(waiter())
        await settle()
        last = asyncio.create_task(waiter())
        await settle()
        if when == "waiting":
            gone.cancel()
            go.set()
        else:
            go.set()
            await held
            gone.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await gone
        return await last

    assert asyncio.run(played()) == "served"
