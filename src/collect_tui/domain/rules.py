"""Parameters of the trade's rules as typed values. The numbers live in `defaults/*.toml`; nothing here has an opinion."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from typing import Final

from collect_tui.domain.contact.times import DAY, Span, Times, without
from collect_tui.domain.dates import DateOrder
from collect_tui.domain.states import Stage


@dataclass(frozen=True, slots=True)
class OfferRules:
    """What is offered to whoever has not asked. Percentages are whole, days count from the day of the message.
    `settlement`: by stage of the ladder, the percentage of all that is open that settles it; none on a stage that is not there.
    `prepay_months`: monthly charges that are paid in advance, for `prepay_percent` less; 0: that is not offered."""

    settlement: Mapping[Stage, int] = field(default_factory=dict)
    settlement_days: int = 14
    prepay_months: int = 0
    prepay_percent: int = 0
    prepay_days: int = 21


@dataclass(frozen=True, slots=True)
class ArrangementPolicy:
    """Guard rails of promises and plans for one segment. Percentages are whole percent of the collectable amount; amounts minor units.

    `first_within_days`: how far the first due date may lie ahead, `extension_days` how long a suspension may be put off, for an agent and,
    `_lead`, with a lead's override. `re_age_days`: how far ahead what is late may be made due anew without one.
    """

    segment: str = "default"
    grace_days: int = 2
    min_amount: int = 1000
    min_percent: int = 10
    first_within_days: int = 11
    first_within_days_lead: int = 14
    min_down_percent: int = 0
    min_instalment: int = 1000
    max_instalments: int = 12
    max_span_days: int = 366
    frequencies: tuple[str, ...] = ("weekly", "fortnightly", "monthly")
    max_broken_12m: int = 2
    cooldown_days: int = 90
    min_tenure_months: int = 6
    override_role: str = "lead"
    grace_unit: str = "days"  # days, business
    extension_days: int = 11
    extension_days_lead: int = 14
    re_age_days: int = 60
    max_rescues_12m: int = 1
    confirm_within_days: int = 0  # 0: it need not be confirmed in writing
    confirm_unit: str = "business"  # days, business
    confirm: tuple[str, ...] = ("plan",)  # what is confirmed: plan, single
    offers: OfferRules = OfferRules()
    sources: Mapping[str, str] = field(default_factory=dict)  # rule → citation


COMES_BACK: Final = ("dispute", "claim")


@dataclass(frozen=True, slots=True)
class HoldKind:
    """A kind of hold and the actions it blocks, of `domain.hold.decide.BLOCKS`; of these `ENFORCED` are what the desk itself does.

    `chip`: the short word for it among the reasons why an account stands where it does. `override_role`: who may act in spite of it; None:
    nobody, the hold must be released first. `comes_back`: as what its end brings the account back to the desk, one of `COMES_BACK`; empty
    when it does not. `freezes`: the days that it stands count for no due date. `speaks_to`: the roles of other parties of the account who
    may be called and written to all the same. `objects`: it is an objection to a suspension that has been ordered, which whoever answers
    for it may make until it leaves.
    """

    code: str
    title: str
    blocks: tuple[str, ...]
    default_days: int | None
    pauses_ladder: bool
    source: str = ""
    override_role: str | None = None
    help: str = ""
    comes_back: str = ""
    chip: str = ""
    objects: bool = False
    freezes: bool = False
    speaks_to: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class QueueRule:
    """A named queue: the reason (a name the store knows as an SQL condition) that puts accounts in it, and its tier 1–8.
    `department`: whose queue it is, of those of cases; empty: everybody's."""

    name: str
    title: str
    tier: int
    reason: str
    chip: str
    help: str = ""
    department: str = ""


@dataclass(frozen=True, slots=True)
class SavedFilter:
    """A queue of which a part is wanted, under a name of its own. `words` as `desk/queue_filter.py` reads them; `columns` by their names,
    none: the usual ones."""

    name: str
    queue: str
    words: str
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ContactRules:
    """Call window in the customer's local time, `start <= t < end` on `weekdays` (0 Monday), in every candidate zone; and the attempt
    cap, of which 0 is none. `parties`: kind of customer (person, org) → the same with what is otherwise for it."""

    start: time
    end: time
    soft_end_minutes: int
    max_attempts: int
    window_days: int
    cooldown_days: int
    override_role: str
    sources: Mapping[str, str]
    conversation_minutes: int = 30  # what is logged so soon after a talk with the same number tells more of it
    weekdays: tuple[int, ...] = tuple(range(7))
    parties: Mapping[str, ContactRules] = field(default_factory=dict)

    def of(self, kind: str) -> ContactRules:
        """The rules for a kind of customer."""
        return self.parties.get(kind, self)

    @property
    def hours(self) -> str:
        """The window in words: `08:00–21:00`, `08:00–18:00 weekdays`."""
        days = "" if len(self.weekdays) == 7 else Span(frozenset(self.weekdays), 0, DAY).text
        return f"{self.start:%H:%M}–{self.end:%H:%M} {days}".rstrip()

    def times(self, said: str) -> Times:
        """What a customer asked for (`domain/contact/times.py`), without the days on which nobody is called."""
        return without(said, self.weekdays)


