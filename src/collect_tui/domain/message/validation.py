"""The figures of a validation notice: 12 CFR 1006.34(b) and (c). Pure; amounts are minor units."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from collect_tui.domain.account.ledger import PRICE, Ledger
from collect_tui.domain.calendars import Calendar
from collect_tui.domain.facts import AccountFacts
from collect_tui.domain.message.records import Validation

MAIL_DAYS: Final = 5
"""Business days after which a notice is taken for received (1006.34(b)(5))."""
DISPUTE_DAYS: Final = 30
"""Days from then on, in which the debt may be disputed (1006.34(b)(5))."""


def dispute_by(sent_on: date, calendar: Calendar) -> date:
    """The last day of the validation period of a notice that is sent on a day. `calendar` has the holidays of 5 USC 6103(a); one that
    has more of them only makes it later, which is allowed."""
    return calendar.add_business_days(sent_on, MAIL_DAYS) + timedelta(days=DISPUTE_DAYS)


def validation(seen: AccountFacts, ledger: Ledger, creditor: str, calendar: Calendar) -> Validation | None:
    """The debt on the itemisation date and what became of it since; None where nothing is owed or nothing was ever billed.

    Taken for the itemisation date: that of the newest invoice or instalment (the last statement, 1006.34(b)(3)(i)). Taken for the debt:
    all that is open, due or not, less credits. What was owed then is reckoned back from it by what the ledger has since: fees, payments
    that stand, credits. The book keeps no interest of its own: what is charged for being late is a fee in it, so interest is nothing.
    A payment of which nobody said the day counts on the day that it bears.
    """
    billed = [i.issued for i in ledger.items if i.kind in ("invoice", *PRICE) and i.issued <= seen.business_date]
    if not billed or seen.total <= 0:
        return None
    on = max(billed)
    fees = sum(i.amount for i in ledger.items if i.kind == "fee" and i.issued > on)
    credits = -sum(i.amount for i in ledger.items if i.amount < 0 and i.issued > on)
    payments = sum(p.stands for p in ledger.payments if p.received_on > on)
    return Validation(
        creditor=creditor,
        on=on,
        amount=seen.total + payments + credits - fees,
        interest=0,
        fees=fees,
        payments=payments,
        credits=credits,
        now=seen.total,
        dispute_by=dispute_by(seen.business_date, calendar),
    )
