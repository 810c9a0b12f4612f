"""What stands at a place (`defaults/gateway.py`) of a far end's JSON or form."""

from __future__ import annotations

from typing import Any

from collect_tui.defaults.gateway import Place, Places


def values(tree: Any, place: Place) -> list[Any]:
    """All that stands there, of any kind."""
    here = [tree]
    for step in place:
        there: list[Any] = []
        for value in here:
            if isinstance(value, dict):
                there += [value[step]] if step in value else []
            elif isinstance(value, list):
                there += value if step == "*" else value[int(step) :][:1] if step.isdecimal() and len(step) < 6 else []
        here = there
    return here


def found(tree: Any, place: Place) -> list[str]:
    """The texts, numbers and truth values that stand there, as texts; nothing that is empty."""
    texts = (_text(value) for value in values(tree, place))
    return [text for text in texts if text]


def first(tree: Any, places: Places) -> str:
    """The first of the places that holds something, empty when none does; more than one value there stand in a row."""
    return next((", ".join(texts) for place in places if (texts := found(tree, place))), "")


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int) else ""
