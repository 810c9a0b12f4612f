"""Contacts, notes, callbacks, next actions and contact points: which rule decides each command."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from collect_tui.desk.commands import LogContact, MarkPoint, ScheduleCallback, SetNextAction, UnpinNote, WriteNote
from collect_tui.domain.codes import Action, Result
from collect_tui.domain.contact import decide as contact
from collect_tui.domain.contact.verification import is_verified
from collect_tui.domain.dates import format_day, local_time
from collect_tui.domain.effects import NoteUnpinned, NoteWritten
from collect_tui.domain.errors import Invalid, Refused
from collect_tui.domain.facts import PHONE_KINDS, AccountFacts, Point
from collect_tui.domain.message.offers import standing
from collect_tui.domain.money import format_minor
from collect_tui.domain.rules import VerificationRules
from collect_tui.policy.attempts import calls, of_customer
from collect_tui.policy.contact import hold_findings, may_call
from collect_tui.policy.verdicts import Finding, Severity, Verdict
from collect_tui.policy.worklist import before, judge_callback, judge_next
from collect_tui.policy.writing import may_write
from collect_tui.services.context import Context
from collect_tui.services.decide import Decision, decides

OF_A_CALL: Final = frozenset({"cap", "cooldown"})
"""Checks that a call answers to once, however much is logged of it."""


@decides(LogContact)
def log_contact(command: LogContact, facts: AccountFacts, context: Context) -> Decision:
    """Logging what happened is never refused: a call outside the rules is evidence, so its findings are shown as warnings.

    A letter or message is another matter: its entry stands for sending it, so what forbids sending it refuses the entry.
    What came back (a result that marks the point) has happened.
    """
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
    plans = context.catalogue.arrangement
    policy = plans.get(facts.segment, plans["default"])
    offer = standing(result.offer, facts, policy.offers) if result.offer and not result.answer else None
    verified = is_verified(facts, context.user, context.now, context.rules.verification)
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
        rules=context.rules.contact,
        by=context.user,
        offer=offer,
        verified=verified,
    )
    logged = effects[0].fold(facts)
    call = logged.attempts[-1]
    rules = context.rules.contact
    same = call.counted and all(each is not call for each in calls(of_customer(logged), rules))
    if same:
        since = f"was answered less than {rules.conversation_minutes} minutes ago"
        said = since if call.conversation else "was logged on another account of the customer a moment ago"
        told_of = [Finding("contact.same_call", Severity.INFO, f"The call is counted already: it {said}.", "cap")]
    else:
        told_of = []
    word = contact.advice(facts, point, result)
    told = [*told_of, *([Finding("contact.advice", Severity.INFO, f"{word}.", "number")] if word else [])]
    if result.offer and not result.answer and offer is None:
        unmade = f"By the site's figures this account is offered no {result.offer}; it is counted as none."
        told.append(Finding("contact.offer", Severity.WARN, unmade, "offer"))
    elif offer and offer.amount is not None and offer.until is not None:
        amount, last = format_minor(offer.amount, facts.currency), format_day(offer.until, facts.business_date)
        told.append(Finding("contact.offer", Severity.INFO, f"The offer is {amount}, until {last}.", "offer"))
    if word := contact.untimed(result.follow_up, facts, point, context.now, context.rules.contact):
        told.append(Finding("contact.next_try", Severity.WARN, f"Next try: {word}.", "window"))
    # What the call itself has used up, and the pause that follows it, are no word against going on with it.
    judged = [f for f in _judged(action, result, point, facts, context) if not (same and f.check in OF_A_CALL)]
    if result.right_party and not verified:
        told += _unverified(context.rules.verification)
    return Decision(effects, Verdict.of([*judged, *told]))


def _unverified(rules: VerificationRules) -> Iterable[Finding]:
    """What the rules say to a contact with the right party in which nobody was verified."""
    if rules.mode == "off":
        return ()
    severity = Severity.WARN if rules.mode == "warn" else Severity.BLOCK
    told = f"Nobody was verified in this call: ver {' '.join(list(rules.facts)[: rules.needed])}, with what they knew."
    return (Finding("contact.verified", severity, told, "verified", rules.source),)


def _judged(
    action: Action, result: Result, point: Point | None, facts: AccountFacts, context: Context
) -> Iterable[Finding]:
    """What the rules say to a contact by its action: a call or a visit was made, a letter or message is about to be sent."""
    rules, holds = context.rules.contact, context.catalogue.holds
    if not action.outbound:
        return ()
    if action.call:
        return _as_warnings(may_call(facts, context.now, rules, holds, point).findings, "Logged all the same")
    if not action.written:
        return _as_warnings(hold_findings(facts, "call", rules, holds, point), "Logged all the same")
    verdict = may_write(facts, rules, holds, action, point)
    if result.point is not None:
        return _as_warnings(verdict.findings, "Logged all the same")
    refusals = [f for f in verdict.findings if f.severity > Severity.WARN]
    inbound = [a for a in context.codes.actions.values() if not a.outbound and set(a.kinds) & set(action.kinds)]
    way = max(inbound, key=lambda a: len(set(a.kinds) - PHONE_KINDS), default=None)
    if refusals and way is not None:
        hint = f"What came from the customer is logged with {way.code.lower()} ({way.title.lower()})."
        refusals.append(Finding("contact.inbound", Severity.INFO, hint, "hold"))
    return refusals


def _as_warnings(findings: Iterable[Finding], said: str) -> list[Finding]:
    return [
        replace(f, severity=Severity.WARN, sentence=f"{said}: {f.sentence}")
        for f in findings
        if f.severity > Severity.WARN
    ]


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
    result = context.codes.results.get(command.result.upper())
    if result is None or not result.comment:
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
    on = local_time(command.at, context.zone).date()
    then, rules, holds = replace(facts, business_date=on), context.rules.contact, context.catalogue.holds
    verdict = may_call(then, command.at, rules, holds, point, today=facts.business_date)
    # Hours and caps may be different by then; a hold that forbids calls on that day forbids to plan one.
    held = [f for f in verdict.findings if f.check == "hold" and f.severity > Severity.WARN]
    minded = _as_warnings((f for f in verdict.findings if f not in held), "At that time")
    return Decision(
        effects, Verdict.of((*held, *minded)) + judge_callback(facts, on, context.rules.queue, context.calendar)
    )


@decides(SetNextAction)
def set_next_action(command: SetNextAction, facts: AccountFacts, context: Context) -> Decision:
    if command.code not in context.codes.next_actions:
        known = ", ".join(context.codes.next_actions)
        raise Invalid("next.code", f"Next action {command.code!r} is not known; one of {known}.", "code")
    effects = contact.next_action(facts, command.on, command.code, context.calendar)
    if command.note:
        effects += (NoteWritten(context.ids(), command.note, command.note),)
    verdict = judge_next(facts, command.on, context.rules.queue, context.calendar)
    return Decision(effects, verdict + before(facts, command.on, context.zone, "on"))


@decides(MarkPoint)
def mark_point(command: MarkPoint, facts: AccountFacts, context: Context) -> Decision:
    point = contact.find_point(facts, command.point)
    return Decision(
        contact.mark_point(facts, point, command.quality, command.consent, command.source or "", command.on)
    )
