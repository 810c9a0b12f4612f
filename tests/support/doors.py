"""Books that are run to a day, and comparing what became of them behind different doors (`tests/differential/test_doors.py`)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import date

from collect_tui.desk.errors import DomainError
from collect_tui.domain.order.required import fees_to_keep
from support.hunt import Case, Discard
from support.owed import forbidden
from support.picture import SCORED, Picture, difference, medians_differ, picture
from support.random_book import book_of
from support.world import SITE, World


def open_world(case: Case) -> World:
    """The book of the case after a day run: nothing waits in it that a night would do."""
    world = World(book_of(case))
    world.roll(world.today)
    return world


def run_to(world: World, today: date, number: str) -> set[str]:
    """Runs to the date; what the run moved on the account. Discards a book with an order that may not be."""
    moved = moves(world, today, number)
    for each in world.numbers():
        for order in world.facts(each).orders:
            if order.status == "REQUESTED" and (why := forbidden(world, each, order)):
                raise Discard(f"an order that may not be: {why.split(';')[0][:60]}")
    return moved


def moves(world: World, today: date, number: str) -> set[str]:
    """Runs to the date; what the run moved on the account: its stage (but to CURRENT), its next action, its money."""
    before, opened = world.row("account", number=number), _opened(world, number)
    world.roll(today)
    after = world.row("account", number=number)
    actions = [(row.next_action_code, row.next_action_on) for row in (before, after)]
    moved = {
        "stage": after.stage not in {before.stage, "CURRENT"},
        "next_action": actions[0] != actions[1],
        "money": opened != _opened(world, number),
    }
    return {what for what, is_so in moved.items() if is_so}


def _opened(world: World, number: str) -> dict[str, int]:
    return {i.doc_no: i.open for i in world.rows("item", account_id=world.account_id(number))}


def something_is_open(world: World, number: str) -> bool:
    """Whether the night has something to post to: without it, nothing tells it of an account where money or a credit came."""
    facts = world.facts(number)
    kept = fees_to_keep(facts, SITE().rules, SITE().holds)
    return any(i.collectable and (i.due < facts.business_date or not kept) for i in facts.items)


def refused_is_nothing(act: Callable[[], None]) -> None:
    try:
        act()
    except DomainError as refusal:
        raise Discard(f"refused: {refusal.code}") from None


def compare(
    doors: dict[str, World],
    case: Case,
    *,
    leave: dict[str, Iterable[str]] | None = None,
    same: dict[str, str] | None = None,
    later: Collection[str] = (),
) -> str:
    """The first differences between the first door and another, at once and after the next day run.

    `leave`: places that may differ, by door. `later`: doors whose consequences may wait for the day run.
    """
    (first, one), *others = doors.items()
    for when in ("at once", "after the next day run"):
        if when != "at once":
            for world in doors.values():
                world.roll(date.fromisoformat(case["then"]))
        mine = picture(one, same=same)
        found = []
        for name, world in others:
            if when == "at once" and name in later:
                continue
            words = [*(leave or {}).get(name, ()), *(SCORED if medians_differ(one, world) else ())]
            told = difference(_kept(mine, words), _kept(picture(world, same=same), words), first, name)
            if told:
                found.append(f"{when}, {first} and {name}:\n{told}")
        if found:
            return "\n".join(found)
    return ""


def _kept(found: Picture, words: Iterable[str]) -> Picture:
    """Without the places that have one of the words; `word$` stands at their end."""
    return {
        place: value
        for place, value in found.items()
        if not any(place.endswith(word[:-1]) if word.endswith("$") else word in place for word in words)
    }
