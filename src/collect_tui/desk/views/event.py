"""What happened at the desk, as other systems are told of it, and who is told."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Final

from collect_tui.desk.views.base import View

QUEUES: Final = "queues"
GAP: Final = "gap"


class Event(View):
    """Something that was done and committed. `position` counts up by one within the tenant: who remembers the last one they saw
    misses none. `data` holds numbers, codes, amounts in minor units and ids (as text: they have 63 bits), nothing personal."""

    position: int
    kind: str
    at: datetime
    by: str
    account: str | None
    data: Mapping[str, Any]


class EventPage(View):
    """Events after a position. `position`: where to go on. `gap`: events between were deleted because of their age.
    `head`: the last position there is."""

    events: tuple[Event, ...]
    position: int
    head: int
    gap: bool = False


class WebhookView(View):
    """Another system that is told. `kinds` empty: of everything. `last_error` says why it was not reached, `active` false: it
    was given up, and `last_error` says why. `behind`: events that still wait."""

    id: str
    url: str
    kinds: tuple[str, ...]
    active: bool
    behind: int
    failures: int
    next_try_at: datetime | None
    last_error: str
    created_by: str
    created_at: datetime
    secret: str | None = None  # only in the answer to its making


def wanted(kind: str, kinds: Collection[str]) -> bool:
    """Whether a kind is among those asked for: by its name or its group (`order.*`); nothing asked for is everything."""
    return not kinds or kind in kinds or f"{kind.partition('.')[0]}.*" in kinds
