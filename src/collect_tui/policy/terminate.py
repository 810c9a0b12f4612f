"""May a suspended service be terminated: the checks of a suspension that still matter, and those of its own.

A termination ends the contract for the service, so nobody orders one before the debt is `terminate_dpd` days old. No further
notice is asked for and no day is closed to it: the customer has been without the service since it was cut.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import ClassVar

from collect_tui.domain.calendars import Calendar
from collect_tui.domain.facts import AccountFacts, Service
from collect_tui.domain.order.decide import NONPAY
from collect_tui.domain.rules import HoldKind, SuspendRules
from collect_tui.domain.states import ServiceState
from collect_tui.policy.suspend import Suspension
from collect_tui.policy.verdicts import Finding, Severity, Verdict


def may_terminate(
    facts: AccountFacts, service: Service, rules: SuspendRules, holds: Mapping[str, HoldKind], calendar: Calendar
) -> Verdict:
    """Whether a service that was cut for non-payment may be terminated on a business date. BLOCK has no override."""
    own = rules.of(service.product)
    as_to_cut = replace(own, min_dpd=own.terminate_dpd)
    checks = _Termination(facts, service, facts.business_date, as_to_cut, holds, calendar, rules)
    return Verdict.of(
        (
            checks.state(),
            checks.cause(),
            checks.amount(),
            checks.age(),
            checks.dispute(),
            *checks.holds_(),
            checks.promise(),
            checks.life_support(),
            checks.order(),
        )
    )


@dataclass(frozen=True)
class _Termination(Suspension):
    rule: ClassVar[str] = "terminate"
    doing: ClassVar[str] = "terminating"

    @cached_property
    def cut(self) -> bool:
        return self.service.status == ServiceState.SUSPENDED

    def state(self) -> Finding:
        if self.cut:
            return self._say("state", Severity.ALLOW, f"{self.service.product} is suspended.")
        text = f"{self.service.product} is {self.service.status.words}; only a suspended service can be terminated."
        return self._say("state", Severity.BLOCK, text)

    def cause(self) -> Finding:
        cause = self.service.suspend_cause
        if cause == NONPAY or not self.cut:
            return self._say("cause", Severity.ALLOW, "It was cut for non-payment.")
        text = f"{self.service.product} was cut for another cause ({cause or 'unknown'}) than non-payment."
        return self._say("cause", Severity.BLOCK, text)
