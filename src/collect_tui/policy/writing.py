"""May a letter or message go to the customer: holds, and the point."""

from __future__ import annotations

from collections.abc import Mapping

from collect_tui.domain.codes import Action
from collect_tui.domain.contact.points import label as point_label
from collect_tui.domain.contact.points import usable
from collect_tui.domain.facts import AccountFacts, Point
from collect_tui.domain.rules import ContactRules, HoldKind
from collect_tui.policy.contact import hold_findings, say
from collect_tui.policy.verdicts import Finding, Severity, Verdict


def may_write(
    facts: AccountFacts, rules: ContactRules, holds: Mapping[str, HoldKind], action: Action, point: Point | None = None
) -> Verdict:
    """Whether a letter or message may be sent, to one point or, without one, to any that the action uses.

    A hold as its kind says; a point that was opted out or is marked bad or wrong BLOCK, and so is having no other.
    """
    return Verdict.of((*hold_findings(facts, "letter", rules, holds, point), _sendable(facts, rules, action, point)))


def _sendable(facts: AccountFacts, rules: ContactRules, action: Action, point: Point | None) -> Finding:
    if point is None:
        fitting = [p for p in facts.points if p.kind in action.kinds]
        if not fitting or any(usable(p) for p in fitting):
            return say(rules, "number", Severity.ALLOW, "There is a way to write.")
        return say(rules, "number", Severity.BLOCK, f"{action.title}: nothing is left that may be written to.")
    return say(rules, "number", *may_be_written_to(point))


def may_be_written_to(point: Point) -> tuple[Severity, str]:
    """Whether a letter or message may go to a point, and the sentence that says so."""
    name = point_label(point).capitalize()
    if point.consent == "out":
        return Severity.BLOCK, f"{name} was opted out by the customer."
    if not usable(point):
        return Severity.BLOCK, f"{name} is marked {point.quality}."
    return Severity.ALLOW, f"{name} may be written to."
