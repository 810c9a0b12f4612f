"""Contacts: what an action and its result do to an account, callbacks, notes, contact points, the next action.

Results are data (`defaults/codes.toml`); this module knows what their flags and settings mean. Logging never refuses
what has already happened: whether a call may be made is judged before it is made, by `policy/contact.py`.

A result that stops the ladder does so through what comes with it: the hold it places (when that kind of hold pauses the
ladder) or the promise of the same act. "Pays in full now" brings neither: it only waits for the money.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final

from collect_tui.domain import steps
from collect_tui.domain.account.follow_up import chosen, follow, untimed
from collect_tui.domain.calendars import Calendar
from collect_tui.domain.codes import WAYS, Action, Result
from collect_tui.domain.contact.callbacks import CALLBACK_ACTION, EARLY, at_callback, callback, check_open, kept_by
from collect_tui.domain.contact.marking import mark_point
from collect_tui.domain.contact.points import default_action, default_point, find_point, label, ordered, tired
from collect_tui.domain.dates import as_utc
from collect_tui.domain.effect import fold_all
from collect_tui.domain.effects import (
    CallbackChanged,
    ContactLogged,
    Effect,
    HoldChanged,
    HoldPlaced,
    LadderChanged,
    NoteUnpinned,
    NoteWritten,
)
from collect_tui.domain.errors import Invalid
from collect_tui.domain.facts import PHONE_KINDS, AccountFacts, Hold, NextAction, Point
from collect_tui.domain.hold import freezing
from collect_tui.domain.message.offers import Standing
from collect_tui.domain.promise.decide import follow_up
from collect_tui.domain.queue.rules import CALLS
from collect_tui.domain.rules import ContactRules, HoldKind
from collect_tui.domain.states import AccountState, CallbackState, HoldState

TRACE_ACTION: Final = "trace"
"""Next action of an account whose last number turned out bad: find a new one."""

__all__ = [
    "CALLBACK_ACTION",
    "EARLY",
    "TRACE_ACTION",
    "advice",
    "callback",
    "default_action",
    "default_point",
    "find_point",
    "log",
    "mark_point",
    "missing",
    "next_action",
    "note",
    "unpin",
    "untimed",
]

_NEEDS: Final[Mapping[str, tuple[frozenset[str], str]]] = {
    "promise": (frozenset({"promise", "plan"}), "what is promised: an amount and a date, or a plan"),
    "plan": (frozenset({"plan"}), "the plan: an amount, a number of instalments and the first date"),
    "callback": (frozenset({"callback"}), "the day and time to call back"),
}


def log(
    facts: AccountFacts,
    *,
    action: Action,
    result: Result,
    point: Point | None,
    reason: str | None,
    note: str,
    typed: str,
    now: datetime,
    ids: Callable[[], int],
    calendar: Calendar,
    zone: str,
    holds: Mapping[str, HoldKind],
    rules: ContactRules,
    reasons: Collection[str] | None = None,
    by: str = "",
    offer: Standing | None = None,
    verified: bool = False,
) -> tuple[Effect, ...]:
    """One contact: the event, and what its result changes. `offer`: what the account is offered in it by its result.

    `by` had it; `now` is the instant of the contact (UTC), `zone` the desk's own zone (for days of callbacks), `rules` say
    within which hours the next try falls, `reasons` are the codes a reason for non-payment may have (None: not checked). The
    effects, in this order: the event; the point marked bad, wrong or opted out; the hold placed, and the ladder paused by
    it; callbacks kept; the next action.

    Raises Invalid "contact.point_missing", "contact.point_kind", "contact.reason", "contact.note" for what the result
    needs of the contact itself; promises, plans and callbacks are other commands of the act: see `missing`.
    """
    _check(facts, action, result, point, reason, note, reasons)
    effects: list[Effect] = [
        ContactLogged(
            id=ids(),
            action=action.code,
            result=result.code,
            at=as_utc(now),
            point_id=None if point is None else point.id,
            outbound=action.outbound,
            counted=action.call and action.outbound and result.counted,
            worked=result.worked,
            contact=result.contact,
            right_party=result.right_party,
            reason=reason or None,
            note=note,
            typed=typed,
            offered=offer.amount if offer else None,
            offered_on=facts.business_date if offer else None,
            offer_until=offer.until if offer else None,
            verified=verified and result.right_party,
        )
    ]
    if point is not None and result.point is not None:
        effects += mark_point(
            facts,
            point,
            None if result.point == "out" else result.point,
            "out" if result.point == "out" else None,
            "call" if action.call else "",
        )
    effects += _hold(facts, result, holds, ids, by)
    kept = kept_by(facts, result, as_utc(now), zone)
    effects += [CallbackChanged(c.id, CallbackState.DONE, c.status) for c in kept]
    new = _next(facts, result, point, now, calendar, zone, rules, {c.id for c in kept})
    if (asked := new or facts.next_action) and facts.status == AccountState.OPEN:
        comes = chosen(asked, fold_all(facts, effects), holds, calendar)
        effects += [steps.set_action(facts, comes)] if new or comes != asked else []
    return tuple(effects)


def missing(result: Result, kinds_present: Collection[str]) -> str | None:
    """What the result needs beside it in the same act and that is not there, as a sentence; None: nothing is missing.

    `kinds_present` are the kinds of the act's commands ("promise", "plan", "callback", …).
    """
    for need in result.needs:
        if need in _NEEDS and not _NEEDS[need][0] & set(kinds_present):
            return f"{result.code} ({result.title.lower()}) also needs {_NEEDS[need][1]}."
    return None


def advice(facts: AccountFacts, point: Point | None, result: Result) -> str | None:
    """A word for the preview when the point has been tried often enough: the third such result in a row moves on."""
    if point is None or not tired(facts, point, result.code):
        return None
    others = [p for p in facts.points if p.callable and p.id != point.id]
    following = next((p for p in others if not tired(facts, p)), None)
    if following is None:
        return f"{label(point)}: third {result.title.lower()} in a row, and no other number is left to try"
    return f"{label(point)}: third {result.title.lower()} in a row, next time {label(following)}"


def next_action(facts: AccountFacts, on: date, code: str, calendar: Calendar) -> tuple[Effect, ...]:
    """Moves the next action to a date; from a day nobody works on, on to the next business day. Today is always worked.

    Raises Invalid "next.in_past", Refused "account.closed".
    """
    check_open(facts)
    if on < facts.business_date:
        raise Invalid("next.in_past", "Expected a date for the next action that is today or later.", "on")
    return (steps.set_action(facts, NextAction(code, calendar.from_today(on, facts.business_date))),)


def note(text: str, typed: str, *, pinned: bool, ids: Callable[[], int]) -> tuple[Effect, ...]:
    """A note, as expanded and as typed. Raises Invalid "note.empty"."""
    if not text.strip():
        raise Invalid("note.empty", "Expected some text for the note.", "text")
    return (NoteWritten(ids(), text, typed, pinned),)


def unpin(facts: AccountFacts, text: str, *, ids: Callable[[], int]) -> tuple[Effect, ...]:
    """Takes a pinned note off the top; it stays in the timeline. `text` may be its beginning.

    Raises Invalid "note.not_pinned" when none or several pinned notes begin so.
    """
    begin = text.strip().casefold()
    exact = [p for p in facts.pinned if p.casefold() == begin]
    found = exact or [p for p in facts.pinned if p.casefold().startswith(begin)]
    if not begin or len(set(found)) != 1:
        raise Invalid("note.not_pinned", "Expected the beginning of exactly one pinned note.", "text")
    return (NoteUnpinned(ids(), found[0]),)


# -------------------------------------------------------------------------------------------------- parts of a contact


def _check(
    facts: AccountFacts,
    action: Action,
    result: Result,
    point: Point | None,
    reason: str | None,
    note: str,
    reasons: Collection[str] | None,
) -> None:
    act, word = f"{action.code} ({action.title.lower()})", f"{result.code} ({result.title.lower()})"
    if point is None and action.call and action.outbound and result.counted:
        raise Invalid("contact.point_missing", f"{act} needs the number called.", "point")
    if point is None and not action.kinds and result.counted:
        raise Invalid("contact.point_missing", _no_number(facts, act, word), "point")
    if point is None and result.point is not None:
        raise Invalid("contact.point_missing", f"{word} needs the contact point it is about.", "point")
    if point is not None and point.kind not in action.kinds:
        takes = f"takes a point of kind {', '.join(action.kinds)}" if action.kinds else "takes no contact point"
        raise Invalid("contact.point_kind", f"{act} {takes}, not {label(point)}.", "point")
    if not result.may_come_of(action):
        ways = " or ".join(WAYS[way] for way in result.ways)
        raise Invalid("contact.way", f"{word} is a result of {ways}, not of {act}.", "result")
    if reason and reasons is not None and reason not in reasons:
        raise Invalid("contact.reason", f"Expected a reason for non-payment: {', '.join(reasons)}.", "reason")
    if "reason" in result.needs and not reason:
        raise Invalid("contact.reason", f"{word} needs a reason for non-payment.", "reason")
    if "note" in result.needs and not note.strip():
        raise Invalid("contact.note", f"{word} needs a note.", "note")


def _no_number(facts: AccountFacts, act: str, word: str) -> str:
    """Why a result that counts as a call is not logged for an action that reaches nobody."""
    phones = [p for p in ordered(facts.points) if p.kind in PHONE_KINDS]
    left = next((p for p in phones if p.callable), None)
    if left is not None:
        return f"{act} reaches nobody; {word} needs a number: {left.short} ({label(left)})."
    named = f"name one ({phones[0].short}) or log sk" if phones else "log sk"
    return f"{word} needs a number. There is no number left to call; {named}."


def _hold(
    facts: AccountFacts, result: Result, holds: Mapping[str, HoldKind], ids: Callable[[], int], by: str
) -> Sequence[Effect]:
    """The hold that a result places. One of its kind that stands as long is enough; a shorter one is renewed."""
    if result.hold is None:
        return ()
    kind = holds.get(result.hold)
    if kind is None:
        raise Invalid("hold.unknown", f"{result.code} places a hold that is not among the kinds of holds.", "result")
    days = kind.default_days if result.hold_days is None else result.hold_days
    until = None if days is None else facts.business_date + timedelta(days=days)
    same = [h for h in facts.holds if h.kind == kind.code and h.scope == "account" and h.status == HoldState.ACTIVE]
    if any(h.until is None or (until is not None and h.until >= until) for h in same):
        return ()
    hold = Hold(ids(), kind.code, facts.business_date, until, reason=f"{result.code}: {result.title}", placed_by=by)
    today, stand = facts.business_date, [h for h in facts.holds if h not in same]
    effects: list[Effect] = [HoldChanged.of(h, HoldState.RELEASED, "renewed", today) for h in same]
    effects += (HoldPlaced(hold), *freezing.moves(facts, (*stand, hold), holds))
    if kind.pauses_ladder and facts.ladder_paused_by in {h.holder for h in same}:
        effects.append(LadderChanged(facts.stage, hold.holder, facts.stage, facts.ladder_paused_by))
    elif kind.pauses_ladder:
        effects += steps.pause(facts, hold.holder)
    return effects


def _next(
    facts: AccountFacts,
    result: Result,
    point: Point | None,
    now: datetime,
    calendar: Calendar,
    zone: str,
    rules: ContactRules,
    kept: Collection[int],
) -> NextAction | None:
    """What the result asks for, or what waits and comes before that; None: what there is stays."""
    if facts.status != AccountState.OPEN:
        return None
    waiting = [
        c for c in facts.callbacks if c.status == CallbackState.SCHEDULED and c.id not in kept and c.at > as_utc(now)
    ]
    traced = old.on if (old := facts.next_action) is not None and old.code == TRACE_ACTION else None
    new = follow(result.follow_up, facts, point, now, calendar, zone, rules)
    if new is None:
        stale = old is None or old.on < facts.business_date or (old.code == CALLBACK_ACTION and not waiting)
        if not (result.worked and stale):
            return None
        new = NextAction(result.follow_up.action, calendar.add_business_days(facts.business_date, 1))
    if result.point is not None and point is not None and point.kind in PHONE_KINDS:
        left = [p for p in facts.points if p.callable and p.id != point.id]
        new = new if left else NextAction(TRACE_ACTION, new.on)
    elif new.code in CALLS and traced is not None and not any(p.callable for p in facts.points):
        new = NextAction(TRACE_ACTION, min(new.on, max(traced, facts.business_date)))  # the search for a number goes on
    first = min(waiting, key=lambda c: c.at, default=None)
    if first is not None:
        promised = at_callback(first, zone)
        if promised.on < new.on or (promised.on == new.on and (new.at is None or first.at < new.at)):
            new = promised
    if (held := facts.open_promise) is not None and facts.business_date <= (
        check := follow_up(held, calendar)
    ) < new.on:
        new = NextAction("promise", check)
    return new
