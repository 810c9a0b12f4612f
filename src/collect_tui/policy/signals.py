"""The signals of an account from plain facts: what `store/account_signals.py` gathers in SQL, one account at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from collect_tui.domain.calendars import Calendar
from collect_tui.domain.contact.points import candidate_zones, usable
from collect_tui.domain.dates import day_start, local_time, zone_info
from collect_tui.domain.errors import Invalid
from collect_tui.domain.facts import PHONE_KINDS, AccountFacts
from collect_tui.domain.figures import Figures, Past
from collect_tui.domain.hold.decide import blocking
from collect_tui.domain.message.decide import ways
from collect_tui.domain.order.kinds import CUTS
from collect_tui.domain.order.stuck import waits_since
from collect_tui.domain.promise.confirmation import awaited
from collect_tui.domain.queue.rules import PRE_DUE_DAYS
from collect_tui.domain.rules import ContactRules, HoldKind, Rules, coming_back
from collect_tui.domain.signals import NEVER, Signals
from collect_tui.domain.states import FAILED_ORDER, NOT_KEPT, WAITING_ORDER, HoldState, MessageState, OrderState
from collect_tui.policy.attempts import attempts
from collect_tui.policy.restore import may_restore
from collect_tui.policy.suspend import may_suspend


@dataclass(frozen=True, slots=True)
class RowExtras:
    """What stands beside an account: other past-due accounts of the customer, and until when it was put off."""

    linked: int = 0
    snooze_until: date | None = None


def signals(
    facts: AccountFacts,
    figures: Figures,
    past: Past,
    beside: RowExtras,
    rules: Rules,
    kinds: Mapping[str, HoldKind],
    calendar: Calendar,
    templates: Mapping[str, Sequence[str]],
) -> Signals:
    """The signals of an account on its business date. `templates`: by which channels each is sent."""
    going = set(ways(templates))
    today, zone = facts.business_date, rules.zone
    action = facts.next_action
    day_end = day_start(today + timedelta(days=1), zone)
    disputes, claims = coming_back(kinds, "dispute"), coming_back(kinds, "claim")
    active = [h.kind for h in facts.holds if h.status == HoldState.ACTIVE and (h.until is None or h.until >= today)]
    return Signals(
        status=facts.status,
        stage=facts.stage,
        collectable=figures.collectable,
        oldest_due=figures.oldest_due,
        attempts=figures.attempts,
        rpcs=figures.rpcs,
        kept_12m=figures.kept_12m,
        broken_12m=figures.broken_12m,
        returned_12m=figures.returned_12m,
        last_attempt_at=figures.last_attempt_at,
        spoken_on=_day(figures.last_rpc_at, zone),
        tried_on=_day(figures.last_attempt_at, zone),
        next_action_code=action.code if action else None,
        next_action_on=action.on if action else None,
        next_action_at=action.at if action else None,
        snooze_until=beside.snooze_until,
        callback_at=min((c.at for c in facts.callbacks if c.at < day_end), default=None),
        promise_open=sum(p.open for p in facts.promises),
        broken_on=_last(p.closed_on for p in past.promises if p.status in NOT_KEPT),
        returned_on=_last(p.returned_on for p in past.payments if p.came_back),
        hold_call=len(blocking(facts, "call", kinds)),
        disputing=sum(kind in disputes for kind in active),
        dispute_until=_last(h.until for h in past.holds if h.kind in disputes),
        claiming=sum(kind in claims for kind in active),
        claim_until=_last(h.until for h in past.holds if h.kind in claims and not _answered(past, h.placed_on, zone)),
        suspendable=sum(may_suspend(facts, s, today, rules.suspend, kinds, calendar).allowed for s in facts.services),
        restorable=sum(may_restore(facts, s, rules, kinds).allowed for s in facts.services),
        order_since=min((waits_since(o, today, zone) for o in facts.orders if o.status in WAITING_ORDER), default=None),
        reviews=sum(o.kind in CUTS and o.status == OrderState.DRAFT for o in facts.orders),
        order_failed=int(past.last_order in FAILED_ORDER),
        noticed_on=_last(m.served_on for m in facts.messages if m.level and m.served(facts.business_date)),
        coming=_coming(facts),
        ahead=figures.total - figures.past_due - figures.disputed,
        capped=int(capped(attempts_on(facts, today, rules.contact), facts, rules.contact)),
        linked=beside.linked,
        unanswered=len(facts.inbox),
        unreached=sum(
            m.status == MessageState.DRAFT
            and m.level != ""
            and not any(usable(p) and f"{m.template} {p.kind}" in going for p in facts.points)
            for m in facts.messages
        ),
        no_number=int(
            figures.collectable > 0
            and any(p.kind in PHONE_KINDS for p in facts.points)
            and not any(p.callable for p in facts.points)
        ),
        received_on=min((m.made_on for m in facts.inbox), default=None),
        confirm_by=min((by for p in facts.promises if p.open and (by := awaited(p)) is not None), default=None),
    )


def attempts_on(facts: AccountFacts, day: date, rules: ContactRules) -> int:
    """The attempts that count towards the cap on a business date: were it noon of that day wherever the customer may be, the
    most that `may_call` would count."""
    return max(attempts(facts, noon, rules, zone) for zone, noon in _noons(candidate_zones(facts), day))


def capped(n: int, facts: AccountFacts, rules: ContactRules) -> bool:
    """Whether so many attempts are all that may be made."""
    return 0 < rules.of(facts.party_kind).max_attempts <= n


def _noons(zones: Iterable[str], day: date) -> Iterator[tuple[str | None, datetime]]:
    none = True
    for zone in zones:
        try:
            yield zone, datetime.combine(day, time(12), tzinfo=zone_info(zone)).astimezone(UTC)
        except Invalid:
            continue
        none = False
    if none:
        yield None, datetime.combine(day, time(12), tzinfo=UTC)


def _coming(facts: AccountFacts) -> int:
    """What falls due within days and has been due, less what is there to pay it."""
    soon = facts.business_date + timedelta(days=PRE_DUE_DAYS)
    return sum(i.collectable for i in facts.items if i.due <= soon) - facts.credits - facts.unapplied


def _answered(past: Past, since: date, zone: str) -> bool:
    """Whether money has come in since a claim that it was on its way."""
    return any(
        p.stands and (p.received_on >= since or local_time(p.recorded_at, zone).date() >= since) for p in past.payments
    )


def _day(instant: datetime | None, zone: str) -> date:
    return NEVER if instant is None else local_time(instant, zone).date()


def _last(days: Iterable[date | None]) -> date | None:
    return max((day for day in days if day is not None), default=None)
