"""The queues: why an account stands in one, and what keeps it out. Conditions over `Signals`, the same for the database.

A rule of the site's `queues.toml` names a reason. A reason holds in one or more ways, and each way is barred by the exclusions
it names. An account is in the first queue by tier whose reason holds in a way that nothing bars. What is judged by the clock
alone (the call window) is not here: it is judged when the account is taken. "Since spoken to" means after the day of the last
contact with the right party; what an account owed and has paid since is no reason any more, whatever broke or came back then.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from collect_tui.domain.dates import format_day
from collect_tui.domain.expression import (
    Expression,
    Field,
    Param,
    all_of,
    any_of,
    choose,
    evaluate,
    holds,
    negated,
    unknown,
)
from collect_tui.domain.facts import AccountFacts
from collect_tui.domain.order.stuck import stuck_by
from collect_tui.domain.rules import QueueRule, Rules
from collect_tui.domain.signals import Signals
from collect_tui.domain.states import AccountState, Stage

PRE_DUE_DAYS: Final = 5
"""How many days before a due date a customer with a bad record is called."""

CALLS: Final = ("call", "callback", "broken", "returned", "language")
"""Next actions that are calls; every other is work at the desk, which no hold on calls keeps from being done."""

APPROVAL: Final = "approval"

DECISIONS: Final[Mapping[str, str]] = {
    "supervisor": "a supervisor's",
    APPROVAL: "for whoever approves",
    "insolvency": "the insolvency desk's",
}
"""Next actions that somebody else has to decide on, however late, with whose they are."""

DESK_WORK: Final = frozenset(
    {
        "suspend_ready",
        "restore_ready",
        "stuck_order",
        "message_unanswered",
        "no_way_to_serve",
        "no_number",
        "confirmation_due",
    }
)
"""Reasons whose work is no call: it needs no hour at which the customer may be called."""


@dataclass(frozen=True, slots=True)
class Exclusion:
    """What keeps an account out. `sentence` says so of a row, which has the fields of `Signals` and what goes with them."""

    name: str
    condition: Expression
    sentence: Callable[[Any, date], str]


@dataclass(frozen=True, slots=True)
class Way:
    """One way in which a reason holds, and the exclusions that bar it."""

    reason: str
    condition: Expression
    barred: frozenset[str]


_today, _least = Param("today", date), Param("least")
_collectable, _oldest = Field("collectable"), Field("oldest_due")
_code, _on, _at = Field("next_action_code"), Field("next_action_on"), Field("next_action_at")
_callback, _tried, _spoken = Field("callback_at"), Field("last_attempt_at"), Field("spoken_on")
_broken, _returned = Field("broken_on"), Field("returned_on")
_worth = _collectable >= _least
_unpromised = Field("promise_open").equals(0)
_due = _on <= _today
_comes = all_of(_collectable < _least, Field("broken_12m") + Field("returned_12m") > 0, Field("coming") >= _least)
_a_call = _code.one_of(*CALLS)
#: A call that somebody set for today about what is not due yet: a balloon, a retention.
_ahead = all_of(_due, _a_call, _collectable < _least, Field("ahead") >= _least)

#: In the order in which they are told; bit i of the exclusion mask is the i-th.
EXCLUSIONS: Final = (
    Exclusion(
        "closed", negated(Field("status").equals(AccountState.OPEN)), lambda _row, _today: "The account is closed."
    ),
    Exclusion("hold", Field("hold_call") > 0, lambda row, _today: f"A hold forbids calls: {row.hold_kinds}."),
    Exclusion(
        "nothing_collectable",
        _collectable < _least,
        lambda _row, _today: (
            "There is nothing to collect: nothing is past due, or it is disputed or covered by unapplied money."
        ),
    ),
    Exclusion(
        "snoozed",
        Field("snooze_until") > _today,
        lambda row, today: (
            f"It was put off until {format_day(row.snooze_until, today)}: {row.snooze_reason or 'no reason given'}."
        ),
    ),
    Exclusion(
        "next_action_later",
        _on > _today,
        lambda row, today: f"The next action ({row.next_action_code}) is {format_day(row.next_action_on, today)}.",
    ),
    Exclusion(
        "attempts_cap",
        Field("capped") > 0,
        lambda row, _today: f"The attempt cap is reached: {row.attempts_window} calls in the days it counts.",
    ),
)

_ALL: Final = frozenset(one.name for one in EXCLUSIONS)

WAYS: Final = (
    # The customer named a time, and nobody has tried since.
    Way(
        "callback_due",
        all_of(negated(unknown(_callback)), any_of(_due, unknown(_tried), _tried < _callback)),
        _ALL - {"nothing_collectable", "next_action_later"},
    ),
    Way("callback_due", negated(unknown(_callback)), _ALL - {"nothing_collectable"}),
    # Whoever writes is answered, whatever forbids calls and whenever the account was to be looked at again.
    Way("message_unanswered", Field("unanswered") > 0, frozenset({"closed"})),
    # Of what is owed now, something was promised, or should have been.
    Way("broken_promise", all_of(_broken > _spoken, _broken > _oldest, _unpromised), _ALL),
    Way("returned_item", all_of(_returned > _spoken, _returned >= _oldest), _ALL),
    # Money that had paid what is not due yet: somebody tells the customer all the same.
    Way("returned_item", all_of(_returned > _spoken, _code.equals("returned")), _ALL - {"nothing_collectable"}),
    Way("suspend_ready", Field("suspendable") > 0, frozenset({"closed", "snoozed", "next_action_later"})),
    Way("restore_ready", Field("restorable") > 0, frozenset({"closed"})),
    # Unanswered for too long; held for review; or rejected, or refused on leaving, and somebody is to look at it.
    Way(
        "stuck_order",
        any_of(
            Field("order_since") <= Param("stuck_by", date),
            Field("reviews") > 0,
            all_of(_code.equals("order"), _due, Field("order_failed") > 0),
        ),
        frozenset({"closed"}),
    ),
    Way(
        "dispute_back",
        all_of(Field("dispute_until") >= _spoken, Field("dispute_until") >= _oldest, Field("disputing").equals(0)),
        _ALL - {"hold"},
    ),
    Way(
        "payment_claim_expired",
        all_of(Field("claim_until") >= _spoken, Field("claim_until") >= _oldest, Field("claiming").equals(0)),
        _ALL - {"hold"},
    ),
    # Until a notice can be served the account stays where it is; somebody finds out where the customer may be reached.
    Way("no_way_to_serve", Field("unreached") > 0, frozenset({"closed", "snoozed"})),
    # What was agreed should be with the customer in writing by now.
    Way("confirmation_due", Field("confirm_by") < _today, frozenset({"closed", "snoozed"})),
    # There were telephones, and none may be called any more: somebody looks for another. The cap on calls is nothing to that.
    Way("no_number", all_of(_worth, Field("no_number") > 0), _ALL - {"attempts_cap"}),
    # Nothing has been done about what is owed since it fell due, and there is a way to begin.
    Way(
        "new_delinquency",
        all_of(
            _worth,
            Field("no_number").equals(0),
            _oldest > Field("tried_on"),
            _oldest > _spoken,
            _unpromised,
            any_of(unknown(_broken), _broken <= _oldest),
            any_of(unknown(Field("noticed_on")), Field("noticed_on") < _oldest),
            Field("stage").one_of(Stage.CURRENT, Stage.PRE_DUE, Stage.PAST_DUE),
        ),
        _ALL,
    ),
    # Whoever set a call for today finds it today, whatever is owed: a day later it would stand here as overdue.
    Way("follow_up_due", all_of(_due, _a_call, negated(_ahead)), _ALL - {"nothing_collectable"}),
    Way("follow_up_due", all_of(_due, negated(_a_call), negated(_comes)), frozenset({"closed", "snoozed"})),
    # No next action is forgotten: what kept it from being done, somebody has to look at and set another.
    Way("follow_up_due", _on < _today, frozenset({"closed"})),
    Way("pre_due", any_of(_comes, _ahead), _ALL - {"nothing_collectable"}),
)
"""Every way of every reason; bit i of the mask of ways is the i-th."""

REASONS: Final = tuple(dict.fromkeys(way.reason for way in WAYS))

TIMED: Final[Mapping[str, Expression]] = {
    **{reason: _at for reason in REASONS if reason not in DESK_WORK - {"suspend_ready"}},
    # Tried in vain, it comes again when the next try is due, not at once.
    "callback_due": choose((_at > _callback, _at), otherwise=_callback),
}
"""reason → the instant before which it is not to be worked. Work at the desk waits for no instant, but who was just tried in
vain is not cut at once."""


def params(rules: Rules, today: date) -> dict[str, Any]:
    """What the conditions compare with on a business date."""
    return {
        "today": today,
        "stuck_by": stuck_by(today, rules),
    }


def bars(way: Way) -> int:
    """The exclusion mask's bits that bar a way."""
    return sum(1 << i for i, one in enumerate(EXCLUSIONS) if one.name in way.barred)


