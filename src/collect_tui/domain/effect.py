"""What a decision does, as a value: an effect says all about itself but how tables hold it (`store/writing*.py`).

A pure function decides on effects; `fold` says what the account is after them (preview, and what later commands of the same
act judge); the store writes them (do); `inverse` turns them round (undo). Nothing else changes an account.

Folding is the pure twin of writing: facts folded over the effects of an act equal the facts loaded after those effects were
written. Three things only the store knows, and a fold leaves them as they are:

- `version` (one act bumps it once, whatever its number of effects) and the lease;
- `Order.sent_at`, stamped with the instant at which the order left;
- rows outside the windows of `AccountFacts` (a hold that had been released, a callback that was done): bringing one
  back changes nothing here. Items are the exception, since money hangs on them: `AccountFacts.settled` keeps them.

Rows that an effect names and that are not in the facts are skipped: deciders check, folding does not.

Ids are handed out by the caller: provisional (negative) in a preview, real in an act. Amounts are minor units.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import ClassVar, Final, NoReturn, Protocol, TypeVar

from collect_tui.domain.codes import Codes
from collect_tui.domain.errors import Refused
from collect_tui.domain.facts import AccountFacts

Ids = Callable[[], int]

STATUS: Final = ("id", "status", "old_status")
"""What other systems are told of most changes of a state."""


@dataclass(frozen=True, slots=True)
class EventSpec:
    """How other systems are told of an effect: nothing personal, no text that somebody typed.

    `kind` with `{status}` takes the effect's own; `at`: the attribute that holds the fields, when it is not the effect itself;
    `money`: the currency is told too.
    """

    kind: str
    fields: tuple[str, ...]
    at: str = ""
    money: bool = False


class Effect(ABC):
    """One change of one account. Each kind is a frozen dataclass in the `effects.py` of its capability."""

    __slots__ = ()

    event: ClassVar[EventSpec | None] = None
    """How other systems are told; None: they are not."""
    work: ClassVar[bool] = False
    """Is an act with it work on the account, by which its lease and the floor go?"""
    ends: ClassVar[bool] = False
    """Does it replace, cancel, take back or revive what there was?  That is said before what is new, and in full."""
    follows: ClassVar[bool] = False
    """Does it follow from others and is said by them or, as the next action is, apart?"""
    begins: ClassVar[bool] = False
    """Does it make its `target`, rather than change it?"""
    passes_on: ClassVar[bool] = False
    """Does it put the account away for now, so that whoever works a queue goes on to the next?"""

    @property
    def target(self) -> int | None:
        """The id of the callback, hold or order that it makes or changes."""
        return None

    @property
    def shared(self) -> bool:
        """Does it change what all accounts of the customer show?"""
        return False

    @abstractmethod
    def fold(self, facts: AccountFacts) -> AccountFacts:
        """The facts after it."""

    @abstractmethod
    def inverse(self, facts: AccountFacts, ids: Ids, reason: str) -> tuple[Effect, ...]:
        """What takes it back; `facts` is the account as it stands now.

        What somebody has changed since is left alone (a next action that was moved on stays moved): nothing then.
        Raises Refused "undo.left" when an order has left the building, "undo.final" for what has no way back.
        """

    @abstractmethod
    def words(self, facts: AccountFacts, codes: Codes, zone: str) -> str:
        """One plain sentence, without a full stop, for preview and receipt; `facts` are those before it.

        Amounts stand without a currency: the screen names it once. Instants are in the desk's `zone`, with city and offset. A
        customer's own words never appear, but for the note that the agent has just written; a number shows its last four
        digits only.
        """

    @property
    def only_written(self) -> bool:
        """Is there nothing in it that could be taken back, however the account stands?"""
        return False

    def stays(self) -> str:
        """What of it stays after an undo, in words; empty when nothing does."""
        return ""


def fold_all(facts: AccountFacts, effects: Iterable[Effect]) -> AccountFacts:
    """The facts after all effects, in order."""
    for effect in effects:
        facts = effect.fold(facts)
    return facts


class Folded:
    """The effects of a decision so far, and the facts as they stand after them."""

    def __init__(self, facts: AccountFacts) -> None:
        self.facts = facts
        self.effects: list[Effect] = []

    def add(self, *effects: Effect) -> None:
        self.facts = fold_all(self.facts, effects)
        self.effects += effects


class _Row(Protocol):
    @property
    def id(self) -> int: ...


R = TypeVar("R", bound=_Row)


def changed(rows: tuple[R, ...], row_id: int, change: Callable[[R], R]) -> tuple[R, ...]:
    """The rows, the one with that id changed."""
    return tuple(change(row) if row.id == row_id else row for row in rows)


def final(sentence: str) -> NoReturn:
    """There is no way back from it."""
    raise Refused("undo.final", sentence, None)
