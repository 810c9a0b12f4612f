"""May this message be sent there: holds, the point, and for a notice whether one is under way and whether the last is long enough ago."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta

from collect_tui.domain.account.ladder import noticed, oldest
from collect_tui.domain.contact.points import label as point_label
from collect_tui.domain.contact.points import usable
from collect_tui.domain.dates import format_day
from collect_tui.domain.facts import AccountFacts, Message, Point
from collect_tui.domain.message.meaning import STOP
from collect_tui.domain.message.message import SERVED
from collect_tui.domain.message.template import LEVELS
from collect_tui.domain.rules import HoldKind, Rules
from collect_tui.domain.states import LIVE_MESSAGE, WAITING_MESSAGE
from collect_tui.policy.contact import hold_findings
from collect_tui.policy.verdicts import Finding, Severity, Verdict
from collect_tui.policy.writing import may_be_written_to


def may_send(
    facts: AccountFacts,
    rules: Rules,
    holds: Mapping[str, HoldKind],
    point: Point | None,
    level: str = "",
    draft: Message | None = None,
    *,
    kind: str = "",
    answers: bool = False,
) -> Verdict:
    """Whether a message may go to a point. `level`: it is a notice; `draft`: the draft that is to be released; `kind`: its template's;
    `answers`: it answers a message, which may have come from elsewhere than the customer's contact points.

    A hold as its kind says; no way, a point that was opted out or is bad, and the same notice under way BLOCK; a notice that comes
    sooner after the last than the ladder's least gap, or while one before it waits, is for a lead to send.
    """
    findings = [
        *hold_findings(facts, "letter", rules.contact, holds, point),
        _point(point, stop=kind == STOP, answers=answers),
    ]
    if level:
        findings += _notice(facts, rules, level, draft)
    return Verdict.of(findings)


def against_notices(facts: AccountFacts, rules: Rules) -> dict[str, str]:
    """By the levels of notices what refuses or warns of one that is sent now, wherever it goes; others are left out."""
    found = {level: [f for f in _notice(facts, rules, level, None) if f.severity != Severity.ALLOW] for level in LEVELS}
    return {level: findings[0].sentence for level, findings in found.items() if findings}


def _point(point: Point | None, *, stop: bool, answers: bool) -> Finding:
    if point is None and answers:
        return _say("point", Severity.WARN, "It goes to an address that is none of the customer's contact points.")
    if point is None:
        return _say(
            "point", Severity.BLOCK, "There is no way to send it: no address, e-mail or number that may be used."
        )
    if stop and usable(replace(point, consent="in")):
        name = point_label(point).capitalize()
        return _say("point", Severity.ALLOW, f"{name} is told, once, that no more is sent.")
    return _say("point", *may_be_written_to(point))


def _notice(facts: AccountFacts, rules: Rules, level: str, draft: Message | None) -> Iterator[Finding]:
    debt = oldest(facts)
    others = [m for m in facts.messages if m.level and (draft is None or m.id != draft.id)]
    same = next(
        (m for m in others if m.level == level and m.status in LIVE_MESSAGE and not debt.isdisjoint(m.items)), None
    )
    if same is not None:
        when = f" since {format_day(same.made_on, facts.business_date)}" if same.made_on else ""
        state = "been sent" if same.status in SERVED else "been written"
        yield _say("notice", Severity.BLOCK, f"Notice {level} has {state} for this debt{when}.")
        return
    gap = next((step.gap_days for step in rules.ladder_of(facts.segment) if step.level == level), 0)
    waits = next(
        (m for m in others if m.status in WAITING_MESSAGE and _before(m, draft) and not debt.isdisjoint(m.items)), None
    )
    last = max((m.served_on or m.sent_on for m in others if m.status in SERVED and m.sent_on), default=None)
    if waits is not None and gap:
        text = f"Notice {waits.level} has not left yet; the next comes {gap} days after it was served at the earliest."
        yield _too_soon(text, rules)
    elif last is not None and gap and last + timedelta(days=gap) > facts.business_date:
        day = format_day(last, facts.business_date)
        yield _too_soon(f"The last notice was served {day}; the next comes {gap} days after it at the earliest.", rules)
    else:
        waits = None
        yield _say("notice", Severity.ALLOW, "No such notice is under way.")
    if passed := _passed(facts, rules, level, said=waits.level if waits else ""):
        yield _say("level", Severity.WARN, f"It goes before {passed}, which nobody has served for this debt.")


def _too_soon(text: str, rules: Rules) -> Finding:
    return Finding("message.gap", Severity.HOLD, text, "gap", "House rule", override_role=rules.contact.override_role)


def _passed(facts: AccountFacts, rules: Rules, level: str, said: str) -> str:
    """The notices of the ladder that come before a level, be it of the ladder or not, and have not been served, in words; empty: there is
    none. `said`: of which it is said that it waits."""
    before = LEVELS[: LEVELS.index(level)] if level in LEVELS else ()
    steps = (step.level for step in rules.ladder_of(facts.segment) if step.level in before)
    missing = [each for each in steps if each != said and not noticed(facts, each)]
    return f"notice {', '.join(missing)}" if missing else ""


def _before(one: Message, draft: Message | None) -> bool:
    """Whether it was written before the draft; what is written now comes after all."""
    return draft is None or (one.id < 0, abs(one.id)) < (draft.id < 0, abs(draft.id))


def _say(check: str, severity: Severity, sentence: str) -> Finding:
    return Finding(f"message.{check}", severity, sentence, check, "House rule")
