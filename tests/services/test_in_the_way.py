"""What is refused because of something that is open names the line that ends it; with that line done it stands in the way no more."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from collect_tui.domain.errors import Refused
from collect_tui.services.local import LocalDesk
from support.book import SERVICES, Book, Clock, account, day, do_line, local_desk

ROSA = "4410-2231"
NOTICE = {"level": "pre-cut", "channel": "letter", "status": "DELIVERED", "sent_on": day(-20)}
ORDER = {"number": "R-1", "service": "INT-1001", "kind": "restore", "reason": "PAID", "status": "DRAFT"}


def refusal(desk: LocalDesk, line: str) -> str:
    """Why a line is refused; empty: it is done."""
    try:
        do_line(desk, ROSA, line)
    except Refused as error:
        return error.message
    return ""


@pytest.mark.parametrize(
    ("before", "line", "ends"),
    [
        ((), 'term int +7 "moving"', "xo R-1 "),
        ((), "sus int +7", "xo R-1 "),
        (("ptp 100 +3",), "sus tv +7", "xp "),
        (("hold hardship +9",), "sus tv +7", "rel hardship "),
        (("hold fraud +9",), "hold fraud +20", "rel fraud "),
        (('ask 200 "settlement" "sold the car"',), "case approve", "agree ASK-"),
    ],
)
def test_the_line_that_a_refusal_names_ends_what_stood_in_the_way(
    tmp_path: Path, before: tuple[str, ...], line: str, ends: str
) -> None:
    services = [{**SERVICES[0], "status": "SUSPENDED", "suspend_cause": "nonpay"}, SERVICES[1]]
    dated = {"effective": day(0), "requested_on": day(0), "requested_by": "mia"}
    rosa = account(
        ROSA,
        "Alvarez, Rosa",
        items=[("INV-1", -63, 30000, {"service": "INT"}), ("INV-2", -63, 20000, {"service": "TV"})],
        services=services,
        orders=[{**ORDER, **dated}],
        notices=[NOTICE],
    )
    with Book(rosa).store(tmp_path) as store:
        mia, lee = (local_desk(store, user, Clock()) for user in ("mia", "lee"))
        for each in before:
            do_line(mia, ROSA, each)
        first = refusal(lee, line)
        named = next(each for each in re.findall(r"`([^`]*)`", first) if each.startswith(ends))
        do_line(lee, ROSA, named.replace("REASON", "it is settled"))
        if line.startswith("case "):
            assert lee.account(ROSA).cases == ()
            return
        second = refusal(lee, line)
        assert second != first
        assert named not in second
