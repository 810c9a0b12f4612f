"""The floor as lines: what it comes to, and the work there is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from collect_tui.desk.figures import amount, sums, whole
from collect_tui.desk.views.case import counted
from collect_tui.tui.render.roles import Role
from collect_tui.tui.render.styled import Line, Span
from collect_tui.tui.render.text import fit, width

if TYPE_CHECKING:
    from collect_tui.desk.views.floor import FloorView, SeatView


def render_queues(floor: FloorView, today: date) -> list[Line]:
    """How old the work is that is due, what waits for a decision, and which orders are locked."""
    due = [queue for queue in floor.queues if queue.due_now]
    aged = (
        f"{queue.name} {queue.due_now:,}" + (f" {(today - queue.oldest).days}d" if queue.oldest else "")
        for queue in due
    )
    waits = [f"{each.title.lower()} {each.count:,}" for each in floor.cases if each.count]
    locked = [f"{each.queue} locked by {each.by}: {each.reason}" for each in floor.locks]
    lines = [Line.of(("Due ", Role.LABEL), " · ".join(aged) or "nothing")]
    if waits or locked:
        locks = (Span(f" · {' · '.join(locked)}", Role.WARN),) if locked else ()
        lines.append(Line.of(("Cases ", Role.LABEL), " · ".join(waits) or "none", *locks))
    return lines


def render_floor(seats: Sequence[SeatView]) -> Line:
    """What the floor comes to."""
    busy = sum(1 for seat in seats if seat.account)
    worked = sum(seat.worked for seat in seats)
    return Line.of(
        (str(busy), Role.VALUE), f" of {len(seats)} hold an account · ", (f"{worked:,}", Role.VALUE), " worked today"
    )  # fmt: skip


def render_work(floor: FloorView, today: date, cells: int) -> list[Line]:
    """The queues one by one: what is due, how old, what may be collected, who works it and who has locked it; then lists of cases."""
    title = max(20, cells - 80)
    money = {
        each.name: sums(each.sums, whole) if each.other_currencies else amount(each.collectable, each.currency)
        for each in floor.queues
    }
    wide = max([15, *(width(each) + 2 for each in money.values())])
    head = f" {fit('Queue', 15)}{fit('', title)}{'Due':>8}{'Left':>8}{'Collectable':>{wide}}{'Oldest':>8}  Worked by"
    lines = [Line.of((head, Role.HEAD))]
    locks = {each.queue: each for each in floor.locks}
    for queue in floor.queues:
        at_it = ", ".join(seat.login for seat in floor.seats if seat.queue == queue.name)
        if not (queue.due_now or at_it or queue.name in locks):
            continue
        oldest = f"{(today - queue.oldest).days} d" if queue.oldest else ""
        figures = f"{queue.due_now:>8,}{queue.left:>8,}{money[queue.name]:>{wide}}{oldest:>8}"
        lock = locks.get(queue.name)
        told = f" · locked by {lock.by}" if lock is not None else ""
        name = f" {fit(queue.name, 14)} {fit(queue.title, title)}"
        lines.append(Line.of(name, (figures, Role.VALUE), f"  {at_it}", (told, Role.WARN)))
    cases = (
        Line.of(f" {fit(each.name, 14)} {fit(each.title, title)}", (f"{counted(each.count):>8}", Role.VALUE))
        for each in floor.cases
    )
    return [*lines, *cases]
