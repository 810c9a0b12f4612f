"""The figures of an account, from its facts and from those rows of its past that the facts do not keep.

What `store/summary.py` makes of all accounts in SQL, on plain values; amounts are minor units.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from collect_tui.domain.account.ageing import bucket, days_past_due
from collect_tui.domain.calendars import add_months
from collect_tui.domain.contact.conversation import same_call
from collect_tui.domain.facts import AccountFacts
from collect_tui.domain.parts import UNDATED
from collect_tui.domain.promise.effects import PROMISE_MONTHS
from collect_tui.domain.states import GIVEN_BACK, OPEN_INSTALMENT, PaymentState, PromiseState


@dataclass(frozen=True, slots=True)
class PastPromise:
    status: PromiseState
    closed_on: date | None


@dataclass(frozen=True, slots=True)
class PastPayment:
    status: PaymentState
    returned: int
    returned_on: date | None
    received_on: date
    recorded_at: datetime
    method: str = ""

    @property
    def came_back(self) -> bool:
        """Whether the bank took it back, or a part of it."""
        return self.status == PaymentState.RETURNED or self.returned > 0

    @property
    def stands(self) -> bool:
        return self.status not in GIVEN_BACK


@dataclass(frozen=True, slots=True)
class PastContact:
    at: datetime
    outbound: bool
    counted: bool
    right_party: bool
    contact: bool
    point_id: int | None
    id: int

    @property
    def conversation(self) -> bool:
        return self.contact and self.right_party


@dataclass(frozen=True, slots=True)
class PastHold:
    """A hold that has run out; `until` was its last day."""

    kind: str
    placed_on: date
    until: date


@dataclass(frozen=True, slots=True)
class Past:
    """Every promise and payment of an account, every contact that was not taken back, every hold that expired; and the state of
    its last order that was not undone."""

    promises: tuple[PastPromise, ...] = ()
    payments: tuple[PastPayment, ...] = ()
    contacts: tuple[PastContact, ...] = ()
    holds: tuple[PastHold, ...] = ()
    last_order: str | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """The names are those of `account_summary`."""

    total: int
    past_due: int
    disputed: int
    credits: int
    collectable: int
    promised: int
    unapplied: int
    oldest_due: date | None
    bucket: str
    kept_12m: int
    broken_12m: int
    returned_12m: int
    last_payment_on: date | None
    last_attempt_at: datetime | None
    last_rpc_at: datetime | None
    attempts: int
    rpcs: int


def figures(facts: AccountFacts, past: Past, minutes: int) -> Figures:
    """What an account comes to on its business date. `minutes`: how long after a talk what is logged of it is of the same call."""
    today = facts.business_date
    year_ago = add_months(today, -PROMISE_MONTHS)
    judged = [p.status for p in past.promises if p.closed_on is not None and p.closed_on > year_ago]
    returned = [p for p in past.payments if p.came_back and p.returned_on is not None and p.returned_on > year_ago]
    counted = [c for c in past.contacts if c.counted and not same_call(c, past.contacts, minutes)]
    promised = [i for p in facts.promises if p.open for i in p.instalments if i.status in OPEN_INSTALMENT]
    return Figures(
        total=facts.total,
        past_due=facts.past_due,
        disputed=facts.disputed,
        credits=facts.credits,
        collectable=facts.collectable,
        promised=sum(i.outstanding for i in promised),
        unapplied=facts.unapplied,
        oldest_due=facts.oldest_due,
        bucket=bucket(days_past_due(facts.oldest_due, today)),
        kept_12m=judged.count(PromiseState.KEPT),
        broken_12m=judged.count(PromiseState.BROKEN) + judged.count(PromiseState.PARTIAL),
        returned_12m=len(returned),
        last_payment_on=max((p.received_on for p in past.payments if p.stands and p.method != UNDATED), default=None),
        last_attempt_at=max((c.at for c in past.contacts if c.outbound), default=None),
        last_rpc_at=max((c.at for c in past.contacts if c.right_party), default=None),
        attempts=len(counted),
        rpcs=sum(c.right_party for c in counted),
    )
