"""What a typed line is said to mean: refusals, warnings and what is replaced first, and nothing of them ever cut."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from collect_tui.desk.line.model import LineError, Parsed
from collect_tui.desk.line.parse import parse
from collect_tui.desk.line.verb import Verb
from collect_tui.desk.line.verbs import VERBS
from collect_tui.desk.views.act import Confirm, FindingView, Preview, Said, VerdictView
from collect_tui.desk.views.said import ORDER, said
from collect_tui.tui.render.line import field_span, meaning_line, preview_line, wrong_line
from collect_tui.tui.render.text import clean, rows, width, wrap
from support.line_world import CONTEXT

MEANING = "promise 50.00 by Fri 27 Nov"
NEW = Said(kind="done", text=MEANING)
OLD = Said(kind="replaced", text="the promise of 150.00 by Mon 23 Nov is cancelled")
NEXT = "check the promise Mon 30 Nov"
ALLOWED = VerdictView(severity="allow", allowed=True, overridable_by=None)


def verdict(*findings: tuple[str, str], by: str | None = None) -> VerdictView:
    views = tuple(FindingView(rule="r", severity=severity, sentence=text) for severity, text in findings)
    allowed = all(view.severity in {"allow", "info", "warn"} for view in views)
    return VerdictView(severity=views[0].severity, allowed=allowed, overridable_by=by, findings=views)


def preview(verdict: VerdictView = ALLOWED, **more: Any) -> Preview:
    told = said(verdict, (NEW, OLD), next_action=NEXT, **more)
    common = {"account": "1", "currency": "USD", "version": 1, "meaning": (), "effects": (), "schedule": ()}
    return Preview(**common, verdict=verdict, said=told, overridden=more.get("overridden", False))


def parsed(text: str = "x", *errors: LineError) -> Parsed:
    from collect_tui.desk.commands import WriteNote

    return Parsed(text, (WriteNote(text="x"),), (MEANING,), errors=errors)


BLOCK, HOLD, WARN, INFO = (
    ("block", "No service is cut on a Friday."),
    ("hold", "The first payment is below 25%."),
    ("warn", "It is 06:36 there."),
    ("info", "It is in dispute."),
)


@pytest.mark.parametrize(
    ("verdict", "more", "line"),
    [
        (ALLOWED, {}, f"{OLD.text} · {MEANING} · next {NEXT} · allowed"),
        (verdict(WARN, INFO), {}, f"{WARN[1]} · {OLD.text} · {MEANING} · next {NEXT}"),
        (verdict(BLOCK, HOLD, WARN), {}, f"no: {BLOCK[1]} · no: {HOLD[1]} · {WARN[1]}"),
        (
            verdict(HOLD, by="lead"),
            {},
            f"no: {HOLD[1]} · a lead may override it · {OLD.text} · {MEANING} · next {NEXT}",
        ),
        (
            verdict(HOLD, by="lead"),
            {"overridden": True},
            f"overridden: {HOLD[1]} · {OLD.text} · {MEANING} · next {NEXT}",
        ),
        (
            ALLOWED,
            {"refused": ["ben is working this account."]},
            f"ben is working this account. · {OLD.text} · {MEANING} · next {NEXT}",
        ),
    ],
)
def test_all_that_matters_in_its_order(verdict: VerdictView, more: dict[str, Any], line: str) -> None:
    assert preview_line(parsed(), preview(verdict, **more)).text == line
    assert preview(verdict, **more).ok == (not any(each.kind == "refused" for each in preview(verdict, **more).said))


def test_what_will_be_asked_for_is_a_warning() -> None:
    asked = Confirm(kind="surplus", what="87.90", value=8790, label="the surplus", field="surplus", command=0,
                    currency="USD", code="c", sentence="s")  # fmt: skip
    assert preview_line(parsed(), preview(confirm=asked)).text.startswith("asks for the surplus 87.90 · the promise of")


def test_a_mistake_comes_before_what_was_understood_and_what_is_missing_after_it() -> None:
    assert wrong_line(parsed("pp 5x", LineError(3, 5, "No amount."))).text == f"No amount. · {MEANING}"
    assert wrong_line(parsed("pp 5 ", LineError(5, 5, "A date."))).text == f"{MEANING} · A date."


@given(st.text() | st.text("a \U0001f3fb\u0301\u200d\u6f22\u1100\u1161\u2764\ufe0f"), st.integers(1, 90))
@example("\U0001f3fb", 1)
@example("\u200d\u200d\u6f22\u1100", 3)
def test_wrapping_leaves_out_nothing_but_blanks_and_is_never_too_wide(text: str, cells: int) -> None:
    text = clean(text)
    wrapped = wrap(text, cells)
    assert "".join(wrapped).replace(" ", "") == text.replace(" ", "")
    assert all(width(row) <= max(2, cells) for row in wrapped)  # one ideograph takes two cells wherever it stands
    assert all(a < b for a, b in rows(text, cells))


@given(st.lists(st.tuples(st.sampled_from(ORDER), st.text(min_size=1, max_size=40)), max_size=6), st.integers(20, 132))
def test_rows_of_a_line_keep_words_and_roles(parts: list[tuple[Any, str]], cells: int) -> None:
    told = tuple(Said(kind=kind, text=text) for kind, text in parts)
    line = preview_line(parsed(), preview().model_copy(update={"said": told}))
    wrapped = line.wrapped(cells)
    letters = [(c, span.role) for span in line.spans for c in clean(span.text) if c != " "]
    assert [(c, span.role) for row in wrapped for span in row.spans for c in span.text if c != " "] == letters


def test_the_meaning_is_said_until_the_desk_has_answered() -> None:
    assert meaning_line(parsed()).text == MEANING


@pytest.mark.parametrize("verb", VERBS.values(), ids=VERBS)
def test_a_refusal_finds_its_word_whichever_slot_it_names(verb: Verb) -> None:
    """A refusal names a slot, or what else the slot takes; where the line has such a word, it is marked."""
    line = parse(verb.example, CONTEXT)
    roles = {span.role for span in line.spans}
    for slot in verb.slots:
        for field in (slot.name, *slot.also) if slot.reads_as & roles else ():
            found = field_span(line, field)
            assert found is not None, f"{verb.example!r} has a word for {field}"
            assert any((span.start, span.end) == found for span in line.spans)
