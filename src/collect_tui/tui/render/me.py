"""My day as lines: each figure with a bar against the best day of the week, then the days that are over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from collect_tui.desk.figures import amount
from collect_tui.desk.views.me import lasted, sums
from collect_tui.tui.render.roles import Role
from collect_tui.tui.render.styled import Line
from collect_tui.tui.render.text import fit
from collect_tui.tui.render.why import bar

if TYPE_CHECKING:
    from collect_tui.desk.views.me import MeView

_HEADING: Final = 13
_BAR: Final = 10


def render_me(me: MeView) -> list[Line]:
    """What the day has come to, what is left, and the week."""
    lines = []
    for heading, words, n, most in sums(me):
        drawn = (f"{bar(n, most, _BAR)}  ", Role.GOOD) if most else (" " * (_BAR + 2), Role.PLAIN)
        lines.append(Line.of((f" {fit(heading, _HEADING)}", Role.LABEL), drawn, (words, Role.VALUE)))
    lines += [
        Line(),
        Line.of((" Day          Worked Contact  Right Promise      Amount    Talk    Wrap   Pause", Role.LABEL)),
    ]
    for day in me.days:
        counts = f"{day.worked:>7,}{day.contacts:>8,}{day.right_party:>7,}{day.promises:>8,}"
        times = "".join(f"{lasted(seconds):>8}" for seconds in (day.talk_s, day.wrap_s, day.pause_s))
        lines.append(
            Line.of(
                f" {fit(f'{day.on:%a} {day.on.day} {day.on:%b}', 12)}{counts}{amount(day.promised, me.currency):>12}{times}"
            )
        )
    return lines
