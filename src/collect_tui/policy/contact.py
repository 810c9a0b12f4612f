"""May this customer be called or written to now: holds, the point; for a call the hours, the cap, the pause after a talk.

The numbers are `ContactRules` (TOML); `sources` cites each check by its short name: hold, number, window, times, cap, cooldown.
The values shipped are those of Regulation F (12 CFR 1006.6(b)(1), 1006.14(b)), kept by a first-party desk as its house
standard. Judgements are local to the customer and made in every zone the customer may be in; the strictest zone wins.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, Literal

from collect_tui.common.words import plural
from collect_tui.domain.contact import times
from collect_tui.domain.contact.points import candidate_zones, of_party
from collect_tui.domain.contact.points import label as point_label
from collect_tui.domain.contact.zones import WindowVerdict, intersect_window
from collect_tui.domain.dates import as_utc, clock, format_day, local_time, zone_info
from collect_tui.domain.facts import PHONE_KINDS, AccountFacts, Point
from collect_tui.domain.hold.decide import blocking
from collect_tui.domain.rules import ContactRules, HoldKind
from collect_tui.policy.attempts import counted, judged_in, known_zones, local_date, most_attempts, of_customer
from collect_tui.policy.verdicts import Finding, Severity, Verdict

NEAR_CAP: Final = 2
"""From this many calls below the cap on, the agent is warned."""

_ACTIONS: Final = {"call": "calls", "letter": "letters or messages"}


def may_call(
    facts: AccountFacts,
    now: datetime,
    rules: ContactRules,
    holds: Mapping[str, HoldKind],
    point: Point | None = None,
    *,
    today: date | None = None,
) -> Verdict:
    """Whether the customer may be called at an instant (UTC), on one number or, without a point, on any of them.

    `today`: the day from which the sentences count, of an instant still to come; None: the day of the instant.

    One finding per check, those that are met too. Outside the hours and in the pause it is SCHEDULE with `next_ok`; at
    the cap and when the zone is unknown HOLD, which `rules.override_role` may override; a number marked bad or wrong or
    opted out BLOCK; a hold as its kind says.
    """
    facts = of_party(facts, point)
    rules = rules.of(facts.party_kind)
    checks = _Call(facts, as_utc(now), rules, holds, point, candidate_zones(facts, point), today)
    asked = (checks.times(),) if facts.times else ()
    return Verdict.of((*checks.holds_(), checks.number(), checks.window(), *asked, checks.cap(), checks.cooldown()))


def hold_findings(
    facts: AccountFacts,
    action: Literal["call", "letter"],
    rules: ContactRules,
    kinds: Mapping[str, HoldKind],
    point: Point | None = None,
    *,
    today: date | None = None,
) -> Iterator[Finding]:
    """What the holds say to a call or a letter, on the business date of the facts: one finding each, or that none forbids it.

    `today`: the day from which the sentences count; None: the business date.
    """
    what = _ACTIONS[action]
    target = {"scope": "point", "target_id": point.id} if point is not None else {}
    party = facts.party_of(point)
    found = [
        hold
        for hold in blocking(facts, action, kinds, **target)  # type: ignore[arg-type]
        if party is None or hold.kind not in kinds or party.role not in kinds[hold.kind].speaks_to
    ]
    for hold in found:
        kind = kinds.get(hold.kind)
        end = f"until {format_day(hold.until, today or facts.business_date)}" if hold.until else "until it is released"
        role = None if kind is None else kind.override_role
        yield Finding(
            f"contact.hold.{hold.kind}",
            Severity.BLOCK if role is None else Severity.HOLD,
            f"No {what} {end}: {hold.kind if kind is None else kind.title}.",
            "hold",
            (kind.source if kind else "") or rules.sources.get("hold", ""),
            override_role=role,
        )
    if not found:
        yield say(rules, "hold", Severity.ALLOW, f"No hold forbids {what}.")


def label(verdict: Verdict, n: int, cap: int, zones: Sequence[str] = (), now: datetime | None = None) -> str:
    """The verdict in a word or five: `yes 5/7`, `no until 08:00 Los Angeles UTC-08:00`, `no 7/7`, `no: cease`; without a cap `yes`.

    The time stands in the zone of `zones` that opens last; with `now`, a later day is named.
    """
    if verdict.allowed:
        return f"yes {n}/{cap}" if cap else "yes"
    refusal = max(verdict.findings, key=lambda f: f.severity)
    if refusal.severity is Severity.SCHEDULE and verdict.next_ok is not None:
        return f"no until {_moment(verdict.next_ok, known_zones(zones), now)}"
    if refusal.check == "cap":
        return f"no {n}/{cap}"
    return f"no: {refusal.rule.rsplit('.', 1)[-1].replace('_', ' ').lower()}"


@dataclass(frozen=True, slots=True)
class _Call:
    facts: AccountFacts
    now: datetime
    rules: ContactRules
    kinds: Mapping[str, HoldKind]
    point: Point | None
    zones: tuple[str, ...]
    today: date | None

    def holds_(self) -> Iterator[Finding]:
        return hold_findings(self.facts, "call", self.rules, self.kinds, self.point, today=self.today)

    def number(self) -> Finding:
        point = self.point
        if point is None:
            if any(p.callable for p in self.facts.points):
                return self._say("number", Severity.ALLOW, "There is a number to call.")
            return self._say("number", Severity.BLOCK, "There is no number left that may be called.")
        name = point_label(point).capitalize()
        if point.kind not in PHONE_KINDS:
            return self._say("number", Severity.BLOCK, f"{name} is no telephone.")
        if point.consent == "out":
            return self._say("number", Severity.BLOCK, f"{name} was opted out by the customer.")
        if not point.callable:
            return self._say("number", Severity.BLOCK, f"{name} is marked {point.quality}.")
        return self._say("number", Severity.ALLOW, f"{name} may be called.")

    def window(self) -> Finding:
        hours = self.rules.hours
        role = self.rules.override_role
        if not self.zones or len(known_zones(self.zones)) < len(self.zones):
            text = f"The customer's time zone is not known, so the hours {hours} cannot be checked."
            return self._say("window", Severity.HOLD, text, role=role)
        seen = intersect_window(self.zones, self.rules.start, self.rules.end, self.now, self.rules.times(""))
        where = ", ".join(seen.labels())
        if not seen.open and seen.next_open is None:
            text = f"The customer's possible time zones share no hour within {hours}: {where}."
            return self._say("window", Severity.HOLD, text, role=role)
        if not seen.open:
            seen = self._window(self.zones, self.now)
            opens = _moment(seen.next_open or self.now, self.zones, self.now, self.today)
            text = f"Outside {hours} where the customer may be ({where}); from {opens}."
            return self._say("window", Severity.SCHEDULE, text, next_ok=seen.next_open)
        return self._open(seen, where)

    def times(self) -> Finding:
        """What the customer asked for, where the zone tells whether it is the time."""
        said = times.read(self.facts.times)
        known = known_zones(self.zones)
        closed = [zone for zone in known if said.closed(local_time(self.now, zone))]
        if not closed:
            return self._say("times", Severity.ALLOW, f"As the customer asked: {said.text}.")
        seen = self._window(known, self.now)
        opens = "" if seen.next_open is None else f"; from {_moment(seen.next_open, known, self.now, self.today)}"
        text = f"The customer asked for other times ({said.text}){opens}."
        return self._say("times", Severity.SCHEDULE, text, next_ok=seen.next_open)

    def _window(self, zones: Sequence[str], now: datetime) -> WindowVerdict:
        return intersect_window(zones, self.rules.start, self.rules.end, now, self.rules.times(self.facts.times))

    def _open(self, seen: WindowVerdict, where: str) -> Finding:
        soft = timedelta(minutes=self.rules.soft_end_minutes)
        if seen.closes_at is not None and seen.closes_at - self.now <= soft:
            left = int((seen.closes_at - self.now).total_seconds() // 60)
            text = f"The hours end in {plural(left, 'minute')}: {where}."
            return self._say("window", Severity.WARN, text)
        return self._say("window", Severity.ALLOW, f"Within the hours: {where}.")

    def cap(self) -> Finding:
        most, days = self.rules.max_attempts, self.rules.window_days
        n = most_attempts(self.facts, self.now, self.rules, self.zones)
        if not most:
            return self._say("cap", Severity.ALLOW, "No cap on calls is set.")
        text = f"{n} of {most} calls in {days} days"
        if n < most:
            near = n >= max(1, most - NEAR_CAP)
            return self._say("cap", Severity.WARN if near else Severity.ALLOW, f"{text}.")
        text = f"{text}: the next one needs a reason and a {self.rules.override_role}."
        return self._say("cap", Severity.HOLD, text, role=self.rules.override_role, next_ok=self._below_cap())

    def cooldown(self) -> Finding:
        days = self.rules.cooldown_days
        if days <= 0:
            return self._say("cooldown", Severity.ALLOW, "No pause after a conversation is set.")
        talks = [a.at for a in self.facts.attempts if a.conversation]
        if not talks:
            return self._say("cooldown", Severity.ALLOW, "No conversation in the last weeks.")
        last = max(talks)
        free = {zone: local_date(last, zone) + timedelta(days=days) for zone in judged_in(self.zones)}
        if all(local_date(self.now, zone) >= day for zone, day in free.items()):
            return self._say("cooldown", Severity.ALLOW, f"The last conversation is {days} days or more ago.")
        first = max(free.values())
        text = f"A conversation took place in the last {days} days; next call {format_day(first, self.today or self._today())}."
        role = self.rules.override_role
        return self._say("cooldown", Severity.SCHEDULE, text, role=role, next_ok=self._opening(first))

    def _today(self) -> date:
        return max(local_date(self.now, zone) for zone in judged_in(self.zones))

    def _below_cap(self) -> datetime | None:
        """When the oldest of the calls that fill the cap falls out of the window."""
        for ahead in range(1, self.rules.window_days + 1):
            day = self._today() + timedelta(days=ahead)
            counts = (counted(of_customer(self.facts), day, self.rules, z) for z in judged_in(self.zones))
            if max(counts) < self.rules.max_attempts:
                return self._opening(day)
        return None

    def _opening(self, day: date) -> datetime | None:
        """The first instant within the hours on or after a local day, in every zone."""
        zones = known_zones(self.zones) or ["UTC"]
        midnight = max(datetime.combine(day, time(), tzinfo=zone_info(zone)).astimezone(UTC) for zone in zones)
        return self._window(zones, midnight).next_open

    def _say(
        self,
        check: str,
        severity: Severity,
        sentence: str,
        *,
        role: str | None = None,
        next_ok: datetime | None = None,
    ) -> Finding:
        return say(self.rules, check, severity, sentence, role=role, next_ok=next_ok)


def say(
    rules: ContactRules,
    check: str,
    severity: Severity,
    sentence: str,
    *,
    role: str | None = None,
    next_ok: datetime | None = None,
) -> Finding:
    return Finding(f"contact.{check}", severity, sentence, check, rules.sources.get(check, ""), next_ok, role)


def _moment(instant: datetime, zones: Sequence[str], now: datetime | None, today: date | None = None) -> str:
    """An instant where the day starts last among the zones, `08:00 Los Angeles UTC-08:00`; with its day when not that of `now`,
    said from `today` (None: the day of `now`)."""
    zone = min(zones, key=lambda z: local_time(instant, z).replace(tzinfo=None), default="UTC")
    local = local_time(instant, zone)
    day = ""
    if now is not None and (then := local_time(now, zone).date()) != local.date():
        day = f"{format_day(local.date(), today or then)} "
    return f"{day}{clock(instant, zone)}"
