"""Guard rails of promises and arrangements: one finding per rail, those that are met too.

The numbers are an `ArrangementPolicy` (TOML, by segment); `sources` cites each by the rail's short name: min_amount, disputed,
first_within, max_instalments, max_span, min_down, min_instalment, frequency, broken, cooldown, tenure, returned.
Kinds of severity: what is beyond an agent's authority is HOLD and a lead may override it; a lead who does it himself
gets a WARN that says so. What only makes a single promise doubtful is WARN. Beyond the lead's own limit is BLOCK.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from collect_tui.common.words import plural
from collect_tui.domain.dates import format_day
from collect_tui.domain.facts import AccountFacts, Instalment
from collect_tui.domain.money import format_minor
from collect_tui.domain.promise import rescue
from collect_tui.domain.rules import ArrangementPolicy
from collect_tui.policy.rails import Rails
from collect_tui.policy.verdicts import Finding, Severity, Verdict

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
    rails = Rails(facts, tuple(schedule), kind == "plan", policy)
    findings = [
        *rails.amounts(),
        *rails.disputed(),
        *rails.dates(),
        *(rails.parts(frequency) if rails.plan else ()),
        *rails.history(),
    ]
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


def rescues(facts: AccountFacts, schedule: Sequence[Instalment], policy: ArrangementPolicy, role: str) -> Verdict:
    """The verdict on taking a broken plan up again, by how often that was done in twelve months and by what is disputed."""
    disputed = Verdict.of(_on_own_authority(f, role) for f in Rails(facts, tuple(schedule), True, policy).disputed())
    before, cite = rescue.rescued(facts), policy.sources.get("rescue", "")
    text = f"{plural(before, 'broken plan')} taken up again in 12 months"
    if before < policy.max_rescues_12m:
        found = Finding(
            "arrangement.rescue", Severity.ALLOW, f"{text}, fewer than {policy.max_rescues_12m}.", "rescue", cite
        )
        return disputed + Verdict((found,))
    held = Finding(
        "arrangement.rescue", Severity.HOLD, f"{text}; at most {policy.max_rescues_12m} are allowed.", "rescue", cite
    )
    return disputed + Verdict((_on_own_authority(replace(held, override_role=policy.override_role), role),))


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


def _on_own_authority(finding: Finding, role: str) -> Finding:
    if finding.severity is not Severity.HOLD or role not in (finding.override_role, TOP_ROLE):
        return finding
    return replace(
        finding,
        severity=Severity.WARN,
        sentence=f"{finding.sentence} Granted on the {role}'s own authority.",
        override_role=None,
    )
