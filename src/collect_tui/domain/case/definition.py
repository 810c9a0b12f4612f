"""A kind of case as its file says it: fields, states, moves, clocks, routes, and what each move brings about. Pure values; `check.py` says
what is wrong with one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final, Literal

from collect_tui.domain.case.clocks import Span
from collect_tui.domain.case.routes import ClockRule, Routes

Clock = Literal["first", "resolve", "paused", ""]


class About(StrEnum):
    """What a case is about, and belongs to."""

    ACCOUNT = "account"
    ITEM = "item"
    SERVICE = "service"
    PAYMENT = "payment"
    PARTY = "party"
    NONE = "none"


class FieldType(StrEnum):
    """What a field of a case holds. A table has rows of the others."""

    TEXT = "text"
    MONEY = "money"
    NUMBER = "number"
    PERCENT = "percent"
    DATE = "date"
    CODE = "code"
    YES_NO = "yes/no"
    ITEM = "item"
    SERVICE = "service"
    PAYMENT = "payment"
    POINT = "point"
    DEPARTMENT = "department"
    USER = "user"
    CHANNEL = "channel"
    MESSAGE = "message"  # one that came in and waits for an answer
    DOCUMENT = "document"
    TABLE = "table"


CELLS: Final = (
    FieldType.TEXT,
    FieldType.MONEY,
    FieldType.NUMBER,
    FieldType.DATE,
    FieldType.CODE,
    FieldType.YES_NO,
)
"""What a column of a table may hold."""

READABLE: Final[Mapping[str, FieldType]] = {
    "item.open": FieldType.MONEY,
    "item.amount": FieldType.MONEY,
    "item.due": FieldType.DATE,
    "account.owed": FieldType.MONEY,
    "account.total": FieldType.MONEY,
    "account.open": FieldType.MONEY,
    "account.past_due": FieldType.MONEY,
    "account.credit": FieldType.MONEY,
    "account.credit_limit": FieldType.MONEY,
    "account.cash_only": FieldType.YES_NO,
    "party.language": FieldType.CODE,
    "party.support": FieldType.CODE,
    "payment.amount": FieldType.MONEY,
    "payment.unapplied": FieldType.MONEY,
}
"""What a default or a limit may name of the account beside `field:NAME`, and what it is; amounts in minor units."""

CONTEXT: Final = "context"
"""A default that stands for where the case came from: the channel of the message that it is opened from, else a call."""
ROUTE: Final = "route"
"""The default of a department: the one that the kind's routes name."""
BEFORE: Final = "before:"
"""With the name of a date field behind it: what is open of the account's items that were issued before that day."""

REOPEN: Final = "reopen"
"""The move by which a case that has ended comes back, where its state says to which (`State.reopens`)."""

OPENER: Final = "opener"
OWN_DEPARTMENT: Final = "dept"
ANYBODY: Final = "anybody"
WHO: Final = (ANYBODY, OPENER, OWN_DEPARTMENT)
"""Who may make a move, beside the roles of the site: whoever opened the case, whoever is of the department that has it."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field, in the order of the line's words and of the form. `since`: the state from which on it is asked for; empty: at opening.
    `most`: one of `READABLE`, or `field:NAME`. `default`: one of these, `route`, `context`, or a value. `past`: a day that has been.
    `private`: roles that may read it; empty: all. Of a table: `columns` in the order of a row's words; `sums`: those that are added up,
    read as `field:NAME.COLUMN`; `most_rows`; `adds`: a move adds rows to those that there are."""

    name: str
    type: FieldType
    label: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)  # code → its title
    default: str | int | bool = ""
    most: str = ""
    longest: int = 4000  # characters of a text
    optional: bool = False
    since: str = ""
    private: tuple[str, ...] = ()
    formula: str = ""
    columns: tuple[Field, ...] = ()
    sums: tuple[str, ...] = ()
    past: bool = False
    most_rows: int = 40
    adds: bool = False

    @property
    def title(self) -> str:
        return self.label or self.name.replace("_", " ").capitalize()


@dataclass(frozen=True, slots=True)
class Standing:
    """What holds while a case is in a state. `exclude`: the money field whose amount of the item is not collected; `hold`: a kind of
    hold, on what `on` says; `split`: the date field, before whose day all that was issued is not collected,
    and `set_off` the money field for what was set off then."""

    exclude: str = ""
    hold: str = ""
    on: Literal["account", "item", "service"] = "account"
    split: str = ""
    set_off: str = ""


@dataclass(frozen=True, slots=True)
class State:
    """`after`, `then`: the state that it goes on to by itself. `wakes`: what arrives and moves it to `woken`. `reopens`: the state to which
    a final one goes back. `asks_for`: the move to which somebody has to agree as soon as a case is opened in it."""

    name: str
    label: str
    clock: Clock = ""
    final: bool = False
    queue: str = ""
    standing: Standing = Standing()
    after: Span | None = None
    then: str = ""
    wakes: str = ""
    woken: str = ""
    reopens: str = ""
    asks_for: str = ""


