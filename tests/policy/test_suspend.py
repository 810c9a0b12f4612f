"""May it be cut, may it be restored: check by check."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collect_tui.domain.facts import AccountFacts, Hold, Payment
from collect_tui.domain.order.required import fees_to_keep, required_to_restore
from collect_tui.domain.order.suspension import first_suspension_day, is_suspension_day
from collect_tui.domain.states import MessageState, PaymentState
from collect_tui.policy.restore import may_restore
from collect_tui.policy.suspend import may_suspend
from collect_tui.policy.verdicts import Finding, Severity, Verdict
from support.trade import CALENDAR, KINDS, RULES, SUSPEND, TODAY, account, days, item, notice, order, promise, service

WEDNESDAY = days(9)  # 3 December
SERVED = notice(-8)
CHECKS = ["state", "amount", "age", "dispute", "hold", "promise", "notice", "day", "life_support", "rank", "order"]


def ready(**more: object) -> AccountFacts:
    return account(**{"messages": (SERVED,), **more})


def suspend(facts: AccountFacts | None = None, effective: date = WEDNESDAY) -> Verdict:
    facts = facts or ready()
    return may_suspend(facts, facts.services[0], effective, SUSPEND, KINDS, CALENDAR)


def found(verdict: Verdict, check: str) -> Finding:
    (finding,) = [f for f in verdict.findings if f.check == check]
    return finding


def test_ready_to_cut_check_by_check() -> None:
    verdict = suspend()
    assert [f.check for f in verdict.findings] == CHECKS
    assert verdict.severity is Severity.ALLOW
    assert all(f.sentence.endswith(".") for f in verdict.findings)
    assert found(verdict, "day").cite == "PA 56.82"


@pytest.mark.parametrize(
    ("facts", "check", "words"),
    [
        (ready(services=(service(status="SUSPENDED", cause="nonpay"),)), "state", "INT is suspended"),
        (ready(items=(item(11, 1999, -63),)), "amount", "at least USD 20.00"),
        (ready(items=(item(11, 90000, -63, disputed=88001),)), "amount", "USD 19.99 is past due and undisputed"),
        (ready(items=(item(11, 90000, -63, service=2),)), "amount", "USD 0.00"),
        (ready(payments=(Payment(5, "x", TODAY, "card", 40000, PaymentState.UNAPPLIED),)), "amount", "USD 12.10"),
        (ready(items=(item(11, 9000, -19),)), "age", "19 days past due; cutting takes at least 20"),
        (ready(items=(item(11, 9000, -99, disputed=9000), item(12, 9000, -19))), "age", "19 days"),
        (ready(promises=(promise(9, (4, 5000, 0)),)), "promise", "An open promise, next due Fri 28 Nov"),
        (ready(services=(service(life_support=True),)), "life_support", "life support"),
        (ready(orders=(order(7, 1, "restore", "DRAFT"),)), "order", "Order R-7 to restore it is draft already"),
        (ready(messages=()), "notice", "Notice pre-cut has not been served"),
        (ready(messages=(replace(SERVED, status=MessageState.RETURNED),)), "notice", "has not been served"),
        (ready(messages=(replace(SERVED, level="2"),)), "notice", "has not been served"),
        (ready(messages=(replace(SERVED, service_id=2),)), "notice", "has not been served"),
        (ready(messages=(replace(SERVED, items=(12, 13)),)), "notice", "has not been served for this debt"),
        (ready(messages=(replace(SERVED, served_on=None),)), "notice", "has not been served"),
    ],
)
def test_what_blocks_it(facts: AccountFacts, check: str, words: str) -> None:
    verdict = suspend(facts)
    finding = found(verdict, check)
    assert finding.severity is Severity.BLOCK
    assert words in finding.sentence
    assert not verdict.allowed
    assert verdict.overridable_by is None


def test_a_dispute_is_told_and_the_rest_decides() -> None:
    verdict = suspend(ready(items=(item(11, 20000, -63, disputed=5000), item(12, 21210, -33))))
    assert verdict.allowed
    assert found(verdict, "dispute").severity is Severity.INFO
    assert "USD 362.10" in found(verdict, "amount").sentence


def test_every_hold_is_named_with_its_end() -> None:
    holds = (
        Hold(1, "MEDICAL", TODAY, days(10)),
        Hold(2, "CLAIM", TODAY, None),
        Hold(3, "CEASE", TODAY, None),  # forbids calls only
        Hold(4, "MEDICAL", TODAY, None, scope="service", target_id=2),  # another service
        Hold(5, "MEDICAL", days(-40), days(-1)),  # over
    )
    found_ = [f for f in suspend(ready(holds=holds)).findings if f.check == "hold"]
    assert [f.sentence for f in found_] == [
        "A hold forbids it until Thu 4 Dec: Medical certificate; `rel medical REASON` releases it.",
        "A hold forbids it until it is released: Payment claim; `rel claim REASON` releases it.",
    ]
    assert found_[0].cite == "domain 2.3"


def test_a_hold_that_someone_may_override_is_not_a_block() -> None:
    kinds = {**KINDS, "CLAIM": replace(KINDS["CLAIM"], override_role="lead")}
    facts = ready(holds=(Hold(2, "CLAIM", TODAY, None),))
    verdict = may_suspend(facts, facts.services[0], WEDNESDAY, SUSPEND, kinds, CALENDAR)
    assert (found(verdict, "hold").severity, verdict.overridable_by) == (Severity.HOLD, "lead")
    unknown = may_suspend(facts, facts.services[0], WEDNESDAY, SUSPEND, {}, CALENDAR)
    assert found(unknown, "hold").severity is Severity.BLOCK


@pytest.mark.parametrize(
    ("sent", "effective", "first"),
    [
        (-8, 2, None),  # on the tenth day
        (-8, 1, days(7)),  # the tenth day is the eve of a holiday
        (0, 9, days(10)),
        (1, 9, days(14)),  # the tenth day is a Friday
    ],
)
def test_the_notice_must_be_old_enough(sent: int, effective: int, first: date | None) -> None:
    finding = found(suspend(ready(messages=(replace(SERVED, served_on=days(sent)),)), days(effective)), "notice")
    assert finding.severity is (Severity.SCHEDULE if first else Severity.ALLOW)
    assert finding.next_ok == (datetime(first.year, first.month, first.day, 12, tzinfo=UTC) if first else None)


@pytest.mark.parametrize(
    ("effective", "why", "first"),
    [
        (days(4), "on a Friday", days(7)),
        (days(5), "on a Saturday", days(7)),
        (days(3), "on a holiday", days(7)),
        (days(2), "on the day before a holiday", days(7)),
        (date(2025, 12, 24), "day before a holiday", date(2025, 12, 29)),
    ],
)
def test_days_without_cuts_name_the_next(effective: date, why: str, first: date) -> None:
    finding = found(suspend(effective=effective), "day")
    assert finding.severity is Severity.SCHEDULE
    assert why in finding.sentence
    assert finding.next_ok == datetime(first.year, first.month, first.day, 12, tzinfo=UTC)


def test_a_product_may_be_cut_by_rules_of_its_own() -> None:
    rules = replace(SUSPEND, products={"INT": replace(SUSPEND, min_past_due=90000, notice_level="final")})
    facts = ready(services=(service(), service(2, "TV")))
    internet, tv = (may_suspend(facts, s, WEDNESDAY, rules, KINDS, CALENDAR) for s in facts.services)
    assert [f.check for f in internet.findings if f.severity is Severity.BLOCK] == ["amount", "notice"]
    assert "at least USD 900.00" in found(internet, "amount").sentence
    assert "Notice final" in found(internet, "notice").sentence
    assert "Notice pre-cut was served" in found(tv, "notice").sentence


def test_what_is_needed_least_is_cut_first() -> None:
    rules = replace(SUSPEND, products={"INT": replace(SUSPEND, cut_rank=2)})
    facts = ready(services=(service(), service(2, "TV")))
    internet, tv = (may_suspend(facts, s, WEDNESDAY, rules, KINDS, CALENDAR) for s in facts.services)
    assert (found(internet, "rank").severity, internet.overridable_by) == (Severity.HOLD, "lead")
    assert found(internet, "rank").sentence.startswith("TV is to be cut before INT")
    assert found(tv, "rank").severity is Severity.ALLOW
    for spared in (service(2, "TV", "SUSPENDED", "nonpay"), replace(service(2, "TV"), life_support=True)):
        facts = ready(services=(service(), spared))
        assert may_suspend(facts, facts.services[0], WEDNESDAY, rules, KINDS, CALENDAR).allowed
    facts = ready(services=(service(), service(2, "TV")))
    paid = replace(facts, items=tuple(replace(i, service_id=1) for i in facts.items))
    assert may_suspend(paid, paid.services[0], WEDNESDAY, rules, KINDS, CALENDAR).allowed, "TV owes nothing"


def test_restoring_costs_what_the_product_costs_and_what_is_drafted_beside_it() -> None:
    rules = replace(RULES, suspend=replace(SUSPEND, products={"TV": replace(SUSPEND, reconnect_fee=700)}))
    cut = (service(status="SUSPENDED", cause="nonpay"), service(2, "TV", "SUSPENDED", "nonpay"))
    facts = account(items=(), services=cut)
    assert [required_to_restore(facts, each, rules, KINDS) for each in cut] == [SUSPEND.reconnect_fee, 700]
    drafted = replace(facts, orders=(order(7, 2, "restore", "DRAFT"),))
    assert required_to_restore(drafted, cut[0], rules, KINDS) == SUSPEND.reconnect_fee + 700
    assert fees_to_keep(facts, rules, KINDS) == SUSPEND.reconnect_fee + 700


def test_no_day_at_all_is_a_block() -> None:
    rules = replace(SUSPEND, no_cut_weekdays=tuple(range(7)))
    facts = ready()
    verdict = may_suspend(facts, facts.services[0], WEDNESDAY, rules, KINDS, CALENDAR)
    assert found(verdict, "day").severity is Severity.BLOCK


@given(st.dates(date(2025, 1, 1), date(2027, 1, 1)), st.sets(st.integers(0, 6)))
def test_the_first_cut_day_is_one_and_none_is_before_it(day: date, weekdays: set[int]) -> None:
    rules = replace(SUSPEND, no_cut_weekdays=tuple(weekdays))
    first = first_suspension_day(day, rules, CALENDAR)
    if len(weekdays) == 7:
        assert first is None
        return
    assert first is not None
    assert is_suspension_day(first, rules, CALENDAR)
    assert not any(is_suspension_day(day + timedelta(days=n), rules, CALENDAR) for n in range((first - day).days))


def restore(facts: AccountFacts) -> Verdict:
    return may_restore(facts, facts.services[0], RULES, KINDS)


def cut(**more: object) -> AccountFacts:
    return account(**{"services": (service(status="SUSPENDED", cause="nonpay"),), **more})


def test_restoring_takes_the_debt_and_the_fee() -> None:
    verdict = restore(cut())
    assert [f.check for f in verdict.findings] == ["amount", "state", "cause", "order"]
    assert "USD 437.10 is still required" in found(verdict, "amount").sentence
    assert "reconnect 25.00" in found(verdict, "amount").sentence
    assert verdict.overridable_by == "lead"


def test_restoring_what_is_paid() -> None:
    facts = cut(
        payments=(Payment(5, "x", TODAY, "card", 43710, PaymentState.UNAPPLIED),),
        orders=(order(7, 1, "restore", "DRAFT"),),
    )
    verdict = restore(facts)
    assert [f.check for f in verdict.findings] == ["state", "cause", "amount", "order"]
    assert verdict.severity is Severity.ALLOW


@pytest.mark.parametrize(
    ("facts", "check", "words"),
    [
        (account(), "state", "INT is active"),
        (account(services=(service(status="SUSPENDED", cause="fraud"),)), "cause", "another cause (fraud)"),
        (cut(orders=(order(7, 1, "restore", "SENT"),)), "order", "Order R-7 to restore it is sent already"),
    ],
)
def test_what_blocks_restoring(facts: AccountFacts, check: str, words: str) -> None:
    finding = found(restore(facts), check)
    assert finding.severity is Severity.BLOCK
    assert words in finding.sentence
    assert restore(facts).overridable_by is None
