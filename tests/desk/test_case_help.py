"""What the help of a kind of case shows as an example can be typed."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import pytest

from collect_tui.desk.commands import Act, OpenCase
from collect_tui.desk.line.context import LineContext
from collect_tui.desk.line.parse import parse
from support.book import Book, account, catalogue, day, local_desk
from support.book import Clock as Frozen

KINDS = catalogue().cases.kinds
BOOK = Book(
    account(
        "4410-2231",
        "Alvarez, Rosa",
        items=[("INV-1041", -63, 300_000), ("FEE-10041", -20, 2_000, {"kind": "fee"})],
        services=[
            {"product": "INT", "billing_system": "north", "identifier": "INT-1001", "monthly": 6000},
            {"product": "EL", "billing_system": "north", "identifier": "EL-1001", "monthly": 4000},
        ],
        payments=[{"ref": "P-1", "received_on": day(-2), "method": "card", "amount": 4000, "allocations": []}],
    )
)


@pytest.mark.parametrize("kind", KINDS)
def test_the_example_of_a_kind_can_be_typed(kind: str, tmp_path: Path) -> None:
    example = KINDS[kind].help.partition(": ")[0]
    if not example.startswith(f"{KINDS[kind].verb} "):
        return  # it says what the kind is for
    with BOOK.store(tmp_path) as store:
        desk = local_desk(store, "mia", Frozen())
        context = LineContext.of(desk.account("4410-2231"), desk.catalogue(), desk.session())
        parsed = parse(example, context)
        assert not parsed.errors, (example, parsed.errors)
        (command,) = parsed.commands
        assert isinstance(command, OpenCase)
        preview = desk.preview(Act(id=uuid4(), account="4410-2231", commands=parsed.commands))
        assert preview.error is None, (example, preview.error)
