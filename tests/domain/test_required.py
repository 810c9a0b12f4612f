"""The restore calculator says what it adds up."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given

from collect_tui.domain.facts import AccountFacts
from collect_tui.domain.order.required import in_words, required_to_restore, to_restore
from support.accounts import accounts
from support.trade import KINDS, RULES, account, item, order, service


@given(accounts())
def test_the_parts_add_up_to_what_is_required(facts: AccountFacts) -> None:
    for one in facts.services:
        found = to_restore(facts, one, RULES, KINDS)
        assert found.total == required_to_restore(facts, one, RULES, KINDS)
        assert all(part.amount for part in found.parts)
        assert all(part.amount > 0 for part in found.besides)


def test_it_is_told_as_a_collector_says_it() -> None:
    facts = account(
        items=(
            item(1, 6120, -40, service=1),
            replace(item(2, 1500, -3, service=1), doc_no="NSF-7", kind="fee"),
            item(3, 4000, 9, service=1),
            item(4, 900, -9, service=2),
        ),
        services=(service(1, "INT", "SUSPENDED", "nonpay"), service(2, "TV")),
        orders=(order(7, 1, "suspend", "COMPLETED"),),
    )
    found = to_restore(facts, facts.services[0], RULES, KINDS)
    fee = RULES.suspend.reconnect_fee
    total = f"{(6120 + 1500 + fee) / 100:.2f}"
    assert in_words(found.parts, found.besides, "USD") == (
        f"{total} = past due 61.20 + fee NSF-7 15.00 + reconnect {fee / 100:.2f}; not needed: 40.00 not yet due, 9.00 for other services"
    )
