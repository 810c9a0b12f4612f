"""Promises and arrangements: schedule, guard rails, effects."""

from __future__ import annotations

from collect_tui.desk.commands import (
    CancelPromise,
    ExtendOrder,
    MakePlan,
    MakePromise,
    MakeSettlement,
    ReAge,
    RescuePlan,
)
from collect_tui.domain.case.formulas import affordable
from collect_tui.domain.effects import DateMoved, NoteWritten
from collect_tui.domain.errors import Refused
from collect_tui.domain.facts import AccountFacts, Instalment
from collect_tui.domain.hold import decide as hold
from collect_tui.domain.promise import again, confirmation, rescue
from collect_tui.domain.promise import decide as promise
from collect_tui.policy import arrangement
from collect_tui.policy.verdicts import Finding, Severity, Verdict
from collect_tui.policy.worklist import moved
from collect_tui.services.case_privacy import CaseReader
from collect_tui.services.context import Context
from collect_tui.services.decide import Decision, decides


@decides(MakePromise)
def make_promise(command: MakePromise, facts: AccountFacts, context: Context) -> Decision:
    return _make(command, facts, context, promise.single(command.amount, command.due), "single", None)


@decides(MakePlan)
def make_plan(command: MakePlan, facts: AccountFacts, context: Context) -> Decision:
    if command.terms is None:
        schedule = promise.split(command.total, [(part.amount, part.due) for part in command.parts])
        return _make(command, facts, context, schedule, "plan", None)
    down_due = command.down_due or (facts.business_date if command.down else None)
    schedule = promise.plan(command.total, *command.terms, command.anchor_day, command.down, down_due)
    return _make(command, facts, context, schedule, "plan", command.frequency)


@decides(RescuePlan)
def rescue_plan(command: RescuePlan, facts: AccountFacts, context: Context) -> Decision:
    plan = rescue.broken_plan(facts)
    schedule, policy = rescue.schedule(facts, plan, command.by), context.arrangement(facts.segment)
    effects = promise.make(
        facts,
        schedule,
        kind="plan",
        method=plan.method,
        grace_days=policy.grace_days,
        grace_unit=policy.grace_unit,
        by=context.user,
        ids=context.ids,
        calendar=context.calendar,
        takes_up=plan.id,
        confirm_by=confirmation.due("plan", facts.business_date, policy, context.calendar),
    )
    if command.note:
        effects += (NoteWritten(context.ids(), command.note, command.note),)
    able = arrangement.affordable(facts, schedule, _most_a_month(facts, context), policy)
    verdict = arrangement.rescues(facts, schedule, policy, context.role) + able + _held(facts, context)
    return Decision(effects, verdict, schedule)


@decides(MakeSettlement)
def make_settlement(command: MakeSettlement, facts: AccountFacts, context: Context) -> Decision:
    parts = [(part.amount, part.due) for part in command.parts]
    if command.total >= facts.total:
        text = "A settlement is for less than is owed; expected a promise of it."
        raise Refused("promise.settlement", text, "amount")
    several = len(parts) > 1
    schedule = promise.split(command.total, parts) if several else promise.single(*parts[0])
    return _make(command, facts, context, schedule, "plan" if several else "single", None, settles=facts.total)


def _make(
    command: MakePromise | MakePlan | MakeSettlement,
    facts: AccountFacts,
    context: Context,
    schedule: tuple[Instalment, ...],
    kind: str,
    frequency: str | None,
    settles: int = 0,
) -> Decision:
    policy = context.arrangement(facts.segment)
    # The promise that this one supersedes is not held against it.
    verdict = arrangement.judge(facts, schedule, kind, frequency, policy, context.role)
    confirm_by = confirmation.due(kind, facts.business_date, policy, context.calendar)
    verdict += arrangement.affordable(facts, schedule, _most_a_month(facts, context), policy)
    verdict += arrangement.confirms(confirm_by, facts.business_date, policy)
    if settles:
        verdict += arrangement.settles(facts, sum(i.amount for i in schedule), policy, context.role)
    verdict += _held(facts, context)
    override = context.override if not verdict.allowed else None
    effects = promise.make(
        facts,
        schedule,
        kind=kind,
        method=context.method(command.method) if command.method else None,
        grace_days=policy.grace_days,
        grace_unit=policy.grace_unit,
        settles=settles,
        confirm_by=confirm_by,
        by=context.user,
        ids=context.ids,
        calendar=context.calendar,
        override_by=override.by if override else None,
        override_reason=override.reason if override else None,
    )
    if command.note:
        effects += (NoteWritten(context.ids(), command.note, command.note),)
    return Decision(effects, verdict, schedule)


def _held(facts: AccountFacts, context: Context) -> Verdict:
    """What holds say that allow no promise."""
    kinds = context.catalogue.holds
    held = (each.kind for each in hold.blocking(facts, "promise", kinds))
    titles = (kinds[kind].title if kind in kinds else kind for kind in held)
    return Verdict.of(
        Finding("promise.hold", Severity.BLOCK, f"The hold {title} allows no promise.", "hold") for title in titles
    )


def _most_a_month(facts: AccountFacts, context: Context) -> int | None:
    """What the household can pay a month by its open cases, as far as the user may read them; None: none has worked it out."""
    kinds = context.catalogue.cases.kinds
    reader = CaseReader(context.role, kinds)
    found = (affordable(case, kinds[case.kind]) for case in facts.cases if reader.kind(case.kind))
    return max((most for most in found if most is not None), default=None)


@decides(ReAge)
def re_age(command: ReAge, facts: AccountFacts, context: Context) -> Decision:
    effects = again.re_age(facts, command.due, command.item, command.reason)
    policy = context.arrangement(facts.segment)
    verdict = arrangement.within(
        "re_age", (command.due - facts.business_date).days, policy.re_age_days, None, policy, context.role
    )
    return Decision((*effects, NoteWritten(context.ids(), command.reason, command.reason)), verdict)


@decides(ExtendOrder)
def extend_order(command: ExtendOrder, facts: AccountFacts, context: Context) -> Decision:
    order, policy = again.to_extend(facts, command.order), context.arrangement(facts.segment)
    days = order.extended + command.days
    verdict = arrangement.within(
        "extension", days, policy.extension_days, policy.extension_days_lead, policy, context.role
    )
    effects = again.extend(facts, order, command.days, context.rules.suspend, context.calendar)
    asked = again.put_off_to(facts, order, command.days)
    for each in effects:
        if isinstance(each, DateMoved):
            told = moved(facts, asked, each.to, "no day on which a service is cut", "extension.moved", "days")
            verdict += Verdict.of(told)
    if command.note:
        effects += (NoteWritten(context.ids(), command.note, command.note),)
    return Decision(effects, verdict)


@decides(CancelPromise)
def cancel_promise(command: CancelPromise, facts: AccountFacts, context: Context) -> Decision:
    return Decision(promise.cancel(facts, command.reason, context.calendar))