TERMINATED: Final = "terminated"
OPENED_ON: Final = (TERMINATED,)
"""What may open a case by itself: a service that was terminated."""

WAKES: Final = ("message in", "payment", "order answer", "case closed")
"""What may arrive and move a case that waits for it."""


@dataclass(frozen=True, slots=True)
class Consequence:
    """What a move brings about: one of the closed vocabulary, and what it says beside (`consequences.py`)."""

    name: str
    given: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Approval:
    """A move that somebody else must agree to where the amount of a field is above a limit: `above` names one of the site's authority,
    empty: always. `by`: the role that may; `expires`: it comes to nothing after that; `refused`: the move that is made
    when somebody does not agree."""

    of: str
    above: str = ""
    by: str = ""
    expires: Span | None = None
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Move:
    """`needs`: the fields that must be given with it; `asks`: those that may be."""

    name: str
    key: str
    label: str
    origins: tuple[str, ...]
    to: str
    needs: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    who: str = ANYBODY
    approval: Approval | None = None
    does: tuple[Consequence, ...] = ()


_ABOUT: Final = (FieldType.ITEM, FieldType.SERVICE, FieldType.PAYMENT, FieldType.MESSAGE)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of case. The first state is the one in which it is opened. `once`: an account has one open at most.
    `opened_on`: what opens one by itself, of `OPENED_ON`; empty: nothing."""

    name: str
    title: str
    verb: str
    about: About
    version: int
    fields: Mapping[str, Field]
    states: Mapping[str, State]
    moves: Mapping[str, Move]
    hours: str = "desk"
    first: ClockRule | None = None
    resolve: ClockRule | None = None
    warn: int = 80
    routes: Routes = field(default_factory=Routes)
    once: bool = False
    opened_on: str = ""
    private: tuple[str, ...] = ()
    help: str = ""
    source: str = ""
    digest: str = ""  # of all that its file says: another where it says another

    @property
    def initial(self) -> State:
        return next(iter(self.states.values()))

    @property
    def asked(self) -> tuple[Field, ...]:
        """The fields that are asked for at opening, in their order."""
        return tuple(each for each in self.fields.values() if not each.since and not each.formula)

    @property
    def sorted_by(self) -> str:
        """The field of codes by which cases of the kind are told apart in figures: that of its routes, else the first; empty: none."""
        codes = [each.name for each in self.fields.values() if each.type is FieldType.CODE]
        return self.routes.by or next(iter(codes), "")

    def fixed(self, field: Field) -> bool:
        """Whether a field stays as it was when the case was opened: what the case is about, and the day that splits its ledger."""
        splits = {state.standing.split for state in self.states.values()}
        return not field.since and (field.type in _ABOUT or field.name in splits)

    def of_type(self, wanted: FieldType) -> str:
        """The first field of a type; empty: none."""
        return next((each.name for each in self.fields.values() if each.type is wanted), "")

    def adds_up(self, name: str, *types: FieldType) -> bool:
        """Whether a name is that of a field of one of these types, or of such a column that a table adds up: `FIELD.COLUMN`."""
        field, _, column = name.partition(".")
        found = self.fields.get(field)
        if found is None or not column:
            return found is not None and found.type in types
        return column in found.sums and any(each.name == column and each.type in types for each in found.columns)

    def named(self, *types: FieldType) -> list[str]:
        """What such names there are."""
        sums = (f"{each.name}.{column}" for each in self.fields.values() for column in each.sums)
        return [name for name in (*self.fields, *sums) if self.adds_up(name, *types)]

    def needed(self, move: Move) -> tuple[Field, ...]:
        """The fields that a move asks for: what it needs must be given there, whatever it may be elsewhere, unless the case has it."""
        return (
            *(replace(self.fields[name], optional=False) for name in move.needs),
            *(replace(self.fields[name], optional=True) for name in move.asks),
        )

    def moves_from(self, state: str) -> tuple[Move, ...]:
        return tuple(each for each in self.moves.values() if state in each.origins)

    def reached_from(self, state: str) -> frozenset[str]:
        """The states to which one leads: by a move, by time, by what arrives, by being opened again."""
        here = self.states[state]
        by_itself = {name for name in (here.then, here.woken, here.reopens) if name}
        return frozenset({move.to for move in self.moves_from(state)} | by_itself)

    def before(self, state: str) -> frozenset[str]:
        """The states from which a case can have come to this one, itself among them."""
        found = {state}
        while new := {name for name in self.states if name not in found and self.reached_from(name) & found}:
            found |= new
        return frozenset(found)