def ordered(rules: Sequence[QueueRule]) -> tuple[QueueRule, ...]:
    """Queue rules, best tier first, in the site's order within a tier."""
    return tuple(sorted(rules, key=lambda rule: rule.tier))


@dataclass(frozen=True, slots=True)
class Place:
    """Where an account stands. `reasons`: bit i is the i-th of the ordered rules. `timed`: the instant before which it waits."""

    queue: str = ""
    tier: int = 0
    reasons: int = 0
    timed: datetime | None = None


def place(signals: Signals, rules: Sequence[QueueRule], values: Mapping[str, Any]) -> Place:
    """Where an account stands by its signals among rules in their order, with the values of `params`."""
    out = {one.name for one in EXCLUSIONS if holds(one.condition, signals, values)}
    stands = {w.reason for w in WAYS if holds(w.condition, signals, values) and not out & w.barred}
    found = [i for i, rule in enumerate(rules) if rule.reason in stands]
    if not found:
        return Place()
    first = rules[found[0]]
    timed = TIMED.get(first.reason)
    at = None if timed is None else evaluate(timed, signals, values)
    return Place(first.name, first.tier, sum(1 << i for i in found), at)


def is_desk_work(facts: AccountFacts) -> bool:
    """Whether the next action of an account whose follow-up is due is no call, or is overdue: somebody must look at it whatever
    forbids calls."""
    action = facts.next_action
    return action is not None and (action.code not in CALLS or action.on < facts.business_date)
