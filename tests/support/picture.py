"""Everything there is to see of a book, in words that do not depend on by which door something came: to compare two of them.

    one, other = picture(world), picture(twin)
    print(difference(one, other, "desk", "night"))          # "" when they are equal

A picture is flat: the place of a value (`item INV-11 · open`) → the value. Rows stand under natural keys; ids, who did it,
instants of doing, versions, claims, audit, acts and events are left out; what a payment or a credit gave to an item is summed. Views
are those of the desk: account, panes, `why`, queues and board. `same`: references of payments that mean the same event.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime
from typing import Any, Final

from pydantic import BaseModel
from sqlmodel import SQLModel

from support.world import World

Picture = dict[str, Any]

#: What keeps the books of the program itself, and what is made again from the rest on every act.
#: And what was written on a day on which it was due: that it was stays, whatever came after.
OTHERS: Final = frozenset(
    {"tenant", "name_token", "queue_delta", "app_user", "act_log", "audit", "audit_head", "audit_seal", "sealed_head"}
    | {
        "message",
        "message_item",
        "batch_step",
        "day_mark",
        "import_batch",
        "access_token",
        "sign_in_try",
        "outbox",
        "outbox_head",
        "webhook",
    }
)
#: Columns that say who, when it was done, how often it changed, where it came from, and who has it on the desk.
WHO: Final = frozenset({"by", "id", "tenant_id", "version", "source", "claimed", "fence", "reversed", "recorded_by"})
#: Columns that remember what was, for the day on which it comes back: they say nothing of how the account stands.
MEMORY: Final = frozenset({"level", "parked_code", "parked_on", "parked_at", "parked_by", "parked_since", "lifted"})
#: Instants that belong to the matter and not to the doing.
INSTANTS: Final = frozenset({("account", "next_action_at"), ("contact_event", "at"), ("callback", "at")})
#: Of views: the same.
VIEW_WHO: Final = frozenset(
    {"id", "version", "now", "claimed_by", "lease_until", "fence", "by", "at", "placed_by", "made_by", "sent_at"}
    | {"applied_to"}  # one entry for each time that something was given; summed it stands among the rows
)
#: What changes with the median of the book, which moves by steps and remembers (`scoring.MEDIAN_MOVES`).
SCORED: Final = ("score", "sort_score", "t_money", "position", "terms")

_MADE = re.compile(r"\b([SRP])-[0-9A-Z]{6,}\b")
#: Those that show more than the account does.
PANES: Final = ("timeline", "items", "payments", "promises")


def picture(world: World, *, same: Mapping[str, str] | None = None, without: Collection[str] = ()) -> Picture:
    """The whole book. `without`: names of columns and fields to leave out."""
    seen = _Seen(world, same or {}, frozenset(without))
    return dict(seen.places())


def difference(one: Picture, other: Picture, name: str, name_of_other: str, *, most: int = 40) -> str:
    """What is not the same, a line each; empty when nothing is."""
    lines = []
    for place in sorted(one.keys() | other.keys()):
        here, there = one.get(place, "—"), other.get(place, "—")
        if here != there:
            lines.append(f"  {place}: {name} {_short(here)}, {name_of_other} {_short(there)}")
    more = [f"  … and {len(lines) - most} more"] if len(lines) > most else []
    return "\n".join(lines[:most] + more)


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 160 else f"{text[:157]}…"


class _Seen:
    def __init__(self, world: World, same: Mapping[str, str], without: frozenset[str]) -> None:
        self.world, self.same, self.without = world, same, without
        self.names: dict[int, str] = {}
        self.used: Counter[str] = Counter()

    def places(self) -> Iterator[tuple[str, Any]]:
        yield from self._rows()
        yield from self._views()

    def word(self, value: Any) -> Any:
        """A value without what the program numbered by itself."""
        if isinstance(value, str):
            for said, meant in self.same.items():
                value = value.replace(said, meant)
            return _MADE.sub(r"\1-#", value)
        return value

    # rows -----------------------------------------------------------------------------------------------------------
    def _rows(self) -> Iterator[tuple[str, Any]]:
        tables = [name for name in SQLModel.metadata.tables if name not in OTHERS]
        rows = {name: self.world.rows(name) for name in tables}
        for name in ("party", "account", *tables):
            for row in rows[name]:
                if hasattr(row, "id") and row.id not in self.names:
                    self.names[row.id] = self._name(name, row)
        live: Counter[str] = Counter()
        for name in tables:
            if "reversed_at" in SQLModel.metadata.tables[name].c:
                for row in rows[name]:
                    if row.reversed_at is None:
                        live[self._parts(name, row)] += row.amount
                continue
            for row in rows[name]:
                yield from self._row(name, row)
        yield from ((place, amount) for place, amount in live.items() if amount)

    def _parts(self, table: str, row: Any) -> str:
        names = [
            self.names[value] for key, value in row._mapping.items() if key.endswith("_id") and value in self.names
        ]
        return f"{table} {' → '.join(names)} · amount"

    def _name(self, table: str, row: Any) -> str:
        """What people call a row; those of one name are counted in the order in which they came."""
        account = self.names.get(getattr(row, "account_id", 0), "")
        match table:
            case "party":
                name = f"party {row.name}"
            case "account":
                name = f"account {row.number}"
            case "contact_point":
                name = f"{self.names[row.party_id]} {row.kind}{row.ord}"
            case "service":
                name = f"service {row.identifier}"
            case "item":
                name = f"item {self.word(row.doc_no)}"
            case "payment":
                name = f"{account} payment {self.word(row.ref)}"
            case "service_order":
                service = next(s for s in self.world.rows("service") if s.id == row.service_id)
                name = f"service {service.identifier} order {row.kind}"
            case "promise":
                name = f"{account} promise of {row.made_on}"
            case "hold":
                name = f"{account} hold {row.kind} {row.scope}"
            case "message":
                name = f"{account} message {row.template} {row.level} {row.made_on}"
            case _:
                name = f"{account} {table}"
        self.used[name] += 1
        return name if self.used[name] == 1 else f"{name} #{self.used[name]}"

    def _row(self, table: str, row: Any) -> Iterator[tuple[str, Any]]:
        values = row._mapping
        place = self.names.get(values.get("id", 0))
        if place is None:
            owner = self.names.get(values.get("account_id") or values.get("promise_id") or 0, "")
            place = f"{owner} {table}{f' {row.seq}' if 'seq' in values else ''}"
        for column, value in values.items():
            if self._kept(table, column, value):
                yield f"{place} · {column}", self._value(column, value)

    def _kept(self, table: str, column: str, value: Any) -> bool:
        if (
            column in WHO | MEMORY
            or column in self.without
            or (column.endswith("_by") and column != "ladder_paused_by")
        ):
            return False
        if column.startswith(("claimed", "lease_")) or (column.endswith("_at") or column == "at"):
            return (table, column) in INSTANTS
        return not isinstance(value, datetime) or (table, column) in INSTANTS

    def _value(self, column: str, value: Any) -> Any:
        if isinstance(value, int) and (column.endswith("_id") or column in {"supersedes", "reversal_of"}):
            return self.names.get(value, "something else")
        if column == "ladder_paused_by" and value:
            return self.names.get(int(value.split()[1]), value)
        return self.word(value)

    # views ----------------------------------------------------------------------------------------------------------
    def _views(self) -> Iterator[tuple[str, Any]]:
        desk = self.world.desk
        placed = set()
        for number in self.world.numbers():
            why = desk.why(number)
            placed.add(why.queue)
            yield from self._flat(f"view {number}", desk.account(number))
            yield from self._flat(f"why {number}", why)
            for pane in PANES:
                shown = desk.pane(number, pane)  # type: ignore[arg-type]
                yield from self._flat(f"pane {number} {pane}", shown)
        board = desk.queues()
        yield from self._flat("board", board)
        for figure in board.queues:
            if not figure.count and figure.name not in placed:
                continue
            rows = sorted(desk.queue(figure.name, limit=1000).rows, key=lambda row: row.account)
            yield from self._flat(f"queue {figure.name}", rows)

    def _flat(self, place: str, value: Any) -> Iterator[tuple[str, Any]]:
        if isinstance(value, BaseModel):
            for name, each in value:
                if name not in VIEW_WHO and name not in self.without:
                    yield from self._flat(f"{place} · {name}", each)
        elif isinstance(value, tuple | list):
            keyed = [(self._key(each), each) for each in value]
            if place.endswith("timeline"):
                keyed.sort(key=lambda pair: pair[0])
            count: Counter[str] = Counter()
            for key, each in keyed:
                count[key] += 1
                number = f" #{count[key]}" if count[key] > 1 else ""
                if isinstance(each, BaseModel):
                    yield from self._flat(f"{place} {key}{number}", each)
                else:
                    yield f"{place} {key}{number}", True
        else:
            yield place, value.isoformat() if isinstance(value, date) else self.word(value)

    def _key(self, each: Any) -> str:
        """What an entry of a list is called: by what it is about, not by where it stands."""
        if not isinstance(each, BaseModel):
            return str(self.word(each))
        for names in _KEYS:
            if all(hasattr(each, name) for name in names):
                return " ".join(str(self.word(getattr(each, name))) for name in names)
        return type(each).__name__


_KEYS: Final = (
    ("account",),
    ("doc_no",),
    ("ref",),
    ("identifier",),
    ("number", "kind", "product"),
    ("short",),
    ("kind", "title", "text"),
    ("seq",),
    ("kind", "made_on"),
    ("kind", "scope", "placed_on"),
    ("rule", "sentence"),
    ("name",),
    ("title",),
)


def medians_differ(*worlds: World) -> bool:
    return len({world.row("tenant").median_collectable for world in worlds}) > 1
