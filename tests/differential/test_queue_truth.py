"""Queues tell the truth: who stands in one belongs there by the pure rules, and who belongs in one stands there.

Random books, and accounts of the demo's own stories, are run to a business date; then random acts at the desk and money by
every door, a night, more acts. After each step every member of every queue is held against `policy/` and against what is owed
by the rows (`support/owed.py`); so is every account that is a member of none.

`COLLECT_TUI_HUNT=2000 pytest tests/differential/test_queue_truth.py` tries 2,000 books; see `support/hunt.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Any, Final

import pytest

from collect_tui.desk.errors import DomainError
from invented.portfolio import generate
from support import lines
from support.book import TODAY, Book
from support.hunt import Case, hunt, seeds
from support.owed import owed, restoration, suspension, tolerance
from support.random_book import book_of, loaded_on, random_accounts, random_today
from support.world import SITE, Misread, World

TIERS: Final = {rule.name: rule.tier for rule in SITE().queues}
COLLECTING: Final = {"broken", "returned", "suspend", "dispute-back", "claim-expired", "new"}
"""Queues of those from whom something is to be collected; what a follow-up is about its next action says."""
BEFORE_NOTICE: Final = {"CURRENT", "PRE_DUE", "PAST_DUE"}


@pytest.mark.parametrize("seed", seeds(20))
def test_queues_tell_the_truth(seed: int) -> None:
    hunt(seed, _a_book_and_a_day, _truth)


@pytest.mark.parametrize("seed", seeds(2))
def test_queues_tell_the_truth_of_the_stories_of_the_demo(seed: int) -> None:
    hunt(seed, _stories, _truth)


def _a_book_and_a_day(chance: Random) -> Case:
    today = random_today(chance)
    accounts = random_accounts(chance, today, least=2, most=4)
    steps = [_step(chance, len(accounts)) for _ in range(chance.randint(2, 6))]
    return {"today": today.isoformat(), "accounts": accounts, "steps": steps}


def _stories(chance: Random) -> Case:
    accounts = list(generate(24, seed=chance.randint(0, 10**6), business_date=loaded_on(TODAY)))
    steps = [_step(chance, len(accounts)) for _ in range(12)]
    return {"today": TODAY.isoformat(), "accounts": accounts, "steps": steps, "stories": True}


def _step(chance: Random, accounts: int) -> dict[str, Any]:
    which = chance.randrange(accounts)
    match chance.choices(("line", "roll", "pay"), (6, 2, 2))[0]:
        case "line":
            return {"do": "line", "which": which, "seed": chance.getrandbits(32)}
        case "roll":
            return {"do": "roll", "days": chance.choice((1, 1, 2, 3))}
        case _:
            part = chance.choice((100, 100, 60, 99))
            return {"do": "pay", "which": which, "percent": part, "by": chance.choice(("desk", "api", "night"))}


def _truth(case: Case) -> str:
    today = date.fromisoformat(case["today"])
    # The stories are what they are: a next action of theirs may be about a promise that is over.
    book = Book(*case["accounts"], business_date=loaded_on(today)) if case.get("stories") else book_of(case)
    world = World(book)
    world.roll(today)
    told = [f"day run to {world.today}"]
    for step in [None, *case["steps"], None]:
        done = _do(step, world) if step is not None else ""
        if done == "nothing":
            continue
        told += [done] if done else []
        # An act changes one account; all are looked at after a day run, and at the beginning and the end.
        touched = [done.split(":")[0]] if ": " in done and not done.endswith("night") else world.numbers()
        if wrong := list(_lies(world, touched)):
            return "\n".join([*wrong, "what was done:", *(f"  {line}" for line in told)])
    return ""


def _do(step: dict[str, Any], world: World) -> str:
    if step["do"] == "roll":
        world.roll(world.today + timedelta(days=step["days"]))
        return f"day run to {world.today}"
    numbers = world.numbers()
    number = numbers[step["which"] % len(numbers)]
    try:
        if step["do"] == "pay":
            amount = max(100, world.view(number).past_due * step["percent"] // 100)
            world.pay(number, amount, ref=f"Y-{world.ids()}", by=step["by"])
            if step["by"] == "night":
                world.roll()
            return f"{number}: pay {amount} by {step['by']}"
        line = lines.compose(Random(step["seed"]), world.view(number))
        world.type(number, line)
    except (Misread, DomainError):
        return "nothing"
    return f"{number}: {line}"


# --------------------------------------------------------------------------------------------------------------- judging


def _lies(world: World, numbers: list[str]) -> Iterator[str]:
    """What the queues say of these accounts that is not so, and their figures."""
    for number in numbers:
        yield from (f"{number}: {lie}" for lie in _of_account(world, number))
    yield from _figures(world)


def _of_account(world: World, number: str) -> Iterator[str]:
    why, sums, account = world.desk.why(number), owed(world, number), world.row("account", number=number)
    queue, view = why.queue, world.view(number)
    services = world.rows("service", account_id=account.id)
    if view.collectable != sums.collectable:
        yield f"it says {view.collectable} is collectable, by its rows it is {sums.collectable}"
    if queue in COLLECTING and sums.collectable < tolerance():
        yield f"stands in {queue}, and only {sums.collectable} is to be collected"
    cut = [s for s in services if suspension(world, number, s.id).allowed]
    back = [s for s in services if restoration(world, number, s.id).allowed]
    if queue == "suspend" and not cut:
        yield f"is ready to suspend, but: {_whys(suspension(world, number, s.id) for s in services)}"
    if queue == "restore" and not back:
        yield f"is ready to restore, but: {_whys(restoration(world, number, s.id) for s in services)}"
    work = world.row("work_item", account_id=account.id)
    put_off = account.status != "OPEN" or (work.snooze_until is not None and work.snooze_until > world.today)
    yield from _missing("suspend", cut, queue, put_off or account.next_action_on > world.today)
    yield from _missing("restore", back, queue, put_off)
    if queue == "new":
        yield from _not_new(world, number, account, sums.collectable)
    overdue = account.status == "OPEN" and account.next_action_on < world.today
    if overdue and queue is None and not [s for s in why.absent if not s.startswith("No queue's reason")]:
        yield f"its next action ({account.next_action_code}) was {account.next_action_on}, and it stands in no queue"


def _whys(verdicts: Any) -> str:
    return " / ".join(v.findings[0].sentence for v in verdicts) or "it has no services"


def _missing(name: str, services: list[Any], queue: str | None, kept_out: bool) -> Iterator[str]:
    """Whoever may be worked there stands there or in a queue that comes before, unless put off or next on another day."""
    if services and not kept_out and (queue is None or TIERS[queue] > TIERS[name]):
        yield f"{services[0].product} may be worked in {name} today, and it stands in {queue or 'no queue'}"


def _not_new(world: World, number: str, account: Any, collectable: int) -> Iterator[str]:
    """New: late with something to collect, nobody has tried or spoken about this debt, nothing promised, no notice stage."""
    facts = world.facts(number)
    late = [i.due for i in facts.items if i.due < world.today and i.open > i.disputed]
    if collectable < tolerance() or not late:
        yield "is new, but owes nothing that is late"
        return
    gone = {e.supersedes for e in world.rows("contact_event", account_id=account.id)}
    since = [
        e
        for e in world.rows("contact_event", account_id=account.id)
        if (e.outbound or e.right_party) and e.id not in gone and e.action != "VOID" and e.at.date() > min(late)
    ]
    if since:
        yield f"is new, but there was a {since[-1].action} {since[-1].result} on {since[-1].at.date()}"
    if facts.open_promise is not None:
        yield "is new, but has an open promise"
    if account.stage not in BEFORE_NOTICE:
        yield f"is new, but its stage is {account.stage}"


def _figures(world: World) -> Iterator[str]:
    members: list[str] = []
    for figure in world.desk.queues().queues:
        rows = world.desk.queue(figure.name, limit=1000).rows
        members += [row.account for row in rows if figure.tier]  # the user's own go across the others
        sums = sum(owed(world, row.account).collectable for row in rows)
        if (figure.count, figure.collectable) != (len(rows), sums):
            yield f"the board says of {figure.name} {figure.count} and {figure.collectable}; it is {len(rows)} and {sums}"
        for row in rows:
            queue = world.desk.why(row.account).queue
            if queue != figure.name if figure.tier else queue is None:
                yield f"{row.account} is listed in {figure.name}, and stands in {queue}"
    if len(members) != len(set(members)):
        yield "an account is listed twice"
