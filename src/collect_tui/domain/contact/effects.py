"""What becomes of contacts and callbacks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import ClassVar

from collect_tui.domain.codes import Codes
from collect_tui.domain.contact.points import candidate_zones, label_of, of_party, zones_at
from collect_tui.domain.dates import clock, local_time
from collect_tui.domain.effect import STATUS, Effect, EventSpec, Ids, changed, final
from collect_tui.domain.facts import AccountFacts, Attempt, Callback, Point
from collect_tui.domain.states import OPEN_CALLBACK, CallbackState, check
from collect_tui.domain.wording import because, day_words, low, quoted


@dataclass(frozen=True, slots=True)
class ContactLogged(Effect):
    """One contact event: an action and its result, with the flags the result carries. `offered`: the amount (minor units) that was offered
    in it, on the business date `offered_on`, until the day `offer_until`."""

    event: ClassVar[EventSpec | None] = EventSpec(
        "contact.logged", ("id", "action", "result", "right_party", "outbound")
    )
    work: ClassVar[bool] = True

    id: int
    action: str
    result: str
    at: datetime
    point_id: int | None
    outbound: bool
    counted: bool
    worked: bool
    contact: bool
    right_party: bool
    reason: str | None = None
    note: str = ""
    typed: str = ""
    supersedes: int | None = None  # the event that this one takes back
    offered: int | None = None
    offered_on: date | None = None
    offer_until: date | None = None
    verified: bool = False  # the customer had been verified

    def fold(self, facts: AccountFacts) -> AccountFacts:
        attempt = Attempt(
            at=self.at,
            action=self.action,
            result=self.result,
            counted=self.counted,
            conversation=self.contact and self.right_party,
            point_id=self.point_id,
            id=self.id,
        )
        return replace(facts, attempts=(*facts.attempts, attempt), snoozes=0)

    def inverse(self, facts: AccountFacts, ids: Ids, reason: str) -> tuple[Effect, ...]:
        return (ContactVoided(ids(), self.id, reason),)

    def words(self, facts: AccountFacts, codes: Codes, zone: str) -> str:
        action, result = codes.actions.get(self.action), codes.results.get(self.result)
        words = [result.title.lower() if result else self.result, action.title.lower() if action else self.action]
        point = next((p for p in facts.every_point if p.id == self.point_id), None)
        if point is not None:
            words.append(label_of(point, facts, codes.party_roles))
        if self.reason:
            words.append(codes.reasons.get(self.reason, self.reason).lower())
        note = f" {quoted(self.note)}" if self.note.strip() else ""
        caveat = f" · {result.caveat}" if result and result.caveat else ""
        return f"logs {' · '.join(words)}{note}{caveat}"


@dataclass(frozen=True, slots=True)
class ContactVoided(Effect):
    """Takes a contact event back: the log keeps both."""

    event: ClassVar[EventSpec | None] = EventSpec("contact.voided", ("id", "event_id"))
    ends: ClassVar[bool] = True

    id: int
    event_id: int
    reason: str

    def fold(self, facts: AccountFacts) -> AccountFacts:
        return replace(facts, attempts=tuple(a for a in facts.attempts if a.id != self.event_id))

    def inverse(self, facts: AccountFacts, ids: Ids, reason: str) -> tuple[Effect, ...]:
        final("A contact that was taken back stays so; log it again.")

    def words(self, facts: AccountFacts, codes: Codes, zone: str) -> str:
        return f"takes the contact back{because(self.reason)}"


@dataclass(frozen=True, slots=True)
class CallbackScheduled(Effect):
    event: ClassVar[EventSpec | None] = EventSpec("callback.scheduled", ("id", "at", "owner"), "callback")
    work: ClassVar[bool] = True
    begins: ClassVar[bool] = True

    callback: Callback

    @property
    def target(self) -> int | None:
        return self.callback.id

    def fold(self, facts: AccountFacts) -> AccountFacts:
        return replace(facts, callbacks=(*facts.callbacks, self.callback))

    def inverse(self, facts: AccountFacts, ids: Ids, reason: str) -> tuple[Effect, ...]:
        now = next((c for c in facts.callbacks if c.id == self.callback.id), None)
        return () if now is None else (CallbackChanged(now.id, CallbackState.CANCELLED, now.status),)

    def words(self, facts: AccountFacts, codes: Codes, zone: str) -> str:
        owner = "for anyone" if self.callback.owner is None else f"for {self.callback.owner}"
        point = next((p for p in facts.every_point if p.id == self.callback.point_id), None)
        to = "" if point is None else f" to {label_of(point, facts, codes.party_roles)}"
        at = self.callback.at
        there = _there(at, zone, facts, point)
        return f"callback {day_words(local_time(at, zone).date(), facts)} {clock(at, zone)}{there}{to}, {owner}"


@dataclass(frozen=True, slots=True)
class CallbackChanged(Effect):
    event: ClassVar[EventSpec | None] = EventSpec("callback.changed", STATUS)
    ends: ClassVar[bool] = True

    id: int
    status: CallbackState
    old_status: CallbackState

    @property
    def target(self) -> int | None:
        return self.id

    def fold(self, facts: AccountFacts) -> AccountFacts:
        after = changed(facts.callbacks, self.id, lambda c: replace(c, status=self.status))
        return replace(facts, callbacks=tuple(c for c in after if c.status in OPEN_CALLBACK))

    def inverse(self, facts: AccountFacts, ids: Ids, reason: str) -> tuple[Effect, ...]:
        check(self.status, self.old_status)
        return (CallbackChanged(self.id, self.old_status, self.status),)

    def words(self, facts: AccountFacts, codes: Codes, zone: str) -> str:
        before = next((c for c in facts.callbacks if c.id == self.id), None)
        name = (
            "the callback"
            if before is None
            else f"the callback of {day_words(local_time(before.at, zone).date(), facts)}"
        )
        became = {
            CallbackState.DONE: "is done",
            CallbackState.MISSED: "was missed",
            CallbackState.RESCHEDULED: "is put off"
            if self.old_status == CallbackState.MISSED
            else "gives way to the new one",
            CallbackState.CANCELLED: "is cancelled",
            CallbackState.SCHEDULED: "stands again",
        }
        return f"{name} {became.get(self.status, low(self.status))}"


@dataclass(frozen=True, slots=True)
class CallbackGiven(Effect):
    """A callback becomes a colleague's."""

    id: int
    owner: str | None
    old_owner: str | None

    @property
    def target(self) -> int | None:
        return self.id

    def fold(self, facts: AccountFacts) -> AccountFacts:
        return replace(facts, callbacks=changed(facts.callbacks, self.id, lambda c: replace(c, owner=self.owner)))

    def inverse(self, facts: AccountFacts, ids: Ids, reason: str) -> tuple[Effect, ...]:
        now = next((c for c in facts.callbacks if c.id == self.id), None)
        return (
            (CallbackGiven(self.id, self.old_owner, self.owner),) if now is not None and now.owner == self.owner else ()
        )

    def words(self, facts: AccountFacts, codes: Codes, zone: str) -> str:
        found = next((c for c in facts.callbacks if c.id == self.id), None)
        name = (
            "a callback" if found is None else f"the callback of {day_words(local_time(found.at, zone).date(), facts)}"
        )
        return f"{name} is for {self.owner or 'anyone'}"


def _there(at: datetime, zone: str, facts: AccountFacts, point: Point | None) -> str:
    """The same moment where the customer is, when the clocks there show another hour; empty when they do not."""
    facts = of_party(facts, point)
    asked = (point,) if point is not None else facts.points
    found = (zones for p in asked if point is not None or p.callable if (zones := zones_at(facts, p)))
    theirs = next(found, candidate_zones(facts, point) or (zone,))[0]
    local, desk = local_time(at, theirs), local_time(at, zone)
    if local.utcoffset() == desk.utcoffset():
        return ""
    day = "" if local.date() == desk.date() else f"{day_words(local.date(), facts)} "
    return f" ({day}{clock(at, theirs)} at the customer's)"
