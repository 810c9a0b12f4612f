"""What a move sets of the account and its customer: judged, told, taken back; and a consequence that hangs on a yes."""

from __future__ import annotations

import pytest

from collect_tui.domain.account.effects import AttributeSet
from collect_tui.domain.case import decide
from collect_tui.domain.case.consequences import set_attribute
from collect_tui.domain.case.values import readable
from collect_tui.domain.effect import fold_all
from collect_tui.domain.errors import Invalid
from domain.case.test_decide import BILL, KIND, NOW, SITE, ground, taken_back, who
from domain.case.test_tables import HOME
from support.trade import account, numbers

FACTS = account(items=(BILL,))


def reviewed(**given):
    kind = KIND["credit-review"]
    facts = fold_all(FACTS, decide.open_case(kind, {"why": "cheques", **given}, FACTS, ground(), who("mia"), NOW))
    ben = who("ben", departments=("credit",))
    facts = fold_all(facts, decide.move_case(kind, facts.cases[0], "review", {}, facts, ground(600), ben))
    effects = decide.move_case(kind, facts.cases[0], "change", {"decision": "so"}, facts, ground(700), ben)
    if facts.cases[0].amount("proposed"):
        facts = fold_all(facts, effects)
        effects = decide.decide_case(kind, facts.cases[0], True, "fine", facts, ground(800), who("lee"))
    return facts, fold_all(facts, effects), effects


def test_a_credit_review_sets_the_limit_when_somebody_else_has_agreed():
    before, after, effects = reviewed(proposed=300000, cash_only=True)
    assert (before.credit_limit, before.cash_only) == (None, False)
    assert (after.credit_limit, after.cash_only) == (300000, True)
    told = [e.words(before, SITE.codes, "UTC") for e in effects if isinstance(e, AttributeSet)]
    assert told == ["credit limit: 3,000.00 (was none)", "cash only: yes (was no)"]
    back = taken_back(after, effects, numbers(900))
    assert (back.credit_limit, back.cash_only, back.cases) == (None, False, before.cases)


def test_what_is_so_already_and_what_is_left_out_is_not_set():
    _, after, effects = reviewed()
    assert (after.credit_limit, after.cash_only) == (None, False)
    assert not any(isinstance(e, AttributeSet) for e in effects)


def test_what_was_set_again_since_is_not_taken_back():
    once = AttributeSet("account.credit_limit", None, 100)
    later = fold_all(FACTS, (once, AttributeSet("account.credit_limit", 100, 200)))
    assert once.inverse(later, numbers(1), "undone") == ()


@pytest.mark.parametrize(("consent", "support"), [(True, "interpreter"), (False, "")])
def test_support_is_kept_only_with_consent(consent, support):
    kind = KIND["hardship"]
    made = fold_all(FACTS, decide.open_case(kind, HOME, FACTS, ground(), who("mia"), NOW))
    given = {"support": "interpreter", "consent": consent}
    effects = decide.move_case(kind, made.cases[0], "support", given, made, ground(600), who("mia"))
    after = fold_all(made, effects)
    assert after.support == support
    assert taken_back(after, effects, numbers(900)).support == ""
    with pytest.raises(Invalid, match="Consents that this is kept is missing"):
        decide.move_case(kind, made.cases[0], "support", {**given, "consent": ""}, made, ground(600), who("mia"))


@pytest.mark.parametrize(
    ("name", "to", "fact", "value"),
    [
        ("account.cash_only", "yes", "cash_only", True),
        ("account.credit_limit", "none", "credit_limit", None),
        ("party.support", "none", "support", ""),
        ("party.language", "field:tongue", "language", "es"),
    ],
)
def test_every_attribute_is_set_and_read(name, to, fact, value):
    seen = fold_all(FACTS, (AttributeSet("account.credit_limit", None, 5), AttributeSet("party.support", "", "x")))
    case = fold_all(FACTS, decide.open_case(KIND["hardship"], HOME, FACTS, ground(), who("mia"), NOW)).cases[0]
    case.values["tongue"] = "es"
    after = fold_all(seen, set_attribute(case, {"set": name, "to": to}, seen, ground()))
    assert getattr(after, fact) == value
    assert readable(name, {}, after) == (value if value != "" else None)


def test_what_may_be_read_of_an_item():
    values = {"item": BILL.doc_no}
    found = [readable(f"item.{name}", values, FACTS) for name in ("open", "amount", "due")]
    assert found == [30000, 30000, BILL.due.isoformat()]
    assert readable("item.due", {}, FACTS) is None
