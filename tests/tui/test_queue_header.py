"""The head of a queue in a narrow terminal: what a line would go to is said before what the queue is called and comes to."""

from __future__ import annotations

import pytest

from collect_tui.desk.views.queue import QueueFigure, QueueRow
from collect_tui.tui.render.queue import render_queue_header
from collect_tui.tui.render.text import width

FIGURE = QueueFigure(
    name="written",
    title="To confirm in writing",
    tier=5,
    count=1_240,
    due_now=1_200,
    collectable=9_036_827_21,
    currency="USD",
)
ROW = QueueRow(
    account="4410-2231",
    name="Rosa Alvarez",
    collectable=9_036_827_21,
    currency="USD",
    dpd=40,
    tier=5,
    score=50,
    chips=(),
)
FILTER = "collect>500 flag=disputed"


@pytest.mark.parametrize("marked", [0, 3, 1_240])
@pytest.mark.parametrize("room", range(51, 120))
def test_a_filter_and_marks_stand_whole(room, marked):
    text = render_queue_header(FIGURE, marked, FILTER, [ROW], whole_of_it=False, room=room).text
    assert width(text) <= room
    assert text.endswith(f" · {FILTER}")
    assert (f" · {marked:,} marked · " in text) == bool(marked)


@pytest.mark.parametrize("room", range(37, 120))
def test_marks_stand_whole_where_nothing_is_filtered(room):
    text = render_queue_header(FIGURE, 1_240, room=room).text
    assert width(text) <= room
    assert " · 1,240 marked" in text


def test_the_title_gives_way_before_the_sum_and_the_sum_before_the_filter():
    heads = {room: render_queue_header(FIGURE, 3, FILTER, [ROW], room=room).text for room in range(50, 120)}
    assert heads[119] == f"To confirm in writing · 1 of 1,240 · $9,036,827 · 3 marked · {FILTER}"
    assert heads[81] == f"To confirm in w… · 1 of 1,240 · $9,036,827 · 3 marked · {FILTER}"
    assert heads[65] == f"To confirm i… · 1 of 1,240 · 3 marked · {FILTER}"
    assert heads[60] == f"To conf… · 1 of 1,240 · 3 marked · {FILTER}"
    assert heads[50] == f"To confirm… · 3 marked · {FILTER}"
