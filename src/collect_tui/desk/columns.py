"""The columns of a list, declared once: the screen, the plain table and the CSV file are all made from them.

A list's columns stand beside the view of its rows (`desk/views/`), in the order of the file and of the plain table. JSON is the view.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final, Literal

from collect_tui.desk import figures
from collect_tui.desk.figures import amount, clock, day
from collect_tui.domain.money import format_minor

if TYPE_CHECKING:
    from collect_tui.desk.views.session import Session

Align = Literal["left", "right"]


class Role(StrEnum):
    """What a piece of text is, rather than how it looks.  Meaning never rests on it alone: a colour may not be seen."""

    PLAIN = "plain"
    DIM = "dim"
    HEAD = "head"
    LABEL = "label"
    VALUE = "value"
    MONEY = "money"
    GOOD = "good"
    WARN = "warn"
    BAD = "bad"
    KEY = "key"
    CURSOR = "cursor"
    MARK = "mark"
    ERROR = "error"


Writer = Callable[[Any, Any, "Session"], str]
"""A cell's text from its value, its row, and the session, which says today, now and where the desk is."""


def text(value: Any, row: Any = None, session: Session | None = None) -> str:
    """A value as a cell says it unless its column knows better: nothing for None, several with a dot between."""
    return "" if value is None else " · ".join(value) if isinstance(value, tuple) else str(value)


def grouped(value: int, row: Any, session: Session) -> str:
    """A count: `1,234`."""
    return f"{value:,}"


def money(value: int, row: Any, session: Session) -> str:
    """Minor units of the row's currency: `1,234.50`; with the currency where it is not the book's own: `€1,234.50`."""
    return (amount if row.currency == session.currency else figures.money)(value, row.currency)


def short_day(value: Any, row: Any, session: Session) -> str:
    """A day in eight cells: `24 Nov`."""
    return day(value, session.business_date)


def hour(value: datetime | None, row: Any, session: Session) -> str:
    """The hour of an instant at the desk: `10:15`."""
    return clock(value, session.zone) if value is not None else ""


def dashed(writer: Writer) -> Writer:
    """The same, with a dash for nothing: in a table that a program reads, every cell has something in it."""
    return lambda value, row, session: writer(value, row, session) or "-"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a list.

    name: the attribute of a row that it shows, and its heading in a file.
    heading: on the screen; above a plain table in small letters.
    width: cells on the screen, 0 for none there; with `flex` the least it takes.
    flex: share of the room left over.
    most: up to so many cells it takes before columns of a rank do, so that a name is cut last.
    align: numbers to the right.
    rank: 0 is always on the screen; the others stand behind those, lowest first, as far as there is room.
    role: of its cells on the screen, or what says it from the row.
    value: what it shows of a row, where that is no attribute.
    write: how people read the value; `screen` and `plain`: how it is read there only.
    plain: is it in the plain table? `plain_heading`: what stands above it there, if it is something else.
    file: how the value stands in a CSV file, where that is not as `text` says.
    """

    name: str
    heading: str = ""
    width: int = 0
    flex: int = 0
    most: int = 0
    align: Align = "left"
    rank: int = 0
    role: Role | Callable[[Any], Role] = Role.PLAIN
    value: Callable[[Any], Any] | None = None
    write: Writer = text
    screen: Writer | None = None
    plain: bool | Writer = True
    plain_heading: str = ""
    file: Callable[[Any, Any], Any] | None = None

    @property
    def above_plain(self) -> str:
        """What stands above it in a plain table; empty: it is not in one."""
        return (self.plain_heading or self.heading.lower()) if self.plain else ""

    def of(self, row: Any) -> Any:
        """Its value of a row."""
        return (self.value or attrgetter(self.name))(row)

    def on_screen(self, row: Any, session: Session) -> tuple[str, Role]:
        """Its cell of a row on the screen, and what it is."""
        said = (self.screen or self.write)(self.of(row), row, session)
        return said, self.role if isinstance(self.role, Role) else self.role(row)

    def in_plain(self, row: Any, session: Session) -> str:
        """Its cell of a row in a plain table."""
        return (self.plain if callable(self.plain) else self.write)(self.of(row), row, session)

    def in_file(self, row: Any) -> Any:
        """Its cell of a row in a CSV file: amounts in major units with a point, instants ISO 8601."""
        value = self.of(row)
        if self.file is not None:
            return self.file(value, row)
        return value.isoformat() if isinstance(value, datetime) else text(value)


number = partial(Column, align="right")
"""A column of numbers."""

money_column: Final = partial(
    number, write=money, role=Role.MONEY, file=lambda minor, row: format_minor(minor, row.currency, grouping=False)
)
"""A column of amounts in the currency of their row; a file needs a column `currency` beside it."""


def screen_columns(columns: Sequence[Column]) -> tuple[Column, ...]:
    """Those that a screen may show: what is always there in its order, then what comes with more room."""
    return tuple(sorted((column for column in columns if column.width), key=lambda column: column.rank))
