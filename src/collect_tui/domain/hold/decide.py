"""Holds: flags that forbid actions until a date or until released. What each kind forbids is data (`defaults/holds.toml`).

`until` is the last business date on which a hold binds; it ends as the business date rolls past it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Final

from collect_tui.domain import steps
from collect_tui.domain.calendars import YEARS_EITHER_WAY, Calendar, add_months, out_of_range
from collect_tui.domain.dates import format_day
from collect_tui.domain.effects import Effect, HoldChanged, HoldPlaced
from collect_tui.domain.errors import Invalid, Refused
from collect_tui.domain.facts import AccountFacts, Hold, Holder
from collect_tui.domain.hold import freezing
from collect_tui.domain.rules import HoldKind
from collect_tui.domain.states import HoldState

REVIEW_DAYS: Final = 30
"""When a hold without an end, or with one further off, is looked at again."""

HELD: Final = "hold"
"""Next action of an account whose hold is looked at again."""

ENFORCED: Final = {
    "call": "calls",
    "letter": "letters, e-mails and SMS",
    "suspend": "orders to suspend a service",
    "promise": "promises and plans",
    "fee": "the fee of a reconnection: none is asked or charged while the hold stands",
}
"""What the desk does and so can forbid, each with what that is. The rest of `BLOCKS` nothing here does, whatever a kind says."""

BLOCKS: Final = (*ENFORCED, "place")
"""What a kind of hold may say that it forbids; `place`: to place an account with an agency."""

SCOPES: Final = ("account", "service", "item", "point")


def place(
    facts: AccountFacts,
    kind: HoldKind,
    *,
    until: date | None,
    reason: str,
    by: str,
    ids: Callable[[], int],
    calendar: Calendar,
    scope: str = "account",
    target_id: int | None = None,
    kinds: Mapping[str, HoldKind] | None = None,
) -> tuple[Effect, ...]:
    """Place a hold; without `until` it lasts the default days of its kind, or until released. `kinds`: those of the holds that stand.

    It holds the ladder when its kind does. The next action becomes its review, on the business day after it ends, in 30 days
    at most; one that comes earlier stays, unless the hold forbids calls. Raises Refused "hold.overlap" (one of the kind on the
    same thing is active); Invalid "hold.in_past", "hold.scope", "date.out_of_range".
    """
    today = facts.business_date
    if scope not in SCOPES or (scope == "account") != (target_id is None):
        raise Invalid("hold.scope", "A hold is on the account, or on one service, item or contact point.", "scope")
    if until is None and kind.default_days is not None:
        until = today + timedelta(days=kind.default_days)
    if until is not None and until < today:
        raise Invalid("hold.in_past", "The end of the hold is before today; expected today or later.", "until")
    if until is not None and until > add_months(today, 12 * YEARS_EITHER_WAY):
        raise Invalid("date.out_of_range", out_of_range().message, "until")
    for other in active(facts):
        if (other.kind, other.scope, other.target_id) == (kind.code, scope, target_id):
            end = f"until {format_day(other.until, today)}" if other.until else "until it is released"
            raise Refused(
                "hold.overlap", f"A {kind.title} hold is active {end}; {release_line(kind.code)} releases it.", "hold"
            )
    hold = Hold(ids(), kind.code, today, until, reason.strip(), scope, target_id, HoldState.ACTIVE, by)
    review = review_on(hold, calendar)
    current = facts.next_action
    stays = current is not None and current.on <= review and "call" not in kind.blocks
    return (
        HoldPlaced(hold),
        *freezing.moves(facts, (*facts.holds, hold), {**(kinds or {}), kind.code: kind}),
        *(steps.pause(facts, hold.holder) if kind.pauses_ladder else ()),
        *(() if stays else steps.next_step(facts, HELD, review)),
    )


def review_on(hold: Hold, calendar: Calendar) -> date:
    """When a hold is looked at again: on the business day after it ends, in `REVIEW_DAYS` from its first day at most."""
    latest = hold.placed_on + timedelta(days=REVIEW_DAYS)
    ends = hold.until is not None and hold.until <= latest
    return calendar.on_or_after(hold.until + timedelta(days=1) if ends and hold.until is not None else latest)


def release_line(kind: str) -> str:
    """The line that releases holds of a kind."""
    return f"`rel {kind.lower().replace('_', '-')} REASON`"


def release(
    facts: AccountFacts, kind: HoldKind, reason: str, kinds: Mapping[str, HoldKind] | None = None
) -> tuple[Effect, ...]:
    """Release the active holds of a kind. What comes next is not said here (`policy.next_action.released`).

    A ladder that they held goes on, unless the open promise holds it, or, by `kinds`, another hold does. Raises Refused
    "hold.none", Invalid "hold.reason".
    """
    why = steps.require_reason(reason, "hold.reason", "the hold is released")
    found = [h for h in active(facts) if h.kind == kind.code]
    if not found:
        others = ", ".join(sorted({h.kind for h in active(facts)})) or "none"
        raise Refused("hold.none", f"No {kind.title} hold is active on this account; active: {others}.", "hold")
    effects: list[Effect] = [HoldChanged.of(h, HoldState.RELEASED, why, facts.business_date) for h in found]
    stand = [h for h in facts.holds if h not in found]
    effects += freezing.moves(facts, stand, {**(kinds or {}), kind.code: kind})
    paused = facts.ladder_paused_by
    if paused is not None and paused in {h.holder for h in found}:
        effects += steps.resume(facts, paused, successor(facts, found, kinds or {}))
    return tuple(effects)


def blocking(
    facts: AccountFacts,
    action: str,
    kinds: Mapping[str, HoldKind],
    *,
    scope: str = "account",
    target_id: int | None = None,
) -> tuple[Hold, ...]:
    """The active holds that forbid an action, one of `ENFORCED`.

    Those on the account, and those on the one service, item or point that `scope` and `target_id` name. A hold of a
    kind that the site's file no longer knows forbids everything: what it forbade cannot be looked up.
    """
    here = {("account", None), (scope, target_id)}
    bind = (h for h in active(facts) if (h.scope, h.target_id) in here)
    return tuple(h for h in bind if h.kind not in kinds or action in kinds[h.kind].blocks)


def forbids(kind: HoldKind | None) -> tuple[str, ...]:
    """What a kind of hold forbids of what the desk does (`ENFORCED`); a kind that nobody knows any more, all of it."""
    return tuple(action for action in ENFORCED if kind is None or action in kind.blocks)


def active(facts: AccountFacts) -> list[Hold]:
    """The holds that bind on the business date."""
    today = facts.business_date
    return [h for h in facts.holds if h.status == HoldState.ACTIVE and (h.until is None or h.until >= today)]


def successor(facts: AccountFacts, ended: list[Hold], kinds: Mapping[str, HoldKind]) -> Holder | None:
    """What holds the ladder when these holds have ended: another that does, or the open promise; None: nothing."""
    for other in active(facts):
        if other not in ended and other.kind in kinds and kinds[other.kind].pauses_ladder:
            return other.holder
    held = facts.open_promise
    return held.holder if held else None
