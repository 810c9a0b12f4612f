"""Settlements and payments in advance: who is offered one, and its figures to the unit."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given

from collect_tui.domain.message.offers import prepayment, settlement
from collect_tui.domain.message.records import Offer, Prepayment
from collect_tui.domain.rules import OfferRules
from collect_tui.domain.states import ServiceState, Stage
from support.accounts import accounts
from support.trade import account, credit, days, item, promise, service

RULES = OfferRules({Stage.FINAL: 90, Stage.TERMINATED: 75}, 14, 12, 8, 21)
LATE = account(stage=Stage.TERMINATED, items=(item(1, 10001, -90), item(2, 6000, 12), credit(3, 1000)))
GOOD = account(items=(item(1, 6000, 12),), services=(service(1, monthly=5999), service(2, "TV", monthly=2000)))


def test_a_settlement_is_the_percentage_of_all_that_is_open_rounded_down():
    assert settlement(LATE, RULES) == Offer(amount=11250, saves=3751, until=days(14))  # of 150.01
    assert settlement(replace(LATE, stage=Stage.FINAL), RULES) == Offer(amount=13500, saves=1501, until=days(14))


@pytest.mark.parametrize(
    "more",
    [
        {"stage": Stage.SUSPENDED},  # it has no percentage
        {"items": (item(2, 6000, 12),)},  # nothing is past due
        {"items": (item(1, 10000, -90, disputed=1),)},
        {"items": (item(1, 10000, -90), credit(3, 10000))},
        {"promises": (promise(1, (5, 1000, 0)),)},
    ],
)
def test_who_is_offered_no_settlement(more):
    assert settlement(replace(LATE, **more), RULES) is None


def test_a_payment_in_advance_costs_so_much_less_than_by_the_month():
    assert prepayment(GOOD, RULES) == Prepayment(months=12, amount=88308, saves=7680, until=days(21))  # of 959.88
    cut = replace(GOOD, services=(service(1, monthly=5000), service(2, "TV", "SUSPENDED", "voluntary", monthly=2000)))
    assert prepayment(cut, RULES) == Prepayment(months=12, amount=55200, saves=4800, until=days(21))
    broken_once = replace(GOOD, promises=(promise(1, (-5, 1000, 1000), status="KEPT"),))
    assert prepayment(broken_once, RULES) == prepayment(GOOD, RULES)


@pytest.mark.parametrize(
    "more",
    [
        {"items": (item(1, 1, -1),)},
        {"items": (item(1, 100, -1, disputed=100),)},
        {"promises": (promise(1, (-20, 1000, 0), status="BROKEN"),)},
        {"promises": (promise(1, (-20, 1000, 500), status="PARTIAL"),)},
        {"promises": (promise(1, (5, 1000, 0)),)},
        {"services": ()},
        {"services": (service(1, monthly=0),)},
    ],
)
def test_who_is_offered_no_payment_in_advance(more):
    assert prepayment(replace(GOOD, **more), RULES) is None


def test_what_a_site_does_not_offer():
    assert prepayment(GOOD, OfferRules()) is None
    assert prepayment(GOOD, replace(RULES, prepay_percent=0)) is None  # nothing is saved
    assert settlement(LATE, OfferRules()) is None


@given(accounts())
def test_an_offer_never_asks_for_more_than_there_is(facts):
    facts = replace(facts, services=tuple(replace(s, monthly=4999) for s in facts.services))
    offered, ahead = settlement(facts, RULES), prepayment(facts, RULES)
    if offered:
        assert 0 < offered.amount <= facts.total * RULES.settlement[facts.stage] // 100
        assert offered.amount + offered.saves == facts.total
    if ahead:
        assert ahead.amount + ahead.saves == 12 * sum(
            s.monthly for s in facts.services if s.status is ServiceState.ACTIVE
        )
        assert ahead.saves * 100 >= (ahead.amount + ahead.saves) * RULES.prepay_percent
        assert not facts.past_due
    assert not (offered and ahead)
