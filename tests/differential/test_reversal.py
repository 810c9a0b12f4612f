"""A reversal is a replay: afterwards everything is what it would be without the payment.

The same random history runs on two copies of a random book, once with a payment X that is then taken back and once without it.
An act is done when both copies allow it, so nothing but X is between them. For an entry error (`revpay`) all must be equal, at
once and after the next day run; for money returned by the bank (`retpay`) what was is kept, so money, stage, orders, services
and what is still promised must be equal from that day on, and the account is for somebody to look at.

`COLLECT_TUI_HUNT=2000 pytest tests/differential/test_reversal.py` tries 2,000 histories of each; see `support/hunt.py`.
"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any, Final

import pytest

from collect_tui.desk.errors import DomainError
from collect_tui.domain.states import STAGES
from support import lines
from support.doors import something_is_open
from support.hunt import Case, Discard, hunt, seeds
from support.picture import SCORED, Picture, difference, medians_differ, picture
from support.random_book import book_of, random_accounts, random_today
from support.world import Misread, World, file_line

REF: Final = "X-1"
#: Not what was done to the account in between but how it came about, and what is kept of it as history.
HISTORY: Final = (
    *("detail", "closed_reason", "last_payment", "ladder_step", "stage_on"),
    *("parked_code", "parked_on", "parked_by", "parked_since", "level"),
)
LEFT: Final = ("timeline", REF, "SETTLED-", "NEW-1", " order suspend", " order restore")
#: Of a returned payment it stays known that the account had a better time, and what to do about it is new.
RETURNED: Final = (
    *("kept_12m", "broken_12m", "returned_12m", "next_action", "work_item", "why ", "queue", "board", " chips"),
    *SCORED,
)
NOT_ALONE: Final = ("undo", "revpay", "retpay", "skip")


@pytest.mark.parametrize("seed", seeds(16))
def test_an_entry_error_taken_back_leaves_nothing_behind(seed: int) -> None:
    hunt(seed, lambda chance: {**_a_history(chance), "back": "revpay"}, _replayed)


@pytest.mark.parametrize("seed", seeds(8))
def test_an_undone_import_leaves_nothing_behind(seed: int) -> None:
    hunt(seed, lambda chance: {**_an_import(chance), "back": "undo"}, _replayed)


@pytest.mark.parametrize("seed", seeds(12))
def test_from_a_return_on_the_payment_was_never_there(seed: int) -> None:
    hunt(seed, lambda chance: {**_a_history(chance), "back": "retpay"}, _replayed)


def _a_history(chance: Random) -> Case:
    today = random_today(chance)
    accounts = random_accounts(chance, today, most=2)
    number = chance.choice(accounts)["number"]
    before = [_step(chance) for _ in range(chance.randint(0, 2))]
    after = [_step(chance) for _ in range(chance.randint(0, 4))]
    amounts = [i["amount"] for i in accounts[0]["items"] if i["amount"] > 0] or [5000]
    size = chance.choice([*amounts, sum(amounts), sum(amounts) + 800, 1000, 2500])
    paid = {"do": "X", "amount": max(1, size + chance.choice((0, 0, 0, -50, -100, 37)))}
    paid |= {"by": chance.choice(("desk", "desk", "api", "night")), "days ago": chance.choice((0, 0, 1, 2))}
    history = [*before, paid, *after]
    case = {"today": today.isoformat(), "number": number, "accounts": accounts, "history": history}
    return case | {"then": chance.choice((1, 1, 2))}


def _an_import(chance: Random) -> Case:
    """The same with a file in place of the payment: it settles an invoice, or brings a credit or a bill."""
    case = _a_history(chance)
    place = next(n for n, step in enumerate(case["history"]) if step["do"] == "X")
    brings = chance.choice(("settled", "settled", "credit", "bill"))
    step = {
        "do": "X",
        "by": "csv",
        "brings": brings,
        "which": chance.randrange(9),
        "amount": chance.choice((99, 2500, 10000)),
    }
    case["history"][place] = step
    return case


def _step(chance: Random) -> dict[str, Any]:
    match chance.choices(("line", "roll", "pay"), (6, 3, 1))[0]:
        case "line":
            return {"do": "line", "seed": chance.getrandbits(32)}
        case "roll":
            return {"do": "roll", "days": chance.choice((1, 1, 1, 2, 3))}
        case _:
            size = chance.choice((700, 1000, 2500, 5000))
            return {"do": "pay", "amount": size, "by": chance.choice(("desk", "api", "night")), "ref": f"Y-{size}"}


def _replayed(case: Case) -> str:
    number = case["number"]
    without = World(book_of(case))
    ordered = without.facts(number).orders
    without.roll(date.fromisoformat(case["today"]))
    if without.facts(number).orders != ordered:
        raise Discard("an order that may not be: nothing that it rests on was there when it was made")
    paid = without.twin(1)
    told = []
    for step in case["history"]:
        was = [_rung(world, number) for world in (paid, without)]
        told.append(_do(step, number, paid, without))
        now = [_rung(world, number) for world in (paid, without)]
        if now[0] != now[1] and any(late > early for late, early in zip(now, was, strict=True)):
            raise Discard(
                "the ladder was advanced with X or without it alone: no letter is sent, or not sent, in retrospect"
            )
    if not any(line.startswith("X ") for line in told):
        raise Discard("there is no payment to take back")
    late = (o for o in without.facts(number).orders if o.kind == "suspend" and o.status == "REQUESTED")
    if any(o.effective < without.today for o in late):
        raise Discard("an order would have left long since: it does not stand again")
    if case["back"] == "undo":
        paid.unfile(next(line for line in told if line.startswith("X ")).split("\n", 1)[1])
    else:
        paid.type(number, f"{case['back']} {REF} by mistake")
    returned = case["back"] == "retpay"
    for when in ("at once", "after the next day run"):
        if when != "at once":
            for world in (paid, without):
                world.roll(world.today + timedelta(days=case["then"]))
        found = _different(paid, without, number, returned=returned)
        if returned and (wrong := _not_for_anybody(paid, number, when == "at once")):
            found = f"{found}\n  {wrong}" if found else f"  {wrong}"
        if found:
            typed = "\n  ".join(told)
            return f"{when}, {case['back']} and never paid:\n{found}\nwhat was done on {number}:\n  {typed}"
    return ""


def _rung(world: World, number: str) -> int:
    return STAGES.index(world.row("account", number=number).stage)


def _do(step: dict[str, Any], number: str, paid: World, without: World) -> str:
    """Does one step on both, X on one only; what was done, in words."""
    match step["do"]:
        case "X" if step["by"] == "csv":
            return f"X {step['brings']} by a file:\n{_file(step, number, paid)}"
        case "X":
            received = paid.today - timedelta(days=step["days ago"])
            try:
                paid.pay(number, step["amount"], ref=REF, by=step["by"], on=received)
            except DomainError as refusal:
                raise Discard(f"X is refused: {refusal.code}") from None
            return f"X {step['amount']} by {step['by']}, received {received}{_night(step, paid, without)}"
        case "roll":
            for world in (paid, without):
                world.roll(world.today + timedelta(days=step["days"]))
            return f"day run to {paid.today}"
        case "pay":
            if step["by"] == "night" and not all(something_is_open(world, number) for world in (paid, without)):
                return "nothing"  # of what nobody announces the night is not told
            if any(p.ref == step["ref"] for p in without.rows("payment")):
                return "nothing"
            try:
                for world in (paid, without):
                    world.pay(number, step["amount"], ref=step["ref"], by=step["by"])
            except DomainError as refusal:
                raise Discard(f"a payment is refused: {refusal.code}") from None
            return f"pay {step['amount']} {step['ref']} by {step['by']}{_night(step, paid, without)}"
        case _:
            return _type(step["seed"], number, paid, without)


def _file(step: dict[str, Any], number: str, world: World) -> str:
    """Imports the file; its text."""
    today, name = world.today, world.view(number).name
    if step["brings"] == "settled":
        account_id = world.account_id(number)
        ready = [i.doc_no for i in world.rows("item", account_id=account_id) if i.open > 0 and i.issued <= today]
        if not ready:
            raise Discard("there is nothing to settle")
        return world.file({**world.line_of(ready[step["which"] % len(ready)]), "settled": today.isoformat()})
    amount = -step["amount"] if step["brings"] == "credit" else step["amount"]
    due = today + timedelta(days=(-40, -3, 0, 5, 9)[step["which"] % 5])
    return world.file(file_line(number, "NEW-1", min(due, today) - timedelta(days=2), due, amount, name=name))


def _night(step: dict[str, Any], *worlds: World) -> str:
    """What waits for the night gets one."""
    if step["by"] != "night":
        return ""
    for world in worlds:
        world.roll()
    return f", day run to {worlds[0].today}"


def _type(seed: int, number: str, paid: World, without: World) -> str:
    line = lines.compose(Random(seed), without.view(number))
    if any(word in line for word in NOT_ALONE):
        return "nothing"
    try:
        shown = [world.preview(number, line) for world in (paid, without)]
    except Misread:
        return "nothing"
    if not all(each.ok for each in shown) or paid.commands(number, line) != without.commands(number, line):
        return "nothing"  # or, as with `half`, something else to each
    for world in (paid, without):
        world.type(number, line)
    return line


def _different(paid: World, without: World, number: str, *, returned: bool) -> str:
    left = [*LEFT, *(SCORED if medians_differ(paid, without) else ()), *(RETURNED if returned else ())]
    if all(world.row("account", number=number).next_action_code == "order" for world in (paid, without)):
        # Since which day its draft waits is history.
        left += ["next_action", "work_item", "why ", "queue", "board", " chips"]
    if returned:
        # A promise that was kept at the time stays so in history; what is still open is as if the money had never come.
        still = {p.made_on for p in without.desk.pane(number, "promises").promises if p.status == "ACTIVE"}
        if not still:
            left += [" promise of ", "promises ", "ladder_paused_by"]
    one, other = (_standing(world, left) for world in (paid, without))
    return difference(one, other, "taken back", "never paid")


def _standing(world: World, left: list[str]) -> Picture:
    found = picture(world, without=HISTORY)
    return {place: value for place, value in found.items() if not any(word in place for word in left)}


def _not_for_anybody(world: World, number: str, at_once: bool) -> str:
    """After a return somebody has to tell the customer: the next action says so, and a queue has it if nothing keeps it out."""
    view, why = world.view(number), world.desk.why(number)
    account = world.row("account", number=number)
    expected = world.desk.calendar.on_or_after(world.today)
    if at_once and (account.next_action_code, account.next_action_on) != ("returned", expected):
        return f"the next action is {account.next_action_code} on {account.next_action_on}, not returned on {expected}"
    spoken = any(a.conversation and a.at.date() == world.today for a in world.facts(number).attempts)
    if at_once and account.next_action_on == world.today and not spoken:  # it counts by the day who was spoken to since
        return "" if "returned_item" in why.reasons or why.absent else f"it stands in {view.queue}, not in returned"
    return ""
