"""A life of a case of each kind, from its opening to its end, word for word: what each line brought about, what stands in the ledger
after it, and what the case says of itself in the end.

A `.life` file is a script, one step a line; the `.out` beside it is the answer. `COLLECT_TUI_GOLDEN=write pytest tests/golden`
writes the answers anew: read the difference before you keep it.

    account 4410-0087           whose case it is; without it, that of 4410-2231
    mia di INV-1 60 price "…"   who types what
    day 2026-11-24              the day runs up to this one, each with its night
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from collect_tui.cli.cases import case_text
from collect_tui.cli.shell import act_of
from collect_tui.domain.errors import DomainError
from collect_tui.services.local import LocalDesk
from support.book import SERVICES, Book, Clock, account, catalogue, day, local_desk
from support.invariants import check_all

HERE = Path(__file__).parent / "lives"
ROSA, IVAN = "4410-2231", "4410-0087"
LATE = [
    ("INV-1", -63, 30000, {"service": "INT"}),
    ("INV-2", -33, 11210, {"service": "TV"}),
    ("FEE-1", -20, 2000, {"kind": "fee"}),
]
TWICE = {"ref": "P-1", "received_on": day(-40), "method": "card", "amount": 9000,
         "allocations": [{"item": "INV-9", "amount": 5000}]}  # fmt: skip
BOOK = Book(
    account(ROSA, "Alvarez, Rosa", items=LATE, services=SERVICES),
    account(IVAN, "Petrov, Ivan", items=[("INV-9", -41, 5000)], payments=[TWICE], phone="+1 312 555 0150"),
    ids=lambda: itertools.count(1 << 40).__next__,
)


def scripts() -> list[Path]:
    return sorted(HERE.glob("*.life"))


def test_every_kind_has_a_life():
    assert {each.stem for each in scripts()} == set(catalogue().cases.kinds)


@pytest.mark.parametrize("script", scripts(), ids=lambda path: path.stem)
def test_a_life(script: Path, tmp_path: Path) -> None:
    store, clock = BOOK.store(tmp_path), Clock()
    ids = itertools.count(3_000_000_000_000_000_000).__next__

    def seat(user: str) -> LocalDesk:
        made = local_desk(store, user, clock)
        made.ids = ids  # type: ignore[assignment]
        return made

    lines = [line for line in script.read_text("utf-8").splitlines() if line.strip() and not line.startswith("#")]
    number = lines.pop(0).partition(" ")[2] if lines[0].startswith("account ") else ROSA
    told = [ledger(seat("mia"), number)]
    for line in lines:
        clock.forward(minutes=30)
        told += [f"> {line}", *step(seat, clock, number, line), ledger(seat("mia"), number)]
        check_all(seat("mia"))
    mine = [each for each in seat("mia").pane(number, "cases").cases if each.kind == script.stem]
    assert mine, told
    case = mine[0]
    told.append(case_text(seat("lee").case(case.number), seat("lee").session()))
    store.close()
    answer, text = script.with_suffix(".out"), "\n".join(told) + "\n"
    if os.environ.get("COLLECT_TUI_GOLDEN") == "write":
        answer.write_text(text, "utf-8")
    assert text == answer.read_text("utf-8"), "COLLECT_TUI_GOLDEN=write pytest tests/golden writes it anew"
    assert case.ended, "a life ends"
    assert "\n! " in text, "something is refused in it"
    assert any(line.endswith(" undo") for line in lines), "something is taken back in it"


def step(seat: Callable[[str], LocalDesk], clock: Clock, number: str, line: str) -> Iterator[str]:
    who, _, typed = line.partition(" ")
    if who == "day":
        while seat("lee").session().business_date < date.fromisoformat(typed):
            clock.forward(days=1)
            report = seat("lee").day(seat("lee").session().business_date + timedelta(days=1), check=True)
            assert report.differences == 0, report.found
        return
    desk = seat(who)
    try:
        receipt = desk.do(act_of(desk, number, typed))
    except DomainError as error:
        yield f"! {type(error).__name__} {error.code}: {error.message}"
        return
    yield from (f"  {each.sentence}" for each in receipt.effects)


def ledger(desk: LocalDesk, number: str) -> str:
    """What is owed, collected and held back, item by item; and where the cases stand."""
    seen = desk.account(number)
    items = " · ".join(
        f"{each.doc_no} {each.open}{f' ({each.disputed} not collected)' if each.disputed else ''}"
        for each in seen.items
    )
    cases = ", ".join(
        f"{each.kind}: {each.label}{f', {each.asked} asked' if each.asked else ''}" for each in seen.cases
    )
    held = ", ".join(each.kind for each in seen.holds)
    sums = f"total {seen.total} collectable {seen.collectable} unapplied {seen.unapplied}"
    return f"= {sums} | {items or 'nothing'} | {held or 'no hold'} | {cases or 'no case'}"
