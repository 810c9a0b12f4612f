"""The board of queues, a queue, and the account under the cursor, in a line each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Final

from collect_tui.desk.figures import full_day, money, sums, there, whole
from collect_tui.desk.views.queue import QUEUE_COLUMNS
from collect_tui.domain.states import OPEN_ORDER
from collect_tui.tui.render.roles import Role
from collect_tui.tui.render.styled import Line, Span
from collect_tui.tui.render.text import fit, width

if TYPE_CHECKING:
    from collect_tui.desk.views.account import AccountView
    from collect_tui.desk.views.queue import Coverage, QueueFigure, QueueRow
    from collect_tui.desk.views.session import Session

ANY: Final = 1000
"""Cells that are more than any sum needs."""
_LEAST: Final = 8
"""Cells that a queue's title keeps."""


def render_board_summary(figures: Sequence[QueueFigure], room: int = ANY) -> Line:
    """What the whole board comes to, currency by currency, in so many cells."""
    left = sum(f.left for f in figures)
    together = _together(each for figure in figures for each in figure.sums)
    line = Line.of(
        (f"{sum(f.count for f in figures):,}", Role.VALUE), " accounts in queues · ", (f"{left:,}", Role.VALUE), " left"
    )  # fmt: skip
    if not any(minor for minor, _ in together):
        return line
    return Line((*line.spans, *_collectable(" · ", together, money, room - width(line.text))))


_COLLECTABLE: Final = " collectable"


def _collectable(
    before: str, amounts: Sequence[tuple[int, str]], written: Callable[[int, str], str], room: int
) -> tuple[Span, ...]:
    """A sum behind `before`, and what it is; where there is no room for both, the sum without that, and as much of it as there is."""
    room -= width(before)
    told = sums(amounts, written)
    if len(told) + len(_COLLECTABLE) <= room:
        return Line.of(before, (told, Role.MONEY), _COLLECTABLE).spans
    return Line.of(before, (sums(amounts, written, room), Role.MONEY)).spans


def _together(amounts: Iterable[tuple[int, str]]) -> list[tuple[int, str]]:
    """Amounts added up currency by currency, in the order in which these come."""
    by_currency: dict[str, int] = {}
    for minor, currency in amounts:
        by_currency[currency] = by_currency.get(currency, 0) + minor
    return [(minor, currency) for currency, minor in by_currency.items()]


def render_coverage(coverage: Coverage) -> Line:
    """What the desk's agents can do of what is due."""
    return Line.of((coverage.words, Role.WARN if coverage.overflow else Role.LABEL))


def _title(figure: QueueFigure, room: int) -> str:
    """A queue's title in so many cells, or in the least that it keeps."""
    least = min(width(figure.title), _LEAST)
    return figure.title if width(figure.title) <= room else fit(figure.title, max(least, room))


def render_queue_header(
    figure: QueueFigure,
    marked: int = 0,
    words: str = "",
    rows: Sequence[QueueRow] = (),
    *,
    whole_of_it: bool = True,
    room: int = ANY,
) -> Line:
    """A queue's title and what is left in it for this user; of how many, when some are for later or for others. `words`: which of it
    are its `rows`: then their count and sum, as far as they have been fetched. `room`: cells, in which amounts are whole; where it is
    short the title gives way, then the sum and the count of the rows, the filter and the count of marks never before them."""
    chosen: tuple[str, Role] = (f" · {marked:,} marked" if marked else "", Role.MARK)
    if words:
        more = "" if whole_of_it else "+"
        amounts = _together(((0, figure.currency), *((row.collectable, row.currency) for row in rows)))
        counted = f" · {len(rows):,}{more} of {figure.count:,} · "
        kept = width(f"{counted}{chosen[0]} · {words}")
        least = width(sums(amounts, whole, 0) + more)
        title = _title(figure, room - kept - least)
        if width(title) + kept + least > room:  # the filter and the marks say what a line goes to; the sum does not
            counted = counted.removesuffix(" · ")
            kept = width(f"{chosen[0]} · {words}")
            title = _title(figure, room - kept - width(counted))
            counted = counted if width(title) + kept + width(counted) <= room else ""
            title = _title(figure, room - kept - width(counted))
            return Line.of((title, Role.HEAD), counted, chosen, " · ", (words, Role.VALUE))
        told = sums(amounts, whole, room - kept - width(title + more)) + more
        return Line.of((title, Role.HEAD), counted, (told, Role.MONEY), chosen, " · ", (words, Role.VALUE))
    of = f" of {figure.count:,}" if figure.left != figure.count else ""
    least = width(f" · {figure.left:,} left · {sums(figure.sums, whole, 0)}{chosen[0]}")
    if width(figure.title) + least + len(of) > room:
        of = ""
    title = _title(figure, room - least)
    counted = f" · {figure.left:,} left{of}"
    if width(title) + least > room:
        return Line.of((title, Role.HEAD), counted, chosen)
    money_spans = _collectable(" · ", figure.sums, whole, room - width(f"{title}{counted}{chosen[0]}"))
    return Line.of((title, Role.HEAD), counted, chosen, *money_spans)


def render_row_summary(row: QueueRow, session: Session) -> Line:
    """What the row itself knows of its account, until the account has been fetched."""
    parts: list[str | tuple[str, Role]] = [(row.name, Role.VALUE), there(session.now, row.zone, session.zone)]
    if row.last_word:
        parts.append(f" · {row.last_word}")
    if row.suspend:
        parts += [" · ", (f"suspend {row.suspend}", Role.WARN)]
    return Line.of(*parts)


LONG: Final = ("reasons", "last_word")
"""Columns of texts, by their names."""


def render_cut(row: QueueRow, session: Session, cut: Iterable[str], said: str) -> Line:
    """The columns of a row for which the table has no room, whole, but for what is said of the account already."""
    parts: list[str | tuple[str, Role]] = []
    for column in (each for each in QUEUE_COLUMNS if each.name in cut):
        text, role = column.on_screen(row, session)
        if text not in said:
            parts += [" · " if parts else "", (f"{column.heading} ", Role.LABEL), (text, role)]
    return Line.of(*parts)


def render_account_summary(view: AccountView) -> Line:
    """Who, at what hour where that is not the desk's, which services, the last word, may I call, and what is pending; in that order."""
    parts: list[str | tuple[str, Role]] = [(view.name, Role.VALUE), there(view.now, view.zone, view.desk_zone)]
    services = " ".join(s.product for s in view.services)
    if services:
        parts.append(f" · {services}")
    if view.last_word:
        parts.append(f" · {view.last_word}")
    parts += [" · can call: ", (view.call_label, Role.GOOD if view.may_call.allowed else Role.BAD)]
    for order in view.orders:
        if order.status in OPEN_ORDER:
            role = Role.BAD if order.stuck else Role.WARN
            parts += [" · ", (f"{order.kind} {order.product} {full_day(order.effective, view.business_date)}", role)]
    if view.holds:
        parts += [" · ", ("hold " + ", ".join(h.kind for h in view.holds), Role.WARN)]
    return Line.of(*parts)
