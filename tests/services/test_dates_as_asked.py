"""A date that is typed is the one that is set, or is refused; where the rules move it, the preview says so. It is so of every verb."""

from __future__ import annotations

from pathlib import Path

import pytest

from collect_tui.desk.line.verbs import VERBS
from contract.conftest import act
from support.book import SERVICES, Book, Clock, account, day, local_desk

ROSA = "4410-2231"
NOTICE = {"level": "pre-cut", "channel": "letter", "status": "DELIVERED", "sent_on": day(-20)}
#: Sat 28 Nov is no business day and no day to cut a service on.
LINES = {
    "pp": "pp 150 28nov",
    "bp": "bp 150 28nov",
    "pa": "pa 400 3w 28nov",
    "cb": "cb 28nov 9:30",
    "call": "call 28nov 9:30",
    "t": "t 28nov",
    "ptp": "ptp 150 28nov",
    "arr": "arr 400 3w 28nov",
    "settle": "settle 400 28nov",
    "ext": "ext 3",
    "reage": 'reage 28nov "out of hospital"',
    "sus": "sus int 28nov",
    "res": "res cam 28nov",
    "term": "term cam 28nov nonpay",
    "down": "down int INT50 29.90 28nov",
    "snooze": "snooze 28nov waiting",
    "hold": 'hold dispute 28nov "checking"',
}
#: Of a day that has been, and a plan that was broken.
PAST = {"pay", "out", "in", "mark", "rescue"}


def test_every_verb_with_a_date_is_tried() -> None:
    kinds = {"date", "moment", "days"}
    assert {verb.verb for verb in VERBS.values() if any(slot.kind in kinds for slot in verb.slots)} == {*LINES, *PAST}


@pytest.mark.parametrize("line", LINES.values(), ids=LINES)
def test_a_date_is_set_as_it_was_typed_or_the_preview_says_which_is(tmp_path: Path, line: str) -> None:
    cam = {"product": "CAM", "billing_system": "north", "identifier": "CAM-1001", "monthly": 900}
    services = [*SERVICES, {**cam, "status": "SUSPENDED", "suspend_cause": "nonpay"}]
    order = {"number": "S-9", "service": "TV-1001", "kind": "suspend", "reason": "NONPAY", "status": "REQUESTED"}
    dated = {"effective": day(2), "requested_on": day(0), "requested_by": "mia"}
    rosa = account(
        ROSA,
        "Alvarez, Rosa",
        items=[("INV-1", -63, 30000, {"service": "INT"}), ("INV-2", -40, 20000, {"service": "TV"})],
        services=services,
        notices=[NOTICE],
        orders=[{**order, **dated}],
    )
    with Book(rosa).store(tmp_path) as store:
        desk = local_desk(store, "lee", Clock())
        seen = desk.preview(act(desk, ROSA, line))
    told = [each.sentence for each in seen.verdict.findings]
    done = [each.sentence for each in seen.effects]
    assert not seen.error
    assert any("28 Nov" in each for each in (*done, *told)), (done, told)
    if not any("28 Nov" in each for each in done):
        assert not seen.verdict.allowed or any(each.endswith("instead.") for each in told), (done, told)
