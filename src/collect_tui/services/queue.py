"""Passing over, putting off, holds and undo."""

from __future__ import annotations

from dataclasses import replace

from collect_tui.desk.commands import HandOver, PlaceHold, ReleaseHold, SetOwner, SkipAccount, SnoozeAccount, Undo
from collect_tui.desk.commands.queue import ACT_NAME, ACT_NAMES
from collect_tui.domain.case.effects import CaseChanged
from collect_tui.domain.effect import fold_all
from collect_tui.domain.effects import ActUndone, AttributeSet, CallbackGiven, Effect, NextActionSet
from collect_tui.domain.errors import Invalid, Refused
from collect_tui.domain.facts import AccountFacts, NextAction
from collect_tui.domain.hold import decide as hold
from collect_tui.domain.payment.moving import PAYMENT_DAYS
from collect_tui.domain.queue import decide as worklist
from collect_tui.domain.rules import HoldKind
from collect_tui.domain.states import HoldState
from collect_tui.domain.undo import inverse, left_standing, only_written
from collect_tui.policy import next_action
from collect_tui.policy.objections import in_time
from collect_tui.policy.verdicts import Finding, Severity, Verdict
from collect_tui.policy.worklist import before, judge_snooze
from collect_tui.services.access import ANSWERS, WORKS
from collect_tui.services.context import Context
from collect_tui.services.decide import Decision, decides


@decides(SkipAccount)
def skip_account(command: SkipAccount, facts: AccountFacts, context: Context) -> Decision:
    if (locked := context.locked()) is not None and not context.may("queue.lock"):
        raise Refused("queue.locked", locked, None)
    return Decision(worklist.skip(facts, _reason(command.reason, context)))


@decides(SnoozeAccount)
def snooze_account(command: SnoozeAccount, facts: AccountFacts, context: Context) -> Decision:
    effects = worklist.snooze(facts, command.until, _reason(command.reason, context), context.calendar)
    verdict = judge_snooze(facts, command.until, context.rules.queue, context.calendar)
    return Decision(effects, verdict + before(facts, command.until, context.zone, "until"))


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
    if kind.objects:
        in_time(facts)
    effects = hold.place(
        facts,
        kind,
        until=command.until,
        reason=command.reason,
        by=context.user,
        ids=context.ids,
        calendar=context.calendar,
        kinds=context.catalogue.holds,
    )
    return Decision(effects)


@decides(ReleaseHold)
def release_hold(command: ReleaseHold, facts: AccountFacts, context: Context) -> Decision:
    if not command.reason.strip():
        raise Invalid("hold.reason", "Say why the hold is released.", "reason")
    kind = _kind(command.hold, context, tuple(each.kind for each in facts.holds if each.status == HoldState.ACTIVE))
    effects = hold.release(facts, kind, command.reason, kinds=context.catalogue.holds)
    ended = [each for each in facts.holds if each.kind == kind.code and each.status == HoldState.ACTIVE]
    placed_by = (context.codes.results.get(each.reason.partition(":")[0]) for each in ended)
    about = {result.follow_up.action for result in placed_by if result is not None and result.hold == kind.code}
    after = fold_all(facts, effects)
    return Decision((*effects, *next_action.released(after, _put_off(after, context), about, context.house)))


def _put_off(facts: AccountFacts, context: Context) -> NextAction | None:
    """What came next before the holds whose review does now; None: nobody knows, or something else does."""
    now, still = facts.next_action, bool(facts.holds)
    if now is None or now.code != hold.HELD:
        return None
    for past in context.past_acts(""):
        for each in reversed(past.effects if past.undone_by is None else ()):
            if isinstance(each, NextActionSet) and each.new == now:
                if each.old is None or each.old.code != hold.HELD or still:
                    return each.old
                now = each.old
    return None


@decides(SetOwner)
def set_owner(command: SetOwner, facts: AccountFacts, context: Context) -> Decision:
    owner = context.login(command.owner, "owner", WORKS)
    if owner == facts.owner:
        raise Refused("account.owner", f"The account is {owner or 'nobody'}'s already.", "owner")
    return Decision((AttributeSet("account.owner", facts.owner, owner),))


