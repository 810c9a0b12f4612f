"""Passing over, putting off, holds and undo."""

from __future__ import annotations

from collect_tui.desk.commands import PlaceHold, ReleaseHold, SkipAccount, SnoozeAccount, Undo
from collect_tui.domain import hold, worklist
from collect_tui.domain.effects import ActUndone
from collect_tui.domain.errors import Invalid, Refused
from collect_tui.domain.facts import AccountFacts
from collect_tui.domain.rules import HoldKind
from collect_tui.domain.undo import inverse, left_standing
from collect_tui.policy.verdicts import Finding, Severity, Verdict
from collect_tui.policy.worklist import judge_snooze
from collect_tui.services.context import Context
from collect_tui.services.decide import Decision, decides


@decides(SkipAccount)
def skip_account(command: SkipAccount, facts: AccountFacts, context: Context) -> Decision:
    return Decision(worklist.skip(facts, _reason(command.reason, context)))


@decides(SnoozeAccount)
def snooze_account(command: SnoozeAccount, facts: AccountFacts, context: Context) -> Decision:
    effects = worklist.snooze(facts, command.until, _reason(command.reason, context), context.calendar)
    return Decision(effects, judge_snooze(facts, command.until, context.rules.queue, context.calendar))


def _reason(code: str, context: Context) -> str:
    """A skip reason by its code or by a prefix of it that only one has."""
    known = context.codes.skip_reasons
    found = [c for c in known if c.startswith(code.upper())]
    if code.upper() in known:
        return code.upper()
    if len(found) != 1:
        raise Invalid("queue.reason", f"Reason {code!r} is not known; one of {', '.join(known)}.", "reason")
    return found[0]


@decides(PlaceHold)
def place_hold(command: PlaceHold, facts: AccountFacts, context: Context) -> Decision:
    kind = _kind(command.hold, context)
    effects = hold.place(
        facts,
        kind,
        until=command.until,
        reason=command.reason,
        by=context.user,
        ids=context.ids,
        calendar=context.calendar,
    )
    return Decision(effects)


@decides(ReleaseHold)
def release_hold(command: ReleaseHold, facts: AccountFacts, context: Context) -> Decision:
    if not command.reason.strip():
        raise Invalid("hold.reason", "Say why the hold is released.", "reason")
    return Decision(hold.release(facts, _kind(command.hold, context), command.reason, kinds=context.catalogue.holds))


def _kind(text: str, context: Context) -> HoldKind:
    wanted = text.strip().upper().replace(" ", "-")
    holds = context.catalogue.holds
    found = [k for code, k in holds.items() if code.upper() == wanted] or [
        k for code, k in holds.items() if code.upper().startswith(wanted)
    ]
    if len(found) != 1:
        raise Invalid("hold.kind", f"Hold {text!r} is not known; one of {', '.join(holds)}.", "hold")
    return found[0]


@decides(Undo)
def undo(command: Undo, facts: AccountFacts, context: Context) -> Decision:
    """Takes back the last act on the account: the agent's own, or anybody's with `undo.others`, as a lead has."""
    past = context.past_act(command.act)
    if past is None:
        raise Refused("undo.nothing", "There is no act of yours on this account to undo.", "act")
    if past.undone_by:
        raise Refused("undo.done", "That act has been undone already.", "act")
    if past.by != context.user and not context.may("undo.others"):
        raise Refused("undo.not_yours", f"That act is {past.by}'s; only {past.by} or a lead may undo it.", "act")
    if past.overtaken:
        raise Refused("undo.overtaken", "The account has changed since; make a new entry that corrects it.", "act")
    effects = inverse(tuple(past.effects), facts, context.ids, f"undone by {context.user}")
    stays = [Finding("undo.stays", Severity.INFO, f"{s.capitalize()}.", "undo") for s in left_standing(past.effects)]
    return Decision((*effects, ActUndone(past.act_id)), Verdict.of(stays))
