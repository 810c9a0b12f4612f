"""What makes plays quick and comparable: no frames between keys, style sheets read once, pages of a few rows.

A small book has several pages then. What is said of dropped keys is left out: slow typing drops none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest import mock

from textual._compositor import Compositor
from textual.css.stylesheet import Stylesheet
from textual.dom import DOMNode

from collect_tui.tui import messages, queue_rows
from collect_tui.tui.screens import panes
from collect_tui.tui.screens import queue as queue_screen


def _styled_once() -> Callable[[Any, Any], None]:
    """Styles of a widget's parts, worked out once for each class of widget: half of a play's time, and colours are not looked at."""
    known: dict[type, dict[str, Any]] = {}
    stock = Stylesheet._process_component_classes

    def styled(sheet: Stylesheet, node: DOMNode) -> None:
        kind = type(node)
        if kind not in known:
            stock(sheet, node)
            known[kind] = dict(node._component_styles)
        elif not node._component_styles:
            node._component_styles.update(known[kind])

    return styled


def _read_once() -> Callable[..., Any]:
    """Rules of style sheets, read once."""
    known: dict[Any, Any] = {}
    stock = Stylesheet._parse_rules

    def read(sheet: Stylesheet, *args: Any, **rest: Any) -> Any:
        key = (args, tuple(rest.items()))
        if key not in known:
            known[key] = stock(sheet, *args, **rest)
        return known[key]

    return read


def _no_frame(compositor: Compositor, **_: Any) -> None:
    """Frames are not made while keys are typed; `painted` makes the one that is looked at."""
    compositor._dirty_regions.clear()


@contextmanager
def swift() -> Iterator[None]:
    """While it lasts, plays are quick, pages short, and nothing is said of how many keys were dropped."""
    with ExitStack() as stack:
        for place, name, value in (
            (queue_rows, "PAGE", 5),
            (queue_screen, "PAGE", 5),
            (queue_screen, "AHEAD", 2),
            (queue_rows.load_queue, "__defaults__", (None, 5)),
            (panes, "PAGE", 6),
            (Stylesheet, "_process_component_classes", _styled_once()),
            (Stylesheet, "_parse_rules", _read_once()),
            (Compositor, "render_update", _no_frame),
            (messages, "dropped", lambda _keys: ""),
            (messages, "with_dropped", lambda sentence, _keys: sentence),
        ):
            stack.enter_context(mock.patch.object(place, name, value))
        yield
