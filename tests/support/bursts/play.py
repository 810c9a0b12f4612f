"""A sequence of keys played slowly, as one burst and in chunks; what is not the same afterwards; and the shortest flow that shows it.

Played slowly, each key waits until the one before has had all its effect, every answer and every timer.  A burst and chunks
must do the same: they may be slower, never other.  Where the program drops what was typed ahead (a refusal, a question), the
place is given by the slow play: there, and only there, it does so in every other; what is seen and stored then is what is
seen and stored slowly after that key; and the typist, who sees it, types the rest.  So every key is played, and none is excused.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import unified_diff
from typing import Any, Final

from support.bursts.clockless import passing_time
from support.bursts.stage import Seat, Stage
from support.bursts.typist import Typist, flow_of

#: Seconds that an answer may take, before it is made and after.
LATE: Final = (0.0, 0.0, 0.004, 0.03, 0.15, 0.4, 1.5)
#: Seconds between two pieces of what is typed in chunks; None: until all is at rest.
GAPS: Final = (0.0, 0.001, 0.02, 0.1, 0.25, 0.4, 1.0, None)
#: Seconds that pass at the end, so that what is taken back after a while is gone in every play.
LONG: Final = 60.0

WAYS: Final = ("burst", "chunks")


@dataclass
class Slowly:
    """What slow typing came to: at its end, and wherever typed-ahead keys would have been dropped."""

    tokens: list[str]
    at: dict[int, dict[str, Any]] = field(default_factory=dict)
    end: dict[str, Any] = field(default_factory=dict)


@dataclass
class Difference:
    """A sequence that does not do the same, however it is typed."""

    seed: int
    desk: str
    way: str
    tokens: list[str]
    what: str

    def __str__(self) -> str:
        return f"seed {self.seed}, {self.desk}, {self.way}:\n  {flow_of(self.tokens)}\n{self.what}"


def user_of(seed: int) -> str:
    """Who types: a collector, now and then a lead, who may send orders."""
    return "lee" if seed % 4 == 3 else "mia"


def lateness(seed: int, way: str) -> Callable[[], tuple[float, float]]:
    """How late each answer is: all alike, or each by chance."""
    chance = random.Random(f"late {seed} {way}")
    if chance.random() < 0.3:
        even = chance.choice((0.01, 0.15, 0.6))
        return lambda: (even, even)
    return lambda: (chance.choice(LATE), chance.choice(LATE))


async def slowly(stage: Stage, seed: int, tokens: list[str] | None = None, length: int = 24) -> Slowly:
    """Plays keys one by one; without any, a typist chooses them by what is on the screen."""
    chance = random.Random(f"typist {seed}")
    typist = Typist(chance, stage.names, stage.numbers)
    found = Slowly([])
    length = chance.randrange(length // 3, length * 2)
    async with stage.app(lambda: (0.0, 0.0), user_of(seed)) as seat:
        await seat.rest()
        waiting = list(tokens or ())
        while waiting or (tokens is None and len(found.tokens) < length):
            if not waiting:
                waiting = typist.next(seat.app)
            token = waiting.pop(0)
            found.tokens.append(token)
            seat.type(token)
            await seat.rest()
            if seat.app.flushed:
                seat.app.flushed.clear()
                found.at[keys_in(found.tokens)] = picture(seat)
        await asyncio.sleep(LONG)
        await seat.rest()
        found.end = picture(seat)
    return found


async def quickly(stage: Stage, seed: int, way: str, slow: Slowly) -> str:
    """Plays the same keys in another way; what is not the same, empty when nothing is."""
    async with stage.app(lateness(seed, way), user_of(seed)) as seat:
        rest = list(pieces(slow.tokens, seed, way))
        sent: list[str] = []
        while rest:
            while rest and not seat.app.flushed:
                piece, gap = rest.pop(0)
                for at, token in enumerate(piece):
                    if token.startswith("size:"):
                        await seat.let_through()
                        if seat.app.flushed:
                            rest.insert(0, (piece[at:], gap))
                            break
                    seat.type(token)
                    sent.append(token)
                if gap is None:
                    await seat.rest()
                elif gap:
                    await asyncio.sleep(gap)
            await seat.rest()
            wrong = compared(seat, sent, slow)
            if wrong:
                return wrong
            count = len(seat.app.passed)
            if count < keys_in(sent):
                cut = place_of(sent, count)
                rest.insert(0, (sent[cut:], None))
                del sent[cut:]
            seat.app.flushed.clear()
        await asyncio.sleep(LONG)
        await seat.rest()
        return difference(slow.end, picture(seat), "at the end")


def compared(seat: Seat, sent: list[str], slow: Slowly) -> str:
    """Was just that dropped which slow typing says, and does all stand there as it does then?"""
    app, keys = seat.app, [token for token in sent if not token.startswith("size:")]
    count = len(app.passed)
    if app.passed != keys[:count]:
        return f"  let through: {flow_of(app.passed)}\n  typed:       {flow_of(keys)}"
    if count < len(keys) and (not app.flushed or app.flushed[-1] != count):
        return f"  lost without a word: {flow_of(keys[count:])}"
    for place in app.flushed:
        if place not in slow.at:
            return f"  dropped what follows {flow_of(keys[:place])}, which slow typing does not"
    if count in slow.at and app.flushed:
        return difference(slow.at[count], picture(seat), f"after {flow_of(keys[:count])}")
    return ""


def keys_in(tokens: list[str]) -> int:
    """How many of them go through the gate."""
    return sum(not token.startswith("size:") for token in tokens)


def place_of(tokens: list[str], count: int) -> int:
    """Where the tokens begin that follow so many keys."""
    return next(place for place in range(len(tokens) + 1) if keys_in(tokens[:place]) == count)


def pieces(tokens: list[str], seed: int, way: str) -> Iterator[tuple[list[str], float | None]]:
    """The keys in pieces, with the pause after each."""
    if way == "burst":
        yield tokens, None
        return
    chance = random.Random(f"pieces {seed}")
    most, at = chance.choice((1, 3, 8)), 0
    gaps = GAPS if most > 1 else (chance.choice(GAPS[2:5]),)
    while at < len(tokens):
        size = chance.randrange(1, most + 1)
        yield tokens[at : at + size], chance.choice(gaps)
        at += size


def picture(seat: Seat) -> dict[str, Any]:
    """Screen and store."""
    return {"seen": seat.seen(), "kept": seat.kept()}


def difference(slow: dict[str, Any], quick: dict[str, Any], when: str) -> str:
    """What is not the same, line by line; empty when nothing is."""
    if slow == quick:
        return ""
    lines = []
    for part in ("seen", "kept"):
        for name in sorted(slow[part].keys() | quick[part].keys()):
            one, other = slow[part].get(name), quick[part].get(name)
            if one != other:
                texts = [
                    json.dumps(each, indent=1, ensure_ascii=False, sort_keys=True).splitlines() for each in (one, other)
                ]
                told = [line for line in unified_diff(*texts, n=0, lineterm="") if line[:2] not in {"@@", "--", "++"}]
                lines += [f"    {name}", *(f"      {line[:120]}" for line in told[:6])]
    return "\n".join([f"  {when} (- slowly, + otherwise):", *lines[:30]])


def run(
    stage: Stage, seed: int, tokens: list[str] | None = None, length: int = 24, ways: Sequence[str] = WAYS
) -> Difference | None:
    """Plays one sequence slowly and in the ways given; the first difference."""
    with passing_time() as runner:
        slow = runner.run(slowly(stage, seed, tokens, length))
    for way in ways:
        with passing_time() as runner:
            wrong = runner.run(quickly(stage, seed, way, slow))
        if wrong:
            return Difference(seed, stage.desk, way, slow.tokens, wrong)
    return None


def shrunk(stage: Stage, found: Difference) -> Difference:
    """The same with as few keys as still differ: pieces are left out, half of all first, then single keys."""
    size = max(1, len(found.tokens) // 2)
    while size:
        at = 0
        while at < len(found.tokens):
            shorter = run(stage, found.seed, found.tokens[:at] + found.tokens[at + size :], ways=[found.way])
            if shorter is not None:
                found = shorter
            else:
                at += size
        size //= 2
    return found
