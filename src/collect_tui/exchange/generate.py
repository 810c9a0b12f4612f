"""Makes a portfolio of invented utility and telecom customers: the same for the same seed, one account at a time, up to a million.

    python -m collect_tui.exchange.generate 300 --seed 7 > fixtures/portfolio.json
    python -m collect_tui.exchange.generate 1000000 --jsonl > million.jsonl

Every account is told from its own seed, so the first 300 of a million are the 300.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from random import Random
from typing import Any, Final, TextIO

from collect_tui.exchange import invented
from collect_tui.exchange.scenarios import SCENARIOS, Scenario
from collect_tui.exchange.story import Json, Story

MOST: Final = 1_000_000
BUSINESS_DATE: Final = date(2026, 11, 23)

_SLOTS: Final[tuple[tuple[Scenario, int, int], ...]] = tuple(
    (scenario, place, count) for scenario, count in SCENARIOS for place in range(count)
)


def header(business_date: date = BUSINESS_DATE) -> Json:
    """All of the portfolio but its accounts."""
    return {
        "format": 1,
        "tenant": {"name": "Harbor Lights Utility & Telecom (invented)", "currency": "USD", "zone": "America/Chicago"},
        "business_date": business_date.isoformat(),
        "users": [
            {"login": "mia", "name": "Mia Harrowgate", "role": "collector", "desk": "Tier 2"},
            {"login": "omar", "name": "Omar Fieldstone", "role": "senior", "desk": "Tier 2"},
            {"login": "tam", "name": "Tam Newcomer", "role": "trainee", "desk": "Tier 1"},
            {"login": "lee", "name": "Lee Overlook", "role": "lead", "desk": "Floor"},
        ],
    }


def number(index: int) -> str:
    """The account number of the account with that place, from 0: all different, and the first is 4410-2231."""
    return f"{4410 + index // 10_000}-{(2231 + 7919 * index) % 10_000:04d}"


def generate(n: int, seed: int = 7, business_date: date = BUSINESS_DATE) -> Iterator[Json]:
    """The accounts, one after the other, as the portfolio format has them (plain JSON values)."""
    if not 1 <= n <= MOST:
        raise ValueError(f"n must be 1 to {MOST}")
    for index in range(n):
        yield _plain(_account(index, seed, business_date))


def write(out: TextIO, n: int, seed: int = 7, business_date: date = BUSINESS_DATE, *, lines: bool = False) -> None:
    """Writes a portfolio file, one account on a line; with `lines` as `.jsonl`."""
    head = json.dumps(header(business_date), ensure_ascii=False)
    out.write(head + "\n" if lines else head[:-1] + ',\n"accounts": [\n')
    for index, account in enumerate(generate(n, seed, business_date)):
        if index and not lines:
            out.write(",\n")
        out.write(json.dumps(account, ensure_ascii=False, separators=(",", ":")))
        if lines:
            out.write("\n")
    if not lines:
        out.write("\n]}\n")


def _account(index: int, seed: int, business_date: date) -> Json:
    random = Random(f"{seed}:{index}")  # noqa: S311 — invented data
    place = random.choice(invented.PLACES)
    if index == 0:
        place = next(p for p in invented.PLACES if p.city == "Los Angeles")
        return _tour(Story(0, number(0), random, business_date, place))
    scenario, slot, count = _SLOTS[(index * 37 + 11) % len(_SLOTS)]
    if linked := index % 23 == 11:  # a second account of the customer before
        place = Random(f"{seed}:{index - 1}").choice(invented.PLACES)  # noqa: S311
    story = Story(index, number(index), random, business_date, place)
    story.turn = index // len(_SLOTS) * count + slot
    if linked:
        story.account["party_of"] = number(index - 1)
        story.segment = "business" if _is_firm(index - 1) else "default"
    elif _is_firm(index):
        story.party(invented.firm(random), "org")
    else:
        story.party(invented.person(random, index), lang=random.choice(invented.LANGUAGES))
    story.serve()
    scenario(story)
    return story.done(business_date - timedelta(days=random.randrange(260, 3300)))


def _is_firm(index: int) -> bool:
    return index % 13 == 8


def _tour(story: Story) -> Json:
    """The account of the tour: 412.10 collectable, 63 days late, a promise broken on Friday, INT may be cut."""
    story.agent = "mia"
    story.party("Alvarez, Rosa", lang="es")
    story.serve("INT", "TV", monthly=(7990, 5080))
    oldest = story.day(-63)
    story.paid_before(oldest, 3)
    story.bill(oldest)
    story.bill(story.day(-33))
    story.bill(story.day(-3))
    story.fee(story.day(-23), 2000)
    story.climb(oldest)
    story.stage, story.stage_on = "NOTICE_3", story.day(-18)
    story.lists["notices"] = [n for n in story.lists["notices"] if n["level"] != "final"]
    story.add(
        "notices", level="pre-cut", channel="letter", status="DELIVERED", sent_on=story.workday(-14), service="INT"
    )
    story.call(-39, "LM", "left name and number to call back", hour=10)
    story.call(-26, "NA", hour=17)
    typed = 'pp 150 fri "waits for salary, will pay 150 from the next one"'
    story.call(-11, "PP", "waits for salary, will pay 150 from the next one", reason="INCOME", hour=11, typed=typed)
    missed = [{"due": story.workday(-3), "amount": 15000, "paid": 0, "status": "MISSED"}]
    story.promise(
        -11,
        [],
        "BROKEN",
        instalments=missed,
        method="card",
        closed_on=story.today,
        closed_reason="not paid by its day",
        ladder_step="NOTICE_3",
    )
    story.call(-5, "LM", "reminder left: she will pay by the end of the week", hour=11)
    story.add(
        "notes",
        at=story.at(-11, 12),
        by="mia",
        text="Speaks Spanish at home, English is fine. Calls best before noon.",
        pinned=True,
    )
    story.next("promise", story.today)
    return story.done(story.day(-1100))


def _plain(value: Any) -> Any:
    """Dates and instants as text."""
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%MZ")
    return value.isoformat() if isinstance(value, date) else value


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m collect_tui.exchange.generate", description="Writes an invented portfolio."
    )
    parser.add_argument("n", type=int, help=f"accounts, 1 to {MOST}")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--date", type=date.fromisoformat, default=BUSINESS_DATE, help="business date")
    parser.add_argument("--jsonl", action="store_true", help="one account per line, for more than fits in memory")
    chosen = parser.parse_args(arguments)
    if not 1 <= chosen.n <= MOST:
        parser.error(f"n must be 1 to {MOST}")
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8", newline="\n")
    write(sys.stdout, chosen.n, chosen.seed, chosen.date, lines=chosen.jsonl)
    return 0


if __name__ == "__main__":
    sys.exit(main())
