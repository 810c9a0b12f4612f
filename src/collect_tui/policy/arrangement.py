"""Guard rails of promises and arrangements: one finding per rail, those that are met too.

The numbers are an `ArrangementPolicy` (TOML, by segment); `sources` cites each by the rail's short name: min_amount,
first_within, max_instalments, max_span, min_down, min_instalment, frequency, broken, cooldown, tenure, returned.
Kinds of severity: what is beyond an agent's authority is HOLD and a lead may override it; a lead who does it himself
gets an INFO that says so. What only makes a single promise doubtful is WARN. Beyond the lead's own limit is BLOCK.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from collect_tui.common.words import plural
from collect_tui.domain.calendars import add_months, months_between
from collect_tui.domain.dates import format_day
from collect_tui.domain.facts import AccountFacts, Instalment, Promise
from collect_tui.domain.money import format_minor
from collect_tui.domain.promise import decide, rescue
from collect_tui.domain.rules import ArrangementPolicy
from collect_tui.domain.states import NOT_KEPT, OrderState, PaymentState, PromiseState
from collect_tui.policy import down_payment
from collect_tui.policy.verdicts import Finding, Severity, Verdict

RETURNED_DAYS: Final = 90  # how long a returned payment counts against an arrangement (Astound)

TOP_ROLE: Final = "lead"  # has the authority of every role


def judge(
    facts: AccountFacts,
    schedule: Sequence[Instalment],
    kind: str,
    frequency: str | None,
    policy: ArrangementPolicy,
    role: str,
) -> Verdict:
    """The verdict on a schedule (`kind` single or plan) for someone in a role. The promise it supersedes does not count."""
    rails = _Rails(facts, tuple(schedule), kind == "plan", policy)
    findings = [*rails.amounts(), *rails.dates(), *(rails.parts(frequency) if rails.plan else ()), *rails.history()]
    return Verdict.of(_on_own_authority(f, role) for f in findings)


def settles(facts: AccountFacts, amount: int, policy: ArrangementPolicy, role: str) -> Verdict:
    """The verdict on an amount for which all that is owed is let go: the share that is offered at the account's stage may be taken by
    anybody, less by somebody with the authority."""
    share, cite = policy.offers.settlement.get(facts.stage, 0), policy.sources.get("settlement", "")
    least = _share(facts.total, share or 100)

    def money(amount: int) -> str:
        return f"{facts.currency} {format_minor(amount, facts.currency)}"

    if amount >= least:
        told = f"It is at least {money(least)}, {f'{share}% of ' if share else ''}all that is open."
        return Verdict((Finding("arrangement.settlement", Severity.ALLOW, told, "settlement", cite),))
    stage = facts.stage.lower().replace("_", " ")
    if share:
        told = f"At stage {stage} the least is {share}% of all that is open: {money(least)} of {money(facts.total)}."
    else:
        shares = policy.offers.settlement.items()
        offered = [f"{each.lower().replace('_', ' ')} ({percent}%)" for each, percent in shares]
        told = f"At stage {stage} no settlement is offered, so the least is all that is open: {money(facts.total)}."
        told += f" It is offered at {', '.join(offered)}." if offered else ""
    held = Finding("arrangement.settlement", Severity.HOLD, told, "settlement", cite)
    return Verdict((_on_own_authority(replace(held, override_role=policy.override_role), role),))


def _share(total: int, percent: int) -> int:
    """So much of an amount, a part of a cent up."""
    return -(-total * percent // 100)


def confirms(by: date | None, today: date, policy: ArrangementPolicy) -> Verdict:
    """That it is to be confirmed in writing by a day, where it is."""
    if by is None:
        return Verdict()
    text = f"The customer is to have it in writing by {format_day(by, today)}."
    cite = policy.sources.get("confirm", "")
    return Verdict((Finding("arrangement.confirm", Severity.ALLOW, text, "confirm", cite),))


def affordable(
    facts: AccountFacts, schedule: Sequence[Instalment], most: int | None, policy: ArrangementPolicy
) -> Verdict:
    """A warning where a month asks for more than the `most` that the household can pay in one; None: nobody worked that out. The figure
    itself is not said: who reads the verdict later may not be one who reads the case."""
    months: dict[tuple[int, int], int] = {}
    for part in schedule:
        month = part.due.year, part.due.month
        months[month] = months.get(month, 0) + part.amount
    first = next((month for month, asked in sorted(months.items()) if most is not None and asked > most), None)
    if first is None:
        return Verdict()
    asked = f"{facts.currency} {format_minor(months[first], facts.currency)}"
    text = f"{date(*first, 1):%b %Y} asks for {asked}, more than the household can pay in a month."
    cite = policy.sources.get("affordable", "")
    return Verdict((Finding("arrangement.affordable", Severity.WARN, text, "affordable", cite),))


def rescues(facts: AccountFacts, policy: ArrangementPolicy, role: str) -> Verdict:
    """The verdict on taking a broken plan up again, by how often that was done in twelve months."""
    before, cite = rescue.rescued(facts), policy.sources.get("rescue", "")
    text = f"{plural(before, 'broken plan')} taken up again in 12 months"
    if before < policy.max_rescues_12m:
        found = Finding(
            "arrangement.rescue", Severity.ALLOW, f"{text}, fewer than {policy.max_rescues_12m}.", "rescue", cite
        )
        return Verdict((found,))
    held = Finding(
        "arrangement.rescue", Severity.HOLD, f"{text}; at most {policy.max_rescues_12m} are allowed.", "rescue", cite
    )
    return Verdict((_on_own_authority(replace(held, override_role=policy.override_role), role),))


def within(check: str, days: int, most: int, lead: int | None, policy: ArrangementPolicy, role: str) -> Verdict:
    """The verdict on so many days in all, of which an agent may grant `most`, somebody with the authority up to `lead` (None: any)."""
    cite = policy.sources.get(check, "")
    text = f"It comes to {plural(days, 'day')} in all"
    if days <= most:
        found = Finding(f"arrangement.{check}", Severity.ALLOW, f"{text}, within {most}.", check, cite)
    elif lead is None or days <= lead:
        up_to = f", a {policy.override_role} to {lead}" if lead is not None else ""
        held = Finding(f"arrangement.{check}", Severity.HOLD, f"{text}; an agent may go to {most}{up_to}.", check, cite)
        found = _on_own_authority(replace(held, override_role=policy.override_role), role)
    else:
        found = Finding(f"arrangement.{check}", Severity.BLOCK, f"{text}; nobody may go beyond {lead}.", check, cite)
    return Verdict((found,))


def least_amount(collectable: int, policy: ArrangementPolicy) -> int:
    """The smallest amount a promise may be for: the minimum or the percentage, whichever is more; never more than all."""
    percent = -(-collectable * policy.min_percent // 100)
    return min(collectable, max(policy.min_amount, percent))


def _on_own_authority(finding: Finding, role: str) -> Finding:
    if finding.severity is not Severity.HOLD or role not in (finding.override_role, TOP_ROLE):
        return finding
    return replace(
        finding,
        severity=Severity.WARN,
        sentence=f"{finding.sentence} Granted on the {role}'s own authority.",
        override_role=None,
    )


@dataclass(frozen=True, slots=True)
class _Rails:
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
