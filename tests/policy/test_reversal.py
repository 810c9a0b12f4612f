"""A reversal is a replay: an account whose payment was an entry error is what it would be without it."""

from __future__ import annotations

from hypothesis import assume, given, note
from hypothesis import strategies as st

from support.histories import History, Step, difference, steps

AMOUNTS = st.sampled_from([500, 2500, 4000, 9000, 20000, 33000, 35500, 45000])


def both(step: Step, paid: History, without: History) -> None:
    """A step happens to both, or to none: nothing but the payment is between them."""
    if paid.allows(step) and without.allows(step):
        paid.do(step)
        without.do(step)
        note(f"{step}: {paid.facts.next_action}, {without.facts.next_action}")


@given(
    before=st.lists(steps(), max_size=3),
    amount=AMOUNTS,
    ago=st.integers(0, 2),
    after=st.lists(steps(), max_size=5),
    nights=st.integers(0, 3),
)
def test_an_entry_error_leaves_nothing_behind(
    before: list[Step], amount: int, ago: int, after: list[Step], nights: int
) -> None:
    paid, without = History(), History()
    for step in before:
        both(step, paid, without)
    paid.pay("X", amount, ago)
    note(f"X {amount}: {paid.facts.next_action}")
    for step in after:
        both(step, paid, without)
    assume(any(p.ref == "X" for p in paid.facts.payments))
    paid.take_back("X")
    assert difference(paid.facts, without.facts) == {}
    for _ in range(nights):
        both(("night", 1), paid, without)
    assert difference(paid.facts, without.facts) == {}
