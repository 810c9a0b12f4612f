"""Rows that a customer is made of: the words a name is found by, and a contact point as it is found and called."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from collect_tui.domain.errors import Invalid
from collect_tui.domain.facts import PHONE_KINDS, Point
from collect_tui.store.names import point_key, reversed_digits, tokens, written
from collect_tui.store.phone_zones import candidate_zones, known_zones, reach


def name_rows(tenant_id: int, party_id: int, name: str) -> list[dict[str, Any]]:
    """Rows of `name_token`."""
    mine = {"tenant_id": tenant_id, "party_id": party_id}
    return [{**mine, "token": token, "reversed": token[::-1]} for token in tokens(name)]


def point(ident: int, kind: str, value: str, order: int, country: str, region: str) -> Point:
    """A contact point as it will be read back; a telephone as the site's country writes it. Raises as `point_row`."""
    row = point_row(kind, value, country, region=region)
    kept = tuple(zone for zone in row["zones"].split(",") if zone)
    zones, of_country = reach(row["normalized"], kept) if kind in PHONE_KINDS else (kept, ())
    shown = kind in PHONE_KINDS and written(row["normalized"], country)
    return Point(
        ident, kind, shown or row["value"], order, zones=zones, country=of_country, normalized=row["normalized"]
    )


def point_row(
    kind: str, value: str, country: str, zones: Sequence[str] = (), *, region: str | None = None
) -> dict[str, Any]:
    """Columns of `contact_point` that follow from what it is; `zones` adds to what a number tells. `country`: the site's; `region`: the
    one in whose way the number is written, where that is another: it is kept with its country's code then, as whoever reads it again
    takes it for one of the site's.

    Raises Invalid "point.phone", "point.email" or "point.zone" with a reason without its subject.
    """
    phone = kind in PHONE_KINDS
    normalized = point_key(kind, value, region or country)
    if phone and normalized != point_key(kind, value, country):
        value = written(normalized) or value
    if phone and not 4 <= len(normalized) <= 15:
        raise Invalid("point.phone", "is no telephone number", "value")
    if kind == "email" and "@" not in value:
        raise Invalid("point.email", "is no e-mail address", "value")
    if any(zone not in known_zones() for zone in zones):
        raise Invalid("point.zone", "has what is no IANA time zone, such as America/Chicago", "zones")
    return {
        "kind": kind,
        "value": value,
        "normalized": normalized,
        "reversed": reversed_digits(normalized),
        "zones": ",".join(candidate_zones(normalized, zones) if phone else zones),
    }
