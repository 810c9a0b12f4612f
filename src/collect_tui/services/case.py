"""Cases: which rule decides each command."""

from __future__ import annotations

from dataclasses import replace

from collect_tui.common.ids import id_of
from collect_tui.common.words import expected
from collect_tui.desk.commands import (
    ChangeCase,
    DecideCase,
    LinkCase,
    MoveCase,
    OpenCase,
    SendMessage,
    WriteCaseNote,
)
from collect_tui.domain.case import decide
from collect_tui.domain.case.case import Case
from collect_tui.domain.case.consequences import Ground
from collect_tui.domain.case.decide import Actor
from collect_tui.domain.case.definition import FieldType, Kind
from collect_tui.domain.case.effects import CaseChanged, CaseNoted
from collect_tui.domain.dates import local_time
from collect_tui.domain.effects import Effect
from collect_tui.domain.errors import DomainError, Invalid, Refused
from collect_tui.domain.facts import AccountFacts
from collect_tui.domain.message.template import TYPED
from collect_tui.policy.cases import ended_on
from collect_tui.policy.verdicts import Finding, Severity, Verdict
from collect_tui.services.context import Context
from collect_tui.services.decide import Decision, decides
from collect_tui.services.message.answer import answer
from collect_tui.services.message.filling import CaseWords
from collect_tui.services.message.send import send


class _Hand:
    """What one command on cases is decided with, and what it had to leave out."""

    def __init__(self, context: Context) -> None:
        self.context, self.left_out = context, list[Finding]()
        rules = context.catalogue.authority
        limits = (
            context.authority or rules.of(context.role)
        ).limits  # whoever owns the file has those of their role, too
        self.actor = Actor(
            context.user, context.departments(), limits.get, lambda role: rules.outranks(context.role, role)
        )
        self.ground = Ground(
            context.ids,
            context.user,
            context.calendar,
            context.catalogue.holds,
            self._write,
            decide.opening(context.catalogue.cases.kinds, self.actor, context.now),
            self._draw,
        )

    def _write(self, case: Case, facts: AccountFacts, template: str, text: str) -> tuple[Effect, ...]:
        """The message of a move, to where the case came from, else by the template's own way; what stands in its way is said and does
        not hold up the move."""
        context = self.context
        kind = self.kind(case.kind)
        after = kind.states[case.state].after
        about = CaseWords(
            case,
            str(case.values.get(text, "")),
            local_time(case.opened_at, context.zone).date(),
            ended_on(facts.business_date, after, context.calendar) if after else None,
        )
        came = case.values.get(kind.of_type(FieldType.MESSAGE))
        try:
            asked = context.composer.received(id_of(str(came))) if came else None
            if asked is None or asked.channel not in TYPED.channels:
                found = send(SendMessage(template=template), facts, context, about)
            else:
                fits = asked.channel in context.composer.template(template).head.channels
                made = context.composer.write(facts, template, asked.channel, case=about).content if fits else None
                found = answer(asked, about.text, facts, context, made)
        except DomainError as error:
            self._leave_out(template, error.message)
            return ()
        if not found.verdict.allowed:
            self._leave_out(template, found.verdict.findings[0].sentence)
            return ()
        return found.effects

    def _draw(self, facts: AccountFacts, case: Case, template: str) -> str:
        from collect_tui.services.message.papers import draw

        return draw(self.context.composer, facts, self.kind(case.kind), case, template)

    def _leave_out(self, template: str, why: str) -> None:
        sentence = f"{template} is not written: {why}"
        self.left_out.append(Finding("case.message", Severity.WARN, sentence, "message"))

    def decision(self, effects: tuple[Effect, ...]) -> Decision:
        return Decision(effects, Verdict.of(self.left_out))

    def kind(self, name: str) -> Kind:
        kinds = self.context.catalogue.cases.kinds
        if name not in kinds:
            raise Invalid("case.kind", f"No such kind of case; {expected(name, list(kinds))}", "case_kind")
        return kinds[name]

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
    return hand.decision(
        decide.open_case(kind, command.values, facts, hand.ground, hand.actor, context.now, command.owner)
    )


@decides(MoveCase)
def move_case(command: MoveCase, facts: AccountFacts, context: Context) -> Decision:
    hand = _Hand(context)
    kind, case = hand.case(facts, command.case)
    return hand.decision(
        decide.move_case(kind, case, command.move, command.values, facts, hand.ground, hand.actor, command.note)
    )


@decides(DecideCase)
def decide_case(command: DecideCase, facts: AccountFacts, context: Context) -> Decision:
    hand = _Hand(context)
    kind, case = hand.case(facts, command.case)
    return hand.decision(decide.decide_case(kind, case, command.agreed, command.reason, facts, hand.ground, hand.actor))


@decides(ChangeCase)
def change_case(command: ChangeCase, facts: AccountFacts, context: Context) -> Decision:
    hand = _Hand(context)
    kind, case = hand.case(facts, command.case)
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
    after = replace(case, links=(*case.links, other))
    return Decision((CaseChanged(case, after, kind.title, f"is about {other} too", context.ids(), what="linked"),))
