"""Effects as JSON, for the act log and the audit: `{"kind": "PromiseMade", …}`, exact both ways."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from itertools import starmap
from typing import Any

from pydantic import TypeAdapter

from collect_tui.domain.effect import Effect
from collect_tui.domain.effects import KINDS
from collect_tui.domain.holder import Holder


@cache
def _adapter(kind: str) -> TypeAdapter[Any]:
    return TypeAdapter(KINDS[kind])


def dump(effects: Iterable[Effect]) -> list[dict[str, Any]]:
    return [{"kind": (kind := type(e).__name__), **_adapter(kind).dump_python(e, mode="json")} for e in effects]


def load(text: str) -> tuple[Effect, ...]:
    """Reads what `json.dumps(dump(...))` wrote. KeyError on an effect this program does not know."""
    rows = json.loads(text)
    return tuple(_adapter(row.pop("kind")).validate_python(dict(starmap(_read, row.items()))) for row in rows)


def _read(name: str, value: Any) -> tuple[str, Any]:
    """What holds the ladder was once written as text."""
    return name, Holder.read(value) if name.endswith("paused_by") and isinstance(value, str) else value
