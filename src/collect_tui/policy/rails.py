"""The rails of a schedule one by one; which of them somebody may go beyond says `arrangement`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from collect_tui.common.words import plural
from collect_tui.domain.calendars import add_months, months_between
from collect_tui.domain.dates import format_day
from collect_tui.domain.facts import AccountFacts, Instalment, Promise
from collect_tui.domain.money import format_minor
from collect_tui.domain.promise import decide
from collect_tui.domain.rules import ArrangementPolicy
from collect_tui.domain.states import NOT_KEPT, OrderState, PaymentState, PromiseState
from collect_tui.policy import down_payment
from collect_tui.policy.verdicts import Finding, Severity

RETURNED_DAYS: Final = 90  # how long a returned payment counts against an arrangement (Astound)


def least_amount(collectable: int, policy: ArrangementPolicy) -> int:
    """The smallest amount a promise may be for: the minimum or the percentage, whichever is more; never more than all."""
    percent = -(-collectable * policy.min_percent // 100)
    return min(collectable, max(policy.min_amount, percent))


@dataclass(frozen=True, slots=True)
class Rails:
    """What is looked at on a schedule, each with its finding. `plan`: it is one, not a single promise."""

    facts: AccountFacts
    schedule: tuple[Instalment, ...]
    plan: bool
    policy: ArrangementPolicy

    def amounts(self) -> Iterator[Finding]:
        total, least = sum(i.amount for i in self.schedule), least_amount(self.facts.collectable, self.policy)
        what = "The total" if self.plan else "The amount"
        if total < least:
            text = f"{what} {self._money(total)} is below {self._money(least)}"
            if least == self.facts.collectable:
                why = "all that is collectable"
            elif least == self.policy.min_amount:
                why = "the smallest promise"
            else:
                why = f"{self.policy.min_percent}% of what is collectable"
            yield self._hold("min_amount", f"{text}, {why}.")
        else:
            yield self._fine("min_amount", f"{what} {self._money(total)} is at least {self._money(least)}.")

    def disputed(self) -> Iterator[Finding]:
        """Only where something is disputed: that what is promised is not of it."""
        total, disputed = sum(i.amount for i in self.schedule), self.facts.disputed
        free = max(0, self.facts.total - disputed)
        if disputed and total > free:
            text = f"{self._money(disputed)} is disputed and is not asked for until that is answered"
            left = f"; {self._money(free)} is not" if free else ""
            yield self._hold("disputed", f"{text}{left}.")

    def dates(self) -> Iterator[Finding]:
        today, policy, first = self.facts.business_date, self.policy, min(i.due for i in self.schedule)
        text = f"The first payment is due in {plural(days := (first - today).days, 'day')}"
        if coming := decide.coming(self.facts, sum(i.amount for i in self.schedule)):
            days = max(0, (first - coming.due).days)
            late = f"{plural(days, 'day')} after" if days else "no later than"
            text += f", {late} {coming.doc_no} ({format_day(coming.due, today)})"
        lead = max(policy.first_within_days, policy.first_within_days_lead)
        if days <= policy.first_within_days:
            limit = "" if coming and not days else f", within {policy.first_within_days}"
            yield self._fine("first_within", f"{text}{limit}.")
        elif days <= lead:
            limits = f"an agent may go to {policy.first_within_days}, a {policy.override_role} to {lead}"
            yield self._hold("first_within", f"{text}; {limits}.")
        else:
            yield self._finding(Severity.BLOCK, "first_within", f"{text}; nobody may go beyond {lead}.")
        old = self.facts.open_promise
        if old:
            left = self._money(sum(i.outstanding for i in old.instalments))
            yield self._finding(Severity.INFO, "supersedes", f"It replaces the open {_noun(old)}, {left} of it unpaid.")
        for order in self.facts.orders:
            if order.kind == "suspend" and order.status == OrderState.SENT:
                text = f"Order {order.number} has left the building; a promise no longer stops that suspension."
                yield self._finding(Severity.WARN, "sent_order", text)

    def parts(self, frequency: str | None) -> Iterator[Finding]:
        """What only a plan has: number, span, down payment, smallest part, frequency."""
        policy = self.policy
        regular = [i for i in self.schedule if i.seq]
        text = f"The plan has {plural(len(regular), 'instalment')}"
        if len(regular) > policy.max_instalments:
            yield self._hold("max_instalments", f"{text}; at most {policy.max_instalments} are allowed.")
        else:
            yield self._fine("max_instalments", f"{text}, at most {policy.max_instalments}.")
        dues = [i.due for i in self.schedule]
        span = (max(dues) - min(dues)).days
        text = f"The plan runs over {plural(span, 'day')} from the first payment to the last"
        if span > policy.max_span_days:
            yield self._hold("max_span", f"{text}; at most {policy.max_span_days} are allowed.")
        else:
            yield self._fine("max_span", f"{text}, at most {policy.max_span_days}.")
        total = sum(i.amount for i in self.schedule)
        down = sum(i.amount for i in self.schedule if not i.seq or i.due <= self.facts.business_date)
        asked = -(-total * policy.min_down_percent // 100)
        if down < asked:
            text = f"The down payment {self._money(down)} is below {self._money(asked)} ({policy.min_down_percent}% of the total)"
            typed = down_payment.line(self.schedule, asked, policy.min_instalment, frequency, self.facts)
            yield self._hold("min_down", f"{text}; it is paid today, as in `{typed}`.")
        else:
            yield self._fine("min_down", f"The down payment {self._money(down)} is at least {self._money(asked)}.")
        least = min((i.amount for i in regular), default=0)
        text = f"The smallest instalment is {self._money(least)}"
        if least < policy.min_instalment:
            yield self._hold("min_instalment", f"{text}; expected at least {self._money(policy.min_instalment)}.")
        else:
            yield self._fine("min_instalment", f"{text}, at least {self._money(policy.min_instalment)}.")
        if frequency is not None and frequency not in policy.frequencies:
            allowed = ", ".join(policy.frequencies)
            yield self._hold("frequency", f"The frequency {frequency} is not offered; expected {allowed}.")
        elif frequency is not None:
            yield self._fine("frequency", f"The frequency {frequency} is offered.")

    def history(self) -> Iterator[Finding]:
        """What speaks against the customer. For a single promise most of it is a warning only."""
        facts, policy, today = self.facts, self.policy, self.facts.business_date
        since = add_months(today, -12)
        broken = sum(p.status in NOT_KEPT and p.made_on >= since for p in facts.promises)
        text = f"{plural(broken, 'promise')} broken in 12 months"
        if broken > policy.max_broken_12m:
            yield self._hold("broken", f"{text}; at most {policy.max_broken_12m} are allowed.")
        elif broken and broken == policy.max_broken_12m:
            yield self._finding(Severity.WARN, "broken", f"{text}, which is the most that is allowed.")
        else:
            yield self._fine("broken", f"{text}, at most {policy.max_broken_12m}.")
        last = self._last_plan()
        if last and (today - last).days < policy.cooldown_days:
            ago = plural((today - last).days, "day")
            text = f"The last plan was made {ago} ago; {policy.cooldown_days} must pass before another arrangement."
            yield self._doubt("cooldown", text)
        else:
            yield self._fine("cooldown", f"No other plan in the last {policy.cooldown_days} days.")
        months = months_between(facts.opened_on, today)
        text = f"Customer for {plural(months, 'month')}"
        if months < policy.min_tenure_months:
            yield self._doubt("tenure", f"{text}; an arrangement takes {policy.min_tenure_months}.")
        else:
            yield self._fine("tenure", f"{text}, at least {policy.min_tenure_months}.")
        back = [
            p
            for p in facts.payments
            if p.status == PaymentState.RETURNED and p.received_on >= today - timedelta(RETURNED_DAYS)
        ]
        if back:
            worst = max(p.amount for p in back)
            text = (
                f"{plural(len(back), 'payment')} returned in the last {RETURNED_DAYS} days, up to {self._money(worst)}"
            )
            yield self._doubt("returned", f"{text}; that balance is to be paid first.")
        else:
            yield self._fine("returned", f"No payment returned in the last {RETURNED_DAYS} days.")

    def _last_plan(self) -> date | None:
        """When the last plan was made: not the one that is superseded now, nor one taken back on the day it was made."""
        today = self.facts.business_date
        made = (
            p.made_on
            for p in self.facts.promises
            if p.kind == "plan"
            and not p.open
            and not (p.status == PromiseState.CANCELLED and p.made_on == today and not p.paid)
        )
        return max(made, default=None)

    def _money(self, amount: int) -> str:
        return f"{self.facts.currency} {format_minor(amount, self.facts.currency)}"

    def _finding(self, severity: Severity, check: str, sentence: str) -> Finding:
        return Finding(f"arrangement.{check}", severity, sentence, check, self.policy.sources.get(check, ""))

    def _fine(self, check: str, sentence: str) -> Finding:
        return self._finding(Severity.ALLOW, check, sentence)

    def _hold(self, check: str, sentence: str) -> Finding:
        return replace(self._finding(Severity.HOLD, check, sentence), override_role=self.policy.override_role)

    def _doubt(self, check: str, sentence: str) -> Finding:
        return self._hold(check, sentence) if self.plan else self._finding(Severity.WARN, check, sentence)


def _noun(made: Promise) -> str:
    return "plan" if made.kind == "plan" else "promise"
