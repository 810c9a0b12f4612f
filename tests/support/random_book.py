"""Random books for tests: small, coherent, and full of what happens seldom. The same for the same `Random`.

    accounts = random_accounts(chance, today, most=4)          # entries of the portfolio format, see `support/book.py`
    book = Book(*accounts, business_date=loaded_on(today))     # loaded the business day before, for the run to `today`

Histories fit what is paid and promised: what an open promise has got came as payments since it was made, a promise that was
kept was paid in its time, a stage is one that the ladder reaches. Business dates are chosen around the end of November 2026,
with a weekend, a holiday (Thursday the 26th) and the eve of it.
"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any, Final

from support.book import TODAY, Book
from support.hunt import Case, Discard
from support.random_account import HOLDS, RandomAccount, loaded_on

Json = dict[str, Any]

#: Days after Monday 23 November: on most something is special about today, yesterday or tomorrow.
DAYS: Final = (0, 0, 1, 2, 3, 4, 5, 6, 7, 8)
KINDS: Final = ("late", "late", "cuttable", "cuttable", "cut", "promised", "promised", "quiet", "mixed")


def random_today(chance: Random) -> date:
    return TODAY + timedelta(days=chance.choice(DAYS))


def random_accounts(chance: Random, today: date, *, least: int = 1, most: int = 3, kinds: Any = KINDS) -> list[Json]:
    made: list[Json] = []
    for place in range(chance.randint(least, most)):
        entry = RandomAccount(chance, today, place, chance.choice(kinds)).entry()
        if place and chance.random() < 0.15:
            entry["party_of"] = made[0]["number"]
            entry.pop("party")
            entry.pop("contacts", None)
        for promise in entry.get("promises", ()):
            if promise["status"] == "ACTIVE":
                promise["ladder_step"] = entry["stage"]
        made.append(entry)
    return made


def book_of(case: Case) -> Book:
    """The book of a case (`accounts`, `today`), as of the business day before. Raises Discard where it no longer fits together."""
    for each in case["accounts"]:
        _fits(each)
    return Book(*case["accounts"], business_date=loaded_on(date.fromisoformat(case["today"])))


def _fits(entry: Json) -> None:
    code, promises = entry["next_action"]["code"], [p for p in entry.get("promises", ()) if p["status"] == "ACTIVE"]
    if code == "promise" and not promises:
        raise Discard("the next action is about a promise that there is not")
    if code == "order" and not entry.get("orders"):
        raise Discard("the next action is about an order that there is not")
    paid = [p for p in entry.get("payments", ()) if "outcome" not in p]
    for promise in entry.get("promises", ()):
        since = [p["amount"] for p in paid if p["received_on"] >= promise["made_on"] and promise["status"] == "ACTIVE"]
        on_time = [p for p in paid if promise["made_on"] <= p["received_on"] <= promise.get("closed_on", "")]
        got = sum(part["paid"] for part in promise["instalments"])
        if promise["status"] == "ACTIVE" and got != sum(since):
            raise Discard("a promise has got what nobody paid")
        if promise["status"] != "ACTIVE" and bool(got) != bool(on_time):
            raise Discard("a promise was judged by what nobody paid")


__all__ = ["DAYS", "HOLDS", "KINDS", "book_of", "loaded_on", "random_accounts", "random_today"]
