"""Turns what rules.toml says of contacts into typed values: hours and caps, and how customers are verified."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace
from typing import Any, Final

from collect_tui.defaults.reading import Table
from collect_tui.domain.dates import WEEKDAYS
from collect_tui.domain.rules import ContactRules, VerificationRules


def contact(table: Table, roles: Collection[str]) -> ContactRules:
    found = ContactRules(
        **_reaching(table),
        override_role=table.choice("override_role", roles),
        sources=table.table("sources", {}).texts(),
    )
    parties = {}
    for kind, own in table.variants("parties", _REACHING):
        if kind not in PARTY_KINDS:
            raise own.error("party", None, "expected a kind of customer: person or org.")
        parties[kind] = replace(found, **_reaching(own))
    table.done()
    return replace(found, parties=parties)


_REACHING: Final = (
    "start",
    "end",
    "weekdays",
    "soft_end_minutes",
    "max_attempts",
    "window_days",
    "conversation_minutes",
    "cooldown_days",
)
"""Values that a kind of customer may have of its own."""

PARTY_KINDS: Final = ("person", "org")


def _reaching(table: Table) -> dict[str, Any]:
    names = {name[:3].lower(): at for at, name in enumerate(WEEKDAYS)}
    days = table.choices("weekdays", tuple(names))
    if not days:
        raise table.error("order", "weekdays", "expected at least one weekday on which customers are called.")
    start, end = table.clock("start"), table.clock("end")
    if start >= end:
        raise table.error("order", "end", "expected a time after start, on the same day.")
    return {
        "start": start,
        "end": end,
        "weekdays": tuple(sorted({names[name] for name in days})),
        "soft_end_minutes": table.number("soft_end_minutes", 0, 24 * 60),
        "max_attempts": table.number("max_attempts", 0, 1000),
        "window_days": table.number("window_days", 1, 30),
        "conversation_minutes": table.number("conversation_minutes", 0, 240),
        "cooldown_days": table.number("cooldown_days", 0, 30),
    }


VERIFICATION: Final = ("off", "warn", "refuse", "hide")


def verification(table: Table) -> VerificationRules:
    found = VerificationRules(
        mode=table.choice("mode", VERIFICATION),
        needed=table.number("needed", 1, 6),
        minutes=table.number("minutes", 1, 240),
        facts=table.table("facts", {}).texts(),
        source=table.text("source", ""),
    )
    table.done()
    if len(found.facts) < found.needed:
        raise table.error("order", "needed", "expected no more than there are facts.")
    for code in found.facts:
        if not re.fullmatch("[a-z][a-z0-9]{1,7}", code):
            raise table.error("fact", "facts", "expected facts with short names such as dob.")
    return found
