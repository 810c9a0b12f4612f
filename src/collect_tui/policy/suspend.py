"""May this service be suspended on that day: check by check, those that are met too.

The numbers are `SuspendRules` (TOML); `sources` cites each check by its short name: state, amount, age, dispute, hold,
promise, notice, day, life_support, rank, order. Among equally strict findings the order of the checks stands. Whether a
check is met says `domain/order/suspension.py`, for the queues as well; here it is put in words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import ClassVar

from collect_tui.domain.account.ageing import days_past_due
from collect_tui.domain.calendars import Calendar
from collect_tui.domain.dates import WEEKDAYS, format_day
from collect_tui.domain.expression import holds as met
from collect_tui.domain.facts import AccountFacts, Hold, Item, Message, Order, Service
from collect_tui.domain.hold.decide import blocking, release_line
from collect_tui.domain.message.message import SERVED
from collect_tui.domain.order import suspension
from collect_tui.domain.order.finding import in_the_way
from collect_tui.domain.promise import confirmation
from collect_tui.domain.rules import HoldKind, SuspendRules
from collect_tui.domain.states import OrderState, ServiceState
from collect_tui.policy.checks import by_hold, checked, money, named
from collect_tui.policy.verdicts import Finding, Severity, Verdict


def may_suspend(
    facts: AccountFacts,
    service: Service,
    effective: date,
    rules: SuspendRules,
    holds: Mapping[str, HoldKind],
    calendar: Calendar,
) -> Verdict:
    """Whether a service may be suspended for non-payment on a business date.

    SCHEDULE, for a day on which nothing is cut or that comes too soon after the notice, names the first day that would
    do (`next_ok`, held at noon UTC so that it is the same day in nearly every zone). BLOCK has no override.
    """
    checks = Suspension(facts, service, effective, rules.of(service.product), holds, calendar, rules)
    return Verdict.of(
        (
            checks.state(),
            checks.amount(),
            checks.age(),
            checks.dispute(),
            *checks.holds_(),
            checks.promise(),
            checks.notice(),
            checks.day(),
            checks.life_support(),
            checks.rank(),
            checks.order(),
        )
    )


@dataclass(frozen=True)
class Suspension:
    """The checks of one cut. `rule`: what findings are called by, which is the kind of order that is asked for; `doing`: in words."""

    facts: AccountFacts
    service: Service
    effective: date
    rules: SuspendRules
    holds: Mapping[str, HoldKind]
    calendar: Calendar
    site: SuspendRules  # of all products
    rule: ClassVar[str] = "suspend"
    doing: ClassVar[str] = "cutting"

    @cached_property
    def meets(self) -> Mapping[str, bool]:
        """check → whether it is met."""
        facts, service, served = self.facts, self.service, self._served()
        row = replace(
            signals_of(facts, service, len(self._under_way())),
            oldest=self._oldest(),
            noticed_on=served.served_on if served else None,
            held=len(self._blocking()),
            promises=sum(p.open for p in facts.promises),
            earlier=len(self._earlier()),
            unconfirmed_on=confirmation.unconfirmed_breach(facts),
        )
        suspension_day = suspension.is_suspension_day(self.effective, self.rules, self.calendar)
        params = suspension.params_to_suspend(
            self.rules, facts.business_date, self.effective, suspension_day=suspension_day
        )
        return {check: met(condition, row, params) for check, condition in suspension.SUSPENDABLE.items()}

    def state(self) -> Finding:
        if self.meets["state"]:
            return self._say("state", Severity.ALLOW, f"{self.service.product} is active.")
        now = self.service.status.replace("_", " ").lower()
        return self._say(
            "state", Severity.BLOCK, f"{self.service.product} is {now}; only an active service can be cut."
        )

    def amount(self) -> Finding:
        owed = self.facts.owed(self.facts.of_service(self.service.id))
        text = f"{money(self.facts, owed)} is past due and undisputed"
        if self.meets["amount"]:
            return self._say("amount", Severity.ALLOW, f"{text}.")
        least = max(1, self.rules.min_past_due)
        return self._say("amount", Severity.BLOCK, f"{text}; {self.doing} takes at least {money(self.facts, least)}.")

    def age(self) -> Finding:
        days = days_past_due(self._oldest(), self.facts.business_date)
        text = f"The oldest of it is {days} days past due"
        if self.meets["age"]:
            return self._say("age", Severity.ALLOW, f"{text}, at least {self.rules.min_dpd}.")
        return self._say("age", Severity.BLOCK, f"{text}; {self.doing} takes at least {self.rules.min_dpd}.")

    def dispute(self) -> Finding:
        disputed = sum(i.disputed for i in self._mine())
        if not disputed:
            return self._say("dispute", Severity.ALLOW, "Nothing of it is disputed.")
        text = f"{money(self.facts, disputed)} is disputed and is not counted; the undisputed rest decides."
        return self._say("dispute", Severity.INFO, text)

    def holds_(self) -> Iterator[Finding]:
        found = self._blocking()
        for kind, told in named(found, self.facts, self.holds):
            override = kind.override_role if kind else None
            severity = Severity.HOLD if override else Severity.BLOCK
            ends = "" if override or kind is None else f"; {release_line(kind.code)} releases it"
            finding = self._say("hold", severity, f"A hold forbids it {told}{ends}.")
            yield replace(by_hold(finding, kind), override_role=override)
        if not found:
            yield self._say("hold", Severity.ALLOW, "No hold forbids it.")

    def promise(self) -> Finding:
        held = self.facts.open_promise
        if held is None and self.meets["promise"]:
            return self._say("promise", Severity.ALLOW, "No promise is open.")
        if held is None:
            text = "What was agreed was not confirmed in writing, so its breach is no ground to cut; a new notice must be served first."
            return self._say("promise", Severity.BLOCK, text)
        due = held.next_due
        when = f", next due {format_day(due.due, self.facts.business_date)}" if due else ""
        noun = "plan" if held.kind == "plan" else "promise"
        text = f"An open {noun}{when} holds the suspension until it is broken; `xp REASON` cancels it."
        return self._say("promise", Severity.BLOCK, text)

    def notice(self) -> Finding:
        rules, served = self.rules, self._served()
        wanted = f"Notice {rules.notice_level}"
        if served is None or served.served_on is None:
            text = f"{wanted} has not been served for this debt; it must be, {rules.notice_days} days before."
            return self._say("notice", Severity.BLOCK, text)
        earliest = served.served_on + timedelta(days=rules.notice_days)
        text = f"{wanted} was served {format_day(served.served_on, self.facts.business_date)}"
        if self.meets["notice"]:
            return self._say(
                "notice", Severity.ALLOW, f"{text}, {(self.effective - served.served_on).days} days before."
            )
        first = suspension.first_suspension_day(earliest, rules, self.calendar)
        text = f"{text}; the effective date must be {rules.notice_days} days after it"
        return self._schedule("notice", text, first)

    def day(self) -> Finding:
        weekday = WEEKDAYS[self.effective.weekday()]
        if self.meets["day"]:
            return self._say("day", Severity.ALLOW, f"Services are cut on a {weekday}.")
        if self.effective.weekday() in self.rules.no_cut_weekdays:
            why = f"No service is cut on a {weekday}"
        elif self.effective in self.calendar.holidays:
            why = "No service is cut on a holiday"
        else:
            why = "No service is cut on the day before a holiday"
        return self._schedule("day", why, suspension.first_suspension_day(self.effective, self.rules, self.calendar))

    def life_support(self) -> Finding:
        if self.meets["life_support"]:
            return self._say("life_support", Severity.ALLOW, "No life support depends on it.")
        return self._say("life_support", Severity.BLOCK, f"{self.service.product} keeps life support going.")

    def rank(self) -> Finding:
        if self.meets["rank"]:
            return self._say("rank", Severity.ALLOW, "No other service is to be cut before it.")
        first = ", ".join(s.product for s in self._earlier())
        held = self._say(
            "rank",
            Severity.HOLD,
            f"{first} is to be cut before {self.service.product}: it owes enough, and is needed less.",
        )
        return replace(held, override_role="lead")

    def order(self) -> Finding:
        if self.meets["order"]:
            return self._say("order", Severity.ALLOW, "No other order is under way.")
        found = self._under_way()[0]
        text = in_the_way(found, "it")
        return self._say("order", Severity.BLOCK, text)

    def _earlier(self) -> list[Service]:
        """Other services that are cut before this one, and may be as far as they themselves are concerned."""
        others = (s for s in self.facts.services if self.site.of(s.product).cut_rank < self.rules.cut_rank)
        return [
            s
            for s in others
            if s.status == ServiceState.ACTIVE
            and not s.life_support
            and self.facts.owed(self.facts.of_service(s.id)) >= max(1, self.site.of(s.product).min_past_due)
            and not blocking(self.facts, "suspend", self.holds, scope="service", target_id=s.id)
        ]

    def _blocking(self) -> tuple[Hold, ...]:
        return blocking(self.facts, "suspend", self.holds, scope="service", target_id=self.service.id)

    def _under_way(self) -> list[Order]:
        mine = (o for o in self.facts.orders if o.service_id == self.service.id and o.open)
        return [o for o in mine if (o.kind, o.status) != (self.rule, OrderState.DRAFT)]

    def _mine(self) -> list[Item]:
        """Past due items of the service, and those of no service in particular."""
        today = self.facts.business_date
        return [i for i in self.facts.items if i.due < today and i.service_id in (self.service.id, None)]

    def _oldest(self) -> date | None:
        """The earliest due date of what is late; a rest that counts as paid makes nothing old."""
        return min((i.due for i in self._mine() if i.collectable >= max(1, self.rules.tolerance)), default=None)

    def _served(self) -> Message | None:
        """The notice of the level, for this service or for all, that was served first of those about the oldest of what is late: one
        for a bill that has been paid is none for the next."""
        late, oldest = self._mine(), self._oldest()
        oldest_items = {i.id for i in late if i.due == oldest and i.collectable >= max(1, self.rules.tolerance)}
        served = [
            m
            for m in self.facts.messages
            if m.level == self.rules.notice_level
            and m.status in SERVED
            and m.service_id in (self.service.id, None)
            and m.served_on is not None
            and not oldest_items.isdisjoint(m.items)
        ]
        return min(served, key=lambda m: m.served_on or date.max, default=None)

    def _schedule(self, check: str, why: str, first: date | None) -> Finding:
        if first is None:
            return self._say(check, Severity.BLOCK, f"{why}, and no day within a year would do.")
        text = f"{why}; the first day that would do is {format_day(first, self.facts.business_date)}."
        return replace(self._say(check, Severity.SCHEDULE, text), next_ok=datetime.combine(first, time(12), tzinfo=UTC))

    def _say(self, check: str, severity: Severity, sentence: str) -> Finding:
        return checked(self.rule, self.rules.sources, check, severity, sentence)


def signals_of(facts: AccountFacts, service: Service, ordered: int) -> suspension.Signals:
    """What both look at."""
    return suspension.Signals(
        status=service.status,
        cause=service.suspend_cause,
        late=sum(i.collectable for i in facts.of_service(service.id) if i.due < facts.business_date),
        credits=facts.credits,
        unapplied=facts.unapplied,
        ordered=ordered,
        life_support=service.life_support,
    )