@decides(HandOver)
def hand_over(command: HandOver, facts: AccountFacts, context: Context) -> Decision:
    """Who leaves may be gone already; who takes it over works here."""
    of, to = command.of, context.login(command.to, "to")
    if not to or of == to:
        raise Invalid("handover.to", "Say to whom: another login.", "to")
    kinds = context.catalogue.cases.kinds
    effects: list[Effect] = [AttributeSet("account.owner", of, to)] if facts.owner == of else []
    effects += [CallbackGiven(each.id, to, of) for each in facts.callbacks if each.owner == of]
    if effects:
        context.login(to, "to", WORKS)
    for case in facts.cases:
        if case.owner == of:
            context.login(to, "to", ANSWERS)
            title = kinds[case.kind].title if case.kind in kinds else case.kind
            effects.append(
                CaseChanged(case, replace(case, owner=to), title, f"is {to}'s", context.ids(), what="changed")
            )
    if not effects:
        raise Refused("handover.nothing", f"Nothing on this account is {of}'s.", "of")
    return Decision(tuple(effects))


def _kind(text: str, context: Context, standing: tuple[str, ...] = ()) -> HoldKind:
    """A kind by its name or the beginning of it; of `standing`, also one that the site's file no longer has."""
    holds = context.catalogue.holds
    if text in standing and text not in holds:
        return HoldKind(text, text, blocks=(), default_days=None, pauses_ladder=False)
    wanted = text.strip().upper().replace(" ", "-")
    found = [k for code, k in holds.items() if code.upper() == wanted] or [
        k for code, k in holds.items() if code.upper().startswith(wanted)
    ]
    if len(found) != 1:
        raise Invalid("hold.kind", f"Hold {text!r} is not known; one of {', '.join(holds)}.", "hold")
    return found[0]


@decides(Undo)
def undo(command: Undo, facts: AccountFacts, context: Context) -> Decision:
    """Takes back the agent's last act on the account of which anything can be: what was only written is skipped, and said.
    An act that is named may be anybody's with `undo.others`, as a lead has."""
    passed: list[str] = []
    past = None
    if command.act is not None and not ACT_NAME.fullmatch(command.act):
        raise Invalid("undo.act", f"Expected {ACT_NAMES}.", "act")
    for past in context.past_acts(command.act.lower() if command.act else None):
        if command.act or not only_written(past.effects):
            break
        passed.append(past.said)
        past = None
    over = f" Nothing can be taken back of: {'; '.join(passed)}." if passed else ""
    if past is None:
        raise Refused("undo.nothing", f"{_none(command.act, context)}{over}", "act")
    if past.undone_by:
        raise Refused("undo.done", "That act has been undone already.", "act")
    if past.by != context.user and not context.may("undo.others"):
        raise Refused("undo.not_yours", f"That act is {past.by}'s; only {past.by} or a lead may undo it.", "act")
    if past.overtaken:
        raise Refused("undo.overtaken", "The account has changed since; make a new entry that corrects it.", "act")
    long_ago = (facts.business_date - past.at.date()).days >= PAYMENT_DAYS
    effects = inverse(tuple(past.effects), facts, context.ids, f"undone by {context.user}", long_ago=long_ago)
    stays = [Finding("undo.stays", Severity.INFO, f"{s.capitalize()}.", "undo") for s in left_standing(past.effects)]
    if passed or (command.act or "").isdecimal():
        stays.insert(0, Finding("undo.stays", Severity.INFO, f"This takes back: {past.said}.{over}", "undo"))
    return Decision((*effects, ActUndone(past.act_id)), Verdict.of(stays))


def _none(act: str | None, context: Context) -> str:
    """That there is no such act to undo, and which there are."""
    count = sum(1 for _ in context.past_acts(None)) if act else 0
    if act and not (act.isdecimal() and len(act) < 4):
        return f"No act on this account has an id that begins with {act}."
    if count:
        return f"There is no act {act} of yours on this account to undo: {f'1 to {count} are' if count > 1 else 'only 1 is'} there."
    return "There is no act of yours on this account to undo."
