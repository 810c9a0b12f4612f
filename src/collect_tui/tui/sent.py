"""Acts on their way: kept from before they leave until their author has heard what became of them.

An answer may be lost, and so may the process that waits for it.  The act is then unsure, and whoever does something on its
account next, by line, form, two keys, undo or a plain command, in this window or another, asks what became of that
one: the very same object goes out again, which the desk does once.  Nothing else is sent before that is known.

What another program that lives is sending just now is no such act: who sends has the account's turn, and the next one waits for it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from collect_tui.desk.errors import Forbidden, NotFound, Stale, Unavailable
from collect_tui.domain.errors import DomainError, Invalid, Refused

if TYPE_CHECKING:
    from collect_tui.common.files import Turn
    from collect_tui.desk.commands import Act
    from collect_tui.desk.protocol import Desk
    from collect_tui.desk.views.act import Receipt
    from collect_tui.tui.drafts import Drafts

PLACE: Final = "act"
REUSED: Final = "act.reused"
#: What is said only while nothing of an act can have been written; any other `Unavailable` leaves it open.
_UNDONE: Final = frozenset(
    {"offline.refused", "server.busy", "act.blocked", "act.behind", "outbox.unusable", "store.busy", "store.full"}
    | {"store.readonly", "store.closed", "store.foreign", "store.empty"}
)


class Unsettled(Unavailable):
    """Nothing was sent but the question what became of the act before it on the account: `became` says that."""

    def __init__(
        self, held: Act, became: str = "has no answer yet; it is asked about first", *, named: str = ""
    ) -> None:
        """`named`: the act in a sentence, where its account need not be told."""
        named = named or f"“{words(held)}”, sent before on {held.account},"
        super().__init__("act.unsettled", f"{named} {became.rstrip('.')}. Nothing else was sent.")


def became(outcome: Receipt | DomainError, *, unsure: bool = False) -> str:
    """What became of an act that was unsure, in words that follow its own; `unsure`: the error leaves that open."""
    if not isinstance(outcome, DomainError):
        return f"was done: {outcome.sentence}"
    if outcome.code == REUSED:
        return "has been done before; look at the account."
    return f"{'is still unsure' if unsure else 'was not done'}: {outcome.message.strip() or outcome.code}"


def words(act: Act) -> str:
    """An act as it was typed; one that no line made, by its commands."""
    return act.line or "; ".join(command.kind for command in act.commands)


def same(one: Act, other: Act) -> bool:
    """Do two acts say the same, whatever their ids, and whatever was confirmed and seen when they were typed?"""
    bare = one.unanswered().model_copy(update={"id": other.id, "version": other.version, "fence": other.fence})
    return bare == other.unanswered()


class Sent:
    """The acts of one desk that its author knows nothing of yet, at most one on an account."""

    def __init__(self, drafts: Drafts) -> None:
        self._drafts = drafts
        self._mine: dict[str, Act] = {}
        self._turns: dict[str, Turn | None] = {}

    def take_turn(self, account: str, *, wait: bool = False) -> bool:
        """Begins to send on an account. False: somebody else of this user is sending there, whom `wait` waits for."""
        turn = self._drafts.turn(account)
        if turn is not None and not turn.take(wait=wait):
            return False
        self._turns[account] = turn
        return True

    def end_turn(self, account: str) -> None:
        turn = self._turns.pop(account, None)
        if turn is not None:
            turn.give()

    def _elsewhere(self, account: str) -> bool:
        """Does another program send on an account, and know best itself what becomes of that?"""
        turn = None if account in self._turns else self._drafts.turn(account)
        return turn is not None and turn.taken()

    def of(self, account: str) -> Act | None:
        """The unsure act of an account.  Once seen it is asked about here too, whoever else hears of it first."""
        if account not in self._mine and (kept := self._read(self._drafts.load(account, PLACE))) is not None:
            if self._elsewhere(account):
                return None
            self._mine[account] = kept
        return self._mine.get(account)

    def first(self) -> Act | None:
        """An unsure act on any account; None when there is none."""
        accounts = [*self._mine, *self._drafts.all(PLACE)]
        return next((held for account in accounts if (held := self.of(account)) is not None), None)

    def due(self, account: str, act: Act | str) -> tuple[Act, bool]:
        """What goes out when `act` is to be done on an account, and whether it says the same: the unsure act there, if there is
        one. A text stands for the act it was typed for; there is one then."""
        held = self.of(account)
        if held is None:
            assert not isinstance(act, str), "a text is no act"
            return act, True
        return held, held.line.strip() == act.strip() if isinstance(act, str) else same(held, act)

    @contextmanager
    def once(self, act: Act) -> Iterator[None]:
        """Within it the act is sent.  Unsettled, before anything is: another one is unsure on its account."""
        held = self.of(act.account)
        if held is not None and held.id != act.id:
            raise Unsettled(held)
        if held is None:
            self._keep(act)
        try:
            yield
        except DomainError as error:
            if _settles(error, again=held is not None):
                self.forget(act)
            raise
        self.forget(act)

    def do(self, desk: Desk, act: Act, *, proof: str | None = None) -> Receipt:
        """Do an act without a screen.  One like it that is unsure is asked about in its stead; Unsettled, when another one was:
        it says what became of that, and nothing else has been sent."""
        self.take_turn(act.account, wait=True)
        try:
            due, says_so = self.due(act.account, act)
            if says_so:
                with self.once(due):
                    return desk.do(due, proof=proof)
            try:
                with self.once(due):
                    said = became(desk.do(due))
            except DomainError as error:
                said = became(error, unsure=self.of(act.account) is not None)
            raise Unsettled(due, said)
        finally:
            self.end_turn(act.account)

    def heard(self, receipts: Iterable[Receipt]) -> list[Receipt]:
        """Of these receipts, those of acts that were unsure: they were done, and what was typed for them is no draft any more."""
        known = {receipt.id: receipt for receipt in receipts}
        found = []
        for account in (*self._mine, *self._drafts.all(PLACE)):
            act = self.of(account)
            if act is None or act.id not in known:
                continue
            self.forget(act)
            found.append(known[act.id])
            for place in self._drafts.places(account) - {PLACE}:
                if _is_in(self._drafts.load(account, place), act.line):
                    self._drafts.clear(account, place)
        return found

    def forget(self, act: Act) -> None:
        """Its author knows what became of it."""
        self._mine.pop(act.account, None)
        kept = self._read(self._drafts.load(act.account, PLACE))
        if kept is not None and kept.id == act.id:
            self._drafts.clear(act.account, PLACE)

    def _keep(self, act: Act) -> None:
        from collect_tui.domain.card_text import find_card

        self._mine[act.account] = act
        if find_card(act.model_dump_json(exclude={"id"}), (act.account,)) is None:
            self._drafts.put(act.account, PLACE, act.model_dump_json())

    @staticmethod
    def _read(text: str) -> Act | None:
        if not text:
            return None
        from collect_tui.desk.commands import Act

        try:
            return Act.model_validate_json(text)
        except ValueError:  # of another version of the program
            return None


def _is_in(draft: str, line: str) -> bool:
    """Is a draft, of the line or of a form field by field, what became this line, and nothing that was typed later?"""
    try:
        fields = json.loads(draft)
    except ValueError:
        return draft.strip() == line.strip()
    return isinstance(fields, dict) and all(str(text).strip() in line for text in fields.values())


def _settles(error: DomainError, *, again: bool) -> bool:
    """Does an error leave no doubt what became of the act?  `again`: it had been sent before, and may have been done then."""
    if again:
        return isinstance(error, Refused | Invalid | Stale | NotFound) and not isinstance(error, Forbidden)
    return not isinstance(error, Unavailable) or error.code in _UNDONE
