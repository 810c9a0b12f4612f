"""Verdicts, schedules and effects as views."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from collect_tui.desk.views.act import EffectView, FindingView, Said, ScheduleRow, VerdictView
from collect_tui.domain.codes import Codes
from collect_tui.domain.contact.points import state_of
from collect_tui.domain.effects import CallbackScheduled, ContactLogged, Effect, PromiseMade
from collect_tui.domain.facts import AccountFacts, Instalment
from collect_tui.domain.rules import Rules
from collect_tui.domain.wording import next_action_words
from collect_tui.policy.verdicts import Verdict
from collect_tui.services.decide import Outcome


def verdict_view(verdict: Verdict, seen: AccountFacts, rules: Rules) -> VerdictView:
    """A verdict on an account; what it cites is of the customer's state, where the site's rules know its law."""
    cites = rules.states.get(state_of(seen), {}) if rules.states else {}
    return VerdictView(
        severity=verdict.severity.name.lower(),
        allowed=verdict.allowed,
        overridable_by=verdict.overridable_by,
        findings=tuple(
            FindingView.made_of(f, severity=f.severity.name.lower(), cite=_cite(cites, f.rule) or f.cite)
            for f in verdict.findings
        ),
    )


def _cite(cites: Mapping[str, str], rule: str) -> str:
    """Of a rule, or of the kind of hold that it comes from."""
    _, of_hold, kind = rule.partition(".hold.")
    return cites.get(f"hold.{kind}" if of_hold else rule, "")


def effect_views(facts: AccountFacts, effects: Iterable[Effect], codes: Codes, zone: str) -> tuple[EffectView, ...]:
    """Each effect in words, told on the facts as they stand when it happens."""
    views = []
    for effect in effects:
        views.append(EffectView(kind=type(effect).__name__, sentence=effect.words(facts, codes, zone)))
        facts = effect.fold(facts)
    return tuple(views)


def changes(effects: Sequence[Effect], views: Sequence[EffectView]) -> tuple[Said, ...]:
    """What effects replace and what is new, as sentences; consequences are said by what they follow from. What a contact brought
    comes before the contact itself."""
    told = [(e, view) for e, view in zip(effects, views, strict=True) if not e.follows]
    if any(isinstance(effect, PromiseMade | CallbackScheduled) for effect in effects):
        told.sort(key=lambda each: isinstance(each[0], ContactLogged))
    return tuple(Said(kind="replaced" if e.ends else "done", text=view.sentence) for e, view in told)


def chosen(steps: Iterable[Sequence[Effect]], views: Sequence[EffectView]) -> tuple[Said, ...]:
    """What commands did that did nothing but what else is a consequence, such as to set a date by hand."""
    found: list[Said] = []
    at = 0
    for step in steps:
        if all(effect.follows for effect in step):
            found += (Said(kind="done", text=view.sentence) for view in views[at : at + len(step)])
        at += len(step)
    return tuple(found)


def passed(outcome: Outcome, codes: Codes, zone: str) -> tuple[Said, ...]:
    """Days that were named and do not come next, with what goes before them and what becomes of them."""
    first = next_action_words(outcome.after.next_action, outcome.after, codes, zone)
    named = ((c, next_action_words(chosen, outcome.after, codes, zone)) for c, chosen in outcome.passed)
    return tuple(Said(kind="replaced", text=f"{first} goes before {words}: {c.dates}") for c, words in named)


def schedule_rows(schedule: Iterable[Instalment]) -> tuple[ScheduleRow, ...]:
    return tuple(ScheduleRow(seq=i.seq, due=i.due, amount=i.amount) for i in schedule)


def next_action(seen: AccountFacts, codes: Codes, zone: str, now: datetime) -> str | None:
    """`call Mon 1 Dec`: the next action in words; None when there is none."""
    return next_action_words(seen.next_action, seen, codes, zone, now) if seen.next_action else None