@dataclass(frozen=True, slots=True)
class VerificationRules:
    """Who is spoken to is verified by `needed` of `facts` (code → what it is), for the lease on the account and `minutes` at most. `mode`:
    off; warn: a right party nobody has verified is told; refuse: it is not logged; hide: nor are balances shown or said before."""

    mode: str = "off"
    needed: int = 2
    minutes: int = 30
    facts: Mapping[str, str] = field(default_factory=dict)
    source: str = ""


PRODUCT: Final = r"^[A-Z][A-Z0-9]{0,7}$"
"""How a product of a service is written."""


@dataclass(frozen=True, slots=True)
class SuspendRules:
    """`notice_level` must have been served `notice_days` before the effective date; no cuts on weekdays (0 Monday) and holidays listed.

    Of the services of an account those of the lowest `cut_rank` that owe something are cut first.
    A service that has been cut may be terminated `terminate_dpd` days past due. `tolerance` is the desk's: an item with less open
    counts as paid, however old it is. `products`: product → the same with what is otherwise for its services.
    """

    notice_level: str
    notice_days: int
    no_cut_weekdays: tuple[int, ...]
    min_past_due: int
    min_dpd: int
    reconnect_fee: int
    stuck_after_days: int
    sources: Mapping[str, str]
    tolerance: int = 0
    terminate_dpd: int = 90
    cut_rank: int = 1
    products: Mapping[str, SuspendRules] = field(default_factory=dict)

    def of(self, product: str) -> SuspendRules:
        """The rules for services of a product."""
        return self.products.get(product, self)


@dataclass(frozen=True, slots=True)
class QueuePolicy:
    """`max_next_action_days`: how far ahead a next action or callback may be set by hand. `override_role` may go beyond the caps."""

    lease_minutes: int
    max_snooze_days: int
    max_snoozes: int
    accounts_a_day: int
    max_next_action_days: int = 30
    override_role: str = "lead"


@dataclass(frozen=True, slots=True)
class Weights:
    """Most points per term of the score; they sum to 1000 with `base` terms as in the formula of `domain/queue/priority.py`."""

    money: int = 300
    roll: int = 200
    rpc: int = 150
    kept: int = 150
    risk: int = 100
    stale: int = 60
    linked: int = 40


@dataclass(frozen=True, slots=True)
class LadderStep:
    """A stage is due `offset_days` past the oldest due date. `message`: the template that is written then. With a `level` it is a
    notice: the stage is reached when it has been served, and it is written `gap_days` after the notice before at the earliest.
    `action_days`: so many days after the stage is reached the next action falls, on a business day. `segment`: whose ladder it is; empty:
    of all that have none of their own."""

    stage: Stage
    offset_days: int
    action: str
    title: str
    message: str = ""
    level: str = ""
    gap_days: int = 0
    segment: str = ""
    action_days: int = 0


@dataclass(frozen=True, slots=True)
class Reminder:
    """What is written of items of a kind before they fall due: `message` (a template), so many `days` before, the most first, once each;
    no days: nothing is. `kind`: empty for all kinds that have no reminder of their own. `below`: the stage from which on an account
    gets none. `segment`: as of a step of the ladder, kind by kind."""

    message: str
    days: tuple[int, ...]
    kind: str = ""
    below: Stage = Stage.FINAL
    segment: str = ""


@dataclass(frozen=True, slots=True)
class OfferRun:
    """How an offer is made to all who qualify: `message` (a template), once in `every_days`, to so many by each night (`nightly`)."""

    message: str
    every_days: int
    nightly: int = 0


@dataclass(frozen=True, slots=True)
class Rules:
    contact: ContactRules
    suspend: SuspendRules
    queue: QueuePolicy
    weights: Weights
    ladder: tuple[LadderStep, ...]
    tolerance: int  # minor units; less than this open counts as paid
    zone: str  # the desk's own zone
    currency: str
    country: str
    subdivision: str | None
    date_order: DateOrder  # whether 12/4 is 12 April or 4 December
    holidays: frozenset[date]
    apply_credits: bool = True  # at night, oldest first
    check_sample: int = 1000  # accounts that a check of the day run holds against the rules
    reminders: tuple[Reminder, ...] = ()
    offers: Mapping[str, OfferRun] = field(default_factory=dict)  # by their names, `codes.OFFERS`
    verification: VerificationRules = VerificationRules()
    states: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # by state, and rule: what is cited

    def ladder_of(self, segment: str) -> tuple[LadderStep, ...]:
        """The ladder of a segment: its own, or the one of all others."""
        own = tuple(step for step in self.ladder if step.segment == segment)
        return own or tuple(step for step in self.ladder if not step.segment)

    def reminders_of(self, segment: str) -> tuple[Reminder, ...]:
        """The reminders before due of a segment: by kind its own, or that of all others; and the one of its ladder for what is left."""
        found = {each.kind: each for whose in ("", segment) for each in self.reminders if each.segment == whose}
        for step in self.ladder_of(segment):
            if step.offset_days < 0 and step.message:
                found.setdefault("", Reminder(step.message, (-step.offset_days,), "", Stage.PAST_DUE, segment))
        return tuple(found.values())

    @property
    def segments(self) -> tuple[str, ...]:
        """Segments with a ladder or with reminders of their own."""
        named = {step.segment for step in self.ladder} | {each.segment for each in self.reminders}
        return tuple(sorted(named - {""}))


def coming_back(kinds: Mapping[str, HoldKind], what: str) -> frozenset[str]:
    """The kinds of hold whose end brings an account back as a dispute or as a claim."""
    return frozenset(code for code, kind in kinds.items() if kind.comes_back == what)
