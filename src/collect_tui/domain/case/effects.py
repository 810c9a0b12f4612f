"""What becomes of cases, and of items while one is open about them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar, Final, Literal

from collect_tui.domain.case.case import TAKEN_BACK, Case
from collect_tui.domain.codes import Codes
from collect_tui.domain.effect import Effect, EventSpec, Ids, changed
from collect_tui.domain.facts import AccountFacts
from collect_tui.domain.money import format_minor

What = Literal["moved", "passed", "asked", "agreed", "refused", "changed", "linked", "undone", "brought"]
"""`passed`: it went on by itself; `brought`: a row of a file moved it or asked for that; `asked`: for somebody to agree, who `agreed`,
and with that it moved, or `refused`."""


PARTS: Final = ("opened", "moved", "asked", "changed", "linked")
"""What gives whoever did it a part in a case: they do not decide it."""


@dataclass(frozen=True, slots=True)
class CaseOpened(Effect):
    """`title`: that of its kind, for the words."""

    event: ClassVar[EventSpec | None] = EventSpec("case.opened", ("id", "kind", "state"), "case")
    work: ClassVar[bool] = True
    begins: ClassVar[bool] = True

    case: Case
    title: str
    event_id: int

    @property
    def target(self) -> int | None:
        return self.case.id

    def fold(self, facts: AccountFacts) -> AccountFacts:
        return replace(facts, cases=(*facts.cases, self.case))

    def inverse(self, facts: AccountFacts, ids: Ids, reason: str) -> tuple[Effect, ...]:
        now = next((c for c in facts.cases if c.id == self.case.id), None)
        if now is None:
            return ()  # it has ended since
        own = dict(self.case.frozen)
        late = {item: n - own.get(item, 0) for item, n in now.frozen}  # it stands still by no act
        ended = replace(now, ended=True, state=TAKEN_BACK)
        return (
            CaseChanged(now, ended, self.title, "is taken back", ids(), reason, "undone"),
            *(ItemExcluded(item, "what came late", -amount) for item, amount in late.items() if amount),
        )

    def words(self, facts: AccountFacts, codes: Codes, zone: str) -> str:
        return f"opens {self.title.lower()} {self.case.number}"


@dataclass(frozen=True, slots=True)
class CaseChanged(Effect):
    """A case goes on, is changed, waits for a decision or gets one. `what` of these it was; `did`: in words; `text`: what was said
    with it."""

    event: ClassVar[EventSpec | None] = EventSpec("case.changed", ("id", "kind", "state"), "after")
    work: ClassVar[bool] = True

    before: Case
    after: Case
    title: str
    did: str
    event_id: int
    text: str = ""
    what: What = "moved"

    @property
    def target(self) -> int | None:
        return self.after.id

    def fold(self, facts: AccountFacts) -> AccountFacts:
        others = tuple(c for c in facts.cases if c.id != self.after.id)
        mine = () if self.after.ended else (self.after,)
        return replace(facts, cases=tuple(sorted((*others, *mine), key=lambda c: (c.id < 0, abs(c.id)))))

    def inverse(self, facts: AccountFacts, ids: Ids, reason: str) -> tuple[Effect, ...]:
        now = next((c for c in facts.cases if c.id == self.after.id), None)
        if (now is None and not self.after.ended) or (now is not None and now != self.after):
            return ()  # it has gone on since
        return (CaseChanged(self.after, self.before, self.title, "is as it was before", ids(), reason, "undone"),)

    def words(self, facts: AccountFacts, codes: Codes, zone: str) -> str:
        return f"{self.title.lower()} {self.after.number} {self.did}"


class _Kept:
    """Of what is put into a case: it changes nothing of the account, and stays when the act is undone."""

    __slots__ = ()
    case_id: int

    @property
    def target(self) -> int | None:
        return self.case_id

    def fold(self, facts: AccountFacts) -> AccountFacts:
        return facts

    def inverse(self, facts: AccountFacts, ids: Ids, reason: str) -> tuple[Effect, ...]:
        return ()

    @property
    def only_written(self) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class CaseNoted(_Kept, Effect):
    """Something is written in a case."""

    work: ClassVar[bool] = True

    event_id: int
    case_id: int
    number: str
    text: str

    def stays(self) -> str:
        return f"the note in {self.number}"

    def words(self, facts: AccountFacts, codes: Codes, zone: str) -> str:
        return f'notes in {self.number} "{self.text}"'


@dataclass(frozen=True, slots=True)
class CaseDocumented(_Kept, Effect):
    """A document is drawn up in a case, whose field has its hash. `document`: what is kept of it (JSON)."""

    work: ClassVar[bool] = True

    event_id: int
    case_id: int
    number: str
    name: str
    document: str

    def stays(self) -> str:
        return f"the {self.name} in {self.number}"

    def words(self, facts: AccountFacts, codes: Codes, zone: str) -> str:
        return f"draws up the {self.name} of {self.number}"


@dataclass(frozen=True, slots=True)
class ItemExcluded(Effect):
    """An amount of an item is not collected any more, or is again (below nothing)."""

    event: ClassVar[EventSpec | None] = EventSpec("item.excluded", ("item_id", "amount"), money=True)

    item_id: int
    doc_no: str
    amount: int

    def fold(self, facts: AccountFacts) -> AccountFacts:
        def moved(disputed: int) -> int:
            return max(0, disputed + self.amount)

        return replace(
            facts,
            items=changed(facts.items, self.item_id, lambda i: replace(i, disputed=moved(i.disputed))),
            settled=changed(facts.settled, self.item_id, lambda i: replace(i, disputed=moved(i.disputed))),
        )

    def inverse(self, facts: AccountFacts, ids: Ids, reason: str) -> tuple[Effect, ...]:
        return (ItemExcluded(self.item_id, self.doc_no, -self.amount),)

    def words(self, facts: AccountFacts, codes: Codes, zone: str) -> str:
        amount = format_minor(abs(self.amount), facts.currency)
        became = "is not collected" if self.amount > 0 else "is collected again"
        return f"{amount} of {self.doc_no} {became}"
