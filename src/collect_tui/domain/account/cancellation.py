"""How a contract of instalments on a home is cancelled: Republic Act 6552 of the Philippines (Maceda law), sections 3, 4 and 7, as read in
Orbe v. Filinvest Land, G.R. 208185 (2017). Pure; a sample of the law and not advice. Amounts are minor units, dates business dates.

Not decided here: whether the law is about this contract at all (homes are, industrial lots and commercial buildings are not), whether the
notice was notarised by acknowledgment, and what a buyer may do who pays after the grace and before the cancellation (section 5).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from statistics import mode
from typing import Final

from collect_tui.domain.account.ledger import PRICE, Ledger
from collect_tui.domain.calendars import add_months
from collect_tui.domain.errors import Invalid

GRACE_YEARS: Final = 2
"""From so many years paid on: a month of grace for each year, and a surrender value (section 3)."""
GRACE_DAYS: Final = 60
"""Days of grace with fewer (section 4)."""
TERM_YEARS: Final = 5
"""The longer grace is for once in so many years of the contract (section 3(a)); the surrender value grows after so many paid."""
NOTICE_DAYS: Final = 30
"""Days that pass in full after the buyer has received the notarised notice (sections 3(b), 4)."""
SURRENDER: Final = (50, 5, 90)
"""Percent of what was paid, percent more for each year after the fifth, and the most (section 3(b))."""
_LONGEST: Final = 100
"""Years: no contract is longer, and figures that make one so are no reason to run out of the calendar."""


@dataclass(frozen=True, slots=True)
class Instalments:
    """A contract on which an instalment is not paid.

    `paid`: all that was paid on it, down payment and deposits included (section 3, last sentence). `monthly`: the monthly instalment of its
    first year. `due`: of the oldest instalment that is unpaid. `grace_used_on`: when the longer grace was last used; None: never, or
    not known, which is taken for never, in the buyer's favour. Raises Invalid for a monthly instalment below one.
    """

    paid: int
    monthly: int
    due: date
    contract_on: date
    grace_used_on: date | None = None

    def __post_init__(self) -> None:
        if self.monthly < 1:
            raise Invalid("cancellation.monthly", "Expected a monthly instalment above nothing.", "monthly")

    @property
    def years(self) -> int:
        """Years of instalments paid, whole ones: by value, as in Orbe, and not by the time over which they came."""
        return max(0, self.paid) // (12 * self.monthly)

    @property
    def grace_until(self) -> date:
        """The last day of grace. 60 days from the due date; from two years paid on, calendar months, to the same day or the last of a
        shorter month; the due date itself where that grace was used in the same five years of the contract."""
        if self.years < GRACE_YEARS:
            return self.due + timedelta(days=GRACE_DAYS)
        used = self.grace_used_on is not None and self._term(self.grace_used_on) == self._term(self.due)
        return self.due if used else add_months(self.due, min(self.years, _LONGEST))

    def _term(self, on: date) -> int:
        """In which five years of the contract a day lies: they begin on its day, not when the grace was used."""
        months = (on.year - self.contract_on.year) * 12 + on.month - self.contract_on.month
        months -= on < add_months(self.contract_on, months)
        return months // (12 * TERM_YEARS)

    @property
    def surrender_percent(self) -> int:
        """Percent of what was paid that is the buyer's when the contract is cancelled; nothing with less than two years paid."""
        least, more, most = SURRENDER
        return min(most, least + more * max(0, self.years - TERM_YEARS)) if self.years >= GRACE_YEARS else 0

    @property
    def surrender_value(self) -> int:
        """The cash surrender value, rounded up to a whole minor unit."""
        return -(-max(0, self.paid) * self.surrender_percent // 100)

    def takes_effect(self, received_on: date, surrender_paid_on: date | None) -> date | None:
        """The first day on which a notice of cancellation that was received cancels the contract: the 31st day after, and not before the
        surrender value, where there is one, was paid in full. None: not yet, or never, as it was received before the grace had ended."""
        if received_on <= self.grace_until or (self.surrender_value and surrender_paid_on is None):
            return None
        return max(received_on + timedelta(days=NOTICE_DAYS + 1), surrender_paid_on or date.min)


def of_ledger(ledger: Ledger, opened_on: date, on: date) -> Instalments | None:
    """The contract of an account as far as its ledger tells; None without an instalment that is past due and not in dispute.

    Taken for the monthly instalment: the amount that most items of kind `instalment` have which fall due within a year of the first.
    Taken as paid on the contract: all payments that stand, whatever they were for, less what went to fees. Taken for the day of the
    contract: the day the account was opened. Nobody keeps whether the grace was used before.
    """
    instalments = sorted(
        (i for i in ledger.items if i.kind == "instalment" and i.amount > 0), key=lambda i: (i.due, i.id)
    )
    late = [i.due for i in ledger.items if i.kind in PRICE and i.collectable and i.due < on]
    if not instalments or not late:
        return None
    first_year = [i.amount for i in instalments if i.due < add_months(instalments[0].due, 12)]
    return Instalments(ledger.paid, mode(first_year), min(late), opened_on)
