"""What must be typed before an act is done, so that no key pressed by habit and none typed ahead can do it.

A question is asked on the facts as they are inside the transaction. Amounts are minor units of the account's currency.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from collect_tui.domain.errors import Refused
from collect_tui.domain.money import format_minor

if TYPE_CHECKING:
    from collect_tui.domain.facts import AccountFacts


@dataclass(frozen=True, slots=True)
class Question:
    """One thing to be typed. `what` answers it at a keyboard (`2231`, `87.90`), `value` in the command's field; `label` says
    what it is. Until then the act is refused with `code` and `sentence`."""

    kind: str  # digits, surplus
    what: str
    value: str | int
    label: str
    code: str
    sentence: str


def last_four(number: str) -> str:
    """The last four digits of an account number. One without digits: its last four letters, in lower case."""
    digits = "".join(c for c in number if c.isdigit())
    return digits[-4:] or "".join(c for c in number if c.isalnum())[-4:].casefold() or number


def digits(facts: AccountFacts, typed: str | None) -> Question | None:
    """For what takes effect outside the building: the account's last four digits. None when they were typed."""
    wanted = last_four(facts.number)
    if (typed or "").casefold() == wanted:
        return None
    sentence = "Type the account's last four digits to let it leave the building."
    if typed:
        sentence = "These are not the account's last four digits: it has not left the building."
    return Question("digits", wanted, wanted, "the account's last four digits", "order.confirm", sentence)


def owed(facts: AccountFacts) -> int:
    """All that is open on the account less credits and unapplied money; never below zero."""
    return max(0, facts.total)


def beyond(facts: AccountFacts, amount: int) -> str | None:
    """By how much a payment of `amount` is more than is owed, in words; None when it is not."""
    if amount <= owed(facts):
        return None
    return f"{_money(amount - owed(facts), facts)} more than the {_money(owed(facts), facts)} owed on the account"


def surplus(facts: AccountFacts, amount: int, typed: int | None) -> Question | None:
    """For a payment of more than is owed: the surplus. None when there is none, or it was typed.

    Raises Refused "payment.over_balance" when a surplus was typed and there is none.
    """
    code, over = "payment.over_balance", max(0, amount - owed(facts))
    if over == (typed or 0):
        return None
    if not over:
        raise Refused(
            code, "A surplus is confirmed, but the payment is not more than is owed; leave the surplus out.", "over"
        )
    what = format_minor(over, facts.currency, grouping=False)
    told = "That is not the surplus: the payment" if typed else "The payment"
    sentence = f"{told} is {beyond(facts, amount)}; type the surplus to confirm it (over={what})."
    return Question("surplus", what, over, "the surplus", code, sentence)


def _money(minor: int, facts: AccountFacts) -> str:
    return f"{facts.currency} {format_minor(minor, facts.currency)}"
