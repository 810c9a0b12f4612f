"""What an act would do and did, in sentences: the same, in one order, wherever the desk is."""

from __future__ import annotations

import pytest

from collect_tui.cli.plain import preview_text, receipt_text
from collect_tui.desk.errors import RefusedByPolicy
from collect_tui.desk.views.said import ORDER
from contract.conftest import CORNERS, act, do

COMBINATIONS = CORNERS

ROSA = "4410-2231"
PROMISED = ("pp 60 fri",)

#: What was done before, a line, and what is said of it before Enter but for `allowed`.
SAID = [
    (
        (),
        "pp 150 fri gcash",
        [
            "done: promise 150.00 by Fri 27 Nov, GCash",
            "done: logs promise to pay · call mobile · mobile …0142",
            "next: next check the promise Mon 30 Nov",
        ],
    ),
    ((), "ptp 150 fri", ["done: promise 150.00 by Fri 27 Nov", "next: next check the promise Mon 30 Nov"]),
    (
        (),
        "pay 20 card R1",
        [
            "done: payment 20.00 received today, card, reference R1",
            "done: 20.00 to invoice INV-1, 280.00 left of it",
            "next: next call today",
        ],
    ),
    (
        ("cb tom 9",),
        "cb fri 9pm",
        [
            "warning: At that time: Outside 08:00–21:00 where the customer may be (21:00 Chicago UTC-06:00); from Sat 28 Nov "
            "08:00 Chicago UTC-06:00.",
            "replaced: the callback of tomorrow gives way to the new one",
            "done: callback Fri 27 Nov 21:00 Chicago UTC-06:00, for mia",
            "done: logs callback requested · call mobile · mobile …0142",
            "next: next callback Fri 27 Nov 21:00 Chicago UTC-06:00",
        ],
    ),
    (
        PROMISED,
        "pa 412.10 dn100 3m 15",
        [
            "replaced: the promise of 60.00 is replaced",
            "done: plan 412.10: 100.00 down today, 3 of 104.03 from Tue 15 Dec to Mon 15 Feb 2027, the last of them 104.04",
            "done: logs payment arrangement · call mobile · mobile …0142",
            "next: next check the promise Fri 27 Nov",
        ],
    ),
    (
        PROMISED,
        "xp lost her job",
        ["replaced: the promise of 60.00 is cancelled", "next: next call today"],
    ),
    (
        (),
        "t sat",
        ["warning: Sat 28 Nov is no business day: Mon 30 Nov instead.", "next: next call Mon 30 Nov"],
    ),
]


@pytest.mark.parametrize(("before", "line", "sentences"), SAID)
def test_one_set_of_sentences_in_one_order(desk, before, line, sentences):
    for each in before:
        do(desk, ROSA, each)
    typed = act(desk, ROSA, line)
    preview = desk.preview(typed)
    minded = sentences[0].startswith("warning")  # what is warned of is not called allowed beside it
    assert [f"{each.kind}: {each.text}" for each in preview.said] == sentences + ["allowed: allowed"] * (not minded)
    assert preview_text(preview).splitlines()[: len(preview.said)] == [each.text for each in preview.said]
    receipt = desk.do(typed)
    assert receipt.said == tuple(each for each in preview.said if each.kind != "allowed")
    assert receipt_text(receipt) == f"{ROSA}: {' · '.join(each.text for each in receipt.said)}"
    again = desk.do(typed)
    assert again.sentences[1:] == receipt.said
    assert again.sentences[0].text == "it had been done before; nothing was done twice"
    assert desk.history(limit=1)[0].said == receipt.said


def test_a_refusal_names_every_reason_before_and_after_enter(desk):
    do(desk, ROSA, "pp 60 fri")
    typed = act(desk, ROSA, "sus int fri")
    preview = desk.preview(typed)
    kinds = [each.kind for each in preview.said]
    assert kinds == sorted(kinds, key=ORDER.index)
    reasons = [each.text.removeprefix("no: ") for each in preview.said if each.text.startswith("no: ")]
    assert len(reasons) > 1
    assert not preview.ok
    with pytest.raises(RefusedByPolicy) as error:
        desk.do(typed)
    for reason in reasons:
        assert reason in error.value.message


def test_a_preview_says_who_has_the_account(desks):
    desks("ben").claim(ROSA)
    preview = desks("mia").preview(act(desks("mia"), ROSA, "pp 150 fri"))
    assert preview.said[0].text == "ben is working this account until 10:10 Chicago UTC-06:00."
    assert not preview.ok
