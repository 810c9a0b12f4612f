"""One rule, written once: the same event through each door that it can come by gives the same account.

A random book is run to a business date. Then the same thing happens on identical copies of it: at the desk, by the billing
system's API or its files, by a file of invoices, or before the run so that the night does it. Compared is everything there is to see
(`support/picture`), at once and after the next day run.

Two nights are tried. What came before the run to the date meets the same date as what came after it, so all must be equal. What
comes after that run waits for the next one and is decided a day later: the same, but for the dates.

`COLLECT_TUI_HUNT=2000 pytest tests/differential/test_doors.py` tries 2,000 cases of each test; see `support/hunt.py`.
"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any, Final

import pytest

from collect_tui.services.intake.billed import BilledItem
from support.doors import compare, moves, open_world, refused_is_nothing, run_to, something_is_open
from support.hunt import Case, Discard, hunt, seeds
from support.random_book import HOLDS, KINDS, random_accounts, random_today
from support.world import file_line

REF: Final = "X-1"
QUEUED: Final = ("next_action", "parked", "work_item", "why ", " · queue", " chips", "queue ", "board")
"""Places that follow from the next action."""
DATED: Final = (
    *("stage_on", "next_action_on", "next_action$", "effective", "requested_on", "closed_on", "timeline", "timed"),
    *("work_item", "why ", "queue$", " chips", "queue ", "board"),
)
"""Places that hold the date on which something was decided, and what follows from the date of the next action."""


# ------------------------------------------------------------------------------------------------------------ payments


@pytest.mark.parametrize("seed", seeds(8))
def test_a_payment_is_the_same_by_every_door(seed: int) -> None:
    hunt(seed, _a_payment, _paid_alike)


@pytest.mark.parametrize("seed", seeds(8))
def test_a_promise_is_judged_alike_at_the_desk_and_at_night(seed: int) -> None:
    hunt(seed, _a_payment_on_a_promise, _paid_alike)


@pytest.mark.parametrize("seed", seeds(6))
def test_a_payment_that_waits_for_the_night_differs_in_dates_only(seed: int) -> None:
    hunt(seed, _a_payment, _paid_a_night_later)


@pytest.mark.parametrize("seed", seeds(7))
def test_an_invoice_is_settled_alike_by_every_door(seed: int) -> None:
    hunt(seed, _a_settlement, _settled_alike)


def _a_case(chance: Random, kinds: Any = KINDS) -> Case:
    today = random_today(chance)
    accounts = random_accounts(chance, today, kinds=kinds)
    then = today + timedelta(days=chance.choice((1, 1, 1, 2, 3)))
    number = chance.choice(accounts)["number"]
    return {"today": today.isoformat(), "then": then.isoformat(), "number": number, "accounts": accounts}


def _a_payment(chance: Random, kinds: Any = KINDS) -> Case:
    case = _a_case(chance, kinds)
    received = date.fromisoformat(case["today"]) - timedelta(days=chance.choice((0, 0, 0, 1, 2, 3, 5)))
    return {**case, "amount": chance.choice(_sizes(case)), "received": received.isoformat()}


def _a_payment_on_a_promise(chance: Random) -> Case:
    case = _a_payment(chance, ("promised",))
    owed = [p["amount"] - p["paid"] for p in _promised(case)]
    around = [sum(owed) + by for by in (0, 0, 0, -1, -50, -99, -100, 1)] + [*owed, owed[0] // 2] if owed else [1000]
    return {**case, "amount": max(1, chance.choice(around))}


def _a_settlement(chance: Random) -> Case:
    case = _a_payment(chance)
    documents = [i["doc_no"] for i in _account(case)["items"] if i["amount"] > 0]
    return {**case, "document": chance.choice(documents or ["none"])}


def _account(case: Case) -> dict[str, Any]:
    found: dict[str, Any] = next(a for a in case["accounts"] if a["number"] == case["number"])
    return found


def _promised(case: Case) -> list[dict[str, Any]]:
    return [part for p in _account(case)["promises"] if p["status"] == "ACTIVE" for part in p["instalments"]]


def _sizes(case: Case) -> list[int]:
    """Amounts on which something turns."""
    amounts = [i["amount"] for i in _account(case)["items"] if i["amount"] > 0] or [5000]
    late = [i["amount"] for i in _account(case)["items"] if i["due"] < case["today"]]
    owed = [p["amount"] - p["paid"] for p in _promised(case)]
    sizes = [*amounts, sum(amounts), max(1, sum(late)), max(1, sum(late)) + 800, *owed, sum(owed), 800, 50, 2500]
    return [max(1, size + by) for size in sizes if size > 0 for by in (0, 0, 0, -1, -50, -100, 37)]


def _paid_alike(case: Case) -> str:
    today, number, amount = date.fromisoformat(case["today"]), case["number"], case["amount"]
    received = date.fromisoformat(case["received"])
    desk = open_world(case)
    night = desk.twin(1)
    moved = run_to(desk, today, number)
    night.clock.now = night.clock.now.replace(hour=6) + (today - night.today)
    night.pay(number, amount, ref=REF, by="night", on=received)
    waits = something_is_open(night, number)
    moved |= {f"{what} at night" for what in moves(night, today, number)}
    doors = {"desk": desk, "api": desk.twin(2), "lines": desk.twin(3)}
    refused_is_nothing(lambda: desk.pay(number, amount, ref=REF, by="desk", on=received))
    for name in ("api", "lines"):
        doors[name].pay(number, amount, ref=REF, by=name, on=received)
    if waits and not moved & {"stage", "money", "stage at night"}:
        doors["night"] = night
    # What the run did that this payment, had it come before, would have kept it from: the desk cannot know what was there.
    return compare(doors, case, leave={"night": QUEUED} if "next_action" in moved else {})


def _paid_a_night_later(case: Case) -> str:
    today, number, amount = date.fromisoformat(case["today"]), case["number"], case["amount"]
    received = date.fromisoformat(case["received"])
    desk = open_world(case)
    run_to(desk, today, number)
    night = desk.twin(1)
    refused_is_nothing(lambda: desk.pay(number, amount, ref=REF, by="desk", on=received))
    night.pay(number, amount, ref=REF, by="night", on=received)
    if not something_is_open(night, number):
        raise Discard("there is nothing to post it to")
    if any(case["today"] <= i["due"] < case["then"] for i in _account(case)["items"]):
        raise Discard("something falls due meanwhile")
    return compare({"desk": desk, "night": night}, case, leave={"night": DATED}, later=("night",))


def _settled_alike(case: Case) -> str:
    document = case["document"]
    desk = open_world(case)
    run_to(desk, date.fromisoformat(case["today"]), case["number"])
    rows = desk.rows("item", doc_no=document)
    if not rows or rows[0].open <= 0:
        raise Discard("there is nothing to settle")
    received = date.fromisoformat(case["received"])
    doors = {"desk": desk, "api": desk.twin(1), "csv": desk.twin(2)}
    refused_is_nothing(lambda: desk.settle(document, ref=REF, by="desk", on=received))
    for name in ("api", "csv"):
        doors[name].settle(document, ref=REF, by=name, on=received)
    return compare(doors, case, same={f"SETTLED-{document}": REF}, later=("csv",))


# ---------------------------------------------------------------------------------------------------- bills and credits


@pytest.mark.parametrize("seed", seeds(8))
def test_a_document_is_the_same_by_every_door(seed: int) -> None:
    """A credit or a bill: by the API, by a file, or loaded before the night."""
    hunt(seed, _a_document, _billed_alike)


def _a_document(chance: Random) -> Case:
    case = _a_case(chance)
    sizes = [s for s in _sizes(case) if s > 0]
    amount = chance.choice(sizes) * chance.choice((-1, -1, 1))
    due = date.fromisoformat(case["today"]) + timedelta(days=chance.choice((-40, -3, 0, 1, 9, 30)))
    issued = min(due, date.fromisoformat(case["today"])) - timedelta(days=2)
    return {**case, "amount": amount, "due": due.isoformat(), "issued": issued.isoformat()}


def _billed_alike(case: Case) -> str:
    today, number, amount = date.fromisoformat(case["today"]), case["number"], case["amount"]
    due, issued, kind = date.fromisoformat(case["due"]), date.fromisoformat(case["issued"]), "invoice"
    kind = "credit" if amount < 0 else kind
    api = open_world(case)
    night = api.twin(1)
    moved = run_to(api, today, number)
    night.owe(number, "NEW-1", due, amount, issued=issued)
    waits = amount < 0 and something_is_open(night, number)
    moved |= {f"{what} at night" for what in moves(night, today, number)}
    file, lines = api.twin(2), api.twin(3)
    bill = BilledItem(account=number, doc_no="NEW-1", kind=kind, issued=issued, due=due, amount=amount)  # type: ignore[arg-type]
    api.bill(bill)
    lines.bill(bill, by="lines")
    name = api.view(number).name
    file.file(file_line(number, "NEW-1", issued, due, amount, name=name))
    # Nothing tells the night of a bill that is simply there.
    comparable = waits and not moved & {"stage", "money", "stage at night"}
    doors = {"api": api, "file": file, "lines": lines} | ({"night": night} if comparable else {})
    return compare(doors, case, leave={"night": QUEUED} if "next_action" in moved else {}, later=("file", "night"))


# ---------------------------------------------------------------------------------------------------------------- holds


@pytest.mark.parametrize("seed", seeds(6))
def test_a_hold_ends_alike_at_the_desk_and_at_night(seed: int) -> None:
    """Released on its last day, or over with it. What comes next may differ: somebody looked at the one, nobody at the other."""
    hunt(seed, _a_hold, _ended_alike)


def _a_hold(chance: Random) -> Case:
    case = _a_case(chance)
    kind = chance.choice(HOLDS)
    account = _account(case)
    last = {"kind": kind, "placed_on": account["opened_on"], "placed_by": "mia", "until": case["today"]}
    account["holds"] = [last, *(h for h in account["holds"] if h["kind"] != kind)]
    return {**case, "hold": kind, "then": (date.fromisoformat(case["today"]) + timedelta(days=1)).isoformat()}


def _ended_alike(case: Case) -> str:
    number, kind = case["number"], case["hold"]
    desk = open_world(case)
    run_to(desk, date.fromisoformat(case["today"]), number)
    night = desk.twin(1)
    desk.type(number, f"rel {kind.lower()} it is over")
    leave = (*QUEUED, f"hold {kind}", "timeline", "last_word", f"pane {number} audit", "services restore", "holds")
    return compare({"desk": desk, "night": night}, case, leave={"night": leave}, later=("night",))
