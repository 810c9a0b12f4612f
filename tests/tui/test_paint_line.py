"""What a typed line is said to mean: the most important parts stay longest, and only the last of them is ever cut."""

from __future__ import annotations

from typing import Any

import pytest

from collect_tui.desk.line.model import Parsed
from collect_tui.desk.views.act import EffectView, FindingView, Preview, VerdictView
from collect_tui.tui.paint.line import fitted, preview_line
from collect_tui.tui.roles import Role

MEANING = "promise 50.00 by Fri 27 Nov"
ELSE = "the promise of 150.00 by Mon 23 Nov is cancelled"
ALLOWED = VerdictView(severity="allow", allowed=True, overridable_by=None)
REFUSED = VerdictView(
    severity="block",
    allowed=False,
    overridable_by="supervisor",
    findings=(FindingView(rule="r", severity="block", sentence="The first payment is below 25% of what is owed."),),
)


def parsed() -> Parsed:
    from collect_tui.desk.commands import WriteNote

    return Parsed("x", (WriteNote(text="x"),), (MEANING,))


def preview(verdict: VerdictView = ALLOWED, **more: Any) -> Preview:
    effects = (EffectView(kind="PromiseChanged", sentence=ELSE),)
    values: dict[str, Any] = {
        "account": "1",
        "currency": "USD",
        "version": 1,
        "meaning": (),
        "effects": effects,
        "schedule": (),
    }
    return Preview(**{**values, "verdict": verdict, "next_action": "check the promise Mon 30 Nov", **more})


@pytest.mark.parametrize(
    ("width", "said"),
    [
        (132, f"{MEANING} · {ELSE} · next check the promise Mon 30 Nov · allowed"),
        (80, f"{MEANING} · the promise of 150.00 by Mon 23 Nov i… · allowed …"),
        (50, f"{MEANING} · allowed …"),
    ],
)
def test_what_is_allowed(width: int, said: str) -> None:
    assert preview_line(parsed(), preview(), width).text == said


@pytest.mark.parametrize(
    ("width", "said"),
    [
        (
            132,
            f"no: The first payment is below 25% of what is owed. · a supervisor may override it · {MEANING}",
        ),
        (84, "no: The first payment is below 25% of what is owed. · a supervisor may override it …"),
        (60, "no: The first payment is below 25% of what is owed. …"),
        (20, "no: The first payment is below 25% of what is owed. …"),
    ],
)
def test_a_refusal_comes_first_and_whole(width: int, said: str) -> None:
    assert preview_line(parsed(), preview(REFUSED), max(width, 20)).text == said


def test_who_holds_it_stands_where_allowed_would() -> None:
    line = preview_line(parsed(), preview(), 80, "held by mia until 10:10")
    assert line.text == f"held by mia until 10:10 · {MEANING} · the promise of 150.00… …"
    assert line.spans[0].role is Role.BAD


def test_parts_are_left_out_whole_the_least_important_first() -> None:
    parts = [("one", Role.VALUE, 2), ("two", Role.VALUE, 1), ("three", Role.VALUE, 3)]
    assert fitted(parts, 17).text == "one · two · three"
    assert fitted(parts, 16).text == "one · two …"
    assert fitted(parts, 10).text == "two …"
    assert fitted(parts, 1).text == "two …"
    assert fitted([], 9).text == ""


NEXT = "next check the promise Mon 30 Nov"


@pytest.mark.parametrize(
    ("meaning", "said"),
    [
        ('note · "' + "x" * 90 + '"', f"note · {NEXT} · allowed …"),
        (
            'DI disputes invoice or part · m2 · "charged twice" · marks no amount as disputed',
            "DI disputes invoice or part · m2 · marks no amount as disputed · allowed …",
        ),
        (
            "plan 412.10: 206.05 Fri 27 Nov, 103.03 Tue 15 Dec, 103.02 Thu 31 Dec",
            "plan 412.10: 206.05 Fri 27 Nov, 103.03 Tue 15 Dec, 103.02 Thu 31 Dec · allowed …",
        ),
        (
            "plan 40.00: 10.00 Fri 27 Nov, 10.00 Tue 15 Dec, 10.00 Thu 31 Dec, 10.00 Fri 1 Jan 2027",
            "plan 40.00: 10.00 Fri 27 Nov, 10.00 Tue 15 Dec, 10.00 Thu 31 Dec, 1… · allowed …",
        ),
    ],
)
def test_what_an_act_is_and_does_not_do_stays_when_a_note_gives_way(meaning: str, said: str) -> None:
    line = Parsed("x", parsed().commands, (meaning,))
    assert preview_line(line, preview(effects=()), 80).text == said
