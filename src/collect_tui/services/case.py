"""Cases: which rule decides each command."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, time
from functools import partial
from typing import Final

from collect_tui.common.ids import id_of
from collect_tui.common.words import expected
from collect_tui.desk.commands import (
    ChangeCase,
    DecideCase,
    LinkCase,
    MoveCase,
    OpenCase,
    ScheduleCallback,
    SendMessage,
    WriteCaseNote,
)
from collect_tui.domain.case import decide
from collect_tui.domain.case.case import Case, Value
from collect_tui.domain.case.clocks import Span, ended_on
from collect_tui.domain.case.consequences import Ground
from collect_tui.domain.case.decide import Actor
from collect_tui.domain.case.definition import REOPEN, FieldType, Kind
from collect_tui.domain.case.effects import CaseChanged, CaseNoted
from collect_tui.domain.dates import local_time, zone_info
from collect_tui.domain.effects import Effect
from collect_tui.domain.errors import DomainError, Invalid, Refused
from collect_tui.domain.facts import AccountFacts
from collect_tui.domain.message.template import TYPED
from collect_tui.domain.order import decide as order
from collect_tui.domain.order.suspension import first_suspension_day
from collect_tui.policy.orders import cutting
from collect_tui.policy.restore import may_restore
from collect_tui.policy.verdicts import Finding, Severity, Verdict
from collect_tui.services.access import ANSWERS, DECIDES, actor
from collect_tui.services.contact import schedule_callback
from collect_tui.services.context import Context
from collect_tui.services.decide import Decision, decides
from collect_tui.services.message.answer import answer
from collect_tui.services.message.filling import CaseWords
from collect_tui.services.message.send import send

MORNING: Final = time(9)
"""When a callback is planned for a day, by the clock of the desk, unless it opens later."""


class _Hand:
    """What one command on cases is decided with, and what it had to leave out."""

    def __init__(self, context: Context) -> None:
        self.context, self.left_out = context, list[Finding]()
        rules = context.catalogue.authority
        self.own = context.authority or rules.of(context.role)  # whoever owns the file has that of their role, too
        self.actor = actor(
            context.user, context.departments(), self.own, rules, context.role, decides=context.may(DECIDES)
        )
        self.ground = Ground(
            context.ids,
            context.user,
            context.calendar,
            context.catalogue.holds,
            self._write,
            decide.opening(context.catalogue.cases.kinds, self.actor, context.now),
            self._ask,
            self._draw,
            context.taken,
        )

    def deciding(self) -> Actor:
        """Whoever decides, with those in whose stead they may."""
        rules = self.context.catalogue.authority
        away = (
            actor(login, (), each, rules, each.role, DECIDES, decides=each.allows(DECIDES))
            for login, each in self.context.stands_for().items()
        )
        return replace(self.actor, limit=partial(self.own.most, DECIDES), stands_for=tuple(away))

    def _write(self, case: Case, facts: AccountFacts, template: str, text: str) -> tuple[Effect, ...]:
        """The message of a move, to where the case came from, else by the template's own way; what stands in its way is said and does
        not hold up the move."""
        context = self.context
        kind = self.kind(case.kind)
        after = kind.states[case.state].after
        came = case.values.get(kind.of_type(FieldType.MESSAGE))
        try:
            asked = context.composer.received(id_of(str(came))) if came else None
            about = CaseWords(
                case,
                str(case.values.get(text, "")),
                asked.made_on if asked is not None else local_time(case.opened_at, context.zone).date(),
                ended_on(facts.business_date, after, context.calendar) if after else None,
            )
            if asked is None or asked.channel not in TYPED.channels:
                found = send(SendMessage(template=template), facts, context, about)
            else:
                fits = asked.channel in context.composer.template(template).head.channels
                made = context.composer.write(facts, template, asked.channel, case=about).content if fits else None
                found = answer(asked, about.text, facts, context, made)
        except DomainError as error:
            return self._left_out(f"{template} is not written", error.message)
        return self._allowed(f"{template} is not written", found)

    def _ask(self, case: Case, given: Mapping[str, str], facts: AccountFacts) -> tuple[Effect, ...]:
        """The order or the callback of a move, by the rules for those; what stands in its way does not hold up the move."""
        what = f"to {given['order']} is not proposed" if "order" in given else "no callback is planned"
        try:
            found = self._order(case, given, facts) if "order" in given else self._callback(case, given, facts)
        except DomainError as error:
            return self._left_out(what, error.message)
        return self._allowed(what, found)

    def _order(self, case: Case, given: Mapping[str, str], facts: AccountFacts) -> Decision:
        context, kind = self.context, given["order"]
        service = next((each for each in facts.services if each.id == case.service_id), None)
        if service is None:
            raise Refused("case.service", f"The service of {case.number} is not there any more.", "case")
        rules, holds, calendar, day = context.rules, context.catalogue.holds, context.calendar, facts.business_date
        if kind == "restore":
            verdict = may_restore(facts, service, rules, holds)
        else:
            if kind == "suspend":
                day = first_suspension_day(calendar.next_business_day(day), rules.suspend, calendar) or day
            verdict = cutting(kind, facts, service, day, given["reason"], rules, holds, calendar)
        return Decision(order.propose(facts, service, kind, given["reason"], day, context.ids), verdict)

    def _callback(self, case: Case, given: Mapping[str, str], facts: AccountFacts) -> Decision:
        rules, span = self.context.catalogue.cases, Span.parse(given["callback"])
        hours = rules.hours[self.kind(case.kind).hours]
        at = hours.after(self.context.now, span) if span.unit in ("m", "h") else None
        if at is None:
            day = ended_on(facts.business_date, span, hours.calendar)
            morning = datetime.combine(day, MORNING, zone_info(hours.zone)).astimezone(UTC)
            opens = hours.of(day)
            at = max(morning, opens[0]) if opens is not None else morning
        return schedule_callback(ScheduleCallback(at=at, note=case.number), facts, self.context)

    def _allowed(self, what: str, found: Decision) -> tuple[Effect, ...]:
        return found.effects if found.verdict.allowed else self._left_out(what, found.verdict.findings[0].sentence)

    def _left_out(self, what: str, why: str) -> tuple[Effect, ...]:
        self.left_out.append(Finding("case.message", Severity.WARN, f"{what}: {why}", "message"))
        return ()

    def _draw(self, facts: AccountFacts, case: Case, template: str) -> str:
        from collect_tui.services.message.papers import draw

        return draw(self.context.composer, facts, self.kind(case.kind), case, template)

    def decision(self, effects: tuple[Effect, ...]) -> Decision:
        return Decision(effects, Verdict.of(self.left_out))

    def kind(self, name: str) -> Kind:
        kinds = self.context.catalogue.cases.kinds
        if name not in kinds:
            raise Invalid("case.kind", f"No such kind of case; {expected(name, list(kinds))}", "case_kind")
        return kinds[name]

    def check_people(self, kind: Kind, values: Mapping[str, Value], owner: str | None) -> None:
        """Invalid "user.unknown" for somebody who does not work here, Refused "user.role" for an owner who may do nothing with a
        case; nobody is nobody."""
        named = {n: str(v) for n, v in values.items() if n in kind.fields and kind.fields[n].type is FieldType.USER}
        for field, login in {**named, "owner": owner or named.get("owner", "")}.items():
            self.context.login(login, field, ANSWERS if field == "owner" else None)

    def case(self, facts: AccountFacts, number: str) -> tuple[Kind, Case]:
        """An open case with its kind. Refused "case.none", "case.kind"."""
        found = decide.find(facts, number)
        kinds = self.context.catalogue.cases.kinds
        if found.kind not in kinds:
            raise Refused("case.kind", f"The site knows no kind {found.kind} any more; put its file back.", "case")
        kind = kinds[found.kind]
        if found.state not in kind.states:
            told = (
                f"{found.number} is in the state {found.state}, which its kind has no more; put it back into the file."
            )
            raise Refused("case.state", told, "case")
        return kind, found


@decides(OpenCase)
def open_case(command: OpenCase, facts: AccountFacts, context: Context) -> Decision:
    hand = _Hand(context)
    kind = hand.kind(command.case_kind)
    hand.check_people(kind, command.values, command.owner)
    return hand.decision(
        decide.open_case(kind, command.values, facts, hand.ground, hand.actor, context.now, command.owner)
    )


@decides(MoveCase)
def move_case(command: MoveCase, facts: AccountFacts, context: Context) -> Decision:
    hand = _Hand(context)
    if command.move == REOPEN:
        ended = context.ended(command.case)
        if ended is None:
            raise Refused("case.none", f"No case {command.case[:40]} of this account has ended.", "case")
        return hand.decision(decide.reopen(hand.kind(ended.kind), ended, facts, hand.ground, hand.actor, command.note))
    kind, case = hand.case(facts, command.case)
    hand.check_people(kind, command.values, None)
    return hand.decision(
        decide.move_case(kind, case, command.move, command.values, facts, hand.ground, hand.actor, command.note)
    )


@decides(DecideCase)
def decide_case(command: DecideCase, facts: AccountFacts, context: Context) -> Decision:
    hand = _Hand(context)
    kind, case = hand.case(facts, command.case)
    return hand.decision(
        decide.decide_case(
            kind, case, command.agreed, command.reason, facts, hand.ground, hand.deciding(), context.parts(case.id)
        )
    )


@decides(ChangeCase)
def change_case(command: ChangeCase, facts: AccountFacts, context: Context) -> Decision:
    hand = _Hand(context)
    kind, case = hand.case(facts, command.case)
    hand.check_people(kind, command.values, command.owner)
    departments = context.catalogue.cases.departments
    if command.department and command.department not in departments:
        told = expected(command.department, list(departments))
        raise Invalid("case.department", f"No such department; {told}", "department")
    return hand.decision(
        decide.change_case(
            kind,
            case,
            command.values,
            facts,
            hand.ground,
            owner=command.owner,
            department=command.department,
        )
    )


@decides(WriteCaseNote)
def write_case_note(command: WriteCaseNote, facts: AccountFacts, context: Context) -> Decision:
    case = decide.find(facts, command.case)
    return Decision((CaseNoted(context.ids(), case.id, case.number, command.text),))


@decides(LinkCase)
def link_case(command: LinkCase, facts: AccountFacts, context: Context) -> Decision:
    hand = _Hand(context)
    kind, case = hand.case(facts, command.case)
    other = command.other.upper()
    if other == case.number or other in case.links:
        raise Refused("case.linked", f"{case.number} names {other} already.", "other")
    if not context.is_case(other):
        there = [each.number for each in facts.cases if each.id != case.id]
        told = expected(other, there) if there else "expected the number of one."
        raise Refused("case.none", f"There is no case {other}; {told}", "other")
    after = replace(case, links=(*case.links, other))
    return Decision((CaseChanged(case, after, kind.title, f"is about {other} too", context.ids(), what="linked"),))
