"""What is known of a contact point: its quality, and the customer's consent."""

from __future__ import annotations

from datetime import date

from collect_tui.domain.effects import Effect, PointMarked
from collect_tui.domain.errors import Invalid
from collect_tui.domain.facts import AccountFacts, Point


def mark_point(
    facts: AccountFacts,
    point: Point,
    quality: str | None,
    consent: str | None,
    source: str = "",
    on: date | None = None,
) -> tuple[Effect, ...]:
    """Sets quality (unknown, good, bad, wrong) or consent (unknown, in, out) of a point; None leaves it as it is. `source`, `on`: how and
    when the consent was given or withdrawn, today unless said.

    Nothing when that changes nothing. Raises Invalid "point.unknown" for a point of another account, "point.consent_on" for a day
    to come.
    """
    if on is not None and on > facts.business_date:
        raise Invalid("point.consent_on", "Expected a day that has been.", "on")
    if all(p.id != point.id for p in facts.every_point):
        raise Invalid("point.unknown", "Expected a contact point of this account.", "point")
    new, old = (quality or point.quality, consent or point.consent), (point.quality, point.consent)
    was = point.consent_source, point.consent_on
    given = was
    if consent == "unknown":
        given = "", None
    elif consent is not None and (consent != point.consent or source or on):
        given = source, on or facts.business_date
    if (new, given) == (old, was):
        return ()
    return (PointMarked(point.id, *new, *old, *given, *was),)
