"""A date that was agreed on is moved: the due date of an item or an instalment, the day on which an order takes effect."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import ClassVar, Literal

from collect_tui.domain.codes import Codes
from collect_tui.domain.effect import Effect, EventSpec, Ids, changed
from collect_tui.domain.errors import Refused
from collect_tui.domain.facts import AccountFacts
from collect_tui.domain.wording import day_words, instalment


@dataclass(frozen=True, slots=True)
class DateMoved(Effect):
    """`of` what, its `id` (of an instalment that of its promise, and `seq`), `to` which date and from which `before`. A billing system
    that sends an item anew says its own due date again."""

    event: ClassVar[EventSpec | None] = EventSpec("date.moved", ("of", "id", "to", "before"))
    work: ClassVar[bool] = True
    ends: ClassVar[bool] = True

    of: Literal["item", "instalment", "order"]
    id: int
    to: date
    before: date
    seq: int = 0

    @property
    def target(self) -> int | None:
        return self.id if self.of == "order" else None

    def fold(self, facts: AccountFacts) -> AccountFacts:
        days = (self.to - self.before).days
        if self.of == "item":
            moved = changed(facts.items, self.id, lambda i: replace(i, due=self.to))
            return replace(facts, items=tuple(sorted(moved, key=lambda i: (i.due, i.id))))
        if self.of == "order":
            orders = changed(facts.orders, self.id, lambda o: replace(o, effective=self.to, extended=o.extended + days))
            return replace(facts, orders=orders)
        promises = changed(
            facts.promises,
            self.id,
            lambda p: replace(
                p, instalments=tuple(replace(i, due=self.to) if i.seq == self.seq else i for i in p.instalments)
            ),
        )
        return replace(facts, promises=promises)

    def inverse(self, facts: AccountFacts, ids: Ids, reason: str) -> tuple[Effect, ...]:
        now = self._now(facts)
        if now is None:
            return ()  # it was settled or replaced since: its date matters no more
        if now != self.to:
            raise Refused("undo.overtaken", "The date was moved again since; undo that first.", None)
        return (DateMoved(self.of, self.id, self.before, self.to, self.seq),)

    def words(self, facts: AccountFacts, codes: Codes, zone: str) -> str:
        return f"{self._name(facts)} is due {day_words(self.to, facts)} instead of {day_words(self.before, facts)}"

    def _now(self, facts: AccountFacts) -> date | None:
        if self.of == "item":
            return next((i.due for i in facts.items if i.id == self.id), None)
        if self.of == "order":
            return next((o.effective for o in facts.orders if o.id == self.id and o.open), None)
        mine = (i for p in facts.promises if p.id == self.id and p.open for i in p.instalments)
        return next((i.due for i in mine if i.seq == self.seq), None)

    def _name(self, facts: AccountFacts) -> str:
        if self.of == "item":
            return next((i.doc_no for i in facts.items if i.id == self.id), "the item")
        if self.of == "order":
            found = next((o for o in facts.orders if o.id == self.id), None)
            return f"{found.kind} order {found.number}" if found else "the order"
        return instalment(self.seq)
