"""What is promised, in one part or several: `150 fri`, `50 fri + 77.60 15dec`, `half fri + rest 15`."""

from __future__ import annotations

from collect_tui.desk.commands import MakePlan, MakePromise, Part
from collect_tui.desk.line import look, say, slots, when
from collect_tui.desk.line.words import TokenCursor


def read(words: TokenCursor) -> tuple[Part, ...]:
    """`AMOUNT DATE [+ AMOUNT DATE …]`: one part is a promise, more are a plan; each is due after the one before."""
    found: list[Part] = []
    more = True
    while more:
        token = words.require("amount")
        low = token.low.removeprefix("+") if found else token.low
        if not token.plain:
            words.reject(token, "amount")
        earlier = sum(part.amount for part in found)
        amount = slots.amount_of(words, token, low, earlier=earlier)
        words.take("amount")
        dated = words.require("date")
        due = when.day(words)
        if found and due <= found[-1].due:
            before = say.date_said(found[-1].due, words.context)
            words.reject(dated, "date", f"Expected a date after {before}, when the part before is due.")
        more = _plus(words)
        if more and low == "rest":
            words.reject(token, "amount", "Only the last part can be the rest.")
        if more and low == "half":
            amount = words.context.collectable // 2  # the last part takes the rounding
        found.append(words.build(Part, amount=amount, due=due))
    return tuple(found)


def _plus(words: TokenCursor) -> bool:
    """Whether a further part follows: `+ 77.60 15dec`, or `+77.60 15dec`, whose amount is left to be read."""
    words.ask("part")
    token = words.bare()
    if token is None or not token.low.startswith("+"):
        return False
    if token.low == "+":
        words.take("word")
        return True
    after = words.peek(1)
    if after is None or not after.plain:
        return False
    seen = look.sure(after, words.context)
    return when.is_day(after.low, words.context) or (seen is not None and seen.slot == "date")


def agreed(words: TokenCursor, found: tuple[Part, ...], method: str | None, note: str) -> MakePromise | MakePlan:
    """One part as a promise, more as a plan."""
    if len(found) == 1:
        return words.build(MakePromise, amount=found[0].amount, due=found[0].due, method=method, note=note)
    total = sum(part.amount for part in found)
    return words.build(MakePlan, total=total, parts=found, method=method, note=note)
