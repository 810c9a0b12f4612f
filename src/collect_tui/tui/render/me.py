"""My day as lines: each figure with a bar against the best day of the week, then the days that are over."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING, Final

from collect_tui.desk.figures import amount
from collect_tui.desk.figures import day as day_said
from collect_tui.desk.views.me import lasted, promised, sums
from collect_tui.domain.dates import local_time
from collect_tui.tui.render.roles import Role
from collect_tui.tui.render.styled import Line, Span
from collect_tui.tui.render.text import clean, fit, width
from collect_tui.tui.render.why import bar

if TYPE_CHECKING:
    from collect_tui.desk.views.me import AgentDay, MeView

_HEADING: Final = 13
_BAR: Final = 10


def render_day(me: MeView) -> list[Line]:
    """What the day has come to and what is left."""
    lines = []
    for heading, words, n, most in sums(me):
        drawn = (f"{bar(n, most, _BAR)}  ", Role.GOOD) if most else (" " * (_BAR + 2), Role.PLAIN)
        lines.append(Line.of((f" {fit(heading, _HEADING)}", Role.LABEL), drawn, (words, Role.VALUE)))
    return lines


def render_beside(me: MeView, cells: int) -> list[Line]:
    """The same with the callbacks that come next beside it, for a board that has room for both."""
    late = [each for each in me.next_callbacks if each.at <= me.now]
    calls = [Line.of(("Callbacks of mine", Role.LABEL))]
    for each in me.next_callbacks:
        at = local_time(each.at, each.zone)
        when = f"{at:%H:%M}" if at.date() == me.business_date else day_said(at.date(), me.business_date)
        role = Role.WARN if each in late else Role.VALUE
        calls.append(Line.of((f"{fit(when, 7)}", role), f"{each.account}  {clean(each.name)}"))
    if not me.next_callbacks:
        calls.append(Line.of(("none is due by tonight", Role.DIM)))
    left, lines = cells * 4 // 7, []
    for one, other in zip_longest([Line.of((" My day", Role.LABEL)), *render_day(me)], calls, fillvalue=Line()):
        gap = " " * max(1, left - width(one.text))
        lines.append(Line((*one.spans, Span(gap), *other.spans)))
    return lines


def render_me(me: MeView) -> list[Line]:
    """What the day has come to, what is left, and the week."""
    wide = max([12, *(width(_promised(day, me.currency)) + 2 for day in me.days)])
    lines = [
        *render_day(me),
        Line(),
        Line.of((f" Day          Worked Contact  Right Promise{'Amount':>{wide}}    Talk    Wrap   Pause", Role.LABEL)),
    ]
    for day in me.days:
        counts = f"{day.worked:>7,}{day.contacts:>8,}{day.right_party:>7,}{day.promises:>8,}"
        times = "".join(f"{lasted(seconds):>8}" for seconds in (day.talk_s, day.wrap_s, day.pause_s))
        on = fit(f"{day.on:%a} {day.on.day} {day.on:%b}", 12)
        lines.append(Line.of(f" {on}{counts}{_promised(day, me.currency):>{wide}}{times}"))
    return lines


def _promised(day: AgentDay, currency: str) -> str:
    return promised(day, currency) if day.promised_other_currencies else amount(day.promised, currency)
