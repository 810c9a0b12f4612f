"""An order leaves only as the rules allow: random books and days, with everything that may happen to an order in between.

Every order that leaves is judged by the pure rules on what was known just before (`support/owed.py`). After every step no order
may be asked for still that could be asked for before and now could not.

`COLLECT_TUI_HUNT=2000 pytest tests/differential/test_orders_leaving.py` tries 2,000 books; see `support/hunt.py`.
"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

import pytest

from collect_tui.desk.errors import DomainError
from collect_tui.domain.order.suspension import first_suspension_day
from support import lines
from support.far_end import FarEnd
from support.hunt import Case, hunt, seeds
from support.owed import forbidden, suspension
from support.random_book import HOLDS, book_of, random_accounts, random_today
from support.world import SITE, Misread, World


@pytest.mark.parametrize("seed", seeds(16))
def test_no_order_leaves_that_the_rules_forbid(seed: int) -> None:
    hunt(seed, _days, _judged)


def _days(chance: Random) -> Case:
    today = random_today(chance)
    most = chance.choice((1, 1, 2))
    accounts = random_accounts(chance, today, most=most, kinds=("cuttable", "cuttable", "cut", "mixed"))
    steps = [_step(chance, len(accounts)) for _ in range(chance.randint(3, 9))]
    return {"today": today.isoformat(), "accounts": accounts, "steps": steps}


def _step(chance: Random, accounts: int) -> dict[str, Any]:
    which = chance.randrange(accounts)
    match chance.choices(("line", "hold", "order", "pay", "back", "roll", "sync"), (3, 2, 5, 3, 3, 2, 3))[0]:
        case "hold":
            return {
                "do": "hold",
                "which": which,
                "line": f"hold {chance.choice(HOLDS).lower()} {chance.choice(('', '1d'))}",
            }
        case "line":
            return {"do": "line", "which": which, "seed": chance.getrandbits(32)}
        case "order":
            return {"do": "order", "which": which, "service": chance.randrange(3), "days": chance.choice((0, 1, 1, 2))}
        case "pay":
            part = chance.choice((100, 100, 60))
            by = chance.choice(("desk", "api", "night", "csv"))
            return {"do": "pay", "which": which, "percent": part, "fee": chance.choice((0, 800, 1600)), "by": by}
        case "back":
            return {"do": "back", "which": which, "verb": chance.choice(("retpay", "revpay"))}
        case "roll":
            return {"do": "roll", "days": chance.choice((1, 1, 2, 3))}
        case _:
            return {"do": "sync", "outcome": chance.choice(("completed", "completed", "rejected", ""))}


def _judged(case: Case) -> str:
    world = World(book_of(case))
    world.roll(date.fromisoformat(case["today"]))
    wrong: list[str] = []
    world.port = FarEnd(look=lambda leaving: wrong.extend(_wrong(world, leaving.account, leaving.order)))
    told = [f"day run to {world.today}"]
    fine = _fine(world)
    for step in case["steps"]:
        told.append(_do(step, world))
        now = _fine(world)
        wrong += [f"{name} is asked for still, and {why}" for name, why in now.items() if why and fine.get(name) == ""]
        if wrong:
            return "\n".join([*wrong, "what was done:", *(f"  {line}" for line in told if line != "nothing")])
        fine = now
    return ""


def _wrong(world: World, number: str, name: str) -> list[str]:
    found = [o for o in world.facts(number).orders if o.number == name]
    return [f"{name} leaves, and {why}" for o in found if (why := forbidden(world, number, o))]


def _fine(world: World) -> dict[str, str]:
    """Orders that wait to leave, and what forbids them apart from the day: what could be asked for must stop when it cannot."""
    waiting = [(n, o) for n in world.numbers() for o in world.facts(n).orders if o.status == "REQUESTED"]
    return {o.number: forbidden(world, n, o, dated=False) for n, o in waiting}


def _do(step: dict[str, Any], world: World) -> str:
    if step["do"] == "roll":
        world.roll(world.today + timedelta(days=step["days"]))
        return f"day run to {world.today}"
    if step["do"] == "sync":
        before = len(world.port.sent)
        sent = world.sync().sent
        for left in world.port.sent[before:] if step["outcome"] else ():
            world.port.answer(left, step["outcome"], world.clock())
        world.sync()
        return f"orders sync: sent {', '.join(sent) or 'nothing'}, answered {step['outcome'] or 'nothing'}"
    numbers = world.numbers()
    number = numbers[step["which"] % len(numbers)]
    try:
        return f"{number}: {_act(step, world, number)}"
    except (Misread, DomainError):
        return "nothing"


def _act(step: dict[str, Any], world: World, number: str) -> str:
    if step["do"] == "pay":
        return _pay(step, world, number)
    view = world.view(number)
    if step["do"] == "back":
        stand = [
            p.ref for p in world.desk.pane(number, "payments").payments if p.status not in {"RETURNED", "REVERSED"}
        ]
        line = f"{step['verb']} {stand[0] if stand else 'none'} because"
    elif step["do"] == "order":
        line = _order(step, world, number)
    elif step["do"] == "hold":
        line = step["line"]
    else:
        line = lines.compose(Random(step["seed"]), view)
    world.type(number, line)
    return line


def _order(step: dict[str, Any], world: World, number: str) -> str:
    """A cut that is allowed; or what a service that is off for non-payment lacks is paid, and it is restored."""
    soon = first_suspension_day(world.today + timedelta(days=step["days"]), SITE().rules.suspend, world.desk.calendar)
    can = [s for s in world.rows("service") if s.status == "ACTIVE" and s.account_id == world.account_id(number)]
    can = [s for s in can if suspension(world, number, s.id, soon).allowed]
    if can:
        return f"sus {can[step['service'] % len(can)].product} {soon}"
    off = [s for s in world.view(number).services if (s.status, s.suspend_cause) == ("SUSPENDED", "nonpay")]
    if not off:
        raise Misread("there is nothing to order")
    lacks = off[0].required_to_restore or 0
    if lacks:
        world.pay(number, lacks, ref=f"Y-{world.ids()}", by="api", to=())
    return f"res {off[0].product}"


def _pay(step: dict[str, Any], world: World, number: str) -> str:
    view = world.view(number)
    if step["by"] == "csv":
        late = [i.doc_no for i in view.items if i.open > 0 and i.due < world.today and i.amount > 0]
        if not late:
            raise Misread("nothing is late")
        world.settle(late[0], ref="", by="csv")
        return f"settle {late[0]} by a file"
    amount = max(100, view.past_due * step["percent"] // 100 + step["fee"])
    world.pay(number, amount, ref=f"Y-{world.ids()}", by=step["by"])
    if step["by"] == "night":
        world.roll()
    return f"pay {amount} by {step['by']}"
