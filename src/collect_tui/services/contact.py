"""Contacts, notes, callbacks, next actions and contact points: which rule decides each command."""

from __future__ import annotations

from dataclasses import replace

from collect_tui.desk.commands import LogContact, MarkPoint, ScheduleCallback, SetNextAction, UnpinNote, WriteNote
from collect_tui.domain import contact
from collect_tui.domain.codes import Action, Result
from collect_tui.domain.effects import NoteUnpinned, NoteWritten
from collect_tui.domain.errors import Invalid, Refused
from collect_tui.domain.facts import AccountFacts
from collect_tui.policy.contact import may_call
from collect_tui.policy.verdicts import Finding, Severity, Verdict
from collect_tui.services.context import Context
from collect_tui.services.decide import Decision, decides


@decides(LogContact)
def log_contact(command: LogContact, facts: AccountFacts, context: Context) -> Decision:
    """Logging what happened is never refused: a call outside the rules is evidence, so its findings are shown as warnings."""
    codes = context.codes
    result = _result(command.result, context)
    action = _action(command, facts, context)
    if command.reason and command.reason.upper() not in codes.reasons:
        raise Invalid(
            "contact.reason",
            f"Reason for non-payment {command.reason!r} is not known; one of {', '.join(codes.reasons)}.",
            "reason",
        )
    point = contact.find_point(facts, command.point) if command.point else contact.default_point(facts, action)
    effects = contact.log(
        facts,
        action=action,
        result=result,
        point=point,
        reason=command.reason.upper() if command.reason else None,
        note=command.note,
        typed=command.typed,
        now=context.now,
        ids=context.ids,
        calendar=context.calendar,
        zone=context.zone,
        holds=context.catalogue.holds,
        by=context.user,
    )
    word = contact.advice(facts, point, result)
    told = [Finding("contact.advice", Severity.INFO, f"{word}.", "number")] if word else []
    if not (action.call and action.outbound):
        return Decision(effects, Verdict.of(told))
    verdict = may_call(facts, context.now, context.rules.contact, context.catalogue.holds, point)
    shown = [
        replace(f, severity=Severity.WARN, sentence=f"Logged all the same: {f.sentence}")
        for f in verdict.findings
        if f.severity > Severity.WARN
    ]
    return Decision(effects, Verdict.of([*shown, *told]))


def _result(code: str, context: Context) -> Result:
    try:
        return context.codes.results[code.upper()]
    except KeyError:
        raise Invalid(
            "contact.result", f"Result code {code!r} is not known; `keys codes` lists them.", "result"
        ) from None


def _action(command: LogContact, facts: AccountFacts, context: Context) -> Action:
    """The action as given, or the one that fits the number used: after three tries in vain that is the next number."""
    actions = context.codes.actions
    if command.action:
        try:
            return actions[command.action.upper()]
        except KeyError:
            raise Invalid(
                "contact.action",
                f"Action code {command.action!r} is not known; one of {', '.join(actions)}.",
                "action",
            ) from None
    point = None
    if command.result.upper() != "CM":
        point = contact.find_point(facts, command.point) if command.point else contact.default_point(facts)
    found = contact.default_action(point, actions)
    if found is None:
        raise Invalid("contact.action", f"Say what was done: one of {', '.join(actions)}.", "action")
    return found


@decides(WriteNote)
def write_note(command: WriteNote, facts: AccountFacts, context: Context) -> Decision:
    if not command.text.strip():
        raise Invalid("note.empty", "The note is empty; type its text after `n`.", "text")
    if command.pinned and command.text in facts.pinned:
        raise Refused("note.pinned", "This note is pinned already.", "text")
    return Decision((NoteWritten(context.ids(), command.text.strip(), command.typed, command.pinned),))


@decides(UnpinNote)
def unpin_note(command: UnpinNote, facts: AccountFacts, context: Context) -> Decision:
    found = [text for text in facts.pinned if text.casefold().startswith(command.text.strip().casefold())]
    if len(found) != 1:
        raise Invalid(
            "note.unknown",
            f"{len(found) or 'No'} pinned notes begin with that text; type enough of one to tell it.",
            "text",
        )
    return Decision((NoteUnpinned(context.ids(), found[0]),))


@decides(ScheduleCallback)
def schedule_callback(command: ScheduleCallback, facts: AccountFacts, context: Context) -> Decision:
    if command.at <= context.now:
        raise Invalid("callback.in_past", "The callback is in the past; give a time to come.", "at")
    point = contact.find_point(facts, command.point) if command.point else None
    owner = None if command.anyone else context.user
    effects = contact.callback(
        facts, at=command.at, point=point, owner=owner, note=command.note, ids=context.ids, zone=context.zone
    )
    verdict = may_call(facts, command.at, context.rules.contact, context.catalogue.holds, point)
    then = [
        replace(f, severity=Severity.WARN, sentence=f"At that time: {f.sentence}")
        for f in verdict.findings
        if f.severity > Severity.WARN
    ]
    return Decision(effects, Verdict.of(then))


@decides(SetNextAction)
def set_next_action(command: SetNextAction, facts: AccountFacts, context: Context) -> Decision:
    if command.code not in context.codes.next_actions:
        known = ", ".join(context.codes.next_actions)
        raise Invalid("next.code", f"Next action {command.code!r} is not known; one of {known}.", "code")
    effects = contact.next_action(facts, command.on, command.code)
    if command.note:
        effects += (NoteWritten(context.ids(), command.note, command.note),)
    return Decision(effects)


@decides(MarkPoint)
def mark_point(command: MarkPoint, facts: AccountFacts, context: Context) -> Decision:
    point = contact.find_point(facts, command.point)
    return Decision(contact.mark_point(facts, point, command.quality, command.consent))
