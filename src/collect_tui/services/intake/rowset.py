"""What the rows of one account are made with: the shift of dates, the natural keys met so far, and the words for a mistake."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final, NoReturn, Self
from zoneinfo import ZoneInfo

from collect_tui.domain.card_text import forbidden
from collect_tui.domain.codes import Codes
from collect_tui.domain.errors import Invalid
from collect_tui.domain.rules import HoldKind
from collect_tui.services.intake.entries import Entry, PartyEntry
from collect_tui.services.intake.portfolio import AccountEntry
from collect_tui.services.unit_of_work import UnitOfWork
from collect_tui.store import phone_zones

#: Table name and one row of it, in an order that keeps every foreign key.
Row = tuple[str, dict[str, Any]]
#: Free text, wherever it stands.
_TEXTS: Final = frozenset(("note", "typed", "text", "subject", "detail", "reason"))


@dataclass(frozen=True, slots=True)
class Shift:
    """Moves dates and instants by whole days; an instant keeps its wall-clock time in `zone`, whatever daylight saving does.

    `now` (UTC): nothing that has a date only is set later than that on its day. `today`: the business date, the moved one of the file:
    the clock may be days past it, over a weekend or a holiday.
    """

    days: int
    zone: ZoneInfo
    now: datetime
    today: date

    def day(self, value: date) -> date:
        return value + timedelta(days=self.days)

    def maybe_day(self, value: date | None) -> date | None:
        return None if value is None else self.day(value)

    def at(self, value: datetime) -> datetime:
        if not self.days:
            return value
        return (value.astimezone(self.zone) + timedelta(days=self.days)).astimezone(UTC)

    def maybe_at(self, value: datetime | None) -> datetime | None:
        return None if value is None else self.at(value)

    def noon(self, value: date) -> datetime:
        """Noon of an unshifted date, or now on a morning before that, for what the file gives a date only."""
        noon, now = datetime.combine(self.day(value), time(12), self.zone), self.now.astimezone(self.zone)
        return (min(noon, now) if noon.date() == now.date() else noon).astimezone(UTC)

    def instant(
        self,
        given: datetime | None,
        day: date | None,
        *,
        after: datetime | None = None,
        before: datetime | None = None,
    ) -> datetime | None:
        """The file's instant, else noon of the day; noon is moved so that it is not before `after` or past `before`."""
        if given is not None or day is None:
            return self.maybe_at(given)
        found = self.noon(day)
        found = max(found, self.at(after)) if after is not None else found
        return min(found, self.at(before)) if before is not None else found


@dataclass(frozen=True, slots=True)
class LoadContext:
    """What every account of one load shares."""

    tenant_id: int
    currency: str
    country: str
    codes: Codes
    holds: Mapping[str, HoldKind]
    shift: Shift
    ids: Callable[[], int]
    now: datetime
    by: str

    @classmethod
    def of(cls, work: UnitOfWork, currency: str, shift: Shift) -> Self:
        site = work.catalogue
        return cls(
            work.tenant_id, currency, site.rules.country, site.codes, site.holds, shift, work.ids, work.now, work.by
        )

    def region(self, party: PartyEntry) -> str:
        """The country in whose way the numbers of a customer are written."""
        places = (zone for point in party.points if point.kind == "address" for zone in point.zones)
        return phone_zones.region((*filter(None, [party.zone]), *places), self.shift.zone.key, self.country)


@dataclass
class RowSet:
    """Rows of one account as they come to be, in an order that keeps every foreign key."""

    ground: LoadContext
    entry: AccountEntry
    where: str
    party_id: int = 0
    account_id: int = 0
    points: dict[str, int] = field(default_factory=dict)
    shared: dict[str, int] = field(default_factory=dict)  # those of them that are the customer's, on all accounts
    services: dict[str, int | None] = field(default_factory=dict)  # None: the name fits two services
    items: dict[str, int] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)
    account: dict[str, Any] = field(default_factory=dict)

    def bad(self, path: str, sentence: str) -> NoReturn:
        place = f"{self.where}, {path}" if self.where.startswith("line") else f"{self.where}.{path}"
        raise Invalid("load.incoherent", f"{place}: {sentence}", path)

    def add(self, table: str, **row: Any) -> None:
        self.rows.append((table, {"tenant_id": self.ground.tenant_id, **row}))

    def put(self, table: str, entry: Entry, path: str, *without: str, **more: Any) -> int:
        """A row of the account with the values of an entry as they are, days and instants shifted; returns its id.

        `without`: what the table has not, or has otherwise (`more`). Free text is refused when it holds card data.
        """
        shift, row = self.ground.shift, {"id": self.ground.ids(), "account_id": self.account_id}
        for name, value in entry.__dict__.items():
            if name in without or name in more:
                continue
            kind = type(value)
            if kind is date:
                value = shift.day(value)
            elif kind is datetime:
                value = shift.at(value)
            elif value and name in _TEXTS and forbidden(value, self.entry.numbers) is not None:
                self.bad(f"{path}.{name}", "holds what looks like card data, which is never stored.")
            row[name] = value
        self.add(table, **row, **more)
        return row["id"]

    def closed(self, path: str, over: bool, at: datetime | None, by: str | None) -> None:
        """Refuses when and by whom something ended that has not."""
        if not over and (at is not None or by is not None):
            self.bad(f"{path}_{'by' if at is None else 'at'}", "belongs to what has ended, and to nothing else.")

    def service_id(self, path: str, name: str | None) -> int | None:
        if name is None:
            return None
        if name not in self.services:
            self.bad(path, "names no service of this account.")
        if (found := self.services[name]) is None:
            self.bad(path, "fits two services of this account; give the identifier.")
        return found

    def point_id(self, path: str, short: str | None) -> int | None:
        if short is None:
            return None
        if short not in self.points:
            self.bad(path, "names no contact point of this customer.")
        return self.points[short]
