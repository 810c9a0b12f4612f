"""Guard rails of arrangements: each rail at its edge, for each kind and role."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from inspect import isfunction, signature

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collect_tui.desk.commands import MakePlan
from collect_tui.desk.line.parse import parse
from collect_tui.domain.facts import AccountFacts, Payment
from collect_tui.domain.promise import decide as pp
from collect_tui.domain.rules import ArrangementPolicy
from collect_tui.policy import arrangement
from collect_tui.policy.arrangement import judge, rescues, settles, within
from collect_tui.policy.rails import least_amount
from collect_tui.policy.verdicts import Finding, Severity, Verdict
from support.line_world import CONTEXT
from support.trade import TODAY, account, days, item, order, promise

POLICY = ArrangementPolicy(min_down_percent=25, sources={"first_within": "Astound"})
GOOD_PLAN = pp.plan(40000, 3, "monthly", days(10), None, 10000, TODAY)
SINGLE_RAILS = ["min_amount", "first_within", "broken", "cooldown", "tenure", "returned"]
PLAN_RAILS = [
    *["min_amount", "first_within", "max_instalments", "max_span", "min_down", "min_instalment", "frequency"],
    *["broken", "cooldown", "tenure", "returned"],
]


def single(amount: int = 15000, due: int = 4, facts: AccountFacts | None = None, role: str = "collector") -> Verdict:
    return judge(facts or account(), pp.single(amount, days(due)), "single", None, POLICY, role)


def plan(
    schedule: tuple = GOOD_PLAN,
    facts: AccountFacts | None = None,
    frequency: str | None = "monthly",
    role: str = "collector",
    **policy: object,
) -> Verdict:
    return judge(facts or account(), schedule, "plan", frequency, replace(POLICY, **policy), role)


def found(verdict: Verdict, check: str) -> Finding:
    (finding,) = [f for f in verdict.findings if f.check == check]
    return finding


def test_every_rail_says_its_word() -> None:
    assert [f.check for f in single().findings] == SINGLE_RAILS
    assert [f.check for f in plan().findings] == PLAN_RAILS
    for verdict in (single(), plan()):
        assert verdict.severity is Severity.ALLOW
        assert all(f.rule == f"arrangement.{f.check}" and f.sentence.endswith(".") for f in verdict.findings)
    assert found(single(), "first_within").cite == "Astound"


@pytest.mark.parametrize(
    ("collectable", "least"),
    [(0, 0), (500, 500), (1000, 1000), (5000, 1000), (10000, 1000), (10001, 1001), (41210, 4121), (41211, 4122)],
)
def test_the_least_amount(collectable: int, least: int) -> None:
    assert least_amount(collectable, POLICY) == least


@given(st.integers(0, 10**12), st.integers(0, 10**6), st.integers(0, 100))
def test_all_that_is_collectable_is_always_enough(collectable: int, amount: int, percent: int) -> None:
    policy = ArrangementPolicy(min_amount=amount, min_percent=percent)
    assert least_amount(collectable, policy) <= collectable
    if collectable:
        facts = account(items=(item(1, collectable, -30),))
        verdict = judge(facts, pp.single(collectable, days(1)), "single", None, policy, "collector")
        assert found(verdict, "min_amount").severity is Severity.ALLOW


@pytest.mark.parametrize(("amount", "severity"), [(4121, Severity.ALLOW), (4120, Severity.HOLD)])
def test_min_amount(amount: int, severity: Severity) -> None:
    finding = found(single(amount), "min_amount")
    assert finding.severity is severity
    assert "USD 41.21" in finding.sentence
    assert finding.override_role == ("lead" if severity is Severity.HOLD else None)


@pytest.mark.parametrize(
    ("due", "severity"),
    [(0, Severity.ALLOW), (11, Severity.ALLOW), (12, Severity.HOLD), (14, Severity.HOLD), (15, Severity.BLOCK)],
)
def test_first_within(due: int, severity: Severity) -> None:
    finding = found(single(due=due), "first_within")
    assert finding.severity is severity
    assert f"{due} day" in finding.sentence


@pytest.mark.parametrize(
    ("amount", "due", "severity", "says"),
    [
        (40000, 50, Severity.ALLOW, "no later than INV-2"),  # a balloon by its own day
        (40000, 57, Severity.ALLOW, "no later than INV-2"),
        (40000, 68, Severity.ALLOW, "11 days after INV-2"),
        (40000, 69, Severity.HOLD, "12 days after INV-2"),
        (40000, 72, Severity.BLOCK, "15 days after INV-2"),
        (3000, 17, Severity.ALLOW, "no later than INV-1"),  # else it is for what falls due first
        (3000, 32, Severity.BLOCK, "15 days after INV-1"),
    ],
)
def test_what_is_not_yet_due_is_promised_for_its_own_day(amount: int, due: int, severity: Severity, says: str) -> None:
    coming = account(items=(item(1, 3000, 17), item(2, 40000, 57)))
    finding = found(single(amount, due, coming), "first_within")
    assert finding.severity is severity
    assert says in finding.sentence
    for late in (item(3, 500, -1), item(3, 500, 0)):  # what is late, or due today, is promised from today on
        owing = replace(coming, items=(*coming.items, late))
        assert found(single(amount, 15, owing), "first_within").severity is Severity.BLOCK


def test_what_is_paid_today_is_the_down_payment() -> None:
    parts = [(10000, TODAY), (15000, days(4)), (15000, days(22))]
    assert found(plan(pp.split(40000, parts)), "min_down").severity is Severity.ALLOW
    parts = [(9999, TODAY), (15001, days(4)), (15000, days(22))]
    short = found(plan(pp.split(40000, parts), frequency=None), "min_down")
    assert short.severity is Severity.HOLD
    assert "USD 99.99 is below USD 100.00" in short.sentence
    assert "as in `pp 100 t + 150 28nov + 150 16dec`." in short.sentence


@given(
    st.lists(st.integers(1000, 50000), min_size=2, max_size=6), st.integers(0, 12), st.integers(1, 60), st.booleans()
)
def test_the_line_that_is_named_for_more_down_passes(amounts: list[int], first: int, step: int, even: bool) -> None:
    total = sum(amounts)
    if even:
        schedule = pp.plan(total, len(amounts), "monthly", days(first + 1))
    else:
        schedule = pp.split(total, [(amount, days(first + step * at)) for at, amount in enumerate(amounts)])
    frequency = "monthly" if even else None
    facts = account(items=(item(1, total, -30),))
    short = found(judge(facts, schedule, "plan", frequency, POLICY, "collector"), "min_down")
    if short.severity is Severity.ALLOW:
        return
    (made,) = parse(short.sentence.split("`")[1], replace(CONTEXT, today=TODAY)).commands[-1:]
    assert isinstance(made, MakePlan)
    assert made.total == total
    if even:
        assert made.count is not None
        again = pp.plan(total, made.count, "monthly", made.first, made.anchor_day, made.down, TODAY)
    else:
        again = pp.split(total, [(part.amount, part.due) for part in made.parts])
    verdict = judge(facts, again, "plan", frequency, POLICY, "collector")
    assert found(verdict, "min_down").severity is Severity.ALLOW
    assert found(verdict, "first_within").severity is Severity.ALLOW


def test_a_lead_grants_it_himself_up_to_his_own_limit() -> None:
    verdict = single(100, 14, role="lead")
    assert verdict.allowed
    assert [f.check for f in verdict.findings if f.severity is Severity.WARN] == ["min_amount", "first_within"]
    assert "lead's own authority" in found(verdict, "first_within").sentence
    assert not single(due=15, role="lead").allowed
    assert single(due=15).overridable_by is None
    assert single(due=14).overridable_by == "lead"


@pytest.mark.parametrize(
    ("disputed", "amount", "severity", "words"),
    [
        (0, 41210, Severity.ALLOW, ""),
        (20000, 27210, Severity.ALLOW, ""),  # all that is not disputed, what falls due later too
        (
            20000,
            27211,
            Severity.HOLD,
            "USD 200.00 is disputed and is not asked for until that is answered; USD 272.10 is not.",
        ),
    ],
)
def test_what_is_disputed_is_not_promised(disputed: int, amount: int, severity: Severity, words: str) -> None:
    facts = account(items=(item(11, 20000, -63, disputed=disputed), item(12, 21210, -33), item(13, 6000, 9)))
    said = [f for f in single(amount, facts=facts).findings if f.check == "disputed"]
    assert max((f.severity for f in said), default=Severity.ALLOW) is severity
    assert [f.sentence for f in said] == [words] * bool(words)


def test_nothing_is_promised_nor_taken_up_again_where_all_is_disputed() -> None:
    facts = account(items=(item(11, 20000, -63, disputed=20000),))
    for verdict in (
        single(1, facts=facts),
        plan(facts=facts),
        rescues(facts, pp.single(1, days(1)), POLICY, "collector"),
    ):
        held = found(verdict, "disputed")
        assert (held.severity, held.override_role) == (Severity.HOLD, "lead")
        assert held.sentence == "USD 200.00 is disputed and is not asked for until that is answered."


def by_role() -> dict[str, Callable[[str], Verdict]]:
    """All that this policy judges by the role of who asks, each with something beyond what a collector may do."""
    all_disputed = account(items=(item(11, 20000, -63, disputed=20000),))
    taken_up = promise(9, (-30, 100, 0), kind="plan", status="BROKEN")
    again = promise(10, (5, 100, 0), kind="plan", supersedes=9)
    bad = replace(
        POLICY, max_instalments=1, max_span_days=1, frequencies=("weekly",), min_instalment=10**6, cooldown_days=400
    )
    new = account(
        opened_on=TODAY, promises=(taken_up,) * 3, payments=(Payment(5, "x", days(-3), "ach", 5000, "RETURNED"),)
    )
    return {
        "judge": lambda role: (
            judge(new, pp.plan(300, 3, "monthly", days(13)), "plan", "monthly", bad, role)
            + judge(all_disputed, pp.single(100, days(1)), "single", None, POLICY, role)
        ),
        "settles": lambda role: settles(account(), 1, POLICY, role),
        "rescues": lambda role: (
            rescues(account(promises=(taken_up, again)), (), POLICY, role)
            + rescues(all_disputed, pp.single(100, days(1)), POLICY, role)
        ),
        "within": lambda role: within("extension", 12, 11, 14, POLICY, role),
    }


def test_all_that_looks_at_the_role_is_tried() -> None:
    judged = {
        name for name, each in vars(arrangement).items() if isfunction(each) and "role" in signature(each).parameters
    }
    assert {name for name in judged if not name.startswith("_")} == set(by_role())


@pytest.mark.parametrize("name", by_role())
def test_who_may_override_it_is_told_what_goes_beyond_the_others_limits_or_is_refused(name: str) -> None:
    """Each by itself: nothing that holds a collector back is let through in silence."""
    verdict = by_role()[name]
    held = [f for f in verdict("collector").findings if f.override_role == "lead"]
    assert held
    for role in ("lead", "senior"):
        said = {f.check: f for f in verdict(role).findings if f.severity > Severity.ALLOW}
        for each in held:
            granted = said[each.check].severity is Severity.WARN
            assert granted == (role == "lead"), each
            assert said[each.check].sentence == each.sentence + granted * " Granted on the lead's own authority."


@pytest.mark.parametrize(
    ("schedule", "check", "words"),
    [
        (pp.plan(40000, 13, "weekly", days(3), None, 10000, TODAY), "max_instalments", "13 instalments; at most 12"),
        (pp.plan(40000, 12, "monthly", days(40), None, 10000, TODAY), "max_span", "at most 366"),
        (pp.plan(40000, 3, "monthly", days(3), None, 9999, TODAY), "min_down", "USD 99.99 is below USD 100.00"),
        (pp.plan(40000, 3, "monthly", days(3)), "min_down", "USD 0.00 is below USD 100.00"),
        (pp.plan(12000, 11, "weekly", days(3), None, 3000, TODAY), "min_instalment", "at least USD 10.00"),
    ],
)
def test_rails_of_a_plan(schedule: tuple, check: str, words: str) -> None:
    verdict = plan(schedule)
    assert [f.check for f in verdict.findings if f.severity > Severity.ALLOW] == [check]
    finding = found(verdict, check)
    assert (finding.severity, finding.override_role) == (Severity.HOLD, "lead")
    assert words in finding.sentence


def test_frequency() -> None:
    verdict = plan(frequency="monthly", frequencies=("weekly", "fortnightly"))
    assert found(verdict, "frequency").severity is Severity.HOLD
    assert "expected weekly, fortnightly" in found(verdict, "frequency").sentence


@pytest.mark.parametrize(
    ("broken", "severity"), [(0, Severity.ALLOW), (1, Severity.ALLOW), (2, Severity.WARN), (3, Severity.HOLD)]
)
def test_broken_promises(broken: int, severity: Severity) -> None:
    states = ("BROKEN", "PARTIAL", "BROKEN")
    made = tuple(promise(n, (-30, 100, 0), status=states[n], made_on=days(-40)) for n in range(broken))
    old = promise(90, (-390, 100, 0), status="BROKEN", made_on=days(-400))
    facts = account(promises=(*made, old, promise(91, (-30, 100, 100), status="KEPT")))
    finding = found(single(facts=facts), "broken")
    assert finding.severity is severity
    assert finding.sentence.startswith(f"{broken} promise")


@pytest.mark.parametrize(
    ("ago", "status", "counts"),
    [
        (89, "BROKEN", True),
        (90, "BROKEN", False),
        (30, "KEPT", True),
        (30, "CANCELLED", True),
        (30, "ACTIVE", False),  # it is superseded now, and not held against this one
        (0, "CANCELLED", False),  # taken back on the day it was made
    ],
)
def test_cooldown(ago: int, status: str, counts: bool) -> None:
    facts = account(promises=(promise(9, (5, 100, 0), kind="plan", status=status, made_on=days(-ago)),))
    assert found(plan(facts=facts), "cooldown").severity is (Severity.HOLD if counts else Severity.ALLOW)
    assert found(single(facts=facts), "cooldown").severity is (Severity.WARN if counts else Severity.ALLOW)


@pytest.mark.parametrize(("opened", "months"), [(date(2025, 5, 24), 6), (date(2025, 5, 25), 5), (date(2026, 1, 1), 0)])
def test_tenure(opened: date, months: int) -> None:
    facts = account(opened_on=opened)
    short = months < 6
    assert found(plan(facts=facts), "tenure").severity is (Severity.HOLD if short else Severity.ALLOW)
    assert found(single(facts=facts), "tenure").severity is (Severity.WARN if short else Severity.ALLOW)
    assert f"{months} month" in found(plan(facts=facts), "tenure").sentence


@pytest.mark.parametrize(
    ("ago", "status", "counts"), [(90, "RETURNED", True), (91, "RETURNED", False), (3, "REVERSED", False)]
)
def test_returned_payments(ago: int, status: str, counts: bool) -> None:
    facts = account(payments=(Payment(5, "x", days(-ago), "ach", 5000, status),))
    finding = found(plan(facts=facts), "returned")
    assert finding.severity is (Severity.HOLD if counts else Severity.ALLOW)
    assert ("USD 50.00" in finding.sentence) == counts


def test_what_it_replaces_and_what_it_cannot_stop() -> None:
    facts = account(promises=(promise(9, (5, 5000, 2000)),), orders=(order(7, 1, "suspend", "SENT"),))
    assert "USD 30.00 of it unpaid" in found(single(facts=facts), "supersedes").sentence
    assert found(single(facts=facts), "sent_order").severity is Severity.WARN
    assert single(facts=facts).allowed
