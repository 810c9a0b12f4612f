"""How the checks of an order are put in words: a finding with its source, holds by their names, amounts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from collect_tui.domain.dates import format_day
from collect_tui.domain.facts import AccountFacts, Hold
from collect_tui.domain.money import format_minor
from collect_tui.domain.rules import HoldKind
from collect_tui.policy.verdicts import Finding, Severity


def named(
    found: Iterable[Hold], facts: AccountFacts, holds: Mapping[str, HoldKind]
) -> Iterator[tuple[HoldKind | None, str]]:
    """Holds with their kinds and how they are named: until when, and the kind's title."""
    for hold in found:
        kind = holds.get(hold.kind)
        end = f"until {format_day(hold.until, facts.business_date)}" if hold.until else "until it is released"
        yield kind, f"{end}: {kind.title if kind else hold.kind}"


def by_hold(finding: Finding, kind: HoldKind | None) -> Finding:
    """The finding, with the source of the hold it comes from."""
    return (
        finding
        if kind is None
        else replace(finding, rule=f"{finding.rule}.{kind.code}", cite=kind.source or finding.cite)
    )


def checked(rule: str, sources: Mapping[str, str], check: str, severity: Severity, sentence: str) -> Finding:
    return Finding(f"{rule}.{check}", severity, sentence, check, sources.get(check, ""))


def money(facts: AccountFacts, amount: int) -> str:
    return f"{facts.currency} {format_minor(amount, facts.currency)}"
